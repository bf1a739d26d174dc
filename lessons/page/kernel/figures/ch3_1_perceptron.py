"""The decision boundary of a perceptron, by its weights and its bias."""

import numpy as np

import data
from grader.vocabulary import expect

from . import figure

RULES = {"and": data.logical_and, "or": data.logical_or, "xor": data.xor}
RANGE, CELLS = (-0.5, 1.5), 32


@figure("forward_perceptron", "ch2_1_loss_functions binary_cross_entropy")
def and_or_xor(student, rule, w1, w2, b):
    """Return the probabilities of a grid (first row at the top) and of the four corners."""
    X, y = RULES[rule](np.random.default_rng(0))
    W, bias = np.array([[w1], [w2]], float), np.array([b], float)

    def forward(X):
        return expect.array(student.forward_perceptron(X, W, bias), (len(X), 1))

    edges = np.linspace(*RANGE, CELLS + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    grid = np.stack(np.meshgrid(middle, middle[::-1]), axis=-1).reshape(-1, 2)
    A = forward(X)
    loss = student.of("ch2_1_loss_functions").binary_cross_entropy(A, y)
    return {
        "range": RANGE,
        "grid": forward(grid).reshape(CELLS, CELLS).tolist(),
        "points": X.tolist(),
        "truth": y[:, 0].tolist(),
        "answers": A[:, 0].tolist(),
        "loss": expect.number(loss),
    }
