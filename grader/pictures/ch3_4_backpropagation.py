"""Pictures of chapter 3.4: correct gradients, XOR learned, two moons separated, digits read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import data

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, earlier, inside, picture, style

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

NAMES = ["W1", "b1", "W2", "b2"]
MOONS = (-1.6, 2.6), (-1.1, 1.6)
EPOCHS = [1, 2, 3, 5, 8, 12, 16, 20]


@picture
def gradients_checked(student: Student, images: LoadImages) -> Figure:
    """Compare every gradient by backpropagation with the numerical one of chapter 2.4."""
    title = "Backpropagation gives the slope of the loss in every single weight"
    fig, ax = style.figure(title)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 4)), np.eye(3)[rng.integers(3, size=8)]
    params = [rng.normal(size=shape) for shape in [(4, 6), (6,), (6, 3), (3,)]]
    shapes = [param.shape for param in params]
    _, grads = expect.parts(student.mlp_loss(X, y, params), "loss", "grads")
    grads = expect.arrays(grads, shapes, NAMES, what="`grads`")
    numerical_gradient = earlier(student, "ch2_4_numerical_gradients").numerical_gradient
    slopes = numerical_gradient(X, y, params, inside(student).mlp_loss)
    slopes = expect.arrays(slopes, shapes, NAMES, what="the numerical gradient")
    ax.axline((0, 0), slope=1, color=style.FAINT, linewidth=1, linestyle="-", label="equal")
    for i, (name, slope, grad) in enumerate(zip(NAMES, slopes, grads, strict=True)):
        look = {**style.look(i, marker=True), "linestyle": "none", "alpha": 0.8}
        ax.plot(slope.ravel(), grad.ravel(), label=f"d{name}", **look)
    style.label(ax, "numerical gradient (chapter 2.4)", "gradient by backpropagation")
    ax.legend(loc="upper left")
    return fig


@picture
def xor_learned(student: Student, images: LoadImages) -> Figure:
    """Compare the answers of a single layer and of a trained hidden layer to XOR."""
    title = "XOR is beyond a single layer; with a hidden layer a network learns it"
    fig, (single, hidden) = style.figure(title, columns=2)
    perceptron = earlier(student, "ch3_1_perceptron")
    X, y = data.xor(np.random.default_rng(0))
    xs, ys, points = style.lattice((-0.5, 1.5), (-0.5, 1.5))
    got = perceptron.train_perceptron(X, y, 1.0, 500, Seeded(0))
    params, losses = expect.parts(got, "params", "losses")
    W, b = expect.arrays(params, [(2, 1), (1,)], ["W", "b"])
    A = expect.array(perceptron.forward_perceptron(points, W, b), (len(points), 1))
    _shade(single, xs, ys, A[:, 0], X, y, size=90)
    single.set_title(f"single layer: loss {expect.losses(losses)[-1]:.3f}")

    one_hot = np.eye(2)[y[:, 0].astype(int)]
    params, losses = _train(student, X, one_hot, hidden=16, lr=0.3, epochs=500)
    A = _predict(student, points, params)
    shades = _shade(hidden, xs, ys, A[:, 1], X, y, size=90)
    hidden.set_title(f"16 hidden units: loss {losses[-1]:.3f}")
    for ax in (single, hidden):
        ax.set(aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    _explain(fig, [single, hidden], shades)
    return fig


@picture
def two_moons(student: Student, images: LoadImages) -> Figure:
    """Show the boundary between two moons after more and more training."""
    title = "Epoch by epoch the boundary bends until it follows the moons"
    fig, panels = style.figure(title, columns=3, sharey=True)
    X, y = data.two_moons(np.random.default_rng(0))
    labels = y[:, 0].astype(int)
    xs, ys, points = style.lattice(*MOONS)
    for ax, epochs in zip(panels, [1, 10, 100], strict=True):
        params, _ = _train(student, X, np.eye(2)[labels], hidden=32, lr=0.2, epochs=epochs)
        shades = _shade(ax, xs, ys, _predict(student, points, params)[:, 1], X, y, size=10)
        right = digits_training.percent_right(_predict(student, X, params), labels)
        ax.set_title(f"epoch {epochs}: {right:.1f}% right")
        ax.label_outer()
    _explain(fig, panels, shades)
    return fig


def _shade(ax, xs, ys, probability, X, y, size):
    shades = style.plane(ax, xs, ys, np.clip(probability, 0, 1))
    style.classes(ax, X, y, size=size)
    style.label(ax, "input 1", "input 2")
    return shades


def _explain(fig, panels, shades):
    """Explain shades and marks outside of the panels."""
    fig.colorbar(shades, ax=list(panels), label="probability of class 1", shrink=0.8)
    fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)


def _train(student, X, y, **settings):
    got = student.train_mlp.within(120)(X, y, rng=Seeded(0), **settings)
    params, losses = expect.parts(got, "params", "losses")
    return expect.parts(params, *NAMES, what="`params`"), expect.losses(losses)


def _predict(student, X, params):
    forward_mlp = earlier(student, "ch3_3_forward_mlp").forward_mlp
    _, A2 = expect.parts(forward_mlp(X, *params), "A1", "A2")
    return expect.array(A2, what="`A2`")


@picture
def training_curves(student: Student, images: LoadImages) -> Figure:
    """Show loss and accuracy over the epochs."""
    digits = digits_training.sample(images)
    title = "As the loss falls, more digits are read correctly, even unseen ones"
    fig, (left, right) = style.figure(title, columns=2)
    y = gates.one_hot(digits.y_train)
    sets = [(digits.X_train, digits.y_train), (digits.X_test, digits.y_test)]
    shares = []
    for epochs in EPOCHS:
        params, losses = _train(student, digits.X_train, y, epochs=epochs)
        shares.append(
            [digits_training.percent_right(_predict(student, X, params), t) for X, t in sets]
        )
    digits_training.draw_losses(left, losses, EPOCHS[-1])
    digits_training.draw_guessing(left, EPOCHS[-1])
    left.legend(loc="center right")
    for i, (values, name) in enumerate(
        zip(np.transpose(shares), ["training", "test"], strict=True)
    ):
        label = f"{len(sets[i][0]):,} {name} digits"
        right.plot(EPOCHS, values, **style.look(i, marker=True), label=label)
    right.set(ylim=(None, 100), xticks=[1, 5, 10, 15, 20])
    style.label(right, "epochs of training", "right answers (%)")
    right.legend(loc="lower right")
    return fig
