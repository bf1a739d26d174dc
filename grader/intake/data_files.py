"""Takes the data files that a submission's code opens from what was handed in.

They are staged where they lie from the chapters' folder. A worker starts in that folder, so
`np.load("weights.npz")` finds its file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable

from ..files import data
from .archives import Member, Unreadable

PROGRAMS = (".py", ".ipynb")


def take(
    members: Iterable[Member], roots: Collection[tuple[str, ...]], text: str
) -> tuple[dict[str, bytes], list[Member], list[Member]]:
    """Return `(files, the members that they are, the members that are named but left out)`.

    roots: the folders of the chapters, as they were handed in
    text: the text of the program
    """
    places: dict[str, list[Member]] = {}
    for member in members:
        if "." in member.name and not member.name.casefold().endswith(PROGRAMS):
            places.setdefault(_place(member, roots), []).append(member)
    named, made = (
        [(path, member) for path in paths for member in places[path]]
        for paths in data.opened(places, text)
    )
    files, numbers = data.read((path, _reader(member)) for path, member in named + made)
    taken = [member for n, (_, member) in enumerate(named + made) if n in numbers]
    refused = [member for n, (_, member) in enumerate(named) if n not in numbers]
    return files, taken, refused


def _reader(member):
    """Return what reads a member of at most some bytes; None in place of what cannot be read."""

    def read(most):
        with contextlib.suppress(Unreadable):
            return member.read(most)
        return None

    return read


def _place(member, roots):
    """The path as the chapters see it; a file that is not below them is put beside them."""
    within = [root for root in roots if member.parts[: len(root)] == root]
    depth = max(map(len, within), default=len(member.parts) - 1)
    return "/".join(member.parts[depth:])
