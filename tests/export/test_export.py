"""`grade export`: what it refuses, plain CSV and JUnit XML."""

import copy
import csv
import io
import json
import os
import shutil
import unicodedata
from xml.etree import ElementTree

import pytest
import xmlschema
from support.made_results import (
    CHAPTER_11,
    HOSTILE,
    SECRET,
    SEED,
    chapter,
    check,
    function,
    grade,
    refused,
    result,
    written,
)
from support.running import EXERCISES, SOLUTIONS

FORMATS = ["gradescope", "csv", "junit"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_replaced_as_a_whole_and_what_was_there_is_kept(tmp_path, format):
    results = written(tmp_path, result(name="Ann"))
    out = tmp_path / "out"
    out.write_text("old" * 10_000)
    for _ in range(2):  # the second time nothing changes
        assert grade("export", format, results, "--out", out) == (0, "", "")
    assert "old" not in out.read_text(encoding="utf-8")
    first, backup, last = sorted(tmp_path.iterdir())
    assert (first, last) == (out, results)
    assert backup.read_text() == "old" * 10_000


@pytest.mark.parametrize("format", FORMATS)
def test_what_cannot_be_written_is_one_line_and_exit_2(tmp_path, format):
    results = written(tmp_path, result())
    before = results.read_bytes()
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "folder", tmp_path / "nowhere" / "out", results):
        assert f"`{out}`" in refused("export", format, results, "--out", out)
    assert results.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "result.json"]


@pytest.mark.needs("posix")
@pytest.mark.parametrize("format", ["csv", "junit"])
def test_what_is_no_file_is_not_replaced(tmp_path, format):
    results, pipe = written(tmp_path, result()), tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "not a regular file" in refused("export", format, results, "--out", pipe)
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["results.jsonl", "course.json"])
def test_a_classs_own_files_are_never_the_output(tmp_path, name):
    folder = written(tmp_path, result("a"), result("b"))
    (folder / "course.json").write_text("{}")
    before = (folder / name).read_bytes()
    assert "results file itself" in refused("export", "csv", folder, "--out", folder / name)
    assert (folder / name).read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["csv", "nowhere.json", "--out", "x"], ["`nowhere.json`"]),
        (["csv", "empty.jsonl", "--out", "x"], ["`empty.jsonl`"]),
        (["csv", "wrong.json", "--out", "x"], ["`wrong.json`"]),
        (["tsv", "result.json", "--out", "x"], ["tsv", "csv"]),
        (["csv", "result.json"], ["--out"]),
        (["csv", "result.json", "--out", "x", "--column", "A"], ["`--column`", "canvas"]),
        (["csv", "result.json", "--out", "x", "--hide", "1.1"], ["`--hide`", "gradescope"]),
        (["canvas", "result.json", "--out", "x"], ["`--gradebook`"]),
        (["canvas", "result.json", "--out", "x", "--gradebook", "g"], ["`--column`"]),
        (["gradescope", "result.json", "--out", "x", "--hide", "9.9"], ["`9.9`"]),
        (["gradescope", "result.json", "--out", "x", "--visibility", "hidden"], ["--hide"]),
        (["junit", "result.json", "--out", "x", "--audience", "all"], ["all", "student"]),
        (["html", "result.json", "--out", "x", "--stubs", "."], ["--similarity"]),
    ],
)
def test_misuse_is_one_line_that_names_it(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, result())
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "wrong.json").write_text('{"schema": 1}\n')
    line = refused("export", *arguments)
    assert all(word in line for word in words), line
    assert not (tmp_path / "x").exists()


def test_html_and_similarity_are_reached_with_their_options(tmp_path):
    folder = written(tmp_path, result("a", name="Ann Smith"), result("b"))
    shutil.copytree(SOLUTIONS, folder / "submissions" / "a")
    shutil.copytree(SOLUTIONS, folder / "submissions" / "b")
    page, export = tmp_path / "class.html", tmp_path / "export"
    assert grade("export", "html", folder, "--out", page, "--title", "Deep 101")[0] == 0
    assert "Deep 101" in page.read_text(encoding="utf-8")
    assert grade("export", "similarity", folder, "--out", export, "--stubs", EXERCISES)[0] == 0
    names = {path.name for path in (export / "submissions").iterdir()}
    assert names == {"a", "b"}
    line = refused("export", "similarity", folder / "none", "--out", tmp_path / "other")
    assert "`" in line


def table(folder, *results, options=()):
    out = folder / "grades.csv"
    assert grade("export", "csv", written(folder, *results), "--out", out, *options)[0] == 0
    data = out.read_bytes().decode("utf-8")
    assert data.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(data, newline=""), strict=True))


def test_csv_has_a_row_for_each_submission_and_a_column_for_each_chapter(tmp_path):
    half = chapter("10.2", function("f", check("f_is"), points=2.5))
    rows = table(
        tmp_path,
        result("a_1", name='Smith, "Ann" Øre', notes=["late", "one file left out"]),
        result("b_2", CHAPTER_11, half),
    )
    assert list(rows[0]) == [
        *("id", "name", "login", "email", "sis_id", "score", "max_score", "1.1", "3.2", "10.2"),
        *("passed", "todo", "failed", "error", "timeout", "crashed", "notes"),
        *("score_before_rules", "rules", "by_hand", "comments", "misconceptions"),
        *("1.1.normalize", "3.2.relu", "3.2.softmax", "10.2.f"),
    ]
    assert rows[0]["name"] == 'Smith, "Ann" Øre'
    assert rows[0]["notes"] == "late; one file left out"
    assert [rows[0][key] for key in ("score", "max_score", "1.1", "3.2", "10.2")] == [
        *("7", "11", "6", "1", "")
    ]
    assert [rows[0][key] for key in ("passed", "todo", "failed", "timeout")] == list("1110")
    assert (rows[1]["id"], rows[1]["name"], rows[1]["10.2"]) == ("b_2", "", "2.5")
    assert [rows[0][name] for name in ("3.2.relu", "3.2.softmax", "10.2.f")] == ["1", "0", ""]
    assert rows[0]["misconceptions"] == "3.2.softmax: softmax_over_columns"


def test_csv_has_a_row_per_function_or_per_misconception_on_request(tmp_path):
    ann = {"name": "Ann Øre", "login": "ann", "email": "ann@x.edu", "sis_id": "S1"}
    one = written(tmp_path, result("a_1", **ann))
    tables = {}
    for per in ("function", "misconception"):
        out = tmp_path / f"{per}.csv"
        assert grade("export", "csv", one, "--out", out, "--per", per) == (0, "", "")
        tables[per] = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert all(row.items() >= ann.items() for rows in tables.values() for row in rows)
    keys = ("chapter", "function", "status", "score", "max_score", "because_of", "misconceptions")
    assert [tuple(row[key] for key in keys) for row in tables["function"]] == [
        ("1.1", "normalize", "passed", "6", "6", "", ""),
        ("3.2", "relu", "todo", "1", "2", "", ""),
        ("3.2", "softmax", "failed", "0", "3", "1.1.normalize", "softmax_over_columns"),
    ]
    keys = ("chapter", "function", "misconception", "checks", "score", "max_score")
    assert [tuple(row[key] for key in keys) for row in tables["misconception"]] == [
        ("3.2", "softmax", "softmax_over_columns", "1", "0", "3")
    ]


def test_csv_says_whose_names_are_missing(tmp_path):
    results = written(tmp_path, result("a", name="Ann"), result("b"))
    _, _, error = grade("export", "csv", results, "--out", tmp_path / "grades.csv")
    assert "1 of 2 submissions have no name" in error
    assert "`b`" in error


DANGEROUS = [
    *("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\x00=1", "\u202e=1"),
    *("\uff1d1+1", "a;\uff0d1"),
    *('"=1', "a;=1+1", "a\t=1", "a\n@b", 'a; "=1', "\tx", "\rx"),
]


@pytest.mark.parametrize("text", [*DANGEROUS, HOSTILE])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_a_csv_is_a_formula_however_a_spreadsheet_splits_it(tmp_path, text, delimiter):
    out = tmp_path / "grades.csv"
    bad = chapter("1.1", function(text, check("c", "failed", text, text)))
    results = written(tmp_path, result("a", bad, name=text, login=text, notes=[text]), result("b"))
    for per in ("function", "misconception", "submission"):
        assert grade("export", "csv", results, "--out", out, "--per", per)[0] == 0
        _no_formula(out, delimiter)


def _no_formula(out, delimiter):
    for row in csv.reader(io.StringIO(out.read_text(encoding="utf-8")), delimiter=delimiter):
        for cell in row:
            start = unicodedata.normalize("NFKC", cell.lstrip()[:1])
            assert start not in ("=", "+", "-", "@"), row
            assert not cell.startswith(("\t", "\r"))


# The rules of `junit-10.xsd`, with what Jenkins has beyond them left out.
XSD = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <xs:simpleType name="time"><xs:restriction base="xs:string">
  <xs:pattern value="(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\\.[0-9]{0,3})?"/>
 </xs:restriction></xs:simpleType>
 <xs:complexType name="outcome" mixed="true">
  <xs:attribute name="type"/><xs:attribute name="message"/>
 </xs:complexType>
 <xs:element name="testcase"><xs:complexType>
  <xs:choice minOccurs="0" maxOccurs="unbounded">
   <xs:element name="skipped" type="outcome"/><xs:element name="error" type="outcome"/>
   <xs:element name="failure" type="outcome"/>
   <xs:element name="system-out" type="xs:string"/>
  </xs:choice>
  <xs:attribute name="name" use="required"/><xs:attribute name="classname"/>
  <xs:attribute name="time"/><xs:attribute name="group"/>
 </xs:complexType></xs:element>
 <xs:element name="properties"><xs:complexType><xs:sequence>
  <xs:element name="property" maxOccurs="unbounded"><xs:complexType>
   <xs:attribute name="name" use="required"/><xs:attribute name="value" use="required"/>
  </xs:complexType></xs:element>
 </xs:sequence></xs:complexType></xs:element>
 <xs:element name="testsuites"><xs:complexType><xs:sequence>
  <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
   <xs:choice minOccurs="0" maxOccurs="unbounded">
    <xs:element ref="properties"/><xs:element ref="testcase"/>
   </xs:choice>
   <xs:attribute name="name" use="required"/>
   <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
   <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
   <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
   <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
   <xs:attribute name="time" type="time"/><xs:attribute name="timestamp"/>
  </xs:complexType></xs:element>
 </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


def junit(folder, *results, audience=None):
    """The text and its root element, once it is valid."""
    out = folder / "junit.xml"
    options = ["--audience", audience] if audience else []
    run = grade("export", "junit", written(folder, *results), "--out", out, *options)
    assert run == (0, "", "")
    xmlschema.XMLSchema(XSD).validate(str(out))
    return out.read_text(encoding="utf-8"), ElementTree.parse(out).getroot()


def test_junit_has_a_suite_for_each_submission_and_a_case_for_each_check(tmp_path):
    _, root = junit(tmp_path, result("a"), result("b", CHAPTER_11))
    first, second = root
    numbers = {key: first.get(key) for key in ("name", "tests", "failures", "errors", "time")}
    assert numbers == {"name": "a", "tests": "5", "failures": "2", "errors": "1", "time": "3.250"}
    assert (second.get("name"), second.get("tests"), second.get("failures")) == ("b", "1", "0")
    cases = first.findall("testcase")
    assert [(case.get("classname"), case.get("name")) for case in cases][-1] == (
        "3.2.softmax",
        "softmax_survives",
    )
    outcomes = [[(child.tag, child.get("type")) for child in case] for case in cases]
    assert outcomes == [
        *([], [], [("failure", "todo")], [("failure", "failed")], [("error", "timeout")])
    ]
    points = {each.get("name"): each.get("value") for each in first.iter("property")}
    assert (points["score"], points["max_score"]) == ("7", "11")
    assert (points["1.1.normalize.score"], points["3.2.softmax.max_score"]) == ("6", "3")


def test_junit_tells_a_student_feedback_only_and_an_instructor_all(tmp_path):
    told = result("a", name="Ann Smith", notes=["a note"])
    text, root = junit(tmp_path, told)
    assert next(root.iter("failure")).text == "to do"
    assert not [word for word in (SECRET, str(SEED), "Ann Smith", "a note") if word in text]
    text, root = junit(tmp_path, told, audience="instructor")
    assert f"{SECRET} it took too long" in [error.text for error in root.iter("error")]
    assert "Ann Smith" in text
    assert "a note" in text


@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_nothing_hostile_breaks_the_xml(tmp_path, audience):
    bad = check(HOSTILE, "failed", HOSTILE, HOSTILE, message=HOSTILE)
    hostile = result("a", chapter("1.1", function("f", bad)), notes=[HOSTILE], name=HOSTILE)
    text, root = junit(tmp_path, hostile, result("b"), audience=audience)
    assert len(root) == 2
    assert "<script>" in next(root.iter("failure")).text  # as text
    assert "<script>" not in text
    assert {unicodedata.category(c) for c in text if c not in "\n\t"} & {"Cc", "Cf", "Cs"} == set()


def test_a_result_of_an_earlier_version_is_exported_too(tmp_path):
    old = copy.deepcopy(result("/home/ann/exercises"))
    for key in ("student", "notes", "digest", "grader", "graded", "sandbox"):
        del old[key]
    for part in old["chapters"]:
        for each in part["functions"]:
            del each["because_of"]
            for one in each["checks"]:
                del one["feedback"]
    for format in FORMATS:
        assert grade("export", format, written(tmp_path, old), "--out", tmp_path / format)[0] == 0
        text = (tmp_path / format).read_text()
        assert "/home" not in text
        assert SECRET not in text
    assert json.loads((tmp_path / "gradescope").read_text())["score"] == 7
