"""Keeps `corrections.jsonl`: points set and comments made by hand, one line each, in order.

The file is the log: a line says who did what, when and why, and nothing is ever removed from it. A
correction is taken back by another line.
"""

from __future__ import annotations

import datetime
import getpass
import json
import math
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = "corrections.jsonl"
WORDS = ("override", "comment", "undo override", "undo comment")
Place = tuple[str, str | None, str | None]  # submission, chapter, function


class CorrectionsError(Exception):
    """The file cannot be used; the message is one line for the user."""


@dataclass
class Corrections:
    """What counts in the end: the last override of each function, and the comments left."""

    overrides: dict[Place, dict[str, Any]] = field(default_factory=dict)
    comments: dict[Place, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, line: dict[str, Any]) -> None:
        """Apply one line of the file."""
        place = line["id"], line["chapter"], line["function"]
        told: dict[str, Any] = {
            key: line[key] for key in ("points", "why", "text", "who", "when") if key in line
        }
        if line["what"] == "override":
            self.overrides[place] = told
        elif line["what"] == "undo override":
            self.overrides.pop(place, None)
        elif line["what"] == "comment":
            self.comments[place].append(told)
        elif self.comments[place]:
            self.comments[place].pop()


def read(folder: str | Path) -> Corrections:
    """Read the corrections of a class's folder, if there are any."""
    path, corrections = Path(folder) / FILE, Corrections()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return corrections
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise CorrectionsError(f"`{path}` cannot be read ({reason})") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            corrections.take(_parsed(line, f"`{path}` line {number}"))
    return corrections


def _parsed(line, where):
    try:
        data = json.loads(line)
        fault = _fault(data)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        fault = "it is not complete"
    if fault:
        raise CorrectionsError(f"{where} is not a correction ({fault}): repair or delete the line")
    return data


def _fault(data):
    if data["what"] not in WORDS:
        return f"`what` is one of {', '.join(WORDS)}"
    texts = [data["id"], data["who"], data["when"]]
    texts += {"override": [data.get("why")], "comment": [data.get("text")]}.get(data["what"], [])
    named = [data["chapter"], data["function"]]
    if not all(isinstance(text, str) for text in texts):
        return "a text is missing"
    if not (named == [None, None] or all(isinstance(text, str) for text in named)):
        return "`chapter` and `function` go together"
    if data["what"] == "override" and (named[0] is None or not _is_points(data["points"])):
        return "`points` is a number that is not negative, for one function"
    return ""


def _is_points(value):
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def add(folder: str | Path, what: str, place: Place, **told: Any) -> None:
    """Add a line: who, when, and what is told; it is on disk when this returns."""
    path = Path(folder) / FILE
    line = {
        "what": what,
        **dict(zip(("id", "chapter", "function"), place, strict=True)),
        **told,
        "who": _user(),
        "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    try:
        # One write, which another process's does not cut in two; grades are private.
        with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CorrectionsError(
            f"`{path}` cannot be written ({error.strerror}): nothing was changed"
        ) from None


def _user():
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user without a name
        return "unknown"
