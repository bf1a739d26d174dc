"""Mathematical functions and activation basics"""

import numpy as np

from grader.vocabulary import expect, oracles
from grader.vocabulary.grades import grades


def is_sigmoid(student, Z):
    expect.right(student.sigmoid(Z), oracles.sigmoid(Z))


def drawn(rng, *shape, scale=3):
    return rng.normal(scale=scale, size=shape).round(2)


def saturates(student, rng, sizes, dtype):
    """Far from 0 the answer is what it is at 40, where no form of the fraction overflows."""
    expect.depends_on_arguments(student.sigmoid, lambda: (drawn(rng, 2, 3),))
    for size in sizes:
        signs = rng.permutation([-1, -1, 1, 1, 1, -1]).reshape(2, 3).astype(dtype)
        near = expect.array(student.sigmoid(40 * signs), (2, 3), dtype=None)
        far = expect.silent(student.sigmoid, dtype(size) * signs)
        expect.right(far, near)


@grades("sigmoid", "1 / (1 + exp(-z)) for each entry z", points=4.5)
def test_sigmoid_is_1_over_1_plus_exp_of_minus_z(student, rng):
    is_sigmoid(student, rng.permutation([-1.0, 0.0, 1.0, 0.5, -4.0, 4.0]).reshape(2, 3))
    is_sigmoid(student, drawn(rng, *rng.integers(2, 7, size=2)))
    is_sigmoid(student, rng.uniform(-30, 30, size=(5, 8)).round(1))
    for first in (40, -40):  # where the answer looks like an integer
        is_sigmoid(student, np.append(first, drawn(rng, 4)))


@grades("sigmoid", "array of any shape", "Array of the same shape", points=2)
def test_sigmoid_works_on_each_entry_of_any_shape(student, rng):
    for shape in [(7,), (2, 3, 4), (1, 1), (5, 1), (2, 1, 3, 2)]:
        is_sigmoid(student, drawn(rng, *shape, scale=2))


@grades("sigmoid", "No warning for any finite z", points=1.5, kind="finish")
def test_sigmoid_survives_large_negative_and_positive_numbers(student, rng):
    sizes = [rng.uniform(50, 700), 709, 710, rng.uniform(711, 2000), 1e4, 1e300]
    saturates(student, rng, sizes, np.float64)


@grades("sigmoid", "float32 gives float32", points=0.5, kind="finish")
def test_sigmoid_keeps_float32(student, rng):
    expect.keeps_dtype(student.sigmoid, lambda: (drawn(rng, 3, 4),))


@grades(
    "sigmoid",
    "Compute the logistic sigmoid of each entry, without overflow.",
    "No warning for any finite z",
    points=0.5,
    kind="finish",
)
def test_sigmoid_does_not_overflow_in_float32(student, rng):
    sizes = [rng.uniform(50, 80), 88, 89, 104, rng.uniform(110, 2000), 1e30]
    saturates(student, rng, sizes, np.float32)


@grades("sigmoid", "float64, int32 and int64 give float64", points=0.5, kind="finish")
def test_sigmoid_takes_integers_and_gives_float64(student, rng):
    for dtype in (np.int64, np.int32):
        expect.takes_integers(
            student.sigmoid, lambda dtype=dtype: (rng.integers(-6, 7, size=(3, 4), dtype=dtype),)
        )


@grades("sigmoid", "No function changes its arguments.", points=0.5, kind="finish")
def test_sigmoid_leaves_its_argument_alone(student, rng):
    for scale in (2, 1000):
        expect.leaves_arguments_alone(
            student.sigmoid, lambda scale=scale: (drawn(rng, 3, 4, scale=scale),)
        )
