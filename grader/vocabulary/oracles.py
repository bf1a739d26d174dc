"""What the right answers are: closed forms and naive loops in float64.

Never taken from `solutions/` or from the learner's other functions; `tests/` hold them against
scipy and scikit-learn.
"""

import numpy as np

CNN_PART = 50  # images at a time: what fits into the processor's cache is several times as fast


def sigmoid(Z):
    Z = np.asarray(Z, dtype=np.float64)
    e = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1 / (1 + e), e / (1 + e))


def softmax(Z):
    Z = np.asarray(Z, dtype=np.float64)
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def mean_squared_error(y_pred, y):
    return np.mean((np.asarray(y_pred, np.float64) - y) ** 2)


def binary_cross_entropy(A, y):
    """Of probabilities strictly between 0 and 1."""
    A = np.asarray(A, np.float64)
    return -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))


def cross_entropy(A, y):
    """Of one-hot rows `y`; the probability of the true class is above 0."""
    return -np.mean(np.log(np.sum(np.asarray(A, np.float64) * y, axis=1)))


ACTIVATIONS = {"relu": lambda Z: np.maximum(Z, 0.0), "sigmoid": sigmoid, "tanh": np.tanh}


def mlp(X, params, activation="relu"):
    """The activations of every layer for `params = [W1, b1, W2, b2, ...]`; the last is softmax."""
    A, layers = np.asarray(X, np.float64), []
    for i in range(0, len(params), 2):
        Z = A @ params[i] + params[i + 1]
        last = i == len(params) - 2
        A = softmax(Z) if last else ACTIVATIONS[activation](Z)
        layers.append(A)
    return layers


def convolve(X, filters, b, stride=1, padding=0):
    """Cross-correlation of (n, C, H, W) with (F, C, kh, kw), one tap of the filter at a time."""
    X = np.pad(np.asarray(X, np.float64), [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
    kh, kw = filters.shape[2:]
    height = (X.shape[2] - kh) // stride + 1
    width = (X.shape[3] - kw) // stride + 1
    out = np.zeros((len(X), len(filters), height, width)) + np.reshape(b, (1, -1, 1, 1))
    for i in range(kh):
        for j in range(kw):
            rows = slice(i, i + stride * (height - 1) + 1, stride)
            columns = slice(j, j + stride * (width - 1) + 1, stride)
            pixels = X[:, :, rows, columns].reshape(*X.shape[:2], height * width)
            out += np.matmul(filters[:, :, i, j], pixels).reshape(out.shape)
    return out


def pool(X, size, reduce):
    """`reduce` (np.max, np.mean) over size x size windows of the last two axes, ragged edge off."""
    height, width = X.shape[-2] // size * size, X.shape[-1] // size * size
    places = np.ndindex(size, size)
    return reduce([X[..., i:height:size, j:width:size] for i, j in places], axis=0)


def cnn(X, params):
    """Probabilities: convolution, ReLU, max pool 2, dense, softmax."""
    filters, conv_b, W, b = params
    parts = [X[i : i + CNN_PART] for i in range(0, len(X), CNN_PART)]
    features = [pool(np.maximum(convolve(part, filters, conv_b), 0.0), 2, np.max) for part in parts]
    return softmax(np.concatenate(features).reshape(len(X), -1) @ W + b)


def accuracy(A, labels):
    """Share of rows of scores whose largest entry is at the label."""
    return float(np.mean(np.argmax(A, axis=1) == labels))
