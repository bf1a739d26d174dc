"""Opens what a submission consists of: regular files only, never through a link, never too much.

Everything that reads a submission reads it here. A file is opened first and looked at afterwards,
by its descriptor, and folders are entered by descriptor as well. So nobody who changes names
meanwhile can make the reader wait, follow a link, or read another file than it looked at.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from . import data

LARGEST_FILE = 2**20  # bytes
MOST_BYTES = 2**26  # of all of a submission's files: an examiner keeps them in memory
# Do not follow a link, do not wait for the other end of a pipe; Windows has neither flag.
FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
FLAGS |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
MOST_FILES = 1000  # of a folder
MOST_FOLDERS = 20  # one inside the other
FOLDER = getattr(os, "O_DIRECTORY", 0)
# Folders of other people's code, which tools make: no part of a submission.
INSTALLED = {"__pycache__", "venv", "site-packages", "dist-packages", "node_modules"}
ENVIRONMENT = "pyvenv.cfg"  # lies in every virtual environment, whatever its name
BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd  # not on Windows


def open_regular(path: Path | str, *below: str) -> IO[bytes]:
    """Open a regular file for reading, without a buffer.

    below: the way from the folder `path` down to the file, no part of it a link

    Raises:
        OSError: when it cannot be opened, is a link, or is not a regular file.
    """
    if not below:
        return _regular(os.open(path, FLAGS))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_opened(str(path)))
        for name in below[:-1]:
            folder = stack.enter_context(_opened(name, folder))
        return _regular(_open(below[-1], FLAGS, folder))


def read_bytes(path: Path | str, most: int = LARGEST_FILE) -> bytes:
    """Return at most `most` bytes of a regular file.

    Raises:
        OSError: as `open_regular`.
    """
    with open_regular(path) as file:
        return _read(file, most)


def read_text(path: Path | str, most: int = LARGEST_FILE) -> str:
    """Return a file's text with damaged characters replaced, or "" if it cannot be read."""
    try:
        return read_bytes(path, most).decode("utf-8", "replace")
    except OSError:
        return ""


def listing(path: Path | str, *below: str, most: int = MOST_FILES) -> list[tuple[str, str]]:
    """Return the first `most` entries of a folder as `(name, kind)`.

    The kind is `file`, `folder`, `link` or `other`; `below` as in `open_regular`.

    Raises:
        OSError: when the folder cannot be opened.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_opened(str(path)))
        for name in below:
            folder = stack.enter_context(_opened(name, folder))
        with os.scandir(folder) as entries:
            return [(entry.name, _kind(entry)) for entry in itertools.islice(entries, most)]


def submission_files(folder: Path | str, largest: int = LARGEST_FILE) -> dict[str, bytes]:
    """Map the paths of a submission's Python files, at any depth, to their contents.

    With them come the data files that they open.
    """
    others: list[str] = []
    found = python_files(folder, deep=True, largest=largest, others=others)
    text = "\n".join(code.decode("utf-8", "replace") for code in found.values())
    opened = itertools.chain(*data.opened(others, text))
    return data.read((path, _reader(folder, path)) for path in opened)[0] | found


def opened_files(folder: Path | str) -> dict[str, bytes]:
    """Map the paths of the data files that a submission's code opens to their contents."""
    found = submission_files(folder)
    return {name: content for name, content in found.items() if not name.endswith(".py")}


def _reader(folder, path):
    """Return what reads a file of at most some bytes; None in place of a larger or odd one."""

    def read(most):
        with contextlib.suppress(OSError), open_regular(folder, *path.split("/")) as file:
            if os.fstat(file.fileno()).st_size <= most:
                content = _read(file, most + 1)  # it may grow
                return content if len(content) <= most else None
        return None

    return read


def python_files(
    folder: Path | str,
    *,
    deep: bool = False,
    largest: int = LARGEST_FILE,
    others: list[str] | None = None,
) -> dict[str, bytes]:
    """Map the paths of a folder's Python files to their contents, each read once.

    Links, pipes, hidden folders and those of environments and installed packages are left out, and
    so are files of more than `largest` bytes, or beyond `MOST_BYTES` in all.

    deep: also those in folders inside, as `package/helper.py`
    others: a list to which the paths of data files are added
    """
    found: dict[str, bytes] = {}

    def collect(inside, before, depth):
        with os.scandir(inside) as entries:
            names = sorted((entry.name for entry in entries), key=lambda name: (_deep(name), name))
        if before and ENVIRONMENT in names:
            return
        for name in names:
            if len(found) == MOST_FILES:
                return
            if name.casefold().endswith(data.ENDS):
                if others is not None and len(others) < MOST_FILES and name[0] != ".":
                    others.append(before + name)
                continue
            with contextlib.suppress(OSError):
                if name.endswith(".py"):
                    with _regular(_open(name, FLAGS, inside)) as file:
                        if os.fstat(file.fileno()).st_size > largest:
                            continue
                        content = _read(file, largest + 1)  # it may grow
                    if len(content) <= min(largest, MOST_BYTES - sum(map(len, found.values()))):
                        found[before + name] = content
                elif depth and not name.startswith(".") and name.casefold() not in INSTALLED:
                    with _opened(name, inside) as folder:
                        collect(folder, f"{before}{name}/", depth - 1)

    with contextlib.suppress(OSError), _opened(str(folder)) as top:
        collect(top, "", MOST_FOLDERS if deep else 0)
    return dict(sorted(found.items()))


def _deep(name):
    """Sort what may be a folder after the files, so that no folder can take their place."""
    return not name.endswith(".py")


def _kind(entry):
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def _regular(descriptor):
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return open(descriptor, "rb", buffering=0)


def _read(file, most):
    content = bytearray()
    while len(content) < most and (chunk := file.read(most - len(content))):
        content += chunk
    return bytes(content)


@contextlib.contextmanager
def _opened(name: str, parent: int | str | None = None) -> Iterator[int | str]:
    """Open a folder, which inside a `parent` must not be a link."""
    if BY_DESCRIPTOR:
        flags = FLAGS | FOLDER if parent is not None else os.O_RDONLY | FOLDER
        descriptor = _open(name, flags, parent)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    elif parent is None:
        yield name
    elif os.path.islink(path := os.path.join(str(parent), name)):
        raise OSError(0, "a link")
    else:
        yield path


def _open(name, flags, parent):
    if BY_DESCRIPTOR:
        return os.open(name, flags, dir_fd=parent)
    return os.open(os.path.join(str(parent), name), flags)
