"""Opens what `--submission` names as a class run takes it, so that both give the same points."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ..course import registry
from ..files import temporary
from ..files.reading import python_files
from ..submission import staging, submission
from ..submission.splitting import Source
from ..submission.submission import Submission
from . import intake


@contextlib.contextmanager
def opened(path: Path, course: Path | None = None) -> Iterator[Submission]:
    """Open a folder, a zip or a file.

    What already is as it would be graded in a class is left where it is, so that it has a board
    and its reports name its own files.
    """
    with contextlib.ExitStack() as stack:
        if path.suffix == ".ipynb" and not submission.writes_files(path):
            yield stack.enter_context(submission.opened(path, course))
            return
        hand_in = intake.read_one(path)
        if path.is_dir():
            plain = stack.enter_context(submission.opened(path, course))
            if _is_as_it_stands(plain, hand_in):
                yield plain
                return
        folder = stack.enter_context(temporary.folder()) / "exercises"
        with temporary.room():
            folder.mkdir()
            staging.write(hand_in.files, folder)
        held = tuple(c for c in registry.chapters() if _has_functions(hand_in.files, c))
        books = {stem: _where(path, origin) for stem, origin in hand_in.origins.items()}
        yield Submission(path, folder, folder, books, held, hand_in.notes)


def _has_functions(files, chapter):
    source = Source(files.get(f"{chapter.stem}.py", b"").decode())
    return "*" in source.imports or bool(set(chapter.functions) & source.places.keys())


def _where(path, origin):
    return path if path.name == origin else path / origin


def _is_as_it_stands(plain, hand_in):
    """True if the folder itself holds what would be graded, perhaps in notebooks."""
    there = python_files(plain.folder, deep=True)
    chapters = {f"{chapter.stem}.py" for chapter in registry.chapters()}
    return bool(there.keys() & chapters) and all(
        not data or there.get(name, b"").removeprefix(submission.HEAD) == data
        for name, data in hand_in.files.items()
    )
