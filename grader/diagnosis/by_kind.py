"""Explains a failure by its kind alone: form, dtype, exception, side effects."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..vocabulary.finding import Finding
from . import exceptions
from .parts import near, sizes
from .patterns import Explanation, sentence
from .texts import GENERAL

MUCH_OUTPUT = 100_000  # bytes that a call has printed

SIMPLE = {  # kind of a `Finding`: name of the explanation
    "changed": "argument_changed",
    "global random": "global_random_state",
    "unrepeatable": "own_random_numbers",
    "changing": "another_answer_each_time",
    "wrong exception": "wrong_exception",
    "slow": "loops_in_python",
}
WARNINGS = {  # pattern of a NumPy warning: name of the explanation
    r"divide by zero encountered in log|encountered in log": "logarithm_of_zero",
    r"overflow encountered in exp": "exponential_overflows",
    r"(divide by zero|invalid value) encountered in .*divide": "zero_divided_by_zero",
}
BY_ONE = ("off_by_one", "one_too_many", "one_too_few")


def explain(finding: Finding, same_kind: Iterable[Finding] = ()) -> Explanation | None:
    """`(name, what happened, question)`, or None if the kind of failure explains nothing.

    `same_kind` holds all failures of this kind: a size that is off by one in one call and by more
    in another is not an off-by-one error.
    """
    name, fields = SIMPLE.get(finding.kind or ""), {}
    if name is None:
        by_kind: dict[str, Any] = {
            "type": _type,
            "shape": _shape,
            "dtype": _dtype,
            "length": _length,
            "not finite": _warning,
            "warned": _warning,
            "raised": _exception,
            "parts": _parts,
            "not refused": _not_refused,
            "timeout": _timeout,
        }
        name, fields = by_kind.get(finding.kind or "", lambda _: (None, {}))(finding)
    if name is None or (name in BY_ONE and any(_off_by(other) != 1 for other in same_kind)):
        return None
    happened, question = GENERAL[name]
    return name, happened.format(**fields), question.format(**fields)


def _off_by(finding):
    """The largest difference between a size and the expected one."""
    sides = finding.evidence[0].got, finding.evidence[0].want
    got, want = map(len, sides) if finding.kind == "length" else map(np.shape, sides)
    return int(np.abs(np.subtract(got, want)).max()) if np.shape(got) == np.shape(want) else None


def _type(finding):
    got, want = finding.evidence[0].got, finding.evidence[0].want
    if got is None:
        return "nothing_returned", {}
    several = isinstance(finding.call and finding.call.reply.value, (list, tuple))
    among = several and finding.call.reply.value is not got
    if isinstance(want, (tuple, list)) and want:
        one = "array" if isinstance(got, np.ndarray) else type(got).__name__
        elsewhere = among and any(_has_form(part, want) for part in finding.call.reply.value)
        name = "parts_in_another_order" if elsewhere else "parts_not_separate"
        return name, {"got_type": one, "want_parts": len(want)}
    if want is not None and np.ndim(want) == 0:
        if isinstance(got, tuple):
            return "parts_for_a_number", {}
        return ("array_for_a_number" if isinstance(got, np.ndarray) and got.ndim else None), {}
    if isinstance(got, (list, tuple)):
        if any(isinstance(part, np.ndarray) and part.shape == np.shape(want) for part in got):
            return "parts_for_an_array", {}
        return ("list_among_the_parts" if among else "list_for_an_array"), {}
    return ("number_for_an_array" if isinstance(got, (int, float, np.generic)) else None), {}


def _has_form(value, parts):
    return isinstance(value, (list, tuple)) and len(value) == len(parts)


def _array(value):
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def _shape(finding):
    evidence = finding.evidence[0]
    got, want = np.shape(evidence.got), np.shape(evidence.want)
    fields = {"part": sentence(evidence.name), "got_shape": got, "want_shape": want}
    name = _shape_name(got, want, set(sizes(finding.call)))
    sides = [_array(evidence.got), _array(evidence.want)]
    if name == "wrong_axis" and _is_elsewhere(finding, want):
        return None, fields
    if name in (None, "axes_exchanged") and near(*map(np.ravel, sides)):
        return "wrong_reshape", fields
    if name is None and (argument := _argument_of_shape(got, finding)):
        return "shape_of_an_argument", fields | {"argument": argument}
    return name, fields


def _argument_of_shape(shape, finding):
    """The only argument that has the shape of this gradient, or None."""
    if not re.fullmatch("`d[a-zA-Z]\\w*`", finding.evidence[0].name):
        return None
    labeled = finding.call.labeled_arguments() if finding.call else []
    arrays = [(label, value) for label, value in labeled if isinstance(value, np.ndarray)]
    same = [label for label, value in arrays if value.ndim > 1 and value.shape == shape]
    return f"`{same[0].strip('`')}`" if len(same) == 1 else None


def _is_elsewhere(finding, shape):
    """True if a part of the answer has the shape that is missed in another."""
    value = finding.call and finding.call.reply.value
    return isinstance(value, (list, tuple)) and shape in [
        part.shape for part in value if isinstance(part, np.ndarray)
    ]


def _shape_name(got, want, sizes):
    """`sizes` are those of the arguments: one of them in the answer is not a miscount."""
    long_got, long_want = ([size for size in shape if size != 1] for shape in (got, want))
    if not got:
        return "number_for_an_array"
    if long_got == long_want and len(got) < len(want):
        return "flat_vector"
    if long_got == long_want and len(got) > len(want):
        return "axis_kept"
    if sorted(got) == sorted(want):
        return "axes_exchanged"
    if len(got) == len(want):
        differing = [(a, b) for a, b in zip(got, want, strict=True) if a != b]
        by_one = {a - b for a, b in differing} in ({1}, {-1})
        if by_one and not sizes.issuperset(a for a, _ in differing):
            return "off_by_one"
        return "wrong_axis" if len(want) == 1 and sizes.issuperset(got) else None
    one_left = math.prod(got) != math.prod(want) and len(got) == 1
    return "wrong_axis" if one_left and got[0] in want else None


def _dtype(finding):
    if not finding.evidence:
        return None, {}
    got, want = np.asarray(finding.evidence[0].got).dtype, finding.evidence[0].want.dtype
    if got.kind in "iub" and want.kind == "f":
        return "integers_not_converted", {}
    if got.kind == "f" and want.kind in "iu":
        return "floats_for_integers", {}
    if got == np.float16:
        return "narrow_float", {}
    return {
        ("float64", "float32"): "float32_not_kept",
        ("float32", "float64"): "float64_not_kept",
    }.get((got.name, want.name)), {}


def _length(finding):
    evidence = finding.evidence[0]
    got, want = len(evidence.got), len(evidence.want)
    fields = {"part": evidence.name, "got_length": got, "want_length": want}
    return {1: "one_too_many", -1: "one_too_few"}.get(got - want), fields


def _warning(finding):
    if finding.headline.startswith("`losses`"):
        return "training_diverges", {}
    warned = " ".join(text for _, text, *_ in finding.call.reply.warnings) if finding.call else ""
    return next((name for text, name in WARNINGS.items() if re.search(text, warned)), None), {}


def _exception(finding):
    raised = finding.call.reply.raised if finding.call else None
    return exceptions.explain(raised, finding.call) if raised else (None, {})


def _parts(finding):
    part, names = finding.evidence[0].got, finding.evidence[0].want
    got, want = len(part), len(names)
    fields = {"got_parts": got, "want_parts": want}
    whole = finding.call.reply.value if finding.call else None
    items = whole if isinstance(whole, (list, tuple)) else ()
    among = any(item is part for item in items)
    if among and any(isinstance(item, list) and len(item) == want for item in items):
        return "lists_interchanged", fields
    nested = [item if isinstance(item, (list, tuple)) else [item] for item in part]
    if sum(map(len, nested)) == want:  # all there, but in groups
        return None, fields
    return ("parts_too_many" if got > want else "parts_missing"), fields


def _not_refused(finding):
    returned = finding.call.reply.value if finding.call else ()
    return ("misfit_returns_none" if returned is None else "misfit_not_noticed"), {}


def _timeout(finding):
    size = finding.call.reply.output.size if finding.call and finding.call.reply.output else 0
    if size > MUCH_OUTPUT:
        return "prints_too_much", {"size": f"{size:,} bytes"}
    return "never_ends", {}
