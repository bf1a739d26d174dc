"""Figures of lesson 3.1: lines between four corners, and two shapes of a loss."""

import numpy as np

from grader.pictures.style import FAINT, HEAT, INK, classes, figure, label, look
from solutions.ch3_1_perceptron import forward_perceptron, train_perceptron

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def crossing():
    """The border and weight vector of AND, and the crossing diagonals of XOR."""
    fig, (left, right) = figure(
        "AND leaves room for a line; in XOR both classes share one center",
        columns=2, sharey=True,
    )  # fmt: skip
    fig.set_size_inches(8, 4.8)
    for ax, y, name in [(left, [0, 0, 0, 1], "AND"), (right, [0, 1, 1, 0], "XOR")]:
        classes(ax, CORNERS, np.array(y), names=("answer 0", "answer 1"), size=170)
        label(ax, "first input", "", name)
        ax.set_xlim(-0.35, 1.55)
        ax.set_ylim(-0.35, 1.55)
        ax.set_aspect("equal")
        ax.set_xticks([0, 1])
        ax.set_yticks([0, 1])
        ax.grid(False)
    left.set_ylabel("second input")
    line = np.array([-0.3, 1.5])
    left.plot(line, 1.5 - line, color=INK, linestyle="-", linewidth=2)
    left.annotate("", (1.1, 1.1), (0.75, 0.75),
                  arrowprops={"arrowstyle": "-|>", "color": look(1)["color"], "linewidth": 2})  # fmt: skip
    left.text(1.12, 1.13, "w", fontsize=12, color=look(1)["color"], fontweight="bold")
    left.text(1.2, 0.6, "z > 0", fontsize=10.5)
    left.text(0.4, 0.45, "z < 0", fontsize=10.5)
    left.text(0.06, 1.37, "z = 0", fontsize=10.5, ha="right", va="center")
    right.plot([0, 1], [0, 1], **look(3) | {"linewidth": 2.5})
    right.plot([0, 1], [1, 0], **look(0) | {"linewidth": 2.5})
    right.plot(0.5, 0.5, "*", color=look(1)["color"], markersize=18, markeredgecolor=INK, zorder=5)
    right.annotate("center of the 0s and of the 1s", (0.5, 0.5), (0.6, -0.22), fontsize=9.5,
                   ha="center", arrowprops={"arrowstyle": "-", "color": FAINT, "shrinkB": 8})  # fmt: skip
    right.legend(loc="upper right", ncols=2)
    return fig


def surfaces():
    """The loss over a common weight and the bias: a bowl for XOR, a slope without end for AND."""
    fig, axes = figure(
        "XOR is a bowl with its bottom at zero; AND goes downhill forever",
        columns=2, sharey=True,
    )  # fmt: skip
    ws, bs = np.linspace(-6, 14, 56), np.linspace(-18, 8, 57)
    grid_w, grid_b = np.meshgrid(ws, bs)
    Z = CORNERS.sum(axis=1)[:, None] * grid_w.ravel() + grid_b.ravel()
    for ax, rule, name in [(axes[0], [0, 1, 1, 0], "XOR"), (axes[1], [0, 0, 0, 1], "AND")]:
        y = np.array(rule, float)[:, None]
        losses = np.mean(np.logaddexp(0, Z) - y * Z, axis=0).reshape(grid_w.shape)
        levels = [0.02, 0.1, 0.3, 0.7, 1, 1.5, 2, 3, 4, 6, 8]
        filled = ax.contourf(ws, bs, losses, levels=[0, *levels, 20], cmap=f"{HEAT}_r")
        lines = ax.contour(ws, bs, losses, levels=levels, colors=INK, linewidths=0.5)
        ax.clabel(lines, levels=[0.1, 0.7, 2, 4, 8], fontsize=9, fmt="%g")
        label(ax, "weight, the same for both inputs", "", name)
        ax.grid(False)
    axes[0].set_ylabel("bias")
    axes[0].plot(0, 0, "*", color=look(3)["color"], markersize=17, markeredgecolor=INK)
    axes[0].annotate("ln 2", (0, 0), (-4.6, 4.3), fontsize=10,
                     arrowprops={"arrowstyle": "-", "color": INK})  # fmt: skip
    w = np.array([0, 12])
    axes[1].plot(w, -1.5 * w, **look(1))
    fig.colorbar(filled, ax=axes, label="loss", ticks=[0, 0.1, 0.7, 2, 4, 8], format="%g")
    return fig


def sixteen():
    """All 16 rules of two inputs, with the border that a trained neuron finds."""
    fig, axes = figure("Fourteen of the sixteen rules of two inputs have a border line",
                       columns=8, rows=2)  # fmt: skip
    ends = np.array([-2.0, 3.0])
    for number, ax in enumerate(axes):
        y = np.array([[number >> 3 & 1], [number >> 2 & 1], [number >> 1 & 1], [number & 1]], float)
        (W, b), _ = train_perceptron(CORNERS, y, 2.0, 300, np.random.default_rng(0))
        A = forward_perceptron(CORNERS, W, b)
        learned = bool(((A > 0.5) == (y > 0.5)).all())
        classes(ax, CORNERS, y, size=45)
        if learned and abs(W).max() > 0.1 and 0 < y.sum() < 4:
            if abs(W[1, 0]) > 0.1:
                ax.plot(ends, -(W[0, 0] * ends + b[0]) / W[1, 0], **look(1) | {"linestyle": "-"})
            else:
                ax.axvline(-b[0] / W[0, 0], **look(1) | {"linestyle": "-"})
        names = {1: "AND", 7: "OR", 6: "XOR", 9: "XNOR", 14: "NAND", 8: "NOR"}
        ax.set_title(names.get(number, ""), loc="center", fontsize=10)
        if not learned:
            ax.text(0.5, 0.5, "?", ha="center", va="center", fontsize=18, fontweight="bold",
                    color=look(1)["color"])  # fmt: skip
        ax.set_xlim(-0.45, 1.45)
        ax.set_ylim(-0.45, 1.45)
        ax.set_aspect("equal")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(False)
        ax.spines[:].set_visible(True)
    fig.set_size_inches(8, 3)
    return fig
