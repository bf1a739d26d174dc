"""Prints the progress of `grade class`: a bar on a terminal, else one line per submission."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from ..console import terminal

if TYPE_CHECKING:
    from ..course.results import Result

NAME = 40  # columns for an id


class ProgressBar:
    """Shows each submission as it is graded."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.width = min(NAME, max(map(len, ids), default=0))
        self.total = self.done = 0
        self.bar: Any = None
        self.kept: list[str] = []  # lines to print once the bar is finished

    def begin(self, total: int, already: int) -> None:
        self.total, self.done = total, already
        if sys.stdout.isatty() and already < total:
            self.bar = click.progressbar(
                length=total - already, label="grading", show_pos=True, show_eta=True
            )
            self.bar.__enter__()

    def graded(self, id: str, result: Result) -> None:
        score = f"{result.score:g} of {result.max_score:g}" if result.has_grade else "no grade"
        self._line(id, f"{score}  {result.seconds:.1f} s")

    def broke(self, id: str, reason: str) -> None:
        self._line(id, f"not graded: {terminal.shown(reason)}", keep=True)

    def _line(self, id, text, keep=False):
        self.done += 1
        number = f"{self.done:>{len(str(self.total))}}"
        line = f"[{number}/{self.total}] {id:<{self.width}}  {text}"
        if self.bar is None:
            click.echo(line)
            return
        self.kept += [line] * keep
        self.bar.update(1)

    def end(self) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
        for line in self.kept:
            click.echo(line)
        self.bar, self.kept = None, []
