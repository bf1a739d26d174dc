"""What a layer with two inputs and two outputs does to the plane."""

import numpy as np

from grader.vocabulary import expect

from . import figure

TICKS = np.linspace(-2, 2, 9)
LETTER = np.array(
    [(0, 0), (0, 2), (1.4, 2), (1.4, 1.5), (0.5, 1.5), (0.5, 1.2), (1.1, 1.2), (1.1, 0.7),
     (0.5, 0.7), (0.5, 0), (0, 0)]
)  # fmt: skip
CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])


@figure("linear")
def linear(student, w00, w01, w10, w11, b0, b1):
    """Return the lines of a grid, the letter F and three corners, before and after the layer."""
    grid = [[(x, y) for y in TICKS] for x in TICKS] + [[(x, y) for x in TICKS] for y in TICKS]
    parts = [*np.array(grid), LETTER, CORNERS]
    W, b = np.array([[w00, w01], [w10, w11]], float), np.array([b0, b1], float)
    X = np.concatenate(parts)
    Z = expect.array(student.linear(X, W, b), X.shape)
    moved = np.split(Z, np.cumsum([len(part) for part in parts])[:-1])
    return {"before": _named(parts), "after": _named(moved), "area": float(np.linalg.det(W))}


def _named(parts):
    *grid, letter, corners = [part.tolist() for part in parts]
    return {"grid": grid, "letter": letter, "corners": corners}
