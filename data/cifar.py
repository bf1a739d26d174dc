"""CIFAR-10 on this machine: 60,000 small color photographs of ten kinds of things.

Looked for in the folder named by `LEARN_DL_DATA`, as `cifar10.npz` or as the official
`cifar-10-binary.tar.gz`, then in the cache. A file that is there but is no good is an error, never
a reason to look elsewhere. Nothing is ever unpickled.

How it is known to be genuine: the official archive by its published md5. For arrays no checksum is
published, and so three things are asked of them: 5,000 training and 1,000 test images of each
class; the mean and the standard deviation of each color over all training images, which many have
published to eight places; and, in the cache, the sha256 noted when the download, whose md5 OpenML
gives, was unpacked.
"""

import hashlib
import os
import stat
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import mnist
from .dataset import DataError, Dataset, contents
from .mnist import FOLDER_VARIABLE, exists, first_line

FILE_NAME, ARCHIVE_NAME, DIGESTS_NAME = "cifar10.npz", "cifar-10-binary.tar.gz", "cifar10.sha256"

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


@dataclass(frozen=True)
class Source:
    """A file with CIFAR-10 that was found: in the cache, which is ours, or in the user's folder."""

    path: Path
    in_cache: bool

    @property
    def origin(self) -> str:
        return "from the cache" if self.in_cache else f"from the folder in `{FOLDER_VARIABLE}`"

    @property
    def remedy(self) -> str:
        """What to do if the file is bad."""
        if self.in_cache:
            return "run `grade data fetch cifar10` to replace it, or delete it"
        return f"put a good one there, or unset `{FOLDER_VARIABLE}`"


def find() -> Source | None:
    """The file that counts on this machine, unread, or None if there is none.

    The folder in `LEARN_DL_DATA` may do without: it may be there for MNIST.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        for name in (FILE_NAME, ARCHIVE_NAME):
            path = Path(os.path.expanduser(folder)) / name
            if exists(path):
                return Source(path, in_cache=False)
    path = cache_file()
    return Source(path, in_cache=True) if exists(path) else None


def cache_file() -> Path:
    """Where a downloaded CIFAR-10 is kept; it need not be there yet."""
    return mnist.cache_dir() / FILE_NAME


def load(source: Source) -> Dataset:
    """CIFAR-10: X (n, 3, 32, 32) float32 in [0, 1], y (n,) int64; 50,000 and 10,000 images.

    Raises `DataError` when the file cannot be read or is not the genuine CIFAR-10.
    """
    arrays = read(source)
    X_train, X_test = (np.divide(arrays[k], np.float32(255)) for k in ("x_train", "x_test"))
    y_train, y_test = (arrays[key].astype(np.int64) for key in ("y_train", "y_test"))
    description = f"cifar10: {contents(len(X_train), len(X_test))}, {source.origin}"
    return Dataset(X_train, y_train, X_test, y_test, "cifar10", description)


def read(source: Source) -> dict[str, np.ndarray]:
    """The four uint8 arrays, shapes as in `SHAPES`, found to be genuine.

    Raises `DataError` for anything else: what is wrong, in which file, and the remedy.
    """
    try:
        if not stat.S_ISREG(source.path.stat().st_mode):
            fault = "is not a file"  # opening a pipe would wait for ever
        else:
            arrays, fault = _read(source)
    except OSError as error:
        fault = f"cannot be read ({error.strerror or error})"
    # A damaged archive fails in a dozen ways (zip, tar, zlib, header, memory), all the file's.
    except Exception as error:
        fault = f"is damaged ({first_line(error)})"
    if fault is not None:
        raise DataError(f"`{source.path}` {fault}; {source.remedy}")
    return arrays


def _read(source: Source) -> tuple[dict[str, np.ndarray], str | None]:
    """`(arrays, fault)` of a file that is there."""
    if source.path.name == ARCHIVE_NAME:
        with source.path.open("rb") as stream:
            if hashlib.file_digest(stream, "md5").hexdigest() != ARCHIVE_MD5:
                return {}, "is not the genuine CIFAR-10: its md5 is wrong"
        arrays = _unpack_archive(source.path)
        return arrays, find_fault(arrays)
    arrays = mnist.unpack(source.path, SHAPES)
    fault = find_fault(arrays)
    if fault is None and source.in_cache and digests(arrays) != _noted(source.path):
        fault = f"is not what was downloaded: the checksums in `{DIGESTS_NAME}` beside it differ"
    return arrays, fault


def _unpack_archive(path: Path) -> dict[str, np.ndarray]:
    """The four arrays of the official archive: fixed-size records, nothing else is looked at."""
    arrays = {}
    with tarfile.open(path, "r:gz") as archive:
        for part, members in MEMBERS.items():
            data = b"".join(archive.extractfile(member).read() for member in members)
            records = np.frombuffer(data, np.uint8).reshape(-1, 1 + np.prod(IMAGE))
            arrays[f"x_{part}"] = records[:, 1:].reshape(-1, *IMAGE)
            arrays[f"y_{part}"] = records[:, 0]
    return arrays


def find_fault(arrays: dict[str, np.ndarray]) -> str | None:
    """What keeps these arrays from being CIFAR-10, as the end of a sentence, or None."""
    for key, shape in SHAPES.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != np.uint8:
            return (
                f"is not CIFAR-10: `{key}` is {array.dtype} of shape {array.shape}, "
                f"not uint8 of shape {shape}"
            )
        if key.startswith("y") and set(np.bincount(array, minlength=CLASSES)) != {
            len(array) // CLASSES
        }:
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


def digests(arrays: dict[str, np.ndarray]) -> dict[str, str]:
    """The sha256 of each array."""
    return {
        key: hashlib.sha256(np.ascontiguousarray(arrays[key])).hexdigest() for key in sorted(SHAPES)
    }


def digests_text(arrays: dict[str, np.ndarray]) -> str:
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
    try:
        source = find()
        if source is None:
            return "not on this machine; `grade data fetch cifar10` downloads it (optional)"
        arrays = read(source)
    except DataError as error:
        return str(error)
    return f"{contents(len(arrays['x_train']), len(arrays['x_test']))}, in `{source.path}`"
