"""Debugging with numerical gradients"""

import numpy as np

from grader.vocabulary import expect, tolerance
from grader.vocabulary.grades import grades


def wavy_loss(X, y, params):
    """A loss that depends on every coordinate and every pair of them; its gradients are wrong.

    With S the weighted sum of all sines: L = mean(X) exp(S / 4) + mean(y).
    """
    loss = np.mean(X) * np.exp(sines(params) / 4) + np.mean(y)
    return float(loss), [np.full(np.shape(param), 1e3) for param in params]


def sines(params):
    return sum((weights(param) * np.sin(param)).sum() for param in params)


def weights(param):
    """All different in size, with alternating signs."""
    index = np.arange(param.size).reshape(param.shape)
    return (-1.0) ** index * (1 + index / param.size)


def slope_of_wavy(X, params):
    params = [param.astype(np.float64) for param in params]
    outer = np.mean(X) * np.exp(sines(params) / 4) / 4
    return [outer * weights(param) * np.cos(param) for param in params]


def cubic_loss(X, y, params):
    return float(sum((param**3).sum() for param in params)), None


def case(rng, *shapes):
    """`(X, y, params)`, with parameters of these shapes."""
    X, y = rng.uniform(1, 2, size=(4, 3)).round(2), rng.normal(size=(4, 1)).round(2)
    return X, y, [rng.uniform(-1.5, 1.5, size=shape).round(3) for shape in shapes]


def names(params):
    return tuple(f"grads[{i}]" for i in range(len(params)))


def is_slope(got, X, params):
    want = slope_of_wavy(X, params)
    expect.close_list(got, want, names(params), tolerance=tolerance.NUMERICAL_GRADIENT)


@grades("numerical_gradient", points=2)
def test_numerical_gradient_is_the_slope_in_every_coordinate(student, rng):
    X, y, params = case(rng, (3, 2), (2,))
    is_slope(student.numerical_gradient(X, y, params, wavy_loss), X, params)


@grades("numerical_gradient", points=1)
def test_numerical_gradient_takes_arrays_of_any_shape_and_number(student, rng):
    for shapes in [[(2, 1, 2, 3)], [(1,)], [(2, 2), (3,), (1, 3), (2,)]]:
        X, y, params = case(rng, *shapes)
        is_slope(student.numerical_gradient(X, y, params, wavy_loss), X, params)


@grades("numerical_gradient", points=1)
def test_numerical_gradient_is_the_central_difference_for_the_given_h(student, rng):
    X, y, params = case(rng, (2, 3), (2,))
    for h in (0.5, 0.1):  # for x^3 it is 3 x^2 + h^2 in exact arithmetic
        want = [3 * param**2 + h**2 for param in params]
        got = student.numerical_gradient(X, y, params, cubic_loss, h=h)
        expect.close_list(got, want, names(params))


@grades("numerical_gradient", points=0.5)
def test_numerical_gradient_passes_all_the_data_to_the_loss_function(student, rng):
    batches = []

    def loss_fn(X, y, params):
        batches.append((X, y))
        return wavy_loss(X, y, params)

    X, y, params = case(rng, (2, 2), (2,))
    is_slope(student.numerical_gradient(X, y, params, loss_fn), X, params)
    for given_X, given_y in batches:
        expect.close(given_X, X, what="the `X` passed to `loss_fn`")
        expect.close(given_y, y, what="the `y` passed to `loss_fn`")


@grades("numerical_gradient", points=0.5)
def test_numerical_gradient_gives_float32_for_float32_computed_in_float64(student, rng):
    X, y, params = case(rng, (3, 2), (2,))
    params = [param.astype(np.float32) for param in params]
    want = [slope.astype(np.float32) for slope in slope_of_wavy(X, params)]
    got = student.numerical_gradient(X, y, params, wavy_loss)
    expect.close_list(got, want, names(params))


@grades("numerical_gradient", points=1)
def test_numerical_gradient_leaves_the_parameters_exactly_as_they_were(student, rng):
    X, y, params = case(rng, (3, 2), (2,))
    is_slope(expect.unchanged(student.numerical_gradient, X, y, params, wavy_loss), X, params)
    params = [param.astype(np.float32) for param in params]
    want = [slope.astype(np.float32) for slope in slope_of_wavy(X, params)]
    got = expect.unchanged(student.numerical_gradient, X, y, params, wavy_loss)
    expect.close_list(got, want, names(params))


def error_of(a, n):
    """The definition, one entry at a time."""
    pairs = zip(a.ravel().tolist(), n.ravel().tolist(), strict=True)
    return max(abs(x - y) / max(1e-8, abs(x) + abs(y)) for x, y in pairs)


def is_relative_error(student, a, n):
    expect.close(student.relative_error(a, n), error_of(a, n))


def gradients(rng, *shape):
    """Two gradients that nearly agree, the numeric one a little larger or smaller."""
    analytic = rng.uniform(0.5, 3, size=shape) * rng.choice([-1, 1], size=shape)
    return analytic.round(3), (analytic * rng.uniform(0.5, 1.5, size=shape)).round(3)


@grades("relative_error", points=1.5)
def test_relative_error_is_the_largest_of_all_entries(student, rng):
    is_relative_error(student, *gradients(rng, 4, 3))
    a, n = gradients(rng, 3, 5)
    is_relative_error(student, n, a)
    a[1, 2], n[1, 2] = rng.permutation([0.2, 0.3])
    is_relative_error(student, a * 1e-3, n * 1e-3)


@grades("relative_error", points=0.5)
def test_relative_error_is_1_for_the_wrong_sign_and_a_third_for_a_factor_of_2(student, rng):
    analytic = rng.uniform(0.5, 2, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    for factor, want in [(-1, 1.0), (2, 1 / 3), (0.5, 1 / 3), (0, 1.0), (1.002, 0.002 / 2.002)]:
        got = student.relative_error(analytic, factor * analytic)
        expect.close(got, want, tolerance=tolerance.EPSILON_ALLOWED)


@grades("relative_error", points=0.5)
def test_relative_error_takes_any_shape_and_finds_one_wrong_entry(student, rng):
    for shape in [(6,), (1,), (2, 2, 1, 3)]:
        analytic = rng.uniform(1, 2, size=shape)
        numeric = analytic * (1 + 1e-9)
        numeric.flat[rng.integers(numeric.size)] *= rng.uniform(1.1, 1.5)
        is_relative_error(student, analytic, numeric)
    analytic, numeric = (part.astype(np.float32) for part in gradients(rng, 3, 2))
    got = student.relative_error(analytic, numeric)
    expect.close(got, np.float32(error_of(analytic, numeric)))


@grades("relative_error", points=0.5)
def test_relative_error_does_not_divide_by_less_than_1e_8(student, rng):
    is_relative_error(student, *gradients(rng, 2, 3))
    tiny = rng.uniform(1, 3, size=(2, 2, 3)) * 1e-10
    is_relative_error(student, *tiny)
    zeros, numeric = np.zeros(3), np.array([0.0, 2e-9, -1e-9])
    is_relative_error(student, zeros, numeric)
    expect.close(student.relative_error(zeros, zeros), 0.0)


@grades("relative_error", points=0.5)
def test_relative_error_refuses_gradients_of_different_shapes(student, rng):
    a, n = gradients(rng, 3, 2)
    is_relative_error(student, a, n)
    for other in [n.T, n[:2]]:
        why = f"the gradients have shapes (3, 2) and {other.shape}"
        expect.refuses(student.relative_error, a, other, why=why)


@grades("relative_error", points=0.5)
def test_relative_error_leaves_its_arguments_alone(student, rng):
    a, n = gradients(rng, 3, 2)
    expect.close(expect.unchanged(student.relative_error, a, n), error_of(a, n))
