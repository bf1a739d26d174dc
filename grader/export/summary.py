"""Writes Markdown: the points of each chapter, and what is wrong in those that were begun.

GitHub shows it as the summary of a run. Students may read it, as they may read `junit`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.writing import write_whole
from . import (
    by_hand,
    for_student,
    name_of,
    notes_for_student,
    plain,
    rules_at_work,
    texts,
    without_grade,
)

if TYPE_CHECKING:
    from ..course.results import Result

MARKUP = re.compile(r"([\\*\[\]<>#|~])")


def write(results: Iterable[Result], out: str | Path) -> None:
    lines = [line for result in results for line in _lines(for_student(result))]
    write_whole("".join(f"{line}\n" for line in lines).encode(), out)


def _lines(result: Result) -> Iterator[str]:
    if lines := without_grade(result):
        yield f"## {_text(name_of(result))}: no grade\n"
        yield from (f"- {_text(line)}" for line in lines)
        return
    yield f"## {_text(name_of(result))}: {result.score:g} of {result.max_score:g} points\n"
    yield "| chapter | points | |"
    yield "|---|---:|---|"
    for chapter in result.chapters:
        points = f"{chapter.score:g} of {chapter.max_score:g}"
        yield f"| {chapter.id} {_text(chapter.title)} | {points} | {_standing(chapter)} |"
    yield ""
    for text in (*notes_for_student(result), *rules_at_work(result), *texts(result.comments)):
        yield f"- {_text(text)}"
    for chapter, function in result.functions:
        where = f"- `{_text(function.name)}` ({chapter.id})"
        yield from (f"{where}: {_text(text)}" for text in texts(function.comments))
        mark = by_hand(function)
        if mark or not (function.is_done or function.status == "todo"):
            points = f"{function.score:g} of {function.max_score:g}"
            why = mark or _text(_headline(function))
            yield f"{where}, {points}: {why}"


def _standing(chapter):
    if chapter.is_done:
        return "done"
    if chapter.is_skipped_optional:
        return "optional"
    works = chapter.works and "works"
    return works or ("todo" if chapter.status == "todo" else "failing")


def _headline(function):
    """The first line of its main failure, as far as a student may read it."""
    failure = function.main_failure
    text = failure.feedback.strip().partition("\n")[0] if failure else ""
    return text or function.status


def _text(text):
    """A text without markup, on one line."""
    return MARKUP.sub(r"\\\1", " ".join(plain(text).split()))
