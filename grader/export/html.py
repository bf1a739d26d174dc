"""Writes HTML that opens offline: the class in one file, and one page per student.

A student's page is built only from the data that the student may see (`_page`).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.writing import Unwritable, replace_whole, write_whole
from . import (
    Refused,
    by_hand,
    class_summary,
    for_student,
    misconception_text,
    name_of,
    notes_for_student,
    plain,
    rules_at_work,
    texts,
    without_grade,
)

if TYPE_CHECKING:
    from ..course.results import Result
    from .similarity import Closest

TEMPLATES = Path(__file__).parent / "templates"
LIMITS = (3000, 1500, 1100, 800, 600, 450, 300, 150, 0)  # characters of a message
SIZE = 1_900_000  # bytes for up to 100 submissions, and in proportion for more
MOST_FEEDBACK = 3000  # characters of one check's
TITLE = "Learn Deep Learning with NumPy"


def write(
    results: Sequence[Result],
    out: str | Path,
    similarity: Closest | None = None,
    title: str = TITLE,
) -> list[str]:
    """Write the class report to `out`, a .html file or a folder that also gets students' pages.

    similarity: the pairs from `similarity.pairs`, or None
    Returns lines for the instructor.
    """
    out, environment = Path(out), _environment()
    page, notes = _class_page(environment, results, similarity, title)
    if out.suffix.lower() in (".html", ".htm"):
        replace_whole(page.encode(), out)
        return notes
    _make(out / "students")
    write_whole(page.encode(), out / "class.html")
    page_of = student_pages(title)
    for name, result in file_names(results):
        write_whole(page_of(result).encode(), out / "students" / f"{name}.html")
    return [*notes, f"`{out / 'class.html'}` names every student: share only `students/`"]


def student_pages(title: str = TITLE) -> Callable[[Result], str]:
    """Return the function that makes a student's page from a result."""
    template = _environment().get_template("student.html")
    return lambda result: template.render(title=title, **_page(result))


def _environment():
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise Refused(
            "the HTML report needs `jinja2`: "
            "pip install 'learn-deep-learning-with-numpy[instructor]'"
        ) from None
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda value: f"{round(value, 1):g}"
    for kind, name in (("style", "style.css"), ("script", "class.js")):
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        environment.globals[kind] = Markup(text)  # our own file, the same for every report
        environment.globals[f"{kind}_hash"] = _hash(text)
    return environment


def _harmless(value):
    """Clean a text before jinja2 escapes it; most texts need no cleaning."""
    if type(value) is not str or (value.isascii() and value.replace("\n", "").isprintable()):
        return value
    return plain(value)


def _hash(text):
    """The hash by which the Content-Security-Policy allows this text in the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _class_page(environment, results, similarity, title):
    """`(page, notes)`, with messages cut until the page is small enough to open easily."""
    template = environment.get_template("class.html")
    most = SIZE * max(1, len(results) / 100)
    for limit in LIMITS:
        people = class_summary.people(results, limit)
        cut = any(failure["cut"] for failure in _failures(people))
        page = template.render(
            title=title,
            people=people,
            facts=_facts(results),
            limit=limit,
            cut=cut,
            similarity=_similarity(similarity, people),
            **_sections(people),
        )
        if len(page.encode()) <= most:
            break
    return page, [f"messages were cut to {limit} characters to keep the page small"] if cut else []


def _sections(people):
    graded = [person for person in people if person["has_grade"]]
    chapters = class_summary.chapters(graded)
    nothing, low = class_summary.needing_help(graded)
    return {
        "numbers": class_summary.numbers(graded),
        "chapters": chapters,
        "misconceptions": class_summary.misconceptions(graded),
        "hardest": class_summary.hardest(chapters),
        "nothing": nothing,
        "low": low,
        "anomalies": class_summary.anomalies(people),
        "modules": sorted({module for person in people for module in person["modules"]}),
        "talk": class_summary.TALK,
    }


def _failures(people):
    functions = [f for p in people for chapter in p["chapters"] for f in chapter["functions"]]
    return [failure for function in functions for failure in function["failures"]]


def _facts(results):
    """The dates, data, graders and isolations of the results, each as sorted values."""
    dates = sorted(str(result.graded)[:10] for result in results if result.graded)
    facts = {
        "graded": dates and [dates[0]] + [dates[-1]] * (dates[0] != dates[-1]),
        **{
            word: sorted(
                {
                    class_summary.short(getattr(result, key))
                    for result in results
                    if getattr(result, key)
                }
            )
            for word, key in (("data", "dataset"), ("grader", "grader"), ("isolation", "isolation"))
        },
    }
    return {name: values for name, values in facts.items() if values}


def _similarity(similarity, people):
    if similarity is None:
        return None
    by_id = {person["id"]: person for person in people}
    return {
        "typical": similarity.typical,
        "compared": similarity.compared,
        "notes": [class_summary.short(note, 240) for note in similarity.notes],
        "pairs": [
            {
                "people": [by_id.get(id, {"name": id, "id": id}) for id in (pair.a, pair.b)],
                "share": pair.share,
                "lines": pair.lines,
                "passages": pair.passages[:1],
            }
            for pair in similarity
            if pair.share > (similarity.typical or 0)
        ],
    }


def _page(result):
    """The data that a student may see: no messages, no seed, nothing about anyone else."""
    result = for_student(result)
    return {
        "rules": [*rules_at_work(result)],
        "comments": texts(result.comments),
        "notes": notes_for_student(result),
        "unread": without_grade(result)[:1],
        "name": class_summary.short((result.student or {}).get("name") or name_of(result)),
        "score": result.score,
        "max_score": result.max_score,
        "percent": class_summary.percent(result.score, result.max_score),
        "chapters": [
            {key: getattr(chapter, key) for key in ("id", "title", "score", "max_score")}
            | {"functions": [_function(function) for function in chapter.functions]}
            for chapter in result.chapters
        ],
    }


def _function(function):
    counts = Counter(
        (check.misconception, check.feedback[:MOST_FEEDBACK])
        for check in function.checks
        if class_summary.group(check.status) == "failing"
    )
    return {
        **{
            key: getattr(function, key) for key in ("name", "status", "works", "score", "max_score")
        },
        "group": class_summary.group(function.status),
        "by_hand": by_hand(function),
        "comments": texts(function.comments),
        "because_of": [f"{other.name} ({other.id})" for other in function.because_of],
        "explanations": [
            {
                "name": name and class_summary.short(misconception_text.readable(name)),
                "text": text,
                "checks": count,
            }
            for (name, text), count in counts.items()
            if text
        ],
    }


def file_names(results: Iterable[Result]) -> Iterator[tuple[str, Result]]:
    """Yield `(name, result)`: safe names that stay distinct where case does not count."""
    taken = set()
    for result in results:
        base = re.sub(r"[^A-Za-z0-9._-]+", "-", name_of(result))[:80].lstrip(".-") or "submission"
        name, i = base, 2
        while name.casefold() in taken:
            name, i = f"{base}-{i}", i + 1
        taken.add(name.casefold())
        yield name, result


def _make(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(
            f"`{folder}` cannot be created ({error.strerror}): name another folder with --out"
        ) from None
