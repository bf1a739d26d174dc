"""Grades one function of a learner's file, with the same checks and words as the terminal."""

import contextlib
import time
import tomllib
from functools import cache
from tempfile import TemporaryDirectory

from grader.console.function import touches_left
from grader.course.places import HINTS
from grader.grading import checks, verdict

from . import door, earlier, flags, libraries, losses, recording
from .limited import Limited, hung_imports


def check(stem, name, source, record=False):
    """Grade a function of a chapter file's source; earlier functions are the learner's where
    they work, the reference's where not.

    Return `{"status", "works", "score", "max_score", "misconceptions", "text", "seconds", "left",
    "checks", "built_on", "hint", "silent"}`. `left` are the finishing touches of a function that
    works, in words. `checks` are those that did not pass, as in the result file and with their
    `lines`; the one to report first comes first. `silent` says that the terminal also checks for
    warnings that cannot be seen here.
    With `record`, the learner's file on disk is this source, and `{"progress", "results"}` are the
    texts of the files that hold the learner's progress. The page is then told the rest beforehand,
    as `{"verdict": ...}`, because functions that build on this one are graded again.
    """
    begin = time.perf_counter()
    hung_imports.clear()
    result, built_on = grade(stem, name, source, watched=True)
    if libraries.missing:
        return None
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
        "left": touches_left(result) if result.works and not result.passed else "",
        "checks": [each.to_json() | {"lines": each.lines} for each in _failing(result)],
        "built_on": built_on,
        "hint": _hint(stem, name, misconceptions),
        "silent": any("silent" in each.test.__code__.co_names for each in every),
    }
    if not record:
        return answer
    door.tell(verdict=answer)
    return answer | recording.record(stem, result, source, grade)


def grade(stem, name, source, watched=False):
    """Return the `FunctionResult` and what the function was built on, as `earlier.assemble` does.

    Where a function fails on others that work but are not finished, it is graded once more with
    the reference's: as in the terminal, a mistake costs points once. With `watched`, the page is
    told the losses of a training.
    """
    result, built_on = _grade(stem, name, source, watched)
    if not result.passed and any(part["whose"] == earlier.YOURS for part in built_on):
        again, finished = _grade(stem, name, source, watched, finished=True)
        if finished != built_on and again.score > result.score:
            return again, finished
    return result, built_on


def _grade(stem, name, source, watched, finished=False):
    with TemporaryDirectory() as folder:
        built_on = earlier.assemble(folder, stem, source, [name], finished)
        libraries.prepare(earlier.texts(folder, stem, built_on))
        watch = losses.watched(folder) if watched else contextlib.nullcontext()
        references, dataset = earlier.references(stem, built_on), _images(stem, name)
        trains = dataset is not None
        with watch, Limited(folder, references, trains) as workers, flags.watched():
            return verdict.grade_function(workers, stem, name, dataset=dataset), built_on


def _failing(result):
    main = result.main_failure
    return sorted(result.failing, key=lambda check: check is not main)


def _text(result):
    """Return the report in plain text: a line for the function, and what went wrong."""
    lines = [f"{result.status}  {result.name}  {result.score:g} of {result.max_score:g}"]
    for check in _failing(result):
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
