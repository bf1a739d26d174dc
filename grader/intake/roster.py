"""The roster, a CSV as the learning platforms export it, and who of it handed something in."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

from ..submission.encoding import Undecodable, decode
from . import archives, sanitize

MAX_BYTES = 16 * archives.MB
FIELDS = ("id", "login", "sis_id", "email", "name")
COLUMNS = {  # heads without spaces, case and signs
    "id": "id userid canvasid canvasuserid",
    "participant": "identifier participant participantid",
    "login": "login loginid sisloginid username user netid uniqname",
    "sis_id": "sisid sisuserid sid studentid studentnumber idnumber orgdefinedid",
    "email": "email emailaddress mail",
    "name": "name student fullname studentname displayname",
    "first": "firstname givenname first forename",
    "last": "lastname surname familyname last",
}
COLUMN = {head: column for column, heads in COLUMNS.items() for head in heads.split()}
NOBODY = {"points possible", "student, test", "test student"}  # rows of Canvas's own


class RosterError(Exception):
    """The roster cannot be used; the message is one line for the user."""


def read(path):
    """The people of a roster, each a dict of what is known: name, id, login, sis_id, email."""
    shown = sanitize.quote(str(path), 1000)
    try:
        with archives.plain_errors(), open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        rows = _rows(_decoded(data))
    except (archives.Unreadable, Undecodable) as error:
        raise RosterError(f"{shown} {error}: name a CSV file") from None
    except csv.Error as error:
        raise RosterError(f"{shown} is no CSV file ({error}): export the roster anew") from None
    columns = _columns(rows[0]) if rows else {}
    if not columns:
        raise RosterError(
            f"{shown} has no column that says who is who: name one `id`, `login`, `email` or `name`"
        )
    people = [_person(row, columns) for row in rows[1:]]
    people = [p for p in people if p and p.get("name", "").casefold() not in NOBODY]
    people = list({tuple(p.items()): p for p in people}.values())  # one in two sections
    if not people:
        raise RosterError(f"{shown} lists nobody: export the roster anew")
    return people


def _decoded(data):
    if len(data) > MAX_BYTES:
        raise Undecodable("is too large for a roster")
    known, _ = decode(data)
    if known is None:
        try:
            known = data.decode()
        except UnicodeError:
            known = data.decode("cp1252", "replace")
    if "\0" in known:
        raise Undecodable("is no text")
    return known


def _rows(known):
    """The rows that say something; Excel may have put the delimiter in a line of its own."""
    if found := re.match(r"sep=([,;\t|])\r?\n", known):
        known, mark = known[found.end() :], found[1]
    else:
        mark = max(",;\t", key=known.lstrip().partition("\n")[0].count)
    rows = csv.reader(io.StringIO(known, newline=""), delimiter=mark)
    return [row for row in rows if any(cell.strip() for cell in row)]


def _columns(heads):
    """Column -> where it is; the first of several that say the same."""
    columns = {}
    for place, head in enumerate(heads):
        column = COLUMN.get(re.sub(r"[\W_]+", "", head.casefold()))
        if column:
            columns.setdefault(column, place)
    return columns


def _person(row, columns):
    cells = {c: _cell(row[place]) for c, place in columns.items() if place < len(row)}
    first, last = cells.pop("first", ""), cells.pop("last", "")
    cells["name"] = cells.get("name") or f"{first} {last}".strip()
    if found := re.search(r"\d+$", cells.get("participant", "")):  # Moodle's `Participant 123`
        cells.setdefault("id", found[0])
    return {field: cells[field] for field in FIELDS if cells.get(field)}


def _cell(value):
    """What a cell says, without what keeps a spreadsheet from reading a number or comes of it."""
    value = re.sub(r'^="(.*)"$', r"\1", value.strip()).removeprefix("#")
    return sanitize.clean(re.sub(r"^(\d+)\.0$", r"\1", value))


@dataclass(frozen=True)
class Match:
    """The row of the roster that a submission fits, and how well: lower tiers are better."""

    row: int | None
    tier: int = 0
    note: str = ""


def match(people, submissions):
    """Submission's key -> `Match`, from key -> (student, label or None).

    A label is the bare name of a folder or zip, which may be any of the things that a roster knows.
    """
    index = _index(people)
    found = {key: _fit(index, *submission) for key, submission in submissions.items()}
    best = {}
    for fit in found.values():
        if fit.row is not None:
            best.setdefault(fit.row, []).append(fit.tier)
    for key, fit in found.items():
        tiers = best.get(fit.row, [])
        if fit.row is not None and (fit.tier > min(tiers) or tiers.count(fit.tier) > 1):
            who = sanitize.quote(
                people[fit.row].get("name") or next(iter(people[fit.row].values()))
            )
            found[key] = Match(
                None, note=f"several submissions fit {who} on the roster: not mapped"
            )
    return found


def _index(people):
    """(kind of value, value) -> the rows that have it."""
    index = {}
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


def _fit(index, student, label):
    for tier, wanted in enumerate(_evidence(student, label)):
        rows = set().union(*(index.get(value, ()) for value in wanted))
        if len(rows) == 1:
            return Match(rows.pop(), tier)
        if rows:
            return Match(None, note=f"{len(rows)} people on the roster fit equally: not mapped")
    return Match(None, note="nobody on the roster fits: not mapped")


def _evidence(student, label):
    """What to look for, the surest first."""
    folded = {field: value.casefold().strip() for field, value in student.items()}
    if label is not None:
        whole = label.casefold().strip()
        yield from ([(field, whole)] for field in ("id", "login", "sis_id", "email", "mailbox"))
    else:
        yield [("id", folded["id"])] if "id" in folded else []
        sis = folded.get("sis_id")
        yield from ([(field, sis)] if sis else [] for field in ("sis_id", "id", "login"))
        yield [("email", folded["email"])] if "email" in folded else []
    words = _words(student.get("name", "") if label is None else label)
    if words:
        yield [("name", " ".join(sorted(words)))]
        yield [("joined", "".join(words))]


def _words(name):
    """The words of a name without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [word for word in re.split(r"[\W_]+", re.sub(r"['\u2019.]", "", plain)) if word]
