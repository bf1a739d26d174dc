"""Deeper MLPs and vanishing gradients

Any number of layers, in a loop: each one's output is the next one's input.

    A_l = f(A_(l-1) W_l + b_l),  A_0 = X,  softmax last
    delta_(l-1) = (delta_l W_l^T) * f'(Z_(l-1)),   dW_l = A_(l-1)^T delta_l

The error shrinks or grows by a factor at every layer on its way back. The slope of the
sigmoid is at most 1/4, so in a deep sigmoid network next to nothing reaches the first
layers: their gradients vanish. ReLU, whose slope is 1, and a fitting start (He for ReLU,
Xavier for tanh and sigmoid) keep them alive.
"""

from itertools import pairwise

import numpy as np

from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch1_3_activation_basics import sigmoid
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu, relu_derivative, softmax, tanh
from .ch3_3_forward_mlp import cross_entropy, he_init

__all__ = [
    "xavier_init",
    "forward_deep_mlp",
    "backward_deep_mlp",
    "gradient_norms",
    "train_deep_mlp",
]

ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": tanh}


def xavier_init(fan_in, fan_out, rng):
    """Draw the start weights of a layer followed by tanh or sigmoid.

    Args:
        fan_in: number of inputs of the layer.
        fan_out: number of its outputs.
        rng: numpy.random.Generator.

    Returns:
        (W, b), both float64: W of shape (fan_in, fan_out), independent normal numbers
        with mean 0 and variance 2 / (fan_in + fan_out), and b of shape (fan_out,), zeros.

    Source: Glorot & Bengio 2010, eq. 12.

    >>> W, b = xavier_init(150, 50, np.random.default_rng(0))
    >>> W.shape, round(float(W.std()), 2), b.shape, float(b.sum())
    ((150, 50), 0.1, (50,), 0.0)
    """
    # Why this form: 1 / fan_in would keep the signal's size on the way forward and 1 / fan_out the
    # gradient's on the way back; Xavier divides by the mean of the two. The uniform numbers of the
    # paper, between -a and a with a the root of 6 / (fan_in + fan_out), have the same variance and
    # train as well.
    scale = np.sqrt(2 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


def forward_deep_mlp(X, params, activation="relu"):
    """Compute every layer of a perceptron of any depth.

    Args:
        X: inputs of shape (n, d).
        params: [W1, b1, W2, b2, ...], two arrays per layer, at least one layer.
        activation: "relu", "sigmoid" or "tanh", used by all layers but the last.

    Returns:
        List of activations, one per layer, first layer first. The last is the softmax
        output of shape (n, k); X is not in the list.

    Raises:
        ValueError: when `activation` is none of the three.

    Source: Goodfellow et al. 2016, section 6.5.4, algorithm 6.3.

    >>> params = [np.eye(2), np.zeros(2), np.eye(2), np.ones(2), np.eye(2), np.zeros(2)]
    >>> A1, A2, A3 = forward_deep_mlp(np.array([[1.0, -1.0]]), params)
    >>> A1.tolist(), A2.tolist(), A3.round(4).tolist()
    ([[1.0, 0.0]], [[2.0, 1.0]], [[0.7311, 0.2689]])
    """
    # Why this form: the list begins with X, so that each round reads its last entry and the first
    # layer needs no case of its own; X is cut off at the end. The output layer is outside of the
    # loop, because its activation is another. A dictionary turns the name into a function, where a
    # chain of `if` would grow.
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation {activation!r} is none of {', '.join(ACTIVATIONS)}")
    activations = [X]
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):  # the hidden layers
        activations.append(ACTIVATIONS[activation](linear(activations[-1], W, b)))
    activations.append(softmax(linear(activations[-1], *params[-2:])))  # (n, k)
    return activations[1:]


def backward_deep_mlp(X, activations, y, params, activation="relu"):
    """Compute the gradients of the mean cross-entropy for a perceptron of any depth.

    Args:
        X: inputs of shape (n, d).
        activations: the list that `forward_deep_mlp` returned for X and params.
        y: one-hot labels of shape (n, k).
        params: [W1, b1, W2, b2, ...].
        activation: the one used in the forward pass.

    Returns:
        List of gradients in the order and shapes of params, the 1/n inside. The slope of
        the activation follows from its value A, so Z is not needed: 1 where A > 0, else 0
        for relu; A (1 - A) for sigmoid; 1 - A^2 for tanh.

    Raises:
        ValueError: when y has not the shape of the output, or the activation is unknown.

    Source: Nielsen, chapter 2, BP1 to BP4; Goodfellow et al. 2016, algorithm 6.4.

    >>> X, y, params = np.array([[2.0]]), np.array([[1.0, 0.0]]), [np.zeros((1, 2)), np.zeros(2)]
    >>> activations = forward_deep_mlp(X, params)
    >>> [grad.tolist() for grad in backward_deep_mlp(X, activations, y, params)]
    [[[-1.0, 1.0]], [-0.5, 0.5]]
    """
    # Why this form: the slopes are functions of A, which was kept, and not of Z, which was not.
    # `[dW, db, *grads]` puts each layer in front, so the order is right without a `reverse`. The
    # first layer passes no error on: the gradient of X would be a large product that nobody uses.
    if activation not in ACTIVATIONS or activations[-1].shape != np.shape(y):
        raise ValueError(f"{activation!r}, output {activations[-1].shape}, y {np.shape(y)}")
    slopes = {"relu": relu_derivative, "sigmoid": lambda A: A * (1 - A), "tanh": lambda A: 1 - A**2}
    inputs = [X, *activations[:-1]]  # what each layer was given
    delta = (activations[-1] - y) / len(X)  # (n, k): dL/dZ of the last layer
    grads = []
    for layer in reversed(range(len(inputs))):
        grads = [matrix_multiply(inputs[layer].T, delta), delta.sum(axis=0), *grads]
        if layer > 0:
            slope = slopes[activation](inputs[layer])
            delta = matrix_multiply(delta, params[2 * layer].T) * slope  # one layer back
    return grads


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
    # Why this form: `np.linalg.norm` of a matrix is the Frobenius norm when no other is named; for
    # dW of any shape `np.sqrt(np.sum(dW**2))` is the same. The step of 2 leaves out the biases. A
    # layer whose norm is tiny beside the others hardly learns: that is what the numbers are for.
    return np.array([np.linalg.norm(dW) for dW in grads[::2]])


def deep_mlp_loss(X, y, params):
    """Compute loss and gradients of a deep perceptron with ReLU hidden layers.

    Args:
        X: inputs of shape (n, d).
        y: one-hot labels of shape (n, k).
        params: [W1, b1, W2, b2, ...].

    Returns:
        (loss, grads): the mean cross-entropy, a float, and a list of gradients in the
        order and shapes of params. This is the `loss_fn` of `train_deep_mlp`.

    >>> params = [np.zeros((2, 2)), np.zeros(2)]
    >>> loss, grads = deep_mlp_loss(np.ones((1, 2)), np.array([[1, 0]]), params)
    >>> round(loss, 4), grads[1].tolist()
    (0.6931, [-0.5, 0.5])
    """
    activations = forward_deep_mlp(X, params)
    return cross_entropy(activations[-1], y), backward_deep_mlp(X, activations, y, params)


def train_deep_mlp(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Train a deep perceptron with ReLU hidden layers by mini-batch gradient descent.

    Args:
        X: inputs of shape (n, d); the work is done in float32 when X is float32, otherwise
            in float64.
        y: one-hot labels of shape (n, k).
        hidden: sizes of the hidden layers, first layer first.
        lr: learning rate.
        epochs: number of passes over the data.
        batch_size: examples per update.
        rng: numpy.random.Generator for the start weights (`he_init`, first layer first)
            and the shuffling; None means `np.random.default_rng()`.

    Returns:
        (params, losses): params = [W1, b1, W2, b2, ...], and a list of floats, one per
        update, oldest first.

    Source: He et al. 2015, section 2.2 (the start); Goodfellow et al. 2016, section 8.3.1.

    >>> X, y = np.array([[-1.0], [1.0]]), np.eye(2)
    >>> params, losses = train_deep_mlp(X, y, (8, 4), epochs=200, rng=np.random.default_rng(0))
    >>> [param.shape for param in params], losses[-1] < 0.1
    ([(1, 8), (8,), (8, 4), (4,), (4, 2), (2,)], True)
    """
    # Why this form: `pairwise` makes the layers out of the sizes, so any depth is one line; indices
    # i and i + 1 do the same. The rest is what `train_mlp` does: one dtype for X, y and weights, so
    # that float32 stays, and one `rng` for everything random.
    rng = np.random.default_rng(rng)
    X = 1.0 * X  # integers become float64, float32 stays
    sizes = [X.shape[1], *hidden, y.shape[1]]
    start = [param for fan in pairwise(sizes) for param in he_init(*fan, rng)]
    start = [param.astype(X.dtype) for param in start]
    y = y.astype(X.dtype)
    return gradient_descent(X, y, start, lr, deep_mlp_loss, batch_size, epochs, rng)


def demo():
    """See the gradient vanish in a deep sigmoid network, and train a ReLU one."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot

    digits, rng = load("digits"), np.random.default_rng(0)
    X, y = digits.X_train, one_hot(digits.y_train, 10)
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
