"""Debugging with numerical gradients

A network with a wrong gradient often still learns a little, which makes the mistake hard to
notice. But any gradient can be checked against the loss itself: move one parameter by a
small h in both directions and see how the loss changes:

    dL/dw = (L(w + h) - L(w - h)) / (2 h)    with an error that shrinks as h^2

That takes two evaluations of the loss for every single parameter: far too slow for training,
just right for a test. From here on, every gradient in the course can be checked this way.
"""

import numpy as np

__all__ = ["numerical_gradient", "relative_error"]


def numerical_gradient(X, y, params, loss_fn, h=1e-5):
    """Estimate the gradient of a loss by central differences.

    Args:
        X: inputs, passed to `loss_fn` as they are.
        y: true values, passed to `loss_fn` as they are.
        params: list of arrays, float32, float64 or integer; after the call they are
            exactly as before.
        loss_fn: function with `loss_fn(X, y, params) -> (loss, grads)`; only the loss is
            used.
        h: half the distance between the two points, a small positive float.

    Returns:
        A list of arrays shaped like params. Each entry is
        (loss at w + h  -  loss at w - h) / (2 h), where w is the parameter's entry and all
        others keep their given values; every entry of every array is computed. float32
        parameters give float32, float64 and integer ones float64; the work is done on
        float64 copies of them, because in float32 a step of 1e-5 is lost in rounding.

    Source: Nielsen, chapter 2, eq. 46, as a central difference.

    >>> def loss_fn(X, y, params):
    ...     return float((params[0] ** 2).sum()), None
    >>> numerical_gradient(None, None, [np.array([1.0, 3.0])], loss_fn)[0].round(4).tolist()
    [2.0, 6.0]
    """
    # Why this form: the central difference has an error of order h^2, the one-sided difference of
    # order h for half the work. `np.ndindex` counts through arrays of any shape, so one loop serves
    # W and b. Perturbing one entry of a copy avoids a new array per evaluation.
    points = [np.array(param, dtype=np.float64) for param in params]  # copies to perturb
    grads = [np.zeros_like(1.0 * param) for param in params]
    for point, grad in zip(points, grads, strict=True):
        for i in np.ndindex(point.shape):
            w = point[i]
            point[i] = w + h
            above, _ = loss_fn(X, y, points)
            point[i] = w - h
            below, _ = loss_fn(X, y, points)
            point[i] = w  # not += h, because rounding may have changed it
            grad[i] = (above - below) / (2 * h)
    return grads


def relative_error(analytic, numeric):
    """Compute how far apart two gradients are, relative to their size.

    Args:
        analytic: gradient array of any shape, from a formula.
        numeric: gradient array of the same shape, from `numerical_gradient`.

    Returns:
        The largest |a - n| / max(1e-8, |a| + |n|) over all entries a, n, a Python float
        from 0 (equal) to 1 (opposite signs, or one is zero). With h = 1e-5 in float64, a
        correct gradient stays below about 1e-6; a forgotten factor 2 gives 1/3.

    Raises:
        ValueError: if the shapes differ.

    Source: the usual measure for gradient checks; Stanford CS231n notes, "Gradient checks".

    >>> relative_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    0.5
    """
    # Why this form: dividing by the sum of both sizes treats both gradients equally and keeps the
    # result between 0 and 1. Taking the maximum with 1e-8 leaves ordinary entries exact and turns
    # 0 / 0 into 0. The largest error counts, so one wrong entry among many cannot hide.
    if np.shape(analytic) != np.shape(numeric):
        raise ValueError(f"gradients of shapes {np.shape(analytic)} and {np.shape(numeric)}")
    size = np.abs(1.0 * analytic) + np.abs(1.0 * numeric)
    return float(np.max(np.abs(1.0 * analytic - numeric) / np.maximum(1e-8, size)))


def demo():
    """Check a correct gradient of logistic regression and two wrong ones."""
    from .ch2_3_mini_batches import logistic_loss

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, size=(20, 1))
    params = [rng.normal(size=(3, 1)), np.zeros(1)]
    numeric = numerical_gradient(X, y, params, logistic_loss)
    _, analytic = logistic_loss(X, y, params)
    for name, a, n in zip(["dW", "db"], analytic, numeric, strict=True):
        print(
            f"{name}: formula {a.ravel().round(4).tolist()}, measured {n.ravel().round(4).tolist()}"
        )
        print(f"    relative error {relative_error(a, n):.1e}")
    print(f"without the 1/n: {relative_error(20 * analytic[0], numeric[0]):.2f}")
    print(f"with the wrong sign: {relative_error(-analytic[0], numeric[0]):.2f}")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
