"""The vocabulary of the checks: every word compares, and raises a `Finding` in the one form.

An answer comes from a process that nobody trusts, so a word takes whatever plain data there is:
None, text, lists of lists, NaN. What a word returns is validated and safe to compute with.
"""

import contextvars
import math

import numpy as np

from ..boundary.arguments import Seeded
from . import tolerance as tolerances
from .finding import Evidence, Finding
from .function import find_call
from .values import printable, show

__all__ = ["Seeded"]  # a random generator as an argument of the learner's function

calls: contextvars.ContextVar = contextvars.ContextVar(
    "calls", default=()
)  # the log of the running check


LATEST = object()  # stands for what the latest call gave


def fail(headline, *, about=LATEST, kind=None, evidence=(), **details):
    """Raise the `Finding`; the call shown is the one that gave `about`, else the latest.

    `kind` and `evidence` are what the diagnosis goes by.
    """
    call = find_call(list(calls.get()), about)
    if call is not None:
        details.setdefault("call", call)
        warned = call.reply.warnings
        if warned and "note" not in details:
            _, text, file, line = warned[0]
            place = f" ({file}:{line})" if file else ""
            details["note"] = printable(f"NumPy warned: {text}{place}")
        if text := printable(call.reply.printed.strip()[:200]):
            details.setdefault("printed", text)
    elsewhere = about is not LATEST and not (call and call.holds(about))
    raise Finding(
        headline, kind=kind, evidence=evidence, fault=call, elsewhere=elsewhere, **details
    )


def that(ok, headline, *, about=LATEST, kind=None, **details):
    """The plain word: fails with the headline unless `ok`."""
    if not ok:
        fail(headline, about=about, kind=kind, **details)


def close(got, want, *, what="the answer", tolerance=None, dtype="same"):
    """`got` has the shape, dtype and values of `want`; returns it as an array or a float.

    The dtype is `want`'s unless `dtype` names another, or is None where it is free. Of a number
    only float32 in place of float64 is wrong. `what` names the part of the answer in messages.
    """
    want = np.asarray(want)
    if want.ndim == 0:
        value = _number(got, want, what, dtype)
    else:
        value = array(got, shape=want.shape, what=what, want=want, dtype=None)
        _check_dtype(value, want.dtype if dtype == "same" else dtype, what, want)
    _check_values(got, np.asarray(value), want, what, tolerance)
    return value


def close_list(got, wants, names, **options):
    """`got` is a list or tuple of arrays, each close to its own `want`."""
    values = parts(got, *names, what="the list")
    try:
        return [
            close(value, want, what=f"`{name}`", **options)
            for value, want, name in zip(values, wants, names, strict=True)
        ]
    except Finding as finding:  # what is right and wrong in the others tells a lot
        quoted = [f"`{name}`" for name in names]
        finding.parts = list(map(Evidence, quoted, values, map(np.asarray, wants)))
        raise


def parts(got, *names, what="the answer"):
    """The items of a list or tuple that must have as many as there are names."""
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
            f"{what} should have {len(names)} parts, {expected}, and has {len(got)}",
            about=got,
            kind="parts",
            evidence=[Evidence(what, got, names)],
            expected=expected,
            got=show(got),
        )
    return tuple(got)


def array(got, shape=None, *, what="the answer", want=None, dtype="float"):
    """`got` as a finite array of this shape; `dtype` is "float", "int", None (any) or one dtype."""
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
            f"{what} should have shape {tuple(shape)} and has {got.shape}",
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
            f"{what} should hold {dtype}s and holds {got.dtype}",
            about=got,
            kind="dtype",
            got=show(got),
        )
    _check_finite(got, got, what, expected)
    return got


def arrays(got, shapes, names, *, what="the parameters"):
    """A list or tuple of finite arrays with these shapes, for the examiner to compute with."""
    values = parts(got, *names, what=what)
    return [
        array(value, shape, what=f"`{name}`", dtype=None).astype(np.float64)
        for value, shape, name in zip(values, shapes, names, strict=True)
    ]


def number(got, *, what="the answer"):
    """`got` as a finite Python float: a float, an int, or a 0-d array."""
    return float(_number(got, None, what, None))


def losses(got, count=None, *, what="`losses`"):
    """A non-empty sequence of finite numbers, `count` of them where that is known."""
    flat = isinstance(got, np.ndarray) and got.ndim == 1
    if not flat and not isinstance(got, (list, tuple)):
        fail(
            f"{what} should be a sequence of numbers",
            about=got,
            kind="type",
            evidence=[Evidence(what, got, ())],
            got=show(got),
        )
    values = [number(value, what=f"{what}[{i}]") for i, value in enumerate(got)]
    if not values or (count is not None and len(values) != count):
        fail(
            f"{what} should have length {count or '1 or more'} and has length {len(values)}",
            about=got,
            kind="length",
            evidence=[Evidence(what, np.array(values), np.empty(count or 1))],
            got=show(got),
        )
    return np.array(values)


def gradient(got, loss, params, names, *, tolerance=tolerances.NUMERICAL_GRADIENT):
    """Each gradient in `got` is that of `loss(params)`, by central differences on every coordinate.

    `loss` is the examiner's own; the parameters are float64.
    """
    return close_list(got, central_differences(loss, params), names, tolerance=tolerance)


def central_differences(loss, params, h=1e-5):
    """The gradients of `loss(params)`: (f(x + h) - f(x - h)) / 2h for every coordinate x."""
    params = [np.array(param, dtype=np.float64) for param in params]
    gradients = []
    for param in params:
        gradient = np.zeros_like(param)
        for index in np.ndindex(param.shape):
            middle = param[index]
            param[index] = middle + h
            above = loss(params)
            param[index] = middle - h
            below = loss(params)
            param[index] = middle
            gradient[index] = (above - below) / (2 * h)
        gradients.append(gradient)
    return gradients


def unchanged(function, *args, **kwargs):
    """Call, check that every argument is bit for bit as before, and return the answer."""
    call = function.call(*args, want_arguments=True, **kwargs)
    for changer, name, before, now in call.leaves():
        if not callable(before) and not _same(before, now):
            fail(
                f"`{changer}` changes its {name}: work on a copy",
                about=call.reply.value,
                kind="changed",
                expected=show(before),
                got=show(now),
            )
    return call.reply.value


def silent(function, *args, **kwargs):
    """Call, check that NumPy gave no warning, and return the answer."""
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


def reproducible(function, *args, **kwargs):
    """Call twice with the same arguments: the same answer, and no global random state used."""
    first = function.call(*args, **kwargs)
    second = function.call(*args, **kwargs)
    if first.reply.global_random or second.reply.global_random:
        fail(
            f"`{function.name}` uses the global random state: draw from `rng` only",
            about=second.reply.value,
            kind="global random",
        )
    if not _same(first.reply.value, second.reply.value):
        fail(
            f"`{function.name}` gives two answers for the same `rng` seed: draw from `rng` only",
            about=second.reply.value,
            kind="unrepeatable",
            expected=show(first.reply.value),
            got=show(second.reply.value),
        )
    return first.reply.value


def raises(kind, function, *args, why, **kwargs):
    """Calling must raise this kind of exception, or the first of several that will do.

    `why` says what is wrong with the arguments.
    """
    kinds = [kind.__name__ for kind in (kind if isinstance(kind, tuple) else (kind,))]
    call = function.attempt(*args, **kwargs)
    raised = call.reply.raised
    if raised and "NotImplementedError" in raised["bases"]:
        function.call(*args, **kwargs)  # the usual way to say that it is still to be written
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


def refuses(function, *args, why, **kwargs):
    """Calling must raise what NumPy raises for shapes that cannot fit, or a loop at its end.

    For functions that are right without a test of their own; those that must look at the shapes
    are checked with `raises`.
    """
    raises((ValueError, IndexError), function, *args, why=why, **kwargs)


def at_least(got, threshold, *, what, unit="", about=LATEST):
    """A measured figure reaches its threshold."""
    if not got >= threshold:
        fail(
            f"{what} should be at least {threshold:g}{unit} and is {got:.4g}{unit}",
            about=about,
            kind="too low",
            expected=f"at least {threshold:g}{unit}",
            got=f"{got:.4g}{unit}",
        )


def at_most(got, threshold, *, what, unit="", about=LATEST, note=None):
    """A measured figure stays at or below its threshold."""
    if not got <= threshold:
        fail(
            f"{what} should be at most {threshold:g}{unit} and is {got:.4g}{unit}",
            about=about,
            expected=f"at most {threshold:g}{unit}",
            got=f"{got:.4g}{unit}",
            note=note,
        )


def _number(got, want, what, dtype):
    expected = show(want[()]) if want is not None else "a number"
    plain = isinstance(got, (int, float)) and not isinstance(got, bool)
    zero_d = isinstance(got, (np.generic, np.ndarray)) and got.ndim == 0 and got.dtype.kind in "fiu"
    if not plain and not zero_d:
        fail(
            f"{what} should be one number",
            about=got,
            kind="type",
            evidence=[Evidence(what, got, want if want is not None else 0.0)],
            expected=expected,
            got=show(got),
        )
    if dtype == "same" and zero_d and got.dtype.kind == "f" and want.dtype == np.float64:
        _check_dtype(got, want.dtype, what, want)
    try:
        value = float(got)
    except OverflowError:
        value = math.inf
    _check_finite(got, np.float64(value), what, expected)
    return value


def _check_dtype(got, dtype, what, want):
    if dtype is None:
        return
    dtype = np.dtype(dtype)
    fits = got.dtype.kind in "iu" if dtype.kind in "iu" else got.dtype == dtype
    if not fits:
        fail(
            f"{what} should have dtype {dtype} and has {got.dtype}",
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
            where=_place(bad, value, None),
        )


def _check_values(got, value, want, what, tolerance):
    narrow = np.float32 in (want.dtype, value.dtype)
    dtype = np.dtype(np.float32 if narrow else np.float64)
    if tolerance is None:
        tolerance = tolerances.rounding(dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(value.astype(np.float64) - want.astype(np.float64))
        allowed = tolerance * np.abs(want.astype(np.float64)).max(initial=0.0)
    # What is wanted may follow from what the learner gave, and be no number: that is never met.
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
        where=_place(wrong, value, want),
        off_by=f"{error.max():.3g}, allowed {allowed:.2g} "
        f"({tolerance:.1g} of the {whole}, {dtype}){many}",
    )


def _place(wrong, value, want):
    """The first place that is wrong, with what is there and what should be."""
    if not np.ndim(value):
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
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
    if isinstance(before, (bool, int, float, str, type(None))):
        return before == now or (before != before and now != now)  # nan is the same as nan
    return True  # a generator is used up by design
