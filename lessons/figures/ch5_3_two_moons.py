"""Figures for the lesson on hidden units as folds of the plane."""

import numpy as np

from data import two_moons
from grader.pictures import style
from solutions.ch5_3_two_moons import forward_binary, train_binary

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ANSWERS = np.array([0, 1, 1, 0])


def paper_fold():
    """XOR on a sheet of paper, and the same sheet after one fold."""
    title = "Fold the sheet once, and equal answers lie on top of each other"
    fig, (left, right) = style.figure(title, columns=2)
    _corners(left, CORNERS)
    left.plot([-0.4, 1.4], [1.4, -0.4], color=style.look(1)["color"], linestyle="--")
    left.text(1.0, 0.27, "fold", color=style.look(1)["color"], fontsize=10, rotation=-45)
    left.annotate(
        "", (0.93, 0.93), (0.07, 0.07), arrowprops={"arrowstyle": "<->", "color": style.FAINT}
    )
    left.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1])
    left.set_aspect("equal")
    style.label(left, "first input", "second input", "flat")
    along = (CORNERS[:, 0] - CORNERS[:, 1]) / np.sqrt(2)
    away = np.abs(CORNERS.sum(axis=1) - 1) / np.sqrt(2)
    _corners(right, np.column_stack([along, away]))
    right.axhline(0, color=style.look(1)["color"], linestyle="--")
    right.text(-0.1, -0.07, "fold", color=style.look(1)["color"], fontsize=10)
    right.axhline(0.35, color=style.INK, linestyle="-")
    right.text(-0.95, 0.38, "one straight cut", fontsize=10)
    right.text(0.12, np.sqrt(0.5), "two corners in one place", va="center", fontsize=9)
    right.set(xlim=(-1, 1.15), ylim=(-0.25, 1.0))
    style.label(right, "place along the fold", "distance from the fold", "folded")
    return fig


def _corners(ax, points):
    for point, answer in zip(points, ANSWERS, strict=True):
        color, marker = (style.look(0)["color"], "s") if answer else (style.look(3)["color"], "o")
        ax.scatter(*point, s=240, c=color, marker=marker, edgecolors=style.INK, zorder=3)
        ax.text(*point, str(answer), ha="center", va="center_baseline", zorder=4,
                color="white" if answer else style.INK, fontweight="bold")  # fmt: skip


def bends():
    """The border between the moons for 1, 2, 3 and 8 hidden units."""
    X, y = two_moons(np.random.default_rng(0), n=200)
    fig, axes = style.figure(
        "Every hidden unit gives the border one more place to bend",
        columns=2, rows=2, sharex=True, sharey=True,
    )  # fmt: skip
    xs, ys, points = style.lattice((-1.6, 2.6), (-1.1, 1.6), 40)
    for place, (ax, units) in enumerate(zip(axes, (1, 2, 3, 8), strict=True)):
        rng = np.random.default_rng(0 if units in (1, 8) else 1)
        params, losses = train_binary(X, y, hidden=units, lr=0.5, rng=rng)
        shades = style.plane(ax, xs, ys, forward_binary(points, params))
        shades.set_rasterized(True)  # as paths, four of these are 150 kB
        style.classes(ax, X[::3], y[::3], size=9)
        name = f"{units} hidden unit{'s' * (units > 1)}: loss {losses[-1]:.3f}"
        style.label(ax, "first input" if place > 1 else "", "", name)
    fig.supylabel("second input", fontsize=10)
    return fig


def regions():
    """The pieces into which the folds cut the plane, and the border through them."""
    X, y = two_moons(np.random.default_rng(0), n=200)
    params, _ = train_binary(X, y, hidden=8, lr=0.5, rng=np.random.default_rng(0))
    xs, ys, points = style.lattice((-1.6, 2.6), (-1.1, 1.6), 240)
    on = points @ params[0] + params[1] > 0
    counts = on.sum(axis=1).reshape(len(ys), len(xs))
    seen = len(np.unique(on, axis=0))
    title = f"8 folds cut this part of the plane into {seen} pieces; in each the border is straight"
    fig, ax = style.figure(title)
    extent = (xs[0], xs[-1], ys[0], ys[-1])
    shades = ax.imshow(counts, origin="lower", extent=extent, cmap="Greys", vmin=0, vmax=12,
                       interpolation="nearest", aspect="auto")  # fmt: skip
    P = forward_binary(points, params).reshape(len(ys), len(xs))
    ax.contour(xs, ys, P, levels=[0.5], colors=style.look(1)["color"], linewidths=2.5)
    style.classes(ax, X, y, size=14)
    ax.plot([], [], color=style.look(1)["color"], linestyle="-", label="probability 0.5")
    ax.grid(False)
    style.label(ax, "first input", "second input")
    ax.legend(loc="upper right")
    bar = fig.colorbar(shades, ax=ax, label="number of units that are on")
    bar.ax.set_ylim(counts.min(), counts.max())
    return fig
