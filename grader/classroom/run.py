"""Runs a class: sends the hand-ins to the examiners and records the results."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..course import registry
from ..course.results import ChapterResult, FunctionResult, Result, Verdict
from . import examine, function_version, grader_version, joining, ledger, people
from .course import seed_of
from .examiners import Lost, grade_all
from .joining import Needs
from .terms import Terms

if TYPE_CHECKING:
    from ..intake.intake import HandIn
    from .course import Course
    from .examiners import Pool
    from .progress_bar import ProgressBar

LOST_NOTE = f"{ledger.GRADER_NOTE}grading this crashed twice, so no points were given"
LOST_FEEDBACK = "grading failed twice: please ask your instructor"


def options(
    chapters: Iterable[registry.Chapter],
    dataset: str,
    isolation: str,
    budget: float,
    *,
    hide: Sequence[str] = (),
    memory_mb: int | None = None,
    parent: int | None = None,
    work: str | None = None,
) -> dict[str, Any]:
    """Return the examiners' options: plain data, because they may go to another machine.

    hide: ids of the chapters whose results the students are not to see yet
    memory_mb: the limit of a submission in the sandbox, if it is not the usual one
    parent, work: the id of this process, with which examiners end, and the folder for their
        temporary files; None on a cluster
    """
    return {
        "chapters": [chapter.id for chapter in chapters],
        "dataset": dataset,
        "isolation": isolation,
        "budget": budget,
        "hide": list(hide),
        "memory_mb": memory_mb,
        "grader": grader_version.current(),
        "parent": parent,
        "work": work,
    }


class ClassRun:
    """Grades the hand-ins of a class that have no valid result yet."""

    def __init__(
        self,
        course: Course,
        hand_ins: Sequence[HandIn],
        options: dict[str, Any],
        display: ProgressBar,
        terms: Terms | None = None,
        changed: bool = False,
    ) -> None:
        """`changed`: grade functions again whose grading has changed with the kit."""
        self.course, self.options, self.display = course, options, display
        self.terms = terms or Terms.read(course.folder)
        self.chapters = registry.select(options["chapters"])
        self.with_changed = changed
        students = {result.submission: result.student or {} for result in course.ledger.results()}
        known = people.with_known_ids(hand_ins, students)
        self.hand_ins = {hand_in.id: hand_in for hand_in in known}
        self.known_again = sorted(self.hand_ins.keys() - {hand_in.id for hand_in in hand_ins})
        course.compact(self.renewed)
        self.due = self._all_due()
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

    @property
    def unread(self) -> list[str]:
        """The ids of the hand-ins without a grade, because nothing could be read."""
        return [id for id in self.hand_ins if id in self.entries and not self.entries[id].has_grade]

    @property
    def partly_unread(self) -> dict[str, list[str]]:
        """Map the ids of the other hand-ins to their chapters of an upload that was not read."""
        return {
            id: entry.without_grade
            for id in self.hand_ins
            if (entry := self.entries.get(id)) and entry.has_grade and entry.without_grade
        }

    @property
    def latest_unread(self) -> list[str]:
        """The ids of the hand-ins that keep the grade of earlier uploads, as this was not read."""
        return [
            id
            for id, hand_in in self.hand_ins.items()
            if hand_in.is_unread
            and (entry := self.entries.get(id))
            and all(facts.digest != hand_in.digest for facts in entry.chapters.values())
        ]

    @property
    def ran_out(self) -> list[str]:
        """The ids of the hand-ins that needed more time than they had."""
        return [
            id
            for id in self.hand_ins
            if (entry := self.entries.get(id))
            and any(facts.ran_out_of is not None for facts in entry.chapters.values())
        ]

    def again(self) -> str:
        """Say how many have a valid result, and how to go on."""
        done = f"{self.count()} of {len(self.hand_ins)}"
        return f"{done} graded; run the same command again to resume"

    def count(self) -> int:
        """Count the hand-ins with a valid result, from the file itself."""
        self.course.ledger.scan()
        return len(self.hand_ins) - len(self._all_due())

    def regrade(self, ids: Sequence[str]) -> None:
        """Schedule these for another grading; after a stop, repeating this resumes the rest."""
        requested = self.course.regrade
        if any(self._waits(id) for id in requested) and requested.keys() >= set(ids):
            return
        attempts = {id: self.entries[id].attempt for id in ids if id in self.entries}
        waiting = {id: requested[id] for id in requested if self._waits(id)}
        self.course.set_regrade(waiting | attempts)
        self.due = self._all_due()

    def _waits(self, id):
        """True if another grading was requested and has not happened yet."""
        entry = self.entries.get(id)
        return entry is not None and entry.attempt <= self.course.regrade.get(id, 0)

    def _all_due(self):
        return [hand_in for hand_in in self.hand_ins.values() if self._needs(hand_in)]

    def _needs(self, hand_in: HandIn) -> Needs:
        """The chapters to grade, each with the functions to replace (None: all)."""
        entry = self.entries.get(hand_in.id)
        if entry is None:
            return dict.fromkeys(self.options["chapters"])
        again, kept = self._waits(hand_in.id), self.kept_chapters(hand_in)
        needs: dict[str, set[str] | None] = {}
        for chapter in self.chapters:
            facts = entry.chapters.get(chapter.id)
            if chapter.id in kept:
                continue
            if again or facts is None or facts.key != self._key(hand_in) or self._ran_out(facts):
                needs[chapter.id] = None
            elif self.with_changed and (names := changed_functions(chapter, facts)):
                needs[chapter.id] = names
        return needs

    def kept_chapters(self, hand_in: HandIn) -> list[str]:
        """The chapters that this upload lacks and that an earlier one has a result for."""
        entry = self.entries.get(hand_in.id)
        known = entry.chapters if entry else {}
        return [
            chapter.id
            for chapter in self.chapters
            if f"{chapter.stem}.py" not in hand_in.files
            and chapter.id in known
            and known[chapter.id].digest != hand_in.digest
        ]

    def _ran_out(self, facts):
        """True if this was graded with too small a budget, and there is a larger one now."""
        return facts.ran_out_of is not None and facts.ran_out_of < self.options["budget"]

    def _key(self, hand_in):
        """The `ChapterFacts.key` of the results that the hand-in should have."""
        facts = self.options | {
            "digest": hand_in.digest,
            "seed": seed_of(self.course.seed, hand_in.digest),
        }
        return tuple(facts[name] for name in ledger.RESULT_KEY)

    def changed(self, *, held: bool = True) -> Counter[tuple[str, str]]:
        """Count, by (chapter, function), the kept results whose grading has changed since.

        Only those that this upload holds the files of, or only the others.
        """
        counts: Counter[tuple[str, str]] = Counter()
        for id, hand_in in self.hand_ins.items():
            needs, lacking = self._needs(hand_in), self.kept_chapters(hand_in)
            for chapter in self.chapters if id in self.entries else ():
                facts = self.entries[id].chapters.get(chapter.id)
                if facts and chapter.id not in needs and (chapter.id not in lacking) == held:
                    counts.update((chapter.id, name) for name in changed_functions(chapter, facts))
        return counts

    def _tasks(self):
        for hand_in in self.due:
            seed = seed_of(self.course.seed, hand_in.digest)
            chapters = list(self._needs(hand_in))
            files = self.course.earlier_chapters(hand_in) | hand_in.files
            yield hand_in.id, files, self.options | {"seed": seed, "chapters": chapters}

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
        self.terms = Terms.read(self.course.folder)  # corrections may have come meanwhile
        self.course.compact(self.renewed)

    def _take(self, hand_in, outcome):
        if outcome and "no_room" in outcome:  # for nobody else either
            raise Lost(f"{outcome['no_room']}; {self.again()}")
        if outcome is None or "broke" in outcome:
            self.failed.append(hand_in.id)
        if outcome and "broke" in outcome:
            self.display.broke(hand_in.id, outcome["broke"])
            return
        needs = self._needs(hand_in)
        result = Result.from_json(outcome["result"]) if outcome else self._no_points(hand_in, needs)
        found = (outcome or {}).get("imports", {})
        result = self._complete(hand_in, result, needs, found, lost=not outcome)
        self.course.record(hand_in, result)
        self.graded += 1
        self.display.graded(hand_in.id, result)

    def _complete(self, hand_in, result, needs, found, lost):
        """The result with all that a class run knows, joined with what is kept."""
        before = self.entries.get(hand_in.id)
        result = replace(
            result,
            submission=hand_in.id,
            notes=[LOST_NOTE] * lost,
            digest=hand_in.digest,
            grader=self.options["grader"],
            graded=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            attempt=before.attempt + 1 if before else 1,
        )
        budget = self.options["budget"]
        ran_out = result.seconds >= budget and bool(ledger.tally(result)["timeout"])
        made = {key: getattr(result, key) for key in joining.MADE_WITH}
        made |= {"budget": budget} | ({"ran_out": True} if ran_out else {})
        chapters = [
            _with_versions(chapter, made | {"imports": found.get(chapter.id, [])})
            for chapter in result.chapters
        ]
        old = self.course.ledger.get(hand_in.id)
        return self.renewed(joining.joined(old, replace(result, chapters=chapters), needs))

    def renewed(self, result: Result) -> Result:
        """Return a result with what is known by now about the student, under today's terms."""
        hand_in = self.hand_ins.get(result.submission)
        if hand_in is not None:
            own = [note for note in result.notes or () if note.startswith(ledger.GRADER_NOTE)]
            is_graded = result.digest == hand_in.digest
            unread = (hand_in.is_unread or None) if is_graded else result.unread
            result = replace(
                result,
                student=hand_in.student,
                origin=hand_in.origin or None,
                notes=[*hand_in.notes, *own],
                about_files=list(hand_in.about_files) or None,
                unread=unread,
                chapters=[_with_time(chapter, hand_in) for chapter in result.chapters],
            )
        return self.terms.applied(result)

    def _no_points(self, hand_in, needs):
        """The result if no examiner survived to give one."""
        return Result.from_chapters(
            [_crashed(chapter) for chapter in registry.select(needs)],
            submission=hand_in.id,
            dataset=self.options["dataset"],
            isolation=self.options["isolation"],
            seed=seed_of(self.course.seed, hand_in.digest),
            seconds=0.0,
        )

    def tally(self) -> Counter[str]:
        """Count the functions of each status over all hand-ins."""
        return sum((entry.tally for entry in self.present()), Counter())


def changed_functions(chapter: registry.Chapter, facts: ledger.ChapterFacts) -> set[str]:
    """Return the functions whose points may differ with the kit as it is."""
    if facts.grader == grader_version.current():
        return set()
    now = function_version.of_chapter(chapter)
    return {name for name in now if facts.versions.get(name) != now[name]}


def _with_versions(chapter, made):
    versions = function_version.of_chapter(registry.select([chapter.id])[0])
    functions = [replace(f, version=versions.get(f.name)) for f in chapter.functions]
    return replace(chapter, functions=functions, made_with=made)


def _with_time(chapter, hand_in):
    """The chapter with when it was handed in; the same files handed in again are not later."""
    made = chapter.made_with
    if made is None or made.get("digest") != hand_in.digest:
        return chapter
    times = [time for time in (made.get("handed_in"), hand_in.handed_in) if time]
    made = {key: made[key] for key in made if key not in ("handed_in", "marked_late")}
    made |= {"handed_in": min(times)} if times else {}
    made |= {"marked_late": True} if hand_in.late else {}
    return replace(chapter, made_with=made)


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
