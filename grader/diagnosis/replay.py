"""Calls the bank's wrong versions with a learner's arguments: who gives the same answer?"""

import contextlib
import copy
import inspect
import warnings
from functools import cache, partial

import numpy as np

from ..boundary import Seeded
from ..student import noted
from ..worker import scripted

TOLERANCE = {"f4": 3e-5, "f8": 1e-8}  # the same mistake in another form differs by rounding alone
LARGEST = 60_000  # numbers in a call, times its epochs: what takes longer is not replayed
COARSE = 2e-6  # relative: what an epsilon in a logarithm or a denominator does
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
        if reply.arguments is not None:
            args, kwargs = _fresh(call.args), _fresh(call.kwargs)
            if self.changed == alike(reply.arguments, (_plain(args), _plain(kwargs))):
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

    A version explains a check when it does the same in each of its calls, or when it `shows` in
    the call that failed. Among several the one wins that explains most of the failed checks, then
    the one that agrees in most calls of all checks, then the first in the bank.
    """
    explained, likely = {}, []
    for check in failed:  # what explains one failure is the first to be tried on the next
        found = [known for known in likely if _explains(known, check, runs)]
        others = [known for known in versions if known not in likely]
        found = found or [known for known in others if _explains(known, check, runs)]
        likely += [known for known in found if known not in likely]
        explained[check.name] = found

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
        return _shows(known, finding.fault)
    calls = [call for call in check.calls if call.name == finding.fault.name]
    return all(
        _short(call)
        and runs.of(known, call).as_in(call, finding if call is finding.fault else None)
        for call in reversed(calls)
    )


def _agreement(known, checked, runs):
    """Share of all the calls in which the version does as the learner's function did."""
    if known.shows:
        return 1.0
    calls = [(call, check) for check in checked for call in check.calls if _short(call)]
    agreeing = [runs.of(known, call).as_in(call, check.finding) for call, check in calls]
    return float(np.mean(agreeing)) if agreeing else 0.0


def _shows(known, call):
    if call.reply.raised or call.reply.died or call.reply.not_plain:
        return False
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return bool(known.shows(call.reply.value, *_fresh(call.args), **_fresh(call.kwargs)))
        except Exception:  # the answer has another form than this mistake gives
            return False


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
