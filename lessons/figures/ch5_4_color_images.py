"""Figures for the lesson on color images."""

import numpy as np
from matplotlib.patches import Rectangle

from data import load
from grader.pictures import style
from grader.pictures.tiles import show_image, show_signed

SHOWN = (7, 2)  # test images: a 9 under the shade of a 0, and a 4 under that of a 7


def _color(ax, image, title=None):
    ax.set_axis_off()
    ax.set_title(title or "", loc="center", fontsize=9.5)
    ax.imshow(np.clip(np.moveaxis(image, 0, -1), 0, 1))


def green_minus_blue():
    """Two colored digits, their channels, the mean, and the difference of two channels."""
    digits = load("colored_digits")
    names = ["color", "red", "green", "blue", "mean", "green - blue"]
    title = "The mean shows the wrong digit; the difference of two channels shows the right one"
    fig, axes = style.figure(title, columns=6, rows=2)
    for row, (line, index) in enumerate(zip(axes.reshape(2, -1), SHOWN, strict=True)):
        image = digits.X_test[index]
        titles = names if row == 0 else [None] * 6
        _color(line[0], image, titles[0])
        for ax, values, name in zip(
            line[1:5], [*image, image.mean(axis=0)], titles[1:5], strict=True
        ):
            show_image(ax, 1 - values, name)
        show_signed(line[5], image[1] - image[2], titles[5])
        line[0].text(-0.12, 0.5, f"a {digits.y_test[index]}", transform=line[0].transAxes,
                     ha="right", va="center", fontsize=11, fontweight="bold")  # fmt: skip
    return fig


def receptive_field():
    """What one number sees of the image after each of four layers."""
    image = load("colored_digits").X_test[SHOWN[0]]
    fig, (left, right) = style.figure(
        "Layer by layer, one number sees more of the image", columns=2, width_ratios=[1, 1]
    )
    left.imshow(np.clip(np.moveaxis(image, 0, -1), 0, 1))
    left.grid(False)
    left.set(xticks=[], yticks=[])
    names = ["conv 1", "pool 1", "conv 2", "pool 2"]
    fields, sizes, channels = [3, 4, 8, 10], [30, 15, 13, 6], [8, 8, 16, 16]
    for i, field in enumerate(fields):
        look = style.look(i)
        square = Rectangle((9.5, 9.5), field, field, fill=False, edgecolor=look["color"],
                           linewidth=2.2)  # fmt: skip
        left.add_patch(square)
        right.plot([0, field], [i, i], color=look["color"], linestyle="-", linewidth=7,
                   solid_capstyle="butt")  # fmt: skip
        word = f"{field} x {field} pixels"
        right.text(field + 0.4, i, word, va="center", fontsize=10)
        sizes_word = f"{channels[i]} maps of {sizes[i]} x {sizes[i]}"
        right.text(0, i + 0.25, sizes_word, va="center", fontsize=9.5)
    right.set(ylim=(3.6, -0.6), xlim=(0, 17), yticks=range(4), yticklabels=names)
    right.set_xticks([0, 4, 8, 12])
    right.grid(False)
    style.label(right, "width of what one number sees", "")
    return fig


def reshape_trap():
    """An image with its channels moved by transpose, and torn apart by reshape."""
    image = load("colored_digits").X_test[SHOWN[1]]
    stored = np.moveaxis(image, 0, -1)  # (32, 32, 3), as image files have it
    moved, torn = stored.transpose(2, 0, 1), stored.reshape(3, 32, 32)
    fig, axes = style.figure(
        "transpose moves the channels, reshape tears the image apart", columns=4, rows=2
    )
    for line, (name, X) in zip(axes.reshape(2, -1), [("transpose(2, 0, 1)", moved),
                               ("reshape(3, 32, 32)", torn)], strict=True):  # fmt: skip
        _color(line[0], X, "as a color image")
        for ax, values, channel in zip(
            line[1:], X, ("channel 0", "channel 1", "channel 2"), strict=True
        ):
            show_image(ax, 1 - values, channel)
        line[0].text(-0.1, 0.5, name.replace("(", "\n("), transform=line[0].transAxes, ha="right",
                     va="center", fontsize=9.5)  # fmt: skip
    return fig
