"""Finds the learner's own helper modules that a chapter file imports."""

import re
from functools import lru_cache
from pathlib import Path

from ..course import registry
from ..files.reading import read_text

IMPORTED = re.compile(r"^[ \t]*(?:from|import)\b((?:\([^)]{0,2000}\)|[^\n#(])*)", re.M)
WORD = re.compile(r"\w+")


def for_chapter(folder: Path, stem: str) -> list[str]:
    """Return the stems of a chapter's helpers, sorted, including those it imports indirectly."""
    files = {path.stem: path for path in folder.glob("*.py") if path.is_file()}
    helpers = files.keys() - {"__init__", "neural_network", *(c.stem for c in registry.chapters())}
    if not helpers:  # which is nearly always so
        return []
    imported: set[str] = set()
    waiting = [stem]
    while waiting:
        new = _words_imported(files.get(waiting.pop())) & files.keys() - imported
        imported |= new
        waiting += new
    return sorted(imported & helpers)


def _words_imported(path):
    """Return every word of a file's import statements."""
    if path is None:
        return set()
    state = path.stat()
    return _words(path, state.st_mtime_ns, state.st_size)


@lru_cache(256)
def _words(path, *_):
    text = read_text(path)
    return {word for names in IMPORTED.findall(text) for word in WORD.findall(names)}
