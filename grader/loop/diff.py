"""`grade diff CHAPTER`: the learner's functions beside the reference's, why, and how fast."""

import contextlib
import math
import sys
import textwrap

import click

from .. import asked, terminal
from ..report import say
from . import excerpt, progress

SLOWEST_CALL = 2.0  # seconds: what takes longer is not repeated
ROUNDS, SECONDS = 2, 0.1  # each function is repeated so often, for so long
ALIKE = 1.3  # times as long is still about as fast
UNITS = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6))
LONGEST_CALL = 100  # characters of it that are shown
PROSE = 92  # columns of a note
REFERENCE_PASSES = "the reference is {ratio} times as fast"


@click.command("diff")
@click.argument("chapter")
@click.argument("function", required=False)
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@click.option("--yes", is_flag=True, help="Show the reference also where yours does not pass yet.")
def diff_command(chapter, function, submission, yes):
    """Show your functions of CHAPTER beside the reference's, or only FUNCTION."""
    folder, chapter = asked.folder(submission), asked.chapter(chapter)
    names = [asked.function(chapter, function)] if function else list(chapter.functions)
    with _comparison(chapter, folder) as comparison:
        seen = [_show_if_agreed(comparison, name, yes) for name in names]
    return 0 if all(seen) else 1


def show(chapter, function, folder):
    """Print all about one function without asking; what keeps it from that is a line, too."""
    try:
        with _comparison(chapter, folder) as comparison:
            comparison.show(function)
    except click.UsageError as error:
        say(error.format_message())


def passes(chapter, function, folder):
    """Whether the function passes its checks as it is now."""
    with _comparison(chapter, folder) as comparison:
        return comparison.passes(function)


def _show_if_agreed(comparison, name, yes):
    if not yes and not comparison.passes(name):
        fact = f"`{name}` does not pass yet."
        if not sys.stdin.isatty():
            say(f"grade: {fact[:-1]}: see the reference anyway with `--yes`", err=True)
            return False
        if not click.confirm(f"{fact} See the reference anyway?", err=True):
            return False
    comparison.show(name)
    return True


@contextlib.contextmanager
def _comparison(chapter, folder):
    comparison = _Comparison(chapter, folder)
    try:
        yield comparison
    finally:
        comparison.close()


class _Comparison:
    """A chapter of the learner's and of the reference; their processes start when needed."""

    def __init__(self, chapter, folder):
        from ..blame import REFERENCE

        if not (REFERENCE / f"{chapter.stem}.py").is_file():
            raise click.UsageError(
                "there is no reference in this copy: `grade diff` needs the folder `solutions`"
            )
        self.chapter, self.folder, self.reference = chapter, folder, REFERENCE
        try:
            self.files = [
                excerpt.File(place / f"{chapter.stem}.py") for place in (folder, REFERENCE)
            ]
        except excerpt.Unreadable as error:
            raise click.UsageError(str(error)) from None
        self.checked = {}  # function: [Checked]
        self.workers = {}  # folder: Workers
        self.dataset = None

    def close(self):
        for workers in self.workers.values():
            workers.close()

    def passes(self, name):
        return self._known(name) or not any(check.finding for check in self._checked(name))

    def show(self, name):
        from . import sidebyside

        pieces = [file.excerpt(name, self.chapter.functions) for file in self.files]
        titles = [self._title(*pair) for pair in zip(("yours", "reference"), pieces, strict=True)]
        say(f"{self.chapter.id}  {name}", bold=True)
        say(sidebyside.show(*(piece.lines for piece in pieces), titles), nl=False)
        say(sidebyside.LEGEND, dim=True)
        width = min(PROSE, terminal.width())
        for text in [*pieces[1].notes, self._speeds(name)]:
            if text:
                say(f"\n{textwrap.fill(sidebyside.shown(text), width)}")
        say()

    def _title(self, whose, piece):
        file = self.files[whose == "reference"].path
        place = f"{file.parent.name}/{file.name}"
        return f"{whose}: {place}" + (f":{piece.start}" if piece.start else ", not there yet")

    def _known(self, name):
        """Whether it passed when it was graded last, and nothing was changed since."""
        entry = progress.read(self.folder).get(self.chapter.id)
        if entry is None or entry["changed"]:
            return False
        known = entry["functions"].get(name, entry)
        return known["status"] == "passed"

    def _checked(self, name):
        """Its checks, run once and no further than the first that fails."""
        from .. import checks

        if name not in self.checked:
            self.checked[name] = checks.run_function(
                self._workers(self.folder),
                self.chapter.stem,
                name,
                dataset=self._images(name),
                stop=True,
            )
        return self.checked[name]

    def _workers(self, folder):
        from ..student import Workers

        if folder not in self.workers:
            self.workers[folder] = Workers(folder)
        return self.workers[folder]

    def _images(self, name):
        import data

        from .. import checks

        if self.dataset is None and any(map(_wants_images, checks.of(self.chapter.stem, name))):
            self.dataset = data.load("digits")
        return self.dataset
