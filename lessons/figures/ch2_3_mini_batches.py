"""Figures of lesson 2.3: the noise of a batch's gradient, the order of the data, the weights."""

import numpy as np
from matplotlib.ticker import FuncFormatter

from data import load
from grader.pictures.style import FAINT, figure, label, look
from grader.pictures.tiles import show_image, show_signed
from solutions.ch1_3_activation_basics import sigmoid
from solutions.ch2_3_mini_batches import gradient_descent, logistic_loss

SIZES = (1, 4, 16, 64, 256)
SAMPLES = 100  # batches of each size


def _zeros_and_ones():
    """The training digits 0 and 1: X (302, 784), y (302, 1)."""
    digits = load("digits")
    chosen = digits.y_train < 2
    return digits.X_train[chosen].astype(float), digits.y_train[chosen][:, None].astype(float)


def _start():
    return [np.zeros((784, 1)), np.zeros(1)]


def gradient_noise():
    """Direction and distance of batch gradients from the gradient of all the data."""
    X, y = _zeros_and_ones()
    params, _ = gradient_descent(X, y, _start(), 0.1, logistic_loss, None, epochs=1)
    each = X * (sigmoid(X @ params[0] + params[1]) - y)  # one gradient per example
    whole = logistic_loss(X, y, params)[1][0][:, 0]
    n, sigma = len(X), np.sqrt(np.mean(np.sum((each - whole) ** 2, axis=1)))
    rng = np.random.default_rng(0)
    fig, (left, right) = figure(
        "Even a small batch points roughly the right way, and its error falls with the root "
        "of its size",
        columns=2,
    )  # fmt: skip
    spreads = []
    for size in SIZES:
        batches = [each[rng.choice(n, size, replace=False)].mean(axis=0) for _ in range(SAMPLES)]
        batches = np.array(batches)
        norms = np.linalg.norm(batches, axis=1) * np.linalg.norm(whole)
        left.plot(size * np.linspace(0.83, 1.2, SAMPLES), batches @ whole / norms, "o",
                  markersize=3.5, alpha=0.45, markeredgewidth=0, color=look(0)["color"])  # fmt: skip
        spreads.append(np.sqrt(np.mean(np.sum((batches - whole) ** 2, axis=1))))
    left.axhline(0, color=FAINT, linestyle="-", linewidth=1)
    left.text(256, -0.06, "below: uphill", fontsize=9.5, ha="right", va="top")
    m = np.geomspace(1, 300, 100)
    right.plot(SIZES, spreads, label="measured", **look(0, marker=True) | {"linestyle": "none"})
    right.plot(m, sigma / np.sqrt(m), label="σ / √m", **look(1))
    right.plot(m, sigma * np.sqrt((n - m) / (n - 1) / m), label="without repeats", **look(2))
    right.set_yscale("log", base=2)
    right.yaxis.set_major_formatter(FuncFormatter("{:.3g}".format))
    label(left, "batch size m (log scale)", "cosine of the angle to the full gradient",
          f"direction: {SAMPLES} batches of each size")  # fmt: skip
    label(right, "batch size m (log scale)", "root mean square distance (log scale)",
          "distance from the full gradient")  # fmt: skip
    for ax in (left, right):
        ax.set_xscale("log", base=2)
        ax.set_xticks(SIZES, [str(size) for size in SIZES])
    right.legend(loc="lower left")
    return fig


def order():
    """Loss of all the data after each update, with sorted and with shuffled examples."""
    X, y = _zeros_and_ones()
    fig, ax = figure("Sorted data drives the loss up until the other class appears")
    for i, name in enumerate(["sorted: all zeros, then all ones", "shuffled in every epoch"]):
        params, rng, losses = _start(), np.random.default_rng(0), []
        for _ in range(4):
            order = rng.permutation(len(X)) if i else np.argsort(y[:, 0], kind="stable")
            for batch in np.array_split(order, 10):
                losses.append(logistic_loss(X, y, params)[0])
                params, _ = gradient_descent(X[batch], y[batch], params, 0.1, logistic_loss, None)
        style = look(1 - i, marker=True) | {"markersize": 4.5}
        ax.plot(np.arange(len(losses)) / 10, losses, label=name, **style)
    ax.axhline(np.log(2), color=FAINT, linestyle="-", linewidth=0.9, zorder=0)
    ax.text(3.9, np.log(2) + 0.03, "ln 2: guessing", ha="right", fontsize=9.5)
    label(ax, "epochs of 10 batches", "loss of all 302 digits")
    ax.set_ylim(0, 2)
    ax.legend(loc="upper right")
    return fig


def weights():
    """A zero, a one and the weights of the trained logistic regression as an image."""
    X, y = _zeros_and_ones()
    params, _ = gradient_descent(
        X, y, _start(), 0.1, logistic_loss, 32, epochs=5, rng=np.random.default_rng(0)
    )
    fig, axes = figure("The weights are a picture of the difference between a 0 and a 1", columns=3)
    fig.set_size_inches(8, 3.3)
    show_image(axes[0], X[y[:, 0] == 0][0].reshape(28, 28), "a 0")
    show_image(axes[1], X[y[:, 0] == 1][0].reshape(28, 28), "a 1")
    shades = show_signed(axes[2], params[0].reshape(28, 28), "weights after 5 epochs")
    fig.colorbar(shades, ax=axes, location="right", shrink=0.85, label="weight of the pixel")
    return fig
