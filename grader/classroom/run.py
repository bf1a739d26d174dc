"""The class run: what is to be graded is handed out, what comes back is recorded."""

import datetime
import hashlib
import hmac
import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

from ..course import registry
from ..course.results import ChapterResult, FunctionResult, Result, Verdict
from . import examine, grader_version, ledger
from .examiners import grade_all

SEED_BITS = 63
LOST = f"{ledger.GRADER_NOTE}its process ended twice while this was graded, so there are no points"
TOLD = "grading this ended unexpectedly, twice: please ask your instructor"


def options(chapters, dataset, isolation, budget, *, parent=None, work=None):
    """What examiners are told; plain data, for it may go to another machine.

    parent, work: this process, with which they end, and the folder for what they put down; None
        on a cluster
    """
    return {
        "chapters": [chapter.id for chapter in chapters],
        "dataset": dataset,
        "isolation": isolation,
        "budget": budget,
        "grader": grader_version.current(),
        "parent": parent,
        "work": work,
    }


def seed_of(course_seed, digest):
    """A submission's own seed: a regrade repeats it, and it says nothing about the next one's."""
    mac = hmac.new(str(course_seed).encode(), digest.encode(), hashlib.sha256).digest()
    return int.from_bytes(mac[:8], "big") >> (64 - SEED_BITS)


class ClassRun:
    """Grades the submissions of a class that have no result yet, or none that still stands."""

    def __init__(self, course, submissions, options, display):
        self.course, self.options, self.display = course, options, display
        self.submissions = {submission.id: submission for submission in submissions}
        self.about = {
            submission.id: {"student": submission.student, "notes": list(submission.notes)}
            for submission in submissions
        }
        course.compact(self.about)
        self.due = [s for s in submissions if self._is_due(s)]
        self.graded = 0
        self.failed = []  # ids for which an examiner failed
        self.seconds = 0.0

    @property
    def entries(self):
        return self.course.ledger.entries

    @property
    def vanished(self):
        """Ids with a result that are no longer handed in."""
        return sorted(self.entries.keys() - self.submissions)

    def present(self):
        """The entries of what is handed in."""
        return [entry for id, entry in self.entries.items() if id in self.submissions]

    def count(self):
        """How many have a result that stands, by the file itself."""
        self.course.ledger.scan()
        return sum(not self._is_due(submission) for submission in self.submissions.values())

    def regrade(self, ids):
        """Grade these once more; asking for it again after a stop goes on with what is left."""
        asked = self.course.regrade
        if any(self._waits(id) for id in asked) and asked.keys() >= set(ids):
            return
        attempts = {id: self.entries[id].attempt for id in ids if id in self.entries}
        self.course.set_regrade({id: asked[id] for id in asked if self._waits(id)} | attempts)
        self.due = [s for s in self.submissions.values() if self._is_due(s)]

    def _waits(self, id):
        """Whether it was asked to be graded once more and has not been."""
        entry = self.entries.get(id)
        return entry is not None and entry.attempt <= self.course.regrade.get(id, 0)

    def _is_due(self, submission):
        entry = self.entries.get(submission.id)
        fits = entry is not None and entry.key == self._key(submission)
        return not fits or self._waits(submission.id)

    def _key(self, submission):
        """As `ledger.key` of the result that the submission is to have."""
        parts = {
            "submission": submission.id,
            "digest": submission.digest,
            "seed": seed_of(self.course.seed, submission.digest),
        }
        told = self.options | parts
        return (*(told[name] for name in ledger.KEY), tuple(self.options["chapters"]))

    def _tasks(self):
        for submission in self.due:
            seed = seed_of(self.course.seed, submission.digest)
            yield submission.id, submission.files, self.options | {"seed": seed}

    def go(self, examiners, examine=examine.examine):
        """Grade what is due, each result on the disk before the next one is waited for."""
        begin = time.perf_counter()
        self.display.begin(len(self.submissions), len(self.submissions) - len(self.due))
        outcomes = grade_all(examiners, examine, self._tasks())
        try:
            for id, outcome in outcomes:
                self._take(self.submissions[id], outcome)
        finally:
            outcomes.close()
            self.display.end()
            self.seconds = time.perf_counter() - begin
        if not self.failed:
            self.course.set_regrade({})
        self.course.compact(self.about)

    def _take(self, submission, outcome):
        if outcome is None or "broke" in outcome:
            self.failed.append(submission.id)
        if outcome and "broke" in outcome:
            self.display.broke(submission.id, outcome["broke"])
            return
        result = Result.from_json(outcome["result"]) if outcome else self._no_points(submission)
        self.course.record(submission, self._complete(submission, result, lost=not outcome))
        self.graded += 1
        self.display.graded(submission.id, result)

    def _complete(self, submission, result, lost):
        before = self.entries.get(submission.id)
        about = self.about[submission.id]
        return replace(
            result,
            submission=submission.id,
            student=about["student"],
            notes=about["notes"] + [LOST] * lost,
            digest=submission.digest,
            grader=self.options["grader"],
            graded=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            attempt=before.attempt + 1 if before else 1,
        )

    def _no_points(self, submission):
        """The result where no examiner lived to give one."""
        return Result.from_chapters(
            [_crashed(chapter) for chapter in registry.select(self.options["chapters"])],
            submission=submission.id,
            dataset=self.options["dataset"],
            isolation=SimpleNamespace(level=self.options["isolation"], mechanism=None),
            seed=seed_of(self.course.seed, submission.digest),
            seconds=0.0,
        )

    def tally(self):
        """Status -> number of functions, over all that is handed in."""
        return sum((entry.tally for entry in self.present()), Counter())


def _crashed(chapter):
    functions = []
    for name, points in chapter.functions.items():
        verdict = Verdict(
            f"{name}_is_graded",
            "crashed",
            message=LOST.removeprefix(ledger.GRADER_NOTE),
            feedback=TOLD,
            points=points,
        )
        functions.append(FunctionResult.from_verdicts(name, [verdict]))
    return ChapterResult.from_functions(chapter, functions)
