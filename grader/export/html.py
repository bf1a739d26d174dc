"""HTML that opens offline: the class in one file, and a page for each student.

A student's page is built from what a student may know (`_page`), not from the whole result.
"""

import base64
import hashlib
import re
from pathlib import Path

from ..files.writing import Unwritable, write_whole
from . import Refused, class_summary, misconception_text, name_of, plain

TEMPLATES = Path(__file__).parent / "templates"
LIMITS = (3000, 1500, 1100, 800, 600, 450, 300, 150, 0)  # characters of a message
SIZE = 1_900_000  # bytes for up to 100 submissions, and in proportion for more
MOST_FEEDBACK = 3000  # characters of one check's
TITLE = "Learn Deep Learning with NumPy"


def write(results, out, similarity=None, title=TITLE):
    """The class report as `out`, a .html file; or a folder of it and of every student's page.

    similarity: what `similarity.pairs` gave, if there is any
    Returns lines for the instructor.
    """
    out, environment = Path(out), _environment()
    page, notes = _class_page(environment, results, similarity, title)
    if out.suffix.lower() in (".html", ".htm"):
        write_whole(page.encode(), out)
        return notes
    _make(out / "students")
    write_whole(page.encode(), out / "class.html")
    for name, result in _file_names(results):
        page = environment.get_template("student.html").render(title=title, **_page(result))
        write_whole(page.encode(), out / "students" / f"{name}.html")
    return [*notes, f"`{out / 'class.html'}` names everybody: hand out `students/` alone"]


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
    """Every text on its way into a page, which escapes it next; most need no second look."""
    if type(value) is not str or (value.isascii() and value.replace("\n", "").isprintable()):
        return value
    return plain(value)


def _hash(text):
    """As a Content-Security-Policy names what may stand in the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _class_page(environment, results, similarity, title):
    """`(page, notes)`, the messages cut until it can be opened with ease."""
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
    return page, [f"messages are cut to {limit} characters: the page stays small"] if cut else []


def _sections(people):
    chapters = class_summary.chapters(people)
    nothing, low = class_summary.needing_help(people)
    return {
        "numbers": class_summary.numbers(people),
        "chapters": chapters,
        "misconceptions": class_summary.misconceptions(people),
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
    """What was used to grade, each as the sorted values that occur."""
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
    """What a student may know of the own result: neither message nor seed, nor anybody else."""
    return {
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
    told = {}
    for check in function.checks:
        if class_summary.group(check.status) == "failing":
            key = check.misconception, check.feedback[:MOST_FEEDBACK]
            told[key] = told.get(key, 0) + 1
    return {
        **{key: getattr(function, key) for key in ("name", "status", "score", "max_score")},
        "group": class_summary.group(function.status),
        "because_of": [f"{other.name} ({other.id})" for other in function.because_of],
        "told": [
            {
                "name": name and class_summary.short(misconception_text.named(name)),
                "text": text,
                "checks": checks,
            }
            for (name, text), checks in told.items()
        ],
    }


def _file_names(results):
    """`(name, result)` of each: safe names, and no two alike where capitals do not count."""
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
        raise Unwritable(f"`{folder}` cannot be made ({error.strerror}): name another") from None
