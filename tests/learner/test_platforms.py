"""Windows and macOS: what differs there, put in the way of the learner's commands here."""

import json
import os
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest
from support.running import EXERCISES, POINTS, ROOT, SOLUTIONS, run_grade

from grader.boundary.workers import Workers
from grader.files import writing
from grader.isolation import unconfined
from grader.learner import keyboard
from grader.vocabulary.student import Student

# Modules and attributes that a Python on Windows does not have.
NO_POSIX = """
import filelock, os, signal, sys  # filelock has a way of its own for Windows
for name in ("fcntl", "grp", "posix_spawn", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "getuid", "geteuid", "getgid", "killpg", "getpgrp", "getpgid",
             "setsid", "setpgid", "mkfifo", "chown", "initgroups", "getgroups"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGCHLD", "setitimer", "alarm"):
    if hasattr(signal, name):
        delattr(signal, name)
"""
# `kill_group` asks for SIGKILL; here the branch for Windows is taken, whose `taskkill` is ours.
AS_WINDOWS = """
import grader.isolation.unconfined as unconfined, subprocess
unconfined.WINDOWS = True
subprocess.CREATE_NEW_PROCESS_GROUP = 0
subprocess.Popen.kill = lambda process: process.send_signal(9)  # TerminateProcess, there
"""


@pytest.fixture
def windows(tmp_path):
    """Runs `grade` where POSIX is not to be had, in a learner's folder."""
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    shutil.copy(SOLUTIONS / "ch1_3_activation_basics.py", tmp_path / "exercises")
    without = tmp_path / "without"
    without.mkdir()
    (without / "start.py").write_text(
        f"{NO_POSIX}\nsys.path.insert(0, {str(ROOT)!r})\n{AS_WINDOWS}\n"
        "from grader.cli import main\nmain()\n"
    )

    def run(*arguments, given="", encoding="cp437"):
        return subprocess.run(
            [sys.executable, str(without / "start.py"), *arguments],
            cwd=tmp_path,
            env=os.environ | {"LEARN_DL_DATA": "", "PYTHONIOENCODING": encoding},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 1, f"of {POINTS} points"),
        (["run", "1.3"], 0, "10 of 10 points"),
        (["run", "1.1"], 1, "still to be written"),
        (["hint", "1.1", "normalize"], 0, "hint 1 of 3"),
        (["reset", "1.3"], 0, "backup"),
        (["diff", "1.3"], 0, "sigmoid"),
        (["data"], 0, "digits"),
        (["--help"], 0, "watch"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_learners_commands_need_no_posix(windows, arguments, code, words):
    done = windows(*arguments)
    assert (done.returncode, done.stderr) == (code, ""), done.stdout
    assert words in done.stdout
    assert done.stdout.isascii()


def test_watching_needs_no_posix(windows):
    done = windows("watch", "1.3", given="l\nh\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"of {POINTS} points" in done.stdout


def test_a_hanging_function_is_ended_through_taskkill(monkeypatch, submission):
    """Windows has no process groups to signal: `taskkill /T` ends the tree, and then `kill` is for
    the worker itself.
    """
    folder = submission(
        {"ch1_3_activation_basics": "def sigmoid(Z):\n    while True:\n        pass"}
    )
    asked = []
    monkeypatch.setattr(unconfined, "WINDOWS", True)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0, raising=False)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: asked.append(command))
    workers = Workers(folder)
    first = workers.worker.process
    function = Student(workers, "ch1_3_activation_basics").sigmoid.within(0.3)
    reply = workers.call("ch1_3_activation_basics", "sigmoid", (np.ones(2),), {}, 0.3)
    workers.close()
    assert function.name == "sigmoid"
    assert reply.died[0] == "timeout"
    assert ["taskkill", "/T", "/F", "/PID", str(first.pid)] in asked
    assert first.poll() is not None


def test_a_file_that_somebody_reads_is_replaced_a_moment_later(monkeypatch, tmp_path):
    path, replace, refusals = tmp_path / "file.json", os.replace, [1, 2]

    def refusing(*names):
        if refusals:
            refusals.pop()
            raise PermissionError(13, "Access is denied")
        replace(*names)

    monkeypatch.setattr(os, "replace", refusing)
    writing.write_json({"schema": 1}, path)
    assert json.loads(path.read_text()) == {"schema": 1}


def test_keys_come_from_the_windows_console_where_there_is_one(monkeypatch):
    typed = list("H\xe0Kq")
    console = types.SimpleNamespace(kbhit=lambda: bool(typed), getwch=lambda: typed.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(isatty=lambda: True))
    heard = []
    with keyboard.listening(lambda event, key: heard.append(key)):
        for _ in range(100):
            if len(heard) == 2:
                break
            keyboard.threading.Event().wait(0.05)
    assert heard == ["h", "q"]  # the arrow is none


def test_where_memory_cannot_be_limited_the_worker_starts_all_the_same(monkeypatch, submission):
    """macOS refuses RLIMIT_AS; Windows has no `resource` at all."""
    folder = submission({"ch1_3_activation_basics": "def sigmoid(Z):\n    return Z"})
    monkeypatch.setattr(unconfined, "MEMORY_LIMIT", -5)  # no system takes that
    workers = Workers(folder)
    try:
        reply = workers.call("ch1_3_activation_basics", "sigmoid", (np.ones(2),), {}, 5)
        assert reply.value.tolist() == [1, 1]
    finally:
        workers.close()


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252", "utf-8"])
def test_no_console_encoding_stops_a_report(encoding, tmp_path):
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    (tmp_path / "exercises/ch1_3_activation_basics.py").write_text(
        'def sigmoid(Z):\n    print("\\u2603 \\N{ROCKET}")\n'
        '    raise ValueError("\\u00fc\\ud800")\n',
        encoding="utf-8",
    )
    done = run_grade("run", "1.3", cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (1, "")
    assert "ValueError" in done.stdout
