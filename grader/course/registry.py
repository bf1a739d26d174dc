"""The chapters there are, read off the tree: `grader/chapters/` is the only list.

Titles are the docstrings of the files there, functions and points the `@grades` beside each check.
A title that ends with `(optional)` says that the course is done without the chapter.
"""

import re
from dataclasses import dataclass
from functools import cache

from .places import CHAPTERS

TITLE = re.compile(r'"""(.+?)(?:"""|\n)')
GRADES = re.compile(r'^@grades\(\s*"(\w+)",\s*points=([\d.]+)', re.M)
IMAGES = re.compile(r"^def test_\w+\([^)]*\bdataset\b", re.M)
MODULES = {
    "1": "NumPy and linear algebra",
    "2": "Losses and optimization",
    "3": "Basic neural networks",
    "4": "Deep architectures and techniques",
    "5": "Beyond the outline",
}


@dataclass(frozen=True)
class Chapter:
    """One chapter: `functions` maps each graded function to its points, in the order taught."""

    id: str
    stem: str
    title: str
    functions: dict
    uses_images: bool  # some check trains on the data set

    @property
    def optional(self):
        """Whether the course is done without it."""
        return self.title.endswith("(optional)")

    @property
    def module(self):
        """The number of the course's module that it is part of."""
        return self.id.partition(".")[0]

    @property
    def checks_file(self):
        return CHAPTERS / f"{self.stem}.py"

    @property
    def points(self):
        return sum(self.functions.values())


class UnknownChapter(Exception):
    """The text names no chapter; the message is one line for the user."""


@cache
def chapters():
    """Every chapter, in the order of the course."""
    return tuple(_read(path) for path in sorted(CHAPTERS.glob("ch*.py"), key=_position))


def by_stem(stem):
    """The chapter of this file."""
    return next(chapter for chapter in chapters() if chapter.stem == stem)


def optional():
    """The ids of the chapters that the course is done without."""
    return {chapter.id for chapter in chapters() if chapter.optional}


def named_individually(names):
    """The ids of the chapters that are named each by itself, not in a range or module."""
    named = {name.strip().lower() for name in names}
    return {chapter.id for chapter in chapters() if named & _names(chapter)}


def is_name(name):
    """Whether `select` knows it."""
    return name.strip().lower() in {"all"}.union(MODULES, *map(_names, chapters()))


def select(names):
    """The chapters that the arguments of `grade run` name: `3.2`, `1.1-2.4`, `3`, `all`."""
    wanted = {chapter.id for name in names for chapter in _named(name)}
    return [chapter for chapter in chapters() if chapter.id in wanted]


def _names(chapter):
    """What a chapter may be called by: `3.2`, `ch3_2`, and its file."""
    prefix = "_".join(chapter.stem.split("_")[:2])
    return {chapter.id, prefix, chapter.stem, f"{chapter.stem}.py"}


def _named(name):
    first, dash, last = name.partition("-")
    if dash and not (first.strip() and last.strip()):
        raise UnknownChapter(f"`{name}` is half a range: write both ends, such as 1.1-2.4")
    found = _matching(first)
    if dash:
        after = _matching(last)
        every = chapters()
        found = every[every.index(found[0]) : every.index(after[-1]) + 1]
        if not found:
            raise UnknownChapter(f"`{name}` runs backwards: write the earlier chapter first")
    return found


def _matching(name):
    name = name.strip().lower()
    found = [chapter for chapter in chapters() if name in {"all", chapter.module} | _names(chapter)]
    if not found:
        ids = [chapter.id for chapter in chapters()]
        raise UnknownChapter(
            f"there is no chapter `{name}`: name one from {ids[0]} to {ids[-1]}, "
            "a range such as 1.1-2.4, a module such as 3, or all"
        )
    return found


def _position(path):
    return [int(part) for part in path.stem[2:].split("_")[:2]]


def _read(path):
    """By patterns: to parse all chapters would take a fifth of the time of a short `grade run`."""
    text = path.read_text(encoding="utf-8")
    major, minor = _position(path)
    functions = {}
    for name, points in GRADES.findall(text):
        functions[name] = functions.get(name, 0) + float(points)
    title = TITLE.match(text)[1].rstrip(".")
    return Chapter(f"{major}.{minor}", path.stem, title, functions, bool(IMAGES.search(text)))
