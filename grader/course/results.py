"""The result of grading a submission: objects inside the kit, JSON only in the result file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import registry
from .registry import Chapter

SCHEMA = 1
# A function's status is its worst check's, a chapter's its worst function's.
WORST_FIRST = ("crashed", "timeout", "error", "failed", "todo", "passed")
KINDS = ("value", "finish")  # of a check: the right numbers, or the finish left to polish
# Known only in a class run; a key is left out of the file while its value is None.
CLASS_KEYS = (
    *("student", "notes", "digest", "grader", "graded", "attempt", "overhead"),
    *("comments", "policy", "origin", "about_files", "unread"),
)
CHAPTER_KEYS = ("made_with",)
FUNCTION_KEYS = ("version", "override", "comments")
OPTIONAL_KEYS = ("dataset", "isolation", "sandbox", "seed", *CLASS_KEYS)  # in earlier versions


@dataclass
class Verdict:
    """The verdict on one check."""

    name: str
    status: str = "passed"
    kind: str = "value"
    message: str = ""
    feedback: str = ""  # the part of the message that gives no hidden input away
    misconception: str | None = None
    seconds: float = 0.0
    points: float = 0.0  # not in the file
    unimportable: bool = False  # the chapter's file could not be imported; not in the file
    severity: int = 0  # of the failure, the worst first, as in `Finding`; not in the file
    explained: bool = False  # by a function that is blamed; not in the file
    lines: list[str] = field(default_factory=list)  # headline and details; not in the file

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "status": self.status,
            "message": self.message,
            "feedback": self.feedback,
            "misconception": self.misconception,
            "seconds": round(self.seconds, 4),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Verdict:
        return cls(
            name=data["name"],
            status=data["status"],
            kind=data.get("kind", "value"),
            message=data.get("message", ""),
            feedback=data.get("feedback", ""),
            misconception=data.get("misconception"),
            seconds=data.get("seconds") or 0.0,
        )


@dataclass(frozen=True)
class Blamed:
    """A function because of which another one fails: it fails itself, or it is slow."""

    id: str  # of its chapter
    name: str
    slow: bool = False  # not in the file


@dataclass
class FunctionResult:
    """The verdict on one graded function."""

    name: str
    status: str
    works: bool  # all its value checks pass
    score: float
    max_score: float
    checks: list[Verdict] = field(default_factory=list)
    because_of: list[Blamed] = field(default_factory=list)
    score_with_reference: float | None = None
    # Known only in a class run, see `classroom.terms`.
    version: str | None = None  # of its grading, see `classroom.function_version`
    override: dict[str, Any] | None = None  # points set by hand, and those `instead_of` which
    comments: list[dict[str, Any]] | None = None

    @classmethod
    def from_verdicts(cls, name: str, checks: Sequence[Verdict]) -> FunctionResult:
        """Sum up the verdicts on a function's checks, in the order they ran."""
        return cls(
            name=name,
            status=worst(check.status for check in checks),
            works=all(check.passed for check in checks if check.kind == "value"),
            score=registry.total(check.points for check in checks if check.passed),
            max_score=registry.total(check.points for check in checks),
            checks=list(checks),
        )

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def failing(self) -> list[Verdict]:
        return [check for check in self.checks if not check.passed]

    @property
    def main_failure(self) -> Verdict | None:
        """The failure to report first, or None.

        That is one of its own rather than one that another function explains, a failure to work
        rather than an unfinished touch, the most severe one, and of several the one that most
        checks share.
        """
        failing = self.failing
        shared = Counter(check.misconception for check in failing if check.misconception)

        def rank(check):
            by_kind = KINDS.index(check.kind), check.severity, -shared[check.misconception]
            return check.explained, *by_kind

        return min(failing, key=rank, default=None)

    @property
    def is_done(self) -> bool:
        """True with full points, even if the reference's earlier functions helped to earn them."""
        return self.score == self.max_score

    @property
    def status_or_done(self) -> str:
        """The status, or `passed` for a function that is done."""
        return "passed" if self.is_done else self.status

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status,
            "works": self.works,
            "score": self.score,
            "max_score": self.max_score,
            "because_of": [{"id": other.id, "name": other.name} for other in self.because_of],
            "score_with_reference": self.score_with_reference,
            "checks": [check.to_json() for check in self.checks],
            **_known(self, FUNCTION_KEYS),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FunctionResult:
        return cls(
            name=data["name"],
            status=data["status"],
            works=data.get("works", data["status"] == "passed"),
            score=data["score"],
            max_score=data["max_score"],
            checks=[Verdict.from_json(check) for check in data["checks"]],
            because_of=[Blamed(**other) for other in data.get("because_of") or ()],
            score_with_reference=data.get("score_with_reference"),
            **{key: data.get(key) for key in FUNCTION_KEYS},
        )


@dataclass
class ChapterResult:
    """The verdicts on a chapter's functions."""

    id: str
    title: str
    functions: list[FunctionResult]
    score: float
    max_score: float
    made_with: dict[str, Any] | None = None  # what the grading depended on, in a class run

    @classmethod
    def from_functions(cls, chapter: Chapter, functions: Iterable[FunctionResult]) -> ChapterResult:
        functions = list(functions)
        return cls(chapter.id, chapter.title, functions, *_totals(functions))

    @property
    def status(self) -> str:
        return worst(function.status for function in self.functions)

    @property
    def is_done(self) -> bool:
        return self.score == self.max_score

    @property
    def works(self) -> bool:
        """True if every function works or has full points."""
        return all(function.works or function.is_done for function in self.functions)

    @property
    def is_skipped_optional(self) -> bool:
        """True for an optional chapter that was not begun, which does not count as a failure."""
        begun = self.score or self.status != "todo"
        return not begun and self.id in registry.optional()

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "score": self.score,
            "max_score": self.max_score,
            "functions": [function.to_json() for function in self.functions],
            **_known(self, CHAPTER_KEYS),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ChapterResult:
        functions = [FunctionResult.from_json(function) for function in data["functions"]]
        known = {key: data.get(key) for key in CHAPTER_KEYS}
        title = data.get("title", "")
        return cls(data["id"], title, functions, data["score"], data["max_score"], **known)


@dataclass
class Result:
    """The result of grading one submission; the fields from `student` on belong to class runs."""

    submission: str
    chapters: list[ChapterResult]
    score: float
    max_score: float
    dataset: str | None = None
    isolation: str | None = None
    sandbox: str | None = None
    seed: int | None = None
    seconds: float = 0.0
    student: dict[str, str] | None = None
    notes: list[str] | None = None
    digest: str | None = None
    grader: str | None = None
    graded: str | None = None
    attempt: int | None = None
    overhead: float | None = None
    comments: list[dict[str, Any]] | None = None  # made by hand
    policy: dict[str, Any] | None = None  # what the rules of the course did to the score
    about_files: list[str] | None = None  # the notes that the student may read
    unread: bool | None = None  # true if no chapter was found in the latest upload
    origin: dict[str, str] | None = None  # the learning platform, and its name for this

    @classmethod
    def from_chapters(
        cls,
        chapters: Iterable[ChapterResult],
        *,
        submission: object,
        dataset: str | None,
        isolation: str,
        sandbox: str | None = None,
        seed: int,
        seconds: float,
    ) -> Result:
        """Sum up the verdicts on a submission's chapters.

        isolation: the level that it ran at
        sandbox: the mechanism, if that is one
        """
        chapters = list(chapters)
        score, max_score = _totals(chapters)
        return cls(
            str(submission),
            chapters,
            score,
            max_score,
            dataset=dataset,
            isolation=isolation,
            sandbox=sandbox,
            seed=seed,
            seconds=round(seconds, 2),
        )

    @property
    def functions(self) -> list[tuple[ChapterResult, FunctionResult]]:
        """Every function, each with its chapter."""
        return [(chapter, f) for chapter in self.chapters for f in chapter.functions]

    @property
    def chapters_without_grade(self) -> list[ChapterResult]:
        """The chapters of uploads in which nothing could be read, where 0 would be a guess.

        None of them if somebody has set points by hand in one.
        """
        unread = [chapter for chapter in self.chapters if self.is_unread(chapter)]
        by_hand = any(function.override for chapter in unread for function in chapter.functions)
        return [] if by_hand else unread

    def is_unread(self, chapter: ChapterResult) -> bool:
        """Return True if nothing could be read in the upload that this chapter is from."""
        made = chapter.made_with or {"digest": self.digest}
        return bool(made.get("unread", self.unread and made.get("digest") == self.digest))

    @property
    def chapters_with_grade(self) -> list[ChapterResult]:
        """The chapters that have a grade."""
        without = self.chapters_without_grade
        return [chapter for chapter in self.chapters if chapter not in without]

    @property
    def has_grade(self) -> bool:
        """False if no chapter has a grade, because nothing could be read."""
        return not self.unread or bool(self.chapters_with_grade)

    def all_done(self, named: Iterable[str] = ()) -> bool:
        """Return True if every chapter is done.

        A skipped optional chapter counts as done unless `named` has its id.
        """
        named = set(named)
        return all(
            chapter.is_done or (chapter.is_skipped_optional and chapter.id not in named)
            for chapter in self.chapters
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "submission": self.submission,
            "dataset": self.dataset,
            "isolation": self.isolation,
            "sandbox": self.sandbox,
            "seed": self.seed,
            "score": self.score,
            "max_score": self.max_score,
            "seconds": self.seconds,
            "chapters": [chapter.to_json() for chapter in self.chapters],
            **_known(self, CLASS_KEYS),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Read a result file's object; keys that an earlier version did not write become None."""
        optional: dict[str, Any] = {key: data.get(key) for key in OPTIONAL_KEYS}
        return cls(
            submission=data["submission"],
            chapters=[ChapterResult.from_json(chapter) for chapter in data["chapters"]],
            score=data["score"],
            max_score=data["max_score"],
            seconds=data.get("seconds") or 0.0,
            **optional,
        )


def worst(statuses: Iterable[str]) -> str:
    """Return the worst of these statuses, or `passed` if there are none."""
    return min(statuses, key=WORST_FIRST.index, default="passed")


def _known(part, keys):
    """The values of these attributes that are known."""
    values = {key: getattr(part, key) for key in keys}
    return {key: value for key, value in values.items() if value is not None}


def _totals(parts):
    return registry.total(p.score for p in parts), registry.total(p.max_score for p in parts)
