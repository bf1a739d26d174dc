"""Intake: from what a learning platform hands out to one `Submission` for each student.

All that is read here was written by people with an interest in the outcome. Nothing is written to
disk, nothing run, and one student's broken zip is that student's alone.
"""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from . import archives, by_student, chapter_files, sanitize, zips
from . import roster as rosters


class IntakeError(Exception):
    """What was named cannot be read at all; the message is one line for the user."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    `id` is safe as a file name and unique in the class, `student` what is known of the person,
    `files` maps chapter files to UTF-8 source, `notes` say what was left out, mended or chosen.
    """

    id: str
    student: dict
    files: dict
    notes: tuple

    @property
    def digest(self):
        """sha256 of the names and contents."""
        digest = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            digest.update(f"{name} {len(data)}\n".encode() + data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Intake:
    """The submissions, sorted by id; notes on the whole; who on the roster handed nothing in."""

    submissions: list
    notes: tuple
    missing: list


def read(path, roster=None):
    """All that was handed in: a folder of folders, zips or files, or the zip of a whole class.

    `roster` is a CSV that says who is who.
    """
    path = Path(path)
    people = _people(roster)
    with ExitStack() as stack:
        try:
            root, depth = _root(path, stack)
            students, notes = by_student.gather(root)
        except archives.Unreadable as error:
            raise IntakeError(
                f"{sanitize.quote(str(path), 1000)} {error}: "
                "name a folder of submissions or one .zip"
            ) from None
        if not students:
            raise IntakeError(
                f"{sanitize.quote(str(path), 1000)} holds no submission: "
                "name a folder of submissions"
            )
        ids = sanitize.safe_ids({student.key: student.label for student in students})
        fits = _fits(students, people)
        submissions = [_submission(ids[s.key], s, fits[s.key], people, depth) for s in students]
    submissions.sort(key=lambda submission: submission.id)
    mapped = {fit.row for fit in fits.values()}
    missing = [person for row, person in enumerate(people or []) if row not in mapped]
    notes += _roster_notes(students, fits, people, missing)
    return Intake(submissions, sanitize.notes(notes), missing)


def read_one(path):
    """What one student handed in: a folder, a zip or a single file, whatever it is named.

    A broken zip is a `Submission` without files and a note on why.
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
    return _submission(id, student, rosters.Match(None), None, 0)


def _people(roster):
    try:
        return None if roster is None else rosters.read(roster)
    except rosters.RosterError as error:
        raise IntakeError(str(error)) from None


def _root(path, stack):
    """The class as an `Entry`, and how many zips its members already lie in."""
    with archives.plain_errors():
        path = path.resolve(strict=True)
        if not path.is_dir():
            return _zip_root(path, stack), 1
    return _lone_zip(path, stack) or (by_student.folder_entry(path), 0)


def _zip_root(path, stack):
    with archives.plain_errors():
        raw = archives.open_regular(path)
    return by_student.zip_entry(path.stem, zips.zip_members(raw, stack, zips.MAX_CLASS))


def _lone_zip(folder, stack):
    """The class, where a folder holds nothing but the zip that a platform made of it."""
    inside = [folder / entry.name for entry in archives.scan(folder)]
    if len(inside) != 1 or inside[0].suffix.casefold() != ".zip":
        return None
    try:
        root = _zip_root(inside[0], stack)
        return (root, 1) if by_student.is_from_platform(root) else None
    except archives.Unreadable:
        return None  # a student's, who will be told


def _fits(students, people):
    """Student's key -> who that is on the roster."""
    if people is None:
        return {student.key: rosters.Match(None) for student in students}
    return rosters.match(
        people, {s.key: (s.known, None if s.on_platform else s.label) for s in students}
    )


def _submission(id, student, fit, people, depth):
    known = {} if fit.row is None else people[fit.row]
    person = {field: sanitize.clean(value) for field, value in (student.known | known).items()}
    person = {field: value for field, value in person.items() if value}
    files, notes = _contents(student, depth)
    notes = [*student.notes, fit.note, *notes]
    return Submission(id, person, files, sanitize.notes(note for note in notes if note))


def _contents(student, depth):
    """The chapters' files among all that a student handed in."""
    found, notes = [], []
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
            inside = unpacker.unpack(members, depth)
            found += [(origin.version, member) for member in inside]
        files, chosen = chapter_files.choose(found)
    return files, notes + chosen + ([] if files else ["no chapter's file was found"])


def _roster_notes(students, fits, people, missing):
    """What there is to say of the roster as a whole."""
    if people is None:
        return []
    strangers = [student.label for student in students if fits[student.key].row is None]
    notes = []
    if strangers:
        notes.append(f"not mapped to anybody on the roster: {sanitize.listing(strangers)}")
    if missing:
        names = [person.get("name") or next(iter(person.values())) for person in missing]
        notes.append(f"on the roster without a submission: {sanitize.listing(names)}")
    return notes
