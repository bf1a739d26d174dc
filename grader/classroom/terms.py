"""Applies the rules of the course and the corrections by hand to a graded submission.

A result keeps both: `score` counts in the end, `override.instead_of` and `policy.before` hold the
points from before. Applying the terms again starts from those, so nothing is taken off twice.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..course.registry import PRECISION, total
from ..course.results import ChapterResult, Result
from . import corrections, course_file, imports
from .corrections import Corrections
from .course_file import CourseRules

DAY = datetime.timedelta(days=1)
KEYS = ("id", "login", "email", "sis_id", "name")  # of a student, by which a person is named


@dataclass(frozen=True)
class Terms:
    """The rules of a class and its corrections."""

    rules: CourseRules
    corrections: Corrections

    @classmethod
    def read(cls, folder: str | Path) -> Terms:
        """Read both files of a class's folder."""
        return cls(course_file.read(folder), corrections.read(folder))

    def applied(self, result: Result) -> Result:
        """Return the result with these terms in place of those applied before."""
        chapters = [self._corrected(result.submission, chapter) for chapter in result.chapters]
        result = replace(result, chapters=chapters)
        counted = result.chapters_with_grade or chapters
        result = replace(
            result,
            score=total(c.score for c in counted) if chapters else result.score,
            max_score=total(c.max_score for c in counted) if chapters else result.max_score,
            comments=self.corrections.comments.get((result.submission, None, None)) or None,
            policy=None,
        )
        return self._ruled(result) if self.rules.exists and chapters else result

    def _corrected(self, id, chapter):
        functions = [self._function((id, chapter.id, f.name), f) for f in chapter.functions]
        if functions == chapter.functions:
            return chapter
        return replace(chapter, functions=functions, score=total(f.score for f in functions))

    def _function(self, place, function):
        graded = function.override["instead_of"] if function.override else function.score
        override = self.corrections.overrides.get(place)
        return replace(
            function,
            score=min(override["points"], function.max_score) if override else graded,
            override={"instead_of": graded, **override} if override else None,
            comments=self.corrections.comments.get(place) or None,
        )

    def _ruled(self, result):
        """Weigh the chapters, and take off what comes late or imports what it must not."""
        optional = self.rules.optional
        if optional >= {chapter.id for chapter in result.chapters}:
            optional = frozenset()
        without = result.chapters_without_grade if result.has_grade else []
        parts = [
            self._chapter(result, chapter, optional, chapter not in without)
            for chapter in result.chapters
        ]
        counted = [part for part in parts if "without_grade" not in part]
        most = total(part["max_score"] for part in counted if "optional" not in part)
        score = total(part["score"] for part in counted)
        before = {"score": result.score, "max_score": result.max_score}
        return replace(
            result,
            score=min(score, most),
            max_score=most,
            policy={"before": before, "show": self.rules.show, "chapters": parts},
        )

    def _chapter(self, result, chapter, optional, has_grade):
        weight = self.rules.weights.get(chapter.id, 1)
        names = (chapter.made_with or {}).get("imports") or []
        reported, refused = imports.judged(names, self.rules)
        late = self._late(result, chapter) if has_grade else {}
        kept = 0.0 if refused else 1 - late.get("percent_off", 0) / 100
        return {
            "id": chapter.id,
            "score": round(chapter.score * weight * kept, PRECISION),
            "max_score": round(chapter.max_score * weight, PRECISION),
            **({"weight": weight} if weight != 1 else {}),
            **({"optional": True} if chapter.id in optional else {}),
            **({} if has_grade else {"without_grade": True}),
            **late,
            **({"reported": reported} if reported else {}),
            **({"refused": refused} if refused else {}),
        }

    def _late(self, result, chapter):
        """The due date, the time of handing in if it is known, and what it costs."""
        due = self.due(result, chapter.id)
        if due is None:
            return {}
        handed_in = self.handed_in(result, chapter)
        told: dict[str, Any] = {"due": due.isoformat()}
        if handed_in is None:
            marked = (chapter.made_with or {}).get("marked_late")
            return told | {"unknown": "marked late" if marked else "time"}
        exact = handed_in.astimezone(datetime.UTC) - due.astimezone(datetime.UTC)
        days = days_late(exact, self.rules.grace)
        told["handed_in"] = handed_in.isoformat()
        if days:
            off = min(days * self.rules.percent_per_day, self.rules.most_percent)
            told |= {"days_late": days, "percent_off": off}
        return told

    def due(self, result: Result, chapter: str) -> datetime.datetime | None:
        """Return when this chapter is due for this person; None if it never is."""
        due = self.rules.due.get(chapter)
        if due is None:
            return None
        granted = [e for e in self.rules.extensions if is_person(e.person, result)]
        later = [
            extension.until or due + datetime.timedelta(days=extension.days or 0)
            for extension in granted
            if chapter in extension.chapters
        ]
        return max([due, *later])

    def handed_in(self, result: Result, chapter: ChapterResult) -> datetime.datetime | None:
        """Return when this chapter was handed in, if anybody knows."""
        for person, moment in self.rules.handed_in.items():
            if is_person(person, result):
                return moment
        text = (chapter.made_with or {}).get("handed_in")
        if not text:
            return None
        moment = datetime.datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.rules.zone)

    def strangers(self, results: Iterable[Result]) -> list[str]:
        """Return the people with an extension or a time of handing in who match no submission."""
        results = list(results)
        named = [extension.person for extension in self.rules.extensions]
        return [
            person
            for person in dict.fromkeys([*named, *self.rules.handed_in])
            if not any(is_person(person, result) for result in results)
        ]


def days_late(late: datetime.timedelta, grace: datetime.timedelta) -> int:
    """Count the days begun after the due date; none if it is late by no more than the grace."""
    return math.ceil(late / DAY) if late > max(grace, datetime.timedelta()) else 0


def is_person(person: str, result: Result) -> bool:
    """Return True if this is the submission's id or one of the keys of its student.

    A name may be written `Emmy Noether` or `Noether, Emmy`.
    """
    return names(person, result.submission, result.student or {})


def names(person: str, id: str, student: Mapping[str, str]) -> bool:
    """Return True if this is the id of a submission or one of the keys of its `student`."""
    keys = [id, *(student.get(key, "") for key in KEYS[:-1])]
    if person.casefold() in [str(key).casefold() for key in keys]:
        return True
    return bool(words := _words(person)) and words == _words(student.get("name", ""))


def _words(name):
    return sorted(str(name).replace(",", " ").casefold().split())
