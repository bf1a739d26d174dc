"""Pictures of chapter 4.4: dropout, and how it and the L2 penalty prevent overfitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, earlier, picture, style

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

UNITS = np.array([2.0, 1.0, 0.5])
DRAWS = 2000
EPOCHS = [20, 40, 80, 120]
EXAMPLES, WRONG = 300, 0.3  # how many digits, and the share whose label is drawn at random
NETWORK = {"hidden": (128, 64), "batch_size": 32}
VARIANTS = [
    ("neither", {"lambda_": 0.0, "p": 1.0}),
    ("L2 penalty", {"lambda_": 1e-2, "p": 1.0}),
    ("dropout", {"lambda_": 0.0, "p": 0.5}),
]


@picture
def dropout_by_draws(student: Student, images: LoadImages) -> Figure:
    """Show the effect of dropout on units in single draws and on average."""
    title = "Dropout sets units to 0 at random, but keeps their average"
    fig, (left, right) = style.figure(title, columns=2)
    A = np.ones((20, 20))
    _, mask = expect.parts(student.dropout(A, 0.8, Seeded(0)), "A_dropped", "mask")
    mask = expect.array(mask, A.shape, what="`mask`")
    shades = left.imshow(mask, cmap=style.INVERSE, vmin=0, vmax=2)
    left.grid(False)
    left.set(xticks=[], yticks=[])
    share = 100 * np.mean(mask == 0)
    style.label(left, "unit", "example", f"mask for p = 0.8: {share:.0f}% dropped")
    values = np.unique(mask).tolist()
    ticks = values if len(values) <= 3 else None
    fig.colorbar(shades, ax=left, location="bottom", shrink=0.7, ticks=ticks, label="factor")

    A = np.tile(UNITS, (DRAWS, 1))
    dropped, _ = expect.parts(student.dropout(A, 0.8, Seeded(1)), "A_dropped", "mask")
    draws = np.arange(1, DRAWS + 1)
    means = np.cumsum(expect.array(dropped, A.shape, what="`A_dropped`"), axis=0) / draws[:, None]
    for i, unit in enumerate(UNITS):
        right.axhline(unit, color=style.FAINT, linestyle="-", linewidth=1)
        right.plot(draws, means[:, i], **style.look(i))
        above = {"xytext": (0, 5), "textcoords": "offset points", "ha": "right"}
        right.annotate(f"a unit of {unit:g}", (DRAWS, unit), **above)
    right.set(xscale="log", ylim=(0, None))
    style.label(right, "draws", "mean of the unit after dropout", "thin line: without dropout")
    return fig


@picture
def wrong_labels(student: Student, images: LoadImages) -> Figure:
    """Train on partly wrong labels, with and without regularization."""
    title = "Without regularization, a network memorizes wrong labels; with it, it reads better"
    fig, (left, right) = style.figure(title, columns=2)
    digits, noisy, wrong = _noisy(images)
    X = digits.X_train[:EXAMPLES]
    for i, (name, settings) in enumerate(VARIANTS):
        memorized, read = [], []
        for epochs in EPOCHS:
            params = _train(student, X, noisy, epochs, settings)
            A = _predict(student, X[wrong], params)
            memorized.append(digits_training.percent_right(A, noisy[wrong]))
            A = _predict(student, digits.X_test, params)
            read.append(digits_training.percent_right(A, digits.y_test))
        look = style.look(i, marker=True)
        left.plot(EPOCHS, memorized, **look, label=name)
        right.plot(EPOCHS, read, **look, label=name)
    for ax in (left, right):
        ax.set(xticks=[0, *EPOCHS])
    style.label(left, "epochs of training", f"{wrong.sum()} wrong labels: memorized (%)")
    style.label(right, "epochs of training", f"{len(digits.X_test):,} test digits: right (%)")
    fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


@picture
def weights(student: Student, images: LoadImages) -> Figure:
    """Show the weights of the first layer after training with and without the penalty."""
    title = "The L2 penalty pulls the weights toward 0"
    fig, ax = style.figure(title)
    digits, noisy, _ = _noisy(images)
    edges = np.linspace(-0.25, 0.25, 81)
    middles = (edges[1:] + edges[:-1]) / 2
    for i, (_, settings) in enumerate(VARIANTS[:2]):
        params = _train(student, digits.X_train[:EXAMPLES], noisy, EPOCHS[-1], settings)
        W = expect.array(params[0], (784, 128), what="`W1`")
        shares = 100 * np.histogram(W, edges)[0] / W.size
        size = expect.number(student.l2_regularization(W, 1.0), what="the penalty")
        label = f"lambda = {settings['lambda_']:g}: the squares sum to {size:.0f}"
        ax.plot(middles, shares, **style.look(i), label=label)
    ax.set(ylim=(0, None))
    style.label(ax, "weight of the first layer", "share of the weights (%)")
    ax.legend(loc="upper right")
    return fig


def _noisy(images):
    """The data set, noisy labels for its first digits, and which of them are wrong."""
    digits, rng = digits_training.sample(images), np.random.default_rng(0)
    true = digits.y_train[:EXAMPLES]
    noisy = np.where(rng.random(EXAMPLES) < WRONG, rng.integers(0, 10, EXAMPLES), true)
    return digits, noisy, noisy != true


def _train(student, X, labels, epochs, settings):
    y, settings = gates.one_hot(labels), {**NETWORK, "epochs": epochs, **settings}
    call = student.shared(
        f"{epochs} epochs, {settings}",
        lambda: student.train_regularized_mlp.within(120).call(X, y, rng=Seeded(0), **settings),
    )
    params, _ = expect.parts(call.reply.value, "params", "losses")
    return expect.parts(params, "W1", "b1", "W2", "b2", "W3", "b3", what="`params`")


def _predict(student, X, params):
    forward_deep_mlp = earlier(student, "ch4_1_deep_mlp").forward_deep_mlp
    *_, A = expect.parts(forward_deep_mlp(X, list(params)), "A1", "A2", "A3")
    return expect.array(A, (len(X), 10), what="the predictions")
