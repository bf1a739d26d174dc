"""Activation functions for neural networks"""

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.grades import grades

UNCHANGED = "No function changes its arguments."


def relu(Z):
    return np.maximum(Z, 0.0)


def step(Z):
    return np.where(Z > 0, 1.0, 0.0)


def tanh_slope(Z):
    return 1 - np.tanh(Z) ** 2


def leaky(Z, alpha=0.01):
    return np.where(Z > 0, Z, alpha * Z)


def numbers(rng, shape=None):
    """Normal random numbers of both signs, none near 0; of a random shape (n, k) by default."""
    Z = rng.normal(scale=2, size=shape or rng.integers(3, 8, size=2))
    Z = np.where(np.abs(Z) < 0.01, 0.5, Z)
    Z.flat[:2] = -1.5, 0.75
    return Z


def takes_any_shape(function, want, rng):
    a, b, c = (int(size) for size in rng.integers(2, 6, size=3))
    for shape in [(a + b,), (1, c + 1), (a, b, c), (a, 1, b, c)]:
        Z = numbers(rng, shape)
        expect.right(function(Z), want(Z))


def keeps_dtype(function, rng):
    expect.keeps_dtype(function, lambda: (numbers(rng),))


def makes_floats_of_integers(function, rng):
    """Signed and unsigned integers become float64."""
    expect.takes_integers(function, lambda: (rng.integers(-4, 5, size=(5, 3)),))
    for low, high, dtype in [(-100, 100, np.int8), (0, 256, np.uint8)]:
        Z = rng.integers(low, high, size=(5, 3)) * rng.integers(2, size=(5, 3))
        Z.flat[:3] = high - 1, 1, low
        own = expect.array(function(Z.astype(np.float64)), Z.shape, dtype=None)
        expect.close(function(Z.astype(dtype)), own.astype(np.float64))


def leaves_alone(function, rng):
    expect.leaves_arguments_alone(function, lambda: (numbers(rng),))


def levels_off(function, rng):
    """No warning where exponentials overflow, and the values of 30 if it has leveled off there."""
    expect.depends_on_arguments(function, lambda: (numbers(rng),))
    near = np.append([-30.0, 30.0] * 4, rng.normal(size=4))
    far = near * np.append(10 ** rng.uniform(0.5, 5, size=8), [1] * 4)
    own = expect.array(function(near), near.shape, dtype=None)
    level = np.allclose(own[:8], expect.array(function(1.1 * near), near.shape, dtype=None)[:8])
    for dtype in (np.float64, np.float32):
        got = expect.array(expect.silent(function, far.astype(dtype)), far.shape, dtype=None)
        expect.right(got, own.astype(dtype) if level else got, what="the answer for large z")


@grades("relu", "Compute max(0, z)", points=0.5)
def test_relu_is_the_larger_of_z_and_0(student, rng):
    Z = numbers(rng)
    Z[1, 2] = 0
    expect.right(student.relu(Z), relu(Z))
    for scale in (1e-4, 1e4):
        expect.right(student.relu(scale * Z), relu(scale * Z))


@grades("relu", "array of any shape", "New array of the same shape", points=0.2)
def test_relu_takes_any_shape(student, rng):
    takes_any_shape(student.relu, relu, rng)


@grades("relu", "float32 gives float32", points=0.1, kind="finish")
def test_relu_keeps_float32_and_float64(student, rng):
    keeps_dtype(student.relu, rng)


@grades("relu", "integers give float64", points=0.1, kind="finish")
def test_relu_makes_floats_of_integers(student, rng):
    makes_floats_of_integers(student.relu, rng)


@grades("relu", UNCHANGED, points=0.1, kind="finish")
def test_relu_leaves_its_argument_alone(student, rng):
    leaves_alone(student.relu, rng)


@grades("relu_derivative", "1 where z > 0, otherwise 0", points=0.5)
def test_relu_derivative_is_1_above_0_and_0_below(student, rng):
    Z = numbers(rng)
    expect.right(student.relu_derivative(Z), step(Z))
    expect.right(student.relu_derivative(1e-4 * Z), step(Z))


@grades("relu_derivative", "At z = 0, where relu has a corner, this course uses 0.", points=0.3)
def test_relu_derivative_is_0_at_0(student, rng):
    Z = numbers(rng)
    Z[:, 1], Z[2] = 0.0, -0.0
    expect.right(student.relu_derivative(Z), step(Z))


@grades("relu_derivative", "array of any shape", "Array of the same shape", points=0.2)
def test_relu_derivative_takes_any_shape(student, rng):
    takes_any_shape(student.relu_derivative, step, rng)


@grades(
    "relu_derivative",
    "float32, float64 or integer",
    "float32 gives float32",
    points=0.2,
    kind="finish",
)
def test_relu_derivative_keeps_float32_and_float64(student, rng):
    keeps_dtype(student.relu_derivative, rng)


@grades("relu_derivative", "integers give float64", points=0.1, kind="finish")
def test_relu_derivative_makes_floats_of_integers(student, rng):
    makes_floats_of_integers(student.relu_derivative, rng)


@grades("relu_derivative", UNCHANGED, points=0.2, kind="finish")
def test_relu_derivative_leaves_its_argument_alone(student, rng):
    leaves_alone(student.relu_derivative, rng)


@grades("tanh", "Compute the hyperbolic tangent of each entry", points=0.8)
def test_tanh_is_the_hyperbolic_tangent(student, rng):
    Z = numbers(rng)
    expect.right(student.tanh(Z), np.tanh(Z))


@grades("tanh", "array of any shape", "Array of the same shape", points=0.2)
def test_tanh_takes_any_shape(student, rng):
    takes_any_shape(student.tanh, np.tanh, rng)


@grades("tanh", "any finite values", "No overflow", points=0.2, kind="finish")
def test_tanh_does_not_overflow(student, rng):
    levels_off(student.tanh, rng)


@grades("tanh", "float32 gives float32", points=0.1, kind="finish")
def test_tanh_keeps_float32_and_float64(student, rng):
    keeps_dtype(student.tanh, rng)


@grades("tanh", "integers give float64", points=0.1, kind="finish")
def test_tanh_makes_floats_of_integers(student, rng):
    makes_floats_of_integers(student.tanh, rng)


@grades("tanh", UNCHANGED, points=0.1, kind="finish")
def test_tanh_leaves_its_argument_alone(student, rng):
    leaves_alone(student.tanh, rng)


@grades("tanh_derivative", "the argument of tanh (not its value)", "1 - tanh(z)^2", points=0.8)
def test_tanh_derivative_is_the_slope_at_z(student, rng):
    Z = numbers(rng)
    h = 1e-5
    got = expect.right(student.tanh_derivative(Z), tanh_slope(Z))
    slope = (np.tanh(Z + h) - np.tanh(Z - h)) / (2 * h)
    expect.right(got, slope, tolerance=tolerance.NUMERICAL_GRADIENT)


@grades("tanh_derivative", "array of any shape", "Array of the same shape", points=0.2)
def test_tanh_derivative_takes_any_shape(student, rng):
    takes_any_shape(student.tanh_derivative, tanh_slope, rng)


@grades("tanh_derivative", "any finite values", "no overflow", points=0.2, kind="finish")
def test_tanh_derivative_does_not_overflow(student, rng):
    levels_off(student.tanh_derivative, rng)


@grades("tanh_derivative", "float32 gives float32", points=0.1, kind="finish")
def test_tanh_derivative_keeps_float32_and_float64(student, rng):
    keeps_dtype(student.tanh_derivative, rng)


@grades("tanh_derivative", "integers give float64", points=0.1, kind="finish")
def test_tanh_derivative_makes_floats_of_integers(student, rng):
    makes_floats_of_integers(student.tanh_derivative, rng)


@grades("tanh_derivative", UNCHANGED, points=0.1, kind="finish")
def test_tanh_derivative_leaves_its_argument_alone(student, rng):
    leaves_alone(student.tanh_derivative, rng)


@grades("leaky_relu", "alpha=0.01", "z where z > 0, otherwise alpha z", points=0.5)
def test_leaky_relu_multiplies_negative_entries_by_0_01(student, rng):
    Z = numbers(rng)
    for scale in (1, 1e-4):
        expect.right(student.leaky_relu(scale * Z), leaky(scale * Z))


@grades("leaky_relu", "slope for z < 0, a float", points=0.4)
def test_leaky_relu_takes_another_slope(student, rng):
    Z = numbers(rng)
    for alpha in rng.uniform(0.1, 0.9, size=2).tolist():
        expect.right(student.leaky_relu(Z, alpha), leaky(Z, alpha))
        expect.right(student.leaky_relu(Z, alpha=alpha), leaky(Z, alpha))


@grades("leaky_relu", "array of any shape", "Array of the same shape", points=0.1)
def test_leaky_relu_takes_any_shape(student, rng):
    takes_any_shape(student.leaky_relu, leaky, rng)


@grades("leaky_relu", "0 <= alpha <= 1", points=0.1, kind="finish")
def test_leaky_relu_takes_0_and_1_for_a_slope(student, rng):
    """The answer goes on smoothly from slopes nearby."""
    expect.depends_on_arguments(student.leaky_relu, lambda: (numbers(rng), 0.5))
    Z = numbers(rng)
    for alpha, near in [(0.0, 1e-12), (1.0, 1 - 1e-12)]:
        own = expect.array(student.leaky_relu(Z, near), Z.shape, dtype=None)
        expect.right(student.leaky_relu(Z, alpha), own)


@grades("leaky_relu", "float32 gives float32", points=0.1, kind="finish")
def test_leaky_relu_keeps_float32_and_float64(student, rng):
    keeps_dtype(student.leaky_relu, rng)


@grades("leaky_relu", "integers give float64", points=0.1, kind="finish")
def test_leaky_relu_makes_floats_of_integers(student, rng):
    makes_floats_of_integers(student.leaky_relu, rng)


@grades("leaky_relu", UNCHANGED, points=0.2, kind="finish")
def test_leaky_relu_leaves_its_argument_alone(student, rng):
    leaves_alone(student.leaky_relu, rng)


def is_softmax(got, Z):
    expect.right(got, oracles.softmax(Z))


@grades("softmax", "e^(z_i) / sum of e^(z_j) over the row", points=1.5)
def test_softmax_turns_rows_of_scores_into_probabilities(student, rng):
    Z = rng.normal(scale=2, size=(rng.integers(3, 6), rng.integers(6, 9)))
    is_softmax(student.softmax(Z), Z)


@grades("softmax", "scores (logits) of shape (n, k)", "Every row sums to 1", points=0.5)
def test_softmax_takes_any_number_of_rows_and_classes(student, rng):
    n, k = (int(size) for size in rng.integers(2, 7, size=2))
    for shape in [(k, k), (n + 4, 2), (1, k), (n, 1), (n, int(rng.integers(300, 600)))]:
        Z = rng.normal(scale=2, size=shape)
        is_softmax(student.softmax(Z), Z)


def scores(rng):
    """Multiples of 1/32, which float32 adds to large numbers without rounding."""
    Z = rng.integers(-90, 91, size=(5, 3)) / 32
    Z[0] = 40, 0, -40
    return Z


def silent_answers(function, Z, shift):
    """The finite answers, without a warning, for rows shifted up and down."""
    got = [
        expect.silent(function, (Z + np.round(sign * scale * shift)).astype(dtype))
        for dtype, scale in [(np.float64, 1), (np.float32, 1 / 40)]  # exp overflows at 710, at 89
        for sign in (1, -1)
    ]
    return [expect.array(A, Z.shape, what="the answer for large scores", dtype=None) for A in got]


@grades("softmax", "No overflow and no warning", points=0.3, kind="finish")
def test_softmax_survives_large_scores(student, rng):
    (Z,), own = expect.depends_on_arguments(student.softmax, lambda: (scores(rng),))
    own = expect.array(own, Z.shape, dtype=None)
    Z = np.vstack([Z[:1] * rng.integers(30, 90), Z[1:]])  # one row has scores as far apart
    for got in silent_answers(student.softmax, Z, int(rng.integers(4000, 8000))):
        expect.right(got, own.astype(got.dtype), what="the answer for large scores")


@grades("softmax", "no matter how far the rows lie apart", points=0.1, kind="finish")
def test_softmax_survives_rows_of_very_different_size(student, rng):
    (Z,), _ = expect.depends_on_arguments(student.softmax, lambda: (scores(rng),))
    shift = rng.permuted(np.linspace(0, rng.integers(6000, 8000), 5)).reshape(5, 1)
    silent_answers(student.softmax, Z, shift)


@grades("softmax", "float32 gives float32", points=0.2, kind="finish")
def test_softmax_keeps_float32_and_float64(student, rng):
    keeps_dtype(student.softmax, rng)


@grades("softmax", "integers give float64", points=0.2, kind="finish")
def test_softmax_makes_floats_of_integers(student, rng):
    makes_floats_of_integers(student.softmax, rng)


@grades("softmax", UNCHANGED, points=0.2, kind="finish")
def test_softmax_leaves_its_argument_alone(student, rng):
    leaves_alone(student.softmax, rng)
