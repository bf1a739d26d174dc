"""Stores the progress in a small JSON file next to the graded folder; grading again rebuilds it.

Invalid entries count as not graded, and so does a chapter whose file is the stub. A chapter whose
file has changed since it was graded counts as changed. Of two runs at once, the better result of
the same file stays, and the one of the file as it is now.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..course import registry, results, stubs
from ..files.reading import read_bytes
from ..submission import helper_modules
from ..submission.submission import source
from .progress_file import Store

if TYPE_CHECKING:
    from ..course.registry import Chapter

State = dict[str, dict[str, Any]]  # chapter id: its entry, see `read`


@dataclass(frozen=True)
class Begun:
    """When a run began, and the digests that its chapters' files had then, by chapter id."""

    files: dict[str, str | None]
    when: float = field(default_factory=time.time)


def read(submission: Path | str) -> State:
    """Map the ids of graded chapters to `{"status", "score", "changed", "notebook", "functions"}`.

    `notebook` is the name of the notebook graded in place of the file, or None; `functions` maps
    names to `{"status", "works", "misconception", "because_of"}`. A function that is done, as in
    `FunctionResult.is_done`, has the status `passed`.
    """
    return _as_it_is_now(Path(submission), Store(submission).own_part()["chapters"])


def _as_it_is_now(folder, chapters):
    now = {id: digest(folder, id, entry["notebook"]) for id, entry in chapters.items()}
    return {
        id: entry | {"changed": entry["file"] != now[id]}
        for id, entry in chapters.items()
        if not untouched(folder, id, entry["notebook"])
    }


def begin(
    submission: Path | str, chapters: Iterable[Chapter], books: Mapping[str, Path] | None = None
) -> Begun:
    """Note what `record` has to know about the moment before these chapters are graded."""
    ids = [chapter.id for chapter in chapters]
    return Begun({id: digest(Path(submission), id, _book(id, books)) for id in ids})


def record(
    submission: Path | str,
    chapters: Iterable[results.ChapterResult],
    books: Mapping[str, Path] | None = None,
    begun: Begun | None = None,
) -> State:
    """Record these chapters' results and return the same as `read` afterwards.

    If the file cannot be written, a line on stderr says so.
    books: maps stems to the notebooks in this folder that were graded in place of chapter files
    begun: from `begin`; without it, the files count as graded just now
    """
    folder = Path(submission)
    with Store(folder).changing() as part:
        for chapter in chapters:
            id, name = chapter.id, _book(chapter.id, books)
            if untouched(folder, id, name):
                continue
            now = digest(folder, id, name)
            file = begun.files.get(id, now) if begun else now
            new = {"file": file, "notebook": name, "graded": time.time()}
            new = summary_of(chapter) | new
            stored = part["chapters"].get(id)
            if not (stored and begun and _stays(stored, new, begun, now)):
                part["chapters"][id] = new
    return _as_it_is_now(folder, part["chapters"])


def _stays(stored, new, begun, now):
    """True if another run, recorded while this one was going on, has the better result.

    Two runs slow each other down, and a check of speed may fail in one of them.
    """
    if stored["graded"] <= begun.when:
        return False
    if stored["file"] != new["file"]:
        return stored["file"] == now
    return stored["score"] > new["score"]


def _book(id, books):
    """The name of the notebook that replaces a chapter's file, or None."""
    book = (books or {}).get(_stem(id))
    return book.name if book else None


def summary_of(chapter: results.ChapterResult) -> dict[str, Any]:
    """Return the part of a chapter's result that is stored."""
    return {
        "status": results.worst(function.status_or_done for function in chapter.functions),
        "score": chapter.score,
        "functions": {
            function.name: {
                "status": function.status_or_done,
                "works": function.works,
                "misconception": _main_misconception(function),
                "because_of": [f"{other.id} {other.name}" for other in function.because_of],
            }
            for function in chapter.functions
        },
    }


def hints(submission: Path | str, chapter: Chapter, function: str) -> list[str]:
    """Return the hints already given for a function, oldest first."""
    return Store(submission).own_part()["hints"].get(f"{chapter.id} {function}", [])


def next_hint(
    submission: Path | str, chapter: Chapter, function: str, sequence: Iterable[str]
) -> str | None:
    """Return the first of these hints not given yet and record it; None after the last."""
    with Store(submission).changing() as part:
        given = part["hints"].setdefault(f"{chapter.id} {function}", [])
        following = next((hint for hint in sequence if hint not in given), None)
        if following:
            given.append(following)
    return following


def course_score(state: State) -> tuple[float, float]:
    """Return `(points earned, points available)` in the course."""
    full = registry.total(chapter.points for chapter in registry.chapters())
    return registry.total(entry["score"] for entry in state.values()), full


def last_look(submission: Path | str, state: State) -> tuple[str, dict[str, float]] | None:
    """Return the last `(when, {chapter id: score})` of the board, or None; record this time."""
    store = Store(submission)
    part = store.own_part()
    scores = {id: entry["score"] for id, entry in state.items()}
    if part["looked"] is None or part["looked"]["scores"] != scores:
        with store.changing(quiet=True) as current:
            current["looked"] = {"when": time.strftime("%Y-%m-%d %H:%M"), "scores": scores}
    return part["looked"] and (part["looked"]["when"], part["looked"]["scores"])


def next_unfinished(chapters: Iterable[Chapter], state: State) -> Chapter | None:
    """Return the first chapter not known to pass as it is now, or None.

    Chapters that work and only lack finishing touches come after the others, optional ones last.
    """
    waiting = [chapter for chapter in chapters if not _passes(state.get(chapter.id))]

    def rank(chapter):
        entry = state.get(chapter.id)
        as_it_is_now = entry is not None and not entry["changed"]
        return chapter.optional, as_it_is_now and works(entry, chapter)

    return min(waiting, key=rank, default=None)


def works(entry: dict[str, Any] | None, chapter: Chapter) -> bool:
    """Return True if every function of a graded chapter works or has full points."""
    return all(_is_done(entry, name) or _works(entry, name) for name in chapter.functions)


def next_function(
    state: State, chapter: Chapter, first: Iterable[str] = ()
) -> tuple[str, str] | None:
    """Return `(chapter id, function)` to work on next for a chapter, or None if it is done.

    That is its first unfinished function (those in `first` before the others, those that work
    after them), or the function that makes it fail; then the functions that were replaced by the
    reference's.
    """
    entry = state.get(chapter.id)
    unfinished = [name for name in (*first, *chapter.functions) if not _is_done(entry, name)]
    unfinished.sort(key=lambda name: name not in first and _works(entry, name))
    for name in (*unfinished, *chapter.functions):
        for id, guilty in _because_of(entry, name):
            if not _is_done(state.get(id), guilty) or state[id]["changed"]:
                return id, guilty
        if name in unfinished:
            return chapter.id, name
    return None


def _is_done(entry, function):
    return entry is not None and entry["functions"].get(function, {}).get("status") == "passed"


def _works(entry, function):
    return entry is not None and entry["functions"].get(function, {}).get("works", False)


def _because_of(entry, function):
    summary = entry["functions"].get(function, {}) if entry else {}
    return [guilty.split() for guilty in summary.get("because_of", ())]


def _passes(entry):
    return entry is not None and entry["status"] == "passed" and not entry["changed"]


def unreadable(submission: Path | str) -> Path | None:
    """Return the progress file if there is one that cannot be used, else None."""
    store = Store(submission)
    return store.path if store.whole() is None else None


def _main_misconception(function):
    """The misconception of the failure that is reported first, else the first one, or None."""
    main = function.main_failure
    named = [check.misconception for check in (main, *function.failing) if check]
    return next(filter(None, named), None)


def untouched(submission: Path, id: str, notebook: str | None = None) -> bool:
    """True if the chapter was not started: its file is missing or is the stub."""
    file = _file(submission, id, notebook)
    return not file.is_file() or stubs.is_stub(file)


def digest(submission: Path, id: str, notebook: str | None = None) -> str | None:
    """Hash the chapter's file and its helper modules as they are now, ignoring line endings.

    For a notebook, hash the chapter's cells. None if there is no such file.
    """
    file, stem = _file(submission, id, notebook), _stem(id)
    if not file.is_file():  # opening a pipe would wait forever
        return None
    with contextlib.suppress(OSError, KeyError, click.UsageError):
        if notebook:
            data = source(file, stem)
        else:
            stems = (stem, *helper_modules.for_chapter(submission, stem))
            data = b"".join(read_bytes(submission / f"{stem}.py") for stem in stems)
        return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]
    return None


def _file(submission, id, notebook):
    return submission / (notebook or f"{_stem(id)}.py")


def _stem(id):
    (chapter,) = registry.select([id])
    return chapter.stem
