"""Finds the packages next to `grader` for `import`, wherever Python was started."""

from __future__ import annotations

import contextlib
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any

from . import places

PACKAGES = ("data", "lessons", "solutions")


class Finder:
    """Comes before Python's own search.

    An installed kit has its packages inside `grader`. The files of an instructor's own chapters are
    modules of the kit's packages. And `exercises` is the folder of the course
    around the current folder: a notebook's kernel starts next to the notebook, inside `exercises`,
    where Python would not find it, or would find the clone's.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return where the package is, or None to leave the search to Python."""
        if name in PACKAGES and places.IS_INSTALLED:
            return PathFinder.find_spec(name, [str(places.ROOT)])
        if file := places.own_module(name):
            return spec_from_file_location(name, file)
        if name == places.EXERCISES and (folder := _course()):
            return PathFinder.find_spec(name, [str(folder.parent)])
        return None


def install() -> None:
    """Put a `Finder` before all others, once."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def _course() -> Path | None:
    with contextlib.suppress(OSError):  # the current folder may be gone
        if found := places.course():
            return found.resolve()
    return None
