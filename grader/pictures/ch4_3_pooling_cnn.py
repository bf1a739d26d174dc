"""Pictures of chapter 4.3: pooling, learned filters, and a network that uses both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, earlier, picture, style
from .tiles import show_image, show_signed

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

FILTERS, SHOWN = 8, 3
EPOCHS = [1, 2, 3, 5, 8, 12]
UPPER = np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]])[None, None]
CNN, MLP = ["filters", "conv_b", "W", "b"], ["W1", "b1", "W2", "b2"]
COLUMNS = ["filter at first", "filter trained", "output at first", "output trained"]


@picture
def pooling(student: Student, images: LoadImages) -> Figure:
    """Show a feature map before and after the two kinds of pooling."""
    title = "Max pooling keeps what stands out, with a quarter of the numbers"
    fig, axes = style.figure(title, columns=4)
    image = _five(images)
    feature_map = _feature_maps(student, image, UPPER, np.zeros(1))[0, 0]
    show_image(axes[0], image[0, 0], "image, 28 x 28")
    for ax, values, name in [
        (axes[1], feature_map, "upper edges"),
        (axes[2], expect.array(student.max_pool(feature_map, 2), (13, 13)), "max pool"),
        (axes[3], expect.array(student.avg_pool(feature_map, 2), (13, 13)), "mean pool"),
    ]:
        rows, columns = values.shape
        shades = show_image(ax, values, f"{name}, {rows} x {columns}", limit=3)
    fig.colorbar(shades, ax=list(axes), label="output", shrink=0.6)
    return fig


@picture
def winners(student: Student, images: LoadImages) -> Figure:
    """Show the entries that receive the error back through max pooling."""
    title = "On the way back through max pooling, each window's largest entry gets all of the error"
    fig, axes = style.figure(title, columns=4)
    X = np.random.default_rng(1).permutation(np.arange(10.0, 46)).reshape(6, 6)
    dout = np.arange(1.0, 10).reshape(3, 3)
    pooled = expect.array(student.max_pool(X, 2), (3, 3))
    back = expect.array(student.max_pool_backward(dout, X, 2), (6, 6))
    for ax, values, name in [
        (axes[0], X, "input"),
        (axes[1], pooled, "output"),
        (axes[2], dout, "error of the output"),
        (axes[3], back, "error of the input"),
    ]:
        show_image(ax, values, name, limit=1.5 * np.abs(values).max() or 1, numbers=True)
        for window in range(1, 3):
            between = window * len(values) / 3 - 0.5
            ax.axhline(between, color=style.INK)
            ax.axvline(between, color=style.INK)
    return fig


@picture
def filters_learned(student: Student, images: LoadImages) -> Figure:
    """Show filters and feature maps before and after training."""
    title = "Training changes the filters and the patterns that they respond to"
    fig, axes = style.figure(title, columns=len(COLUMNS), rows=SHOWN)
    digits, image = digits_training.sample(images), _five(images)
    stages = [_stage(student, digits, image, lr=0.0, epochs=1)]  # a rate of 0 leaves the start
    stages.append(_stage(student, digits, image, lr=0.1, epochs=15))
    change = np.abs(stages[1][0] - stages[0][0]).sum(axis=(1, 2, 3))
    shown = np.argsort(-change)[:SHOWN]
    weight = max(np.abs(filters[shown]).max() for filters, _ in stages)
    output = max(outputs[shown].max() for _, outputs in stages) or 1
    panels = axes.reshape(SHOWN, len(COLUMNS))
    for column, (filters, outputs) in enumerate(stages):
        for row, number in zip(panels, shown, strict=True):
            weights = show_signed(row[column], filters[number, 0], limit=weight)
            shades = show_image(row[column + 2], outputs[number], limit=output)
    fig.colorbar(weights, ax=list(panels[:, :2].ravel()), label="weight")
    fig.colorbar(shades, ax=list(panels[:, 2:].ravel()), label="output")
    for ax, name in zip(panels[0], COLUMNS, strict=True):
        ax.set_title(name, loc="center", fontsize=9)
    note = f"the {SHOWN} of {FILTERS} filters that training changed most, and their outputs for a 5"
    fig.supxlabel(note, fontsize=9)
    return fig


@picture
def training_curves(student: Student, images: LoadImages) -> Figure:
    """Show loss and accuracy of a convolutional and of a dense network over the epochs."""
    title = "A convolutional network reads about as well with far fewer weights"
    fig, (left, right) = style.figure(title, columns=2)
    digits = digits_training.sample(images)
    train_mlp = earlier(student, "ch3_4_backpropagation").train_mlp.within(120)
    forward_mlp = earlier(student, "ch3_3_forward_mlp").forward_mlp

    def dense(epochs):
        y = gates.one_hot(digits.y_train)
        got = train_mlp(digits.X_train, y, epochs=epochs, rng=Seeded(0))
        params, losses = expect.parts(got, "params", "losses")
        params = expect.parts(params, *MLP, what="`params`")
        _, A = expect.parts(forward_mlp(digits.X_test, *params), "A1", "A2")
        return params, expect.losses(losses), A

    def convolutional(epochs):
        params, losses = _train(student, digits, epochs=epochs)
        return params, losses, student.forward_cnn(gates.images(digits.X_test), params)

    for i, (train, name) in enumerate([(dense, "dense (3.4)"), (convolutional, "convolutional")]):
        shares = []
        for epochs in EPOCHS:
            params, losses, A = train(epochs)
            A = expect.array(A, (len(digits.X_test), 10), what="the predictions")
            shares.append(digits_training.percent_right(A, digits.y_test))
        weights = sum(param.size for param in params)
        look = style.look(i, marker=True)
        left.plot(*digits_training.epoch_means(losses, EPOCHS[-1]), **look, label=name)
        right.plot(EPOCHS, shares, **look, label=f"{name}: {weights:,} weights")
    left.set(yscale="log", xticks=[0, 4, 8, 12])
    style.label(left, "epoch", "cross-entropy, mean of an epoch")
    left.legend(loc="upper right")
    right.set(xticks=[1, 4, 8, 12])
    style.label(
        right, "epochs of training", f"{len(digits.X_test):,} test digits: right answers (%)"
    )
    right.legend(loc="lower right")
    return fig


def _stage(student, digits, image, **settings):
    """Train with these settings; return the filters and their outputs for the image."""
    (filters, b, _, _), _ = _train(student, digits, **settings)
    filters = expect.array(filters, (FILTERS, 1, 3, 3), what="`filters`")
    return filters, _feature_maps(student, image, filters, b)[0]


def _five(images):
    """The first test image of a 5, (1, 1, 28, 28)."""
    digits = images()
    return gates.images(digits.X_test[digits.y_test == 5][:1])


def _feature_maps(student, image, filters, b):
    """The feature maps of the convolutional layer, after its ReLU."""
    conv_forward = earlier(student, "ch4_2_convolution").conv_forward
    relu = earlier(student, "ch3_2_activation_functions").relu
    return expect.array(relu(conv_forward(image, filters, b)), (1, len(filters), 26, 26))


def _train(student, digits, **settings):
    X, y = gates.images(digits.X_train), gates.one_hot(digits.y_train)
    train_cnn = student.train_cnn.within(120)
    got = train_cnn(X, y, num_filters=FILTERS, rng=Seeded(1), **settings)
    params, losses = expect.parts(got, "params", "losses")
    return expect.parts(params, *CNN, what="`params`"), expect.losses(losses)
