"""Grades one submission: runs pytest over the chapters' checks, in this, the trusted process."""

import contextlib
import dataclasses
import math
import os
import time

from ..boundary.process import UNCONFINED
from ..boundary.workers import Workers
from ..course import results
from ..vocabulary.grades import grade_of
from .blame import Blame

# pytest's own plugins that have no part in this, each of which takes time to import.
UNUSED = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath"),
    *("logging", "pastebin", "pytester", "setuponly", "setupplan", "stepwise", "subtests"),
    *("terminal", "unittest"),
)


class GraderBroke(Exception):
    """pytest could not run the checks: a fault of the kit's, not of the submission's."""


def grade(
    submission,
    chapters,
    *,
    images,
    seed,
    listener,
    isolation=UNCONFINED,
    budget=None,
    stretch=1.0,
    secret=False,
):
    """The result of the contract's form for these chapters of one submission.

    submission: folder of chapter files
    images: the data set and its name
    listener: told `chapter_begins`, `check_begins`, `check_ends`, `function_ends`, `chapter_ends`
    isolation: what stands around the submission's process, of `grader.isolation`
    budget: seconds that the whole of it may take; what comes later counts as a timeout
    stretch: times its budget that it may take next to processes that hold it up
    secret: the submission is a stranger's and does not know the seed; nothing that it could know
        beforehand may count, and the reference is lent only where the own work earned something
    """
    begin = time.perf_counter()
    # Starts up while pytest is imported.
    until, latest = (begin + budget, begin + stretch * budget) if budget else (math.inf, math.inf)
    workers = Workers(submission, isolation, until=until, latest=latest)
    dataset = images.dataset
    if secret and dataset is not None:
        dataset = _relabelled(dataset, seed)
    try:
        blame = Blame(submission, workers, seed=seed, dataset=dataset, strict=secret)
        recorder = _run_checks(workers, chapters, dataset, seed, listener, blame)
    finally:
        workers.close()
    return results.Result.from_chapters(
        recorder.results,
        submission=submission,
        dataset=images.name,
        isolation=isolation,
        seed=seed,
        seconds=time.perf_counter() - begin,
    )


def _relabelled(dataset, seed):
    """The same images, their classes renumbered: parameters brought along ready-made do not fit."""
    import numpy as np

    number = np.random.default_rng(seed % 2**63).permutation(10)
    return dataclasses.replace(
        dataset, y_train=number[dataset.y_train], y_test=number[dataset.y_test]
    )


def _run_checks(workers, chapters, dataset, seed, listener, blame):
    import pytest

    recorder = Recorder(chapters, workers, dataset, listener, blame)
    files = [str(chapter.checks_file) for chapter in chapters]
    options = ["--capture=no", "--assert=plain", f"--seed={seed}"]
    options += [word for name in UNUSED for word in ("-p", f"no:{name}")]
    config = chapters[0].checks_file.with_name("pytest.ini")
    with _no_other_plugins():
        code = pytest.main(["-c", str(config), *options, *files], plugins=[recorder])
    if workers.broke:
        raise GraderBroke(workers.broke)
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise GraderBroke(recorder.broke or f"pytest ended with {code}")
    return recorder


@contextlib.contextmanager
def _no_other_plugins():
    """What else the user has for pytest has no part in this, and costs time."""
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
    """A pytest plugin that gives the session its worker and gathers what the checks found."""

    def __init__(self, chapters, workers, dataset, listener, blame):
        self.chapters = {chapter.stem: chapter for chapter in chapters}
        self.workers, self.dataset, self.listener = workers, dataset, listener
        self.blame = blame
        self.waiting = {}  # (chapter stem, function): checks that have not run yet
        self.verdicts = []  # of the function that is running
        self.functions = []  # of the chapter that is running
        self.results = []
        self.broke = None

    def pytest_configure(self, config):
        from .plugin import DATASET, WORKERS

        config.stash[WORKERS] = self.workers
        config.stash[DATASET] = self.dataset

    def pytest_collection_finish(self, session):
        for item in session.items:
            key = item.path.stem, grade_of(item).function
            self.waiting[key] = self.waiting.get(key, 0) + 1

    def pytest_runtest_setup(self, item):
        chapter = self.chapters[item.path.stem]
        if not self.verdicts and not self.functions:
            self.listener.chapter_begins(chapter)
        self.listener.check_begins(grade_of(item).function, item.name.removeprefix("test_"))

    def pytest_runtest_logreport(self, report):
        verdict = getattr(report, "verdict", None)
        if verdict is None:
            return
        if self.workers.broke:  # nothing of this submission can be graded, nor held against it
            raise KeyboardInterrupt
        self.verdicts.append(verdict)
        self.listener.check_ends(verdict)
        key = report.stem, report.function
        self.waiting[key] -= 1
        if not self.waiting[key]:
            self._end_function(*key)

    def _end_function(self, stem, name):
        function = results.FunctionResult.from_verdicts(name, self.verdicts)
        self.blame.note(stem, function)
        if not function.passed:
            self.blame.assign(stem, function)
        self.listener.function_ends(function)
        self.verdicts = []
        self.functions.append(function)
        if not any(count for (other, _), count in self.waiting.items() if other == stem):
            chapter = results.ChapterResult.from_functions(self.chapters[stem], self.functions)
            self.results.append(chapter)
            self.functions = []
            self.listener.chapter_ends(chapter)

    def pytest_internalerror(self, excrepr):
        self.broke = str(excrepr).strip().splitlines()[-1]
