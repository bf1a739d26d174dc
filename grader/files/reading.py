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

LARGEST_FILE = 2**20  # bytes
MOST_BYTES = 2**26  # of all of a submission's files: an examiner keeps them in memory
# Do not follow a link, do not wait for the other end of a pipe; Windows has neither flag.
FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
FLAGS |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
MOST_FILES = 1000  # of a folder
MOST_FOLDERS = 20  # one inside the other
FOLDER = getattr(os, "O_DIRECTORY", 0)
# What code may open beside it, of these kinds or text: nothing that a processor could run.
DATA_ENDS = (".csv", ".dat", ".jpeg", ".jpg", ".json", ".npy", ".npz", ".png", ".tsv", ".txt")
FILE_ENDS = (".py", *DATA_ENDS)
DATA_STARTS = (b"\x93NUMPY", b"PK\3\4", b"\x89PNG\r\n", b"\xff\xd8\xff")
MOST_DATA = 20  # files
LONGEST_PATH = 200  # bytes; file systems allow 255 for a name
UNPORTABLE = set('<>:"|?*')  # Windows refuses them
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
    """Map the paths of a submission's Python and data files, at any depth, to their contents."""
    return data_files(folder) | python_files(folder, deep=True, largest=largest)


def data_files(folder: Path | str) -> dict[str, bytes]:
    """Map the paths of a submission's data files, at any depth, to their contents."""
    found = python_files(folder, deep=True, most=MOST_DATA, ends=DATA_ENDS)
    return {name: content for name, content in found.items() if is_data(name, content)}


def is_data(name: str, content: bytes) -> bool:
    """Return True for a data file: text, arrays or a picture."""
    known = content.startswith(DATA_STARTS) or b"\0" not in content
    return known and name.casefold().endswith(DATA_ENDS)


def has_place(path: str) -> bool:
    """Return True if any system can write this path below a submission's folder.

    No folder on the way may be named like a file, for there may be a file of that name.
    """
    return (
        path.isprintable()  # so it can be encoded, too
        and len(path.encode()) <= LONGEST_PATH
        and UNPORTABLE.isdisjoint(path)
        and not any(part.casefold().endswith(FILE_ENDS) for part in path.split("/")[:-1])
    )


def python_files(
    folder: Path | str,
    *,
    deep: bool = False,
    largest: int = LARGEST_FILE,
    most: int = MOST_FILES,
    ends: tuple[str, ...] = (".py",),
) -> dict[str, bytes]:
    """Map the paths of a folder's Python files to their contents, each read once.

    Links, pipes, hidden folders and those of environments and installed packages are left out, and
    so are files of more than `largest` bytes, or beyond `MOST_BYTES` in all.

    deep: also those in folders inside, as `package/helper.py`
    most: files to read
    ends: suffixes of other files to read instead
    """
    found: dict[str, bytes] = {}

    def collect(inside, before, depth):
        with os.scandir(inside) as entries:
            names = sorted((entry.name for entry in entries), key=lambda name: (_deep(name), name))
        if before and ENVIRONMENT in names:
            return
        for name in names:
            if len(found) == most:
                return
            with contextlib.suppress(OSError):
                if name.endswith(ends):
                    with _regular(_open(name, FLAGS, inside)) as file:
                        if os.fstat(file.fileno()).st_size > largest:
                            continue
                        data = _read(file, largest + 1)  # it may grow
                    if len(data) <= min(largest, MOST_BYTES - sum(map(len, found.values()))):
                        found[before + name] = data
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
    data = bytearray()
    while len(data) < most and (chunk := file.read(most - len(data))):
        data += chunk
    return bytes(data)


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
