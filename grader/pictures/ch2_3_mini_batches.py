"""Pictures of chapter 2.3: the effect of the batch size on the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter

import data

from ..boundary.arguments import Seeded
from . import inside, picture
from .style import COLORS, figure, label, look

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

SIZES = (1, 4, 16, 64, 256)
BATCHES = 100  # of each size


@picture
def updates(student: Student, images: LoadImages) -> Figure:
    X, y = data.two_moons(np.random.default_rng(0))
    loss_fn = inside(student).logistic_loss
    start = [np.zeros((2, 1)), np.zeros(1)]
    sizes = {"all 400 at once": None, "batches of 32": 32, "batches of 4": 4}
    epochs = 4
    fig, axes = figure(
        "Smaller batches lower the loss in fewer epochs, but with more noise",
        columns=3,
        sharex=True,
        sharey=True,
    )
    for ax, (name, size) in zip(axes, sizes.items(), strict=True):
        _, losses = student.gradient_descent.within(60)(
            X, y, start, 0.1, loss_fn, batch_size=size, epochs=epochs, rng=Seeded(0)
        )
        seen = np.arange(len(losses)) * epochs / len(losses)
        ax.plot(seen, losses, "o", color=COLORS[0], markersize=3.5, alpha=0.45,
                markeredgewidth=0, label="each update")  # fmt: skip
        means = np.reshape(losses, (epochs, -1)).mean(axis=1)
        ax.plot(np.arange(epochs) + 0.5, means, **look(1, marker=True), label="mean of an epoch")
        label(ax, "epoch", "", f"{name}: {len(losses)} updates")
    axes[0].set_ylabel("loss of the batch, before the update")
    axes[0].set_ylim(bottom=0)
    axes[0].legend(loc="lower left")
    return fig


@picture
def noise(student: Student, images: LoadImages) -> Figure:
    X, y = data.two_moons(np.random.default_rng(0), n=BATCHES * max(SIZES))
    params = [np.array([[1.0], [-2.0]]), np.zeros(1)]
    whole = student.logistic_loss(X, y, params)[0]
    losses = [_batch_losses(student, X, y, params, size) for size in SIZES]
    spreads = [np.sqrt(np.mean((sample - whole) ** 2)) for sample in losses]
    fig, (left, right) = figure(
        "Four times as many examples in a batch halve the noise of its loss", columns=2
    )
    for size, sample in zip(SIZES, losses, strict=True):
        jitter = size * np.linspace(0.85, 1.18, len(sample))
        left.plot(jitter, sample, "o", markersize=3.5, alpha=0.45, color=COLORS[0],
                  markeredgewidth=0)  # fmt: skip
    left.axhline(whole, **look(1), label="loss of all examples")
    label(left, "batch size (log scale)", "loss of one batch",
          f"{BATCHES} batches of each size, one dot each")  # fmt: skip
    right.plot(SIZES, spreads, label="measured", **look(0, marker=True))
    expected = spreads[0] / np.sqrt(SIZES)
    right.plot(SIZES, expected, label="divided by the root of the size", **look(1))
    right.set_yscale("log", base=2)
    right.yaxis.set_major_formatter(FuncFormatter("{:.3g}".format))
    label(right, "batch size (log scale)", "root mean square distance (log scale)",
          "distance from the loss of all examples")  # fmt: skip
    for ax in (left, right):
        ax.set_xscale("log", base=2)
        ax.set_xticks(SIZES, [str(size) for size in SIZES])
        ax.legend(loc="upper right")
    return fig


def _batch_losses(student, X, y, params, size):
    """The loss of each of `BATCHES` batches."""
    count = BATCHES * size
    batches = list(student.minibatches(X[:count], y[:count], size, Seeded(1)))
    return np.array([student.logistic_loss(*batch, params)[0] for batch in batches])
