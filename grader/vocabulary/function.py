"""The learner's functions as the checks call them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from ..boundary.process import HANG_SECONDS
from ..boundary.reply import Reply
from ..course import stubs
from .complaints import ended, not_imported, one_line, raised_finding, with_learners_frames
from .finding import Finding
from .values import show_call

if TYPE_CHECKING:
    from .student import Student

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

    def holds(self, value: object) -> bool:
        """True if the answer is this very object or contains it."""
        return _holds(self.reply.value, value)

    def owns(self, name: str) -> bool:
        """True if the worker uses this name for the function that was called."""
        return name == self.name

    def labeled_arguments(self) -> list[tuple[str, Any]]:
        """`[(label, value)]` of the arguments."""
        names = stubs.parameters(self.chapter).get(self.name, ())
        numbers = [f"argument {i + 1}" for i in range(len(names), len(self.args))]
        return [*zip([*names, *numbers], self.args, strict=False), *self.kwargs.items()]

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


class StudentFunction:
    """A function of the submission; a call without an answer raises a `Finding`."""

    def __init__(self, student: Student, name: str, seconds: float = HANG_SECONDS):
        self._student, self.name, self._seconds = student, name, seconds

    def within(self, seconds: float) -> Self:
        """The same function with another time limit, for training that takes long."""
        return type(self)(self._student, self.name, seconds)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(*args, **kwargs).reply.value

    def call(
        self, *args: Any, want_arguments: bool = False, find_loop: bool = False, **kwargs: Any
    ) -> Call:
        """Call the function and return the whole `Call`."""
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        call = self.attempt(*args, **wanted, **kwargs)
        if call.reply.raised:
            finding = raised_finding(call, f"{self._student._chapter}.py")
            raise with_learners_frames(finding, call)
        return call

    def attempt(
        self, *args: Any, want_arguments: bool = False, find_loop: bool = False, **kwargs: Any
    ) -> Call:
        """Like `call`, but an exception of the learner's function counts as an answer."""
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        call = self._make_call(*args, **wanted, **kwargs)
        self._student.calls.append(call)
        self._require_answer(call)
        return call

    def _require_answer(self, call):
        student, file = self._student, f"{self._student._chapter}.py"
        if call.reply.missing == "file":
            id = ".".join(re.findall(r"\d+", file)[:2])
            raise Finding(
                f"`{file}` is not in the submission: put the file there, or get its stub with "
                f"`grade reset {id}`",
                "todo",
            )
        if call.reply.importing:
            finding = not_imported(call, file, student._workers.folder)
            raise with_learners_frames(finding, call)
        if call.reply.missing == "class":
            raise Finding(f"`{call.name}` in `{file}` is not a class: write `class {call.name}:`")
        if call.reply.missing:
            raise Finding(f"`{file}` has no `{call.name}`: write the {call.kind}", "todo")
        if call.reply.died:
            raise ended(call, f"`{call.blamed}` was called, and")
        if call.reply.not_plain:
            raise Finding(
                f"`{call.blamed}` {call.verb} {one_line(call.reply.not_plain)}, which the grader "
                "cannot read: return NumPy arrays, numbers, or lists and tuples of them",
                unquoted=f"`{call.blamed}` {call.verb} data that the grader cannot read",
                kind="not plain",
                call=call,
            )

    def _make_call(self, *args, want_arguments, find_loop, **kwargs):
        """The `Call`, with or without an answer."""
        calls: CallbackCalls = []
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        recorded = tuple(recording(arg, calls) for arg in args)
        named = {key: recording(arg, calls) for key, arg in kwargs.items()}
        reply = self._request(recorded, named, **wanted)
        return Call(self.name, args, kwargs, reply, calls, self._student._chapter)

    def _request(self, args, kwargs, **wanted):
        student = self._student
        return student._workers.call(
            student._chapter, self.name, args, kwargs, self._seconds, **wanted
        )


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
    return isinstance(whole, (list, tuple)) and any(_holds(item, part) for item in whole)
