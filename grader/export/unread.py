"""Keeps a 0 out of gradebooks for submissions in which nothing could be read.

Such a 0 would come from a name, a damaged zip or a wrong upload, and not from what a student can
do. Points set by hand are a grade, and `--zeros` writes the 0 all the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from . import UNREAD, name_of, notes_for_student

if TYPE_CHECKING:
    from ..course.results import Result


def for_gradebook(results: Iterable[Result]) -> tuple[list[Result], list[str]]:
    """Return the results that have a grade, and lines on the others and on what was left out."""
    results = list(results)
    lines = []
    for result in results:
        notes = "; ".join(notes_for_student(result))
        if not result.has_grade:
            lines.append(f"`{name_of(result)}`: {UNREAD} ({notes}); --zeros writes 0")
        elif notes:
            lines.append(f"`{name_of(result)}`: {notes}")
    return [result for result in results if result.has_grade], lines


def for_table(results: Iterable[Result]) -> list[Result]:
    """Return the results with points that are no number where there is no grade."""
    return [result if result.has_grade else _without_points(result) for result in results]


def _without_points(result):
    chapters = [
        replace(
            chapter,
            score=math.nan,
            functions=[replace(function, score=math.nan) for function in chapter.functions],
        )
        for chapter in result.chapters
    ]
    return replace(result, score=math.nan, chapters=chapters, policy=None)
