"""`grade reset`: the original stub comes back, and nothing that was there is lost."""

import os
import shutil
import stat

import pytest
from support.running import EXERCISES, SOLUTIONS, call_grade, kit_folder, run_grade

from grader.files import backup as backups
from grader.files import writing

NAME = "ch1_1_numpy_arrays.py"
STUB = (EXERCISES / NAME).read_bytes()


@pytest.fixture
def exercises(tmp_path):
    folder = tmp_path / "exercises"
    folder.mkdir()
    shutil.copy(EXERCISES / NAME, folder)
    return folder


def kept(folder):
    return sorted(folder.glob("*.backup"))


def reset(folder, chapter="1.1"):
    return call_grade("reset", chapter, "--submission", folder)


SOURCES = [
    (SOLUTIONS / NAME).read_bytes(),
    b"def broken(:\n",
    b"\xff\xfe not text \x00\r\n",
    b"",
]


@pytest.mark.parametrize("source", SOURCES)
def test_the_stub_is_back_and_the_old_file_is_kept_byte_for_byte(exercises, source):
    (exercises / NAME).write_bytes(source)
    done = reset(exercises)
    assert done.returncode == 0, done.stderr
    assert (exercises / NAME).read_bytes() == STUB
    (copy,) = kept(exercises)
    assert copy.read_bytes() == source
    assert copy.name.startswith(f"{NAME}.20")
    assert str(copy) in done.stdout
    assert sorted(exercises.iterdir()) == sorted([copy, exercises / NAME])


@pytest.mark.needs("posix")
def test_the_command_that_is_printed_gets_the_file_back(tmp_path):
    folder = tmp_path / "it's mine"
    folder.mkdir()
    (folder / NAME).write_text("mine = 1\n")
    command = reset(folder).stdout.splitlines()[-1]
    assert os.system(command) == 0
    assert (folder / NAME).read_text() == "mine = 1\n"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_of_a_stub_nothing_is_changed_or_kept(exercises, ending):
    data = STUB.replace(b"\n", ending)
    (exercises / NAME).write_bytes(data)
    done = reset(exercises)
    assert done.returncode == 0
    assert "already" in done.stdout
    assert (exercises / NAME).read_bytes() == data
    assert kept(exercises) == []


def test_a_missing_file_is_written(exercises):
    (exercises / NAME).unlink()
    done = reset(exercises)
    assert done.returncode == 0
    assert (exercises / NAME).read_bytes() == STUB
    assert kept(exercises) == []


def test_no_backup_ever_overwrites_another(exercises, monkeypatch):
    monkeypatch.setattr(backups.time, "strftime", lambda form: "20260102-030405")
    for number in range(3):
        (exercises / NAME).write_text(f"{number}")
        backups.backup(exercises / NAME)
    assert [path.name for path in kept(exercises)] == [
        f"{NAME}.20260102-030405-2.backup",
        f"{NAME}.20260102-030405-3.backup",
        f"{NAME}.20260102-030405.backup",
    ]
    assert [path.read_text() for path in kept(exercises)] == ["1", "2", "0"]


@pytest.mark.needs("posix")
@pytest.mark.parametrize("rights", [0o640, 0o440])
def test_the_file_keeps_its_rights_and_can_be_written(exercises, rights):
    (exercises / NAME).write_text("mine = 1\n")
    (exercises / NAME).chmod(rights)
    assert reset(exercises).returncode == 0
    assert stat.S_IMODE((exercises / NAME).stat().st_mode) == 0o640


def refused(done, *words):
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("grade: ")
    assert all(word in line for word in words), line


@pytest.mark.parametrize("chapter", ["1", "1.1-1.2", "all"])
def test_one_chapter_at_a_time(exercises, chapter):
    (exercises / NAME).write_text("mine = 1\n")
    refused(reset(exercises, chapter), f"`{chapter}`", "name one")
    assert (exercises / NAME).read_text() == "mine = 1\n"


def test_a_folder_in_the_place_of_the_file_is_left_alone(exercises):
    (exercises / NAME).unlink()
    (exercises / NAME).mkdir()
    refused(reset(exercises), NAME, "folder")
    assert kept(exercises) == []


@pytest.mark.needs("posix")
@pytest.mark.parametrize("target", ["elsewhere.py", "nowhere.py"])
def test_a_link_in_the_place_of_the_file_is_left_alone(exercises, target):
    (exercises / "elsewhere.py").write_text("mine = 1\n")
    (exercises / NAME).unlink()
    (exercises / NAME).symlink_to(target)
    refused(reset(exercises), NAME, f"`{target}`")
    assert (exercises / NAME).is_symlink()


@pytest.mark.parametrize("error", [(28, "No space left on device"), (13, "Permission denied")])
def test_a_full_disk_or_a_locked_folder_leaves_all_as_it_was(exercises, monkeypatch, error):
    from click.testing import CliRunner

    from grader.learner import reset as command

    def fail(data, path):
        try:
            raise OSError(*error)
        except OSError:
            raise writing.Unwritable("cannot be written") from None

    monkeypatch.setattr(writing, "write_whole", fail)
    (exercises / NAME).write_text("mine = 1\n")
    done = CliRunner().invoke(command.reset_command, ["1.1", "--submission", str(exercises)])
    assert done.exit_code == 2
    assert f"({error[1]})" in done.output
    assert (exercises / NAME).read_text() == "mine = 1\n"


def test_it_works_in_a_copy_without_solutions(tmp_path):
    for name in ("grader", "exercises"):
        shutil.copytree(
            kit_folder(name), tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "exercises" / NAME).write_text("mine = 1\n")
    done = run_grade("reset", "1.1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "exercises" / NAME).read_bytes() == STUB
    (tmp_path / "grader" / "stubs" / NAME).unlink()
    refused(run_grade("reset", "1.1", cwd=tmp_path), "1.1", "grader/stubs")
