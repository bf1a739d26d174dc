"""Advanced optimization and capstone

Momentum remembers where the last steps went, like a ball that rolls downhill: steps that
agree add up, steps that zigzag cancel.

    v <- mu v - lr dL/dW,   W <- W + v

With mu = 0.9 a steady gradient is followed ten times as fast. The capstone puts the course
together in a network of your own that reads handwriting, and judges it: accuracy says how
well it reads, the confusion matrix what it takes for what. The solution trains the deep
perceptron of 4.1 with momentum, on digits that it shifts by a pixel now and then, so that
no position can be learnt by heart.
"""

from functools import partial
from itertools import pairwise

import numpy as np

from .ch1_1_numpy_arrays import one_hot
from .ch1_2_matrix_operations import matrix_multiply
from .ch2_3_mini_batches import minibatches
from .ch3_3_forward_mlp import he_init
from .ch4_1_deep_mlp import deep_mlp_loss, forward_deep_mlp

__all__ = [
    "momentum_update",
    "accuracy",
    "confusion_matrix",
    "train_capstone",
    "predict_capstone",
]

SHIFTS = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1)]


def momentum_update(v, grad, mu, lr):
    """Compute the next velocity of gradient descent with momentum.

    Args:
        v: velocity so far, array of any shape, zeros at the start; it is not changed.
        grad: gradient of the loss, same shape.
        mu: momentum, the share of the velocity that is kept, a float with 0 <= mu < 1.
        lr: learning rate.

    Returns:
        The new velocity, mu v - lr grad, a new array. The caller adds it to the
        parameter: W + v. The minus is already inside.

    Raises:
        ValueError: when v and grad differ in shape.

    Source: Polyak 1964; Sutskever et al. 2013, eq. 1 and 2.

    >>> momentum_update(np.array([1.0, 0.0]), np.array([2.0, -2.0]), mu=0.5, lr=0.25).tolist()
    [0.0, 0.5]
    """
    raise NotImplementedError("write `momentum_update`")


def to_labels(y):
    """Turn scores or one-hot rows into integer labels; leave labels as they are.

    Args:
        y: array of shape (n, k) with k > 1, scores or one-hot, or (n,) labels.

    Returns:
        Labels of shape (n,): the column of each row's largest entry, or y itself.

    >>> to_labels(np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])).tolist()
    [1, 0]
    """
    raise NotImplementedError("write `to_labels`")


def accuracy(y_pred, y):
    """Compute the share of right predictions.

    Args:
        y_pred: predictions: scores or probabilities of shape (n, k), of which the largest
            in the row counts, or integer labels of shape (n,).
        y: the truth, one-hot (n, k) or integer labels (n,). The two need not have the
            same form.

    Returns:
        Share of the n examples for which the labels agree, a Python float in [0, 1].

    Raises:
        ValueError: when the numbers of examples differ.

    Source: Nielsen, chapter 1 (the `evaluate` of its network).

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    raise NotImplementedError("write `accuracy`")


def confusion_matrix(y_pred, y, num_classes):
    """Count which class is taken for which.

    Args:
        y_pred: predicted labels, integers of shape (n,), or scores of shape (n, k).
        y: true labels, integers of shape (n,), or one-hot of shape (n, k).
        num_classes: number of classes k.

    Returns:
        Integer array of shape (k, k): entry (t, c) counts the examples of true class t
        (row) that were predicted as class c (column). The diagonal holds the right ones.

    Raises:
        ValueError: when the lengths differ or a label is not in 0..num_classes-1.

    Source: the usual definition, rows true as in `sklearn.metrics.confusion_matrix`.

    >>> confusion_matrix(np.array([0, 1, 1, 1]), np.array([0, 0, 0, 1]), 2).tolist()
    [[1, 2], [0, 1]]
    """
    raise NotImplementedError("write `confusion_matrix`")


def momentum_descent(X, y, params, lr, loss_fn, mu=0.9, batch_size=64, epochs=1, rng=None):
    """Minimize a loss by mini-batch gradient descent with momentum.

    The learning rate falls along a straight line from lr to 0: long strides first, then
    ever finer ones.

    Args:
        X, y, params, loss_fn, batch_size, epochs, rng: as in `gradient_descent` of chapter
            2.3, with an int for batch_size.
        lr: learning rate of the first update.
        mu: momentum, 0 <= mu < 1.

    Returns:
        (params, losses): a new list with the trained arrays, and a list of floats, one
        per update, each taken before it.

    Source: Sutskever et al. 2013, eq. 1 and 2.

    >>> def bowl(X, y, params):
    ...     return float(params[0][0] ** 2), [2 * params[0]]
    >>> X = np.zeros((2, 1))
    >>> params, losses = momentum_descent(X, X, [np.array([4.0])], 0.25, bowl, 0.5, 1)
    >>> losses, params[0].tolist()
    ([16.0, 4.0], [0.5])
    """
    raise NotImplementedError("write `momentum_descent`")


def shifted_loss(X, y, params, rng, loss_fn=deep_mlp_loss):
    """Compute a network's loss and gradients on a batch shifted by up to a pixel.

    A shifted 7 is still a 7: each batch is moved by -1, 0 or 1 rows and as many columns, drawn
    from rng, which makes nine training sets out of one. What leaves the image on one side
    comes in on the other; the border of a digit is empty, so nothing is lost.

    Args:
        X: images of shape (n, 784) or (n, 1, 28, 28), each 28 x 28 in rows.
        y: one-hot labels of shape (n, k).
        params: the network's, such as [W1, b1, W2, b2, ...] of chapter 4.1.
        rng: numpy.random.Generator that draws the shift.
        loss_fn: the network's, `deep_mlp_loss` or `cnn_loss` of chapter 4.3, for instance.

    Returns:
        (loss, grads) of `loss_fn` for the shifted images.

    Source: Simard et al. 2003, section 2 (distorted copies).

    >>> params, rng = [np.zeros((784, 2)), np.zeros(2)], np.random.default_rng(0)
    >>> loss, grads = shifted_loss(np.ones((1, 784)), np.array([[1, 0]]), params, rng)
    >>> round(loss, 4), grads[1].tolist()
    (0.6931, [-0.5, 0.5])
    """
    raise NotImplementedError("write `shifted_loss`")


def train_capstone(X, y, rng=None):
    """Train the network of your choice to read digits: the course's final exam.

    Architecture, optimizer and settings are yours, as long as `predict_capstone` knows
    what to do with the parameters. This solution: 784-400-200-k with ReLU, momentum, and
    images shifted by up to a pixel; more epochs when there are few images.

    Args:
        X: images of shape (n, 784), each 28 x 28 in rows, values in [0, 1]; the work is
            done in float32 when X is float32, otherwise in float64.
        y: one-hot labels of shape (n, k).
        rng: numpy.random.Generator for everything random; None means
            `np.random.default_rng()`.

    Returns:
        (params, losses): a list of arrays for `predict_capstone`, and a list of finite
        floats, oldest first.

    Source: Polyak 1964 (momentum); Simard et al. 2003 (shifted images).

    >>> X, y = np.repeat(np.eye(2), 392, axis=1), np.eye(2)  # upper or lower half white
    >>> params, losses = train_capstone(X, y, np.random.default_rng(0))
    >>> accuracy(predict_capstone(X, params), y)
    1.0
    """
    raise NotImplementedError("write `train_capstone`")


def predict_capstone(X, params):
    """Compute class probabilities with the trained capstone network.

    Whatever belongs to the network belongs in here too. This solution looks at each image in
    nine positions, shifted by up to a pixel as in training, and takes the mean of what the
    network says.

    Args:
        X: images of shape (n, 784), values in [0, 1].
        params: the parameters that `train_capstone` returned.

    Returns:
        Probabilities of shape (n, k), every row summing to 1.

    Source: chapter 4.1; Krizhevsky et al. 2012, section 4.1 (the mean over positions).

    >>> predict_capstone(np.zeros((3, 784)), [np.zeros((784, 2)), np.zeros(2)]).tolist()
    [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
    """
    raise NotImplementedError("write `predict_capstone`")


def demo():
    """Train the capstone network and show what it confuses."""
    from data import load

    digits = load("digits")
    X, y = digits.X_train, one_hot(digits.y_train, 10)
    params, losses = train_capstone(X, y, np.random.default_rng(0))
    A = predict_capstone(digits.X_test, params)
    print(f"{len(losses)} updates, loss {losses[0]:.2f} -> {np.mean(losses[-20:]):.3f}")
    print(f"{accuracy(A, digits.y_test):.1%} of {len(A)} new digits right")
    print("rows: what it was; columns: what the network said")
    print(confusion_matrix(A, digits.y_test, 10))


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
