"""The number of BLAS threads: one where times or results count, else what a trial shows."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from grader import demo, threads

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def free(monkeypatch):
    """A user who has chosen no number, on a machine whose BLAS could use two threads."""
    for name in threads.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    np.ones((2, 2)) @ np.ones((2, 2))
    with threadpool_limits(2, user_api="blas"):
        yield


def numbers():
    return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}


def machine(seconds):
    """A made-up machine: `seconds(threads)` is what a call takes."""
    now, used = [1], []

    def use(count):
        now[0] = count
        used.append(count)

    return use, lambda: seconds(now[0]), used


@pytest.mark.parametrize(
    ("with_two", "chosen"), [(0.5, 2), (0.79, 2), (0.85, 1), (1.0, 1), (20.0, 1)]
)
def test_two_threads_must_be_clearly_faster(with_two, chosen):
    use, run, _ = machine(lambda count: with_two if count == 2 else 1.0)
    assert threads.better(2, use, run) == chosen


def test_one_long_wait_decides_against_two_threads():
    waits = iter([0.5] * 12 + [30.0] + [0.5] * 100)
    use, run, used = machine(lambda count: next(waits) if count == 2 else 1.0)
    assert threads.better(2, use, run) == 1
    assert len(used) < 2 * threads.ROUNDS  # it ended early


def test_a_trial_takes_the_time_of_two_products():
    assert 0 < threads.trial()() < 60


@pytest.mark.parametrize("chosen", [1, 2])
def test_the_choice_holds_from_then_on(free, monkeypatch, chosen):
    monkeypatch.setattr(threads, "better", lambda most, use, run: chosen)
    monkeypatch.setattr(threads, "cores", lambda: 2)
    for _ in range(2):  # also when it has been chosen before
        assert threads.steady() == chosen
        assert numbers() == {chosen}


def test_with_one_core_there_is_nothing_to_choose(free, monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 1)
    assert threads.steady() is None


def test_what_the_user_chose_stays(free, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert threads.steady() is None
    with threads.one():
        assert numbers() == {2}


def test_one_thread_for_a_while(free):
    with threads.one():
        assert numbers() == {1}
    assert numbers() == {2}


def test_a_demonstration_runs_with_the_chosen_number(free, monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 2)
    monkeypatch.setattr(threads, "better", lambda most, use, run: 1)
    seen = []
    demo.run(lambda: seen.append(numbers()))
    assert seen == [{1}]


def test_without_threadpoolctl_nothing_changes(free, monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert threads.steady() is None
    with threads.one():
        pass


def test_the_worker_of_a_command_gets_one_thread():
    code = "import os; from grader import threads; print(*threads.environment().values())"
    environment = {k: v for k, v in os.environ.items() if k not in threads.SETTINGS}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1"] * len(threads.SETTINGS), done.stderr
