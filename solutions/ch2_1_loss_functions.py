"""Understanding loss functions

A loss says in one number how wrong the predictions are; learning means making it small.
There is one loss for numbers and one for probabilities:

    mean squared error:    L = mean of (y_pred - y)^2
    binary cross-entropy:  L = -mean of [y log(a) + (1 - y) log(1 - a)]

The second measures surprise at the truth: near 0 for a confident correct answer, log 2 for a
shrug (a = 0.5), unbounded for a confident wrong answer. log(0) is minus infinity, so the
probabilities have to be kept away from 0 and 1.
"""

import numpy as np

__all__ = ["mse_loss", "binary_cross_entropy"]


def mse_loss(y_pred, y):
    """Compute the mean squared error.

    Args:
        y_pred: predictions, array of any shape.
        y: true values, array of the same shape.

    Returns:
        The mean of (y_pred - y)^2 over all entries, a Python float. There is no factor
        1/2.

    Raises:
        ValueError: if the shapes differ. (n, 1) and (n,) differ: broadcasting would
            compare every prediction with every true value.

    Source: Goodfellow et al. 2016, section 5.1.4.

    >>> mse_loss(np.array([[1.0], [2.0]]), np.array([[1.0], [4.0]]))
    2.0
    """
    # Why this form: `np.mean` without `axis` divides by the number of entries, however many columns
    # there are. The shapes are compared because (n, 1) minus (n,) gives (n, n) without any error.
    # The 1.0 turns integers, whose squares could overflow, into floats.
    if np.shape(y_pred) != np.shape(y):
        raise ValueError(f"y_pred {np.shape(y_pred)} and y {np.shape(y)} differ in shape")
    return float(np.mean((1.0 * y_pred - y) ** 2))


def binary_cross_entropy(A, y):
    """Compute the binary cross-entropy of probabilities against 0/1 labels.

    Args:
        A: predicted probabilities of class 1, in [0, 1], of shape (n, 1), float32 or float64.
        y: true labels 0 or 1, float or integer, of the same shape.

    Returns:
        -mean over all entries of [y log(A) + (1 - y) log(1 - A)], natural logarithm, a
        Python float. It is finite even where A is exactly 0 or 1: A is first clipped to
        lie strictly between 0 and 1, with a margin that suits its dtype, see `np.finfo`
        (in float32 `1 - 1e-12` is 1 again).

    Raises:
        ValueError: if the shapes differ, such as (n, 1) and (n,).

    Source: Nielsen, chapter 3, eq. 57.

    >>> round(binary_cross_entropy(np.array([[0.9], [0.2]]), np.array([[1.0], [0.0]])), 4)
    0.1643
    """
    # Why this form: one clip protects both logarithms, and its margin comes from the dtype, so
    # float32 is safe and ordinary probabilities stay unchanged. y selects one of the two terms
    # without an `if`. In practice the loss is often computed from Z as
    # `np.logaddexp(0, Z) - y * Z`, which needs no clipping.
    if np.shape(A) != np.shape(y):
        raise ValueError(f"A {np.shape(A)} and y {np.shape(y)} differ in shape")
    A = 1.0 * A
    info = np.finfo(A.dtype)
    A = np.clip(A, info.tiny, 1 - info.epsneg)  # almost 0, and the last number before 1
    return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))


def demo():
    """Show both losses as the prediction moves away from the truth, which is 1."""
    truth = np.array([[1.0]])
    for a in [0.99, 0.9, 0.5, 0.1, 0.01, 0.0]:
        guess = np.array([[a]])
        squared, surprise = mse_loss(guess, truth), binary_cross_entropy(guess, truth)
        print(f"prediction {a:4.2f}  squared error {squared:5.3f}  cross-entropy {surprise:7.3f}")
    print("The squared error never exceeds 1; the cross-entropy of a confident mistake does.")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
