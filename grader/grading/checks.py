"""The checks of one function, run without pytest: for prerequisites and the kit's own proofs."""

import importlib
import inspect
import time
import zlib
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ..vocabulary import expect
from ..vocabulary.finding import Finding
from ..vocabulary.student import Student


@dataclass
class Checked:
    """What one check of a function found, and the calls it made: what a diagnosis goes by."""

    name: str
    finding: Finding | None
    calls: list = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Check:
    """One test function of `grader/chapters/`."""

    name: str
    function: str
    points: float
    after: str | None
    kind: str
    test: object

    @property
    def wants_images(self):
        """Whether it trains on the data set."""
        return "dataset" in inspect.signature(self.test).parameters

    def run(self, workers, stem, seed=0, dataset=None):
        """Run it on a submission's chapter; anything but a `Finding` is the check's own fault."""
        student = Student(workers, stem)
        given = {"student": student, "rng": generator(self.test.__name__, seed), "dataset": dataset}
        wanted = inspect.signature(self.test).parameters
        token, found = expect.calls.set(student.calls), None
        begin = time.perf_counter()
        try:
            self.test(**{name: given[name] for name in wanted})
        except Finding as finding:
            found = finding
        finally:
            expect.calls.reset(token)
        return Checked(self.name, found, student.calls, time.perf_counter() - begin)


def generator(test_name, seed):
    """The examiner's random generator: a new one for each check."""
    return np.random.default_rng([seed % 2**63, zlib.crc32(test_name.encode())])


@cache
def of(stem, function):
    """The checks of one function of a chapter, in the order of the file."""
    module = importlib.import_module(f"grader.chapters.{stem}")
    tests = [test for name, test in vars(module).items() if name.startswith("test_")]
    return tuple(check for check in map(_check, tests) if check.function == function)


def run_function(
    workers, stem, function, *, file=None, seed=0, dataset=None, stop=False, begins=None
):
    """`[Checked]` of one function; with `stop` no further than the first failure.

    `file` is the stem of the submission's file, where that is not the chapter's; `begins` is told
    the name of each check before it is run.
    """
    checked, failed = [], set()
    for check in of(stem, function):
        if check.after in failed:
            failed.add(check.name)
            continue
        if begins:
            begins(check.name)
        checked.append(check.run(workers, file or stem, seed, dataset))
        if checked[-1].finding:
            failed.add(check.name)
            if stop:
                break
    return checked


def _check(test):
    return from_grade(test.grade, test.__name__, test)


def from_grade(grade, test_name, test=None):
    """The `Check` that a test's `@grades` makes of it."""
    name = test_name.removeprefix("test_")
    return Check(name, grade.function, grade.points, grade.after, grade.kind, test)
