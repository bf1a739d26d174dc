"""Reads zips member by member and trusts nothing in them but the bytes that come out."""

from __future__ import annotations

import io
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import IO, cast

from . import sanitize, tars
from .archives import (
    MAX_MEMBERS,
    MB,
    Member,
    Unreadable,
    parts_of,
    plain_errors,
    without_litter,
)

MAX_LISTED = 100_000  # members of one submission, with environments, caches and the like
LISTED = 200  # bytes that a zip's list of members may take per member
MIN_LIST = 2**17  # minimum for any zip: zipfile looks for the end record in this many bytes
MAX_CLASS = 10  # the zip of a whole class may hold this many times as many members
MAX_ZIPS = 50  # of one submission
MAX_UNPACKED = 512 * MB  # of zips inside a zip
IN_MEMORY = 16 * MB  # a larger one is unpacked to a temporary file without a name
HEAD = 512  # bytes at the start of a file that tell its kind
TAR, OTHER = "tar", "other"
UTF8 = 0x800  # the flag of a member whose name is in UTF-8
NESTED = 4  # archives of a student's, one inside the other
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others unpack without bounds
OTHERS = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zipx")
ZIP = (b"PK\3\4", b"PK\5\6")  # the first bytes
# The name of an archive, which may have lost its suffix or got another one: `work.zip.txt`.
PACKED_FILE = re.compile(r"(?<!\.tar)\.(?:gz|bz2)\b[^.]*(?:\.txt)?$", re.IGNORECASE)
NAMES = re.compile(rf"(?:{'|'.join(map(re.escape, ('.zip', *OTHERS)))})\b[^.]*(?:\.txt)?$|^[^.]+$")


class _Bounded(io.BufferedReader):
    """Limits the list of members, which zipfile reads at once, however long the archive claims.

    Until `most` is None, all reads are for that list; its size is checked before zipfile parses it.
    """

    most: int | None = 0

    def read(self, size=-1, /):
        if self.most is None:
            return super().read(size)
        limit = max(self.most * LISTED, MIN_LIST) + 1
        data = super().read(limit if size is None or size < 0 else min(size, limit))
        if len(data) == limit:
            raise Unreadable("holds too many files")
        if data.count(b"PK\1\2") > self.most:
            raise Unreadable(f"holds more than {self.most} files")
        return data


def zip_members(
    raw: IO[bytes], stack: ExitStack, scale: int = 1, most: int | None = None
) -> list[Member]:
    """List the members of the zip in a binary file; both stay open until `stack` is closed."""
    with plain_errors():
        file = stack.enter_context(_Bounded(cast(io.RawIOBase, raw)))
        file.most = MAX_LISTED * scale if most is None else most
        archive = zipfile.ZipFile(file)
        file.most = None
    members = (_zip_member(archive, info) for info in archive.infolist())
    return [member for member in members if member.parts]


def _zip_member(archive, info):
    name = _name(info)
    parts, strayed = parts_of(name)
    mode = info.external_attr >> 16
    odd = ""
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        odd = "is a link" if stat.S_ISLNK(mode) else "is not a regular file"
    elif info.flag_bits & 1:
        odd = "is encrypted: hand in a zip without a password"
    elif info.compress_type not in PACKED:
        odd = "is compressed in an unusual way: submit an ordinary .zip"
    return Member(
        parts,
        lambda: archive.open(info),
        odd,
        strayed,
        info.compress_size,
        is_folder=name.endswith(("/", "\\")),
        time=info.date_time,
    )


def _name(info):
    """The member's name; macOS writes UTF-8 without setting the flag for it."""
    if not info.flag_bits & UTF8:
        with suppress(UnicodeError):
            return info.filename.encode("cp437").decode()
    return info.filename


class Unpacker:
    """Replaces zips and tars by their members; `notes` lists what cannot be unpacked.

    The archives of one submission share its limits, and stay open until `stack` is closed.
    """

    def __init__(self, stack: ExitStack, notes: list[str]) -> None:
        self._stack, self._notes = stack, notes
        self._zips, self._bytes, self._listed = MAX_ZIPS, MAX_UNPACKED, MAX_LISTED
        self._members = MAX_MEMBERS

    def unpack(self, members: Iterable[Member], depth: int = 0) -> list[Member]:
        """Return the members without archives and litter; `depth`: the archives around them."""
        unpacked = []
        for member in without_litter(members):
            if member.is_folder:
                continue
            try:
                if not (kind := _kind(member)):
                    unpacked.append(member)
                    continue
                inside = self._inside(member, kind, depth)
            except Unreadable as error:
                self._notes.append(f"{sanitize.quote(member.name)} {error}")
            else:
                unpacked += self.unpack(inside, depth + 1)
        return unpacked

    def _inside(self, member, kind, depth):
        if kind == OTHER:
            raise Unreadable("was not opened: submit a .zip")
        if depth >= NESTED:
            raise Unreadable("is a zip inside a zip: submit one .zip of the files")
        self._zips -= 1
        if self._zips < 0:
            raise Unreadable(f"was skipped: there are more than {MAX_ZIPS} zips")
        if self._members <= 0 or self._listed <= 0:
            raise Unreadable("was skipped: there are too many files")
        if kind == TAR:
            inside = self._tar_members(member)
        else:
            inside = zip_members(self._seekable(member), self._stack, most=self._listed)
        self._listed -= len(inside)
        kept = without_litter(inside)
        self._members -= len(kept)
        if self._members < 0:
            raise Unreadable(f"holds more than {MAX_MEMBERS} files")
        if not inside:
            raise Unreadable("is empty")
        parent, archives = member.parts[:-1], (*member.archives, member.name)
        return [replace(each, parts=parent + each.parts, archives=archives) for each in kept]

    def _tar_members(self, member):
        """The members of a tar archive, or the one file that is packed without an archive."""
        try:
            return tars.tar_members(self._untarred(member), self._stack, self._listed)
        except tars.NotTar:
            name = PACKED_FILE.sub("", member.name)
            if name in ("", member.name):
                raise
        head = _head(member)
        unpacked = partial(tars.unpacked, head, member.open)
        return [replace(member, parts=(name,), open=unpacked, on_disk=False)]

    def _seekable(self, member):
        if member.on_disk:
            with plain_errors():
                return member.open()
        return self._spooled(member, self._bytes)

    def _untarred(self, member):
        """The bytes of a tar archive, without what packs it."""
        head = _head(member)
        with plain_errors():
            packed = self._stack.enter_context(member.open())
        plain = replace(member, open=lambda: tars.plain(head, packed))
        return self._spooled(plain, min(self._bytes, tars.MAX_UNPACKED))

    def _spooled(self, member, limit):
        file = self._stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
        for chunk in member.chunks(limit):
            file.write(chunk)
            self._bytes -= len(chunk)
        file.seek(0)
        return file


def _kind(member):
    """Which kind of archive a member is by its name and first bytes, or "" if it is none."""
    name = member.name.casefold()
    if not NAMES.search(name):
        return ""
    by_name = "." in name
    if member.odd and by_name:
        raise Unreadable(member.odd)
    head = b"" if member.odd else _head(member)
    if head.startswith(ZIP):
        return "zip"
    if tars.is_tar(head):
        return TAR
    return ("zip" if ".zip" in name else OTHER) if by_name else ""


def _head(member):
    with plain_errors(), member.open() as file:
        return file.read(HEAD)
