"""Multi-layer perceptrons and forward propagation

A hidden layer between input and output lets a network draw curved boundaries:

    A1 = relu(X W1 + b1)         (n, hidden)
    A2 = softmax(A1 W2 + b2)     (n, classes)
    L  = -(1/n) sum over examples and classes of y log(A2)

The weights start out random: otherwise all hidden units would stay identical forever. Their
variance, 2/fan_in, keeps the size of the signal unchanged through a ReLU layer. A network
that knows nothing yet spreads its bets: its loss on ten digits is near ln 10.
"""

import numpy as np

from .ch1_2_matrix_operations import linear
from .ch3_2_activation_functions import relu, softmax

__all__ = ["he_init", "forward_mlp", "cross_entropy"]


def he_init(fan_in, fan_out, rng):
    """Draw the initial weights of a layer followed by ReLU.

    Args:
        fan_in: number of inputs of the layer.
        fan_out: number of its outputs.
        rng: numpy.random.Generator.

    Returns:
        (W, b), both float64: W of shape (fan_in, fan_out), independent normal numbers
        with mean 0 and variance 2 / fan_in (the standard deviation is its square root),
        and b of shape (fan_out,), zeros.

    Source: He et al. 2015, section 2.2 (forward propagation case).

    >>> W, b = he_init(200, 50, np.random.default_rng(0))
    >>> W.shape, round(float(W.std()), 2), b.shape, float(b.sum())
    ((200, 50), 0.1, (50,), 0.0)
    """
    raise NotImplementedError("write `he_init`")


def forward_mlp(X, W1, b1, W2, b2):
    """Compute both layers of a two-layer perceptron.

    Args:
        X: inputs of shape (n, d).
        W1: weights of the hidden layer, (d, h).
        b1: its biases, (h,).
        W2: weights of the output layer, (h, k).
        b2: its biases, (k,).

    Returns:
        (A1, A2): A1 = relu(X W1 + b1) of shape (n, h), and A2 = softmax(A1 W2 + b2) of
        shape (n, k), whose rows are probabilities. No warning for scores in the thousands.

    Source: Nielsen, chapter 2, eq. 25, with the activations of chapter 3.2.

    >>> X, identity, zeros = np.array([[1.0, -1.0]]), np.eye(2), np.zeros(2)
    >>> A1, A2 = forward_mlp(X, identity, zeros, identity, zeros)
    >>> A1.tolist(), A2.round(4).tolist()
    ([[1.0, 0.0]], [[0.7311, 0.2689]])
    """
    raise NotImplementedError("write `forward_mlp`")


def cross_entropy(A, y):
    """Compute the cross-entropy of class probabilities against one-hot labels.

    Args:
        A: predicted probabilities of shape (n, k), each in [0, 1].
        y: one-hot labels of shape (n, k).

    Returns:
        -(1/n) sum over all entries of y log(A), a Python float: the mean over the
        examples only, not over the k classes. It is finite even where A is 0, in float32
        too: A is kept at or above a small positive number that its dtype can hold, such as
        `np.finfo(A.dtype).tiny` (1e-300 is 0 in float32).

    Raises:
        ValueError: if the shapes differ.

    Source: Goodfellow et al. 2016, section 6.2.1.1, eq. 6.12.

    >>> round(cross_entropy(np.array([[0.5, 0.5], [0.2, 0.8]]), np.array([[1, 0], [0, 1]])), 4)
    0.4581
    """
    raise NotImplementedError("write `cross_entropy`")


def demo():
    """Show digits to a network that has not learned anything."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot

    digits, rng = load("digits"), np.random.default_rng(0)
    W1, b1 = he_init(784, 256, rng)
    W2, b2 = he_init(256, 10, rng)
    A1, A2 = forward_mlp(digits.X_test, W1, b1, W2, b2)
    print(f"{len(A1)} digits, {A1.shape[1]} hidden units, {(A1 > 0).mean():.0%} of them active")
    print("probabilities for the first one:", A2[0].round(2).tolist())
    loss = cross_entropy(A2, one_hot(digits.y_test, 10))
    right = (A2.argmax(axis=1) == digits.y_test).mean()
    print(f"loss {loss:.2f}, near ln 10 = {np.log(10):.2f}; {right:.0%} right: guessing")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
