"""Finds out when a student handed in, from what the platform's export says.

Brightspace writes it into the names, Gradescope into its metadata. Otherwise the platform's zip has
a time for each file; a zip inside it is the student's own and does not count. Folders on disk have
the times of their unpacking, which say nothing.
"""

from __future__ import annotations

import datetime
from contextlib import suppress
from typing import TYPE_CHECKING

from . import archives

if TYPE_CHECKING:
    from .by_student import StudentEntries

EARLIEST = 2000  # the year; zips without times have 1980


def handed_in(student: StudentEntries) -> str:
    """Return the latest time in ISO format, or "" if nobody knows."""
    if student.created:
        return student.created
    if student.key[0] == "brightspace":
        found = [_moment(origin.version) for origin, _ in student.entries]
    else:
        found = [_moment(time) for _, entry in student.entries for time in _times(entry)]
    known = [moment for moment in found if moment]
    return max(known).isoformat() if known else ""


def _times(entry):
    with suppress(archives.Unreadable):
        return [member.time for member in entry.members() if not member.is_folder]
    return []


def _moment(numbers):
    """The moment, or None for numbers that cannot be a time of handing in."""
    with suppress(TypeError, ValueError):
        moment = datetime.datetime(*numbers)
        return moment if moment.year > EARLIEST else None
    return None
