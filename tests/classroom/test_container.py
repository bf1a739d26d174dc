"""The Dockerfile of the class run, followed step by step without Docker."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from support.environments import ENVIRONMENT, fresh_environment
from support.running import ROOT, SOLUTIONS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [line.split(maxsplit=1) for line in TEXT.splitlines() if line and line[0] != "#"]
COMMANDS = [
    shlex.split(command) for word, rest in STEPS if word == "RUN" for command in rest.split("&&")
]
IGNORE = [
    line
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line and line[0] != "#"
]
STEM = "ch1_1_numpy_arrays"


def step(name):
    (rest,) = [rest for word, rest in STEPS if word == name]
    return rest


def is_sent(name):
    """Whether Docker sends this file: the last line of .dockerignore that fits a part decides."""
    sent = True
    parts = Path(name).parts
    for line in IGNORE:
        pattern = line.removeprefix("!").removeprefix("**/")
        anywhere = "**/" in line
        starts = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        if any(fnmatch.fnmatch(part, pattern) for part in (parts if anywhere else starts)):
            sent = line.startswith("!")
    return sent


def tracked():
    """The files of a clone, less what no commit holds."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", ".venv", "node_modules", "build")]
        yield from (os.path.relpath(os.path.join(folder, file), ROOT) for file in files)


def test_docker_gets_what_the_package_is_built_from_and_nothing_else():
    sent = {name for name in tracked() if is_sent(name)}
    tops = {Path(name).parts[0] for name in sent}
    assert tops == {
        *("LICENSE", "README.md", "hatch_build.py", "pyproject.toml", ".vscode", "docs"),
        *("data", "grader", "lessons", "solutions"),
    }
    assert not [name for name in sent if "__pycache__" in name or "cache/" in name]


def test_each_command_is_one_that_the_image_has():
    assert {command[0] for command in COMMANDS} == {"apt-get", "pip", "rm"}
    assert step("COPY").split() == [".", "/kit"]
    (extras,) = [re.findall(r"\[(.+)\]", word) for c in COMMANDS for word in c if "/kit[" in word]
    assert set(extras[0].split(",")) <= PROJECT["optional-dependencies"].keys()
    assert json.loads(step("ENTRYPOINT"))[0] in PROJECT["scripts"]
    assert ["apt-get", "install", "-y", "--no-install-recommends", "bubblewrap"] in COMMANDS
    version = tuple(map(int, re.match(r"python:(\d+)\.(\d+)", step("FROM")).groups()))
    assert version >= tuple(map(int, PROJECT["requires-python"].removeprefix(">=").split(".")))


@pytest.mark.slow
@pytest.mark.needs("hatchling", "sandbox")
def test_its_steps_lead_to_a_class_run(tmp_path):
    kit, scripts = tmp_path / "kit", fresh_environment(tmp_path / "environment")
    for name in filter(is_sent, tracked()):
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, kit / name)
    environment = ENVIRONMENT | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}

    def call(command, cwd):
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for command in COMMANDS:
        if command[0] == "pip":
            call([word.replace("/kit", str(kit)) for word in command], tmp_path)
    shutil.rmtree(kit)
    entry, arguments = json.loads(step("ENTRYPOINT")), json.loads(step("CMD"))
    at_work = tmp_path / "class"
    (at_work / "submissions" / "ada").mkdir(parents=True)
    shutil.copy(SOLUTIONS / f"{STEM}.py", at_work / "submissions" / "ada")
    assert "Grade every submission" in call([*entry, *arguments], at_work)
    run = ["class", "submissions", "--out", "graded", "--chapters", "1.1"]
    assert "mean score 10.0" in call([*entry, *run], at_work)
    call([*entry, "export", "html", "graded", "--out", "report"], at_work)
