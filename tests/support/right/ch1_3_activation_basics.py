"""Right answers of chapter 1.3 that are not the reference's."""

import math

import numpy as np

from . import right


def _float(Z):
    return Z if Z.dtype.kind == "f" else Z.astype(np.float64)


def _one(z):
    """The sigmoid of a Python float."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


@right("sigmoid")
def with_tanh(Z):
    return 0.5 * (1 + np.tanh(0.5 * Z))


@right("sigmoid")
def with_expit(Z):
    from scipy.special import expit

    return expit(_float(Z))


@right("sigmoid")
def with_masks(Z):
    Z = _float(Z)
    A, positive = np.empty_like(Z), Z >= 0
    A[positive] = 1 / (1 + np.exp(-Z[positive]))
    e = np.exp(Z[~positive])
    A[~positive] = e / (1 + e)
    return A


@right("sigmoid")
def with_logaddexp(Z):
    return np.exp(-np.logaddexp(0, -_float(Z)))


@right("sigmoid")
def with_a_clip(Z):
    return 1 / (1 + np.exp(-np.clip(Z, -80, 80)))


@right("sigmoid")
def with_errstate(Z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-Z))


@right("sigmoid")
def with_where_and_safe_exponents(Z):
    Z = _float(Z)
    rising = 1 / (1 + np.exp(-np.maximum(Z, 0)))
    falling = np.exp(np.minimum(Z, 0)) / (1 + np.exp(np.minimum(Z, 0)))
    return np.where(Z >= 0, rising, falling)


@right("sigmoid")
def with_one_entry_at_a_time(Z):
    flat = np.array([_one(float(z)) for z in Z.ravel()], _float(Z).dtype)
    return flat.reshape(Z.shape)
