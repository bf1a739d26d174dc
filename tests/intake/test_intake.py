"""Intake: what counts as a class, and what as one student's files."""

import random

import pytest
from support.handed_in import CHAPTER, OTHER, STEM, flat, written, zipped

from grader.intake import intake


def test_anything_else_is_named_by_its_folder_or_zip(taken):
    result = taken(
        {
            "alice": {f"deep/er/{CHAPTER}": "a = 1"},
            "bob.zip": {CHAPTER: "b = 1"},
            f"carol_{CHAPTER}": "c = 1",
            "dan.ipynb": '{"cells": []}',
            "dan.zip": {CHAPTER: "d = 1"},
            f"2026_10_05_eve/{CHAPTER}": "e = 1",
            f"2026_10_05_fay/{CHAPTER}": "f = 1",
            "hw_1_2_gus.zip": {CHAPTER: "g = 1"},
            "hw_1_2_hal.zip": {CHAPTER: "h = 1"},
            "notes.txt": "mine",
        }
    )
    assert {s.id: s.files[CHAPTER] for s in result.hand_ins} == {
        "2026_10_05_eve": b"e = 1",
        "2026_10_05_fay": b"f = 1",
        "hw_1_2_gus": b"g = 1",
        "hw_1_2_hal": b"h = 1",
        "alice": b"a = 1",
        "bob": b"b = 1",
        "carol": b"c = 1",
        "dan": b"d = 1",
    }
    assert result.notes == ("skipped (no student's name): `notes.txt`",)


@pytest.mark.parametrize(
    "files",
    [
        {CHAPTER: "a = 1", "old": {CHAPTER: "a = 0", f"{OTHER}.py": "b = 1"}, "hw.ipynb": "{}"},
        {CHAPTER: "a = 1", "more.zip": {f"{OTHER}.py": "b = 1"}},
        {CHAPTER: "a = 1", f"{OTHER}.py": "b = 1", "data/x.csv": "1"},
        {f"exercises/{CHAPTER}": "a = 1", f"exercises/{OTHER}.py": "b = 1", "solutions/s.py": ""},
    ],
)
def test_a_class_may_be_one_submission(taken, files):
    (submission,) = taken(files).hand_ins
    assert submission.id == "class"
    assert submission.files == {CHAPTER: b"a = 1", f"{OTHER}.py": b"b = 1"}


@pytest.mark.parametrize(
    "files",
    [
        {"alice": {CHAPTER: "a = 1"}, "bob": {CHAPTER: "b = 1"}},
        {"alice.zip": {CHAPTER: "a = 1"}, "bob.zip": {CHAPTER: "b = 1"}},
        {f"alice_{CHAPTER}": "a = 1", f"bob_{CHAPTER}": "b = 1"},
        {f"alice_1_2_{CHAPTER}": "a = 1", f"bob_3_4_{CHAPTER}": "b = 1"},
    ],
)
def test_a_chapter_that_is_nobodys_beside_a_class(taken, files):
    result = taken(files | {CHAPTER: "mine = 1"})
    assert [s.files[CHAPTER] for s in result.hand_ins] == [b"a = 1", b"b = 1"]
    assert result.notes == (f"skipped (no student's name): `{CHAPTER}`",)


@pytest.mark.parametrize("bob", ["bob", "bob.zip"])
def test_the_zip_of_a_class_may_hold_it_in_a_folder(tmp_path, bob):
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(flat({"hw1": {"alice": {CHAPTER: "a"}, bob: {CHAPTER: "b"}}})))
    assert [s.id for s in intake.read(path).hand_ins] == ["alice", "bob"]


def test_a_folder_may_hold_just_the_platforms_zip(tmp_path):
    inside = {f"a_1_2_{CHAPTER}": "a = 1", "b_3_4_w.zip": {CHAPTER: "b = 1"}}
    for number, files in enumerate(
        [inside, {"export/" + name: data for name, data in inside.items()}]
    ):
        folder = written(tmp_path / str(number), {"submissions.zip": files})
        assert [s.id for s in intake.read(folder).hand_ins] == ["a_1", "b_3"]


@pytest.mark.parametrize("beside", [{}, {"notes.txt": ""}, {CHAPTER: "x = 1"}])
def test_a_lone_student_in_a_folder_stays_one(tmp_path, beside):
    files = {"old": {CHAPTER: "x = 2"}, "older": {CHAPTER: "x = 3"}}
    folder = written(tmp_path / "class", {"alice": files | beside})
    assert [s.id for s in intake.read(folder).hand_ins] == ["alice"]


@pytest.mark.parametrize("other", [{"solutions/x.py": ""}, {f"week2/{OTHER}.py": "b = 1"}])
def test_one_students_subfolders_stay_together(taken, other):
    (submission,) = taken({"alice": {f"week1/{CHAPTER}": "a = 1"} | other}).hand_ins
    assert submission.id == "alice"
    assert submission.files[CHAPTER] == b"a = 1"


def test_the_same_whatever_the_order(tmp_path):
    files = {
        f"{name}/{CHAPTER}": f"x = '{name}'" for name in ["A", "a", "b c", "b_c", "é", "東", "京"]
    }
    files |= {f"doe_7_{n}_{STEM}-{n}.py": f"x = {n}" for n in range(1, 5)}
    results = []
    for seed in range(5):
        names = sorted(files)
        random.Random(seed).shuffle(names)
        path = tmp_path / "class.zip"
        path.write_bytes(zipped({name: files[name] for name in names}))
        results.append(intake.read(path))
    assert len(results[0].hand_ins) == 8
    assert all(result == results[0] for result in results)
    assert [s.digest for s in results[0].hand_ins] == [s.digest for s in results[1].hand_ins]


def test_the_digest_is_of_names_and_contents():
    def digest(**files):
        return intake.HandIn("x", {}, {f"{k}.py": v for k, v in files.items()}, ()).digest

    assert digest(a=b"1", b=b"2") == digest(b=b"2", a=b"1")
    assert len({digest(a=b"1", b=b"2"), digest(a=b"2", b=b"1"), digest(a=b"12"), digest()}) == 4
    assert len(digest()) == 64


@pytest.mark.parametrize("name", ["nowhere", "empty", "x.rar", "x.txt", "x.zip", "e.zip"])
def test_what_is_no_class_is_refused_in_a_line(tmp_path, name):
    (tmp_path / "empty").mkdir()
    for file in ("x.rar", "x.txt", "x.zip"):
        (tmp_path / file).write_bytes(b"Rar!\x1a\x07\x00")
    (tmp_path / "e.zip").write_bytes(zipped({}))
    with pytest.raises(intake.IntakeError, match=f"`[^`]*{name}`") as error:
        intake.read(tmp_path / name)
    assert "\n" not in str(error.value)
