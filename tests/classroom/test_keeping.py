"""Grades do not move by themselves: what is kept, what an update changes, what joins."""

import ast
import json
import os
import shutil
import subprocess
import sys

import pytest
from support import made_gradings
from support.class_runs import make_submission
from support.made_gradings import grade, hand_in
from support.running import PATIENCE, ROOT

from grader.classroom import function_version, grader_version, ledger
from grader.course import places, registry

EVERY = {(c.stem, name) for c in registry.chapters() for name in c.functions}
CACHED = ("current", "_uses", "_code", "_machinery", "_file", "_module")


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """A copy of the kit that a test may change."""
    folder = tmp_path_factory.mktemp("kit")
    for name in ("grader", "solutions", "data"):
        ignored = shutil.ignore_patterns("__pycache__", "cache", "*.npz")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


@pytest.fixture
def changed(kit, monkeypatch):
    """The functions whose version differs once a text is replaced in one file of the kit."""
    monkeypatch.setattr(places, "KIT", kit / "grader")
    monkeypatch.setattr(places, "ROOT", kit)
    monkeypatch.setattr(places, "REFERENCE", kit / "solutions")

    def versions():
        for name in CACHED:
            getattr(function_version, name).cache_clear()
        return {pair: function_version.current(*pair) for pair in EVERY}

    before = versions()

    def change(file, old, new):
        path = kit / file
        source = path.read_text(encoding="utf-8")
        assert old in source
        try:
            path.write_text(source.replace(old, new, 1), encoding="utf-8")
            after = versions()
        finally:
            path.write_text(source, encoding="utf-8")
        return {pair for pair in EVERY if after[pair] != before[pair]}

    yield change
    for name in CACHED:
        getattr(function_version, name).cache_clear()


ACTIVATIONS = "ch3_2_activation_functions"


@pytest.mark.slow
def test_what_a_version_follows_and_what_it_does_not(changed, kit):
    checks = f"grader/chapters/{ACTIVATIONS}.py"
    tree = ast.parse((kit / checks).read_text())
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    message = max((t for t in texts if isinstance(t, str)), key=len)
    for file, old, new in (
        (checks, message.splitlines()[0], "Another text, of several words."),
        (checks, "import numpy as np", "# a comment\nimport numpy as np"),
        ("grader/vocabulary/complaints.py", '"""', '"""Another docstring. '),
        (f"grader/hints/{ACTIVATIONS}.toml", "=", "= "),
        ("grader/misconceptions/ch1_3_activation_basics.py", "return", "return 1 +"),
        ("grader/export/html.py", "SIZE = ", "SIZE = 1 + "),
    ):
        assert changed(file, old, new) == set(), file

    one = changed(checks, "def is_softmax(", "X = 1\n\n\ndef is_softmax(")
    assert one == set()  # nobody uses it
    one = changed(checks, "def is_softmax(", "def is_softmax(*_):\n    ...\n\n\ndef f(")
    assert one == {(ACTIVATIONS, "softmax")}
    helper = changed(checks, "scale=2, size", "scale=3, size")
    assert (ACTIVATIONS, "relu") in helper
    assert {stem for stem, _ in helper} == {ACTIVATIONS}
    lent = changed(f"solutions/{ACTIVATIONS}.py", "def softmax(Z):", "def softmax(Z, _=0):")
    assert (ACTIVATIONS, "softmax") not in lent
    assert ("ch3_3_forward_mlp", "forward_mlp") in lent
    assert ("ch1_3_activation_basics", "sigmoid") not in lent
    assert changed("grader/boundary/process.py", "HANG_SECONDS = ", "HANG_SECONDS = 1 + ") == EVERY


def test_of_a_definition_the_code_counts_and_no_text():
    def code(text):
        return function_version.code_of(ast.parse(text))

    right = "def f(x):\n    if x < 0:\n        raise ValueError('no')\n"
    right += "    return g(x, 'mean', f'{x} of')"
    for same in (
        right.replace("(x):", "(x: int) -> str:\n    'What it does.'"),
        right.replace("'no'", "'another text'"),
        right.replace("{x} of", "of {x}"),
        f"# a comment\n{right}",
    ):
        assert code(same) == code(right), same
    for other in (("x < 0", "x <= 0"), ("'mean'", "'sum'"), ("(x)", "(x=1)"), ("{x}", "{y}")):
        assert code(right.replace(*other)) != code(right), other


@pytest.mark.slow
def test_new_points_of_a_check_are_a_change_of_its_function_alone(changed, kit):
    checks = "grader/chapters/ch1_2_matrix_operations.py"
    line = next(
        line
        for line in (kit / checks).read_text().splitlines()
        if line.startswith('@grades("linear"') or '"linear",' in line
    )
    assert changed(checks, line, line.replace('"linear"', '"linear2"')) == {
        ("ch1_2_matrix_operations", "linear")
    }


ANN, BOB = (hand_in(id, ch1_1="normalize=6 one_hot=1", ch1_2="linear=2") for id in ("ann", "bob"))


def scores(out):
    return {
        (result.submission, function.name): function.score
        for result in ledger.read(out)
        for _, function in result.functions
    }


@pytest.fixture
def update(monkeypatch):
    """Stands for an update of the kit that changes the grading of these functions."""

    def change(*names, grader="9.9+new"):
        now = function_version.current
        monkeypatch.setattr(grader_version, "current", lambda: grader)
        monkeypatch.setattr(
            function_version,
            "current",
            lambda stem, name: "new" if name in names else now(stem, name),
        )

    return change


def test_an_update_of_texts_regrades_nothing_and_says_nothing(tmp_path, update):
    grade(tmp_path / "out", [ANN, BOB])
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    update()
    told, run = grade(tmp_path / "out", [ANN, BOB], regrade="changed")
    assert (told, run.changed()) == ([], {})
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == before


def test_an_update_of_a_check_offers_its_function_and_keeps_the_points_until_told(tmp_path, update):
    out = tmp_path / "out"
    grade(out, [ANN, BOB], "1.1,1.2")
    update("one_hot")
    before = scores(out)
    told, run = grade(out, [ANN, BOB], "1.1,1.2")
    assert told == []
    assert run.changed() == {("1.1", "one_hot"): 2}
    assert scores(out) == before
    told, run = grade(out, [ANN, BOB], "1.1,1.2", regrade="changed", full=True)
    assert (told, run.changed()) == ([["1.1"], ["1.1"]], {})
    assert scores(out) == before | {(id, "one_hot"): 4 for id in ("ann", "bob")}
    made = [chapter.made_with["grader"] for chapter in ledger.read(out)[0].chapters]
    assert made[0] == "9.9+new" != made[1]
    assert grade(out, [ANN, BOB], "1.1,1.2", regrade="changed")[0] == []


def test_a_stopped_regrading_of_changes_goes_on_with_the_rest(tmp_path, update):
    out = tmp_path / "out"
    grade(out, [ANN, BOB])
    update("one_hot")
    assert len(grade(out, [ANN, BOB], regrade="changed", full=True, stop=1)[0]) == 1
    assert len(grade(out, [ANN, BOB], regrade="changed", full=True)[0]) == 1
    assert scores(out)["ann", "one_hot"] == scores(out)["bob", "one_hot"] == 4


def test_a_changed_submission_is_graded_with_the_kit_as_it_is(tmp_path, update):
    grade(tmp_path / "out", [ANN, BOB])
    update("one_hot")
    told, run = grade(tmp_path / "out", [ANN, hand_in("bob", ch1_1="normalize=1")])
    assert (told, run.changed()) == ([["1.1"]], {("1.1", "one_hot"): 1})


def test_a_later_week_joins_the_results(tmp_path):
    out = tmp_path / "out"
    grade(out, [ANN, BOB])
    later = [hand_in(id, ch1_2="linear=2", ch1_3="sigmoid=1") for id in ("ann", "bob")]
    told, _ = grade(out, later, "1.2,1.3")
    assert told == [["1.2", "1.3"]] * 2
    for result in ledger.read(out):
        assert [chapter.id for chapter in result.chapters] == ["1.1", "1.2", "1.3"]
        assert result.score == 6 + 1 + 2 + 1
        digests = {chapter.id: chapter.made_with["digest"] for chapter in result.chapters}
        assert digests["1.1"] == ANN.digest != digests["1.2"] == later[0].digest
    names = {path.name for path in (out / "submissions" / "ann").iterdir()}
    assert "ch1_1_numpy_arrays.py" in names
    assert "ch1_3_activation_basics.py" in names
    assert grade(out, [ANN, BOB])[0] == []  # the first week once more
    assert grade(out, later, "1.2,1.3")[0] == []


def test_a_week_that_is_graded_without_its_chapters_named_joins_as_well(tmp_path):
    """What a later upload does not hold keeps its points, also when everything is asked for."""
    out = tmp_path / "out"
    grade(out, [ANN, BOB], "1.1,1.2")
    week = hand_in("ann", ch1_2="matrix_multiply=3")
    told, run = grade(out, [week], "1.1,1.2")
    assert told == [["1.2"]]
    assert run.kept_chapters(week) == ["1.1"]
    before, after = scores(out)["ann", "normalize"], scores(out)["ann", "matrix_multiply"]
    assert (before, after) == (6, 3)
    assert grade(out, [week], "1.1,1.2", regrade=("ann",))[0] == [["1.2"]]
    assert grade(out, [week], "1.1,1.2")[0] == []


def test_a_changed_check_of_a_chapter_that_this_upload_lacks_is_reported_apart(tmp_path, update):
    out = tmp_path / "out"
    grade(out, [ANN], "1.1,1.2")
    week = hand_in("ann", ch1_2="matrix_multiply=3")
    grade(out, [week], "1.1,1.2")
    update("one_hot", "linear")
    told, run = grade(out, [week], "1.1,1.2", regrade="changed", full=True)
    assert told == [["1.2"]]
    assert (run.changed(), run.changed(held=False)) == ({}, {("1.1", "one_hot"): 1})


def test_more_chapters_of_the_same_submission_grade_only_those(tmp_path):
    grade(tmp_path / "out", [ANN])
    assert grade(tmp_path / "out", [ANN], "1.1,1.2")[0] == [["1.2"]]
    assert grade(tmp_path / "out", [ANN], "1.2")[0] == []


def test_a_larger_budget_regrades_those_who_ran_out_of_it(tmp_path):
    slow = hand_in("slow", ch1_1="normalize=timeout one_hot=4")
    assert len(grade(tmp_path / "out", [ANN, slow], budget=60)[0]) == 2
    assert grade(tmp_path / "out", [ANN, slow], budget=60)[0] == []
    assert grade(tmp_path / "out", [ANN, slow], budget=30)[0] == []
    assert grade(tmp_path / "out", [ANN, slow], budget=90, full=True)[0] == [["1.1"]]
    assert scores(tmp_path / "out")["slow", "normalize"] == 6
    assert grade(tmp_path / "out", [ANN, slow], budget=120)[0] == []


def test_results_of_an_earlier_release_are_kept_and_offered(tmp_path, update):
    """They have neither versions nor what a chapter was made with."""
    out = tmp_path / "out"
    grade(out, [ANN])
    (line,) = (out / "results.jsonl").read_text().splitlines()
    data = json.loads(line)
    for chapter in data["chapters"]:
        del chapter["made_with"]
        for function in chapter["functions"]:
            del function["version"]
    (out / "results.jsonl").write_text(json.dumps(data) + "\n")
    assert grade(out, [ANN])[1].changed() == {}
    update()
    told, run = grade(out, [ANN])
    assert (told, run.changed()) == ([], {("1.1", "normalize"): 1, ("1.1", "one_hot"): 1})
    grade(out, [ANN], "1.2")
    made = ledger.read(out)[0].chapters[0].made_with
    assert (made["digest"], made["grader"]) == (data["digest"], data["grader"])


@pytest.mark.needs("sandbox")
@pytest.mark.slow
def test_an_update_on_the_command_line(tmp_path, kit):
    """A text regrades nothing; a check offers its function, and is graded once told."""
    make_submission(tmp_path / "in" / "ada", "right")

    def run(*options):
        line = [sys.executable, "-m", "grader", "class", tmp_path / "in", "--out", tmp_path / "out"]
        done = subprocess.run(
            [*map(str, line), "--chapters", "1", "--data", "digits", *options],
            cwd=kit,
            env=os.environ | {"PYTHONPATH": str(kit)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout, next(iter(ledger.read(tmp_path / "out")))

    def edit(name, old, new):
        path = kit / "grader" / name
        source = path.read_text(encoding="utf-8")
        assert old in source
        path.write_text(source.replace(old, new, 1), encoding="utf-8")

    checks = "chapters/ch1_2_matrix_operations.py"
    _, first = run()
    edit("hints/ch1_2_matrix_operations.toml", "?", " ?")
    edit(checks, "Array of shape", "An array of shape")
    told, kept = run()
    assert "graded 0;" in told
    assert "changed in the kit" not in told
    assert kept == first
    edit(checks, 'X W + b.", points=0.75', 'X W + b.", kind="value", points=0.75')
    told, kept = run()
    assert "graded 0;" in told
    assert "changed in the kit since: `linear` (1.2); results kept: 1; `--regrade changed`" in told
    assert kept == first
    told, again = run("--regrade", "changed")
    assert "graded 1 in" in told
    assert "changed in the kit" not in told
    assert again.chapters[0] == first.chapters[0]
    kept, new = first.chapters[1].functions, again.chapters[1].functions
    assert kept[0] == new[0]
    assert kept[1].version != new[1].version


def test_a_later_upload_is_graded_with_the_chapters_of_earlier_ones(tmp_path, monkeypatch):
    seen, examine = [], made_gradings.examine

    def recorded(files, *rest):
        seen.append({data.decode().strip() for data in files.values()})
        return examine(files, *rest)

    monkeypatch.setattr(made_gradings, "examine", recorded)
    for texts, chapters in (
        ({"ch1_1": "normalize=6", "ch1_2": "linear=1"}, "1.1,1.2"),
        ({"ch1_2": "linear=5", "ch2_1": "mse_loss=4"}, "2.1"),
        ({"ch2_2": "grid_search=1"}, "2.2"),
    ):
        grade(tmp_path, [hand_in("ann", **texts)], chapters)
    assert seen == [
        {"normalize=6", "linear=1"},
        {"normalize=6", "linear=5", "mse_loss=4"},
        {"normalize=6", "linear=5", "mse_loss=4", "grid_search=1"},
    ]
