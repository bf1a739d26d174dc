"""Fills one column of an exported gradebook with scores; the rest stays byte for byte the same.

It is made for Canvas, and also fills Moodle's grading worksheet and Brightspace's export, which
only have other names for the columns that identify a student.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.writing import replace_whole
from ..intake.sanitize import listing
from . import Refused, by_hand, rules_at_work
from .csv_cells import Sheet
from .csv_table import number
from .gradebook_rows import gradebook_rows, match, quoted, system_of

if TYPE_CHECKING:
    from ..course.results import Result
    from .gradebook_rows import GradebookRow

    Pair = tuple[Result, GradebookRow]

KEPT_VALUES = ("ex", "n/a")  # excused; not assigned to this student
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# Suffixes that a system adds: `Lab 1 (123)`, `Lab 1 Points Grade <Numeric MaxPoints:10 ...>`.
SUFFIX = re.compile(r" \(\d+\)$|(?: Points Grade)? <[^<]*>$")


def write(
    results: Sequence[Result],
    out: str | Path,
    *,
    gradebook: str | Path,
    column: str,
    scale: bool = False,
) -> Iterable[str]:
    """Fill the column; return lines on what was not written, what needs attention, and how many."""
    name = Path(gradebook).name
    sheet = Sheet(_read(gradebook, out), name)
    target = Column(sheet, column, name)
    rows = [*gradebook_rows(target.system, target.headers, sheet.rows[1:])]
    pairs, missed = match(results, rows)
    if not pairs:
        raise Refused(f"`{name}` has no row for any of the {len(results)} submissions: {missed[0]}")
    if scale and target.points is None:
        raise Refused(f"`{name}` does not say how many points are possible: omit --scale")
    lines = [line for result, row in pairs for line in target.fill(row, result, scale)]
    lines += [*missed, *target.maxima(pairs, scale), *target.tally(rows, pairs)]
    replace_whole(sheet.edited(), out)
    return lines


def _read(gradebook, out):
    try:
        if os.path.exists(out) and os.path.samefile(gradebook, out):
            raise Refused(f"`{out}` is the gradebook itself: name another file with --out")
        return Path(gradebook).read_bytes()
    except OSError as error:
        reason = f"`{gradebook}` cannot be read ({error.strerror})"
        raise Refused(f"{reason}: name the exported gradebook") from None


class Column:
    """The column to fill; `points` is the maximum in the gradebook, None if not given there."""

    def __init__(self, sheet: Sheet, wanted: str, file: str) -> None:
        self.sheet = sheet
        self.headers = [cell.text.strip() for cell in sheet.rows[0]]
        self.system = system_of(self.headers, file)
        self.index = _index(self.headers, wanted.strip(), self.system, file)
        self.header = self.headers[self.index]
        text = self._points_possible().strip()
        self.points = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None

    def _points_possible(self):
        for row in self.sheet.rows[1:]:
            if "Points Possible" in row[0].text:  # Canvas
                text = _text(row, self.index)
                if "read only" in text:
                    raise Refused(f"{quoted(self.header)} is read-only: name a column of grades")
                return text
            if "Maximum Grade" in self.headers:  # Moodle
                return _text(row, self.headers.index("Maximum Grade"))
        found = re.search(r"MaxPoints:([\d.,]+)", self.header)  # Brightspace
        return found[1] if found else ""

    def fill(self, row: GradebookRow, result: Result, scale: bool) -> list[str]:
        """Write the score into the student's cell unless that must not change; return notes."""
        who, header = quoted(row.name), quoted(self.header)
        if self.index >= len(row.cells):
            return [f"the row of {who} ends before {header}: not written"]
        cell = row.cells[self.index]
        if (value := cell.text.strip()).casefold() in KEPT_VALUES:
            return [f"{who} has `{value}` in {header}: left unchanged"]
        score, most = result.score, result.max_score
        if scale and self.points is not None:
            score *= self.points / most if most else 0
        self.sheet.replace(cell, number(score))
        marks = [
            *rules_at_work(result),
            *(
                f"{chapter.id} {function.name}: {by_hand(function)}"
                for chapter, function in result.functions
                if function.override
            ),
        ]
        return [f"{who}: {'; '.join(marks)}"] if marks else []

    def maxima(self, pairs: Sequence[Pair], scale: bool) -> list[str]:
        """Return a line if the scores are out of several numbers, or of another one than here."""
        most = {result.max_score for result, _ in pairs}
        told = f"the scores are out of {' or '.join(number(each) for each in sorted(most))}"
        if scale:
            return [f"{told}: each is scaled by its own"] if len(most) > 1 else []
        if self.points is None or most == {self.points}:
            return []
        return [
            f"{told}, but {quoted(self.header)} is out of {number(self.points)}: "
            "written unchanged; --scale converts them"
        ]

    def tally(self, rows: Sequence[GradebookRow], pairs: Sequence[Pair]) -> Iterator[str]:
        """Yield lines on how many of the students' rows were filled, and what the others have.

        Rows that were matched and not filled have lines of their own.
        """
        left = [row for row in rows if self._cell(row) not in self.sheet.edits]
        yield f"{len(rows) - len(left)} of {len(rows)} rows of students were filled"
        others = [row for row in left if not any(row is matched for _, matched in pairs)]
        blank = [row for row in others if not _text(row.cells, self.index).strip()]
        kept = [row for row in others if not any(row is each for each in blank)]
        for some, state in ((blank, "left blank"), (kept, "left with the grade that was there")):
            if some:
                names = listing(row.name for row in some)
                why = "without a matching submission that has a grade"
                yield f"{len(some)} {state}, {why}: {names}"

    def _cell(self, row):
        return row.cells[self.index] if self.index < len(row.cells) else None


def _text(row, index):
    return row[index].text if index < len(row) else ""


def _index(headers, wanted, system, file):
    """The index of the column with this header, or with this title if only one has it."""
    open_to_grades = [i for i, header in enumerate(headers) if system.may_be_graded(header)]
    for part in (str, lambda header: SUFFIX.sub("", header)):
        indices = [i for i in open_to_grades if part(headers[i]) == wanted]
        if len(indices) > 1:
            more = ", ".join(quoted(headers[i]) for i in indices[:5])
            raise Refused(f"`{file}` has {len(indices)} columns {quoted(wanted)}: {more}")
        if indices:
            return indices[0]
    titles = {SUFFIX.sub("", headers[i]).casefold(): headers[i] for i in open_to_grades}
    near = difflib.get_close_matches(SUFFIX.sub("", wanted).casefold(), titles, 1, cutoff=0)
    closest = f": the closest is {quoted(titles[near[0]])}" if near else ""
    raise Refused(f"`{file}` has no column of grades {quoted(wanted)}{closest}")
