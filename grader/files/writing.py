"""Writes files atomically: a reader sees the old file or the new one, never half of it."""

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from .backup import backup


class Unwritable(Exception):
    """A result file cannot be written; the message is one line for the user."""


def check_writable(path: Path | str) -> None:
    """Raise `Unwritable` now rather than after minutes of grading."""
    try:
        with _temporary_next_to(Path(path)) as file:
            os.unlink(file.name)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_json(content: object, path: Path | str) -> None:
    """Write the content as indented JSON, atomically."""
    write_whole(json_lines(content), path)


def json_lines(content: object) -> bytes:
    """Return the content as indented JSON."""
    return json.dumps(content, indent=1).encode() + b"\n"


def write_whole(data: bytes, path: Path | str) -> None:
    """Write the file atomically.

    Raises:
        Unwritable: when it cannot be written; the file there, if any, is left as it was.
    """
    name = None
    try:
        with _temporary_next_to(Path(path)) as file:
            name = file.name
            file.write(data)
        _replace(name, path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def replace_whole(data: bytes, path: Path | str) -> None:
    """Write the file atomically, and keep a different one that is there as a backup.

    Raises:
        Unwritable: as `write_whole`, also when there is no room for the backup.
    """
    path = Path(path)
    try:
        if path.is_file() and path.read_bytes() != data:
            backup(path)
    except OSError as error:
        raise Unwritable(
            f"`{path}` cannot be kept as a backup ({error.strerror}): name another file"
        ) from None
    write_whole(data, path)


def _replace(name, path):
    """Rename, with patience: Windows refuses while somebody reads the file, which is soon over."""
    for pause in (0.02, 0.1, 0.5):
        with contextlib.suppress(PermissionError):
            return os.replace(name, path)
        time.sleep(pause)
    return os.replace(name, path)


def _temporary_next_to(path):
    if path.exists() and not path.is_file():
        raise OSError(0, "it is a folder" if path.is_dir() else "it is not a regular file")
    return tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:50]}.", delete=False)


def _unwritable(path, error):
    return Unwritable(f"`{path}` cannot be written ({error.strerror}): name another file")


def clear(folder: Path) -> None:
    """Delete what a folder holds; on Windows, a file that somebody reads stays."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(PermissionError):
                path.unlink()


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files, named by their paths in the folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
