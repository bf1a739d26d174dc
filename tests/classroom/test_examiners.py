"""Examiners that die, break or are stopped: the run goes on without them."""

import dataclasses
import os
import re
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.class_runs import (
    by_id,
    examiner_processes,
    graded_so_far,
    plain_result,
    start,
    wait_for,
)
from support.running import PATIENCE

from grader.classroom import course, examiners, ledger
from grader.classroom import run as class_run
from grader.course import registry
from grader.intake import intake

linux = pytest.mark.needs("linux")


@pytest.mark.slow
@pytest.mark.needs("sandbox")
def test_examiners_that_are_killed_are_replaced_and_nothing_is_lost(tmp_path, graded):
    process = start(graded[0], tmp_path / "out", "--seed", 7, mark="shot")
    out = tmp_path / "out"
    wait_for(lambda: graded_so_far(out) >= 1)
    shot = examiner_processes(process, "shot")
    for pid in shot:
        os.kill(pid, signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert shot
    assert (process.returncode, stderr) == (0, "")
    assert len(re.findall(r"^\[\d/8\]", stdout, re.M)) == 8
    assert by_id(out) == by_id(graded[1])


def examine_or_die(files, options):
    """Stands in for `examine`: some submissions end its process, one of them only once."""
    text = files["ch1_1_numpy_arrays.py"].decode()
    fuse = Path(options["work"]) / "fuse"
    if "always" in text or ("once" in text and not fuse.exists()):
        fuse.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if "broken" in text:
        return {"broke": "MemoryError: \x1b[2J"}
    return {"result": plain_result(options)}


class Listener:
    """Remembers what a run tells."""

    def __init__(self):
        self.told = []

    def begin(self, total, already):
        pass

    def graded(self, id, result):
        self.told.append(id)

    def broke(self, id, why):
        self.told.append((id, why))

    def end(self):
        pass


def submissions_that_say(*texts):
    return [
        intake.HandIn(f"s{number}", {}, {"ch1_1_numpy_arrays.py": text.encode()}, ())
        for number, text in enumerate(texts)
    ]


@pytest.fixture
def opened(tmp_path):
    opened = course.Course(tmp_path / "out")
    yield opened
    opened.close()


def prepared(opened, submissions):
    options = class_run.options(
        registry.select(["1.1"]), "digits", "none", 60, parent=os.getpid(), work=opened.work
    )
    return class_run.ClassRun(opened, submissions, options, Listener())


@linux
def test_what_ends_its_examiner_twice_gets_no_points_and_the_run_goes_on(opened):
    submissions = submissions_that_say("", "always", "", "once", "", "")
    prepared_run = prepared(opened, submissions)
    prepared_run.go(examiners.Local(2), examine_or_die)
    assert prepared_run.failed == ["s1"]
    found = {result.submission: result.to_json() for result in ledger.read(opened.folder)}
    assert {id: result["score"] for id, result in found.items()} == {
        **{f"s{number}": 1.0 for number in (0, 2, 3, 4, 5)},
        "s1": 0.0,
    }
    (chapter,) = found["s1"]["chapters"]
    assert [f["status"] for f in chapter["functions"]] == ["crashed", "crashed"]
    assert found["s1"]["max_score"] == chapter["max_score"] == 10
    assert found["s1"]["notes"] == [class_run.LOST_NOTE]
    assert prepared(opened, submissions).due == []

    known = [dataclasses.replace(s, student={"name": "Ada"}, notes=("late",)) for s in submissions]
    assert prepared(opened, known).due == []
    told = {result.submission: result.to_json() for result in ledger.read(opened.folder)}
    assert {result["student"]["name"] for result in told.values()} == {"Ada"}
    assert told["s1"]["notes"] == ["late", class_run.LOST_NOTE]
    assert told["s0"]["notes"] == ["late"]


class InThreads:
    """A pool without processes."""

    died = ()
    jobs = 2

    def settings(self, jobs):
        return {"backend": "threading", "n_jobs": 2, "pre_dispatch": jobs}


def test_what_the_kit_fails_on_is_told_and_tried_again_by_the_next_run(opened):
    submissions = submissions_that_say("", "broken")
    first = prepared(opened, submissions)
    first.go(InThreads(), examine_or_die)
    assert first.failed == ["s1"]
    assert ("s1", "MemoryError: \x1b[2J") in first.display.told
    assert [s.id for s in prepared(opened, submissions).due] == ["s1"]


def test_a_stopped_regrade_goes_on_with_what_is_left(opened):
    submissions = submissions_that_say("", "", "", "")
    prepared(opened, submissions).go(InThreads(), examine_or_die)

    def one_at_most(files, options):
        one_at_most.count += 1
        if one_at_most.count > 1:
            raise KeyboardInterrupt
        return examine_or_die(files, options)

    one_at_most.count = 0
    stopped = prepared(opened, submissions)
    stopped.regrade(["s0", "s1", "s2"])
    assert [s.id for s in stopped.due] == ["s0", "s1", "s2"]
    with pytest.raises(KeyboardInterrupt):
        stopped.go(SimpleNamespace(died=(), jobs=1, settings=InThreads().settings), one_at_most)
    left = [s.id for s in prepared(opened, submissions).due]
    assert len(left) == 3 - stopped.graded
    again = prepared(opened, submissions)
    again.regrade(["s0", "s1", "s2"])
    assert [s.id for s in again.due] == left
    again.go(InThreads(), examine_or_die)
    attempts = {r.submission: r.attempt for r in ledger.read(opened.folder)}
    assert attempts == {"s0": 2, "s1": 2, "s2": 2, "s3": 1}
    once_more = prepared(opened, submissions)
    once_more.regrade(["s0"])
    assert [s.id for s in once_more.due] == ["s0"]
