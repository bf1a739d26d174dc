"""Puts an instructor's own chapters, if there are any, where the kit has its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ..files import temporary
from ..files.writing import write_files
from . import places, stubs


@contextlib.contextmanager
def solutions() -> Iterator[Path]:
    """The reference, as a folder in which one chapter can import from another."""
    own = {path.name: path.read_bytes() for _, path in places.own_files("solutions")}
    with _with(places.REFERENCE, own) as folder:
        yield folder


@contextlib.contextmanager
def pristine() -> Iterator[Path]:
    """The stubs that everyone starts from."""
    with _with(places.STUBS, stubs.own()) as folder:
        yield folder


def own_without_solutions() -> dict[str, bytes]:
    """Map the names that the own chapters' files would have in a clone to their contents."""
    rooms = [room for room in places.OWN if room != "solutions"]
    files = {name: path.read_bytes() for name, path in places.own_files(*rooms)}
    return files | {f"{places.OWN['stubs']}/{name}": data for name, data in stubs.own().items()}


@contextlib.contextmanager
def _with(folder: Path, own: dict[str, bytes]) -> Iterator[Path]:
    """The kit's folder itself, or a temporary copy of it with the own files."""
    if not own:
        yield folder
        return
    given = {path.name: path.read_bytes() for path in folder.glob("*.py")}
    with temporary.folder() as home:
        with temporary.room():
            write_files(given | own, home / folder.name)
        yield home / folder.name
