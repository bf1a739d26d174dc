"""What is done so far: one small JSON file beside the graded folder, rebuilt by grading again.

Never trusted blindly: what cannot be right counts as not graded, so does a chapter whose file is
the stub, and one whose file has changed since it was graded counts as changed. A progress file that
cannot be read, or that a later version wrote, is kept as a backup before another takes its place.
"""

import contextlib
import hashlib
import json
import os
import time
from functools import cache
from pathlib import Path

import click

from ..console.report import say
from ..course import registry, results, stubs
from ..files import writing
from ..files.backup import set_aside
from ..submission import helper_modules
from ..submission.submission import source

FILE = ".learn-dl-progress.json"
SCHEMA = 2
LOCK_SECONDS = 5


def read(submission):
    """Chapter id -> `{"status", "score", "changed", "notebook", "functions"}`, where it is graded.

    `notebook` names the one that stands for the chapter, or is None; `functions` maps names to
    `{"status", "misconception", "because_of"}`, as far as they are known. `passed` is the status
    of all that is done, as `FunctionResult.is_done` has it.
    """
    return _as_it_is_now(Path(submission), _Store(submission).mine()["chapters"])


def _as_it_is_now(folder, chapters):
    now = {id: digest(folder, id, entry["notebook"]) for id, entry in chapters.items()}
    return {
        id: entry | {"changed": entry["file"] != now[id]}
        for id, entry in chapters.items()
        if not untouched(folder, id, entry["notebook"])
    }


def record(submission, chapters, books=None):
    """Remember these chapters' results; where that cannot be written, a line says so.

    books: stem -> the notebook in this folder that was graded in place of the chapter's file
    Returns what `read` gives once all is remembered.
    """
    folder = Path(submission)
    with _Store(folder).changing() as mine:
        for chapter in chapters:
            id, book = chapter.id, (books or {}).get(_stem(chapter.id))
            name = book and book.name
            if not untouched(folder, id, name):
                file = {"file": digest(folder, id, name), "notebook": name}
                mine["chapters"][id] = summary_of(chapter) | file
    return _as_it_is_now(folder, mine["chapters"])


def summary_of(chapter):
    """What is remembered of a chapter's result."""
    return {
        "status": results.worst(function.status_or_done for function in chapter.functions),
        "score": chapter.score,
        "functions": {
            function.name: {
                "status": function.status_or_done,
                "misconception": _first_misconception(function),
                "because_of": [f"{other.id} {other.name}" for other in function.because_of],
            }
            for function in chapter.functions
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


def course_score(state):
    """`(points, points that can be had)` of the course."""
    full = sum(chapter.points for chapter in registry.chapters())
    return sum(entry["score"] for entry in state.values()), full


def last_look(submission, state):
    """`(when, {chapter id: score})` as the board showed it last, or None; this look is noted."""
    store = _Store(submission)
    mine = store.mine()
    scores = {id: entry["score"] for id, entry in state.items()}
    if mine["looked"] is None or mine["looked"]["scores"] != scores:
        with store.changing(quiet=True) as mine_now:
            mine_now["looked"] = {"when": time.strftime("%Y-%m-%d %H:%M"), "scores": scores}
    return mine["looked"] and (mine["looked"]["when"], mine["looked"]["scores"])


def next_unfinished(chapters, state):
    """The first chapter that is not known to pass as it is now, optional ones last, or None."""
    waiting = [chapter for chapter in chapters if not _passes(state.get(chapter.id))]
    return min(waiting, key=lambda chapter: chapter.optional, default=None)


def next_function(state, chapter, first=()):
    """`(chapter id, function)` to turn to for a chapter, or None where all is done.

    That is its first function that is not done, `first` before the others, or what this one fails
    because of; then what the reference stands in for.
    """
    entry = state.get(chapter.id)
    unfinished = [name for name in (*first, *chapter.functions) if not _is_done(entry, name)]
    for name in (*unfinished, *chapter.functions):
        for id, guilty in _because_of(entry, name):
            if not _is_done(state.get(id), guilty) or state[id]["changed"]:
                return id, guilty
        if name in unfinished:
            return chapter.id, name
    return None


def _is_done(entry, function):
    return entry is not None and entry["functions"].get(function, {}).get("status") == "passed"


def _because_of(entry, function):
    known = entry["functions"].get(function, {}) if entry else {}
    return [guilty.split() for guilty in known.get("because_of", ())]


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
        return _validated((whole or {}).get(self.name))

    @contextlib.contextmanager
    def changing(self, quiet=False):
        """What is changed in it is written; two at once wait for each other."""
        with self._locked():
            whole = self.whole()
            mine = _validated((whole or {}).get(self.name))
            yield mine
            submissions = (whole or {}) | {self.name: mine}
            try:
                if whole is None:
                    set_aside(self.path)
                writing.write_json({"schema": SCHEMA, "submissions": submissions}, self.path)
            except (OSError, writing.Unwritable):
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


def _validated(part):
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
        "notebook": _notebook(found.get("notebook")),
        "functions": _functions(found.get("functions")),
    }


def _notebook(name):
    """A notebook of the folder itself; anything else is none."""
    plain = isinstance(name, str) and name.endswith(".ipynb") and not set(name) & set("/\\:\0")
    return name if plain else None


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
        name: {
            "status": known["status"],
            "misconception": known.get("misconception"),
            "because_of": [one for one in _graded() if one in _list(known.get("because_of"))],
        }
        for name, known in _dict(found).items()
        if isinstance(known, dict)
        and known.get("status") in results.WORST_FIRST
        and isinstance(known.get("misconception"), (str, type(None)))
    }


@cache
def _graded():
    """Every function as `because_of` names it, in the order of the course."""
    return [f"{chapter.id} {name}" for chapter in registry.chapters() for name in chapter.functions]


def _list(value):
    return value if isinstance(value, list) else []


def _dict(value):
    return value if isinstance(value, dict) else {}


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _first_misconception(function):
    return next((c.misconception for c in function.checks if c.misconception), None)


def untouched(submission, id, notebook=None):
    """Whether the chapter is still to be begun: its file is missing, or the stub."""
    file = _file(submission, id, notebook)
    return not file.is_file() or stubs.is_stub(file)


def digest(submission, id, notebook=None):
    """Of the chapter's file and its helpers as they are now, however their lines end.

    Of a notebook, what its cells hold of the chapter. None where there is no such file.
    """
    file, stem = _file(submission, id, notebook), _stem(id)
    if not file.is_file():  # to open a pipe would wait for ever
        return None
    with contextlib.suppress(OSError, KeyError, click.UsageError):
        if notebook:
            data = source(file, stem)
        else:
            stems = (stem, *helper_modules.for_chapter(submission, stem))
            data = b"".join((submission / f"{stem}.py").read_bytes() for stem in stems)
        return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]
    return None


def _file(submission, id, notebook):
    return submission / (notebook or f"{_stem(id)}.py")


def _stem(id):
    (chapter,) = registry.select([id])
    return chapter.stem
