"""What an answer must be: its parts, shapes, dtypes and numbers.

An answer comes from an untrusted process, so every function here accepts any plain data: None,
text, lists of lists, NaN. The values they return are validated and safe to compute with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import tolerance as tolerances
from ..finding import Evidence, Finding
from ..values import figure, show
from .failing import LATEST, fail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def close(
    got: Any,
    want: ArrayLike,
    *,
    what: str = "the answer",
    tolerance: float | None = None,
    dtype: Any = "same",
) -> Any:
    """Require the shape, dtype and values of `want`; returns `got` as an array or a float.

    The dtype is `want`'s unless `dtype` names another one, or is None to allow any. For a single
    number only float32 in place of float64 is wrong. `what` names the part of the answer in
    messages.
    """
    want = _numeric(want, what)
    if want.ndim == 0:
        value = _number(got, want, what, dtype)
    else:
        value = array(got, shape=want.shape, what=what, want=want, dtype=None)
    single = getattr(got, "dtype", None) == np.float32  # also of a single number
    _check_values(got, np.asarray(value, "f4" if single else None), want, what, tolerance)
    if want.ndim:
        _check_dtype(value, want.dtype if dtype == "same" else dtype, what, want)
    return value


def right(got: Any, want: ArrayLike, **options: Any) -> Any:
    """Require the shape and values of `want` in any dtype: what a `value` check asks for."""
    return close(got, want, dtype=None, **options)


def close_list(
    got: Any,
    wants: Sequence[ArrayLike],
    names: Sequence[str],
    only: Sequence[str] | None = None,
    **options: Any,
) -> list[Any]:
    """Require a list or tuple of arrays, each close to its own `want`, or `only` some of them."""
    values = parts(got, *names, what="the list")
    try:
        return [
            close(value, want, what=f"`{name}`", **options)
            for value, want, name in zip(values, wants, names, strict=True)
            if only is None or name in only
        ]
    except Finding as finding:  # the diagnosis also needs the other parts
        quoted = [f"`{name}`" for name in names]
        finding.parts = list(map(Evidence, quoted, values, map(np.asarray, wants)))
        raise


def parts(got: Any, *names: str, what: str = "the answer") -> tuple[Any, ...]:
    """Require a list or tuple with one item per name; returns the items."""
    expected = f"({', '.join(names)})"
    if not isinstance(got, (list, tuple)):
        _wrong(f"{what} should be {expected}", got, "type", what, names, expected)
    if len(got) != len(names):
        fact = f"{what} should have {len(names)} parts, {expected}"
        _wrong(f"{fact}, but has {len(got)}", got, "parts", what, names, expected, unquoted=fact)
    return tuple(got)


def array(
    got: Any,
    shape: Sequence[int] | None = None,
    *,
    what: str = "the answer",
    want: Any = None,
    dtype: Any = "float",
) -> np.ndarray:
    """Require a finite array of this shape; `dtype` is "float", "int", None (any) or a dtype."""

    def expected():  # most answers are right: what would be shown is then never needed
        return show(want) if want is not None else f"an array of shape {shape}"

    if not isinstance(got, np.ndarray):
        _wrong(f"{what} should be a NumPy array", got, "type", what, want, expected())
    if shape is not None and got.shape != tuple(shape):
        fact = f"{what} should have shape {tuple(shape)}"
        should = np.empty(shape) if want is None else want
        unquoted = f"{fact} but has {_told(got.shape, shape)}"
        _wrong(f"{fact} but has {got.shape}", got, "shape", what, should, expected(), unquoted)
    kinds = {"float": "f", "int": "iu", None: "fiub"}.get(dtype)
    if kinds is None:
        _check_dtype(got, np.dtype(dtype), what, want)
    elif got.dtype.kind not in kinds:
        fail(
            f"{what} should hold {dtype}s but holds {got.dtype}",
            about=got,
            kind="dtype",
            got=show(got),
        )
    _check_finite(got, got, what, expected)
    return got


def arrays(
    got: Any,
    shapes: Sequence[Sequence[int]],
    names: Sequence[str],
    *,
    what: str = "the parameters",
) -> list[np.ndarray]:
    """Require a list or tuple of finite arrays with these shapes; returns float64 copies."""
    values = parts(got, *names, what=what)
    return [
        array(value, shape, what=f"`{name}`", dtype=None).astype(np.float64)
        for value, shape, name in zip(values, shapes, names, strict=True)
    ]


def number(got: Any, *, what: str = "the answer") -> float:
    """Require a finite float, int or 0-d array; returns it as a Python float."""
    return float(_number(got, None, what, None))


def losses(got: Any, count: int | None = None, *, what: str = "`losses`") -> np.ndarray:
    """Require a non-empty sequence of finite numbers, `count` of them if given."""
    flat = isinstance(got, np.ndarray) and got.ndim == 1
    if not flat and not isinstance(got, (list, tuple)):
        _wrong(f"{what} should be a sequence of numbers", got, "type", what, ())
    values = _numbers(got)
    if not len(got) or (count is not None and len(got) != count):
        fact = f"{what} should have length {count or '1 or more'}"
        fail(
            f"{fact} but has length {len(got)}",
            unquoted=fact,
            about=got,
            kind="length",
            evidence=[Evidence(what, values, np.empty(count or 1))],
            got=show(got),
        )
    if not np.isfinite(values).all():
        first = int(np.argmin(np.isfinite(values)))
        number(got[first], what=f"{what}[{first}]")
    return values


def at_least(
    got: float, threshold: float, *, what: str, unit: str = "", about: Any = LATEST
) -> None:
    """Require a measured figure to reach its threshold."""
    if not got >= threshold:
        fail(
            f"{what} should be at least {threshold:g}{unit} but is {figure(got)}{unit}",
            about=about,
            kind="too low",
            expected=f"at least {threshold:g}{unit}",
            got=f"{got:.4g}{unit}",
        )


def at_most(
    got: float,
    threshold: float,
    *,
    what: str,
    unit: str = "",
    about: Any = LATEST,
    note: str | None = None,
) -> None:
    """Require a measured figure to stay at or below its threshold."""
    if not got <= threshold:
        fail(
            f"{what} should be at most {threshold:g}{unit} but is {figure(got)}{unit}",
            about=about,
            expected=f"at most {threshold:g}{unit}",
            got=f"{got:.4g}{unit}",
            note=note,
        )


def _wrong(headline, got, kind, what, want, expected=None, unquoted=None):
    """Fail about `got`, a part of the answer that `what` names, where `want` should have been."""
    fail(
        headline,
        unquoted=unquoted,
        about=got,
        kind=kind,
        evidence=[Evidence(what, got, want)],
        expected=expected,
        got=show(got),
    )


def _numeric(want: ArrayLike, what: str) -> np.ndarray:
    """`want` as an array of numbers: as the learner's own answer to others it may be anything."""
    try:
        array = np.asarray(want)
    except ValueError:  # lists of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "fiub":
        _wrong(f"{what} should be a NumPy array", want, "type", what, ())
    return array


def _told(got, want):
    """A wrong shape as text, unless its sides could be a message: then they are left out."""
    sides = {0, 1, *(side + more for side in want for more in (-1, 0, 1))}
    return str(got) if len(got) <= len(want) + 2 and sides.issuperset(got) else "another one"


def _numbers(got):
    """The entries as an array of floats, in which nan stands for what is not a number."""
    if isinstance(got, np.ndarray) and got.dtype.kind in "fiu":
        return got.astype(np.float64)
    return np.array([_float(value) if _is_number(value) else math.nan for value in got])


def _number(got, want, what, dtype):
    def expected():
        return show(want[()]) if want is not None else "a number"

    if not _is_number(got):
        wanted = want if want is not None else 0.0
        _wrong(f"{what} should be one number", got, "type", what, wanted, expected())
    is_float = isinstance(got, (np.generic, np.ndarray)) and got.dtype.kind == "f"
    if dtype == "same" and is_float and want.dtype == np.float64:
        _check_dtype(got, want.dtype, what, want)
    value = _float(got)
    _check_finite(got, np.float64(value), what, expected)
    return value


def _is_number(value):
    if isinstance(value, (np.generic, np.ndarray)):
        return value.ndim == 0 and value.dtype.kind in "fiu"
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _float(value):
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _check_dtype(got, dtype, what, want):
    if dtype is None:
        return
    dtype = np.dtype(dtype)
    fits = got.dtype.kind in "iu" if dtype.kind in "iu" else got.dtype == dtype
    if not fits:
        headline = f"{what} should have dtype {dtype} but has {got.dtype}"
        expected = show(want) if want is not None else str(dtype)
        _wrong(headline, got, "dtype", what, np.empty(0, dtype), expected)


def _check_finite(got, value, what, expected):
    bad = ~np.isfinite(value)
    if bad.any():
        kind = "nan" if np.isnan(value).any() else "inf"
        fail(
            f"{what} holds {kind}" if np.ndim(value) else f"{what} is {kind}",
            about=got,
            kind="not finite",
            expected=expected(),
            got=show(got),
            where=_first_difference(bad, value, None),
        )


def _check_values(got, value, want, what, tolerance):
    has_float32 = np.float32 in (want.dtype, value.dtype)
    dtype = np.dtype(np.float32 if has_float32 else np.float64)
    if tolerance is None:
        tolerance = tolerances.rounding(dtype)
    if value.dtype == np.float16:  # a wrong dtype, which is reported once the values are right
        tolerance = max(tolerance, float(np.finfo(np.float16).eps))
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(value.astype(np.float64) - want.astype(np.float64))
        allowed = tolerance * np.abs(want.astype(np.float64)).max(initial=0.0)
    # Expected values may be computed from the learner's numbers; nothing matches one not finite.
    wrong = ~(error <= allowed) | ~np.isfinite(want)
    if not wrong.any():
        return
    many = f"; {wrong.sum()} of {wrong.size} entries differ" if wrong.size > 1 else ""
    whole = "largest entry" if want.ndim else "number"
    fail(
        f"{what} has wrong values" if want.ndim else f"{what} is wrong",
        about=got,
        kind="values",
        evidence=[Evidence(what, value, want)],
        expected=show(want if want.ndim else want[()]),
        got=show(got),
        where=_first_difference(wrong, value, want),
        off_by=f"{error.max():.3g}, allowed {allowed:.2g} "
        f"({tolerance:.1g} of the {whole}, {dtype}){many}",
    )


def _first_difference(wrong, value, want):
    """The first wrong index, with the entry there and the expected one."""
    if not np.ndim(value):
        return None
    index = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
    expected = "" if want is None else f"expected {want[index]:.8g}, "
    return f"{list(index)}: {expected}got {value[index]:.8g}"
