"""Keeps the progress in the browser: the terminal's own file, and the results that it sums up.

The terminal grades a chapter at a time, the page a function. So the page keeps each function's
last result with a hash of the code it was about; what has changed since is graded again.
"""

import json
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import registry
from grader.course.results import ChapterResult, FunctionResult
from grader.learner import progress
from grader.submission.uses import Uses

from . import earlier, learner

RESULTS = ".learn-dl-results.json"  # next to the progress file; in the page only


def record(stem, result, source):
    """Add a function's result to its chapter's entry.

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
            own = _grade(stem, name, source)
        stored[f"{stem} {name}"] = {"key": keys[name], "function": _short(own)}
        functions.append(own)
    results = learner.ROOT / RESULTS
    results.write_text(json.dumps(stored), encoding="utf-8")
    learner.file(stem).write_text(source, encoding="utf-8")
    progress.record(learner.FOLDER, [ChapterResult.from_functions(chapter, functions)])
    return {
        "progress": (learner.ROOT / progress.FILE).read_text(encoding="utf-8"),
        "results": results.read_text(encoding="utf-8"),
        "state": state(),
    }


def state():
    """Return `{"score", "max_score", "chapters"}` as `grade` shows them."""
    chapters = progress.read(learner.FOLDER)
    score, full = progress.course_score(chapters)
    return {"score": score, "max_score": full, "chapters": chapters}


def _grade(stem, name, source):
    from .checking import graded

    with TemporaryDirectory() as folder:
        earlier.assemble(folder, stem, source, [name])
        return graded(folder, stem, name)


def _keys(stem, source):
    """Map each function to a hash of its text and of all in the same file that it uses."""
    chapter = registry.by_stem(stem)
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{stem}.py").write_text(source, encoding="utf-8")
        uses = Uses(Path(folder))
    keys = {}
    for name in chapter.functions:
        used = sorted(other for s, other in uses.closure(stem, name) if s == stem)
        outside = " ".join(sorted(uses.outside[stem]))
        texts = [outside, *(uses.text(stem, part) for part in (name, *used))]
        keys[name] = sha256("\0".join(texts).encode()).hexdigest()
    return keys


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
