"""`grade class`: what a run gives, and what a second one grades again."""

import contextlib
import json
import os
import re
import stat
import subprocess

import pytest
from support.class_runs import by_id, command, copied, lines, make_class, make_submission, run
from support.running import PATIENCE, ROOT, call_grade

from grader.classroom import run as class_run
from grader.course import registry
from grader.intake import intake


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
    code, stdout, _ = run(tmp_path / "in", tmp_path / "out", "--budget", 4)
    assert code == 0
    assert "ran out of time: `hangs`; a larger --budget grades them again" in stdout
    found = by_id(tmp_path / "out")
    assert found["right"]["score"] == 30
    statuses = [
        {function["status"] for function in chapter["functions"]}
        for chapter in found["hangs"]["chapters"]
    ]
    assert statuses[:2] == [{"passed"}, {"timeout"}]
    assert max(result["seconds"] for result in lines(tmp_path / "out")) < 30


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
