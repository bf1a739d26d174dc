"""The rules of `course.toml`, right to the point."""

import re

import pytest
from support.class_runs import lines
from support.made_gradings import ANN, DUE, grade, hand_in, policy, result, rules, typed
from support.made_results import refused

from grader.classroom import course_file, imports, ledger


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
