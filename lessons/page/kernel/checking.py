"""Grades one function of a learner's file, with the same checks and words as the terminal."""

import tempfile
import time
from functools import cache
from pathlib import Path

from grader.course import registry, stubs
from grader.course.places import REFERENCE
from grader.grading import checks, verdict

from . import earlier
from .limited import Limited


def check(stem, name, source):
    """Grade a function of a chapter file's source; earlier functions are the learner's where
    they work, the reference's where not.

    Return `{"status", "works", "score", "max_score", "misconceptions", "text", "seconds",
    "checks", "built_on"}`; `checks` are those of the result file, each with its `lines`.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        built_on = earlier.assemble(Path(folder), stem, name, source)
        result = graded(folder, stem, name)
    named = (check.misconception for check in result.checks)
    return {
        "status": result.status,
        "works": result.works,
        "score": result.score,
        "max_score": result.max_score,
        "misconceptions": list(dict.fromkeys(filter(None, named))),
        "text": _text(result),
        "seconds": time.perf_counter() - begin,
        "checks": [each.to_json() | {"lines": each.lines} for each in result.checks],
        "built_on": built_on,
    }


def graded(folder, stem, name):
    """Return the `FunctionResult` of a function in a folder of chapter files."""
    workers = Limited(folder)
    try:
        return verdict.grade_function(workers, stem, name, dataset=_images(stem, name))
    finally:
        workers.close()


def _text(result):
    """Return the report in plain text: a line for the function, and what went wrong."""
    lines = [f"{result.status}  {result.name}  {result.score:g} of {result.max_score:g}"]
    for check in result.failing:
        lines += [f"{check.name.replace('_', ' ')}:", check.message]
    return "\n".join(lines)


def _images(stem, name):
    wanted = any(check.wants_images for check in checks.for_function(stem, name))
    return _digits() if wanted else None


@cache
def _digits():
    import data

    return data.load("digits")
