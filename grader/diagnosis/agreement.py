"""Compares answers up to rounding, whatever form they have."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

TOLERANCE = {"f4": 3e-5, "f8": 1e-8}  # the same mistake in another form differs only by rounding


def agree(first: Any, second: Any, strict: bool = False, tolerance: float = 0.0) -> bool:
    """True if both have the same form and, up to rounding, the same numbers; NaN equals NaN.

    A list equals a tuple, and a list of numbers a vector. The dtype of single numbers matters only
    if `strict`; `tolerance` is allowed where it is larger than rounding.
    """
    first, second = as_array(first), as_array(second)
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return _arrays_agree(first, second, strict, tolerance)
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(
            agree(a, b, strict, tolerance) for a, b in zip(first, second, strict=True)
        )
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            agree(first[k], second[k], strict) for k in first
        )
    if callable(first) or isinstance(first, np.random.Generator):
        return True
    return type(first) is type(second) and bool(first == second)


def as_array(value: Any) -> Any:
    """Return numbers, and lists of numbers, as an array, and anything else as it is."""
    numbers = (bool, int, float, np.generic)
    with contextlib.suppress(OverflowError):  # integers too large for a float
        if isinstance(value, int):
            return np.asarray(value, dtype=None if abs(value) < 2**63 else np.float64)
        if isinstance(value, numbers):
            return np.asarray(value)
        items = isinstance(value, (list, tuple)) and value
        if items and all(isinstance(v, numbers) for v in value):
            return np.array(value, dtype=np.float64)
    return value


def _arrays_agree(first, second, strict, tolerance):
    if first.shape != second.shape:
        return False
    if (first.ndim > 0 or strict) and _dtype_class(first) != _dtype_class(second):
        return False
    if np.array_equal(first, second):
        return True
    if not {first.dtype.kind, second.dtype.kind} <= set("fiub"):
        return False
    has_float32 = np.float32 in (first.dtype, second.dtype)
    a, b = first.astype(np.float64), second.astype(np.float64)
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    scale = np.abs(a[finite]).max(initial=0.0)
    allowed = max(tolerance, TOLERANCE["f4" if has_float32 else "f8"]) * scale
    return bool((np.abs(a[finite] - b[finite]) <= allowed).all())


def _dtype_class(array):
    """The dtype, with all integers counted as one."""
    return "i" if array.dtype.kind in "iu" else array.dtype.str
