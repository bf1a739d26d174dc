"""A class of everything that people hand in: the points are what the code deserves, everywhere."""

import csv
import json
import re

import pytest
from support import class_runs
from support.attacks import ATTACKS
from support.handed_in import written, zipped
from support.odd_forms import FORMS, PLATFORMS, RIGHT, STEMS, exported
from support.running import SOLUTIONS, call_grade, grade_json

FULL = 30.0  # points of module 1
NOTHING = {"essay.pdf": b"%PDF", "photo of my code.png": b"\x89PNG"}


def alone(folder, files):
    """The points of each function, by `grade run`."""
    _, result = grade_json("1", "--submission", written(folder / "work", files), tmp_path=folder)
    return points(result)


def points(result):
    return {
        f"{chapter['id']}.{function['name']}": function["score"]
        for chapter in result["chapters"]
        for function in chapter["functions"]
    }


def graded(folder, platform, submissions, *options):
    """The results of a class, in the order of the submissions."""
    (folder / "class.zip").write_bytes(zipped(exported(platform, submissions)))
    code, *said = class_runs.run(folder / "class.zip", folder / "out", *options)
    assert code == 0, said
    results = class_runs.by_id(folder / "out")
    return [results[id] for id in sorted(results)], said[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "form", ["homework.py beside the stubs", "helpers of helpers", "_FINAL_v3 (2)"]
)
def test_at_home_every_form_gets_its_points(tmp_path, form):
    assert sum(alone(tmp_path, FORMS[form]).values()) == FULL


@pytest.mark.parametrize("name", ["homework.py"])
def test_at_home_a_file_is_enough(tmp_path, name):
    code, result = grade_json(
        "--submission", written(tmp_path, FORMS[name]) / name, tmp_path=tmp_path
    )
    assert code == 0
    assert [chapter["id"] for chapter in result["chapters"]] == ["1.1", "1.2", "1.3"]
    assert result["score"] == FULL


def test_at_home_what_holds_nothing_is_refused_in_a_line(tmp_path):
    done = call_grade("run", "1.1", "--submission", written(tmp_path / "ann", NOTHING))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "does not contain a chapter file" in line
    assert "essay.pdf" in line


WRONG = RIGHT[STEMS[2]].replace("return ", "return 2 * ")


@pytest.mark.slow
def test_a_class_gives_what_each_would_get_alone(tmp_path):
    forms = {**FORMS, "wrong": {**FORMS["plain"], f"{STEMS[2]}.py": WRONG}}
    expected = []
    for number, files in enumerate(forms.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        expected.append(alone(folder, files))
    for platform in PLATFORMS:
        folder = tmp_path / platform
        folder.mkdir()
        results, _ = graded(folder, platform, forms.values())
        found = dict(zip(forms, map(points, results), strict=True))
        assert found == dict(zip(forms, expected, strict=True)), platform
    assert all(sum(each.values()) == FULL for each in expected[:-1])
    assert sum(expected[-1].values()) < FULL


BAD_SIGMOID = "import numpy as np\n\n\ndef sigmoid(Z):\n    return 1 / (1 + np.exp(1.0 * Z))\n"
RELATIVE = re.compile(r"^from \.\w+ import (?:\([^)]*\)|.*)\n", re.MULTILINE)


@pytest.mark.slow
def test_a_mistake_costs_once_in_a_split_file_and_in_a_helper_module(tmp_path):
    plain = {path.name: path.read_text() for path in sorted(SOLUTIONS.glob("ch[1-3]_*.py"))}
    sigmoid = f"{STEMS[2]}.py"
    plain[sigmoid] = BAD_SIGMOID
    split = {"homework.py": "\n\n".join(RELATIVE.sub("", text) for text in plain.values())}
    helped = {n: text.replace(f".{STEMS[2]}", ".own") for n, text in plain.items()}
    helped |= {sigmoid: "from own import sigmoid\n", "own.py": BAD_SIGMOID}
    found = []
    for number, files in enumerate((plain, split, helped)):
        folder = written(tmp_path / str(number) / "work", files)
        _, result = grade_json("1.3", "3.1", "--submission", folder, tmp_path=folder.parent)
        found.append(points(result))
    assert found[0] == found[1] == found[2]
    assert found[0]["3.1.train_perceptron"] == 6 > found[0]["1.3.sigmoid"]


@pytest.mark.slow
def test_attacks_in_split_files_and_helper_modules_earn_nothing(tmp_path):
    chapter = f"{STEMS[0]}.py"
    texts = [files[chapter] for files in ATTACKS.values() if len(files) == 1][::6]
    split = [{"homework.py": f"{text}\n{RIGHT[STEMS[2]]}"} for text in texts]
    helped = [{chapter: "from .own import *\n", "own.py": text} for text in texts]
    options = ("--budget", "60", "--jobs", "2")
    results, _ = graded(tmp_path, "moodle", [*split, *helped], *options)
    assert len(results) == 2 * len(texts)
    for result in results:
        assert [points(result)[f"1.1.{name}"] for name in ("normalize", "one_hot")] == [0, 0], (
            result
        )


@pytest.mark.slow
def test_nothing_readable_is_no_grade_and_what_is_left_out_is_told(tmp_path):
    submissions = [NOTHING, {**FORMS["_v2"], "essay.pdf": b"%PDF"}]
    results, said = graded(tmp_path, "canvas", submissions)
    assert "nothing could be read, so there is no grade: `student100_100`" in said
    assert re.search(r"student100_100 +no grade", said)
    nothing, fine = results
    assert nothing["unread"]
    assert "unread" not in fine
    assert any("essay.pdf" in note for note in fine["about_files"])
    gradebook = tmp_path / "gradebook.csv"
    rows = ["Student,ID,SIS Login ID,Section,HW (1)", "    Points Possible,,,,30"]
    rows += [f"Student {n},{n},s{n},A," for n in (100, 101)]
    gradebook.write_text("\n".join(rows) + "\n")
    fill = ("--gradebook", str(gradebook), "--column", "HW (1)")
    for options, first in (((), ""), (("--zeros",), "0")):
        upload = export(tmp_path, "canvas", *fill, *options)
        grades = [line.rpartition(",")[2] for line in upload.read_text().splitlines()[2:]]
        assert grades == [first, "30"]
    table = csv.DictReader(export(tmp_path, "csv").read_text().splitlines())
    first, second = sorted(table, key=lambda row: row["id"])
    assert (first["score"], second["score"]) == ("", "30")
    assert "essay.pdf" in second["notes"]
    page = (export(tmp_path, "html") / "students" / "student101_101.html").read_text()
    assert "essay.pdf" in page
    page = (tmp_path / "html.out" / "students" / "student100_100.html").read_text()
    assert "Nothing could be read, so there is no grade" in page
    assert "Nothing could be read: 1 student" in (tmp_path / "html.out/class.html").read_text()
    gradescope = export(tmp_path, "gradescope")
    assert "essay.pdf" in json.loads((gradescope / "student101_101.json").read_text())["output"]


def export(folder, format, *options):
    out = folder / f"{format}.out"
    done = call_grade("export", format, str(folder / "out"), "--out", str(out), *options)
    assert done.returncode == 0, done.stderr
    return out
