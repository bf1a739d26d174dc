"""Objects of a learner's class: what is to be done with them, written down and then done at once.

    network = student.NeuralNetwork.new(4, 3, 2, expect.Seeded(7)).get("W1")
    W1, A, W1_after = network.ask("forward", X).do("backward", X, y, 0.1).get("W1")()

The whole script is one request (`worker/scripted.py` does it), so a call of it stands alone: it can
be repeated, replayed and timed like a function's, and a process that dies takes nothing along.
"""

import re
from collections import deque
from dataclasses import dataclass, field

from ..boundary.process import UNREADABLE
from .function import Call, StudentFunction
from .values import show_call

LINES, WIDTH = 10, 88  # of a script that is shown
CALLS = ("ask", "do")  # steps that call a method
READS = ("get", "start")  # and those that read an attribute
GIVING = ("ask", *READS)


@dataclass(frozen=True)
class Step:
    """One step, as `worker/scripted.py` has them."""

    what: str
    which: int = 0
    name: str = ""
    args: tuple = ()
    kwargs: dict = field(default_factory=dict)

    def plain(self):
        return [self.what, self.which, self.name, list(self.args), self.kwargs]


class StudentName(StudentFunction):
    """A name in the learner's file: a function to call, or a class to make objects of."""

    def new(self, *args, **kwargs):
        """Begin a script with an object of this class."""
        return StudentObject(self._student, self.name, self._seconds).new(*args, **kwargs)


class StudentObject(StudentFunction):
    """A script for objects of a learner's class; each word gives a longer one, a call does it.

    What comes is the list of what `ask`, `get` and `start` gave. Words of the checks that take a
    function take a script as well.
    """

    def __init__(self, student, name, seconds, steps=(), which=-1):
        super().__init__(student, name, seconds)
        self._steps, self._which = steps, which

    def within(self, seconds):
        return StudentObject(self._student, self.name, seconds, self._steps, self._which)

    def new(self, *args, **kwargs):
        """Make one more object; what follows is done with it."""
        number = sum(step.what == "new" for step in self._steps)
        return self._and(Step("new", number, "", args, kwargs), which=number)

    def on(self, number):
        """What follows is done with the object of this number, from 0."""
        return StudentObject(self._student, self.name, self._seconds, self._steps, number)

    def ask(self, method, *args, **kwargs):
        """Call a method for what it gives."""
        return self._and(Step("ask", self._which, method, args, kwargs))

    def do(self, method, *args, **kwargs):
        """Call a method that may give anything."""
        return self._and(Step("do", self._which, method, args, kwargs))

    def get(self, *names):
        """Read attributes."""
        return self._and(*(Step("get", self._which, name) for name in names))

    def start(self, *names):
        """Read what the object starts from: a replay gives the same to a wrong version."""
        return self._and(*(Step("start", self._which, name) for name in names))

    def set(self, **values):
        """Give attributes new values."""
        return self._and(*(Step("set", self._which, name, (v,)) for name, v in values.items()))

    def _and(self, *steps, which=None):
        which = self._which if which is None else which
        return StudentObject(self._student, self.name, self._seconds, (*self._steps, *steps), which)

    def _asked(self, **wanted):
        begun = deque(maxlen=1)
        steps = [step.plain() for step in self._steps]
        reply = self._ask((steps, begun.append), {}, scripted=True, **wanted)
        # Whatever the worker has said, there is a step, and an answer to each that gives one.
        at = begun[-1] if begun and type(begun[-1]) is int else 0
        at = at if 0 <= at < len(steps) else 0
        given = sum(step.what in GIVING for step in self._steps)
        answered = not (reply.raised or reply.missing or reply.not_plain or reply.died)
        if answered and not (isinstance(reply.value, list) and len(reply.value) == given):
            reply.died = "crashed", UNREADABLE
        return ScriptCall(self.name, (steps,), {}, reply, at=at, steps=self._steps)


@dataclass(eq=False)
class ScriptCall(Call):
    """A script and what it gave; it came as far as the step `at`, where something went wrong."""

    at: int = 0
    steps: tuple = ()
    kind = "class"

    def __str__(self):
        return "\n".join(_shown(self.name, self.steps[: self.at + 1]))

    @property
    def what(self):
        return self._name_of(self.steps[self.at])

    @property
    def gives(self):
        return "returns" if self.steps[self.at].what in ("new", *CALLS) else "holds"

    def owns(self, name):
        return name == self.what

    def given(self):
        """The arguments of the methods, those called last first."""
        return [
            pair
            for step in reversed(self.steps)
            if step.what in CALLS
            for pair in _labelled(step.args, step.kwargs, f" of `{step.name}`")
        ]

    def leaves(self):
        after = self.reply.arguments[0][:1]
        after = after[0] if after and isinstance(after[0], list) else []
        return [
            (self._name_of(step), *pair)
            for step, now in zip(self.steps, map(_arguments, after), strict=False)
            if step.what in ("new", *CALLS)
            for pair in self._pairs(step.args, step.kwargs, *now)
        ]

    def absent(self):
        """What the object has no attribute of, and that says so in one sentence and a status."""
        raised, step = self.reply.raised, self.steps[self.at]
        if "AttributeError" not in raised["bases"] or raised["lines"]:
            return None
        if step.what in CALLS:
            return f"`{self.name}` has no method `{step.name}`: write it", "todo"
        if step.what in READS:
            has = f"an object of `{self.name}` has no attribute `{step.name}`"
            return f"{has}: give `self.{step.name}` a value in `__init__`", "failed"
        return None

    def _name_of(self, step):
        inner = {"new": "__init__"}.get(step.what, step.name)
        return f"{self.name}.{inner}"


def _arguments(step):
    """Those of a step as the worker has sent it back."""
    whole = isinstance(step, list) and len(step) == 5
    fits = whole and isinstance(step[3], list) and isinstance(step[4], dict)
    return step[3:] if fits else ([], {})


def _labelled(args, kwargs, where):
    pairs = [(f"argument {i + 1}{where}", value) for i, value in enumerate(args)]
    return pairs + [(f"`{key}`{where}", value) for key, value in kwargs.items()]


def _shown(name, steps):
    """The script as lines that a learner can paste; what is read in a row is one line."""
    if len(steps) == 2 and steps[1].what in CALLS:
        made, method = steps
        call = show_call(f".{method.name}", method.args, method.kwargs)
        return [show_call(name, made.args, made.kwargs) + call]
    several = sum(step.what == "new" for step in steps) > 1
    lines, before = [], None
    for step in steps:
        variable = _variable(name) + (str(step.which + 1) if several else "")
        place = f"{variable}.{step.name}"
        if step.what == "new":
            lines.append(f"{variable} = {show_call(name, step.args, step.kwargs, WIDTH)}")
        elif step.what in CALLS:
            lines.append(show_call(place, step.args, step.kwargs, WIDTH))
        elif step.what == "set":
            lines.append(f"{place} = {show_call('', step.args, {}, WIDTH)[1:-1]}")
        elif before in READS:
            lines[-1] += f", {place}"
        else:
            lines.append(place)
        before = step.what
    if len(lines) > LINES:
        lines[1 : len(lines) - LINES + 2] = ["..."]
    return lines


def _variable(name):
    """`nn` for `NeuralNetwork`."""
    return "".join(re.findall(r"[A-Z]", name)).lower() or "it"
