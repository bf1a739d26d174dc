"""Intake: whatever form people hand in, their code is found, on every platform."""

import contextlib
import importlib
import json
import os
import sys
import time
import types

import numpy as np
import pytest
from support.handed_in import said, written, zipped
from support.odd_forms import (
    ALL,
    DRAFT,
    FORMS,
    IF_MAIN,
    ONE,
    PLAIN,
    PLATFORMS,
    REST,
    RIGHT,
    STEMS,
    STUB,
    THREE,
    TWO,
    book,
    exported,
    opening,
    tarred,
    within,
)

from grader.files import reading
from grader.intake import helpers, intake, zips
from grader.submission import staging


@contextlib.contextmanager
def imported(files, folder):
    """The chapters' modules, as a worker imports them."""
    folder.mkdir()
    staging.write(files, folder)
    package = types.ModuleType("exercises")
    package.__path__ = [str(folder)]
    before = dict(sys.modules)
    sys.modules["exercises"] = package
    sys.path.insert(0, str(folder))
    for name in [n for n in before if (folder / f"{n}.py").exists() or (folder / n).is_dir()]:
        del sys.modules[name]
    try:
        with contextlib.chdir(folder):  # where a worker starts
            yield [importlib.import_module(f"exercises.{stem}") for stem in STEMS]
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name not in before]:
            del sys.modules[name]
        sys.modules.update(before)


def assert_right(files, folder):
    """The functions of all three chapters are the right ones."""
    X = np.array([[1.0, 2.0], [3.0, 4.0]])
    with imported(files, folder) as (one, two, three):
        np.testing.assert_allclose(one.normalize(X).std(), 1)
        np.testing.assert_array_equal(one.one_hot(np.array([1]), 2), [[0, 1]])
        np.testing.assert_array_equal(two.matrix_multiply(X, X), X @ X)
        np.testing.assert_array_equal(two.linear(X, X, X[0]), X @ X + X[0])
        np.testing.assert_allclose(three.sigmoid(np.zeros(1)), [0.5])


@pytest.mark.parametrize("form", FORMS)
def test_code_is_found_in_every_form(tmp_path, form):
    hand_in = intake.read_one(written(tmp_path / "ann", FORMS[form]))
    assert_right(hand_in.files, tmp_path / "exercises")


def assert_all_right(path, folder):
    """All functions of a class of `FORMS` are right."""
    hand_ins = intake.read(path).hand_ins
    assert len(hand_ins) == len(FORMS)
    for form, hand_in in zip(FORMS, hand_ins, strict=True):
        assert hand_in.origins.keys() == set(STEMS), form
        assert_right(hand_in.files, folder / hand_in.id)


def test_code_is_found_in_a_platforms_zip(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped(exported("canvas", FORMS.values())))
    assert_all_right(tmp_path / "class.zip", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("as_zip", [True, False])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_code_is_found_in_every_export(tmp_path, platform, as_zip):
    files = exported(platform, FORMS.values())
    if as_zip:
        (tmp_path / "class.zip").write_bytes(zipped(files))
    else:
        written(tmp_path / "class", files)
    assert_all_right(tmp_path / ("class.zip" if as_zip else "class"), tmp_path)


def one(tmp_path, files):
    return intake.read_one(written(tmp_path / "ann", files))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (f"{ONE}.py", f"{ONE}_final.py"),
        (f"{ONE} (1).py", f"{ONE}_final.py"),
        (f"{ONE}_v10.py", f"{ONE}_v9.py"),
        (f"{ONE}_final.py", f"{ONE}_old.py"),
        (f"{ONE}_final.py", f"{ONE}_v3.py"),
        (f"a/{ONE}_final.py", f"a/b/{ONE}_v3.py"),
        (f"{ONE}_JSmith.py", "homework.py"),
        (f"{ONE}_final.py", f"{ONE}.ipynb"),
    ],
)
def test_of_two_files_one_rule_picks_and_the_note_says_which(tmp_path, better, worse):
    worse_data = book(DRAFT) if worse.endswith("ipynb") else DRAFT
    hand_in = one(tmp_path, {worse: worse_data, better: RIGHT[ONE]})
    assert hand_in.files == {f"{ONE}.py": RIGHT[ONE].encode()}
    assert hand_in.origins == {ONE: better}
    said(hand_in, worse.rpartition("/")[2])


def test_a_file_that_is_started_comes_before_one_that_is_not(tmp_path):
    hand_in = one(tmp_path, {**STUB, f"{ONE}_v0.py": RIGHT[ONE]})
    assert hand_in.origins[ONE] == f"{ONE}_v0.py"
    said(hand_in, f"`{ONE}.py` was submitted 2 times", f"`{ONE}_v0.py` is used")


def test_of_two_definitions_in_a_file_the_last_counts(tmp_path):
    hand_in = one(tmp_path, {"hw.py": f"{DRAFT}\n\n{RIGHT[ONE]}\n\n{RIGHT[THREE]}"})
    said(hand_in, "`hw.py` defines `normalize` 2 times: the last one counts")
    assert len(hand_in.notes) == 3


def test_a_part_ends_where_others_begin_and_takes_what_it_needs_from_below(tmp_path):
    text = (
        "def normalize(X):\n    return centered(X) / SCALE\n\n"
        "SCALE = 2\n"
        "def unneeded():\n    pass\n"
        "def centered(X):\n    return X - X.mean()\n\n"
        "raise SystemExit\n"
        "def sigmoid(Z):\n    return normalize(Z)\n"
    )
    files = one(tmp_path, {"hw.py": text}).files
    assert files[f"{ONE}.py"].decode() == text[: text.index("raise")]
    later = files[f"{THREE}.py"].decode()
    assert later.splitlines()[0] == f"from exercises.{ONE} import normalize"
    assert later.count("\n") == text.count("\n")  # every line keeps its number


def test_functions_that_are_assigned_together_are_imported_by_later_chapters(tmp_path):
    text = (
        "def f(X):\n    return X\n\n"
        "normalize, one_hot = f, f\n"
        "matrix_multiply = linear = own = f\n"
        "sigmoid = f\n"
    )
    later = one(tmp_path, {"hw.py": text}).files[f"{THREE}.py"].decode()
    normalize, one_hot = (f"from exercises.{ONE} import {n}" for n in ("normalize", "one_hot"))
    assert later == text.replace("normalize, one_hot = f, f", f"{normalize}; {one_hot}")


@pytest.mark.parametrize(
    "script",
    [
        "sigmoid = sigmoid(np.zeros(2))",
        "for n in range(2):\n    sigmoid = np.exp(n)",
        "if __name__ == '__main__':\n    sigmoid = np.exp(0)",
        "if True:\n    print(\n        0,\n        sep='',\n    )\n    sigmoid = sigmoid(0)",
    ],
)
def test_a_result_under_a_functions_name_is_no_function(tmp_path, script):
    hand_in = one(tmp_path, {"hw.py": f"{ALL}\n\n{script}\n"})
    assert_right(hand_in.files, tmp_path / "exercises")
    assert len(hand_in.notes) == 1


def test_what_is_hidden_is_named_unless_a_tool_made_it(tmp_path):
    hidden = {f".work/{ONE}.py": RIGHT[ONE], f".{TWO}.py": RIGHT[TWO], f"a/.old/{ONE}.py": "x = 1"}
    tools = {".git/config": "", ".ipynb_checkpoints/x.py": "", "._x.py": "\0", ".ruff_cache/x": ""}
    for number, files in enumerate(({**hidden, **tools}, {"work.zip": {**hidden, **tools}})):
        hand_in = one(tmp_path / str(number), {**files, f"{THREE}.py": RIGHT[THREE]})
        assert hand_in.origins.keys() == {THREE}
        assert hand_in.notes == (f"`.{TWO}.py`, `.work`, `a/.old` are hidden: ignored",)


def test_a_chapter_is_completed_from_another_file(tmp_path):
    half = RIGHT[ONE].partition("def one_hot")[0]
    hand_in = one(tmp_path, {f"{ONE}.py": half, "rest.py": RIGHT[ONE], **REST})
    assert_right(hand_in.files, tmp_path / "exercises")
    said(hand_in, f"`{ONE}.py` was completed from `rest.py`")


def test_helper_modules_have_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(helpers, "MOST_FILES", 5)
    names = [f"own{n}" for n in range(9)]
    files = {f"{name}.py": "x = 1" for name in names} | PLAIN
    files[f"{ONE}.py"] = f"import {', '.join(names)}\n{RIGHT[ONE]}"
    hand_in = one(tmp_path, files)
    assert len(hand_in.files) == 5
    said(hand_in, "left out, too many helper modules")


@pytest.mark.parametrize(
    "name", ["numpy", "random", "scipy/special", "lent_ch1_1_numpy_arrays", "neural_network"]
)
def test_what_could_hide_another_module_is_not_staged(tmp_path, name):
    module = name.replace("/", ".")
    text = f"import {module}\n{RIGHT[ONE]}"
    hand_in = one(tmp_path, {f"{ONE}.py": text, f"{name}.py": "x = 1"})
    assert hand_in.files.keys() - {"neural_network.py"} == {f"{ONE}.py"}


@pytest.mark.parametrize("text", ["import random\nrandom.random()", "from os.path import join"])
def test_what_is_pythons_own_is_no_helper(tmp_path, text):
    files = {
        "random.py": "x = 1",
        "os.py": "def path(): pass",
        f"{ONE}.py": f"{text}\n{RIGHT[ONE]}",
    }
    assert one(tmp_path, files).files.keys() == {f"{ONE}.py"}


def test_text_that_was_entered_on_a_platform_is_not_left_out_in_silence(tmp_path):
    files = {"Ann_1_assignsubmission_onlinetext_/onlinetext.html": "<p>def normalize(X)</p>"}
    (hand_in,) = intake.read(written(tmp_path / "class", files)).hand_ins
    assert hand_in.is_unread
    said(hand_in, "`onlinetext.html`", "a web page and not program text")


def test_links_and_pipes_are_no_helper_modules(tmp_path):
    folder = written(tmp_path / "ann", {f"{ONE}.py": "import own, pipe", **REST})
    (folder / "own.py").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe.py")
    hand_in = intake.read_one(folder)
    assert hand_in.files.keys() == {f"{stem}.py" for stem in STEMS}
    said(hand_in, "`own.py`", "is a link")
    said(hand_in, "`pipe.py`", "is not a regular file")


def test_a_zip_with_an_environment_of_many_files_is_read_at_once(tmp_path):
    files = {f"p/.venv/lib/m{n}.py": "" for n in range(zips.MAX_MEMBERS + 5000)}
    files |= {f"p/env/m{n}.py": "" for n in range(5000)} | {"p/env/pyvenv.cfg": ""}
    (tmp_path / "ann.zip").write_bytes(zipped({**files, f"p/{ONE}.py": RIGHT[ONE]}))
    begin = time.process_time()
    hand_in = intake.read_one(tmp_path / "ann.zip")
    assert time.process_time() - begin < 8
    assert hand_in.files == {f"{ONE}.py": RIGHT[ONE].encode()}
    assert hand_in.notes == ()


def test_a_large_zip_in_the_platforms_is_read_from_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "IN_MEMORY", 100)
    files = exported("canvas", [{"work.zip": {**PLAIN, "data.bin": os.urandom(2**16)}}])
    (tmp_path / "class.zip").write_bytes(zipped(files))
    (hand_in,) = intake.read(tmp_path / "class.zip").hand_ins
    assert_right(hand_in.files, tmp_path / "exercises")


def test_a_flat_class_of_files_of_any_name(tmp_path):
    files = {"smith.py": RIGHT[ONE], "lee homework.py.txt": RIGHT[THREE], "grades.py": "x = 1"}
    taken = intake.read(written(tmp_path / "class", files))
    assert [hand_in.id for hand_in in taken.hand_ins] == ["lee_homework", "smith"]
    assert "`grades.py`" in taken.notes[0]


def test_names_of_people_behind_a_chapters(tmp_path):
    files = {f"{ONE}_Lee.py": RIGHT[ONE], f"{ONE}_Smith.py": DRAFT, f"{TWO}_Lee.py": RIGHT[TWO]}
    taken = intake.read(written(tmp_path / "class", files))
    held = {hand_in.id: hand_in.origins.keys() for hand_in in taken.hand_ins}
    assert held == {"lee": {ONE, TWO}, "smith": {ONE}}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"homework.pdf": b"%PDF"}, "a document and not program text"),
        ({"screen.PNG": b"\x89PNG"}, "a picture"),
        ({"work.url": "[InternetShortcut]\nURL=https://1drv.ms/u/s!a"}, "a link"),
        ({"my link.txt": "https://drive.google.com/file/d/abc/view"}, "a link"),
        ({"link.html": '<a href="https://uni-my.sharepoint.com/:u:/a">'}, "a link"),
        ({"homework.html": "<p>def normalize(X)</p>"}, "a web page"),
        ({"work.7z": b"7z\xbc\xaf"}, "submit a .zip"),
        ({"work.tar.xz": tarred(PLAIN, "w:xz")}, "submit a .zip"),
        ({"hw.py": within(IF_MAIN)}, "move it to the margin"),
        ({"hw.py": within("class Work:")}, "no graded function begins with `def` at the margin"),
        ({"hw.py": f"exec({ALL!r})"}, "no graded function begins with `def` at the margin"),
        ({f"{ONE}.py": ""}, "empty"),
        ({f"{ONE}.ipynb": json.dumps({"cells": []})}, "empty"),
        ({f"{ONE}.py": "\n<!DOCTYPE html><p>def normalize(X):</p>"}, "a web page"),
        ({"hw.py": r"{\rtf1 def normalize(X):}"}, "a document"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_what_it_is(tmp_path, files, why):
    hand_in = one(tmp_path, files)
    assert hand_in.is_unread
    said(hand_in, f"`{next(iter(files))}`", why)


def test_data_files_have_limits_and_are_nothing_that_could_run(tmp_path):
    given = {"big.csv": "1" * (reading.LARGEST_FILE + 1), "x.npz": b"\x7fELF\0", "y.pkl": b"\x80\4"}
    hand_in = one(tmp_path, opening(f"# {', '.join(given)}, z.csv", **given, **{"z.csv": "1"}))
    assert hand_in.files.keys() - PLAIN.keys() == {"z.csv"}
    said(hand_in, "`big.csv`, `x.npz`, `y.pkl`", "code that opens it fails")


def test_pictures_in_a_notebook_cost_it_nothing(tmp_path):
    output = {"data": {"image/png": "A" * 9 * 2**20}, "output_type": "display_data"}
    cell = {"cell_type": "code", "source": ALL, "outputs": [output]}
    hand_in = one(tmp_path, {"hw.ipynb": json.dumps({"cells": [cell], "nbformat": 4})})
    assert_right(hand_in.files, tmp_path / "exercises")


def test_a_function_that_several_chapters_have_is_split_in_a_block_as_well(tmp_path):
    names = ("mse_gradient", "gradient_descent", "minibatches", "gradient_descent")
    text = "".join(f"def {name}():\n    return {n}\n\n" for n, name in enumerate(names))
    files = one(tmp_path, {"hw.py": within("try:", text, "finally:\n    pass\n")}).files
    earlier, later = (
        files[f"ch2_{n}.py"].decode() for n in ("2_gradient_descent", "3_mini_batches")
    )
    assert earlier.count("def gradient_descent") == 1
    assert later.count("def gradient_descent") == 2
    assert all(text.endswith("finally:\n    pass\n") for text in (earlier, later))
