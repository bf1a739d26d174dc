"""Pages go back to the platform that the submissions came from, and it finds whose each is."""

import copy
import json
import zipfile

import pytest
from support.made_results import HOSTILE, SECRET, SEED, grade, refused, result, written
from support.platforms import brightspace_takes, canvas_takes, files, moodle_takes

from grader.classroom import course
from grader.intake import intake

CHAPTER = "ch1_1_numpy_arrays.py"
SOURCE = "def normalize(X):\n    return X\n"


def downloaded(folder, *names):
    """The results of a class that was downloaded as a zip of these files."""
    file = folder / "class.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, SOURCE)
    hand_ins = intake.read(file).hand_ins
    return [result(each.id, **each.student) | {"origin": each.origin} for each in hand_ins]


def exported(folder, results, *options, format="feedback"):
    """`(bytes of the file, lines on standard error)`."""
    out = folder / "feedback.zip"
    source = written(folder, *results)
    code, printed, error = grade("export", format, source, "--out", out, *options)
    assert (code, printed) == (0, ""), error
    return out.read_bytes(), error.splitlines()


def test_moodle_finds_each_participant(tmp_path):
    results = downloaded(
        tmp_path,
        f"Ann Lee_11_assignsubmission_file_/{CHAPTER}",
        f"Zoë Ørsted_12_assignsubmission_file_/sub/{CHAPTER}",
        f"李 雷_13_assignsubmission_file_{CHAPTER}",
        f"Jo_Anne_Ray_14_assignsubmission_file_/{CHAPTER}",
    )
    data, lines = exported(tmp_path, results)
    taken = moodle_takes(data, {11, 12, 13, 14, 15})
    assert {number: set(found) for number, found in taken.items()} == {
        number: {"feedback.html"} for number in (11, 12, 13, 14)
    }
    for number, name in ((11, "Ann Lee"), (12, "Zoë Ørsted"), (13, "李 雷")):
        assert name in taken[number]["feedback.html"].decode()
    assert "Zoë Ørsted_12_assignfeedback_file_/feedback.html" in files(data)
    assert lines == [
        f"grade: `{tmp_path / 'feedback.zip'}` holds the pages of 4 of 4 submissions, for Moodle"
    ]


def test_moodle_without_numbers_is_said(tmp_path):
    names = [f"{who}_assignsubmission_file_/{CHAPTER}" for who in ("Ann Lee_11", "Bob Ray")]
    data, lines = exported(tmp_path, downloaded(tmp_path, *names))
    assert list(moodle_takes(data, {11})) == [11]
    assert "1 of 2" in lines[0]
    assert "`Bob_Ray`" in lines[1]


def test_canvas_finds_a_file_of_the_current_submission(tmp_path):
    results = downloaded(
        tmp_path,
        f"leeann_11_901_{CHAPTER}",
        f"leeann_11_902_{CHAPTER.replace('.py', '-1.py')}",
        f"raybob_LATE_12_903_{CHAPTER}",
        f"rstedzo_13_904_2024_02_{CHAPTER}",
        f"anon_Xy9_905_{CHAPTER}",
        "doejo_14_text.html",
        f"linkliv_15_906_link_{CHAPTER}",
    )
    data, lines = exported(tmp_path, results)
    current = {"11": "901 902", "12": "903", "13": "904", "15": "906", "Xy9": "905"}
    taken, ignored = canvas_takes(data, {user: each.split() for user, each in current.items()})
    assert {user: len(found) for user, found in taken.items()} == dict.fromkeys(current, 1)
    assert ignored == []
    assert "leeann_11_902_feedback.html" in files(data)  # the latest one
    assert "5 of 6" in lines[0]
    assert "`doejo_14`" in lines[1]


def test_brightspace_gets_its_folders_back(tmp_path):
    folders = [
        "11-5 - Ann Lee - Oct 5, 2026 1234 PM",
        "12-5 - Zoë O'Hara-Ørsted - Oct 5, 2026 1:35 PM",
        "13-5 - A123456 - Cy Orr - 5 October, 2026 12:34",
    ]
    earlier = "11-5 - Ann Lee - Oct 4, 2026 1234 PM"
    names = [f"{folder}/{CHAPTER}" for folder in (*folders, earlier)]
    data, _ = exported(tmp_path, downloaded(tmp_path, *names))
    taken = brightspace_takes(data, {*folders, earlier})
    assert {folder: list(found) for folder, found in taken.items()} == {
        folder: ["feedback.html"] for folder in folders
    }


def test_elsewhere_and_on_request_the_pages_have_the_names_of_the_submissions(tmp_path):
    data, lines = exported(tmp_path, [result("a"), result("B"), result("b")])
    assert list(files(data)) == ["a.html", "B.html", "b-2.html"]
    assert lines[0].endswith("as plain pages")
    again = tmp_path / "again"
    again.mkdir()
    results = downloaded(again, f"leeann_11_901_{CHAPTER}", f"raybob_12_902_{CHAPTER}")
    data, _ = exported(again, results, "--platform", "pages")
    assert list(files(data)) == ["leeann_11.html", "raybob_12.html"]


def test_another_platform_than_their_own_takes_none(tmp_path):
    results = downloaded(tmp_path, f"leeann_11_901_{CHAPTER}", f"raybob_12_902_{CHAPTER}")
    out = tmp_path / "feedback.zip"
    line = refused(
        *("export", "feedback", written(tmp_path, *results), "--platform", "moodle", "--out", out)
    )
    assert "does not come from Moodle" in line
    assert not out.exists()


@pytest.mark.parametrize("format", ["feedback", "comments"])
def test_a_student_reads_only_what_a_student_may(tmp_path, format):
    results = downloaded(tmp_path, f"leeann_11_901_{CHAPTER}", f"raybob_12_902_{CHAPTER}")
    results[0] = copy.deepcopy(results[0])
    results[0] |= {"comments": [{"text": HOSTILE, "who": "WHO", "when": "x"}]}
    results[0]["chapters"][0]["functions"][0] |= {
        "override": {"points": 6, "instead_of": 2.0, "why": "WHY", "who": "WHO", "when": "x"},
    }
    data, _ = exported(tmp_path, results, format=format)
    texts = [data] if format == "comments" else files(data).values()
    whole = "".join(text.decode() for text in texts)
    assert not [word for word in (SECRET, str(SEED), "WHY", "WHO") if word in whole]
    assert "points set by hand: 6 instead of 2" in whole
    assert "alert(1)" in whole
    if format == "feedback":
        assert "<script>alert" not in whole


def test_comments_are_what_canvas_takes_for_a_class(tmp_path):
    names = (f"leeann_11_901_{CHAPTER}", f"raybob_12_902_{CHAPTER}", f"anon_Xy9_905_{CHAPTER}")
    data, lines = exported(tmp_path, downloaded(tmp_path, *names), format="comments")
    (key,) = told = json.loads(data)
    assert key == "grade_data"
    assert told[key].keys() == {"11", "12"}
    for each in told[key].values():
        assert each.keys() == {"text_comment"}  # no grade
        assert each["text_comment"].startswith("7 of 11 points\n")
        assert "3.2 softmax: 0 of 3" in each["text_comment"]
        assert "likely: axis" in each["text_comment"]
    assert "2 of 3" in lines[0]
    assert "anon_Xy9" in lines[1]


def test_another_platforms_numbers_are_nobodys_on_canvas(tmp_path):
    names = [f"{who}_assignsubmission_file_/{CHAPTER}" for who in ("Ann Lee_11", "Bob Ray_12")]
    results = written(tmp_path, *downloaded(tmp_path, *names))
    assert "Canvas ID" in refused("export", "comments", results, "--out", tmp_path / "c.json")


@pytest.mark.parametrize("format", ["csv", "junit", "gradescope", "html", "feedback"])
@pytest.mark.parametrize("named", ["folder", "file"])
def test_while_a_class_run_is_on_nothing_is_exported(tmp_path, format, named):
    folder = written(tmp_path, result("a", name="Ann"), result("b", name="Bob"))
    source = folder if named == "folder" else folder / "results.jsonl"
    out = tmp_path / "out"
    (folder / ".lock").touch()
    with course.at_rest(folder):  # holds the lock, as a run does
        line = refused("export", format, source, "--out", out)
    assert "a `grade class` is running in" in line
    assert not out.exists()
    assert grade("export", format, source, "--out", out)[0] == 0
