"""The one place where tolerance is set: what the analysis says holds for real arithmetic."""

import ast

import numpy as np
import pytest

from grader.course import registry
from grader.vocabulary import expect, tolerance
from grader.vocabulary.finding import Finding


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sum_in_any_order_stays_within_rounding(dtype):
    rng = np.random.default_rng(0)
    for _ in range(50):
        X = rng.normal(size=(20, tolerance.TERMS)).astype(dtype)
        w = rng.normal(size=(tolerance.TERMS, 4)).astype(dtype)
        want = (X.astype(np.longdouble) @ w.astype(np.longdouble)).astype(dtype)
        naive = np.zeros((20, 4), dtype)
        for k in rng.permutation(tolerance.TERMS):
            naive += X[:, k : k + 1] * w[k]
        for got in (X @ w, naive, np.einsum("nd,dk->nk", X, w)):
            expect.close(got, want)


def test_rounding_grows_with_eps_and_nothing_else():
    assert tolerance.rounding(np.float64) == pytest.approx(tolerance.FORM, rel=1e-3)
    assert 1e-5 < tolerance.rounding(np.float32) < 1e-4
    assert tolerance.rounding(np.int64) == tolerance.FORM


def test_what_is_allowed_is_printed_with_its_reason():
    for dtype, words in {np.float64: "1e-09 of the", np.float32: "3e-05 of the"}.items():
        want = np.array([2.0, 1.0], dtype)
        with pytest.raises(Finding) as caught:
            expect.close(want * 3, want)
        off_by = caught.value.details["off by"]
        assert words in off_by
        assert f"largest entry, {np.dtype(dtype)}" in off_by


def test_an_epsilon_in_a_logarithm_is_within_what_is_allowed_for_it():
    p = np.linspace(0.05, 0.95, 50)
    for epsilon in (1e-7, 1e-8, 1e-12):
        expect.close(np.log(p + epsilon), np.log(p), tolerance=tolerance.EPSILON_ALLOWED)


def test_central_differences_are_better_than_what_is_allowed_for_them():
    point = np.linspace(-1.5, 1.5, 12)
    (got,) = expect.central_differences(lambda params: float(np.exp(params[0]).sum()), [point])
    error = np.abs(got - np.exp(point)).max() / np.exp(point).max()
    assert error < tolerance.NUMERICAL_GRADIENT / 100


def test_no_check_sets_a_tolerance_of_its_own():
    for chapter in registry.chapters():
        tree = ast.parse(chapter.checks_file.read_text(encoding="utf-8"))
        own = [
            keyword.value.lineno
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            for keyword in call.keywords
            if keyword.arg == "tolerance" and isinstance(keyword.value, ast.Constant)
        ]
        assert own == [], chapter.id
