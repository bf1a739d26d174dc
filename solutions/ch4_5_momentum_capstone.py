"""Advanced optimization and capstone

Momentum is like a ball rolling downhill: steps that agree add up, steps that zigzag cancel.

    v <- mu v - lr dL/dW,   W <- W + v

With mu = 0.9 a steady gradient is followed ten times as fast. The capstone is a network of your own
that reads handwriting: accuracy says how often it is right, the confusion matrix which class it
mistakes for which. The reference is the deep perceptron of 4.1, trained on randomly shifted digits.
"""

from itertools import pairwise

import numpy as np

from .ch1_1_numpy_arrays import one_hot
from .ch1_2_matrix_operations import matrix_multiply
from .ch2_3_mini_batches import minibatches
from .ch3_3_forward_mlp import cross_entropy, he_init
from .ch4_1_deep_mlp import backward_deep_mlp, forward_deep_mlp

__all__ = ["momentum_update", "accuracy", "confusion_matrix",
           "train_capstone", "predict_capstone"]  # fmt: skip

SHIFTS = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1)]


def momentum_update(v, grad, mu, lr):
    """Compute the next velocity of gradient descent with momentum.

    Args:
        v: velocity so far, array of any shape, zeros at first; it is not changed.
        grad: gradient of the loss, same shape.
        mu: momentum, the share of the velocity that is kept, a float with 0 <= mu < 1.
        lr: learning rate.

    Returns:
        The new velocity, mu v - lr grad, a new array. The caller adds it to the parameter,
        W + v: the minus sign is already included.

    Raises:
        ValueError: if v and grad differ in shape.

    Source: Polyak 1964; Sutskever et al. 2013, eq. 1 and 2.

    >>> momentum_update(np.array([1.0, 0.0]), np.array([2.0, -2.0]), mu=0.5, lr=0.25).tolist()
    [0.0, 0.5]
    """
    # Why this form: with the minus and lr included, v is the step itself, and when lr changes, the
    # old steps keep their length; libraries that store mu v + grad and step by -lr v rescale these.
    if np.shape(v) != np.shape(grad):
        raise ValueError(f"v {np.shape(v)} and grad {np.shape(grad)} differ in shape")
    return mu * v - lr * grad


def to_labels(y):
    """Turn scores or one-hot rows of shape (n, k) into labels (optional helper).

    Labels of shape (n,) stay as they are.
    """
    return np.argmax(y, axis=1) if np.ndim(y) == 2 else np.asarray(y)


def accuracy(y_pred, y):
    """Compute the share of correct predictions.

    Args:
        y_pred: predictions: scores or probabilities of shape (n, k), of which the largest in
            each row counts, or integer labels of shape (n,).
        y: the truth, one-hot (n, k) or integer labels (n,). The two may differ in form.

    Returns:
        Share of the n examples for which the labels agree, a Python float in [0, 1].

    Raises:
        ValueError: if the numbers of examples differ.

    Source: Nielsen, chapter 1 (the `evaluate` of its network).

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    y_pred, y = to_labels(y_pred), to_labels(y)
    if y_pred.shape != y.shape:  # `==` would broadcast a single label over all
        raise ValueError(f"{y_pred.shape} predictions for {y.shape} labels")
    return float(np.mean(y_pred == y))


def confusion_matrix(y_pred, y, num_classes):
    """Count which class is mistaken for which.

    Args:
        y_pred: predicted labels, integers of shape (n,). Scores too, if you like.
        y: true labels, integers of shape (n,).
        num_classes: number of classes k.

    Returns:
        Integer array of shape (k, k): entry (t, c) counts the examples of true class t (row)
        that were predicted as class c (column). The diagonal holds the correct ones.

    Raises:
        ValueError: if the lengths differ or a label is not in 0..num_classes-1.

    Source: the usual definition, with true classes as rows, as in scikit-learn.

    >>> confusion_matrix(np.array([0, 1, 1, 1]), np.array([0, 0, 0, 1]), 2).tolist()
    [[1, 2], [0, 1]]
    """
    # Why this form: `one_hot` refuses labels out of range. For many classes use `np.add.at`.
    truth = one_hot(to_labels(y), num_classes)  # (n, k)
    predicted = one_hot(to_labels(y_pred), num_classes)  # (n, k)
    return matrix_multiply(truth.T, predicted).astype(int)  # (k, k): both rows are 1


def train_capstone(X, y, rng=None):
    """Train the network of your choice to read digits: the course's final exam.

    Architecture, optimizer and settings are yours, as long as `predict_capstone` can use the
    parameters. All earlier chapters and `fast_layers.py` may be used. The reference: 784-200-100-k
    with ReLU, momentum, and images shifted by up to a pixel; more epochs if there are few images.

    Args:
        X: images of shape (n, 784), each 28 x 28 row by row, values in [0, 1]; float32 (which is
            faster), float64 or integers.
        y: one-hot labels of shape (n, k).
        rng: numpy.random.Generator for everything random; None: `np.random.default_rng()`.

    Returns:
        (params, losses): at least two layers of weights that learn from the labels, in shapes that
        do not depend on n; and mean cross-entropies, finite floats, oldest first.

    Source: Polyak 1964 (momentum); Simard et al. 2003, section 2 (shifted images).

    >>> X, y = np.repeat(np.eye(2), 392, axis=1), np.eye(2)  # upper or lower half white
    >>> params, losses = train_capstone(X, y, np.random.default_rng(0))
    >>> accuracy(predict_capstone(X, params), y)
    1.0
    """
    # Why this form: a rate that falls to 0 gets far in few epochs; a shifted 7 is still a 7.
    rng, X = np.random.default_rng(rng), 1.0 * X  # integers become float64, float32 stays
    sizes = [X.shape[1], 200, 100, y.shape[1]]
    params = [param.astype(X.dtype) for fan in pairwise(sizes) for param in he_init(*fan, rng)]
    velocities, losses = [np.zeros_like(param) for param in params], []
    epochs = max(12, min(24, 60_000 // len(X)))  # few images: more epochs, enough updates
    updates = epochs * -(-len(X) // 128)  # rounded up
    for _ in range(epochs):
        for images, labels in minibatches(X.reshape(-1, 28, 28), y.astype(X.dtype), 128, rng):
            shifted = np.roll(images, rng.choice(SHIFTS), axis=(1, 2)).reshape(-1, 784)
            activations = forward_deep_mlp(shifted, params)
            grads = backward_deep_mlp(shifted, activations, labels, params)
            lr = 0.1 * (1 - len(losses) / updates)
            losses.append(cross_entropy(activations[-1], labels))
            for i, grad in enumerate(grads):
                velocities[i] = momentum_update(velocities[i], grad, 0.9, lr)
                params[i] += velocities[i]
    return params, losses


def predict_capstone(X, params):
    """Compute class probabilities with the trained capstone network.

    Whatever training does to its inputs, such as scaling, must be done in here too. The reference
    averages the network's answers for nine positions of each image, shifted by up to a pixel.

    Args:
        X: images of shape (n, 784), values in [0, 1].
        params: the parameters that `train_capstone` returned.

    Returns:
        Probabilities of shape (n, k), every row summing to 1.

    Source: chapter 4.1; Krizhevsky et al. 2012, section 4.1 (the mean over positions).

    >>> predict_capstone(np.zeros((3, 784)), [np.zeros((784, 2)), np.zeros(2)]).tolist()
    [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
    """
    # Why this form: `forward_deep_mlp(X, params)[-1]` works too, but is about 0.1% less accurate.
    images = X.reshape(-1, 28, 28)
    views = [np.roll(images, shift, axis=(1, 2)).reshape(X.shape) for shift in SHIFTS]
    return sum(forward_deep_mlp(view, params)[-1] for view in views) / len(views)  # (n, k)


def demo():
    """Train the capstone network and show what it confuses."""
    from data import load

    digits = load("digits")
    X, y = digits.X_train, one_hot(digits.y_train, 10)
    params, losses = train_capstone(X, y, np.random.default_rng(0))
    A = predict_capstone(digits.X_test, params)
    print(f"{len(losses)} updates, loss {losses[0]:.2f} -> {np.mean(losses[-20:]):.3f}")
    print(f"{accuracy(A, digits.y_test):.1%} of {len(A)} new digits right")
    matrix = confusion_matrix(A, digits.y_test, 10)
    print("rows: what it was; columns: what the network said", matrix, sep="\n")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
