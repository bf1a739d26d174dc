"""From a platform's zip to its gradebook: whose submission it was decides whose grade it is, and
Canvas's importer finds new grades in the one column and nothing else changed.
"""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.made_results import grade, scored, without_tally, written

from grader.intake import intake

CHAPTER = "ch1_1_numpy_arrays.py"


def canvas_reads(data):
    """`(assignment -> points, assignment -> student -> grade)`, as `GradebookImporter` does it."""
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    rows = [[_number(cell) for cell in row] for row in rows if any(map(str.strip, row))]
    header = rows.pop(0)
    names = 2 if header[:2] == ["LastName", "FirstName"] else 1
    assert len(header) > names + 2
    assert "Student" in header[0] or names == 2
    assert "ID" in header[names]
    columns = names + 2 + _more_columns(header[names + 1 :])
    assert "Section" in header[columns - 1]
    assignments = [title for title in header[columns:] if not re.search("(Current|Final) ", title)]
    (points,) = (row for row in rows if "Points Possible" in row[0])
    people = [row for row in rows if row is not points and not _is_of_posting(row)]
    assert {len(row) for row in rows} == {len(header)}
    return {title: points[header.index(title)] for title in assignments}, {
        title: {row[names]: row[header.index(title)].strip() for row in people}
        for title in assignments
    }


def _delimiter(text):
    """The one that gives the first three lines the same number of cells, and more of them."""
    counts = {}
    for mark in ",;":
        lines = [csv.reader([line], delimiter=mark, strict=True) for line in text.splitlines()[:3]]
        try:
            lengths = [len(next(line)) for line in lines]
        except csv.Error:
            lengths = [0]
        counts[mark] = lengths[0] if len(set(lengths)) == 1 else 0
    return max(",;", key=counts.get)


def _number(cell):
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *whole, last = re.split("[,.]", cell)
    return f"{''.join(whole)}.{last}" if whole else last


def _more_columns(headers):
    if headers[0] == "SIS Login ID":
        return 1
    if headers[:2] != ["SIS User ID", "SIS Login ID"]:
        return 0
    return 2 + ("Integration ID" in headers[2]) + ("Root Account" in headers[2:4])


def _is_of_posting(row):
    return all(
        re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.IGNORECASE) for cell in row
    )


PLAIN = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (101),Lab 2 (102),Final Score
,,,,,,Manual Posting,
    Points Possible,,,,,10.00,20.00,(read only)
"Lee, Ann",11,S11,ann@x.edu,"Monday, early",,3.50,
"Ray, Bob",12,S12,bob@x.edu,Monday,EX,4.00,
"Student, Test",99,,0123456789abcdef,Monday,,,
"""
WIDE = """\
Student,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section,Notes,Lab 1 (101)
    Points Possible,,,,,,,,10.00
"Lee, Ann",11,S11,ann@x.edu,I-11,x.instructure.com,Monday,"likes ""quotes""
and lines",1
"Ray, Bob",12,S12,bob@x.edu,I-12,x.instructure.com,Monday,,2
"""
COMMAS = """\
Student;ID;SIS User ID;SIS Login ID;Section;Lab 1 (101);Lab 2 (102);Final Score
;;;;;;Manual Posting;
    Points Possible;;;;;10,00;1.000,00;(read only)
Lee, Ann;11;S11;ann@x.edu;"Monday; early";;3,50;
Ray, Bob;12;S12;bob@x.edu;Monday;EX;4,00;
"""
NAMES = """\
LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Lab 1 (101)
    Points Possible,,,,,,10.00
Lee,Ann,11,S11,ann@x.edu,Monday,
Ray,Bob,12,S12,bob@x.edu,Monday,
"""


def export(folder, book, *results, column="Lab 1"):
    """`(bytes of the filled gradebook, lines on stderr)`."""
    file, out = folder / "book.csv", folder / "filled.csv"
    file.write_bytes(book)
    arguments = ["--out", out, "--gradebook", file, "--column", column]
    code, printed, error = grade("export", "canvas", written(folder, *results), *arguments)
    assert (code, printed) == (0, ""), error
    return out.read_bytes(), without_tally(error)


@pytest.mark.parametrize("text", [PLAIN, WIDE, COMMAS, NAMES], ids=["plain", "wide", ";", "names"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_canvas_finds_the_new_grades_and_no_other_change(tmp_path, text, mark):
    book = mark + text.replace("\n", "\r\n").encode()
    filled, lines = export(tmp_path, book, scored("a", 8.25, id="11"))
    assert lines == []
    (points, before), (same_points, after) = canvas_reads(book), canvas_reads(filled)
    assert same_points == points
    assert after.pop("Lab 1 (101)") == before.pop("Lab 1 (101)") | {"11": "8.25"}
    assert after == before


MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade"\n'
    '"Participant 11","Ann Lee",ann@x.edu,Submitted,,10.00\n'
    '"Participant 12","Bob Ray",bob@x.edu,Submitted,,10.00\n'
    '"Participant 1","Cy Orr",cy@x.edu,Submitted,,10.00\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,Lab 1 Points Grade <Numeric MaxPoints:10>,"
    "End-of-Line Indicator\n"
    "#S11,#ann,Lee,Ann,ann@x.edu,,#\n#S12,#bob,Ray,Bob,bob@x.edu,,#\n"
)
METADATA = """\
---
submission_11:
  :submitters:
  - :name: Ann Lee
    :sid: S11
    :email: ann@x.edu
submission_12:
  :submitters:
  - :name: Bob Ray
    :sid: S12
    :email: bob@x.edu
"""


@pytest.mark.parametrize(
    ("names", "book", "column"),
    [
        ([f"leeann_11_901_{CHAPTER}", f"raybob_LATE_12_902_{CHAPTER}"], PLAIN, "Lab 2 (102)"),
        ([f"leeann_11_901_{CHAPTER}", f"raybob_12_902_{CHAPTER}"], WIDE, "Lab 1"),
        (
            [f"{who}_assignsubmission_file_/{CHAPTER}" for who in ("Ann Lee_11", "Bob Ray_12")],
            MOODLE,
            "Grade",
        ),
        (
            [
                f"11-5 - Ann Lee - Oct 5, 2026 1234 PM/{CHAPTER}",
                f"12-5 - Bob Ray - Oct 5, 2026 1235 PM/{CHAPTER}",
            ],
            BRIGHTSPACE,
            "Lab 1",
        ),
        ([f"assignment/submission_{number}/{CHAPTER}" for number in (11, 12)], PLAIN, "Lab 2"),
    ],
    ids=["canvas", "canvas with more columns", "moodle", "brightspace", "gradescope to canvas"],
)
def test_from_the_platforms_zip_to_its_gradebook(tmp_path, names, book, column):
    file = tmp_path / "class.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "def normalize(X):\n    return X\n")
        if names[0].startswith("assignment/"):
            archive.writestr("assignment/submission_metadata.yml", METADATA)
    handed_in = intake.read(file).hand_ins
    assert len(handed_in) == 2
    points = [5 if "11" in f"{s.id} {s.student}" else 6 for s in handed_in]
    results = [scored(s.id, n, **s.student) for s, n in zip(handed_in, points, strict=True)]
    filled, _ = export(tmp_path, book.encode(), *results, column=column)
    before, after = book.splitlines(), filled.decode().splitlines()
    changed = {new for old, new in zip(before, after, strict=True) if old != new}
    assert len(changed) == 2
    assert all("5" in line for line in changed if "Ann" in line or "and lines" in line)
    assert all("6" in line for line in changed if "Bob" in line)


@pytest.mark.parametrize("id", ["u11", "abc11", "S-11", "-11", "011", "11.0"])
def test_only_the_same_id_is_the_same_person(tmp_path, id):
    results = [scored("one", 9, id=id), scored("other", 4, id="12")]
    filled, lines = export(tmp_path, NAMES.encode(), *results)
    assert canvas_reads(filled)[1] == {"Lab 1 (101)": {"11": "", "12": "4"}}
    assert len(lines) == 1
    assert "`one`" in lines[0]


@pytest.mark.parametrize(
    ("book", "column"), [(PLAIN, "Lab 2 (102)"), (MOODLE, "Grade"), (BRIGHTSPACE, "Lab 1")]
)
def test_an_export_says_how_many_rows_it_filled_and_why_not_the_others(tmp_path, book, column):
    filled = scored("ann", 9, name="Ann Lee") | {
        "policy": {
            "before": {"score": 10, "max_score": 10},
            "chapters": [{"id": "1.1", "score": 9, "days_late": 1, "percent_off": 10}],
        }
    }
    file, out = tmp_path / "book.csv", tmp_path / "filled.csv"
    file.write_text(book)
    arguments = ["--out", out, "--gradebook", file, "--column", column]
    results = written(tmp_path, filled, scored("stranger", 3, name="Nobody"))
    code, _, error = grade("export", "canvas", results, *arguments)
    assert code == 0
    rows = book.count("@x.edu")
    assert f"grade: 1 of {rows} rows of students were filled\n" in error
    state = "left with the grade that was there" if "Lab 2" in column else "left blank"
    why = "without a matching submission that has a grade"
    assert f"grade: {rows - 1} {state}, {why}: " in error
    assert "`stranger` (Nobody) was not written" in error
    assert "1.1: 1 day late, -10%" in error
    assert "before the rules of the course: 10 of 10" in error


texts = st.text(st.sampled_from('ab,;"\n é=.'), max_size=5)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4), st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_in_the_gradebook_canvas_finds_the_grades(tmp_path_factory, people, data):
    folder = tmp_path_factory.mktemp("book")
    rows = [["Student", "ID", "Section", "Lab 1 (1)", "Lab 2 (2)"]]
    rows += [["    Points Possible", "", "", "10.00", "5.00"]]
    rows += [[f"x{name}", str(n), f"s{text}", "", text] for n, (name, text) in enumerate(people)]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    graded = data.draw(st.sets(st.sampled_from(range(len(people))), min_size=1))
    results = [scored(f"s_{n}", n + 1, id=str(n)) for n in sorted(graded)]
    filled, lines = export(folder, stream.getvalue().encode(), *results)
    assert lines == []
    wanted = [list(row) for row in rows]
    for n in graded:
        wanted[n + 2][3] = str(n + 1)
    assert list(csv.reader(io.StringIO(filled.decode(), newline=""), strict=True)) == wanted
