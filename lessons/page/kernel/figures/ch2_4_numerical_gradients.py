"""A measured slope at any step h: too large misses the curve, too small drowns in rounding."""

import numpy as np

from grader.vocabulary import expect

from . import figure

LOSSES = {  # the loss, the weight, the slope there
    "cube": (lambda w: w * w * w, 2.0, 12.0),
    "square": (lambda w: w * w, 2.0, 4.0),
    "kink": (lambda w: np.maximum(w, 0.0), 1e-6, 1.0),
}
STEPS = np.geomspace(1e-15, 1, 61)
REACH = 1.5  # of the magnified part, in h


@figure("numerical_gradient", "relative_error")
def two_branches(student, h, loss):
    """Return the curve around the weight in units of h, both slopes, and the errors over h."""
    L, w, slope = LOSSES[loss]

    def loss_fn(X, y, params):
        return float(L(params[0][0])), None

    def central(h):
        grads = student.numerical_gradient(None, None, [np.array([w])], loss_fn, h)
        return float(expect.arrays(grads, [(1,)], ["dw"])[0][0])

    def one_sided(h):
        return float((L(w + h) - L(w)) / h)

    def measured(difference):
        got = difference(h)
        error = student.relative_error(np.array([slope]), np.array([got]))
        return {"slope": got, "error": expect.number(error)}

    axis = np.linspace(-REACH, REACH, 241)
    return {
        "axis": axis.tolist(),
        "curve": ((L(w + axis * h) - L(w)) / h).tolist(),
        "slope": slope,
        "left": float((L(w - h) - L(w)) / h),
        "central": measured(central),
        "one_sided": measured(one_sided),
        "steps": STEPS.tolist(),
        "errors": {
            "central": [abs(central(float(each)) - slope) for each in STEPS],
            "one_sided": [abs(one_sided(each) - slope) for each in STEPS],
        },
    }
