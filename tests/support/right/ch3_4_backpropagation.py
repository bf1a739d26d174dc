"""Right answers of chapter 3.4 that are not the reference's."""

import numpy as np

from grader.misconceptions.reference import (
    cross_entropy,
    deep_mlp_loss,
    forward_mlp,
    gradient_descent,
    he_init,
)

from . import right


def _fit(A, y):
    if A.shape != y.shape:
        raise ValueError(f"{A.shape} is not {y.shape}")


def _train(X, y, hidden, lr, epochs, batch_size, rng, draw=None):
    """Written from scratch; `draw(fan_in, fan_out, rng)` gives the start weights."""
    rng = np.random.default_rng() if rng is None else rng
    draw = draw or (lambda a, b, rng: rng.standard_normal((a, b)) * np.sqrt(2 / a))
    W1, b1 = draw(X.shape[1], hidden, rng), np.zeros(hidden)
    W2, b2 = draw(hidden, y.shape[1], rng), np.zeros(y.shape[1])
    losses, order = [], np.arange(len(X))
    for _ in range(epochs):
        rng.shuffle(order)
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            A1, A2 = forward_mlp(X[rows], W1, b1, W2, b2)
            losses.append(cross_entropy(A2, y[rows]))
            delta = (A2 - y[rows]) / len(rows)
            below = (delta @ W2.T) * (A1 > 0)
            W2, b2 = W2 - lr * A1.T @ delta, b2 - lr * delta.sum(axis=0)
            W1, b1 = W1 - lr * X[rows].T @ below, b1 - lr * below.sum(axis=0)
    return [W1, b1, W2, b2], losses


@right("backward_mlp")
def with_einsum(X, A1, A2, y, W1, W2):
    _fit(A2, y)
    delta2 = (A2 - y) * (1.0 / len(X))
    delta1 = np.where(A1 > 0, np.einsum("nk,hk->nh", delta2, W2), 0)
    dW1, dW2 = np.einsum("nd,nh->dh", X, delta1), np.einsum("nh,nk->hk", A1, delta2)
    return [dW1, np.ones(len(X), delta1.dtype) @ delta1, dW2, delta2.sum(0)]


@right("backward_mlp")
def one_over_n_at_the_end(X, A1, A2, y, W1, W2):
    _fit(A2, y)
    n = X.shape[0]
    delta2 = A2 - y
    delta1 = delta2 @ W2.T * (A1 > 0)
    return X.T @ delta1 / n, delta1.mean(axis=0), A1.T @ delta2 / n, delta2.mean(axis=0)


@right("backward_mlp")
def example_by_example(X, A1, A2, y, W1, W2):
    _fit(A2, y)
    shapes = [W1.shape, W1.shape[1:], W2.shape, W2.shape[1:]]
    grads = [np.zeros(shape, A2.dtype) for shape in shapes]
    for x, hidden, out, truth in zip(X, A1, A2, y, strict=True):
        delta2 = (out - truth) / len(X)
        delta1 = W2 @ delta2 * (hidden > 0)
        for grad, part in zip(
            grads, [np.outer(x, delta1), delta1, np.outer(hidden, delta2), delta2], strict=True
        ):
            grad += part
    return tuple(grads)


@right("backward_mlp")
def through_the_jacobian_of_softmax(X, A1, A2, y, W1, W2):
    _fit(A2, y)
    towards = -y / np.maximum(A2, 1e-12) / len(X)
    delta2 = (A2 * (towards - (towards * A2).sum(axis=1, keepdims=True))).astype(A2.dtype)
    delta1 = np.dot(delta2, W2.T) * np.sign(A1)
    return (
        np.dot(delta1.T, X).T,
        np.sum(delta1, axis=0),
        np.dot(delta2.T, A1).T,
        np.sum(delta2, axis=0),
    )


@right("mlp_loss")
def with_an_epsilon(X, y, params, eps=1e-8):
    A1, A2 = forward_mlp(X, *params)
    _fit(A2, y)
    delta2 = (A2 - y) / len(X)
    delta1 = np.where(A1 > 0, delta2 @ params[2].T, 0)
    loss = np.array(-np.sum(y * np.log(A2 + eps)) / len(X))
    return loss, (X.T @ delta1, delta1.sum(0), A1.T @ delta2, delta2.sum(0))


@right("mlp_loss")
def from_the_scores(X, y, params):
    from scipy.special import log_softmax

    W1, b1, W2, b2 = params
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    logs = log_softmax(A1 @ W2 + b2, axis=1)
    _fit(logs, y)
    delta2 = (np.exp(logs) - y) / len(X)
    delta1 = (delta2 @ W2.T) * (Z1 > 0)
    loss = -float(np.mean(np.sum(y * logs, axis=1)))
    return [loss, [X.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)]]


@right("mlp_loss")
def for_any_depth(X, y, params):
    if np.shape(y) != (len(X), len(params[-1])):
        raise ValueError("y has not the shape of the output")
    return deep_mlp_loss(X, y, params)


@right("train_mlp")
def from_scratch(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    return _train(X, y, hidden, lr, epochs, batch_size, rng)


@right("train_mlp")
def from_xavier_weights(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    params, losses = _train(
        X, y, hidden, lr, epochs, batch_size, rng,
        lambda a, b, rng: rng.normal(0, np.sqrt(2 / (a + b)), (a, b)),
    )  # fmt: skip
    return tuple(params), np.array(losses)


@right("train_mlp")
def from_uniform_weights(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    return _train(
        X, y, hidden, lr, epochs, batch_size, rng,
        lambda a, b, rng: rng.uniform(-1, 1, (a, b)) / np.sqrt(a),
    )  # fmt: skip


@right("train_mlp")
def from_small_weights(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None, scale=0.05):
    params, losses = _train(
        X, y, hidden, lr, epochs, batch_size, rng, lambda a, b, rng: scale * rng.normal(size=(a, b))
    )
    return params, tuple(np.float64(loss) for loss in losses)


@right("train_mlp")
def with_gradient_descent(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    if rng is None:
        rng = np.random.default_rng()
    W2, b2 = he_init(hidden, y.shape[1], rng)
    W1, b1 = he_init(X.shape[1], hidden, rng)
    params = [np.array(param, np.float32) for param in (W1, b1, W2, b2)]
    X, y = X.astype(np.float32), y.astype(np.float32)
    return gradient_descent(X, y, params, lr, deep_mlp_loss, batch_size, epochs, rng)
