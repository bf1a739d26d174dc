"""What folders and zips hold, as members that are read with a cap and never by their own path."""

import os
import stat
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

MB = 2**20
MAX_MEMBERS = 20_000  # of one submission
MAX_RATIO = 200  # deflate reaches 1000 on zeros, program text 10
MAX_DEPTH = 20
CHUNK = 2**16
LITTER = {
    *("__macosx", ".ds_store", "thumbs.db", "desktop.ini"),
    *("index.html", "onlinetext.html", "text.html", "link.html"),  # the platforms' own
    *("__pycache__", "__init__.py", ".ipynb_checkpoints", ".venv", "venv", "site-packages"),
    *(".git", ".gitignore", ".gitattributes", ".github", ".idea", ".vscode", "node_modules"),
    *(".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".tox"),
    ".learn-dl-progress.json",
}


class Unreadable(Exception):
    """The message says what is the matter, to be put after the name: `is no zip file`."""


@dataclass(frozen=True)
class Member:
    """One file of a submission; `parts` is where it is said to lie.

    `odd` is why it is not read, `strayed` is true of a path that led out of its archive, and
    `packed` is the number of bytes it takes there.
    """

    parts: tuple
    open: Callable = None
    odd: str = ""
    strayed: bool = False
    packed: int = 0
    is_folder: bool = False
    on_disk: bool = False

    @property
    def name(self):
        return self.parts[-1] if self.parts else ""

    def read(self, limit):
        """Its bytes, whatever a header says of their number; `Unreadable` if more than `limit`."""
        data = bytearray()
        with plain_errors():
            if self.odd:
                raise Unreadable(self.odd)
            with self.open() as file:
                while len(data) <= limit and (chunk := file.read(CHUNK)):
                    data += chunk
        if len(data) > CHUNK and 0 < self.packed * MAX_RATIO < len(data):
            raise Unreadable("is packed too tightly to be honest")
        if len(data) > limit:
            raise Unreadable(f"is larger than {max(limit // MB, 1)} MB")
        return bytes(data)


def is_litter(name):
    """What systems leave behind; nobody needs to hear of it."""
    name = name.casefold()
    return name in LITTER or name.startswith("._") or name.endswith((".pyc", ".egg-info"))


@contextmanager
def plain_errors():
    """Whatever goes wrong in reading becomes `Unreadable`."""
    try:
        yield
    except Unreadable:
        raise
    except zipfile.BadZipFile as error:
        whole = "not a zip file" in str(error)
        raise Unreadable("is no zip file" if whole else "is damaged") from None
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror or 'an error of the disk'})") from None
    except Exception:  # zipfile meets broken data with a dozen kinds of exception
        raise Unreadable("is damaged") from None


def open_regular(path):
    """A file opened for reading that is a regular one: no link, device or pipe."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable("is no regular file")
    return open(descriptor, "rb", buffering=0)


def folder_members(folder):
    """The members of a folder at any depth, without following links."""
    members, pending, seen = [], [(Path(folder), ())], 0
    while pending:
        path, parts = pending.pop()
        try:
            inside = scan(path)
        except Unreadable as error:
            if not parts:
                raise
            members.append(Member(parts, odd=str(error)))
            continue
        for entry in inside:
            with plain_errors():
                member = disk_member(entry, parts)
            if not member.is_folder:
                members.append(member)
            elif len(parts) < MAX_DEPTH:
                pending.append((path / entry.name, member.parts))
        seen += len(inside)
        if seen > MAX_MEMBERS:
            raise Unreadable(f"holds more than {MAX_MEMBERS} files")
    return members


def scan(path):
    """The entries of a folder on disk, sorted, without litter."""
    with plain_errors(), os.scandir(path) as entries:
        inside = list(islice(entries, MAX_MEMBERS + 1))
    if len(inside) > MAX_MEMBERS:
        raise Unreadable(f"holds more than {MAX_MEMBERS} files")
    return sorted((e for e in inside if not is_litter(e.name)), key=lambda entry: entry.name)


def disk_member(entry, parts=()):
    """What an entry of a folder on disk is, itself: links are not followed."""
    here = (*parts, entry.name)
    if entry.is_symlink():
        return Member(here, odd="is a link")
    if entry.is_dir(follow_symlinks=False):
        return Member(here, is_folder=True)
    if not entry.is_file(follow_symlinks=False):
        return Member(here, odd="is no regular file")
    return Member(here, lambda: open_regular(entry.path), on_disk=True)


def below(member):
    """The member as seen from within the topmost folder on its path."""
    return replace(member, parts=member.parts[1:])
