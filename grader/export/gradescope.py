"""Writes Gradescope's `results.json`: https://gradescope-autograders.readthedocs.io/en/latest/specs/

Students may read it, except for `extra_data`. So it holds only the `feedback` of a check, but not
the seed, the `message`, or other people's data.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.writing import json_lines, replace_whole, write_json
from . import (
    Refused,
    explanations,
    for_student,
    notes_for_student,
    plain,
    rules_at_work,
    texts,
    without_grade,
)

if TYPE_CHECKING:
    from ..course.results import Result

LATER = "after_published"  # tests that stay hidden would hide the total, too
SAFE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")
EXTRA_KEYS = ("grader", "dataset", "isolation", "sandbox", "digest")


def write(
    results: Sequence[Result],
    out: str | Path,
    *,
    hide: Collection[str] = (),
    visibility: str = LATER,
) -> None:
    """Write one result to the file `out`, or several to the folder `out`, one `ID.json` each."""
    out = Path(out)
    if len(results) == 1:
        replace_whole(json_lines(document(results[0], hide=hide, visibility=visibility)), out)
        return
    names = [_file_name(result) for result in results]
    if out.exists() and not out.is_dir():
        raise Refused(f"`{out}` is a file, but there are {len(results)} results: name a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"`{out}` cannot be created ({error.strerror}): name another folder"
        ) from None
    for result, name in zip(results, names, strict=True):
        write_json(document(result, hide=hide, visibility=visibility), out / name)


def _file_name(result):
    if not SAFE_ID.fullmatch(result.submission):
        raise Refused(f"`{plain(result.submission)[:80]}` is not the id of a class's submission")
    return f"{result.submission}.json"


def document(
    result: Result,
    *,
    hide: Collection[str] = (),
    visibility: str = LATER,
    notes: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the document for one result.

    hide: ids of chapters whose tests students see only from the time set by `visibility`; until
        then Gradescope shows no total either, because that would give the hidden points away
    notes: lines on the whole submission that the student may read
    """
    result = for_student(result)
    if lines := without_grade(result):
        return broken("\n".join([*lines, *notes]))
    notes = [*notes, *notes_for_student(result), *rules_at_work(result), *texts(result.comments)]
    return {
        "score": float(result.score),
        "execution_time": round(_seconds(result, hide), 2),
        "output": plain("\n".join(notes)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            key: getattr(result, key) for key in EXTRA_KEYS if getattr(result, key) is not None
        },
        "tests": [
            _test(chapter, number, function, hide, visibility)
            for chapter in result.chapters
            if not chapter.is_skipped_optional  # otherwise it would count as failed
            for number, function in enumerate(chapter.functions, start=1)
        ],
    }


def _seconds(result, hide):
    """The time that grading took; of visible tests alone if there are others."""
    if not hide:
        return float(result.seconds)
    return sum(
        check.seconds
        for chapter in result.chapters
        if chapter.id not in hide
        for function in chapter.functions
        for check in function.checks
    )


def broken(reason: str) -> dict[str, Any]:
    """Return the document for a grading without result: no points, and the reason."""
    return {
        "score": 0.0,
        "output": plain(reason),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
    }


def _test(chapter, number, function, hide, visibility):
    explained = [*explanations(function, hide)]
    statuses = dict.fromkeys(check.status for check in function.failing)
    names = dict.fromkeys(check.misconception for check in function.checks if check.misconception)
    return {
        "name": plain(f"{chapter.id} {function.name}"),
        "number": f"{chapter.id}.{number}",
        "score": float(function.score),
        "max_score": float(function.max_score),
        "status": "passed"
        if function.passed or (function.override and function.is_done)
        else "failed",
        "output": plain("\n\n".join(explained or statuses)),
        "output_format": "text",
        "visibility": visibility if chapter.id in hide else "visible",
        "extra_data": {"status": function.status, "misconceptions": list(names)},
    }
