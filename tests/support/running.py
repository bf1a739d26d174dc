"""What the tests of the kit share: running `grade` as a user does, and making submissions."""

import atexit
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from unittest import mock

import pytest

from grader import cli
from grader.course import places, registry

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"
PATIENCE = 300  # seconds that nothing takes, however much else the machine has to do
STUBS_VARIABLE = "LEARN_DL_TESTS_STUBS"

# Of pytest's plugins a learner has what the kit needs, not all that these tests are run with.
LEARNERS_PYTEST = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_timeout"}
POINTS = round(sum(chapter.points for chapter in registry.chapters()))  # of the course


def _copy_of_the_stubs():
    """`exercises/` as it was handed out, made once for all processes of a run.

    The tests do not read `exercises/` itself: somebody may be working in it.
    """
    if STUBS_VARIABLE not in os.environ:
        folder = tempfile.mkdtemp(prefix="learn-dl-tests-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        copy = shutil.copytree(
            places.STUBS, f"{folder}/exercises", ignore=shutil.ignore_patterns("__pycache__")
        )
        os.environ[STUBS_VARIABLE] = str(copy)
    return Path(os.environ[STUBS_VARIABLE])


EXERCISES = _copy_of_the_stubs()


def kit_folder(name):
    """Where to copy this folder of the kit from."""
    return EXERCISES if name == "exercises" else ROOT / name


def run_grade(*args, cwd=ROOT, **environment):
    """`grade ARGS` in a process of its own, as a completed process with text."""
    command = [sys.executable, "-m", "grader", *map(str, args)]
    env = os.environ | {"LEARN_DL_DATA": ""} | environment
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=900, check=False
    )


def call_grade(*args, cwd=ROOT, **environment):
    """The same in this process: half the work, for what a process of its own adds nothing to."""
    out, error = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        contextlib.chdir(cwd),
        mock.patch.dict(os.environ, {"LEARN_DL_DATA": ""} | environment),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
        pytest.raises(SystemExit) as end,
    ):
        cli.main([str(arg) for arg in args])
    return subprocess.CompletedProcess(args, end.value.code or 0, *map(_text, (out, error)))


def _text(stream):
    stream.flush()
    return stream.buffer.getvalue().decode()


def grade_json(*args, tmp_path, by=call_grade, **options):
    """`(exit code, result)` of `grade run ARGS --json FILE`."""
    file = tmp_path / "result.json"
    done = by("run", *args, "--json", file, **options)
    assert file.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(file.read_text(encoding="utf-8"))


def functions(result):
    """(chapter id, function name) -> the function's part of a result."""
    return {
        (chapter["id"], function["name"]): function
        for chapter in result["chapters"]
        for function in chapter["functions"]
    }


def solved_up_to(count, folder):
    """A submission with the first `count` chapters solved and stubs for the rest."""
    shutil.copytree(EXERCISES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for chapter in registry.chapters()[:count]:
        shutil.copy(SOLUTIONS / f"{chapter.stem}.py", folder)
    return folder


def wrapped(folder, wrapper):
    """Every graded function passed through `wrapper`, a source text that defines `wrap(function)`.

    The functions call each other unwrapped, so that each fault stands alone.
    """
    folder.mkdir()
    for path in SOLUTIONS.glob("ch*.py"):
        text = path.read_text(encoding="utf-8").replace("from .ch", "from .real_ch")
        (folder / f"real_{path.name}").write_text(text, encoding="utf-8")
    for chapter in registry.chapters():
        lines = ["import numpy as np", f"from . import real_{chapter.stem} as real", wrapper]
        lines += [f"{name} = wrap(real.{name})" for name in chapter.functions]
        (folder / f"{chapter.stem}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def write_submission(folder, files):
    """The folder, with a file for each stem; the source is text or bytes."""
    folder.mkdir(exist_ok=True)
    for stem, source in files.items():
        data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
        (folder / f"{stem}.py").write_bytes(data)
    return folder
