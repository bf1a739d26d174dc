"""Right answers of chapter 2.3 that are not the reference's."""

import numpy as np

from grader.misconceptions.reference import minibatches, sigmoid

from . import right


def _check(a, b):
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} is not {b.shape}")


@right("minibatches")
def as_a_generator_function(X, y, batch_size, rng):
    if len(X) != len(y):
        raise ValueError("some examples have no label")
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    for i in range(0, len(X), batch_size):
        yield X[i : i + batch_size], y[i : i + batch_size]


@right("minibatches")
def shuffled_numbers_in_tuples(X, y, batch_size, rng):
    if len(X) != len(y):
        raise ValueError("some examples have no label")
    order = np.arange(X.shape[0])
    rng.shuffle(order)
    starts = range(0, len(X), batch_size)
    parts = [order[i : i + batch_size] for i in starts]
    return tuple([X[part], y[part]] for part in parts)


@right("minibatches")
def drawn_without_replacement(X, y, batch_size, rng):
    if len(X) != len(y):
        raise ValueError("some examples have no label")
    order = rng.choice(len(X), len(X), replace=False)
    cuts = np.arange(batch_size, len(X), batch_size)
    return [(X[part], y[part]) for part in np.split(order, cuts)]


@right("minibatches")
def sorted_by_random_numbers(X, y, batch_size, rng):
    if len(X) != len(y):
        raise ValueError("some examples have no label")
    order = np.argsort(rng.random(len(X)))
    starts = range(0, len(X), batch_size)
    return zip(
        [X[order[i : i + batch_size]] for i in starts],
        [y[order[i : i + batch_size]] for i in starts],
        strict=True,
    )


@right("minibatches")
def dealt_out_one_by_one(X, y, batch_size, rng):
    if len(X) != len(y):
        raise ValueError("some examples have no label")
    left = list(range(len(X)))
    while left:
        size = min(batch_size, len(left))
        part = [left.pop(int(rng.integers(len(left)))) for _ in range(size)]
        yield np.array([X[i] for i in part]), np.array([y[i] for i in part])


@right("minibatches")
def copies_shuffled_alike(X, y, batch_size, rng):
    if len(X) != len(y):
        raise ValueError("some examples have no label")
    seed = int(rng.integers(2**32))
    X, y = X.copy(), y.copy()
    np.random.default_rng(seed).shuffle(X)
    np.random.default_rng(seed).shuffle(y)
    starts = range(0, len(X), batch_size)
    return iter([(X[i : i + batch_size], y[i : i + batch_size]) for i in starts])


@right("logistic_loss")
def with_logaddexp(X, y, params):
    W, b = params
    Z = X @ W + b
    _check(Z, y)
    loss = np.mean(np.logaddexp(0, Z) - y * Z)
    delta = np.exp(-np.logaddexp(0, -Z)) - y
    return loss, [np.einsum("nd,nk->dk", X, delta) / len(X), delta.mean(axis=0)]


@right("logistic_loss")
def by_way_of_the_probabilities(X, y, params):
    W, b = params
    A = sigmoid(X @ W + b)
    _check(A, y)
    safe = np.clip(A, 1e-7, 1 - 1e-7)
    loss = -np.mean(y * np.log(safe) + (1 - y) * np.log(1 - safe))
    dA = (safe - y) / (safe * (1 - safe)) / len(X)
    dZ = dA * A * (1 - A)
    return np.asarray(loss), (X.T @ dZ, dZ.sum(axis=0))


@right("logistic_loss")
def with_1e_8_added(X, y, params):
    W, b = params
    A = 0.5 * (1 + np.tanh(0.5 * (X @ W + b)))
    _check(A, y)
    loss = -np.mean(y * np.log(A + 1e-8) + (1 - y) * np.log(1 - A + 1e-8))
    db = np.array([float((A - y).mean())], A.dtype)
    return float(loss), [((A - y).T @ X).T / len(X), db]


@right("logistic_loss")
def one_example_at_a_time(X, y, params):
    W, b = params
    _check(X @ W, y)
    dW, db, loss = np.zeros_like(W), np.zeros_like(b), 0.0
    for x, truth in zip(X, y, strict=True):
        a = sigmoid(x @ W + b)
        p = float(np.where(truth == 1, a, 1 - a)[0])
        loss -= np.log(max(p, 1e-12))
        dW += np.outer(x, a - truth).astype(dW.dtype) / len(X)
        db += ((a - truth) / len(X)).astype(db.dtype)
    return loss / len(X), [dW, db]


@right("gradient_descent")
def with_new_lists(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    rng = np.random.default_rng() if rng is None else rng
    losses = []
    for _ in range(epochs):
        whole = batch_size is None
        for X_batch, y_batch in [(X, y)] if whole else minibatches(X, y, batch_size, rng):
            loss, grads = loss_fn(X_batch, y_batch, params)
            losses.append(loss)
            params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    return tuple(params), np.array(losses)


@right("gradient_descent")
def with_numbers_shuffled_here(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    rng, n, losses = rng or np.random.default_rng(), len(X), []
    params = [np.array(param, dtype=np.float64) for param in params]
    size = n if batch_size is None else batch_size
    for _ in range(epochs):
        order = np.arange(n)
        if batch_size is not None:
            rng.shuffle(order)
        for i in range(0, n, size):
            part = order[i : i + size]
            losses.append(np.asarray(loss_fn(X[part], y[part], params)[0]))
            grads = loss_fn(X[part], y[part], params)[1]
            for j in range(len(params)):
                params[j] = params[j] - lr * grads[j]
        loss_fn(X, y, params)
    return params, losses


@right("gradient_descent")
def with_one_step_as_a_function(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    import copy

    rng, params, losses = rng or np.random.default_rng(), copy.deepcopy(params), []

    def step(X_batch, y_batch):
        loss, grads = loss_fn(X=X_batch, y=y_batch, params=params)
        losses.append(float(loss))
        for param, grad in zip(params, grads, strict=True):
            param[...] = param - lr * grad

    for _ in range(epochs):
        if batch_size is None:
            step(X, y)
            continue
        order = rng.choice(len(X), len(X), replace=False)
        for part in np.split(order, range(batch_size, len(X), batch_size)):
            step(X[part], y[part])
    return params, losses
