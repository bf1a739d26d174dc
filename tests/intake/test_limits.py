"""Intake: names made to look like another's, and zips made to take for ever."""

import io
import json
import random
import time
import zipfile

import pytest
from support.handed_in import CHAPTER, MB, by_id, directory, entry, said, written, zipped

from grader.intake import intake

ROSTERS = {
    "canvas": 'Student,ID,SIS Login ID,Section\n"Doe, Bob",8,bob,A\n"Evil, Mal",66,mal,A\n',
    "moodle": "Identifier,Full name,Username\nParticipant 8,Bob Doe,bob\n"
    "Participant 66,Mal Evil,mal\n",
}

MAL, BOB = (f"{who}_assignsubmission_file_" for who in ("Mal Evil_66", "Bob Doe_8"))


@pytest.mark.parametrize(
    ("roster", "forged", "honest"),
    [
        ("canvas", "evilmal_66_1_x_8_assignsubmission_file_", "doebob_8_3_"),
        ("canvas", "evilmal_LATE_66_1_Bob Doe_8_assignsubmission_file_", "doebob_8_3_"),
        ("canvas", "evilmal_66_1_doebob_8_3_", "doebob_8_3_"),
        ("moodle", f"{MAL}doebob_8_3_", BOB),
        ("moodle", f"{MAL}8-1 - Bob Doe - Oct 5, 2026 1234 PM - ", BOB),
    ],
)
def test_a_file_named_as_anothers_takes_nothing_away(tmp_path, roster, forged, honest):
    (tmp_path / "r.csv").write_text(ROSTERS[roster])
    files = {f"{forged}{CHAPTER}": "evil = 1", f"{honest}{CHAPTER}": "good = 1"}
    result = intake.read(written(tmp_path / "class", files), tmp_path / "r.csv")
    found = {s.student["login"]: s.files for s in result.hand_ins}
    assert found == {"bob": {CHAPTER: b"good = 1"}, "mal": {}}
    assert result.missing == []


def timed(tmp_path, files):
    """The submission that these files make, read within 8 s of the processor."""
    folder = written(tmp_path / "class", {"mallory": files, "honest": {CHAPTER: "x = 1"}})
    began = time.process_time()
    found = by_id(intake.read(folder))
    assert time.process_time() - began < 8
    assert found["honest"].files == {CHAPTER: b"x = 1"}
    return found["mallory"]


def test_many_zips_of_many_members(tmp_path):
    most = directory([entry()] * 440_000)
    fewer = directory([entry()] * 19_000)
    files = {f"{n}.zip": most for n in range(12)} | {f"fewer{n}.zip": fewer for n in range(12)}
    submission = timed(tmp_path, files)
    assert submission.files == {}
    said(submission, "`0.zip`", "too many files")


def test_long_paths_in_zips_in_zips_at_long_paths(tmp_path):
    path = "/".join("ab" * 15_000)
    chance = random.Random(1)
    listed = [entry(f"{chance.random()}/{n}/{CHAPTER}".encode()) for n in range(3_000)]
    inner = directory(listed)
    files = {f"{n}.zip": zipped({f"{path}/{n}.zip": inner}) for n in range(3)}
    files |= {CHAPTER: "x = 1", "b.zip": directory([entry(path.encode())] * 100)}
    submission = timed(tmp_path, files)
    assert submission.files == {CHAPTER: b"x = 1"}


def test_a_zip_may_hold_text_that_looks_like_a_list_of_members(tmp_path):
    data = zipped({CHAPTER: "x = 1"})
    lookalike = b"PK\1\2" * (MB // 8)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("inner.zip", data)
        archive.writestr(f"a/{CHAPTER}", lookalike)
    submission = timed(tmp_path, {"work.zip": buffer.getvalue()})
    assert submission.files == {CHAPTER: b"x = 1"}


def test_a_line_of_a_notebook_costs_no_more_than_its_length(tmp_path):
    lines = ["x" * 200_000, " " * 200_000 + "x", "a, " * 70_000, "x?" * 100_000, "%" * 200_000]
    for number, line in enumerate(lines):
        folder = tmp_path / "class" / f"student {number}"
        folder.mkdir(parents=True)
        cell = {"cell_type": "code", "source": f"def normalize(X):\n    pass\n{line}\n"}
        (folder / "homework.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    begin = time.process_time()
    taken = intake.read(tmp_path / "class")
    assert time.process_time() - begin < 30  # the square of it would be an hour
    assert all(CHAPTER in submission.files for submission in taken.hand_ins)
