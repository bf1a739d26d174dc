"""Pictures of chapter 2.4: measured gradients compared with those of the formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import earlier, inside, picture
from .style import INK, figure, label, look

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

LOSS = "ch2_3_mini_batches"


@picture
def step_size(student: Student, images: LoadImages) -> Figure:
    X, y, params = _problem(2)
    analytic = _stacked(earlier(student, LOSS).logistic_loss(X, y, params)[1])
    loss_fn = inside(student, LOSS).logistic_loss
    steps = np.geomspace(1e-13, 1, 40)
    errors = [
        student.relative_error(
            analytic, _stacked(student.numerical_gradient(X, y, params, loss_fn, h=float(h)))
        )
        for h in steps
    ]
    fig, ax = figure(
        "The measured gradient is best at a medium h: "
        "a large one misses the curve, a small one drowns in rounding"
    )
    ax.loglog(steps, errors, **look(0, marker=True))
    ax.axvline(1e-5, **look(1), label="h = 1e-5, the course's choice")
    label(ax, "h, half the distance of the two points (log scale)",
          "relative error of numerical_gradient (log scale)")  # fmt: skip
    ax.text(0.07, 0.31, "rounding:\ngrows as h shrinks", transform=ax.transAxes)
    ax.text(0.63, 0.71, "curvature:\ngrows as h squared", transform=ax.transAxes)
    ax.legend(loc="lower left")
    return fig


@picture
def formula_against_measurement(student: Student, images: LoadImages) -> Figure:
    X, y, params = _problem(12)
    analytic = _stacked(earlier(student, LOSS).logistic_loss(X, y, params)[1])
    loss_fn = inside(student, LOSS).logistic_loss
    numeric = _stacked(student.numerical_gradient(X, y, params, loss_fn))
    fig, ax = figure(
        "A correct gradient lies on the diagonal; each mistake leaves it in its own way"
    )
    versions = {"the formula": 1.0, "twice too large": 2.0, "with the wrong sign": -1.0}
    for i, (name, factor) in enumerate(versions.items()):
        error = student.relative_error(factor * analytic, numeric)
        style = look(i, marker=True) | {"linestyle": "none"}
        ax.plot(numeric, factor * analytic, label=f"{name}: relative error {error:.2g}", **style)
    ends = np.array([numeric.min(), numeric.max()])
    ax.plot(ends, ends, color=INK, linestyle="-", linewidth=0.8, zorder=0)
    label(ax, "measured by numerical_gradient, one dot per parameter", "gradient of logistic_loss")
    ax.legend(loc="upper center")
    return fig


def _problem(features):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(40, features)), rng.integers(0, 2, size=(40, 1)).astype(float)
    return X, y, [rng.normal(size=(features, 1)), np.array([0.3])]


def _stacked(grads):
    return np.concatenate([np.ravel(grad) for grad in grads])
