"""How a function must behave, whether or not its numbers are right.

It keeps the dtype, leaves its arguments alone, gives the same for the same seed, warns of nothing,
and refuses what it cannot compute. A function is compared with itself here, not with the expected
numbers, and a function that does nothing passes none of this.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..function import StudentFunction
from ..values import printable, show
from .answers import array, close, number, parts
from .failing import fail

Draw = Callable[[], tuple]  # gives new arguments of the same shapes at each call


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
        if not _equal(part, another) and not (_is_constant(part) and _is_constant(another))
    ]
    if not computed:
        fail(
            "the answer is the same for other arguments: compute it from them",
            about=other,
            got=show(other),
        )
    if all(any(_equal(part, arg) for arg in _flat(args)) for part in computed):
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


def refuses(function: StudentFunction, *args: Any, why: str, **kwargs: Any) -> None:
    """Require the exception of NumPy for shapes that do not fit, or of a loop past the end.

    This is for functions that need no shape test of their own; use `raises` for the others.
    """
    raises((ValueError, IndexError), function, *args, why=why, **kwargs)


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


def _flat(value):
    """The items of nested lists, tuples and dictionaries in a row."""
    value = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in _flat(item)]
    return [value]


def _equal(part, other):
    """True for the same entries in any dtype; nan equals nan."""
    with contextlib.suppress(TypeError):  # no numbers
        return np.array_equal(part, other, equal_nan=True)
    return np.array_equal(part, other)


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
        both = parts(got, *names, what=what), parts(own, *names, what=what)
        for part, other, name in zip(*both, names, strict=True):
            _agrees(part, other, dtype, (), what=f"`{name}`", **options)
    elif isinstance(own, np.ndarray) and own.ndim:
        close(got, array(own, what=what, dtype=None).astype(dtype), what=what, **options)
    else:
        close(got, dtype(number(own, what=what)), what=what, **options)


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
