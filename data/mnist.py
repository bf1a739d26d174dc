"""MNIST on this machine: where it is looked for, how it is read, how it is known to be genuine.

One file, `mnist.npz`, with the arrays `x_train y_train x_test y_test` in uint8. The first place
that has one wins: the folder named by the environment variable `LEARN_DL_DATA`, then the cache.
A file that is there but is no good is an error, never a reason to look elsewhere.
"""

import hashlib
import os
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .dataset import DataError, Dataset, contents

FILE_NAME = "mnist.npz"
FOLDER_VARIABLE = "LEARN_DL_DATA"

SHAPES = {
    "x_train": (60000, 28, 28),
    "y_train": (60000,),
    "x_test": (10000, 28, 28),
    "y_test": (10000,),
}

# of each array behind its IDX header, which is to say of MNIST's four original files, unpacked
SHA256 = {
    "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

NPY_HEADER_LIMIT = 4096  # bytes; NumPy writes 128


@dataclass(frozen=True)
class Source:
    """A `mnist.npz` that was found: in the cache, which is ours, or in the user's own folder."""

    path: Path
    in_cache: bool

    @property
    def origin(self) -> str:
        return "from the cache" if self.in_cache else f"from the folder in `{FOLDER_VARIABLE}`"

    @property
    def remedy(self) -> str:
        """What to do if the file is bad."""
        if self.in_cache:
            return "run `grade data fetch` to replace it, or delete it"
        return f"put a good `{FILE_NAME}` there, or unset `{FOLDER_VARIABLE}`"


def cache_dir() -> Path:
    """The folder that a downloaded MNIST is kept in; it need not exist yet.

    `data/cache/` beside this file. Where that can be neither read from nor written to, as in a
    system-wide installation, a folder of the user's own.
    """
    package = Path(__file__).resolve().parent
    beside = package / "cache"
    if exists(beside / FILE_NAME) or os.access(beside if beside.exists() else package, os.W_OK):
        return beside
    return Path(os.path.expanduser("~")) / ".cache" / "learn-deep-learning-with-numpy"


def find() -> Source | None:
    """The `mnist.npz` that counts on this machine, unread, or None if there is none.

    Raises `DataError` if `LEARN_DL_DATA` is set and its folder has no such file: who names a
    folder does not want another.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        source = Source(Path(os.path.expanduser(folder)) / FILE_NAME, in_cache=False)
        if not exists(source.path):
            raise DataError(
                f"`{FOLDER_VARIABLE}` is set, but there is no file `{source.path}`; {source.remedy}"
            )
        return source
    source = Source(cache_dir() / FILE_NAME, in_cache=True)
    return source if exists(source.path) else None


def exists(path: Path) -> bool:
    """Whether there is anything at `path`, readable or not, a broken link included."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # no right to look: opening it will say why
    return True


def load(source: Source) -> Dataset:
    """MNIST: X (n, 784) float32 in [0, 1], y (n,) int64; 60,000 to train and 10,000 to test.

    Raises `DataError` when the file cannot be read or is not the genuine MNIST.
    """
    arrays = read(source)
    X_train, X_test = (_scaled(arrays[key]) for key in ("x_train", "x_test"))
    y_train, y_test = (arrays[key].astype(np.int64) for key in ("y_train", "y_test"))
    description = f"mnist: {contents(len(X_train), len(X_test))}, {source.origin}"
    return Dataset(X_train, y_train, X_test, y_test, "mnist", description)


def _scaled(images: np.ndarray) -> np.ndarray:
    """(n, 28, 28) uint8 -> (n, 784) float32 in [0, 1]."""
    return np.divide(images, np.float32(255)).reshape(len(images), 784)


def read(source: Source) -> dict[str, np.ndarray]:
    """The four uint8 arrays of a `mnist.npz`, shapes as in `SHAPES`, checksums verified.

    Raises `DataError` for anything else: what is wrong, in which file, and the remedy.
    """
    fault = None
    try:
        if not stat.S_ISREG(source.path.stat().st_mode):
            fault = "is not a file"  # opening a pipe would wait for ever
        else:
            arrays = unpack(source.path, SHAPES)
            fault = find_fault(arrays)
    except OSError as error:
        fault = f"cannot be read ({error.strerror or error})"
    # A damaged archive fails in a dozen ways (zip, zlib, header, memory), all of them the file's.
    except Exception as error:
        fault = f"is damaged ({first_line(error)})"
    if fault is not None:
        raise DataError(f"`{source.path}` {fault}; {source.remedy}")
    return arrays


def unpack(path: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """These arrays of an npz archive. Nothing is unpickled, nothing oversized is unpacked."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for key, shape in shapes.items():
            member = archive.getinfo(f"{key}.npy")
            if member.file_size > np.prod(shape) + NPY_HEADER_LIMIT:
                raise ValueError(f"`{key}` is too large")
            with archive.open(member) as stream:
                arrays[key] = np.lib.format.read_array(stream, allow_pickle=False)
    return arrays


def first_line(error: Exception) -> str:
    message = str(error.args[0]) if error.args else ""  # str() of a KeyError adds quotes
    return message.partition("\n")[0] or type(error).__name__


def find_fault(arrays: dict[str, np.ndarray]) -> str | None:
    """What keeps these arrays from being MNIST, as the end of a sentence, or None."""
    for key, shape in SHAPES.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != np.uint8:
            return (
                f"is not MNIST: `{key}` is {array.dtype} of shape {array.shape}, "
                f"not uint8 of shape {shape}"
            )
        if checksum(array) != SHA256[key]:
            return f"is not the genuine MNIST: the checksum of `{key}` is wrong"
    return None


def checksum(array: np.ndarray) -> str:
    """The sha256 of a uint8 array behind the IDX header that MNIST's own files have."""
    magic = 0x00000800 + array.ndim  # 0x08 stands for uint8
    digest = hashlib.sha256(struct.pack(f">{1 + array.ndim}I", magic, *array.shape))
    digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def status() -> str:
    """One line for people on MNIST on this machine, whether or not it is there and good."""
    try:
        source = find()
        if source is None:
            return "not on this machine; `grade data fetch` downloads it"
        arrays = read(source)
    except DataError as error:
        return str(error)
    return f"{contents(len(arrays['x_train']), len(arrays['x_test']))}, in `{source.path}`"
