"""Pictures of chapter 1.2: how a linear layer with two inputs and outputs moves the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import picture
from .style import COLORS, FAINT, figure, label

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

F = np.array(
    [(0, 0), (0, 2), (1.4, 2), (1.4, 1.5), (0.5, 1.5), (0.5, 1.2), (1.1, 1.2), (1.1, 0.7),
     (0.5, 0.7), (0.5, 0), (0, 0)]
)  # fmt: skip


@picture
def linear(student: Student, images: LoadImages) -> Figure:
    W = np.array([[0.8, 0.5], [-0.6, 0.9]])
    b = np.array([0.8, -2.0])
    fig, axes = figure(
        "Multiplying by W rotates and stretches the plane; adding b moves it",
        columns=3, sharex=True, sharey=True,
    )  # fmt: skip
    ticks = np.linspace(-2, 2, 9)
    across = [np.column_stack([ticks, np.full(9, t)]) for t in ticks]
    along = [np.column_stack([np.full(9, t), ticks]) for t in ticks]
    lines = np.concatenate([*across, *along])
    steps = [
        ("X", lambda X: X),
        ("X W", lambda X: student.matrix_multiply(X, W)),
        ("X W + b", lambda X: student.linear(X, W, b)),
    ]
    for ax, (name, step) in zip(axes, steps, strict=True):
        for line in step(lines).reshape(18, 9, 2):
            ax.plot(*line.T, color=FAINT, linestyle="-", linewidth=0.8)
        ax.fill(*step(F).T, facecolor=COLORS[3], edgecolor=COLORS[0], linewidth=1.5, zorder=3)
        origin = step(np.zeros((1, 2)))[0]
        ax.plot(*origin, "o", color=COLORS[1], markersize=8, zorder=4)
        ax.annotate(
            f"({origin[0]:g}, {origin[1]:g})", origin, (8, -16), textcoords="offset points",
            color=COLORS[1], fontweight="bold", fontsize=9.5, zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
        )  # fmt: skip
        ax.set_aspect("equal")
        label(ax, "first feature", "", name)
    axes[0].set_ylabel("second feature")
    return fig
