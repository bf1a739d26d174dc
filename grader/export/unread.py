"""Keeps a 0 out of gradebooks for submissions in which nothing could be read.

Such a 0 would come from a name, a damaged zip or a wrong upload, and not from what a student can
do. Points set by hand are a grade, and `--zeros` writes the 0 all the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..course.registry import total
from ..intake.sanitize import with_name
from . import UNREAD, name_of, notes_for_student, plain

if TYPE_CHECKING:
    from ..course.results import Result


def without_chapters(results: Iterable[Result]) -> list[Result]:
    """Return the results without their chapters that have no grade, which a note names instead."""
    return [_graded_part(result) if result.has_grade else result for result in results]


def _graded_part(result):
    if not (chapters := result.chapters_without_grade):
        return result
    ids = ", ".join(chapter.id for chapter in chapters)
    note = f"{'chapters' if len(chapters) > 1 else 'chapter'} {ids}: {UNREAD}"
    return replace(
        result,
        chapters=result.chapters_with_grade,
        about_files=[note, *(result.about_files or ())],
        notes=[note, *(result.notes or ())],
    )


def with_zeros(results: Iterable[Result]) -> list[Result]:
    """Return the results with all their chapters' points in the maximum."""
    return [_with_zeros(result) if result.has_grade else result for result in results]


def _with_zeros(result):
    ruled = (result.policy or {}).get("chapters", [])
    lost = [
        part["max_score"] for part in ruled if "without_grade" in part and not part.get("optional")
    ]
    if not result.policy:
        lost = [chapter.max_score for chapter in result.chapters_without_grade]
    return replace(result, max_score=total([result.max_score, *lost]))


def for_gradebook(results: Iterable[Result]) -> tuple[list[Result], list[str]]:
    """Return the results that have a grade, and lines on the others and on what was left out."""
    results = list(results)
    lines = []
    for result in results:
        notes = "; ".join(notes_for_student(result))
        who = with_name(name_of(result), plain((result.student or {}).get("name", "")))
        if not result.has_grade:
            lines.append(f"`{who}`: {UNREAD} ({notes}); --zeros writes 0")
        elif notes:
            lines.append(f"`{who}`: {notes}")
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
