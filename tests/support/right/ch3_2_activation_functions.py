"""Right answers of chapter 3.2 that are not the reference's."""

import math

import numpy as np

from . import right


def _float(Z):
    return Z if Z.dtype.kind == "f" else Z.astype(np.float64)


def _each(function, Z):
    """A Python function of one number, applied to every entry."""
    Z = _float(Z)
    return np.array([function(z) for z in Z.ravel().tolist()], Z.dtype).reshape(Z.shape)


@right("relu")
def relu_with_where(Z):
    return np.where(Z > 0, _float(Z), 0)


@right("relu")
def relu_with_a_mask(Z):
    return _float(Z) * (Z > 0)


@right("relu")
def relu_with_loops(Z):
    return _each(lambda z: max(z, 0.0), Z)


@right("relu")
def relu_with_the_absolute_value(Z):
    Z = _float(Z)
    return np.asfortranarray((Z + np.abs(Z)) / 2)


@right("relu")
def relu_on_a_copy(Z):
    A = np.array(Z, dtype=_float(Z).dtype)
    A[A < 0] = 0
    return A


@right("relu")
def relu_with_clip(Z, lowest=0):
    return np.clip(_float(Z), lowest, None)


@right("relu_derivative")
def step_with_where(Z):
    one = _float(Z).dtype.type(1)
    return np.where(Z > 0, one, one - 1)


@right("relu_derivative")
def step_with_heaviside(Z):
    Z = _float(Z)
    return np.heaviside(Z, Z.dtype.type(0))


@right("relu_derivative")
def step_with_loops(Z):
    return _each(lambda z: 1 if z > 0 else 0, Z)


@right("relu_derivative")
def step_filled_in(Z):
    D = np.zeros_like(Z, dtype=_float(Z).dtype)
    D[Z > 0] = 1
    return D


@right("relu_derivative")
def step_from_the_sign(Z):
    return np.sign(np.maximum(_float(Z), 0))


@right("tanh")
def tanh_with_expit(Z):
    from scipy.special import expit

    return 2 * expit(2 * _float(Z)) - 1


@right("tanh")
def tanh_clipped(Z):
    Z = np.clip(_float(Z), -40, 40)
    return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))


@right("tanh")
def tanh_with_loops(Z):
    return _each(math.tanh, Z)


@right("tanh")
def tanh_by_sides(Z):
    Z = _float(Z)
    E = np.exp(-2 * np.abs(Z))
    return np.sign(Z) * (1 - E) / (1 + E)


@right("tanh")
def tanh_of_floats(Z):
    return np.tanh(_float(Z))


@right("tanh_derivative")
def slope_with_cosh(Z):
    return 1 / np.cosh(np.clip(_float(Z), -40, 40)) ** 2


@right("tanh_derivative")
def slope_in_factors(Z):
    T = np.tanh(_float(Z))
    return (1 - T) * (1 + T)


@right("tanh_derivative")
def slope_with_loops(Z):
    return _each(lambda z: 1 - math.tanh(z) ** 2, Z)


@right("tanh_derivative")
def slope_with_exponentials(Z):
    E = np.exp(-2 * np.abs(_float(Z)))
    return 4 * E / (1 + E) ** 2


@right("leaky_relu")
def leaky_with_maximum(Z, alpha=0.01):
    return np.maximum(alpha * _float(Z), Z)


@right("leaky_relu")
def leaky_in_two_parts(Z, alpha=0.01):
    Z = _float(Z)
    return np.maximum(Z, 0) + alpha * np.minimum(Z, 0)


@right("leaky_relu")
def leaky_with_loops(Z, alpha=0.01):
    return _each(lambda z: z if z >= 0 else alpha * z, Z)


@right("leaky_relu")
def leaky_on_a_copy(Z, alpha=0.01):
    A = _float(Z).copy()
    A[A < 0] *= alpha
    return A


@right("leaky_relu")
def leaky_with_slopes(Z, alpha=0.01):
    Z = _float(Z)
    return (Z * np.where(Z >= 0, 1, alpha)).astype(Z.dtype)


@right("softmax")
def softmax_of_scipy(Z):
    from scipy.special import softmax

    return softmax(_float(Z), axis=1)


@right("softmax")
def softmax_with_logsumexp(Z):
    from scipy.special import logsumexp

    Z = _float(Z)
    return np.exp(Z - logsumexp(Z, axis=1, keepdims=True)).astype(Z.dtype)


@right("softmax")
def softmax_row_by_row(Z):
    rows = []
    for row in _float(Z):
        E = np.exp(row - max(row))
        rows.append(E / sum(E))
    return np.array(rows)


@right("softmax")
def softmax_transposed(Z):
    E = np.exp(_float(Z).T - np.max(_float(Z), axis=1))
    return (E / E.sum(axis=0)).T


@right("softmax")
def softmax_with_an_epsilon(Z):
    E = np.exp(_float(Z) - _float(Z).max(axis=-1, keepdims=True))
    return E / (E.sum(axis=-1, keepdims=True) + 1e-12)


@right("softmax")
def softmax_with_loops(Z):
    A = np.zeros(Z.shape, _float(Z).dtype)
    for i, row in enumerate(Z.tolist()):
        E = [math.exp(z - max(row)) for z in row]
        A[i] = [e / sum(E) for e in E]
    return A
