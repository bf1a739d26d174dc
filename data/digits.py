"""The embedded default: scikit-learn's 1,797 handwritten digits in MNIST's format.

They come with scikit-learn, so the course works without a network. Each 8x8 image becomes 28x28
the way MNIST's were made: the digit in the central 20x20, with a margin of 4 around it.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from .dataset import DataError, Dataset, contents

TRAIN, TEST = 1500, 297  # the last 297 were written by people who wrote none of the first 1,500
CONTENTS = contents(TRAIN, TEST)
ORIGIN = "embedded"

# of the table as uint8, (1797, 65): 64 pixels and the label in each row
SHA256 = "68aea062d35a127749050fa0e52dca09d6569ac08092c925610e0954e172dde2"

REMEDY = "reinstall it: `pip install --force-reinstall scikit-learn`"


def load() -> Dataset:
    """Return the digits: X (n, 784) float32 in [0, 1], y (n,) int64; 1,500 to train, 297 to test.

    Raises `DataError` when scikit-learn's copy cannot be read, or is not the one this course was
    made with.
    """
    images, labels = _raw()
    X = _enlarge(images)
    y = labels.astype(np.int64)
    return Dataset(
        X[:TRAIN], y[:TRAIN], X[TRAIN:], y[TRAIN:], "digits", f"digits: {CONTENTS}, {ORIGIN}"
    )


def _raw() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits: images (1797, 8, 8) uint8 of 0..16, labels (1797,) uint8."""
    try:
        table = _table().astype(np.uint8)
    except Exception as error:  # the file belongs to scikit-learn, so any fault is possible
        raise DataError(f"the digits of `scikit-learn` cannot be read; {REMEDY}") from error
    if hashlib.sha256(table.tobytes()).hexdigest() != SHA256:
        raise DataError(f"the digits of `scikit-learn` are not those of this course; {REMEDY}")
    return table[:, :64].reshape(-1, 8, 8), table[:, 64]


def _table() -> np.ndarray:
    """Return scikit-learn's table of the digits, (1797, 65), if possible without importing it.

    The import would add up to two seconds to every run; reading the file takes no time.
    """
    package = find_spec("sklearn")
    if package is not None and package.origin is not None:
        file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            return np.loadtxt(file, delimiter=",")
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return np.column_stack([pixels, labels])


def _enlarge(images: np.ndarray) -> np.ndarray:
    """Turn (n, 8, 8) uint8 of 0..16 into (n, 784) float32 in [0, 1], by linear interpolation.

    All steps but the last use integers, so that every machine gets the same bits.
    """
    tenths = _interpolation_in_tenths()
    large = tenths @ images.astype(np.int64) @ tenths.T  # (n, 20, 20) of 0..1600
    large = np.pad(large, ((0, 0), (4, 4), (4, 4)))  # (n, 28, 28)
    return (large / 1600).astype(np.float32).reshape(len(images), 784)


def _interpolation_in_tenths() -> np.ndarray:
    """Return (20, 8) int64: row i holds ten times the weights of the 8 pixels in pixel i of 20.

    The center of pixel i lies at (i + 0.5) * 8/20 - 0.5 = 0.4 i - 0.3 on the small grid, so every
    weight is a whole number of tenths; beyond the outermost centers the edge pixel is repeated.
    """
    position = np.clip(4 * np.arange(20) - 3, 0, 70)
    left = np.minimum(position // 10, 6)
    share_right = position - 10 * left
    weights = np.zeros((20, 8), dtype=np.int64)
    weights[np.arange(20), left] = 10 - share_right
    weights[np.arange(20), left + 1] = share_right
    return weights
