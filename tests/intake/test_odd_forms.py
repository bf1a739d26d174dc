"""Intake: whatever form people hand in, their code is found, on every platform."""

import contextlib
import importlib
import sys
import types

import numpy as np
import pytest
from support.handed_in import said, written, zipped
from support.odd_forms import FORMS, ONE, PLAIN, PLATFORMS, RIGHT, STEMS, STUB, THREE, exported

from grader.intake import intake
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


@pytest.mark.parametrize("as_zip", [True, False])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_code_is_found_in_every_export(tmp_path, platform, as_zip):
    files = exported(platform, dict(enumerate(FORMS.values(), 100)), tmp_path)
    if as_zip:
        (tmp_path / "class.zip").write_bytes(zipped(files))
    else:
        written(tmp_path / "class", files)
    taken = intake.read(tmp_path / ("class.zip" if as_zip else "class"))
    assert len(taken.hand_ins) == len(FORMS)
    for number, hand_in in enumerate(taken.hand_ins):
        alone = intake.read_one(written(tmp_path / f"alone{number}", list(FORMS.values())[number]))
        assert set(hand_in.files) == set(alone.files), list(FORMS)[number]
        assert_right(hand_in.files, tmp_path / f"exercises{number}")
