"""Grades one function of a learner's file, with the same checks and words as the terminal."""

import time
import tomllib
from functools import cache
from tempfile import TemporaryDirectory

from grader.course.places import HINTS
from grader.grading import checks, verdict

from . import earlier, flags, libraries, losses, recording
from .limited import Limited


def check(stem, name, source, record=False):
    """Grade a function of a chapter file's source; earlier functions are the learner's where
    they work, the reference's where not.

    Return `{"status", "works", "score", "max_score", "misconceptions", "text", "seconds",
    "checks", "built_on", "hint", "silent"}`; `checks` are those of the result file, each with its
    `lines`; `silent` says that the terminal also checks for warnings that cannot be seen here.
    With `record`, the learner's file on disk is this source, and `{"progress", "results"}` are the
    texts of the files that hold the learner's progress.
    """
    begin = time.perf_counter()
    with TemporaryDirectory() as folder:
        built_on = earlier.assemble(folder, stem, source, [name])
        if not libraries.prepare(earlier.texts(folder, stem, built_on)):
            return None
        with losses.watched(folder):
            result = graded(folder, stem, name)
    every = checks.for_function(stem, name)
    misconceptions = list(dict.fromkeys(filter(None, (c.misconception for c in result.checks))))
    answer = {
        "status": result.status,
        "works": result.works,
        "score": result.score,
        "max_score": result.max_score,
        "misconceptions": misconceptions,
        "text": _text(result),
        "seconds": time.perf_counter() - begin,
        "checks": [each.to_json() | {"lines": each.lines} for each in result.checks],
        "built_on": built_on,
        "hint": _hint(stem, name, misconceptions),
        "silent": any("silent" in each.test.__code__.co_names for each in every),
    }
    return answer | (recording.record(stem, result, source) if record else {})


def graded(folder, stem, name):
    """Return the `FunctionResult` of a function in a folder of chapter files."""
    with Limited(folder) as workers, flags.watched():
        return verdict.grade_function(workers, stem, name, dataset=_images(stem, name))


def _text(result):
    """Return the report in plain text: a line for the function, and what went wrong."""
    lines = [f"{result.status}  {result.name}  {result.score:g} of {result.max_score:g}"]
    for check in result.failing:
        lines += [f"{check.name.replace('_', ' ')}:", check.message]
    return "\n".join(lines)


def _hint(stem, name, misconceptions):
    """Return the hint for the first of these misconceptions that has one, or None."""
    written = tomllib.loads((HINTS / f"{stem}.toml").read_text(encoding="utf-8"))
    own = written.get(name, {}).get("misconceptions", {})
    return next((own[each] for each in misconceptions if each in own), None)


def _images(stem, name):
    wanted = any(check.wants_images for check in checks.for_function(stem, name))
    return _digits(stem) if wanted else None


@cache
def _digits(stem):
    import data

    return data.load("digits")
