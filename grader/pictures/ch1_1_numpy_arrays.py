"""Pictures of chapter 1.1: the effect of normalize on numbers and of one_hot on labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import picture
from .style import COLORS, FAINT, INVERSE, canvas, figure, label

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages


@picture
def normalize(student: Student, images: LoadImages) -> Figure:
    minutes = np.random.default_rng(0).gamma(3, 4, size=600)
    fig, axes = figure(
        "normalize moves the mean to 0 and makes the spread 1; the shape stays", columns=2
    )
    names = [("before", "waiting time in minutes"), ("after", "normalized waiting time")]
    for ax, values, (title, x) in zip(
        axes, [minutes, student.normalize(minutes)], names, strict=True
    ):
        mean, spread = values.mean(), values.std()
        ax.axvspan(mean - spread, mean + spread, color="#dfe7ef", label="mean ± std")
        ax.hist(values, bins=30, color="#8fa9c4", edgecolor="white", linewidth=0.5)
        ax.axvline(mean, color=COLORS[1], linestyle="--", label="mean")
        ax.grid(False)
        label(ax, x, "number of values", f"{title}: mean {mean:.2f}, std {spread:.2f}")
        ax.legend(loc="upper right")
    return fig


@picture
def one_hot(student: Student, images: LoadImages) -> Figure:
    digits = images()
    chosen = np.random.default_rng(5).choice(len(digits.y_train), 9, replace=False)
    count, labels = len(chosen), digits.y_train[chosen]
    pixels = digits.X_train[chosen].reshape(count * 28, 28)
    fig = canvas("one_hot puts a single 1 into each row, in the column of the label")
    left, right = fig.subplots(1, 2, width_ratios=[1, 17])
    left.imshow(pixels, cmap=INVERSE, aspect="auto", extent=(0, 1, count - 0.5, -0.5))
    left.set_xticks([])
    left.set_yticks(range(count), [str(digit) for digit in labels])
    left.grid(False)
    label(left, "image", "label")
    _table(right, student.one_hot(labels, 10))
    label(right, "column", "row")
    right.set_yticks(range(count))
    return fig


def _table(ax, values):
    """Draw a matrix with its entries written out."""
    ax.imshow(values, cmap=INVERSE, aspect="auto", vmin=0, vmax=1.3)
    for row, column in np.ndindex(values.shape):
        value = values[row, column]
        color = "white" if value > 0.5 else FAINT
        ax.text(column, row, f"{value:g}", ha="center", va="center", color=color)
    ax.set_xticks(range(values.shape[1]))
    ax.grid(False)
