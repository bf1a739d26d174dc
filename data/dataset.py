"""The form of a data set, and the one error that loading it can raise."""

from dataclasses import dataclass, field

import numpy as np


class DataError(Exception):
    """A data set cannot be loaded; the message is one line: the fact, the file, the next step."""


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Dataset:
    """Images and their labels, in a training part and a test part.

    X_train, X_test: (n, 784) float32 in [0, 1], one 28x28 image per row, 0 is the background; or in
        color, (n, 3, 32, 32), with the channels red, green and blue
    y_train, y_test: (n,) int64, the class 0..9
    name: `mnist`, `digits`, `cifar10` or `colored_digits`
    description: one line for people: the name, how many images, where they came from
    """

    X_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    X_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    name: str
    description: str


def contents(train: int, test: int) -> str:
    """Return the numbers of images in words: `1,500 training and 297 test images`."""
    return f"{train:,} training and {test:,} test images"
