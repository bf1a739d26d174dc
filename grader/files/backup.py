"""Backups: a learner's file is copied or set aside before anything replaces it."""

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path


def backup(path: Path) -> Path:
    """Copy the file to `NAME.YYYYMMDD-HHMMSS.backup` next to it; return the copy's path.

    An earlier backup is never overwritten: a second one within the same second gets a number.
    """
    data = path.read_bytes()
    for copy in _names(path):
        with contextlib.suppress(FileExistsError):
            _write_new(copy, data)
            with contextlib.suppress(OSError):  # its date and permissions, where that is allowed
                shutil.copystat(path, copy)
            return copy
    raise AssertionError("the names never end")


def set_aside(path: Path) -> Path:
    """Rename the file to the name of its next backup: that works without the right to read it."""
    backup_path = next(name for name in _names(path) if not os.path.lexists(name))
    path.rename(backup_path)
    return backup_path


def _names(path: Path) -> Iterator[Path]:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in itertools.count(1):
        suffix = stamp if number == 1 else f"{stamp}-{number}"
        yield path.with_name(f"{path.name}.{suffix}.backup")


def _write_new(path, data):
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except OSError:  # half a backup is worse than none
            path.unlink()
            raise
