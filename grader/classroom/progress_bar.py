"""What `grade class` prints while it works: a bar on a terminal, else a line for each."""

import sys

import click

NAME = 40  # columns for an id


class Display:
    """Told of each submission as it is graded."""

    def __init__(self, ids):
        self.width = min(NAME, max(map(len, ids), default=0))
        self.total = self.done = 0
        self.bar = None
        self.kept = []  # lines that would tear the bar

    def begin(self, total, already):
        self.total, self.done = total, already
        if sys.stdout.isatty() and already < total:
            self.bar = click.progressbar(
                length=total - already, label="grading", show_pos=True, show_eta=True
            )
            self.bar.__enter__()

    def graded(self, id, result):
        score = f"{result.score:g} of {result.max_score:g}"
        self._line(id, f"{score}  {result.seconds:.1f} s")

    def broke(self, id, why):
        why = "".join(c if c.isascii() and c.isprintable() else "?" for c in why)
        self._line(id, f"not graded: {why}", keep=True)

    def _line(self, id, text, keep=False):
        self.done += 1
        number = f"{self.done:>{len(str(self.total))}}"
        line = f"[{number}/{self.total}] {id:<{self.width}}  {text}"
        if self.bar is None:
            click.echo(line)
            return
        self.kept += [line] * keep
        self.bar.update(1)

    def end(self):
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
        for line in self.kept:
            click.echo(line)
        self.bar, self.kept = None, []
