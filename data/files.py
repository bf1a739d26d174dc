"""Finds and safely reads data sets that are kept in files.

Such a file, an `.npz`, holds the arrays `x_train y_train x_test y_test` in uint8. The first place
that has one wins: the folder named by the environment variable `LEARN_DL_DATA`, then the cache. A
bad file there is an error, never a reason to look elsewhere. Nothing is ever unpickled.
"""

import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .dataset import DataError, Dataset, contents

FOLDER_VARIABLE = "LEARN_DL_DATA"
NPY_HEADER_LIMIT = 4096  # bytes; NumPy writes 128

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Source:
    """A file that was found, in the course's cache or in the user's own folder.

    command: the command that downloads an intact one
    wanted: what the user's folder should have instead of a bad one, to follow "a good"
    """

    path: Path
    in_cache: bool
    command: str
    wanted: str = "one"

    @property
    def origin(self) -> str:
        """Where the data came from, for descriptions."""
        return "from the cache" if self.in_cache else f"from the folder in `{FOLDER_VARIABLE}`"

    @property
    def remedy(self) -> str:
        """The next step for the user if the file is bad."""
        if self.in_cache:
            return f"run `{self.command}` to replace it, or delete it"
        return f"put a good {self.wanted} there, or unset `{FOLDER_VARIABLE}`"


def folder() -> Path | None:
    """Return the user's own folder, which need not exist, or None if none is named."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(os.path.expanduser(named)) if named else None


def cache_dir() -> Path:
    """Return the folder in which downloads are kept; it need not exist yet.

    It is `data/cache/` next to this file or, if that has no data and cannot be written to, as in a
    system-wide installation, a folder in the user's home.
    """
    package = Path(__file__).resolve().parent
    cache = package / "cache"
    if any(cache.glob("*.npz")) or os.access(cache if cache.exists() else package, os.W_OK):
        return cache
    return Path(os.path.expanduser("~")) / ".cache" / "learn-deep-learning-with-numpy"


def cached(name: str, command: str) -> Source | None:
    """Return the file of this name in the cache, unread, or None if there is none."""
    path = cache_dir() / name
    return Source(path, in_cache=True, command=command) if exists(path) else None


def exists(path: Path) -> bool:
    """Return True if there is anything at `path`, even an unreadable file or a broken link."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # no permission to look: opening it will say why
    return True


def read(source: Source, examine: Callable[[Source], tuple[Arrays, str | None]]) -> Arrays:
    """Return the arrays of a file, from `examine(source)`, which returns `(arrays, fault or None)`.

    Raises `DataError` for a bad or unreadable file; it says what is wrong, in which file, and the
    remedy.
    """
    fault: str | None
    try:
        if not stat.S_ISREG(source.path.stat().st_mode):
            fault = "is not a file"  # opening a pipe would wait forever
        else:
            arrays, fault = examine(source)
    except OSError as error:
        fault = f"cannot be read ({error.strerror or error})"
    # A damaged archive fails in a dozen ways (zip, tar, zlib, header, memory).
    except Exception as error:
        fault = f"is damaged ({first_line(error)})"
    if fault is not None:
        raise DataError(f"`{source.path}` {fault}; {source.remedy}")
    return arrays


def unpack(path: Path, shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Return these arrays of an npz archive; nothing is unpickled, nothing oversized unpacked."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for key, shape in shapes.items():
            member = archive.getinfo(f"{key}.npy")
            if member.file_size > np.prod(shape) + NPY_HEADER_LIMIT:
                raise ValueError(f"`{key}` is too large")
            with archive.open(member) as stream:
                arrays[key] = np.lib.format.read_array(stream, allow_pickle=False)
    return arrays


def misfit(arrays: Arrays, shapes: dict[str, tuple[int, ...]], title: str) -> str | None:
    """Say which array is not uint8 of its shape, as the end of a sentence, or return None."""
    for key, shape in shapes.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != np.uint8:
            return (
                f"is not {title}: `{key}` is {array.dtype} of shape {array.shape}, "
                f"not uint8 of shape {shape}"
            )
    return None


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, or its type if it has no message."""
    # str() turns several arguments into a tuple, and a missing key into a quotation.
    raw = type(error).__str__ in (BaseException.__str__, KeyError.__str__)
    message = str(error.args[0] if raw and error.args else error)
    return message.partition("\n")[0] or type(error).__name__


def dataset(name: str, arrays: Arrays, image: tuple[int, ...], source: Source) -> Dataset:
    """Make X (n, *image) float32 in [0, 1] and y (n,) int64 from the four uint8 arrays."""
    X_train, X_test = (
        np.divide(arrays[key], np.float32(255)).reshape(-1, *image) for key in ("x_train", "x_test")
    )
    y_train, y_test = (arrays[key].astype(np.int64) for key in ("y_train", "y_test"))
    description = f"{name}: {contents(len(X_train), len(X_test))}, {source.origin}"
    return Dataset(X_train, y_train, X_test, y_test, name, description)


def status(
    find: Callable[[], Source | None], read: Callable[[Source], Arrays], missing: str
) -> str:
    """Return one line about a data set on this machine, even if it is missing or damaged."""
    try:
        source = find()
        if source is None:
            return f"not on this machine; {missing}"
        arrays = read(source)
    except DataError as error:
        return str(error)
    return f"{contents(len(arrays['x_train']), len(arrays['x_test']))}, in `{source.path}`"
