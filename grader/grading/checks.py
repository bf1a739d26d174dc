"""Runs the checks of one function; `plugin` does the same under pytest."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..boundary import overtime
from ..vocabulary import expect
from ..vocabulary.complaints import TIME_UP
from ..vocabulary.finding import Finding
from ..vocabulary.student import Student

if TYPE_CHECKING:
    from data import Dataset

    from ..boundary.inprocess import InProcess
    from ..boundary.workers import Workers
    from ..vocabulary.grades import Grade


@dataclass
class Checked:
    """The outcome of one check: its finding, and the calls it made, as the diagnosis needs them."""

    name: str
    finding: Finding | None
    calls: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    finish: bool = False


@dataclass(frozen=True)
class Check:
    """One test function of `grader/chapters/`."""

    name: str
    function: str
    points: float
    after: str | None
    kind: str
    promises: tuple[str, ...]
    test: Callable[..., object]

    @property
    def wants_images(self) -> bool:
        """True if the check trains on the data set."""
        return "dataset" in inspect.signature(self.test).parameters

    def run(
        self,
        workers: Workers | InProcess,
        stem: str,
        seed: int = 0,
        dataset: Dataset | None = None,
        report_bugs: bool = False,
    ) -> Checked:
        """Run the check on a submission's chapter.

        Any exception other than a `Finding` is a bug in the check; with `report_bugs` it becomes
        one, unless no worker could be started.
        """
        student = Student(workers, stem)
        fixtures = {
            "student": student,
            "rng": generator(self.test.__name__, seed),
            "dataset": dataset,
        }
        wanted = inspect.signature(self.test).parameters
        token, finding = expect.calls.set(student.calls), None
        begin = time.perf_counter()
        try:
            with examining(workers):
                self.test(**{name: fixtures[name] for name in wanted})
        except Finding as raised:
            finding = raised
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # such as `pytest.fail`, in an instructor's own check
            if not report_bugs or workers.broke:
                raise
            finding = bug(error)
        finally:
            expect.calls.reset(token)
        return Checked(
            self.name, finding, student.calls, time.perf_counter() - begin, self.kind == "finish"
        )


@contextlib.contextmanager
def examining(workers: Workers | InProcess) -> Iterator[None]:
    """Limit what a check in the block may use, and skip it if the submission's time is up."""
    if workers.is_over:
        raise Finding(TIME_UP, "timeout")
    try:
        with overtime.limited():
            yield
    except overtime.Overtime:
        raise Finding("the check of the answer took too long and was stopped", "timeout") from None
    except MemoryError:
        raise Finding("the answer takes more memory than the grader may use", "crashed") from None


def bug(error: BaseException) -> Finding:
    """Return the finding for a check that broke with this exception."""
    with contextlib.suppress(Exception):
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Finding(
            f"the check itself broke ({type(error).__name__}: {error}): please report it",
            "error",
            where=f"{Path(place.filename).name}:{place.lineno}",
        )
    return Finding("the check itself broke: please report it", "error")


def generator(test_name: str, seed: int) -> np.random.Generator:
    """Return the grader's random generator for one check."""
    return np.random.default_rng([seed % 2**63, zlib.crc32(test_name.encode())])


@cache
def for_function(stem: str, function: str) -> tuple[Check, ...]:
    """Return the checks of one function of a chapter, in the order of the file."""
    module = importlib.import_module(f"grader.chapters.{stem}")
    tests = [test for name, test in vars(module).items() if name.startswith("test_")]
    return tuple(check for check in map(_check, tests) if check.function == function)


def run_function(
    workers: Workers | InProcess,
    stem: str,
    function: str,
    *,
    file: str | None = None,
    seed: int = 0,
    dataset: Dataset | None = None,
    stop: bool = False,
    on_check: Callable[[str], object] | None = None,
    report_bugs: bool = False,
    begun: Sequence[Checked] = (),
) -> list[Checked]:
    """Run the checks of one function; with `stop`, only up to the first failure.

    `file` is the stem of the submission's file if it differs from the chapter's; `on_check` is
    called with the name of each check before it runs; `report_bugs` as in `Check.run`; `begun` is
    what an earlier call returned that stopped: the rest is run.
    """
    checked, known = list(begun), {outcome.name for outcome in begun}
    failed = {outcome.name for outcome in begun if outcome.finding}
    for check in for_function(stem, function):
        if check.name in known:
            continue
        if check.after in failed:
            failed.add(check.name)
            continue
        if on_check:
            on_check(check.name)
        checked.append(check.run(workers, file or stem, seed, dataset, report_bugs))
        if checked[-1].finding:
            failed.add(check.name)
            if stop:
                break
    return checked


def _check(test):
    return from_grade(test.grade, test.__name__, test)


def from_grade(grade: Grade, test_name: str, test: Any = None) -> Check:
    """Build a test's `Check` from its `@grades`."""
    name = test_name.removeprefix("test_")
    return Check(name, grade.function, grade.points, grade.after, grade.kind, grade.promises, test)
