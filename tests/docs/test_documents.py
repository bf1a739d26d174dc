"""What README, CONTRIBUTING and docs/ say is typed and looked up here, as a reader would."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap

import click
import pytest
from support import report_picture
from support.running import EXERCISES, ROOT

from grader import cli

GRADER = ROOT / "grader"
NAMES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in sorted(NAMES)}
README = TEXTS["README.md"]
QUICK_START = re.search(r"## Quick start.*?```sh\n(.*?)```", README, flags=re.DOTALL)[1]
INLINE = re.compile(r"(?<!`)`(grade [a-z][^`]*)`(?!`)")
EXAMPLE_FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
RUN_ELSEWHERE = {  # by a test of its own
    "grade self-check",  # the test suite runs the same, check by check
    "grade watch",
    "git pull --no-rebase --no-edit --autostash",
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]'",  # `.ci/run`
}


def lines(name):
    """The commands in a document's blocks, the quick start aside."""
    blocks = re.findall(r"^ *```sh\n(.*?)```", TEXTS[name], flags=re.DOTALL | re.MULTILINE)
    kept = (textwrap.dedent(block) for block in blocks if block != QUICK_START)
    return [line for block in kept for line in block.splitlines() if line not in RUN_ELSEWHERE]


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "course"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "build", "__pycache__", "cache", ".*progress.json"
    )
    shutil.copytree(ROOT, folder, ignore=ignored)
    shutil.rmtree(folder / "exercises")
    shutil.copytree(EXERCISES, folder / "exercises")
    for text in TEXTS.values():
        for name, content in EXAMPLE_FILE.findall(text):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_the_quick_start_is_two_lines_that_set_up_grade_and_test():
    first, second = QUICK_START.splitlines()
    assert "grade run all --submission solutions --data digits" in first
    assert "pytest" in second


def test_the_readme_fits_on_two_screens():
    assert len(README.splitlines()) <= 130


WALKED = [name for name in TEXTS if lines(name) and name != "docs/instructors.md"]


@pytest.mark.parametrize("name", WALKED)  # that one is walked in test_instructors.py
def test_the_commands_of_a_document_run_one_after_the_other(copy, name):
    for line in lines(name):
        _run(line, copy)


@pytest.mark.parametrize("name", TEXTS)
def test_the_commands_in_a_documents_text_exist(name):
    for line in INLINE.findall(TEXTS[name]):
        command, *arguments = shlex.split(line.replace("\n", " "))[1:]
        found = cli.grade.get_command(click.Context(cli.grade), command)
        assert found is not None, line
        options = {option for param in found.params for option in param.opts}
        unknown = [word for word in arguments if word.startswith("--") and word not in options]
        assert not unknown, line


@pytest.mark.parametrize("name", TEXTS)
def test_the_modules_that_a_document_runs_exist(name):
    for module in re.findall(r"python3? -m ([\w.]+)", TEXTS[name]):
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("name", TEXTS)
def test_the_links_between_documents_lead_somewhere(name):
    for link in re.findall(r"\]\(([^)#:]+)\)", TEXTS[name]):
        assert ((ROOT / name).parent / link).exists(), link


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
    unwritten = ("python -m pytest", "python -m exercises")
    stub = line in ("grade", "grade run 1.1") or line.startswith(unwritten)
    assert done.returncode == (1 if stub else 0), line + done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("name", TEXTS)
def test_the_files_and_folders_that_a_document_names_exist(name):
    named = re.findall(r"`((?:[a-z_]+/)+[\w.]*|LICENSE|\.ci/run)`", TEXTS[name])
    made = ("ch6_1", "graded/", "report/", "pictures/")  # what the reader makes
    named = [name for name in named if not any(part in name for part in made)]
    assert [
        n for n in named if not any((p / n).exists() for p in (ROOT, GRADER, ROOT / "tests"))
    ] == []


def test_the_picture_of_a_report_shows_what_is_printed_and_loads_nothing():
    assert "".join(report_picture.report().split()) in report_picture.shown()
    assert "url(http" not in report_picture.FILE.read_text(encoding="utf-8")
