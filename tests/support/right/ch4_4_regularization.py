"""Right ways to regularize that are not the reference's."""

import numpy as np

from grader.misconceptions.reference import cross_entropy, he_params, relu, softmax

from . import right


@right("l2_regularization")
def with_a_loop(W, lambda_):
    return sum(lambda_ * float(w) ** 2 for w in W.ravel())


@right("l2_regularization")
def zero_dimensional(W, lambda_):
    return np.array(lambda_ * np.square(1.0 * W).sum())


@right("l2_regularization")
def by_inner_product(W, lambda_):
    w = np.ravel(1.0 * W)
    return lambda_ * np.dot(w, w)


@right("l2_regularization")
def by_norm(W, lambda_):
    return float(lambda_ * np.linalg.norm(np.ravel(1.0 * W)) ** 2)


@right("l2_gradient")
def added_twice(W, lambda_):
    return lambda_ * W + lambda_ * W


@right("l2_gradient")
def multiplied(W, lambda_):
    return np.multiply(W.astype(W.dtype if W.dtype.kind == "f" else np.float64), 2 * lambda_)


@right("l2_gradient")
def entry_by_entry(W, lambda_, scale=2):
    out = np.empty(W.shape, W.dtype if W.dtype.kind == "f" else float, order="F")
    for place, w in np.ndenumerate(W):
        out[place] = scale * lambda_ * float(w)
    return out


def _possible(p):
    if not 0 < p <= 1:
        raise ValueError(f"p = {p}")


@right("dropout")
def by_binomial(A, p, rng):
    _possible(p)
    mask = (rng.binomial(1, p, size=A.shape) / p).astype((1.0 * A).dtype)
    return A * mask, mask


@right("dropout")
def by_choice(A, p, rng):
    _possible(p)
    A = A if A.dtype.kind == "f" else A.astype(float)
    mask = rng.choice([0.0, 1 / p], p=[1 - p, p], size=A.shape).astype(A.dtype)
    return [np.multiply(A, mask), mask]


@right("dropout")
def divided_afterwards(A, p, rng):
    _possible(p)
    kept = rng.uniform(size=A.shape) <= p
    return np.where(kept, 1.0 * A, 0) / p, kept.astype((1.0 * A).dtype) / p


@right("dropout")
def unit_by_unit(A, p, rng):
    _possible(p)
    draws = [1 / p if rng.random() < p else 0.0 for _ in range(A.size)]
    mask = np.reshape(draws, A.shape).astype((1.0 * A).dtype)
    return mask * A, mask


@right("dropout")
def turned_round(A, p, rng):
    _possible(p)
    mask = np.asfortranarray(np.where(1 - p <= rng.random(A.T.shape).T, 1 / p, 0.0))
    mask = mask.astype((1.0 * A).dtype)
    return A * mask, mask


def _step(X, y, params, lambda_, p, draw):
    """Loss and gradients, the masks written into the activations."""
    inputs, masks = [X], []
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        masks.append((draw(len(X), len(b)) / p).astype(X.dtype))
        inputs.append(relu(inputs[-1] @ W + b) * masks[-1])
    A = softmax(inputs[-1] @ params[-2] + params[-1])
    delta, grads = (A - y) / len(X), []
    for layer in range(len(inputs) - 1, -1, -1):
        W = params[2 * layer]
        grads = [inputs[layer].T @ delta + 2 * lambda_ * W, delta.sum(axis=0), *grads]
        if layer:
            delta = (delta @ W.T) * masks[layer - 1] * (inputs[layer] > 0)
    return cross_entropy(A, y), grads


@right("train_regularized_mlp")
def with_a_plain_loop(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    rng = rng or np.random.default_rng()
    X = X.astype(np.float32) if X.dtype == np.float32 else X.astype(np.float64)
    params = he_params([X.shape[1], *hidden, y.shape[1]], rng, X.dtype)
    y, losses = y.astype(X.dtype), []
    for _ in range(epochs):
        order = np.arange(len(X))
        rng.shuffle(order)
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            loss, grads = _step(
                X[batch], y[batch], params, lambda_, p, lambda *shape: rng.random(shape) < p
            )
            losses.append(loss)
            for param, grad in zip(params, grads, strict=True):
                param -= lr * grad
    return tuple(params), np.array(losses)


@right("train_regularized_mlp")
def with_float64_and_binomial_masks(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    rng = np.random.default_rng(rng)
    X = np.asarray(X, dtype=np.float64)
    params, fan_in = [], X.shape[1]
    for fan_out in [*hidden, y.shape[1]]:
        params += [rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in), np.zeros(fan_out)]
        fan_in = fan_out
    losses = []
    for _ in range(epochs):
        order = rng.choice(len(X), size=len(X), replace=False)
        for batch in np.split(order, range(batch_size, len(X), batch_size)):
            loss, grads = _step(
                X[batch], y[batch], params, lambda_, p, lambda *shape: rng.binomial(1, p, shape)
            )
            losses.append(np.float64(loss))
            params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    return [params, losses]


@right("train_regularized_mlp")
def dropped_before_the_relu(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None, *, k=1
):
    rng = np.random.default_rng() if rng is None else rng
    X, y = 1.0 * X, 1.0 * y
    sizes = [X.shape[1], *hidden, y.shape[1]]
    params = [0.8 * param for param in he_params(sizes, rng, np.float64)]
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            x, t = X[order[start : start + batch_size]], y[order[start : start + batch_size]]
            A, masks, layers = x, [], [x]
            for i in range(0, len(params) - 2, 2):
                Z = A @ params[i] + params[i + 1]
                masks.append((rng.random(Z.shape) < p) / p)
                A = np.maximum(Z * masks[-1], 0)
                layers.append(A)
            A = softmax(A @ params[-2] + params[-1])
            penalty = lambda_ * sum((W**2).sum() for W in params[::2])
            losses.append(float(cross_entropy(A, t) + penalty))
            delta = (A - t) / len(x)
            for i in reversed(range(0, len(params), 2)):
                dW, db = layers[i // 2].T @ delta + 2 * lambda_ * params[i], delta.sum(axis=0)
                if i:
                    delta = (delta @ params[i].T) * masks[i // 2 - 1] * (layers[i // 2] > 0)
                params[i] = params[i] - lr * dW
                params[i + 1] = params[i + 1] - lr * db
    return params, losses
