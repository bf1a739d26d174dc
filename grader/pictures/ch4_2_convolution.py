"""Pictures of chapter 4.2: edges from handmade filters, a part found again, an error sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from ..vocabulary import expect, gates
from . import picture, style
from .tiles import show_image, show_numbers, show_signed

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

UPPER = np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]])
FILTERS = [("upper edges", UPPER), ("left edges", UPPER.T), ("mean", np.full((3, 3), 1 / 9))]
LAYOUTS = {1: (1, 0), 2: (1, 1), 4: (2, 0), 5: (2, 1)}  # panel: stride, padding
CUT = 11  # pixels, height and width of the part cut out
NAMES = ["error of the outputs", "filter", "error of the image"]


@picture
def edges(student: Student, images: LoadImages) -> Figure:
    """Show a digit, three handmade filters, and the output of each."""
    title = "A filter of nine numbers finds its kind of edge, wherever it is"
    fig, axes = style.figure(title, columns=4, rows=2)
    image = _digit(images, 5)
    show_image(axes[0], image, f"image, {_size(image)}")
    axes[4].set_axis_off()
    for column, (name, filter) in enumerate(FILTERS, start=1):
        show_signed(axes[column], filter, f"filter: {name}", limit=1, numbers=True)
        output = _conv2d(student, image, filter)
        shades = show_signed(axes[column + 4], output, f"output, {_size(output)}", limit=3)
    fig.colorbar(shades, ax=list(axes[4:]), label="output", shrink=0.9)
    return fig


@picture
def part_found(student: Student, images: LoadImages) -> Figure:
    """Use a part of an image as filter: the largest output is where it was cut out."""
    title = "A filter gives its largest output where the image looks like the filter itself"
    fig, axes = style.figure(title, columns=3)
    image = _digit(images, 8)
    row, column = _boldest(image)
    part = image[row : row + CUT, column : column + CUT]
    filter = (part - part.mean()) / np.linalg.norm(part - part.mean())
    output = _conv2d(student, image, filter)
    i, j = np.unravel_index(output.argmax(), output.shape)
    show_signed(axes[0], image, f"image, {_size(image)}\nframe: the part cut out")
    frame: dict[str, Any] = {"edgecolor": style.COLORS[1], "facecolor": "none", "linewidth": 2.5}
    axes[0].add_patch(Rectangle((column - 0.5, row - 0.5), CUT, CUT, **frame))
    show_signed(axes[1], filter, f"filter, {_size(filter)}\nthe part minus its mean")
    shades = show_signed(axes[2], output, f"output, {_size(output)}\ncross: the largest")
    cross = {"marker": "P", "markersize": 12, "color": style.COLORS[3], "markeredgecolor": "black"}
    axes[0].plot(j + (CUT - 1) / 2, i + (CUT - 1) / 2, **cross)  # the middle of its window
    axes[2].plot(j, i, **cross)
    fig.colorbar(shades, ax=axes[2], label="output", shrink=0.55)
    return fig


def _boldest(image):
    """The part with the most contrast, because no other part can give a larger output."""
    parts = np.lib.stride_tricks.sliding_window_view(image, (CUT, CUT))
    contrast = parts.std(axis=(2, 3))
    return np.unravel_index(contrast.argmax(), contrast.shape)


@picture
def stride_and_padding(student: Student, images: LoadImages) -> Figure:
    """Show how stride and padding change the size of the output."""
    title = "A padding of 1 keeps the size of the image; a stride of 2 leaves a quarter of it"
    fig, axes = style.figure(title, columns=3, rows=2)
    image = _digit(images, 5)
    show_image(axes[0], image, f"image, {_size(image)}")
    show_signed(axes[3], UPPER, f"filter, {_size(UPPER)}", numbers=True)
    for panel, (stride, padding) in LAYOUTS.items():
        X, filters = image[None, None], UPPER[None, None]
        got = student.conv_forward(X, filters, np.zeros(1), stride=stride, padding=padding)
        size = (28 - 3 + 2 * padding) // stride + 1
        output = expect.array(got, (1, 1, size, size))[0, 0]
        name = f"stride {stride}, padding {padding}: {_size(output)}"
        shades = show_signed(axes[panel], output, name, limit=3)
    fig.colorbar(shades, ax=list(axes), label="output", shrink=0.6)
    return fig


@picture
def error_sent_back(student: Student, images: LoadImages) -> Figure:
    """Show the pixels that receive the error of two outputs."""
    title = "On the way back, each error stamps the filter onto the pixels of its window"
    fig, axes = style.figure(title, columns=3)
    X = np.zeros((1, 1, 9, 9))
    dout = np.zeros((1, 1, 7, 7))
    dout[0, 0, 1, 1], dout[0, 0, 4, 3] = 1, -2
    filter = np.array([[1.0, 2, 3], [0, 0, 4], [0, 0, 5]])
    got = student.conv_backward(dout, X, filter[None, None])
    dX, _, _ = expect.parts(got, "dX", "dfilters", "db")
    dX = expect.array(dX, X.shape, what="`dX`")[0, 0]
    for ax, values, name in zip(axes, [dout[0, 0], filter, dX], NAMES, strict=True):
        show_numbers(ax, values, f"{name}, {_size(values)}")
    return fig


def _digit(images, label):
    """The first test image of this digit."""
    digits = images()
    return gates.images(digits.X_test[digits.y_test == label][:1])[0, 0].astype(np.float64)


def _conv2d(student, image, filter):
    shape = np.subtract(image.shape, filter.shape) + 1
    return expect.array(student.conv2d(image, filter), tuple(shape.tolist()))


def _size(values):
    return f"{values.shape[0]} x {values.shape[1]}"
