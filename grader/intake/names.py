"""Reads the names that people, browsers and platforms give to chapter files."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from ..course import registry, stubs
from . import sanitize

# Suffixes that browsers, file managers and platforms add to a name: ` (1)`, `-2`, ` - copy`.
COPY = re.compile(r"(?:[ _.-]*+(?:\(\d{1,9}\)|copy|\d{1,9}(?!\d)))*+[ _.-]*+")
# Program text also comes as `.py.txt`, `.py (1)` and the like.
SUFFIX = re.compile(r"\.(py|ipynb)(?:[ _-]?\(\d{1,9}\))?(?:\.(?:txt|text|json|download))?$")
SET_ASIDE = {"old", "older", "backup", "bak", "draft", "wip", "test", "broken", "wrong"}
WORD = re.compile(r"[a-z]+")
FINAL = {"final", "finished", "fixed", "corrected", "latest"}


@dataclass(frozen=True)
class Named:
    """A parsed file name: the chapter's stem, or "" for a file of another name.

    suffix: `py` or `ipynb`, or "" for a text file
    exact: the name is the chapter's own
    number: the last one in what was added to the name
    by_person: something other than a copy's number was added, such as `_final`
    set_aside, final: what was added says that it is not the one to use, or that it is
    added: what was added, in lower case
    """

    stem: str
    suffix: str
    exact: bool = False
    number: int = 0
    by_person: bool = False
    set_aside: bool = False
    final: bool = False
    added: str = ""


@cache
def stems() -> list[str]:
    """List the stems of the files that are taken, the longest first."""
    names = {chapter.stem for chapter in registry.chapters()} | stubs.NO_CHAPTERS
    return sorted(names, key=len, reverse=True)


def named(name: str) -> Named | None:
    """Parse names such as `ch1_1_numpy_arrays (1).py`; None for a file of another name."""
    base, dot, suffix = _plain(name).rpartition(".")
    if not dot or suffix not in ("py", "ipynb"):
        return None
    base = base.removeprefix("copy of ").strip()
    for stem in stems():
        rest = base[len(stem) :]
        if base.startswith(stem) and COPY.fullmatch(rest):
            numbers = re.findall(r"\d+", rest)
            number = int(numbers[-1]) if numbers else int(bool(rest))
            return Named(stem, suffix, name == f"{stem}.{suffix}", number)
    return Named("", suffix) if suffix == "ipynb" else None


def parsed(name: str) -> Named | None:
    """Parse any name of program text, also `JSmith_ch1-1 numpy arrays_final.py.txt`.

    None for a file that holds none. What people add to a name is anything but a letter or digit
    next to the chapter's own words.
    """
    if (found := named(name)) and found.stem:
        return found
    plain = _plain(name)
    suffix = SUFFIX.search(plain)
    base = plain[: suffix.start()] if suffix else plain.removesuffix(".txt")
    for stem, pattern in _patterns():
        if found := pattern.search(base):
            rest = base[: found.start()] + " " + base[found.end() :]
            numbers = re.findall(r"\d{1,9}", rest)
            words = set(WORD.findall(rest))
            aside, final = bool(SET_ASIDE & words), bool(FINAL & words)
            number = int(numbers[-1]) if numbers else 0
            kind = suffix[1] if suffix else ""
            return Named(stem, kind, False, number, True, aside, final, rest.strip(" _-.,()"))
    if suffix:
        return Named("", suffix[1])
    return Named("", "") if plain.endswith(".txt") or "." not in plain else None


def order_of_archives(archives: tuple[str, ...]) -> list[tuple[bool, int]]:
    """Return what sorts archives by their names: a final one, then a higher number, comes last."""
    plain = [_plain(archive).partition(".")[0] for archive in archives]
    return [
        (not FINAL.isdisjoint(WORD.findall(name)), int((re.findall(r"\d{1,9}", name) or [0])[-1]))
        for name in plain
    ]


def is_set_aside(folders: tuple[str, ...]) -> bool:
    """Return True if the name of a folder or archive says that it is not the one to use."""
    return any(not SET_ASIDE.isdisjoint(WORD.findall(_plain(folder))) for folder in folders)


@cache
def _patterns():
    """Map stems to patterns that find their words with anything or nothing between them."""
    gap = r"[^a-z0-9]*"
    return [
        (stem, re.compile(rf"(?<![a-z0-9]){gap.join(stem.split('_'))}(?![a-z0-9])"))
        for stem in stems()
    ]


def _plain(name):
    return unicodedata.normalize("NFKC", sanitize.clean(name, 300)).casefold()
