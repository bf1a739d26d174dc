"""Grades one function of a learner's file, with the same checks and words as the terminal."""

import time
import tomllib

from grader.console.function import touches_left
from grader.course.places import HINTS
from grader.grading import checks

from . import door, earlier, libraries, recording
from .limited import hung_imports


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
    result, built_on = earlier.grade(stem, name, source, watched=True)
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
    return answer | recording.record(stem, result, source)


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
