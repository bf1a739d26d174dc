"""Activation functions for neural networks"""

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.grades import grades

SHAPES = [(7,), (1, 5), (2, 3, 4), (2, 1, 3, 2)]


def relu(Z):
    return np.maximum(Z, 0.0)


def step(Z):
    return np.where(Z > 0, 1.0, 0.0)


def tanh_slope(Z):
    return 1 - np.tanh(Z) ** 2


def leaky(Z, alpha):
    return np.where(Z > 0, Z, alpha * Z)


def numbers(rng, shape=(4, 6)):
    """Normal random numbers of both signs, none near 0."""
    Z = rng.normal(scale=2, size=shape)
    Z = np.where(np.abs(Z) < 0.01, 0.5, Z)
    Z.flat[:2] = -1.5, 0.75
    return Z


def takes_any_shape(function, want, rng):
    for shape in SHAPES:
        Z = numbers(rng, shape)
        expect.close(function(Z), want(Z))


def keeps_dtypes(function, want, rng):
    """float32 stays float32; signed and unsigned integers become float64."""
    Z = numbers(rng).astype(np.float32)
    expect.close(function(Z), want(Z.astype(np.float64)).astype(np.float32))
    for low, high, dtype in [(-4, 5, np.int64), (-100, 100, np.int8), (0, 256, np.uint8)]:
        Z = rng.integers(low, high, size=(5, 3)).astype(dtype)
        Z.flat[:3] = high - 1, 1, low
        expect.close(function(Z), want(Z.astype(np.float64)))


def leaves_alone(function, want, rng):
    Z = numbers(rng)
    expect.close(expect.unchanged(function, Z), want(Z))


def is_silent(function, want, rng):
    """No warning for entries whose exponentials overflow, and right values next to them."""
    far = np.array([1000.0, -1000.0, 90.0, -90.0, 30.0, -30.0])
    Z = np.concatenate([far, rng.normal(size=2)]).reshape(2, 4)
    expect.close(expect.silent(function, Z), want(Z))
    got = expect.silent(function, Z.astype(np.float32))
    expect.close(got, want(Z.astype(np.float32).astype(np.float64)).astype(np.float32))


@grades("relu", points=0.5)
def test_relu_is_the_larger_of_z_and_0(student, rng):
    Z = numbers(rng)
    Z[1, 2] = 0
    expect.close(student.relu(Z), relu(Z))
    expect.close(student.relu(1e4 * Z), relu(1e4 * Z))


@grades("relu", points=0.5)
def test_relu_takes_any_shape_and_dtype_and_leaves_its_argument_alone(student, rng):
    takes_any_shape(student.relu, relu, rng)
    keeps_dtypes(student.relu, relu, rng)
    leaves_alone(student.relu, relu, rng)


@grades("relu_derivative", points=0.5)
def test_relu_derivative_is_1_above_0_and_0_elsewhere(student, rng):
    Z = numbers(rng)
    expect.close(student.relu_derivative(Z), step(Z))
    expect.close(student.relu_derivative(1e-3 * Z), step(Z))


@grades("relu_derivative", points=0.5)
def test_relu_derivative_is_0_at_0(student, rng):
    Z = numbers(rng)
    Z[:, 1], Z[2] = 0.0, -0.0
    expect.close(expect.silent(student.relu_derivative, Z), step(Z))


@grades("relu_derivative", points=0.5)
def test_relu_derivative_takes_any_shape_and_dtype_and_leaves_its_argument_alone(student, rng):
    takes_any_shape(student.relu_derivative, step, rng)
    keeps_dtypes(student.relu_derivative, step, rng)
    leaves_alone(student.relu_derivative, step, rng)


@grades("tanh", points=0.5)
def test_tanh_is_the_hyperbolic_tangent(student, rng):
    Z = numbers(rng)
    expect.close(student.tanh(Z), np.tanh(Z))


@grades("tanh", points=0.5)
def test_tanh_does_not_overflow(student, rng):
    is_silent(student.tanh, np.tanh, rng)


@grades("tanh", points=0.5)
def test_tanh_takes_any_shape_and_dtype_and_leaves_its_argument_alone(student, rng):
    takes_any_shape(student.tanh, np.tanh, rng)
    keeps_dtypes(student.tanh, np.tanh, rng)
    leaves_alone(student.tanh, np.tanh, rng)


@grades("tanh_derivative", points=0.5)
def test_tanh_derivative_is_the_slope_at_z(student, rng):
    Z = numbers(rng)
    h = 1e-5
    got = expect.close(student.tanh_derivative(Z), tanh_slope(Z))
    slope = (np.tanh(Z + h) - np.tanh(Z - h)) / (2 * h)
    expect.close(got, slope, tolerance=tolerance.NUMERICAL_GRADIENT)


@grades("tanh_derivative", points=0.5)
def test_tanh_derivative_does_not_overflow(student, rng):
    is_silent(student.tanh_derivative, tanh_slope, rng)


@grades("tanh_derivative", points=0.5)
def test_tanh_derivative_takes_any_shape_and_dtype_and_leaves_its_argument_alone(student, rng):
    takes_any_shape(student.tanh_derivative, tanh_slope, rng)
    keeps_dtypes(student.tanh_derivative, tanh_slope, rng)
    leaves_alone(student.tanh_derivative, tanh_slope, rng)


@grades("leaky_relu", points=0.5)
def test_leaky_relu_multiplies_negative_entries_by_0_01(student, rng):
    Z = numbers(rng)
    expect.close(student.leaky_relu(Z), leaky(Z, 0.01))


@grades("leaky_relu", points=0.5)
def test_leaky_relu_takes_another_slope(student, rng):
    Z = numbers(rng)
    for alpha in (float(rng.uniform(0.1, 0.9)), 0.0, 1.0):
        expect.close(student.leaky_relu(Z, alpha), leaky(Z, alpha))
        expect.close(student.leaky_relu(Z, alpha=alpha), leaky(Z, alpha))


@grades("leaky_relu", points=0.5)
def test_leaky_relu_takes_any_shape_and_dtype_and_leaves_its_argument_alone(student, rng):
    takes_any_shape(student.leaky_relu, lambda Z: leaky(Z, 0.01), rng)
    keeps_dtypes(student.leaky_relu, lambda Z: leaky(Z, 0.01), rng)
    leaves_alone(student.leaky_relu, lambda Z: leaky(Z, 0.01), rng)


@grades("softmax", points=1)
def test_softmax_turns_rows_of_scores_into_probabilities(student, rng):
    for shape in [(4, 6), (3, 3), (6, 2), (1, 5), (4, 1), (3, 500)]:
        Z = rng.normal(scale=2, size=shape)
        expect.close(student.softmax(Z), oracles.softmax(Z))


@grades("softmax", points=1)
def test_softmax_survives_large_scores(student, rng):
    Z = rng.normal(size=(5, 3)) + np.array([[0], [1000], [-1000], [90], [-90]])
    Z[0] = 1000, 0, -1000
    for dtype in (np.float64, np.float32):
        given = Z.astype(dtype)
        expect.close(expect.silent(student.softmax, given), oracles.softmax(given).astype(dtype))


@grades("softmax", points=0.5)
def test_softmax_keeps_float32_and_takes_integers(student, rng):
    Z = rng.normal(size=(4, 6)).astype(np.float32)
    expect.close(student.softmax(Z), oracles.softmax(Z).astype(np.float32))
    for low, high, dtype in [(-3, 4, np.int64), (-100, 100, np.int8), (0, 256, np.uint8)]:
        Z = rng.integers(low, high, size=(5, 3)).astype(dtype)
        expect.close(expect.silent(student.softmax, Z), oracles.softmax(Z))


@grades("softmax", points=0.5)
def test_softmax_leaves_its_argument_alone(student, rng):
    Z = rng.normal(size=(3, 5))
    expect.close(expect.unchanged(student.softmax, Z), oracles.softmax(Z))
