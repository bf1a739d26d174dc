"""The README's commands are typed here as a reader would."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import zipfile

import pytest
from support.running import EXERCISES, ROOT, SOLUTIONS, call_grade

GRADER = ROOT / "grader"

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```sh\n(.*?)```", README, flags=re.DOTALL | re.MULTILINE)
BLOCKS = [textwrap.dedent(block) for block in BLOCKS]
QUICK_START = re.search(r"## Quick start.*?```sh\n(.*?)```", README, flags=re.DOTALL)[1]
LATER = [line for block in BLOCKS if block != QUICK_START for line in block.splitlines()]
# Self-check: the test suite runs the same, check by check; both together take twice as long.
RUN_ELSEWHERE = {  # by a test of its own
    "grade self-check",
    "grade watch",
    "git pull --no-rebase --no-edit --autostash",
}


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "course"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "cache", ".*progress.json")
    shutil.copytree(ROOT, folder, ignore=ignored)
    shutil.rmtree(folder / "exercises")
    shutil.copytree(EXERCISES, folder / "exercises")
    _bring_what_an_instructor_has(folder)
    return folder


def _bring_what_an_instructor_has(folder):
    """The zip of an assignment and the gradebook, as Canvas gives them."""
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for name, source in (("curieada_101", SOLUTIONS), ("noetheremmy_LATE_102", EXERCISES)):
            file = "ch1_1_numpy_arrays.py"
            archive.write(source / file, f"{name}_5001_{file}")
    (folder / "gradebook.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework (77)\n"
        "    Points Possible,,,,,210\n"
        '"Curie, Ada",101,s1,ada,A,\n'
        '"Noether, Emmy",102,s2,emmy,A,\n',
        encoding="utf-8",
    )


def test_the_quick_start_is_two_lines_that_set_up_grade_and_test():
    first, second = QUICK_START.splitlines()
    assert "grade run all --submission solutions --data digits" in first
    assert "pytest" in second


def test_the_commands_of_the_readme_run_one_after_the_other(copy):
    for line in LATER:
        if line not in RUN_ELSEWHERE:
            _run(line, copy)
    assert {path.name for path in (copy / "report" / "students").iterdir()} == {
        "curieada_101.html",
        "noetheremmy_102.html",
    }
    ada, emmy = (copy / "upload.csv").read_text(encoding="utf-8").splitlines()[2:]
    assert ada == '"Curie, Ada",101,s1,ada,A,10'
    assert emmy == '"Noether, Emmy",102,s2,emmy,A,0'


def _run(line, folder):
    program, *arguments = shlex.split(line)
    module = {"grade": ["-m", "grader"], "python": []}[program]
    done = subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=folder,
        env=os.environ | {"LEARN_DL_DATA": "", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    # Nothing is written yet.
    stub = line in ("grade", "grade run 1.1") or line.startswith("python -m pytest")
    assert done.returncode == (1 if stub else 0), line + done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_files_and_folders_that_it_names_exist():
    named = re.findall(r"`((?:[a-z_]+/)+[\w.]*|LICENSE|\.ci/run)`", README)
    made = ("chX_Y", "graded/", "report/")  # what the reader makes
    named = [name for name in named if not any(part in name for part in made)]
    missing = [name for name in named if not any((p / name).exists() for p in (ROOT, GRADER))]
    assert len(named) > 10
    assert missing == []


def test_its_example_of_a_failure_is_what_is_printed(submission):
    source = (
        "import numpy as np\n\n\ndef softmax(Z):\n"
        "    e = np.exp(Z - Z.max(axis=0))\n    return e / e.sum(axis=0)\n"
    )
    folder = submission({"ch3_2_activation_functions": source})
    printed = call_grade("run", "3.2", "--submission", folder).stdout.splitlines()
    example = re.search(r"```text\n(.*?)```", README, flags=re.DOTALL)[1].splitlines()
    first = printed.index(example[0])
    for shown, line in zip(example, printed[first:], strict=False):
        assert line == shown
