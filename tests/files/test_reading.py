"""Reading a submission while somebody changes it: no links, no waiting, nobody else's files."""

import contextlib
import os
import subprocess
import sys
import threading
import time

import pytest
from support.handed_in import CHAPTER
from support.running import ROOT, run_grade

from grader.files import reading
from grader.intake import intake
from grader.isolation import launch

pytestmark = pytest.mark.needs("linux")

MINE, OTHERS = b"mine = 1\n", b"secret = 2\n"
SECONDS = 1.5  # of each race

# Swaps `{mine}` and `{link}` for ever, as fast as it can.
RACER = """
import ctypes, os, sys
swap = ctypes.CDLL(None).renameat2
AT_FDCWD, EXCHANGE = -100, 2
one, other = (os.fsencode(path) for path in sys.argv[1:])
print(flush=True)
while True: swap(AT_FDCWD, one, AT_FDCWD, other, EXCHANGE)
"""


@contextlib.contextmanager
def swapping(one, other):
    """Another process swaps these two paths all the time."""
    command = [sys.executable, "-c", RACER, str(one), str(other)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as racer:
        racer.stdout.readline()
        try:
            yield
        finally:
            racer.kill()


@pytest.fixture
def students(tmp_path):
    """A class in which `ann` has a file, and next to it what it is swapped with."""
    for name, data in (("ann", MINE), ("bob", OTHERS)):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / CHAPTER).write_bytes(data)
    return tmp_path / "class"


def link(students, what):
    """Make a link to Bob's file or folder, and return it with what it is swapped with."""
    if what == "file":
        made, mine = students / "ann" / "link", students / "ann" / CHAPTER
        made.symlink_to(students / "bob" / CHAPTER)
    else:
        made, mine = students.parent / "link", students / "ann"
        made.symlink_to(students / "bob")
    return mine, made


def tries():
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        yield


def test_a_file_that_turns_into_a_link_is_never_followed(students):
    count = 0
    with swapping(*link(students, "file")):
        for _ in tries():
            found = reading.python_files(students / "ann").get(CHAPTER, MINE)
            with contextlib.suppress(OSError):
                found += reading.read_bytes(students / "ann" / CHAPTER)
            assert OTHERS not in found
            count += 1
    assert count > 100


def test_staging_takes_only_what_it_looked_at(students, tmp_path):
    staged = 0
    with swapping(*link(students, "file")):
        for number, _ in enumerate(tries()):
            home = tmp_path / f"home{number}"
            home.mkdir()
            launch.stage(students / "ann", home)
            copies = [path.read_bytes() for path in (home / "submission").iterdir()]
            assert copies in ([], [MINE])
            staged += 1
    assert staged > 10


@pytest.mark.parametrize("what", ["file", "folder"])
def test_intake_never_grades_one_students_work_as_anothers(students, what):
    count = 0
    with swapping(*link(students, what)):
        for _ in tries():
            for hand_in in intake.read(students).hand_ins:
                expected = {"ann": MINE, "bob": OTHERS}[hand_in.id]
                assert hand_in.files in ({}, {CHAPTER: expected})
            count += 1
    assert count > 20


def test_what_is_digested_is_what_is_graded(students):
    """Contents that change meanwhile are read once."""
    over = threading.Event()

    def write():
        while not over.is_set():
            for data in (b"x = 1\n" * 1000, b"y = 2\n" * 1000):
                (students / "ann" / CHAPTER).write_bytes(data)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in tries():
            ann, _ = intake.read(students).hand_ins
            before = ann.digest
            (students / "ann" / CHAPTER).write_bytes(b"z = 3\n")
            assert ann.digest == before
    finally:
        over.set()
        writer.join()


def test_nothing_waits_for_the_other_end_of_a_pipe(tmp_path):
    os.mkfifo(tmp_path / CHAPTER)
    assert reading.python_files(tmp_path) == {}
    assert reading.read_text(tmp_path / CHAPTER) == ""
    with pytest.raises(OSError, match="not a regular file"):
        reading.open_regular(tmp_path / CHAPTER)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [["run", "1.1"], ["run", "all"], ["diff", "1.1"], ["plot", "1.1"]]
)
def test_no_command_waits_either(tmp_path, command):
    os.mkfifo(tmp_path / CHAPTER)
    os.mkfifo(tmp_path / "helper.py")
    (tmp_path / "ch1_2_matrix_operations.py").write_text("import helper\n")
    run_grade(*command, "--submission", tmp_path)


@pytest.mark.slow
@pytest.mark.needs("sandbox")
def test_a_link_lends_nothing_to_a_submission(tmp_path):
    source = "import zz\ndef normalize(X): return zz.normalize(X)\none_hot = zz.one_hot\n"
    (tmp_path / CHAPTER).write_text(source)
    (tmp_path / "zz.py").symlink_to(ROOT / "solutions" / CHAPTER)
    done = run_grade("run", "1.1", "--submission", tmp_path, "--isolation", "sandbox")
    assert "0 of 10 points" in done.stdout
    assert "No module named 'zz'" in done.stdout


def test_folders_inside_are_read_but_no_links_to_folders(tmp_path, monkeypatch):
    (tmp_path / "package" / ".hidden").mkdir(parents=True)
    for name in ("a.py", "package/b.py", "package/.hidden/c.py", "package/d.txt"):
        (tmp_path / name).write_bytes(MINE)
    (tmp_path / "linked").symlink_to(tmp_path / "package")
    (tmp_path / "large.py").write_bytes(bytes(reading.LARGEST_FILE + 1))
    assert reading.python_files(tmp_path) == {"a.py": MINE}
    assert reading.python_files(tmp_path, deep=True) == {"a.py": MINE, "package/b.py": MINE}
    with reading.open_regular(tmp_path, "package", "b.py") as file:
        assert file.read() == MINE
    with pytest.raises(OSError, match=r"[Ll]ink|directory"):
        reading.open_regular(tmp_path, "linked", "b.py")
    monkeypatch.setattr(reading, "MOST_FILES", 1)
    assert len(reading.python_files(tmp_path, deep=True)) == 1


def test_the_files_of_a_submission_have_a_size_together(tmp_path, monkeypatch):
    for number in range(5):
        (tmp_path / f"helper{number}.py").write_bytes(b" " * 1000)
    (tmp_path / "small.py").write_bytes(b" " * 400)
    monkeypatch.setattr(reading, "MOST_BYTES", 3500)
    kept = reading.python_files(tmp_path)
    assert list(kept) == ["helper0.py", "helper1.py", "helper2.py", "small.py"]


def test_data_files_are_what_no_processor_could_run(tmp_path):
    (tmp_path / "data").mkdir()
    given = {"a.csv": b"1", "data/w.npy": b"\x93NUMPY\0", "x.npz": b"\x7fELF\0", "y.so": b"1"}
    given["own.py"] = repr(list(given)).encode()
    for name, content in given.items():
        (tmp_path / name).write_bytes(content)
    assert reading.opened_files(tmp_path).keys() == {"a.csv", "data/w.npy"}


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(reading.LARGEST_FILE + 1)
    (tmp_path / "small.csv").write_text("1")
    (tmp_path / "own.py").write_text("names = ['small.csv', 'large.csv']")
    read, sizes = reading._read, []
    monkeypatch.setattr(reading, "_read", lambda *given: sizes.append(1) or read(*given))
    assert reading.opened_files(tmp_path) == {"small.csv": b"1"}
    assert len(sizes) == 2
