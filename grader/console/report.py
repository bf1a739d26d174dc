"""Prints the report of `grade run`: a line per function, and what went wrong in each failure."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..course import registry
from ..course.registry import Chapter
from ..course.results import ChapterResult, FunctionResult, Result, Verdict
from ..vocabulary import finding
from . import terminal

MARKS = {
    "passed": ("ok", "green"),
    "todo": ("todo", "yellow"),
    "failed": ("FAIL", "red"),
    "error": ("ERROR", "red"),
    "timeout": ("TIME", "red"),
    "crashed": ("CRASH", "red"),
}
GIVEN = ("given", "yellow")  # full points, earned with the reference's earlier functions
NAME_WIDTH, MARK_AND_POINTS = 46, 19  # columns of a line about a function
NARROW = 60  # columns; a narrower terminal gets smaller indents
MOST_BLAMED = 3  # functions that are named before `and 7 more`


def say(text: str = "", **options: Any) -> None:
    """Print, in color on a terminal; grading goes on even if nobody reads the output any more."""
    try:
        click.secho(text, **options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say_wrapped(
    text: str,
    indent: str = "",
    hanging: str | None = None,
    *,
    cut_words: bool = False,
    **options: Any,
) -> None:
    """Print a text of any length in lines that fit the terminal."""
    for line in terminal.wrap(text, indent, hanging, cut_words=cut_words):
        say(line, **options)


def points(score: float, maximum: float) -> str:
    """Return `5 of 6`."""
    return f"{score:g} of {maximum:g}"


class Report:
    """Prints a run as it goes; `grading.grade` calls it when something begins or ends."""

    def __init__(self, folder: Path, file: Callable[[Chapter], object] | None = None) -> None:
        """`file(chapter)` is where a chapter is written, if not in a file of the folder."""
        self.folder = folder
        self.file = file or self._file
        self.ticker = Ticker()
        self.first = True  # the next function is the first of its chapter

    def begin(self, description: str, seed: int) -> None:
        say_wrapped(f"Grading `{self.folder}`, data: {description}, seed {seed}")

    def chapter_begins(self, chapter: Chapter) -> None:
        self.first = True
        say()
        echo_title(chapter, self.file(chapter))

    def _file(self, chapter):
        return f"{self.folder}/{chapter.stem}.py"

    def check_begins(self, function: str, name: str) -> None:
        self.ticker.start(name.replace("_", " "))

    def check_ends(self, check: Verdict) -> None:
        self.ticker.stop()

    def function_ends(self, function: FunctionResult) -> None:
        echo_function(function, self.first)
        self.first = False

    def chapter_ends(self, chapter: ChapterResult) -> None:
        say(f"  {points(chapter.score, chapter.max_score)} points")

    def end(self, result: Result, following: Chapter | None) -> None:
        """Print the total and the next step; `following` is None if there is none to name."""
        say()
        total = points(result.score, result.max_score)
        say(f"{total} points in {result.seconds:.1f} s", bold=True)
        if following is not None:
            say_wrapped(_next_step(result, following, self.file))


def echo_title(chapter: Chapter, file: object) -> None:
    """Print a chapter's title and its file, on two lines if one is too short."""
    title, place = f"{chapter.id}  {chapter.title}", f"({file})"
    if len(title) + 2 + len(place) <= terminal.width():
        say(title, bold=True, nl=False)
    else:
        say_wrapped(title, hanging="     ", bold=True)
    say(f"  {place}")


def echo_function(function: FunctionResult, first: bool = True) -> None:
    """Print the verdict on one function.

    `first` says that it is the first of its chapter: a file that cannot be imported is only
    reported there.
    """
    mark, color = GIVEN if is_given(function) else MARKS[function.status]
    say("  ", nl=False)
    say(f"{mark:<6}", fg=color, nl=False)
    score = points(function.score, function.max_score)
    width = min(NAME_WIDTH, terminal.width() - MARK_AND_POINTS)
    say(f"{function.name:<{width}} {score}")
    failing = function.failing
    indent = " " * (8 if terminal.width() >= NARROW else 2)
    if not failing or (failing[0].unimportable and not first):
        return
    blame = _blame(function)
    for line in blame:
        say_wrapped(line, indent, bold=True)
    if failing[0].unimportable:
        _echo_lines(failing[0].lines, indent)
    elif function.status != "todo":
        _echo_failures(failing, indent)
    elif not blame:
        say_wrapped(failing[0].lines[0], indent)


def is_given(function: FunctionResult) -> bool:
    """Return True for a function that has full points but fails because another one does."""
    return function.is_done and function.status != "passed"


def _echo_failures(failing, indent):
    # The first failure is the simplest one, but one with a known misconception helps more.
    shown = next((check for check in failing if check.misconception), failing[0])
    say_wrapped(f"{_title(shown)}:", indent)
    _echo_lines(shown.lines, indent)
    others = [_title(check) for check in failing if check is not shown]
    if others:
        more = "; ..." if len(others) > 2 else ""
        say_wrapped(f"and {len(others)} more: {'; '.join(others[:2])}{more}", indent)


def _echo_lines(lines, indent):
    """Print `Finding.lines`: the headline, then the details, whose labels form a column."""
    say_wrapped(lines[0], indent)
    for line in lines[1:]:
        label, text = line[: finding.COLUMN], line[finding.COLUMN :]
        space = " " * len(label)
        prose = label.strip() in finding.WRAPPED
        rows = [" ".join(text.split())] if prose else text.split(f"\n{space}")
        hanging = indent + space + "  " * (len(rows) > 1)  # or a wrapped row looks like two
        for number, row in enumerate(rows):
            say_wrapped(row, indent + (space if number else label), hanging, cut_words=True)


def _blame(function):
    """Return the lines that blame other functions, and say what this one earns on its own."""
    guilty = [f"`{other.name}` ({other.id})" for other in function.because_of]
    if not guilty:
        return []
    named, name = _listed(guilty), f"`{function.name}`"
    those = "that" if len(guilty) == 1 else "those"
    does = "does" if len(guilty) == 1 else "do"
    version = "version" if len(guilty) == 1 else "versions"
    fact = f"{name} fails because {named} {does}: fix {those} first"
    if (function.score_with_reference or function.max_score) < function.max_score:
        fact = f"{name} uses {named}, which {'fails' if len(guilty) == 1 else 'fail'} too"
    elif any(other.slow for other in function.because_of):
        fact = f"{name} takes too long because {named} {does}: make {those} faster first"
    elif function.status == "todo":
        fact = f"{name} needs {named}: write {those} first"
    lines = [fact]
    if function.score_with_reference:
        earned = points(function.score_with_reference, function.max_score)
        lines.append(
            f"with the reference's {version} in place it earns {earned} points, which you get"
        )
    return lines


def _listed(names):
    """Return `a, b, c and 7 more`."""
    shown, more = names[:MOST_BLAMED], len(names) - MOST_BLAMED
    *others, last = [*shown, f"{more} more"] if more > 0 else shown
    return f"{', '.join(others)} and {last}" if others else last


def _title(check):
    return check.name.replace("_", " ")


def _next_step(result, chapter, file):
    every = result.functions
    unfinished = [f for part, f in every if part.id == chapter.id and not f.is_done]
    unfinished += [f for _, f in every if is_given(f)]
    if not unfinished:
        steps = f"`grade lesson {chapter.id}`, then `grade run {chapter.id}`"
        return f"Next: chapter {chapter.id}, {chapter.title}: {steps}"
    first = unfinished[0]
    if first.because_of:
        first = first.because_of[0]
        (chapter,) = registry.select([first.id])
    steps = f"then `grade run {chapter.id}`; `grade lesson {chapter.id}` explains it"
    return f"Next: `{first.name}` in {file(chapter)}, {steps}"


class Ticker:
    """Shows on stderr that a long check is still running: often on a terminal, rarely in a log."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self, what: str) -> None:
        """Begin a line about `what`; it appears only if this takes long."""
        self.stop()
        self.stopped = threading.Event()
        work = self._rewrite if sys.stderr.isatty() else self._log
        self.thread = threading.Thread(target=work, args=(what, self.stopped), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop, with the line gone from the terminal once this returns."""
        self.stopped.set()
        if self.thread:
            self.thread.join(timeout=1)
        self.thread = None

    def _rewrite(self, what, stopped):
        begin = time.perf_counter()
        shown = ""
        while not stopped.wait(1.0):
            room = terminal.width() - MARK_AND_POINTS
            shown = f"  ...   {what[:room]}: {time.perf_counter() - begin:.0f} s"
            say(f"\r{shown}", nl=False, err=True)
        if shown:
            say(f"\r{' ' * len(shown)}\r", nl=False, err=True)

    def _log(self, what, stopped):
        pause = 15.0
        waited = 0.0
        while not stopped.wait(pause):
            waited += pause
            say(f"  ...   {what}: {waited:.0f} s so far", err=True)
            pause = waited  # 15, 30, 60, ...
