"""What a failing call shows about whose fault it is: what it entered, and where its time went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..course import stubs
from ..submission.uses import Pair

if TYPE_CHECKING:
    from ..boundary.inprocess import InProcess
    from ..boundary.reply import Reply
    from ..boundary.workers import Workers
    from ..vocabulary.call import Call
    from .checks import Checked

MOST_CALLS = 5  # of one function that are repeated
SHORT = 1.0  # seconds; of longer calls only the first is repeated
QUICK, LARGE = 0.1, 2**20  # seconds, and bytes of arguments, from which on a call is heavy
LOOK_SECONDS = 5.0  # for a repeated call, which is slower than it was
MOST = 0.5  # of a call's time: who takes more is why it is slow
STEMS = "|".join([r"ch\d+_\d+_\w+", *sorted(stubs.NO_CHAPTERS)])
MODULE = re.compile(rf"\bexercises\.({STEMS})\b")
FILE = re.compile(rf"({STEMS})\.py")
NAME = re.compile(r"(?:cannot import name|has no attribute) '(\w+)'")


def failing_calls(checked: Iterable[Checked]) -> list[Call]:
    """Return the calls that the failures are about: the first, and of the others the short ones.

    A check may call several functions, one with what another returned: then the latest call of each
    counts.
    """
    calls: list[Call] = []
    for check in checked:
        if check.finding and check.finding.status != "passed":
            latest = {call.name: call for call in check.calls}
            failed = [check.finding.call] if check.finding.call else []
            latest |= {call.name: call for call in failed}
            calls += [call for call in latest.values() if not call.reply.time_up]
    calls = list(dict.fromkeys(calls))
    return calls[:1] + [call for call in calls[1:] if call.reply.seconds < SHORT][: MOST_CALLS - 1]


def light_and_heavy(checked: Sequence[Checked]) -> tuple[list[Call], list[Call]]:
    """Return the failing calls that are quick to repeat, and the others; the shortest first.

    In place of a heavy call, a light one of the same function is looked into first, failing or not:
    training enters the same functions with few images as with many.
    """
    failing, every = failing_calls(checked), [call for check in checked for call in check.calls]
    heavy = [call for call in failing if not is_light(call)]
    names = {call.name for call in heavy} - {call.name for call in failing if is_light(call)}
    light = [call for call in failing if is_light(call)]
    for name in sorted(names):
        light += [call for call in _by_length(every) if call.name == name and is_light(call)][:1]
    return _by_length(light), _by_length(heavy)


def helped_calls(before: Iterable[Checked], again: Iterable[Checked]) -> list[Call]:
    """Return light calls of the checks that pass only with something lent, the latest of each."""
    passed = {check.name for check in before if check.finding is None}
    calls: dict[tuple[str, str], Call] = {}
    for check in again:
        if check.finding is None and check.name not in passed:
            calls |= {(check.name, call.name): call for call in check.calls if is_light(call)}
    return list(calls.values())


def _by_length(calls):
    return sorted(calls, key=lambda call: call.reply.seconds)


def is_light(call: Call) -> bool:
    """Return True for a call that is short and stays so with something lent."""
    values = [*call.args, *call.kwargs.values()]
    size = sum(value.nbytes for value in values if isinstance(value, np.ndarray))
    return call.reply.seconds < QUICK and size < LARGE


def repeat(workers: Workers | InProcess, stem: str, call: Call, trace: bool = True) -> Reply:
    """Make a call again; with `trace`, note what it enters: see `Reply.entered`.

    A long one is cut short: by then it has entered nearly all that it ever will.
    """
    args, kwargs, options = call.again()
    hung = set(workers.hung)
    try:
        return workers.call(stem, call.name, args, kwargs, LOOK_SECONDS, trace=trace, **options)
    finally:
        workers.hung = hung


def changes(workers: Workers | InProcess, stem: str, call: Call) -> bool:
    """Return True if repeating a short call gives a different answer.

    A function that takes `rng` but gets none may draw different numbers each time.
    """
    from ..diagnosis.agreement import agree

    given = [value for _, value in call.labeled_arguments()]
    draws = "rng" in stubs.parameters(stem).get(call.name, ())
    if call.reply.seconds > SHORT:
        return False
    if draws and not any(isinstance(value, Seeded) for value in given):
        return False
    reply = repeat(workers, stem, call, trace=False)
    answered = not (reply.died or reply.raised or reply.not_plain)
    return answered and not agree(reply.value, call.reply.value)


def broken_import(reply: Reply, stem: str) -> tuple[str, str | None] | None:
    """Return `(stem, name)` of another file that fails to be imported, or None.

    The name is the one that the file lacks; None if the file itself is at fault.
    """
    raised = reply.raised
    if raised is None:
        return None
    if "ImportError" in raised["bases"] or "AttributeError" in raised["bases"]:
        module, name = MODULE.search(raised["message"]), NAME.search(raised["message"])
        if module and module[1] != stem and (name or "ImportError" in raised["bases"]):
            return module[1], name and name[1]
    if raised["lines"]:
        file, _, function, _ = raised["lines"][-1]
        match = FILE.fullmatch(file)
        if match and match[1] != stem and function in ("<module>", ""):
            return match[1], None
    return None


def slow_part(calls: Sequence[Call]) -> list[tuple[Pair, float]]:
    """Return the functions that take most of a slow call's time, with their shares of it.

    The last one is the innermost: each includes what it calls.
    """
    for call in calls:
        if call.reply.shares:
            return [
                ((file.removesuffix(".py"), name.partition(".")[0]), share)
                for file, name, share in call.reply.shares
                if share > MOST
            ]
    return []
