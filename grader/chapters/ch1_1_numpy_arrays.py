"""Getting started with NumPy arrays"""

import numpy as np

from grader.vocabulary import expect, tolerance
from grader.vocabulary.grades import grades

EPSILON = 1e-8  # the largest that may be added to std
NEARLY_ZERO = 1e-6  # rounding of the mean, divided by that epsilon


def is_normalized(student, X):
    want = (X - X.mean()) / X.std()
    got = student.normalize(X)
    expect.right(got, want, tolerance=tolerance.EPSILON_ALLOWED)


def drawn(rng, *shape):
    return rng.normal(loc=rng.uniform(-6, 6), scale=rng.uniform(0.5, 4), size=shape).round(2)


def gives_zeros(student, X):
    got = expect.array(student.normalize(X), X.shape, want=np.zeros(X.shape))
    largest = np.abs(got).max()
    expect.at_most(largest, NEARLY_ZERO, what="|x| for an array of one repeated value")


def is_one_hot(student, labels, classes):
    want = np.eye(classes)[labels]
    expect.right(student.one_hot(np.array(labels), classes), want)


@grades(
    "normalize",
    "(x - mean) / std for each entry x",
    "Mean and standard deviation are taken over all entries together",
    "std is the population standard deviation",
    points=2.5,
)
def test_normalize_gives_mean_0_and_std_1_over_all_entries(student, rng):
    is_normalized(student, drawn(rng, 4, 3))
    is_normalized(student, drawn(rng, *rng.integers(3, 7, size=2)))


@grades("normalize", "X: array of any shape", "A new array of the same shape", points=1.5)
def test_normalize_takes_any_shape(student, rng):
    for shape in [(7,), (2, 3, 4), (1, 5), (6, 1)]:
        is_normalized(student, drawn(rng, *shape))


@grades("normalize", "An array of one repeated value has no spread", points=0.5, kind="finish")
def test_normalize_gives_zeros_for_a_constant_array(student, rng):
    expect.depends_on_arguments(student.normalize, lambda: (drawn(rng, 3, 2),))
    for shape in [(3, 2), (4,), (1, 1)]:
        gives_zeros(student, np.full(shape, float(rng.integers(1, 10))))


@grades(
    "normalize",
    "even if rounding makes its computed std slightly different from 0",
    points=0.25,
    kind="finish",
)
def test_normalize_gives_zeros_for_a_constant_array_whose_std_is_rounded(student, rng):
    expect.depends_on_arguments(student.normalize, lambda: (drawn(rng, 3, 2),))
    constant = np.zeros(1)
    while constant.std() == 0:
        constant = np.full(rng.integers(3, 9), rng.integers(1, 10) / 10)
    gives_zeros(student, constant)
    gives_zeros(student, np.full(3, 0.1))


@grades(
    "normalize",
    "however small std is",
    "you may add at most 1e-8 to it",
    points=0.25,
    kind="finish",
)
def test_normalize_scales_small_and_large_entries_alike(student, rng):
    (X,), own = expect.depends_on_arguments(student.normalize, lambda: (drawn(rng, 3, 4),))
    for exponent in (-7, -5, -4, -3, 4, 8):
        scale = 10**exponent * rng.uniform(1, 5) / X.std()
        allowed = 2 * EPSILON / (scale * X.std()) + tolerance.EPSILON_ALLOWED
        what = f"the answer to X multiplied by {scale:.2g}"
        expect.right(student.normalize(scale * X), own, what=what, tolerance=allowed)
    what = "the answer to X plus 10 million"  # small only beside the entries themselves
    expect.right(student.normalize(X + 1e7), own, what=what, tolerance=tolerance.EPSILON_ALLOWED)


@grades("normalize", "float32 gives float32, float64", points=0.25, kind="finish")
def test_normalize_keeps_float32(student, rng):
    expect.keeps_dtype(student.normalize, lambda: (drawn(rng, 5, 4),))
    expect.keeps_dtype(student.normalize, lambda: (drawn(rng, 2, 3, 3),))


@grades("normalize", "float64 and integers give float64", points=0.5, kind="finish")
def test_normalize_takes_integers_such_as_the_pixels_of_an_image(student, rng):
    expect.takes_integers(student.normalize, lambda: (rng.integers(-50, 50, size=(3, 4)),))
    expect.takes_integers(student.normalize, lambda: (rng.integers(256, size=(6, 5), dtype="u1"),))
    constant = np.full((2, 4), rng.integers(1, 9))
    expect.array(student.normalize(constant), (2, 4), want=np.zeros((2, 4)), dtype=np.float64)


@grades("normalize", "it is not changed", points=0.25, kind="finish")
def test_normalize_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.normalize, lambda: (drawn(rng, 3, 4),))


@grades(
    "one_hot",
    "Turn integer labels into rows with a single 1.",
    "row i is 1 in column labels[i]",
    points=2,
)
def test_one_hot_marks_the_label_in_each_row(student, rng):
    is_one_hot(student, rng.permutation([0, 1, 2, 3, 3, 0]), 4)
    is_one_hot(student, rng.permutation([0, 1, 2, 2, 3, 4, 5]), 6)


@grades("one_hot", "array of shape (n, k)", points=1)
def test_one_hot_has_a_column_for_classes_that_do_not_occur(student, rng):
    for labels, classes in [
        (rng.permutation(2), 5),
        (rng.integers(1, 3, size=1), rng.integers(4, 9)),
        (np.zeros(3, int), 1),
        (rng.integers(0, 9, 20), 10),
    ]:
        is_one_hot(student, labels, int(classes))


@grades("one_hot", "integers of any dtype", "float64 array", points=0.75, kind="finish")
def test_one_hot_gives_float64_for_every_kind_of_integer(student, rng):
    for dtype in [np.uint8, np.int8, np.int32, np.int64]:
        (labels, _), got = expect.depends_on_arguments(
            student.one_hot,
            lambda dtype=dtype: (rng.integers(10, size=60, dtype=dtype), 10),
        )
        expect.array(got, (60, 10), want=np.eye(10)[labels], dtype=np.float64)
        own = student.one_hot(labels.astype(np.int64), 10)
        expect.right(got, own, what=f"the answer for labels of {labels.dtype}")


@grades("one_hot", "No function changes its arguments.", points=0.25, kind="finish")
def test_one_hot_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.one_hot, lambda: (rng.integers(4, size=20), 4))
