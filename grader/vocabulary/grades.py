"""`@grades`: which function a check is for, and what it is worth. Does not import pytest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grade:
    """What `@grades` says of a check."""

    function: str
    points: float
    after: str | None = None  # the check without which this one need not run
    kind: str = "value"  # or "finish", see `grader.course.results.KINDS`


def grades(function, *, points, after=None, kind="value"):
    """Mark a test as a check of `function`, worth `points`.

    Args:
        function: name of the graded function.
        points: what the check is worth.
        after: name of an earlier check; this one is not run if that one fails.
        kind: `value` for the right numbers, `finish` for what is left to polish.
    """

    def mark(test):
        test.grade = Grade(function, points, after, kind)
        return test

    return mark


def grade_of(item):
    """The `Grade` of a collected pytest item, or None if it is not a check of the course."""
    return getattr(getattr(item, "function", None), "grade", None)
