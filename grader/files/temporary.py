"""Says in one true line that temporary files cannot be written, whatever needed them."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
OURS = "learn-dl-"  # a class run puts its temporary files into a folder of this name
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


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder that lasts as long as the context.

    Raises:
        NoRoom: if it cannot be made.
    """
    with contextlib.ExitStack() as stack:
        with room():
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix=OURS))
        yield Path(name)


def _sentence(error):
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError:
        return "no folder for temporary files can be written: set TMPDIR to one that can"
    if folder.name.startswith(OURS):
        folder = folder.parent
    named = f"`{folder}`, the folder for temporary files,"
    if error.errno in FULL:
        return f"{named} is full: make room, or set TMPDIR to another folder"
    reason = os.strerror(error.errno)
    return f"{named} cannot be written ({reason}): set TMPDIR to another folder"
