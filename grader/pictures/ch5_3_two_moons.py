"""Pictures of chapter 5.3: boundaries that bend around the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import data

from ..boundary.arguments import Seeded
from ..vocabulary import expect
from . import picture, style
from .drawing import earlier

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

BACKGROUND = "background: probability of class 1; line: probability 0.5"


@picture
def two_moons(student: Student, images: LoadImages) -> Figure:
    """Show the border between the moons, and the folds that it consists of."""
    X, y, params, _ = _trained(student, "moons")
    fig, (left, right) = style.figure(
        "The border bends at the folds of the hidden units, so it can run between the moons",
        columns=2, sharey=True,
    )  # fmt: skip
    xs, ys, points = style.lattice((-1.6, 2.6), (-1.1, 1.6))
    filled = style.plane(left, xs, ys, student.forward_binary(points, params))
    style.classes(left, X, y, ("upper moon, y = 0", "lower moon, y = 1"), size=16)
    style.label(left, "first input", "second input", "the output of the network")
    P = np.reshape(student.forward_binary(points, params), (len(ys), len(xs)))
    for w, b in zip(params[0].T, params[1], strict=True):
        height = np.reshape(points @ w + b, (len(ys), len(xs)))
        look = {"colors": style.FAINT, "linestyles": "--", "linewidths": 1.2}
        if height.min() < 0 < height.max():
            right.contour(xs, ys, height, levels=[0], **look)
    if P.min() < 0.5 < P.max():
        right.contour(xs, ys, P, levels=[0.5], colors=style.INK, linewidths=2)
    right.plot([], [], color=style.FAINT, linestyle="--", linewidth=1.2, label="fold of a unit")
    right.plot([], [], color=style.INK, linestyle="-", label="probability 0.5")
    right.grid(False)
    style.label(right, "first input", "", "the folds of the hidden units")
    handles = [ax.get_legend_handles_labels() for ax in (left, right)]
    fig.legend(handles[0][0] + handles[1][0], handles[0][1] + handles[1][1],
               loc="outside lower center", ncols=4)  # fmt: skip
    fig.colorbar(filled, ax=left, label="probability of class 1")
    return fig


@picture
def xor(student: Student, images: LoadImages) -> Figure:
    """Compare one neuron and a hidden layer on XOR."""
    fig, axes = style.figure(
        "XOR: one neuron can only answer 0.5; a hidden layer bends around the corners",
        columns=2, sharey=True,
    )  # fmt: skip
    X, y, params, losses = _trained(student, "XOR")
    alone = earlier(student, "ch3_1_perceptron")
    neuron = student.shared(
        "one neuron", lambda: alone.train_perceptron.call(X, y, 1.0, 1000, Seeded(0))
    )
    single, single_losses = expect.parts(neuron.reply.value, "params", "losses")
    xs, ys, points = style.lattice((-1.0, 2.0), (-0.65, 1.65), 80)
    shown = {
        f"one neuron (3.1): loss {single_losses[-1]:.3f}": alone.forward_perceptron(
            points, *single
        ),
        f"hidden layer of 8: loss {losses[-1]:.3f}": student.forward_binary(points, params),
    }
    for ax, (name, probability) in zip(axes, shown.items(), strict=True):
        filled = style.plane(ax, xs, ys, probability)
        style.classes(ax, X, y, size=230)
        for corner, answer in zip(X, y[:, 0], strict=True):
            ax.text(*corner, f"{answer:.0f}", ha="center", va="center_baseline", zorder=4,
                    color="white" if answer else style.INK, fontweight="bold")  # fmt: skip
        ax.set_aspect("equal")
        style.label(ax, "first input", "", name)
    axes[0].set_ylabel("second input")
    fig.colorbar(filled, ax=axes, location="bottom", shrink=0.6, aspect=40, label=BACKGROUND)
    return fig


@picture
def hidden_units(student: Student, images: LoadImages) -> Figure:
    """Show the activations of single units of the trained network."""
    X, y, params, _ = _trained(student, "moons")
    W1, b1, W2, _ = params
    share = np.abs(W2[:, 0]) * np.std(np.maximum(X @ W1 + b1, 0), axis=0)
    chosen = np.argsort(share)[::-1][:6]
    fig, axes = style.figure(
        "Each hidden unit is flat on one side of its fold and rises on the other",
        columns=3, rows=2, sharex=True, sharey=True,
    )  # fmt: skip
    xs, ys, points = style.lattice((-1.6, 2.6), (-1.1, 1.6))
    for panel, (ax, unit) in enumerate(zip(axes, chosen, strict=False)):
        weights = [W1[:, [unit]], b1[[unit]], np.ones((1, 1)), np.zeros(1)]
        A = np.reshape(student.forward_binary(points, weights), (len(ys), len(xs)))
        rise = np.log(np.clip(A, 1e-9, 1 - 1e-9) / (1 - np.clip(A, 1e-9, 1 - 1e-9)))
        shades = ax.contourf(xs, ys, rise, levels=12, cmap=style.PLANE)
        shades.set_rasterized(True)  # as paths, six of these are half a megabyte
        style.classes(ax, X, y, size=5)
        ax.grid(False)
        ax.set_aspect("equal")
        favored = "class 1" if W2[unit, 0] > 0 else "class 0"
        style.label(
            ax,
            "first input" if panel > 2 else "",
            "second input" if panel % 3 == 0 else "",
            f"unit {unit + 1}, for {favored}",
        )
    fig.supxlabel("light: the unit is 0; the darker, the larger its activation", fontsize=9.5)
    return fig


@picture
def losses(student: Student, images: LoadImages) -> Figure:
    """Show the losses on both sets, and the limit of one neuron on XOR."""
    fig, ax = style.figure(
        "With a hidden layer, the loss on XOR falls below ln 2, the limit of 3.1"
    )
    for i, (kind, name) in enumerate([("XOR", "XOR, 8 units"), ("moons", "two moons, 16 units")]):
        losses = _trained(student, kind)[3]
        ax.plot(np.arange(1, len(losses) + 1), losses, label=name, **style.look(i))
    ax.axhline(np.log(2), color=style.FAINT, linestyle="-", linewidth=0.8, zorder=0)
    right = {"x": 0.99, "transform": ax.get_yaxis_transform(), "ha": "right"}
    ax.text(y=1.06 * np.log(2), s="ln 2: answering 0.5 to everything", fontsize=9.5, **right)
    ax.set(xscale="log", yscale="log")
    style.label(ax, "update (log scale)", "loss before the update (log scale)")
    ax.legend(loc="lower left")
    return fig


def _trained(student, kind):
    """Train on XOR or the moons, once for all pictures; return `(X, y, params, losses)`."""
    rng = np.random.default_rng(0)
    X, y = data.xor(rng) if kind == "XOR" else data.two_moons(rng, n=200)
    settings = {} if kind == "XOR" else {"hidden": 16, "lr": 0.5}
    train = student.train_binary.call
    call = student.shared(f"trained on {kind}", lambda: train(X, y, **settings, rng=Seeded(0)))
    params, losses = expect.parts(call.reply.value, "params", "losses")
    hidden = int(settings.get("hidden", 8))
    shapes = [(2, hidden), (hidden,), (hidden, 1), (1,)]
    return X, y, expect.arrays(params, shapes, ("W1", "b1", "W2", "b2")), expect.losses(losses)
