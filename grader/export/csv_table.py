"""Writes plain CSV: one row per submission, safe to open in a spreadsheet."""

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
from ..files.writing import write_whole
from . import by_hand, name_of, plain, rules_at_work, texts

if TYPE_CHECKING:
    from ..course.results import Result

STATUSES = tuple(reversed(WORST_FIRST))  # passed first
SIGNS = "=+@\uff1d\uff0b\uff20\uff0d-"  # East Asian versions read full-width signs, too
HAND = ("score_before_rules", "rules", "by_hand", "comments")
FORMULA = (*SIGNS, "\t", "\r")  # a cell that starts with one of these is computed
# In some countries a semicolon ends a cell.
FORMULA_INSIDE = re.compile(rf"(;[\s\"]*)(?=[{SIGNS}])")


def write(results: Sequence[Result], out: str | Path) -> None:
    chapters = _chapters(results)
    stream = io.StringIO()
    writer = csv.writer(stream)  # RFC 4180: CRLF, quotes only where needed and doubled within
    writer.writerow(["id", "name", "score", "max_score", *chapters, *STATUSES, "notes", *HAND])
    writer.writerows(_row(result, chapters) for result in results)
    write_whole(stream.getvalue().encode(), out)


def _chapters(results):
    """The ids of all chapters in the results, in the order of the course."""
    ids = {chapter.id for result in results for chapter in result.chapters}
    return sorted(ids, key=lambda id: [int(part) for part in re.findall(r"\d+", id)])


def _row(result, chapters):
    scores = {chapter.id: chapter.score for chapter in result.chapters}
    counts = Counter(function.status for _, function in result.functions)
    return [
        cell(name_of(result)),
        cell((result.student or {}).get("name", "")),
        number(result.score),
        number(result.max_score),
        *(number(scores[id]) if id in scores else "" for id in chapters),
        *(counts[status] for status in STATUSES),
        cell("; ".join(result.notes or ())),
        number((result.policy or {}).get("before", {}).get("score", result.score)),
        cell("; ".join(rules_at_work(result))),
        cell("; ".join(_by_hand(result))),
        cell("; ".join(_comments(result))),
    ]


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
