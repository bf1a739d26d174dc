"""Pictures of chapter 1.3: the sigmoid, its slope, and the effect of a weight and a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import earlier, picture
from .style import COLORS, figure, label, look, note

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages


@picture
def sigmoid(student: Student, images: LoadImages) -> Figure:
    z = np.linspace(-8, 8, 401)
    a = student.sigmoid(z)
    slope = np.gradient(a, z)
    fig, (left, right) = figure(
        "The sigmoid squeezes every number into the range from 0 to 1 and flattens far out",
        columns=2,
    )
    left.plot(z, a, **look(0))
    middle = student.sigmoid(np.zeros(1))[0]
    left.plot(0, middle, "o", color=COLORS[1])
    note(left, f"undecided:\n{middle:g} at z = 0", (0, middle), (-7, 0.62))
    label(left, "z", "sigmoid(z)", "value")
    right.plot(z, slope, **look(1))
    label(right, "z", "change of sigmoid(z) per unit of z", "slope")
    note(right, f"steepest: {slope.max():.2f}", (z[slope.argmax()], slope.max()), (2.2, 0.24))
    right.set_ylim(-0.02, 0.28)
    return fig


@picture
def weight_and_bias(student: Student, images: LoadImages) -> Figure:
    linear = earlier(student, "ch1_2_matrix_operations").linear
    x = np.linspace(-6, 6, 301)[:, None]
    fig, axes = figure(
        "The weight sets how steep the step is; the bias sets where it is", columns=2, sharey=True
    )
    settings: list[tuple[str, list[tuple[float, float]], str]] = [
        ("the weight w, with b = 0", [(0.5, 0), (1, 0), (4, 0)], "w = {0:g}"),
        ("the bias b, with w = 2", [(2, -5), (2, 0), (2, 5)], "b = {1:g}"),
    ]
    for ax, (title, pairs, name) in zip(axes, settings, strict=True):
        for i, (w, b) in enumerate(pairs):
            z = linear(x, np.array([[float(w)]]), np.array([float(b)]))
            ax.plot(x, student.sigmoid(z), label=name.format(w, b), **look(i))
        label(ax, "x", "sigmoid(w x + b)", title)
        ax.legend(loc="upper left")
    axes[1].set_ylabel("")
    return fig
