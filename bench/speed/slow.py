"""The slow contenders: SciPy image by image, and plain Python loops.

Both go forward through a model's layers, keep each layer's input, and go back. They train on a
small share of the images, from which the seconds per epoch are extrapolated; the report says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.signal import convolve2d

from solutions.ch1_2_matrix_operations import linear
from solutions.ch3_2_activation_functions import relu, relu_derivative, softmax
from solutions.ch3_3_forward_mlp import cross_entropy
from solutions.ch4_3_pooling_cnn import max_pool, max_pool_backward

from .contenders import BATCH_SIZE, Solutions

if TYPE_CHECKING:
    from .models import Images, Model

Nested = Any  # a number, or a list of these


class ImageByImage(Solutions):
    """`scipy.signal.convolve2d`, for one image and one filter at a time."""

    share = BATCH_SIZE

    def __init__(self, model: Model, images: Images, start: list[np.ndarray], threads: int) -> None:
        super().__init__(model, images, start, threads)
        self.loss_fn = self.loss

    def loss(
        self, X: np.ndarray, y: np.ndarray, params: list[np.ndarray]
    ) -> tuple[float, list[np.ndarray]]:
        inputs, weights = [], iter(params)
        for layer in self.model.layers:
            kind = layer.partition(" ")[0]
            own = [next(weights), next(weights)] if kind in ("conv", "dense") else []
            inputs.append((kind, X, own))
            X = FORWARD[kind](X, *own)
        A, grads = softmax(X), []
        loss, dout = cross_entropy(A, y), (A - y) / len(y)
        for i, (kind, X, own) in reversed(list(enumerate(inputs))):
            dout, *own_grads = BACKWARD[kind](dout, X, *own, wanted=i > 0)
            grads = [*own_grads, *grads]
        return loss, grads


def conv(X: np.ndarray, filters: np.ndarray, b: np.ndarray) -> np.ndarray:
    n, (F, C) = len(X), filters.shape[:2]
    out = np.zeros((n, F, X.shape[2] - 2, X.shape[3] - 2), X.dtype)
    for i, f, c in np.ndindex(n, F, C):
        out[i, f] += convolve2d(X[i, c], filters[f, c, ::-1, ::-1], mode="valid")
    return out + b[:, None, None]


def conv_back(
    dout: np.ndarray, X: np.ndarray, filters: np.ndarray, b: np.ndarray, wanted: bool
) -> tuple[np.ndarray, ...]:
    dX, dfilters = np.zeros_like(X), np.zeros_like(filters)
    n, (F, C) = len(X), filters.shape[:2]
    for i, f, c in np.ndindex(n, F, C):
        dfilters[f, c] += convolve2d(X[i, c], dout[i, f, ::-1, ::-1], mode="valid")
        if wanted:
            dX[i, c] += convolve2d(dout[i, f], filters[f, c], mode="full")
    return dX, dfilters, dout.sum(axis=(0, 2, 3))


def dense_back(
    dout: np.ndarray, X: np.ndarray, W: np.ndarray, b: np.ndarray, wanted: bool
) -> tuple[np.ndarray | None, ...]:
    flat = X.reshape(len(X), -1)
    dX = (dout @ W.T).reshape(X.shape) if wanted else None
    return dX, flat.T @ dout, dout.sum(axis=0)


FORWARD = {
    "conv": conv,
    "relu": relu,
    "pool": lambda X: max_pool(X, 2),
    "dense": lambda X, W, b: linear(X.reshape(len(X), -1), W, b),
}
BACKWARD = {
    "conv": conv_back,
    "relu": lambda dout, X, wanted: [dout * relu_derivative(X)],
    "pool": lambda dout, X, wanted: [max_pool_backward(dout, X, 2)],
    "dense": dense_back,
}


class PlainLoops(Solutions):
    """Lists of numbers and `for` loops without NumPy: one image after another, batch by batch."""

    share = BATCH_SIZE

    def __init__(self, model: Model, images: Images, start: list[np.ndarray], threads: int) -> None:
        super().__init__(model, images, start, threads)
        self.reset()

    def reset(self) -> None:
        self.params = [param.tolist() for param in self.start]
        self.memory = [([0.0] * param.size, [0.0] * param.size) for param in self.start]
        self.updates = 0
        self.rng = np.random.default_rng(0)

    def epoch(self) -> list[float]:
        losses = []
        order = self.rng.permutation(self.share)
        for i in range(0, self.share, BATCH_SIZE):
            batch = order[i : i + BATCH_SIZE]
            grads = [np.zeros(param.shape).tolist() for param in self.start]
            images = zip(self.X[batch].tolist(), self.y[batch].tolist(), strict=True)
            losses.append(sum(self.add_image(x, y, grads) for x, y in images) / len(batch))
            self.updates += 1
            scaled = [self.model.lr / len(batch), 1 / len(batch)]
            for param, grad, memory in zip(self.params, grads, self.memory, strict=True):
                if self.model.optimizer == "adam":
                    flat = [scaled[1] * g for g in flat_list(grad)]
                    grad, scale = shaped_like(param, iter(self.adam(flat, *memory))), 1.0
                else:
                    scale = scaled[0]
                descend(param, grad, scale)
        return losses

    def add_image(self, x: Nested, y: list[float], grads: list[Nested]) -> float:
        """Return the loss of one image and add its gradients to `grads`."""
        kept, index = [], 0
        for layer in self.model.layers:
            kind = layer.partition(" ")[0]
            kept.append((kind, x, index))
            if kind in ("conv", "dense"):
                x = LOOP_FORWARD[kind](x, *self.params[index : index + 2])
                index += 2
            else:
                x = LOOP_FORWARD[kind](x)
        loss, dout = loop_loss(x, y)
        for i, (kind, x, index) in reversed(list(enumerate(kept))):
            if kind in ("conv", "dense"):
                own = grads[index : index + 2]
                dout = LOOP_BACKWARD[kind](dout, x, self.params[index], *own, wanted=i > 0)
            else:
                dout = LOOP_BACKWARD[kind](dout, x)
        return loss

    def adam(self, grad: list[float], m: list[float], v: list[float]) -> list[float]:
        """Return the negative steps for one parameter's gradient; update m and v."""
        fix_m, fix_v = 1 - 0.9**self.updates, 1 - 0.999**self.updates
        steps = []
        for i, g in enumerate(grad):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g * g
            steps.append(self.model.lr * (m[i] / fix_m) / ((v[i] / fix_v) ** 0.5 + 1e-8))
        return steps

    def accuracy(self) -> float:
        return float("nan")  # trained on too few images


def descend(param: Nested, grad: Nested, scale: float) -> None:
    for i, entry in enumerate(grad):
        if isinstance(entry, list):
            descend(param[i], entry, scale)
        else:
            param[i] -= scale * entry


def flat_list(nested: Nested) -> list[float]:
    if not isinstance(nested, list):
        return [nested]
    return [number for part in nested for number in flat_list(part)]


def shaped_like(nested: Nested, numbers: Iterator[float]) -> Nested:
    if not isinstance(nested, list):
        return next(numbers)
    return [shaped_like(part, numbers) for part in nested]


def loop_loss(z: list[float], y: list[float]) -> tuple[float, list[float]]:
    if len(z) == 1:  # logistic
        a = 1 / (1 + exp(-z[0]))
        return -log(max(a if y[0] else 1 - a, 1e-300)), [a - y[0]]
    highest = max(z)
    powers = [exp(value - highest) for value in z]
    A = [power / sum(powers) for power in powers]
    loss = -sum(t * log(max(a, 1e-300)) for a, t in zip(A, y, strict=True))
    return loss, [a - t for a, t in zip(A, y, strict=True)]


def loop_dense(x: Nested, W: Nested, b: Nested) -> Nested:
    z = list(b)
    for i, value in enumerate(flat_list(x)):
        for j in range(len(z)):
            z[j] += value * W[i][j]
    return z


def loop_dense_back(
    dout: Nested, x: Nested, W: Nested, dW: Nested, db: Nested, wanted: bool
) -> Nested:
    flat = flat_list(x)
    for j, d in enumerate(dout):
        db[j] += d
    for i, value in enumerate(flat):
        for j, d in enumerate(dout):
            dW[i][j] += value * d
    if not wanted:
        return None
    dflat = []
    for row in W:
        total = 0.0
        for weight, d in zip(row, dout, strict=True):
            total += weight * d
        dflat.append(total)
    return shaped_like(x, iter(dflat))


def loop_conv(x: Nested, filters: Nested, b: Nested) -> Nested:
    out = []
    for f, bank in enumerate(filters):
        rows = []
        for i in range(len(x[0]) - 2):
            row = []
            for j in range(len(x[0][0]) - 2):
                total = b[f]
                for c, small in enumerate(bank):
                    for m in range(3):
                        for k in range(3):
                            total += x[c][i + m][j + k] * small[m][k]
                row.append(total)
            rows.append(row)
        out.append(rows)
    return out


def loop_conv_back(
    dout: Nested, x: Nested, filters: Nested, dfilters: Nested, db: Nested, wanted: bool
) -> Nested:
    dx = shaped_like(x, iter([0.0] * len(flat_list(x))))
    for f, dmap in enumerate(dout):
        for i, drow in enumerate(dmap):
            for j, d in enumerate(drow):
                db[f] += d
                for c, small in enumerate(filters[f]):
                    for m in range(3):
                        for k in range(3):
                            dfilters[f][c][m][k] += d * x[c][i + m][j + k]
                            if wanted:
                                dx[c][i + m][j + k] += d * small[m][k]
    return dx


def loop_relu(x: Nested) -> Nested:
    return [loop_relu(part) for part in x] if isinstance(x, list) else max(x, 0.0)


def loop_relu_back(dout: Nested, x: Nested) -> Nested:
    if isinstance(x, list):
        return [loop_relu_back(d, part) for d, part in zip(dout, x, strict=True)]
    return dout if x > 0 else 0.0


def corners(i: int, j: int) -> list[tuple[int, int]]:
    return [(2 * i, 2 * j), (2 * i, 2 * j + 1), (2 * i + 1, 2 * j), (2 * i + 1, 2 * j + 1)]


def loop_pool(x: Nested) -> Nested:
    height, width = len(x[0]) // 2, len(x[0][0]) // 2
    return [
        [[max(image[r][c] for r, c in corners(i, j)) for j in range(width)] for i in range(height)]
        for image in x
    ]


def loop_pool_back(dout: Nested, x: Nested) -> Nested:
    dx = shaped_like(x, iter([0.0] * len(flat_list(x))))
    for image, dimage, dmap in zip(x, dx, dout, strict=True):
        for i, drow in enumerate(dmap):
            for j, d in enumerate(drow):
                r, c = max(corners(i, j), key=lambda place: image[place[0]][place[1]])
                dimage[r][c] = d
    return dx


LOOP_FORWARD = {"conv": loop_conv, "relu": loop_relu, "pool": loop_pool, "dense": loop_dense}
LOOP_BACKWARD = {
    "conv": loop_conv_back,
    "relu": loop_relu_back,
    "pool": loop_pool_back,
    "dense": loop_dense_back,
}
