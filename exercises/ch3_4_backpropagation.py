"""Backpropagation for training MLPs

The chain rule, followed from the loss back to the first weights, gives every gradient for
about the work of a second forward pass:

    delta2 = (A2 - y) / n                    dL/dZ2, softmax and cross-entropy together
    dW2 = A1^T delta2                        db2 = sum of delta2 over the examples
    delta1 = (delta2 W2^T) * relu'(Z1)       dL/dZ1
    dW1 = X^T delta1                         db1 = sum of delta1 over the examples

Together with `gradient_descent` of chapter 2.3, this trains a network that reads handwriting.
"""

import numpy as np

from .ch1_2_matrix_operations import matrix_multiply
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu_derivative
from .ch3_3_forward_mlp import cross_entropy, forward_mlp, he_init

__all__ = ["backward_mlp", "mlp_loss", "train_mlp"]


def backward_mlp(X, A1, A2, y, W1, W2):
    """Compute the gradients of the mean cross-entropy of a two-layer perceptron.

    Args:
        X: inputs of shape (n, d).
        A1: hidden activations from `forward_mlp`, (n, h).
        A2: output probabilities from `forward_mlp`, (n, k).
        y: one-hot labels of shape (n, k).
        W1: weights of the hidden layer, (d, h). No gradient depends on them directly;
            they are an argument because they belong to the network.
        W2: weights of the output layer, (h, k).

    Returns:
        (dW1, db1, dW2, db2), each shaped like its parameter: the exact derivatives of the
        mean loss, so the 1/n is included. Z1 is not needed: A1 > 0 exactly where Z1 > 0.

    Raises:
        ValueError: if A2 and y differ in shape.

    Source: Nielsen, chapter 2, BP1 to BP4; chapter 3, eq. 84 for softmax.

    >>> X, A1, A2 = np.array([[1.0]]), np.array([[2.0]]), np.array([[0.25, 0.75]])
    >>> W1, W2, y = np.array([[2.0]]), np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])
    >>> [grad.tolist() for grad in backward_mlp(X, A1, A2, y, W1, W2)]
    [[[-0.25]], [-0.25], [[0.5, -0.5]], [0.25, -0.25]]
    """
    raise NotImplementedError("write `backward_mlp`")


def mlp_loss(X, y, params):
    """Compute loss and gradients of a two-layer perceptron, in the form gradient descent needs.

    Args:
        X: inputs of shape (n, d).
        y: one-hot labels of shape (n, k).
        params: [W1, b1, W2, b2] as in `forward_mlp`.

    Returns:
        (loss, grads): the mean cross-entropy, a float, and a list of gradients in the
        order and shapes of params.

    Raises:
        ValueError: if y does not have the shape of the output.

    Source: Nielsen, chapter 2, "The backpropagation algorithm".

    >>> zeros = [np.zeros((2, 3)), np.zeros(3), np.zeros((3, 4)), np.zeros(4)]
    >>> loss, grads = mlp_loss(np.ones((1, 2)), np.array([[0, 0, 1, 0]]), zeros)
    >>> round(loss, 4), grads[3].tolist()  # the loss is ln 4
    (1.3863, [0.25, 0.25, -0.75, 0.25])
    """
    raise NotImplementedError("write `mlp_loss`")


def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Train a two-layer perceptron from random weights by mini-batch gradient descent.

    Args:
        X: inputs of shape (n, d), such as images in [0, 1]; float32 (which is faster),
            float64 or integers.
        y: one-hot labels of shape (n, k).
        hidden: number of hidden units h.
        lr: learning rate.
        epochs: number of passes over the data.
        batch_size: examples per update.
        rng: numpy.random.Generator for the initial weights (W1 first, then W2, by
            `he_init`) and the shuffling; None means `np.random.default_rng()`.

    Returns:
        (params, losses): params = [W1, b1, W2, b2], and a list of floats, one per update,
        oldest first.

    Source: Nielsen, chapter 1, "Implementing our network to classify digits".

    >>> X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.eye(2)[[0, 1, 1, 0]]  # XOR
    >>> params, losses = train_mlp(X, y, 16, epochs=500, rng=np.random.default_rng(0))
    >>> forward_mlp(X, *params)[1].argmax(axis=1).tolist()
    [0, 1, 1, 0]
    """
    raise NotImplementedError("write `train_mlp`")


def demo():
    """Train a network of 256 hidden units on handwritten digits."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot

    digits = load("digits")
    X, y, rng = digits.X_train, one_hot(digits.y_train, 10), np.random.default_rng(0)
    params, losses = train_mlp(X, y, epochs=20, rng=rng)
    updates = len(losses) // 20
    for epoch in [0, 1, 4, 9, 19]:
        mean = np.mean(losses[epoch * updates : (epoch + 1) * updates])
        print(f"epoch {epoch + 1:2}: mean loss {mean:.3f} " + "#" * round(25 * mean))
    _, A2 = forward_mlp(digits.X_test, *params)
    right = (A2.argmax(axis=1) == digits.y_test).mean()
    print(f"{right:.1%} of {len(A2)} digits by new writers are right")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
