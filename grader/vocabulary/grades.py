"""`@grades`: the function a check is for and its points. Does not import pytest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Grade:
    """The arguments of a check's `@grades`."""

    function: str
    points: float
    after: str | None = None  # a check that must pass before this one is run
    kind: str = "value"  # or "finish", see `grader.course.results.KINDS`
    promises: tuple[str, ...] = ()  # the words of the docstring that the check enforces


def grades(
    function: str,
    *promises: str,
    points: float,
    after: str | None = None,
    kind: str = "value",
) -> Callable[[Test], Test]:
    """Mark a test as a check of `function`, worth `points`.

    Args:
        function: name of the graded function.
        promises: what the check enforces, each in words of the function's docstring or signature,
            or of the conventions in `docs/learners.md`; `tests/chapters/test_promises.py` holds
            that no promise goes unchecked and that every check enforces one.
        points: points for passing the check.
        after: name of an earlier check; this one is not run if that one fails.
        kind: `value` for the right numbers for ordinary float64 arguments, `finish` for the rest.
    """

    def mark(test: Test) -> Test:
        test.grade = Grade(function, points, after, kind, promises)  # type: ignore[attr-defined]
        return test

    return mark


def grade_of(item: object) -> Grade | None:
    """The `Grade` of a collected pytest item, or None if it is not a check of the course."""
    return getattr(getattr(item, "function", None), "grade", None)
