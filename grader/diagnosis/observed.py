"""Calls a wrong version of the bank with a learner's arguments and notes what it does."""

from __future__ import annotations

import copy
import inspect
import re
import warnings
from functools import partial
from typing import Any

import numpy as np

from ..boundary.arguments import Seeded, in_words
from ..vocabulary import names
from ..vocabulary.call import Call, CallbackCalls, recording
from ..vocabulary.finding import Finding
from ..worker import operands, scripted
from .agreement import agree
from .exceptions import on_purpose

BANK = "grader.misconceptions"
MISFIT = re.compile(r"size (\d+) is different from (\d+)|(\d+) \(dim \d\) != (\d+) \(dim \d\)")
COARSE = 2e-6  # relative effect of an epsilon in a logarithm or a denominator


class Observed:
    """The observable behavior of a wrong version in one call."""

    def __init__(self, version: Any, call: Call):
        self.callback_calls: CallbackCalls = []  # of functions among its arguments
        own_name = version.__name__ if call.kind == "class" else call.name
        args, kwargs = (fresh(part, self.callback_calls) for part in (call.args, call.kwargs))
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
        self.changed = call.reply.arguments is not None and not (  # it is compared only then
            agree(args, fresh(call.args)) and agree(kwargs, fresh(call.kwargs))
        )

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
            and not agree(*map(_without_repeats, (self.callback_calls, call.callback_calls)))
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
        messages = map(_essence, (self.raised[1], reply.raised["message"]))
        same = len(set(messages)) == 1 and self._got_the_same(reply.raised)
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


def _essence(message):
    """What a message says; `@` and `np.dot` say in different words which two sizes do not fit."""
    misfit = MISFIT.search(message)
    return tuple(sorted(filter(None, misfit.groups()))) if misfit else message


def _without_repeats(calls):
    """The calls without those that only repeat the one before."""
    befores = [None, *calls]
    return [each for before, each in zip(befores, calls, strict=False) if not agree(before, each)]


def _shapes(described):
    """The shapes among the descriptions of operands, as text."""
    return sorted(words for _, words, _ in described if words.startswith("has shape"))


def _changes_arguments(call):
    pairs = call.arguments_before_and_after()
    return not all(agree(_plain(fresh(before)), now) for *_, before, now in pairs)


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


def fresh(value: Any, calls: CallbackCalls | None = None) -> Any:
    """Arguments as the worker makes them: copies, and generators from their seeds.

    Functions record their calls in the list `calls` and turn every exception into ValueError.
    """
    if isinstance(value, (str, int, float)):  # most of a script's steps
        return value
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    if isinstance(value, (list, tuple)):
        return type(value)(fresh(item, calls) for item in value)
    if isinstance(value, dict):
        return {key: fresh(item, calls) for key, item in value.items()}
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
