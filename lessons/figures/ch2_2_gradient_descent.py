"""Figures of lesson 2.2: what the learning rate does to the path and to the final loss."""

import numpy as np
from matplotlib.ticker import NullFormatter

from data import noisy_line
from grader.pictures.style import FAINT, INK, figure, label, look
from solutions.ch2_1_loss_functions import mse_loss
from solutions.ch2_2_gradient_descent import gradient_descent, mse_gradient


def _line():
    """The noisy line of the lesson, with a column of ones for the intercept."""
    x, y = noisy_line(np.random.default_rng(0), noise=0.3)
    return np.hstack([x, np.ones_like(x)]), y


def _loss_fn(X, y, W):
    return mse_loss(X @ W, y), mse_gradient(X, y, W)


def _bound(X):
    """Largest stable learning rate: 2 over the largest eigenvalue of the Hessian."""
    return 2 / np.linalg.eigvalsh(2 * X.T @ X / len(X))[-1]


def paths():
    """Three paths down the same valley: a small, a good and an almost too large rate."""
    X, y = _line()
    best = np.linalg.lstsq(X, y, rcond=None)[0].ravel()
    slopes, intercepts = np.linspace(-2.7, 6.7, 60), np.linspace(-2.5, 4.9, 60)
    S, T = np.meshgrid(slopes, intercepts)
    losses = np.mean((X[:, :1] * S.ravel() + T.ravel() - y) ** 2, axis=0).reshape(S.shape)
    fig, axes = figure(
        "Small steps stall, good steps arrive, steps near the bound bounce from wall to wall",
        columns=3, sharey=True,
    )  # fmt: skip
    for ax, lr in zip(axes, (0.02, 0.6, 0.96), strict=True):
        W, path = np.array([[-1.8], [-1.9]]), []
        for _ in range(21):
            path.append(W.ravel())
            W, _losses = gradient_descent(X, y, W, lr, _loss_fn, steps=1)
        ax.contour(S, T, losses, levels=losses.min() + np.geomspace(0.05, 24, 9), colors=FAINT,
                   linewidths=0.7)  # fmt: skip
        line = look(1) | {"linestyle": "-", "linewidth": 1.3, "marker": "o", "markersize": 4.5}
        ax.plot(*np.array(path).T, **line)
        ax.plot(*best, "*", color=look(3)["color"], markeredgecolor=INK, markersize=14, zorder=4)
        label(ax, "slope", "", f"learning rate {lr:g}")
        ax.grid(False)
    axes[0].set_ylabel("intercept")
    return fig


def edge():
    """The loss after 100 steps against the learning rate, with the bound of the theory."""
    X, y = _line()
    bound = _bound(X)
    fig, (left, right) = figure(
        "A hundred steps: the loss takes off where the theory puts the bound",
        columns=2, sharey=True, width_ratios=[1.4, 1],
    )  # fmt: skip
    for ax, rates in [
        (left, np.concatenate([np.geomspace(0.001, 0.95, 26), np.linspace(0.97, 1.03, 7)])),
        (right, np.linspace(0.95, 1.03, 25)),
    ]:
        ends = [gradient_descent(X, y, np.zeros((2, 1)), lr, _loss_fn, steps=101)[1][-1]
                for lr in rates]  # fmt: skip
        ax.semilogy(rates, ends, label="loss after 100 steps", **look(0))
        ax.axvline(bound, label=f"2 / largest eigenvalue = {bound:.3f}", **look(1))
    left.set_xscale("log")
    label(left, "learning rate (log scale)", "mean squared error (log scale)")
    label(right, "learning rate", "", "close to the bound")
    left.text(0.0011, 0.3, "too small:\nstill on the way", fontsize=9.5)
    left.text(0.04, 0.13, "right: at the bottom", fontsize=9.5)
    right.text(0.952, 0.13, "converges", fontsize=9.5)
    right.text(1.004, 0.13, "diverges", fontsize=9.5)
    left.set_xticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    left.xaxis.set_minor_formatter(NullFormatter())
    left.set_ylim(0.05, 1e4)
    left.legend(loc="upper left")
    return fig
