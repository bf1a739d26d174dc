"""Weeks in which nothing could be read, among others: no 0 for them, and no loss of the others."""

import csv
import json

import pytest
from support.handed_in import written
from support.made_gradings import grade
from support.running import call_grade

from grader.classroom import ledger
from grader.intake import intake

FIRST, SECOND = "ch1_1_numpy_arrays.py", "ch1_2_matrix_operations.py"
PHOTO = {"photo.png": b"\x89PNG"}
READ = {FIRST: "def normalize(X): normalize=6", SECOND: "def linear(X): matrix_multiply=5"}
GRADEBOOK = "Student,ID,SIS Login ID,Section,Lab (1)\n    Points Possible,,,,20\nann,7,ann,A,\n"


def week(folder, number, files):
    """Grade chapter 1.1 or 1.2 of Ann's and a neighbor's uploads; return what a repetition says."""
    submissions = folder / f"week{number}"
    read = {name: READ[name] for name in ((FIRST, SECOND)[number - 1],)}
    written(submissions, {"ann": files, "zoe": read})
    grade(folder / "out", intake.read(submissions).hand_ins, f"1.{number}")
    arguments = ("--out", folder / "out", "--isolation", "none", "--chapters", f"1.{number}")
    done = call_grade("class", submissions, *arguments)
    assert done.returncode == 0, done.stderr
    assert "graded 0; already graded before: 2" in done.stdout
    return done.stdout


def exported(folder, format, *options):
    out = folder / f"{format}.out"
    done = call_grade("export", format, folder / "out", "--out", out, *options)
    assert done.returncode == 0, done.stderr
    return out


def table(folder, *options):
    rows = csv.DictReader(exported(folder, "csv", *options).read_text().splitlines())
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize("unread", [1, 2])
def test_a_week_that_was_not_read_has_no_grade_and_the_other_keeps_its_own(tmp_path, unread):
    uploads = [{FIRST: READ[FIRST]}, {SECOND: READ[SECOND]}]
    uploads[unread - 1] = PHOTO
    week(tmp_path, 1, uploads[0])
    said = week(tmp_path, 2, uploads[1])
    lost = f"1.{unread}"
    assert f"no grade in {lost}, as nothing could be read: `ann`" in said
    assert "so there is no grade:" not in said
    (ann, _) = ledger.read(tmp_path / "out")
    points = (5, 6)[unread == 2]
    assert (ann.score, ann.max_score) == (points, 10)
    row = table(tmp_path)["ann"]
    assert row[lost] == row[f"{lost}.{'normalize' if unread == 1 else 'linear'}"] == ""
    assert (row["score"], row["max_score"], row[f"1.{3 - unread}"]) == (
        *(str(points), "10"),
        str(points),
    )
    assert f"chapter {lost}: nothing could be read" in row["notes"]
    page = (exported(tmp_path, "html") / "students" / "ann.html").read_text()
    assert f"chapter {lost}: nothing could be read" in page
    row = table(tmp_path, "--zeros")["ann"]
    assert (row[lost], row["score"], row["max_score"]) == ("0", str(points), "20")


def test_a_stub_of_the_next_week_leaves_the_first_one_without_a_grade(tmp_path):
    week(tmp_path, 1, PHOTO)
    week(tmp_path, 2, {SECOND: "def linear(X): raise NotImplementedError"})
    assert table(tmp_path)["ann"]["1.1"] == ""
    assert table(tmp_path)["ann"]["1.2"] == "0"
    (tmp_path / "book.csv").write_text(GRADEBOOK)
    fill = ("--gradebook", tmp_path / "book.csv", "--column", "Lab (1)")
    done = call_grade("export", "canvas", tmp_path / "out", "--out", tmp_path / "up.csv", *fill)
    assert "chapter 1.1: nothing could be read" in done.stderr
    assert (tmp_path / "up.csv").read_text().splitlines()[-1] == "ann,7,ann,A,0"


def test_points_by_hand_and_a_new_upload_are_a_grade(tmp_path):
    week(tmp_path, 1, PHOTO)
    week(tmp_path, 2, {SECOND: READ[SECOND]})
    done = call_grade(
        "override", "ann", "normalize", "2", "--why", "by mail", "--out", tmp_path / "out"
    )
    assert done.stdout == "ann: 5 -> 7 of 20 points\n"
    assert table(tmp_path)["ann"]["1.1"] == "2"
    call_grade("override", "ann", "normalize", "--undo", "--out", tmp_path / "out")
    assert table(tmp_path)["ann"]["1.1"] == ""
    said = week(tmp_path, 1, {FIRST: READ[FIRST]})
    assert "nothing could be read" not in said
    assert table(tmp_path)["ann"]["score"] == "11"


def test_students_read_why_in_every_form(tmp_path):
    week(tmp_path, 1, PHOTO)
    week(tmp_path, 2, {SECOND: READ[SECOND], "essay.pdf": b"%PDF"})
    results = (tmp_path / "out" / "results.jsonl").read_text()
    (tmp_path / "out" / "results.jsonl").write_text(
        results.replace('"student": {"name": "ann"', '"student": {"id": "7", "name": "ann"')
    )
    comments = json.loads(exported(tmp_path, "comments").read_text())["grade_data"]
    for text in (comments["7"]["text_comment"], exported(tmp_path, "summary").read_text()):
        assert "1.1: nothing could be read, so there is no grade" in text
        assert "essay.pdf" in text


def test_an_upload_that_is_not_read_takes_no_points_away(tmp_path):
    everything = {"ann": READ, "zoe": READ}
    submissions = written(tmp_path / "in", everything)
    grade(tmp_path / "out", intake.read(submissions).hand_ins, "1.1,1.2")
    later = written(tmp_path / "later", {**everything, "ann": PHOTO})
    arguments = ("--out", tmp_path / "out", "--isolation", "none", "--chapters", "1.1,1.2")
    done = call_grade("class", later, *arguments)
    assert "nothing could be read, so the results of earlier uploads stay: `ann`" in done.stdout
    assert table(tmp_path)["ann"]["score"] == "11"


def test_the_rules_of_the_course_leave_out_what_has_no_grade(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "course.toml").write_text('[weights]\n"1.1" = 3\n"1.2" = 2\n')
    week(tmp_path, 1, PHOTO)
    week(tmp_path, 2, {SECOND: READ[SECOND]})
    (ann, zoe) = ledger.read(tmp_path / "out")
    assert (ann.score, ann.max_score) == (10, 20)
    assert (zoe.score, zoe.max_score) == (28, 50)
    assert table(tmp_path, "--zeros")["ann"]["max_score"] == "50"
