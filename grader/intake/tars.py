"""Reads tar archives member by member, as `zips` reads zips: by name, never onto the disk."""

from __future__ import annotations

import bz2
import gzip
import itertools
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import IO, Any

from .archives import MB, Member, Unreadable, parts_of, plain_errors

MAX_UNPACKED = 128 * MB  # a header may claim to be as long as the file, and is read at once
# By the first bytes of what is packed; others may ask for any amount of memory.
OPENERS: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open}
MAGIC, MAGIC_AT = b"ustar", 257


class NotTar(Unreadable):
    """What is packed is no archive."""


def is_tar(head: bytes) -> bool:
    """Return True if a file's first 512 bytes are those of a tar archive, packed or not."""
    return head[MAGIC_AT:].startswith(MAGIC) or head.startswith(tuple(OPENERS))


def plain(head: bytes, opened: IO[bytes]) -> IO[bytes]:
    """Return the archive's own bytes, unpacked where it is packed."""
    unpack = next((opener for mark, opener in OPENERS.items() if head.startswith(mark)), None)
    return unpack(opened) if unpack else opened


@contextmanager
def unpacked(
    head: bytes, opener: Callable[[], AbstractContextManager[IO[bytes]]]
) -> Iterator[IO[bytes]]:
    """Open a file and what is packed in it, and close both."""
    with opener() as opened, plain(head, opened) as file:
        yield file


def tar_members(file: IO[bytes], stack: ExitStack, most: int) -> list[Member]:
    """List the members of the archive in a binary file, which stays open until `stack` is closed.

    Raises:
        NotTar: when it is no tar archive.
        Unreadable: when it is damaged, or has more than `most` members.
    """
    with plain_errors():
        try:
            archive = stack.enter_context(tarfile.open(fileobj=file, mode="r:"))  # noqa: SIM115
        except tarfile.ReadError:
            raise NotTar("is not a tar archive: submit a .zip") from None
        infos = list(itertools.islice(archive, most + 1))
    if len(infos) > most:
        raise Unreadable(f"holds more than {most} files")
    members = (_member(archive, info) for info in infos)
    return [member for member in members if member.parts]


def _member(archive, info):
    parts, strayed = parts_of(info.name)
    odd = "" if info.isreg() or info.isdir() else "is not a regular file"
    if info.issym() or info.islnk():
        odd = "is a link"
    return Member(parts, lambda: archive.extractfile(info), odd, strayed, is_folder=info.isdir())
