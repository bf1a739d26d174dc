"""The rules of `course.toml` and corrections by hand, right to the point."""

import csv
import getpass
import json
import re

import pytest
from support.class_runs import lines
from support.made_gradings import grade, hand_in
from support.made_results import refused
from support.running import call_grade

from grader.classroom import course_file, imports, ledger

ANN = hand_in("ann", ch1_1="normalize=6 one_hot=4", ch1_2="matrix_multiply=5 linear=5")


def rules(out, text):
    out.mkdir(exist_ok=True)
    (out / "course.toml").write_text(text, encoding="utf-8")


def result(out, id="ann"):
    return next(line for line in lines(out) if line["submission"] == id)


def policy(out, chapter="1.1", id="ann"):
    return next(c for c in result(out, id)["policy"]["chapters"] if c["id"] == chapter)


def typed(*args):
    done = call_grade(*args)
    assert done.returncode == 0, done.stderr
    return done.stdout


# Late


DUE = """
[course]
timezone = "Europe/Berlin"
[due]
"1.1" = 2026-10-12
"1.2" = 2026-10-19T18:00:00
[late]
percent_per_day = 10
most_percent = 25
grace_minutes = 15
"""


@pytest.mark.parametrize(
    ("time", "days", "off"),
    [
        ("2026-10-12T23:59:59", 0, 0),
        ("2026-10-13T00:14:59", 0, 0),  # the grace, to the second
        ("2026-10-13T00:15:00", 1, 10),
        ("2026-10-13T23:59:59", 1, 10),
        ("2026-10-14T00:00:00", 2, 20),
        ("2026-10-14T23:59:59", 2, 20),
        ("2026-10-20T12:00:00", 8, 25),  # the cap
        ("2026-10-12T22:00:00+00:00", 0, 0),  # one second late in Berlin
        ("2026-10-12T22:15:00+00:00", 1, 10),
    ],
)
def test_what_is_late_costs_percents_of_its_chapter(tmp_path, time, days, off):
    rules(tmp_path, DUE)
    late = hand_in("ann", handed_in=time, ch1_1="normalize=6", ch1_2="linear=5")
    grade(tmp_path, [late], "1.1")
    assert policy(tmp_path).get("days_late", 0) == days
    assert policy(tmp_path).get("percent_off", 0) == off
    found = result(tmp_path)
    assert found["score"] == pytest.approx(6 * (1 - off / 100), abs=1e-6)
    assert found["policy"]["before"] == {"score": 6, "max_score": 10}
    assert found["chapters"][0]["score"] == 6


def test_over_the_change_of_the_clocks_a_day_has_24_hours(tmp_path):
    rules(tmp_path, DUE.replace("2026-10-12", "2026-10-25T01:00:00").replace("= 15", "= 0"))
    grade(tmp_path, [hand_in("ann", handed_in="2026-10-26T00:00:00", ch1_1="normalize=6")])
    assert policy(tmp_path)["days_late"] == 1
    grade(tmp_path, [hand_in("ann", handed_in="2026-10-26T00:30:00", ch1_1="normalize=5")])
    assert policy(tmp_path)["days_late"] == 2


def test_each_chapter_has_its_own_due_date_and_week(tmp_path):
    rules(tmp_path, DUE)
    grade(
        tmp_path, [hand_in("ann", handed_in="2026-10-13T10:00:00", ch1_1="normalize=6 one_hot=4")]
    )
    second = hand_in("ann", handed_in="2026-10-21T10:00:00", ch1_2="linear=5")
    grade(tmp_path, [second], "1.2")
    assert policy(tmp_path, "1.1")["percent_off"] == 10
    assert policy(tmp_path, "1.2")["percent_off"] == 20
    assert result(tmp_path)["score"] == pytest.approx(9 + 4)


def test_the_same_files_handed_in_again_are_not_later(tmp_path):
    rules(tmp_path, DUE)
    in_time = hand_in("ann", handed_in="2026-10-12T10:00:00", ch1_1="normalize=6")
    again = hand_in("ann", handed_in="2026-10-20T10:00:00", ch1_1="normalize=6")
    grade(tmp_path, [in_time])
    assert grade(tmp_path, [again])[0] == []
    assert result(tmp_path)["score"] == 6


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("ann = { days = 1 }", 1),
        ("ann = { days = 3 }", 0),
        ('"ann@x.org" = { until = 2026-10-14T10:00:00 }', 0),
        ('"Ann Lee" = { until = 2026-10-14T09:00:00 }', 1),
        ('ann = { days = 3, chapters = ["1.2"] }', 2),
        ('ann = [{ days = 1 }, { days = 3, chapters = ["1.1"] }]', 0),
        ("bob = { days = 3 }", 2),
        ("ann = { until = 2026-10-01 }", 2),  # never earlier than the others
    ],
)
def test_extensions_are_by_person(tmp_path, line, days):
    rules(tmp_path, f"{DUE}[extensions]\n{line}\n")
    student = {"name": "Ann Lee", "email": "ann@x.org"}
    late = hand_in("ann", handed_in="2026-10-14T10:00:00", student=student, ch1_1="normalize=6")
    _, run = grade(tmp_path, [late])
    assert policy(tmp_path).get("days_late", 0) == days
    assert run.terms.strangers(ledger.read(tmp_path)) == (["bob"] if "bob" in line else [])


def test_without_a_time_nothing_is_taken_off_and_the_file_can_say_it(tmp_path):
    rules(tmp_path, DUE)
    unknown = hand_in("ann", late=True, ch1_1="normalize=6")
    grade(tmp_path, [unknown])
    assert policy(tmp_path)["unknown"] == "marked late"
    assert result(tmp_path)["score"] == 6
    rules(tmp_path, f"{DUE}[handed_in]\nann = 2026-10-13T12:00:00\n")
    assert grade(tmp_path, [unknown])[0] == []
    assert result(tmp_path)["score"] == pytest.approx(5.4)


# Weights, optional chapters, imports


def test_weights_and_optional_chapters(tmp_path):
    rules(tmp_path, '[weights]\n"1.1" = 2\n[course]\noptional = ["1.2"]\n')
    half = hand_in("bob", ch1_1="normalize=6", ch1_2="linear=5")
    grade(tmp_path, [ANN, half], "1.1,1.2")
    by_id = {line["submission"]: line for line in lines(tmp_path)}
    assert (by_id["bob"]["score"], by_id["bob"]["max_score"]) == (12 + 5, 20)
    assert by_id["ann"]["score"] == 20  # extra points up to the maximum
    assert by_id["ann"]["policy"]["before"]["max_score"] == 20


def test_new_rules_grade_nothing_again_and_apply_once(tmp_path):
    grade(tmp_path, [ANN])
    for weight in (2, 2, 3):
        rules(tmp_path, f'[weights]\n"1.1" = {weight}\n')
        assert grade(tmp_path, [ANN])[0] == []
        assert result(tmp_path)["score"] == 10 * weight
        assert result(tmp_path)["policy"]["before"]["score"] == 10
    (tmp_path / "course.toml").unlink()
    assert grade(tmp_path, [ANN])[0] == []
    assert "policy" not in result(tmp_path)
    assert result(tmp_path)["score"] == 10


IMPORTING = hand_in(
    "ann",
    ch1_1="from scipy import special as sp, signal\nnormalize=6\nX = sp.softmax(1)\n",
    ch1_2="import torch, numpy, math\nimport matplotlib.pyplot as plt\nlinear=5\n",
)


@pytest.mark.parametrize(
    ("text", "refused", "score"),
    [
        ("", [None, None], 11),
        ('ready_made_use = "refuse"', [["scipy.special.softmax"], None], 5),
        ('others = "refuse"', [None, ["torch"]], 6),
        ('others = "refuse"\nalso = ["torch"]', [None, ["matplotlib"]], 6),
        ('others = "refuse"\nalso = ["torch", "matplotlib"]', [None, None], 11),
        ('ready_made_use = "refuse"\nready_made = ["scipy.signal"]', [["scipy.signal"], None], 5),
    ],
)
def test_imports_are_reported_or_refused(tmp_path, text, refused, score):
    rules(tmp_path, f"[imports]\n{text}\n")
    grade(tmp_path, [IMPORTING], "1.1,1.2")
    chapters = [policy(tmp_path, id) for id in ("1.1", "1.2")]
    assert [chapter.get("refused") for chapter in chapters] == refused
    assert result(tmp_path)["score"] == score
    if not text:
        told = [chapter["reported"] for chapter in chapters]
        assert told == [["scipy.special.softmax"], ["torch"]]


def test_what_the_stubs_and_notebooks_import_costs_nothing(tmp_path):
    """The demo of every stub imports from the grader."""
    rules(tmp_path, '[imports]\nothers = "refuse"\n')
    demo = "def demo():\n    from grader.demo import run\n"
    colab = "from google.colab import drive\nfrom IPython.display import display\n"
    assert imports.of_chapters({"ch1_1_numpy_arrays.py": f"{demo}{colab}".encode()}) == {}
    grade(tmp_path, [hand_in("ann", ch1_1=f"normalize=6\n{demo}{colab}")])
    assert policy(tmp_path).get("refused") is None


def test_own_helper_modules_are_no_packages_but_what_they_import_counts():
    files = {
        "ch1_1_numpy_arrays.py": b"from .tools import f\n",
        "ch1_2_matrix_operations.py": b"from exercises.ch1_1_numpy_arrays import normalize\n",
        "tools.py": b"import sklearn.metrics\n",
        "ch1_3_activation_basics.py": b"def broken(:\n",
    }
    assert imports.of_chapters(files) == {"1.1": ["sklearn"]}


# The file


def test_init_writes_a_file_that_says_the_defaults_and_keeps_an_edited_one(tmp_path):
    out = tmp_path / "out"
    assert "course.toml" in typed("class", "--init", "--out", out)
    text = (out / "course.toml").read_text()
    assert text.count("#") > 20
    read = course_file.read(out)
    assert (read.optional, read.seconds, read.show) == ({"5.4"}, 600, "feedback")
    assert "is already there" in refused("class", "--init", "--out", out)
    typed("class", "--init", tmp_path / "other")
    # Each example of it is valid, too.
    examples = re.sub(r'^# (?=["\w]+.* = )', "", text, flags=re.M)
    rules(out, examples)
    read = course_file.read(out)
    assert len(read.due) == 7
    assert len(read.extensions) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[late]\npercent_per_day = 101", "`late.percent_per_day`: write a number from 0 to 100"),
        ("[late]\npercent_per_day = nan", "`late.percent_per_day`"),
        ('[late]\ngrace_minutes = "5"', "`late.grace_minutes`"),
        ('[due]\n"9.9" = 2027-01-01', "`due.9.9`: there is no chapter"),
        ("[due]\n1.1 = 2027-01-01", "`due.1`: write the chapter in quotes"),
        ('[due]\n"1.1" = "soon"', "`due.1.1`: write a date"),
        ('[course]\ntimezone = "Mars"', "`course.timezone`: write a time zone"),
        ("[course]\nchapters = 3", "`course.chapters`: write a list"),
        ('[course]\noptional = ["7"]', "`course.optional`: there is no chapter"),
        ("[extensions]\nann = 3", "`extensions.ann`: write"),
        ("[extensions]\nann = { days = -1 }", "`extensions.ann.days`"),
        ('[weights]\n"1.1" = "x"', "`weights.1.1`"),
        ('[imports]\nothers = "no"', "`imports.others`: write one of `allow`"),
        ("[limits]\nseconds = 1.5", "`limits.seconds`: write a whole number"),
        ('[students]\nshow = "all"', "`students.show`"),
        ("[late]\nper_day = 1", "`late.per_day`: there is no such key"),
        ("late = 1", "`late`: there is no such table"),
        ("[late", "is not valid TOML"),
        ("\udcff", "is not UTF-8"),
    ],
)
def test_a_bad_value_is_one_line_that_names_file_key_and_remedy(tmp_path, text, told):
    out = tmp_path / "out"
    out.mkdir()
    (out / "course.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    line = refused("class", tmp_path, "--out", out)
    assert f"`{out / 'course.toml'}`" in line
    assert told in line


# By hand


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
    assert told.startswith("s1: 0 -> 5 of 10 points")
    assert function(tmp_path, "s1", "normalize")["score"] == 5


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
    typed("comment", "ann", "linear", "see me", "--out", out)
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
    assert "1.1: no rule -> 2 d late, -20 %" in told
    assert "cy\n  not in NEW" in told
    assert told.endswith("different: 3 of 3 submissions\n")
    assert "cannot be read" in refused("compare", old, tmp_path / "nowhere")
