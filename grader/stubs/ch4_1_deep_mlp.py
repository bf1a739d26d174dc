"""Deeper MLPs and vanishing gradients

Any number of layers, in a loop: the output of each layer is the input of the next.

    A_l = f(A_(l-1) W_l + b_l),  A_0 = X,  softmax last
    delta_(l-1) = (delta_l W_l^T) * f'(Z_(l-1)),   dW_l = A_(l-1)^T delta_l

On its way back, the error shrinks or grows at every layer. The sigmoid's slope is at most 1/4, so
in a deep sigmoid network almost nothing reaches the first layers: their gradients vanish. ReLU,
whose slope is 1, and suitable initial weights (He for ReLU, Xavier for the others) prevent that.
"""

from itertools import pairwise

import numpy as np

from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch1_3_activation_basics import sigmoid
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu, relu_derivative, softmax, tanh
from .ch3_3_forward_mlp import cross_entropy, he_init

__all__ = ["xavier_init", "forward_deep_mlp", "backward_deep_mlp",
           "gradient_norms", "train_deep_mlp"]  # fmt: skip

ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": tanh}


def xavier_init(fan_in, fan_out, rng):
    """Draw the initial weights of a layer followed by tanh or sigmoid.

    Args:
        fan_in, fan_out: numbers of inputs and outputs of the layer.
        rng: numpy.random.Generator.

    Returns:
        (W, b), both float64: W of shape (fan_in, fan_out), independent normal numbers
        with mean 0 and variance 2 / (fan_in + fan_out), and b of shape (fan_out,), zeros.

    Source: Glorot & Bengio 2010, eq. 12.

    >>> W, b = xavier_init(150, 50, np.random.default_rng(0))
    >>> W.shape, round(float(W.std()), 2), b.shape, float(b.sum())
    ((150, 50), 0.1, (50,), 0.0)
    """
    raise NotImplementedError("write `xavier_init`")


def forward_deep_mlp(X, params, activation="relu"):
    """Compute every layer of a perceptron of any depth.

    Args:
        X: inputs of shape (n, d).
        params: [W1, b1, W2, b2, ...], two arrays per layer, at least one layer.
        activation: "relu", "sigmoid" or "tanh", used by all layers but the last.

    Returns:
        List of activations, one per layer, first layer first. The last is the softmax
        output of shape (n, k); X is not in the list. No warning for scores in the thousands.

    Raises:
        ValueError or KeyError: if `activation` is not one of the three.

    Source: Goodfellow et al. 2016, section 6.5.4, algorithm 6.3.

    >>> params = [np.eye(2), np.zeros(2), np.eye(2), np.ones(2), np.eye(2), np.zeros(2)]
    >>> A1, A2, A3 = forward_deep_mlp(np.array([[1.0, -1.0]]), params)
    >>> A1.tolist(), A2.tolist(), A3.round(4).tolist()
    ([[1.0, 0.0]], [[2.0, 1.0]], [[0.7311, 0.2689]])
    """
    raise NotImplementedError("write `forward_deep_mlp`")


def backward_deep_mlp(X, activations, y, params, activation="relu"):
    """Compute the gradients of the mean cross-entropy for a perceptron of any depth.

    Args:
        X, params, activation: as in the forward pass.
        activations: the list that `forward_deep_mlp` returned for them.
        y: one-hot labels of shape (n, k).

    Returns:
        List of gradients in the order and shapes of params, the 1/n included. The slope of
        the activation follows from its value A, so Z is not needed: 1 where A > 0, else 0
        for relu; A (1 - A) for sigmoid; 1 - A^2 for tanh.

    Raises:
        ValueError: if y and the output differ in shape; or KeyError: if `activation` is unknown.

    Source: Nielsen, chapter 2, BP1 to BP4; Goodfellow et al. 2016, algorithm 6.4.

    >>> X, y, params = np.array([[2.0]]), np.array([[1.0, 0.0]]), [np.zeros((1, 2)), np.zeros(2)]
    >>> activations = forward_deep_mlp(X, params)
    >>> [grad.tolist() for grad in backward_deep_mlp(X, activations, y, params)]
    [[[-1.0, 1.0]], [-0.5, 0.5]]
    """
    raise NotImplementedError("write `backward_deep_mlp`")


def gradient_norms(grads):
    """Measure how much gradient arrives at each layer.

    Args:
        grads: [dW1, db1, dW2, db2, ...], the gradients of a network.

    Returns:
        Array of shape (layers,): for each weight gradient dW, not the biases, the root of
        the sum of its squared entries (Frobenius norm), first layer first.

    Source: Nielsen, chapter 5, "The vanishing gradient problem".

    >>> grads = [np.array([[3.0, 4.0]]), np.ones(2), np.zeros((2, 2)), np.ones(2)]
    >>> gradient_norms(grads).tolist()
    [5.0, 0.0]
    """
    raise NotImplementedError("write `gradient_norms`")


def train_deep_mlp(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Train a deep perceptron with ReLU hidden layers by mini-batch gradient descent.

    Args:
        X: inputs of shape (n, d); float32 (which is faster), float64 or integers.
        y: one-hot labels of shape (n, k).
        hidden: sizes of the hidden layers, first layer first.
        lr, epochs, batch_size: learning rate, passes over the data, examples per update.
        rng: numpy.random.Generator for the initial weights (`he_init`, first layer first) and
            the shuffling; None means `np.random.default_rng()`.

    Returns:
        (params, losses): params = [W1, b1, W2, b2, ...], and a list of floats, one per
        update, oldest first.

    Source: He et al. 2015, section 2.2 (initial weights); Goodfellow et al. 2016, section 8.3.1.

    >>> X, y = np.array([[-1.0], [1.0]]), np.eye(2)
    >>> params, losses = train_deep_mlp(X, y, (8, 4), epochs=200, rng=np.random.default_rng(0))
    >>> [param.shape for param in params], losses[-1] < 0.1
    ([(1, 8), (8,), (8, 4), (4,), (4, 2), (2,)], True)
    """
    raise NotImplementedError("write `train_deep_mlp`")


def demo():
    """Watch the gradient vanish in a deep sigmoid network, and train a ReLU network."""
    from data import load

    digits, rng = load("digits"), np.random.default_rng(0)
    X, y = digits.X_train, np.eye(10)[digits.y_train]  # one-hot
    print("Size of the weight gradients of 6 layers, first layer first:")
    for name, init in [("sigmoid", xavier_init), ("tanh", xavier_init), ("relu", he_init)]:
        sizes = [784, 64, 64, 64, 64, 64, 10]
        params = [param for fan in pairwise(sizes) for param in init(*fan, rng)]
        activations = forward_deep_mlp(X, params, name)
        norms = gradient_norms(backward_deep_mlp(X, activations, y, params, name))
        print(f"{name:>8}", *(f"{norm:9.6f}" for norm in norms))
    params, losses = train_deep_mlp(X, y, epochs=15, rng=rng)
    right = (forward_deep_mlp(digits.X_test, params)[-1].argmax(axis=1) == digits.y_test).mean()
    print(f"784-256-128-10 with ReLU: loss {losses[0]:.2f} -> {losses[-1]:.2f}, {right:.1%} right")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
