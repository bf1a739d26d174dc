"""Trains a learner's network and lets it read images, in one form for all chapters that have one.

`student` calls the functions of a chapter, `student.of(stem)` those of another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from ..vocabulary.finding import Finding
from ..vocabulary.student import Student

if TYPE_CHECKING:
    from data import Dataset

SEED = 1
SECONDS = 600.0  # of training
NEAREST = 6  # training images
MOST_UNITS = 8
PATCH = 4  # pixels of a side
TINY = 1e-12  # keeps logarithms finite


class Functions(Student):
    """A chapter's functions, and those of other chapters."""

    def of(self, stem: str) -> Functions:
        """Return the learner's functions of another chapter."""
        return Functions(self._workers, stem)


@dataclass(frozen=True)
class Reader:
    """How to train a chapter's network, and what to see of it.

    uses: the functions that are called, the one that trains first; those of other chapters as
        `"stem name"`
    train: `(student, X, y) -> (params, losses)`
    probabilities: `(student, X, params) -> (n, 10)`
    fired: `(student, x, params, A) -> [{"name", "value", "rows"}]`, what an image sets off
    explained: what `fired` shows, as a heading
    """

    stem: str
    uses: tuple[str, ...]
    train: Callable[..., Any]
    probabilities: Callable[..., np.ndarray]
    fired: Callable[..., list[dict[str, Any]]]
    explained: str


@dataclass(frozen=True)
class Network:
    """A trained network: its parameters in the learner's form, its share of right test digits."""

    params: Any
    right: float


def train(id: str, student: Student, digits: Dataset) -> Network:
    """Train the network of a chapter on the training digits.

    Raises a `Finding` where the learner's functions fail.
    """
    reader = READERS[id]
    y = gates.one_hot(digits.y_train)
    params, _ = gates.outcome(reader.train(student, digits.X_train, y))
    A = _probabilities(reader, student, digits.X_test, params)
    return Network(params, float(np.mean(A.argmax(axis=1) == digits.y_test)))


def read(
    id: str, student: Student, digits: Dataset, network: Network, x: np.ndarray
) -> dict[str, Any]:
    """Return as JSON what a network makes of an image x (784,).

    The keys are `image`, `probabilities`, `answer`, `explained`, `fired` and `nearest`; an image is
    a list of rows.
    """
    reader = READERS[id]
    A = _probabilities(reader, student, x[None], network.params)[0]
    explained, fired = reader.explained, []
    try:
        fired = reader.fired(student, x, network.params, A)
    except Finding as finding:  # the network may do without the function that shows this
        explained = f"{explained}: not shown, because {finding.headline}"
    return {
        "image": _rows(x.reshape(28, 28)),
        "probabilities": [round(float(share), 4) for share in A],
        "answer": int(A.argmax()),
        "explained": explained,
        "fired": fired,
        "nearest": _nearest(x, digits),
    }


def _probabilities(reader, student, X, params):
    return expect.array(reader.probabilities(student, X, params), (len(X), 10))


def _nearest(x, digits):
    """Return the training images at the least Euclidean distance."""
    distances = np.sqrt(np.square(digits.X_train - x).sum(axis=1))
    return [
        {
            "label": int(digits.y_train[i]),
            "distance": round(float(distances[i]), 2),
            "rows": _rows(digits.X_train[i].reshape(28, 28)),
        }
        for i in np.argsort(distances, kind="stable")[:NEAREST]
    ]


def _rows(values):
    """Return an array as rows of numbers with two digits."""
    return np.round(np.asarray(values, float), 2).tolist()


def _scaled(values):
    """Return values divided by the largest of their sizes, in [-1, 1]."""
    return _rows(values / max(float(np.abs(values).max()), 1e-12))


def _train_mlp(student, X, y):
    return student.train_mlp.within(SECONDS)(X, y, epochs=20, rng=Seeded(SEED))


def _layers(student, X, params):
    forward_mlp = student.of("ch3_3_forward_mlp").forward_mlp
    layers = expect.parts(params, "W1", "b1", "W2", "b2", what="`params`")
    return expect.parts(forward_mlp(X, *layers), "A1", "A2")


def _hidden_units(student, x, params, A):
    """Return the hidden units that speak loudest for the answer, as images of their weights."""
    W1, W2 = expect.array(params[0]), expect.array(params[2])
    A1 = expect.array(_layers(student, x[None], params)[0], (1, W1.shape[1]))[0]
    says = A1 * W2[:, A.argmax()]
    loudest = [int(unit) for unit in np.argsort(-says)[:MOST_UNITS] if says[unit] > 0]
    return [
        {
            "name": f"unit {unit}",
            "value": round(float(A1[unit]), 2),
            "rows": _scaled(W1[:, unit].reshape(28, 28)),
        }
        for unit in loudest
    ]


def _train_cnn(student, X, y):
    return student.train_cnn.within(SECONDS)(gates.images(X), y, epochs=10, rng=Seeded(SEED))


def _filters(student, x, params, A):
    """Return what each filter lights up in the image."""
    filters, conv_b, *_ = expect.parts(params, "filters", "conv_b", "W", "b", what="`params`")
    (count, _, height, width), image = np.shape(filters), gates.images(x[None])
    Z = student.of("ch4_2_convolution").conv_forward(image, filters, conv_b)
    lit = student.of("ch3_2_activation_functions").relu(Z)
    maps = expect.array(lit, (1, count, 29 - height, 29 - width))[0][:MOST_UNITS]
    top = max(float(maps.max()), 1e-12)
    return [
        {"name": f"filter {i + 1}", "value": round(float(each.max()), 2), "rows": _rows(each / top)}
        for i, each in enumerate(maps)
    ]


def _without_patches(student, x, params, A):
    """Return how much the loss of the answer grows without each patch of the image."""
    count, answer = 28 // PATCH, A.argmax()
    views = np.repeat(x[None], count * count, axis=0).reshape(-1, 28, 28)
    for i, (row, column) in enumerate(np.ndindex(count, count)):
        views[i, row * PATCH : (row + 1) * PATCH, column * PATCH : (column + 1) * PATCH] = 0
    got = student.predict_capstone(views.reshape(-1, 784), params)
    without = expect.array(got, (len(views), 10))[:, answer]
    grows = np.log(max(A[answer], TINY)) - np.log(np.maximum(without, TINY))
    rows = np.kron(_scaled(grows.reshape(count, count)), np.ones((PATCH, PATCH)))
    return [{"name": "at most", "value": round(float(grows.max()), 2), "rows": _rows(rows)}]


READERS = {
    "3.4": Reader(
        "ch3_4_backpropagation",
        ("train_mlp", "mlp_loss", "backward_mlp", "ch3_3_forward_mlp forward_mlp"),
        _train_mlp,
        lambda student, X, params: _layers(student, X, params)[1],
        _hidden_units,
        "Hidden units that speak for this answer: their weights, and how strongly they fire",
    ),
    "4.3": Reader(
        "ch4_3_pooling_cnn",
        (
            "train_cnn", "forward_cnn", "cnn_loss", "max_pool", "max_pool_backward", "flatten",
            "ch4_2_convolution conv_forward", "ch3_2_activation_functions relu",
        ),
        _train_cnn,
        lambda student, X, params: student.forward_cnn(gates.images(X), params),
        _filters,
        "Where each filter fires, and its largest value",
    ),
    "4.5": Reader(
        "ch4_5_momentum_capstone",
        ("train_capstone", "predict_capstone", "momentum_update"),
        lambda student, X, y: student.train_capstone.within(SECONDS)(X, y, rng=Seeded(SEED)),
        lambda student, X, params: student.predict_capstone(X, params),
        _without_patches,
        "What the answer rests on: how much its loss grows without each patch of the drawing",
    ),
}  # fmt: skip
