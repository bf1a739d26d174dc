"""Zips, read member by member: nothing in them is believed but the bytes that come out."""

import io
import re
import stat
import zipfile
from contextlib import suppress
from dataclasses import replace

from . import sanitize
from .archives import MAX_MEMBERS, MB, Member, Unreadable, is_litter, plain_errors

LISTED = 200  # bytes for each member that a zip's list may have, and
MIN_LIST = 2**17  # for any zip: where its end is, is looked for in so many
MAX_PARTS = 20  # of a member's path
MAX_CLASS = 10  # the zip of a whole class may hold this many times as much
MAX_ZIPS = 50  # of one submission
MAX_UNPACKED = 64 * MB  # of zips within a zip, which are unpacked in memory
UTF8 = 0x800  # the flag of a member whose name is in UTF-8
NESTED = 2  # a student's zip in the platform's
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others unpack without bounds
OTHERS = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zipx")


class _Bounded(io.BufferedReader):
    """zipfile reads a whole list of members at once, as long as the archive says it is.

    What is read until `most` is None is that list; it is measured before it becomes objects.
    """

    most = 0

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


def zip_members(raw, stack, scale=1, most=None):
    """The members of the zip in a binary file, both kept open until `stack` is closed."""
    with plain_errors():
        file = stack.enter_context(_Bounded(raw))
        file.most = MAX_MEMBERS * scale if most is None else most
        archive = zipfile.ZipFile(file)
        file.most = None
    members = (_zip_member(archive, info) for info in archive.infolist())
    return [member for member in members if member.parts]


def _zip_member(archive, info):
    steps = re.split(r"[\\/]", _name(info))
    drive = re.fullmatch(r"[A-Za-z]:", steps[0])
    strayed = bool(drive) or ".." in steps or (steps[0] == "" and len(steps) > 1)
    parts = tuple(s for s in steps[1 if drive else 0 :] if s not in ("", ".", ".."))
    if len(parts) > MAX_PARTS:  # what is to be known of a path is at its ends
        parts = parts[: MAX_PARTS // 2] + parts[-MAX_PARTS // 2 :]
    mode = info.external_attr >> 16
    odd = ""
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        odd = "is a link" if stat.S_ISLNK(mode) else "is no regular file"
    elif info.flag_bits & 1:
        odd = "is encrypted: send it without a password"
    elif info.compress_type not in PACKED:
        odd = "is packed in an unusual way: send an ordinary .zip"
    return Member(
        parts, lambda: archive.open(info), odd, strayed, info.compress_size, steps[-1] == ""
    )


def _name(info):
    """Its name; macOS writes UTF-8 without the flag that says so."""
    if not info.flag_bits & UTF8:
        with suppress(UnicodeError):
            return info.filename.encode("cp437").decode()
    return info.filename


class Unpacker:
    """Puts what is in zips in their place; what cannot be unpacked is told in `notes`.

    The zips of one submission share its bounds, and stay open until `stack` is closed.
    """

    def __init__(self, stack, notes):
        self._stack, self._notes = stack, notes
        self._zips, self._bytes, self._members = MAX_ZIPS, MAX_UNPACKED, MAX_MEMBERS

    def unpack(self, members, depth):
        """The members without zips and litter; `depth` is how many zips they already lie in."""
        found = []
        for member in members:
            if member.is_folder or any(is_litter(part) for part in member.parts):
                continue
            if not member.name.casefold().endswith((".zip", *OTHERS)):
                found.append(member)
                continue
            try:
                inside = self._inside(member, depth)
            except Unreadable as error:
                self._notes.append(f"{sanitize.quote(member.name)} {error}")
            else:
                found += self.unpack(inside, depth + 1)
        return found

    def _inside(self, member, depth):
        if member.odd:
            raise Unreadable(member.odd)
        if not member.name.casefold().endswith(".zip"):
            raise Unreadable("is not opened: send a .zip")
        if depth >= NESTED:
            raise Unreadable("is a zip within a zip: send one .zip of the files")
        self._zips -= 1
        if self._zips < 0:
            raise Unreadable(f"is left out, as there are more than {MAX_ZIPS} zips")
        if self._members <= 0:
            raise Unreadable("is left out, as there are too many files")
        inside = zip_members(self._seekable(member), self._stack, most=self._members)
        self._members -= len(inside)
        if not inside:
            raise Unreadable("is empty")
        around = member.parts[:-1]
        return [replace(each, parts=around + each.parts) for each in inside]

    def _seekable(self, member):
        if member.on_disk:
            with plain_errors():
                return member.open()
        data = member.read(self._bytes)
        self._bytes -= len(data)
        return io.BytesIO(data)
