"""Points add up to the same numbers in every version of Python; since 3.12, `sum` rounds less."""

import math

import pytest

from grader.course import registry
from grader.course.results import ChapterResult, FunctionResult, Verdict
from grader.grading import checks


def rounding(numbers):
    """Add up as Python did before 3.12."""
    total = 0.0
    for number in numbers:
        total += number
    return total


@pytest.mark.parametrize("adding", [rounding, math.fsum])
def test_all_checks_passed_are_all_the_points(monkeypatch, adding):
    monkeypatch.setattr(registry, "sum", adding, raising=False)
    for chapter in registry.chapters():
        functions = []
        for name in chapter.functions:
            passed = [
                Verdict(check.name, "passed", points=check.points)
                for check in checks.for_function(chapter.stem, name)
            ]
            functions.append(FunctionResult.from_verdicts(name, passed))
        assert {f.name: f.score for f in functions} == chapter.functions
        assert ChapterResult.from_functions(chapter, functions).score == chapter.points
