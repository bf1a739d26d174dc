"""Keeps the progress in the browser: the terminal's own file, and the results that it sums up.

The terminal grades a chapter at a time, the page a function. So the page keeps each function's
last result with a hash of the code it was about; what has changed since is graded again.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import registry, stubs
from grader.course.results import ChapterResult, FunctionResult
from grader.learner import progress, progress_file
from grader.submission.uses import Uses

from . import earlier, learner

RESULTS = ".learn-dl-results.json"  # next to the progress file; in the page only


def record(stem, result, source):
    """Add a function's result to its chapter's entry, and grade again those that have changed.

    Return `{"progress", "results"}`, the new texts of both files.
    """
    chapter, stored = registry.by_stem(stem), _stored()
    keys = _keys(stem, source)
    functions = []
    for name in chapter.functions:
        before = stored.get(f"{stem} {name}")
        if name == result.name:
            own = result
        elif before and before["key"] == keys[name]:
            own = FunctionResult.from_json(before["function"])
        else:
            earlier.remember(stem, result, source)
            own = earlier.grade(stem, name, source)[0]
        stored[f"{stem} {name}"] = {"key": keys[name], "function": _short(own)}
        functions.append(own)
    results = learner.ROOT / RESULTS
    results.write_text(json.dumps(stored), encoding="utf-8")
    learner.file(stem).write_text(source, encoding="utf-8")
    stubs.add_whole(learner.FOLDER)  # as in the downloaded course: the terminal hashes it, too
    progress.record(learner.FOLDER, [ChapterResult.from_functions(chapter, functions)])
    return {
        "progress": (learner.ROOT / progress_file.FILE).read_text(encoding="utf-8"),
        "results": results.read_text(encoding="utf-8"),
        "state": state(),
    }


def state():
    """Return `{"score", "max_score", "chapters"}` as `grade` shows them."""
    chapters = progress.read(learner.FOLDER)
    score, full = progress.course_score(chapters)
    return {"score": score, "max_score": full, "chapters": chapters}


def _keys(stem, source):
    """Map each function to a hash of its text and of all in the same file that it uses."""
    chapter = registry.by_stem(stem)
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{stem}.py").write_text(source, encoding="utf-8")
        uses = Uses(Path(folder))
        alone = {
            name: [(s, other) for s, other in uses.all(stem, name) if s == stem]
            for name in chapter.functions
        }
        return {
            name: earlier.fingerprint(folder, {(stem, name), *used}) for name, used in alone.items()
        }


def _short(function):
    """Return a result without the messages, which are only for the page that shows them."""
    whole = function.to_json()
    checks = [check | {"message": "", "feedback": ""} for check in whole["checks"]]
    return whole | {"checks": checks}


def _stored():
    try:
        stored = json.loads((learner.ROOT / RESULTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
