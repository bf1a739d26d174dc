"""Getting started with NumPy arrays"""

import numpy as np

from grader.vocabulary import expect, tolerance
from grader.vocabulary.grades import grades

NEARLY_ZERO = 1e-6  # rounding of the mean, divided by the epsilon that a denominator may add


def normalized(X):
    """The expected answer in float64."""
    exact = X.astype(np.float64)
    return (exact - exact.mean()) / exact.std()


def normalizes(student, X):
    """The answer has the right values in X's dtype, or in float64 for integers."""
    dtype = X.dtype if X.dtype.kind == "f" else np.float64
    allowed = None if dtype == np.float32 else tolerance.EPSILON_ALLOWED
    expect.close(student.normalize(X), normalized(X).astype(dtype), tolerance=allowed)


def is_one_hot(student, labels, classes):
    labels = np.array(labels)
    expect.close(student.one_hot(labels, classes), np.eye(classes)[labels])


@grades("normalize", points=2)
def test_normalize_gives_mean_0_and_std_1_over_all_entries(student, rng):
    normalizes(student, rng.normal(loc=5, scale=3, size=(4, 3)).round(2))
    normalizes(student, rng.normal(loc=-2, scale=0.3, size=(3, 5)).round(2))


@grades("normalize", points=1)
def test_normalize_takes_any_shape(student, rng):
    for shape in [(7,), (2, 3, 4), (1, 5), (6, 1)]:
        normalizes(student, rng.uniform(-2, 9, size=shape).round(2))


@grades("normalize", points=1)
def test_normalize_gives_zeros_for_a_constant_array(student, rng):
    normalizes(student, rng.normal(loc=1, scale=2, size=(3, 2)).round(2))
    for X in [np.full((3, 2), 7.0), np.full(3, 0.1), rng.normal(size=(1, 1)), np.full((2, 4), 3)]:
        zeros = np.zeros(X.shape)
        got = expect.array(student.normalize(X), X.shape, want=zeros, dtype=np.float64)
        largest = np.abs(got).max()
        expect.at_most(largest, NEARLY_ZERO, what="|x| for an array of one repeated value")


@grades("normalize", points=0.5)
def test_normalize_keeps_float32(student, rng):
    normalizes(student, rng.normal(size=(5, 4)).round(2).astype(np.float32))
    normalizes(student, rng.uniform(size=(2, 3, 3)).astype(np.float32))


@grades("normalize", points=1)
def test_normalize_takes_integers_such_as_the_pixels_of_an_image(student, rng):
    normalizes(student, rng.integers(-50, 50, size=(3, 4)))
    normalizes(student, rng.integers(0, 256, size=(6, 5)).astype(np.uint8))


@grades("normalize", points=0.5)
def test_normalize_leaves_its_argument_alone(student, rng):
    X = rng.normal(loc=2, size=(3, 4)).round(2)
    got = expect.unchanged(student.normalize, X)
    expect.close(got, normalized(X), tolerance=tolerance.EPSILON_ALLOWED)


@grades("one_hot", points=1.5)
def test_one_hot_marks_the_label_in_each_row(student, rng):
    is_one_hot(student, rng.permutation([0, 1, 2, 3, 3, 0]), 4)
    is_one_hot(student, rng.permutation([0, 1, 2, 2, 3, 4, 5]), 6)


@grades("one_hot", points=1)
def test_one_hot_has_a_column_for_classes_that_do_not_occur(student, rng):
    for labels, classes in [([1, 0], 5), ([2], 3), ([0, 0, 0], 1), (rng.integers(0, 9, 20), 10)]:
        is_one_hot(student, labels, classes)


@grades("one_hot", points=1)
def test_one_hot_gives_float64_for_every_kind_of_integer(student, rng):
    for dtype in [np.uint8, np.int8, np.int32, np.int64]:
        is_one_hot(student, rng.integers(0, 10, size=60).astype(dtype), 10)


@grades("one_hot", points=0.5)
def test_one_hot_leaves_its_argument_alone(student, rng):
    labels = rng.integers(0, 4, size=6)
    expect.close(expect.unchanged(student.one_hot, labels, 4), np.eye(4)[labels])
