"""Finds out whether a function fails because of another function that it uses.

The uses are read from the submission's text by patterns: nothing is run or parsed here. If the
reference is available, a function with failing prerequisites is graded again with the reference's
earlier chapters, so that an early mistake costs points only once.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..boundary.workers import Workers
from ..course import registry, results, stubs
from ..course.places import REFERENCE
from ..files.reading import python_files
from ..submission.uses import Uses
from . import checks

if TYPE_CHECKING:
    from data import Dataset


class Blame:
    """Finds a failed function's prerequisites and grades it again with the reference's."""

    def __init__(
        self,
        submission: Path,
        workers: Workers,
        *,
        seed: int,
        dataset: Dataset | None,
        strict: bool = False,
    ) -> None:
        """`strict`: replace only functions that passed at least one check themselves."""
        self.folder = Path(submission)
        self.workers, self.seed, self.dataset, self.strict = workers, seed, dataset, strict
        self.statuses: dict[tuple[str, str], str] = {}  # (stem, function): status, if known
        self.earning: set[tuple[str, str]] = set()  # (stem, function) that passed a check

    def note(self, stem: str, function: results.FunctionResult) -> None:
        """Record how a function of this run was graded."""
        self.statuses[stem, function.name] = function.status
        if function.score:
            self.earning.add((stem, function.name))

    def assign(self, stem: str, function: results.FunctionResult) -> None:
        """Fill in a failed function's `because_of` and `score_with_reference`."""
        guilty = self._failing_prerequisites(stem, function.name)
        if not guilty:
            return
        earlier = [(other, name) for other, name in guilty if other != stem]
        if earlier and self._may_replace(earlier):
            score = self._score_with_reference(stem, function)
            function.score_with_reference = score
            if score <= function.score:  # the function itself is at fault
                guilty = [pair for pair in guilty if pair not in earlier]
            else:
                function.score = score
        function.because_of = [
            results.Blamed(registry.by_stem(other).id, name) for other, name in guilty
        ]

    def _may_replace(self, guilty):
        if not REFERENCE.is_dir() or self.folder.resolve() == REFERENCE:
            return False
        return not self.strict or self.earning.issuperset(guilty)

    def _failing_prerequisites(self, stem, name):
        """`[(stem, function)]` that fail by their own fault."""
        if not self._written(stem, name) or stem in self.workers.unimportable:
            return []  # a file that cannot be imported is at fault for all its functions
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
            _copy_with_reference(self.folder, stem, Path(folder))
            own = self.workers
            workers = Workers(Path(folder), own.isolation, until=own.until, latest=own.latest)
            try:
                checked = checks.run_function(
                    workers, stem, function.name, seed=self.seed, dataset=self.dataset
                )
            finally:
                workers.close()
        passed = {check.name for check in checked if check.finding is None}
        graded = checks.for_function(stem, function.name)
        return float(sum(check.points for check in graded if check.name in passed))

    @cached_property
    def uses(self) -> Uses:
        return Uses(self.folder)


def _copy_with_reference(folder, stem, target):
    """Copy the submission to `target`, its chapters before `stem` replaced by the reference's."""
    for name, data in python_files(folder).items():
        (target / name).write_bytes(data)
    stubs.add_whole(target)
    for chapter in registry.chapters():
        if chapter.stem == stem:
            break
        shutil.copyfile(REFERENCE / f"{chapter.stem}.py", target / f"{chapter.stem}.py")
