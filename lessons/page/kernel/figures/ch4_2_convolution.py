"""A filter that slides over a digit, cell by cell."""

from functools import cache

import numpy as np

import data
from grader.vocabulary import expect

from . import figure

FILTERS = {
    "vertical": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "horizontal": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "diagonal": [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
    "mean": [[1 / 9] * 3] * 3,
}
SIDE = 26  # of the output


@figure("conv_forward")
def edges(student, digit, filter, row, column):
    """Return the image, the filter, the output, and the window of one cell."""
    image = np.round(_digit(digit).astype(float), 2)
    kernel = np.array(FILTERS[filter])
    out = student.conv_forward(image[None, None], kernel[None, None], np.zeros(1))
    out = expect.array(out, (1, 1, SIDE, SIDE))[0, 0]
    return {
        "image": image.tolist(),
        "filter": kernel.tolist(),
        "out": out.tolist(),
        "window": image[row : row + 3, column : column + 3].tolist(),
    }


@cache
def _digit(label):
    digits = data.load("digits")
    return digits.X_train[digits.y_train == label][0].reshape(28, 28)
