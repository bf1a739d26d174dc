"""The README's commands are typed here as a reader would."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from kit import ROOT, run_grade

GRADER = ROOT / "grader"

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
QUICK_START = re.search(r"## Quick start.*?```sh\n(.*?)```", README, flags=re.DOTALL)[1]
LATER = [line for block in BLOCKS if block != QUICK_START for line in block.splitlines()]
# The test suite runs what self-check runs, check by check; both together would take twice as long.
RUN_ELSEWHERE = {"grade self-check"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme") / "course"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "cache", ".*progress.json")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def test_the_quick_start_is_two_lines_that_set_up_grade_and_test():
    first, second = QUICK_START.splitlines()
    assert "grade run all --submission solutions --data digits" in first
    assert "pytest" in second


@pytest.mark.parametrize("line", [line for line in LATER if line not in RUN_ELSEWHERE])
def test_a_command_of_the_readme_runs(copy, line):
    program, *arguments = line.split()
    module = {"grade": ["-m", "grader"], "python": []}[program]
    done = subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=copy,
        env=os.environ | {"LEARN_DL_DATA": "", "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    stub = line in ("grade", "grade run 1.1")  # nothing is written yet
    assert done.returncode == (1 if stub else 0), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_files_and_folders_that_it_names_exist():
    named = re.findall(r"`((?:[a-z_]+/)+[\w.]*|LICENSE|\.ci/run)`", README)
    named = [name for name in named if "chX_Y" not in name]
    missing = [name for name in named if not any((p / name).exists() for p in (ROOT, GRADER))]
    assert len(named) > 10
    assert missing == []


def test_its_example_of_a_failure_is_what_is_printed(submission):
    source = (
        "import numpy as np\n\n\ndef softmax(Z):\n"
        "    e = np.exp(Z - Z.max(axis=0))\n    return e / e.sum(axis=0)\n"
    )
    folder = submission({"ch3_2_activation_functions": source})
    printed = run_grade("run", "3.2", "--submission", folder).stdout.splitlines()
    example = re.search(r"```text\n(.*?)```", README, flags=re.DOTALL)[1].splitlines()
    first = printed.index(example[0])
    for shown, line in zip(example, printed[first:], strict=False):
        assert line.startswith(shown.removesuffix(" ..."))
