"""Pictures of chapter 3.1: rules that one neuron can and cannot learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import data

from ..boundary.arguments import Seeded
from . import picture
from .style import FAINT, INK, classes, figure, label, lattice, look, plane

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

RULES = {"AND": data.logical_and, "OR": data.logical_or, "XOR": data.xor}


@picture
def and_or_xor(student: Student, images: LoadImages) -> Figure:
    fig, axes = figure(
        "One neuron draws one straight line: enough for AND and OR, never for XOR",
        columns=3, sharey=True,
    )  # fmt: skip
    xs, ys, points = lattice((-0.5, 1.5), (-0.65, 1.65), 80)
    for ax, name in zip(axes, RULES, strict=True):
        X, y, params, losses = _trained(student, name)
        filled = plane(ax, xs, ys, student.forward_perceptron(points, *params))
        classes(ax, X, y, size=230)
        for corner, answer in zip(X, y[:, 0], strict=True):
            ax.text(*corner, f"{answer:.0f}", ha="center", va="center_baseline", zorder=4,
                    color="white" if answer else INK, fontweight="bold")  # fmt: skip
        ax.set_aspect("equal")
        label(ax, "first input", "", f"{name}: loss {losses[-1]:.3f}")
    axes[0].set_ylabel("second input")
    fig.colorbar(
        filled, ax=axes, location="bottom", shrink=0.6, aspect=40,
        label="background: output of the neuron; marks: the correct answer; line: output 0.5",
    )  # fmt: skip
    return fig


@picture
def losses(student: Student, images: LoadImages) -> Figure:
    fig, ax = figure("On AND and OR the loss keeps falling; on XOR it stays at ln 2")
    for i, name in enumerate(RULES):
        losses = _trained(student, name)[3]
        ax.plot(np.arange(1, len(losses) + 1), losses, label=name, **look(i))
    ax.axhline(np.log(2), color=FAINT, linestyle="-", linewidth=0.8, zorder=0)
    ax.text(1, np.log(2) + 0.012, "ln 2: answering 0.5 to everything", fontsize=9.5)
    label(ax, "update (log scale)", "loss before the update")
    ax.set_xscale("log")
    ax.set_ylim(0, 0.8)
    ax.legend(loc="lower left")
    return fig


def _trained(student, name):
    """Train on this rule; return `(X, y, params, losses)`."""
    X, y = RULES[name](np.random.default_rng(0))
    train = student.train_perceptron.call
    call = student.shared(f"trained on {name}", lambda: train(X, y, 1.0, 1000, Seeded(0)))
    return X, y, *call.reply.value
