"""`student.softmax(Z)`: the learner's function, called across the process boundary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .call import Call
from .finding import Finding
from .scripts import StudentName


class Student:
    """A submission as a check sees it: every attribute is a function of the chapter's file.

    `calls` is the log of the check's calls, oldest first.
    """

    def __init__(self, workers: Any, chapter: str):
        self._workers = workers
        self._chapter = chapter
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> StudentName:
        if name.startswith("_"):
            raise AttributeError(name)
        return StudentName(self, name)

    def shared(self, name: str, make: Callable[[], Call]) -> Call:
        """The `Call` that `make` returns, made once for all checks of this chapter."""
        results, key = self._workers.shared, (self._chapter, name)
        if key not in results:
            try:
                results[key] = make()
            except Finding as finding:
                results[key] = finding
        if isinstance(results[key], Finding):
            raise results[key]
        if results[key] not in self.calls:
            self.calls.append(results[key])
        return results[key]
