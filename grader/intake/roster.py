"""Reads the roster, a CSV file from a learning platform, and matches submissions to people."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..submission.encoding import Undecodable, decode
from . import archives, sanitize

MAX_BYTES = 16 * archives.MB
FIELDS = ("id", "login", "sis_id", "email", "name")
COLUMNS = {  # headers without spaces, case and punctuation
    "id": "id userid canvasid canvasuserid",
    "participant": "identifier participant participantid",
    "login": "login loginid sisloginid username user netid uniqname",
    "sis_id": "sisid sisuserid sid studentid studentnumber idnumber orgdefinedid",
    "email": "email emailaddress mail",
    "name": "name student fullname studentname displayname",
    "first": "firstname givenname first forename",
    "last": "lastname surname familyname last",
}
COLUMN = {header: column for column, headers in COLUMNS.items() for header in headers.split()}
NOBODY = {"points possible", "student, test", "test student"}  # rows that Canvas adds


class RosterError(Exception):
    """The roster cannot be used; the message is one line for the user."""


def read(path: str | Path) -> list[dict[str, str]]:
    """Read the people of a roster, each a dict with any of name, id, login, sis_id, email."""
    shown = sanitize.quote(str(path), 1000)
    try:
        with archives.plain_errors(), open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        rows = _rows(_decoded(data))
    except (archives.Unreadable, Undecodable) as error:
        raise RosterError(f"{shown} {error}: name a CSV file") from None
    except csv.Error as error:
        raise RosterError(f"{shown} is not a CSV file ({error}): export the roster again") from None
    columns = _columns(rows[0]) if rows else {}
    if not columns:
        raise RosterError(
            f"{shown} has no column that identifies people: add `id`, `login`, `email` or `name`"
        )
    people = [_person(row, columns) for row in rows[1:]]
    people = [p for p in people if p and p.get("name", "").casefold() not in NOBODY]
    people = list({tuple(p.items()): p for p in people}.values())  # some are in two sections
    if not people:
        raise RosterError(f"{shown} lists nobody: export the roster again")
    return people


def _decoded(data):
    if len(data) > MAX_BYTES:
        raise Undecodable("is too large for a roster")
    text, _ = decode(data)
    if text is None:
        try:
            text = data.decode()
        except UnicodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise Undecodable("is not text")
    return text


def _rows(text):
    """The rows that are not blank; Excel may put the delimiter on a line of its own."""
    if found := re.match(r"sep=([,;\t|])\r?\n", text):
        text, mark = text[found.end() :], found[1]
    else:
        mark = max(",;\t", key=text.lstrip().partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    return [row for row in rows if any(cell.strip() for cell in row)]


def _columns(headers):
    """Map columns to their indices; of several with the same meaning, the first."""
    columns: dict[str, int] = {}
    for index, header in enumerate(headers):
        column = COLUMN.get(re.sub(r"[\W_]+", "", header.casefold()))
        if column:
            columns.setdefault(column, index)
    return columns


def _person(row, columns):
    cells = {c: _cell(row[index]) for c, index in columns.items() if index < len(row)}
    first, last = cells.pop("first", ""), cells.pop("last", "")
    cells["name"] = cells.get("name") or f"{first} {last}".strip()
    if found := re.search(r"\d+$", cells.get("participant", "")):  # Moodle's `Participant 123`
        cells.setdefault("id", found[0])
    return {field: cells[field] for field in FIELDS if cells.get(field)}


def _cell(value):
    """A cell's text without spreadsheet artifacts such as `="..."` or `.0`."""
    value = re.sub(r'^="(.*)"$', r"\1", value.strip()).removeprefix("#")
    return sanitize.clean(re.sub(r"^(\d+)\.0$", r"\1", value))


@dataclass(frozen=True)
class Match:
    """The roster row that a submission matches, and how well: lower tiers are better."""

    row: int | None
    tier: int = 0
    note: str = ""


def match(
    people: list[dict[str, str]], submissions: Mapping[Hashable, tuple[dict[str, str], str | None]]
) -> dict[Hashable, Match]:
    """Match submissions, given as key -> (person, label or None), to rows of the roster.

    A label is the bare name of a folder or zip, which may match any column of the roster.
    """
    index = _index(people)
    matches = {key: _fit(index, *submission) for key, submission in submissions.items()}
    tiers_by_row: dict[int, list[int]] = {}
    for fit in matches.values():
        if fit.row is not None:
            tiers_by_row.setdefault(fit.row, []).append(fit.tier)
    for key, fit in matches.items():
        tiers = tiers_by_row.get(fit.row, [])
        if fit.row is not None and (fit.tier > min(tiers) or tiers.count(fit.tier) > 1):
            person = people[fit.row]
            who = sanitize.quote(person.get("name") or next(iter(person.values())))
            note = f"several submissions match {who} on the roster: not assigned"
            matches[key] = Match(None, note=note)
    return matches


def _index(people):
    """Map (kind of value, value) to the rows that have it."""
    index: dict[tuple[str, str], set[int]] = {}
    for row, person in enumerate(people):
        values = {(field, person[field].casefold()) for field in FIELDS[:-1] if field in person}
        if "email" in person:
            values.add(("mailbox", person["email"].casefold().partition("@")[0]))
        words = _words(person.get("name", ""))
        if words:
            values.add(("name", " ".join(sorted(words))))
            turns = ("".join(words[n:] + words[:n]) for n in range(len(words)))
            values |= {("joined", turn) for turn in turns}  # Canvas: `doejohn`
        for value in values:
            index.setdefault(value, set()).add(row)
    return index


def _fit(index, person, label):
    for tier, wanted in enumerate(_evidence(person, label)):
        rows = set().union(*(index.get(value, ()) for value in wanted))
        if len(rows) == 1:
            return Match(rows.pop(), tier)
        if rows:
            note = f"{len(rows)} people on the roster match equally well: not assigned"
            return Match(None, note=note)
    return Match(None, note="nobody on the roster matches: not assigned")


def _evidence(person, label):
    """Yield the values to look for, the most reliable first."""
    folded = {field: value.casefold().strip() for field, value in person.items()}
    if label is not None:
        whole = label.casefold().strip()
        yield from ([(field, whole)] for field in ("id", "login", "sis_id", "email", "mailbox"))
    else:
        yield [("id", folded["id"])] if "id" in folded else []
        sis = folded.get("sis_id")
        yield from ([(field, sis)] if sis else [] for field in ("sis_id", "id", "login"))
        yield [("email", folded["email"])] if "email" in folded else []
    words = _words(person.get("name", "") if label is None else label)
    if words:
        yield [("name", " ".join(sorted(words)))]
        yield [("joined", "".join(words))]


def _words(name):
    """The words of a name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [word for word in re.split(r"[\W_]+", re.sub(r"['\u2019.]", "", plain)) if word]
