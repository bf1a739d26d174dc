"""Whose things are whose: what lies at the top of a class's folder or zip, gathered by student."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from . import archives, chapter_files, lms, sanitize, zips

MAX_METADATA = 16 * archives.MB


@dataclass(frozen=True)
class Entry:
    """A folder or file at the top; `members` gives what is in it, `enter` its own entries."""

    name: str
    is_folder: bool
    members: Callable
    enter: Callable = list
    in_zip: bool = False


@dataclass
class Student:
    """One student's entries, each with its `Origin`; `label` is what the id is made from.

    `known` is what the platform says of the person; without a platform there is just the label.
    """

    key: tuple
    label: str
    known: dict
    entries: list
    notes: list = field(default_factory=list)

    @property
    def on_platform(self):
        return bool(self.key[0])


def folder_entry(path, name=None):
    """A folder on disk as an `Entry`."""
    return Entry(
        name or path.name,
        True,
        lambda: archives.folder_members(path),
        lambda: [_disk_entry(path / entry.name, entry) for entry in archives.scan(path)],
    )


def _disk_entry(path, entry):
    member = archives.disk_member(entry)
    if member.is_folder:
        return folder_entry(path)
    return Entry(entry.name, False, lambda: [member])


def path_entry(path):
    """A folder or file on disk as an `Entry`."""
    if path.is_dir():
        return folder_entry(path)
    member = archives.Member((path.name,), lambda: archives.open_regular(path), on_disk=True)
    return Entry(path.name, False, lambda: [member])


def zip_entry(name, members):
    """The members of a zip, or of a folder in it, as an `Entry`."""
    return Entry(name, True, lambda: members, lambda: _zip_entries(members), in_zip=True)


def _zip_entries(members):
    folders, entries = {}, []
    for member in members:
        if archives.is_litter(member.parts[0]):
            continue
        if len(member.parts) > 1:
            folders.setdefault(member.parts[0], []).append(archives.below(member))
        elif member.is_folder:
            folders.setdefault(member.name, [])
        else:
            entries.append(Entry(member.name, False, lambda member=member: [member]))
    return entries + [zip_entry(name, inside) for name, inside in folders.items()]


def gather(root):
    """`(students, notes)` of what lies in a class's folder or zip."""
    root = _unwrapped(root)
    entries = sorted(root.enter(), key=lambda entry: entry.name)
    if any(e.is_folder and e.name.casefold() == chapter_files.EXERCISES for e in entries):
        return [whole(root)], []
    students, loose, left = {}, [], []
    origins = _origins(entries)
    for entry, origin in origins:
        if origin:
            new = Student(origin.key, origin.label, origin.student, [])
            students.setdefault(origin.key, new).entries.append((origin, entry))
        elif chapter_files.named(entry.name):
            loose.append(entry.name)
        elif entry.name != lms.METADATA:
            left.append(entry.name)
    if loose and not _is_class(entries, origins):
        return [whole(root)], []
    notes = (
        [f"left out, nobody's name on it: {sanitize.listing(loose + left)}"] if loose + left else []
    )
    for student in students.values():
        student.entries.sort(key=lambda pair: (pair[0].version, pair[1].name))
        if any(origin.late for origin, _ in student.entries):
            student.notes.append("handed in late")
    people = _gradescope(entries, notes)
    return [each for student in students.values() for each in _members(student, people)], notes


def is_from_platform(root):
    """Whether a platform has named what lies at the top."""
    return _is_named(_unwrapped(root).enter())


def _unwrapped(root):
    """What is in the folder that alone lies at the top, if that is a class.

    Who names a folder on disk means what lies in it; who zips a folder zips the folder itself.
    """
    entries = root.enter()
    if len(entries) != 1 or not entries[0].is_folder or lms.recognise(entries[0].name):
        return root
    try:
        inside = entries[0].enter()
        several = root.in_zip and all(map(_may_be_students, inside)) and _are_students(inside)
    except archives.Unreadable:
        return root
    return entries[0] if several or _is_named(inside) else root


def _is_class(entries, origins):
    """Whether there are several people's things beside a chapter's file that is nobody's."""
    flat = sum(bool(origin and origin.rest) for _, origin in origins)
    students = [entry for entry in entries if _may_be_students(entry)]
    return flat > 1 or _is_named(entries) or _are_students(students)


def _is_named(entries):
    """Whether a platform has named these."""
    return any(lms.recognise(entry.name) or entry.name == lms.METADATA for entry in entries)


def _may_be_students(entry):
    own = chapter_files.KIT | {chapter_files.EXERCISES}
    return (entry.is_folder or _is_zip(entry.name)) and entry.name.casefold() not in own


def _are_students(entries):
    """Whether these are several people's rather than one's: two hold the same chapter."""
    seen = set()
    for entry in entries:
        try:
            names = [chapter_files.named(member.name) for member in entry.members()]
        except archives.Unreadable:
            names = []
        stems = {name.stem for name in names if name}
        if seen & stems or _is_zip(entry.name):
            return len(entries) > 1
        seen |= stems
    return False


def whole(root):
    """All that there is as one student's."""
    label = root.name if root.is_folder else _without_suffix(root.name)
    return Student(("", label), label, {"name": label}, [(_plain(label), root)])


def _without_suffix(name):
    return re.sub(r"(\.tar)?\.\w+$", "", name)


def _plain(label, rest=""):
    return lms.Origin(("", label), label, {"name": label}, rest=rest)


def _is_zip(name):
    return name.casefold().endswith(".zip")


def _origins(entries):
    """Each entry and its origin; two zips of one number, `hw_1_2_ann.zip`, are not Canvas's."""
    pairs = [(entry, _origin(entry)) for entry in entries]
    numbers = {}
    for entry, origin in pairs:
        if origin and origin.number and _is_zip(entry.name):
            numbers.setdefault(origin.number, set()).add(_without_suffix(entry.name))
    return [
        (entry, _plain(_without_suffix(entry.name)))
        if origin and len(numbers.get(origin.number, ())) > 1
        else (entry, origin)
        for entry, origin in pairs
    ]


def _origin(entry):
    """Whose the entry is, None for a file without a name on it."""
    name = entry.name
    if found := lms.recognise(name):
        return found
    if entry.is_folder or entry.members()[0].odd:
        return _plain(name)
    if name.casefold().endswith((".zip", *zips.OTHERS)):
        return _plain(_without_suffix(name))
    if chapter := chapter_files.named(name):
        return None if chapter.stem else _plain(name.rpartition(".")[0])
    for stem in chapter_files.stems():  # `smith_ch1_1_numpy_arrays.py`
        found = re.fullmatch(rf"(.+?)[ _-]+({stem}.*)", name[:300], re.IGNORECASE | re.DOTALL)
        if found and chapter_files.named(found[2]):
            return _plain(found[1], found[2])
    return None


def _gradescope(entries, notes):
    """Folder -> its students, as Gradescope's own file says."""
    for entry in entries:
        if entry.name == lms.METADATA and not entry.is_folder:
            try:
                data = entry.members()[0].read(MAX_METADATA)
            except archives.Unreadable as error:
                notes.append(f"`{lms.METADATA}` {error}")
            else:
                return lms.gradescope_people(data.decode("utf-8", "replace"))
    return {}


def _members(student, people):
    """The student, or each of the group that handed this in."""
    group = people.get(student.label, []) if student.key[0] == "gradescope" else []
    if len(group) < 2:
        return [replace(student, known=group[0] if group else student.known)]
    note = f"handed in by a group of {len(group)}"
    return [
        replace(
            student,
            key=(*student.key, str(n)),
            label=f"{student.label}-{n}",
            known=known,
            notes=[*student.notes, note],
        )
        for n, known in enumerate(group, 1)
    ]
