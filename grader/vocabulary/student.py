"""`student.softmax(Z)`: the learner's function, called across the process boundary."""

import builtins
import contextlib
import math
import os
import re
import time
from dataclasses import dataclass, field

from ..boundary.process import HANG_SECONDS, UNCONFINED, Reply, Worker, WorkerDied
from ..course import stubs
from .finding import Finding
from .values import cut, printable, show_call

HUNG_BEFORE = 0.1  # share of its time that a function still gets once it has hung
STARTS = 3  # attempts, for a machine may be short of memory for a moment
MOST_RECEIVED = 2**30  # bytes of arrays that all calls of one function may give
BREAKPOINT = "`breakpoint()` stops with `python -m pytest grader/chapters/{} --in-process` only"
CHAPTER_FILE = re.compile(r"ch\d+_\d+_\w+\.(py|ipynb cell \d+)")
LARGEST_FILE = 2**18  # bytes of a file that are looked at for what follows
CONFLICT_TOLD = (
    "holds git's conflict markers (line {}): keep what you want of both versions and delete the "
    "lines with the markers"
)
CONFLICT = re.compile(r"[<>]{7} ")  # what git leaves around two versions of the same lines
SLOW_IMPORT = 'what takes long outside of functions belongs under `if __name__ == "__main__":`'


class NotStarted(Exception):
    """No worker can be had on this machine; the message says why."""


class Workers:
    """The one worker of a submission; a new one takes its place when it dies."""

    def __init__(self, folder, isolation=UNCONFINED, until=math.inf, preload=()):
        """`until`: on `time.perf_counter`, when the time of the whole submission is up.

        `preload` names libraries that a worker imports before it is asked for anything.
        """
        self.folder, self.isolation, self.until = folder, isolation, until
        self.preload = preload
        self.worker = Worker(folder, isolation, preload)
        self.broke = None  # why no worker could be started: never the submission's fault
        self.hung = set()
        self.unimportable = set()  # chapters whose file has no function to call
        self.received = {}  # (chapter, name): bytes of arrays that its calls gave
        self.shared = {}  # (chapter, name): a `Call` that several checks look at, or a `Finding`

    def call(self, chapter, name, args, kwargs, seconds, **wanted):
        left = self.until - time.perf_counter()
        received = self.received.get((chapter, name), 0)
        if left <= 0:
            return Reply(died=("timeout", "by then the submission had used up its time"))
        if received > MOST_RECEIVED:
            return Reply(died=("crashed", f"it gave more than {MOST_RECEIVED // 2**20} MB in all"))
        wanted["seconds"] = min(left, seconds * self._haste(chapter, name))
        wanted["import_seconds"] = min(left, HANG_SECONDS * self._haste(chapter, None))
        reply = self._started().call(chapter, name, args, kwargs, **wanted)
        if reply.importing:
            self.unimportable.add(chapter)
        if reply.died and reply.died[0] == "timeout":
            self.hung.add((chapter, None if reply.importing else name))
        self.received[chapter, name] = received + reply.bytes
        return reply

    def _started(self):
        """A worker that is ready; that there is none is never the submission's fault."""
        for _ in range(STARTS if self.broke is None else 0):
            if not self.worker.usable:
                self.worker.kill()
                self.worker = Worker(self.folder, self.isolation, self.preload)
            try:
                self.worker.await_start()
                return self.worker
            except WorkerDied as death:
                said = self.worker.output.text().strip().rpartition("\n")[2]
                reason = f"no process for a submission could be started: {death} {said}".strip()
        self.broke = self.broke or reason
        raise NotStarted(self.broke)

    def _haste(self, chapter, name):
        return HUNG_BEFORE if (chapter, name) in self.hung else 1.0

    def abandon(self):
        """End it from another thread: the call that is on, and each later one, is over at once."""
        self.until = -math.inf
        self.worker.kill()

    def close(self):
        self.worker.kill()


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


class Student:
    """The learner's side of one check: any attribute is a function of the chapter's file.

    `calls` is the log of what this check has called, oldest first.
    """

    def __init__(self, workers, chapter):
        self._workers = workers
        self._chapter = chapter
        self.calls = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return StudentFunction(self, name)

    def shared(self, name, make):
        """The `Call` that `make` gives, made once for all checks of this chapter."""
        known, key = self._workers.shared, (self._chapter, name)
        if key not in known:
            try:
                known[key] = make()
            except Finding as finding:
                known[key] = finding
        if isinstance(known[key], Finding):
            raise known[key]
        if known[key] not in self.calls:
            self.calls.append(known[key])
        return known[key]


class StudentFunction:
    """A function of the learner's; what is not an answer is raised as a `Finding`."""

    def __init__(self, student, name, seconds=HANG_SECONDS):
        self._student, self.name, self._seconds = student, name, seconds

    def within(self, seconds):
        """The same function with other patience, for training that takes its time."""
        return StudentFunction(self._student, self.name, seconds)

    def new(self, *args, **kwargs):
        """A script that begins with an object of this class: see `objects.py`."""
        from .scripts import StudentObject

        return StudentObject(self._student, self.name, self._seconds).new(*args, **kwargs)

    def __call__(self, *args, **kwargs):
        return self.call(*args, **kwargs).reply.value

    def call(self, *args, want_arguments=False, find_loop=False, **kwargs):
        """Like calling it, but gives the whole `Call`."""
        wanted = {"want_arguments": want_arguments, "find_loop": find_loop}
        call = self.attempt(*args, **wanted, **kwargs)
        if call.reply.raised:
            raise _at_its_place(_raised(call, f"{self._student._chapter}.py"), call)
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
            raise _at_its_place(_not_imported(call, file, student._workers.folder), call)
        if call.reply.missing == "class":
            raise Finding(f"`{call.name}` in `{file}` is no class: write `class {call.name}:`")
        if call.reply.missing:
            raise Finding(f"`{file}` has no `{call.name}`: write the {call.kind}", "todo")
        if call.reply.died:
            raise _ended(call, f"`{call.what}` was called, and", call)
        if call.reply.not_plain:
            raise Finding(
                f"`{call.what}` {call.gives} {_one_line(call.reply.not_plain)}, which is no plain "
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


def _at_its_place(finding, call):
    """With the learner's frames, where they are of this process: a debugger stops in the last."""
    return finding.with_traceback(call.reply.traceback)


def _not_imported(call, file, folder):
    """The file is at fault, before any of its functions is called."""
    if call.reply.died:
        return _ended(call, f"`{file}` was imported, and", note=SLOW_IMPORT)
    raised = call.reply.raised
    if _is_stub(raised):
        return _todo(raised, f"`{file}`", file, lambda name: name == "<module>")
    if line := _conflict(folder, file) if "SyntaxError" in raised["bases"] else None:
        return Finding(f"`{file}` {CONFLICT_TOLD.format(line)}", "error", fault=call)
    return Finding(
        f"`{file}` cannot be imported: {_exception(raised)}",
        "error",
        unquoted=f"`{file}` cannot be imported: {_kind(raised)}",
        kind="raised",
        fault=call,
        your_line=_lines(raised),
        printed=_printed(call.reply),
        note=_meant(raised),
    )


def _ended(call, what, shown=None, note=None):
    status, sentence = call.reply.died
    return Finding(
        f"{what} {sentence}",
        status,
        kind=status,
        fault=call,
        call=shown,
        printed=_printed(call.reply),
        note=note if status == "timeout" else None,
    )


def _raised(call, file):
    raised = call.reply.raised
    if _is_stub(raised):
        return _todo(raised, f"`{call.what}`", file, call.owns)
    if absent := call.absent():
        return Finding(*absent, kind="absent", fault=call, call=call)
    return Finding(
        f"`{call.what}` raises {_exception(raised)}",
        "error",
        unquoted=f"`{call.what}` raises {_kind(raised)}",
        kind="raised",
        fault=call,
        call=call,
        your_line=_lines(raised),
        printed=_printed(call.reply),
        note=BREAKPOINT.format(file) if raised["type"] == "BdbQuit" else _meant(raised),
    )


def _conflict(folder, file):
    with contextlib.suppress(OSError), open(os.path.join(folder, file), "rb") as stream:
        return conflict(stream.read(LARGEST_FILE).decode("utf-8", "replace"))


def conflict(text):
    """The number of the line where git has left two versions in a file, or None."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if CONFLICT.match(line)), None)


def _is_stub(raised):
    return "NotImplementedError" in raised["bases"]


def _todo(raised, what, file, owns):
    """The learner's function, or else the one that it called, is a stub."""
    if not raised["lines"]:
        return Finding(f"{what} is still to be written", "todo")
    last = raised["lines"][-1]
    # Of a notebook it is a cell, of a script that asks for a check another file.
    here = last[0] == file or not CHAPTER_FILE.fullmatch(last[0])
    if here and owns(last[2]):
        return Finding(f"{what} is still to be written", "todo", your_line=_lines(raised))
    stub = f"`{_one_line(last[2])}` in `{_one_line(last[0])}`, line {last[1]}"
    return Finding(
        f"{what} uses {stub}, which is still to be written",
        "todo",
        unquoted=f"{what} uses a function that is still to be written",
        your_line=_lines(raised),
    )


def _exception(raised):
    message = raised["message"]
    return _one_line(f"{raised['type']}: {message}" if message else raised["type"])


def _meant(raised):
    return f"did you mean `{_one_line(raised['meant'])}`?" if raised.get("meant") else None


def _kind(raised):
    """The exception's class, where it is one of Python's own."""
    known = getattr(builtins, raised["type"], None)
    return f"`{raised['type']}`" if isinstance(known, type) else "an exception of its own"


def _lines(raised):
    """The learner's own lines on the way to the exception, the one that raised it last."""
    lines = [
        _one_line(f"{file}:{number}{f', in {name}' if name else ''}: {source}")
        for file, number, name, source in raised["lines"][-5:]
    ]
    return "\n".join(reversed(dict.fromkeys(reversed(lines))))


def _one_line(text):
    return cut(printable(" ".join(text.split())))


def _printed(reply):
    text = reply.printed.strip()
    return printable(text[:200]) if text else None
