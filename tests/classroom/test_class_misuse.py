"""What `grade class` cannot do is one line, and nothing is lost."""

import shlex
import subprocess

import pytest
from click.testing import CliRunner
from support.class_runs import by_id, command, copied, lines, make_submission, run
from support.running import PATIENCE, ROOT, call_grade

from grader import isolation
from grader.classroom.command import class_command


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
        ["bash", "-c", f"ulimit -f 24; exec {line}"],  # KB; each file of the worker is smaller
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
