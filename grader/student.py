"""`student.softmax(Z)`: the learner's function, called across the process boundary."""

from dataclasses import dataclass

from .boundary import HANG_SECONDS, Reply, Worker
from .finding import Finding
from .show import cut, printable, show_call

HUNG_BEFORE = 0.1  # share of its time that a function still gets once it has hung


class Workers:
    """The one worker of a submission; a new one takes its place when it dies."""

    def __init__(self, folder):
        self.folder = folder
        self.worker = Worker(folder)
        self.hung = set()

    def call(self, chapter, name, args, kwargs, seconds, want_arguments):
        if not self.worker.usable:
            self.worker.kill()
            self.worker = Worker(self.folder)
        reply = self.worker.call(
            chapter,
            name,
            args,
            kwargs,
            seconds=seconds * self._haste(chapter, name),
            import_seconds=HANG_SECONDS * self._haste(chapter, None),
            want_arguments=want_arguments,
        )
        if reply.died and reply.died[0] == "timeout":
            self.hung.add((chapter, None if reply.importing else name))
        return reply

    def _haste(self, chapter, name):
        return HUNG_BEFORE if (chapter, name) in self.hung else 1.0

    def close(self):
        self.worker.kill()


@dataclass
class Call:
    """One call and what it gave."""

    name: str
    args: tuple
    kwargs: dict
    reply: Reply

    def __str__(self):
        return show_call(self.name, self.args, self.kwargs)

    def holds(self, value):
        return _holds(self.reply.value, value)


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


class StudentFunction:
    """A function of the learner's; what is not an answer is raised as a `Finding`."""

    def __init__(self, student, name, seconds=HANG_SECONDS):
        self._student, self.name, self._seconds = student, name, seconds

    def within(self, seconds):
        """The same function with other patience, for training that takes its time."""
        return StudentFunction(self._student, self.name, seconds)

    def __call__(self, *args, **kwargs):
        return self.call(*args, **kwargs).reply.value

    def call(self, *args, want_arguments=False, **kwargs):
        """Like calling it, but gives the whole `Call`."""
        call = self.attempt(*args, want_arguments=want_arguments, **kwargs)
        if call.reply.raised:
            raise _raised(call, f"{self._student._chapter}.py")
        return call

    def attempt(self, *args, want_arguments=False, **kwargs):
        """Like `call`, but an exception of the learner's function is an answer too."""
        student = self._student
        reply = student._workers.call(
            student._chapter, self.name, args, kwargs, self._seconds, want_arguments
        )
        call = Call(self.name, args, kwargs, reply)
        student.calls.append(call)
        file = f"{student._chapter}.py"
        if reply.missing == "file":
            raise Finding(f"`{file}` is not in the submission: put the file there", "todo")
        if reply.importing:
            raise _not_imported(call, file)
        if reply.missing:
            raise Finding(f"`{file}` has no `{call.name}`: write the function", "todo")
        if reply.died:
            raise _ended(call, f"`{call.name}` was called, and", call)
        if reply.not_plain:
            raise Finding(
                f"`{self.name}` returns {_one_line(reply.not_plain)}, which is no plain data: "
                "return NumPy arrays, numbers, or lists and tuples of them",
                call=call,
            )
        return call


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


def _not_imported(call, file):
    """The file is at fault, before any of its functions is called."""
    if call.reply.died:
        return _ended(call, f"`{file}` was imported, and")
    raised = call.reply.raised
    if _is_stub(raised):
        return _todo(raised, f"`{file}`", file, "<module>")
    return Finding(
        f"`{file}` cannot be imported: {_exception(raised)}",
        "error",
        your_line=_lines(raised),
        printed=_printed(call.reply),
    )


def _ended(call, what, shown=None):
    status, sentence = call.reply.died
    if status == "timeout":
        sentence = f"it had not come to an end after {call.reply.seconds:.0f} s and was stopped"
    return Finding(f"{what} {sentence}", status, call=shown, printed=_printed(call.reply))


def _raised(call, file):
    raised = call.reply.raised
    if _is_stub(raised):
        return _todo(raised, f"`{call.name}`", file, call.name)
    return Finding(
        f"`{call.name}` raises {_exception(raised)}",
        "error",
        call=call,
        your_line=_lines(raised),
        printed=_printed(call.reply),
    )


def _is_stub(raised):
    return "NotImplementedError" in raised["bases"]


def _todo(raised, what, file, name):
    """The learner's function, or else the one that it called, is a stub."""
    last = raised["lines"][-1] if raised["lines"] else (file, 0, name, "")
    if last[0] == file and last[2] == name:
        return Finding(f"{what} is still to be written", "todo", your_line=_lines(raised))
    stub = f"`{_one_line(last[2])}` in `{_one_line(last[0])}`, line {last[1]}"
    return Finding(
        f"{what} uses {stub}, which is still to be written", "todo", your_line=_lines(raised)
    )


def _exception(raised):
    message = raised["message"]
    return _one_line(f"{raised['type']}: {message}" if message else raised["type"])


def _lines(raised):
    """The learner's own lines on the way to the exception, the one that raised it last."""
    return "\n".join(
        _one_line(f"{file}:{number}{f', in {name}' if name else ''}: {source}")
        for file, number, name, source in raised["lines"][-5:]
    )


def _one_line(text):
    return cut(printable(" ".join(text.split())))


def _printed(reply):
    text = reply.printed.strip()
    return printable(text[:200]) if text else None
