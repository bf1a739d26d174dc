"""The course's functions done right; `pieces.py` has those that a mistake takes apart.

This file does not depend on `solutions/`, which learners may not have. It uses NumPy alone, so that
tests can copy it next to a wrong version in a submission.
"""

from itertools import pairwise

import numpy as np


def sigmoid(Z):
    Z = 1.0 * Z
    e = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1 / (1 + e), e / (1 + e))


def relu(Z):
    return np.maximum(Z, 0.0)


def relu_derivative(Z):
    return np.where(Z > 0, 1.0, 0.0).astype((1.0 * Z).dtype)


def softmax(Z, axis=-1):
    e = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def binary_cross_entropy(A, y):
    A = np.clip(A, 1e-12, 1 - 1e-7 if A.dtype == np.float32 else 1 - 1e-12)
    return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))


def cross_entropy(A, y):
    A = 1.0 * A
    return float(-np.sum(y * np.log(np.maximum(A, np.finfo(A.dtype).tiny))) / len(A))


def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    batches = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
    return [(X[batch], y[batch]) for batch in batches]


def logistic_loss(X, y, params):
    W, b = params
    A = sigmoid(X @ W + b)
    delta = (A - y) / len(X)
    return binary_cross_entropy(A, y), [X.T @ delta, delta.sum(axis=0)]


def gradient_descent(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """`gradient_descent` of chapter 2.3."""
    rng = np.random.default_rng(rng)
    params, losses = [1.0 * param for param in params], []
    for _ in range(epochs):
        batches = [(X, y)] if batch_size is None else minibatches(X, y, batch_size, rng)
        for X_batch, y_batch in batches:
            loss, grads = loss_fn(X_batch, y_batch, params)
            losses.append(float(loss))
            params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    return params, losses


def he_spread(fan_in, fan_out):
    """The standard deviation of He's rule."""
    return np.sqrt(2 / fan_in)


def xavier_spread(fan_in, fan_out):
    """The standard deviation of Xavier's rule."""
    return np.sqrt(2 / (fan_in + fan_out))


def he_init(fan_in, fan_out, rng):
    return rng.normal(0, he_spread(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


def he_params(sizes, rng, dtype):
    """`[W1, b1, W2, b2, ...]` for layers of these sizes, the input's first."""
    params = [param for fan in pairwise(sizes) for param in he_init(*fan, rng)]
    return [param.astype(dtype) for param in params]


SLOPES = {  # the slope of each activation, computed from its output
    "relu": relu_derivative,
    "sigmoid": lambda A: A * (1 - A),
    "tanh": lambda A: 1 - A**2,
}
ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": np.tanh}


def forward_mlp(X, W1, b1, W2, b2):
    A1 = relu(X @ W1 + b1)
    return A1, softmax(A1 @ W2 + b2)


def forward_deep_mlp(X, params, activation="relu"):
    layers = [X]
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        layers.append(ACTIVATIONS[activation](layers[-1] @ W + b))
    return [*layers[1:], softmax(layers[-1] @ params[-2] + params[-1])]


def backward_deep_mlp(X, activations, y, params, activation="relu"):
    inputs = [X, *activations[:-1]]
    delta, grads = (activations[-1] - y) / len(X), []
    for layer in reversed(range(len(inputs))):
        grads = [inputs[layer].T @ delta, delta.sum(axis=0), *grads]
        if layer > 0:
            delta = delta @ params[2 * layer].T * SLOPES[activation](inputs[layer])
    return grads


def deep_mlp_loss(X, y, params):
    """Loss and gradients for any number of ReLU layers; with one it is `mlp_loss`."""
    activations = forward_deep_mlp(X, params)
    return cross_entropy(activations[-1], y), backward_deep_mlp(X, activations, y, params)


def changed_on_the_way(X, y, params, lr):
    """Gradients with the error sent back through each layer after its update."""
    activations = forward_deep_mlp(X, params)
    inputs, params = [X, *activations[:-1]], list(params)
    error, grads = (activations[-1] - y) / len(X), []
    for layer in reversed(range(len(inputs))):
        grads = [inputs[layer].T @ error, error.sum(axis=0), *grads]
        error = error @ (params[2 * layer] - lr * grads[0]).T * (inputs[layer] > 0)
    return grads


def im2col(X, kh, kw, stride=1, padding=0):
    """(n, H', W', C*kh*kw): one row per filter position."""
    X = np.pad(1.0 * X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(X, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(*windows.shape[:3], -1)


def conv_forward(X, filters, b, stride=1, padding=0):
    columns = im2col(X, *filters.shape[2:], stride, padding)
    out = columns @ filters.reshape(len(filters), -1).T + b
    return out.transpose(0, 3, 1, 2)


def conv_backward(dout, X, filters, stride=1, padding=0):
    (_, C, H, W), (F, _, kh, kw) = X.shape, filters.shape
    columns = im2col(X, kh, kw, stride, padding)
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dfilters = (rows.T @ columns.reshape(len(rows), -1)).reshape(filters.shape)
    windows = (rows @ filters.reshape(F, -1)).reshape(*columns.shape[:3], C, kh, kw)
    dX = np.zeros((len(X), C, H + 2 * padding, W + 2 * padding), windows.dtype)
    out_h, out_w = dout.shape[2:]
    for i, j in np.ndindex(kh, kw):
        place = np.s_[:, :, i : i + stride * out_h : stride, j : j + stride * out_w : stride]
        dX[place] += windows[..., i, j].transpose(0, 3, 1, 2)
    return dX[:, :, padding : padding + H, padding : padding + W], dfilters, rows.sum(axis=0)


def pool_windows(X, size):
    """The entries of each window: (..., H', W', size*size). A ragged edge is dropped."""
    H, W = X.shape[-2] // size, X.shape[-1] // size
    blocks = (1.0 * X)[..., : H * size, : W * size].reshape(*X.shape[:-2], H, size, W, size)
    return np.swapaxes(blocks, -3, -2).reshape(*X.shape[:-2], H, W, size * size)


def max_pool(X, size):
    return pool_windows(X, size).max(axis=-1)


def max_pool_backward(dout, X, size):
    windows = pool_windows(X, size)
    winners = windows == windows.max(axis=-1, keepdims=True)
    share = winners / winners.sum(axis=-1, keepdims=True) * dout[..., None]
    H, W = dout.shape[-2:]
    blocks = np.swapaxes(share.reshape(*X.shape[:-2], H, W, size, size), -3, -2)
    dX = np.zeros(X.shape, dout.dtype)
    dX[..., : H * size, : W * size] = blocks.reshape(*X.shape[:-2], H * size, W * size)
    return dX


def forward_cnn(X, params):
    return softmax(cnn_scores(X, params))


def cnn_loss(X, y, params):
    filters, conv_b, W, b = params
    hidden = relu(conv_forward(X, filters, conv_b))
    pooled = max_pool(hidden, 2)
    flat = pooled.reshape(len(X), -1)
    A = softmax(flat @ W + b)
    delta = (A - y) / len(X)
    dpooled = (delta @ W.T).reshape(pooled.shape)
    dhidden = max_pool_backward(dpooled, hidden, 2) * (hidden > 0)
    _, dfilters, dconv_b = conv_backward(dhidden, X, filters)
    return cross_entropy(A, y), [dfilters, dconv_b, flat.T @ delta, delta.sum(axis=0)]


def cnn_scores(X, params):
    filters, conv_b, W, b = params
    features = max_pool(relu(conv_forward(X, filters, conv_b)), 2)
    return features.reshape(len(X), -1) @ W + b


def deep_mlp_scores(X, params):
    """The scores of the network of the solution of chapter 4.5."""
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        X = relu(X @ W + b)
    return X @ params[-2] + params[-1]


def color_cnn_scores(X, params):
    """The scores of the network of the solution of chapter 5.4."""
    filters1, b1, filters2, b2, W, b = params
    A = relu(max_pool(conv_forward(X - 0.5, filters1, b1), 2))
    A = relu(max_pool(conv_forward(A, filters2, b2), 2))
    return A.reshape(len(X), -1) @ W + b
