"""`results.jsonl`: one line for each submission graded; the last line of a submission counts.

A line is on the disk before the next submission is reported. A run that is killed leaves at most
a torn last line, which no reader minds and the next run cuts off.
"""

import contextlib
import json
import math
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from ..course.results import SCHEMA, WORST_FIRST, Result

FILE = "results.jsonl"
START = b'{"schema": '  # of every line, so of a torn one too
GRADER_NOTE = "examiner: "  # how a note begins that is the grader's, not of what was handed in
# What a result depends on: where one of these differs, the submission is graded again.
KEY = ("submission", "digest", "grader", "seed", "dataset", "isolation")


class Unreadable(Exception):
    """The file holds no results; the message is one line for the user."""


def read(path):
    """The results in `results.jsonl`, in its folder, or in one file of `grade run --json`."""
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
    found = {}
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if result := parse(line):
            found[result.submission] = result
        elif line.strip() and not _torn(line):
            raise Unreadable(
                f"`{file}` line {number} is no result: name a results.jsonl of `grade class` or "
                "a file of `grade run --json`"
            )
    return list(found.values())


def parse(line):
    """The result that these bytes hold, or None."""
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


def _torn(line):
    return not line.endswith(b"\n") and (line.startswith(START) or START.startswith(line))


def key(result):
    """What decides whether a result still stands, hashable."""
    chapters = tuple(chapter.id for chapter in result.chapters)
    return (*(getattr(result, name) for name in KEY), chapters)


def tally(result):
    """Status -> number of functions."""
    return Counter(function.status for _, function in result.functions)


@dataclass(frozen=True)
class Entry:
    """Where the line of one submission is, and what the run needs to know of it."""

    offset: int
    size: int
    key: tuple
    about: dict  # student and notes: they may change without a new grading
    attempt: int  # how often it has been graded
    score: float
    tally: Counter

    @classmethod
    def of(cls, result, offset, size):
        notes = [note for note in result.notes or () if not note.startswith(GRADER_NOTE)]
        about = {"student": result.student, "notes": notes}
        attempt = result.attempt or 1
        return cls(offset, size, key(result), about, attempt, result.score, tally(result))


class Ledger:
    """`results.jsonl` open for writing; of the results themselves none is kept in memory.

    Whoever makes one holds the lock of the folder.
    """

    def __init__(self, path):
        self.path = Path(path)
        for left in self.path.parent.glob(f".{self.path.name}.*"):  # of a run that was killed
            left.unlink()
        self._open()
        self.scan()

    def _open(self):
        self.file = open(self.path, "a+b", buffering=0)  # noqa: SIM115
        sync_folder(self.path.parent)

    def scan(self):
        """Find out what the file holds; also after an interrupt, which may come at any point."""
        self.entries, self.size, self.whole = {}, 0, True
        with open(self.path, "rb") as file:
            for line in file:
                result = parse(line)
                # Another run may have replaced it: whatever is left over, `compact` drops.
                self.whole &= bool(result) and line.endswith(b"\n")
                if result:
                    self.whole &= result.submission not in self.entries
                    self.entries[result.submission] = Entry.of(result, self.size, len(line))
                self.size += len(line)

    def append(self, result):
        """Have the result on the disk; what could not be written whole is taken back."""
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
        self.whole &= result.submission not in self.entries
        self.entries[result.submission] = Entry.of(result, self.size, len(line))
        self.size += len(line)

    def compact(self, about):
        """One line for each submission, in one step; nothing is done where that is so already.

        about: submission's id -> its `student` and `notes` as they are now
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
                new.write(_retold(line, about[id]) if id in changed else line.rstrip() + b"\n")
            new.flush()
            os.fsync(new.fileno())
        shutil.copymode(self.path, new.name)
        self.file.close()
        os.replace(new.name, self.path)
        self._open()
        self.scan()

    def close(self):
        self.file.close()


def _retold(line, about):
    """The line with another `about`; what the grader itself noted stays."""
    result = parse(line)
    own = [note for note in result.notes or () if note.startswith(GRADER_NOTE)]
    return encode(replace(result, student=about["student"], notes=about["notes"] + own))


def encode(result):
    """The line of a result: ASCII, so that no character of a name is taken for a line's end."""
    return json.dumps(result.to_json()).encode("ascii") + b"\n"


def sync_folder(folder):
    """Have a new name in this folder on the disk."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
