"""Parses the file names of learning platforms: the student, and the version of the file.

Canvas: `doejohn_LATE_123_4567_ch1-1.py`, the user's id and the attachment's; one zip, flat.
Moodle: `John Doe_123_assignsubmission_file_`, a folder or the start of a file's name.
Brightspace: `123-456 - John Doe - Oct 5, 2026 1234 PM`, likewise, followed by ` - ch1.py`.
Gradescope: `submission_123`, a folder; `submission_metadata.yml` names the students.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

METADATA = "submission_metadata.yml"
MONTHS = (  # in English, French, German, Spanish, Portuguese and Dutch
    *("jan|ene", "feb|f[eé]v", "mar|mär|mrt", "apr|abr|avr", "ma[iy]|mei", "jun|juin"),
    *("jul|juil", "aug|ago|ao[uû]", "sep|set", "o[ck]t|out", "nov", "d[eé][cz]|dic"),
)

CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?P<mark>)(?P<late>LATE_)?"
    r"(?P<id>\d+|anon_[A-Za-z0-9]+(?P<after>_LATE)?)_"
    r"(?:(?P<file>\d+)_(?P<rest>.+)|(?P<page>text|link)(?:-\d+)?\.html)",
    re.DOTALL,
)
MOODLE = re.compile(
    r"(?P<name>.+?)(?P<mark>)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_(?P<rest>.*))?", re.DOTALL
)
BRIGHTSPACE = re.compile(
    r"(?P<mark>)(?P<id>\d+)-\d+ ?- ?(?:(?P<sis>[A-Za-z]?\d{4,}) - )?(?P<name>.+?) ?- ?"
    r"(?P<date>[^-]*?\d{4},? \d{1,2}(?: ?[:.h] ?)?\d{2}(?: ?[AaPp]\.?[Mm]\.?)?)"
    r"(?: - (?P<rest>.+))?",
    re.DOTALL,
)
GRADESCOPE = re.compile(r"(?P<mark>)submission_(?P<id>\d+)")


@dataclass(frozen=True)
class Origin:
    """The student and version that a file or folder belongs to.

    `key` is the same for everything one student handed in, and its second part is readable;
    `version` is higher for later files; `rest` is the student's own name for a flat file, and
    `number` the platform's unique number of the file. `given` is the part of the name that the
    platform gave, by which it knows the student again. If `unclear`, the name bears the marks of
    two students, one of whom may have made up the other.
    """

    key: tuple[str, str]
    label: str
    person: dict[str, str] = field(default_factory=dict)
    version: tuple = ()
    rest: str = ""
    late: bool = False
    number: str = ""
    given: str = ""
    unclear: bool = False

    @property
    def platform(self) -> str:
        return self.key[0]


def recognize(name: str, platform: str | None = None) -> Origin | None:
    """Parse a name given by a platform into an `Origin`, or None.

    Students may imitate another platform's names: `platform` is the one that the class uses. If it
    did not give this name, the mark that comes first in it counts.
    """
    origins = _readings(name)
    return next((each for each in origins if each.platform == platform), next(iter(origins), None))


def platform_of(names: Iterable[str]) -> str | None:
    """Return the platform that may have given most of these names, or None."""
    counts = Counter(origin.platform for name in names for origin in _readings(name))
    return max(counts, key=lambda name: counts[name]) if counts else None


def _readings(name):
    """Every way to read a name as a platform's, the one with the first mark first."""
    marks = []
    for needed, pattern, origin in (  # a look for what is needed in any such name saves time
        ("-", BRIGHTSPACE, _brightspace),
        ("_assignsubmission_", MOODLE, _moodle),
        ("submission_", GRADESCOPE, _gradescope),
        ("_", CANVAS, _canvas),
    ):
        found = pattern.fullmatch(name[:1000]) if needed in name else None
        if found and (parsed := origin(found)):
            marks.append((found.start("mark"), parsed))
    return [parsed for _, parsed in sorted(marks, key=lambda mark: mark[0])]


def _canvas(found):
    id, name = found["id"].removesuffix(found["after"] or ""), found["name"] or ""
    if not name and id.isdigit():  # such as a date
        return None
    person = {"name": name or id} | ({"id": id} if id.isdigit() else {})
    rest = found["rest"] or f"{found['page']}.html"
    copies = re.search(r"-(\d{1,9})(?:\.\w+)*$", rest)  # Canvas numbers repeated uploads
    version = (int(copies[1]) if copies else 0,)
    label = f"{name}_{id}" if name else id
    late = bool(found["late"] or found["after"])
    number, given = found["file"] or "", found[0][: found.end("file")] if found["file"] else ""
    return Origin(("canvas", id), label, person, version, rest, late, number, given)


def _moodle(found):
    id, name = found["id"], found["name"]
    person = {"name": name} | ({"id": id} if id else {})
    label = f"{name}_{id}" if id else name
    rest = found["rest"] or ""
    unclear = "_assignsubmission_" in f"_{rest}"
    given = f"{name}_{id}" if id else ""
    return Origin(("moodle", label), label, person, (), rest, given=given, unclear=unclear)


def _brightspace(found):
    id, name = found["id"], found["name"]
    person = {"name": name, "id": id} | ({"sis_id": found["sis"]} if found["sis"] else {})
    label, given = f"{name}_{id}", found[0][: found.end("date")]
    version, rest = _date(found["date"]), found["rest"] or ""
    return Origin(("brightspace", label), label, person, version, rest, given=given)


def _gradescope(found):
    return Origin(("gradescope", found["id"]), found[0], {"name": found[0]})


def _date(text):
    """`Oct 5, 2026 1234 PM` as numbers that sort; an unreadable date sorts first."""
    month = next((n for n, month in enumerate(MONTHS, 1) if re.search(month, text.lower())), 0)
    found = re.search(r"(\d{1,2})\D*(\d{4}),? (\d{1,2})(?: ?[:.h] ?)?(\d{2}) ?([AaPp]?)", text)
    if not found:
        return ()
    day, year, hour, minute = (int(found[n]) for n in range(1, 5))
    if found[5]:
        hour = hour % 12 + 12 * (found[5] in "Pp")
    return (year, month, day, hour, minute)


def gradescope_people(text: str) -> dict[str, list[dict[str, str]]]:
    """Map folders to lists of students, from the text of `submission_metadata.yml`.

    This reads only the part of YAML that Gradescope writes: the list under `:submitters:`, where
    the indentation tells keys from values, so that no name can pass for a key.
    """
    people: dict[str, list[dict[str, str]]] = {}
    folder, inside = "", False
    for line in text.replace("\r\n", "\n").split("\n"):
        if top := re.fullmatch(r"([^\s:#-][^:]*):\s*", line):
            folder, inside = _scalar(top[1]), False
        elif re.match(r"  :\w+:", line):
            inside = line.rstrip() == "  :submitters:"
        elif inside and (entry := re.fullmatch(r"  (  |- ):(name|sid|email):\s+(\S.*)", line)):
            students = people.setdefault(folder, [])
            if entry[1] == "- " or not students:
                students.append({})
            students[-1][{"sid": "sis_id"}.get(entry[2], entry[2])] = _scalar(entry[3].strip())
    return people


def gradescope_times(text: str) -> dict[str, str]:
    """Map folders to when they were handed in, in ISO format, from `submission_metadata.yml`."""
    times, folder = {}, ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if top := re.fullmatch(r"([^\s:#-][^:]*):\s*", line):
            folder = _scalar(top[1])
        elif found := re.fullmatch(
            r"  :created_at: (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)[.\d]* ?(Z|[+-]\d\d:?\d\d)", line
        ):
            times[folder] = f"{found[1]}T{found[2]}{found[3].replace('Z', '+00:00')}"
    return times


def _scalar(text):
    if text[:1] == text[-1:] == "'":
        return text[1:-1].replace("''", "'")
    if text[:1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text.strip('"')
    return text
