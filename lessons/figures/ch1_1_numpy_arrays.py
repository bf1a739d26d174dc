"""Pictures of lesson 1.1: an image as numbers, broadcasting as cells, round and narrow losses."""

import numpy as np
from matplotlib.patches import Rectangle

from data import load
from grader.pictures.style import FAINT, INK, INVERSE, canvas, figure, label, look
from solutions import ch1_1_numpy_arrays as solution


def image_as_numbers():
    """A handwritten digit, and the 36 numbers of a part of it."""
    image = load("digits").X_train[3].reshape(28, 28)
    top, left, size = 10, 12, 6
    crop = image[top : top + size, left : left + size]
    fig, (whole, part) = figure("To a network, an image is a block of numbers", columns=2)
    for ax, pixels in ((whole, image), (part, crop)):
        ax.imshow(pixels, cmap=INVERSE, vmin=0, vmax=1, interpolation="nearest")
        ax.grid(False)
    whole.add_patch(
        Rectangle((left - 0.5, top - 0.5), size, size, fill=False, edgecolor=look(1)["color"], lw=2)
    )
    for row, column in np.ndindex(crop.shape):
        value = crop[row, column]
        color = "white" if value > 0.5 else INK
        part.text(column, row, f"{value:.2f}", ha="center", va="center", color=color, fontsize=10)
    part.set_xticks(range(size), range(left, left + size))
    part.set_yticks(range(size), range(top, top + size))
    label(whole, "column", "row", "the array, shape (28, 28)")
    label(part, "column", "row", "the framed part, shape (6, 6)")
    return fig


def broadcasting():
    """Three pairs of shapes as cells: a row stretched, a row and a column stretched, a misfit."""
    fig = canvas("Broadcasting repeats an axis of length 1 until the shapes agree")
    axes = fig.subplots(3, 1, height_ratios=[1, 1, 1])
    column, row = np.array([[10], [20], [30]]), np.array([[1, 2, 3, 4]])
    block = column + np.zeros((1, 4), int)
    cases = [
        (block, row, "(3, 4)", "(4,)", "a row serves every row"),
        (column, row, "(3, 1)", "(4,)", "both are repeated"),
        (block, np.array([[1, 2, 3]]), "(3, 4)", "(3,)", "4 against 3: an error"),
    ]
    for ax, (a, b, shape_a, shape_b, what) in zip(axes, cases, strict=True):
        ax.set(xlim=(-7.6, 16.6), ylim=(4.0, -0.25))
        ax.set_aspect("equal")
        ax.axis("off")
        ax.text(-7.5, 1.5, what, va="center", fontsize=10.5, color=INK)
        fits = b.shape[1] == a.shape[1] or a.shape[1] == 1
        _cells(ax, 0, a, stretched=(3, 4) if fits else a.shape)
        ax.text(2, 3.6, shape_a, ha="center", va="center", fontsize=9.5)
        ax.text(5.1, 1.5, "+", ha="center", va="center", fontsize=14)
        _cells(ax, 6.2, b, stretched=(3, 4) if fits else b.shape)
        ax.text(6.2 + (2 if fits else 1.5), 3.6, shape_b, ha="center", va="center", fontsize=9.5)
        ax.text(11.3, 1.5, "=", ha="center", va="center", fontsize=14)
        if fits:
            _cells(ax, 12.4, a + b, stretched=(3, 4))
            ax.text(14.4, 3.6, "(3, 4)", ha="center", va="center", fontsize=9.5)
        else:
            ax.text(
                12.4, 1.5, "ValueError", va="center", fontsize=11.5, color=look(1)["color"],
                fontweight="bold",
            )  # fmt: skip
    return fig


def _cells(ax, x, values, stretched):
    """`values` as framed cells from `x`; the copies that make them `stretched` dashed and grey."""
    rows, columns = stretched
    for i, j in np.ndindex(rows, columns):
        real = i < values.shape[0] and j < values.shape[1]
        value = values[min(i, values.shape[0] - 1), min(j, values.shape[1] - 1)]
        ax.add_patch(
            Rectangle(
                (x + j, i), 1, 1, facecolor="#e4e4e4" if real else "white", linewidth=1,
                edgecolor=INK if real else FAINT, linestyle="-" if real else ":", zorder=2 + real,
            )
        )  # fmt: skip
        ax.text(
            x + j + 0.5, i + 0.52, str(value), ha="center", va="center", fontsize=9,
            color=INK if real else FAINT, zorder=4,
        )  # fmt: skip


def one_mean_or_many():
    """A table, its column means repeated for every row, and the table in units of its columns."""
    X = np.array([[1, 30, 50], [2, 50, 5], [3, 80, 91], [6, 160, 14]])
    Z = np.column_stack([solution.normalize(column) for column in X.T])
    means = X.mean(axis=0, keepdims=True).astype(int)
    fig = canvas("Means over axis 0 serve every row: each column is measured with its own")
    ax = fig.subplots()
    ax.set(xlim=(-0.2, 12.4), ylim=(5.2, -1.2))
    ax.set_aspect("equal")
    ax.axis("off")
    tables = [(X, "X, shape (4, 3)"), (means, "means, shape (3,)"), (Z.round(1), "normalized")]
    for i, (values, name) in enumerate(tables):
        x = 4.6 * i
        _cells(ax, x, values, stretched=(4, 3))
        ax.text(x + 1.5, 4.6, name, ha="center", va="center", fontsize=10)
    for j, name in enumerate(["rooms", "m²", "years"]):
        ax.text(j + 0.5, -0.4, name, ha="center", va="center", fontsize=9.5)
    ax.text(3.8, 2, "\N{MINUS SIGN}", ha="center", va="center", fontsize=14)
    ax.text(8.4, 2, "→", ha="center", va="center", fontsize=14)
    return fig


def two_features(seed=0, n=200):
    """`(X, y)`: two independent features with means 0 and spreads 1 and 4, and a linear target."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)) * [1.0, 4.0]
    X -= X.mean(axis=0)
    return X, X @ np.array([1.0, 1.0]) + rng.normal(scale=0.3, size=n)


def descent(X, y, start, steps):
    """The weights on the way down, with the best fixed learning rate, (steps + 1, 2)."""
    H = X.T @ X / len(X)
    curvature = np.linalg.eigvalsh(H)
    path = [np.array(start)]
    for _ in range(steps):
        slope = 2 * X.T @ (X @ path[-1] - y) / len(X)
        path.append(path[-1] - slope / (curvature[0] + curvature[-1]))
    return np.array(path)


def round_and_stretched():
    """The loss of two weights as contours, before and after normalizing, with the way down."""
    X, y = two_features()
    Z = np.column_stack([solution.normalize(column) for column in X.T])
    fig, axes = figure("Normalized inputs turn a narrow valley into a round bowl", columns=2)
    names = ["raw: spreads 1 and 4", "normalized: spreads 1 and 1"]
    for ax, inputs, name in zip(axes, (X, Z), names, strict=True):
        best = np.linalg.lstsq(inputs, y, rcond=None)[0]
        start = best + np.array([-2.6, 1.1])
        path = descent(inputs, y, start, 25)
        u = np.linspace(best[0] - 3.2, best[0] + 3.2, 121)
        v = np.linspace(best[1] - 2.6, best[1] + 2.6, 121)
        grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
        loss = ((inputs @ grid.T - y[:, None]) ** 2).mean(axis=0).reshape(121, 121)
        levels = loss.min() + np.array([0.15, 0.7, 1.8, 4, 8, 15, 25, 40])
        ax.contour(u, v, loss, levels=levels, colors=FAINT, linewidths=0.9, linestyles="-")
        ax.plot(*path.T, **(look(1) | {"linestyle": "-", "linewidth": 1.4}), marker="o",
                markersize=3.5, label="25 steps downhill")  # fmt: skip
        ax.plot(*best, "*", color=look(0)["color"], markersize=13, label="lowest loss", zorder=5)
        ax.set_aspect("equal")
        ax.grid(False)
        label(ax, "weight of feature 1", "weight of feature 2", name)
    axes[0].legend(loc="lower right")
    return fig
