"""Intake: whose is what, as the platforms name it, and who that is on the roster."""

import codecs
import random
import zipfile

import pytest
from support.handed_in import CHAPTER, OTHER, STEM, by_id, said, written, zipped

from grader.intake import intake


@pytest.fixture(params=["folder", "zip"])
def taken(request, tmp_path):
    """Reads a class, given as a dict of files, out of a folder and out of a zip."""

    def read(files, roster=None):
        path = tmp_path / "class"
        if request.param == "folder":
            written(path, files)
        else:
            path = path.with_suffix(".zip")
            path.write_bytes(zipped(_flat(files)))
        return intake.read(path, _roster(tmp_path, roster))

    return read


def _flat(files, above=""):
    flat = {}
    for name, content in files.items():
        if isinstance(content, dict) and not name.endswith(".zip"):
            flat |= _flat(content, f"{above}{name}/") or {f"{above}{name}/": ""}
        else:
            flat[above + name] = content
    return flat


def _roster(tmp_path, content):
    if content is None:
        return None
    path = tmp_path / "roster.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_canvas(taken):
    result = taken(
        {
            f"doejohn_101_9001_{CHAPTER}": "a = 1",
            f"doejohn_101_9002_{OTHER}.py": "b = 1",
            "smithann_LATE_102_9003_work-1.zip": {f"work/{CHAPTER}": "c = 1"},
            "anon_xY3_9004_work.zip": {CHAPTER: "d = 1"},
            "leebob_103_text.html": "<p>no time</p>",
        }
    )
    found = by_id(result)
    assert sorted(found) == ["anon_xY3", "doejohn_101", "leebob_103", "smithann_102"]
    assert found["doejohn_101"].files == {CHAPTER: b"a = 1", f"{OTHER}.py": b"b = 1"}
    assert found["doejohn_101"].student == {"name": "doejohn", "id": "101"}
    assert found["smithann_102"].files == {CHAPTER: b"c = 1"}
    assert "handed in late" in found["smithann_102"].notes
    assert found["anon_xY3"].student == {"name": "anon_xY3"}
    assert found["leebob_103"].files == {}
    assert intake.NOTHING_FOUND in found["leebob_103"].notes


def test_anonymous_and_late_on_canvas(taken):
    names = [f"anon_xY3_LATE_9004_{CHAPTER}", f"anon_xY3_LATE_9005_{OTHER}.py"]
    (late,) = taken(dict.fromkeys(names, "a = 1")).hand_ins
    assert (late.id, late.late, late.origin["given"]) == ("anon_xY3", True, "anon_xY3_LATE_9005")
    assert len(late.files) == 2


def test_canvas_files_of_one_number_are_one_students(taken):
    (submission,) = taken(
        {f"doejohn_5_77_{CHAPTER}": "a = 1", f"doejohn_5_77_{OTHER}.py": "b = 1"}
    ).hand_ins
    assert len(submission.files) == 2


def test_what_canvas_counts_up_is_the_latest(taken):
    (submission,) = taken(
        {
            f"doejohn_101_9001_{CHAPTER}": "old = 1",
            f"doejohn_101_9007_{STEM}-10.py": "new = 1",
            f"doejohn_101_9004_{STEM}-2.py": "middle = 1",
        }
    ).hand_ins
    assert submission.files == {CHAPTER: b"new = 1"}
    said(submission, CHAPTER, "3 times", "the latest")


@pytest.mark.parametrize("tail", ["_", ""])
def test_moodle_in_folders(taken, tail):
    result = taken(
        {
            f"Zoë Łukasz-Smith_4711_assignsubmission_file{tail}": {CHAPTER: "a = 1"},
            f"Zoë Łukasz-Smith_4711_assignsubmission_onlinetext{tail}": {
                "onlinetext.html": "hello"
            },
            f"Participant_12_assignsubmission_file{tail}": {"w.zip": {CHAPTER: "b = 1"}},
            f"Ann Lee_13_assignsubmission_file{tail}": {},
        }
    )
    assert [s.id for s in result.hand_ins] == [
        "Ann_Lee_13",
        "Participant_12",
        "Zoe_ukasz-Smith_4711",
    ]
    empty, participant, zoe = result.hand_ins
    assert zoe.student == {"name": "Zoë Łukasz-Smith", "id": "4711"}
    assert (zoe.files, participant.files) == ({CHAPTER: b"a = 1"}, {CHAPTER: b"b = 1"})
    assert empty.files == {}


def test_moodle_flat(taken):
    (submission,) = taken(
        {
            f"Ann Lee_13_assignsubmission_file_{CHAPTER}": "a = 1",
            f"Ann Lee_13_assignsubmission_file_{OTHER}.py": "b = 1",
        }
    ).hand_ins
    assert (submission.id, sorted(submission.files)) == ("Ann_Lee_13", [CHAPTER, f"{OTHER}.py"])


def test_a_students_own_file_name_cannot_pass_for_anothers(taken):
    result = taken(
        {
            f"mallory_66_1_alice_7_2_{CHAPTER}": "evil = 1",
            f"alice_7_3_{CHAPTER}": "good = 1",
            f"Mallory_66_assignsubmission_file_Bob_8_assignsubmission_file_{CHAPTER}": "evil = 2",
        }
    )
    ids = {s.student["id"]: s.files for s in result.hand_ins if s.id.startswith(("mallory", "al"))}
    assert ids == {"66": {}, "7": {CHAPTER: b"good = 1"}}
    assert not any(s.student["name"] == "Bob" for s in result.hand_ins)


@pytest.mark.parametrize("tail", ["", "_"])
def test_a_name_with_two_marks_replaces_nobody_and_is_named(taken, tail):
    forged = "Mal_7_assignsubmission_file__66_assignsubmission_file"
    result = taken(
        {
            f"{forged}{tail}": {CHAPTER: "evil = 1"},
            f"Alice_7_assignsubmission_file{tail}": {CHAPTER: "good = 1"},
        }
    )
    assert {s.id: s.files for s in result.hand_ins} == {"Alice_7": {CHAPTER: b"good = 1"}}
    (note,) = result.notes
    assert "marks of two students" in note
    assert forged[:30] in note


def test_a_name_made_up_to_bear_anothers_number_replaces_nobody(taken):
    result = taken(
        {
            f"Mal_7_8_x_66_assignsubmission_file_{CHAPTER}": "evil = 1",
            f"Mal_7_assignsubmission_file_{CHAPTER}": "evil = 2",
            f"Alice_7_assignsubmission_file_{CHAPTER}": "good = 1",
        }
    )
    found = {s.student["name"]: s.files for s in result.hand_ins}
    assert found["Alice"] == {CHAPTER: b"good = 1"}
    assert found["Mal_7_8_x"] == {CHAPTER: b"evil = 1"}


def test_brightspace(taken):
    result = taken(
        {
            "397063-2557369 - Mary-Ann Smith - Sep 24, 2026 926 AM": {CHAPTER: "old = 1"},
            "397063-2557369 - Mary-Ann Smith - Sep 24, 2026 1226 PM": {CHAPTER: "new = 1"},
            "397063-2557369 - Mary-Ann Smith - Sep 2, 2026 1126 PM": {f"{OTHER}.py": "b = 1"},
            f"397064-2557369 - Bob Lee - Dec 31, 2025 1159 PM - {CHAPTER}": "older = 1",
            f"397064-2557369 - Bob Lee - Jan 1, 2026 1201 AM - {CHAPTER}": "newer = 1",
            "397065-2557369 - Cy - Jan 1, 2026 1201 AM - Cy - work.zip": {CHAPTER: "c = 1"},
            "index.html": "<html>",
        }
    )
    bob, cy, mary = result.hand_ins
    assert bob.files == {CHAPTER: b"newer = 1"}
    assert mary.files == {CHAPTER: b"new = 1", f"{OTHER}.py": b"b = 1"}
    assert cy.files == {CHAPTER: b"c = 1"}
    assert mary.student == {"name": "Mary-Ann Smith", "id": "397063"}
    assert result.notes == ()


@pytest.mark.parametrize(
    "date",
    ["Dec 5, 2026 134 PM", "5 déc. 2026 13 h 34", "5. Dez 2026 13:34", "dic 5, 2026 1334"],
)
def test_brightspace_in_other_languages(taken, date):
    (submission,) = taken({f"11-5 - Ada Curie - {date}/{CHAPTER}": "a = 1"}).hand_ins
    assert submission.student == {"name": "Ada Curie", "id": "11"}
    assert submission.handed_in == "2026-12-05T13:34:00"


def test_a_later_attempt_under_another_name_comes_first(taken):
    text = "def normalize(X):\n    return {}\n\n\ndef one_hot(labels, num_classes): return labels\n"
    first, second = (f"11-5 - Ada - Oct {day}, 2026 1201 AM" for day in (5, 6))
    files = {f"{first}/{CHAPTER}": text.format(1), f"{second}/homework.py": text.format(2)}
    (submission,) = taken(files).hand_ins
    assert b"return 2" in submission.files[CHAPTER]


METADATA = """---
submission_11:
  :submitters:
  - :name: Solo Student
    :sid: '0100'
    :email: solo@x.edu
  :created_at: 2026-10-05 12:34:56.000000000 Z
  :history:
  - :id: 9
    :submitters:
    - :name: Somebody Else
submission_22:
  :submitters:
  - :name: "Pair \\e[31mOne"
    :sid: '200'
  - :name: 'Pair O''Two :sid: 7'
    :email: two@x.edu
"""


def test_gradescope(taken):
    result = taken(
        {
            "assignment_5_export/submission_metadata.yml": METADATA,
            f"assignment_5_export/submission_11/src/{CHAPTER}": "a = 1",
            f"assignment_5_export/submission_22/{CHAPTER}": "b = 1",
            f"assignment_5_export/submission_33/{CHAPTER}": "c = 1",
        }
    )
    solo, one, two, unknown = result.hand_ins
    assert solo.student == {"name": "Solo Student", "sis_id": "0100", "email": "solo@x.edu"}
    assert (solo.id, solo.files) == ("submission_11", {CHAPTER: b"a = 1"})
    assert two.student == {"name": "Pair O'Two :sid: 7", "email": "two@x.edu"}
    assert one.student["sis_id"] == "200"
    assert "\x1b" not in one.student["name"]
    assert one.files == two.files == {CHAPTER: b"b = 1"}
    assert "handed in by a group of 2" in one.notes
    assert unknown.student == {"name": "submission_33"}


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
    path.write_bytes(zipped(_flat({"hw1": {"alice": {CHAPTER: "a"}, bob: {CHAPTER: "b"}}})))
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
    result = intake.read(folder, _roster(tmp_path, encode(ROSTERS[roster])))
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
    files = {"submission_metadata.yml": METADATA}
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
        intake.read(folder, _roster(tmp_path, roster))
    assert all(word in str(error.value) for word in ["roster.csv", *words])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["nowhere", "empty", "x.rar", "x.txt", "x.zip", "e.zip"])
def test_what_is_no_class_is_refused_in_a_line(tmp_path, name):
    (tmp_path / "empty").mkdir()
    for file in ("x.rar", "x.txt", "x.zip"):
        (tmp_path / file).write_bytes(b"Rar!\x1a\x07\x00")
    (tmp_path / "e.zip").write_bytes(zipped({}))
    with pytest.raises(intake.IntakeError, match=f"`[^`]*{name}`") as error:
        intake.read(tmp_path / name)
    assert "\n" not in str(error.value)


def test_a_missing_roster_is_refused(tmp_path):
    with pytest.raises(intake.IntakeError, match="cannot be read"):
        intake.read(written(tmp_path / "class", {"a": {CHAPTER: ""}}), tmp_path / "none.csv")


# When it was handed in


def dated(folder, *members):
    """A zip with `(name, time)` for each member."""
    file = folder / "class.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, time in members:
            text = METADATA if name.endswith(".yml") else "def normalize(X):\n    return X\n"
            archive.writestr(zipfile.ZipInfo(name, time), text)
    return {hand_in.student["name"]: hand_in for hand_in in intake.read(file).hand_ins}


EARLY, LATER = (2026, 10, 5, 12, 0, 0), (2026, 10, 6, 8, 30, 2)


def test_the_time_of_handing_in_is_the_platforms(tmp_path):
    canvas = dated(
        tmp_path,
        (f"leeann_11_901_{CHAPTER}", LATER),
        (f"leeann_11_902_{OTHER}.py", EARLY),
        (f"raybob_LATE_12_903_{CHAPTER}", (1980, 1, 1, 0, 0, 0)),
    )
    assert (canvas["leeann"].handed_in, canvas["leeann"].late) == ("2026-10-06T08:30:02", False)
    assert (canvas["raybob"].handed_in, canvas["raybob"].late) == ("", True)
    moodle = dated(tmp_path, (f"Ann Lee_11_assignsubmission_file_/{CHAPTER}", EARLY))
    assert moodle["Ann Lee"].handed_in == "2026-10-05T12:00:00"
    brightspace = dated(
        tmp_path,
        (f"11-5 - Ann Lee - Oct 5, 2026 1234 PM/{CHAPTER}", LATER),
        (f"11-5 - Ann Lee - Oct 4, 2026 1101 AM/{CHAPTER}", LATER),
    )
    assert brightspace["Ann Lee"].handed_in == "2026-10-05T12:34:00"
    gradescope = dated(
        tmp_path,
        ("export/submission_metadata.yml", EARLY),
        (f"export/submission_11/{CHAPTER}", LATER),
        (f"export/submission_22/{CHAPTER}", LATER),
    )
    assert gradescope["Solo Student"].handed_in == "2026-10-05T12:34:56+00:00"
    assert gradescope["Pair O'Two :sid: 7"].handed_in == "2026-10-06T08:30:02"


def test_a_students_own_zip_and_an_unpacked_folder_do_not_say_when(tmp_path):
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(CHAPTER, (2001, 1, 1, 0, 0, 0)), "x = 1\n")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        info = zipfile.ZipInfo("Ann Lee_11_assignsubmission_file_/own.zip", LATER)
        archive.writestr(info, (tmp_path / "own.zip").read_bytes())
    (ann,) = intake.read(tmp_path / "class.zip").hand_ins
    assert (ann.handed_in, set(ann.files)) == ("2026-10-06T08:30:02", {CHAPTER})
    folder = tmp_path / "class" / "ann"
    folder.mkdir(parents=True)
    (folder / CHAPTER).write_text("x = 1\n")
    assert intake.read_one(folder).handed_in == ""
