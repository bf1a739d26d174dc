"""Rules by which wrong numbers come from the right ones: cut off, carried over, wrapped around, ...

Each function returns the name of a rule with the fields of its text, or None.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..vocabulary.call import Call
from ..vocabulary.values import figure

Rule = tuple[str, dict[str, Any]]  # name, fields of its texts
WEAK = {  # rules that must explain every wrong answer
    "rounded_to_decimals",
    "argument_added",
    "values_cut_off",
    "right_for_one_sign",
    "one_factor_per_line",
    "one_offset_per_line",
}
NAMES = WEAK | {
    "never_filled",
    "wrapped_around",
    "sums_carried_over",
    "all_rows_alike",
    "only_the_first_right",
    "only_the_last_right",
}
ROUND = {digit * 10.0**power for digit in (1, 2, 5) for power in range(-3, 4)}  # usual limits
TOLERANCE = 1e-5  # numerical gradients are good to 1e-6, float32 to a few times that
FEW = 3  # entries that show a rule
SEVERAL = 5  # a smaller size explains factors like 2/3 that also come about otherwise


def rules(got: np.ndarray, want: np.ndarray, call: Call | None) -> list[Rule] | None:
    """The rule that turns `want` into `got`, two different arrays of one shape, or None."""
    arrays = _labeled_arrays(call)
    found = (
        _never_filled(got, want)
        or _wrapped_around(got, want, arrays)
        or _rounded(got, want)
        or _carried_over(got, want)
        or _added(got, want, arrays)
        or _cut_off(got, want)
        or _rows(got, want)
        or _one_sign(got, want, arrays)
        or _lines(got, want)
    )
    return [found] if found else None


def factors_of(size: int) -> list[tuple[float, str]]:
    """Factors that a size explains in other ways than by itself, with the names of the rules."""
    if size < SEVERAL:
        return []
    less = size / (size - 1)
    root = math.sqrt(size)
    return [
        *((value, "divided_by_one_less") for value in (less, 1 / less, less**0.5, less**-0.5)),
        *((value, "scaled_by_the_root_of_a_size") for value in (root, 1 / root)),
    ]


def _labeled_arrays(call):
    """`[(name, array)]` of the arguments, and of the arrays in lists among them."""
    arrays = []
    for label, value in call.labeled_arguments() if call else ():
        label = label.strip("`")
        several = value if isinstance(value, (list, tuple)) else ()
        parts = [(f"{label}[{i}]", part) for i, part in enumerate(several)] or [(label, value)]
        arrays += [(name, part) for name, part in parts if isinstance(part, np.ndarray)]
    return arrays


def close_entries(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    """Where the entries are equal up to rounding, relative to the largest one."""
    with np.errstate(invalid="ignore"):
        return np.abs(got - want) <= TOLERANCE * np.abs(want).max(initial=0.0)


def _never_filled(got, want):
    """Rows or columns of zeros, while all the others are right."""
    for axis, size in enumerate(want.shape if want.size > FEW else ()):
        others = tuple(i for i in range(want.ndim) if i != axis)
        empty = ~got.any(axis=others) & want.any(axis=others)
        right = close_entries(got, want).all(axis=others)
        filled = right & want.any(axis=others)
        if empty.any() and filled.any() and (empty | right).all() and size < want.size:
            return "never_filled", {"axis": axis, "index": int(np.argmax(empty))}
    return None


def _wrapped_around(got, want, arrays):
    whole = np.array_equal(got, np.rint(got)) and np.array_equal(want, np.rint(want))
    for _, array in arrays if whole else ():
        if array.dtype.kind in "iu" and array.itemsize < 8:
            modulus = 2 ** (8 * array.itemsize)
            if not np.any((got - want) % modulus):
                return "wrapped_around", {"modulus": modulus, "dtype": array.dtype.name}
    return None


def _rounded(got, want):
    for decimals in range(1, 5):
        rounded = np.round(want, decimals)
        if np.unique(rounded).size >= FEW and np.allclose(got, rounded, rtol=0, atol=1e-12):
            return "rounded_to_decimals", {"decimals": decimals}
    return None


def _carried_over(got, want):
    for axis in (None, *range(want.ndim)) if want.size >= FEW else ():
        total = np.cumsum(want, axis=axis).reshape(want.shape)
        if close_entries(got, total).all():
            return "sums_carried_over", {}
    return None


def _added(got, want, arrays):
    for name, array in arrays:
        varied = array.dtype.kind in "fiu" and np.unique(np.abs(array)).size >= FEW
        if array.shape == want.shape and varied:
            square = float(np.sum(np.square(array, dtype=np.float64)))
            multiple = float(np.sum((got - want) * array)) / square
            if close_entries(got - multiple * array, want).all():
                return "argument_added", {"argument": name, "multiple": figure(multiple)}
    return None


def _cut_off(got, want):
    low, high = got.min(), got.max()
    if not close_entries(got, np.clip(want, low, high)).all() or low == high:
        return None
    beyond = [int(np.count_nonzero(side)) for side in (want < low, want > high)]
    inside = np.count_nonzero((want > low) & (want < high))
    several = want.size > FEW and (max(beyond) > 1 or (min(beyond) and math.isclose(low, -high)))
    limits = [limit for limit, count in zip((low, high), beyond, strict=True) if count]
    usual = bool(limits) and {abs(limit) for limit in limits} <= ROUND
    if inside and (several or usual):
        return "values_cut_off", {"limits": " and ".join(map(figure, limits))}
    return None


def _rows(got, want):
    if want.ndim < 2 or len(want) < FEW or want[0].size < 2:
        return None
    if close_entries(got, got[:1]).all() and not close_entries(want, want[:1]).all():
        return "all_rows_alike", {}
    right = close_entries(got, want).reshape(len(want), -1)
    whole = right.all(axis=1)
    if whole.sum() == 1 and not right[~whole].all(axis=0).any():
        places = {0: "only_the_first_right", len(want) - 1: "only_the_last_right"}
        name = places.get(int(np.argmax(whole)))
        return name and (name, {})
    return None


def _one_sign(got, want, arrays):
    right = close_entries(got, want)
    for name, array in arrays:
        if array.shape != want.shape or array.dtype.kind not in "fi":
            continue
        for sign, signs in ((1, ("positive", "negative")), (-1, ("negative", "positive"))):
            wrong_side = sign * array < 0
            both = np.count_nonzero(wrong_side), np.count_nonzero(sign * array > 0)
            if (
                min(both) > 1
                and sum(both) > FEW
                and not right[wrong_side].any()
                and right[sign * array > 0].all()
            ):
                return "right_for_one_sign", {
                    "argument": name,
                    "right_sign": signs[0],
                    "wrong_sign": signs[1],
                }
    return None


def _lines(got, want):
    """One factor, or one offset, for each row, each column or each line along another axis."""
    if want.ndim < 2 or min(want.shape) < 2:
        return None
    if want.ndim == 2 and np.linalg.matrix_rank(want, TOLERANCE * np.abs(want).max()) < 2:
        return None  # each row is a multiple of one row, and each column of one column
    names = ("column", "row") if want.ndim == 2 else ()
    for axis in range(want.ndim):
        line = names[axis] if names else f"line along axis {axis}"
        if (np.count_nonzero(want, axis=axis) < 2).any():
            continue
        square = np.sum(want * want, axis=axis, keepdims=True)
        factors = np.sum(got * want, axis=axis, keepdims=True) / square
        if factors.all() and close_entries(got, factors * want).all():
            return "one_factor_per_line", {"line": line}
        offsets = np.mean(got - want, axis=axis, keepdims=True)
        if close_entries(got - offsets, want).all():
            return "one_offset_per_line", {"line": line}
    return None
