"""Loads the images that a command asks for with `--data`; a data set at fault is a usage error."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import click

from .registry import Chapter

if TYPE_CHECKING:
    from data import Dataset

NAMES = ("auto", "mnist", "digits")  # what `--data` takes


@dataclass(frozen=True)
class Images:
    """The data set of one grading; `dataset` is None where no chapter trains on images."""

    name: str
    description: str
    dataset: Dataset | None = None


def find(name: str = "auto") -> str:
    """Return the name of what `load(name)` would load, without reading an image."""
    import data

    with _one_line():
        return data.resolve(name)


@cache
def load(name: str = "auto") -> Dataset:
    """Load a data set, once per process."""
    import data

    with _one_line():
        return data.load(name)


def for_chapters(name: str, chapters: Iterable[Chapter]) -> Images:
    """Load the images that these chapters need; where none trains, a missing set is no error."""
    if any(chapter.uses_images for chapter in chapters):
        dataset = load(find(name))
        return Images(dataset.name, dataset.description, dataset)
    try:
        found = find(name)
    except click.UsageError:
        return Images(name, "none, and none is needed (see `grade data`)")
    return Images(found, found)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    import data

    try:
        yield
    except data.DataError as error:
        raise click.UsageError(str(error)) from None
