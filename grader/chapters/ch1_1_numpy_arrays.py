"""Getting started with NumPy arrays."""

import numpy as np

from grader import expect
from grader.plugin import grades


@grades("normalize", points=2)
def test_normalize_gives_mean_0_and_std_1_over_all_entries(student, rng):
    X = rng.normal(loc=5, scale=3, size=(4, 3))
    want = (X - X.mean()) / X.std()
    expect.close(student.normalize(X), want, tolerance=expect.EPSILON_ALLOWED)


@grades("normalize", points=1)
def test_normalize_takes_any_shape(student, rng):
    for shape in [(7,), (2, 3, 4), (1, 5)]:
        X = rng.uniform(-2, 9, size=shape)
        want = (X - X.mean()) / X.std()
        expect.close(student.normalize(X), want, tolerance=expect.EPSILON_ALLOWED)


@grades("normalize", points=1)
def test_normalize_gives_zeros_for_a_constant_array(student, rng):
    for X in [np.full((3, 2), 7.0), np.full(3, 0.1), np.full((1, 1), rng.normal())]:
        expect.close(expect.silent(student.normalize, X), np.zeros(X.shape))


@grades("normalize", points=1)
def test_normalize_keeps_float32_and_takes_integers(student, rng):
    X = rng.normal(size=(5, 4)).astype(np.float32)
    exact = X.astype(np.float64)
    want = ((exact - exact.mean()) / exact.std()).astype(np.float32)
    expect.close(student.normalize(X), want)
    whole = rng.integers(0, 255, size=(3, 4))
    expect.close(
        student.normalize(whole),
        (whole - whole.mean()) / whole.std(),
        tolerance=expect.EPSILON_ALLOWED,
    )


@grades("normalize", points=1)
def test_normalize_leaves_its_argument_alone(student, rng):
    X = rng.normal(loc=2, size=(3, 3))
    got = expect.unchanged(student.normalize, X)
    expect.close(got, (X - X.mean()) / X.std(), tolerance=expect.EPSILON_ALLOWED)


@grades("one_hot", points=2)
def test_one_hot_marks_the_label_in_each_row(student, rng):
    labels = rng.permutation([0, 1, 2, 3, 3, 0])
    expect.close(student.one_hot(labels, 4), np.eye(4)[labels])


@grades("one_hot", points=1)
def test_one_hot_has_a_column_for_classes_that_do_not_occur(student, rng):
    for labels, classes in [([1, 0], 5), ([2], 3), (rng.integers(0, 9, 20), 10)]:
        labels = np.array(labels)
        expect.close(student.one_hot(labels, classes), np.eye(classes)[labels])


@grades("one_hot", points=1)
def test_one_hot_leaves_its_argument_alone(student, rng):
    labels = rng.integers(0, 4, size=6).astype(np.uint8)
    expect.close(expect.unchanged(student.one_hot, labels, 4), np.eye(4)[labels])
