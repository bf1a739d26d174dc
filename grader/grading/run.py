"""Grades one submission by running pytest over the chapters' checks, in this trusted process."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import math
import os
import time
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..boundary import memory, overtime
from ..boundary.process import UNCONFINED
from ..boundary.workers import Workers
from ..course import places, registry, results
from ..files import temporary
from ..files.reading import python_files
from ..files.writing import write_files
from ..isolation.launch import Isolation
from ..vocabulary.grades import grade_of
from .blame import Blame

if TYPE_CHECKING:
    import pytest

    from data import Dataset

    from ..course.images import Images
    from ..course.registry import Chapter

# pytest's own plugins that grading does not need; importing each one takes time.
UNUSED = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath"),
    *("logging", "pastebin", "pytester", "setuponly", "setupplan", "stepwise", "subtests"),
    *("terminal", "unittest"),
)


BLAME_SECONDS = 10.0  # to read what a function uses; its checks have limits of their own


class Listener(Protocol):
    """Follows a grading: these methods are called as it goes on."""

    def chapter_begins(self, chapter: Chapter, /) -> object: ...

    def check_begins(self, function: str, name: str, /) -> object: ...

    def check_ends(self, verdict: results.Verdict, /) -> object: ...

    def function_ends(self, function: results.FunctionResult, /) -> object: ...

    def chapter_ends(self, chapter: results.ChapterResult, /) -> object: ...


class GraderBroke(Exception):
    """pytest could not run the checks: the kit is at fault, not the submission."""


def grade(
    submission: Path,
    chapters: Sequence[Chapter],
    *,
    images: Images,
    seed: int,
    listener: Listener,
    isolation: Isolation = UNCONFINED,
    budget: float | None = None,
    stretch: float = 1.0,
    secret: bool = False,
    hidden: Collection[str] = (),
) -> results.Result:
    """Grade these chapters of one submission.

    submission: folder of chapter files
    images: the data set and its name
    listener: its methods are called as the grading goes on
    isolation: what confines the submission's process, from `grader.isolation`
    budget: seconds for the whole grading; every call after that counts as a timeout
    stretch: how many times its budget it may take if other processes hold it up
    secret: the submission comes from a stranger who must not know the seed: nothing prepared
        in advance may earn points
    hidden: ids of chapters whose results are kept from the student: they are graded last, and in a
        process of their own, so that nothing of them can show in the results of the others
    """
    begin = time.perf_counter()
    until, latest = (begin + budget, begin + stretch * budget) if budget else (math.inf, math.inf)
    dataset = images.dataset
    if secret and dataset is not None:
        dataset = _relabelled(dataset, seed)
    apart = [chapter.stem for chapter in registry.chapters() if chapter.id in hidden]
    with (
        memory.limited(),
        _read_once(submission, isolation) as folder,
        # The worker starts while pytest is imported.
        closing(Workers(folder, isolation, until=until, latest=latest, apart=apart)) as workers,
        closing(Blame(folder, workers, seed=seed, dataset=dataset)) as blame,
    ):
        ordered = sorted(chapters, key=lambda chapter: chapter.id in hidden)
        recorder = _run_checks(workers, ordered, dataset, seed, listener, blame)
    ids = [chapter.id for chapter in chapters]
    return results.Result.from_chapters(
        sorted(recorder.results, key=lambda result: ids.index(result.id)),
        submission=submission,
        dataset=images.name,
        isolation=isolation.level,
        sandbox=isolation.mechanism,
        seed=seed,
        seconds=time.perf_counter() - begin,
    )


@contextlib.contextmanager
def _read_once(submission, isolation):
    """A copy of an untrusted submission, so that all that is graded is what was read once."""
    if isolation.level == "none":
        yield submission
        return
    with temporary.folder() as folder:
        with temporary.room():
            write_files(python_files(submission, deep=True), folder)
        yield folder


def _relabelled(dataset, seed):
    """Renumber the classes, so that parameters trained in advance do not fit."""
    import numpy as np

    number = np.random.default_rng(seed % 2**63).permutation(10)
    return dataclasses.replace(
        dataset, y_train=number[dataset.y_train], y_test=number[dataset.y_test]
    )


def _run_checks(workers, chapters, dataset, seed, listener, blame):
    import pytest

    recorder = Recorder(chapters, workers, dataset, listener, blame)
    files = [str(chapter.checks_file) for chapter in chapters]
    options = ["--capture=no", "--assert=plain", "--noconftest", f"--seed={seed}"]
    options += [word for name in UNUSED for word in ("-p", f"no:{name}")]
    config = places.CHAPTERS / "pytest.ini"
    with _no_other_plugins():
        try:
            code = pytest.main(["-c", str(config), *options, *files], plugins=[recorder])
        finally:
            gc.unfreeze()
    if workers.no_room:
        raise workers.no_room
    if workers.broke:
        raise GraderBroke(workers.broke)
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderBroke(recorder.broke or f"pytest ended with {code}")
    return recorder


@contextlib.contextmanager
def _no_other_plugins():
    """Keep pytest from loading the user's other plugins, which cost time."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


class Recorder:
    """A pytest plugin that hands the session its worker and collects the verdicts."""

    def __init__(
        self,
        chapters: Sequence[Chapter],
        workers: Workers,
        dataset: Dataset | None,
        listener: Listener,
        blame: Blame,
    ) -> None:
        self.chapters = {chapter.stem: chapter for chapter in chapters}
        self.workers, self.dataset, self.listener = workers, dataset, listener
        self.blame = blame
        self.waiting: dict[tuple[str, str], int] = {}  # (stem, function): checks left
        self.verdicts: list[results.Verdict] = []  # of the current function
        self.functions: list[results.FunctionResult] = []  # of the current chapter
        self.results: list[results.ChapterResult] = []
        self.broke = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        from .plugin import DATASET, WORKERS

        self.stash = config.stash
        config.stash[WORKERS] = self.workers
        config.stash[DATASET] = self.dataset

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        gc.freeze()  # what is imported by now stays: pytest collects garbage as it ends
        for item in session.items:
            if grade := grade_of(item):
                key = item.path.stem, grade.function
                self.waiting[key] = self.waiting.get(key, 0) + 1

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        chapter = self.chapters[item.path.stem]
        if not self.verdicts and not self.functions:
            self.listener.chapter_begins(chapter)
        if grade := grade_of(item):
            self.listener.check_begins(grade.function, item.name.removeprefix("test_"))

    def pytest_runtest_logreport(self, report: Any) -> None:
        verdict = getattr(report, "verdict", None)
        if verdict is None:
            return
        if self.workers.broke:  # the submission cannot be graded, and is not at fault
            raise KeyboardInterrupt
        self.verdicts.append(verdict)
        self.listener.check_ends(verdict)
        key = report.stem, report.function
        self.waiting[key] -= 1
        if not self.waiting[key]:
            self._end_function(*key)

    def _end_function(self, stem, name):
        from .plugin import CHECKED

        function = results.FunctionResult.from_verdicts(name, self.verdicts)
        checked = self.stash[CHECKED]
        short = contextlib.suppress(overtime.Overtime, MemoryError)
        with short, overtime.limited(BLAME_SECONDS):
            self.blame.assign(stem, function, checked)
        self.listener.function_ends(function)
        self.verdicts = []
        self.functions.append(function)
        if not any(count for (other, _), count in self.waiting.items() if other == stem):
            chapter = results.ChapterResult.from_functions(self.chapters[stem], self.functions)
            self.results.append(chapter)
            self.functions = []
            self.listener.chapter_ends(chapter)

    def pytest_internalerror(self, excrepr: object) -> None:
        self.broke = str(excrepr).strip().splitlines()[-1]
