"""How much gradient arrives at each layer of a deep network."""

from itertools import pairwise

import numpy as np

from grader.boundary.arguments import Seeded
from grader.vocabulary import expect

from . import figure

EXAMPLES, INPUTS, UNITS, CLASSES = 64, 32, 32, 10


@figure(
    "xavier_init",
    "forward_deep_mlp",
    "backward_deep_mlp",
    "gradient_norms",
    "ch3_3_forward_mlp he_init",
)
def by_depth(student, layers, activation, start, draw):
    """Return the norm of each layer's weight gradient, first layer first."""
    rng = np.random.default_rng(draw)
    X = rng.normal(size=(EXAMPLES, INPUTS))
    y = np.eye(CLASSES)[rng.integers(CLASSES, size=EXAMPLES)]
    sizes = [INPUTS, *[UNITS] * (layers - 1), CLASSES]
    params = []
    for number, fan in enumerate(pairwise(sizes)):
        W, b = expect.parts(_first(student, start, fan, 100 * draw + number), "W", "b")
        params += [expect.array(W, fan), expect.array(b, fan[1:])]
    activations = student.forward_deep_mlp(X, params, activation)
    grads = student.backward_deep_mlp(X, activations, y, params, activation)
    return {"norms": expect.array(student.gradient_norms(grads), (layers,)).tolist()}


def _first(student, start, fan, seed):
    if start == "small":
        return 0.01 * np.random.default_rng(seed).normal(size=fan), np.zeros(fan[1])
    init = student.of("ch3_3_forward_mlp").he_init if start == "he" else student.xavier_init
    return init(*fan, Seeded(seed))
