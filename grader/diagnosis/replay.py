"""Compares what the bank's wrong versions do in each call with what the learner's function did."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary.call import Call
from ..vocabulary.finding import Finding
from .agreement import agree, as_array
from .observed import COARSE, Observed, fresh

if TYPE_CHECKING:
    from ..misconceptions import Misconception

LARGEST = 60_000  # numbers in a call times its epochs; larger calls are not replayed
ONE_ROUND = 500  # numbers that cost as much as one round of a loop
# Kinds of finding that `shows` cannot explain: form, side effects, exceptions.
FORM = ("parts", "type", "dtype")
NOT_SHOWN = ("changed", "raised", "warned", "not refused", "timeout")


class Checked(Protocol):
    """The outcome of one check, see `grader.grading.checks.Checked`."""

    name: str
    finding: Finding | None
    calls: list[Call]
    finish: bool


def best_of(
    misconceptions: Sequence[Misconception],
    checked: Sequence[Checked],
    failed: Sequence[Checked],
    runs: Runs,
) -> dict[str, Misconception]:
    """`{name of a failed check: the misconception that explains it}`.

    A misconception explains a check if its wrong version does the same in each of the check's calls
    and is equally wrong, or if its `shows` is true for the failed call, unless that is a
    `_coincidence`. If several do, the one that explains most of the failed checks is taken, then
    the one that agrees in most calls of all checks, then the first in the bank.
    """
    candidates_of: dict[str, list[Misconception]] = {}
    likely: list[Misconception] = []
    for check in failed:  # the explanations of one failure are tried first on the next
        candidates = [each for each in likely if _explains(each, check, runs)]
        others = [each for each in misconceptions if each not in likely]
        candidates = candidates or [each for each in others if _explains(each, check, runs)]
        likely += [each for each in candidates if each not in likely]
        candidates_of[check.name] = candidates
    out = [each for each in likely if _coincidence(each, checked, candidates_of, runs)]
    candidates_of = {
        name: [each for each in candidates if each not in out]
        for name, candidates in candidates_of.items()
    }

    @cache
    def merit(misconception):
        explains = sum(misconception in candidates for candidates in candidates_of.values())
        return explains, _agreement(misconception, checked, runs)

    return {
        name: candidates[0] if len(candidates) == 1 else max(candidates, key=merit)
        for name, candidates in candidates_of.items()
        if candidates
    }


def wrong_answers(
    misconceptions: Sequence[Misconception], finding: Finding, runs: Runs
) -> Mapping[str, Any]:
    """`{name: answer}` of the wrong versions in the failed call, to compare part by part."""
    if finding.call is None or not _is_cheap(finding.call):
        return {}
    observed = {
        misconception.name: runs.observe(misconception, finding.call)
        for misconception in misconceptions
        if not misconception.recognizes
    }
    return {name: seen.value for name, seen in observed.items() if not seen.raised}


class Runs:
    """Remembers what each wrong version did in each call."""

    def __init__(self) -> None:
        self.done: dict[tuple[str, int], Observed] = {}

    def observe(self, misconception: Misconception, call: Call) -> Observed:
        """Call the wrong version once with these arguments."""
        key = misconception.name, id(call)
        if key not in self.done:
            self.done[key] = Observed(misconception.version, call)
        return self.done[key]


def _explains(misconception, check, runs):
    finding = check.finding
    if finding.call is None or finding.kind in ("slow", "global random", "unrepeatable"):
        return False
    if misconception.recognizes:
        hidden = NOT_SHOWN if misconception.of_form else (*FORM, *NOT_SHOWN)
        shown = finding.kind not in hidden and _recognizes(misconception, finding.call, check.calls)
        return shown and not _right_there(misconception, finding, runs)
    calls = [call for call in check.calls if call.name == finding.call.name]
    same = all(
        _is_cheap(call)
        and runs.observe(misconception, call).matches(
            call, finding if call is finding.call else None
        )
        for call in reversed(calls)
    )
    return same and _equally_wrong(runs.observe(misconception, finding.call).value, finding)


def _right_there(misconception, finding, runs):
    """True if the version gives the right numbers where the learner's are wrong.

    It may be recognized by another part of the answer, such as the shape of a gradient.
    """
    if finding.kind != "values" or not _is_cheap(finding.call):
        return False
    answer = runs.observe(misconception, finding.call).value
    for evidence in finding.evidence:
        own = _same_part(np.asarray(evidence.got), finding.call.reply.value, answer)
        if own is not None and agree(own, np.asarray(evidence.want), tolerance=COARSE):
            return True
    return False


def _equally_wrong(answer, finding):
    """True unless a version's answer is nearer to the right one than to the learner's.

    A slightly wrong answer may equal both within rounding. Only numbers can be compared.
    """
    for evidence in finding.evidence if finding.kind == "values" else ():
        got, want = (np.asarray(side) for side in (evidence.got, evidence.want))
        own = _same_part(got, finding.call.reply.value, answer)
        if own is not None and got.shape == want.shape == own.shape and got.dtype.kind in "fiu":
            got, want, own = (side.astype(np.float64) for side in (got, want, own))
            with np.errstate(all="ignore"):
                return not np.abs(own - got).max() > 0.1 * np.abs(got - want).max()
    return True


def _same_part(part, whole, other):
    """The item of `other` at the place of `part` in `whole`, as an array, or None."""
    whole, other = as_array(whole), as_array(other)
    if isinstance(whole, np.ndarray):
        same = isinstance(other, np.ndarray) and np.array_equal(whole, part, equal_nan=True)
        return other if same else None
    if not isinstance(whole, (list, tuple)) or not isinstance(other, (list, tuple)):
        return None
    pairs = zip(whole, other, strict=False)
    items = (_same_part(part, *pair) for pair in pairs)
    return next((item for item in items if item is not None), None)


def _coincidence(misconception, checked, candidates_of, runs):
    """True if too many checks have answers that differ from this version's.

    These are more of the passing checks than it explains, or more than twice as many of those that
    fail in the same way. One is too many if the version breaks a passing check, or explains only
    one failure by wrong values.
    """
    if misconception.recognizes:
        return False
    explains = [check for check in checked if misconception in candidates_of.get(check.name, ())]
    kinds = {check.finding.kind for check in explains}
    against = [
        check for check in checked if check not in explains and _refutes(check, misconception, runs)
    ]
    values = any(not check.finish and _has_fractions(check.finding) for check in explains)
    passed = [  # an epsilon may differ where it matters, in a check of extreme values
        check for check in against if check.finding is None and not (values and check.finish)
    ]
    failed = [check for check in against if check.finding and check.finding.kind in kinds]
    if any(_breaks(check, misconception, runs) for check in passed):
        return True
    allowed = len(explains) if len(explains) > 1 or kinds == {"not refused"} else 0
    return len(passed) > allowed or len(failed) > 2 * len(explains)


def _has_fractions(finding):
    """True if the wrong numbers are not whole, so that two versions hardly agree by chance."""
    sides = [as_array(evidence.got) for evidence in finding.evidence]
    arrays = [side for side in sides if isinstance(side, np.ndarray) and side.dtype.kind == "f"]
    with np.errstate(all="ignore"):
        return finding.kind == "values" and any(np.any(side % 1) for side in arrays)


def _breaks(check, misconception, runs):
    """True if the version raises, or returns nan or infinity, in a call of this check."""
    calls = [call for call in check.calls if _is_cheap(call) and not call.reply.raised]
    return any(
        runs.observe(misconception, call).raised
        or (_finite(call.reply.value) and not _finite(runs.observe(misconception, call).value))
        for call in calls
        if not _depends_on_chance(misconception, call)
    )


def _finite(value):
    if isinstance(value, (list, tuple)):
        return all(map(_finite, value))
    array = as_array(value)
    numbers = isinstance(array, np.ndarray) and array.dtype.kind == "f"
    return not numbers or bool(np.isfinite(array).all())


def _refutes(check, misconception, runs):
    """True if the version's answer to a call differs from the learner's in every wrong part."""
    finding = check.finding
    for call in check.calls:
        if not _is_cheap(call) or _depends_on_chance(misconception, call):
            continue
        failure = finding if finding and call is finding.call else None
        observed = runs.observe(misconception, call)
        if call.reply.raised:  # refused arguments prove nothing
            continue
        shared = failure and _shares_a_part(observed.value, failure)
        if not observed.matches(call, failure) and not shared:
            return True
    return False


def _depends_on_chance(misconception, call):
    """True if two correct answers may differ because each draws its own random numbers."""
    if call.kind == "class":
        return call.steps[1].action != "start"
    return "rng" in inspect.signature(misconception.version).parameters


def _shares_a_part(answer, finding):
    """True if the version gives one of the wrong parts; the others may have another cause."""
    if finding.kind != "values" or not isinstance(answer, (list, tuple)):
        return False
    for part in finding.parts:
        got, want = np.asarray(part.got), np.asarray(part.want)
        own = _same_part(got, finding.call.reply.value, answer)
        if own is not None and agree(own, got) and not agree(got, want):
            return True
    return False


def _agreement(misconception, checked, runs):
    """The share of all calls in which the version does the same as the learner's function."""
    if misconception.recognizes:
        return 1.0
    calls = [(call, check) for check in checked for call in check.calls if _is_cheap(call)]
    agreeing = [
        runs.observe(misconception, call).matches(call, check.finding) for call, check in calls
    ]
    return float(np.mean(agreeing)) if agreeing else 0.0


def _recognizes(misconception, call, calls):
    """True if the misconception's `shows` is true for the call."""
    if call.reply.raised or call.reply.died or call.reply.not_plain:
        return False
    needs_earlier = "before" in inspect.signature(misconception.recognizes).parameters
    more = (
        {"before": _answer_one_epoch_earlier(misconception, call, calls)} if needs_earlier else {}
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            args, kwargs = fresh(call.args), fresh(call.kwargs) | more
            return bool(misconception.recognizes(call.reply.value, *args, **kwargs))
        except Exception:  # the answer does not have the form of this mistake
            return False


def _answer_one_epoch_earlier(misconception, call, calls):
    """The answer to the same call with one epoch less, or None if the check made no such call."""
    signature = inspect.signature(misconception.version)
    own, *others = (_by_name(signature, each) for each in (call, *calls))
    wanted = own | {"epochs": own["epochs"] - 1}
    for other, arguments in zip(calls, others, strict=True):
        if arguments is not None and agree(arguments, wanted) and not other.reply.raised:
            return other.reply.value
    return None


def _by_name(signature, call):
    """`{name: argument}`, with seeds for generators; None if the arguments do not fit."""
    try:
        bound = signature.bind(*call.args, **call.kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    return {
        name: value.seed if isinstance(value, Seeded) else value
        for name, value in bound.arguments.items()
    }


def _is_cheap(call):
    """True if replaying the call takes no noticeable time."""
    labeled = call.labeled_arguments()
    named = [value for label, value in labeled if label.strip("`").startswith(("epochs", "steps"))]
    unnamed = [v for label, v in labeled if "argument" in label and type(v) is int]
    epochs = max([1, *named, *unnamed])
    return max(_numbers(call.args) + _numbers(call.kwargs), ONE_ROUND) * epochs <= LARGEST


def _numbers(value):
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(_numbers, value)) if isinstance(value, (list, tuple)) else 1
