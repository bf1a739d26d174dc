"""The report: the first failing function in full, the others in a line, the main thing first."""

import shutil

import pytest
from support.running import SOLUTIONS, call_grade

from grader.console import function as printed
from grader.course import registry
from grader.course.results import FunctionResult, Verdict

STEM = "ch3_2_activation_functions"
WRONG = """
def {name}(*args, **kwargs):
    return 0.25
"""


@pytest.fixture
def course(tmp_path):
    """A folder `exercises` of solutions; returns a function that spoils some of their functions."""
    shutil.copytree(SOLUTIONS, tmp_path / "exercises")

    def spoil(stem, *names):
        with (tmp_path / "exercises" / f"{stem}.py").open("a") as file:
            file.writelines(WRONG.format(name=name) for name in names)
        return tmp_path

    return spoil


def told(done):
    """`{function: the lines of the report about it}`"""
    found, name = {}, None
    for line in done.stdout.splitlines():
        if line.startswith("  ") and line[2:3].strip() and len(line.split()) > 3:
            name = line.split()[1]
            found[name] = [line]
        elif name and line.startswith("    "):
            found[name].append(line)
    return found


def test_the_first_failing_function_is_told_in_full_the_others_in_a_line(course):
    done = call_grade("run", "3.2", cwd=course(STEM, "relu", "tanh", "softmax"))
    about = told(done)
    assert len(about["relu"]) > 5
    assert [len(about[name]) for name in ("tanh", "softmax", "leaky_relu")] == [1, 1, 1]
    assert about["tanh"][0].endswith("`grade run tanh`")


def test_a_function_named_is_told_in_full_and_all_with_all(course):
    folder = course(STEM, "relu", "tanh", "softmax")
    about = told(call_grade("run", "tanh", cwd=folder))
    assert len(about["tanh"]) > 5
    assert len(about["relu"]) == len(about["softmax"]) == 1
    about = told(call_grade("run", "3.2", "--all", cwd=folder))
    assert all(len(about[name]) > 5 for name in ("relu", "tanh", "softmax"))


def test_the_command_for_more_grades_the_same_folder(course):
    folder = course(STEM, "relu", "tanh")
    (folder / "exercises").rename(folder / "mine")
    about = told(call_grade("run", "3.2", "--submission", "mine", cwd=folder))
    assert "`grade run tanh --submission mine`" in about["tanh"][-1]


def test_a_name_in_two_chapters_is_told_by_chapter(course):
    folder = course("ch2_3_mini_batches", "minibatches", "gradient_descent")
    about = told(call_grade("run", "2.3", cwd=folder))
    assert about["gradient_descent"][0].endswith("`grade run 2.3 --all`")


LONG = """
def {name}(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)
"""


@pytest.mark.parametrize("columns", ["40", "80"])
def test_only_values_are_cut_and_a_command_shows_them_whole(course, columns):
    folder = course("ch1_1_numpy_arrays")
    with (folder / "exercises/ch1_1_numpy_arrays.py").open("a") as file:
        file.write(LONG.format(name="normalize"))
    short = " ".join(call_grade("run", "1.1", cwd=folder, COLUMNS=columns).stdout.split())
    assert ("more lines" in short) == (columns == "40")
    assert ("`grade run normalize --all` shows every line" in short) == (columns == "40")
    assert "12 of 12 entries differ" in short
    whole = call_grade("run", "normalize", "--all", cwd=folder, COLUMNS=columns).stdout
    assert "more lines" not in whole
    assert "--all" not in whole


@pytest.mark.parametrize("chapter", registry.select(["3.2", "4.3"]), ids=lambda c: c.id)
def test_a_chapter_with_everything_wrong_takes_at_most_40_lines(course, chapter):
    done = call_grade("run", chapter.id, cwd=course(chapter.stem, *chapter.functions))
    assert len(done.stdout.splitlines()) <= 40


def verdict(name, kind="value", severity=2, status="failed", misconception=None):
    lines = [f"about {name}"]
    return Verdict(
        name, status, kind, severity=severity, misconception=misconception, points=1.0, lines=lines
    )


@pytest.mark.parametrize(
    ("verdicts", "main"),
    [
        ([verdict("a", "finish"), verdict("b")], "b"),
        ([verdict("a", misconception="x", severity=4), verdict("b")], "b"),
        ([verdict("a", severity=3), verdict("b"), verdict("c", severity=1)], "c"),
        (
            [verdict("a", misconception=m) for m in "x"]
            + [verdict(n, misconception="y") for n in "bc"],
            "b",
        ),
        ([verdict("a"), verdict("b", misconception="x")], "b"),
    ],
)
def test_the_main_failure_comes_first(verdicts, main):
    assert FunctionResult.from_verdicts("f", verdicts).main_failure.name == main


def test_a_function_that_works_says_so_and_what_is_left(capsys):
    verdicts = [
        Verdict("values", points=2.0),
        verdict("dtype", "finish"),
        verdict("order", "finish"),
    ]
    function = FunctionResult.from_verdicts("f", verdicts)
    assert function.works
    printed.echo_line(function, "grade run f")
    assert capsys.readouterr().out.split(None, 1)[1].split() == (
        ["f", "2", "of", "4", "2", "finishing", "touches", "left:", "`grade", "run", "f`"]
    )
    printed.echo_function(function)
    assert "`f` works; 2 finishing touches are left:" in capsys.readouterr().out
