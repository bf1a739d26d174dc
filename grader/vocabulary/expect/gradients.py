"""The exact gradients of any loss, by central differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import tolerance as tolerances
from .answers import close_list

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Loss = Callable[[list[np.ndarray]], float]


def gradient(
    got: Any,
    loss: Loss,
    params: Sequence[ArrayLike],
    names: Sequence[str],
    *,
    tolerance: float = tolerances.NUMERICAL_GRADIENT,
    **options: Any,
) -> list[Any]:
    """Require the gradients of `loss(params)`, by central differences in every coordinate.

    `loss` is the examiner's own function; the parameters are float64. The gradients may have any
    dtype. The options are those of `close_list`.
    """
    wants = central_differences(loss, params)
    return close_list(got, wants, names, tolerance=tolerance, dtype=None, **options)


def central_differences(
    loss: Loss, params: Sequence[ArrayLike], h: float = 1e-5
) -> list[np.ndarray]:
    """The gradients of `loss(params)`: (f(x + h) - f(x - h)) / 2h for every coordinate x."""
    copies = [np.array(param, dtype=np.float64) for param in params]
    gradients = []
    for param in copies:
        gradient = np.zeros_like(param)
        for index in np.ndindex(param.shape):
            middle = param[index]
            param[index] = middle + h
            above = loss(copies)
            param[index] = middle - h
            below = loss(copies)
            param[index] = middle
            gradient[index] = (above - below) / (2 * h)
        gradients.append(gradient)
    return gradients
