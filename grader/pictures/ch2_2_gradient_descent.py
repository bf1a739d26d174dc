"""Pictures of chapter 2.2: walking down a loss, compared with trying a grid of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import RectBivariateSpline

import data

from . import earlier, inside, picture
from .style import COLORS, HEAT, INK, figure, label, look

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

SLOPES, INTERCEPTS = (-2.5, 4.5), (-2.5, 3.5)


@picture
def descent_and_grid_search(student: Student, images: LoadImages) -> Figure:
    X, y = _line()
    start = np.array([[-1.8], [-1.9]])
    path = np.array([W.ravel() for W in _descent(student, X, y, start, 0.15, 60)[0]])
    tried, best = _grid_search(student, X, y)
    fig, ax = figure(
        f"Gradient descent walks to the bottom in {len(path) - 1} steps; "
        f"{len(tried)} trials on a grid only come close"
    )
    slopes, intercepts, losses = _surface(student, X, y)
    levels = losses.min() + np.geomspace(0.02, np.ptp(losses), 14)
    drawn = ax.contourf(slopes, intercepts, losses, levels=[0, *levels], cmap=f"{HEAT}_r")
    ax.contour(slopes, intercepts, losses, levels=levels, colors=INK, linewidths=0.4)
    fig.colorbar(drawn, label="mean squared error", format="%.1f")
    ax.plot(*tried.T, "+", color=INK, markersize=7, markeredgewidth=1, label="grid: tried")
    ax.plot(*best.ravel(), "s", color="white", markeredgecolor=INK, markersize=11,
            label="grid: best")  # fmt: skip
    ax.plot(*path.T, "o-", color=COLORS[1], markeredgecolor="white", markeredgewidth=0.6,
            markersize=5.5, label="gradient descent")  # fmt: skip
    ax.plot(*path[-1], "*", color=COLORS[3], markeredgecolor=INK, markersize=15,
            label="where it ends")  # fmt: skip
    label(ax, "slope", "intercept")
    ax.grid(False)
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return fig


@picture
def learning_rates(student: Student, images: LoadImages) -> Figure:
    X, y = _line()
    start = np.zeros((2, 1))
    fig, ax = figure(
        "With too small a learning rate the loss crawls; with too large a one it explodes"
    )
    for i, lr in enumerate([0.01, 0.1, 0.5, 1.05]):
        losses = _descent(student, X, y, start, lr, 40)[1]
        ax.semilogy(losses, label=f"lr = {lr:g}", markevery=4, **look(i, marker=True))
    label(ax, "step", "mean squared error before the step (log scale)")
    ax.legend(loc="upper left", ncols=2)
    return fig


def _line():
    """A noisy line; with the column of ones, the second weight is the intercept."""
    x, y = data.noisy_line(np.random.default_rng(0), noise=0.3)
    return np.hstack([x, np.ones_like(x)]), y


def _descent(student, X, y, start, lr, steps):
    """`(the weights before each step and at the end, losses)`."""
    gradient = inside(student).mse_gradient
    loss = inside(student, "ch2_1_loss_functions").mse_loss
    path = []

    def loss_fn(X, y, W):
        path.append(W.copy())
        return loss(X @ W, y), gradient(X, y, W)

    W, losses = student.gradient_descent(X, y, start, lr, loss_fn, steps=steps)
    return [*path, W], losses


def _grid_search(student, X, y):
    """`(the candidates tried, the best)`."""
    loss = inside(student, "ch2_1_loss_functions").mse_loss
    candidates = [
        np.array([[slope], [intercept]])
        for slope in np.linspace(-2, 4, 11)
        for intercept in np.linspace(-2, 3, 9)
    ]
    tried = []

    def score(W):
        tried.append(W.ravel())
        return loss(X @ W, y)

    best = student.grid_search(score, candidates)
    return np.array(tried), best


def _surface(student, X, y):
    loss = earlier(student, "ch2_1_loss_functions").mse_loss
    few = np.linspace(*INTERCEPTS, 16), np.linspace(*SLOPES, 19)
    losses = [[loss(X @ np.array([[s], [i]]), y) for s in few[1]] for i in few[0]]
    spline = RectBivariateSpline(*few, losses)  # draws a smooth surface from few calls
    intercepts, slopes = np.linspace(*INTERCEPTS, 120), np.linspace(*SLOPES, 140)
    return slopes, intercepts, spline(intercepts, slopes)
