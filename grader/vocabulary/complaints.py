"""Turns a call without an answer into a `Finding`: not written, not importable, raised, ended."""

import builtins
import re
from pathlib import Path

from ..submission.conflicts import CONFLICT_MESSAGE, conflict_line
from ..submission.reading import read_text
from .finding import Finding
from .values import cut, printable

BREAKPOINT = "`breakpoint()` stops with `python -m pytest grader/chapters/{} --in-process` only"
CHAPTER_FILE = re.compile(r"ch\d+_\d+_\w+\.(py|ipynb cell \d+)")
# What the sandbox refuses, by the worker's kinds: `worker/refusals.py`.
REFUSED = {
    "file": "in the sandbox a submission can read only its own Python files and the libraries, and "
    "can write no files: keep data in variables, or in `io.BytesIO`",
    "module": "in the sandbox a submission can import the standard library, NumPy, SciPy, "
    "Matplotlib and its own files",
    "process": "in the sandbox a submission can start no other process",
    "network": "in the sandbox a submission has no network",
    "thread": "in the sandbox a submission can have only a few threads",
    "signal": "in the sandbox a submission can signal only itself",
    "priority": "in the sandbox a submission cannot change its priority or its processor",
    "call": "in the sandbox a submission cannot make this call to the operating system",
}
SLOW_IMPORT = 'what takes long outside of functions belongs under `if __name__ == "__main__":`'


def at_its_place(finding, call):
    """With the learner's frames, where they are of this process: a debugger stops in the last."""
    return finding.with_traceback(call.reply.traceback)


def not_imported(call, file, folder):
    """The file is at fault, before any of its functions is called."""
    if call.reply.died:
        return ended(call, f"`{file}` was imported, and", note=SLOW_IMPORT)
    raised = call.reply.raised
    if _is_stub(raised):
        return _todo(raised, f"`{file}`", file, lambda name: name == "<module>")
    text = read_text(Path(folder, file)) if "SyntaxError" in raised["bases"] else ""
    if line := conflict_line(text):
        return Finding(f"`{file}` {CONFLICT_MESSAGE.format(line)}", "error", fault=call)
    return Finding(
        f"`{file}` cannot be imported: {_exception(raised)}",
        "error",
        unquoted=f"`{file}` cannot be imported: {_kind(raised)}",
        kind="raised",
        fault=call,
        your_line=_lines(raised),
        printed=_printed(call.reply),
        note=_hint(raised),
    )


def ended(call, what, shown=None, note=None):
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


def raised_finding(call, file):
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
        note=BREAKPOINT.format(file) if raised["type"] == "BdbQuit" else _hint(raised),
    )


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
    stub = f"`{one_line(last[2])}` in `{one_line(last[0])}`, line {last[1]}"
    return Finding(
        f"{what} uses {stub}, which is still to be written",
        "todo",
        unquoted=f"{what} uses a function that is still to be written",
        your_line=_lines(raised),
    )


def _exception(raised):
    message = raised["message"]
    return one_line(f"{raised['type']}: {message}" if message else raised["type"])


def _hint(raised):
    """What may be meant in place of a name, or what the sandbox has refused."""
    name = raised.get("did_you_mean")
    if name:
        return f"did you mean `{one_line(name)}`?"
    return REFUSED.get(raised.get("refused"))


def _kind(raised):
    """The exception's class, where it is one of Python's own."""
    known = getattr(builtins, raised["type"], None)
    return f"`{raised['type']}`" if isinstance(known, type) else "an exception of its own"


def _lines(raised):
    """The learner's own lines on the way to the exception, the one that raised it last."""
    lines = [
        one_line(f"{file}:{number}{f', in {name}' if name else ''}: {source}")
        for file, number, name, source in raised["lines"][-5:]
    ]
    return "\n".join(reversed(dict.fromkeys(reversed(lines))))


def one_line(text):
    return cut(printable(" ".join(text.split())))


def _printed(reply):
    text = reply.printed.strip()
    return printable(text[:200]) if text else None
