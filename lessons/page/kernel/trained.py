"""Keeps what a figure has trained, for as long as the code that trained it stays the same."""

from pathlib import Path

from grader.draw import kept

_trained = {}


def once(student, train):
    """Return what `train()` returned for this code, which is called only if that is not known."""
    key = kept.digest(Path(student._workers.folder), student._chapter)
    if key not in _trained:
        _trained[key] = train()
    return _trained[key]
