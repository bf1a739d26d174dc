"""What a filter of one pixel sees of a colored digit, by its weights for the three channels."""

from functools import cache

import numpy as np

import data
from grader.vocabulary import expect

from . import figure

SIDE = 32


@figure("ch4_2_convolution conv_forward")
def green_minus_blue(student, red, green, blue, number, light):
    """Return an image, its left half in another light, its label, and what the filter sees."""
    digits = _digits()
    image = digits.X_test[number].astype(float)
    image[:, :, : SIDE // 2] += light
    filters = np.array([red, green, blue], float).reshape(1, 3, 1, 1)
    conv_forward = student.of("ch4_2_convolution").conv_forward
    out = expect.array(conv_forward(image[None], filters, np.zeros(1)), (1, 1, SIDE, SIDE))[0, 0]
    return {
        "image": image.tolist(),
        "label": int(digits.y_test[number]),
        "out": (out - np.median(out)).tolist(),
    }


@cache
def _digits():
    return data.load("colored_digits")
