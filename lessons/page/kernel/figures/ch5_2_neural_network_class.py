"""Two networks that train in turns, each with its own weights or both with the same."""

from functools import cache

import numpy as np

import data
from grader.boundary.arguments import Seeded
from grader.vocabulary import expect, gates

from . import figure

SIDE, UNITS, CLASSES, EXAMPLES = 14, 16, 10, 300
OBJECTS = {"own": (0, 1), "shared": (0, 0)}  # two names for one object act as two that share


@figure("NeuralNetwork")
def own_and_shared(student, weights, task, turns, steps, lr, unit):
    """Return each network's losses by turn, share of right answers, and change of a unit's W1."""
    X, labels, X_test, labels_test = _digits()
    objects = OBJECTS[weights]
    truths = [(labels, labels_test)] * 2
    if task == "reversed":
        truths[1] = (9 - labels, 9 - labels_test)

    script = student.NeuralNetwork
    for seed in sorted(set(objects)):
        script = script.new(SIDE**2, UNITS, CLASSES, Seeded(seed))
    for number in objects:
        script = script.on(number).get("W1")
    for _ in range(turns):
        for number, (truth, _) in zip(objects, truths, strict=True):
            script = script.on(number).ask("train", X, gates.one_hot(truth), steps, lr)
    for number in objects:
        script = script.on(number).ask("predict", X_test).get("W1")
    got = script()

    starts, losses, ends = got[:2], got[2:-4], got[-4:]
    losses = [expect.losses(part, steps).tolist() for part in losses]
    networks = []
    for i, (_, truth) in enumerate(truths):
        start, end = (_weights(W1)[:, unit] for W1 in (starts[i], ends[2 * i + 1]))
        answers = expect.array(ends[2 * i], (len(X_test),), dtype="int")
        networks.append(
            {
                "losses": losses[i::2],
                "right": float(np.mean(answers == truth)),
                "change": (end - start).reshape(SIDE, SIDE).tolist(),
            }
        )
    return networks


def _weights(W1):
    return expect.array(W1, (SIDE**2, UNITS), what="`W1`", dtype=None)


@cache
def _digits():
    """Return images of half the width and their labels, to train on and to test with."""
    digits = data.load("digits")

    def halved(X):
        return X.reshape(-1, SIDE, 2, SIDE, 2).mean(axis=(2, 4)).reshape(-1, SIDE**2)

    X, X_test = halved(digits.X_train[:EXAMPLES]), halved(digits.X_test)
    return X, digits.y_train[:EXAMPLES], X_test, digits.y_test
