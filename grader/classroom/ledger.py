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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..course.results import SCHEMA, WORST_FIRST, ChapterResult, Result

FILE = "results.jsonl"
START = b'{"schema": '  # start of every line, even of an incomplete one
GRADER_NOTE = "examiner: "  # prefix of notes by the grader, not about the files handed in
# A chapter's result depends on these: if one of them differs, the chapter is graded again.
RESULT_KEY = ("digest", "seed", "dataset", "isolation")


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


def tally(result: Result) -> Counter[str]:
    """Count the functions of each status."""
    return Counter(function.status for _, function in result.functions)


@dataclass(frozen=True)
class ChapterFacts:
    """What the result of a chapter was made with."""

    key: tuple  # the values of `RESULT_KEY`
    grader: str | None
    versions: dict[str, str | None]  # of its functions
    ran_out_of: float | None  # the budget, if it was not enough

    @property
    def digest(self) -> str | None:
        return self.key[RESULT_KEY.index("digest")]

    @property
    def dataset(self) -> str | None:
        return self.key[RESULT_KEY.index("dataset")]

    @classmethod
    def from_result(cls, result: Result, chapter: ChapterResult) -> ChapterFacts:
        made = chapter.made_with or {
            name: getattr(result, name) for name in (*RESULT_KEY, "grader")
        }
        versions = {function.name: function.version for function in chapter.functions}
        key = tuple(made.get(name) for name in RESULT_KEY)
        ran_out_of = made.get("budget") if made.get("ran_out") else None
        return cls(key, made.get("grader"), versions, ran_out_of)


@dataclass(frozen=True)
class LedgerEntry:
    """The position of a submission's line in the file, and the facts that a run needs."""

    offset: int
    size: int
    chapters: dict[str, ChapterFacts]
    attempt: int  # how often it has been graded
    score: float
    tally: Counter
    has_grade: bool
    without_grade: list[str]  # chapters

    @classmethod
    def from_result(cls, result: Result, offset: int, size: int) -> LedgerEntry:
        chapters = {each.id: ChapterFacts.from_result(result, each) for each in result.chapters}
        return cls(
            offset,
            size,
            chapters,
            result.attempt or 1,
            result.score,
            tally(result),
            result.has_grade,
            [chapter.id for chapter in result.chapters_without_grade],
        )


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

    def get(self, id: str) -> Result | None:
        """Read a submission's result from the file."""
        entry = self.entries.get(id)
        return None if entry is None else parse(self._line(entry))

    def _line(self, entry):
        with open(self.path, "rb") as file:
            file.seek(entry.offset)
            return file.read(entry.size).rstrip() + b"\n"

    def results(self) -> Iterator[Result]:
        """Read the results one by one."""
        for id in sorted(self.entries):
            if result := self.get(id):
                yield result

    def compact(self, renewed: Callable[[Result], Result]) -> None:
        """Rewrite the file with one line per submission, atomically and only if necessary.

        renewed: returns a result as it should be by now, without a new grading
        """
        changed = {
            result.submission
            for result in self.results()
            if encode(renewed(result)) != self._line(self.entries[result.submission])
        }
        if self.whole and not changed:
            return
        with tempfile.NamedTemporaryFile(
            dir=self.path.parent, prefix=f".{self.path.name}.", delete=False
        ) as new:
            for id, entry in sorted(self.entries.items()):
                line = self._line(entry)
                new.write(
                    encode(renewed(Result.from_json(json.loads(line)))) if id in changed else line
                )
            new.flush()
            os.fsync(new.fileno())
        shutil.copymode(self.path, new.name)
        self.file.close()
        os.replace(new.name, self.path)
        self._open()
        self.scan()

    def close(self) -> None:
        self.file.close()


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
