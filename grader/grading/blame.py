"""Whose fault it is: a function may fail because one that it uses, of an earlier chapter, does.

What uses what is read off the submission's own text, by patterns: nothing of it is run or parsed
here. Where the reference is at hand, a function with failing prerequisites is graded once more
with the reference's earlier chapters, so that an early mistake costs once.
"""

import contextlib
import shutil
import tempfile
from functools import cached_property
from pathlib import Path

from ..boundary.workers import Workers
from ..course import registry, results, stubs
from ..course.places import REFERENCE
from ..submission.reading import read_bytes
from ..submission.uses import Uses
from . import checks


class Blame:
    """The prerequisites of a submission's functions, and what becomes of them."""

    def __init__(self, submission, workers, *, seed, dataset, strict=False):
        """`strict`: the reference stands in only for functions that passed a check of their own."""
        self.folder = Path(submission)
        self.workers, self.seed, self.dataset, self.strict = workers, seed, dataset, strict
        self.statuses = {}  # (stem, function): status, as far as it is known
        self.earning = set()  # (stem, function): those that passed a check

    def note(self, stem, function):
        """Remember how a function of this run was graded."""
        self.statuses[stem, function.name] = function.status
        if function.score:
            self.earning.add((stem, function.name))

    def assign(self, stem, function):
        """Fill in a failed function's `because_of` and `score_with_reference`."""
        guilty = self._failing_prerequisites(stem, function.name)
        if not guilty:
            return
        earlier = [(other, name) for other, name in guilty if other != stem]
        if earlier and self._may_lend(earlier):
            score = self._score_with_reference(stem, function)
            function.score_with_reference = score
            if score <= function.score:  # the fault is its own, whatever the others have
                guilty = [pair for pair in guilty if pair not in earlier]
            else:
                function.score = score
        function.because_of = [
            results.Blamed(registry.by_stem(other).id, name) for other, name in guilty
        ]

    def _may_lend(self, guilty):
        if not REFERENCE.is_dir() or self.folder.resolve() == REFERENCE:
            return False
        return not self.strict or self.earning.issuperset(guilty)

    def _failing_prerequisites(self, stem, name):
        """`[(stem, function)]` that fail, less those that fail because of another one here."""
        if not self._written(stem, name) or stem in self.workers.unimportable:
            return []  # where the file cannot be imported, that is the fault of all in it
        needed = self.uses.closure(stem, name)
        failing = [pair for pair in sorted(needed) if self._status(*pair) != "passed"]
        return [
            pair
            for pair in failing
            if not any(other in self.uses.closure(*pair) for other in failing if other != pair)
        ]

    def _written(self, stem, name):
        return "NotImplementedError" not in self.uses.text(stem, name)

    def _status(self, stem, name):
        if (stem, name) not in self.statuses:
            checked = checks.run_function(
                self.workers,
                stem,
                name,
                seed=self.seed,
                dataset=self.dataset,
                stop=not self.strict,
            )
            if not all(check.finding for check in checked):
                self.earning.add((stem, name))
            self.statuses[stem, name] = results.worst(
                check.finding.status if check.finding else "passed" for check in checked
            )
        return self.statuses[stem, name]

    def _score_with_reference(self, stem, function):
        with tempfile.TemporaryDirectory() as folder:
            _lay_over(self.folder, stem, Path(folder))
            own = self.workers
            workers = Workers(Path(folder), own.isolation, until=own.until, latest=own.latest)
            try:
                checked = checks.run_function(
                    workers, stem, function.name, seed=self.seed, dataset=self.dataset
                )
            finally:
                workers.close()
        passed = {check.name for check in checked if check.finding is None}
        return float(sum(c.points for c in checks.of(stem, function.name) if c.name in passed))

    @cached_property
    def uses(self):
        return Uses(self.folder)


def _lay_over(folder, stem, target):
    """The submission with the reference's chapters before this one."""
    for path in sorted(folder.glob("*.py")):
        with contextlib.suppress(OSError):  # a link, a pipe: the worker is not given these either
            (target / path.name).write_bytes(read_bytes(path))
    stubs.add_whole(target)
    for chapter in registry.chapters():
        if chapter.stem == stem:
            break
        shutil.copyfile(REFERENCE / f"{chapter.stem}.py", target / f"{chapter.stem}.py")
