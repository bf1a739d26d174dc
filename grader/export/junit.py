"""Writes JUnit XML by the same schema as pytest (Jenkins' `junit-10.xsd`).

A CI server shows such a file to everyone who can see the job, including a student in whose
repository it runs. So it holds only what a student may read, unless the instructor asks for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ..files.writing import replace_whole
from . import by_hand, for_student, name_of, plain, rules_at_work, texts, without_grade

if TYPE_CHECKING:
    from ..course.results import Result

SKIPPED = "skipped"
FAILURES = ("failed", "todo")  # the other statuses are errors: the code gave no answer
UNREAD = "unread"


def write(results: Iterable[Result], out: str | Path, *, audience: str = "student") -> None:
    suites = ElementTree.Element("testsuites")
    suites.extend(_suite(result, audience) for result in results)
    ElementTree.indent(suites)
    replace_whole(ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n", out)


def _suite(result, audience):
    result = result if audience == "instructor" else for_student(result)
    unread = without_grade(result)
    functions = [] if unread else result.functions
    statuses = [_status(c, check) for c, function in functions for check in function.checks]
    statuses += [UNREAD] if unread else []
    failures = sum(status in FAILURES for status in statuses)
    suite = _element(
        "testsuite",
        name=name_of(result),
        tests=len(statuses),
        failures=failures,
        errors=sum(status not in (*FAILURES, "passed", SKIPPED) for status in statuses),
        skipped=statuses.count(SKIPPED),
        time=_seconds(result),
        **({"timestamp": result.graded} if result.graded else {}),
    )
    # The schema allows properties only on a suite.
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(result, functions, audience):
        properties.append(_element("property", name=name, value=value))
    suite.extend(
        _case(c, function, check, audience)
        for c, function in functions
        for check in function.checks
    )
    if unread:
        suite.append(_unread(unread))
    return suite


def _properties(result, functions, audience):
    if result.has_grade:
        yield "score", f"{result.score:g}"
    yield "max_score", f"{result.max_score:g}"
    if audience == "instructor":
        yield from ((f"student.{key}", text) for key, text in (result.student or {}).items())
        yield from (("note", note) for note in result.notes or ())
    yield from (("rule", line) for line in rules_at_work(result))
    yield from (("comment", text) for text in texts(result.comments))
    for chapter, function in functions:
        dotted = f"{chapter.id}.{function.name}"
        yield f"{dotted}.score", f"{function.score:g}"
        yield f"{dotted}.max_score", f"{function.max_score:g}"
        if mark := by_hand(function, why=audience == "instructor"):
            yield f"{dotted}.by_hand", mark
        yield from ((f"{dotted}.comment", text) for text in texts(function.comments))


def _unread(lines):
    """A case in place of the checks of a submission in which nothing could be read."""
    case = _element("testcase", classname="submission", name="can_be_read", time="0.000")
    error = _element("error", type=UNREAD, message=lines[0])
    error.text = plain("\n".join(lines))
    case.append(error)
    return case


def _case(chapter, function, check, audience):
    case = _element(
        "testcase",
        classname=f"{chapter.id}.{function.name}",
        name=check.name,
        time=_seconds(check),
    )
    status = _status(chapter, check)
    if status == SKIPPED:
        case.append(_element(SKIPPED, message="optional, and not started"))
    elif status != "passed":
        text = check.message if audience == "instructor" else check.feedback
        text = plain(text).strip() or status
        kind = "failure" if status in FAILURES else "error"
        child = _element(kind, type=status, message=text.splitlines()[0])
        child.text = text
        case.append(child)
    return case


def _status(chapter, check):
    return SKIPPED if chapter.is_skipped_optional else check.status


def _seconds(timed):
    return f"{timed.seconds:.3f}"


def _element(tag, **attributes):
    return ElementTree.Element(tag, {key: plain(value) for key, value in attributes.items()})
