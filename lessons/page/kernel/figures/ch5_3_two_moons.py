"""The boundary of a trained network, when the fold of one hidden unit is turned or shifted."""

import numpy as np

import data
from grader.boundary.arguments import Seeded
from grader.vocabulary import expect

from .. import trained
from . import figure

HIDDEN, CELLS = 4, 36
XS, YS = (-1.6, 2.6), (-1.1, 1.6)


@figure("train_binary", "forward_binary")
def bends(student, unit, turn, shift, weight):
    """Return the probabilities of a grid (first row at the top), the points, and the loss."""
    X, y = data.two_moons(np.random.default_rng(0), 200)
    params = trained.once(student, lambda: _train(student, X, y))
    W1, b1, W2, b2 = (param.copy() for param in params)
    angle = np.radians(turn)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = X.mean(axis=0)
    fold = W1[:, unit] @ middle + b1[unit]  # the unit turns around the middle of the data
    W1[:, unit] = turned @ W1[:, unit]
    b1[unit] = fold - W1[:, unit] @ middle + shift * np.linalg.norm(W1[:, unit])
    W2[unit] *= weight

    def forward(X):
        return expect.array(student.forward_binary(X, [W1, b1, W2, b2]), (len(X), 1))

    xs, ys = ((np.arange(CELLS) + 0.5) / CELLS * (high - low) + low for low, high in (XS, YS))
    grid = np.stack(np.meshgrid(xs, ys[::-1]), axis=-1).reshape(-1, 2)
    A = forward(X)
    return {
        "xs": XS,
        "ys": YS,
        "grid": forward(grid).reshape(CELLS, CELLS).tolist(),
        "points": X.tolist(),
        "truth": y[:, 0].tolist(),
        "right": float(np.mean((A > 0.5) == (y > 0.5))),
        "fold": [*W1[:, unit].tolist(), float(b1[unit])],
    }


def _train(student, X, y):
    train = student.train_binary.within(60)
    got = train(X, y, hidden=HIDDEN, epochs=1500, rng=Seeded(3))
    params, _ = expect.parts(got, "params", "losses")
    shapes = [(2, HIDDEN), (HIDDEN,), (HIDDEN, 1), (1,)]
    return expect.arrays(params, shapes, ["W1", "b1", "W2", "b2"])
