"""Joins a new grading of some chapters, or of some functions, with what is kept from before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..course import registry
from ..course.results import ChapterResult, Result

# Of a result, what each of its chapters was made with.
MADE_WITH = ("digest", "grader", "graded", "seed", "dataset", "isolation", "sandbox")
Needs = Mapping[str, set[str] | None]  # chapter ids; the functions to replace, None for all


def joined(old: Result | None, new: Result, needs: Needs) -> Result:
    """Return the new result with the old one's chapters and functions that were not asked for."""
    before = {chapter.id: _dated(old, chapter) for chapter in (old.chapters if old else ())}
    graded = {chapter.id: _mixed(before, chapter, needs[chapter.id]) for chapter in new.chapters}
    order = [chapter.id for chapter in registry.chapters()]
    chapters = sorted(
        (before | graded).values(),
        key=lambda chapter: order.index(chapter.id) if chapter.id in order else len(order),
    )
    return replace(
        new,
        chapters=chapters,
        score=registry.total(chapter.score for chapter in chapters),
        max_score=registry.total(chapter.max_score for chapter in chapters),
    )


def _dated(old, chapter):
    """The chapter with what it was made with, which earlier versions kept for the whole."""
    made = chapter.made_with or {key: getattr(old, key) for key in MADE_WITH}
    return replace(chapter, made_with=made | ({"unread": True} if old.is_unread(chapter) else {}))


def _mixed(before, new, wanted):
    """The chapter with only the wanted functions replaced."""
    if wanted is None or new.id not in before:
        return new
    kept = {function.name: function for function in before[new.id].functions}
    functions = [
        function if function.name in wanted else kept.get(function.name, function)
        for function in new.functions
    ]
    return ChapterResult(
        new.id,
        new.title,
        functions,
        score=registry.total(function.score for function in functions),
        max_score=registry.total(function.max_score for function in functions),
        made_with=new.made_with,
    )
