"""What goes wrong around a class run leaves one true sentence, and nothing is lost."""

import errno
import json
import os
import re
import shlex
import shutil
import signal
import tempfile
from contextlib import closing

import pytest
from support import made_gradings
from support.class_runs import lines, make_class, make_hanging, marked, run, start, wait_for
from support.handed_in import written
from support.made_gradings import grade, hand_in
from support.running import PATIENCE, SOLUTIONS, call_grade

from grader import isolation
from grader.classroom import course, ledger
from grader.classroom import run as class_run
from grader.classroom.examiners import Lost
from grader.console import terminal
from grader.course import registry
from grader.files import temporary
from grader.intake import intake
from grader.isolation import launch, sandbox
from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.landlock import Landlock

CLASS = [hand_in(id, ch1_1="normalize=6") for id in ("ann", "bob", "cy")]


def test_a_copy_of_the_secret_is_all_that_a_class_needs_to_go_on(tmp_path):
    out, copy = tmp_path / "out", tmp_path / "copy.json"
    grade(out, CLASS[:2])
    shutil.copy(out / "course.json", copy)
    before = (out / "results.jsonl").read_bytes()
    (out / "course.json").unlink()
    with pytest.raises(course.CourseError, match=r"restore your copy .* or name another --out"):
        course.Course(out)
    shutil.copy(copy, out / "course.json")
    told, _ = grade(out, CLASS)
    assert told == [["1.1"]]  # the new one
    assert (out / "results.jsonl").read_bytes().startswith(before.splitlines()[0])


def test_another_courses_secret_is_refused_and_nothing_is_graded_anew(tmp_path):
    for name in ("one", "other"):
        grade(tmp_path / name, CLASS)
    before = (tmp_path / "one" / "results.jsonl").read_bytes()
    shutil.copy(tmp_path / "other" / "course.json", tmp_path / "one" / "course.json")
    with pytest.raises(course.CourseError) as caught:
        course.Course(tmp_path / "one")
    assert "course.json` is another course's" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "one" / "results.jsonl").read_bytes() == before


def test_a_run_stops_where_temporary_files_have_no_room_and_goes_on_later(tmp_path):
    def examine(files, options):
        if b"full" in files["ch1_1_numpy_arrays.py"]:
            return {"no_room": "`/tmp`, the folder for temporary files, is full"}
        return made_gradings.examine(files, options)

    full = hand_in("zoe", ch1_1="full")
    with closing(course.Course(tmp_path / "out")) as opened:
        chosen = registry.select(["1.1"])
        options = class_run.options(chosen, "digits", "none", 60, work=opened.work)
        prepared = class_run.ClassRun(opened, [*CLASS, full], options, made_gradings.Display())
        pool = made_gradings.InThreads()
        with pytest.raises(Lost) as caught:
            prepared.go(pool, examine)
    kept = len(ledger.read(tmp_path / "out"))
    assert str(caught.value) == (
        f"`/tmp`, the folder for temporary files, is full; {kept} of 4 graded; run the same "
        "command again to resume"
    )
    told, _ = grade(tmp_path / "out", [*CLASS, hand_in("zoe", ch1_1="normalize=6")])
    assert len(told) == 4 - kept


@pytest.mark.parametrize("utf8", [True, False])
def test_names_keep_their_letters_and_the_next_command_can_be_typed(tmp_path, monkeypatch, utf8):
    submissions, out = tmp_path / "in", tmp_path / "Übung 1; $(ls)"
    for who in ("Zoë Ørsted_12", "李 雷_13"):
        folder = submissions / f"{who}_assignsubmission_file_"
        folder.mkdir(parents=True)
        shutil.copy(SOLUTIONS / "ch1_1_numpy_arrays.py", folder)
    written(submissions / "山田 太郎_14_assignsubmission_file_", {"photo.png": b"\x89PNG"})
    (submissions / "Lebenslauf von Jürgen.txt").write_text("x")
    grade(out, intake.read(submissions).hand_ins)
    monkeypatch.setattr(terminal, "utf8", lambda: utf8)
    arguments = ["--out", out, "--isolation", "none", "--chapters", "1.1"]
    done = call_grade("class", submissions, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii() is not utf8
    if utf8:
        assert "`Lebenslauf von Jürgen.txt`" in done.stdout
        (command,) = re.findall(r"^Next: `(.*)`$", done.stdout, re.MULTILINE)
        assert shlex.split(command) == ["grade", "export", "html", str(out), "--out", "report"]
        assert "no grade: `14 (山田 太郎)`" in done.stdout
    people = {result.student["name"] for result in ledger.read(out)}
    assert people == {"Zoë Ørsted", "李 雷", "山田 太郎"}
    assert "Zoe_Orsted_12" in {result.submission for result in ledger.read(out)}
    assert call_grade("export", "html", out, "--out", tmp_path / "report").returncode == 0
    page = (tmp_path / "report" / "class.html").read_text(encoding="utf-8")
    assert all(name in page for name in people)


@pytest.fixture
def no_room(monkeypatch):
    """Sets up a machine on which a worker's files cannot be written, for this reason."""

    def fails_with(number):
        def write(files, folder):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(launch, "write_files", write)

    monkeypatch.setattr(Bubblewrap, "missing", lambda self: None)
    isolation.choose.cache_clear()
    yield fails_with
    isolation.choose.cache_clear()


@pytest.mark.needs("linux")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full: make room, or set TMPDIR to another folder"),
        (errno.EROFS, "cannot be written (Read-only file system): set TMPDIR to another folder"),
    ],
)
def test_a_full_folder_for_temporary_files_is_no_missing_sandbox(no_room, number, words):
    no_room(number)
    with pytest.raises(temporary.NoRoom) as caught:
        isolation.choose("sandbox")
    folder = tempfile.gettempdir()
    assert str(caught.value) == f"`{folder}`, the folder for temporary files, {words}"
    done = call_grade("run", "1.1", "--submission", SOLUTIONS, "--isolation", "sandbox")
    assert (done.returncode, done.stderr) == (2, f"grade: {caught.value}\n")


def test_at_home_it_is_the_same_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    done = call_grade("run", "1.1", "--submission", SOLUTIONS)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"`{tmp_path / 'gone'}`, the folder for temporary files, cannot be" in done.stderr


@pytest.mark.needs("landlock")
def test_a_closed_home_is_named_where_landlock_needs_it_open(tmp_path, monkeypatch):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    monkeypatch.setattr(sandbox, "spare_user", lambda: 50_001)  # as root has it
    found = isolation.fault(Landlock())
    assert "is closed to other users, but what the worker needs lies in it" in found
    folder = found.split("`")[1]
    assert not os.stat(folder).st_mode & 0o001


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_a_run_that_is_told_to_end_says_so_and_a_killed_one_is_noticed_by_the_next(tmp_path):
    make_class(tmp_path / "in", 6)
    make_hanging(tmp_path / "in", 2)
    out = tmp_path / "out"
    for number, code in ((signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)):
        done = len(lines(out)) if out.exists() else 0
        process = start(tmp_path / "in", out, "--jobs", 1, mark=f"ended-{number}")
        wait_for(lambda done=done: (out / "results.jsonl").exists() and len(lines(out)) > done)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=PATIENCE)
        assert process.returncode == code
        wait_for(lambda number=number: not marked(f"ended-{number}"))
        if number == signal.SIGTERM:
            kept = len(lines(out))
            resume = "run the same command again to resume"
            assert stderr == f"stopped; {kept} of 8 graded; {resume}\n"
        else:
            assert stderr == ""
    shutil.rmtree(tmp_path / "in" / "waiting-0")
    shutil.rmtree(tmp_path / "in" / "waiting-1")
    kept = len(lines(out))
    code, stdout, _ = run(tmp_path / "in", out)
    assert code == 0
    told = f"note: the last run here was killed; its results are kept, {kept} in all\n"
    assert stdout.startswith(told)
    assert "was killed" not in run(tmp_path / "in", out)[1]
    assert json.loads((out / "course.json").read_text())["regrade"] == {}
