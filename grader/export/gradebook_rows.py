"""Matches results to gradebook rows by the platform's own keys; never guesses."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..intake.sanitize import clean
from . import Refused, name_of

if TYPE_CHECKING:
    from ..course.results import Result
    from .csv_cells import Cell

KEYS = ("id", "sis_id", "login", "email", "name")  # of a result's student, the best first
NOBODY = ("test student", "student test", "points possible")  # names of rows that Canvas adds


@dataclass(frozen=True)
class System:
    """The column headers in a learning platform's export.

    marks: headers that only this platform has
    columns: pairs of one of `KEYS` and its header
    names: the headers that make up a name
    others: further headers that are not grades
    """

    marks: tuple
    columns: tuple
    names: tuple
    others: tuple = ()

    def may_be_graded(self, header: str) -> bool:
        """Return True if the column may hold grades."""
        personal = {column for _, column in self.columns}.union(self.names, self.others)
        return bool(header) and header not in personal


SYSTEMS = (
    System(  # Moodle's grading worksheet
        ("Identifier",),
        (("id", "Identifier"), ("sis_id", "ID number"), ("email", "Email address")),
        ("Full name", "First name", "Last name"),
        ("Status", "Maximum Grade"),
    ),
    System(  # Brightspace
        ("OrgDefinedId", "Username"),
        (("sis_id", "OrgDefinedId"), ("login", "Username"), ("email", "Email")),
        ("First Name", "Last Name"),
        ("End-of-Line Indicator",),
    ),
    System(  # Canvas
        ("ID",),
        (
            *(("id", "ID"), ("sis_id", "SIS User ID"), ("login", "SIS Login ID")),
            ("email", "SIS Login ID"),
        ),
        ("Student", "FirstName", "LastName"),
        ("Integration ID", "Root Account", "Section"),
    ),
)


def system_of(headers: Sequence[str], file: str) -> System:
    """Return the `System` that an export with these headers comes from."""
    for system in SYSTEMS:
        if any(mark in headers for mark in system.marks):
            return system
    marks = ", ".join(f"`{system.marks[0]}`" for system in SYSTEMS)
    raise Refused(f"`{file}` is not a gradebook: its first row has none of the columns {marks}")


@dataclass(frozen=True)
class GradebookRow:
    """The row of one student; `person` maps `KEYS` to the row's values in normal form."""

    cells: list
    name: str
    person: dict


def gradebook_rows(
    system: System, headers: Sequence[str], rows: Iterable[list[Cell]]
) -> Iterator[GradebookRow]:
    """Yield the rows of students, from the rows below the header."""
    for cells in rows:
        texts = {header: cell.text.strip() for header, cell in zip(headers, cells, strict=False)}
        name = " ".join(texts[part] for part in system.names if texts.get(part))
        person = {key: _normal(key, texts.get(column, "")) for key, column in system.columns}
        person["name"] = _normal("name", name)
        if any(person.values()) and person["name"] not in NOBODY:
            yield GradebookRow(cells, name or texts.get(system.columns[0][1], ""), person)


def _normal(key, text):
    """The form that is compared: `ann lee` for `Lee, Ann`, `123` for `#123`, `Participant 123`."""
    text = unicodedata.normalize("NFKC", str(text)).casefold().strip().lstrip("#")
    if key == "name":
        last, _, first = text.partition(",")
        text = f"{first} {last}"
    elif key == "id":
        text = re.sub(r"^participant (?=\d+$)", "", text)
    return " ".join(text.split())


def match(
    results: Iterable[Result], rows: Sequence[GradebookRow]
) -> tuple[list[tuple[Result, GradebookRow]], list[str]]:
    """Return `(pairs of a result and its row, lines on results without a row)`."""
    claims, lines = defaultdict(list), []
    for result in results:
        row, key_or_reason = _row_of(result.student or {}, rows)
        if row:
            claims[id(row)].append((KEYS.index(key_or_reason), result, row))
        else:
            lines.append(_not_written(result, key_or_reason))
    pairs = []
    for claimed in claims.values():
        best = min(rank for rank, _, _ in claimed)
        alone = [rank for rank, _, _ in claimed].count(best) == 1
        for rank, result, row in claimed:
            if alone and rank == best:
                pairs.append((result, row))
            else:
                reason = f"the row of {quoted(row.name)} also matches another submission"
                lines.append(_not_written(result, reason))
    return pairs, lines


def _row_of(student, rows):
    """`(row, key)` by the best key that any row has, or `(None, reason)`."""
    values = {key: _normal(key, student.get(key, "")) for key in KEYS}
    matches = {
        key: matching
        for key, value in values.items()
        if value and (matching := [row for row in rows if row.person.get(key) == value])
    }
    if not matches:
        return None, "no row matches"
    best, matching = next(iter(matches.items()))
    if len(matching) > 1:
        return None, f"{len(matching)} rows have its {best}"
    for key, others in matches.items():
        if matching[0] not in others:
            return None, f"its {best} matches one row, its {key} another"
    return matching[0], best


def _not_written(result, reason):
    name = (result.student or {}).get("name", "")
    who = f"{quoted(name_of(result))} ({clean(name, 60)})" if name else quoted(name_of(result))
    return f"{who} was not written: {reason}"


def quoted(text: str) -> str:
    """Return the text as messages show it, in backticks."""
    return f"`{clean(text, 120)}`"
