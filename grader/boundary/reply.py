"""Reads a worker's answer to one call from an untrusted frame."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from ..worker import wire

OUTPUT_KEPT = 4000  # characters of what the learner's code prints
OUTPUT_LIMIT = 20 * 2**20  # bytes in one call, then the worker is killed
TEXT_KEPT = 2000  # characters of any text that comes from the worker
EXPRESSION_KEPT = 200  # of code that the diagnosis parses, which must not be deep
ITEMS_KEPT = 50  # of any list other than the answer itself
ENTERED_KEPT = 1000  # functions

T = TypeVar("T")


@dataclass
class Reply:
    """The answer to one call: `value`, or one of `raised`, `missing`, `not_plain` and `died`."""

    value: Any = None
    arguments: tuple[list, dict] | None = None  # as the call left them, if requested
    raised: dict[str, Any] | None = None  # see `_raised`
    missing: str | None = None  # "file", "function", or "class" if there is something else
    not_plain: str | None = None  # what came instead of plain data
    died: tuple[str, str] | None = None  # (status, sentence)
    warnings: list[tuple] = field(default_factory=list)  # (category, message, file, line)
    global_random: bool = False  # the global random state was changed
    seconds: float = 0.0  # less what the processes of others took
    kept_waiting: float = 0.0  # seconds for which those kept the worker from running
    output: Output | None = None
    bytes: int = 0  # of memory for what came over
    loop: tuple | None = None  # file, line, function, source: the slowest, or what never ended
    # (file, function, share) of a slow call's time, what it calls included, the largest first.
    shares: list[tuple[str, str, float]] = field(default_factory=list)
    # (file's stem, function) of the submission that the call entered, if requested.
    entered: list[tuple[str, str]] = field(default_factory=list)
    time_up: bool = False  # the whole submission's time was: the call itself is not to blame
    importing: bool = False  # importing the chapter's file failed, or the function's cell
    traceback: TracebackType | None = None  # the learner's frames, if it ran in this process
    best: float | None = None  # seconds of the fastest run, if repeats were requested

    @property
    def printed(self) -> str:
        """The beginning of what the call printed."""
        return self.output.text() if self.output else ""


class Output:
    """The output of one call: its beginning is kept, the rest is only counted."""

    def __init__(self) -> None:
        self.kept, self.size = b"", 0
        self.recent = b""  # the last bytes, because the mark may arrive in two pieces
        self.complete = threading.Event()

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self.kept += data[: OUTPUT_KEPT - len(self.kept)]
        recent = self.recent + data
        if wire.END_OF_OUTPUT in recent:
            self.complete.set()
        self.recent = recent[-len(wire.END_OF_OUTPUT) :]

    @property
    def flooded(self) -> bool:
        return self.size > OUTPUT_LIMIT

    def text(self) -> str:
        """Return the beginning of the output, and its full size if it is longer."""
        text = self.kept.partition(wire.END_OF_OUTPUT)[0].decode("utf-8", "replace")
        return text if self.size <= OUTPUT_KEPT else f"{text}... ({self.size:,} bytes in total)"


def read_reply(message: Mapping[str, Any], arrays: Sequence[np.ndarray]) -> Reply:
    """Read a worker's message; it comes from the learner's side, so everything is checked."""
    reply = Reply(
        warnings=[_warning(item) for item in _items(message.get("warnings", []))],
        global_random=message.get("global_random") is True,
        entered=_entered(message),
    )
    if "value" in message:
        answer = typed(wire.unpack(message["value"], arrays), dict)
        reply.value = answer["value"]
        if "arguments" in answer:
            args, kwargs = typed(answer["arguments"], list)
            reply.arguments = (typed(args, list), typed(kwargs, dict))
        if message.get("slow"):
            note_slow(reply, message["slow"])
    elif "raised" in message:
        reply.raised = _raised(typed(message["raised"], dict))
        reply.importing = message.get("importing") is True
    elif "best" in message:
        reply.best = typed(message["best"], float)
    elif "missing" in message:
        missing = message["missing"]
        reply.missing = missing if missing in ("file", "class") else "function"
    elif "imported" not in message:
        reply.not_plain = _text(message["not_plain"])
    return reply


def note_slow(reply: Reply, about: Any) -> None:
    """Add to a reply what the worker says about where the time of its call goes."""
    about = typed(about, dict)
    if about.get("loop"):
        reply.loop = _place(about["loop"])
    reply.shares = [_share(item) for item in _items(about.get("shares", []))]
    reply.entered = _entered(about)


def _share(item):
    file, name, share = typed(item, list)
    return _text(file), _text(name), typed(share, float)


def _entered(message):
    pairs = typed(message.get("entered", []), list)[:ENTERED_KEPT]
    return [(_text(stem), _text(name)) for stem, name in (typed(pair, list) for pair in pairs)]


def _raised(message):
    """The exception: its class, its message, the learner's lines, and what met at the last one."""
    lines = [_place(line) for line in _items(message["lines"])]
    return {
        "type": _text(message["type"]),
        "bases": [_text(base) for base in _items(message["bases"])],
        "message": _text(message["message"]),
        "lines": lines,
        "did_you_mean": _text(message.get("did_you_mean", "")),
        "refused": _text(message.get("refused", "")),
        "expression": _text(message.get("expression", ""))[:EXPRESSION_KEPT],
        "operands": [_operand(item) for item in _items(message.get("operands", []))],
    }


def _operand(item):
    text, value, origin = typed(item, list)
    return _text(text), _text(value), _text(origin)


def _place(item):
    file, number, name, source = typed(item, list)
    return _text(file), typed(number, int), _text(name), _text(source)


def _warning(item):
    category, text, file, line = typed(item, list)
    return _text(category), _text(text), _text(file), typed(line, int)


def _items(value):
    return typed(value, list)[:ITEMS_KEPT]


def _text(value):
    return typed(value, str)[:TEXT_KEPT]


def typed(value: object, kind: type[T]) -> T:
    """Return the value if it is of this type; raise `BadFrame` otherwise."""
    if not isinstance(value, kind):
        raise wire.BadFrame(f"not a {kind.__name__}")
    return value
