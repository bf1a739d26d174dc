"""Runs a class: sends the hand-ins to the examiners and records the results."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..course import registry
from ..course.results import ChapterResult, FunctionResult, Result, Verdict
from . import examine, grader_version, ledger
from .examiners import grade_all

if TYPE_CHECKING:
    from ..intake.intake import HandIn
    from .course import Course
    from .examiners import Pool
    from .progress_bar import ProgressBar

SUBMISSION_SEED_BITS = 63
LOST_NOTE = f"{ledger.GRADER_NOTE}grading this crashed twice, so no points were given"
LOST_FEEDBACK = "grading failed twice: please ask your instructor"


def options(
    chapters: Iterable[registry.Chapter],
    dataset: str,
    isolation: str,
    budget: float,
    *,
    hide: Sequence[str] = (),
    parent: int | None = None,
    work: str | None = None,
) -> dict[str, Any]:
    """Return the examiners' options: plain data, because they may go to another machine.

    hide: ids of the chapters whose results the students are not to see yet
    parent, work: the id of this process, with which examiners end, and the folder for their
        temporary files; None on a cluster
    """
    return {
        "chapters": [chapter.id for chapter in chapters],
        "dataset": dataset,
        "isolation": isolation,
        "budget": budget,
        "hide": list(hide),
        "grader": grader_version.current(),
        "parent": parent,
        "work": work,
    }


def seed_of(course_seed: int, digest: str) -> int:
    """Return a submission's own seed: always the same, and no clue to any other one's."""
    mac = hmac.new(str(course_seed).encode(), digest.encode(), hashlib.sha256).digest()
    return int.from_bytes(mac[:8], "big") >> (64 - SUBMISSION_SEED_BITS)


class ClassRun:
    """Grades the hand-ins of a class that have no valid result yet."""

    def __init__(
        self,
        course: Course,
        hand_ins: Sequence[HandIn],
        options: dict[str, Any],
        display: ProgressBar,
    ) -> None:
        self.course, self.options, self.display = course, options, display
        self.hand_ins = {hand_in.id: hand_in for hand_in in hand_ins}
        self.about: dict[str, dict[str, Any]] = {
            hand_in.id: {"student": hand_in.student, "notes": list(hand_in.notes)}
            for hand_in in hand_ins
        }
        course.compact(self.about)
        self.due = [hand_in for hand_in in hand_ins if self._is_due(hand_in)]
        self.graded = 0
        self.failed: list[str] = []  # ids for which an examiner failed
        self.seconds = 0.0

    @property
    def entries(self) -> dict[str, ledger.LedgerEntry]:
        return self.course.ledger.entries

    @property
    def vanished(self) -> list[str]:
        """The ids that have a result but are no longer handed in."""
        return sorted(self.entries.keys() - self.hand_ins)

    def present(self) -> list[ledger.LedgerEntry]:
        """Return the ledger's entries for the hand-ins."""
        return [entry for id, entry in self.entries.items() if id in self.hand_ins]

    def count(self) -> int:
        """Count the hand-ins with a valid result, from the file itself."""
        self.course.ledger.scan()
        return sum(not self._is_due(hand_in) for hand_in in self.hand_ins.values())

    def regrade(self, ids: Sequence[str]) -> None:
        """Schedule these for another grading; after a stop, repeating this resumes the rest."""
        requested = self.course.regrade
        if any(self._waits(id) for id in requested) and requested.keys() >= set(ids):
            return
        attempts = {id: self.entries[id].attempt for id in ids if id in self.entries}
        waiting = {id: requested[id] for id in requested if self._waits(id)}
        self.course.set_regrade(waiting | attempts)
        self.due = [hand_in for hand_in in self.hand_ins.values() if self._is_due(hand_in)]

    def _waits(self, id):
        """True if another grading was requested and has not happened yet."""
        entry = self.entries.get(id)
        return entry is not None and entry.attempt <= self.course.regrade.get(id, 0)

    def _is_due(self, hand_in):
        entry = self.entries.get(hand_in.id)
        valid = entry is not None and entry.key == self._key(hand_in)
        return not valid or self._waits(hand_in.id)

    def _key(self, hand_in):
        """The `ledger.key` of the result that the hand-in should have."""
        facts = self.options | {
            "submission": hand_in.id,
            "digest": hand_in.digest,
            "seed": seed_of(self.course.seed, hand_in.digest),
        }
        return (*(facts[name] for name in ledger.RESULT_KEY), tuple(self.options["chapters"]))

    def _tasks(self):
        for hand_in in self.due:
            seed = seed_of(self.course.seed, hand_in.digest)
            yield hand_in.id, hand_in.files, self.options | {"seed": seed}

    def go(self, examiners: Pool, examine: Callable[..., Any] = examine.examine) -> None:
        """Grade what is due; each result is on disk before the next one is awaited."""
        begin = time.perf_counter()
        self.display.begin(len(self.hand_ins), len(self.hand_ins) - len(self.due))
        outcomes = grade_all(examiners, examine, self._tasks())
        try:
            for id, outcome in outcomes:
                self._take(self.hand_ins[id], outcome)
        finally:
            outcomes.close()
            self.display.end()
            self.seconds = time.perf_counter() - begin
        if not self.failed:
            self.course.set_regrade({})
        self.course.compact(self.about)

    def _take(self, hand_in, outcome):
        if outcome is None or "broke" in outcome:
            self.failed.append(hand_in.id)
        if outcome and "broke" in outcome:
            self.display.broke(hand_in.id, outcome["broke"])
            return
        result = Result.from_json(outcome["result"]) if outcome else self._no_points(hand_in)
        self.course.record(hand_in, self._complete(hand_in, result, lost=not outcome))
        self.graded += 1
        self.display.graded(hand_in.id, result)

    def _complete(self, hand_in, result, lost):
        before = self.entries.get(hand_in.id)
        about = self.about[hand_in.id]
        return replace(
            result,
            submission=hand_in.id,
            student=about["student"],
            notes=about["notes"] + [LOST_NOTE] * lost,
            digest=hand_in.digest,
            grader=self.options["grader"],
            graded=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            attempt=before.attempt + 1 if before else 1,
        )

    def _no_points(self, hand_in):
        """The result if no examiner survived to give one."""
        return Result.from_chapters(
            [_crashed(chapter) for chapter in registry.select(self.options["chapters"])],
            submission=hand_in.id,
            dataset=self.options["dataset"],
            isolation=SimpleNamespace(level=self.options["isolation"], mechanism=None),
            seed=seed_of(self.course.seed, hand_in.digest),
            seconds=0.0,
        )

    def tally(self) -> Counter[str]:
        """Count the functions of each status over all hand-ins."""
        return sum((entry.tally for entry in self.present()), Counter())


def _crashed(chapter):
    functions = []
    for name, points in chapter.functions.items():
        verdict = Verdict(
            f"{name}_is_graded",
            "crashed",
            message=LOST_NOTE.removeprefix(ledger.GRADER_NOTE),
            feedback=LOST_FEEDBACK,
            points=points,
        )
        functions.append(FunctionResult.from_verdicts(name, [verdict]))
    return ChapterResult.from_functions(chapter, functions)
