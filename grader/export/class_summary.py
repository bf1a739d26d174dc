"""Collects the data of the class report for its template: no markup, and every text cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import mean, median, quantiles
from typing import TYPE_CHECKING, Any

from ..vocabulary.complaints import TIME_UP
from . import by_hand, misconception_text, name_of, rules_at_work, texts

if TYPE_CHECKING:
    from ..course.results import Result

Row = dict[str, Any]  # of a table in the template
GROUPS = {"passed": "passed", "todo": "todo"}  # every other status is a failure
ABNORMAL = ("crashed", "timeout")
UNJUDGED = (TIME_UP, "not run: ")  # how the messages of checks begin that say nothing of a function
BINS = 10
TALK, HELP = 5, 10  # how many misconceptions and students the report starts with


def short(text: object, length: int = 120) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= length else text[: length - 4] + " ..."


def cut(message: str, limit: int) -> str:
    """Cut a long message in the middle: the fact comes first, the likely cause last."""
    if len(message) <= limit:
        return message
    rest = len(message) - limit
    return f"{message[: limit // 3]} [... {rest} characters ...] {message[rest + limit // 3 :]}"


def group(status: str) -> str:
    return GROUPS.get(status, "failing")


def percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def people(results: Iterable[Result], limit: int) -> list[Row]:
    """Return one dictionary per submission, by name; messages are cut to `limit` characters."""
    everyone = [_person(result, limit) for result in results]
    everyone.sort(key=lambda person: (person["name"].casefold(), person["id"]))
    for i, person in enumerate(everyone, 1):
        person["anchor"] = f"s{i}"
    return everyone


def _person(result, limit):
    student = {key: short(value, 60) for key, value in (result.student or {}).items() if value}
    graded = result.chapters if result.has_grade else []
    functions = [function for chapter in graded for function in chapter.functions]
    statuses = Counter(function.status for function in functions)
    counts = Counter(group(function.status) for function in functions)
    id = short(name_of(result), 80)
    chapters = [_chapter(chapter, limit) for chapter in graded]
    return {
        "id": id,
        "name": student.get("name") or id,
        "person": {key: value for key, value in student.items() if key != "name"},
        "score": result.score,
        "max_score": result.max_score,
        "percent": percent(result.score, result.max_score),
        "modules": _modules(graded),
        "counts": {key: counts[key] for key in ("passed", "failing", "todo")},
        "abnormal": {status: statuses[status] for status in ABNORMAL if statuses[status]},
        "notes": [short(note, 160) for note in result.notes or ()][:8],
        "terms": [short(line, 240) for line in _terms(result)],
        "isolation": result.isolation,
        "has_grade": result.has_grade,
        "chapters": chapters,
        "whole": {"complete": _all(chapters, "passed"), "not started": _all(chapters, "todo")},
    }


def _terms(result):
    """Yield what the rules of the course and the instructors did, comments included."""
    yield from rules_at_work(result)
    yield from (f"comment: {text}" for text in texts(result.comments))
    for chapter, function in result.functions:
        name = f"{chapter.id} {function.name}"
        if mark := by_hand(function, why=True):
            yield f"{name}: {mark}"
        yield from (f"{name}: comment: {text}" for text in texts(function.comments))


def _all(chapters, wanted):
    """The ids of the chapters whose functions are all in this group."""
    return [c["id"] for c in chapters if all(f["group"] == wanted for f in c["functions"])]


def _modules(chapters):
    """The percentage of points in each module."""
    sums: dict[str, tuple[float, float]] = {}
    for chapter in chapters:
        have, whole = sums.get(_module(chapter), (0, 0))
        sums[_module(chapter)] = have + chapter.score, whole + chapter.max_score
    return {module: percent(*both) for module, both in sums.items()}


def _module(chapter):
    return chapter.id.split(".")[0]


def _chapter(chapter, limit):
    kept = ("id", "title", "score", "max_score")
    functions = [_function(chapter.id, function, limit) for function in chapter.functions]
    return {key: getattr(chapter, key) for key in kept} | {"functions": functions}


def _function(chapter, function, limit):
    kept = ("name", "status", "score", "max_score")
    return {key: getattr(function, key) for key in kept} | {
        "group": group(function.status),
        "because_of": [f"{other.name} ({other.id})" for other in function.because_of],
        "own": _own(function),
        "failures": _failures(chapter, function, limit),
    }


def _own(function):
    """True if the function fails by its own fault: its checks ran, and no other one is blamed."""
    if group(function.status) != "failing" or function.because_of:
        return False
    failing = [check for check in function.checks if group(check.status) == "failing"]
    return not failing or not all(check.message.startswith(UNJUDGED) for check in failing)


def _failures(chapter, function, limit):
    """The failing checks, grouped by message."""
    checks: dict[tuple, list[str]] = {}
    for check in function.checks:
        if group(check.status) == "failing":
            key = check.status, check.misconception, check.message
            checks.setdefault(key, []).append(short(check.name.replace("_", " ")))
    return [
        {
            "status": status,
            "checks": names,
            "misconception": misconception and short(misconception_text.readable(misconception)),
            "key": misconception and misconception_text.key(chapter, function.name, misconception),
            "message": cut(message, limit),
            "cut": len(message) > limit,
        }
        for (status, misconception, message), names in checks.items()
    ]


def numbers(people: Sequence[Row]) -> Row | None:
    """Describe the distribution of the scores, in percent of the points."""
    scores = [person["percent"] for person in people]
    if not scores:
        return None
    low, middle, high = quantiles(scores, n=4, method="inclusive") if scores[1:] else scores * 3
    bins = Counter(min(int(score * BINS / 100), BINS - 1) for score in scores)
    return {
        "mean": mean(scores),
        "median": middle,
        "low": low,
        "high": high,
        "least": min(scores),
        "most": max(scores),
        "full": sum(score >= 100 for score in scores),
        "bins": [bins[i] for i in range(BINS)],
    }


def chapters(people: Sequence[Row]) -> list[Row]:
    """Summarize the class's results in each chapter and each of its functions."""
    rows: dict[str, Row] = {}
    for chapter in (chapter for person in people for chapter in person["chapters"]):
        row = rows.setdefault(chapter["id"], {"title": chapter["title"], "all": [], "each": {}})
        row["all"].append(chapter)
        for function in chapter["functions"]:
            row["each"].setdefault(function["name"], []).append(function)
    order = sorted(rows, key=lambda id: [int(part) for part in id.split(".") if part.isdigit()])
    return [
        {
            "id": id,
            "title": rows[id]["title"],
            **_average(rows[id]["all"]),
            "functions": [
                {"name": name, **_average(each), **_shares(each)}
                for name, each in rows[id]["each"].items()
            ],
        }
        for id in order
    ]


def _average(parts):
    whole = max(part["max_score"] for part in parts)
    score = mean(part["score"] for part in parts)
    return {"average": score, "max_score": whole, "percent": percent(score, whole)}


def _shares(functions):
    counts = Counter(function["group"] for function in functions)
    shares = {key: counts[key] for key in ("passed", "failing", "todo")}
    return shares | {"own": sum(f["own"] for f in functions), "n": len(functions)}


def misconceptions(people: Sequence[Row]) -> list[Row]:
    """List the misconceptions of the class, the most frequent first."""
    entries: dict[tuple, Row] = {}
    for person in people:
        for chapter in person["chapters"]:
            for function in chapter["functions"]:
                for failure in function["failures"]:
                    if failure["key"]:
                        entry = entries.setdefault(failure["key"], {"functions": {}, "people": {}})
                        entry["functions"][function["name"]] = True
                        entry["people"].setdefault(person["anchor"], (person, failure))
    rows = [
        {
            "chapter": key[0],
            "functions": list(entry["functions"]),
            "name": short(misconception_text.readable(key[2])),
            "explanations": misconception_text.explanations(*key),
            "people": [person for person, _ in entry["people"].values()],
            "example": next(iter(entry["people"].values())),
        }
        for key, entry in entries.items()
    ]
    rows.sort(key=lambda row: (-len(row["people"]), row["chapter"], row["functions"], row["name"]))
    return [row | {"anchor": f"m{i}"} for i, row in enumerate(rows, 1)]


def hardest(chapters: Sequence[Row]) -> list[Row]:
    """List the functions that the largest share of the class gets wrong, that one first."""
    rows = [
        function | {"chapter": chapter["id"]}
        for chapter in chapters
        for function in chapter["functions"]
        if function["own"]
    ]
    return sorted(rows, key=lambda row: (-row["own"] / row["n"], row["chapter"]))[:TALK]


def needing_help(people: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return `(nothing, low)`: those who wrote nothing, and the lowest quarter of the others."""
    begun = [p for p in people if p["counts"]["passed"] + p["counts"]["failing"]]
    nothing = [person for person in people if person not in begun]
    if not begun:
        return nothing, []
    middle = median(person["percent"] for person in begun)
    low = [person for person in begun if person["percent"] < middle]
    low = sorted(low, key=lambda person: person["percent"])[: min(HELP, -(-len(begun) // 4))]
    return nothing, [person | {"first": _first(person), "stuck": _stuck(person)} for person in low]


def _stuck(person):
    """True if at least three functions fail by their own fault, and more than pass."""
    own = [
        function
        for chapter in person["chapters"]
        for function in chapter["functions"]
        if function["own"]
    ]
    return len(own) >= 3 and len(own) > person["counts"]["passed"]


def _first(person):
    """The first function that fails by its own fault, else the first still to do."""
    functions = [
        function | {"chapter": chapter["id"]}
        for chapter in person["chapters"]
        for function in chapter["functions"]
    ]
    own = [function for function in functions if function["own"]]
    todo = [function for function in functions if function["group"] == "todo"]
    return next(iter(own + todo), None)


def anomalies(people: Sequence[Row]) -> dict[str, list[Row]]:
    return {
        "unread": [person for person in people if not person["has_grade"]],
        "abnormal": [person for person in people if person["abnormal"]],
        "noted": [person for person in people if person["notes"]],
        "unconfined": [person for person in people if person["isolation"] == "none"],
    }
