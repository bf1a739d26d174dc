"""Mini-batch gradient descent

The gradient over 60,000 images is expensive, and the gradient over 64 of them points in
nearly the same direction. So each step uses one small batch; one pass over all batches is
an epoch:

    for each batch (X_b, y_b):   params <- params - lr * dL(X_b, y_b)/dparams

The first model trained this way is logistic regression, A = sigmoid(X W + b), whose binary
cross-entropy has the gradient dL/dZ = (A - y) / n. The `gradient_descent` of this chapter
replaces that of 2.2: it takes a list of parameters and trains all the later networks.
"""

import numpy as np

from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch1_3_activation_basics import sigmoid
from .ch2_1_loss_functions import binary_cross_entropy

__all__ = ["minibatches", "logistic_loss", "gradient_descent"]


def minibatches(X, y, batch_size, rng):
    """Shuffle the examples and cut them into batches: one epoch.

    Args:
        X: array whose first axis counts the n examples, such as (n, d) or (n, C, H, W).
        y: array with the same n, such as (n, k) or (n,).
        batch_size: examples per batch, an int of at least 1.
        rng: numpy.random.Generator that does the shuffling.

    Returns:
        An iterable (a list or a generator) of pairs (X_batch, y_batch). Every example
        occurs in exactly one batch and stays with its own y. Each batch holds batch_size
        examples, the last one the remainder. X and y themselves are not shuffled.

    Raises:
        ValueError: if X and y differ in length, whichever is longer (where NumPy raises
            IndexError, that is fine).

    Source: Nielsen, chapter 1, "Learning with gradient descent".

    >>> X, y = np.arange(5), 10 * np.arange(5)
    >>> batches = list(minibatches(X, y, 2, np.random.default_rng(0)))
    >>> [len(X_batch) for X_batch, y_batch in batches]
    [2, 2, 1]
    >>> all((y_batch == 10 * X_batch).all() for X_batch, y_batch in batches)
    True
    """
    raise NotImplementedError("write `minibatches`")


def logistic_loss(X, y, params):
    """Compute loss and gradients of logistic regression.

    Args:
        X: inputs of shape (n, d).
        y: labels 0 or 1 of shape (n, 1).
        params: [W, b] with W of shape (d, 1) and b of shape (1,).

    Returns:
        (loss, [dW, db]): the binary cross-entropy of A = sigmoid(X W + b), a float, and
        its exact gradients, shaped like W and b. The loss is a mean over the examples, so
        the gradients contain a 1/n: with D = (A - y) / n, dW = X^T D and db sums D over
        the examples.

    Raises:
        ValueError: if y does not have the shape of A, e.g. if it is (n,).

    Source: Nielsen, chapter 3, eq. 61 and 62.

    >>> X, y = np.array([[0.0], [2.0]]), np.array([[0.0], [1.0]])
    >>> loss, (dW, db) = logistic_loss(X, y, [np.zeros((1, 1)), np.zeros(1)])
    >>> round(loss, 4), dW.tolist(), db.tolist()
    (0.6931, [[-0.5]], [0.0])
    """
    raise NotImplementedError("write `logistic_loss`")


def gradient_descent(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Minimize a loss over a list of parameters by mini-batch gradient descent.

    Args:
        X: inputs, the first axis counting the n examples.
        y: true values with the same n.
        params: list of float arrays to start from; neither the list nor its arrays are
            changed.
        lr: learning rate, a positive float.
        loss_fn: function with `loss_fn(X_batch, y_batch, params) -> (loss, grads)`, grads
            a list in the order and shapes of params.
        batch_size: examples per update, shuffled again by `minibatches` for each epoch;
            None means all examples in their given order, that is, one update per epoch.
        epochs: number of passes over the data.
        rng: numpy.random.Generator for the shuffling; None means
            `np.random.default_rng()`.

    Returns:
        (params, losses): a new list with the trained arrays, of any float dtype, and a list
        of Python floats, one per update: the loss of that batch just before it. Each update
        is param <- param - lr * grad for every parameter.

    Source: Goodfellow et al. 2016, section 8.3.1, algorithm 8.1.

    >>> X, y = np.array([[-1.0], [1.0]]), np.array([[0.0], [1.0]])
    >>> start = [np.zeros((1, 1)), np.zeros(1)]
    >>> params, losses = gradient_descent(X, y, start, 1.0, logistic_loss, None, epochs=2)
    >>> params[0].round(4).tolist(), [round(loss, 4) for loss in losses]
    ([[0.8775]], [0.6931, 0.4741])
    """
    raise NotImplementedError("write `gradient_descent`")


def demo():
    """Tell handwritten zeros from ones by logistic regression."""
    from data import load

    digits = load("digits")
    train, test = digits.y_train < 2, digits.y_test < 2
    X, y = digits.X_train[train], digits.y_train[train][:, None]
    start = [np.zeros((784, 1)), np.zeros(1)]
    for batch_size in [None, 32]:
        rng = np.random.default_rng(0)
        params, losses = gradient_descent(X, y, start, 0.1, logistic_loss, batch_size, 3, rng)
        right = (linear(digits.X_test[test], *params) > 0) == digits.y_test[test][:, None]
        print(f"batch_size {batch_size}: {len(losses)} updates in 3 epochs,", end=" ")
        print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}, {right.mean():.1%} of new digits right")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
