"""What a submission can make the examiner do for it: little time, little memory."""

import json
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from support.running import ROOT
from support.worst import BUDGET, WORST

from grader.boundary import delays, memory, overtime
from grader.boundary.arguments import Callbacks
from grader.boundary.workers import Workers
from grader.grading import checks
from grader.vocabulary.finding import Finding
from grader.worker import wire

QUICK = ("callbacks with large integers", "headers with keys that hash alike")
OTHERS = [name for name in WORST if name not in QUICK]


def is_held(name):
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.worst", "sandbox", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["computing"] < BUDGET + 10
    assert measured["megabytes"] < 1000
    assert measured["points"] == 0


@pytest.mark.slow
@pytest.mark.needs("sandbox")
@pytest.mark.parametrize("name", QUICK)
def test_the_examiner_works_little_for_a_submission(name):
    is_held(name)


@pytest.mark.exhaustive
@pytest.mark.needs("sandbox")
@pytest.mark.parametrize("name", OTHERS)
def test_nor_for_the_others(name):
    is_held(name)


# What callbacks are given

X = np.ones((2000, 3))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ((X,), None),
        ((X[:7],), None),
        ((X.astype(np.float32),), None),
        ((np.ones((30, 30)), 0.5, None, "name"), None),
        ((X.astype(np.int8),), "dtype int8"),
        ((X.T,), r"shape \(3, 2000\)"),
        ((np.ones((2001, 3)),), r"shape \(2001, 3\)"),
        ((np.ones((0, 2**20)),), r"shape \(0, 1048576\)"),
        (([0.5] * 1001,), "1001 values"),
        (([np.ones(1)] * 900, [np.ones(1)] * 900), "1800 arrays"),
        (("x" * 1001,), "1001 characters"),
        ((2**63,), "64 bits"),
        (({"a": [2**63]},), "64 bits"),
    ],
)
def test_a_callback_looks_at_its_arguments_before_it_computes(given, fault):
    callbacks, called = Callbacks(), []
    callbacks.pack(lambda *args: called.append(args))
    callbacks.handed_out = [X]
    tree, arrays = wire.pack([list(given), {}])
    answer, _ = callbacks.answer({"callback": 0, "value": tree}, arrays)
    assert bool(called) == (fault is None)
    if fault:
        assert re.search(fault, answer["refused"])


# Limits on the examiner's own work


def compute(seconds):
    """Compute for so long, and go on after any ordinary error."""
    begin = time.perf_counter()
    while time.perf_counter() < begin + seconds:
        try:
            sum(range(1000))
        except Exception:
            continue


def test_computing_is_interrupted_when_it_takes_too_long():
    begin = time.perf_counter()
    with pytest.raises(overtime.Overtime), overtime.limited(0.1):
        compute(60)
    with overtime.limited(0.1):
        pass
    compute(0.5)  # nothing comes late
    assert time.perf_counter() - begin < 50


@pytest.fixture
def workers(tmp_path):
    (tmp_path / "ch1_1_x.py").write_text("import time\ndef f(s): time.sleep(s)\n")
    workers = Workers(tmp_path)
    yield workers
    workers.close()


def test_the_clock_runs_between_calls_only(workers):
    def examine(seconds, last):
        with checks.examining(workers):
            workers.call("ch1_1_x", "f", (1.0,), {}, 30.0)
            workers.call("ch1_1_x", "f", (0.0,), {}, last)
            compute(seconds)

    examine(0.5, 30.0)
    with pytest.raises(Finding, match="too long"):
        examine(60, 0.5)


def test_after_its_time_a_submission_is_not_examined(workers):
    workers.until = time.perf_counter() - 1
    with pytest.raises(Finding, match="time for the whole") as caught, checks.examining(workers):
        raise AssertionError("this does not run")
    assert caught.value.status == "timeout"


@pytest.mark.needs("linux")
def test_memory_is_limited_while_a_submission_is_graded(workers):
    gigabytes = 2**28  # two of them, of floats
    with memory.limited(), pytest.raises(Finding, match="memory"), checks.examining(workers):
        np.empty(gigabytes)
    assert np.empty(gigabytes).size == gigabytes


def test_patience_ends_with_the_submissions_time(tmp_path, monkeypatch):
    (tmp_path / "ch1_1_x.py").write_text("def f():\n    while True: pass\n")
    monkeypatch.setattr(delays.Delays, "of_call", lambda self, elapsed: elapsed)
    begin = time.perf_counter()
    workers = Workers(tmp_path, until=begin + 1, latest=begin + 1.5)
    reply = workers.call("ch1_1_x", "f", (), {}, 30.0)
    workers.close()
    assert reply.died[0] == "timeout"
    assert reply.time_up
