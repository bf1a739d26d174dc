"""Writes plain CSV, safe to open in a spreadsheet: rows per submission, function, misconception."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..course.results import WORST_FIRST
from ..files.writing import replace_whole
from ..intake.sanitize import listing
from . import by_hand, name_of, plain, rules_at_work, texts

if TYPE_CHECKING:
    from ..course.results import Result

STATUSES = tuple(reversed(WORST_FIRST))  # passed first
SIGNS = "=+@\uff1d\uff0b\uff20\uff0d-"  # East Asian versions read full-width signs, too
WHO = ("name", "login", "email", "sis_id")
HAND = ("score_before_rules", "rules", "by_hand", "comments", "misconceptions")
FORMULA = (*SIGNS, "\t", "\r")  # a cell that starts with one of these is computed
# In some countries a semicolon ends a cell.
FORMULA_INSIDE = re.compile(rf"(;[\s\"]*)(?=[{SIGNS}])")


def write(results: Sequence[Result], out: str | Path, *, per: str = "submission") -> list[str]:
    """Write one row per submission, function or misconception; return lines on what is blank."""
    stream = io.StringIO()
    writer = csv.writer(stream)  # RFC 4180: CRLF, quotes only where needed and doubled within
    rows = {
        "submission": _submissions,
        "function": _functions,
        "misconception": _misconceptions,
    }[per]
    writer.writerows(rows(results))
    replace_whole(stream.getvalue().encode(), out)
    return [*_blank(results)]


def _blank(results):
    """Yield a line on the people about whom nothing but an id is known."""
    unknown = [name_of(result) for result in results if result.student == {}]
    if unknown:
        yield (
            f"{len(unknown)} of {len(results)} submissions have no name, login or e-mail, because "
            f"neither their names nor a roster tell whose they are: {listing(unknown)}"
        )


def _submissions(results):
    chapters, functions = _chapters(results), _all_functions(results)
    named = [cell(f"{id}.{name}") for id, name in functions]
    titles = map(cell, chapters)
    yield [*("id", *WHO, "score", "max_score"), *titles, *STATUSES, "notes", *HAND, *named]
    for result in results:
        scores = {chapter.id: chapter.score for chapter in result.chapters}
        points = {(chapter.id, f.name): f.score for chapter, f in result.functions}
        counts = Counter(function.status for _, function in result.functions)
        yield [
            *_who(result),
            number(result.score),
            number(result.max_score),
            *(number(scores[id]) if id in scores else "" for id in chapters),
            *(counts[status] for status in STATUSES),
            cell("; ".join(result.notes or ())),
            number((result.policy or {}).get("before", {}).get("score", result.score)),
            cell("; ".join(rules_at_work(result))),
            cell("; ".join(_by_hand(result))),
            cell("; ".join(_comments(result))),
            cell("; ".join(f"{f[0]}.{f[1]}: {name}" for *f, name, _ in _causes(result))),
            *(number(points[key]) if key in points else "" for key in functions),
        ]


def _functions(results):
    yield [
        *("id", *WHO, "chapter", "function", "status", "works", "score", "max_score"),
        *("because_of", "misconceptions", "by_hand", "comments"),
    ]
    for result in results:
        for chapter, function in result.functions:
            yield [
                *_who(result),
                *(cell(chapter.id), cell(function.name), function.status),
                "yes" if function.works else "no",
                *(number(function.score), number(function.max_score)),
                cell("; ".join(f"{other.id}.{other.name}" for other in function.because_of)),
                cell(
                    "; ".join(
                        dict.fromkeys(filter(None, (c.misconception for c in function.failing)))
                    )
                ),
                cell(by_hand(function, why=True)),
                cell("; ".join(texts(function.comments))),
            ]


def _misconceptions(results):
    yield [
        *("id", *WHO, "chapter", "function", "misconception", "checks", "score", "max_score"),
    ]
    for result in results:
        for chapter, name, misconception, checks in _causes(result):
            function = next(f for c, f in result.functions if (c.id, f.name) == (chapter, name))
            yield [
                *_who(result),
                *(cell(chapter), cell(name), cell(misconception), checks),
                *(number(function.score), number(function.max_score)),
            ]


def _causes(result):
    """Yield `(chapter, function, misconception, number of its failing checks)`."""
    for chapter, function in result.functions:
        counts = Counter(c.misconception for c in function.failing if c.misconception)
        for misconception, checks in counts.items():
            yield chapter.id, function.name, misconception, checks


def _who(result):
    student = result.student or {}
    return [cell(name_of(result)), *(cell(student.get(key, "")) for key in WHO)]


def _all_functions(results):
    """`(chapter, function)` for every function in the results, in the order of the course."""
    found = {
        (chapter.id, function.name): None
        for result in results
        for chapter, function in result.functions
    }
    return sorted(found, key=lambda key: _order(key[0]))  # stable within a chapter


def _chapters(results):
    """The ids of all chapters in the results, in the order of the course."""
    return sorted({chapter.id for r in results for chapter in r.chapters}, key=_order)


def _order(id):
    return [int(part) for part in re.findall(r"\d+", id)]


def _by_hand(result):
    for chapter, function in result.functions:
        if mark := by_hand(function, why=True):
            yield f"{chapter.id} {function.name}: {mark}"


def _comments(result):
    yield from texts(result.comments)
    for chapter, function in result.functions:
        for text in texts(function.comments):
            yield f"{chapter.id} {function.name}: {text}"


def number(value: float) -> str:
    """Format `12` or `12.5`, with at most two decimals, as gradebooks keep; "" for no number."""
    if math.isnan(value):
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def cell(text: object) -> str:
    """Return one line of text that a spreadsheet does not take for a formula, not even in part."""
    shown = " ".join(plain(text).split())
    guard = "'" if str(text).startswith(FORMULA) or shown.startswith(FORMULA) else ""
    return guard + FORMULA_INSIDE.sub(r"\1'", shown)
