"""MNIST on this machine: `mnist.npz`, verified by the checksums of its four arrays."""

import hashlib
import struct

import numpy as np

from . import files
from .dataset import DataError, Dataset
from .files import FOLDER_VARIABLE, Arrays, Source

FILE_NAME = "mnist.npz"
COMMAND = "grade data fetch"

SHAPES = {
    "x_train": (60000, 28, 28),
    "y_train": (60000,),
    "x_test": (10000, 28, 28),
    "y_test": (10000,),
}

# Of each array after its IDX header, which makes them those of MNIST's four original files.
SHA256 = {
    "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def find() -> Source | None:
    """Return the `mnist.npz` that is used on this machine, unread, or None if there is none.

    Raises `DataError` if the folder in `LEARN_DL_DATA` has no such file: setting `LEARN_DL_DATA`
    means that no other folder is tried.
    """
    folder = files.folder()
    if folder is None:
        return files.cached(FILE_NAME, COMMAND)
    source = Source(folder / FILE_NAME, in_cache=False, command=COMMAND, wanted=f"`{FILE_NAME}`")
    if not files.exists(source.path):
        raise DataError(
            f"`{FOLDER_VARIABLE}` is set, but there is no file `{source.path}`; {source.remedy}"
        )
    return source


def load(source: Source) -> Dataset:
    """Return MNIST: X (n, 784) float32 in [0, 1], y (n,) int64; 60,000 + 10,000 images.

    Raises `DataError` when the file cannot be read or is not the genuine MNIST.
    """
    return files.dataset("mnist", read(source), (784,), source)


def read(source: Source) -> Arrays:
    """Return the four uint8 arrays, shapes as in `SHAPES`, checksums verified.

    Raises `DataError` for anything else; it says what is wrong, in which file, and the remedy.
    """
    return files.read(source, _examine)


def _examine(source: Source) -> tuple[Arrays, str | None]:
    """Return `(arrays, fault or None)` for an existing file."""
    arrays = files.unpack(source.path, SHAPES)
    return arrays, find_fault(arrays)


def find_fault(arrays: Arrays) -> str | None:
    """Return why these arrays are not MNIST, as the end of a sentence, or None if they are."""
    if misfit := files.misfit(arrays, SHAPES, "MNIST"):
        return misfit
    for key, digest in SHA256.items():
        if checksum(arrays[key]) != digest:
            return f"is not the genuine MNIST: the checksum of `{key}` is wrong"
    return None


def checksum(array: np.ndarray) -> str:
    """Return the sha256 of a uint8 array after the IDX header that MNIST's own files have."""
    magic = 0x00000800 + array.ndim  # 0x08 stands for uint8
    digest = hashlib.sha256(struct.pack(f">{1 + array.ndim}I", magic, *array.shape))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def status() -> str:
    """Return one line about MNIST on this machine, even if it is missing or damaged."""
    return files.status(find, read, f"`{COMMAND}` downloads it")
