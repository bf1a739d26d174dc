"""Pictures of chapter 4.5: momentum in a narrow valley, and the capstone's predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, picture, style, valley
from .tiles import show_image

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages


@picture
def narrow_valley(student: Student, images: LoadImages) -> Figure:
    """Show the way down a narrow valley, with and without momentum."""
    title = "In a narrow valley, momentum gets much further in the same number of steps"
    update = student.momentum_update
    ways = {
        name: valley.momentum(update, mu, 0.05)
        for name, mu in (("plain descent", 0.0), ("momentum 0.8", 0.8))
    }
    return valley.ways_down(title, ways, reach=2.2)


@picture
def capstone_losses(student: Student, images: LoadImages) -> Figure:
    """Show the losses of the capstone's training."""
    fig, ax = style.figure("The capstone's loss falls fast at first, then more and more slowly")
    losses, _, _ = _capstone(student, images)
    updates = np.arange(1, len(losses) + 1)
    ax.plot(updates, losses, color=style.FAINT, linestyle="-", linewidth=0.6, label="each")
    parts = min(40, len(losses))
    middles = [part.mean() for part in np.array_split(updates, parts)]
    means = [part.mean() for part in np.array_split(losses, parts)]
    label = f"mean of {len(losses) // parts}"
    ax.plot(middles, means, color=style.INK, linestyle="-", marker="o", markersize=4, label=label)
    ax.set(yscale="log")
    style.label(ax, "entry of `losses`", "loss")
    ax.legend(loc="upper right")
    return fig


@picture
def confusion(student: Student, images: LoadImages) -> Figure:
    """Show the confusion matrix of the capstone on the test digits."""
    _, A, digits = _capstone(student, images)
    right = expect.number(student.accuracy(A, digits.y_test), what="the accuracy")
    got = student.confusion_matrix(A.argmax(axis=1), digits.y_test, 10)
    counts = expect.array(got, (10, 10), dtype=None, what="the confusion matrix")
    title = "Correct answers are on the diagonal; off it, one digit is mistaken for another"
    fig, ax = style.figure(title)
    wrong = np.where(np.eye(10, dtype=bool), 0, counts)
    shades = ax.imshow(wrong, cmap=style.INVERSE, vmin=0, vmax=max(1, wrong.max()), aspect="auto")
    for (true, predicted), count in np.ndenumerate(counts):
        if count:
            dark = wrong[true, predicted] > wrong.max() / 2
            weight = "bold" if true == predicted else "normal"
            color = "white" if dark else style.INK
            ax.text(predicted, true, count, ha="center", va="center", color=color, weight=weight)
    ax.grid(False)
    rows = [f"{digit} (of {count})" for digit, count in enumerate(np.bincount(digits.y_test))]
    ax.set_xticks(range(10))
    ax.set_yticks(range(10), rows)
    style.label(ax, "prediction of the network", "true digit (how many there are)")
    ax.set_title(f"{right:.1%} of {len(A):,} test digits correct")
    fig.colorbar(shades, ax=ax, label="wrong answers")
    return fig


@picture
def most_confused(student: Student, images: LoadImages) -> Figure:
    """Show the test digits whose true class got the least probability."""
    _, A, digits = _capstone(student, images)
    probability = A[np.arange(len(A)), digits.y_test]
    title = "The capstone can be confident and wrong: the test digits that it misreads most"
    fig, axes = style.figure(title, columns=6, rows=2)
    for ax, number in zip(axes, np.argsort(probability), strict=False):
        predicted, true = A[number].argmax(), digits.y_test[number]
        name = f"a {true}: {A[number, true]:.0%}\nsays {predicted}: {A[number, predicted]:.0%}"
        show_image(ax, gates.images(digits.X_test[number : number + 1])[0, 0], name)
    return fig


@picture
def how_sure(student: Student, images: LoadImages) -> Figure:
    """Show how confident the capstone is when it is right and when it is wrong."""
    _, A, digits = _capstone(student, images)
    confidence, right = A.max(axis=1), A.argmax(axis=1) == digits.y_test
    fig, ax = style.figure("When the capstone is wrong, it is confident of its answer less often")
    edges = np.linspace(0, 1, 21)
    for i, (which, name) in enumerate([(right, "right"), (~right, "wrong")]):
        shares = 100 * np.histogram(confidence[which], edges)[0] / max(1, which.sum())
        label, color = f"{which.sum()} {name} answers", style.COLORS[3 * i]
        ax.stairs(shares, edges, fill=i == 1, color=color, linewidth=2, label=label)
    style.label(ax, "probability of the answer given", "share of these answers (%)")
    ax.legend(loc="upper left")
    return fig


def _capstone(student, images):
    """Train once for all pictures; return the losses, the predictions, the data set."""
    digits = digits_training.sample(images)
    y = gates.one_hot(digits.y_train)
    train = student.train_capstone.within(180)
    call = student.shared("capstone", lambda: train.call(digits.X_train, y, rng=Seeded(1)))
    params, losses = expect.parts(call.reply.value, "params", "losses")
    A = student.predict_capstone(digits.X_test, params)
    A = expect.array(A, (len(digits.X_test), 10), what="the predictions")
    return expect.losses(losses), A, digits
