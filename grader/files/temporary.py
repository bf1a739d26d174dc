"""Says in one true line that temporary files cannot be written, whatever needed them."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
NO_ROOM = (*FULL, errno.EROFS, errno.EACCES, errno.ENOENT)


class NoRoom(Exception):
    """Temporary files cannot be written; the message is one line for the user."""


@contextlib.contextmanager
def room() -> Iterator[None]:
    """Turn an error in writing temporary files into `NoRoom`."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise NoRoom(_sentence(error)) from None


def _sentence(error):
    try:
        folder = f"`{tempfile.gettempdir()}`, the folder for temporary files,"
    except FileNotFoundError:
        return "there is no folder for temporary files: set TMPDIR to one that can be written"
    if error.errno in FULL:
        return f"{folder} is full: make room, or set TMPDIR to another folder"
    reason = os.strerror(error.errno)
    return f"{folder} cannot be written ({reason}): set TMPDIR to another folder"
