"""`grade autograder`: the zip that Gradescope gets, run here as Gradescope runs it there."""

import io
import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.gradescope import seen, valid
from support.made_results import grade, refused
from support.readable_python import open_to_all, readable_python
from support.running import EXERCISES, SOLUTIONS

from grader.classroom import run as run_class
from grader.intake import intake

pytestmark = pytest.mark.needs("linux")

NORMALIZE = "ch1_1_numpy_arrays.py"
SIGMOID = "ch1_3_activation_basics.py"
SEED = 771_882_993
VENV = str(Path(sys.executable).parent.parent)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle") / "autograder.zip"
    code, printed, error = grade(
        *("autograder", "--out", out, "--chapters", "1.1, 1.3", "--seed", SEED)
    )
    assert (code, error) == (0, "")
    assert "secret" in printed
    assert str(SEED) not in printed
    return out


@pytest.fixture
def root(bundle, tmp_path):
    """The tree that Gradescope makes."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(bundle) as archive:
        for info in archive.infolist():
            path = archive.extract(info, root / "source")
            (root / "source" / path).chmod(info.external_attr >> 16 & 0o777)
    shutil.copy(root / "source" / "run_autograder", root)
    return root


def run(root, path=os.defpath, venv=VENV):
    """`(results.json, what is printed)` of one run."""
    done = subprocess.run(
        [root / "run_autograder"],
        cwd=root,
        env={"AUTOGRADER_ROOT": str(root), "AUTOGRADER_VENV": str(venv), "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = root / "results"
    assert [path.name for path in results.iterdir()] == ["results.json"]
    return valid(results / "results.json"), done.stdout + done.stderr


def change_settings(root, **changes):
    file = root / "source" / "autograder.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def scores(document):
    return {test["name"]: test["score"] for test in document["tests"]}


def test_the_zip_has_the_scripts_at_its_root_and_no_solutions(bundle):
    with zipfile.ZipFile(bundle) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        texts = {name: archive.read(name).decode() for name in ("setup.sh", "run_autograder")}
        needed = archive.read("requirements.txt").decode().split()
    for name, text in texts.items():
        assert modes[name] == stat.S_IFREG | 0o755
        assert text.startswith("#!/bin/sh\n")
        assert "\r" not in text
        subprocess.run(["sh", "-n"], input=text, text=True, check=True)
    assert modes["autograder.json"] & 0o077 == 0
    assert "grader/chapters/pytest.ini" in modes
    assert not [name for name in modes if name.startswith(("solutions", "tests", "exercises"))]
    assert not [name for name in modes if "cache" in name or name.endswith(".pyc")]
    assert any(line.startswith("numpy") for line in needed)
    assert not [line for line in needed if line.startswith(("ruff", "extra"))]


def test_the_seed_is_secret_kept_on_rebuilding_and_never_the_same_for_two_courses(tmp_path):
    def seed(name, *options):
        assert grade("autograder", "--out", tmp_path / name, *options)[0] == 0
        with zipfile.ZipFile(tmp_path / name) as archive:
            return json.loads(archive.read("autograder.json"))["seed"]

    first = seed("one.zip")
    assert first > 2**32
    assert seed("one.zip", "--chapters", "2") == first
    assert seed("other.zip") != first
    assert seed("one.zip", "--seed", "5") == 5
    (tmp_path / "other.zip").write_text("no zip")
    assert seed("other.zip") > 2**32


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "nowhere/a.zip"], ["`nowhere/a.zip`"]),
        (["--out", "."], ["folder"]),
        (["--out", "a.zip", "--chapters", "9.9"], ["`9.9`"]),
        (["--out", "a.zip", "--visibility", "hidden"], ["--hide"]),
        (["--out", "a.zip", "--minutes", "0"], ["--minutes"]),
        ([], ["--out"]),
    ],
)
def test_misuse_is_one_line(tmp_path, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    line = refused("autograder", *options)
    assert all(word in line for word in words), line
    assert list(tmp_path.iterdir()) == []


FAKE_APT = """#!/bin/sh
echo "apt-get $*" >> "$LOG"
case "$*" in *bubblewrap*|*$MISSING*) exit 100;; esac
"""
FAKE_PYTHON = """#!/bin/sh
mkdir -p "$3/bin"; cp "$FAKE_PIP" "$3/bin/pip"; echo "$(basename "$0") $*" >> "$LOG"
"""
FAKE_PIP = """#!/bin/sh
echo "pip $*" >> "$LOG"
"""


@pytest.mark.parametrize("python", ["python3.11", "python3"])
def test_the_setup_goes_on_without_bubblewrap_and_finds_a_python_that_is_new_enough(
    root, tmp_path, python
):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("basename", "chmod", "cp", "mkdir"):
        (folder / name).symlink_to(shutil.which(name))
    for name, text in {"apt-get": FAKE_APT, python: FAKE_PYTHON, "fake-pip": FAKE_PIP}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    environment = {
        "AUTOGRADER_ROOT": str(root),
        "AUTOGRADER_VENV": str(tmp_path / "venv"),
        "PATH": str(folder),
        "LOG": str(tmp_path / "log"),
        "FAKE_PIP": str(folder / "fake-pip"),
        "MISSING": "python3.11" if python == "python3" else "nothing",
    }
    subprocess.run([root / "source" / "setup.sh"], env=environment, cwd=root, check=True)
    log = (tmp_path / "log").read_text().splitlines()
    assert f"apt-get install -y {python}-venv" in log
    assert f"{python} -m venv {tmp_path / 'venv'}" in log
    assert log[-1] == f"pip install -q -r {root / 'source' / 'requirements.txt'}"
    assert stat.S_IMODE((root / "source" / "grader").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("fails", ["update", "python3"])
def test_a_setup_that_cannot_do_its_work_says_so(root, tmp_path, fails):
    apt = f'#!/bin/sh\ncase "$*" in *{fails}*) exit 100;; esac\n'
    (tmp_path / "apt-get").write_text(apt)
    (tmp_path / "apt-get").chmod(0o755)
    environment = {"AUTOGRADER_ROOT": str(root), "PATH": str(tmp_path)}
    setup = subprocess.run([root / "source" / "setup.sh"], env=environment, check=False)
    assert setup.returncode == 100


@pytest.mark.needs("sandbox")
def test_a_submission_is_graded(root):
    shutil.copy(SOLUTIONS / NORMALIZE, root / "submission")
    shutil.copy(EXERCISES / SIGMOID, root / "submission")
    (root / "submission" / "notes.txt").write_text("hello")
    document, printed = run(root)
    assert scores(document) == {"1.1 normalize": 6.0, "1.1 one_hot": 4.0, "1.3 sigmoid": 0.0}
    assert document["score"] == 10.0
    assert document["tests"][2]["output"].startswith("`sigmoid` is still to be written")
    assert "`notes.txt`" in document["output"]
    assert document["extra_data"]["isolation"] == "sandbox"
    assert str(SEED) not in json.dumps(document) + printed
    assert str(root) not in json.dumps(document)
    assert "learn-dl-" not in json.dumps(document)


def test_sources_and_results_are_closed_before_the_submission_runs(root):
    shutil.copy(SOLUTIONS / SIGMOID, root / "submission")
    run(root)
    for name in ("source", "submission", "results"):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o700


@pytest.mark.needs("sandbox")
def test_a_zip_and_a_notebook_are_taken_too(root):
    with zipfile.ZipFile(root / "submission" / "mine.zip", "w") as archive:
        archive.write(SOLUTIONS / NORMALIZE, f"mine/{NORMALIZE}")
    code = (SOLUTIONS / SIGMOID).read_text(encoding="utf-8")
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": []}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "submission" / "work.ipynb").write_text(json.dumps(book))
    assert run(root)[0]["score"] == 20.0


@pytest.mark.needs("sandbox")
def test_stubs_earn_nothing(root):
    shutil.copytree(EXERCISES, root / "submission", dirs_exist_ok=True)
    document, _ = run(root)
    assert document["score"] == 0.0
    assert {test["status"] for test in document["tests"]} == {"failed"}


def test_an_empty_folder_is_no_points_and_says_what_to_hand_in(root):
    document, _ = run(root)
    assert (document["score"], document["tests"]) == (0.0, [])
    assert f"`{NORMALIZE}`" in document["output"]


def test_a_hostile_zip_writes_nowhere_and_earns_nothing(root):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../results/results.json", '{"score": 100}')
        archive.writestr("../../source/grader/vocabulary/finding.py", "raise SystemExit")
        archive.writestr("/etc/passwd-of-test", "x")
        archive.writestr(NORMALIZE, b"\0" * 50_000_000)
        archive.writestr("\x1b[31m<script>.py", "x")
    (root / "submission" / "bomb.zip").write_bytes(stream.getvalue())
    (root / "submission" / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (root / "submission" / SIGMOID).symlink_to(SOLUTIONS / SIGMOID)
    before = sorted(root.rglob("*.py"))
    document, _ = run(root)
    assert document["score"] == 0.0
    assert "`broken.zip`" in document["output"]
    assert "\x1b" not in document["output"]
    assert sorted(root.rglob("*.py")) == before


ATTACK = """\
import json, os, pathlib
root = pathlib.Path({root!r})
found = []
source = root / "source"
for path in (source / "autograder.json", source / "grader" / "grading" / "checks.py"):
    try:
        found.append(path.read_text())
    except OSError:
        pass
for _ in range(2):
    try:
        (root / "results" / "results.json").write_text('{{"score": 100}}')
    except OSError:
        pass

def sigmoid(Z):
    raise ValueError(f"found {{len(found)}} files")
"""


@pytest.mark.needs("sandbox")
def test_a_submission_neither_reads_the_sources_nor_writes_the_results(root):
    (root / "submission" / SIGMOID).write_text(ATTACK.format(root=str(root)))
    document, printed = run(root)
    assert document["score"] == 0.0
    assert "found 0 files" in printed
    assert "found 0 files" not in seen(document)


@pytest.fixture
def readable_venv():
    """A folder whose `bin/python3` every user may run."""
    with open_to_all() as folder:
        (python,), environment = readable_python(folder)
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        script = folder / "venv" / "bin" / "python3"
        script.parent.mkdir(parents=True)
        script.write_text(f'#!/bin/sh\n{settings} exec {shlex.quote(python)} "$@"\n')
        script.chmod(0o755)
        yield folder / "venv"


@pytest.mark.slow  # Python is copied
@pytest.mark.needs("landlock")
def test_where_there_is_no_bubblewrap_landlock_does_the_same(root, readable_venv):
    (root / "submission" / SIGMOID).write_text(ATTACK.format(root=str(root)))
    shutil.copy(SOLUTIONS / NORMALIZE, root / "submission")
    document, printed = run(root, path="/nowhere", venv=readable_venv)
    assert document["extra_data"]["sandbox"] == "landlock"
    assert document["score"] == 10.0
    assert "found 0 files" in printed


def test_only_the_sandbox_keeps_it_from_that(root):
    (root / "submission" / SIGMOID).write_text(ATTACK.format(root=str(root)))
    change_settings(root, isolation="none")
    document, printed = run(root)
    assert document["score"] == 0.0
    assert "found 2 files" in printed


@pytest.mark.parametrize("broken", ["raise RuntimeError('a secret')", "import os; os._exit(9)"])
def test_where_the_grader_breaks_students_read_that_it_is_not_their_fault(root, broken):
    shutil.copy(SOLUTIONS / SIGMOID, root / "submission")
    (root / "results" / "results.json").write_text('{"score": 100}')
    (root / "source" / "grader" / "grading" / "run.py").write_text(broken)
    document, _ = run(root)
    assert (document["score"], document["tests"]) == (0.0, [])
    assert "your submission is not at fault" in document["output"]
    assert "secret" not in document["output"]


def test_where_there_is_no_sandbox_the_instructor_reads_why(root):
    shutil.copy(SOLUTIONS / SIGMOID, root / "submission")
    with open(root / "source" / "grader" / "isolation" / "__init__.py", "a") as file:
        file.write("def choose(level):\n    raise Unavailable('no sandbox here: install one')\n")
    document, printed = run(root)
    assert (document["score"], document["tests"]) == (0.0, [])
    assert "your submission is not at fault" in document["output"]
    assert "grade: no sandbox here: install one" in printed
    assert "Traceback" not in printed


@pytest.mark.slow
def test_a_grader_that_hangs_is_ended_in_time(root):
    shutil.copy(SOLUTIONS / SIGMOID, root / "submission")
    (root / "source" / "grader" / "grading" / "run.py").write_text("import time\ntime.sleep(100)\n")
    change_settings(root, minutes=0.05)
    document, printed = run(root)
    assert document["score"] == 0.0
    assert "your submission is not at fault" in document["output"]
    assert "TimeoutExpired" in printed


def inputs_shown(printed):
    lines = [line for line in printed.splitlines() if "`normalize` raises ValueError" in line]
    assert lines
    return lines


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_the_inputs_are_those_of_a_class_run_with_the_same_seed(root):
    source = "def normalize(X):\n    raise ValueError(repr(X))\n"
    (root / "submission" / NORMALIZE).write_text(source)
    _, printed = run(root)
    seed = run_class.seed_of(SEED, intake.read_one(root / "submission").digest)
    for other, same in ((seed, True), (0, False)):
        by_hand = grade("run", "1.1", "--submission", root / "submission", "--seed", other)[1]
        assert (inputs_shown(by_hand) == inputs_shown(printed)) == same


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_a_submission_that_hangs_costs_its_own_points_only(root):
    shutil.copy(SOLUTIONS / NORMALIZE, root / "submission")
    (root / "submission" / SIGMOID).write_text("def sigmoid(Z):\n    while True:\n        pass\n")
    change_settings(root, minutes=1)
    document, _ = run(root)
    assert document["score"] == 10.0
    assert document["tests"][2]["extra_data"]["status"] == "timeout"


@pytest.mark.needs("sandbox")
def test_hidden_chapters_are_hidden(tmp_path, root, bundle):
    settings = root / "source" / "autograder.json"
    out = tmp_path / "hidden.zip"
    grade("autograder", "--out", out, "--chapters", "1.3", "--hide", "1.3")
    with zipfile.ZipFile(out) as archive:
        settings.write_bytes(archive.read("autograder.json"))
    shutil.copy(SOLUTIONS / SIGMOID, root / "submission")
    (test,) = run(root)[0]["tests"]
    assert test["visibility"] == "after_published"
