"""Writes results in the formats of other systems: one module per format of `grade export`.

Each module has `write(results, out, **options)`, which may return lines for the instructor. Text
from a submission, including names, is untrusted: it passes through `plain` before it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..course.results import FunctionResult, Result

UNREAD = "nothing could be read, so there is no grade"


class Refused(Exception):
    """The export is not possible; the message is one line for the user."""


def name_of(result: Result) -> str:
    """Return the submission's id, or the last part of the path given to `grade run`."""
    return plain(re.split(r"[\\/]", result.submission.rstrip("\\/"))[-1]) or "submission"


def without_grade(result: Result) -> list[str]:
    """Return what a student reads in place of points where nothing could be read, else []."""
    if result.has_grade:
        return []
    return [f"{UNREAD.capitalize()}.", *notes_for_student(result), *texts(result.comments)]


def by_hand(function: FunctionResult, why: bool = False) -> str:
    """Return the mark of points set by hand, or ""; the reason is for instructors."""
    if not (override := function.override):
        return ""
    mark = f"points set by hand: {function.score:g} instead of {override['instead_of']:g}"
    return f"{mark} ({override['who']}: {override['why']})" if why else mark


def rules_at_work(result: Result) -> Iterator[str]:
    """Yield what the rules of the course do to which chapters, and the sum before them."""
    policy = result.policy or {}
    affected: dict[str, list[str]] = {}
    for part in policy.get("chapters", ()):
        for effect in _effects(part):
            affected.setdefault(effect, []).append(part["id"])
    yield from (f"{', '.join(ids)}: {effect}" for effect, ids in affected.items())
    before = policy.get("before")
    if before and (before["score"], before["max_score"]) != (result.score, result.max_score):
        yield f"before the rules of the course: {before['score']:g} of {before['max_score']:g}"


def _effects(part):
    if days := part.get("days_late"):
        yield f"{days} day{'s' * (days != 1)} late, -{part['percent_off']:g}%"
    if part.get("refused"):
        yield f"no points, because it imports {', '.join(part['refused'])}"


def for_student(result: Result) -> Result:
    """Return what a student may see of a result by the rules of the course."""
    if (result.policy or {}).get("show") != "points":
        return result
    return replace(
        result,
        chapters=[
            replace(chapter, functions=[_without_feedback(f) for f in chapter.functions])
            for chapter in result.chapters
        ],
    )


def _without_feedback(function):
    checks = [replace(check, feedback="", misconception=None) for check in function.checks]
    return replace(function, checks=checks, because_of=[])


def notes_for_student(result: Result) -> list[str]:
    """Return the notes on the files handed in, as plain text; others may name other people."""
    return [plain(note) for note in result.about_files or ()]


def texts(comments: list[dict[str, str]] | None) -> list[str]:
    """Return the comments made by hand, as plain text."""
    return [plain(comment["text"]) for comment in comments or ()]


def explanations(function: FunctionResult, hide: Collection[str] = ()) -> Iterator[str]:
    """Yield what a student may read about a function: functions at fault first, each text once.

    hide: ids of chapters that are not named
    """
    if mark := by_hand(function):
        yield mark
    yield from texts(function.comments)
    for other in function.because_of:
        if other.id not in hide:
            yield f"`{other.name}` ({other.id}), which it uses, fails as well: fix that first"
    yield from dict.fromkeys(check.feedback for check in function.failing if check.feedback)


def plain(text: object) -> str:
    """Remove what could mislead a program or a reader: control characters, direction marks.

    Line ends and tabs stay; the rest is legal in XML 1.0.
    """
    text = re.sub("[\u2028\u2029]|\r\n?", "\n", str(text))
    return re.sub(r"[^\n\t -~]", lambda found: found[0] if _is_shown(found[0]) else "", text)


def _is_shown(character):
    return unicodedata.category(character)[0] != "C"
