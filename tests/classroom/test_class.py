"""`grade class`: it goes on where it was stopped, and nothing is graded twice or lost."""

import contextlib
import dataclasses
import json
import os
import random
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from support.class_runs import (
    by_id,
    command,
    examiner_processes,
    lines,
    make_class,
    make_hanging,
    make_submission,
    marked,
    run,
    start,
    wait_for,
)
from support.running import PATIENCE, ROOT, call_grade

from grader import isolation
from grader.classroom import course, examiners, ledger
from grader.classroom import run as class_run
from grader.classroom.command import class_command
from grader.course import registry
from grader.course.results import Result
from grader.intake import intake

linux = pytest.mark.needs("linux")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of eight, graded without a disturbance: `(submissions, out, what was printed)`."""
    folder = tmp_path_factory.mktemp("class")
    make_class(folder / "in", 8)
    code, stdout, stderr = run(folder / "in", folder / "out", "--seed", 7)
    assert (code, stderr) == (0, "")
    return folder / "in", folder / "out", stdout


def copied(graded, tmp_path):
    """A copy of the graded class that a test may change."""
    for name, path in (("in", graded[0]), ("out", graded[1])):
        subprocess.run(["cp", "-r", str(path), str(tmp_path / name)], check=True)
    return tmp_path / "in", tmp_path / "out"


@pytest.mark.needs("sandbox")
def test_every_submission_gets_a_line_with_what_its_result_depends_on(graded):
    submissions, out, _ = graded
    found = {result["submission"]: result for result in lines(out)}
    assert sorted(found) == [submission.id for submission in intake.read(submissions).hand_ins]
    for submission in intake.read(submissions).hand_ins:
        result = found[submission.id]
        assert result["digest"] == submission.digest
        assert result["student"] == submission.student
        assert result["seed"] == class_run.seed_of(7, submission.digest)
        assert re.fullmatch(r"[0-9.]+\+[0-9a-f]{12}", result["grader"])
        assert (result["isolation"], result["attempt"]) == ("sandbox", 1)
        assert result["sandbox"] in ("bubblewrap", "landlock")
        for name, data in submission.files.items():
            assert (out / "submissions" / submission.id / name).read_bytes() == data
    full = found["student-000"]["max_score"]
    assert full == sum(chapter.points for chapter in registry.select(["1"]))
    scores = [found[f"student-{number:03}"]["score"] for number in range(4)]
    assert scores[0] == full > scores[1] > 0 == scores[3]
    assert 0 < scores[2] < full


@pytest.mark.needs("sandbox")
def test_in_a_pipe_each_submission_is_a_line_then_comes_a_summary(graded):
    stdout = graded[2]
    assert stdout.isascii()
    told = [
        re.fullmatch(r"\[(\d)/8\] (student-\d+)  [\d.]+ of 30  [\d.]+ s", line)
        for line in stdout.splitlines()[:8]
    ]
    assert [match[1] for match in told] == list("12345678")
    assert len({match[2] for match in told}) == 8
    summary = "\n".join(stdout.splitlines()[8:])
    assert re.search(r"graded 8 in \d+ s, [\d.]+ per minute; already graded before: 0", summary)
    assert re.search(r"functions: .*\d+ passed", summary)
    assert "Next: `grade export html" in summary


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_on_a_terminal_there_is_a_bar_with_the_time_left(tmp_path):
    make_class(tmp_path / "in", 2)
    main, terminal = os.openpty()
    process = subprocess.Popen(
        command(tmp_path / "in", tmp_path / "out"), cwd=ROOT, stdout=terminal
    )
    os.close(terminal)
    seen = b""
    with contextlib.suppress(OSError):  # that nobody writes to it any more
        while more := os.read(main, 4096):
            seen += more
    os.close(main)
    assert process.wait(timeout=PATIENCE) == 0
    assert re.search(rb"grading .*1/2  \d\d:\d\d:\d\d", seen), seen
    assert b"graded 2 in" in seen
    assert b"student-000" not in seen


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_the_course_has_a_secret_seed_of_its_own_that_nobody_else_may_read(tmp_path, graded):
    make_submission(tmp_path / "in" / "one", "stub")
    seeds = []
    for name in ("first", "second"):
        assert run(tmp_path / "in", tmp_path / name)[0] == 0
        file = tmp_path / name / "course.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        seeds.append(json.loads(file.read_text())["seed"])
        assert str(seeds[-1]) not in (tmp_path / name / "results.jsonl").read_text()
    assert seeds[0] != seeds[1]


def test_the_seed_of_a_submission_is_made_from_the_courses_and_its_content():
    seeds = {class_run.seed_of(seed, digest) for seed in (1, 2) for digest in ("a" * 64, "b" * 64)}
    assert len(seeds) == 4
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert class_run.seed_of(1, "a" * 64) == class_run.seed_of(1, "a" * 64)


@pytest.mark.needs("sandbox")
def test_a_second_run_grades_nothing_and_leaves_the_file_as_it_is(graded):
    submissions, out, _ = graded
    before = (out / "results.jsonl").read_bytes()
    code, stdout, _ = run(submissions, out)
    assert code == 0
    assert "graded 0; already graded before: 8" in stdout
    assert (out / "results.jsonl").read_bytes() == before


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
    wait_for(lambda: (out / "results.jsonl").exists() and lines_so_far(out) >= 2)
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


def lines_so_far(out):
    return (out / "results.jsonl").read_bytes().count(b"\n")


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
    wait_for(lambda: (out / "results.jsonl").exists() and lines_so_far(out) >= 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all of them
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    done = lines_so_far(out)
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


@pytest.mark.needs("sandbox")
def test_a_changed_submission_is_graded_again_and_the_others_are_not(tmp_path, graded):
    submissions, out = copied(graded, tmp_path)
    make_submission(submissions / "student-003", "right")
    _, stdout, _ = run(submissions, out)
    assert "graded 1 in" in stdout
    after, before = by_id(out), by_id(graded[1])
    assert after["student-003"]["score"] == 30 > before["student-003"]["score"]
    assert after["student-003"]["attempt"] == 2
    stored = out / "submissions" / "student-003" / "ch1_1_numpy_arrays.py"
    assert stored.read_bytes() == (submissions / "student-003" / stored.name).read_bytes()
    assert {id: r for id, r in after.items() if id != "student-003"} == {
        id: r for id, r in before.items() if id != "student-003"
    }


@pytest.mark.needs("sandbox")
def test_what_is_no_longer_handed_in_keeps_its_result_and_is_named(tmp_path, graded):
    submissions, out = copied(graded, tmp_path)
    subprocess.run(["rm", "-r", str(submissions / "student-002")], check=True)
    code, stdout, _ = run(submissions, out)
    assert code == 0
    assert "results kept for submissions no longer present: `student-002`" in stdout
    assert by_id(out) == by_id(graded[1])


@pytest.mark.needs("sandbox")
@pytest.mark.slow
@pytest.mark.parametrize(("asked", "count"), [(["student-001"], 1), (["all"], 8)])
def test_regrade_grades_again_with_the_same_seed(tmp_path, graded, asked, count):
    submissions, out = copied(graded, tmp_path)
    options = [word for id in asked for word in ("--regrade", id)]
    _, stdout, _ = run(submissions, out, *options)
    assert f"graded {count} in" in stdout
    after, before = by_id(out), by_id(graded[1])
    assert sum(result.pop("attempt") == 2 for result in after.values()) == count
    for result in before.values():
        del result["attempt"]
    assert after == before


@pytest.mark.needs("sandbox")
def test_a_roster_tells_who_it_was_without_a_new_grading(tmp_path, graded):
    submissions, out = copied(graded, tmp_path)
    roster = tmp_path / "roster.csv"
    roster.write_text("Name,Email,SIS User ID\nstudent-001,one@example.org,S1\n", encoding="utf-8")
    code, stdout, _ = run(submissions, out, "--roster", roster)
    assert code == 0
    assert "graded 0; already graded before: 8" in stdout
    found = {result["submission"]: result for result in lines(out)}
    assert found["student-001"]["student"]["email"] == "one@example.org"
    assert "email" not in found["student-002"]["student"]


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_a_submission_that_hangs_costs_its_own_points_and_time_only(tmp_path):
    make_submission(tmp_path / "in" / "right", "right")
    hangs = make_submission(tmp_path / "in" / "hangs", "right") / "ch1_2_matrix_operations.py"
    hangs.write_text("while True:\n    pass\n", encoding="utf-8")
    assert run(tmp_path / "in", tmp_path / "out", "--budget", 4)[0] == 0
    found = by_id(tmp_path / "out")
    assert found["right"]["score"] == 30
    statuses = [
        {function["status"] for function in chapter["functions"]}
        for chapter in found["hangs"]["chapters"]
    ]
    assert statuses[:2] == [{"passed"}, {"timeout"}]
    assert max(result["seconds"] for result in lines(tmp_path / "out")) < 30


# An examiner that dies


@pytest.mark.slow
@pytest.mark.needs("sandbox")
def test_examiners_that_are_killed_are_replaced_and_nothing_is_lost(tmp_path, graded):
    process = start(graded[0], tmp_path / "out", "--seed", 7, mark="shot")
    out = tmp_path / "out"
    wait_for(lambda: (out / "results.jsonl").exists() and lines_so_far(out) >= 1)
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


def plain_result(options):
    return {
        "schema": 1,
        "submission": "one",
        "dataset": options["dataset"],
        "isolation": options["isolation"],
        "sandbox": None,
        "seed": options["seed"],
        "score": 1.0,
        "max_score": 2.0,
        "seconds": 0.1,
        "chapters": [
            {"id": id, "score": 1.0, "max_score": 2.0, "functions": []}
            for id in options["chapters"]
        ],
    }


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


# What cannot be done


@pytest.mark.needs("sandbox")
def test_misuse_is_one_line_that_names_the_thing(tmp_path, graded):
    submissions, out, _ = graded
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for given, named in {
        ("nowhere", tmp_path / "out"): "`nowhere`",
        (tmp_path / "empty", tmp_path / "out"): f"`{tmp_path / 'empty'}`",
        (submissions, out, "--chapters", "9.9"): "`9.9`",
        (submissions, out, "--regrade", "nobody"): "`nobody`",
        (submissions, out, "--seed", "8"): f"`{out}` has another seed",
        (submissions, submissions / "out"): f"`{submissions / 'out'}`",
        (submissions, tmp_path / "file" / "out"): f"`{tmp_path / 'file' / 'out'}` cannot be",
        (submissions, tmp_path / "out", "--dask", "tcp://127.0.0.1"): "`tcp://127.0.0.1`",
    }.items():
        done = call_grade("class", given[0], "--out", *given[1:])
        assert (done.returncode, done.stdout) == (2, ""), given
        assert done.stderr.count("\n") == 1, done.stderr
        assert named in done.stderr


@pytest.mark.needs("sandbox")
def test_without_the_seed_or_with_a_damaged_one_nothing_is_graded_anew(tmp_path, graded):
    submissions, out = copied(graded, tmp_path)
    (out / "course.json").write_text("{")
    code, _, stderr = run(submissions, out)
    assert code == 2
    assert "course.json` is damaged" in stderr
    (out / "course.json").unlink()
    code, _, stderr = run(submissions, out)
    assert code == 2
    assert "is missing" in stderr


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_a_full_disk_is_one_line_and_what_is_graded_is_kept(tmp_path, graded):
    out = tmp_path / "out"
    line = shlex.join(command(graded[0], out, "--jobs", 1))
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 16; exec {line}"],  # KB; each file of the worker is smaller
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"grade: `{out}` cannot be written")
    assert done.stderr.count("\n") == 1
    kept = lines(out)  # whole lines only
    assert 0 < len(kept) < 8
    assert run(graded[0], out)[0] == 0
    assert len(by_id(out)) == 8


def test_without_a_sandbox_nothing_is_graded_unless_told_so_in_so_many_words(tmp_path, monkeypatch):
    make_submission(tmp_path / "in" / "one", "stub")

    def choose(level):
        raise isolation.Unavailable("there is no sandbox: choose `--isolation none`")

    monkeypatch.setattr(isolation, "choose", choose)
    arguments = [str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(class_command, arguments)
    assert done.exit_code == 2
    assert "there is no sandbox" in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_isolation_none_is_written_into_the_result_and_warned_of(tmp_path):
    make_submission(tmp_path / "in" / "one", "right")
    code, _, stderr = run(tmp_path / "in", tmp_path / "out", "--isolation", "none")
    assert code == 0
    assert stderr.startswith("WARNING: --isolation none")
    (result,) = lines(tmp_path / "out")
    assert (result["isolation"], result["sandbox"], result["score"]) == ("none", None, 30)
    _, stdout, _ = run(tmp_path / "in", tmp_path / "out")
    assert "graded 1 in" in stdout  # a result from outside the sandbox does not count inside


# The file of results


def results(objects):
    return [Result.from_json(each) for each in objects]


@pytest.mark.needs("sandbox")
def test_read_takes_the_file_its_folder_and_the_result_of_grade_run(tmp_path, graded):
    _, out, _ = graded
    assert ledger.read(out) == ledger.read(out / "results.jsonl") == results(lines(out))
    single = tmp_path / "one.json"
    single.write_text(json.dumps(lines(out)[0], indent=1))
    assert ledger.read(single) == results(lines(out))[:1]


@pytest.mark.needs("sandbox")
def test_the_last_line_of_a_submission_wins(tmp_path, graded):
    first, second, *_ = lines(graded[1])
    file = tmp_path / "results.jsonl"
    newer = first | {"score": 1.0}
    file.write_text("".join(json.dumps(line) + "\n" for line in (first, second, newer)))
    assert ledger.read(file) == results([newer, second])
    opened = ledger.Ledger(file)
    opened.compact(lambda result: result)
    opened.close()
    assert sorted(map(json.dumps, lines(tmp_path))) == sorted(map(json.dumps, [newer, second]))


@pytest.mark.parametrize(
    "data",
    [
        b"no results\n",
        b"PK\x03\x04\xff\xfe",
        b"[" * 100_000,
        b'{"schema": 1}\n',
        b'{"schema": 1, "submission": 3, "score": 0, "max_score": 0, "chapters": []}\n',
        b'{"schema": 1, "submission": "a", "score": "9", "max_score": 0, "chapters": []}\n',
    ],
)
def test_what_holds_no_results_is_one_line(tmp_path, data):
    file = tmp_path / "results.jsonl"
    file.write_bytes(data)
    with pytest.raises(ledger.Unreadable) as caught:
        ledger.read(file)
    assert f"`{file}`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_results_that_are_not_there_are_one_line(tmp_path):
    with pytest.raises(ledger.Unreadable, match="cannot be read"):
        ledger.read(tmp_path)


def test_text_from_submissions_cannot_break_a_line(tmp_path):
    result = plain_result({"dataset": "d", "isolation": "none", "seed": 1, "chapters": ["1.1"]})
    names = ["a\u2028b", "c\nd", "e\x85f", "\ud800", '"}\n{"schema": 1']
    opened = ledger.Ledger(tmp_path / "results.jsonl")
    for name in names:
        opened.append(Result.from_json(result | {"submission": name}))
    opened.close()
    assert [r.submission for r in ledger.read(tmp_path)] == names
    assert (tmp_path / "results.jsonl").read_bytes().count(b"\n") == len(names)


def test_the_main_process_keeps_no_result(tmp_path):
    result = plain_result({"dataset": "d", "isolation": "none", "seed": 1, "chapters": []})
    opened = ledger.Ledger(tmp_path / "results.jsonl")
    opened.append(Result.from_json(result | {"submission": "a", "graded": "x" * 1_000_000}))
    assert len(repr(opened.entries)) < 1000
    opened.close()


# The rules of the course, on the command line


@pytest.mark.needs("sandbox")
def test_a_course_file_sets_chapters_limits_and_points(tmp_path):
    make_submission(tmp_path / "in" / "ada", "right")
    out = tmp_path / "out"
    assert call_grade("class", "--init", "--out", out).returncode == 0
    file = out / "course.toml"
    text = file.read_text().replace('chapters = ["all"]', 'chapters = ["1.2"]')
    text = text.replace("seconds = 600", "seconds = 77").replace("mb = 4096", "mb = 3000")
    file.write_text(text.replace("[due]", '[due]\n"1" = 2026-10-12'))
    done = call_grade("class", tmp_path / "in", "--out", out, "--data", "digits")
    assert (done.returncode, done.stderr) == (0, "")
    assert "time of handing in unknown, taken as in time: `ada`" in done.stdout
    (result,) = lines(out)
    assert [chapter["id"] for chapter in result["chapters"]] == ["1.2"]
    assert result["chapters"][0]["made_with"]["budget"] == 77
    assert result["policy"]["before"]["score"] == result["score"] == 10


@pytest.mark.needs("sandbox")
def test_mnist_that_appears_on_the_machine_regrades_nobody(tmp_path, graded, monkeypatch):
    submissions, out = copied(graded, tmp_path)
    monkeypatch.setattr("data.resolve", lambda name: "mnist" if name == "auto" else name)
    done = call_grade("class", submissions, "--out", out, "--chapters", "1")
    assert "graded 0; already graded before: 8" in done.stdout
