"""Pictures of chapter 5.1: Adam in a narrow valley, on digits, and in its first updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..vocabulary import expect, gates
from . import digits_training, picture, style, valley
from .drawing import earlier

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

EPOCHS, HIDDEN = 5, 32


@picture
def narrow_valley(student: Student, images: LoadImages) -> Figure:
    """Show the way down a narrow valley with plain descent, momentum and Adam."""
    title = "Adam's steps are as long in the flat direction as in the steep one"
    ways = {
        "plain descent, lr 0.05": _momentum(student, 0.0, 0.05),
        "momentum 0.8, lr 0.05": _momentum(student, 0.8, 0.05),
        "Adam, lr 0.4": _adam(student, 0.4),
    }
    return valley.ways_down(title, ways, reach=2.4)


def _momentum(student, mu, lr):
    return valley.momentum(earlier(student, "ch4_5_momentum_capstone").momentum_update, mu, lr)


def _adam(student, lr):
    m = v = None
    t = 0

    def step(grad):
        nonlocal m, v, t
        m, v, t = (np.zeros_like(grad), np.zeros_like(grad), 1) if t == 0 else (m, v, t + 1)
        m, v, step = _update(student, m, v, grad, t, lr)
        return step

    return step


def _update(student, m, v, grad, t, lr):
    got = expect.parts(student.adam_update(m, v, grad, t, lr), "m", "v", "step")
    return [expect.array(part, np.shape(grad)) for part in got]


@picture
def losses_on_digits(student: Student, images: LoadImages) -> Figure:
    """Train the network of chapter 3.4 on digits with plain descent, momentum and Adam."""
    digits = digits_training.sample(images)
    X, y = digits.X_train, gates.one_hot(digits.y_train)
    ways = {
        "plain descent, lr 0.1": lambda: _momentum(student, 0.0, 0.1),
        "momentum 0.9, lr 0.03": lambda: _momentum(student, 0.9, 0.03),
        "Adam, lr 0.003": lambda: _adam(student, 0.003),
    }
    title = "On digits Adam beats plain descent, and so does momentum with a well-chosen lr"
    fig, ax = style.figure(title)
    for i, (name, stepper) in enumerate(ways.items()):
        losses = _train(student, X, y, stepper)
        quarters, means = digits_training.epoch_means(losses, 4 * EPOCHS)
        ax.plot(quarters / 4, means, **style.look(i, marker=True), label=name)
    ax.set(yscale="log")
    style.label(ax, "epoch", "mean loss of a quarter of an epoch")
    ax.legend(loc="upper right")
    return fig


def _train(student, X, y, stepper):
    """Train a small network, with one stepper per parameter; return the losses."""
    network = earlier(student, "ch3_4_backpropagation")
    rng = np.random.default_rng(0)
    params = [
        rng.normal(0, np.sqrt(2 / X.shape[1]), (X.shape[1], HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, np.sqrt(2 / HIDDEN), (HIDDEN, y.shape[1])),
        np.zeros(y.shape[1]),
    ]
    steppers, losses = [stepper() for _ in params], []
    for _ in range(EPOCHS):
        order = rng.permutation(len(X))
        for batch in np.array_split(order, -(-len(X) // 64)):
            loss, grads = expect.parts(
                network.mlp_loss(X[batch], y[batch], params), "loss", "grads"
            )
            losses.append(expect.number(loss))
            params = [p + step(g) for p, step, g in zip(params, steppers, grads, strict=True)]
    return np.array(losses)


@picture
def bias_correction(student: Student, images: LoadImages) -> Figure:
    """Show the first updates for a constant gradient, with and without bias correction."""
    title = "Without bias correction the first steps are several times too long: v lags behind m"
    fig, (left, right) = style.figure(title, columns=2)
    count, lr = 100, 0.1
    m, v, t = np.zeros(1), np.zeros(1), np.arange(1, count + 1)
    rows = []
    for update in t:
        m, v, step = _update(student, m, v, np.ones(1), int(update), lr)
        rows.append((m[0], v[0], -step[0]))
    firsts, seconds, steps = np.array(rows).T
    left.axhline(1, color=style.FAINT, linestyle="-", linewidth=1)
    left.text(count, 1.02, "the gradient and its square", ha="right", fontsize=9.5)
    left.plot(t, firsts, **style.look(0), label="m, with beta1 = 0.9")
    left.plot(t, seconds, **style.look(1), label="v, with beta2 = 0.999")
    left.set(ylim=(0, 1.15))
    style.label(left, "update t", "average", "the gradient is 1 in every update")
    left.legend(loc="center right")
    right.plot(t, steps / lr, **style.look(0), label="with correction: your step")
    bare = firsts / (np.sqrt(seconds) + 1e-8)
    right.plot(t, bare, **style.look(1), label="without: m / sqrt(v)")
    right.set(ylim=(0, None))
    style.label(right, "update t", "length of the step, in units of lr", "the resulting step")
    right.legend(loc="upper right")
    return fig
