"""Calls the bank's wrong versions with a learner's arguments: who gives the same answer?"""

import contextlib
import copy
import inspect
import warnings
from functools import cache, partial

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary.function import noted
from ..worker import scripted

TOLERANCE = {"f4": 3e-5, "f8": 1e-8}  # the same mistake in another form differs by rounding alone
LARGEST = 60_000  # numbers in a call, times its epochs: what takes longer is not replayed
COARSE = 2e-6  # relative: what an epsilon in a logarithm or a denominator does
# Kinds of findings that are no matter of what `shows` looks at: form, side effects, exceptions.
FORM = ("parts", "type", "dtype")
NOT_SHOWN = ("changed", "raised", "warned", "not refused", "timeout")
ONE_ROUND = 500  # numbers that cost as much as going round a loop once


class Observed:
    """What a wrong version does in one call, as far as it can be observed from outside."""

    def __init__(self, version, call):
        self.asked = []  # the arguments that it gave to functions among its own
        known_as = version.__name__ if call.kind == "class" else call.name
        args, kwargs = (_fresh(part, self.asked) for part in (call.args, call.kwargs))
        self.value = self.raised = None
        self.began = [0]  # the steps of a script
        if call.kind == "class":
            version = partial(self._perform, version, call)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self.value = _drained(version(*args, **kwargs))
            except Exception as error:
                said = str(error).replace(known_as, call.name)
                self.raised = type(error).__name__, said
        self.warned = bool(caught)
        self.changed = not (alike(args, _fresh(call.args)) and alike(kwargs, _fresh(call.kwargs)))

    def _perform(self, version, call, steps):
        """A script, with a class of its own: the next call must not find what it keeps there.

        Chance may fall otherwise for two classes that are both right: where their objects differ in
        numbers alone, this one goes on from the learner's.
        """
        answers = call.reply.value

        def starts(made, name, i):
            mine, theirs = getattr(made, name), answers[i] if answers else None
            same_form = isinstance(theirs, np.ndarray) and theirs.shape == np.shape(mine)
            if same_form and not alike(mine, theirs):
                setattr(made, name, theirs.copy())

        fresh = type(version.__name__, (version,), {"__qualname__": version.__qualname__})
        return scripted.perform(fresh, steps, self.began.append, drain=_items, starts=starts)

    def as_in(self, call, finding=None):
        """Whether the learner's function did just that, in the call that failed in this way."""
        reply, kind = call.reply, finding and finding.kind
        if reply.died or reply.not_plain:
            return False
        if self.raised or reply.raised:
            return self._raised_as_in(call, kind)
        if kind == "warned" and self.warned != bool(reply.warnings):
            return False
        if finding and finding.elsewhere and not alike(self.asked, call.asked):
            return False
        if reply.arguments is not None and self.changed != _changes_arguments(call):
            return False
        coarse = COARSE if finding and _far_off(finding) else 0.0
        return alike(self.value, reply.value, strict=kind == "dtype", tolerance=coarse)

    def _raised_as_in(self, call, kind):
        reply = call.reply
        if not (self.raised and reply.raised) or self.raised[0] != reply.raised["type"]:
            return False
        if call.kind == "class" and self.began[-1] != call.at:
            return False
        said = reply.raised["lines"] and reply.raised["lines"][-1][-1].startswith("raise")
        return kind != "raised" or said or self.raised[1] == reply.raised["message"]


def _changes_arguments(call):
    return not all(alike(_plain(_fresh(before)), now) for *_, before, now in call.leaves())


def _far_off(finding):
    """The answer is so wrong that an epsilon in one of two forms of the mistake makes no odds."""
    for evidence in finding.evidence if finding.kind == "values" else ():
        with np.errstate(all="ignore"):
            got, want = np.asarray(evidence.got), np.asarray(evidence.want)
            if got.shape == want.shape and got.dtype.kind in "fiu":
                off = np.abs(got.astype(float) - want).max(initial=0.0)
                if off > 1000 * COARSE * np.abs(want).max(initial=0.0):
                    return True
    return False


def best_of(versions, checked, failed, runs):
    """`{name of a failed check: the version that explains it}`.

    A version explains a check when it does the same in each of its calls and is as wrong, or when
    it `shows` in the call that failed; it is out if that is a `_coincidence`. Among several the one
    wins that explains most of the failed checks, then the one that agrees in most calls of all
    checks, then the first in the bank.
    """
    explained, likely = {}, []
    for check in failed:  # what explains one failure is the first to be tried on the next
        found = [known for known in likely if _explains(known, check, runs)]
        others = [known for known in versions if known not in likely]
        found = found or [known for known in others if _explains(known, check, runs)]
        likely += [known for known in found if known not in likely]
        explained[check.name] = found
    out = [known for known in likely if _coincidence(known, checked, explained, runs)]
    explained = {
        name: [known for known in found if known not in out] for name, found in explained.items()
    }

    @cache
    def merit(known):
        explains = sum(known in candidates for candidates in explained.values())
        return explains, _agreement(known, checked, runs)

    return {
        name: candidates[0] if len(candidates) == 1 else max(candidates, key=merit)
        for name, candidates in explained.items()
        if candidates
    }


def wrong_answers(versions, finding, runs):
    """`{name: answer}` of the versions in the call that failed, for comparing piece by piece."""
    if finding.fault is None or not _short(finding.fault):
        return {}
    seen = {known.name: runs.of(known, finding.fault) for known in versions if not known.shows}
    return {name: observed.value for name, observed in seen.items() if not observed.raised}


class Runs:
    """Remembers what each version did in each call."""

    def __init__(self):
        self.done = {}

    def of(self, known, call):
        key = known.name, id(call)
        if key not in self.done:
            self.done[key] = Observed(known.version, call)
        return self.done[key]


def _explains(known, check, runs):
    finding = check.finding
    if finding.fault is None or finding.kind in ("slow", "global random", "unrepeatable"):
        return False
    if known.shows:
        hidden = NOT_SHOWN if known.of_form else (*FORM, *NOT_SHOWN)
        return finding.kind not in hidden and _shows(known, finding.fault, check.calls)
    calls = [call for call in check.calls if call.name == finding.fault.name]
    same = all(
        _short(call)
        and runs.of(known, call).as_in(call, finding if call is finding.fault else None)
        for call in reversed(calls)
    )
    return same and _as_wrong(runs.of(known, finding.fault).value, finding)


def _as_wrong(answer, finding):
    """Whether a version's answer is nearer to the learner's than to the right one, where it can be
    compared: what serves within rounding for the one may do for the other as well.
    """
    for evidence in finding.evidence if finding.kind == "values" else ():
        got, want = (np.asarray(side) for side in (evidence.got, evidence.want))
        mine = _at_the_place_of(got, finding.fault.reply.value, answer)
        if mine is not None and got.shape == want.shape == mine.shape and got.dtype.kind in "fiu":
            got, want, mine = (side.astype(np.float64) for side in (got, want, mine))
            with np.errstate(all="ignore"):
                return not np.abs(mine - got).max() > 0.1 * np.abs(got - want).max()
    return True


def _at_the_place_of(part, whole, other):
    """What stands in `other` where `part` stands in `whole`, as an array; None if it does not."""
    whole, other = _as_array(whole), _as_array(other)
    if isinstance(whole, np.ndarray):
        same = isinstance(other, np.ndarray) and np.array_equal(whole, part, equal_nan=True)
        return other if same else None
    if not isinstance(whole, (list, tuple)) or not isinstance(other, (list, tuple)):
        return None
    pairs = zip(whole, other, strict=False)
    places = (_at_the_place_of(part, one, another) for one, another in pairs)
    return next((place for place in places if place is not None), None)


def _coincidence(known, checked, explained, runs):
    """Too many checks have answers that are not this version's: more of those that pass than it
    explains, or more than twice as many of those that fail in the same way. One is too many where
    the version breaks what passes, or explains no more than one failure of its numbers.
    """
    if known.shows:
        return False
    explains = [check for check in checked if known in explained.get(check.name, ())]
    kinds = {check.finding.kind for check in explains}
    against = [check for check in checked if check not in explains and _refutes(check, known, runs)]
    passed = [check for check in against if check.finding is None]
    failed = [check for check in against if check.finding and check.finding.kind in kinds]
    if any(_breaks(check, known, runs) for check in passed):
        return True
    allowed = len(explains) if len(explains) > 1 or kinds == {"not refused"} else 0
    return len(passed) > allowed or len(failed) > 2 * len(explains)


def _breaks(check, known, runs):
    """The version raises, or gives something that is no number, in a call of this check."""
    calls = [call for call in check.calls if _short(call) and not call.reply.raised]
    return any(
        runs.of(known, call).raised
        or (_finite(call.reply.value) and not _finite(runs.of(known, call).value))
        for call in calls
        if not _left_to_chance(known, call)
    )


def _finite(value):
    if isinstance(value, (list, tuple)):
        return all(map(_finite, value))
    array = _as_array(value)
    numbers = isinstance(array, np.ndarray) and array.dtype.kind == "f"
    return not numbers or bool(np.isfinite(array).all())


def _refutes(check, known, runs):
    """The version's answer differs from the learner's in a call, in each part that is wrong."""
    finding = check.finding
    for call in check.calls:
        if not _short(call) or _left_to_chance(known, call):
            continue
        failing = finding if finding and call is finding.fault else None
        seen = runs.of(known, call)
        if call.reply.raised:  # what is refused is another matter
            continue
        if not seen.as_in(call, failing) and not (failing and _shares(seen.value, failing)):
            return True
    return False


def _left_to_chance(known, call):
    """Two right answers may differ: numbers are drawn, and the draw is not handed on."""
    if call.kind == "class":
        return call.steps[1].what != "start"
    return "rng" in inspect.signature(known.version).parameters


def _shares(answer, finding):
    """The version gives one of the wrong parts: the others may be wrong for another reason."""
    if finding.kind != "values" or not isinstance(answer, (list, tuple)):
        return False
    for part in finding.parts:
        got, want = np.asarray(part.got), np.asarray(part.want)
        mine = _at_the_place_of(got, finding.fault.reply.value, answer)
        if mine is not None and alike(mine, got) and not alike(got, want):
            return True
    return False


def _agreement(known, checked, runs):
    """Share of all the calls in which the version does as the learner's function did."""
    if known.shows:
        return 1.0
    calls = [(call, check) for check in checked for call in check.calls if _short(call)]
    agreeing = [runs.of(known, call).as_in(call, check.finding) for call, check in calls]
    return float(np.mean(agreeing)) if agreeing else 0.0


def _shows(known, call, calls):
    if call.reply.raised or call.reply.died or call.reply.not_plain:
        return False
    more = {"before": _before(known, call, calls)} if _wants(known, "before") else {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            given = _fresh(call.args), _fresh(call.kwargs) | more
            return bool(known.shows(call.reply.value, *given[0], **given[1]))
        except Exception:  # the answer has another form than this mistake gives
            return False


def _wants(known, name):
    return name in inspect.signature(known.shows).parameters


def _before(known, call, calls):
    """The answer to the same call with one epoch less, or None if the check has not asked that."""
    signature = inspect.signature(known.version)
    told = [_by_name(signature, one) for one in (call, *calls)]
    wanted = told[0] | {"epochs": told[0]["epochs"] - 1}
    for one, given in zip(calls, told[1:], strict=True):
        if given is not None and alike(given, wanted) and not one.reply.raised:
            return one.reply.value
    return None


def _by_name(signature, call):
    """`{name: argument}`, a generator's seed for the generator; None if they do not fit."""
    try:
        given = signature.bind(*call.args, **call.kwargs)
    except TypeError:
        return None
    given.apply_defaults()
    return {
        name: value.seed if isinstance(value, Seeded) else value
        for name, value in given.arguments.items()
    }


def _short(call):
    """Replaying it takes no time that anybody notices."""
    given = call.given()
    named = [value for label, value in given if label.strip("`").startswith(("epochs", "steps"))]
    epochs = max([1, *named, *(v for label, v in given if "argument" in label and type(v) is int)])
    return max(_numbers(call.args) + _numbers(call.kwargs), ONE_ROUND) * epochs <= LARGEST


def _numbers(value):
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(_numbers, value)) if isinstance(value, (list, tuple)) else 1


def _fresh(value, asked=None):
    """Arguments as the worker makes them: copies, generators from their seeds, and functions
    that note in `asked` what they are given and refuse with ValueError.
    """
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    if isinstance(value, (list, tuple)):
        return type(value)(_fresh(item, asked) for item in value)
    if isinstance(value, dict):
        return {key: _fresh(item, asked) for key, item in value.items()}
    return _refusing(noted(value, asked)) if callable(value) else copy.copy(value)


def _refusing(function):
    """As across the boundary: whatever the examiner's function raises is a ValueError there."""

    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise ValueError(str(error)) from None

    return call


def _plain(value):
    """Arguments as they are told after the call: a function or a generator has no form."""
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


def alike(one, other, strict=False, tolerance=0.0):
    """The same form and, but for rounding, the same numbers; NaN equals NaN.

    A list serves for a tuple, and numbers in a list for a vector. The dtype of single numbers
    matters only where `strict`; `tolerance` adds to what rounding may do.
    """
    one, other = _as_array(one), _as_array(other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return _alike_arrays(one, other, strict, tolerance)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(
            alike(a, b, strict, tolerance) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k], strict) for k in one)
    if callable(one) or isinstance(one, np.random.Generator):
        return True
    return type(one) is type(other) and bool(one == other)


def _as_array(value):
    numbers = (bool, int, float, np.generic)
    with contextlib.suppress(OverflowError):  # of integers beyond all floats
        if isinstance(value, int):
            return np.asarray(value, dtype=None if abs(value) < 2**63 else np.float64)
        if isinstance(value, numbers):
            return np.asarray(value)
        whole = isinstance(value, (list, tuple)) and value
        if whole and all(isinstance(v, numbers) for v in value):
            return np.array(value, dtype=np.float64)
    return value


def _alike_arrays(one, other, strict, tolerance):
    if one.shape != other.shape:
        return False
    if (one.ndim > 0 or strict) and _sort_of(one) != _sort_of(other):
        return False
    if not {one.dtype.kind, other.dtype.kind} <= set("fiub"):
        return np.array_equal(one, other)
    narrow = np.float32 in (one.dtype, other.dtype)
    a, b = one.astype(np.float64), other.astype(np.float64)
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    scale = np.abs(a[finite]).max(initial=0.0)
    allowed = max(tolerance, TOLERANCE["f4" if narrow else "f8"]) * scale
    return bool((np.abs(a[finite] - b[finite]) <= allowed).all())


def _sort_of(array):
    """The dtype, integers of any width being one."""
    return "i" if array.dtype.kind in "iu" else array.dtype.str
