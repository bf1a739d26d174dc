"""Lists the members of folders and zips; each is read up to a limit, never by its own path."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from ..files import reading

MB = 2**20
MAX_MEMBERS = 20_000  # of one submission
MAX_RATIO = 200  # deflate reaches 1000 on zeros, program text 10
MAX_DEPTH = 20
MAX_PARTS = 20  # of the path of a member of an archive
CHUNK = 2**16
LITTER = {
    *("__macosx", "thumbs.db", "desktop.ini"),
    "index.html",  # added by Brightspace
    *reading.INSTALLED,
}
LITTER_ENDS = (".pyc", ".pyo", ".egg-info", ".dist-info")
HIDDEN = re.compile(r"\.[a-z_]")
HIDDEN_PROGRAM = re.compile(r"\.[a-z].*\.(?:py|ipynb)")  # `._x.py` is macOS's
HIDDEN_WORK = "is hidden: ignored"
TOOLS = {  # hidden folders that nobody keeps work in
    *(".git", ".github", ".gitlab", ".idea", ".vs", ".vscode", ".settings", ".spyproject"),
    *(".venv", ".env", ".conda", ".tox", ".nox", ".config", ".local", ".jupyter", ".ipython"),
    *(".ipynb_checkpoints", ".virtual_documents"),
}


class Unreadable(Exception):
    """The message states the problem, to follow the name: `is not a zip file`."""


@dataclass(frozen=True)
class Member:
    """One file of a submission; `parts` is its path.

    `archives` are the names of those around it, the outermost first,
    `time` is when a zip says that it was written, in local time,
    `odd` says why it is not read, `strayed` is true if its path led outside the archive, and
    `packed` is its compressed size in bytes.
    """

    parts: tuple[str, ...]
    open: Callable[[], AbstractContextManager[IO[bytes]]] | None = None
    odd: str = ""
    strayed: bool = False
    packed: int = 0
    is_folder: bool = False
    on_disk: bool = False
    time: tuple[int, ...] = ()
    archives: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else ""

    def read(self, limit: int) -> bytes:
        """Read its bytes, whatever size the header claims; `Unreadable` if more than `limit`."""
        return b"".join(self.chunks(limit))

    def chunks(self, limit: int) -> Iterator[bytes]:
        """Yield its bytes piece by piece; raise `Unreadable` as soon as there are too many."""
        size = 0
        with plain_errors():
            if self.odd:
                raise Unreadable(self.odd)
            assert self.open is not None  # only a folder or an odd file has none
            with self.open() as file:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    if size > CHUNK and 0 < self.packed * MAX_RATIO < size:
                        raise Unreadable("has a suspicious compression ratio")
                    if size > limit:
                        raise Unreadable(f"is larger than {max(limit // MB, 1)} MB")
                    yield chunk


def parts_of(path: str) -> tuple[tuple[str, ...], bool]:
    """Return a path in an archive as safe parts, and whether it led outside the archive."""
    steps = re.split(r"[\\/]", path)
    drive = re.fullmatch(r"[A-Za-z]:", steps[0])
    strayed = bool(drive) or ".." in steps or (steps[0] == "" and len(steps) > 1)
    parts = tuple(s for s in steps[1 if drive else 0 :] if s not in ("", ".", ".."))
    if len(parts) > MAX_PARTS:  # the ends of a path are what matters
        parts = parts[: MAX_PARTS // 2] + parts[-MAX_PARTS // 2 :]
    return parts, strayed


def is_litter(name: str) -> bool:
    """True for what systems and tools leave behind; it is skipped without a note.

    Hidden files and folders are, too, such as `.git`, `.venv` and `.ipynb_checkpoints`.
    """
    name = name.casefold()
    return name in LITTER or name.endswith(LITTER_ENDS) or bool(HIDDEN.match(name))


def without_litter(members: Iterable[Member]) -> list[Member]:
    """Return the members that no system, tool or virtual environment has left behind.

    For a hidden file or folder that may hold work, there is a member that says so.
    """
    kept: list[Member] = []
    hidden: dict[tuple[str, ...], Member] = {}
    for member in members:
        first = next((n for n, part in enumerate(member.parts) if is_litter(part)), None)
        if first is None or member.odd == HIDDEN_WORK:
            kept.append(member)
        else:
            outer = member.parts[: first + 1]
            if _may_hold_work(outer[-1], member.is_folder or outer != member.parts):
                hidden[outer] = Member(outer, odd=HIDDEN_WORK)
    members = [*kept, *hidden.values()]
    environments = {member.parts[:-1] for member in members if member.name == reading.ENVIRONMENT}
    environments -= {()}
    if not environments:
        return members
    return [
        member
        for member in members
        if not any(member.parts[:depth] in environments for depth in range(1, len(member.parts)))
    ]


def _may_hold_work(name, is_folder):
    """Return True for the name of a hidden program, or of a hidden folder that no tool makes."""
    name = name.casefold()
    if is_folder:
        return bool(HIDDEN.match(name)) and name not in TOOLS and not name.endswith("cache")
    return bool(HIDDEN_PROGRAM.fullmatch(name))


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn any error in reading into `Unreadable`."""
    try:
        yield
    except Unreadable:
        raise
    except zipfile.BadZipFile as error:
        whole = "not a zip file" in str(error)
        raise Unreadable("is not a zip file" if whole else "is damaged") from None
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror or 'a disk error'})") from None
    except Exception:  # zipfile raises a dozen kinds of exception for broken data
        raise Unreadable("is damaged") from None


def folder_members(folder: str | Path, *below: str) -> list[Member]:
    """List the members of a folder at any depth, without following links.

    below: the way from `folder` down to the one whose members these are
    """
    members: list[Member] = []
    pending: list[tuple[str, ...]] = [()]
    seen = 0
    while pending:
        parts = pending.pop()
        try:
            inside = _scan(folder, *below, *parts)
        except Unreadable as error:
            if not parts:
                raise
            members.append(Member(parts, odd=str(error)))
            continue
        if parts and any(member.name == reading.ENVIRONMENT for member in inside):
            continue
        for member in inside:
            member = replace(member, parts=parts + member.parts)
            if not member.is_folder:
                members.append(member)
            elif len(parts) < MAX_DEPTH:
                pending.append(member.parts)
        seen += len(inside)
        if seen > MAX_MEMBERS:
            raise Unreadable(f"holds more than {MAX_MEMBERS} files")
    return members


def scan(folder: str | Path, *below: str) -> list[Member]:
    """List the entries of a folder on disk, sorted, without litter; links are not followed."""
    return [member for member in _scan(folder, *below) if member.odd != HIDDEN_WORK]


def _scan(folder, *below):
    """The same with what is hidden and may hold work, which is not read."""
    with plain_errors():
        inside = reading.listing(folder, *below, most=MAX_MEMBERS + 1)
    if len(inside) > MAX_MEMBERS:
        raise Unreadable(f"holds more than {MAX_MEMBERS} files")
    return [
        Member((name,), odd=HIDDEN_WORK) if hidden else _on_disk(folder, (*below, name), kind)
        for name, kind in sorted(inside)
        if (hidden := _may_hold_work(name, kind == "folder")) or not is_litter(name)
    ]


def _on_disk(folder, way, kind):
    odd = {"link": "is a link", "other": "is not a regular file"}.get(kind, "")
    if odd or kind == "folder":
        return Member(way[-1:], odd=odd, is_folder=not odd)
    return Member(way[-1:], lambda: open_regular(folder, *way), on_disk=True)


def open_regular(path: str | Path, *below: str) -> IO[bytes]:
    """Open a file as `reading.open_regular` does; raise `Unreadable` in place of `OSError`."""
    with plain_errors():
        return reading.open_regular(path, *below)


def made(source: Member, path: str, text: str) -> Member:
    """Return the member that a cell of a notebook, the `source`, writes as a file beside it."""
    parts = [part for part in re.split(r"[\\/]", path) if part not in ("", ".", "..")][-MAX_DEPTH:]
    return replace(
        holding(source, text.encode("utf-8", "replace")), parts=(*source.parts[:-1], *parts)
    )


def holding(member: Member, data: bytes) -> Member:
    """Return the member with other contents."""
    return replace(member, open=lambda: io.BytesIO(data), packed=0)


def below(member: Member) -> Member:
    """Return the member as seen from inside the topmost folder of its path."""
    return replace(member, parts=member.parts[1:])
