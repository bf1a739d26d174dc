"""Understanding loss functions"""

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.grades import grades

CONFIDENT_MISTAKE = 10.0  # costs at least this: -log of 4.5e-5


def is_mse(student, y_pred, y):
    want = oracles.mean_squared_error(np.asarray(y_pred, np.float64), np.asarray(y, np.float64))
    expect.close(student.mse_loss(y_pred, y), want)


def probabilities(rng, n):
    """(n, 1), so far from 0 and 1 that an epsilon in the logarithm does not matter."""
    return rng.uniform(0.1, 0.9, size=(n, 1)).round(3)


def truths(rng, n):
    """(n, 1) labels of 0 and 1, with both present."""
    return rng.permutation(np.arange(n) % 3 == 0).astype(np.float64)[:, None]


def is_binary_cross_entropy(student, A, y):
    want = oracles.binary_cross_entropy(A, y.astype(np.float64))
    expect.close(student.binary_cross_entropy(A, y), want, tolerance=tolerance.EPSILON_ALLOWED)


def is_finite_at_0_and_1(student, dtype):
    """Confident answers cost next to nothing if right and a lot if wrong; both are finite."""
    for truth in (0.0, 1.0):
        y = np.array([[truth]], dtype)
        right = expect.number(student.binary_cross_entropy(y, y), what="the loss")
        expect.at_most(
            abs(right), tolerance.CONFIDENT, what="the loss of a confident correct answer"
        )
        wrong = expect.number(student.binary_cross_entropy(1 - y, y), what="the loss")
        expect.at_least(wrong, CONFIDENT_MISTAKE, what="the loss of a confident mistake")


@grades("mse_loss", points=1.5)
def test_mse_loss_is_the_mean_of_the_squared_errors(student, rng):
    is_mse(student, *rng.normal(size=(2, 5, 3)).round(2))
    is_mse(student, *rng.normal(scale=3, size=(2, 6, 1)).round(2))


@grades("mse_loss", points=0.5)
def test_mse_loss_averages_over_all_entries_of_any_shape(student, rng):
    for shape in [(7,), (1, 1), (1, 4), (2, 3, 4)]:
        is_mse(student, rng.uniform(1, 3, shape).round(2), rng.uniform(-2, 0, shape).round(2))


@grades("mse_loss", points=1)
def test_mse_loss_takes_integers_and_float32(student, rng):
    is_mse(student, rng.integers(-9, 9, size=(4, 2)), rng.integers(-9, 9, size=(4, 2)))
    is_mse(student, rng.normal(size=(5, 1)), rng.integers(0, 256, size=(5, 1)).astype(np.uint8))
    y_pred, y = rng.normal(size=(2, 5, 2)).astype(np.float32)
    want = np.float32(oracles.mean_squared_error(y_pred, y))
    expect.close(student.mse_loss(y_pred, y), want)


@grades("mse_loss", points=0.5)
def test_mse_loss_refuses_shapes_that_differ(student, rng):
    y_pred, y = rng.normal(size=(2, 4, 1)).round(2)
    is_mse(student, y_pred, y)
    for other in [y[:, 0], y[:1], y[:3], np.hstack([y, y])]:
        why = f"y_pred has shape (4, 1), y has {other.shape}"
        expect.raises(ValueError, student.mse_loss, y_pred, other, why=why)


@grades("mse_loss", points=0.5)
def test_mse_loss_leaves_its_arguments_alone(student, rng):
    y_pred, y = rng.normal(size=(2, 4, 3)).round(2)
    got = expect.unchanged(student.mse_loss, y_pred, y)
    expect.close(got, oracles.mean_squared_error(y_pred, y))


@grades("binary_cross_entropy", points=2)
def test_binary_cross_entropy_is_the_mean_of_minus_log_probability(student, rng):
    is_binary_cross_entropy(
        student, np.array([[0.9], [0.2], [0.3]]), np.array([[1.0], [0.0], [1.0]])
    )
    is_binary_cross_entropy(student, probabilities(rng, 7), truths(rng, 7))


@grades("binary_cross_entropy", points=0.5)
def test_binary_cross_entropy_takes_one_example_and_integer_labels(student, rng):
    for truth in (0.0, 1.0):
        is_binary_cross_entropy(student, probabilities(rng, 1), np.array([[truth]]))
    is_binary_cross_entropy(student, probabilities(rng, 6), truths(rng, 6).astype(np.int64))


@grades("binary_cross_entropy", points=1)
def test_binary_cross_entropy_is_finite_where_a_probability_is_exactly_0_or_1(student, rng):
    is_binary_cross_entropy(student, probabilities(rng, 5), truths(rng, 5))
    is_finite_at_0_and_1(student, np.float64)


@grades("binary_cross_entropy", points=1)
def test_binary_cross_entropy_is_right_and_finite_in_float32(student, rng):
    A, y = probabilities(rng, 6).astype(np.float32), truths(rng, 6).astype(np.float32)
    want = np.float32(oracles.binary_cross_entropy(A, y))
    expect.close(student.binary_cross_entropy(A, y), want)
    is_finite_at_0_and_1(student, np.float32)


@grades("binary_cross_entropy", points=1)
def test_binary_cross_entropy_refuses_shapes_that_differ(student, rng):
    A, y = probabilities(rng, 4), truths(rng, 4)
    is_binary_cross_entropy(student, A, y)
    for other in [y[:, 0], y[:1], y[:3], np.hstack([y, 1 - y])]:
        why = f"A has shape (4, 1), y has {other.shape}"
        expect.raises(ValueError, student.binary_cross_entropy, A, other, why=why)


@grades("binary_cross_entropy", points=0.5)
def test_binary_cross_entropy_leaves_its_arguments_alone(student, rng):
    A, y = probabilities(rng, 5), truths(rng, 5)
    want = oracles.binary_cross_entropy(A, y)
    certain = np.array([[0.0], [1.0]])  # correct, so they add nothing, but a clip changes them
    A, y = np.concatenate([A, certain]), np.concatenate([y, certain])
    got = expect.unchanged(student.binary_cross_entropy, A, y)
    expect.close(got, want * 5 / 7, tolerance=tolerance.CONFIDENT)
