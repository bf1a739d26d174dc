"""Mathematical functions and activation basics"""

import numpy as np

from grader.vocabulary import expect, oracles
from grader.vocabulary.grades import grades


def is_sigmoid(student, Z):
    """The answer has the right values in Z's dtype, or in float64 for integers."""
    dtype = Z.dtype if Z.dtype.kind == "f" else np.float64
    expect.close(student.sigmoid(Z), oracles.sigmoid(Z).astype(dtype))


def is_sigmoid_without_warning(student, Z):
    expect.close(expect.silent(student.sigmoid, Z), oracles.sigmoid(Z).astype(Z.dtype))


@grades("sigmoid", points=3)
def test_sigmoid_is_1_over_1_plus_exp_of_minus_z(student, rng):
    is_sigmoid(student, np.array([[-1.0, 0.0, 1.0], [0.5, -4.0, 4.0]]))
    is_sigmoid(student, rng.normal(scale=3, size=(4, 5)).round(2))


@grades("sigmoid", points=1)
def test_sigmoid_works_on_each_entry_of_any_shape(student, rng):
    for shape in [(7,), (2, 3, 4), (1, 1), (5, 1), (2, 1, 3, 2)]:
        is_sigmoid(student, rng.normal(scale=2, size=shape).round(2))


@grades("sigmoid", points=2)
def test_sigmoid_survives_large_negative_and_positive_numbers(student, rng):
    is_sigmoid_without_warning(student, rng.normal(scale=3, size=(2, 3)).round(2))
    for size in [40.0, 709.0, 710.0, 800.0, 1e4, 1e300]:
        is_sigmoid_without_warning(student, np.array([[-size, 1.0, size], [0.0, size, -2.0]]))
    is_sigmoid_without_warning(student, rng.uniform(-2000, 2000, size=(6, 4)).round())


@grades("sigmoid", points=1.5)
def test_sigmoid_keeps_float32_and_does_not_overflow_in_it(student, rng):
    is_sigmoid_without_warning(
        student, rng.normal(scale=3, size=(3, 4)).round(2).astype(np.float32)
    )
    for size in [30.0, 88.0, 89.0, 104.0, 1000.0, 1e30]:
        is_sigmoid_without_warning(
            student, np.array([[-size, 1.0, size], [0.0, size, -2.0]], np.float32)
        )


@grades("sigmoid", points=1.5)
def test_sigmoid_takes_integers_and_gives_float64(student, rng):
    is_sigmoid(student, rng.permutation(np.arange(-6, 6)).reshape(3, 4))
    is_sigmoid(student, rng.integers(-5, 5, size=6).astype(np.int32))
    is_sigmoid(student, np.array([[-800, 800, 0, 1]]))


@grades("sigmoid", points=1)
def test_sigmoid_leaves_its_argument_alone(student, rng):
    Z = rng.normal(scale=2, size=(3, 4)).round(2)
    expect.close(expect.unchanged(student.sigmoid, Z), oracles.sigmoid(Z))
    large = np.array([[-1000.0, 2.0], [-2.0, 1000.0]])
    expect.close(expect.unchanged(student.sigmoid, large), oracles.sigmoid(large))
