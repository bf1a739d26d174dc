"""A class run goes on where it was stopped or killed: nothing is graded twice or lost."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from support.class_runs import (
    by_id,
    copied,
    graded_so_far,
    make_class,
    make_hanging,
    make_submission,
    marked,
    run,
    start,
    wait_for,
)
from support.running import PATIENCE

from grader.classroom import ledger


def kill_and_resume(submissions, out, kills, rng):
    """Kills a run again and again, then lets it come to its end; how often it was killed."""
    killed, hanging = 0, make_hanging(submissions, 2)
    for _ in range(kills):
        mark = f"kill-{rng.random()}"
        process = start(submissions, out, "--seed", 7, "--jobs", 2, mark=mark)
        time.sleep(rng.uniform(0.2, 2.2))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    for folder in hanging:
        shutil.rmtree(folder)
    assert run(submissions, out)[0] == 0
    return killed


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path, graded):
    shutil.copytree(graded[0], tmp_path / "in")
    assert kill_and_resume(tmp_path / "in", tmp_path / "out", 3, random.Random(1)) == 3
    assert by_id(tmp_path / "out") == by_id(graded[1])


@pytest.mark.needs("sandbox")
@pytest.mark.exhaustive
def test_a_run_that_is_killed_twenty_times_gives_what_an_undisturbed_one_gives(tmp_path):
    make_class(tmp_path / "in", 40)
    assert kill_and_resume(tmp_path / "in", tmp_path / "out", 20, random.Random(2)) == 20
    assert run(tmp_path / "in", tmp_path / "calm", "--seed", 7)[0] == 0
    assert by_id(tmp_path / "out") == by_id(tmp_path / "calm")


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_a_killed_run_leaves_no_process_and_the_next_one_no_file(tmp_path):
    make_class(tmp_path / "in", 12)
    make_hanging(tmp_path / "in", 2)
    out = tmp_path / "out"
    process = start(tmp_path / "in", out, "--jobs", 2, mark="left-over")
    wait_for(lambda: graded_so_far(out) >= 2)
    work = Path((out / ".work").read_text())
    assert work.is_dir()
    process.kill()
    process.communicate()
    wait_for(lambda: not marked("left-over"))
    wait_for(lambda: not [1 for command in command_lines() if str(work).encode() in command])
    assert run(tmp_path / "in", out)[0] == 0
    assert not work.exists()
    assert not (out / ".work").exists()
    assert {path.name for path in out.iterdir()} == {
        *(".lock", "course.json", "results.jsonl", "submissions")
    }


def command_lines():
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_bytes()
        except OSError:
            continue


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_ctrl_c_stops_with_one_line_and_the_same_command_goes_on(tmp_path):
    make_class(tmp_path / "in", 20)
    hanging = make_hanging(tmp_path / "in", 4)
    out = tmp_path / "out"
    process = start(tmp_path / "in", out, mark="stopped")
    wait_for(lambda: graded_so_far(out) >= 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all of them
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    done = graded_so_far(out)
    assert stderr == f"stopped; {done} of 24 graded; run the same command again to resume\n"
    assert 2 <= done < 24
    wait_for(lambda: not marked("stopped"))
    for folder in hanging:
        make_submission(folder, "stub")
    code, stdout, _ = run(tmp_path / "in", out)
    assert code == 0
    assert f"graded {24 - done} in" in stdout
    assert len(by_id(out)) == 24


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_two_runs_at_once_on_one_folder_get_a_clear_line(tmp_path):
    make_class(tmp_path / "in", 6)
    make_hanging(tmp_path / "in", 1)
    first = start(tmp_path / "in", tmp_path / "out")
    wait_for(lambda: (tmp_path / "out" / "results.jsonl").exists())
    first.send_signal(signal.SIGSTOP)
    code, stdout, stderr = run(tmp_path / "in", tmp_path / "out")
    first.send_signal(signal.SIGCONT)
    assert (code, stdout) == (2, "")
    assert stderr.startswith("grade: another `grade class` is running in")
    assert stderr.count("\n") == 1
    assert first.wait(timeout=PATIENCE) == 0
    first.communicate()
    assert len(by_id(tmp_path / "out")) == 7


@pytest.mark.needs("sandbox")
def test_a_torn_last_line_is_cut_and_graded_again(tmp_path, graded):
    submissions, out = copied(graded, tmp_path)
    file = out / "results.jsonl"
    file.write_bytes(file.read_bytes()[:-500])
    assert len(ledger.read(out)) == 7
    code, stdout, _ = run(submissions, out)
    assert code == 0
    assert "graded 1 in" in stdout
    assert by_id(out) == by_id(graded[1])
