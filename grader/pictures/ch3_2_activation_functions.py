"""Pictures of chapter 3.2: activations, their derivatives, and softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import earlier, picture
from .style import INK, figure, label, look

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages


@picture
def activations(student: Student, images: LoadImages) -> Figure:
    z = np.linspace(-4, 4, 401)
    a = earlier(student, "ch1_3_activation_basics").sigmoid(z)
    fig, (left, right) = figure(
        "Sigmoid and tanh flatten on both sides, ReLU on one, leaky ReLU on neither", columns=2
    )
    values = {
        "sigmoid": a,
        "tanh": student.tanh(z),
        "relu": student.relu(z),
        "leaky_relu, alpha = 0.1": student.leaky_relu(z, alpha=0.1),
    }
    slopes = {
        "sigmoid (1 - sigmoid)": a * (1 - a),
        "tanh_derivative": student.tanh_derivative(z),
        "relu_derivative": student.relu_derivative(z),
    }
    for ax, lines in [(left, values), (right, slopes)]:
        for i, (name, line) in enumerate(lines.items()):
            ax.plot(z, line, label=name, **look(i))
        ax.legend(loc="upper left")
    left.set_ylim(-1.2, 4.2)
    right.set_ylim(-0.05, 1.45)
    label(left, "z", "activation", "value")
    label(right, "z", "change of the activation per unit of z", "derivative")
    return fig


@picture
def tanh_derivative_is_the_slope(student: Student, images: LoadImages) -> Figure:
    z = np.linspace(-3, 3, 301)
    points = np.array([-1.5, 0.0, 0.8])
    values, slopes = student.tanh(points), student.tanh_derivative(points)
    fig, ax = figure("The derivative is the slope of the tangent to the curve")
    ax.plot(z, student.tanh(z), label="tanh", **look(0))
    for i, (x, y, slope) in enumerate(zip(points, values, slopes, strict=True), start=1):
        reach = np.array([-0.9, 0.9]) / np.hypot(1, slope)
        ax.plot(x + reach, y + slope * reach, **look(i),
                label=f"slope tanh_derivative({x:g}) = {slope:.2f}")  # fmt: skip
        ax.plot(x, y, "o", color=INK)
    label(ax, "z", "tanh(z)")
    ax.legend(loc="lower right")
    return fig


@picture
def softmax(student: Student, images: LoadImages) -> Figure:
    score = np.linspace(-5, 7, 241)
    Z = np.column_stack([score, np.full_like(score, 1.0), np.full_like(score, 0.0)])
    P = student.softmax(Z)
    fig, ax = figure("Softmax divides one whole: what one class gains, the others lose")
    blues = ["#10243e", "#6f8fae", "#d5dfe8"]
    ax.stackplot(score, P.T, colors=blues, edgecolor="white", linewidth=1)
    for x, y, text, color in [
        (4.2, 0.4, "class 0, score as below", "white"),
        (-3.5, 0.38, "class 1, score 1", "white"),
        (-3.5, 0.87, "class 2, score 0", INK),
    ]:
        ax.text(x, y, text, color=color, ha="center", va="center", fontweight="bold")
    ax.grid(False)
    ax.set_xlim(score[0], score[-1])
    ax.set_ylim(0, 1)
    label(ax, "score of class 0", "probability, stacked")
    return fig
