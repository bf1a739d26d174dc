"""Calls the bank's wrong versions with a learner's arguments and compares the answers."""

from __future__ import annotations

import contextlib
import copy
import inspect
import warnings
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..boundary.arguments import Seeded, in_words
from ..vocabulary import names
from ..vocabulary.call import Call, CallbackCalls, recording
from ..vocabulary.finding import Finding
from ..worker import operands, scripted
from .exceptions import on_purpose

if TYPE_CHECKING:
    from ..misconceptions import Misconception

TOLERANCE = {"f4": 3e-5, "f8": 1e-8}  # the same mistake in another form differs only by rounding
LARGEST = 60_000  # numbers in a call times its epochs; larger calls are not replayed
COARSE = 2e-6  # relative effect of an epsilon in a logarithm or a denominator
# Kinds of finding that `shows` cannot explain: form, side effects, exceptions.
FORM = ("parts", "type", "dtype")
NOT_SHOWN = ("changed", "raised", "warned", "not refused", "timeout")
BANK = "grader.misconceptions"
ONE_ROUND = 500  # numbers that cost as much as one round of a loop


class Checked(Protocol):
    """The outcome of one check, see `grader.grading.checks.Checked`."""

    name: str
    finding: Finding | None
    calls: list[Call]
    finish: bool


class Observed:
    """The observable behavior of a wrong version in one call."""

    def __init__(self, version: Any, call: Call):
        self.callback_calls: CallbackCalls = []  # of functions among its arguments
        own_name = version.__name__ if call.kind == "class" else call.name
        args, kwargs = (_fresh(part, self.callback_calls) for part in (call.args, call.kwargs))
        self.own_name, self.version_name = call.name, version.__name__
        self.value: Any = None
        self.raised: tuple[str, str] | None = None
        self.refused_in: str | None = None  # the function whose `raise` ended it
        self.operands: list[operands.Operand] = []
        self.frames: dict[str, dict[str, Any]] = {}  # the variables of functions that it ended
        self.begun = [0]  # the steps of a script
        if call.kind == "class":
            version = partial(self._perform, version, call)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self.value = _drained(version(*args, **kwargs))
            except Exception as error:
                message = str(error).replace(own_name, call.name)
                self.raised = type(error).__name__, message
                self._look_into(error)
        self.warned = bool(caught)
        self.changed = not (agree(args, _fresh(call.args)) and agree(kwargs, _fresh(call.kwargs)))

    def _look_into(self, error):
        """Note which functions of the bank an exception ended, and what its operands were."""
        last, tb = None, error.__traceback__
        while tb is not None:
            self.frames[tb.tb_frame.f_code.co_name] = tb.tb_frame.f_locals
            last = tb if BANK in tb.tb_frame.f_globals.get("__name__", "") else last
            tb = tb.tb_next
        if last is not None:
            expression, self.operands = operands.describe(last)
            if expression.startswith(("raise ", "assert ")):
                self.refused_in = last.tb_frame.f_code.co_name

    def _perform(self, version, call, steps):
        """Run a script on a fresh subclass, so that no state on the class outlives the call.

        Two correct classes may draw different random numbers: where their objects differ only in
        numbers, this one continues from the learner's.
        """
        answers = call.reply.value

        def starts(made, name, i):
            own: Any = getattr(made, name)
            learners: Any = answers[i] if answers else None
            same_form = isinstance(learners, np.ndarray) and learners.shape == np.shape(own)
            if same_form and not agree(own, learners):
                setattr(made, name, learners.copy())

        fresh = type(version.__name__, (version,), {"__qualname__": version.__qualname__})
        return scripted.perform(fresh, steps, self.begun.append, drain=_items, starts=starts)

    def matches(self, call: Call, finding: Finding | None = None) -> bool:
        """True if the learner's function did the same; `finding` is the failure of this call."""
        reply, kind = call.reply, finding and finding.kind
        if reply.died or reply.not_plain:
            return False
        if self.raised or reply.raised:
            return self._raised_the_same(call, kind)
        if kind == "warned" and self.warned != bool(reply.warnings):
            return False
        if (
            finding
            and finding.outside_answer
            and not agree(self.callback_calls, call.callback_calls)
        ):
            return False
        if reply.arguments is not None and self.changed != _changes_arguments(call):
            return False
        coarse = COARSE if finding and _far_off(finding) else 0.0
        return agree(self.value, reply.value, strict=kind == "dtype", tolerance=coarse)

    def _raised_the_same(self, call, kind):
        reply = call.reply
        if not (self.raised and reply.raised) or self.raised[0] != reply.raised["type"]:
            return False
        if call.kind == "class" and self.begun[-1] != call.at:
            return False
        if kind == "raised" and (on_purpose(reply.raised) or self.refused_in):
            return on_purpose(reply.raised) and self._refused_in_the_same(reply.raised)
        same = self.raised[1] == reply.raised["message"] and self._got_the_same(reply.raised)
        return kind != "raised" or same

    def _refused_in_the_same(self, raised):
        """True if the same function refused its arguments: this one, or another of the course."""
        where = raised["lines"][-1][2]
        if not self.refused_in or not names.is_of_the_course(where):
            return bool(self.refused_in)
        own = (self.own_name, self.version_name)
        return where == self.refused_in or (where in own and self.refused_in in own)

    def _got_the_same(self, raised):
        """True unless the function that raised got other arguments in the version.

        A function of the course that the version never enters fails by its own fault, and where two
        arrays do not fit, their shapes tell which they are.
        """
        shapes, own_shapes = _shapes(raised.get("operands", ())), _shapes(self.operands)
        if len(shapes) == len(own_shapes) == 2 and shapes != own_shapes:
            return False
        where = raised["lines"][-1][2] if raised["lines"] else self.own_name
        if where not in (self.own_name, *self.frames) and names.is_of_the_course(where):
            return False
        own = self.frames.get(where, {})
        return all(
            operands.in_words(own[text]) == value
            for text, value, origin in raised.get("operands", ())
            if origin and text in own
        )


def _shapes(described):
    """The shapes among the descriptions of operands, as text."""
    return sorted(words for _, words, _ in described if words.startswith("has shape"))


def _changes_arguments(call):
    pairs = call.arguments_before_and_after()
    return not all(agree(_plain(_fresh(before)), now) for *_, before, now in pairs)


def _far_off(finding):
    """True if the answer is so wrong that an epsilon in a formula makes no difference."""
    for evidence in finding.evidence if finding.kind == "values" else ():
        with np.errstate(all="ignore"):
            got, want = np.asarray(evidence.got), np.asarray(evidence.want)
            if got.shape == want.shape and got.dtype.kind in "fiu":
                off = np.abs(got.astype(float) - want).max(initial=0.0)
                if off > 1000 * COARSE * np.abs(want).max(initial=0.0):
                    return True
    return False


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
    whole, other = _as_array(whole), _as_array(other)
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
    passed = [check for check in against if check.finding is None]
    failed = [check for check in against if check.finding and check.finding.kind in kinds]
    if any(_breaks(check, misconception, runs) for check in passed):
        return True
    allowed = len(explains) if len(explains) > 1 or kinds == {"not refused"} else 0
    return len(passed) > allowed or len(failed) > 2 * len(explains)


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
    array = _as_array(value)
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
            args, kwargs = _fresh(call.args), _fresh(call.kwargs) | more
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


def _fresh(value, calls=None):
    """Arguments as the worker makes them: copies, and generators from their seeds.

    Functions record their calls in the list `calls` and turn every exception into ValueError.
    """
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    if isinstance(value, (list, tuple)):
        return type(value)(_fresh(item, calls) for item in value)
    if isinstance(value, dict):
        return {key: _fresh(item, calls) for key, item in value.items()}
    return _refusing(recording(value, calls)) if callable(value) else copy.copy(value)


def _refusing(function):
    """The function, raising only ValueError, as across the process boundary."""

    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise ValueError(in_words(error)) from None

    return call


def _plain(value):
    """Arguments as the worker sends them back: None for functions and generators."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list) or (isinstance(value, tuple) and value):
        return [_plain(item) for item in value]
    return None if callable(value) or isinstance(value, np.random.Generator) else value


def _drained(value):
    return list(value) if inspect.isgenerator(value) or isinstance(value, (zip, map)) else value


def _items(value):
    drained = _drained(value)
    return drained if isinstance(drained, list) else None


def agree(first: Any, second: Any, strict: bool = False, tolerance: float = 0.0) -> bool:
    """True if both have the same form and, up to rounding, the same numbers; NaN equals NaN.

    A list equals a tuple, and a list of numbers a vector. The dtype of single numbers matters only
    if `strict`; `tolerance` is allowed where it is larger than rounding.
    """
    first, second = _as_array(first), _as_array(second)
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


def _as_array(value):
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
    if not {first.dtype.kind, second.dtype.kind} <= set("fiub"):
        return np.array_equal(first, second)
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
