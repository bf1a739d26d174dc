"""A learner's file is never lost: what takes its place first keeps it beside it."""

import contextlib
import itertools
import os
import shutil
import time


def backup(path):
    """Copy the file to `NAME.YYYYMMDD-HHMMSS.backup` beside it; returns the copy's path.

    An earlier backup is never overwritten: a second one of the same second gets a number.
    """
    data = path.read_bytes()
    for kept in _names(path):
        with contextlib.suppress(FileExistsError):
            _write_new(kept, data)
            with contextlib.suppress(OSError):  # its date and rights, where they can be had
                shutil.copystat(path, kept)
            return kept


def set_aside(path):
    """Give the file itself the name that a backup would have: that needs no right to read it."""
    kept = next(name for name in _names(path) if not os.path.lexists(name))
    path.rename(kept)
    return kept


def _names(path):
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in itertools.count(1):
        suffix = stamp if number == 1 else f"{stamp}-{number}"
        yield path.with_name(f"{path.name}.{suffix}.backup")


def _write_new(path, data):
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except OSError:  # half a backup is none
            path.unlink()
            raise
