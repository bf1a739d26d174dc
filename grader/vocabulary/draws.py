"""What checks of training draw: seeds, labeled points, and labeled images of the data set."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..boundary.arguments import Seeded
from .gates import one_hot

SMALL_IMAGE = 98  # pixels


def seeded(rng: np.random.Generator) -> Seeded:
    """A generator for the learner's function, which starts from the same seed in each call."""
    return Seeded(int(rng.integers(2**31)))


def points(
    rng: np.random.Generator, n: int = 12, d: int = 5, classes: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Normal inputs of shape (n, d) and one-hot labels of shape (n, classes)."""
    return rng.normal(size=(n, d)), np.eye(classes)[rng.integers(classes, size=n)]


def labeled_images(
    dataset: Any, rng: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """`count` different training images of shape (count, 784), with one-hot labels."""
    chosen = rng.choice(len(dataset.X_train), size=count, replace=False)
    return dataset.X_train[chosen], one_hot(dataset.y_train[chosen])


def small_images(
    dataset: Any, rng: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """`labeled_images` with every eighth pixel, of shape (count, `SMALL_IMAGE`).

    Time gates use them with narrow networks: a Python loop over the examples costs there a hundred
    times as much as the matrix products, and a slow whole-array form such as `einsum` only twenty.
    """
    X, y = labeled_images(dataset, rng, count)
    return np.ascontiguousarray(X[:, :: X.shape[1] // SMALL_IMAGE]), y
