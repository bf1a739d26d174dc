"""Copies what of a submission is graded: its Python files, and those that it need not bring."""

import contextlib
import os
from pathlib import Path

from ..course import stubs
from .reading import LARGEST_FILE, read_bytes

MOST_FILES = 1000


def stage(folder: Path, target: Path, largest: int = LARGEST_FILE) -> None:
    """Copy a submission's Python files to `target`, an empty folder, and add the missing ones.

    Links, pipes, hidden folders and what cannot be read are left out; of a file, at most `largest`
    bytes are copied.
    """
    count = 0
    for place, folders, files in os.walk(folder):  # which follows no links
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        for name in sorted(files):
            if not name.endswith(".py") or count == MOST_FILES:
                continue
            copy = target / Path(place, name).relative_to(folder)
            with contextlib.suppress(OSError):
                data = read_bytes(Path(place, name), largest)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(data)
                count += 1
    stubs.add_whole(target)
