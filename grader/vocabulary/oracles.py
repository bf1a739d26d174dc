"""The expected answers: closed forms and naive loops in float64.

They never come from `solutions/` or from the learner's other functions; the tests compare them with
SciPy and scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CNN_PART = 50  # images at a time; several times faster because they fit into the processor's cache


def sigmoid(Z: ArrayLike) -> np.ndarray:
    """1 / (1 + exp(-Z)), without overflow."""
    Z = np.asarray(Z, dtype=np.float64)
    e = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1 / (1 + e), e / (1 + e))


def softmax(Z: ArrayLike) -> np.ndarray:
    """The probabilities for rows of scores, or for a single row."""
    Z = np.asarray(Z, dtype=np.float64)
    e = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def mean_squared_error(y_pred: ArrayLike, y: Any) -> Any:
    """The mean over all entries."""
    return np.mean((np.asarray(y_pred, np.float64) - y) ** 2)


def binary_cross_entropy(A: ArrayLike, y: np.ndarray) -> float:
    """The mean loss of probabilities strictly between 0 and 1."""
    A = np.asarray(A, np.float64)
    return -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))


def cross_entropy(A: ArrayLike, y: np.ndarray) -> float:
    """The mean loss for one-hot rows `y`, if no true class has probability 0."""
    return -np.mean(np.log(np.sum(np.asarray(A, np.float64) * y, axis=1)))


ACTIVATIONS: dict[str, Callable] = {
    "relu": lambda Z: np.maximum(Z, 0.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
}


def mlp(X: ArrayLike, params: Sequence[np.ndarray], activation: str = "relu") -> list[np.ndarray]:
    """The activations of every layer for `params = [W1, b1, W2, b2, ...]`; the last is softmax."""
    A = np.asarray(X, np.float64)
    layers = []
    for i in range(0, len(params), 2):
        Z = A @ params[i] + params[i + 1]
        last = i == len(params) - 2
        A = softmax(Z) if last else ACTIVATIONS[activation](Z)
        layers.append(A)
    return layers


def mlp_loss(
    X: np.ndarray, y: np.ndarray, params: Sequence[np.ndarray]
) -> tuple[float, list[np.ndarray]]:
    """The mean cross-entropy of a ReLU network on one-hot rows `y`, and its gradients."""
    *hidden, A = mlp(X, params)
    inputs, delta = [X, *hidden], (A - y) / len(X)
    grads: list[np.ndarray] = []
    for layer in reversed(range(len(inputs))):
        grads = [inputs[layer].T @ delta, delta.sum(axis=0), *grads]
        delta = (delta @ params[2 * layer].T) * (inputs[layer] > 0)
    with np.errstate(divide="ignore"):  # infinite for absurd weights, which match nothing
        return cross_entropy(A, y), grads


def convolve(
    X: ArrayLike, filters: np.ndarray, b: ArrayLike, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Cross-correlation of (n, C, H, W) with (F, C, kh, kw): a product with the shifted images."""
    X = np.pad(np.asarray(X, np.float64), [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
    F, _, kh, kw = filters.shape
    height = (X.shape[2] - kh) // stride + 1
    width = (X.shape[3] - kw) // stride + 1
    taps = [
        X[..., i : i + stride * height : stride, j : j + stride * width : stride]
        for i, j in np.ndindex(kh, kw)
    ]
    columns = np.stack(taps, axis=2).reshape(len(X), filters[0].size, height * width)
    out = (filters.reshape(F, -1) @ columns).reshape(len(X), F, height, width)
    return out + np.reshape(b, (1, -1, 1, 1))


def pool(X: np.ndarray, size: int, reduce: Callable) -> np.ndarray:
    """Apply `reduce` (np.max, np.mean) to size x size windows of the last two axes.

    A ragged edge is dropped.
    """
    height, width = X.shape[-2] // size * size, X.shape[-1] // size * size
    entries = [X[..., i:height:size, j:width:size] for i, j in np.ndindex(size, size)]
    return reduce(entries, axis=0)


def cnn(X: np.ndarray, params: Sequence[np.ndarray]) -> np.ndarray:
    """The probabilities: convolution, ReLU, max pool 2, dense, softmax."""
    filters, conv_b, W, b = params
    parts = [X[i : i + CNN_PART] for i in range(0, len(X), CNN_PART)]
    features = [pool(np.maximum(convolve(part, filters, conv_b), 0.0), 2, np.max) for part in parts]
    return softmax(np.concatenate(features).reshape(len(X), -1) @ W + b)


def accuracy(A: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows of scores whose largest entry is at the label."""
    return float(np.mean(np.argmax(A, axis=1) == labels))
