"""Loads the images that a command names with `--data`; a faulty data set is a usage error."""

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


@dataclass(frozen=True)
class Images:
    """The data set of one grading; `dataset` is None if no chapter trains on images."""

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
    """Load the images that these chapters need; if none trains, a missing set is not an error."""
    if any(chapter.uses_images for chapter in chapters):
        dataset = load(find(name))
        return Images(dataset.name, dataset.description, dataset)
    try:
        resolved = find(name)
    except click.UsageError:
        return Images(name, "no data set (none is needed; see `grade data`)")
    return Images(resolved, resolved)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    """Turn a `DataError` into the one line of a usage error."""
    import data

    try:
        yield
    except data.DataError as error:
        raise click.UsageError(str(error)) from None
