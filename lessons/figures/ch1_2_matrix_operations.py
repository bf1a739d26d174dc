"""Pictures of lesson 1.2: row meets column, two orders of a product, a layer that reads."""

import numpy as np
from matplotlib.patches import Rectangle

from data import load
from grader.pictures.style import FAINT, INK, INVERSE, canvas, figure, label, look, note
from solutions import ch1_2_matrix_operations as solution

X = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 3.0], [2.0, 1.0]])  # orders: coffees, cakes
W = np.array([[2.0, 3.0, 4.0], [5.0, 4.0, 2.0]])  # prices in three cafés
ROW, COLUMN = 2, 1


def row_meets_column():
    """The product as cells, with W above and X to the left, and as a network of two layers."""
    fig = canvas("Row i of X and column j of W make entry (i, j): output j of example i")
    cells, net = fig.subplots(1, 2, width_ratios=[1.1, 1])
    for ax in (cells, net):
        ax.axis("off")
        ax.set_aspect("equal")
    cells.set(xlim=(-1.0, 6.4), ylim=(7.8, -0.9))
    _cells(cells, 0, 3, X, rows=[ROW])
    _cells(cells, 3, 0, W, columns=[COLUMN])
    _cells(cells, 3, 3, solution.matrix_multiply(X, W), rows=[ROW], columns=[COLUMN], both=True)
    cells.text(1, 2.6, "X  (4, 2)", ha="center", fontsize=10.5)
    cells.text(4.5, -0.35, "W  (2, 3)", ha="center", fontsize=10.5)
    cells.text(4.5, 7.5, "X W  (4, 3)", ha="center", fontsize=10.5)
    a, b = X[ROW]
    c, d = W[:, COLUMN]
    cells.text(-0.7, 1.25, f"{a:g}·{c:g} + {b:g}·{d:g} = {a * c + b * d:g}", fontsize=10.5,
               color=look(1)["color"], fontweight="bold")  # fmt: skip

    net.set(xlim=(-0.6, 4.6), ylim=(4.4, -0.9))
    inputs, outputs = [(0.4, 0.8), (0.4, 2.8)], [(3.6, 0), (3.6, 1.8), (3.6, 3.6)]
    for k, (x, y) in enumerate(inputs):
        for j, (u, v) in enumerate(outputs):
            hot = j == COLUMN
            net.plot([x, u], [y, v], color=look(1)["color"] if hot else FAINT, linestyle="-",
                     linewidth=2.2 if hot else 1, zorder=1)  # fmt: skip
            t = 0.22
            net.text(x + t * (u - x), y + t * (v - y), f"{W[k, j]:g}", fontsize=9.5, zorder=3,
                     ha="center", va="center", color=look(1)["color"] if hot else INK,
                     bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    for (x, y), value in zip(inputs, X[ROW], strict=True):
        _node(net, x, y, value, INK)
    for j, ((x, y), value) in enumerate(zip(outputs, X[ROW] @ W, strict=True)):
        _node(net, x, y, value, look(1)["color"] if j == COLUMN else INK)
    net.text(0.4, -0.75, "one row of X", ha="center", fontsize=10.5)
    net.text(3.6, -0.75, "one row of X W", ha="center", fontsize=10.5)
    return fig


def _node(ax, x, y, value, color):
    """A unit of the network with its value."""
    ax.plot(x, y, "o", markersize=27, markerfacecolor="white", markeredgecolor=color, zorder=2,
            markeredgewidth=1.6)  # fmt: skip
    ax.text(x, y, f"{value:g}", ha="center", va="center", fontsize=11, color=color, zorder=3)


def _cells(ax, x, y, values, rows=(), columns=(), both=False):
    """`values` as cells from (x, y); chosen rows or columns (or the entries in both) are grey."""
    for i, j in np.ndindex(values.shape):
        hot = (i in rows and j in columns) if both else (i in rows or j in columns)
        color = look(1)["color"] if hot else INK
        ax.add_patch(Rectangle((x + j, y + i), 1, 1, facecolor="#e4e4e4" if hot else "white",
                               edgecolor=color, linewidth=1.8 if hot else 0.9,
                               zorder=2 + hot))  # fmt: skip
        ax.text(x + j + 0.5, y + i + 0.53, f"{values[i, j]:g}", ha="center", va="center",
                fontsize=10.5, color=color, zorder=4)  # fmt: skip


def two_orders():
    """Multiplications for two layers one after the other, and with their product, per batch."""
    d, h, k = 784, 256, 10
    n = np.geomspace(1, 10000, 200)
    one_by_one, merged = n * (d * h + h * k), d * h * k + n * d * k
    meeting = d * h * k / (d * h + h * k - d * k)
    fig, ax = figure("The same product in two orders: equal answers, unequal work")
    ax.loglog(n, one_by_one, label="(X W1) W2", **look(0))
    ax.loglog(n, merged, label="X (W1 W2)", **look(1))
    y = meeting * (d * h + h * k)
    ax.plot(meeting, y, "o", color=look(3)["color"], markeredgecolor=INK, zorder=4)
    note(ax, f"equal at {meeting:.1f} images", (meeting, y), (15, 4e5))
    label(ax, "images in the batch, n", "multiplications")
    ax.legend(loc="upper left")
    return fig


def layer_that_reads():
    """The ten columns of weights as images, and the ten outputs for one test image."""
    digits = load("digits")
    means = np.array([digits.X_train[digits.y_train == c].mean(axis=0) for c in range(10)])
    b = -0.5 * (means**2).sum(axis=1)
    which = 6
    x = digits.X_test[which : which + 1]
    Z = solution.linear(x, means.T, b)[0]
    fig = canvas("Ten averages as weights of a layer: the largest output names the digit")
    left, right = fig.subfigures(1, 2, width_ratios=[1.25, 1])
    axes = left.subplots(3, 4).ravel()
    for c, ax in enumerate(axes):
        if c < 10:
            ax.imshow(means[c].reshape(28, 28), cmap=INVERSE)
            ax.set_title(f"column {c}", fontsize=9)
        elif c == 11:
            ax.imshow(x.reshape(28, 28), cmap=INVERSE)
            ax.set_title("a test image", fontsize=9, color=look(1)["color"])
        if c == 10:
            ax.axis("off")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(False)
    ax = right.subplots()
    colors = [look(1)["color"] if c == Z.argmax() else "#8fa9c4" for c in range(10)]
    ax.barh(range(10), Z, color=colors)
    ax.set_yticks(range(10))
    ax.invert_yaxis()
    ax.axvline(0, color=INK, linewidth=0.8, linestyle="-")
    label(ax, "output z", "output unit", f"the test image: {Z.argmax()} wins")
    return fig
