"""Which modules of the learner's own, beside the chapters' files, a chapter's file imports."""

import re
from functools import lru_cache

from ..course import registry

IMPORTED = re.compile(r"^[ \t]*(?:from|import)\b((?:\([^)]*\)|[^\n#(])*)", re.M)
WORD = re.compile(r"\w+")


def of(folder, stem):
    """The helpers' stems, in order, also those that it needs through other files of the folder."""
    there = {path.stem: path for path in folder.glob("*.py") if path.is_file()}
    own = there.keys() - {"__init__", "neural_network", *(c.stem for c in registry.chapters())}
    if not own:  # as it is nearly always
        return []
    found, waiting = set(), [stem]
    while waiting:
        new = _named(there.get(waiting.pop())) & there.keys() - found
        found |= new
        waiting += new
    return sorted(found & own)


def _named(path):
    """Every word of a file's import statements."""
    if path is None:
        return set()
    state = path.stat()
    return _words(path, state.st_mtime_ns, state.st_size)


@lru_cache(256)
def _words(path, *_):
    text = path.read_text(encoding="utf-8", errors="replace")
    return {word for names in IMPORTED.findall(text) for word in WORD.findall(names)}
