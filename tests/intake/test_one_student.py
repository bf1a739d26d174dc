"""Intake of one student's folder or zip, as the autograder of a platform has it."""

import os

import pytest
from support.handed_in import CHAPTER, OTHER, said, written, zipped

from grader.intake import intake

FILES = {f"work/{CHAPTER}": "x = 1", f"work/{OTHER}.py": "y = 1", "work/essay.txt": ""}
TAKEN = {CHAPTER: b"x = 1", f"{OTHER}.py": b"y = 1"}


def test_a_folder_a_zip_and_a_folder_of_zips(tmp_path):
    (tmp_path / "ann.zip").write_bytes(zipped(FILES))
    one = intake.read_one(written(tmp_path / "ann", FILES))
    two = intake.read_one(tmp_path / "ann.zip")
    three = intake.read_one(written(tmp_path / "submission", {"my.zip": FILES}))
    assert one.files == two.files == three.files == TAKEN
    assert one.digest == two.digest == three.digest
    said(one, "essay.txt`", "ignored")
    assert (one.id, two.id, three.id) == ("ann", "ann", "submission")


@pytest.mark.parametrize(
    "names",
    [
        (f"alice_1_2_{CHAPTER}", f"bob_3_4_{CHAPTER}"),
        (f"submission_1/{CHAPTER}", f"submission_2/{OTHER}.py"),
        (f"a/{CHAPTER}", f"b/{CHAPTER}"),
        (f"week1/{CHAPTER}", f"week2.zip/{OTHER}.py"),
    ],
)
def test_it_is_one_submission_whatever_is_in_it(tmp_path, names):
    folder = written(tmp_path / "work", dict.fromkeys(names, "x = 1"))
    assert intake.read_one(folder).id == "work"


def test_a_folder_and_the_same_in_a_class(tmp_path):
    folder = written(tmp_path / "class" / "ann", {CHAPTER: "x = 1", "old": {CHAPTER: "x = 2"}})
    written(tmp_path / "class" / "bob", {CHAPTER: "x = 3"})
    assert intake.read_one(folder) == intake.read(tmp_path / "class").hand_ins[0]


def test_one_file_alone(tmp_path):
    written(tmp_path, {CHAPTER: "x = 1"})
    assert intake.read_one(tmp_path / CHAPTER).files == {CHAPTER: b"x = 1"}


def test_an_empty_folder(tmp_path):
    submission = intake.read_one(written(tmp_path / "ann", {}))
    assert submission.files == {}
    assert submission.notes == (intake.NOTHING_FOUND,)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("x.zip", b"PK\3\4 and then nothing", "not a zip"),
        ("x.zip", zipped({}), "empty"),
        ("x.tar.gz", b"\x1f\x8b", "is damaged"),
        ("x.tar", b"no archive", "submit a .zip"),
        ("x.rar", b"Rar!", "submit a .zip"),
    ],
)
def test_a_zip_that_is_none_is_a_submission_all_the_same(tmp_path, name, data, word):
    submission = intake.read_one(written(tmp_path, {name: data}) / name)
    assert (submission.id, submission.files) == ("x", {})
    said(submission, f"`{name}`", word)


def test_what_is_not_there_is_refused_in_a_line(tmp_path):
    with pytest.raises(intake.IntakeError, match=r"`[^`]*nowhere` cannot be read") as error:
        intake.read_one(tmp_path / "nowhere")
    assert "\n" not in str(error.value)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / CHAPTER)
    submission = intake.read_one(tmp_path / CHAPTER)
    assert submission.files == {}
    said(submission, CHAPTER, "not a regular file")
