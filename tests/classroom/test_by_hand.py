"""Points and comments by hand, and what `grade compare` says of them."""

import csv
import getpass
import json
import re

import pytest
from support.class_runs import lines
from support.made_gradings import ANN, DUE, grade, hand_in, result, rules, typed
from support.made_results import refused
from support.running import call_grade


@pytest.fixture
def out(tmp_path):
    """A class of two, graded."""
    bob = hand_in("bob", ch1_1="normalize=2", ch1_2="linear=2")
    grade(tmp_path / "out", [ANN, bob], "1.1,1.2")
    return tmp_path / "out"


def function(out, id, name):
    parts = [f for chapter in result(out, id)["chapters"] for f in chapter["functions"]]
    return next(f for f in parts if f["name"] == name)


def test_points_by_hand_are_in_the_result_at_once_with_who_when_and_why(out):
    told = typed("override", "bob", "normalize", "5", "--why", "a typo", "--out", out)
    assert told.startswith("bob: 4 -> 7 of 20 points")
    found = function(out, "bob", "normalize")
    assert found["score"] == 5
    told = found["override"]
    assert (told["instead_of"], told["why"], told["who"]) == (2, "a typo", getpass.getuser())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", told["when"])
    (line,) = (out / "corrections.jsonl").read_text().splitlines()
    assert json.loads(line)["what"] == "override"
    assert result(out, "bob")["score"] == 7


@pytest.mark.parametrize("who", ["emmy", "EMMY@x.edu", "Emmy Noether", "noether, emmy"])
def test_a_person_is_named_by_login_email_or_name_as_well(tmp_path, who):
    emmy = {"login": "emmy", "email": "emmy@x.edu", "name": "Noether, Emmy"}
    other = {"login": "em", "name": "Emmy Other"}
    grade(tmp_path, [hand_in("s1", student=emmy), hand_in("s2", student=other)])
    told = typed("override", who, "normalize", "5", "--why", "x", "--out", tmp_path)
    assert told.startswith("s1: no grade -> 5 of 10 points")
    assert function(tmp_path, "s1", "normalize")["score"] == 5
    told = typed("override", who, "normalize", "--undo", "--out", tmp_path)
    assert told == "s1: 5 -> no grade\n"


def test_two_submissions_of_one_person_are_told_apart_by_their_ids(tmp_path):
    grade(tmp_path, [hand_in(id, student={"name": "Emmy Noether"}) for id in ("s1", "s2")])
    done = call_grade("comment", "Emmy Noether", "well done", "--out", tmp_path)
    assert done.returncode == 2
    assert "has 2 submissions: write `s1` or `s2`" in done.stderr


def test_points_by_hand_outlive_regrading_and_can_be_taken_back(out):
    typed("override", "bob", "1.1.normalize", "5", "--why", "x", "--out", out)
    bob = hand_in("bob", ch1_1="normalize=3", ch1_2="linear=2")
    assert grade(out, [ANN, bob], "1.1,1.2")[0] == [["1.1", "1.2"]]
    found = function(out, "bob", "normalize")
    assert (found["score"], found["override"]["instead_of"]) == (5, 3)
    grade(out, [ANN, bob], "1.1,1.2", regrade=["bob"], full=True)
    found = function(out, "bob", "normalize")
    assert (found["score"], found["override"]["instead_of"]) == (5, 6)
    typed("override", "bob", "normalize", "--undo", "--out", out)
    assert function(out, "bob", "normalize")["score"] == 6
    assert "override" not in function(out, "bob", "normalize")
    assert len((out / "corrections.jsonl").read_text().splitlines()) == 2


def test_all_of_it_comes_through_an_interrupted_and_resumed_run_and_a_regrade(tmp_path):
    """Due dates, an extension, an override, weights and comments, to the point."""
    out = tmp_path / "out"
    text = f'{DUE}[weights]\n"1.2" = 2\n[extensions]\ncy = {{ days = 2 }}\n'
    rules(out, text)
    late = "2026-10-14T10:00:00"
    people = [
        hand_in(id, handed_in=late, ch1_1="normalize=4", ch1_2="linear=2")
        for id in ("ann", "bob", "cy")
    ]
    grade(out, people, "1.1,1.2", stop=1)
    assert [line["submission"] for line in lines(out)] == ["ann"]
    typed("override", "ann", "normalize", "6", "--why", "x", "--out", out)
    assert typed("comment", "ann", "linear", "see me", "--out", out) == "ann: noted\n"
    typed("comment", "ann", "well done", "--out", out)
    wanted = {"ann": 6 * 0.8 + 4, "bob": 4 * 0.8 + 4, "cy": 4 + 4}
    for regrade in ((), ("ann",), ("ann", "bob", "cy")):
        grade(out, people, "1.1,1.2", regrade=regrade)
        scores = {line["submission"]: line["score"] for line in lines(out)}
        assert scores == pytest.approx(wanted)
        assert [c["text"] for c in result(out)["comments"]] == ["well done"]
        assert [c["text"] for c in function(out, "ann", "linear")["comments"]] == ["see me"]
        assert result(out)["policy"]["before"] == {"score": 8, "max_score": 20}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("override", "eve", "normalize", "1", "--why", "x"), "no submission `eve`"),
        (("override", "ann", "softmax", "1", "--why", "x"), "no graded function `softmax`"),
        (("override", "ann", "normalize", "7", "--why", "x"), "write 0 to 6"),
        (("override", "ann", "normalize", "--why", "x", "--", "-1"), "write 0 to 6"),
        (("override", "ann", "normalize", "nan", "--why", "x"), "write 0 to 6"),
        (("override", "ann", "normalize", "1"), "the reason with --why"),
        (("override", "ann", "normalize", "1", "--why", " "), "the reason with --why"),
        (("override", "ann", "normalize", "--undo"), "no points by hand"),
        (("comment", "ann", "one", "two", "three"), "in quotes"),
        (("comment", "ann"), "in quotes"),
        (("comment", "ann", " "), "in quotes"),
        (("comment", "ann", "--undo"), "no such comment"),
    ],
)
def test_misuse_by_hand_is_one_line_and_changes_nothing(out, args, told):
    before = (out / "results.jsonl").read_bytes()
    split = args.index("--") if "--" in args else len(args)
    assert told in refused(*args[:split], "--out", out, *args[split:])
    assert (out / "results.jsonl").read_bytes() == before
    assert not (out / "corrections.jsonl").exists()


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1]",
        '{"what": "override"}',
        '{"what": "x", "id": "ann", "chapter": null, "function": null, "who": "", "when": ""}',
        '{"what": "override", "id": "ann", "chapter": "1.1", "function": "normalize", '
        '"points": "5", "why": "", "who": "", "when": ""}',
    ],
)
def test_a_broken_file_of_corrections_is_one_line(out, line):
    typed("comment", "ann", "well done", "--out", out)
    with open(out / "corrections.jsonl", "a") as file:
        file.write(f"{line}\n")
    told = refused("comment", "ann", "again", "--out", out)
    assert f"`{out / 'corrections.jsonl'}` line 2 is not a correction" in told


def test_comments_can_be_taken_back_and_the_folder_may_be_left_out(out, monkeypatch):
    monkeypatch.chdir(out.parent)
    for cwd in (out, out.parent):
        assert call_grade("comment", "ann", "well done", cwd=cwd).returncode == 0
    assert len(result(out)["comments"]) == 2
    typed("comment", "ann", "--undo", "--out", out)
    typed("comment", "ann", "--undo", "--out", out)
    assert "comments" not in result(out)


BOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab (7)\n    Points Possible,,,,,20\nbob,1,,,A,\n"
)


def test_what_was_done_by_hand_is_marked_in_every_export(out, tmp_path):
    typed("override", "bob", "normalize", "6", "--why", "PRIVATE REASON", "--out", out)
    typed("comment", "bob", "linear", "see me", "--out", out)
    typed("comment", "bob", "well done", "--out", out)
    mark = "points set by hand: 6 instead of 2"

    def export(format, name, *options):
        done = call_grade("export", format, out, "--out", tmp_path / name, *options)
        assert done.returncode == 0, done.stderr
        return done.stderr

    export("csv", "a.csv")
    with open(tmp_path / "a.csv", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == "bob")
    assert mark in row["by_hand"]
    assert "PRIVATE REASON" in row["by_hand"]
    assert row["comments"] == "well done; 1.2 linear: see me"
    assert row["score"] == "8"

    (tmp_path / "book.csv").write_text(BOOK)
    options = ("--gradebook", tmp_path / "book.csv", "--column", "Lab")
    assert mark in export("canvas", "upload.csv", *options)
    assert (tmp_path / "upload.csv").read_text().splitlines()[2] == "bob,1,,,A,8"

    export("gradescope", "scope")
    found = json.loads((tmp_path / "scope" / "bob.json").read_text())
    assert found["output"] == "well done"
    tests = {test["name"]: test for test in found["tests"]}
    assert mark in tests["1.1 normalize"]["output"]
    assert (tests["1.1 normalize"]["score"], tests["1.1 normalize"]["status"]) == (6, "passed")
    assert "see me" in tests["1.2 linear"]["output"]

    export("junit", "a.xml")
    assert mark in (tmp_path / "a.xml").read_text()
    export("html", "report")
    page = (tmp_path / "report" / "students" / "bob.html").read_text()
    for text in (mark, "see me", "well done"):
        assert text in page
        assert text in (tmp_path / "report" / "class.html").read_text()
    assert "PRIVATE REASON" in (tmp_path / "report" / "class.html").read_text()
    for name in ("scope/bob.json", "a.xml", "report/students/bob.html"):
        assert "PRIVATE REASON" not in (tmp_path / name).read_text()


def test_students_may_be_shown_points_alone(out, tmp_path):
    def shown():
        call_grade("export", "html", out, "--out", tmp_path / "r")
        call_grade("export", "junit", out, "--out", tmp_path / "a.xml")
        call_grade("export", "gradescope", out, "--out", tmp_path / "scope")
        files = ("r/students/bob.html", "a.xml", "scope/bob.json")
        return ["secret feedback" in (tmp_path / name).read_text() for name in files]

    assert shown() == [True] * 3
    rules(out, '[students]\nshow = "points"\n')
    grade(out, [ANN], "1.1,1.2")
    assert shown() == [False] * 3


# Compare


def test_compare_shows_whose_points_differ_where_and_why(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    bob = hand_in("bob", ch1_1="normalize=6", handed_in="2026-10-14T10:00:00")
    grade(old, [ANN, bob, hand_in("cy", ch1_1="")])
    done = call_grade("compare", old, old)
    assert (done.returncode, done.stdout) == (0, "different: 0 of 3 submissions\n")
    rules(new, DUE)
    grade(new, [ANN, hand_in("bob", ch1_1="normalize=timeout", handed_in="2026-10-14T10:00:00")])
    typed("override", "ann", "one_hot", "1", "--why", "copied", "--out", new)
    done = call_grade("compare", old, new / "results.jsonl")
    assert done.returncode == 1
    told = done.stdout
    assert (
        "ann\n  10 of 10 -> 7 of 10\n  1.1 one_hot: 4 of 4 -> 1 of 4; by hand none -> 1 (" in told
    )
    assert ": copied)" in told
    assert (
        "bob\n  6 of 10 -> 0 of 10\n  1.1 normalize: 6 of 6 -> 0 of 6; status passed -> timeout"
        in told
    )
    assert "1.1: no rule -> 2 d late, -20%" in told
    assert "cy\n  not in NEW" in told
    assert told.endswith("different: 3 of 3 submissions\n")
    assert "cannot be read" in refused("compare", old, tmp_path / "nowhere")
