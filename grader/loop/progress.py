"""What is done so far: one small JSON file beside the graded folder, rebuilt by grading again.

Never trusted blindly: what cannot be right counts as not graded, and a chapter whose file has
changed since it was graded counts as changed. A file that cannot be read, or that a later version
wrote, is kept as a backup before another takes its place.
"""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

from .. import registry, results
from ..report import say
from .backup import backup

FILE = ".learn-dl-progress.json"
SCHEMA = 2
LOCK_SECONDS = 5


def read(submission):
    """Chapter id -> `{"status", "score", "changed", "functions"}` of what has been graded.

    `functions` maps names to `{"status", "misconception"}`, as far as they are known.
    """
    chapters = _Store(submission).mine()["chapters"]
    now = {id: digest(Path(submission), id) for id in chapters}
    return {
        id: entry | {"changed": entry["file"] != now[id]}
        for id, entry in chapters.items()
        if now[id] or entry["file"] is None
    }


def record(submission, result):
    """Remember the chapters of a result; where that cannot be written, a line says so."""
    with _Store(submission).changing() as mine:
        for chapter in result["chapters"]:
            mine["chapters"][chapter["id"]] = {
                "status": results.chapter_status(chapter),
                "score": chapter["score"],
                "file": digest(Path(submission), chapter["id"]),
                "functions": {
                    function["name"]: {
                        "status": function["status"],
                        "misconception": _first_misconception(function),
                    }
                    for function in chapter["functions"]
                },
            }


def hints(submission, chapter, function):
    """The hints of a function that were given, oldest first."""
    return _Store(submission).mine()["hints"].get(f"{chapter.id} {function}", [])


def next_hint(submission, chapter, function, sequence):
    """The first of these hints that was not given yet, which it is now; None after the last."""
    with _Store(submission).changing() as mine:
        given = mine["hints"].setdefault(f"{chapter.id} {function}", [])
        following = next((hint for hint in sequence if hint not in given), None)
        if following:
            given.append(following)
    return following


def last_look(submission):
    """`(when, {chapter id: score})` as the board showed it last, or None; this look is noted."""
    store = _Store(submission)
    mine = store.mine()
    scores = {id: entry["score"] for id, entry in mine["chapters"].items()}
    if mine["looked"] is None or mine["looked"]["scores"] != scores:
        with store.changing(quiet=True) as mine_now:
            mine_now["looked"] = {"when": time.strftime("%Y-%m-%d %H:%M"), "scores": scores}
    return mine["looked"] and (mine["looked"]["when"], mine["looked"]["scores"])


def next_unfinished(chapters, state):
    """The first chapter that is not known to pass as it is now, optional ones last, or None."""
    waiting = [chapter for chapter in chapters if not _passes(state.get(chapter.id))]
    return min(waiting, key=lambda chapter: chapter.optional, default=None)


def _passes(entry):
    return entry is not None and entry["status"] == "passed" and not entry["changed"]


def unreadable(submission):
    """The file, where there is one that cannot be used."""
    store = _Store(submission)
    return store.path if store.whole() is None else None


class _Store:
    """The file beside a submission's folder, and in it what belongs to this submission."""

    def __init__(self, submission):
        submission = Path(os.path.abspath(submission))  # a link goes by its own name
        self.name, self.path = submission.name, submission.parent / FILE

    def mine(self):
        whole = self.whole()
        return _sound((whole or {}).get(self.name))

    @contextlib.contextmanager
    def changing(self, quiet=False):
        """What is changed in it is written; two at once wait for each other."""
        with self._locked():
            whole = self.whole()
            if whole is None:
                with contextlib.suppress(OSError):
                    backup(self.path)
            mine = _sound((whole or {}).get(self.name))
            yield mine
            submissions = (whole or {}) | {self.name: mine}
            try:
                results.write_json({"schema": SCHEMA, "submissions": submissions}, self.path)
            except results.Unwritable:
                if not quiet:
                    say(f"grade: `{self.path}` cannot be written: this is not remembered", err=True)

    @contextlib.contextmanager
    def _locked(self):
        import filelock  # 20 ms that reading does without

        lock = filelock.FileLock(f"{self.path}.lock")
        try:
            lock.acquire(timeout=LOCK_SECONDS)
        except (filelock.Timeout, OSError, NotImplementedError):  # no right to write, or no locks
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def whole(self):
        """Submission -> its part; {} where there is no file, None where it cannot be used."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or not isinstance(found.get("submissions"), dict):
            return None
        return found["submissions"] if found.get("schema") in (1, SCHEMA) else None


def _sound(part):
    """A submission's part with what cannot be right left out; empty where there is none."""
    part = part if isinstance(part, dict) else {}
    if "chapters" not in part:  # as the first version of this file had it
        part = {"chapters": part}
    graded, looked = _dict(part["chapters"]), _dict(part.get("looked"))
    return {
        "chapters": {
            chapter.id: _entry(graded[chapter.id])
            for chapter in registry.chapters()
            if _possible(graded.get(chapter.id), chapter)
        },
        "hints": {
            key: given
            for key, given in _dict(part.get("hints")).items()
            if isinstance(given, list) and all(isinstance(hint, str) for hint in given)
        },
        "looked": looked if _looked(looked) else None,
    }


def _entry(found):
    return {
        "status": found["status"],
        "score": found["score"],
        "file": found.get("file"),
        "functions": _functions(found.get("functions")),
    }


def _possible(entry, chapter):
    if not isinstance(entry, dict) or entry.get("status") not in results.WORST_FIRST:
        return False
    score, full = entry.get("score"), chapter.points
    if not _number(score) or not 0 <= score <= full:
        return False
    return entry["status"] != "passed" or score == full


def _looked(looked):
    scores = looked.get("scores")
    return (
        isinstance(looked.get("when"), str)
        and isinstance(scores, dict)
        and all(_number(score) for score in scores.values())
    )


def _functions(found):
    return {
        name: {"status": known["status"], "misconception": known.get("misconception")}
        for name, known in _dict(found).items()
        if isinstance(known, dict)
        and known.get("status") in results.WORST_FIRST
        and isinstance(known.get("misconception"), (str, type(None)))
    }


def _dict(value):
    return value if isinstance(value, dict) else {}


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _first_misconception(function):
    return next((c["misconception"] for c in function["checks"] if c["misconception"]), None)


def digest(submission, id):
    """Of the chapter's file as it is now, however its lines end; None where there is none."""
    stem = "ch{}_{}_*.py".format(*id.split("."))
    with contextlib.suppress(OSError, StopIteration):
        data = next(submission.glob(stem)).read_bytes().replace(b"\r\n", b"\n")
        return hashlib.sha256(data).hexdigest()[:16]
    return None
