"""Regularization techniques

A network with more weights than examples can memorize them. Two ways to make it learn the
pattern instead:

    L2:       L = L_data + lambda sum of W^2       large weights cost something
    dropout:  A_dropped = A * mask                 units are left out at random

In training, each entry of the mask is 1/p with probability p (kept) and otherwise 0, so that a
unit's expected output stays the same; for predictions nothing is dropped and nothing scaled.
"""

from functools import partial
from itertools import pairwise

import numpy as np

from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu, relu_derivative, softmax
from .ch3_3_forward_mlp import cross_entropy, he_init

__all__ = ["l2_regularization", "l2_gradient", "dropout", "train_regularized_mlp"]


def l2_regularization(W, lambda_):
    """Compute the L2 penalty on weights.

    Args:
        W: weights, array of any shape.
        lambda_: strength of the penalty, a float of at least 0.

    Returns:
        lambda_ times the sum (not the mean) of all squared weights, a Python float. There
        is no factor 1/2.

    Source: Nielsen, chapter 3, eq. 85, without its factor 1/(2n).

    >>> l2_regularization(np.array([[1.0, 2.0], [0.0, -1.0]]), 0.5)
    3.0
    """
    raise NotImplementedError("write `l2_regularization`")


def l2_gradient(W, lambda_):
    """Compute the gradient of `l2_regularization(W, lambda_)` with respect to W.

    Args:
        W, lambda_: as in `l2_regularization`.

    Returns:
        Array shaped like W, 2 lambda_ W; float32 gives float32, integers give float64.

    Source: Nielsen, chapter 3, eq. 88, without its factor 1/(2n).

    >>> l2_gradient(np.array([[1.0, 2.0], [0.0, -1.0]]), 0.5).tolist()
    [[1.0, 2.0], [0.0, -1.0]]
    """
    raise NotImplementedError("write `l2_gradient`")


def dropout(A, p, rng):
    """Leave out units at random and scale up the others (inverted dropout).

    Args:
        A: activations of any shape, float32, float64 or integer.
        p: probability of KEEPING a unit, 0 < p <= 1. Many libraries mean the probability
            of dropping it.
        rng: numpy.random.Generator.

    Returns:
        (A_dropped, mask): `mask` is shaped like A, each entry independently 1/p with
        probability p, otherwise 0; A_dropped = A * mask. So the mean over many masks is A.
        p = 1 keeps everything. Both have the dtype of A, float64 for integers.

    Raises:
        ValueError: if p is not in 0 < p <= 1.

    Source: Srivastava et al. 2014, section 4, with the scaling of its section 10.

    >>> A_dropped, mask = dropout(np.ones(1000), 0.8, np.random.default_rng(0))
    >>> sorted(set(mask.tolist())), round(float(A_dropped.mean()), 1)
    ([0.0, 1.25], 1.0)
    """
    raise NotImplementedError("write `dropout`")


def regularized_loss(X, y, params, lambda_, p, rng):
    """Compute loss and gradients with L2 penalty and dropout (optional helper).

    X, y and params are as in chapter 4.1, the others as in `train_regularized_mlp`. The loss is the
    mean cross-entropy plus the penalty on the weights; the gradients are exact for the dropout
    masks of the hidden layers, which rng draws again at every call.

    Source: Goodfellow et al. 2016, sections 7.1.1 and 7.12.

    >>> params, rng = [np.ones((1, 2)), np.zeros(2)], np.random.default_rng(0)
    >>> loss, grads = regularized_loss(np.ones((1, 1)), np.array([[1, 0]]), params, 0.25, 0.8, rng)
    >>> round(loss, 4), grads[0].tolist(), grads[1].tolist()  # ln 2 + 0.25 * 2
    (1.1931, [[0.0, 1.0]], [-0.5, 0.5])
    """
    raise NotImplementedError("write `regularized_loss`")


def train_regularized_mlp(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Train a deep ReLU perceptron with an L2 penalty and dropout.

    Dropout acts on the hidden layers, and only in training: predictions come from
    `forward_deep_mlp` with the parameters as they are.

    Args:
        X: inputs of shape (n, d); float32 (which is faster), float64 or integers.
        y: one-hot labels of shape (n, k).
        hidden: sizes of the hidden layers, first layer first.
        lr, epochs, batch_size: learning rate, passes over the data, examples per update.
        lambda_: strength of the L2 penalty, on weights and not on biases.
        p: probability of keeping a hidden unit.
        rng: numpy.random.Generator for the initial weights (`he_init`), the shuffling and
            the masks; None means `np.random.default_rng()`.

    Returns:
        (params, losses): params = [W1, b1, W2, b2, ...], and a list of floats, one per
        update, oldest first, with or without the penalty (here: with).

    Source: Srivastava et al. 2014; Nielsen, chapter 3, "Overfitting and regularization".

    >>> X, y = np.array([[-1.0], [1.0]]), np.eye(2)
    >>> params, losses = train_regularized_mlp(X, y, (8, 4), epochs=2, rng=np.random.default_rng(0))
    >>> [param.shape for param in params], len(losses)
    ([(1, 8), (8,), (8, 4), (4,), (4, 2), (2,)], 2)
    """
    raise NotImplementedError("write `train_regularized_mlp`")


def demo():
    """Train on digits of which some have wrong labels, with and without regularization."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot
    from .ch4_1_deep_mlp import forward_deep_mlp

    digits = load("digits")
    X, X_test, y_test = digits.X_train[:600], digits.X_test, digits.y_test
    print("600 digits, 30% of them with a label drawn at random:")
    for name, lambda_, p in [("neither", 0.0, 1.0), ("L2", 1e-2, 1.0), ("both", 3e-3, 0.5)]:
        rng = np.random.default_rng(0)
        labels = np.where(rng.random(600) < 0.3, rng.integers(0, 10, 600), digits.y_train[:600])
        y, settings = one_hot(labels, 10), {"lambda_": lambda_, "p": p, "rng": rng}
        params, _ = train_regularized_mlp(X, y, epochs=40, **settings)
        train = (forward_deep_mlp(X, params)[-1].argmax(axis=1) == labels).mean()
        test = (forward_deep_mlp(X_test, params)[-1].argmax(axis=1) == y_test).mean()
        size = sum(l2_regularization(W, 1.0) for W in params[::2])
        print(f"{name:>8}: {train:.1%} of these labels learned,", end=" ")
        print(f"{test:.1%} of new digits right, sum of squared weights {size:.0f}")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
