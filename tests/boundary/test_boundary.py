"""The process boundary, attacked from the learner's side with isolation `none`.

Whatever a submission does costs the call that did it, in about its time, and nothing else: the
next call is answered.
"""

import os
import signal
import time

import numpy as np
import pytest
from support.class_runs import wait_for
from support.misbehaving import LEARNER
from support.running import write_submission

from grader.boundary import process
from grader.boundary.process import Worker
from grader.isolation import unconfined

POSIX = pytest.mark.needs("posix")
LINUX = pytest.mark.needs("linux")


@LINUX
def test_a_memory_bomb_is_stopped_by_the_limit(submission, monkeypatch):
    monkeypatch.setattr(unconfined, "MEMORY_LIMIT", 2**31)
    worker = Worker(submission({"ch1_1_x": LEARNER}))
    reply = worker.call("ch1_1_x", "fail", ("bomb",), {})
    assert reply.raised["type"] == "MemoryError"
    assert worker.call("ch1_1_x", "same", (1,), {}).value == 1
    worker.kill()


# The end of the process and of patience


@POSIX
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("exit", "its process ended (exit code 0)"),
        ("abort", "its process ended (SIGABRT)"),
        ("segfault", "its process ended (SIGSEGV)"),
        ("kill", "its process ended (SIGKILL)"),
        ("close", "its process closed the connection"),
    ],
)
def test_a_process_that_ends_is_a_crash(call, what, said):
    assert call("end", what).died == ("crashed", said)


@POSIX
@pytest.mark.parametrize("what", ["stop", "loop", "c call", "catch"])
def test_a_hang_is_a_timeout(call, workers, what):
    call("same", 1)  # a new worker's start is not part of the measurement
    limit = 0.3 * workers.worker.patience
    begin = time.perf_counter()
    assert call("end", what, seconds=0.3).died[0] == "timeout"
    assert time.perf_counter() - begin < limit + 3


def test_a_worker_that_does_not_read_its_argument(submission):
    worker = Worker(submission({"m": "import time\ntime.sleep(0.1)\ndef f(X): pass"}))
    worker.call("m", "g", (), {})
    if os.name != "nt":
        os.kill(worker.process.pid, signal.SIGSTOP)
    reply = worker.call("m", "f", (np.zeros(25_000_000),), {}, seconds=0.3)
    assert reply.died[0] == "timeout"
    assert not any(thread.is_alive() for thread in worker.threads)


# Forgery


FORGED = [
    {},
    {"ready": True},
    {"value": []},
    {"value": 3},
    {"value": None},
    {"value": {"array": True}},
    {"value": {"dict": []}},
    {"value": {"dict": [["value", 1], ["arguments", 3]]}},
    {"value": {"generator": 3}},
    {"raised": None},
    {"raised": {"type": 3, "bases": [], "message": "", "lines": []}},
    {"raised": {"type": "E", "bases": [3], "message": "", "lines": []}},
    {"raised": {"type": "E", "bases": [], "message": "", "lines": [["a", "b", "c", "d"]]}},
    {"raised": {"type": "E", "bases": [], "message": "", "lines": [3]}},
    {"not_plain": 3},
    {"value": {"dict": [["value", 1]]}, "warnings": 3},
    {"value": {"dict": [["value", 1]]}, "warnings": [[1, 2, 3, 4]]},
    {"number": 1, "value": {"dict": [["value", 1]]}},
    {"number": {}, "value": {"dict": [["value", 1]]}},
    {"callback": 0, "value": {"list": [{"list": []}, {"dict": []}]}},
    {"callback": -1, "value": {"list": [{"list": []}, {"dict": []}]}},
    {"callback": "0"},
    {"arrays": [["|O", [1]]]},
]


def test_forged_replies_are_a_crash(tmp_path):
    """The same parsing as in `test_wire`, here to the end of the worker; two of them suffice."""
    folder = write_submission(tmp_path / "s", {"ch1_1_x": LEARNER})
    for message in (FORGED[0], FORGED[-2]):
        worker = Worker(folder)
        reply = worker.call("ch1_1_x", "forge", (message,), {})
        assert reply.died == ("crashed", process.UNREADABLE)
        assert worker.killed


@pytest.mark.parametrize("message", FORGED, ids=str)
def test_forged_messages_are_refused(message):
    """`_await_reply` without a process: every wrong type in every field ends the call."""
    worker = Worker.__new__(Worker)
    frame = ({"number": 7} | message, [])
    worker._next_frame = lambda deadline: frame
    worker._send = None
    with pytest.raises(process.WorkerDied) as caught:
        worker._await_reply(7, [], 0)
    assert caught.value.status == "crashed"


@LINUX
@pytest.mark.parametrize(
    "data", [b"\0" * 64, b"\xff" * 64, b"\0" * 6 + b"\1\0" + b"[" * 256], ids=["0", "ff", "nested"]
)
def test_garbage_on_every_descriptor(call, data):
    reply = call("write_bytes", list(data), seconds=2)
    assert reply.died or reply.raised
    assert reply.value is None


@LINUX
def test_half_a_frame_is_no_answer(call):
    # The worker's own word on where the call is may follow it, and cannot be read then.
    assert call("half_a_frame", seconds=0.3).died[0] in ("timeout", "crashed")


@LINUX
def test_a_second_reply_is_no_answer_to_the_next_call(call):
    call("forge_twice")
    for i in range(5):
        reply = call("same", i)
        assert reply.value == i or reply.died == ("crashed", process.UNREADABLE)


@LINUX
def test_a_late_reply_is_no_answer_to_the_next_call(call, workers):
    assert call("write_later", 0.2).value == "real"
    wait_for(lambda: not workers.worker.usable)  # the late reply has come
    assert call("same", 1).value == 1  # by a new worker
    assert call("write_later", 0.2).value == "real"
    assert call("sleep", 0.6).died == ("crashed", process.UNREADABLE)


@LINUX
def test_a_thread_that_keeps_writing(call):
    call("keep_writing")
    for i in range(4):
        assert call("same", i).value in (i, None)


def test_sabotage_inside_the_worker_costs_the_submission_only(call):
    call("sabotage", seconds=1)
    call("same", 1, seconds=1)


def test_output_streams_that_are_gone(call):
    assert call("muffle").value == 1
    assert call("warn").value.tolist() == [-np.inf]
    call("end", "exit")
    assert call("close_output").value == 1
    assert call("same", 1).value == 1
    call("end", "exit")
