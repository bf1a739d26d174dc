"""Intake: whose is what, and when it was handed in, as the platforms name it."""

import zipfile

import pytest
from support.handed_in import CHAPTER, GRADESCOPE, OTHER, STEM, by_id, said

from grader.intake import intake


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
    assert "marked as late by the platform" in found["smithann_102"].notes
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
        "Zoe_Lukasz-Smith_4711",
    ]
    empty, participant, zoe = result.hand_ins
    assert zoe.student == {"name": "Zoë Łukasz-Smith", "id": "4711"}
    assert (zoe.files, participant.files) == ({CHAPTER: b"a = 1"}, {CHAPTER: b"b = 1"})
    assert empty.files == {}


def test_moodleflat(taken):
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


def test_gradescope(taken):
    result = taken(
        {
            "assignment_5_export/submission_metadata.yml": GRADESCOPE,
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


def dated(folder, *members):
    """A zip with `(name, time)` for each member."""
    file = folder / "class.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, time in members:
            text = GRADESCOPE if name.endswith(".yml") else "def normalize(X):\n    return X\n"
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
