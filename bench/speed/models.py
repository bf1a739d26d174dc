"""Defines the six models, once for all contenders."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from solutions.ch3_3_forward_mlp import he_init

if TYPE_CHECKING:
    from data import Dataset


@dataclass(frozen=True)
class Model:
    """A network as a list of layers, from which each contender builds its own.

    layers: "conv F" (F filters 3x3, no padding), "pool" (max, 2x2), "relu", "dense K".
    optimizer: "sgd" (plain, no momentum) or "adam", both with the constant rate lr.
    """

    name: str
    title: str
    layers: tuple
    lr: float
    optimizer: str = "sgd"
    image: tuple = (784,)
    classes: int = 10


MODELS = {
    model.name: model
    for model in [
        Model("logistic", "Logistic 0/1", ("dense 1",), 0.1, classes=2),
        Model("mlp", "MLP 784-256-10", ("dense 256", "relu", "dense 10"), 0.1),
        Model(
            "deep",
            "MLP 784-256-128-10",
            ("dense 256", "relu", "dense 128", "relu", "dense 10"),
            0.1,
        ),
        Model(
            "cnn",
            "CNN 8x3x3",
            ("conv 8", "relu", "pool", "dense 10"),
            0.05,
            image=(1, 28, 28),
        ),
        Model(
            "blocks",
            "CNN 8 and 16, two blocks",
            ("conv 8", "relu", "pool", "conv 16", "relu", "pool", "dense 10"),
            0.05,
            image=(1, 28, 28),
        ),
        Model("adam", "Adam, MLP 784-256-10", ("dense 256", "relu", "dense 10"), 1e-3, "adam"),
    ]
}


def shapes(model: Model) -> list[tuple[int, ...]]:
    """Return the shape of each layer's input, then that of the last output, without n."""
    shape, all_shapes = model.image, [model.image]
    for layer in model.layers:
        kind, _, size = layer.partition(" ")
        if kind == "conv":
            shape = (int(size), shape[1] - 2, shape[2] - 2)
        elif kind == "pool":
            shape = (shape[0], shape[1] // 2, shape[2] // 2)
        elif kind == "dense":
            shape = (int(size),)
        all_shapes.append(shape)
    return all_shapes


def start_params(model: Model, seed: int) -> list[np.ndarray]:
    """Return the start weights of every contender: He's, float32, in the solutions' layout."""
    rng, params = np.random.default_rng(seed), []
    for layer, given in zip(model.layers, shapes(model), strict=False):
        kind, _, size = layer.partition(" ")
        if kind == "conv":
            W, b = he_init(given[0] * 9, int(size), rng)
            params += [W.T.reshape(int(size), given[0], 3, 3), b]
        elif kind == "dense":
            params += he_init(prod(given), int(size), rng)
    return [param.astype(np.float32) for param in params]


@dataclass(frozen=True)
class Images:
    """Images and labels to train and test a model: X float32 in its shape, labels (n,) integers."""

    X: np.ndarray
    labels: np.ndarray
    X_test: np.ndarray
    labels_test: np.ndarray


def images_for(model: Model, dataset: Dataset, count: int) -> Images:
    """Return the first `count` images of the model's classes, repeated if there are fewer."""
    kept, kept_test = dataset.y_train < model.classes, dataset.y_test < model.classes
    X, labels = dataset.X_train[kept], dataset.y_train[kept]
    count = round(count * kept.mean())  # only the share of the images in the model's classes
    again = np.arange(count) % len(X)
    X_test = dataset.X_test[kept_test].reshape(-1, *model.image)
    X = X[again].reshape(-1, *model.image).astype(np.float32, copy=False)
    return Images(X, labels[again], X_test, dataset.y_test[kept_test])
