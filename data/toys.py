"""Toy sets: a few points in the plane, made from a NumPy Generator.

Each takes `rng` and returns `(X, y)` in float64; the same seed gives the same set.
"""

import numpy as np

from .dataset import DataError

Points = tuple[np.ndarray, np.ndarray]

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def _truth_table(rng: np.random.Generator, outputs: list[int]) -> Points:
    order = rng.permutation(len(CORNERS))
    return CORNERS[order], np.array(outputs, dtype=np.float64)[order, np.newaxis]


def xor(rng: np.random.Generator) -> Points:
    """Make exclusive or: X (4, 2), the four corners in an order drawn from rng; y (4, 1) of 0/1."""
    return _truth_table(rng, [0, 1, 1, 0])


def logical_and(rng: np.random.Generator) -> Points:
    """Make logical and: X (4, 2), the four corners in an order drawn from rng; y (4, 1) of 0/1."""
    return _truth_table(rng, [0, 0, 0, 1])


def logical_or(rng: np.random.Generator) -> Points:
    """Make logical or: X (4, 2), the four corners in an order drawn from rng; y (4, 1) of 0/1."""
    return _truth_table(rng, [0, 1, 1, 1])


def two_moons(rng: np.random.Generator, n: int = 400, noise: float = 0.1) -> Points:
    """Make two interlocking half circles: X (n, 2), y (n, 1) of 0/1, shuffled.

    The upper moon (y = 0) has radius 1 around (0, 0), the lower (y = 1) radius 1 around (1, 0.5).
    n: number of points, half of them on each moon (an odd one goes to the lower)
    noise: standard deviation of the normal noise on both coordinates
    """
    angle_upper = np.linspace(0, np.pi, n // 2)
    angle_lower = np.linspace(0, np.pi, n - n // 2)
    upper = np.column_stack([np.cos(angle_upper), np.sin(angle_upper)])
    lower = np.column_stack([1 - np.cos(angle_lower), 0.5 - np.sin(angle_lower)])
    X = np.concatenate([upper, lower]) + noise * rng.standard_normal((n, 2))
    y = np.repeat([0.0, 1.0], [len(upper), len(lower)])[:, np.newaxis]
    order = rng.permutation(n)
    return X[order], y[order]


def noisy_line(
    rng: np.random.Generator,
    n: int = 100,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.1,
) -> Points:
    """Make points near y = slope x + intercept: X (n, 1) uniform in [-1, 1), y (n, 1).

    noise: standard deviation of the normal noise on y
    """
    X = rng.uniform(-1, 1, size=(n, 1))
    y = slope * X + intercept + noise * rng.standard_normal((n, 1))
    return X, y


TOYS = {
    "xor": xor,
    "and": logical_and,
    "or": logical_or,
    "two_moons": two_moons,
    "noisy_line": noisy_line,
}


def toy(name: str, rng: np.random.Generator) -> Points:
    """Make the toy set called `name`, a key of `TOYS`; raise `DataError` for any other name."""
    if name not in TOYS:
        choices = ", ".join(f"`{choice}`" for choice in TOYS)
        raise DataError(f"there is no toy set `{name}`; choose one of {choices}")
    return TOYS[name](rng)
