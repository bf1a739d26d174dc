"""Figures of lesson 2.4: two ways to measure a slope, and their errors over the step h."""

import numpy as np

from grader.pictures.style import FAINT, INK, figure, label, look, note
from solutions.ch2_4_numerical_gradients import numerical_gradient

EPS = np.finfo(np.float64).eps


def _cube(X, y, params):
    """The loss w^3, whose slope at 2 is 12."""
    return float(params[0][0] ** 3), None


def secants():
    """One-sided and central secants through a cubic, next to its tangent."""
    w, h = 2.0, 0.8
    fig, ax = figure("The line through two points around w is nearly parallel to the tangent")
    t = np.linspace(0.9, 3.1, 100)
    ax.plot(t, t**3, color=FAINT, linewidth=2.5, label="loss, w³")
    one_sided = ((w + h) ** 3 - w**3) / h
    central = numerical_gradient(None, None, [np.array([w])], _cube, h)[0][0]
    slopes = {
        "tangent: slope 12": (12.0, w, w**3),
        f"from w to w + h: slope {one_sided:.2f}": (one_sided, w, w**3),
        f"from w − h to w + h: slope {central:.2f}": (central, w - h, (w - h) ** 3),
    }
    for i, (name, (slope, x, y)) in enumerate(slopes.items()):
        ends = np.array([0.95, 3.05])
        ax.plot(ends, y + slope * (ends - x), label=name, **look((0, 3, 1)[i]))
    points = np.array([w - h, w, w + h])
    ax.plot(points, points**3, "o", color=INK, markersize=8, zorder=4)
    for point, name, place in zip(
        points, ("w − h", "w", "w + h"), ((-14, 10), (9, -13), (9, -13)), strict=True
    ):
        ax.annotate(name, (point, point**3), place, textcoords="offset points", fontsize=10)
    label(ax, "weight", "loss")
    ax.set_ylim(-6, 30)
    ax.legend(loc="upper left")
    return fig


def two_branches():
    """Measured errors of one-sided and central differences of w^3 at 2, with the theory."""
    steps = np.geomspace(1e-14, 1, 160)
    central = [
        abs(numerical_gradient(None, None, [np.full(1, 2.0)], _cube, h=float(h))[0][0] - 12)
        for h in steps
    ]
    forward = np.abs(((2 + steps) ** 3 - 8) / steps - 12)
    fig, ax = figure("Two errors pull in opposite directions; the best h lies near their crossing")
    dots = {"linestyle": "none", "markersize": 3.5, "markeredgewidth": 0, "alpha": 0.55}
    ax.loglog(steps, forward, label="measured, one-sided", **look(3, marker=True) | dots)
    ax.loglog(steps, central, label="measured, central", **look(0, marker=True) | dots)
    ax.loglog(steps, 8 * EPS / steps, label="rounding: ε |L| / h", **look(1))
    large = steps[steps > 3e-9]
    ax.loglog(large, 6 * large, label="truncation, one-sided: grows as h", **look(4))
    large = steps[steps > 2e-6]
    ax.loglog(large, large**2, label="truncation, central: grows as h²", **look(2))
    best = (4 * EPS) ** (1 / 3)
    note(ax, f"best h: {best:.1e}", (best, best**2), (1e-6, 1e-13), ha="right", va="center")
    best = np.sqrt(16 * EPS / 6)
    note(ax, f"best h: {best:.1e}", (best, 6 * best), (1.5e-9, 4e-12), ha="right", va="center")
    label(ax, "h (log scale)", "error of the slope (log scale)")
    ax.set_ylim(1e-14, 1e4)
    ax.legend(loc="upper center", ncols=2)
    return fig
