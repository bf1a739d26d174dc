"""Groups the top-level entries of a class's folder or zip by student."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import archives, candidates, lms, names, sanitize, zips

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")  # that people hand in
MAX_METADATA = 16 * archives.MB


@dataclass(frozen=True)
class TopLevelEntry:
    """A top-level folder or file; `members` lists the files in it, `enter` its entries."""

    name: str
    is_folder: bool
    members: Callable[[], list[archives.Member]]
    enter: Callable[[], list[TopLevelEntry]] = list
    in_zip: bool = False


@dataclass
class StudentEntries:
    """One student's entries, each with its `Origin`; the id is made from `label`.

    `person` is what the platform tells about the student; without a platform, just the label.
    `created` is when the platform says in its metadata that this was handed in.
    """

    key: tuple
    label: str
    person: dict[str, str]
    entries: list[tuple[lms.Origin, TopLevelEntry]]
    notes: list[str] = field(default_factory=list)
    created: str = ""

    @property
    def on_platform(self) -> bool:
        return bool(self.key[0])

    @property
    def origin(self) -> dict[str, str]:
        """The platform, and what it calls the latest of the entries that it named."""
        given = [origin.given for origin, _ in self.entries if origin.given]
        found = {"platform": self.key[0], "given": given[-1] if given else ""}
        return {key: text for key, text in found.items() if text}


def folder_entry(path: Path, *below: str) -> TopLevelEntry:
    """Return a folder on disk as a `TopLevelEntry`; `below` leads down to it from `path`."""
    return TopLevelEntry(
        below[-1] if below else path.name,
        True,
        lambda: archives.folder_members(path, *below),
        lambda: [
            folder_entry(path, *below, member.name) if member.is_folder else _file_entry(member)
            for member in archives.scan(path, *below)
        ],
    )


def _file_entry(member):
    return TopLevelEntry(member.name, False, lambda: [member])


def path_entry(path: Path) -> TopLevelEntry:
    """Return a folder or file on disk as a `TopLevelEntry`."""
    if path.is_dir():
        return folder_entry(path)
    member = archives.Member((path.name,), lambda: archives.open_regular(path), on_disk=True)
    return _file_entry(member)


def zip_entry(name: str, members: list[archives.Member]) -> TopLevelEntry:
    """Return the members of a zip, or of a folder in it, as a `TopLevelEntry`."""
    return TopLevelEntry(name, True, lambda: members, lambda: _zip_entries(members), in_zip=True)


def _zip_entries(members):
    folders: dict[str, list[archives.Member]] = {}
    entries: list[TopLevelEntry] = []
    for member in members:
        if archives.is_litter(member.parts[0]):
            continue
        if len(member.parts) > 1:
            folders.setdefault(member.parts[0], []).append(archives.below(member))
        elif member.is_folder:
            folders.setdefault(member.name, [])
        else:
            entries.append(_file_entry(member))
    return entries + [zip_entry(name, inside) for name, inside in folders.items()]


def gather(root: TopLevelEntry) -> tuple[list[StudentEntries], list[str]]:
    """Return `(students, notes)` from a class's folder or zip."""
    root = _unwrapped(root)
    entries = sorted(root.enter(), key=lambda entry: entry.name)
    if any(e.is_folder and e.name.casefold() == candidates.EXERCISES for e in entries):
        return [whole(root)], []
    students: dict[tuple, StudentEntries] = {}
    loose, skipped, unclear = [], [], []
    origins = _origins(entries)
    people = _people_by_name(entries)
    for entry, origin in origins:
        if not origin and entry.name in people:
            origin = _plain(people[entry.name], entry.name)
        if origin and origin.unclear:
            unclear.append(entry.name)
        elif origin:
            new = StudentEntries(origin.key, origin.label, origin.person, [])
            students.setdefault(origin.key, new).entries.append((origin, entry))
        elif (named := names.parsed(entry.name)) and named.stem:
            loose.append(entry.name)
        elif entry.name != lms.METADATA:
            skipped.append(entry.name)
    if loose and not _is_class(entries, origins):
        return [whole(root)], []
    skipped = loose + skipped
    notes = [f"skipped (no student's name): {sanitize.listing(skipped)}"] if skipped else []
    if unclear:
        notes.append(
            f"skipped (the name bears the marks of two students): {sanitize.listing(unclear)}: "
            "find out whose it is and rename it"
        )
    for student in students.values():
        student.entries.sort(
            key=lambda pair: (pair[0].version, int(pair[0].number or 0), pair[1].name)
        )
        if any(origin.late for origin, _ in student.entries):
            student.notes.append("marked as late by the platform")
    members, created = _gradescope(entries, notes)
    for student in students.values():
        if student.key[0] == "gradescope":
            student.created = created.get(student.label, "")
    return [each for student in students.values() for each in _members(student, members)], notes


def _people_by_name(entries):
    """Map `ch1_1_numpy_arrays_lee.py` to `lee`, if several such files are of one chapter."""
    parsed = {entry.name: names.parsed(entry.name) for entry in entries if not entry.is_folder}
    added = {name: found for name, found in parsed.items() if found and found.by_person}
    counts = Counter(found.stem for found in added.values())
    people = {found.added for found in added.values() if counts[found.stem] > 1} - {""}
    return {name: found.added for name, found in added.items() if found.added in people}


def is_from_platform(root: TopLevelEntry) -> bool:
    """True if a platform named the top-level entries."""
    return _is_named(_unwrapped(root).enter())


def _unwrapped(root):
    """The contents of the only top-level folder, if that is a class; else `root`.

    A folder named on disk stands for its contents; a zipped folder usually appears inside its zip.
    """
    entries = root.enter()
    if len(entries) != 1 or not entries[0].is_folder or lms.recognize(entries[0].name):
        return root
    try:
        inside = entries[0].enter()
        several = root.in_zip and all(map(_may_be_students, inside)) and _are_students(inside)
    except archives.Unreadable:
        return root
    return entries[0] if several or _is_named(inside) else root


def _is_class(entries, origins):
    """True if there are several students' entries next to a chapter file without a name."""
    flat = sum(bool(origin and origin.rest) for _, origin in origins)
    students = [entry for entry in entries if _may_be_students(entry)]
    return flat > 1 or _is_named(entries) or _are_students(students)


def _is_named(entries):
    """True if a platform named these entries."""
    return any(lms.recognize(entry.name) or entry.name == lms.METADATA for entry in entries)


def _may_be_students(entry):
    own = candidates.KIT | {candidates.EXERCISES}
    return (entry.is_folder or _is_archive(entry.name)) and entry.name.casefold() not in own


def _are_students(entries):
    """True if these come from several students: two of them hold the same chapter."""
    seen: set[str] = set()
    for entry in entries:
        stems = _held_by(entry)
        if seen & stems or _is_archive(entry.name):
            return len(entries) > 1
        seen |= stems
    return False


def _held_by(entry):
    """The stems of the chapters in an entry by name; failing that, the names of its programs."""
    try:
        members = archives.without_litter(entry.members())
    except archives.Unreadable:
        return set()
    parsed = [(member.name, found) for member in members if (found := names.parsed(member.name))]
    parsed = [(name, found) for name, found in parsed if found.stem or found.suffix]
    stems = {found.stem for _, found in parsed if found.stem}
    return stems or {name.casefold() for name, _ in parsed}


def whole(root: TopLevelEntry) -> StudentEntries:
    """Return everything as one student's."""
    label = root.name if root.is_folder else _without_suffix(root.name)
    return StudentEntries(("", label), label, {"name": label}, [(_plain(label), root)])


def _without_suffix(name):
    return re.sub(r"(\.tar)?\.\w+$", "", name)


def _plain(label, rest=""):
    return lms.Origin(("", label), label, {"name": label}, rest=rest)


def _is_archive(name):
    return name.casefold().endswith(ARCHIVES)


def _origins(entries):
    """Pair entries with origins; two zips of one number, `hw_1_2_ann.zip`, are not Canvas's."""
    platform = lms.platform_of(entry.name for entry in entries)
    pairs = [(entry, _origin(entry, platform)) for entry in entries]
    numbers: dict[str, set[str]] = {}
    for entry, origin in pairs:
        if origin and origin.number and _is_archive(entry.name):
            numbers.setdefault(origin.number, set()).add(_without_suffix(entry.name))
    return [
        (entry, _plain(_without_suffix(entry.name)))
        if origin and len(numbers.get(origin.number, ())) > 1
        else (entry, origin)
        for entry, origin in pairs
    ]


def _origin(entry, platform):
    """The entry's origin; None for a file without a student's name."""
    name = entry.name
    if origin := lms.recognize(name, platform):
        return origin
    if entry.is_folder or entry.members()[0].odd:
        return _plain(name)
    if name.casefold().endswith((".zip", *zips.OTHERS)):
        return _plain(_without_suffix(name))
    if chapter := names.named(name):
        return None if chapter.stem else _plain(name.rpartition(".")[0])
    folded = name[:300].casefold()
    for stem in (each for each in names.stems() if each in folded):
        # `smith_ch1_1_numpy_arrays.py`
        found = re.fullmatch(rf"(.+?)[ _-]+({stem}.*)", name[:300], re.IGNORECASE | re.DOTALL)
        if found and names.parsed(found[2]):
            return _plain(found[1], found[2])
    label = re.sub(r"\.(?:py|ipynb)\b.*", "", name, flags=re.IGNORECASE | re.DOTALL)
    return _plain(label) if _holds_functions(entry.members()[0]) else None


def _holds_functions(member):
    """True for a program of any name with functions of the course, which is a student's then."""
    found = names.parsed(member.name)
    return bool(found and not found.stem and candidates.holds_functions(member))


def _gradescope(entries, notes):
    """Map folders to their students and to their times, from Gradescope's metadata file."""
    for entry in entries:
        if entry.name == lms.METADATA and not entry.is_folder:
            try:
                data = entry.members()[0].read(MAX_METADATA)
            except archives.Unreadable as error:
                notes.append(f"`{lms.METADATA}` {error}")
            else:
                text = data.decode("utf-8", "replace")
                return lms.gradescope_people(text), lms.gradescope_times(text)
    return {}, {}


def _members(student, people):
    """The student, or each member of the group that handed this in."""
    group = people.get(student.label, []) if student.key[0] == "gradescope" else []
    if len(group) < 2:
        return [replace(student, person=group[0] if group else student.person)]
    note = f"handed in by a group of {len(group)}"
    return [
        replace(
            student,
            key=(*student.key, str(n)),
            label=f"{student.label}-{n}",
            person=person,
            notes=[*student.notes, note],
        )
        for n, person in enumerate(group, 1)
    ]
