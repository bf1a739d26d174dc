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
    expect.right(student.matrix_multiply(X, W), product(X, W))


def is_linear(student, X, W, b):
    expect.right(student.linear(X, W, b), product(X, W) + b)


def pixels(rng, *shape):
    return rng.integers(100, 256, size=shape, dtype=np.uint8)


@grades("matrix_multiply", "entry (i, j) = sum over k of X[i, k] W[k, j]", points=2)
def test_matrix_multiply_sums_over_the_inner_axis(student, rng):
    is_product(student, *factors(rng, 5, 3, 4))
    is_product(student, *factors(rng, 2, *rng.permutation([3, 7])))


@grades("matrix_multiply", "X W of shape (n, d_out)", points=1.25)
def test_matrix_multiply_takes_square_matrices_and_single_rows_and_columns(student, rng):
    for sizes in [(3, 3, 3), (1, 4, 3), (4, 3, 1), (3, 1, 2), (1, 6, 3)]:
        is_product(student, *factors(rng, *sizes))


@grades("matrix_multiply", "Two float32 arrays give float32", points=0.5, kind="finish")
def test_matrix_multiply_keeps_float32(student, rng):
    expect.keeps_dtype(student.matrix_multiply, lambda: factors(rng, 4, 3, 5))


@grades(
    "matrix_multiply",
    "integers give float64, even int times int",
    "X: array of shape (n, d_in), float32, float64 or integer",
    "W: array of shape (d_in, d_out), float32, float64 or integer",
    points=0.5,
    kind="finish",
)
def test_matrix_multiply_takes_integers_and_gives_float64(student, rng):
    multiply = student.matrix_multiply
    expect.takes_integers(
        multiply, lambda: (rng.integers(-9, 9, size=(4, 3)), rng.integers(-9, 9, size=(3, 2)))
    )
    expect.takes_integers(multiply, lambda: (pixels(rng, 3, 5), rng.normal(size=(5, 4))))
    expect.takes_integers(multiply, lambda: (pixels(rng, 3, 5), pixels(rng, 5, 2)))


@grades(
    "matrix_multiply",
    "ValueError: if X does not have as many columns as W has rows",
    points=0.5,
    kind="finish",
)
def test_matrix_multiply_refuses_matrices_that_do_not_fit(student, rng):
    (X, W), _ = expect.depends_on_arguments(student.matrix_multiply, lambda: factors(rng, 4, 3, 5))
    for rows in (2, 1):  # NumPy could broadcast a single one
        why = f"X has shape {X.shape}, W has {W[:rows].shape}"
        expect.refuses(student.matrix_multiply, X, W[:rows], why=why)
    why = f"X has shape {X[:, :1].shape}, W has {W.shape}"
    expect.refuses(student.matrix_multiply, X[:, :1], W, why=why)


@grades("matrix_multiply", "No function changes its arguments.", points=0.25, kind="finish")
def test_matrix_multiply_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.matrix_multiply, lambda: factors(rng, 3, 4, 2))


@grades("linear", "Compute the linear part of a layer, X W + b.", points=0.75)
def test_linear_multiplies_the_inputs_by_the_weights(student, rng):
    X, W, b = layer(rng, 5, 3, 4)
    is_linear(student, X, W, 0 * b)


@grades("linear", "biases of shape (d_out,), added to every row", points=1.5)
def test_linear_adds_the_bias_to_every_row(student, rng):
    is_linear(student, *layer(rng, 5, 3, 4))
    is_linear(student, *layer(rng, 2, *rng.permutation([3, 6])))


@grades("linear", "Array of shape (n, d_out)", points=1)
def test_linear_takes_square_matrices_single_rows_and_single_outputs(student, rng):
    for sizes in [(3, 3, 3), (4, 2, 4), (1, 4, 3), (5, 3, 1), (3, 1, 2)]:
        is_linear(student, *layer(rng, *sizes))


@grades("linear", "float32 if all three are float32", points=0.5, kind="finish")
def test_linear_keeps_float32(student, rng):
    expect.keeps_dtype(student.linear, lambda: layer(rng, 4, 3, 5))


@grades("linear", "float64 if one is float64 or all are integers", points=0.5, kind="finish")
def test_linear_takes_integers_and_gives_float64(student, rng):
    sizes = [(4, 3), (3, 2), 2]
    expect.takes_integers(
        student.linear, lambda: tuple(rng.integers(-9, 9, size=size) for size in sizes)
    )
    expect.takes_integers(student.linear, lambda: (pixels(rng, 3, 5), *layer(rng, 3, 5, 4)[1:]))


@grades("linear", "ValueError: if X and W do not fit together", points=0.25, kind="finish")
def test_linear_refuses_weights_that_do_not_fit(student, rng):
    (X, W, b), _ = expect.depends_on_arguments(student.linear, lambda: layer(rng, 5, 3, 4))
    for rows in (2, 1):
        why = f"X has shape {X.shape}, W has {W[:rows].shape}"
        expect.refuses(student.linear, X, W[:rows], b, why=why)


@grades("linear", "if b does not have d_out entries", points=0.25, kind="finish")
def test_linear_refuses_biases_that_do_not_fit(student, rng):
    (X, W, b), _ = expect.depends_on_arguments(student.linear, lambda: layer(rng, 5, 3, 4))
    for size in (2, 3):
        why = f"W has 4 columns, b has {size} entries"
        expect.refuses(student.linear, X, W, b[:size], why=why)


@grades("linear", "No function changes its arguments.", points=0.25, kind="finish")
def test_linear_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.linear, lambda: layer(rng, 3, 4, 2))
