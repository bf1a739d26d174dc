"""Single-layer perceptrons

One neuron: multiply the inputs by weights, add a bias, squeeze the sum into a probability.

    Z = X W + b,   A = sigmoid(Z),   dL/dW = X^T (A - y) / n

This is the logistic regression of chapter 2.3 seen as a network, and it learns every rule
whose two answers a straight line can separate, such as AND and OR. XOR is not one of them:
the best that a single layer can do there is to always answer 0.5, at a loss of
ln 2 = 0.693. The hidden layer of chapter 3.3 solves this.
"""

import numpy as np

from .ch1_2_matrix_operations import linear
from .ch1_3_activation_basics import sigmoid
from .ch2_3_mini_batches import gradient_descent, logistic_loss

__all__ = ["forward_perceptron", "train_perceptron"]


def forward_perceptron(X, W, b):
    """Compute the output of a single-layer perceptron.

    Args:
        X: inputs of shape (n, d).
        W: weights of shape (d, 1).
        b: bias of shape (1,).

    Returns:
        A = sigmoid(X W + b), probabilities of shape (n, 1), without overflow.

    Raises:
        ValueError: if X does not have d columns (NumPy's own error is fine).

    Source: Nielsen, chapter 1, "Sigmoid neurons".

    >>> X, W = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[2.0], [3.0]])
    >>> forward_perceptron(X, W, np.array([-5.0])).round(4).tolist()
    [[0.0067], [0.5]]
    """
    raise NotImplementedError("write `forward_perceptron`")


def train_perceptron(X, y, lr, epochs, rng):
    """Train a perceptron by gradient descent on the binary cross-entropy.

    Every epoch is one update with all the examples (full batch). Starting from zeros is
    fine here: the loss has no other valleys to get stuck in.

    Args:
        X: inputs of shape (n, d); float32, float64 or integers.
        y: labels 0 or 1 of shape (n, 1).
        lr: learning rate, a positive float.
        epochs: number of updates.
        rng: numpy.random.Generator, in case you start from random weights.

    Returns:
        (params, losses): params = [W, b] with W of shape (d, 1) and b of shape (1,), and
        the loss before each update, a list of `epochs` floats.

    Source: Goodfellow et al. 2016, section 6.1 (XOR), section 6.2.2.2 (sigmoid units).

    >>> X, y = np.array([[-1.0], [1.0]]), np.array([[0], [1]])
    >>> params, losses = train_perceptron(X, y, 1.0, 100, np.random.default_rng(0))
    >>> forward_perceptron(X, *params).round(1).tolist(), losses[-1] < losses[0]
    ([[0.0], [1.0]], True)
    """
    raise NotImplementedError("write `train_perceptron`")


def demo():
    """Learn AND and OR, and fail at XOR."""
    from data import logical_and, logical_or, xor

    rng = np.random.default_rng(0)
    for name, rule in [("AND", logical_and), ("OR", logical_or), ("XOR", xor)]:
        X, y = rule(rng)
        params, losses = train_perceptron(X, y, 1.0, 3000, rng)
        A = forward_perceptron(X, *params)
        print(f"{name:3}  loss {losses[0]:.3f} -> {losses[-1]:.3f}")
        for (left, right), a, truth in zip(X, A[:, 0], y[:, 0], strict=True):
            print(f"     {left:.0f} {name} {right:.0f} = {truth:.0f}, the perceptron says {a:.3f}")
    print(f"ln 2 = {np.log(2):.3f}: on XOR it always says 'fifty-fifty'.")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
