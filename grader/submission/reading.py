"""Reads a submission's files: regular files only, never through a link, never without a limit."""

import os
import stat
from pathlib import Path

LARGEST_FILE = 2**18  # bytes of a chapter's file that are read
# Do not follow a link, do not wait for the other end of a pipe; Windows has neither flag.
FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
FLAGS |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def read_bytes(path: Path | str, most: int = LARGEST_FILE) -> bytes:
    """Return at most `most` bytes of a regular file.

    Raises:
        OSError: when the path cannot be opened, is a link, or is not a regular file.
    """
    descriptor = os.open(path, FLAGS)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "not a regular file")
        return file.read(most)


def read_text(path: Path | str) -> str:
    """Return a file's text with damaged characters replaced, or "" if it cannot be read."""
    try:
        return read_bytes(path).decode("utf-8", "replace")
    except OSError:
        return ""
