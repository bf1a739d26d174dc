"""Takes the data files that a submission's code opens: those whose names its text holds.

They are staged where they lie from the chapters' folder. A worker starts in that folder, so
`np.load("weights.npz")` finds its file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ..files import reading
from .archives import Member, Unreadable

MAX_BYTES = 4 * reading.LARGEST_FILE  # of all of them
MOST_READ = 5 * reading.MOST_DATA  # files that are opened, versions and refused ones included
PROGRAMS = (".py", ".ipynb")
# What stands between quotes or slashes in a program, whole or word by word.
PIECES = (re.compile(r"[^\"'/\\{}\n]+"), re.compile(r"[^\"'/\\{}\s,;]+"))


def named(members: Iterable[Member], text: str) -> list[Member]:
    """Return the members that a program's text names and that are no programs.

    The text is read as often, however many members there are.
    """
    found = [m for m in members if "." in m.name and not m.name.casefold().endswith(PROGRAMS)]
    names = {member.name for member in found}
    written = {
        each[0] for pieces in PIECES for each in pieces.finditer(text) if names and each[0] in names
    }
    return [member for member in found if member.name in written]


def read(
    members: Iterable[Member], roots: Collection[tuple[str, ...]]
) -> tuple[dict[str, bytes], list[Member]]:
    """Return `(files, left out)` of these members.

    roots: the folders of the chapters, as they were handed in
    """
    files: dict[str, bytes] = {}
    left_out: list[Member] = []
    for number, member in enumerate(members):
        name = _place(member, roots)
        others = {other: data for other, data in files.items() if other != name}
        room = MAX_BYTES - sum(map(len, others.values()))
        if number >= MOST_READ or len(others) >= reading.MOST_DATA or not reading.has_place(name):
            left_out.append(member)
            continue
        try:
            data = member.read(min(reading.LARGEST_FILE, room))
        except Unreadable:
            left_out.append(member)
            continue
        if reading.is_data(name, data):
            files[name] = data
        else:
            left_out.append(member)
    return files, left_out


def _place(member, roots):
    """The path as the chapters see it; a file that is not below them is put beside them."""
    within = [root for root in roots if member.parts[: len(root)] == root]
    depth = max(map(len, within), default=len(member.parts) - 1)
    return "/".join(member.parts[depth:])
