"""Nothing is left of a worker: no process, thread, file descriptor or folder."""

import contextlib
import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.misbehaving import LEARNER

from grader.boundary import process
from grader.boundary.process import Worker
from grader.boundary.workers import Workers
from grader.isolation import unconfined

LINUX = pytest.mark.needs("linux")


def gone(pid):
    """Whether the process has ended; a zombie that waits for init has."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def wait_until(condition, seconds=5):
    end = time.perf_counter() + seconds
    while not condition() and time.perf_counter() < end:
        time.sleep(0.02)
    return condition()


@LINUX
@pytest.mark.parametrize("how", ["plainly", "in its session", "fork in its session", "bomb"])
def test_children_end_with_their_worker(submission, how):
    worker = Worker(submission({"ch1_1_x": LEARNER}))
    worker.call("ch1_1_x", "spawn", (how,), {}, seconds=0.5)
    mark = f"{unconfined.MARK}={worker.home}\0".encode()
    worker.kill()
    assert wait_until(lambda: all(map(gone, unconfined._marked(mark))))
    assert not any(thread.is_alive() for thread in worker.threads)


@LINUX
def test_the_child_of_a_fork_gives_no_second_reply(call):
    child = call("spawn", "plain fork").value
    assert child > 0
    assert [call("same", i).value for i in range(3)] == [0, 1, 2]
    assert wait_until(lambda: gone(child))


@LINUX
def test_multiprocessing_works(call):
    assert call("pool").value == [1, 2]


@LINUX
def test_nothing_is_left_of_many_workers(submission):
    folder = submission({"ch1_1_x": LEARNER})
    Worker(folder).kill()
    gc.collect()

    def resources():
        return len(os.listdir("/proc/self/fd")), threading.active_count()

    before = resources()
    homes = []
    for i in range(20):
        workers = Workers(folder)
        homes.append(Path(workers.worker.home))
        if i % 10 == 0:
            assert workers.call("ch1_1_x", "leave_file", (), {}, 5).value == str(homes[-1])
            assert workers.call("ch1_1_x", "leave_thread", (), {}, 5).value == 1
            assert workers.call("ch1_1_x", "end", ("exit",), {}, 5).died
        workers.close()
        workers.close()
    assert resources() == before
    assert not any(home.exists() for home in homes)


@LINUX
def test_the_worker_ends_with_a_killed_examiner(submission, tmp_path):
    source = "import os, subprocess\ndef f():\n    subprocess.Popen(['sleep', '300'])\n"
    source += f"    open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n    while 1: pass"
    folder = submission({"m": source})
    code = "from grader.boundary.process import Worker; "
    code += f"Worker({str(folder)!r}).call('m', 'f', (), {{}})"
    env = os.environ | {"TMPDIR": str(tmp_path)}
    root = Path(process.__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, env=env) as examiner:
        pid = tmp_path / "pid"
        assert wait_until(lambda: pid.exists() and pid.read_text(), 20)
        examiner.kill()
    group = int(pid.read_text())

    def group_is_gone():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, 0)
            members = [p for p in Path("/proc").glob("[0-9]*") if in_group(p, group)]
            return all(gone(p.name) for p in members)
        return True

    assert wait_until(group_is_gone, 6)


def in_group(process, group):
    with contextlib.suppress(OSError):
        return (process / "stat").read_text().rpartition(")")[2].split()[2] == str(group)


def test_the_environment_of_a_worker(call, monkeypatch):
    names = call("environment").value
    assert not [name for name in names if name.startswith(("PYTHON", "PYTEST"))]
    assert unconfined.MARK in names
