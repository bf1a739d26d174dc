"""Data files by people with an interest in the outcome: places, numbers and contents."""

import io
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from support.handed_in import CHAPTER, MB, STEM, by_id, said, written, zipped

from grader.course import stubs
from grader.files import data, reading
from grader.intake import archives, intake
from grader.submission import staging

HELPER = "helper.py"
LONG = "n" * 300
REFUSED = {
    "a folder that is a data file": {"a.txt": "1", "a.txt/w.txt": "2"},
    "a folder named as the chapter": {f"{CHAPTER}/w.txt": "1"},
    "a folder named as a chapter that is lent": {"ch1_2_matrix_operations.py/w.txt": "1"},
    "a folder named as what the grader lends": {f"LENT_{STEM}.PY/w.txt": "1"},
    "a folder named as a helper": {HELPER: "x = 1", f"{HELPER}/w.txt": "1"},
    "a long name": {f"{LONG}.txt": "1"},
    "a long path": {"/".join([*["d" * 90] * 19, "w.txt"]): "1"},
    "a long name in few letters": {f"{chr(0x6771) * 80}/w.txt": "1"},
    "a stream of Windows": {"a:w.txt": "1"},
    "a line break in a folder": {"a\nb/w.txt": "1"},
    "a terminal's command": {"\x1b[2J/w.txt": "1"},
}


def opening(files):
    """A submission whose code names every file, by its last part."""
    names = [repr(name.rpartition("/")[2]) for name in files]
    return {CHAPTER: f"import helper\nx = [{', '.join(names)}]\n", **files}


def handed_in(tmp_path, data):
    folder = written(tmp_path / "class", {"mallory.zip": data, "honest": {CHAPTER: "x = 1"}})
    found = by_id(intake.read(folder))
    assert found["honest"].files == {CHAPTER: b"x = 1"}
    return found["mallory"]


def staged(tmp_path, submission):
    """The paths that a submission has where it is graded."""
    assert submission.digest
    folder = tmp_path / "graded"
    folder.mkdir()
    staging.write(submission.files, folder)
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in paths} - set(stubs.WHOLE)


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED)
def test_a_path_that_cannot_be_written_is_left_out(tmp_path, files):
    submission = handed_in(tmp_path, zipped(opening(files)))
    bad = list(files)[-1]
    assert bad not in submission.files
    assert staged(tmp_path, submission) == {CHAPTER, *files} - {bad}
    said(submission, "under a plain name", "code that opens it fails")


def test_a_folder_name_that_is_no_text_spoils_nothing(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in ((CHAPTER, b"x = 'w.txt'"), ("d\udcff/w.txt", b"1")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    submission = handed_in(tmp_path, zipped({"work.tar": buffer.getvalue()}))
    assert staged(tmp_path, submission) == {CHAPTER}


def test_a_helper_whose_path_is_too_long_is_left_out(tmp_path):
    files = {CHAPTER: f"import {LONG}.x\n", f"{LONG}/x.py": "x = 1"}
    assert staged(tmp_path, handed_in(tmp_path, zipped(files))) == {CHAPTER}


@pytest.mark.parametrize(
    "name", ["../../w.txt", "/etc/w.txt", "C:\\w.txt", "..\\w.txt", "grader/w.txt", "numpy/w.txt"]
)
def test_a_data_file_stays_in_its_folder(tmp_path, name):
    submission = handed_in(tmp_path, zipped({CHAPTER: "x = 'w.txt'", name: "1"}))
    paths = staged(tmp_path, submission)
    assert len(paths) == 2
    assert all(path == CHAPTER or Path(path).name == "w.txt" for path in paths)
    assert len(list(tmp_path.rglob("w.txt"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        *('np.load("a.npz")', "np.load(here / 'd' / 'a.npz')", 'f"{here}/a.npz"', r'"d\a.npz"'),
        *('"a.npz b.npz".split()', '"b.npz,a.npz".split(",")', 'f"{here}a.npz"', '"../d/a.npz"'),
    ],
)
def test_code_names_a_file_in_many_ways(tmp_path, line):
    submission = handed_in(tmp_path, zipped({CHAPTER: line, "a.npz": b"PK\3\4"}))
    assert submission.files.keys() == {CHAPTER, "a.npz"}


def test_a_name_with_a_space(tmp_path):
    files = {CHAPTER: "np.load('my file.csv')", "my file.csv": "1", "file.csv.txt": "2"}
    assert handed_in(tmp_path, zipped(files)).files.keys() == {CHAPTER, "my file.csv"}


def test_a_folder_at_home_and_in_a_class_gives_the_same(tmp_path):
    files = {
        CHAPTER: "f'w{n}.npz', 'z.csv', 'own'",
        "z.csv": "1",
        "read.txt": "1",
        "own/a.tsv": "1",
    }
    files |= {f"w{n:02}.npz": b"PK\3\4" for n in range(data.MOST + 5)}
    files |= {"a.NPZ": b"PK\3\4", "w99.npz": b"PK\3\4" + bytes(data.LARGEST)}
    folder = written(tmp_path / "ann", files)
    submission = intake.read_one(folder)
    assert reading.submission_files(folder) == submission.files
    assert len(submission.files) == 1 + data.MOST
    assert submission.files.keys() > {"z.csv", "a.NPZ", "own/a.tsv", "w00.npz"}
    said(submission, "`read.txt`", "ignored")


def test_many_names_take_no_longer_than_few(tmp_path):
    files = {CHAPTER: "import h\n" + "# ab c\n" * 10**5, "h.py": "# ab\n" * 10**5}
    files |= {f"ab ab {number}.txt": "1" for number in range(15_000)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # not packed, so no suspicious ratio
        for name, text in files.items():
            archive.writestr(name, text)
    folder = written(tmp_path / "class", {"mallory.zip": buffer.getvalue()})
    began = time.process_time()
    assert CHAPTER in intake.read(folder).hand_ins[0].files
    assert time.process_time() - began < 6


def test_few_of_many_files_of_one_name_are_read(tmp_path, monkeypatch):
    sizes = []
    read = archives.Member.read
    monkeypatch.setattr(
        archives.Member, "read", lambda self, limit: sizes.append(limit) or read(self, limit)
    )
    files = {f"d{number}/w.npy": "\0" for number in range(500)}  # no array
    submission = handed_in(tmp_path, zipped({CHAPTER: "x = 'w.npy'", **files}))
    assert submission.files.keys() == {CHAPTER}
    assert sizes.count(MB) < 2 * data.MOST_READ


def test_the_places_of_data_files_are_plain():
    assert data.has_place("module 1/données (2).csv")
    assert not data.has_place("a" * 201)
