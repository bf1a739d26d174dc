"""Pictures of lesson 4.5: a ravine, the memory of momentum, its rates, and what it does for digits."""

from itertools import pairwise

import numpy as np

from data import load
from grader.pictures import style
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch2_3_mini_batches import minibatches
from solutions.ch3_3_forward_mlp import he_init
from solutions.ch3_4_backpropagation import mlp_loss
from solutions.ch4_5_momentum_capstone import momentum_update

CURVATURES, START = np.array([1.0, 50.0]), np.array([10.0, 1.0])


def ravine():
    """Sixty steps down a stretched quadratic, without momentum and with it."""
    fig, axes = style.figure(
        "Sixty steps through a ravine, 50 times steeper across than along", 1, 2, sharex=True
    )
    xs, ys, points = style.lattice((-4.5, 10.5), (-1.3, 1.3))
    heights = 0.5 * np.sum(CURVATURES * points**2, axis=1).reshape(len(ys), -1)
    for ax, mu, i, name in [
        (axes[0], 0.0, 0, "without momentum"),
        (axes[1], 0.8, 1, "momentum 0.8"),
    ]:
        w, v, path = START, np.zeros(2), [START]
        for _ in range(60):
            v = momentum_update(v, CURVATURES * w, mu, 0.036)
            w = w + v
            path.append(w)
        path = np.array(path)
        levels = [0.2, 1, 3, 8, 17, 32, 55, 85]
        ax.contour(xs, ys, heights, levels=levels, colors="0.8", linestyles="-", linewidths=0.9)
        ax.plot(*path.T, **style.look(i, marker=True), markersize=3.5, linewidth=1)
        ax.plot(
            0, 0, marker="*", markersize=13, color=style.look(3)["color"], markeredgecolor="black"
        )
        distance = np.linalg.norm(path[-1])
        style.label(
            ax,
            "",
            "steep direction",
            f"{name}: distance to the lowest point {distance:.2g} after 60 steps",
        )
        ax.set(xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
    axes[1].set_xlabel("flat direction")
    return fig


def memory():
    """How much each past gradient counts, and how a steady and an alternating gradient add up."""
    fig, (left, right) = style.figure("Steps that agree add up, steps that alternate cancel", 2)
    ages = np.arange(31)
    for i, mu in enumerate([0.5, 0.9, 0.95]):
        left.plot(
            ages,
            (1 - mu) * mu**ages,
            **style.look(i, marker=True),
            markersize=4,
            label=f"mu = {mu}",
        )
    left.set(ylim=(0, None))
    style.label(left, "age of the gradient (updates)", "share in the average")
    left.legend(loc="upper right")
    signs = {"always 1": np.ones(41), "1, -1, 1, -1, ...": (-1.0) ** np.arange(41)}
    for i, (name, grads) in enumerate(signs.items()):
        v, steps = np.zeros(1), []
        for grad in grads:
            v = momentum_update(v, np.array([grad]), 0.9, 1.0)
            steps.append(abs(v[0]))
        right.plot(np.arange(1, 42), steps, **style.look(i), label=f"gradient {name}")
    right.axhline(1, color=style.FAINT, linestyle=":", linewidth=1.5)
    right.annotate("without momentum", (40, 1.0), (40, 1.3), ha="right", fontsize=9)
    right.set(ylim=(0, 10.5))
    style.label(right, "update", "length of the step / learning rate", "mu = 0.9")
    right.legend(loc="center right")
    return fig


def rates():
    """The factor by which the distance shrinks per step, against learning rate times curvature."""
    fig, ax = style.figure("With momentum, one learning rate serves flat and steep directions")
    steepness = np.linspace(0, 4.2, 800)
    for i, mu in enumerate([0.0, 0.5, 0.9]):
        factors = [np.abs(np.roots([1, -(1 + mu - s), mu])).max() for s in steepness]
        name = "no momentum" if mu == 0 else f"mu = {mu}"
        ax.plot(steepness, factors, **style.look(i), label=name)
    ax.axhline(1, color=style.FAINT, linestyle=":", linewidth=1.5)
    ax.annotate("above: the steps grow", (0.05, 1.0), (0.05, 1.04), fontsize=9.5)
    ax.set(ylim=(0, 1.3), xlim=(0, 4.2))
    style.label(ax, "learning rate times curvature", "factor per step")
    ax.legend(loc="lower right")
    return fig


def losses_by_momentum():
    """The training loss on digits for four momenta with the same learning rate."""
    digits = load("digits")
    X, y = digits.X_train, one_hot(digits.y_train, 10).astype(np.float32)
    fig, ax = style.figure("On digits, with the same small learning rate")
    for i, mu in enumerate([0.0, 0.5, 0.9, 0.99]):
        rng = np.random.default_rng(0)
        start = [param for fan in pairwise([784, 64, 10]) for param in he_init(*fan, rng)]
        params = [param.astype(np.float32) for param in start]
        velocities, losses = [np.zeros_like(param) for param in params], []
        for batch in (pair for _ in range(8) for pair in minibatches(X, y, 64, rng)):
            loss, grads = mlp_loss(*batch, params)
            losses.append(loss)
            velocities = [
                momentum_update(v, grad, mu, 0.02)
                for v, grad in zip(velocities, grads, strict=True)
            ]
            params = [param + v for param, v in zip(params, velocities, strict=True)]
        parts = np.array_split(losses, 48)
        middles = (np.arange(48) + 0.5) * len(losses) / 48
        name = f"mu = {mu}" if mu else "no momentum"
        ax.plot(middles, [part.mean() for part in parts], **style.look(i), label=name)
    ax.set(yscale="log")
    style.label(ax, "update", "cross-entropy, mean of 4 batches")
    ax.legend(loc="lower left")
    return fig
