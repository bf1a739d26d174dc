"""Pictures of chapter 5.2: learned weights, learning rates, and the gain from small batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, earlier, picture, style
from .tiles import show_signed

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

UNITS, HIDDEN = 6, 32
RATES = (0.01, 0.1, 0.5, 3.0)
EPOCHS = 100
BATCH = 64


def _network(student):
    return student.NeuralNetwork.within(120).new(784, HIDDEN, 10, Seeded(0))


def _weights(W1):
    """The weights of each hidden unit as an image: (units, 28, 28)."""
    return expect.array(W1, (784, HIDDEN), what="`W1`").T.reshape(-1, 28, 28)


@picture
def weights_before_and_after(student: Student, images: LoadImages) -> Figure:
    """Show the first layer's weights as images, before and after training."""
    digits = digits_training.sample(images)
    y = gates.one_hot(digits.y_train)
    script = _network(student).get("W1").ask("train", digits.X_train, y, 150, 0.5).get("W1")
    before, _, after = script()
    before, after = _weights(before), _weights(after)
    change = after - before
    most = np.argsort(-np.abs(change).sum(axis=(1, 2)))[:UNITS]
    title = "The weights start as noise; training adds strokes to them"
    fig, axes = style.figure(title, columns=UNITS, rows=3)
    rows = [(before, "at the start"), (after, "after training"), (change, "the change")]
    for ax, (row, unit) in zip(axes, np.ndindex(3, UNITS), strict=True):
        values, name = rows[row]
        limit = np.quantile(np.abs(values[most]), 0.99)
        show_signed(ax, values[most[unit]], f"unit {most[unit]}" if row == 0 else None, limit)
        if unit == 0:
            ax.text(-0.12, 0.5, name, transform=ax.transAxes, ha="right", va="center")
    fig.supxlabel("white: ink here turns the unit on; black: off; gray: no effect", fontsize=9.5)
    return fig


@picture
def learning_rates(student: Student, images: LoadImages) -> Figure:
    """Show the loss per epoch for several learning rates, from the same start."""
    digits = digits_training.sample(images)
    y = gates.one_hot(digits.y_train)
    title = "A small learning rate crawls, a large one jumps, a very large one breaks the network"
    fig, ax = style.figure(title)
    for i, lr in enumerate(RATES):
        (losses,) = _network(student).ask("train", digits.X_train, y, EPOCHS, lr)()
        losses = expect.losses(losses, EPOCHS, what="the return value of `train`")
        ax.plot(range(1, EPOCHS + 1), losses, label=f"lr = {lr:g}", **style.look(i))
    digits_training.draw_guessing(ax, EPOCHS)
    ax.set(ylim=(0, 4), xlim=(0, EPOCHS))
    style.label(ax, "epoch (one step with all the digits)", "cross-entropy")
    ax.legend(loc="upper right", ncols=2)
    return fig


@picture
def full_batch_and_small_batches(student: Student, images: LoadImages) -> Figure:
    """Compare one step per epoch with all digits to many steps with a few of them."""
    digits = digits_training.sample(images)
    X, y = digits.X_train, gates.one_hot(digits.y_train)
    title = "A network that sees all the digits before each step learns far less per epoch"
    fig, (left, right) = style.figure(title, columns=2, width_ratios=(2, 1))
    epochs = 30
    train_mlp = earlier(student, "ch3_4_backpropagation").train_mlp.within(120)
    got = train_mlp(X, y, hidden=HIDDEN, lr=0.1, epochs=epochs, batch_size=BATCH, rng=Seeded(0))
    params, losses = expect.parts(got, "params", "losses")
    middle, small = digits_training.epoch_means(expect.losses(losses), epochs)
    full, labels = _network(student).ask("train", X, y, epochs, 0.1).ask("predict", digits.X_test)()
    full = expect.losses(full, epochs, what="the return value of `train`")
    steps = len(losses) // epochs
    names = ["full batch: 1 step per epoch", f"batches of {BATCH}: {steps} steps per epoch"]
    left.plot(range(epochs), full, label=names[0], **style.look(0))
    left.plot(middle, small, label=names[1], **style.look(1))
    digits_training.draw_guessing(left, epochs)
    left.set(ylim=(0, None))
    style.label(left, "epoch", "cross-entropy")
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.85))
    forward_mlp = earlier(student, "ch3_3_forward_mlp").forward_mlp
    _, A2 = expect.parts(forward_mlp(digits.X_test, *params), "A1", "A2")
    labels = expect.array(labels, digits.y_test.shape, what="the labels", dtype=None)
    shares = [
        100 * np.mean(labels == digits.y_test),
        digits_training.percent_right(A2, digits.y_test),
    ]
    bars = right.bar(["full\nbatch", f"batches\nof {BATCH}"], shares, color=style.COLORS[:2])
    right.bar_label(bars, fmt="%.0f %%")
    right.set(ylim=(0, 105))
    right.grid(False, axis="x")
    style.label(right, f"after {epochs} epochs, lr = 0.1", "right answers on test digits (%)")
    return fig
