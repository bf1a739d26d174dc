"""Pooling and CNN architecture

Pooling keeps the strongest (or the mean) answer of each small window: a quarter of the
numbers, and a pattern that has moved by a pixel still gives the same answer.

    out[i, j] = max (or mean) of X[i s : i s + s, j s : j s + s]

With the convolution of 4.2 this makes the course's first convolutional network:

    conv 3x3 -> ReLU -> max pool 2 -> flatten -> dense -> softmax

Its gradients are those of its parts, chained from the last to the first; of a window that
was max pooled, only the winner gets any.
"""

from functools import reduce

import numpy as np

from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu, softmax
from .ch3_3_forward_mlp import cross_entropy, he_init
from .ch4_2_convolution import conv_filter_gradients, conv_forward, convolve, im2col

__all__ = [
    "max_pool",
    "avg_pool",
    "max_pool_backward",
    "flatten",
    "forward_cnn",
    "cnn_loss",
    "train_cnn",
]


def pool_windows(X, size):
    """Collect the entries that are pooled together.

    Args:
        X: array of shape (..., H, W).
        size: side of the square windows, an int of at least 1.

    Returns:
        List of size * size views on X, each of shape (..., H // size, W // size). Number
        size * r + c holds the entry (r, c) of every window: its entry [..., i, j] is
        X[..., i * size + r, j * size + c]. A ragged edge is dropped.

    Raises:
        ValueError: when size is less than 1 or larger than H or W.

    >>> [entries.tolist() for entries in pool_windows(np.array([[1, 2, 9], [3, 4, 9]]), 2)]
    [[[1]], [[2]], [[3]], [[4]]]
    """
    raise NotImplementedError("write `pool_windows`")


def max_pool(X, size):
    """Keep the largest entry of each size x size window of the last two axes.

    Args:
        X: array of shape (H, W), (n, C, H, W) or any (..., H, W); float32, float64 or
            integer.
        size: side of the windows and the step between them, an int of at least 1. They
            do not overlap.

    Returns:
        Array of shape (..., H // size, W // size). A ragged edge, rows and columns that
        fill no whole window, is dropped. float32 gives float32, integers give float64.

    Raises:
        ValueError: when size is less than 1 or larger than H or W.

    Source: Goodfellow et al. 2016, section 9.3.

    >>> max_pool(np.array([[1, 2, 5, 0], [3, 4, 0, 6]]), 2).tolist()
    [[4.0, 6.0]]
    """
    raise NotImplementedError("write `max_pool`")


def avg_pool(X, size):
    """Take the mean of each size x size window of the last two axes.

    Args:
        X: array of shape (H, W), (n, C, H, W) or any (..., H, W); float32, float64 or
            integer.
        size: side of the windows and the step between them, an int of at least 1.

    Returns:
        Array of shape (..., H // size, W // size), a ragged edge dropped as in
        `max_pool`. float32 gives float32, integers give float64.

    Raises:
        ValueError: when size is less than 1 or larger than H or W.

    Source: LeCun et al. 1998, "Gradient-based learning", section II.B (subsampling).

    >>> avg_pool(np.array([[1, 2, 5, 0], [3, 4, 0, 6]]), 2).tolist()
    [[2.5, 2.75]]
    """
    raise NotImplementedError("write `avg_pool`")


def max_pool_backward(dout, X, size):
    """Compute the gradient of max pooling: send each window's share back to its winner.

    Args:
        dout: gradient of the loss with respect to `max_pool(X, size)`, same shape as that.
        X: the array that was pooled, (..., H, W).
        size: as in the forward pass.

    Returns:
        Array shaped like X: dout at the largest entry of each window, 0 at the others and
        in the ragged edge. Where several entries of a window are largest, any split among
        them that sums to dout is right (this solution gives each the same share).

    Raises:
        ValueError: when dout has not the shape of `max_pool(X, size)`.

    Source: the chain rule; a maximum changes with its winner alone.

    >>> X = np.array([[1, 2, 5, 0], [3, 4, 0, 6]])
    >>> max_pool_backward(np.array([[10, 20]]), X, 2).tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 10.0, 0.0, 20.0]]
    """
    raise NotImplementedError("write `max_pool_backward`")


def send_back(dout, X, peak, size, waiting, out):
    """Do the work of `max_pool_backward` where the maximum of each window is known.

    Args:
        dout: as in `max_pool_backward`.
        X: the array that was pooled, (..., H, W).
        peak: `max_pool(X, size)`.
        size: as in the forward pass.
        waiting: booleans shaped like peak, True for the windows whose winner shall have its
            share. They are used up.
        out: array shaped like X, for the answer. It may be X itself, when that has served:
            fresh memory is slower than memory just used.

    Returns:
        out, with dout at the first largest entry of each waiting window and 0 elsewhere.

    Source: the chain rule; a maximum changes with its winner alone.

    >>> X, peak = np.array([[1.0, 2.0], [2.0, 0.0]]), np.array([[2.0]])
    >>> send_back(np.array([[7.0]]), X, peak, 2, np.array([[True]]), out=X).tolist()
    [[0.0, 7.0], [0.0, 0.0]]
    """
    raise NotImplementedError("write `send_back`")


def flatten(X):
    """Lay out each example in one row, as a dense layer needs it.

    Args:
        X: array of shape (n, C, H, W), float32, float64 or integer.

    Returns:
        Array of shape (n, C*H*W), each example's entries in their order in memory (C
        order: channel by channel, row by row). float32 gives float32, integers float64.

    Source: LeCun et al. 1998, "Gradient-based learning", section II.B (LeNet-5).

    >>> flatten(np.arange(4).reshape(1, 1, 2, 2)).tolist()
    [[0.0, 1.0, 2.0, 3.0]]
    """
    raise NotImplementedError("write `flatten`")


def forward_cnn(X, params):
    """Compute the class probabilities of a small convolutional network.

    Conv (stride 1, no padding), ReLU, max pool of size 2, flatten, dense, softmax.

    Args:
        X: images of shape (n, C, H, W).
        params: [filters, conv_b, W, b]: filters (F, C, kh, kw), in this course 3 x 3;
            conv_b (F,); W (F*h*w, k) with h = (H - kh + 1) // 2 and w alike; b (k,).

    Returns:
        Probabilities of shape (n, k).

    Source: LeCun et al. 1998, "Gradient-based learning", figure 2, with modern parts.

    >>> params = [np.ones((2, 1, 3, 3)), np.zeros(2), np.zeros((2 * 3 * 3, 4)), np.zeros(4)]
    >>> forward_cnn(np.ones((1, 1, 8, 8)), params).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    raise NotImplementedError("write `forward_cnn`")


def cnn_loss(X, y, params):
    """Compute loss and gradients of the network of `forward_cnn`.

    Args:
        X: images of shape (n, C, H, W).
        y: one-hot labels of shape (n, k).
        params: [filters, conv_b, W, b] as in `forward_cnn`.

    Returns:
        (loss, grads): the mean cross-entropy, a float, and a list of its exact gradients
        in the order and shapes of params.

    Raises:
        ValueError: when y has not the shape of the output.

    Source: chapter 3.4 and this one's formulas, chained; Goodfellow et al. 2016, section 9.5.

    >>> params = [np.ones((2, 1, 3, 3)), np.zeros(2), np.zeros((2 * 3 * 3, 4)), np.zeros(4)]
    >>> loss, grads = cnn_loss(np.ones((1, 1, 8, 8)), np.array([[0, 1, 0, 0]]), params)
    >>> round(loss, 4), grads[3].tolist()  # the loss is ln 4
    (1.3863, [0.25, -0.75, 0.25, 0.25])
    """
    raise NotImplementedError("write `cnn_loss`")


def train_cnn(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Train the network of `forward_cnn` from random weights by mini-batch gradient descent.

    Args:
        X: images of shape (n, C, H, W); the work is done in float32 when X is float32,
            otherwise in float64.
        y: one-hot labels of shape (n, k).
        num_filters: number of 3 x 3 filters.
        lr: learning rate.
        epochs: number of passes over the data.
        batch_size: examples per update.
        rng: numpy.random.Generator for the start weights and the shuffling; None means
            `np.random.default_rng()`. Filters are drawn by `he_init`, each with C*3*3
            inputs, then tripled: it counts on inputs with a mean square of 1, and that of
            mostly dark images is about 0.1. Dense weights are drawn by `he_init` and
            divided by 3, so that the first guesses stay cautious, with a loss near ln k.
            (Plain `he_init` for both learns a little more slowly.) Biases are 0.

    Returns:
        (params, losses): params = [filters, conv_b, W, b], and a list of floats, one per
        update, oldest first.

    Source: LeCun et al. 1998, "Gradient-based learning"; He et al. 2015, section 2.2.

    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.random((6, 1, 8, 8)), np.eye(2)[[0, 1, 0, 1, 0, 1]]
    >>> params, losses = train_cnn(X, y, num_filters=4, epochs=2, batch_size=3, rng=rng)
    >>> [param.shape for param in params], len(losses)
    ([(4, 1, 3, 3), (4,), (36, 2), (2,)], 4)
    """
    raise NotImplementedError("write `train_cnn`")


def demo():
    """Train the network on handwritten digits and look at what one filter answers."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot

    digits = load("digits")
    X, X_test = (images.reshape(-1, 1, 28, 28) for images in [digits.X_train, digits.X_test])
    y = one_hot(digits.y_train, 10)
    params, losses = train_cnn(X, y, epochs=15, rng=np.random.default_rng(0))
    right = (forward_cnn(X_test, params).argmax(axis=1) == digits.y_test).mean()
    print(f"{len(losses)} updates, loss {losses[0]:.2f} -> {losses[-1]:.2f}, {right:.1%} right")
    answer = max_pool(relu(conv_forward(X_test[:1], *params[:2])), 2)[0]  # (8, 13, 13)
    strongest = answer[answer.sum(axis=(1, 2)).argmax()]
    print(f"A {digits.y_test[0]} as the most active filter sees it, pooled to 13 x 13:")
    for row in strongest / strongest.max():
        print("  " + "".join(" .:*#"[int(value * 4.99)] * 2 for value in row))


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
