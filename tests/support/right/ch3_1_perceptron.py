"""Right answers of chapter 3.1 that are not the reference's."""

import numpy as np

from . import right


def _float(X):
    return X if X.dtype.kind == "f" else X.astype(np.float64)


def _sigmoid(Z):
    return 1 / (1 + np.exp(-np.clip(_float(Z), -80, 80)))


def _loss(A, y, eps):
    return -np.mean(np.where(y == 1, np.log(A + eps), np.log(1 - A + eps)))


@right("forward_perceptron")
def with_expit(X, W, b):
    from scipy.special import expit

    return expit(_float(np.dot(X, W)) + _float(b))


@right("forward_perceptron")
def with_loops(X, W, b):
    import math

    if X.shape[1] != len(W):
        raise ValueError("X and W do not fit")
    kinds = {array.dtype for array in (X, W, b) if array.dtype.kind == "f"}
    A = np.empty((len(X), 1), dtype=np.float32 if kinds == {np.dtype(np.float32)} else float)
    for i, row in enumerate(X.tolist()):
        z = float(b[0]) + sum(x * float(w) for x, w in zip(row, W[:, 0], strict=True))
        A[i] = 1 / (1 + math.exp(-z)) if z > -700 else 0.0
    return A


@right("forward_perceptron")
def with_tanh(X, W, b):
    Z = np.matmul(_float(X), _float(W)) + b
    return (np.tanh(Z / 2) + 1) / 2


@right("forward_perceptron")
def with_clip(X, W, b):
    return _sigmoid(np.add(X @ W, b))


@right("forward_perceptron")
def with_a_mask(X, W, b, out=None):
    Z = _float(X @ W + b)
    A = np.empty_like(Z, order="F") if out is None else out
    A[Z >= 0] = 1 / (1 + np.exp(-Z[Z >= 0]))
    E = np.exp(Z[Z < 0])
    A[Z < 0] = E / (1 + E)
    return A


@right("forward_perceptron")
def with_two_exponentials(X, W, b):
    Z = np.dot(np.asarray(X), np.asarray(W)) + b
    return np.exp(-np.logaddexp(np.zeros_like(1.0 * Z), -Z))


@right("train_perceptron")
def from_random_weights(X, y, lr, epochs, rng):
    X = _float(X)
    W, b, losses = rng.standard_normal((X.shape[1], 1)) * 0.1, np.zeros(1), []
    for _ in range(epochs):
        A = _sigmoid(X @ W + b)
        losses.append(_loss(A, y, 1e-12))
        error = A - y
        W, b = W - lr * X.T @ error / len(X), b - lr * error.mean(axis=0)
    return [W, b], losses


@right("train_perceptron")
def with_the_bias_as_a_weight(X, y, lr, epochs, rng):
    X1 = np.hstack([_float(X), np.ones((len(X), 1))])
    theta = rng.uniform(-0.5, 0.5, size=(X1.shape[1], 1))
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        A = 1 / (1 + np.exp(-(X1 @ theta)))
        losses[epoch] = _loss(A, y, 1e-15)
        theta -= lr / len(X) * X1.T @ (A - y)
    return (theta[:-1], theta[-1]), losses


@right("train_perceptron")
def in_place_on_its_own(X, y, lr, epochs, rng, verbose=False):
    X = np.array(X, dtype=np.float64)
    y = np.array(y, dtype=np.float64)
    params = [np.zeros((X.shape[1], 1)), np.zeros((1,))]
    losses = ()
    for epoch in range(epochs):
        loss, grads = logistic_loss(X, y, params)  # noqa: F821
        losses += (np.array(loss),)
        for param, grad in zip(params, grads, strict=True):
            param -= lr * grad
        if verbose:
            print(epoch, loss)
    return params, losses


@right("train_perceptron")
def in_float32(X, y, lr, epochs, rng):
    X, y = X.astype(np.float32), y.astype(np.float32)
    W = rng.normal(0, 0.5, size=(X.shape[1], 1)).astype(np.float32)
    b, losses = np.zeros(1, np.float32), []
    for _ in range(epochs):
        A = _sigmoid(X @ W + b)
        losses.append(float(_loss(A, y, np.float32(1e-7))))
        delta = (A - y) / np.float32(len(X))
        W = (W - lr * X.T @ delta).astype(np.float32)
        b = (b - lr * delta.sum(axis=0)).astype(np.float32)
    return (W, b), losses


@right("train_perceptron")
def with_loops_over_examples(X, y, lr, epochs, rng):
    W, b, losses = [0.0] * X.shape[1], 0.0, []
    rows, truths = X.tolist(), y[:, 0].tolist()
    for _ in range(epochs):
        dW, db, loss = [0.0] * len(W), 0.0, 0.0
        for row, truth in zip(rows, truths, strict=True):
            z = b + sum(w * x for w, x in zip(W, row, strict=True))
            a = 1 / (1 + np.exp(-z))
            loss -= np.log(a if truth == 1 else 1 - a) / len(rows)
            db += (a - truth) / len(rows)
            dW = [d + (a - truth) * x / len(rows) for d, x in zip(dW, row, strict=True)]
        losses.append(loss)
        W, b = [w - lr * d for w, d in zip(W, dW, strict=True)], b - lr * db
    return [np.array(W).reshape(-1, 1), np.array([b])], losses
