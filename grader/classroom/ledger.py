"""Keeps `results.jsonl`: one line per graded submission; a submission's last line counts.

A line is on disk before the next submission is reported. A run that is killed leaves at most one
incomplete last line, which readers skip and the next run removes.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..course.results import SCHEMA, WORST_FIRST, Result

FILE = "results.jsonl"
START = b'{"schema": '  # start of every line, even of an incomplete one
GRADER_NOTE = "examiner: "  # prefix of notes by the grader, not about the files handed in
# A result depends on these: if one of them differs, the submission is graded again.
RESULT_KEY = ("submission", "digest", "grader", "seed", "dataset", "isolation")


class Unreadable(Exception):
    """The file contains no results; the message is one line for the user."""


def read(path: str | Path) -> list[Result]:
    """Read the results in `results.jsonl`, in its folder, or in one file of `grade run --json`."""
    path = Path(path)
    file = path / FILE if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Unreadable(
            f"`{file}` cannot be read ({error.strerror}): name the --out folder of `grade class`"
        ) from None
    if single := parse(data):
        return [single]
    results = {}
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if result := parse(line):
            results[result.submission] = result
        elif line.strip() and not _is_incomplete(line):
            raise Unreadable(
                f"`{file}` line {number} is not a result: name a results.jsonl of `grade class` or "
                "a file of `grade run --json`"
            )
    return list(results.values())


def parse(line: bytes) -> Result | None:
    """Return the result in these bytes, or None."""
    try:
        data = json.loads(line)
        return Result.from_json(data) if _is_result(data) else None
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None


def _is_result(data):
    chapters = data["chapters"]
    functions = [function for chapter in chapters for function in chapter["functions"]]
    checks = [check for function in functions for check in function["checks"]]
    return (
        data["schema"] == SCHEMA
        and isinstance(data["submission"], str)
        and all(isinstance(chapter["id"], str) for chapter in chapters)
        and all(isinstance(part["name"], str) for part in functions + checks)
        and all(part["status"] in WORST_FIRST for part in functions + checks)
        and all(
            _is_number(part[key])
            for part in (data, *chapters, *functions)
            for key in ("score", "max_score")
        )
    )


def _is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def _is_incomplete(line):
    return not line.endswith(b"\n") and (line.startswith(START) or START.startswith(line))


def key(result: Result) -> tuple:
    """Return the hashable key that decides whether a result is still valid."""
    chapters = tuple(chapter.id for chapter in result.chapters)
    return (*(getattr(result, name) for name in RESULT_KEY), chapters)


def tally(result: Result) -> Counter[str]:
    """Count the functions of each status."""
    return Counter(function.status for _, function in result.functions)


@dataclass(frozen=True)
class LedgerEntry:
    """The position of a submission's line in the file, and the facts that a run needs."""

    offset: int
    size: int
    key: tuple
    about: dict[str, Any]  # student and notes, which may change without a new grading
    attempt: int  # how often it has been graded
    score: float
    tally: Counter

    @classmethod
    def from_result(cls, result: Result, offset: int, size: int) -> LedgerEntry:
        notes = [note for note in result.notes or () if not note.startswith(GRADER_NOTE)]
        about = {"student": result.student, "notes": notes}
        attempt = result.attempt or 1
        return cls(offset, size, key(result), about, attempt, result.score, tally(result))


class Ledger:
    """`results.jsonl`, open for writing; the results themselves are not kept in memory.

    The caller must hold the folder's lock.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        for leftover in self.path.parent.glob(f".{self.path.name}.*"):  # from a killed run
            leftover.unlink()
        self._open()
        self.scan()

    def _open(self):
        self.file = open(self.path, "a+b", buffering=0)  # noqa: SIM115
        sync_folder(self.path.parent)

    def scan(self) -> None:
        """Read the entries from the file, also after an interrupt at any point."""
        self.entries: dict[str, LedgerEntry] = {}
        self.size, self.whole = 0, True
        with open(self.path, "rb") as file:
            for line in file:
                result = parse(line)
                # `compact` drops incomplete and outdated lines.
                self.whole &= bool(result) and line.endswith(b"\n")
                if result:
                    self._add(result, len(line))
                self.size += len(line)

    def _add(self, result, size):
        """Add the entry of a line that starts at the end of the entries so far."""
        self.whole &= result.submission not in self.entries
        self.entries[result.submission] = LedgerEntry.from_result(result, self.size, size)

    def append(self, result: Result) -> None:
        """Write the result to disk; remove the line again if it cannot be written completely."""
        line = encode(result)
        try:
            written = 0
            while written < len(line):
                written += self.file.write(line[written:])
            os.fsync(self.file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self.file.fileno(), self.size)
            raise
        self._add(result, len(line))
        self.size += len(line)

    def compact(self, about: Mapping[str, dict[str, Any]]) -> None:
        """Rewrite the file with one line per submission, atomically and only if necessary.

        about: maps the submissions' ids to their current `student` and `notes`
        """
        changed = {id for id in about.keys() & self.entries if about[id] != self.entries[id].about}
        if self.whole and not changed:
            return
        with (
            tempfile.NamedTemporaryFile(
                dir=self.path.parent, prefix=f".{self.path.name}.", delete=False
            ) as new,
            open(self.path, "rb") as old,
        ):
            for id, entry in sorted(self.entries.items()):
                old.seek(entry.offset)
                line = old.read(entry.size)
                new.write(_updated(line, about[id]) if id in changed else line.rstrip() + b"\n")
            new.flush()
            os.fsync(new.fileno())
        shutil.copymode(self.path, new.name)
        self.file.close()
        os.replace(new.name, self.path)
        self._open()
        self.scan()

    def close(self) -> None:
        self.file.close()


def _updated(line, about):
    """The line with a new `about`; notes by the grader itself stay."""
    result = Result.from_json(json.loads(line))
    own = [note for note in result.notes or () if note.startswith(GRADER_NOTE)]
    return encode(replace(result, student=about["student"], notes=about["notes"] + own))


def encode(result: Result) -> bytes:
    """Return the line of a result, in ASCII so that no character in a name ends the line."""
    return json.dumps(result.to_json()).encode("ascii") + b"\n"


def sync_folder(folder: str | Path) -> None:
    """Make sure that a new file name in this folder is on disk."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
