"""Pictures of chapter 2.1: the two losses as functions of the prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import picture
from .style import COLORS, figure, label, look, note

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages


@picture
def losses(student: Student, images: LoadImages) -> Figure:
    a = np.concatenate([np.geomspace(1e-3, 0.05, 40), np.linspace(0.055, 1, 120)])
    truth = np.ones((1, 1))
    squared = [student.mse_loss(np.array([[p]]), truth) for p in a]
    surprise = [student.binary_cross_entropy(np.array([[p]]), truth) for p in a]
    fig, ax = figure(
        "A confident mistake costs at most 1 as squared error, but any amount as cross-entropy"
    )
    ax.plot(a, surprise, label="binary_cross_entropy", **look(0))
    ax.plot(a, squared, label="mse_loss", **look(1))
    label(ax, "predicted probability of class 1, when class 1 is the truth", "loss")
    ax.set_ylim(-0.2, 7.2)
    ax.legend(loc="upper right")
    shrug = student.binary_cross_entropy(np.full((1, 1), 0.5), truth)
    ax.plot(0.5, shrug, "o", color=COLORS[0])
    note(ax, f"a shrug costs {shrug:.3f}", (0.5, shrug), (0.5, 2.2), ha="center")
    note(ax, "confident and wrong", (a[0], surprise[0]), (0.1, 6.4))
    note(ax, "confident and right", (1, 0), (0.85, 1.1), ha="center")
    return fig


@picture
def lowest_at_the_average(student: Student, images: LoadImages) -> Figure:
    rng = np.random.default_rng(3)
    prices = rng.normal(30, 6, size=(12, 1))
    rain = np.array([[1.0, 1, 1, 0, 0, 0, 0, 0, 0, 0]]).T
    sides = [
        ("mse_loss", student.mse_loss, prices, np.linspace(10, 50, 201), "price in euros"),
        (
            "binary_cross_entropy", student.binary_cross_entropy, rain,
            np.linspace(0.02, 0.98, 97), "probability of rain",
        ),
    ]  # fmt: skip
    fig, axes = figure(
        "Of all predictions that are the same for every example, the average has the lowest loss",
        columns=2,
    )
    for ax, (name, loss, y, guesses, quantity) in zip(axes, sides, strict=True):
        values = np.array([loss(np.full_like(y, guess), y) for guess in guesses])
        best, average = guesses[values.argmin()], y.mean()
        ax.plot(guesses, values, **look(0))
        ax.plot([average] * 2, [0, values.max()], **look(1),
                label=f"average of the data: {average:.1f}")  # fmt: skip
        ax.plot(best, values.min(), "o", color=COLORS[3], markeredgecolor=COLORS[0],
                markersize=9, label=f"lowest loss: at {best:.1f}")  # fmt: skip
        ax.plot(
            y, np.zeros_like(y), "|", color=COLORS[0], markersize=14, label=f"the {len(y)} values"
        )
        label(ax, f"predicted {quantity}", f"{name} over the data", name)
        ax.set_ylim(-0.06 * values.max(), 1.35 * values.max())
        ax.legend(loc="upper center")
    return fig
