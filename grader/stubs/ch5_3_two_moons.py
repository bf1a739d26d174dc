"""Two moons and a network that bends

A single neuron draws a straight line (3.1). With a hidden layer before it, the boundary can
bend, once per hidden unit, and pass between two moons, or around the corners of XOR:

    A1 = relu(X W1 + b1)       each unit is 0 on one side of its fold and a slope on the other
    A  = sigmoid(A1 W2 + b2)   the probability of class 1
    L  = mean of the binary cross-entropy of A and y

Backpropagation is that of 3.4 with one output: sigmoid and cross-entropy leave A - y, as
softmax did. A unit whose fold leaves all the data on the flat side is dead, because its
gradient is 0 forever. With 8 units, a few dead ones can spoil the whole network, so the
initial weights place every fold where the data is.
"""

import numpy as np

from .ch1_2_matrix_operations import linear
from .ch1_3_activation_basics import sigmoid
from .ch2_1_loss_functions import binary_cross_entropy
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu
from .ch3_3_forward_mlp import he_init
from .ch3_4_backpropagation import backward_mlp

__all__ = ["forward_binary", "binary_loss", "train_binary"]


def forward_binary(X, params):
    """Compute the probability of class 1 with a ReLU hidden layer and a sigmoid output.

    Args:
        X: inputs of shape (n, d).
        params: [W1, b1, W2, b2] of shapes (d, h), (h,), (h, 1) and (1,).

    Returns:
        A = sigmoid(relu(X W1 + b1) W2 + b2), probabilities of shape (n, 1). float32 gives
        float32, float64 and integers give float64. No overflow.

    Source: Goodfellow et al. 2016, section 6.1, with the sigmoid output of section 6.2.2.2.

    >>> params = [np.array([[1.0, -1.0]]), np.zeros(2), np.array([[1.0], [1.0]]), np.array([-2.0])]
    >>> forward_binary(np.array([[-2.0], [0.0], [2.0]]), params).round(4).tolist()  # |x| - 2
    [[0.5], [0.1192], [0.5]]
    """
    raise NotImplementedError("write `forward_binary`")


def binary_loss(X, y, params):
    """Compute loss and gradients of the network, in the form gradient descent needs.

    Args:
        X: inputs of shape (n, d).
        y: labels 0 or 1 of shape (n, 1).
        params: [W1, b1, W2, b2] as in `forward_binary`.

    Returns:
        (loss, grads): the mean binary cross-entropy, a float, finite even where the
        network is certain and wrong, and a list of its exact gradients in the order and
        shapes of params. The 1/n is included. float32 gives float32 gradients.

    Raises:
        ValueError: if y does not have the shape (n, 1).

    Source: Nielsen, chapter 2, BP1 to BP4; chapter 3, eq. 57 (the loss).

    >>> zeros = [np.zeros((1, 2)), np.ones(2), np.ones((2, 1)), np.array([-2.0])]
    >>> loss, grads = binary_loss(np.array([[1.0], [3.0]]), np.array([[1], [1]]), zeros)
    >>> round(loss, 4), [grad.tolist() for grad in grads]  # all answers are 0.5: ln 2
    (0.6931, [[[-1.0, -1.0]], [-0.5, -0.5], [[-0.5], [-0.5]], [-0.5]])
    """
    raise NotImplementedError("write `binary_loss`")


def train_binary(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    """Train the network from random weights by gradient descent on all examples.

    Every epoch is one update: param <- param - lr * grad for each of the four.

    Args:
        X: inputs of shape (n, d), numbers of a size of about 1; float32 (which is faster),
            float64 or integers.
        y: labels 0 or 1 of shape (n, 1).
        hidden: number of hidden units h.
        lr: learning rate.
        epochs: number of updates.
        rng: numpy.random.Generator for the initial weights; None means
            `np.random.default_rng()`.

    Returns:
        (params, losses): params = [W1, b1, W2, b2], and a list of floats, the loss before
        each of the updates.

    Source: Goodfellow et al. 2016, section 6.1 (XOR), section 4.3 (gradient descent).

    >>> X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    >>> params, losses = train_binary(X, y, rng=np.random.default_rng(0))
    >>> forward_binary(X, params).round().tolist(), len(losses)
    ([[0.0], [1.0], [1.0], [0.0]], 2000)
    """
    raise NotImplementedError("write `train_binary`")


def demo():
    """Learn XOR, which chapter 3.1 could not, and draw the boundary between two moons."""
    from data import two_moons, xor

    rng = np.random.default_rng(0)
    X, y = xor(rng)
    params, losses = train_binary(X, y, rng=rng)
    print(f"XOR        loss {losses[0]:.3f} -> {losses[-1]:.3f}")
    for (left, right), a in zip(X, forward_binary(X, params)[:, 0], strict=True):
        print(f"           {left:.0f} XOR {right:.0f}: the network says {a:.3f}")
    X, y = two_moons(rng)
    params, losses = train_binary(X, y, rng=rng)
    right = ((forward_binary(X, params) > 0.5) == y).mean()
    print(f"two moons  loss {losses[0]:.3f} -> {losses[-1]:.3f}, {right:.1%} right")
    across, down = np.linspace(-1.5, 2.5, 61), np.linspace(1.3, -0.8, 18)
    for height in down:
        row = forward_binary(np.column_stack([across, np.full(61, height)]), params)[:, 0]
        print("           " + "".join(" .:*#"[min(4, int(5 * a))] for a in row))


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
