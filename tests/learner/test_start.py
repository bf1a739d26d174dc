"""`grade start DIR`: a course folder anywhere, in which every command works."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from support.running import (
    EXERCISES,
    LEARNERS_PYTEST,
    POINTS,
    ROOT,
    SOLUTIONS,
    call_grade,
    run_grade,
)

from grader.course import registry
from grader.learner import start

FIRST = "ch1_1_numpy_arrays"


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "my course"
    done = call_grade("start", folder, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"cd '{folder}'" in done.stdout
    return folder


def solve(course, *stems):
    for stem in stems:
        shutil.copy(SOLUTIONS / f"{stem}.py", course / "exercises")


def test_it_writes_stubs_a_readme_and_settings(course):
    names = sorted(path.name for path in course.iterdir())
    assert names == [".vscode", "README.md", "exercises"]
    for stub in EXERCISES.glob("*.py"):
        assert (course / "exercises" / stub.name).read_bytes() == stub.read_bytes()
    assert not list((course / "exercises").glob("__pycache__"))


def test_every_command_works_there(course):
    assert f"0 of {POINTS} points" in call_grade(cwd=course).stdout
    solve(course, FIRST)
    assert call_grade("run", "1.1", cwd=course / "exercises").returncode == 0
    assert call_grade("run", "1.2", cwd=course).returncode == 1
    board = call_grade(cwd=course).stdout
    assert re.search(r"1\.1 .* done +10 of 10", board)
    assert call_grade("hint", "linear", cwd=course).returncode == 0
    assert "identical" in call_grade("diff", "one_hot", cwd=course).stdout
    assert call_grade("plot", "1.1", cwd=course).returncode == 0
    assert list((course / "pictures").glob("*.png"))
    pytest.importorskip("nbformat")
    assert call_grade("notebook", "1.1", cwd=course).returncode == 0
    book = course / "exercises" / f"{FIRST}.ipynb"
    assert call_grade("run", "--submission", book, cwd=course).returncode == 0
    assert call_grade("reset", "1.1", cwd=course).returncode == 0
    stub = (EXERCISES / f"{FIRST}.py").read_bytes()
    assert (course / "exercises" / f"{FIRST}.py").read_bytes() == stub


def test_a_demonstration_runs_the_functions_written_there(course):
    solve(course, FIRST, "ch1_2_matrix_operations", "ch2_1_loss_functions")
    solve(course, "ch2_2_gradient_descent")
    changed = course / "exercises" / "ch2_1_loss_functions.py"
    changed.write_text(changed.read_text("utf-8") + '\n\nprint("mine")\n', encoding="utf-8")
    done = python("-m", "exercises.ch2_2_gradient_descent", cwd=course)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("mine\ngradient descent: y = ")


def test_a_script_or_kernel_in_exercises_imports_the_chapters_next_to_it(course):
    code = "import grader, exercises.ch1_1_numpy_arrays as c; print(c.__file__)"
    done = python("-c", code, cwd=course / "exercises")
    assert done.stdout.strip() == str(course / "exercises" / f"{FIRST}.py"), done.stderr


def test_its_settings_lead_the_editor_to_the_kit(course):
    settings, launch = (
        json.loads((course / name).read_text(encoding="utf-8")) for name in start.SETTINGS
    )
    assert settings["python.defaultInterpreterPath"] == sys.executable
    texts = json.dumps([settings, launch])
    assert "${workspaceFolder}/" not in texts  # where the kit is not
    done = python(
        *("-m", "pytest", f"--rootdir={course}", "--collect-only", "-q"),
        *settings["python.testing.pytestArgs"],
        cwd=course,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for chapter in registry.chapters():
        assert f"{chapter.stem}.py::test_" in done.stdout


@pytest.mark.parametrize("name", ["a-file", "."])
def test_it_refuses_anything_but_a_new_folder(tmp_path, name):
    (tmp_path / "a-file").write_text("mine")
    done = call_grade("start", name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"grade: `{name}` is ")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


def test_an_empty_folder_will_do(tmp_path):
    assert call_grade("start", ".", cwd=tmp_path).returncode == 0
    assert call_grade(cwd=tmp_path).returncode == 1


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "a-file").write_text("mine")
    done = call_grade("start", "a-file/new", cwd=tmp_path)
    assert done.returncode == 2
    assert re.fullmatch(
        "grade: `a-file/new` cannot be written (.*): name another folder\n", done.stderr
    )


def test_outside_of_a_course_nothing_is_graded_and_the_ways_in_are_named(tmp_path):
    for command in ((), ("run", "1.1"), ("hint", "softmax")):
        done = run_grade(*command, cwd=tmp_path, PYTHONPATH=str(ROOT))
        assert done.returncode == 2
        assert "`grade start DIR`" in done.stderr
        assert f"`cd {ROOT}`" in done.stderr
        assert done.stderr.count("\n") == 1


def python(*args, cwd):
    return subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env=os.environ | LEARNERS_PYTEST | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
