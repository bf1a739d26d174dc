"""Right answers of chapter 4.1 that are not the reference's."""

from itertools import pairwise

import numpy as np

from grader.misconceptions.reference import (
    cross_entropy,
    forward_deep_mlp,
    gradient_descent,
    relu,
    sigmoid,
    softmax,
)

from . import right


def _float(X):
    return X if X.dtype.kind == "f" else X.astype(np.float64)


def _fit(A, y):
    if A.shape != y.shape:
        raise ValueError(f"{A.shape} is not {y.shape}")


@right("xavier_init")
def scaled_standard_normal(fan_in, fan_out, rng):
    scale = (2 / (fan_in + fan_out)) ** 0.5
    return [rng.standard_normal((fan_in, fan_out)) * scale, np.zeros((fan_out,))]


@right("xavier_init")
def with_loops(fan_in, fan_out, rng=None, gain=1):
    scale = gain / np.sqrt((fan_in + fan_out) / 2)
    W = np.empty((fan_in, fan_out), order="F")
    for i, j in np.ndindex(fan_in, fan_out):
        W[i, j] = rng.normal(0, scale)
    return W, np.array([0.0] * fan_out)


@right("xavier_init")
def transposed_view(fan_in, fan_out, rng):
    W = rng.normal(loc=0.0, scale=np.sqrt(2.0 / (fan_in + fan_out)), size=(fan_out, fan_in)).T
    return W, 0 * W[0]


@right("forward_deep_mlp")
def as_a_tuple(X, params, activation="relu"):
    A, layers = _float(X), ()
    for i in range(0, len(params), 2):
        Z = np.einsum("ij,jk->ik", A, _float(params[i])) + params[i + 1]
        if i == len(params) - 2:
            E = np.exp(Z - Z.max(axis=1, keepdims=True))
            A = E / (E.sum(axis=1, keepdims=True) + E.dtype.type(1e-12))
        elif activation == "relu":
            A = Z * (Z > 0)
        elif activation == "tanh":
            A = np.tanh(Z)
        elif activation == "sigmoid":
            A = 1 / (1 + np.exp(-np.clip(Z, -80, 80)))
        else:
            raise ValueError(activation)
        layers += (A,)
    return layers


@right("forward_deep_mlp")
def as_a_generator(X, params, activation="relu", extra=None):
    def layers(A, params):
        W, b, *rest = params
        Z = _float(A @ W + b)
        if not rest:
            yield softmax(Z)
        else:
            A = {"relu": relu, "tanh": np.tanh, "sigmoid": sigmoid}[activation](Z)
            yield A
            yield from layers(A, rest)

    return layers(X, list(params))


@right("forward_deep_mlp")
def with_scipy(X, params, activation="relu"):
    from scipy.special import expit, softmax

    f = {"relu": lambda Z: np.maximum(Z, 0), "sigmoid": expit, "tanh": np.tanh}[activation]
    layers, depth = [], len(params) // 2
    for layer in range(depth):
        A = layers[-1] if layers else X
        Z = _float(np.dot(A, params[2 * layer]) + params[2 * layer + 1])
        layers.append(f(Z) if layer < depth - 1 else softmax(Z, axis=1))
    return layers


@right("forward_deep_mlp")
def with_a_layer_class(X, params, activation="relu"):
    class Layer:
        def __init__(self, W, b, f):
            self.W, self.b, self.f = W, b, f

        def __call__(self, A):
            return self.f(_float(A @ self.W + self.b))

    hidden = {"relu": relu, "sigmoid": sigmoid, "tanh": np.tanh}[activation]
    *firsts, last = zip(params[::2], params[1::2], strict=True)
    layers, A = [], X
    for layer in [*(Layer(W, b, hidden) for W, b in firsts), Layer(*last, softmax)]:
        A = layer(A)
        layers.append(A)
    return layers


@right("backward_deep_mlp")
def from_a_second_forward_pass(X, activations, y, params, activation="relu"):
    _fit(activations[-1], y)
    A = [X, *forward_deep_mlp(X, params, activation)]
    n, depth = X.shape[0], len(params) // 2
    grads, delta = [None] * len(params), A[-1] - y
    for layer in range(depth - 1, -1, -1):
        grads[2 * layer] = sum(np.outer(A[layer][i], delta[i]) for i in range(n)) / n
        grads[2 * layer + 1] = delta.mean(axis=0)
        if layer:
            delta = np.dot(delta, params[2 * layer].T)
            if activation == "relu":
                delta = np.where(A[layer] > 0, delta, 0)
            elif activation == "tanh":
                delta = delta * (1 - A[layer]) * (1 + A[layer])
            else:
                delta = delta * (A[layer] - A[layer] ** 2)
    return tuple(grads)


@right("backward_deep_mlp")
def through_the_jacobian_of_softmax(X, activations, y, params, activation="relu"):
    P = activations[-1]
    _fit(P, y)
    towards = -y / np.maximum(P, 1e-12) / len(X)
    delta = (P * (towards - (towards * P).sum(axis=1, keepdims=True))).astype(P.dtype)
    grads, inputs = [], [X, *activations]
    for layer in range(len(params) // 2 - 1, -1, -1):
        grads.insert(0, delta.sum(axis=0))
        grads.insert(0, np.einsum("ni,nj->ij", inputs[layer], delta))
        A = inputs[layer]
        if layer > 0:
            slope = {"relu": np.sign(A), "sigmoid": A * (1 - A), "tanh": 1 - np.square(A)}
            delta = delta @ params[2 * layer].T * slope[activation]
    return grads


@right("backward_deep_mlp")
def recursively(X, activations, y, params, activation="relu"):
    slopes = {
        "relu": lambda A: (A > 0).astype(A.dtype),
        "sigmoid": lambda A: A * (1 - A),
        "tanh": lambda A: 1 - A * A,
    }

    def below(inputs, delta, params):
        *before, W, _ = params
        *earlier, A = inputs
        last = [A.T @ delta, delta.sum(axis=0)]
        if not before:
            return last
        return below(earlier, delta @ W.T * slopes[activation](A), before) + last

    _fit(activations[-1], y)
    delta = np.subtract(activations[-1], y) / len(y)
    return below([X, *activations[:-1]], delta, list(params))


@right("backward_deep_mlp")
def collected_backwards(X, activations, y, params, activation="relu"):
    _fit(activations[-1], y)
    if activation not in ("relu", "sigmoid", "tanh"):
        raise ValueError(activation)
    inputs, grads = (X, *activations[:-1]), []
    error = (activations[-1] - y) / y.shape[0]
    for number, A in reversed(list(enumerate(inputs))):
        grads += [np.sum(error, axis=0), np.asfortranarray(A.T) @ error]
        if number == 0:
            continue
        error = error @ params[2 * number].T
        error[A <= 0] *= 0 if activation == "relu" else 1
        if activation != "relu":
            error *= A * (1 - A) if activation == "sigmoid" else 1 - A**2
    return grads[::-1]


@right("gradient_norms")
def root_of_squares(grads):
    return np.sqrt(np.array([np.sum(grad**2) for i, grad in enumerate(grads) if i % 2 == 0]))


@right("gradient_norms")
def those_with_two_axes(grads):
    return np.array([np.einsum("ij,ij->", g, g) ** 0.5 for g in grads if g.ndim == 2])


@right("gradient_norms")
def norm_of_the_flat_vector(grads):
    norms = np.zeros(len(grads) // 2)
    for layer in range(len(norms)):
        norms[layer] = np.linalg.norm(grads[2 * layer].ravel())
    return norms


@right("gradient_norms")
def entry_by_entry(grads):
    import math

    return np.asarray([math.sqrt(sum(float(g) ** 2 for g in dW.flat)) for dW in grads[0::2]])


def _loss(X, y, params):
    """Loss and gradients, all in one place."""
    layers = [X, *forward_deep_mlp(X, params)]
    delta, grads = (layers[-1] - y) / len(X), []
    for i in range(len(layers) - 2, -1, -1):
        grads = [layers[i].T @ delta, delta.sum(axis=0), *grads]
        delta = delta @ params[2 * i].T * (layers[i] > 0)
    return cross_entropy(layers[-1], y), grads


def _train(X, y, hidden, lr, epochs, batch_size, rng, draw=None):
    """Written from scratch; `draw(fan_in, fan_out, rng)` gives the start weights."""
    rng = np.random.default_rng() if rng is None else rng
    draw = draw or (lambda a, b, rng: rng.standard_normal((a, b)) * np.sqrt(2 / a))
    sizes, params, losses = [X.shape[1], *hidden, y.shape[1]], [], []
    for i in range(len(sizes) - 1):
        params += [draw(sizes[i], sizes[i + 1], rng), np.zeros(sizes[i + 1])]
    for _ in range(epochs):
        order = rng.choice(len(X), size=len(X), replace=False)
        for rows in np.split(order, range(batch_size, len(X), batch_size)):
            loss, grads = _loss(X[rows], y[rows], params)
            losses.append(loss)
            for param, grad in zip(params, grads, strict=True):
                param -= lr * grad
    return params, losses


@right("train_deep_mlp")
def from_scratch(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    return _train(X, y, hidden, lr, epochs, batch_size, rng)


@right("train_deep_mlp")
def from_xavier_weights(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    params, losses = _train(
        X, y, hidden, lr, epochs, batch_size, rng,
        lambda a, b, rng: rng.normal(0, np.sqrt(2 / (a + b)), (a, b)),
    )  # fmt: skip
    return tuple(params), np.array(losses)


@right("train_deep_mlp")
def from_uniform_weights(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    return _train(
        X, y, hidden, lr, epochs, batch_size, rng,
        lambda a, b, rng: rng.uniform(-1, 1, (a, b)) * np.sqrt(6 / (a + b)),
    )  # fmt: skip


@right("train_deep_mlp")
def with_gradient_descent(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    rng = rng or np.random.default_rng()
    sizes, params = (X.shape[1], *hidden, y.shape[1]), []
    for a, b in reversed(list(pairwise(sizes))):
        W = (rng.normal(size=(a, b)) * np.sqrt(2 / a)).astype(np.float32)
        params = [W, np.zeros(b, np.float32), *params]
    X, y = X.astype(np.float32), y.astype(np.float32)
    return gradient_descent(X, y, params, lr, _loss, batch_size, epochs, rng)


@right("train_deep_mlp")
def with_a_schedule_that_does_nothing(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None, decay=0.0
):
    X = np.asarray(X, dtype=np.float64)
    params, losses = _train(X, y, list(hidden), lr / (1 + decay), epochs, batch_size, rng)
    return params, [np.array(loss) for loss in losses]
