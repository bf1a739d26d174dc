"""One folder of all chapters: the kit's, and an instructor's own if there are any."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

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


@contextlib.contextmanager
def _with(folder: Path, own: dict[str, bytes]) -> Iterator[Path]:
    """The kit's folder itself, or a temporary copy of it with the own files."""
    if not own:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="learn-dl-") as temporary:
        copy = Path(temporary, folder.name)
        copy.mkdir()
        given = {path.name: path.read_bytes() for path in folder.glob("*.py")}
        for name, data in (given | own).items():
            (copy / name).write_bytes(data)
        yield copy
