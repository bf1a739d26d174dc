"""Draws ways down a narrow valley: a loss that is steep in one direction and flat in the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..vocabulary import expect
from . import style

if TYPE_CHECKING:
    from .style import Figure

    Step = Callable[[np.ndarray], np.ndarray]

STEEP, START, STEPS = np.array([1.0, 30.0]), np.array([-9.0, 1.6]), 60


def ways_down(title: str, ways: dict[str, Step], reach: float) -> Figure:
    """Draw the path and the loss of each way.

    ways: by name, functions that turn the gradient of each update into its step
    reach: how far the picture goes in the steep direction, to both sides
    """
    fig, (left, right) = style.figure(title, columns=2, width_ratios=[3, 2])
    xs, ys, points = style.lattice((-10, 3), (-reach, reach))
    heights = np.sqrt(_height(points)).reshape(len(ys), -1)
    left.contour(xs, ys, heights, levels=10, colors="0.8", linestyles="-", linewidths=1)
    for i, (name, step) in enumerate(ways.items()):
        path = [START]
        for _ in range(STEPS):
            path.append(path[-1] + step(STEEP * path[-1]))
        points = np.array(path)
        left.plot(*points.T, **style.look(i, marker=True), markersize=4, linewidth=1.2, label=name)
        right.plot(_height(points), **style.look(i), label=name)
    star = {"marker": "*", "markersize": 14, "color": style.COLORS[3], "markeredgecolor": "black"}
    left.plot(0, 0, **star, linestyle="none", label="lowest point")
    left.set(ylim=(ys[0], ys[-1]), xlim=(xs[0], xs[-1]))
    style.label(left, "weight 1 (flat direction)", "weight 2 (steep direction)")
    right.set(yscale="log")
    style.label(right, "update", "loss")
    fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=len(ways) + 1)
    return fig


def _height(points):
    return 0.5 * np.sum(STEEP * points**2, axis=-1)


def momentum(update: Callable[..., Any], mu: float, lr: float) -> Step:
    """Make the step of the learner's `momentum_update`, which starts at velocity 0."""
    v = None

    def step(grad: np.ndarray) -> np.ndarray:
        nonlocal v
        v = np.zeros_like(grad) if v is None else v
        v = expect.array(update(v, grad, mu, lr), grad.shape)
        return v

    return step
