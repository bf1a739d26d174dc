"""Pictures of chapter 5.4: digits that only their color shows, and a network that sees them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

import data

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, picture, style
from .tiles import FRAME, show_image, show_signed

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

EPOCHS, SHOWN, TEXT = 10, [0, 2, 3, 7, 17, 28], {"ha": "right", "va": "center", "fontsize": 9.5}
CHANNELS = ("red", "green", "blue")


@picture
def colored_digits(student: Student, images: LoadImages) -> Figure:
    """Show test images, their channels, and the network's predictions."""
    title = (
        "Only the color shows the digit: in gray it looks like another one, each channel shows both"
    )
    fig, axes = style.figure(title, columns=len(SHOWN), rows=5)
    layout: Any = fig.get_layout_engine()
    layout.set(h_pad=0.02, hspace=0.01)
    digits = _digits()
    X = digits.X_test[SHOWN]
    A = _predict(student, X, _trained(student)[0])
    rows = axes.reshape(5, -1)
    for column, image in enumerate(X):
        predicted = A[column].argmax()
        name = f"a {digits.y_test[SHOWN[column]]}\nsays {predicted}: {A[column, predicted]:.0%}"
        _show_color(rows[0, column], image, name)
        for ax, values in zip(rows[1:, column], [*image, image.mean(axis=0)], strict=True):
            show_image(ax, 1 - values)
    for ax, name in zip(rows[:, 0], ["in color", *CHANNELS, "their mean"], strict=True):
        ax.text(-0.12, 0.5, name, transform=ax.transAxes, **TEXT)
    return fig


@picture
def without_a_channel(student: Student, images: LoadImages) -> Figure:
    """Show the test accuracy when part of the color is removed."""
    title = "Gray images hide the digit: on these, the network does no better than guessing"
    fig, ax = style.figure(title)
    digits, params = _digits(), _trained(student)[0]
    X = digits.X_test
    shown = {"as they are": X}
    for c, name in enumerate(CHANNELS):
        shown[f"no {name}"] = _without(X, c)
    shown["gray"] = np.repeat(X.mean(axis=1, keepdims=True), 3, axis=1)
    for position, changed in enumerate(shown.values()):
        share = digits_training.percent_right(_predict(student, changed, params), digits.y_test)
        ax.bar(position, share, color=style.COLORS[0 if position == 0 else 2], width=0.6)
        ax.text(position, share + 1.5, f"{share:.0f}%", ha="center")
    ax.axhline(10, color=style.INK, linestyle=":", linewidth=1)
    ax.text(len(shown) - 0.55, 11, "guessing")
    ax.set_xticks(range(len(shown)), shown)
    ax.set(ylim=(0, 105), xlim=(-0.5, len(shown)))
    ax.grid(False, axis="x")
    style.label(ax, f"version of the {len(X)} test images", "read correctly (%)")
    return fig


@picture
def filters_learned(student: Student, images: LoadImages) -> Figure:
    """Show the filters of the first convolution as small color images."""
    title = "The filters learn colors: each looks for one color next to another"
    digits = _digits()
    y = gates.one_hot(digits.y_train[:32])
    settings = {"epochs": 1, "batch_size": 32, "rng": Seeded(1)}
    first = student.train_color_cnn(digits.X_train[:32], y, **settings)
    pairs = [(first[0], "after one update"), (_trained(student)[0], f"after {EPOCHS} epochs")]
    filters = [_first_filters(params)[:8] for params, _ in pairs]
    fig, axes = style.figure(title, columns=len(filters[0]), rows=3)
    rows, limit = axes.reshape(3, -1), np.abs(filters[1]).max() or 1
    for number, ax in enumerate(rows[0], start=1):
        ax.set_title(f"filter {number}", loc="center", fontsize=9)
    for row, values in zip(rows, filters, strict=False):
        for ax, weights in zip(row, values, strict=True):
            _show_color(ax, 0.5 + weights / limit / 2)  # a weight of 0 is medium gray
    for ax, weights in zip(rows[2], filters[1], strict=True):
        shades = show_signed(ax, weights[1] - weights[2], limit=2 * limit)
    names = [name for _, name in pairs] + ["green\nminus blue"]
    for ax, name in zip(rows[:, 0], names, strict=True):
        ax.text(-0.2, 0.5, name.replace(" ", "\n", 1), transform=ax.transAxes, **TEXT)
    fig.colorbar(shades, ax=list(rows[2]), label="difference", shrink=0.9)
    return fig


@picture
def losses(student: Student, images: LoadImages) -> Figure:
    """Show the losses of the training that these pictures share."""
    title = "On the colored digits the loss stays near guessing until the color is found"
    fig, ax = style.figure(title)
    digits_training.draw_losses(ax, _trained(student)[1], EPOCHS)
    digits_training.draw_guessing(ax, EPOCHS)
    ax.legend(loc="center right")
    return fig


@cache
def _digits():
    return data.load("colored_digits")


def _trained(student):
    """Train once for all pictures; return `(params, losses)`."""
    digits = _digits()
    train, y = student.train_color_cnn.within(180), gates.one_hot(digits.y_train)
    settings = {"epochs": EPOCHS, "batch_size": 32, "rng": Seeded(1)}
    call = student.shared("colored", lambda: train.call(digits.X_train, y, **settings))
    params, losses = expect.parts(call.reply.value, "params", "losses")
    return params, expect.losses(losses)


def _predict(student, X, params):
    A = student.predict_color_cnn(X, params)
    return expect.array(A, (len(X), gates.CLASSES), what="the predictions")


def _first_filters(params):
    """The filters of the first layer, wherever they are among the parameters."""
    arrays = [param for param in params if np.ndim(param) == 4 and np.shape(param)[1] == 3]
    expect.that(arrays, "the parameters contain no filters of shape (F, 3, h, w) to draw")
    return arrays[0]


def _without(X, channel):
    X = X.copy()
    X[:, channel] = 0.5
    return X


def _show_color(ax, image, title=None):
    """Draw (3, H, W) in [0, 1] in its colors."""
    from matplotlib.patches import Rectangle

    ax.set_axis_off()
    if title:
        ax.set_title(title, loc="center", fontsize=9)
    ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, **FRAME))
    ax.imshow(np.clip(np.moveaxis(image, 0, -1), 0, 1))
