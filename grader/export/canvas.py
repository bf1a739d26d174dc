"""Scores into one column of the instructor's own gradebook export; the rest stays byte for byte.

Canvas is what it is for. Moodle's grading worksheet and Brightspace's export are filled the same
way: only the headers by which a student is found have other names.
"""

import difflib
import itertools
import os
import re
import shutil
from pathlib import Path

from ..files.writing import write_whole
from . import Refused
from .csv_cells import Sheet
from .csv_table import number
from .gradebook_rows import find, quoted, students, system_of

LEFT_ALONE = ("ex", "n/a")  # excused, and not assigned to this student
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# What a system adds to a title: `Lab 1 (123)`, `Lab 1 Points Grade <Numeric MaxPoints:10 ...>`.
ADDED = re.compile(r" \(\d+\)$|(?: Points Grade)? <[^<]*>$")


def write(results, out, *, gradebook, column, scale=False):
    """Fill the column; returns lines on what was not written as one might expect."""
    name = Path(gradebook).name
    sheet = Sheet(_read(gradebook, out), name)
    column = Column(sheet, column, name)
    pairs, lines = find(results, [*students(column.system, column.headers, sheet.rows[1:])])
    if not pairs:
        raise Refused(f"`{name}` has a row for none of the {len(results)} submissions: {lines[0]}")
    if scale and column.points is None:
        raise Refused(f"`{name}` does not say how many points are possible: leave out --scale")
    for result, student in pairs:
        lines += column.fill(student, result, scale)
    data = sheet.edited()
    _keep(Path(out), data)
    write_whole(data, out)
    return dict.fromkeys(lines)


def _read(gradebook, out):
    try:
        if os.path.exists(out) and os.path.samefile(gradebook, out):
            raise Refused(f"`{out}` is the gradebook itself: name another file with --out")
        return Path(gradebook).read_bytes()
    except OSError as error:
        reason = f"`{gradebook}` cannot be read ({error.strerror})"
        raise Refused(f"{reason}: name the exported gradebook") from None


def _keep(out, data):
    """What is at `out`, unless it is this, may be an export of the instructor's: kept beside."""
    copies = (out.with_name(f"{out.name}.{number}.backup") for number in itertools.count(1))
    copy = next(copy for copy in copies if not os.path.lexists(copy))
    try:
        if out.is_file() and out.read_bytes() != data:
            shutil.copy2(out, copy)
    except OSError as error:
        raise Refused(f"`{copy}` cannot be written ({error.strerror}): name another file") from None


class Column:
    """The one column that is filled; `points` are those possible, None where nothing says so."""

    def __init__(self, sheet, wanted, file):
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
                    raise Refused(f"{quoted(self.header)} is read only: name a column of grades")
                return text
            if "Maximum Grade" in self.headers:  # Moodle
                return _text(row, self.headers.index("Maximum Grade"))
        said = re.search(r"MaxPoints:([\d.,]+)", self.header)  # Brightspace
        return said[1] if said else ""

    def fill(self, student, result, scale):
        """Put the score into the student's cell, unless it holds what is not to be touched."""
        who, header = quoted(student.name), quoted(self.header)
        if self.index >= len(student.row):
            return [f"the row of {who} ends before {header}: not written"]
        cell = student.row[self.index]
        if (held := cell.text.strip()).casefold() in LEFT_ALONE:
            return [f"{who} has `{held}` in {header}: left as it is"]
        score, most = result.score, result.max_score
        if scale:
            score *= self.points / most if most else 0
        self.sheet.replace(cell, number(score))
        if scale or self.points in (None, most):
            return []
        return [
            f"the scores are out of {number(most)}, {header} is out of {number(self.points)}: "
            "written as they are, --scale converts them"
        ]


def _text(row, index):
    return row[index].text if index < len(row) else ""


def _index(headers, wanted, system, file):
    """Where the column is: by its whole header, or by a title that only one has."""
    open_to_grades = [i for i, header in enumerate(headers) if system.may_be_graded(header)]
    for part in (str, lambda header: ADDED.sub("", header)):
        found = [i for i in open_to_grades if part(headers[i]) == wanted]
        if len(found) > 1:
            more = ", ".join(quoted(headers[i]) for i in found[:5])
            raise Refused(f"`{file}` has {len(found)} columns {quoted(wanted)}: {more}")
        if found:
            return found[0]
    titles = {ADDED.sub("", headers[i]).casefold(): headers[i] for i in open_to_grades}
    near = difflib.get_close_matches(ADDED.sub("", wanted).casefold(), titles, 1, cutoff=0)
    closest = f": the closest is {quoted(titles[near[0]])}" if near else ""
    raise Refused(f"`{file}` has no column of grades {quoted(wanted)}{closest}")
