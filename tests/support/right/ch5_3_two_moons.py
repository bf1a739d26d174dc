"""Right answers of chapter 5.3 that are not the reference's."""

import numpy as np

from . import right


def _float(X):
    return X if X.dtype.kind == "f" else X.astype(np.float64)


def _layers(X, params):
    W1, b1, W2, b2 = params
    A1 = np.maximum(0, _float(X @ W1 + b1))
    Z2 = A1 @ W2 + b2
    return A1, Z2


def _squeezed(Z):
    e = np.exp(-np.abs(Z))
    return np.where(Z < 0, e, 1) / (1 + e)


def _primer(X, y, hidden, lr, epochs, rng, draw):
    """The primer's loop: everything in one function, the loss with an epsilon."""
    rng = np.random.default_rng() if rng is None else rng
    X, y, losses = np.asarray(X, np.float64), np.asarray(y, np.float64), []
    W1, W2 = draw(X.shape[1], hidden, rng), draw(hidden, 1, rng)
    b1, b2 = np.zeros((1, hidden)), np.zeros((1, 1))
    for _ in range(epochs):
        Z1 = X @ W1 + b1
        A1 = np.maximum(0, Z1)
        A = _squeezed(A1 @ W2 + b2)
        losses.append(-np.mean(y * np.log(A + 1e-8) + (1 - y) * np.log(1 - A + 1e-8)))
        dZ2 = (A - y) / len(X)
        dZ1 = dZ2 @ W2.T * (Z1 > 0)
        W2, b2 = W2 - lr * A1.T @ dZ2, b2 - lr * np.sum(dZ2, axis=0, keepdims=True)
        W1, b1 = W1 - lr * X.T @ dZ1, b1 - lr * np.sum(dZ1, axis=0, keepdims=True)
    return [W1, b1[0], W2, b2[0]], losses


@right("forward_binary")
def with_expit(X, params):
    from scipy.special import expit

    return expit(_layers(X, params)[1])


@right("forward_binary")
def with_tanh_of_half(X, params):
    return (1 + np.tanh(_layers(X, params)[1] / 2)) / 2


@right("forward_binary")
def with_where_and_clip(X, params, threshold=0):
    W1, b1, W2, b2 = params
    Z1 = np.add(np.matmul(X, W1), b1)
    Z2 = _float(np.dot(np.where(threshold < Z1, Z1, 0), W2) + b2)
    return 1 / (1 + np.exp(-np.clip(Z2, -80, 80)))


@right("forward_binary")
def row_by_row(X, params):
    rows = [_squeezed(_layers(row[None], params)[1]) for row in X]
    return np.concatenate(rows, axis=0)


@right("binary_loss")
def with_an_epsilon(X, y, params, eps=1e-8):
    A1, Z2 = _layers(X, params)
    if Z2.shape != y.shape:
        raise ValueError("labels of another shape")
    A = _squeezed(Z2.astype(np.float64))
    loss = -np.mean(y * np.log(A + eps) + (1 - y) * np.log(1 - A + eps))
    delta = ((A - y) / len(X)).astype(A1.dtype)
    below = delta @ params[2].T * (A1 > 0)
    return loss, (X.T @ below, below.sum(0), A1.T @ delta, delta.sum(0))


@right("binary_loss")
def from_the_scores(X, y, params):
    A1, Z2 = _layers(X, params)
    if Z2.shape != y.shape:
        raise ValueError("labels of another shape")
    loss = np.array(np.mean(np.logaddexp(0, Z2) - y * Z2))
    delta = ((_squeezed(Z2) - y) / len(X)).astype(Z2.dtype)
    below = np.where(A1 > 0, np.outer(delta, params[2]), 0)
    ones = np.ones(len(X), delta.dtype)
    return [loss, [np.dot(X.T, below), ones @ below, np.dot(A1.T, delta), ones @ delta]]


@right("binary_loss")
def example_by_example(X, y, params):
    if y.shape != (len(X), 1):
        raise ValueError("labels of another shape")
    grads, total = [np.zeros_like(param) for param in params], 0.0
    for x, truth in zip(X, y[:, 0], strict=True):
        A1, Z2 = _layers(x[None], params)
        total += float(np.logaddexp(0, Z2[0, 0]) - truth * Z2[0, 0]) / len(X)
        delta = (float(_squeezed(Z2)[0, 0]) - float(truth)) / len(X)
        below = delta * params[2][:, 0] * (A1[0] > 0)
        for grad, part in zip(
            grads, [np.outer(x, below), below, delta * A1.T, np.array([delta])], strict=True
        ):
            grad += part
    return total, grads


@right("train_binary")
def the_primers_loop(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return _primer(X, y, hidden, lr, epochs, rng, lambda a, b, rng: rng.normal(0, 0.7, (a, b)))


@right("train_binary")
def from_he_weights(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    params, losses = _primer(
        X, y, hidden, lr, epochs, rng, lambda a, b, rng: rng.normal(0, np.sqrt(2 / a), (a, b))
    )
    return tuple(params), np.array(losses)


@right("train_binary")
def from_uniform_weights(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return _primer(X, y, hidden, lr, epochs, rng, lambda a, b, rng: rng.uniform(-1, 1, (a, b)))


@right("train_binary")
def from_small_weights(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return _primer(X, y, hidden, lr, epochs, rng, lambda a, b, rng: 0.3 * rng.normal(size=(a, b)))


@right("train_binary")
def in_float32_with_random_biases(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    rng = np.random.default_rng(rng)
    X, y = X.astype(np.float32), y.astype(np.float32)
    shapes = [(X.shape[1], hidden), (hidden,), (hidden, 1), (1,)]
    params = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    losses = ()
    for _ in range(epochs):
        loss, grads = binary_loss(X, y, params)  # noqa: F821
        losses += (np.float64(loss),)
        for param, grad in zip(params, grads, strict=True):
            param -= np.float32(lr) * grad
    return params, losses
