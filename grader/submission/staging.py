"""Takes a submission's Python files out of its folder, and writes them to where they are graded."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..course import stubs
from .reading import LARGEST_FILE, read_bytes

MOST_FILES = 1000


def read(folder: Path, largest: int = LARGEST_FILE, *, deep: bool = True) -> dict[str, bytes]:
    """Map the paths of a folder's Python files, relative to it, to what they hold.

    Links, pipes, hidden folders and what cannot be read are left out. Of a file, at most `largest`
    bytes are read.

    deep: also read the files of folders inside it
    """
    files: dict[str, bytes] = {}
    for path in _paths(folder, deep):
        if len(files) < MOST_FILES:
            with contextlib.suppress(OSError):
                files[path.relative_to(folder).as_posix()] = read_bytes(path, largest)
    return files


def _paths(folder: Path, deep: bool) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):  # which follows no links
        folders[:] = sorted(name for name in folders if deep and not name.startswith((".", "__")))
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files to an empty folder, with those that no learner has to hand in."""
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    stubs.add_whole(folder)
