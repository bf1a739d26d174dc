"""The learner's functions as the checks call them."""

import re
from dataclasses import dataclass, field

from ..boundary.process import HANG_SECONDS
from ..boundary.reply import Reply
from ..course import stubs
from .complaints import at_its_place, ended, not_imported, one_line, raised_finding
from .finding import Finding
from .values import show_call


@dataclass(eq=False)
class Call:
    """One call and what it gave; `asked` is what functions among its arguments were called with."""

    name: str
    args: tuple
    kwargs: dict
    reply: Reply
    asked: list = field(default_factory=list)
    chapter: str | None = None  # its stem, where it is known

    kind = "function"  # or "class": what the submission has to hold under this name
    gives = "returns"

    def __str__(self):
        return show_call(self.name, self.args, self.kwargs)

    @property
    def what(self):
        """What is to blame for what went wrong: the function, of a class the method."""
        return self.name

    def holds(self, value):
        return _holds(self.reply.value, value)

    def owns(self, name):
        """Whether the worker's name for one of the learner's functions means this one."""
        return name == self.name

    def given(self):
        """`[(label, value)]` of the arguments."""
        names = stubs.parameters(self.chapter).get(self.name, ())
        numbers = [f"argument {i + 1}" for i in range(len(names), len(self.args))]
        return [*zip([*names, *numbers], self.args, strict=False), *self.kwargs.items()]

    def leaves(self):
        """`[(function, label, value before, value after)]` of the arguments, if asked for."""
        return [
            (self.name, *pair)
            for pair in self._pairs(self.args, self.kwargs, *self.reply.arguments)
        ]

    def _pairs(self, args, kwargs, after, named):
        pairs = [(f"argument {i + 1}", *p) for i, p in enumerate(zip(args, after, strict=False))]
        return pairs + [(f"`{key}`", value, named.get(key)) for key, value in kwargs.items()]

    def absent(self):
        """`(sentence, status)` where something is missing in what was called, or None."""
        return None


class StudentFunction:
    """A function of the learner's; what is not an answer is raised as a `Finding`."""

    def __init__(self, student, name, seconds=HANG_SECONDS):
        self._student, self.name, self._seconds = student, name, seconds

    def within(self, seconds):
        """The same function with other patience, for training that takes its time."""
        return type(self)(self._student, self.name, seconds)

    def __call__(self, *args, **kwargs):
        return self.call(*args, **kwargs).reply.value

    def call(self, *args, want_arguments=False, find_loop=False, **kwargs):
        """Like calling it, but gives the whole `Call`."""
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        call = self.attempt(*args, **wanted, **kwargs)
        if call.reply.raised:
            raise at_its_place(raised_finding(call, f"{self._student._chapter}.py"), call)
        return call

    def attempt(self, *args, want_arguments=False, find_loop=False, **kwargs):
        """Like `call`, but an exception of the learner's function is an answer too."""
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        call = self._asked(*args, **wanted, **kwargs)
        student, file = self._student, f"{self._student._chapter}.py"
        student.calls.append(call)
        if call.reply.missing == "file":
            id = ".".join(re.findall(r"\d+", file)[:2])
            raise Finding(
                f"`{file}` is not in the submission: put the file there, or get its stub with "
                f"`grade reset {id}`",
                "todo",
            )
        if call.reply.importing:
            raise at_its_place(not_imported(call, file, student._workers.folder), call)
        if call.reply.missing == "class":
            raise Finding(f"`{call.name}` in `{file}` is no class: write `class {call.name}:`")
        if call.reply.missing:
            raise Finding(f"`{file}` has no `{call.name}`: write the {call.kind}", "todo")
        if call.reply.died:
            raise ended(call, f"`{call.what}` was called, and", call)
        if call.reply.not_plain:
            raise Finding(
                f"`{call.what}` {call.gives} {one_line(call.reply.not_plain)}, which is no plain "
                "data: return NumPy arrays, numbers, or lists and tuples of them",
                unquoted=f"`{call.what}` {call.gives} no plain data",
                call=call,
                kind="not plain",
                fault=call,
            )
        return call

    def _asked(self, *args, want_arguments, find_loop, **kwargs):
        """The `Call`, whatever has become of it."""
        asked = []
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        noting = tuple(noted(arg, asked) for arg in args)
        named = {key: noted(arg, asked) for key, arg in kwargs.items()}
        reply = self._ask(noting, named, **wanted)
        return Call(self.name, args, kwargs, reply, asked, self._student._chapter)

    def _ask(self, args, kwargs, **wanted):
        student = self._student
        return student._workers.call(
            student._chapter, self.name, args, kwargs, self._seconds, **wanted
        )


def noted(argument, asked):
    """An argument; a function notes in the list `asked`, if there is one, what it is given."""
    if asked is None or not callable(argument):
        return argument

    def noting(*args, **kwargs):
        asked.append((args, kwargs))
        return argument(*args, **kwargs)

    noting.__name__ = getattr(argument, "__name__", "function")
    return noting


def find_call(calls, value):
    """The call that gave this very object, else the latest one."""
    for call in reversed(calls):
        if call.holds(value):
            return call
    return calls[-1] if calls else None


def _holds(whole, part):
    if whole is part:
        return True
    return isinstance(whole, (list, tuple)) and any(_holds(item, part) for item in whole)
