"""Scripts for a learner's class: the steps are recorded first and then run in one request.

    network = student.NeuralNetwork.new(4, 3, 2, expect.Seeded(7)).get("W1")
    W1, A, W1_after = network.ask("forward", X).do("backward", X, y, 0.1).get("W1")()

`worker/scripted.py` runs the whole script in one request, so a call of a script stands alone: it
can be repeated, replayed and timed like a function's, and a dying process loses nothing else.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from ..boundary.process import UNREADABLE
from .call import Call
from .function import Caller, StudentFunction
from .values import show_call

LINES, WIDTH = 10, 88  # shown of a script
CALLS = ("ask", "do")  # steps that call a method
READS = ("get", "start")  # steps that read an attribute
ANSWERED = ("ask", *READS)  # steps with an answer


@dataclass(frozen=True)
class Step:
    """One step of a script, in the terms of `worker/scripted.py`."""

    action: str
    number: int = 0  # of the object
    name: str = ""
    args: tuple = ()
    kwargs: dict = field(default_factory=dict)

    def plain(self) -> list[Any]:
        """The step as plain data for the worker."""
        return [self.action, self.number, self.name, list(self.args), self.kwargs]


class StudentName(StudentFunction):
    """A name in the learner's file: a function to call, or a class to instantiate."""

    def new(self, *args: Any, **kwargs: Any) -> StudentObject:
        """Start a script with an object of this class."""
        return StudentObject(self._student, self.name, self._seconds).new(*args, **kwargs)


class StudentObject(StudentFunction):
    """A script for objects of a learner's class: methods add steps, and calling it runs them.

    The answer is the list of the answers of `ask`, `get` and `start`. Checks can use a script
    wherever they can use a function.
    """

    def __init__(
        self,
        student: Caller,
        name: str,
        seconds: float,
        steps: tuple[Step, ...] = (),
        number: int = -1,
    ):
        super().__init__(student, name, seconds)
        self._steps, self._number = steps, number

    def within(self, seconds: float) -> StudentObject:
        """The same script with another time limit."""
        return StudentObject(self._student, self.name, seconds, self._steps, self._number)

    def new(self, *args: Any, **kwargs: Any) -> StudentObject:
        """Make one more object, which the following steps use."""
        number = sum(step.action == "new" for step in self._steps)
        return self._and(Step("new", number, "", args, kwargs), number=number)

    def on(self, number: int) -> StudentObject:
        """Use the object with this number, from 0, in the following steps."""
        return StudentObject(self._student, self.name, self._seconds, self._steps, number)

    def ask(self, method: str, *args: Any, **kwargs: Any) -> StudentObject:
        """Call a method and keep its answer."""
        return self._and(Step("ask", self._number, method, args, kwargs))

    def do(self, method: str, *args: Any, **kwargs: Any) -> StudentObject:
        """Call a method and ignore its answer."""
        return self._and(Step("do", self._number, method, args, kwargs))

    def get(self, *names: str) -> StudentObject:
        """Read attributes."""
        return self._and(*(Step("get", self._number, name) for name in names))

    def start(self, *names: str) -> StudentObject:
        """Read attributes that a replay sets to the same values in a wrong version."""
        return self._and(*(Step("start", self._number, name) for name in names))

    def set(self, **values: Any) -> StudentObject:
        """Set attributes."""
        return self._and(*(Step("set", self._number, name, (v,)) for name, v in values.items()))

    def _and(self, *steps, number=None):
        number = self._number if number is None else number
        steps = (*self._steps, *steps)
        return StudentObject(self._student, self.name, self._seconds, steps, number)

    def _make_call(self, *args, want_arguments, find_loop, **kwargs):
        begun: deque = deque(maxlen=1)
        steps = [step.plain() for step in self._steps]
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        reply = self._request((steps, begun.append), {}, scripted=True, **wanted)
        # The worker is not trusted: the step must exist, and the answers must be complete.
        at = begun[-1] if begun and type(begun[-1]) is int else 0
        at = at if 0 <= at < len(steps) else 0
        answers = sum(step.action in ANSWERED for step in self._steps)
        answered = not (reply.raised or reply.missing or reply.not_plain or reply.died)
        if answered and not (isinstance(reply.value, list) and len(reply.value) == answers):
            reply.died = "crashed", UNREADABLE
        return ScriptCall(self.name, (steps,), {}, reply, at=at, steps=self._steps)


@dataclass(eq=False)
class ScriptCall(Call):
    """A script and its reply; `at` is the last step begun, the one that failed if any did."""

    at: int = 0
    steps: tuple[Step, ...] = ()
    kind = "class"

    def __str__(self) -> str:
        return "\n".join(_shown(self.name, self.steps[: self.at + 1]))

    @property
    def blamed(self) -> str:
        return self._name_of(self.steps[self.at])

    @property
    def verb(self) -> str:
        return "returns" if self.steps[self.at].action in ("new", *CALLS) else "holds"

    def again(self) -> tuple[tuple, dict[str, Any], dict[str, Any]]:
        return (*self.args, lambda step: None), {}, {"scripted": True}

    def owns(self, name: str) -> bool:
        return name == self.blamed

    def labeled_arguments(self) -> list[tuple[str, Any]]:
        """`[(label, value)]` of the methods' arguments, the last call first."""
        return [
            pair
            for step in reversed(self.steps)
            if step.action in CALLS
            for pair in _labelled(step.args, step.kwargs, f" of `{step.name}`")
        ]

    def arguments_before_and_after(self) -> list[tuple[str, str, Any, Any]]:
        after = self.reply.arguments[0][:1] if self.reply.arguments else []
        after = after[0] if after and isinstance(after[0], list) else []
        return [
            (self._name_of(step), *pair)
            for step, now in zip(self.steps, map(_arguments, after), strict=False)
            if step.action in ("new", *CALLS)
            for pair in self._pairs(step.args, step.kwargs, *now)
        ]

    def missing_member(self) -> tuple[str, str] | None:
        raised, step = self.reply.raised or {}, self.steps[self.at]
        if "AttributeError" not in raised["bases"] or raised["lines"]:
            return None
        if step.action in CALLS:
            return f"`{self.name}` has no method `{step.name}`: write it", "todo"
        if step.action in READS:
            fact = f"an object of `{self.name}` has no attribute `{step.name}`"
            return f"{fact}: give `self.{step.name}` a value in `__init__`", "failed"
        return None

    def _name_of(self, step):
        inner = {"new": "__init__"}.get(step.action, step.name)
        return f"{self.name}.{inner}"


def _arguments(step):
    """The arguments of a step that the worker sent back, `([], {})` if it is malformed."""
    whole = isinstance(step, list) and len(step) == 5
    fits = whole and isinstance(step[3], list) and isinstance(step[4], dict)
    return step[3:] if fits else ([], {})


def _labelled(args, kwargs, where):
    pairs = [(f"argument {i + 1}{where}", value) for i, value in enumerate(args)]
    return pairs + [(f"`{key}`{where}", value) for key, value in kwargs.items()]


def _shown(name, steps):
    """The script as lines that a learner can paste; consecutive reads share a line."""
    if len(steps) == 2 and steps[1].action in CALLS:
        made, method = steps
        call = show_call(f".{method.name}", method.args, method.kwargs)
        return [show_call(name, made.args, made.kwargs) + call]
    several = sum(step.action == "new" for step in steps) > 1
    lines, before = [], None
    for step in steps:
        variable = _variable(name) + (str(step.number + 1) if several else "")
        place = f"{variable}.{step.name}"
        if step.action == "new":
            lines.append(f"{variable} = {show_call(name, step.args, step.kwargs, WIDTH)}")
        elif step.action in CALLS:
            lines.append(show_call(place, step.args, step.kwargs, WIDTH))
        elif step.action == "set":
            lines.append(f"{place} = {show_call('', step.args, {}, WIDTH)[1:-1]}")
        elif before in READS:
            lines[-1] += f", {place}"
        else:
            lines.append(place)
        before = step.action
    if len(lines) > LINES:
        lines[1 : len(lines) - LINES + 2] = ["..."]
    return lines


def _variable(name):
    """A variable name for an object of this class: `nn` for `NeuralNetwork`."""
    return "".join(re.findall(r"[A-Z]", name)).lower() or "it"
