"""Understanding loss functions"""

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.grades import grades

LARGEST_LOSS = 745  # minus the logarithm of the smallest float64 above 0


def is_mse(student, y_pred, y):
    expect.right(student.mse_loss(y_pred, y), oracles.mean_squared_error(y_pred, y))


def drawn(rng, *shape):
    """`(y_pred, y)` that differ in every entry."""
    return rng.uniform(1, 3, shape).round(2), rng.uniform(-2, 0, shape).round(2)


def probabilities(rng, n):
    """(n, 1), so far from 0 and 1 that an epsilon in the logarithm does not matter."""
    return rng.uniform(0.1, 0.9, size=(n, 1)).round(3)


def truths(rng, n):
    """(n, 1) labels of 0 and 1, with both present."""
    return rng.permutation(np.arange(n) % 3 == 0).astype(np.float64)[:, None]


def is_binary_cross_entropy(student, A, y):
    want, allowed = oracles.binary_cross_entropy(A, y), tolerance.EPSILON_ALLOWED
    expect.right(student.binary_cross_entropy(A, y), want, tolerance=allowed)


def is_finite_at_0_and_1(student, rng, dtype):
    """Exactly 0 and 1 cost next to nothing if right and a lot if wrong, but not without limit.

    All is measured by what probabilities near 0.05 and 0.95 cost.
    """
    expect.depends_on_arguments(
        student.binary_cross_entropy, lambda: (probabilities(rng, 5), truths(rng, 5))
    )
    near, clip = rng.uniform(0.04, 0.06), tolerance.CONFIDENT
    for truth in rng.permutation([0, 1]):
        y = np.array([[truth]], dtype)
        off = np.abs(y - dtype(near))  # by `near`, so that 1 - off is nearly wrong
        costs = [student.binary_cross_entropy(A, y) for A in (y, off, 1 - off, 1 - y)]
        right, unit_right, unit_wrong, wrong = (
            abs(expect.number(cost, what="the loss")) for cost in costs
        )
        expect.at_most(
            right,
            unit_right * clip / -np.log1p(-near),
            what="the loss of a confident correct answer",
            about=costs[0],
        )
        expect.at_least(
            wrong,
            unit_wrong * np.log(clip) / np.log(near),
            what="the loss of a confident mistake",
            about=costs[3],
        )
        expect.at_most(
            wrong,
            unit_wrong * LARGEST_LOSS / -np.log(near),
            what="the loss of a confident mistake",
            about=costs[3],
        )


def misfits(y):
    """Arrays that NumPy broadcasts with y, (n, 1), and some that it does not."""
    return [y[:, 0], y[:1], y[:3], np.hstack([y, 1 - y]), y[:1, 0]]


@grades("mse_loss", "The mean of (y_pred - y)^2", "There is no factor 1/2", points=2)
def test_mse_loss_is_the_mean_of_the_squared_errors(student, rng):
    is_mse(student, *rng.normal(size=(2, 5, 3)).round(2))
    is_mse(student, *rng.normal(scale=3, size=(2, rng.integers(4, 9), 1)).round(2))


@grades("mse_loss", "over all entries", "array of any shape", points=0.75)
def test_mse_loss_averages_over_all_entries_of_any_shape(student, rng):
    for shape in [(7,), (1, 1), (1, 4), (2, 3, 4)]:
        is_mse(student, *drawn(rng, *shape))


@grades("mse_loss", "float32 in gives float32 out", points=0.25, kind="finish")
def test_mse_loss_takes_float32(student, rng):
    expect.keeps_dtype(student.mse_loss, lambda: tuple(rng.normal(size=(2, 5, 2))))


@grades("mse_loss", "integers give float64", points=0.5, kind="finish")
def test_mse_loss_takes_integers(student, rng):
    expect.takes_integers(student.mse_loss, lambda: tuple(rng.integers(-999, 999, size=(2, 4, 2))))
    expect.takes_integers(
        student.mse_loss,
        lambda: (rng.normal(size=(5, 1)), rng.integers(256, size=(5, 1), dtype=np.uint8)),
    )


@grades(
    "mse_loss",
    "ValueError: if the shapes differ",
    "(n, 1) and (n,) differ",
    points=0.25,
    kind="finish",
)
def test_mse_loss_refuses_shapes_that_differ(student, rng):
    (y_pred, y), _ = expect.depends_on_arguments(student.mse_loss, lambda: drawn(rng, 4, 1))
    for other in misfits(y):
        why = f"y_pred has shape (4, 1), y has {other.shape}"
        expect.raises(ValueError, student.mse_loss, y_pred, other, why=why)


@grades("mse_loss", "No function changes its arguments.", points=0.25, kind="finish")
def test_mse_loss_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.mse_loss, lambda: drawn(rng, 4, 3))


@grades(
    "binary_cross_entropy",
    "-mean over all entries of [y log(A) + (1 - y) log(1 - A)], natural logarithm",
    points=3,
)
def test_binary_cross_entropy_is_the_mean_of_minus_log_probability(student, rng):
    for n in (3, 7):
        is_binary_cross_entropy(student, probabilities(rng, n), truths(rng, n))


@grades("binary_cross_entropy", "of shape (n, 1)", "labels 0 or 1", points=0.75)
def test_binary_cross_entropy_takes_one_example(student, rng):
    for truth in (0.0, 1.0):
        is_binary_cross_entropy(student, probabilities(rng, 1), np.array([[truth]]))


@grades("binary_cross_entropy", "float or integer", points=0.25, kind="finish")
def test_binary_cross_entropy_takes_integer_labels(student, rng):
    for dtype in (np.int64, np.uint8):
        expect.takes_integers(
            student.binary_cross_entropy,
            lambda dtype=dtype: (probabilities(rng, 6), truths(rng, 6).astype(dtype)),
        )


@grades(
    "binary_cross_entropy",
    "It is finite even where A is exactly 0 or 1",
    points=0.5,
    kind="finish",
)
def test_binary_cross_entropy_is_finite_where_a_probability_is_exactly_0_or_1(student, rng):
    is_finite_at_0_and_1(student, rng, np.float64)


@grades("binary_cross_entropy", "float32 or float64", points=0.25, kind="finish")
def test_binary_cross_entropy_takes_float32(student, rng):
    expect.keeps_dtype(
        student.binary_cross_entropy, lambda: (probabilities(rng, 6), truths(rng, 6))
    )


@grades("binary_cross_entropy", "with a margin that suits its dtype", points=0.5, kind="finish")
def test_binary_cross_entropy_is_finite_in_float32(student, rng):
    is_finite_at_0_and_1(student, rng, np.float32)


@grades(
    "binary_cross_entropy",
    "ValueError: if the shapes differ, such as (n, 1) and (n,).",
    points=0.5,
    kind="finish",
)
def test_binary_cross_entropy_refuses_shapes_that_differ(student, rng):
    (A, y), _ = expect.depends_on_arguments(
        student.binary_cross_entropy, lambda: (probabilities(rng, 4), truths(rng, 4))
    )
    for other in misfits(y):
        why = f"A has shape (4, 1), y has {other.shape}"
        expect.raises(ValueError, student.binary_cross_entropy, A, other, why=why)


@grades("binary_cross_entropy", "No function changes its arguments.", points=0.25, kind="finish")
def test_binary_cross_entropy_leaves_its_arguments_alone(student, rng):
    def some_certain():
        """Probabilities of exactly 0 and 1 among them: a clip in place changes these."""
        certain = np.array([[0.0], [1.0]])
        return tuple(
            np.concatenate([part, certain]) for part in (probabilities(rng, 5), truths(rng, 5))
        )

    expect.leaves_arguments_alone(student.binary_cross_entropy, some_certain)
