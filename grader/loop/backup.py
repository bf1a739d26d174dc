"""A learner's file is never lost: what takes its place first keeps it beside it."""

import contextlib
import itertools
import shutil
import time


def backup(path):
    """Copy the file to `NAME.YYYYMMDD-HHMMSS.backup` beside it; returns the copy's path.

    An earlier backup is never overwritten: a second one of the same second gets a number.
    """
    data = path.read_bytes()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in itertools.count(1):
        suffix = stamp if number == 1 else f"{stamp}-{number}"
        kept = path.with_name(f"{path.name}.{suffix}.backup")
        with contextlib.suppress(FileExistsError):
            _write_new(kept, data)
            with contextlib.suppress(OSError):  # its date and rights, where they can be had
                shutil.copystat(path, kept)
            return kept


def _write_new(path, data):
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except OSError:  # half a backup is none
            path.unlink()
            raise
