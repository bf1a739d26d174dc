"""Debugging with numerical gradients"""

from functools import partial

import numpy as np

from grader.vocabulary import expect, tolerance
from grader.vocabulary.grades import grades


class Wavy:
    """A loss that depends on every coordinate and every pair of them; its gradients are wrong.

    With S the weighted sum of all sines: L = mean(X) exp(S / 4) + mean(y). The weights are drawn.
    """

    def __init__(self, rng):
        self.X, self.y = rng.uniform(1, 2, size=(4, 3)).round(2), rng.normal(size=(4, 1)).round(2)
        self.scale, self.phase = rng.uniform(0.8, 1.1, size=2)

    def weights(self, param):
        """All different in size, with alternating signs."""
        index = np.arange(param.size).reshape(param.shape)
        return self.scale * (-1.0) ** index * (1 + index / param.size)

    def outer(self, X, params):
        sines = (self.weights(param) * np.sin(param + self.phase) for param in params)
        return np.mean(X) * np.exp(sum(part.sum() for part in sines) / 4)

    def loss_fn(self, X, y, params):
        loss = self.outer(X, params) + np.mean(y)
        return float(loss), [np.full(np.shape(param), 1e3) for param in params]

    def slopes(self, params):
        factor = self.outer(self.X, params) / 4
        return [factor * self.weights(param) * np.cos(param + self.phase) for param in params]

    def arguments(self, params):
        return self.X, self.y, params, self.loss_fn


def drawn(rng, *shapes):
    return [rng.uniform(-1.5, 1.5, size=shape).round(3) for shape in shapes]


def cubes(rng):
    """`(X, y, loss_fn, factor)` of the sum of all cubes times a factor."""
    factor = round(rng.uniform(0.5, 2), 2)

    def loss_fn(X, y, params):
        return factor * float(sum((param**3).sum() for param in params)), None

    return *rng.normal(size=(2, 4, 1)).round(2), loss_fn, factor


def is_list(got, want):
    names = tuple(f"grads[{i}]" for i in range(len(want)))
    expect.close_list(got, want, names, tolerance=tolerance.NUMERICAL_GRADIENT, dtype=None)


@grades("numerical_gradient", "every entry of every array is computed", points=2)
def test_numerical_gradient_is_the_slope_in_every_coordinate(student, rng):
    wavy, params = Wavy(rng), drawn(rng, (3, 2), (2,))
    is_list(student.numerical_gradient(*wavy.arguments(params)), wavy.slopes(params))


@grades("numerical_gradient", "A list of arrays shaped like params.", points=1)
def test_numerical_gradient_takes_arrays_of_any_shape_and_number(student, rng):
    for shapes in [[(2, 1, 1, 2)], [(1,)], [(2, 2), (3,), (1, 2)]]:
        wavy, params = Wavy(rng), drawn(rng, *shapes)
        is_list(student.numerical_gradient(*wavy.arguments(params)), wavy.slopes(params))


@grades(
    "numerical_gradient",
    "(loss at w + h  -  loss at w - h) / (2 h)",
    "h: half the distance between the two points",
    points=1,
)
def test_numerical_gradient_is_the_central_difference_for_the_given_h(student, rng):
    params = drawn(rng, (2, 2), (2,))
    for h in rng.uniform([0.4, 0.05], [0.6, 0.15]).round(2).tolist():
        X, y, loss_fn, factor = cubes(rng)
        got = student.numerical_gradient(X, y, params, loss_fn, h=h)
        is_list(got, [factor * (3 * param**2 + h**2) for param in params])


@grades("numerical_gradient", "h=1e-05", points=0.25, kind="finish")
def test_numerical_gradient_takes_steps_of_1e_5_by_default(student, rng):
    def small():
        """Numbers as small as h, so that h shows in the slopes of their cubes."""
        X, y, loss_fn, _ = cubes(rng)
        return X, y, [rng.uniform(1, 3, size=shape) * 1e-5 for shape in [(1, 2), 1]], loss_fn

    with_h = partial(student.numerical_gradient, h=1e-5)
    args, own = expect.depends_on_arguments(with_h, small)
    names, shapes = ("grads[0]", "grads[1]"), [(1, 2), (1,)]
    own = expect.arrays(own, shapes, names, what="the list")
    expect.close_list(student.numerical_gradient(*args), own, names, dtype=None)


@grades("numerical_gradient", "passed to `loss_fn` as they are", points=0.25, kind="finish")
def test_numerical_gradient_passes_all_the_data_to_the_loss_function(student, rng):
    wavy, given = Wavy(rng), []

    def loss_fn(X, y, params):
        given.append((X, y))
        return wavy.loss_fn(X, y, params)

    student.numerical_gradient(wavy.X, wavy.y, drawn(rng, (2,), (1,)), loss_fn)
    expect.that(given, "`numerical_gradient` should call `loss_fn`")
    for X, y in given:
        expect.close(X, wavy.X, what="the `X` passed to `loss_fn`")
        expect.close(y, wavy.y, what="the `y` passed to `loss_fn`")


@grades(
    "numerical_gradient",
    "float32 parameters give float32",
    "the work is done on float64 copies",
    points=0.5,
    kind="finish",
)
def test_numerical_gradient_gives_float32_for_float32_computed_in_float64(student, rng):
    expect.keeps_dtype(
        student.numerical_gradient, lambda: Wavy(rng).arguments(drawn(rng, (1, 2), (2,)))
    )


@grades(
    "numerical_gradient",
    "params: list of arrays, float32, float64 or integer",
    "float64 and integer ones float64",
    points=0.5,
    kind="finish",
)
def test_numerical_gradient_takes_integers_and_gives_float64(student, rng):
    expect.takes_integers(
        student.numerical_gradient,
        lambda: Wavy(rng).arguments([rng.integers(-3, 4, size=size) for size in [(1, 2), 2]]),
    )


@grades(
    "numerical_gradient", "after the call they are exactly as before", points=0.5, kind="finish"
)
def test_numerical_gradient_leaves_the_parameters_exactly_as_they_were(student, rng):
    def both_dtypes():
        wide, narrow = drawn(rng, (2, 1), (2,))
        return Wavy(rng).arguments([wide, narrow.astype(np.float32)])

    expect.leaves_arguments_alone(student.numerical_gradient, both_dtypes)


def error_of(a, n):
    """The definition, one entry at a time."""
    pairs = zip(a.ravel().tolist(), n.ravel().tolist(), strict=True)
    return max(abs(x - y) / max(1e-8, abs(x) + abs(y)) for x, y in pairs)


def is_relative_error(student, a, n):
    expect.right(student.relative_error(a, n), error_of(a, n))


def gradients(rng, *shape):
    """Two gradients that nearly agree, the numeric one a little larger or smaller."""
    analytic = rng.uniform(0.5, 3, size=shape) * rng.choice([-1, 1], size=shape)
    return analytic.round(3), (analytic * rng.uniform(0.5, 1.5, size=shape)).round(3)


def one_wrong_entry(rng, *shape):
    """Two gradients that agree, up to 1e-9, in all entries but one; and where that one is."""
    analytic = rng.uniform(1, 2, size=shape)
    numeric, at = analytic * (1 + 1e-9), rng.integers(analytic.size)
    numeric.flat[at] *= rng.uniform(1.1, 1.5)
    return analytic, numeric, at


@grades(
    "relative_error",
    "The largest |a - n| / max(1e-8, |a| + |n|) over all entries a, n",
    points=1.25,
)
def test_relative_error_is_the_largest_of_all_entries(student, rng):
    is_relative_error(student, *gradients(rng, 4, 3))
    a, n = gradients(rng, 3, 5)
    is_relative_error(student, n, a)
    a[1, 2], n[1, 2] = rng.permutation([0.2, 0.3])
    is_relative_error(student, a * 1e-3, n * 1e-3)


@grades(
    "relative_error",
    "from 0 (equal) to 1 (opposite signs, or one is zero)",
    "a forgotten factor 2 gives 1/3",
    points=0.5,
)
def test_relative_error_is_1_for_the_wrong_sign_and_a_third_for_a_factor_of_2(student, rng):
    analytic = rng.uniform(0.5, 2, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    for factor, want in [(-1, 1.0), (2, 1 / 3), (0.5, 1 / 3), (0, 1.0), (1.002, 0.002 / 2.002)]:
        got = student.relative_error(analytic, factor * analytic)
        expect.right(got, want, tolerance=tolerance.EPSILON_ALLOWED)


@grades("relative_error", "gradient array of any shape", points=0.75)
def test_relative_error_takes_any_shape_and_finds_one_wrong_entry(student, rng):
    for shape in [(6,), (1,), (2, 2, 1, 3)]:
        is_relative_error(student, *one_wrong_entry(rng, *shape)[:2])


@grades("relative_error", "float32 in gives float32 out", points=0.25, kind="finish")
def test_relative_error_takes_float32(student, rng):
    expect.keeps_dtype(student.relative_error, lambda: gradients(rng, 3, 2))


@grades("relative_error", "max(1e-8, |a| + |n|)", points=0.5, kind="finish")
def test_relative_error_does_not_divide_by_less_than_1e_8(student, rng):
    def one_differs():
        a, n, at = one_wrong_entry(rng, 2, 3)
        return a, np.where(np.arange(6).reshape(2, 3) == at, n, a)

    (a, n), own = expect.depends_on_arguments(student.relative_error, one_differs)
    tiny = rng.uniform(1e-10, 1e-9)
    want = expect.number(own) * tiny * (a + n)[a != n].item() / 1e-8
    got = student.relative_error(tiny * a, tiny * n)
    expect.right(got, want, what="the error of two tiny gradients")
    got = student.relative_error(np.zeros(3), np.zeros(3))
    expect.right(got, 0.0, what="the error of zeros and zeros")


@grades("relative_error", "ValueError: if the shapes differ.", points=0.25, kind="finish")
def test_relative_error_refuses_gradients_of_different_shapes(student, rng):
    (a, n), _ = expect.depends_on_arguments(student.relative_error, lambda: gradients(rng, 3, 2))
    column, row = n[:, :1], n[:1]
    for one, other in [(a, n.T), (a, n[:2]), (a, row), (column, a), (column, column[:, 0])]:
        why = f"the gradients have shapes {one.shape} and {other.shape}"
        expect.refuses(student.relative_error, one, other, why=why)


@grades("relative_error", "integers give float64", points=0.25, kind="finish")
def test_relative_error_takes_integers(student, rng):
    expect.takes_integers(
        student.relative_error, lambda: tuple(rng.integers(1, 999, size=(2, 3, 2)))
    )


@grades("relative_error", "No function changes its arguments.", points=0.25, kind="finish")
def test_relative_error_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.relative_error, lambda: gradients(rng, 3, 2))
