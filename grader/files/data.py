"""The data files that come along with code: those that its text may open, within limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

# Of these kinds, or text: nothing that a processor could run.
ENDS = (".csv", ".dat", ".jpeg", ".jpg", ".json", ".npy", ".npz", ".png", ".tsv", ".txt")
STARTS = (b"\x93NUMPY", b"PK\3\4", b"\x89PNG\r\n", b"\xff\xd8\xff")
FILE_ENDS = (".py", *ENDS)
MOST = 20  # files
MOST_READ = 5 * MOST  # files that are looked at, versions and refused ones included
LARGEST = 2**20  # bytes of one
MOST_BYTES = 4 * LARGEST  # of all
FEW = 100  # names for which to search a text is quicker than to take it apart
LONGEST_PATH = 200  # bytes; file systems allow 255 for a name
UNPORTABLE = set('<>:"|?*')  # Windows refuses them
# What stands between quotes or slashes in a program, whole or word by word.
PIECES = (re.compile(r"[^\"'/\\{}\n]+"), re.compile(r"[^\"'/\\{}\s,;]+"))
LISTING = ("listdir(", "scandir(", "iterdir(", "glob(", "walk(")


def opened(paths: Iterable[str], text: str) -> tuple[list[str], list[str]]:
    """Return the paths that a program's text names, and others that it may open, both sorted.

    Where a program makes a name up, as in `f"data/{n}.npy"`, its text has the suffix or a folder,
    and where it lists a folder, it may open anything.
    The text is read as often, however many paths there are.
    """
    split = {path: path.split("/") for path in sorted(paths)}
    if not split:
        return [], []
    parts = {part for each in split.values() for part in each}
    if len(parts) < FEW:
        parts = {part for part in parts if part in text}
    pieces = PIECES if parts else ()
    written = {found[0] for piece in pieces for found in piece.finditer(text) if found[0] in parts}
    lower = text.casefold()
    lists = any(call in text for call in LISTING)
    ends = ENDS if lists else tuple(end for end in ENDS if end in lower)
    named = [path for path, each in split.items() if each[-1] in written]
    made = [
        path
        for path, each in split.items()
        if each[-1] not in written
        and path.casefold().endswith(ENDS)
        and (path.casefold().endswith(ends) or not written.isdisjoint(each))
    ]
    return named, made


def read(
    files: Iterable[tuple[str, Callable[[int], bytes | None]]],
) -> tuple[dict[str, bytes], set[int]]:
    """Return the contents of data files as far as they fit, and the numbers of those taken.

    files: pairs of a path and of what reads at most so many bytes, or gives None; of two files
        with one path the later one counts
    """
    kept: dict[str, bytes] = {}
    taken: set[int] = set()
    for number, (path, contents) in enumerate(files):
        others = [len(content) for other, content in kept.items() if other != path]
        if number < MOST_READ and len(others) < MOST and has_place(path):
            content = contents(min(LARGEST, MOST_BYTES - sum(others)))
            if content is not None and is_data(path, content):
                kept[path] = content
                taken.add(number)
    return kept, taken


def is_data(name: str, content: bytes) -> bool:
    """Return True for a data file: text, arrays or a picture."""
    known = content.startswith(STARTS) or b"\0" not in content
    return known and name.casefold().endswith(ENDS)


def has_place(path: str) -> bool:
    """Return True if any system can write this path below a submission's folder.

    No folder on the way may be named like a file, for there may be a file of that name.
    """
    return (
        path.isprintable()  # so it can be encoded, too
        and len(path.encode()) <= LONGEST_PATH
        and UNPORTABLE.isdisjoint(path)
        and not any(part.casefold().endswith(FILE_ENDS) for part in path.split("/")[:-1])
    )
