"""Writes the feedback as comments for Canvas, in the form that its API takes for a whole class.

The file is the body of `POST .../assignments/:id/submissions/update_grades`: comments by Canvas's
number of the student. It leaves the grades alone; those come from the gradebook.
https://canvas.instructure.com/doc/api/submissions.html#method.submissions_api.bulk_update
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.writing import json_lines, replace_whole
from ..intake.sanitize import listing
from . import (
    Refused,
    explanations,
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

MOST = 8000  # characters of a comment


def write(results: Sequence[Result], out: str | Path) -> list[str]:
    """Write the comments; return lines on the submissions that get none."""
    numbers = {_number(result): result for result in results}
    comments = {
        number: {"text_comment": comment(result)} for number, result in numbers.items() if number
    }
    without = [name_of(result) for result in results if not _number(result)]
    if not comments:
        raise Refused(
            "no submission has its student's Canvas ID: grade Canvas's own download, or "
            "name its gradebook with `grade class --roster`"
        )
    replace_whole(json_lines({"grade_data": comments}), out)
    lines = [f"{len(comments)} of {len(results)} submissions have a comment in `{out}`"]
    if without:
        lines.append(
            f"{len(without)} without, because the student's Canvas ID is not known: "
            f"{listing(without)}"
        )
    return lines


def _number(result):
    """Canvas's number of the student, or ""; Moodle and Brightspace number people, too."""
    number = (result.student or {}).get("id", "")
    other = (result.origin or {}).get("platform") in ("moodle", "brightspace")
    return number if number.isdecimal() and not other else ""


def comment(result: Result) -> str:
    """Return what the student may read, as plain text."""
    text = plain("\n".join(_lines(for_student(result))))
    return text if len(text) <= MOST else f"{text[:MOST]}\n..."


def _lines(result):
    if lines := without_grade(result):
        yield from lines
        return
    yield f"{result.score:g} of {result.max_score:g} points"
    yield from notes_for_student(result)
    yield from rules_at_work(result)
    yield from texts(result.comments)
    for chapter, function in result.functions:
        explained = [*explanations(function)]
        if explained or not function.is_done:
            points = f"{function.score:g} of {function.max_score:g}"
            yield f"\n{chapter.id} {function.name}: {points}"
            yield from explained
