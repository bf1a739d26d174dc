"""CIFAR-10 on this machine: 60,000 small color photographs of ten kinds of things.

In the folder named by `LEARN_DL_DATA` the official `cifar-10-binary.tar.gz` will do as well as
`cifar10.npz`.

How it is known to be genuine: the official archive by its published md5. For arrays no checksum is
published, and so three things are asked of them: 5,000 training and 1,000 test images of each
class; the mean and the standard deviation of each color over all training images, which many have
published to eight places; and, in the cache, the sha256 noted when the download, whose md5 OpenML
gives, was unpacked.
"""

import hashlib
import tarfile
from pathlib import Path

import numpy as np

from . import files
from .dataset import Dataset
from .files import Arrays, Source

FILE_NAME, ARCHIVE_NAME, DIGESTS_NAME = "cifar10.npz", "cifar-10-binary.tar.gz", "cifar10.sha256"
COMMAND = "grade data fetch cifar10"

IMAGE = (3, 32, 32)  # channels, rows, columns
SHAPES = {
    "x_train": (50000, *IMAGE),
    "y_train": (50000,),
    "x_test": (10000, *IMAGE),
    "y_test": (10000,),
}
CLASSES = 10
MEANS = (0.49139968, 0.48215841, 0.44653091)  # of red, green, blue, in [0, 1], training images
DEVIATIONS = (0.24703223, 0.24348513, 0.26158784)
CLOSE = 1e-6  # 50 pixels changed from black to white move a mean by as much

ARCHIVE_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"  # on the page of the data set itself
MEMBERS = {  # of the archive: 10,000 records each, a byte for the label and 3,072 for the image
    "train": [f"cifar-10-batches-bin/data_batch_{i}.bin" for i in range(1, 6)],
    "test": ["cifar-10-batches-bin/test_batch.bin"],
}


def find() -> Source | None:
    """The file that counts on this machine, unread, or None if there is none.

    The folder in `LEARN_DL_DATA` may do without: it may be there for MNIST.
    """
    folder = files.folder()
    for name in (FILE_NAME, ARCHIVE_NAME) if folder else ():
        if files.exists(folder / name):
            return Source(folder / name, in_cache=False, command=COMMAND)
    return files.cached(FILE_NAME, COMMAND)


def load(source: Source) -> Dataset:
    """CIFAR-10: X (n, 3, 32, 32) float32 in [0, 1], y (n,) int64; 50,000 and 10,000 images.

    Raises `DataError` when the file cannot be read or is not the genuine CIFAR-10.
    """
    return files.dataset("cifar10", read(source), IMAGE, source)


def read(source: Source) -> Arrays:
    """The four uint8 arrays, shapes as in `SHAPES`, found to be genuine.

    Raises `DataError` for anything else: what is wrong, in which file, and the remedy.
    """
    return files.read(source, _examine)


def _examine(source: Source) -> tuple[Arrays, str | None]:
    """`(arrays, fault)` of a file that is there."""
    if source.path.name == ARCHIVE_NAME:
        with source.path.open("rb") as stream:
            if hashlib.file_digest(stream, "md5").hexdigest() != ARCHIVE_MD5:
                return {}, "is not the genuine CIFAR-10: its md5 is wrong"
        arrays = _unpack_archive(source.path)
        return arrays, find_fault(arrays)
    arrays = files.unpack(source.path, SHAPES)
    fault = find_fault(arrays)
    if fault is None and source.in_cache and digests(arrays) != _noted(source.path):
        fault = f"is not what was downloaded: the checksums in `{DIGESTS_NAME}` beside it differ"
    return arrays, fault


def _unpack_archive(path: Path) -> Arrays:
    """The four arrays of the official archive: fixed-size records, nothing else is looked at."""
    arrays = {}
    with tarfile.open(path, "r:gz") as archive:
        for part, members in MEMBERS.items():
            data = b"".join(archive.extractfile(member).read() for member in members)
            records = np.frombuffer(data, np.uint8).reshape(-1, 1 + np.prod(IMAGE))
            arrays[f"x_{part}"] = records[:, 1:].reshape(-1, *IMAGE)
            arrays[f"y_{part}"] = records[:, 0]
    return arrays


def find_fault(arrays: Arrays) -> str | None:
    """What keeps these arrays from being CIFAR-10, as the end of a sentence, or None."""
    if misfit := files.misfit(arrays, SHAPES, "CIFAR-10"):
        return misfit
    for key in ("y_train", "y_test"):
        counts = np.bincount(arrays[key], minlength=CLASSES)
        if set(counts) != {len(arrays[key]) // CLASSES}:
            return f"is not the genuine CIFAR-10: `{key}` has not as many of each class"
    means, deviations = statistics(arrays["x_train"])
    if not np.allclose([means, deviations], [MEANS, DEVIATIONS], rtol=0, atol=CLOSE):
        return "is not the genuine CIFAR-10: the mean colors of `x_train` are wrong"
    return None


def statistics(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each channel of (n, 3, H, W) uint8, as shares of 255.

    From counts of the 256 values, in whole numbers: exact, and without a large copy.
    """
    counts, values = np.zeros((3, 256), dtype=np.int64), np.arange(256)
    for start in range(0, len(images), 1000):
        for c in range(3):
            counts[c] += np.bincount(images[start : start + 1000, c].ravel(), minlength=256)
    means = counts @ values / counts.sum(axis=1)
    squares = counts @ values**2 / counts.sum(axis=1)
    return means / 255, np.sqrt(squares - means**2) / 255


def digests(arrays: Arrays) -> dict[str, str]:
    """The sha256 of each array."""
    return {
        key: hashlib.sha256(np.ascontiguousarray(arrays[key])).hexdigest() for key in sorted(SHAPES)
    }


def digests_text(arrays: Arrays) -> str:
    """What is written beside the file in the cache: one line for each array."""
    return "".join(f"{digest}  {key}\n" for key, digest in digests(arrays).items())


def _noted(path: Path) -> dict[str, str]:
    """The checksums noted beside the file; {} where there are none."""
    try:
        lines = path.with_name(DIGESTS_NAME).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return {}
    return {key: digest for digest, key in map(str.split, lines)}


def status() -> str:
    """One line for people on CIFAR-10 on this machine, whether or not it is there and good."""
    return files.status(find, read, f"`{COMMAND}` downloads it (optional)")
