"""Grades a chapter again after every save, each time in a fresh worker that is already warm.

A worker is started in advance: when a file is saved, it has imported NumPy but has not seen a line
of the submission. It grades once and then ends.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..boundary.workers import Workers
from ..course import results
from ..files.reading import read_text
from ..grading import verdict
from ..grading.blame import Blame
from .memory import Memory, Recall

if TYPE_CHECKING:
    from data import Dataset

    from ..course.registry import Chapter

CLOSE_SECONDS = 2.0  # for a run that is cancelled to end
LIBRARY = re.compile(r"^[ \t]*(?:from|import)[ \t]+((?:scipy|matplotlib)[\w.]*)(.*)$", re.M)


class BackgroundGrader:
    """Grades chapters of one folder in the background and calls `post(event, *details)`.

    Events: `begins` (run, check name), `verdict` (run, function's result), `ends`
    (run, chapter's result), `line` (run, function's result with the line at fault), `broke`
    (run, reason).
    """

    def __init__(
        self, folder: Path, post: Callable[..., object], load: Callable[[], Dataset]
    ) -> None:
        """`load()` returns the images, for chapters that train on them."""
        self.folder, self.post, self.load = folder, post, load
        self.run: ChapterRun | None = None
        self.spare: Workers | None = None
        self.memory = Memory()

    def grade(self, chapter: Chapter, first: Iterable[str] = ()) -> ChapterRun:
        """Cancel the current run and start to grade a chapter, the functions in `first` first."""
        self.stop()
        workers, self.spare = self.spare or self._worker(chapter), None
        self.memory = self.memory.at(chapter, self.folder)
        self.run = ChapterRun(self, chapter, workers, first)
        return self.run

    def prepare(self, chapter: Chapter) -> None:
        """Start the worker of the next run in advance."""
        if self.spare is None:
            self.spare = self._worker(chapter)

    def stop(self) -> None:
        if self.run:
            self.run.cancel()
        self.run = None

    def close(self) -> None:
        run = self.run
        self.stop()
        if run:
            run.thread.join(CLOSE_SECONDS)  # it deletes its files
        if self.spare:
            self.spare.close()

    def _worker(self, chapter):
        return Workers(self.folder, preload=libraries(self.folder / f"{chapter.stem}.py"))


class ChapterRun:
    """Grades a chapter once, in its own thread."""

    def __init__(
        self,
        grader: BackgroundGrader,
        chapter: Chapter,
        workers: Workers,
        first: Iterable[str],
    ) -> None:
        self.chapter, self.workers, self.memory = chapter, workers, grader.memory
        self.folder, self.load = grader.folder, grader.load
        self.blame = Blame(grader.folder, workers, seed=0, dataset=None)
        self.first = list(first)
        self.order = sorted(chapter.functions, key=lambda name: name not in self.first)
        self.cancelled = self.over = False
        self.send = grader.post
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        """End the run; it posts no more events."""
        self.cancelled = True
        self.workers.abandon()
        self.blame.abandon()

    def post(self, event: str, *details: object) -> None:
        if not self.cancelled:
            self.send(event, self, *details)

    def _run(self):
        try:
            self._grade()
        except Exception as error:  # a bug in the grader, or no worker could be started
            self.post("broke", f"{type(error).__name__}: {error}")
        finally:
            self.over = True
            self.blame.close()
            self.workers.close()
        if not self.cancelled:
            warm_up(self.chapter.stem)

    def _grade(self):
        dataset = self.load() if self.chapter.uses_images else None
        self.blame.dataset = dataset
        stem, done, checks = self.chapter.stem, {}, {}
        recall = Recall(self.memory, self.chapter, self.blame.uses, self.folder)
        self.blame.at_fault |= dict.fromkeys(recall.sound(), False)
        if self.first:
            recall.lend(self.workers, self.first)
        for name in self.order:
            if name not in self.first:
                recall.take_back(self.workers)
            function, checked = verdict.grade_and_keep(
                self.workers, stem, name, dataset=dataset, on_check=self._begins
            )
            self.blame.assign(stem, function, checked)
            verdict.add_diagnosis(
                self.workers, stem, name, checked, function.checks, slips=False
            )  # the verdict is to come at once
            self._begins()  # after a cancelled run nothing is known
            recall.keep(self.blame.sound, self.workers.shared)
            done[name], checks[name] = function, checked
            self.post("verdict", function)
        functions = [done[name] for name in self.chapter.functions]
        self.post("ends", results.ChapterResult.from_functions(self.chapter, functions))
        for function in done.values():
            if function.status == "failed" and not function.works:
                self._find_line(function, checks[function.name])
                break

    def _find_line(self, function, checked):
        """Search for the line at fault, while the verdict is being read."""
        before = function.main_failure.lines
        verdict.Searches.seconds = 0.0
        verdict.add_diagnosis(
            self.workers, self.chapter.stem, function.name, checked, function.checks
        )
        if function.main_failure.lines != before:
            self.post("line", function)

    def _begins(self, check=None):
        if self.cancelled:
            raise Cancelled
        if check:
            self.post("begins", check)


class Cancelled(Exception):
    """The run was cancelled: the file was saved again, or another chapter was chosen."""


def warm_up(stem: str) -> None:
    """Import what the diagnosis of a chapter needs, before a failure has to be explained."""
    from .. import diagnosis, misconceptions  # noqa: F401

    misconceptions.bank(stem)
    for name in libraries(Path(misconceptions.__file__).with_name(f"{stem}.py")):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def libraries(file: Path) -> list[str]:
    """List the modules of SciPy and Matplotlib that a file imports, which are slow to load."""
    text = read_text(file)
    modules = set()
    for module, rest in LIBRARY.findall(text):
        names = re.findall(r"\w+", rest.partition(" import ")[2].partition("#")[0])
        modules |= {module, *(f"{module}.{name}" for name in names if name != "as")}
    return sorted(modules)
