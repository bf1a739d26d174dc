"""Turns the download of a learning platform into one `HandIn` per student.

Everything read here was written by people with an interest in the outcome. Nothing is written to
disk or run, and a broken zip affects no other student.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import archives, by_student, chapter_files, sanitize, times, zips
from . import roster as rosters

NOTHING_FOUND = "no chapter file was found: hand in the `.py` files or the notebooks themselves"


class IntakeError(Exception):
    """The submissions cannot be read at all; the message is one line for the user."""


@dataclass(frozen=True)
class HandIn:
    """The chapter files and the identity of one student.

    `id` is safe as a file name and unique in the class, `student` holds what is known about the
    person, `files` maps chapter files and helper modules to UTF-8 source, and data files to their
    bytes, `origins` maps chapters to the files that they were made from, and `notes` list skipped,
    repaired and chosen files; those in
    `about_files` name nobody else, so that the student may read them. `handed_in` is when, in ISO
    format and without a zone in the platform's local time, or "" if the export does not say; `late`
    is the platform's mark. `origin` holds the `platform` and, if it is known, what that calls the
    latest part of the submission (`given`).
    """

    id: str
    student: dict[str, str]
    files: dict[str, bytes]
    notes: tuple[str, ...]
    handed_in: str = ""
    late: bool = False
    origins: dict[str, str] = field(default_factory=dict)
    about_files: tuple[str, ...] = ()
    origin: dict[str, str] = field(default_factory=dict)

    @property
    def is_unread(self) -> bool:
        """True if no chapter was found: that says nothing of what the student can do."""
        return not self.origins

    @property
    def digest(self) -> str:
        """The sha256 of the names and contents."""
        digest = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            digest.update(f"{name} {len(data)}\n".encode() + data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Intake:
    """A class's hand-ins, sorted by id; notes on the whole; who on the roster is missing."""

    hand_ins: list[HandIn]
    notes: tuple[str, ...]
    missing: list[dict[str, str]]


def read(path: str | Path, roster: str | Path | None = None) -> Intake:
    """Read a whole class: a folder of folders, zips or files, or one zip.

    `roster` is a CSV file that identifies the students.
    """
    path = Path(path)
    people = _people(roster)
    with ExitStack() as stack:
        try:
            root = _root(path, stack)
            students, notes = by_student.gather(root)
        except archives.Unreadable as error:
            raise IntakeError(
                f"{sanitize.quote(str(path), 1000)} {error}: "
                "name a folder of submissions or one .zip"
            ) from None
        if not students:
            raise IntakeError(
                f"{sanitize.quote(str(path), 1000)} contains no submissions: "
                "name a folder of submissions"
            )
        ids = sanitize.safe_ids({student.key: student.label for student in students})
        fits = _fits(students, people)
        hand_ins = [_hand_in(ids[s.key], s, fits[s.key], people) for s in students]
    hand_ins.sort(key=lambda hand_in: hand_in.id)
    assigned = {fit.row for fit in fits.values()}
    missing = [person for row, person in enumerate(people or []) if row not in assigned]
    notes += _roster_notes(students, fits, people, missing)
    return Intake(hand_ins, sanitize.notes(notes), missing)


def read_one(path: str | Path) -> HandIn:
    """Read what one student handed in: a folder, a zip or a single file of any name.

    A broken zip gives a `HandIn` without files and with a note that says why.
    """
    path = Path(path)
    try:
        with archives.plain_errors():
            path = path.resolve(strict=True)
        entry = by_student.path_entry(path)
    except archives.Unreadable as error:
        raise IntakeError(
            f"{sanitize.quote(str(path), 1000)} {error}: name a student's folder or .zip"
        ) from None
    student = by_student.whole(entry)
    (id,) = sanitize.safe_ids({student.key: student.label}).values()
    return _hand_in(id, student, rosters.Match(None), None)


def _people(roster):
    try:
        return None if roster is None else rosters.read(roster)
    except rosters.RosterError as error:
        raise IntakeError(str(error)) from None


def _root(path, stack):
    """The class as a `TopLevelEntry`."""
    with archives.plain_errors():
        path = path.resolve(strict=True)
        if not path.is_dir():
            return _zip_root(path, stack)
    return _lone_zip(path, stack) or by_student.folder_entry(path)


def _zip_root(path, stack):
    with archives.plain_errors():
        raw = archives.open_regular(path)
    return by_student.zip_entry(path.stem, zips.zip_members(raw, stack, zips.MAX_CLASS))


def _lone_zip(folder, stack):
    """The class, if the folder holds nothing but a platform's zip."""
    inside = [folder / entry.name for entry in archives.scan(folder)]
    if len(inside) != 1 or inside[0].suffix.casefold() != ".zip":
        return None
    try:
        root = _zip_root(inside[0], stack)
        return root if by_student.is_from_platform(root) else None
    except archives.Unreadable:
        return None  # a student's broken zip, noted later


def _fits(students, people):
    """Map the students' keys to their matches on the roster."""
    if people is None:
        return {student.key: rosters.Match(None) for student in students}
    return rosters.match(
        people, {s.key: (s.person, None if s.on_platform else s.label) for s in students}
    )


def _hand_in(id, student, fit, people):
    on_roster = {} if fit.row is None else people[fit.row]
    person = {field: sanitize.clean(text) for field, text in (student.person | on_roster).items()}
    person = {field: value for field, value in person.items() if value}
    files, origins, notes = _contents(student)
    about_files = sanitize.notes(notes)
    notes = [*student.notes, fit.note, *notes]
    return HandIn(
        id,
        person,
        files,
        sanitize.notes(note for note in notes if note),
        times.handed_in(student),
        any(origin.late for origin, _ in student.entries),
        origins,
        about_files,
        student.origin,
    )


def _contents(student):
    """The chapter files among all that a student handed in, where they come from, and notes."""
    all_members: list[tuple[tuple, archives.Member]] = []
    notes: list[str] = []
    with ExitStack() as stack:
        unpacker = zips.Unpacker(stack, notes)
        for origin, entry in student.entries:
            try:
                members = entry.members()
            except archives.Unreadable as error:
                notes.append(f"{sanitize.quote(entry.name)} {error}")
                continue
            if origin.rest and not entry.is_folder:
                members = [replace(member, parts=(origin.rest,)) for member in members]
            inside = unpacker.unpack(members)
            all_members += [(origin.version, member) for member in inside]
        files, origins, choices = chapter_files.choose(all_members)
    return files, origins, notes + choices + ([] if origins else [NOTHING_FOUND])


def _roster_notes(students, fits, people, missing):
    """Notes on the roster as a whole."""
    if people is None:
        return []
    strangers = [student.label for student in students if fits[student.key].row is None]
    notes = []
    if strangers:
        notes.append(f"not assigned to anyone on the roster: {sanitize.listing(strangers)}")
    if missing:
        names = [person.get("name") or next(iter(person.values())) for person in missing]
        notes.append(f"on the roster without a submission: {sanitize.listing(names)}")
    return notes
