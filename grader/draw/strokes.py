"""Turns the strokes of a pen into an image made as MNIST's were.

The digit is scaled into 20 x 20 pixels, and its center of mass is put into the middle of 28 x 28.
"""

import math

import numpy as np

SIDE, BOX = 28, 20
PEN = 1.6  # radius in pixels: about as bold as the digits of the data sets
MOST_POINTS = 20_000


class NoDrawing(ValueError):
    """What came is not a drawing; the message is one sentence."""


def image(strokes: object, pen: float = PEN) -> np.ndarray:
    """Return a drawing as an image (784,) float32 in [0, 1], 0 the background.

    strokes: a list of strokes, each a list of points `[x, y]` in any unit, y downward

    Raises `NoDrawing` for anything else, and if there is no stroke.
    """
    lines = _lines(strokes)
    points = lines.reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    size = float((high - low).max())
    scale = (BOX - 2 * pen) / size if size > 0 else 1.0
    placed = (lines - (low + high) / 2) * scale + SIDE / 2
    ink = _ink(placed, pen)
    return _ink(placed + SIDE / 2 - _center(ink), pen).astype(np.float32).ravel()


def _lines(strokes):
    """Return the straight pieces of all strokes, (n, 2, 2); a single point is a piece as well."""
    if not isinstance(strokes, list) or not all(isinstance(each, list) for each in strokes):
        raise NoDrawing("a drawing is a list of strokes")
    if sum(map(len, strokes)) > MOST_POINTS:
        raise NoDrawing(
            f"the drawing has more than {MOST_POINTS:,} points: clear it and start again"
        )
    pieces: list[tuple[list[float], list[float]]] = []
    for stroke in filter(None, strokes):
        points = [_point(point) for point in stroke]
        pieces += zip(points, points[1:] or points, strict=False)
    if not pieces:
        raise NoDrawing("there is nothing drawn yet")
    return np.array(pieces)


def _point(point):
    good = isinstance(point, list) and len(point) == 2 and all(map(_is_coordinate, point))
    if not good:
        raise NoDrawing("a point of a drawing is a pair of numbers")
    return [float(number) for number in point]


def _is_coordinate(number):
    plain = isinstance(number, (int, float)) and not isinstance(number, bool)
    return plain and math.isfinite(number) and abs(number) < 1e6


def _ink(lines, pen):
    """Return how much of each pixel is covered, (28, 28) in [0, 1]."""
    middle = np.arange(SIDE) + 0.5
    pixels = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
    nearest = np.full(len(pixels), np.inf)
    for start, end in lines:
        along = end - start
        share = (pixels - start) @ along / max(float(along @ along), 1e-12)
        foot = start + np.clip(share, 0, 1)[:, None] * along
        nearest = np.minimum(nearest, np.hypot(*(pixels - foot).T))
    return np.clip(pen + 0.5 - nearest, 0, 1).reshape(SIDE, SIDE)


def _center(ink):
    """Return the center of mass as (x, y)."""
    middle = np.arange(SIDE) + 0.5
    return np.array([ink.sum(axis=0) @ middle, ink.sum(axis=1) @ middle]) / ink.sum()
