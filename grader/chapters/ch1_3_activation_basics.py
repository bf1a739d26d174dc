"""Mathematical functions and activation basics"""

import numpy as np

from grader.vocabulary import expect, oracles
from grader.vocabulary.grades import grades


def is_sigmoid(student, Z):
    expect.close(student.sigmoid(Z), oracles.sigmoid(Z), dtype=None)


def saturates(student, rng, sizes, dtype):
    """Far from 0 the answer is what it is at 40, where no form of the fraction overflows."""
    for size in sizes:
        signs = rng.permutation([-1, -1, 1, 1, 1, -1]).reshape(2, 3).astype(dtype)
        near = expect.answer(student.sigmoid, 40 * signs)
        far = expect.silent(student.sigmoid, dtype(size) * signs)
        expect.agrees(far, near, dtype=None)


@grades("sigmoid", "1 / (1 + exp(-z)) for each entry z", points=4.5)
def test_sigmoid_is_1_over_1_plus_exp_of_minus_z(student, rng):
    is_sigmoid(student, rng.permutation([-1.0, 0.0, 1.0, 0.5, -4.0, 4.0]).reshape(2, 3))
    is_sigmoid(student, rng.normal(scale=3, size=rng.integers(2, 7, size=2)).round(2))
    is_sigmoid(student, rng.uniform(-30, 30, size=(5, 8)).round(1))


@grades("sigmoid", "array of any shape", "Array of the same shape", points=2)
def test_sigmoid_works_on_each_entry_of_any_shape(student, rng):
    for shape in [(7,), (2, 3, 4), (1, 1), (5, 1), (2, 1, 3, 2)]:
        is_sigmoid(student, rng.normal(scale=2, size=shape).round(2))


@grades("sigmoid", "No warning for any finite z", points=1.5, kind="finish")
def test_sigmoid_survives_large_negative_and_positive_numbers(student, rng):
    sizes = [rng.uniform(50, 700), 709, 710, rng.uniform(711, 2000), 1e4, 1e300]
    saturates(student, rng, sizes, np.float64)


@grades("sigmoid", "float32 gives float32", points=0.5, kind="finish")
def test_sigmoid_keeps_float32(student, rng):
    expect.follows_dtype(
        student.sigmoid, rng.normal(scale=3, size=(3, 4)).round(2).astype(np.float32)
    )


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
        Z = rng.permutation(np.arange(-6, 6)).reshape(3, 4).astype(dtype)
        expect.follows_dtype(student.sigmoid, Z)


@grades("sigmoid", "No function changes its arguments.", points=0.5, kind="finish")
def test_sigmoid_leaves_its_argument_alone(student, rng):
    for scale in (2, 1000):
        Z = rng.normal(scale=scale, size=(3, 4)).round(2)
        expect.answer(student.sigmoid, Z)
        expect.unchanged(student.sigmoid, Z)
