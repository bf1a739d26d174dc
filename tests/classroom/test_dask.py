"""`grade class --dask`: a real scheduler and real workers on this machine, one of them killed."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from support.class_runs import (
    by_id,
    graded_so_far,
    make_class,
    make_hanging,
    make_submission,
    run,
    start,
    wait_for,
)
from support.running import PATIENCE, kit_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("dask", "sandbox"),
]


class Cluster:
    """A scheduler of its own and the workers that a test asks for."""

    def __init__(self, folder):
        self.folder, self.started = folder, []
        file = folder / "scheduler.json"
        self.start("scheduler", "--port", "0", "--scheduler-file", file)
        wait_for(lambda: file.exists() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]

    def start(self, role, *options, **environment):
        command = [sys.executable, "-m", "dask", role, "--host", "127.0.0.1", "--no-dashboard"]
        with open(self.folder / f"{role}-{len(self.started)}.log", "wb") as log:
            process = subprocess.Popen(
                command + [str(option) for option in options],
                cwd=self.folder,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def worker(self, **environment):
        """A worker that nothing starts again."""
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", self.folder)
        return self.start("worker", self.address, *options, **environment)

    def close(self):
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    yield cluster
    cluster.close()


def honest(out):
    """The results of those that are not made to wait: what time they took does not show."""
    return {id: result for id, result in by_id(out).items() if id.startswith("student")}


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_costs_nothing(tmp_path, cluster):
    make_class(tmp_path / "in", 10)
    make_hanging(tmp_path / "in", 2)
    assert run(tmp_path / "in", tmp_path / "calm", "--seed", 7)[0] == 0
    workers = [cluster.worker(), cluster.worker()]
    out = tmp_path / "out"
    process = start(tmp_path / "in", out, "--seed", 7, "--dask", cluster.address)
    wait_for(lambda: graded_so_far(out) >= 2 or process.poll() is not None)
    workers[0].kill()
    left = 12 - graded_so_far(out)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, stderr) == (0, "")
    assert left >= 2  # so it was in mid-run
    assert len(re.findall(r"^\[ ?\d+/12\] (?:student|waiting)-\d+ ", stdout, re.M)) == 12
    assert honest(out) == honest(tmp_path / "calm")


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("scheduler", "is gone"),
        pytest.param("workers", "has had no workers", marks=pytest.mark.slow),
    ],
)
def test_a_cluster_that_is_lost_in_mid_run_is_one_line_and_the_run_goes_on_without(
    tmp_path, cluster, gone, told
):
    make_class(tmp_path / "in", 6)
    hanging = make_hanging(tmp_path / "in", 2)
    scheduler, workers = cluster.started[0], [cluster.worker(), cluster.worker()]
    out = tmp_path / "out"
    process = start(tmp_path / "in", out, "--dask", cluster.address)
    wait_for(lambda: graded_so_far(out) >= 1 or process.poll() is not None)
    for lost in [scheduler] if gone == "scheduler" else workers:
        lost.kill()
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert stderr.startswith(f"grade: the Dask scheduler at `{cluster.address}` {told}")
    assert stderr.count("\n") == 1, stderr
    done = graded_so_far(out)
    assert 1 <= done < 8
    for folder in hanging:
        make_submission(folder, "stub")
    assert f"graded {8 - done} in" in run(tmp_path / "in", out)[1]
    assert len(by_id(out)) == 8


@pytest.mark.slow
def test_what_is_graded_here_is_not_graded_again_there(tmp_path, cluster):
    make_class(tmp_path / "in", 3)
    assert run(tmp_path / "in", tmp_path / "out")[0] == 0
    make_submission(tmp_path / "in" / "student-001", "right", "changed")
    cluster.worker()
    code, stdout, _ = run(tmp_path / "in", tmp_path / "out", "--dask", cluster.address)
    assert code == 0
    assert "graded 1 in" in stdout


def refused(tmp_path, address):
    """The one line with which a run ends that could not begin."""
    make_submission(tmp_path / "in" / "one", "stub")
    code, stdout, stderr = run(tmp_path / "in", tmp_path / "out", "--dask", address)
    assert (code, stdout) == (2, "")
    assert stderr.count("\n") == 1, stderr
    assert graded_so_far(tmp_path / "out") == 0
    return stderr


@pytest.mark.slow
def test_a_worker_with_another_grader_is_refused(tmp_path, cluster):
    copy = tmp_path / "copy"
    for name in ("data", "exercises", "grader", "solutions"):
        shutil.copytree(kit_folder(name), copy / name)
    with (copy / "grader" / "grading" / "checks.py").open("a") as file:
        file.write("\n# another one\n")
    cluster.worker()
    cluster.worker(PYTHONPATH=str(copy))
    said = refused_with_both(tmp_path, cluster)
    assert re.search(r"the Dask worker tcp://\S+ cannot grade: it has grader \S+, not \S+;", said)


def refused_with_both(tmp_path, cluster):
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
    return refused(tmp_path, cluster.address)


def test_a_worker_without_the_package_is_refused(tmp_path, cluster):
    shadow = tmp_path / "shadow" / "grader"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("raise ImportError('No module named grader')\n")
    cluster.worker(PYTHONPATH=str(shadow.parent))
    assert "the package is not installed there" in refused(tmp_path, cluster.address)


@pytest.mark.slow
def test_a_scheduler_that_nobody_serves_is_one_line_soon(tmp_path):
    begin = time.monotonic()
    said = refused(tmp_path, "tcp://127.0.0.1:1")
    assert said.startswith("grade: no Dask scheduler answers at `tcp://127.0.0.1:1`")
    assert time.monotonic() - begin < 40


@pytest.mark.slow
def test_a_scheduler_without_workers_is_one_line(tmp_path, cluster):
    assert "has no workers: start some with" in refused(tmp_path, cluster.address)
