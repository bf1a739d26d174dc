"""The comparisons of the checks: each raises a `Finding` if the answer is wrong.

An answer comes from an untrusted process, so every function here accepts any plain data: None,
text, lists of lists, NaN. The values they return are validated and safe to compute with.
"""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..boundary.arguments import Seeded
from . import tolerance as tolerances
from .call import Call, find_call
from .finding import Evidence, Finding
from .function import StudentFunction
from .values import printable, show

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Seeded"]  # a random generator as an argument of the learner's function

# The calls of the running check, oldest first.
calls: contextvars.ContextVar[Sequence[Call]] = contextvars.ContextVar("calls", default=())

LATEST = object()  # stands for the answer of the latest call

Loss = Callable[[list[np.ndarray]], float]
Draw = Callable[[], tuple]  # gives new arguments of the same shapes at each call


def fail(
    headline: str,
    *,
    about: Any = LATEST,
    kind: str | None = None,
    evidence: Iterable[Evidence] = (),
    **details: Any,
) -> NoReturn:
    """Raise a `Finding` that shows the call whose answer is or holds `about`, else the latest.

    The diagnosis uses `kind` and `evidence`.
    """
    call = find_call(list(calls.get()), about)
    if call is not None:
        warned = call.reply.warnings
        if warned and "note" not in details:
            _, text, file, line = warned[0]
            place = f" ({file}:{line})" if file else ""
            details["note"] = printable(f"NumPy warned: {text}{place}")
        if text := printable(call.reply.printed.strip()[:200]):
            details.setdefault("printed", text)
    outside = about is not LATEST and not (call and call.holds(about))
    raise Finding(
        headline, kind=kind, evidence=evidence, call=call, outside_answer=outside, **details
    )


def that(
    ok: object, headline: str, *, about: Any = LATEST, kind: str | None = None, **details: Any
) -> None:
    """Fail with the headline unless `ok`."""
    if not ok:
        fail(headline, about=about, kind=kind, **details)


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
    want = np.asarray(want)
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
        fail(
            f"{what} should be {expected}",
            about=got,
            kind="type",
            evidence=[Evidence(what, got, names)],
            expected=expected,
            got=show(got),
        )
    if len(got) != len(names):
        fail(
            f"{what} should have {len(names)} parts, {expected}, but has {len(got)}",
            about=got,
            kind="parts",
            evidence=[Evidence(what, got, names)],
            expected=expected,
            got=show(got),
        )
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
    expected = show(want) if want is not None else f"an array of shape {shape}"
    if not isinstance(got, np.ndarray):
        fail(
            f"{what} should be a NumPy array",
            about=got,
            kind="type",
            evidence=[Evidence(what, got, want)],
            expected=expected,
            got=show(got),
        )
    if shape is not None and got.shape != tuple(shape):
        fail(
            f"{what} should have shape {tuple(shape)} but has {got.shape}",
            about=got,
            kind="shape",
            evidence=[Evidence(what, got, np.empty(shape) if want is None else want)],
            expected=expected,
            got=show(got),
        )
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
        fail(
            f"{what} should be a sequence of numbers",
            about=got,
            kind="type",
            evidence=[Evidence(what, got, ())],
            got=show(got),
        )
    values = _numbers(got)
    if not len(got) or (count is not None and len(got) != count):
        fail(
            f"{what} should have length {count or '1 or more'} but has length {len(got)}",
            about=got,
            kind="length",
            evidence=[Evidence(what, values, np.empty(count or 1))],
            got=show(got),
        )
    if not np.isfinite(values).all():
        first = int(np.argmin(np.isfinite(values)))
        number(got[first], what=f"{what}[{first}]")
    return values


def _numbers(got):
    """The entries as an array of floats, in which nan stands for what is not a number."""
    if isinstance(got, np.ndarray) and got.dtype.kind in "fiu":
        return got.astype(np.float64)
    return np.array([_float(value) if _is_number(value) else math.nan for value in got])


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

    `loss` is the examiner's own function; the parameters are float64. The options are those of
    `close_list`.
    """
    wants = central_differences(loss, params)
    return close_list(got, wants, names, tolerance=tolerance, **options)


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


def unchanged(function: StudentFunction, *args: Any, **kwargs: Any) -> Any:
    """Call, require every argument to stay bit for bit the same, and return the answer."""
    call = function.call(*args, want_arguments=True, **kwargs)
    for changer, name, before, now in call.arguments_before_and_after():
        if not callable(before) and not _same(before, now):
            fail(
                f"`{changer}` changes its {name}: work on a copy",
                about=call.reply.value,
                kind="changed",
                expected=show(before),
                got=show(now),
            )
    return call.reply.value


def silent(function: StudentFunction, *args: Any, **kwargs: Any) -> Any:
    """Call, require that NumPy gives no warning, and return the answer."""
    call = function.call(*args, **kwargs)
    if call.reply.warnings:
        category, text, file, line = call.reply.warnings[0]
        fail(
            printable(f"`{function.name}` makes NumPy warn: {text}"),
            unquoted=f"`{function.name}` makes NumPy warn",
            about=call.reply.value,
            kind="warned",
            got=printable(f"{category}: {text}"),
            your_line=f"{printable(file)}:{line}" if file else None,
            note="",
        )
    return call.reply.value


def reproducible(function: StudentFunction, *args: Any, **kwargs: Any) -> Any:
    """Call twice; require equal answers and that the global random state is not used."""
    first = function.call(*args, **kwargs)
    second = function.call(*args, **kwargs)
    if first.reply.global_random or second.reply.global_random:
        fail(
            f"`{function.name}` uses the global random state: draw every random number from `rng`",
            about=second.reply.value,
            kind="global random",
        )
    if not _same(first.reply.value, second.reply.value):
        fail(
            f"`{function.name}` returns different answers for the same `rng` seed: "
            "draw every random number from `rng`",
            about=second.reply.value,
            kind="unrepeatable",
            expected=show(first.reply.value),
            got=show(second.reply.value),
        )
    return first.reply.value


def depends_on_arguments(call: Callable[..., Any], draw: Draw) -> tuple[tuple, Any]:
    """Call twice, require two answers, and return the first arguments and their answer.

    This keeps checks of a dtype or of side effects from rewarding a function that does nothing: one
    that always returns the same, or hands an argument back. `draw()` gives the arguments.
    """
    args, others = draw(), draw()
    value, other = call(*args), call(*others)
    computed = [
        part
        for part, another in zip(_flat(value), _flat(other), strict=False)
        if not np.array_equal(part, another) and not _is_constant(part)
    ]
    if not computed:
        fail(
            "the answer is the same for other arguments: compute it from them",
            about=other,
            got=show(other),
        )
    if all(any(np.array_equal(part, arg) for arg in _flat(args)) for part in computed):
        fail(
            "the answer is one of the arguments: return what you compute",
            about=value,
            got=show(value),
        )
    return args, value


def keeps_dtype(
    function: StudentFunction, draw: Draw, names: Sequence[str] = (), **options: Any
) -> None:
    """Require float64 for float64 arguments, and the same numbers in float32 for float32.

    The function is compared with itself: whether its numbers are right, other checks say. `draw()`
    gives float arguments, `names` are those of the answer's parts, and options go to `close`.
    """
    args, own = depends_on_arguments(function, lambda: _cast(_cast(draw(), "f4"), "f8"))
    _agrees(own, own, np.float64, names, **options)
    _agrees(function(*_cast(args, "f4")), own, np.float32, names, **options)


def takes_integers(
    function: StudentFunction, draw: Draw, names: Sequence[str] = (), **options: Any
) -> None:
    """Require integers to give float64, and the numbers that they give as float64.

    As in `keeps_dtype`, the function is compared with itself; `draw()` gives integer arrays.
    """
    args, got = depends_on_arguments(function, draw)
    _agrees(got, function(*_cast(args, "f8", kinds="iu")), np.float64, names, **options)


def leaves_arguments_alone(function: StudentFunction, draw: Draw) -> None:
    """Require arguments from `draw()` to stay bit for bit the same."""
    depends_on_arguments(partial(unchanged, function), draw)


def raises(
    kind: type[Exception] | tuple[type[Exception], ...],
    function: StudentFunction,
    *args: Any,
    why: str,
    **kwargs: Any,
) -> None:
    """Require the call to raise an exception of this kind, or of one of several.

    `why` says what is wrong with the arguments; the message names the first kind.
    """
    kinds = [one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,))]
    call = function.attempt(*args, **kwargs)
    raised = call.reply.raised
    if raised and "NotImplementedError" in raised["bases"]:
        function.call(*args, **kwargs)  # raises the usual finding for a stub
    if raised and not set(kinds).isdisjoint(raised["bases"]):
        return
    got = printable(f"{raised['type']}: {raised['message']}") if raised else show(call.reply.value)
    expected = f"{kinds[0]}: {why}"
    fail(
        f"`{function.name}` should raise {expected}",
        kind="wrong exception" if raised else "not refused",
        expected=expected,
        got=got,
    )


def refuses(function: StudentFunction, *args: Any, why: str, **kwargs: Any) -> None:
    """Require the exception of NumPy for shapes that do not fit, or of a loop past the end.

    This is for functions that need no shape test of their own; use `raises` for the others.
    """
    raises((ValueError, IndexError), function, *args, why=why, **kwargs)


def at_least(
    got: float, threshold: float, *, what: str, unit: str = "", about: Any = LATEST
) -> None:
    """Require a measured figure to reach its threshold."""
    if not got >= threshold:
        fail(
            f"{what} should be at least {threshold:g}{unit} but is {got:.4g}{unit}",
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
            f"{what} should be at most {threshold:g}{unit} but is {got:.4g}{unit}",
            about=about,
            expected=f"at most {threshold:g}{unit}",
            got=f"{got:.4g}{unit}",
            note=note,
        )


def _flat(value):
    """The items of nested lists and tuples in a row."""
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in _flat(item)]
    return [value]


def _is_constant(part):
    return isinstance(part, np.ndarray) and part.size > 1 and bool(np.all(part == part.flat[0]))


def _cast(value, dtype, kinds="f"):
    """The arrays of these kinds in a dtype, also those in lists."""
    if isinstance(value, (list, tuple)):
        return type(value)(_cast(item, dtype, kinds) for item in value)
    of_kind = isinstance(value, np.ndarray) and value.dtype.kind in kinds
    return value.astype(dtype) if of_kind else value


def _agrees(got, own, dtype, names, what="the answer", **options):
    """Require the numbers of `own`, the learner's answer to like arguments, in this dtype."""
    if isinstance(own, (list, tuple)):
        names = names or [f"{what.strip('`')}[{i}]" for i in range(len(own))]
        for part, other, name in zip(parts(got, *names, what=what), own, names, strict=True):
            _agrees(part, other, dtype, (), what=f"`{name}`", **options)
    elif isinstance(own, np.ndarray) and own.ndim:
        close(got, array(own, what=what, dtype=None).astype(dtype), what=what, **options)
    else:
        close(got, dtype(number(own, what=what)), what=what, **options)


def _number(got, want, what, dtype):
    expected = show(want[()]) if want is not None else "a number"
    if not _is_number(got):
        fail(
            f"{what} should be one number",
            about=got,
            kind="type",
            evidence=[Evidence(what, got, want if want is not None else 0.0)],
            expected=expected,
            got=show(got),
        )
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
        fail(
            f"{what} should have dtype {dtype} but has {got.dtype}",
            about=got,
            kind="dtype",
            evidence=[Evidence(what, got, np.empty(0, dtype))],
            expected=show(want) if want is not None else str(dtype),
            got=show(got),
        )


def _check_finite(got, value, what, expected):
    bad = ~np.isfinite(value)
    if bad.any():
        kind = "nan" if np.isnan(value).any() else "inf"
        fail(
            f"{what} holds {kind}" if np.ndim(value) else f"{what} is {kind}",
            about=got,
            kind="not finite",
            expected=expected,
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


def _same(before, now):
    if isinstance(before, (list, tuple)):
        return (
            isinstance(now, (list, tuple))
            and len(before) == len(now)
            and all(map(_same, before, now))
        )
    if isinstance(before, (np.ndarray, np.generic)):
        return (
            isinstance(now, (np.ndarray, np.generic))
            and before.dtype == now.dtype
            and before.shape == now.shape
            and before.tobytes() == now.tobytes()
        )
    plain = (bool, int, float, str, type(None))
    if isinstance(before, plain):
        nan = before != before and now != now  # nan equals nan here
        return isinstance(now, plain) and (before == now or nan)
    return True  # a random generator changes by design
