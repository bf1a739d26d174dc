"""Compares the time of the learner's function with the reference's, on the same arguments."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ..vocabulary.values import cut, show_call

if TYPE_CHECKING:
    from ..boundary.workers import Workers
    from ..vocabulary.call import Call

SLOWEST = 2.0  # seconds: a call that takes longer is not repeated
# Both are timed in turn, in several short rounds, because a machine has slow moments.
ROUNDS, SECONDS = 8, 0.03
ENOUGH = 1.0  # seconds after which no further round starts
SIMILAR = 1.3  # up to this factor apart, times count as about the same,
NOISE = 2e-6  # plus these seconds, by which two processes with the same code may differ
UNITS = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6))
SHORTEST = 1e-7  # seconds, the least that a clock can measure
LONGEST_CALL = 100  # characters of a call that are shown


def compare(
    name: str, calls: Iterable[Call], stem: str, yours: Workers, reference: Workers
) -> str | None:
    """Compare the times in one line; None if none of these calls can be timed."""
    call = max((call for call in calls if _can_be_timed(call, name)), key=_size, default=None)
    if call is None:
        return None
    best = [float("inf"), float("inf")]
    begin = time.perf_counter()
    for _ in range(ROUNDS):
        if time.perf_counter() - begin > ENOUGH:
            break
        for side, workers in enumerate((yours, reference)):
            reply = workers.call(
                stem,
                name,
                call.args,
                call.kwargs,
                10 * SLOWEST,
                repeat=SECONDS,
                scripted=call.kind == "class",
            )
            if reply.best is None:
                return None
            best[side] = min(best[side], reply.best)
    return _sentence(best[0], best[1], _shown(call))


def _can_be_timed(call, name):
    reply = call.reply
    failed = reply.raised or reply.missing or reply.not_plain or reply.died
    return (
        call.name == name
        and not failed
        and reply.seconds < SLOWEST
        and not any(map(_has_callable, [*call.args, *call.kwargs.values()]))
    )


def _has_callable(value):
    return any(map(_has_callable, value)) if isinstance(value, (list, tuple)) else callable(value)


def _size(call):
    return sum(map(_bytes, [*call.args, *call.kwargs.values()]))


def _bytes(value):
    if isinstance(value, (list, tuple)):
        return sum(map(_bytes, value))
    return value.nbytes if isinstance(value, np.ndarray) else 0


def _shown(call):
    """The call, with arrays shown as dtype and shape: only their size matters here."""
    name, args, kwargs = call.name, call.args, call.kwargs
    if call.kind == "class":  # show its last step that runs code
        step = [step for step in call.steps if step.action in ("new", "ask", "do")][-1]
        name, args, kwargs = f"{name}.{step.name}".rstrip("."), step.args, step.kwargs
    parts = [_form(value) for value in args]
    parts += [f"{key}={_form(value)}" for key, value in kwargs.items()]
    return cut(f"{name}({', '.join(parts)})", LONGEST_CALL)


def _form(value):
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_form, value))}]"
    return f"{value:.4g}" if isinstance(value, float) else show_call("", (value,), {})[1:-1]


def _sentence(yours, reference, call):
    unit, seconds = next((unit for unit in UNITS if max(yours, reference) >= unit[1]), UNITS[-1])
    times = [f"{_short(taken / seconds)} {unit}" for taken in (yours, reference)]
    less, more = sorted((max(yours, SHORTEST), max(reference, SHORTEST)))
    faster = "the reference" if reference < yours else "yours"
    similar = more <= SIMILAR * less + NOISE
    verdict = "about as fast" if similar else f"{faster} is {_short(more / less)} times as fast"
    return f"Time: yours {times[0]}, reference {times[1]} for {call}: {verdict}"


def _short(number):
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
