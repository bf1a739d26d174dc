"""Intake: who on the roster handed in what."""

import codecs

import pytest
from support.handed_in import (
    CHAPTER,
    GRADESCOPE,
    roster_file,
    said,
    written,
)

from grader.intake import intake

ROSTERS = {
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework (77)\r\n"
        "    Points Possible,,,,,10\r\n"
        '"Doe, John",101,S1,jdoe,A,\r\n"Lee, Zoë",102,S2,zlee,A,\r\n"Student, Test",9,,x,A,\r\n'
    ),
    "moodle": (
        "Identifier,Full name,Email address,Status\n"
        "Participant 101,John Doe,jdoe@x.edu,\nParticipant 102,Zoë Lee,zlee@x.edu,\n"
    ),
    "brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n"
        "#S1,#jdoe,Doe,John,#\n#S2,#zlee,Lee,Zoë,#\n"
    ),
    "semicolons": "sep=;\nName;E-Mail\nDoe, John;jdoe@x.edu\nLee, Zoë;zlee@x.edu\n",
    "float": "ID,Name,Login\n101.0,John Doe,jd\n102.0,Zoë Lee,zlee@x.edu\n",
    "german": "Identifier;Name\nTeilnehmer/in101;J. D.\nTeilnehmer/in102;Zoë Lee\n",
    "tabs": 'Student name\tStudent ID\nJohn Doe\t="S1"\nLEE ZOE\t="S2"\n',
}


@pytest.mark.parametrize("roster", ROSTERS)
@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("cp1252"),
    ],
)
def test_rosters(tmp_path, roster, encode):
    folder = written(tmp_path / "class", {f"doejohn_101_1_{CHAPTER}": "a = 1"})
    result = intake.read(folder, roster_file(tmp_path, encode(ROSTERS[roster])))
    (submission,) = result.hand_ins
    (missing,) = result.missing
    assert submission.student["name"] in ("Doe, John", "John Doe", "J. D.")
    assert submission.student["id"] == "101"
    assert missing["name"] in ("Lee, Zoë", "Zoë Lee", "LEE ZOE")
    assert set(missing.values()) & {"S2", "zlee@x.edu", "102"}
    assert len(result.notes) == 1
    assert submission.notes == ()


@pytest.mark.parametrize(
    "folder", ["jdoe", "JDOE@x.edu", "S1", "101", "John DOE", "doe_john", "doejohn"]
)
def test_a_folder_may_be_named_by_whatever_the_roster_knows(taken, folder):
    roster = (
        "id,name,login,sis id,email\n101,John Doe,jdoe,S1,jdoe@x.edu\n102,Jo Ng,jng,S2,jng@x.edu\n"
    )
    result = taken({f"{folder}.zip": {CHAPTER: "a = 1"}}, roster)
    (submission,) = result.hand_ins
    assert submission.student["login"] == "jdoe"
    assert [person["login"] for person in result.missing] == ["jng"]
    said(result, "on the roster without a submission", "Jo Ng")


def test_an_id_says_more_than_a_name(taken):
    roster = "ID,Student\n66,Mallory Evans\n7,Alice Smith\n"
    result = taken({"Alice Smith_66_assignsubmission_file_": {CHAPTER: "a = 1"}}, roster)
    assert result.hand_ins[0].student == {"name": "Mallory Evans", "id": "66"}
    assert [person["id"] for person in result.missing] == ["7"]


def test_equal_fits_are_not_guessed(taken):
    roster = "login,name\njd1,John Doe\njd2,Doe John\nal,Ann Lee\n"
    result = taken(
        {
            "John Doe_5_assignsubmission_file_": {CHAPTER: "a = 1"},
            "Ann Lee_6_assignsubmission_file_": {CHAPTER: "b = 1"},
            "Lee, Ann_7_assignsubmission_file_": {CHAPTER: "c = 1"},
            "Nobody Known_8_assignsubmission_file_": {CHAPTER: "d = 1"},
        },
        roster,
    )
    found = {s.student["id"]: s for s in result.hand_ins}
    assert not any("login" in s.student for s in result.hand_ins)
    said(found["5"], "2 people", "equally")
    said(found["6"], "several submissions match", "Ann Lee")
    said(found["7"], "several submissions match", "Ann Lee")
    said(found["8"], "nobody on the roster")
    assert len(result.missing) == 3
    said(result, "not assigned to anyone")


def test_gradescope_people_are_found_by_student_id(taken):
    roster = "ID,Name,Section\n0100,S. Student,A\n200,P. One,A\n7,Wrong One,A\n"
    files = {"submission_metadata.yml": GRADESCOPE}
    files |= {f"submission_{n}/{CHAPTER}": "a = 1" for n in (11, 22)}
    result = taken(files, roster)
    assert [s.student.get("id") for s in result.hand_ins] == ["0100", "200", None]


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        ("", ["no column"]),
        ("a,b\n1,2\n", ["no column", "`id`"]),
        ("id,name\n", ["lists nobody"]),
        (b"id,name\n1,\x00\n", ["is not text"]),
        (b"\xff\xfeabc", ["utf-16"]),
        ("id,name\n" + "x" * 200_000, ["is not a CSV"]),
    ],
)
def test_a_roster_that_is_none_is_refused_in_a_line(tmp_path, roster, words):
    folder = written(tmp_path / "class", {"alice": {CHAPTER: ""}})
    with pytest.raises(intake.IntakeError) as error:
        intake.read(folder, roster_file(tmp_path, roster))
    assert all(word in str(error.value) for word in ["roster.csv", *words])
    assert "\n" not in str(error.value)


def test_a_missing_roster_is_refused(tmp_path):
    with pytest.raises(intake.IntakeError, match="cannot be read"):
        intake.read(written(tmp_path / "class", {"a": {CHAPTER: ""}}), tmp_path / "none.csv")
