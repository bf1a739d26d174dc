"""What is done so far: one small JSON file beside the graded folder, rebuilt by grading again.

Never trusted blindly: a file that cannot be read counts as empty, and a chapter whose file has
changed since it was graded counts as changed.
"""

import contextlib
import hashlib
import json
from pathlib import Path

from .. import results

FILE = ".learn-dl-progress.json"


def record(submission, result):
    """Remember the chapters of a result, unless there is no right to write there."""
    submission = Path(submission).resolve()
    state = _read(submission)
    for chapter in result["chapters"]:
        state[chapter["id"]] = {
            "status": results.chapter_status(chapter),
            "score": chapter["score"],
            "file": _digest(submission, chapter["id"]),
        }
    with contextlib.suppress(results.Unwritable):
        whole = _read_all(submission) | {submission.name: state}
        results.write_json({"schema": results.SCHEMA, "submissions": whole}, _path(submission))


def read(submission):
    """Chapter id -> {"status", "score", "changed"}, of what has been graded."""
    submission = Path(submission).resolve()
    return {
        id: {
            "status": entry["status"],
            "score": entry["score"],
            "changed": entry.get("file") != _digest(submission, id),
        }
        for id, entry in _read(submission).items()
    }


def next_unfinished(chapters, state):
    """The first chapter that is not known to pass as it is now, or None."""
    for chapter in chapters:
        entry = state.get(chapter.id)
        if entry is None or entry["status"] != "passed" or entry["changed"]:
            return chapter
    return None


def _path(submission):
    return submission.parent / FILE


def _read(submission):
    entries = _read_all(submission).get(submission.name)
    return {id: entry for id, entry in entries.items() if _sound(entry)} if entries else {}


def _read_all(submission):
    try:
        found = json.loads(_path(submission).read_text(encoding="utf-8"))["submissions"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: entries for name, entries in found.items() if isinstance(entries, dict)}


def _sound(entry):
    return (
        isinstance(entry, dict)
        and entry.get("status") in results.WORST_FIRST
        and isinstance(entry.get("score"), (int, float))
    )


def _digest(submission, id):
    """Of the chapter's file as it is now; None where there is none."""
    stem = "ch{}_{}_*.py".format(*id.split("."))
    with contextlib.suppress(OSError, StopIteration):
        return hashlib.sha256(next(submission.glob(stem)).read_bytes()).hexdigest()[:16]
    return None
