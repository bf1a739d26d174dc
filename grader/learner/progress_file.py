"""The progress file: reads it without what is invalid, and changes it whole, one run at a time.

A file that cannot be read, or that a later version wrote, is kept as a backup before a new one
replaces it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ..console.printing import say
from ..course import registry, results
from ..files import writing
from ..files.backup import set_aside

FILE = ".learn-dl-progress.json"
SCHEMA = 2
LOCK_SECONDS = 5


class Store:
    """The progress file next to a submission's folder, and this submission's part of it."""

    def __init__(self, submission: Path | str) -> None:
        submission = Path(os.path.abspath(submission))  # a link keeps its own name
        self.name, self.path = submission.name, submission.parent / FILE

    def own_part(self) -> dict[str, Any]:
        """Return this submission's part: `chapters` and `hints`, and `looked` or None."""
        whole = self.whole()
        return _validated((whole or {}).get(self.name))

    @contextlib.contextmanager
    def changing(self, quiet: bool = False) -> Iterator[dict[str, Any]]:
        """Yield this submission's part and write the changes; concurrent calls wait."""
        with self._locked():
            whole = self.whole()
            part = _validated((whole or {}).get(self.name))
            yield part
            submissions = (whole or {}) | {self.name: part}
            try:
                if whole is None:
                    set_aside(self.path)
                writing.write_json({"schema": SCHEMA, "submissions": submissions}, self.path)
            except (OSError, writing.Unwritable):
                if not quiet:
                    say(
                        f"grade: `{self.path}` cannot be written, so nothing was saved: make sure "
                        f"that files in `{self.path.parent}` can be written",
                        err=True,
                    )

    @contextlib.contextmanager
    def _locked(self):
        try:
            import filelock  # takes 20 ms, and reading does not need it
        except ImportError:  # in the page, where nobody else writes the file
            yield
            return
        lock = filelock.FileLock(f"{self.path}.lock")
        try:
            lock.acquire(timeout=LOCK_SECONDS)
        except (filelock.Timeout, OSError, NotImplementedError):  # not writable, or no locks here
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def whole(self) -> dict[str, Any] | None:
        """Map submissions to their parts: {} without a file, None if it cannot be used."""
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(document, dict) or not isinstance(document.get("submissions"), dict):
            return None
        return document["submissions"] if document.get("schema") in (1, SCHEMA) else None


def _validated(part):
    """A submission's part without invalid entries; empty if there is none."""
    part = part if isinstance(part, dict) else {}
    if "chapters" not in part:  # schema 1
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


def _entry(stored):
    return {
        "status": stored["status"],
        "score": stored["score"],
        "file": stored.get("file"),
        "notebook": _notebook(stored.get("notebook")),
        "graded": stored["graded"] if _number(stored.get("graded")) else 0,
        "functions": _functions(stored.get("functions")),
    }


def _notebook(name):
    """The name if it is a notebook directly in the folder, else None."""
    plain = isinstance(name, str) and name.endswith(".ipynb") and not set(name) & set("/\\:\0")
    return name if plain else None


def _possible(entry, chapter):
    if not isinstance(entry, dict) or entry.get("status") not in results.WORST_FIRST:
        return False
    score: Any = entry.get("score")
    full = chapter.points
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


def _functions(stored):
    return {
        name: {
            "status": summary["status"],
            "works": summary.get("works") is True,
            "misconception": summary.get("misconception"),
            "because_of": [f for f in _all_functions() if f in _list(summary.get("because_of"))],
        }
        for name, summary in _dict(stored).items()
        if isinstance(summary, dict)
        and summary.get("status") in results.WORST_FIRST
        and isinstance(summary.get("misconception"), (str, type(None)))
    }


@cache
def _all_functions():
    """Every function in the form used by `because_of`, in the order of the course."""
    return [f"{chapter.id} {name}" for chapter in registry.chapters() for name in chapter.functions]


def _list(value):
    return value if isinstance(value, list) else []


def _dict(value):
    return value if isinstance(value, dict) else {}


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)
