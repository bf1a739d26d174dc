"""Whose row of a gradebook it is: found by what the learning platform goes by, never guessed."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from ..intake.sanitize import clean
from . import Refused, name_of

KEYS = ("id", "sis_id", "login", "email", "name")  # of a result's student; the best first
NOBODY = ("test student", "student test", "points possible")  # Canvas has rows of these names


@dataclass(frozen=True)
class System:
    """How a learning platform heads the columns of its export.

    marks: headers by any of which it is told from the others
    columns: pairs of one of `KEYS` and the header under which that stands
    names: the columns that make up a name
    others: further columns on the person
    """

    marks: tuple
    columns: tuple
    names: tuple
    others: tuple = ()

    def may_be_graded(self, header):
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


def system_of(headers, file):
    """The `System` that an export with these headers comes from."""
    for system in SYSTEMS:
        if any(mark in headers for mark in system.marks):
            return system
    marks = ", ".join(f"`{system.marks[0]}`" for system in SYSTEMS)
    raise Refused(f"`{file}` is no gradebook: its first row has none of the columns {marks}")


@dataclass(frozen=True)
class Student:
    """The row of one person; `known` maps `KEYS` to what the row says, in normal form."""

    row: list
    name: str
    known: dict


def students(system, headers, rows):
    """Those whom the rows below the header are about."""
    for row in rows:
        said = {header: cell.text.strip() for header, cell in zip(headers, row, strict=False)}
        name = " ".join(said[part] for part in system.names if said.get(part))
        known = {key: _normal(key, said.get(column, "")) for key, column in system.columns}
        known["name"] = _normal("name", name)
        if any(known.values()) and known["name"] not in NOBODY:
            yield Student(row, name or said.get(system.columns[0][1], ""), known)


def _normal(key, text):
    """What is compared: `Lee, Ann` is `ann lee`, `#123` and `Participant 123` are `123`."""
    text = unicodedata.normalize("NFKC", str(text)).casefold().strip().lstrip("#")
    if key == "name":
        last, _, first = text.partition(",")
        text = f"{first} {last}"
    elif key == "id":
        text = re.sub(r"^participant (?=\d+$)", "", text)
    return " ".join(text.split())


def find(results, students):
    """`(pairs of a result and its student, lines on those without)`."""
    claims, lines = defaultdict(list), []
    for result in results:
        student, said = _row_of(result.student or {}, students)
        if student:
            claims[id(student)].append((KEYS.index(said), result, student))
        else:
            lines.append(_not_written(result, said))
    pairs = []
    for claimed in claims.values():
        best = min(rank for rank, _, _ in claimed)
        alone = [rank for rank, _, _ in claimed].count(best) == 1
        for rank, result, student in claimed:
            if alone and rank == best:
                pairs.append((result, student))
            else:
                row = f"the row of {quoted(student.name)} is another's as well"
                lines.append(_not_written(result, row))
    return pairs, lines


def _row_of(person, students):
    """`(student, the key that tells)` or `(None, why not)`; the best key that any row has tells."""
    said = {key: _normal(key, person.get(key, "")) for key in KEYS}
    matches = {
        key: rows
        for key, value in said.items()
        if value and (rows := [student for student in students if student.known.get(key) == value])
    }
    if not matches:
        return None, "no row fits"
    best, rows = next(iter(matches.items()))
    if len(rows) > 1:
        return None, f"{len(rows)} rows have its {best}"
    for key, others in matches.items():
        if rows[0] not in others:
            return None, f"its {best} is of one row, its {key} of another"
    return rows[0], best


def _not_written(result, reason):
    name = (result.student or {}).get("name", "")
    who = f"{quoted(name_of(result))} ({clean(name, 60)})" if name else quoted(name_of(result))
    return f"{who} is not written: {reason}"


def quoted(text):
    return f"`{clean(text, 120)}`"
