"""`grade export gradescope`: valid by Gradescope's rules, and nothing in it that students must
not learn."""

import json

import jsonschema
import pytest
from support.gradescope import SCHEMA, seen, valid
from support.made_results import (
    CHAPTER_11,
    HOSTILE,
    SECRET,
    SEED,
    chapter,
    check,
    function,
    grade,
    refused,
    result,
    written,
)


# As https://gradescope-autograders.readthedocs.io/en/latest/specs/ describes `results.json`.
def exported(folder, one, *options):
    out = folder / "results.json"
    run = grade("export", "gradescope", written(folder, one), "--out", out, *options)
    assert run == (0, "", "")
    return valid(out)


def test_one_test_for_each_function(tmp_path):
    document = exported(tmp_path, result())
    assert (document["score"], document["execution_time"]) == (7.0, 3.25)
    assert (document["visibility"], document["stdout_visibility"]) == ("visible", "hidden")
    tests = document["tests"]
    assert [(test["number"], test["name"]) for test in tests] == [
        *(("1.1.1", "1.1 normalize"), ("3.2.1", "3.2 relu"), ("3.2.2", "3.2 softmax"))
    ]
    assert [(test["score"], test["max_score"], test["status"]) for test in tests] == [
        *((6.0, 6.0, "passed"), (1.0, 2.0, "failed"), (0.0, 3.0, "failed"))
    ]
    assert {test["visibility"] for test in tests} == {"visible"}
    assert sum(test["score"] for test in tests) == document["score"]
    assert tests[2]["extra_data"]["misconceptions"] == ["softmax_over_columns"]


def test_of_a_check_a_student_reads_the_feedback_and_whose_fault_it_is(tmp_path):
    document = exported(tmp_path, result("a", name="Ann Smith", notes=["of `Bob Lee`"]))
    outputs = [test["output"] for test in document["tests"]]
    assert outputs == [
        "",
        "to do",
        "`normalize` (1.1), which it uses, fails as well: fix that first\n\n"
        "wrong values\nlikely: axis\n\nit took too long",
    ]
    assert str(SEED) not in json.dumps(document)
    for word in (SECRET, "Ann Smith", "Bob Lee", "digits"):
        assert word not in seen(document)


def test_a_finding_that_several_checks_share_is_told_once(tmp_path):
    twice = function("f", *(check(f"f_{n}", "error", "`f` raises `TypeError`") for n in range(3)))
    (test,) = exported(tmp_path, result("a", chapter("1.1", twice)))["tests"]
    assert test["output"] == "`f` raises `TypeError`"


@pytest.mark.parametrize("option", [["--visibility", "hidden"], []])
def test_hidden_chapters_are_hidden_and_nothing_else_gives_them_away(tmp_path, option):
    document = exported(tmp_path, result("a"), "--hide", "1.1", *option)
    first, *others = document["tests"]
    assert first["visibility"] == (option[1] if option else "after_published")
    assert {test["visibility"] for test in others} == {"visible"}
    # Gradescope shows no total while a test is hidden, and no output here stands in for it.
    assert document["output"] == ""
    assert "normalize" not in json.dumps(others)


def test_chapters_are_named_as_in_grade_run(tmp_path):
    document = exported(tmp_path, result("a"), "--hide", "1.1-1.2, 3", "--hide", "2.1")
    assert {test["visibility"] for test in document["tests"]} == {"after_published"}


def test_a_class_is_a_folder_of_files(tmp_path):
    folder = written(tmp_path, result("a_1"), result("b-2.x", CHAPTER_11))
    out = tmp_path / "new" / "gradescope"
    assert grade("export", "gradescope", folder, "--out", out) == (0, "", "")
    assert sorted(path.name for path in out.iterdir()) == ["a_1.json", "b-2.x.json"]
    assert [valid(out / name)["score"] for name in ("a_1.json", "b-2.x.json")] == [7.0, 6.0]


def test_a_class_of_one_is_one_file_and_a_folder_is_not_overwritten(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "results.jsonl").write_text(json.dumps(result("a")) + "\n")
    assert grade("export", "gradescope", tmp_path / "class", "--out", tmp_path / "r.json")[0] == 0
    assert valid(tmp_path / "r.json")["score"] == 7.0
    assert "folder" in refused("export", "gradescope", tmp_path / "class", "--out", tmp_path)


def test_a_class_does_not_overwrite_a_file(tmp_path):
    folder, out = written(tmp_path, result("a"), result("b")), tmp_path / "file"
    out.write_text("mine")
    assert f"`{out}` is a file" in refused("export", "gradescope", folder, "--out", out)
    assert out.read_text() == "mine"


@pytest.mark.parametrize("id", ["../b", "/tmp/b", "..", "-rf", ".b", "a/b", "a\\b", "", "x" * 90])
def test_no_id_leads_out_of_the_folder(tmp_path, id):
    folder, out = written(tmp_path, result("a"), result(id)), tmp_path / "out" / "files"
    assert "not the id" in refused("export", "gradescope", folder, "--out", out)
    assert not out.exists()


def test_hostile_text_is_plain_text(tmp_path):
    bad = check("f_is", "failed", HOSTILE, HOSTILE)
    document = exported(tmp_path, result(HOSTILE, chapter("1.1", function("f", bad))))
    (test,) = document["tests"]
    assert test["output_format"] == "text"
    assert "<script>" in test["output"]
    assert not [c for c in "\x1b\x07\x00\ud800\u202e" if c in test["output"]]


def test_what_grade_run_writes_is_valid_too(tmp_path, submission):
    folder = submission(
        {"ch1_2_matrix_operations": "def linear(X, W, b):\n    return 77123 * (X @ W)\n"}
    )
    file = tmp_path / "result.json"
    assert grade("run", "1.2", "--submission", folder, "--json", file, "--seed", SEED)[0] == 1
    assert grade("export", "gradescope", file, "--out", tmp_path / "out.json") == (0, "", "")
    document = valid(tmp_path / "out.json")
    missing, wrong = document["tests"]
    assert "write the function" in missing["output"]
    assert wrong["output"]
    assert not [word for word in (str(folder), str(SEED), "77123") if word in seen(document)]


def test_the_schema_of_these_tests_is_strict():
    one = {"score": 1, "tests": [{"score": 1, "visibility": "visible"}]}
    jsonschema.validate(one, SCHEMA)
    for wrong in (
        *({}, {"score": "1"}, one | {"max_score": 2}, one | {"visibility": "shown"}),
        *(one | {"tests": [{"status": "error"}]}, one | {"tests": [{"number": 3}]}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SCHEMA)
