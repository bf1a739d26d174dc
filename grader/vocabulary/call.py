"""A call of the learner's code, what it gave, and what its callbacks were called with."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..boundary.reply import Reply
from ..course import stubs
from .values import show_call

MEAN = re.compile(r"mean (squared error|over (all|the) |cross|binary|loss|of \()|loss averages")

CallbackCalls = list[tuple[tuple, dict[str, Any]]]  # the arguments of each


@dataclass(eq=False)
class Call:
    """One call and its reply.

    `callback_calls` holds the arguments with which functions among the call's own arguments were
    called.
    """

    name: str
    args: tuple
    kwargs: dict[str, Any]
    reply: Reply
    callback_calls: CallbackCalls = field(default_factory=list)
    chapter: str | None = None  # its stem, where known

    kind = "function"  # or "class": what the submission must define under this name

    def __str__(self) -> str:
        return show_call(self.name, self.args, self.kwargs)

    @property
    def blamed(self) -> str:
        """The function, or the method of a class, in which the call failed."""
        return self.name

    @property
    def verb(self) -> str:
        """The verb between `blamed` and the answer in a message."""
        return "returns"

    def again(self) -> tuple[tuple, dict[str, Any], dict[str, Any]]:
        """What `Workers.call` needs to repeat the call: arguments, named ones, and options."""
        return self.args, self.kwargs, {}

    def holds(self, value: object) -> bool:
        """True if the answer is or contains this very object, or its numbers as a list."""
        return _holds(self.reply.value, value)

    def owns(self, name: str) -> bool:
        """True if the worker uses this name for the function that was called."""
        return name == self.name

    def labeled_arguments(self) -> list[tuple[str, Any]]:
        """`[(label, value)]` of the arguments."""
        names = stubs.parameters(self.chapter).get(self.name, ()) if self.chapter else ()
        numbers = [f"argument {i + 1}" for i in range(len(names), len(self.args))]
        return [*zip([*names, *numbers], self.args, strict=False), *self.kwargs.items()]

    @property
    def takes_a_mean(self) -> bool:
        """True if the docstring speaks of a mean over examples, or if there is none to read."""
        text = stubs.docstrings(self.chapter).get(self.name) if self.chapter else None
        return text is None or bool(MEAN.search(text))

    def arguments_before_and_after(self) -> list[tuple[str, str, Any, Any]]:
        """`[(function, label, value before, value after)]`, if the call asked for them."""
        return [
            (self.name, *pair)
            for pair in self._pairs(self.args, self.kwargs, *(self.reply.arguments or ((), {})))
        ]

    def _pairs(self, args, kwargs, after, named):
        pairs = [(f"argument {i + 1}", *p) for i, p in enumerate(zip(args, after, strict=False))]
        return pairs + [(f"`{key}`", value, named.get(key)) for key, value in kwargs.items()]

    def missing_member(self) -> tuple[str, str] | None:
        """`(sentence, status)` if a method or an attribute is missing, else None."""
        return None


def recording(argument: Any, calls: CallbackCalls | None) -> Any:
    """The argument; if it is a function, a version that records its calls in the list `calls`."""
    if calls is None or not callable(argument):
        return argument
    function: Callable = argument

    def recorded(*args, **kwargs):
        calls.append((args, kwargs))
        return function(*args, **kwargs)

    recorded.__name__ = getattr(function, "__name__", "function")
    return recorded


def find_call(calls: Sequence[Call], value: object) -> Call | None:
    """The call whose answer holds this very object, else the latest one."""
    for call in reversed(calls):
        if call.holds(value):
            return call
    return calls[-1] if calls else None


def _holds(whole, part):
    if whole is part:
        return True
    if not isinstance(whole, (list, tuple)):
        return False
    return any(_holds(item, part) for item in whole) or _is_read_from(part, whole)


def _is_read_from(array, numbers):
    """True for an array of the numbers in a list, as `expect.losses` returns it."""
    flat = isinstance(array, np.ndarray) and array.ndim == 1 and len(array) == len(numbers)
    plain = all(isinstance(number, (int, float, np.generic)) for number in numbers)
    if not (flat and plain):
        return False
    with contextlib.suppress(TypeError):  # an integer that no array of numbers holds
        return np.array_equal(array, numbers, equal_nan=True)
    return False
