"""Turns a call without an answer into a `Finding`: not written, not importable, raised, ended."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.reading import read_text
from ..submission.conflicts import CONFLICT_MESSAGE, conflict_line
from . import names
from .finding import Finding
from .values import cut, printable

if TYPE_CHECKING:
    from .call import Call

BREAKPOINT = "`breakpoint()` only works with `python -m pytest grader/chapters/{} --in-process`"
PLACE = re.compile(r" \([^()]*[\\/][^()]*\)$")  # the path at the end of an ImportError
CHAPTER_FILE = re.compile(r"ch\d+_\d+_\w+\.(py|ipynb cell \d+)")
# What the sandbox refuses, by the kinds of `worker/refusals.py`.
REFUSED = {
    "file": "in the sandbox a submission can read only its own files and the libraries, and "
    "cannot write files: keep data in variables or in `io.BytesIO`",
    "module": "in the sandbox a submission can import the standard library, NumPy, SciPy, "
    "Matplotlib and its own files",
    "process": "in the sandbox a submission cannot start another process",
    "network": "in the sandbox a submission has no network",
    "thread": "in the sandbox a submission can have only a few threads",
    "signal": "in the sandbox a submission can send signals only to itself",
    "priority": "in the sandbox a submission cannot change its priority or its processor core",
    "call": "in the sandbox a submission cannot make this call to the operating system",
}
TIME_UP = "not graded: the time for the whole submission was up"
SLOW_IMPORT = 'move slow code outside functions under `if __name__ == "__main__":`'


def with_learners_frames(finding: Finding, call: Call) -> Finding:
    """The finding with the learner's traceback, if the call ran here: a debugger stops there."""
    traceback: Any = call.reply.traceback
    return finding.with_traceback(traceback)


def not_imported(call: Call, file: str, folder: Path) -> Finding:
    """The finding for a file that fails before any of its functions is called."""
    if call.reply.died:
        return ended(call, f"`{file}` was imported, and", show_call=False, note=SLOW_IMPORT)
    raised = call.reply.raised
    assert raised is not None  # the only other way an import ends early
    if _is_stub(raised):
        return _todo(raised, f"`{file}`", file, lambda name: name == "<module>")
    text = read_text(Path(folder, file)) if "SyntaxError" in raised["bases"] else ""
    if line := conflict_line(text):
        message = f"`{file}` {CONFLICT_MESSAGE.format(line)}"
        return Finding(message, "error", call=call, show_call=False)
    return Finding(
        f"`{file}` cannot be imported: {_exception(raised)}",
        "error",
        unquoted=f"`{file}` cannot be imported: {_class_of(raised)}",
        kind="raised",
        call=call,
        show_call=False,
        your_line=_lines(raised),
        printed=_printed(call.reply),
        note=_hint(raised, Path(file).stem),
    )


def ended(call: Call, subject: str, *, show_call: bool = True, note: str | None = None) -> Finding:
    """The finding for a process that died or was stopped; the note is for a timeout."""
    assert call.reply.died is not None
    status, sentence = call.reply.died
    if call.reply.time_up:
        return Finding(TIME_UP, status, call=call, show_call=False)
    return Finding(
        f"{subject} {sentence}",
        status,
        kind=status,
        call=call,
        show_call=show_call,
        where=caught(call.reply.loop),
        printed=_printed(call.reply),
        note=note if status == "timeout" else None,
    )


def caught(loop: tuple | None) -> str | None:
    """Say where the call spent its time: `loop` as in `Reply`."""
    if loop is None:
        return None
    file, line, function, source = loop
    inside = f", in {function}" if function != "<module>" else ""
    return one_line(f"{file}:{line}{inside}: {source}")


def raised_finding(call: Call, file: str) -> Finding:
    """The finding for a call that raised an exception."""
    raised = call.reply.raised
    assert raised is not None
    if _is_stub(raised):
        return _todo(raised, f"`{call.blamed}`", file, call.owns)
    if missing := call.missing_member():
        sentence, status = missing
        return Finding(sentence, status, kind="absent", call=call)
    return Finding(
        f"`{call.blamed}` raises {_exception(raised)}",
        "error",
        unquoted=f"`{call.blamed}` raises {_class_of(raised)}",
        kind="raised",
        call=call,
        where=_operands(raised),
        your_line=_lines(raised),
        printed=_printed(call.reply),
        note=BREAKPOINT.format(file)
        if raised["type"] == "BdbQuit"
        else _hint(raised, Path(file).stem),
    )


def _is_stub(raised):
    return "NotImplementedError" in raised["bases"]


def _todo(raised: dict[str, Any], subject: str, file: str, owns: Callable[[str], bool]) -> Finding:
    """The finding for a stub: the function itself or one that it called."""
    if not raised["lines"]:
        return Finding(f"{subject} is still to be written", "todo")
    last = raised["lines"][-1]
    # In a notebook the place is a cell, and in a script that asks for a check another file.
    here = last[0] == file or not CHAPTER_FILE.fullmatch(last[0])
    if here and owns(last[2]):
        return Finding(f"{subject} is still to be written", "todo", your_line=_lines(raised))
    stub = f"`{one_line(last[2])}` in `{one_line(last[0])}`, line {last[1]}"
    return Finding(
        f"{subject} uses {stub}, which is still to be written",
        "todo",
        unquoted=f"{subject} uses a function that is still to be written",
        your_line=_lines(raised),
    )


def _exception(raised):
    message = raised["message"]
    if "ImportError" in raised["bases"]:
        message = PLACE.sub("", message)
    return one_line(f"{raised['type']}: {message}" if message else raised["type"])


def _hint(raised, stem):
    """Name what may be meant, or say what the sandbox has refused."""
    if meant := names.meant(raised, stem):
        return one_line(meant)
    if name := raised.get("did_you_mean"):
        return f"did you mean `{one_line(name)}`?"
    return REFUSED.get(raised.get("refused"))


def _operands(raised):
    """What met in the expression that raised: `X` has shape (5, 3), `n` is None."""
    operands = raised.get("operands", ())
    return ", ".join(one_line(f"`{text}` {value}") for text, value, _ in operands)


def _class_of(raised):
    """The exception's class in backticks if it is built in."""
    builtin = getattr(builtins, raised["type"], None)
    return f"`{raised['type']}`" if isinstance(builtin, type) else "an exception of its own"


def _lines(raised):
    """The learner's lines on the way to the exception; the last one raised it."""
    lines = [
        one_line(f"{file}:{number}{f', in {name}' if name else ''}: {source}")
        for file, number, name, source in raised["lines"][-5:]
    ]
    return "\n".join(reversed(dict.fromkeys(reversed(lines))))


def one_line(text: str) -> str:
    """The text on one line, printable and shortened."""
    return cut(printable(" ".join(text.split())))


def _printed(reply):
    text = reply.printed.strip()
    return printable(text[:200]) if text else None
