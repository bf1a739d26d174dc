"""Prints the report of `grade run`: the first failing function in full, the others in a line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from ..course import registry
from ..course.registry import Chapter
from ..course.results import ChapterResult, FunctionResult, Result
from .function import InFull, command_for, echo_function, echo_line, echo_title, is_given
from .printing import points, say, say_wrapped
from .ticker import Ticker


class Report:
    """Prints a run as it goes; `grading.grade` calls it when something begins or ends."""

    def __init__(
        self,
        folder: Path,
        file: Callable[[Chapter], object] | None = None,
        *,
        named: Collection[str] = (),
        everything: bool = False,
        options: str = "",
    ) -> None:
        """Begin a report.

        file: `file(chapter)` is where a chapter is written, if not in a file of the folder
        named: the functions to report in full; by default the first that does not work
        everything: report all in full
        options: what to add to the commands that the report names, with a space before it
        """
        self.folder = folder
        self.file = file or self._file
        self.everything, self.options = everything, options
        self.in_full = InFull(named, everything)
        self.ticker = Ticker()
        self.chapter: Chapter | None = None
        self.first = True  # the next function is the first of its chapter

    def begin(self, description: str, seed: int) -> None:
        say_wrapped(f"Grading `{self.folder}`, data: {description}, seed {seed}")

    def chapter_begins(self, chapter: Chapter) -> None:
        self.chapter, self.first = chapter, True
        say()
        echo_title(chapter, self.file(chapter))

    def _file(self, chapter):
        return f"{self.folder}/{chapter.stem}.py"

    def check_begins(self, function: str, name: str) -> None:
        self.ticker.start(name.replace("_", " "))

    def checks_end(self, function: str) -> None:
        self.ticker.stop()

    def function_ends(self, function: FunctionResult) -> None:
        assert self.chapter is not None
        id, name, options = self.chapter.id, function.name, self.options
        if self.in_full.wants(function):
            for_more = command_for(id, name, whole=True, options=options)
            echo_function(function, self.first, self.everything, for_more)
        else:
            echo_line(function, command_for(id, name, options=options))
        self.first = False

    def chapter_ends(self, chapter: ChapterResult) -> None:
        say(f"  {points(chapter.score, chapter.max_score)} points")

    def end(self, result: Result, following: Chapter | None) -> None:
        """Print the total and the next step; `following` is None if there is none to name."""
        if last := self.in_full.last():
            say()
            id = next(chapter.id for chapter, function in result.functions if function is last)
            for_more = command_for(id, last.name, whole=True, options=self.options)
            echo_function(last, for_more=for_more)
        say()
        total = points(result.score, result.max_score)
        say(f"{total} points in {result.seconds:.1f} s", bold=True)
        if following is not None:
            say_wrapped(_next_step(result, following, self.file))


def _next_step(result, chapter, file):
    every = result.functions
    unfinished = [f for part, f in every if part.id == chapter.id and not f.is_done]
    unfinished += [f for _, f in every if is_given(f)]
    run = f"`grade run {chapter.id}`"
    if not unfinished:
        steps = f"`grade lesson {chapter.id}`, then {run}" if chapter.lesson_file.is_file() else run
        return f"Next: chapter {chapter.id}, {chapter.title}: {steps}"
    first = min(unfinished, key=lambda function: function.works)
    if first.because_of:
        first = first.because_of[0]
        (chapter,) = registry.select([first.id])
    steps = f"then `grade run {chapter.id}`"  # `because_of` may have led to another chapter
    if chapter.lesson_file.is_file():
        steps += f"; `grade lesson {chapter.id}` explains it"
    return f"Next: `{first.name}` in {file(chapter)}, {steps}"
