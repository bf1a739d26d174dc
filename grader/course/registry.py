"""The list of chapters, read from the files of their checks; there is no second list.

Those are in `grader/chapters/`, and an instructor's own in a folder `checks`: see `places.own`.
A chapter's title is the docstring of its file; functions and points come from the `@grades` above
each check. A title that ends with `(optional)` marks a chapter that the course can do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import places

TITLE = re.compile(r'"""(.+?)(?:"""|\n)')
GRADES = re.compile(r"""@grades\(\s*"(\w+)".*?\bpoints=([\d.]+)""", re.DOTALL)
IMAGES = re.compile(r"^def test_\w+\([^)]*\bdataset\b", re.M)
MODULES = {
    "1": "NumPy and linear algebra",
    "2": "Losses and optimization",
    "3": "Basic neural networks",
    "4": "Deep architectures and techniques",
    "5": "Going further",
}
PRECISION = 6  # decimals of points
FURTHER = "Further chapters"  # the title of a module that only an instructor's own chapters have


@dataclass(frozen=True)
class Chapter:
    """One chapter: `functions` maps each graded function to its points, in the order taught."""

    id: str
    stem: str
    title: str
    functions: dict[str, float]
    uses_images: bool  # some check trains on the data set

    @property
    def optional(self) -> bool:
        """True if the course can be completed without this chapter."""
        return self.title.endswith("(optional)")

    @property
    def module(self) -> str:
        """The number of the module that this chapter belongs to."""
        return self.id.partition(".")[0]

    @property
    def checks_file(self) -> Path:
        return places.find("checks", f"{self.stem}.py")

    @property
    def lesson_file(self) -> Path:
        """The lesson's text; an instructor's own chapter, or a copy of the kit, may have none."""
        return places.find("lessons", f"{self.stem}.md")

    @property
    def points(self) -> float:
        return total(self.functions.values())


class UnknownChapter(Exception):
    """No chapter has this name; the message is one line for the user."""


def chapters() -> tuple[Chapter, ...]:
    """Return every chapter, in course order."""
    return _chapters(places.own())


@cache
def _chapters(own):
    folders = [places.CHAPTERS, *([own / "checks"] if own else [])]
    files = [path for folder in folders for path in folder.glob("ch*.py")]
    return tuple(_read(path) for path in sorted(files, key=_position))


def module_title(number: str) -> str:
    """Return the title of the module with this number."""
    return MODULES.get(number, FURTHER)


def total(points: Iterable[float]) -> float:
    """Add up points, without the rounding errors in which Python's versions differ."""
    return round(float(sum(points)), PRECISION)


def by_stem(stem: str) -> Chapter:
    """Return the chapter whose files have this stem."""
    return next(chapter for chapter in chapters() if chapter.stem == stem)


def function_names() -> set[str]:
    """Return the names of all graded functions."""
    return {name for chapter in chapters() for name in chapter.functions}


def optional() -> set[str]:
    """Return the ids of the optional chapters."""
    return {chapter.id for chapter in chapters() if chapter.optional}


def named_individually(names: Iterable[str]) -> set[str]:
    """Return the ids of the chapters named one by one, not by a range or a module."""
    named = {name.strip().lower() for name in names}
    return {chapter.id for chapter in chapters() if named & _names(chapter)}


def is_name(name: str) -> bool:
    """Return True if `select` accepts this name."""
    return name.strip().lower() in {"all"}.union(*({c.module} | _names(c) for c in chapters()))


def select(names: Iterable[str]) -> list[Chapter]:
    """Return the chapters named by arguments such as `3.2`, `1.1-2.4`, `3` or `all`."""
    wanted = {chapter.id for name in names for chapter in _named(name)}
    return [chapter for chapter in chapters() if chapter.id in wanted]


def _names(chapter):
    """Return the names of one chapter: `3.2`, `ch3_2`, its stem and its file."""
    prefix = "_".join(chapter.stem.split("_")[:2])
    return {chapter.id, prefix, chapter.stem, f"{chapter.stem}.py"}


def _named(name):
    first, dash, last = name.partition("-")
    if dash and not (first.strip() and last.strip()):
        raise UnknownChapter(f"`{name}` is half a range: write both ends, such as 1.1-2.4")
    start = _matching(first)
    if not dash:
        return start
    end, every = _matching(last), chapters()
    between = every[every.index(start[0]) : every.index(end[-1]) + 1]
    if not between:
        raise UnknownChapter(f"`{name}` runs backwards: write the earlier chapter first")
    return between


def _matching(name):
    name = name.strip().lower()
    matching = [c for c in chapters() if name in {"all", c.module} | _names(c)]
    if not matching:
        ids = [chapter.id for chapter in chapters()]
        raise UnknownChapter(
            f"there is no chapter `{name}`: name one from {ids[0]} to {ids[-1]}, "
            "a range such as 1.1-2.4, a module such as 3, or all"
        )
    return matching


def _position(path):
    return [int(part) for part in path.stem[2:].split("_")[:2]]


def _read(path):
    """Read a chapter by patterns: parsing every file would take a fifth of a short `grade run`."""
    text = path.read_text(encoding="utf-8")
    major, minor = _position(path)
    functions: dict[str, float] = {}
    for name, points in GRADES.findall(text):
        functions[name] = total([functions.get(name, 0.0), float(points)])
    title = TITLE.match(text)
    if title is None:
        raise ValueError(f"`{path}` does not begin with a docstring, the chapter's title")
    uses_images = IMAGES.search(text) is not None
    return Chapter(f"{major}.{minor}", path.stem, title[1].rstrip("."), functions, uses_images)
