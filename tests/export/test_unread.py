"""Exports of a submission in which nothing could be read: no grade unless told, and why."""

import csv
import json
import re
from xml.etree import ElementTree

import pytest
from support.made_results import grade, result, written

NOTES = ["`photo.png`: ignored, not a chapter file", "no chapter file was found"]
GRADEBOOK = "Student,ID,SIS Login ID,Section,Lab (1)\nAnn,7,ann,A,\nBob,8,bob,A,\n"


def unread(**more):
    return result("ann_7", id="7", name="Ann") | {"unread": True, "about_files": NOTES} | more


def read():
    return result("bob_8", id="8", name="Bob") | {"about_files": ["`essay.pdf`: ignored"]}


def by_hand():
    """Ann's result with points that somebody has set for a function."""
    corrected = json.loads(json.dumps(unread()))
    function = corrected["chapters"][0]["functions"][0]
    function["override"] = {"points": 1, "instead_of": 0, "why": "", "who": "me", "when": ""}
    return corrected


@pytest.mark.parametrize(
    ("ann", "options", "has_grade"),
    [(unread(), (), False), (unread(), ("--zeros",), True), (by_hand(), (), True)],
)
def test_a_gradebook_gets_no_grade_unless_told(tmp_path, ann, options, has_grade):
    (tmp_path / "book.csv").write_text(GRADEBOOK)
    fill = ("--gradebook", tmp_path / "book.csv", "--column", "Lab (1)", *options)
    out = tmp_path / "upload.csv"
    code, _, said = grade("export", "canvas", written(tmp_path, ann, read()), "--out", out, *fill)
    assert code == 0
    _, first, second = csv.reader(out.read_text().splitlines())
    assert bool(first[4]) == has_grade
    assert second[4]
    assert has_grade or ("`ann_7`: nothing could be read" in said and "photo.png" in said)


@pytest.mark.parametrize("options", [(), ("--zeros",)])
def test_the_table_has_no_points_and_the_reason(tmp_path, options):
    out = tmp_path / "table.csv"
    results = written(tmp_path, unread(notes=NOTES), read())
    assert grade("export", "csv", results, "--out", out, *options)[0] == 0
    ann, bob = csv.DictReader(out.read_text().splitlines())
    assert bool(ann["score"]) == bool(ann["1.1"]) == bool(options)
    assert "photo.png" in ann["notes"]
    assert bob["score"]


def without_points(text):
    """No points, which every format shows as `7 of 10`, the page also in a `<dd>`."""
    return not re.search(r"\d(</dd>| of \d)", text)


def test_nothing_a_student_reads_shows_points(tmp_path):
    results = written(tmp_path, unread(), read())
    texts = {}
    for format in ("html", "comments", "summary", "junit"):
        assert grade("export", format, results, "--out", tmp_path / format)[0] == 0
        if format != "html":
            texts[format] = (tmp_path / format).read_text()
    texts["html"] = (tmp_path / "html/students/ann_7.html").read_text()
    comments = json.loads(texts["comments"])["grade_data"]
    texts["comments"] = comments["7"]["text_comment"]
    texts["summary"] = texts["summary"].partition("## bob")[0]
    suite = ElementTree.fromstring(texts["junit"])[0]
    assert suite.get("errors") == suite.get("tests") == "1"
    assert [p.get("name") for p in suite.iter("property")] == ["max_score"]
    texts["junit"] = suite[1][0].text
    for format, text in texts.items():
        assert "Nothing could be read" in text, format
        assert "photo.png" in text, format
        assert without_points(text), format


def test_the_class_report_counts_only_submissions_with_a_grade(tmp_path):
    out = tmp_path / "report"
    assert grade("export", "html", written(tmp_path, read()), "--out", out)[0] == 0
    alone = figures(out)
    assert grade("export", "html", written(tmp_path, unread(), read()), "--out", out)[0] == 0
    assert figures(out) == alone
    assert "no grade" in (out / "class.html").read_text()
    assert grade("export", "html", written(tmp_path, unread()), "--out", out)[0] == 0
    assert figures(out) == []


def figures(out):
    """The mean, the median and so on at the top of the class report."""
    page = (out / "class.html").read_text()
    return re.findall(r"<div><dt>(?!submission)(.*?)</dt><dd>(.*?)</dd>", page)


def test_students_and_instructors_are_told(tmp_path):
    results = written(tmp_path, unread(), read())
    for format in ("html", "gradescope"):
        assert grade("export", format, results, "--out", tmp_path / format)[0] == 0
    for id, notes in (("ann_7", [*NOTES, "othing could be read"]), ("bob_8", ["essay.pdf"])):
        page = (tmp_path / "html/students" / f"{id}.html").read_text()
        output = json.loads((tmp_path / "gradescope" / f"{id}.json").read_text())["output"]
        assert all(note.strip("`").partition("`")[0] in page for note in notes)
        assert all(note in output for note in notes)
    assert "Nothing could be read: 1 student" in (tmp_path / "html/class.html").read_text()
