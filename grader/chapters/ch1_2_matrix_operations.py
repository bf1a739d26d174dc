"""Matrix operations for neural networks"""

import numpy as np

from grader.vocabulary import expect
from grader.vocabulary.grades import grades


def product(X, W):
    """X W, one term of the sum at a time."""
    X, W = np.asarray(X, np.float64), np.asarray(W, np.float64)
    return sum(X[:, k, None] * W[k] for k in range(len(W)))


def factors(rng, n, d_in, d_out):
    return rng.normal(size=(n, d_in)).round(2), rng.normal(size=(d_in, d_out)).round(2)


def layer(rng, n, d_in, d_out):
    """`(X, W, b)` of a linear layer."""
    return *factors(rng, n, d_in, d_out), rng.normal(size=d_out).round(2)


def is_product(student, X, W):
    expect.close(student.matrix_multiply(X, W), product(X, W))


def is_linear(student, X, W, b):
    expect.close(student.linear(X, W, b), product(X, W) + b)


@grades("matrix_multiply", points=2)
def test_matrix_multiply_sums_over_the_inner_axis(student, rng):
    is_product(student, *factors(rng, 5, 3, 4))
    is_product(student, *factors(rng, 2, 7, 3))


@grades("matrix_multiply", points=1)
def test_matrix_multiply_takes_square_matrices_and_single_rows_and_columns(student, rng):
    for sizes in [(3, 3, 3), (1, 4, 3), (4, 3, 1), (3, 1, 2), (1, 6, 3)]:
        is_product(student, *factors(rng, *sizes))


@grades("matrix_multiply", points=0.5)
def test_matrix_multiply_keeps_float32(student, rng):
    X, W = (matrix.astype(np.float32) for matrix in factors(rng, 4, 3, 5))
    expect.close(student.matrix_multiply(X, W), product(X, W).astype(np.float32))


@grades("matrix_multiply", points=0.5)
def test_matrix_multiply_takes_integers_and_gives_float64(student, rng):
    X, W = rng.integers(-9, 9, size=(4, 3)), rng.integers(-9, 9, size=(3, 2))
    is_product(student, X, W)
    pixels = rng.integers(100, 256, size=(3, 5)).astype(np.uint8)
    is_product(student, pixels, rng.normal(size=(5, 4)))
    is_product(student, pixels, rng.integers(100, 256, size=(5, 2)).astype(np.uint8))


@grades("matrix_multiply", points=0.5)
def test_matrix_multiply_refuses_matrices_that_do_not_fit(student, rng):
    X, W = factors(rng, 4, 3, 5)
    is_product(student, X, W)
    expect.refuses(student.matrix_multiply, X, W[:2], why="X has 3 columns, W has 2 rows")


@grades("matrix_multiply", points=0.5)
def test_matrix_multiply_leaves_its_arguments_alone(student, rng):
    X, W = factors(rng, 3, 4, 2)
    expect.close(expect.unchanged(student.matrix_multiply, X, W), product(X, W))


@grades("linear", points=2)
def test_linear_adds_the_bias_to_every_row(student, rng):
    is_linear(student, *layer(rng, 5, 3, 4))
    is_linear(student, *layer(rng, 2, 6, 3))


@grades("linear", points=1)
def test_linear_takes_square_matrices_single_rows_and_single_outputs(student, rng):
    for sizes in [(3, 3, 3), (4, 2, 4), (1, 4, 3), (5, 3, 1), (3, 1, 2)]:
        is_linear(student, *layer(rng, *sizes))


@grades("linear", points=0.5)
def test_linear_keeps_float32(student, rng):
    X, W, b = (part.astype(np.float32) for part in layer(rng, 4, 3, 5))
    expect.close(student.linear(X, W, b), (product(X, W) + b).astype(np.float32))


@grades("linear", points=0.5)
def test_linear_takes_integers_and_gives_float64(student, rng):
    X, W, b = (rng.integers(-9, 9, size=size) for size in [(4, 3), (3, 2), 2])
    is_linear(student, X, W, b)
    pixels = rng.integers(0, 256, size=(3, 5)).astype(np.uint8)
    is_linear(student, pixels, rng.normal(size=(5, 4)), rng.normal(size=4))


@grades("linear", points=0.5)
def test_linear_refuses_arguments_that_do_not_fit(student, rng):
    X, W, b = layer(rng, 5, 3, 4)
    is_linear(student, X, W, b)
    expect.refuses(student.linear, X, W[:2], b, why="X has 3 columns, W has 2 rows")
    expect.refuses(student.linear, X, W, b[:3], why="W has 4 columns, b has 3 entries")


@grades("linear", points=0.5)
def test_linear_leaves_its_arguments_alone(student, rng):
    X, W, b = layer(rng, 3, 4, 2)
    expect.close(expect.unchanged(student.linear, X, W, b), product(X, W) + b)
