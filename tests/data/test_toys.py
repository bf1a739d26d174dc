"""The toy sets."""

import numpy as np
import pytest

import data


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", data.TOYS)
def test_the_same_seed_gives_the_same_set_and_another_seed_another(name):
    first, again = (data.toy(name, np.random.default_rng(3)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    others = [data.toy(name, np.random.default_rng(seed))[0] for seed in range(4, 8)]
    assert any((first[0] != X).any() for X in others)


@pytest.mark.parametrize("name", data.TOYS)
def test_sets_are_float64_columns_and_leave_the_global_random_state_alone(name, rng):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - it is the global state we look at
    X, y = data.toy(name, rng)
    assert (X.dtype, y.dtype) == (np.float64, np.float64)
    assert y.shape == (len(X), 1)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(
    ("make", "outputs"),
    [
        (data.xor, {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}),
        (data.logical_and, {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 1}),
        (data.logical_or, {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1}),
    ],
)
def test_truth_tables(make, outputs, rng):
    X, y = make(rng)
    assert X.shape == (4, 2)
    assert dict(zip(map(tuple, X), y[:, 0], strict=True)) == outputs


def test_a_truth_table_is_the_callers_own(rng):
    data.xor(rng)[0][:] = 7
    assert data.xor(rng)[0].max() == 1


@pytest.mark.parametrize("n", [400, 7, 1, 0])
def test_two_moons_has_n_points_half_of_them_on_each(rng, n):
    X, y = data.two_moons(rng, n=n)
    assert (X.shape, y.shape) == ((n, 2), (n, 1))
    assert (y == 0).sum() == n // 2
    assert np.isin(y, [0, 1]).all()


def test_two_moons_without_noise_lie_on_half_circles(rng):
    X, y = data.two_moons(rng, noise=0)
    upper, lower = X[y[:, 0] == 0], X[y[:, 0] == 1]
    np.testing.assert_allclose(np.hypot(upper[:, 0], upper[:, 1]), 1)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_two_moons_are_shuffled_with_their_labels(rng):
    y = data.two_moons(rng)[1]
    assert 100 < np.count_nonzero(np.diff(y[:, 0])) < 300


def test_noise_on_the_moons_has_the_given_size():
    still = data.two_moons(np.random.default_rng(0), n=4000, noise=0)[0]
    noisy = data.two_moons(np.random.default_rng(0), n=4000, noise=0.2)[0]
    assert np.std(noisy - still) == pytest.approx(0.2, rel=0.05)


def test_noisy_line_is_found_again_by_least_squares(rng):
    X, y = data.noisy_line(rng, n=1000, slope=-3, intercept=0.5, noise=0.1)
    slope, intercept = np.polyfit(X[:, 0], y[:, 0], 1)
    assert (slope, intercept) == (pytest.approx(-3, abs=0.05), pytest.approx(0.5, abs=0.05))
    assert np.std(y - (-3 * X + 0.5)) == pytest.approx(0.1, rel=0.1)
    assert np.abs(X).max() <= 1


def test_an_unknown_toy_is_an_error_that_names_the_choices(rng):
    with pytest.raises(data.DataError, match=r"`nand`; choose one of `xor`, `and`, `or`"):
        data.toy("nand", rng)
