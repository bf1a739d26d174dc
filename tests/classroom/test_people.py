"""People keep their ids, whatever number the platform gives to their next upload."""

import pytest
from support.made_gradings import grade, hand_in, result

ANN = {"name": "Ann Lee", "sis_id": "s1", "email": "ann@x.edu"}
BOB = {"name": "Bob Lee", "sis_id": "s2", "email": "bob@x.edu"}


def ids(out):
    """id -> the chapters with points."""
    names = ("submission_11", "submission_12", "submission_21", "submission_22")
    found = {}
    for name in names:
        try:
            chapters = result(out, name)["chapters"]
        except StopIteration:
            continue
        found[name] = [chapter["id"] for chapter in chapters if chapter["score"]]
    return found


def week1(out, ann=ANN, bob=BOB):
    first = {"submission_11": ann, "submission_12": bob}
    grade(out, [hand_in(id, student=who, ch1_1="normalize=6") for id, who in first.items()])


def week2(out, ann=ANN, bob=BOB):
    second = {"submission_21": bob, "submission_22": ann}
    hand_ins = [hand_in(id, student=who, ch1_2="linear=5") for id, who in second.items()]
    return grade(out, hand_ins, "1.2")[1]


def test_a_later_upload_under_another_number_joins_the_results(tmp_path):
    week1(tmp_path)
    run = week2(tmp_path, {**ANN, "email": "ANN@x.edu", "login": "ann"})
    assert ids(tmp_path) == {"submission_11": ["1.1", "1.2"], "submission_12": ["1.1", "1.2"]}
    assert run.known_again == ["submission_11", "submission_12"]
    assert week2(tmp_path).graded == 0
    week1(tmp_path)
    assert len(ids(tmp_path)) == 2


@pytest.mark.parametrize(
    "ann",
    [
        {"name": "Ann Lee"},
        {"name": "Ann Lee", "sis_id": "s1", "email": "other@x.edu"},
        {**BOB, "name": "Ann Lee"},
    ],
)
def test_who_cannot_be_told_apart_keeps_the_new_number(tmp_path, ann):
    week1(tmp_path)
    week2(tmp_path, ann)
    assert ids(tmp_path)["submission_22"] == ["1.2"]
    assert ids(tmp_path)["submission_11"] == ["1.1"]
