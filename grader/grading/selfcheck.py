"""`grade self-check`: checks that stubs fail, that solutions pass, and that both match."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..console.report import Report
from ..course import merged, registry, stubs
from ..course.places import EXERCISES, IS_INSTALLED, REFERENCE, ROOT, STUBS

if TYPE_CHECKING:
    from ..course.results import Result


class NoSolutions(Exception):
    """The solutions are missing; the message is one line for the user."""


def run(
    grade: Callable[[Path, list[registry.Chapter], Report], Result],
    chapters: list[registry.Chapter],
) -> bool:
    """Check the kit and print the findings; `grade(folder, chapters, listener)` gives a result."""
    solutions, exercises = REFERENCE, STUBS if IS_INSTALLED else ROOT / EXERCISES
    if not solutions.is_dir():
        raise NoSolutions(
            "there is no folder `solutions`: run `grade self-check` in the instructor's copy"
        )
    sound = [
        _verdict("exercises and solutions match", list(stubs.differences(solutions, exercises))),
        _verdict("every stub is still to do and earns no points", _solved_stubs(grade, chapters)),
        _verdict("every solution passes", _failing_solutions(grade, chapters)),
    ]
    return all(sound)


def _solved_stubs(grade, chapters):
    with tempfile.TemporaryDirectory() as folder:
        stubs.copy_all(Path(folder))
        result = grade(Path(folder), chapters, Quiet())
    return [
        f"`{function.name}` ({chapter.id}) is {function.status} as a stub"
        for chapter, function in result.functions
        if function.status != "todo" or function.score
    ]


def _failing_solutions(grade, chapters):
    with merged.solutions() as folder:
        report = Report(Path("solutions"), everything=True)
        result = grade(folder, chapters, report)
    return [
        f"chapter {chapter.id} is {chapter.status}"
        for chapter in result.chapters
        if chapter.status != "passed"
    ]


def _verdict(claim, faults):
    click.echo()
    click.secho(f"{'ok   ' if not faults else 'FAIL '} {claim}", fg="red" if faults else "green")
    for fault in faults:
        click.echo(f"      {fault}")
    return not faults


class Quiet:
    """A listener that prints nothing."""

    def _ignore(self, *args: Any) -> None:
        pass

    begin = chapter_begins = check_begins = checks_end = function_ends = chapter_ends = _ignore
