"""`grade` as a user types it: what it prints, its exit codes, and the result file."""

import importlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import click
import pytest
from support.running import (
    EXERCISES,
    LEARNERS_PYTEST,
    PATIENCE,
    ROOT,
    SOLUTIONS,
    call_grade,
    functions,
    grade_json,
    kit_folder,
    run_grade,
)

from grader.classroom import grader_version
from grader.console import arguments
from grader.course import registry, results

CHAPTER_KEYS = ["id", "title", "score", "max_score", "functions"]
FUNCTION_KEYS = [
    "name",
    "status",
    "works",
    "score",
    "max_score",
    "because_of",
    "score_with_reference",
    "checks",
]
CHECK_KEYS = ["name", "kind", "status", "message", "feedback", "misconception", "seconds"]


def test_the_registry_reads_what_the_marks_say():
    for chapter in registry.chapters():
        module = importlib.import_module(f"grader.chapters.{chapter.stem}")
        tests = [test for name, test in vars(module).items() if name.startswith("test_")]
        points = {}
        for test in tests:
            function = test.grade.function
            points[function] = points.get(function, 0) + test.grade.points
        assert chapter.functions == pytest.approx(points)
        assert list(chapter.functions) == list(points)
        wanted = [name for test in tests for name in inspect.signature(test).parameters]
        assert chapter.uses_images == ("dataset" in wanted)
        assert chapter.title == module.__doc__.splitlines()[0].rstrip(".")


def test_a_right_chapter_passes_and_its_result_has_the_form_of_the_contract(tmp_path):
    code, result = grade_json("3.2", "--submission", "solutions", tmp_path=tmp_path)
    assert code == 0
    assert result["schema"] == 1
    assert (result["submission"], result["dataset"]) == ("solutions", "digits")
    assert (result["isolation"], result["seed"]) == ("none", 0)
    assert result["score"] == result["max_score"] == 10.0
    (chapter,) = result["chapters"]
    assert list(chapter) == CHAPTER_KEYS
    for function in chapter["functions"]:
        assert list(function) == FUNCTION_KEYS
        assert function["status"] == "passed"
        assert function["score"] == function["max_score"] > 0
        for check in function["checks"]:
            assert list(check) == CHECK_KEYS
            assert check["name"].startswith(function["name"])


@pytest.mark.slow
def test_the_shipped_stubs_are_all_to_do(tmp_path):
    code, result = grade_json("all", "--submission", EXERCISES, tmp_path=tmp_path)
    assert code == 1
    assert result["score"] == 0
    found = functions(result)
    wanted = [(chapter.id, name) for chapter in registry.chapters() for name in chapter.functions]
    assert list(found) == wanted
    assert {function["status"] for function in found.values()} == {"todo"}


def test_what_is_printed_is_ascii_without_colour_and_names_path_data_and_next_step():
    done = run_grade("run", "1.1", "--submission", EXERCISES)
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert str(EXERCISES) in done.stdout.splitlines()[0]
    assert "data: digits" in done.stdout.splitlines()[0]
    assert "todo  normalize" in done.stdout
    assert "Next: `normalize` in " in " ".join(done.stdout.split())  # the path may need two lines
    assert done.stdout.endswith("`grade run 1.1`; `grade lesson 1.1` explains it\n")


def test_a_failure_shows_the_call_what_was_expected_what_came_and_where(submission):
    folder = submission({"ch1_2_matrix_operations": "def linear(X, W, b):\n    return X @ W - b\n"})
    done = run_grade("run", "1.2", "--submission", folder)
    assert done.returncode == 1
    for label in ("call", "expected", "got", "where", "off by"):
        assert f"\n          {label} " in done.stdout
    assert "todo  matrix_multiply" in done.stdout


def test_an_exception_shows_the_learners_own_line_and_none_of_the_graders(submission):
    source = "import numpy as np\n\n\ndef normalize(X):\n    return X / undefined\n"
    folder = submission({"ch1_1_numpy_arrays": source})
    done = run_grade("run", "1.1", "--submission", folder)
    assert "`normalize` raises NameError: name 'undefined' is not defined" in done.stdout
    assert "ch1_1_numpy_arrays.py:5, in normalize: return X / undefined" in done.stdout
    assert "session.py" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "9.9"], ["`9.9`", "1.1"]),
        (["run", "4.1-2.2"], ["`4.1-2.2`", "backwards"]),
        (["run", "1.1", "--submission", "nowhere"], ["there is no folder `nowhere`: name one"]),
        (["watch", "--submission", "nowhere"], ["there is no folder `nowhere`: name one"]),
        (["watch", "--submission", "README.md"], ["`README.md` is not a folder: name one with"]),
        (["run", "1.1", "--submission", "docs"], ["`docs`", "ch1_1_numpy_arrays.py"]),
        (["run", "1.1", "--json", "nowhere/result.json"], ["`nowhere/result.json`"]),
        (["run", "1.1", "--json", "tests"], ["`tests`", "folder"]),
        (["run", "1.1", "--seed", "-1"], ["--seed"]),
        (["run", "1.1", "--data", "imagenet"], ["imagenet", "digits"]),
        (["run", "1.1-"], ["`1.1-`", "half a range"]),
        (["run", "gradient_descent"], ["chapters 2.2 and 2.3", "`2.3`"]),
        (["run", "sofmax"], ["did you mean `softmax`?"]),
        (["run", "solutions/ch1_1_numpy_arrays.py"], ["`--submission solutions`"]),
        (["hint", "gradient_descent"], ["`grade hint 2.3 gradient_descent`"]),
        (["reset", "softmax"], ["chapter 3.2", "whole chapters"]),
        (["softmax"], ["`grade run softmax`"]),
        (["wach"], ["did you mean `grade watch`?"]),
        (["frobnicate"], ["frobnicate"]),
        (["data", "frobnicate"], ["frobnicate", "`grade data --help`"]),
        (["diff"], ["'CHAPTER'", "`grade diff --help`"]),
        (["watch", "1.1", "1.2"], ["(1.2)", "`grade watch --help`"]),
    ],
)
def test_misuse_is_one_line_that_names_it_and_exit_2(arguments, words):
    done = call_grade(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("grade: ")
    assert all(word in line for word in words), line


@pytest.mark.parametrize(
    "arguments", [["data"], ["diff", "3.2", "relu", "--submission", EXERCISES], ["run", "9.9"]]
)
def test_called_in_a_process_that_goes_on_it_says_the_same(arguments):
    # As most of the other tests do it, with `call_grade`.
    alone, here = run_grade(*arguments), call_grade(*arguments)
    assert (here.returncode, here.stdout) == (alone.returncode, alone.stdout)
    assert here.stderr == alone.stderr


def test_a_function_or_a_file_will_do_for_a_chapter(submission):
    folder = submission({})
    options = ["--submission", folder.name, "--json", "result.json"]
    sigmoid, normalize = [folder / f"{registry.chapters()[n].stem}.py" for n in (2, 0)]
    for file in (sigmoid, normalize):
        shutil.copy(EXERCISES / file.name, file)
    for name, id in (("sigmoid", "1.3"), (f"{folder.name}/{normalize.name}", "1.1")):
        call_grade("run", name, *options, cwd=folder.parent)
        result = json.loads((folder.parent / "result.json").read_text())
        assert [chapter["id"] for chapter in result["chapters"]] == [id]
    for command in ("hint", "diff"):
        done = call_grade(command, "sigmoid", *options[:2], cwd=folder.parent)
        assert "`sigmoid`" in done.stdout + done.stderr


STEM = "ch3_2_activation_functions"
NARROW = """
import numpy as np

def relu(Z):
    return np.maximun(0, Z)

def relu_derivative(Z):
    breakpoint()

def tanh(Z):
    return tanh(z)

def softmax(Z):
    print(150 * "x", 40 * "y ")
    return np.exp(Z) / np.exp(Z).sum(axis=0)
"""


@pytest.mark.parametrize("width", [80, 40])
def test_a_report_fits_the_terminal(submission, width):
    folder = submission({STEM: NARROW})
    options = {"cwd": folder.parent, "COLUMNS": str(width)}
    done = call_grade("run", "3.2", "--all", "--submission", folder.name, **options)
    lines = [line for line in done.stdout.splitlines() if f"{folder.name}/" not in line]
    assert max(map(len, lines)) <= width
    text = " ".join(done.stdout.split())
    assert "note did you mean `np.maximum`? likely" in text
    assert "note did you mean `Z`? likely" in text
    assert f"-mpytestgrader/chapters/{STEM}.py--in-process`" in text.replace(" ", "")
    assert "Along which axis of (n, k) do the classes lie? and" in text
    under_label = [line for line in lines if line.startswith(" " * (20 if width == 80 else 14))]
    assert len(under_label) > 15


def test_what_breaks_a_whole_file_is_told_once(submission):
    folder = submission({STEM: "x = (\n"})
    done = call_grade("run", "3.2", "--submission", folder)
    assert done.stdout.count("cannot be imported") == 1
    assert done.stdout.count("ERROR ") == 6
    (folder / f"{STEM}.py").rename(folder / "ch3_1_perceptron.py")
    done = call_grade("run", "3.2", "--submission", folder)
    assert done.stdout.count("is not in the submission") == 1
    assert done.stdout.count("todo ") == 6
    endless = "def sigmoid(Z):\n    return sigmoid(Z)\n"
    folder = submission({"ch1_3_activation_basics": endless})
    done = call_grade("run", "1.3", "--submission", folder)
    assert done.stdout.count("in sigmoid: return sigmoid(Z)") == 1


def test_missing_data_is_one_line_and_exit_2_and_nothing_is_written(tmp_path):
    done = run_grade(
        "run", "3.4", "--json", tmp_path / "r.json", LEARN_DL_DATA=str(tmp_path / "none")
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "LEARN_DL_DATA" in line
    assert list(tmp_path.iterdir()) == []


def test_a_result_file_is_replaced_as_a_whole(tmp_path):
    file = tmp_path / "result.json"
    file.write_text("old")
    assert run_grade("run", "1.1", "--submission", "solutions", "--json", file).returncode == 0
    assert json.loads(file.read_text())["score"] == 10
    assert list(tmp_path.iterdir()) == [file]


def test_a_copy_without_solutions_still_grades(tmp_path):
    for name in ("grader", "data", "exercises"):
        shutil.copytree(kit_folder(name), tmp_path / name, ignore=shutil.ignore_patterns("cache"))
    shutil.copy(SOLUTIONS / "ch1_1_numpy_arrays.py", tmp_path / "exercises")
    done = run_grade("run", "1.1", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    check = run_grade("self-check", cwd=tmp_path)
    assert check.returncode == 2
    assert "`solutions`" in check.stderr


@pytest.mark.slow
def test_plain_pytest_grades_a_chapter_too(tmp_path):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    chapter = registry.chapters()[0].checks_file
    done = subprocess.run(
        [*command, str(chapter), "--submission", str(SOLUTIONS)],
        cwd=ROOT,
        env=os.environ | LEARNERS_PYTEST,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    failing = subprocess.run(
        [*command, str(chapter)],
        cwd=ROOT,
        env=os.environ | LEARNERS_PYTEST,
        capture_output=True,
        text=True,
    )
    assert failing.returncode == 1
    assert "`normalize` is still to be written" in failing.stdout


@pytest.mark.parametrize(("wrong", "code"), [("", 0), ("def relu(Z):\n    return abs(Z)\n", 1)])
def test_nothing_slow_is_imported_that_the_chapter_does_not_need(tmp_path, wrong, code):
    """Nor to explain a wrong answer: the page would have to fetch it."""
    chapter = "ch3_2_activation_functions.py"
    text = (SOLUTIONS / chapter).read_text(encoding="utf-8")
    (tmp_path / chapter).write_text(f"{text}\n\n{wrong}", encoding="utf-8")
    script = (
        "import sys, grader.cli\n"
        f"try:\n    grader.cli.main(['run', '3.2', '--submission', {str(tmp_path)!r}])\n"
        "except SystemExit as end:\n    print(end.code)\n"
        "slow = {'scipy', 'sklearn', 'matplotlib', 'pytest', 'grader.intake.intake'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-2:] == [str(code), "[]"], done.stdout + done.stderr


@pytest.mark.parametrize("module", ["grader.grading.plugin", "grader.cli"])
def test_the_examiners_own_numpy_has_as_many_threads_as_the_worker(module):
    run = (
        ""
        if module == "grader.grading.plugin"
        else "\ntry:\n    m.main(['data'])\nexcept SystemExit: pass"
    )
    code = (
        f"import {module} as m{run}\nimport numpy\nfrom threadpoolctl import threadpool_info\n"
        "print({library['num_threads'] for library in threadpool_info()})"
    )
    env = {
        k: v for k, v in os.environ.items() if not k.endswith(("NUM_THREADS", "MAXIMUM_THREADS"))
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "{1}", done.stderr


@pytest.mark.parametrize("package", ["click", "numpy"])
def test_a_package_that_is_not_installed_is_named(package):
    code = f"import sys; sys.modules[{package!r}] = None; from grader.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "1.1"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"grade: the package `{package}` is not installed: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.needs("posix")
def test_ctrl_c_ends_the_run_and_its_worker(submission):
    folder = submission({"ch1_1_numpy_arrays": "while True:\n    pass\n"})
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "run", "1.1", "--submission", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().startswith("Grading")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, out + error
    assert error.splitlines()[-1] == "grade: stopped"
    assert "Traceback" not in out + error


@pytest.mark.needs("posix")
def test_a_reader_that_goes_away_ends_no_grading(tmp_path):
    file = tmp_path / "result.json"
    command = f"{sys.executable} -m grader run 1.1 --submission solutions --json {file} | head -n 1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert json.loads(file.read_text())["score"] == 10


def test_a_reader_of_stderr_that_goes_away_takes_nothing_from_stdout(tmp_path):
    read, write = os.pipe()
    os.close(read)
    code = "from grader.console import printing\nprinting.say('a', err=True)\nprinting.say('b')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=write, check=True
    )
    os.close(write)
    assert done.stdout == b"b\n"


def test_help_lists_the_learners_commands_first_in_whole_sentences():
    shown = call_grade("--help").stdout
    learners, _, instructors = shown.partition("For instructors:")
    assert all(f"\n  {name} " in learners for name in ("run", "watch", "hint", "start", "data"))
    assert all(f"\n  {name} " in instructors for name in ("class", "export", "self-check"))
    assert "..." not in shown.partition("Commands:")[2]


def test_the_version():
    done = call_grade("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "grade")
    assert grader_version.current() in done.stdout


def test_every_status_has_a_mark_and_a_rank():
    from grader.console.function import MARKS

    assert set(MARKS) == set(results.WORST_FIRST)


def test_a_folder_that_cannot_be_read_is_one_line(monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(click.UsageError, match=r"solutions` cannot be read \(Perm"):
        arguments.folder(str(SOLUTIONS))
