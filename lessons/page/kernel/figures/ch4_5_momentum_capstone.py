"""The way down a ravine, with and without momentum."""

import numpy as np

from grader.vocabulary import expect

from . import figure

STEEP, START = np.array([1.0, 30.0]), np.array([-9.0, 1.6])


@figure("momentum_update")
def ravine(student, mu, lr, steps):
    """Return both paths and their losses: with this momentum, and with none."""
    return {"with": _way(student, mu, lr, steps), "without": _way(student, 0.0, lr, steps)}


def _way(student, mu, lr, steps):
    path, v = [START], np.zeros(2)
    for _ in range(steps):
        v = expect.array(student.momentum_update(v, STEEP * path[-1], mu, lr), (2,))
        path.append(path[-1] + v)
    points = np.clip(path, -1e6, 1e6)
    return {"path": points.tolist(), "losses": (0.5 * (STEEP * points**2).sum(axis=1)).tolist()}
