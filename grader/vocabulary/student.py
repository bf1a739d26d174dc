"""`student.softmax(Z)`: the learner's function, called across the process boundary."""

from .finding import Finding
from .scripts import StudentName


class Student:
    """The learner's side of one check: any attribute is a function of the chapter's file.

    `calls` is the log of what this check has called, oldest first.
    """

    def __init__(self, workers, chapter):
        self._workers = workers
        self._chapter = chapter
        self.calls = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return StudentName(self, name)

    def shared(self, name, make):
        """The `Call` that `make` gives, made once for all checks of this chapter."""
        known, key = self._workers.shared, (self._chapter, name)
        if key not in known:
            try:
                known[key] = make()
            except Finding as finding:
                known[key] = finding
        if isinstance(known[key], Finding):
            raise known[key]
        if known[key] not in self.calls:
            self.calls.append(known[key])
        return known[key]
