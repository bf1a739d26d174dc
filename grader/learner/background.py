"""Grades a chapter again and again, each time in a worker that is warm and yet fresh.

A worker is started ahead: by the time a file is saved it has imported NumPy and waits, and has not
seen a line of the submission. What it has graded it takes along when it goes.
"""

import re
import threading

from ..boundary.workers import Workers
from ..course import results
from ..grading import verdict
from ..grading.blame import Blame

LIBRARY = re.compile(r"^[ \t]*(?:from|import)[ \t]+((?:scipy|matplotlib)[\w.]*)(.*)$", re.M)


class Examiner:
    """Grades chapters of one folder in the background; `post(event, *details)` hears of it.

    Events: `begins` (run, check name), `verdict` (run, function's result), `ends`
    (run, chapter's result), `broke` (run, reason).
    """

    def __init__(self, folder, post, load):
        """`load()` gives the images, for chapters that train on them."""
        self.folder, self.post, self.load = folder, post, load
        self.run = self.spare = None

    def grade(self, chapter, first=()):
        """Begin to grade a chapter, these functions of it first; a run that is on ends."""
        self.stop()
        workers, self.spare = self.spare or self._worker(chapter), None
        self.run = Run(self, chapter, workers, first)
        return self.run

    def prepare(self, chapter):
        """Start the worker of the next run, now that nothing else is to be done."""
        if self.spare is None:
            self.spare = self._worker(chapter)

    def stop(self):
        if self.run:
            self.run.cancel()
        self.run = None

    def close(self):
        self.stop()
        if self.spare:
            self.spare.close()

    def _worker(self, chapter):
        return Workers(self.folder, preload=libraries(self.folder / f"{chapter.stem}.py"))


class Run:
    """One grading of a chapter, in a thread of its own."""

    def __init__(self, examiner, chapter, workers, first):
        self.chapter, self.workers = chapter, workers
        self.folder, self.load = examiner.folder, examiner.load
        self.order = sorted(chapter.functions, key=lambda name: name not in first)
        self.cancelled = self.over = False
        self.told = examiner.post
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def cancel(self):
        """No more is heard of it."""
        self.cancelled = True
        self.workers.abandon()

    def post(self, event, *details):
        if not self.cancelled:
            self.told(event, self, *details)

    def _run(self):
        try:
            self._grade()
        except Exception as error:  # the examiner's own fault, or no worker could be started
            self.post("broke", f"{type(error).__name__}: {error}")
        finally:
            self.over = True
            self.workers.close()

    def _grade(self):
        dataset = self.load() if self.chapter.uses_images else None
        blame = Blame(self.folder, self.workers, seed=0, dataset=dataset)
        stem, done = self.chapter.stem, {}
        for name in self.order:
            function = verdict.of_function(
                self.workers, stem, name, dataset=dataset, begins=self._begins
            )
            blame.note(stem, function)
            if not function.passed:
                blame.assign(stem, function)
            self._begins()
            done[name] = function
            self.post("verdict", function)
        functions = [done[name] for name in self.chapter.functions]
        self.post("ends", results.ChapterResult.from_functions(self.chapter, functions))

    def _begins(self, check=None):
        if self.cancelled:
            raise Cancelled
        if check:
            self.post("begins", check)


class Cancelled(Exception):
    """Somebody saved the file again, or wants something else."""


def libraries(file):
    """The modules of SciPy and Matplotlib that a chapter's file imports: they take their time."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    found = set()
    for module, rest in LIBRARY.findall(text):
        names = re.findall(r"\w+", rest.partition(" import ")[2].partition("#")[0])
        found |= {module, *(f"{module}.{name}" for name in names if name != "as")}
    return sorted(found)
