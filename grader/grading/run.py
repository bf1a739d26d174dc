"""Grades one submission by running the chapters' checks, in this trusted process."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
import warnings
from collections.abc import Collection, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..boundary import memory, overtime
from ..boundary.process import UNCONFINED
from ..boundary.workers import Workers
from ..course import registry, results
from ..files import temporary
from ..files.reading import submission_files
from ..files.writing import write_files
from ..isolation.launch import Isolation
from . import verdict
from .blame import Blame

if TYPE_CHECKING:
    from ..course.images import Images
    from ..course.registry import Chapter

BLAME_SECONDS = 10.0  # to read what a function uses; its checks have limits of their own


class Listener(Protocol):
    """Follows a grading: these methods are called as it goes on."""

    def chapter_begins(self, chapter: Chapter, /) -> object: ...

    def check_begins(self, function: str, name: str, /) -> object: ...

    def checks_end(self, function: str, /) -> object: ...

    def function_ends(self, function: results.FunctionResult, /) -> object: ...

    def chapter_ends(self, chapter: results.ChapterResult, /) -> object: ...


class GraderBroke(Exception):
    """The checks could not be run: the kit is at fault, not the submission."""


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
        in advance may earn points; no time is spent on finding slips
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
        closing(Workers(folder, isolation, until=until, latest=latest, apart=apart)) as workers,
        closing(Blame(folder, workers, seed=seed, dataset=dataset)) as blame,
    ):
        ordered = sorted(chapters, key=lambda chapter: chapter.id in hidden)
        graded = _run_checks(workers, ordered, dataset, seed, listener, blame, not secret)
    ids = [chapter.id for chapter in chapters]
    return results.Result.from_chapters(
        sorted(graded, key=lambda result: ids.index(result.id)),
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
            write_files(submission_files(submission), folder)
        yield folder


def _relabelled(dataset, seed):
    """Renumber the classes, so that parameters trained in advance do not fit."""
    import numpy as np

    number = np.random.default_rng(seed % 2**63).permutation(10)
    return dataclasses.replace(
        dataset, y_train=number[dataset.y_train], y_test=number[dataset.y_test]
    )


def _run_checks(workers, chapters, dataset, seed, listener, blame, slips):
    """Return the result of each chapter, in the order of grading."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what a submission makes the checks compute
            return [
                _grade_chapter(workers, chapter, dataset, seed, listener, blame, slips)
                for chapter in chapters
            ]
    except Exception as error:
        if workers.no_room:
            raise workers.no_room from None
        raise GraderBroke(workers.broke or f"{type(error).__name__}: {error}") from error


def _grade_chapter(workers, chapter, dataset, seed, listener, blame, slips):
    listener.chapter_begins(chapter)
    functions = []
    for name in chapter.functions:
        known = blame.graded.pop((chapter.stem, name), None)
        function, checked = known or verdict.grade_and_keep(
            workers,
            chapter.stem,
            name,
            seed=seed,
            dataset=dataset,
            on_check=partial(listener.check_begins, name),
            report_bugs=True,
        )
        listener.checks_end(name)
        if not known:
            short = contextlib.suppress(overtime.Overtime, MemoryError)
            with short, overtime.limited(BLAME_SECONDS):
                blame.assign(chapter.stem, function, checked)
        verdict.add_diagnosis(workers, chapter.stem, name, checked, function.checks, slips)
        listener.function_ends(function)
        functions.append(function)
    result = results.ChapterResult.from_functions(chapter, functions)
    listener.chapter_ends(result)
    return result
