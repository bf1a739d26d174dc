"""Takes the data files that a submission's code opens: those whose names its text holds.

They are staged where they lie from the chapters' folder. A worker starts in that folder, so
`np.load("weights.npz")` finds its file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..files import reading
from .archives import Member, Unreadable

MAX_BYTES = 4 * reading.LARGEST_FILE  # of all of them
PROGRAMS = (".py", ".ipynb")


def is_named(member: Member, text: str) -> bool:
    """Return True if a program's text names this file, which is not a program."""
    name = member.name
    return "." in name and not name.casefold().endswith(PROGRAMS) and name in text


def read(
    members: Iterable[Member], roots: Collection[tuple[str, ...]]
) -> tuple[dict[str, bytes], list[Member]]:
    """Return `(files, left out)` of these members.

    roots: the folders of the chapters, as they were handed in
    """
    files: dict[str, bytes] = {}
    left_out: list[Member] = []
    for member in members:
        name = _place(member, roots)
        others = {other: data for other, data in files.items() if other != name}
        room = MAX_BYTES - sum(map(len, others.values()))
        try:
            data = member.read(min(reading.LARGEST_FILE, room))
        except Unreadable:
            left_out.append(member)
            continue
        if len(others) < reading.MOST_DATA and reading.is_data(name, data):
            files[name] = data
        else:
            left_out.append(member)
    return files, left_out


def _place(member, roots):
    """The path as the chapters see it; a file that is not below them is put beside them."""
    within = [root for root in roots if member.parts[: len(root)] == root]
    depth = max(map(len, within), default=len(member.parts) - 1)
    return "/".join(member.parts[depth:])
