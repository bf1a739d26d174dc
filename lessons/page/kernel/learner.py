"""The learner's files, as the page writes them into Python's file system before each call."""

import functools
import os
from pathlib import Path

from grader.course import registry, stubs

ROOT = Path(os.environ.get("LEARN_DL_LEARNER", "/learner"))
FOLDER = ROOT / "exercises"


def file(stem):
    """Return the path of a chapter's file, which need not exist."""
    return FOLDER / f"{stem}.py"


def has_begun(stem):
    """Return True if the learner has written something in this chapter's file."""
    return file(stem).is_file() and not stubs.is_stub(file(stem))


@functools.cache
def order():
    """Map stems to their position in the course."""
    return {chapter.stem: number for number, chapter in enumerate(registry.chapters())}
