"""Reads `course.toml`, the rules of a course, and writes a commented one to start from."""

from __future__ import annotations

import datetime
import tomllib
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..course import registry

FILE = "course.toml"
SHOWN = ("feedback", "points")
VERDICTS = ("allow", "report", "refuse")
READY_MADE = (
    *("scipy.special.softmax", "scipy.special.log_softmax", "scipy.special.expit"),
    *("scipy.special.logsumexp", "scipy.optimize"),
)
TEMPLATE = """\
# The rules of the course. `grade class` reads this file in its --out folder.
# After a change run the same command again: the points are recalculated, and nothing is graded
# again, unless a submission had run out of time and has more now.

[course]
chapters = ["all"]        # as in `grade run`; --chapters on the command line comes first
optional = [{optional}]        # extra points, up to the maximum of the other chapters
timezone = "UTC"          # of these dates and of the times in the export, such as "Europe/Berlin"

[due]                     # a date alone means the end of that day
# "1" = 2027-01-15
# "2.1-2.4" = 2027-01-22T18:00:00

[late]
percent_per_day = 0       # of a chapter's points, for each day begun
most_percent = 100        # never more than this
grace_minutes = 0         # up to this many minutes late counts as on time

[extensions]              # by id, login, e-mail or name
# "ada@example.org" = {{ days = 3 }}
# "student-007" = {{ until = 2027-01-25, chapters = ["2"] }}

[handed_in]               # where the platform's export does not say when
# "student-007" = 2027-01-16T09:30:00

[weights]                 # of chapters; the others have 1
# "4.5" = 2

[imports]                 # beyond NumPy, SciPy and the standard library
also = ["matplotlib"]     # packages that are welcome
others = "report"         # other packages: allow, report (a note) or refuse (0 for the chapter)
ready_made = [
{ready_made}
]
ready_made_use = "report" # what is in `ready_made`: allow, report or refuse

[limits]
seconds = 600             # for one submission; raising it regrades those that ran out of time
memory_mb = 4096          # for one submission

[students]
show = "feedback"         # in what they get back: feedback, or points alone
"""


class CourseFileError(Exception):
    """The file cannot be used; the message is one line that names file, key and remedy."""


@dataclass(frozen=True)
class Extension:
    """More time for one person; without chapters, for all of them."""

    person: str
    days: float | None
    until: datetime.datetime | None
    chapters: frozenset[str]


@dataclass(frozen=True)
class CourseRules:
    """The rules; without a file, those that change nothing."""

    exists: bool = False
    chapters: tuple[str, ...] = ("all",)
    optional: frozenset[str] = frozenset()
    zone: datetime.tzinfo = datetime.UTC
    due: dict[str, datetime.datetime] = field(default_factory=dict)
    percent_per_day: float = 0
    most_percent: float = 100
    grace: datetime.timedelta = datetime.timedelta()
    extensions: tuple[Extension, ...] = ()
    handed_in: dict[str, datetime.datetime] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    also: frozenset[str] = frozenset()
    others: str = "allow"
    ready_made: tuple[str, ...] = ()
    ready_made_use: str = "allow"
    seconds: int | None = None
    memory_mb: int | None = None
    show: str = "feedback"


def template() -> str:
    """Return a commented `course.toml` that holds the defaults."""
    return TEMPLATE.format(
        optional=", ".join(f'"{id}"' for id in sorted(registry.optional())),
        ready_made="\n".join(f'    "{name}",' for name in READY_MADE),
    )


def read(folder: str | Path) -> CourseRules:
    """Read the `course.toml` of a class's folder, if it has one."""
    path = Path(folder) / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return CourseRules()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise CourseFileError(f"`{path}` cannot be read ({reason})") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseFileError(f"`{path}` is not valid TOML: {error}") from None
    return _Reader(path, tables).rules()


class _Reader:
    """Takes values from the tables; whatever is left over is not a key of the file."""

    def __init__(self, path: Path, tables: dict[str, Any]) -> None:
        self.path, self.tables = path, tables
        self.zone: datetime.tzinfo = datetime.UTC

    def rules(self) -> CourseRules:
        known = tomllib.loads(template())
        for name, table in self.tables.items():
            if name not in known or not isinstance(table, dict):
                raise self._error(name, f"there is no such table: write one of {_listed(known)}")
            free = name in ("due", "extensions", "handed_in", "weights")
            for key in table if not free else ():
                if key not in known[name]:
                    remedy = f"there is no such key: write one of {_listed(known[name])}"
                    raise self._error(f"{name}.{key}", remedy)
        self.zone = self._zone()
        one = self._one
        return CourseRules(
            exists=True,
            chapters=tuple(self._texts("course", "chapters", ["all"])),
            optional=frozenset(self._ids("course.optional", self._optional())),
            zone=self.zone,
            due=dict(self._by_chapter("due", self._date)),
            percent_per_day=self._number("late", "percent_per_day", 0, most=100),
            most_percent=self._number("late", "most_percent", 100, most=100),
            grace=datetime.timedelta(minutes=self._number("late", "grace_minutes", 0)),
            extensions=tuple(self._extensions()),
            handed_in={
                person: self._date(f"handed_in.{person}", date)
                for person, date in self.tables.get("handed_in", {}).items()
            },
            weights=dict(self._by_chapter("weights", self._weight)),
            also=frozenset(self._texts("imports", "also", ["matplotlib"], ids=False)),
            others=one("imports", "others", VERDICTS, "report"),
            ready_made=tuple(self._texts("imports", "ready_made", list(READY_MADE), ids=False)),
            ready_made_use=one("imports", "ready_made_use", VERDICTS, "report"),
            seconds=self._whole("limits", "seconds", 1),
            memory_mb=self._whole("limits", "memory_mb", 256),
            show=one("students", "show", SHOWN, "feedback"),
        )

    def _error(self, key: str, allowed: str) -> CourseFileError:
        return CourseFileError(f"`{self.path}`, `{key}`: {allowed}")

    def _get(self, table, key, default):
        return self.tables.get(table, {}).get(key, default)

    def _optional(self):
        return self._texts("course", "optional", sorted(registry.optional()), ids=False)

    def _zone(self):
        name = self._get("course", "timezone", "UTC")
        try:
            return zoneinfo.ZoneInfo(name)
        except (OSError, ValueError, TypeError, AttributeError, zoneinfo.ZoneInfoNotFoundError):
            raise self._error(
                "course.timezone", 'write a time zone such as "UTC" or "Europe/Berlin"'
            ) from None

    def _texts(self, table, key, default, ids=True):
        value, name = self._get(table, key, default), f"{table}.{key}"
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self._error(name, 'write a list of texts, such as ["a", "b"]')
        if ids:
            self._ids(name, value)
        return value

    def _ids(self, key, names):
        """The ids of the chapters of these names."""
        try:
            return [chapter.id for chapter in registry.select(names)]
        except registry.UnknownChapter as error:
            raise self._error(key, str(error)) from None

    def _by_chapter(self, table: str, read: Callable[[str, Any], Any]) -> Iterator[tuple[str, Any]]:
        for names, value in self.tables.get(table, {}).items():
            key = f"{table}.{names}"
            if isinstance(value, dict):
                raise self._error(key, 'write the chapter in quotes, such as "2.1"')
            for id in self._ids(key, [name.strip() for name in names.split(",")]):
                yield id, read(key, value)

    def _date(self, key, value):
        """The moment that a TOML date, or a date and time, stands for."""
        if isinstance(value, datetime.datetime):
            return value if value.tzinfo else value.replace(tzinfo=self.zone)
        if isinstance(value, datetime.date):
            end = datetime.time(23, 59, 59)
            return datetime.datetime.combine(value, end, tzinfo=self.zone)
        raise self._error(key, "write a date without quotes, such as 2027-01-15T18:00:00")

    def _number(self, table, key, default, most=None):
        return self._checked(f"{table}.{key}", self._get(table, key, default), most)

    def _weight(self, key, value):
        return self._checked(key, value)

    def _checked(self, key, value, most=None):
        if type(value) not in (int, float) or not 0 <= value <= (most or 1e6):
            raise self._error(key, f"write a number from 0 to {most}" if most else "write a number")
        return value

    def _whole(self, table, key, least):
        value = self._get(table, key, None)
        if value is not None and (type(value) is not int or value < least):
            raise self._error(f"{table}.{key}", f"write a whole number, at least {least}")
        return value

    def _one(self, table, key, allowed, default):
        value = self._get(table, key, default)
        if value not in allowed:
            raise self._error(f"{table}.{key}", f"write one of {_listed(allowed)}")
        return value

    def _extensions(self) -> Iterator[Extension]:
        for person, given in self.tables.get("extensions", {}).items():
            for one in given if isinstance(given, list) else [given]:
                yield self._extension(person, one)

    def _extension(self, person, given):
        key = f"extensions.{person}"
        keys = given.keys() if isinstance(given, dict) else {""}
        if not keys <= {"days", "until", "chapters"} or len(keys & {"days", "until"}) != 1:
            raise self._error(key, "write { days = 3 } or { until = 2027-01-25 }, with `chapters`")
        chapters = given.get("chapters", ["all"])
        if not isinstance(chapters, list) or not all(isinstance(text, str) for text in chapters):
            raise self._error(f"{key}.chapters", 'write a list of chapters, such as ["2", "3.1"]')
        return Extension(
            person,
            self._checked(f"{key}.days", given["days"]) if "days" in given else None,
            self._date(f"{key}.until", given["until"]) if "until" in given else None,
            frozenset(self._ids(f"{key}.chapters", chapters)),
        )


def _listed(names):
    return ", ".join(f"`{name}`" for name in names)
