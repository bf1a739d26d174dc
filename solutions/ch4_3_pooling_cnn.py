"""Pooling and CNN architecture

Pooling keeps the largest (or the mean) value of each small window: a quarter as many numbers,
and a pattern shifted by a pixel still gives the same result. With the convolution of 4.2 it
makes the course's first convolutional network, built from your own layers or from the faster ones
of `fast_layers.py`: both earn full points.

    out[i, j] = max (or mean) of X[i s : i s + s, j s : j s + s]
    network:    conv 3x3 -> ReLU -> max pool 2 -> flatten -> dense -> softmax
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch2_3_mini_batches import gradient_descent
from .ch3_2_activation_functions import relu, relu_derivative, softmax
from .ch3_3_forward_mlp import cross_entropy, he_init
from .ch4_2_convolution import conv_backward, conv_forward  # for a version of your own
from .fast_layers import conv_pool, conv_pool_backward

__all__ = ["max_pool", "avg_pool", "max_pool_backward", "flatten",
           "forward_cnn", "cnn_loss", "train_cnn"]  # fmt: skip


def max_pool(X, size):
    """Keep the largest entry of each size x size window of the last two axes.

    Args:
        X: array of shape (H, W), (n, C, H, W) or any (..., H, W); float32, float64 or integer.
        size: side of the windows and step between them, an int in 1..min(H, W), or `ValueError`.

    Returns:
        Array of shape (..., H // size, W // size). A ragged edge, rows and columns that do not
        fill a whole window, is dropped. float32 gives float32, integers give float64.

    Source: Goodfellow et al. 2016, section 9.3.

    >>> max_pool(np.array([[1, 2, 5, 0], [3, 4, 0, 6]]), 2).tolist()
    [[4.0, 6.0]]
    """
    # Why this form: every size-th window starts where the last one ended, so none overlap.
    windows = sliding_window_view(1.0 * X, (size, size), axis=(-2, -1))
    return windows[..., ::size, ::size, :, :].max(axis=(-2, -1))


def avg_pool(X, size):
    """Take the mean of each size x size window of the last two axes.

    X, size, the shape and dtype of the result, and the ValueError are as in `max_pool`.

    Source: LeCun et al. 1998, "Gradient-based learning", section II.B (subsampling).

    >>> avg_pool(np.array([[1, 2, 5, 0], [3, 4, 0, 6]]), 2).tolist()
    [[2.5, 2.75]]
    """
    windows = sliding_window_view(1.0 * X, (size, size), axis=(-2, -1))
    return windows[..., ::size, ::size, :, :].mean(axis=(-2, -1))


def max_pool_backward(dout, X, size):
    """Compute the gradient of max pooling: send each window's share back to its winner.

    dout is the gradient with respect to `max_pool(X, size)` and has its shape, or `ValueError`.

    The result is shaped like X: dout at the largest entry of each window, 0 elsewhere, also in
    the ragged edge. Where several entries of a window are the largest, any way of splitting dout
    among them is correct (this solution gives each the same share).

    Source: the chain rule; a maximum changes only with its winner.

    >>> X = np.array([[1, 2, 5, 0], [3, 4, 0, 6]])
    >>> max_pool_backward(np.array([[10, 20]]), X, 2).tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 10.0, 0.0, 20.0]]
    """
    peak, dX = max_pool(X, size), np.zeros(X.shape, np.result_type(dout, 1.0))
    if np.shape(dout) != peak.shape:
        raise ValueError(f"dout has shape {np.shape(dout)}, the pooled X {peak.shape}")
    each = np.s_[..., ::size, ::size, :, :]
    winners = sliding_window_view(X, (size, size), axis=(-2, -1))[each] == peak[..., None, None]
    dwindows = sliding_window_view(dX, (size, size), axis=(-2, -1), writeable=True)[each]
    dwindows[...] = winners * (dout / winners.sum(axis=(-2, -1)))[..., None, None]  # into dX
    return dX


def flatten(X):
    """Lay out each example of X, (n, C, H, W), in one row, (n, C*H*W), for a dense layer.

    In C order: channel by channel, row by row. float32 gives float32, integers give float64.

    Source: LeCun et al. 1998, "Gradient-based learning", section II.B (LeNet-5).

    >>> flatten(np.arange(4).reshape(1, 1, 2, 2)).tolist()
    [[0.0, 1.0, 2.0, 3.0]]
    """
    return np.asarray(X.reshape(len(X), -1), np.result_type(X, 1.0))  # integers become float64


def forward_cnn(X, params):
    """Compute the class probabilities of a small convolutional network, shape (n, k).

    Conv (stride 1, no padding), ReLU, max pool of size 2, flatten, dense, softmax. For the first
    three, use your own functions or those of `fast_layers.py`.

    X: images (n, C, H, W). params: [filters, conv_b, W, b]: filters (F, C, kh, kw), 3 x 3 in this
    course, conv_b (F,), W (F*h*w, k) with h = (H - kh + 1) // 2 and w likewise, b (k,).

    Source: LeCun et al. 1998, "Gradient-based learning", figure 2, with modern parts.

    >>> params = [np.ones((2, 1, 3, 3)), np.zeros(2), np.zeros((2 * 3 * 3, 4)), np.zeros(4)]
    >>> forward_cnn(np.ones((1, 1, 8, 8)), params).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    filters, conv_b, W, b = params
    pooled, _ = conv_pool(X, filters, conv_b)  # is max_pool(relu(conv_forward(...)), 2)
    return softmax(linear(flatten(pooled), W, b))


def cnn_loss(X, y, params):
    """Compute loss and gradients of the network of `forward_cnn` for one-hot labels y, (n, k).

    Use your own `conv_backward` and `max_pool_backward`, or the functions of `fast_layers.py`.

    The result is (loss, grads): the mean cross-entropy, a float, and a list of its exact
    gradients in the order and shapes of params. A y of the wrong shape raises `ValueError`.

    Source: the formulas of chapter 3.4 and this one, chained; Goodfellow et al. 2016, section 9.5.

    >>> params = [np.ones((2, 1, 3, 3)), np.zeros(2), np.zeros((2 * 3 * 3, 4)), np.zeros(4)]
    >>> loss, grads = cnn_loss(np.ones((1, 1, 8, 8)), np.array([[0, 1, 0, 0]]), params)
    >>> round(loss, 4), grads[3].tolist()  # the loss is ln 4
    (1.3863, [0.25, -0.75, 0.25, 0.25])
    """
    filters, conv_b, W, b = params
    pooled, memory = conv_pool(X, filters, conv_b)  # (n, F, H' // 2, W' // 2)
    flat = flatten(pooled)
    A = softmax(linear(flat, W, b))  # (n, k)
    loss, delta = cross_entropy(A, y), (A - y) / len(X)  # the 1/n of the mean enters here, once
    dpooled = matrix_multiply(W, delta.T).T.reshape(pooled.shape)  # examples last in memory
    _, dfilters, dconv_b = conv_pool_backward(dpooled, memory, first=True)  # of X: not needed
    return loss, [dfilters, dconv_b, matrix_multiply(flat.T, delta), delta.sum(axis=0)]


def train_cnn(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Train the network of `forward_cnn` from random weights by mini-batch gradient descent.

    Args:
        X, y: images (n, C, H, W), float32, float64 or integers; one-hot labels (n, k).
        num_filters: number of 3 x 3 filters.
        lr, epochs, batch_size: learning rate, passes over the data, examples per update.
        rng: numpy.random.Generator for the initial weights and the shuffling; None means
            `np.random.default_rng()`. `he_init` draws the filters, each with C*3*3 inputs, and
            the dense weights. Filters are tripled (dark images have a mean square of about 0.1,
            not 1) and dense weights divided by 3 (for a first loss near ln k); without this it
            learns a little more slowly. Biases are 0.

    Returns:
        (params, losses): [filters, conv_b, W, b], and a list of floats, one per update in order.

    Source: LeCun et al. 1998, "Gradient-based learning"; He et al. 2015, section 2.2.

    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.random((6, 1, 8, 8)), np.eye(2)[[0, 1, 0, 1, 0, 1]]
    >>> params, losses = train_cnn(X, y, num_filters=4, epochs=2, batch_size=3, rng=rng)
    >>> [param.shape for param in params], len(losses)
    ([(4, 1, 3, 3), (4,), (36, 2), (2,)], 4)
    """
    rng, X = np.random.default_rng(rng), X if X.dtype.kind == "f" else X.astype(float)
    (_, C, height, width), k = X.shape, y.shape[1]
    filters, conv_b = he_init(C * 3 * 3, num_filters, rng)  # one column per filter
    filters = 3 * filters.T.reshape(num_filters, C, 3, 3)
    W, b = he_init(num_filters * ((height - 2) // 2) * ((width - 2) // 2), k, rng)
    params = [param.astype(X.dtype) for param in [filters, conv_b, W / 3, b]]
    return gradient_descent(X, y.astype(X.dtype), params, lr, cnn_loss, batch_size, epochs, rng)


def demo():
    """Train the network on handwritten digits and show what one filter finds."""
    from data import load

    digits, rng = load("digits"), np.random.default_rng(0)
    X, X_test = (images.reshape(-1, 1, 28, 28) for images in [digits.X_train, digits.X_test])
    params, losses = train_cnn(X, np.eye(10)[digits.y_train], epochs=15, rng=rng)
    right = (forward_cnn(X_test, params).argmax(axis=1) == digits.y_test).mean()
    print(f"{len(losses)} updates, loss {losses[0]:.2f} -> {losses[-1]:.2f}, {right:.1%} right")
    answers = max_pool(relu(conv_forward(X_test[:1], *params[:2])), 2)[0]  # (8, 13, 13)
    print(f"A {digits.y_test[0]} as the most active filter sees it, pooled to 13 x 13:")
    for row in max(answers, key=np.sum) / answers.max():
        print("  " + "".join(" .:*#"[int(value * 4.99)] * 2 for value in row))


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
