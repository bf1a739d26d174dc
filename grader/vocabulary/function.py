"""The learner's functions as the checks call them."""

from __future__ import annotations

import re
from typing import Any, Protocol, Self

from ..boundary.process import HANG_SECONDS
from ..files.reading import read_text
from . import names
from .call import Call, CallbackCalls, recording
from .complaints import ended, not_imported, one_line, raised_finding, with_learners_frames
from .finding import Finding


class Caller(Protocol):
    """Whose function it is: a `Student`, which remembers the calls of one check."""

    calls: list[Call]
    _workers: Any
    _chapter: str


class StudentFunction:
    """A function of the submission; a call without an answer raises a `Finding`."""

    def __init__(self, student: Caller, name: str, seconds: float = HANG_SECONDS):
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
            raise self._not_there(call, file)
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

    def _not_there(self, call, file):
        text = read_text(self._student._workers.folder / file)
        if similar := names.similar(call.name, text):
            return Finding(
                f"`{file}` has no `{call.name}`, but it defines `{similar}`: if that is the "
                f"{call.kind}, rename it",
                "todo",
            )
        return Finding(f"`{file}` has no `{call.name}`: write the {call.kind}", "todo")

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
