"""A digit on its way through an untrained network."""

import numpy as np

import data
from grader.boundary.arguments import Seeded
from grader.vocabulary import expect, gates

from . import figure

PIXELS, UNITS, CLASSES = 784, 256, 10


@figure("he_init", "forward_mlp", "cross_entropy")
def shapes(student, digit, unit, spread, draw):
    """Return a digit, a hidden unit's weights and sum, both layers, and the losses."""
    digits = data.load("digits")
    X, y = digits.X_test.astype(float), gates.one_hot(digits.y_test)
    params = []
    for seed, fan in enumerate([(PIXELS, UNITS), (UNITS, CLASSES)], start=2 * draw):
        W, b = expect.parts(student.he_init(*fan, Seeded(seed)), "W", "b")
        params += [spread * expect.array(W, fan), expect.array(b, fan[1:])]

    def forward(X):
        A1, A2 = expect.parts(student.forward_mlp(X, *params), "A1", "A2")
        return expect.array(A1, (len(X), UNITS)), expect.array(A2, (len(X), CLASSES))

    def loss(A2, y):
        return expect.number(student.cross_entropy(A2, y))

    shown = [int(np.argmax(digits.y_test == digit))]
    A1, A2 = forward(X[shown])
    weights = params[0][:, unit]
    return {
        "image": X[shown].reshape(28, 28).tolist(),
        "weights": weights.reshape(28, 28).tolist(),
        "sum": float(X[shown[0]] @ weights + params[1][unit]),
        "hidden": A1.reshape(16, 16).tolist(),
        "probabilities": A2[0].tolist(),
        "loss": loss(A2, y[shown]),
        "count": len(X),
        "mean_loss": loss(forward(X)[1], y),
    }
