"""A drawing becomes an image as MNIST's were made."""

import math

import numpy as np
import pytest

from grader.draw import strokes

RING = [[[math.cos(t / 10), 1.6 * math.sin(t / 10)] for t in range(64)]]
SEVEN = [[[0, 0], [60, 0], [20, 100]]]


@pytest.mark.parametrize("drawing", [RING, SEVEN, [[[5, 5]]], [[[0, 0], [9, 0]], [], [[3, 3]]]])
def test_its_mass_is_in_the_middle_and_it_fits_the_box(drawing):
    image = strokes.image(drawing).reshape(28, 28)
    middle = np.arange(28) + 0.5
    center = [image.sum(axis=axis) @ middle / image.sum() for axis in (0, 1)]
    assert center == pytest.approx([14, 14], abs=0.1)
    rows, columns = (np.flatnonzero(image.max(axis=axis) > 0.5) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    assert image.dtype == np.float32
    assert 0 <= image.min() < image.max() <= 1


def test_neither_place_nor_size_counts():
    moved = [[[7 * x + 300, 7 * y - 20] for x, y in stroke] for stroke in RING]
    assert np.allclose(strokes.image(RING), strokes.image(moved), atol=1e-4)


def test_it_is_as_bold_as_the_digits_of_the_data_set():
    import data

    digits = data.load("digits")
    zeros = digits.X_train[digits.y_train == 0]
    assert strokes.image(RING).mean() == pytest.approx(zeros.mean(), rel=0.3)


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        {},
        [],
        [[]],
        [1],
        [[1, 2]],
        [[[1]]],
        [[[1, "2"]]],
        [[[1, True]]],
        [[[1, math.nan]]],
        [[[1, 1e300]]],
        [[[0, 0]] * 20_001],
    ],
)
def test_what_is_no_drawing_is_refused_in_a_sentence(nothing):
    with pytest.raises(strokes.NoDrawing, match=r"^\w.*[^.]$"):
        strokes.image(nothing)
