"""Figures for the lesson on a network as a class."""

import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from data import load
from grader.pictures import style
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch5_2_neural_network_class import NeuralNetwork

INK = style.INK


def _box(ax, x, y, width, height, lines, i=0):
    """A box with its lines of text, the first one bold."""
    color = style.look(i)["color"]
    ax.add_patch(
        Rectangle((x, y), width, height, facecolor="white", edgecolor=color, linewidth=1.8)
    )
    for row, text in enumerate(lines):
        ax.text(x + width / 2, y + height - 0.42 - 0.62 * row, text, ha="center", va="center",
                fontsize=9.5, fontweight="bold" if row == 0 else "normal", color=INK)  # fmt: skip


def _arrow(ax, start, end, i):
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(start, end, color=style.look(i)["color"], **look))


def own_and_shared():
    """Two networks with arrays of their own, and two that look at one array in the class."""
    title = "Methods live in the class once; weights must belong to each object"
    fig, axes = style.figure(title, columns=2)
    names = "weights made in __init__, on self", "weights made in the class body"
    for ax, name, shared in zip(axes, names, (False, True), strict=True):
        ax.set_axis_off()
        ax.set(xlim=(0, 10), ylim=(0.7, 7.8))
        ax.set_title(name)
        lines = ["class", "__init__, forward, ..."] + (["W1"] if shared else [])
        _box(ax, 2.2, 5.2, 5.6, 2.3, lines, i=0)
        for x, who in ((0.3, "first"), (5.5, "second")):
            own = ["(no W1 of its own)"] if shared else ["W1, b1, W2, b2"]
            _box(ax, x, 1.0, 4.2, 1.6, [who, *own], i=2)
            _arrow(ax, (x + 2.1, 2.6), (x + 2.1, 5.2), i=1 if shared else 0)
        word = "both find the same W1" if shared else "both find the methods"
        ax.text(5, 3.9, word, ha="center", va="center", fontsize=9.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip
    return fig


def who_touches_what():
    """Which method reads and which writes which attribute."""
    table = {
        "__init__": "w w w w . .",
        "forward": "r r r r w w",
        "backward": "b b b b r r",
        "train": "b b b b b b",
        "predict": "r r r r w w",
    }
    columns = ["W1", "b1", "W2", "b2", "A1", "A2"]
    fig, ax = style.figure("forward leaves A1 and A2 behind, and so does predict")
    ax.set_axis_off()
    ax.set(xlim=(-1.7, 6.05), ylim=(5.1, -0.9))
    words = {"r": "reads", "w": "writes", "b": "both", ".": ""}
    fills = {"r": "white", "w": "#dddddd", "b": "#bbbbbb", ".": "white"}
    for column, name in enumerate(columns):
        ax.text(column + 0.5, -0.3, name, ha="center", va="center", fontweight="bold")
    for row, (method, marks) in enumerate(table.items()):
        ax.text(-0.15, row + 0.5, method, ha="right", va="center", fontweight="bold")
        for column, mark in enumerate(marks.split()):
            ax.add_patch(Rectangle((column, row), 1, 1, facecolor=fills[mark], edgecolor="#666666"))
            ax.text(column + 0.5, row + 0.5, words[mark], ha="center", va="center")
    ax.plot([4, 4], [-0.6, 5], color=style.look(1)["color"], linestyle="-", linewidth=3)
    ax.text(3.9, -0.75, "parameters", ha="right", va="center", fontsize=9.5)
    ax.text(4.1, -0.75, "latest activations", ha="left", va="center", fontsize=9.5)
    return fig


def one_step():
    """Loss after one step against the learning rate, and the line that the gradient promises."""
    digits = load("digits")
    X, y = digits.X_train.astype(np.float64), one_hot(digits.y_train, 10)
    rates = np.linspace(0, 2, 41)
    ends, squared = [], 0.0
    for lr in rates:
        net = NeuralNetwork(784, 32, 10, np.random.default_rng(0))
        before = [net.W1, net.b1, net.W2, net.b2]
        start, after = net.train(X, y, 2, lr)
        ends.append(after)
        if lr > 0 and not squared:
            moved = [new - old for new, old in _pairs(before, X, y, lr)]
            squared = sum(np.sum(step**2) for step in moved) / lr**2
    fig, ax = style.figure("The gradient is right about a small step and wrong about a large one")
    ax.plot(rates, ends, **style.look(0), label="loss after one step")
    line = start - rates * squared
    ax.plot(
        rates[line > 0], line[line > 0], **style.look(1), label="loss minus lr times |gradient|²"
    )
    ax.axhline(start, color=style.FAINT, linestyle=":", linewidth=1.2)
    ax.text(rates[-1], start - 0.03, "loss before the step", ha="right", va="top", fontsize=9.5)
    ax.set(ylim=(0, None), xlim=(0, rates[-1]))
    style.label(ax, "learning rate of the step", "mean cross-entropy")
    ax.legend(loc="upper left")
    return fig


def _pairs(before, X, y, lr):
    net = NeuralNetwork(784, 32, 10, np.random.default_rng(0))
    net.train(X, y, 1, lr)
    return zip([net.W1, net.b1, net.W2, net.b2], before, strict=True)
