"""Gradient descent for optimization"""

from functools import partial

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.grades import grades


def regression(rng, n, d, k=1):
    """Inputs, true values and weights of a linear regression, far from its minimum."""
    while True:
        X, y, W = (rng.normal(size=size).round(2) for size in [(n, d), (n, k), (d, k)])
        if np.abs(X.T @ (X @ W - y)).max() > 0.3 * n * k:
            return X, y, W


def gradient_of_mse(X, y, W):
    def loss(params):
        return oracles.mean_squared_error(np.asarray(X, np.float64) @ params[0], y)

    return expect.central_differences(loss, [W])[0]


def is_gradient(student, X, y, W):
    want, allowed = gradient_of_mse(X, y, W), tolerance.NUMERICAL_GRADIENT
    expect.right(student.mse_gradient(X, y, W), want, tolerance=allowed)


def smooth_loss(rng):
    """A loss that is not the squared error, c times the mean of log cosh((X W - y) / c)."""
    c = round(rng.uniform(0.7, 1.4), 2)

    def loss_fn(X, y, W):
        error = (X @ W - y) / c
        return c * float(np.mean(np.log(np.cosh(error)))), X.T @ np.tanh(error) / error.size

    return loss_fn


def descent(rng, n, d, k=1):
    """`(X, y, W, lr, loss_fn)`, the arguments of `gradient_descent` except for the steps."""
    return *regression(rng, n, d, k), round(rng.uniform(0.2, 0.6), 2), smooth_loss(rng)


def descend(X, y, W, lr, loss_fn, steps):
    """The expected `(W, losses)`."""
    losses = []
    for _ in range(steps):
        loss, grad = loss_fn(X, y, W)
        losses.append(loss)
        W = W - lr * grad
    return W, np.array(losses)


@grades(
    "mse_gradient",
    "(2 / N) X^T (X W - y)",
    "The factors 2 and 1/N are part of the gradient",
    points=1.5,
)
def test_mse_gradient_is_exact_in_every_coordinate(student, rng):
    is_gradient(student, *regression(rng, 6, 3))
    is_gradient(student, *regression(rng, 3, 5))


@grades(
    "mse_gradient",
    "N = n k is the number of entries that the loss averages over",
    "Array of the shape of W",
    points=0.75,
)
def test_mse_gradient_is_that_of_the_mean_over_all_outputs(student, rng):
    for sizes in [(5, 4, 3), (1, 3, 2), (4, 1, 1)]:
        is_gradient(student, *regression(rng, *sizes))


@grades("mse_gradient", "float32 in gives float32 out", points=0.25, kind="finish")
def test_mse_gradient_keeps_float32(student, rng):
    expect.keeps_dtype(student.mse_gradient, lambda: regression(rng, 5, 3))


@grades("mse_gradient", "integers give float64", points=0.25, kind="finish")
def test_mse_gradient_takes_integers_and_gives_float64(student, rng):
    def whole(low, high, *shape, dtype=np.int64):
        return rng.integers(low, high, size=shape, dtype=dtype)

    expect.takes_integers(
        student.mse_gradient,
        lambda: (whole(1, 9, 5, 2), whole(200, 300, 5, 1), whole(-9, 9, 2, 1)),
    )
    expect.takes_integers(
        student.mse_gradient,
        lambda: (whole(0, 100, 4, 3, dtype=np.uint8), *regression(rng, 4, 3)[1:]),
    )


@grades(
    "mse_gradient",
    "ValueError: if y does not have the shape of X W, e.g. (n,) instead of (n, 1).",
    points=0.25,
    kind="finish",
)
def test_mse_gradient_refuses_true_values_that_do_not_fit(student, rng):
    for k in (1, 2):
        (X, y, W), _ = expect.depends_on_arguments(
            student.mse_gradient, lambda k=k: regression(rng, 5, 3, k)
        )
        for other in [y[:, 0], y[:1], y[:4], np.hstack([y, y, y]), y[0]]:
            why = f"X W has shape (5, {k}), y has {other.shape}"
            expect.refuses(student.mse_gradient, X, other, W, why=why)


@grades("mse_gradient", "Shapes that cannot fit raise `ValueError`.", points=0.25, kind="finish")
def test_mse_gradient_refuses_weights_that_do_not_fit(student, rng):
    (X, y, W), _ = expect.depends_on_arguments(student.mse_gradient, lambda: regression(rng, 5, 3))
    for rows in (2, 1):
        why = f"X has shape {X.shape}, W has {W[:rows].shape}"
        expect.refuses(student.mse_gradient, X, y, W[:rows], why=why)


@grades("mse_gradient", "No function changes its arguments.", points=0.25, kind="finish")
def test_mse_gradient_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.mse_gradient, lambda: regression(rng, 4, 3))


@grades("gradient_descent", "Each step is W <- W - lr * grad", points=1.25)
def test_gradient_descent_steps_against_the_gradient_of_any_loss(student, rng):
    for steps, sizes in [(1, (4, 3)), (int(rng.integers(5, 12)), (7, 3, 2))]:
        args = descent(rng, *sizes)
        W, _ = expect.parts(student.gradient_descent(*args, steps=steps), "W", "losses")
        expect.right(W, descend(*args, steps)[0], what="`W`")
    X, y, W, *_ = args
    W = W + 2
    W[0] += 20
    too_long = X, y, W, 0.35, steep
    W, _ = expect.parts(student.gradient_descent(*too_long, steps=14), "W", "losses")
    expect.right(W, descend(*too_long, 14)[0], what="`W`")


def steep(X, y, W):
    """A narrow valley with large gradients; the longer steps first go down and then climb."""
    steepness = 3 + np.linspace(0, 0.2, W.size).reshape(W.shape)
    steepness[0] = 0.7
    return float(np.sum(steepness * (W - 1) ** 2)), 2 * steepness * (W - 1)


def level(X, y, W):
    """A loss that is 0 everywhere: a loop that ends when nothing changes ends at once."""
    return 0.0, 0 * W


@grades(
    "gradient_descent",
    "losses[i] is the loss before step i, so losses[0] is the loss of the initial weights",
    "a list of `steps` Python floats",
    points=1,
)
def test_gradient_descent_notes_the_loss_before_each_step(student, rng):
    args, steps = descent(rng, 6, 3), int(rng.integers(4, 9))
    _, losses = expect.parts(student.gradient_descent(*args, steps=steps), "W", "losses")
    expect.close(expect.losses(losses, steps), descend(*args, steps)[1], what="`losses`")
    X, y, W, lr, _ = args
    got = student.gradient_descent(X, y, W, lr, level, steps=steps)
    expect.losses(expect.parts(got, "W", "losses")[1], steps, what="`losses` on level ground")


@grades("gradient_descent", "the weights after the last step", points=0.5)
def test_gradient_descent_fits_a_line_as_well_as_least_squares(student, rng):
    def loss_fn(X, y, W):
        error = X @ W - y
        return float(np.mean(error**2)), 2 * X.T @ error / len(X)

    X = np.stack([np.linspace(-1, 1, 20), np.ones(20)], axis=1)
    y = X @ rng.normal(size=(2, 1)) + 0.1 * rng.normal(size=(20, 1))
    got = student.gradient_descent(X, y, np.zeros((2, 1)), 0.5, loss_fn, steps=60)
    W, _ = expect.parts(got, "W", "losses")
    want = np.linalg.lstsq(X, y, rcond=None)[0]
    expect.right(W, want, what="`W`", tolerance=tolerance.CONVERGED)


@grades("gradient_descent", "steps=100", points=0.5, kind="finish")
def test_gradient_descent_takes_100_steps_by_default(student, rng):
    one_step = partial(student.gradient_descent, steps=1)
    args, own = expect.depends_on_arguments(one_step, lambda: descent(rng, 6, 2))
    first, losses = (
        expect.losses(expect.parts(got, "W", "losses")[1])
        for got in (own, student.gradient_descent(*args))
    )
    expect.losses(losses, len(first) + 99, what="`losses` without an argument `steps`")


@grades("gradient_descent", "passed to `loss_fn` as they are", points=0.25, kind="finish")
def test_gradient_descent_passes_all_the_data_to_the_loss_function(student, rng):
    X, y, W, lr, smooth = descent(rng, 5, 2)
    given = []

    def loss_fn(X, y, W):
        given.append((X, y))
        return smooth(X, y, W)

    student.gradient_descent(X, y, W, lr, loss_fn, steps=4)
    expect.that(given, "`gradient_descent` should call `loss_fn`")
    for given_X, given_y in given:
        expect.close(given_X, X, what="the `X` passed to `loss_fn`")
        expect.close(given_y, y, what="the `y` passed to `loss_fn`")


@grades(
    "gradient_descent",
    "W: initial weights, float array; it is not changed.",
    "a new array",
    points=0.5,
    kind="finish",
)
def test_gradient_descent_leaves_the_start_weights_alone(student, rng):
    expect.leaves_arguments_alone(student.gradient_descent, lambda: (*descent(rng, 5, 3), 3))


def drawn_candidates(rng, count):
    return [int(i) / 10 for i in 30 + rng.choice(60, count, replace=False)]


def table(candidates, losses):
    """A loss that looks the candidates up in a table."""
    loss_of = dict(zip(candidates, map(float, losses), strict=True))

    def loss(candidate):
        if candidate not in loss_of:
            raise ValueError(f"{candidate} is not one of the candidates")
        return loss_of[candidate]

    loss.shown = f"{loss_of}.get"
    return loss


def finds_the_lowest(student, candidates, losses):
    best = candidates[int(np.argmin(losses))]
    expect.right(student.grid_search(table(candidates, losses), candidates), best)


def choice(student, candidates, losses):
    """The place of the answer, which must not be that of the first candidate, right or wrong."""
    got = expect.number(student.grid_search(table(candidates, losses), candidates))
    place = candidates.index(got) if got in candidates else 0
    headline = "`grid_search` should give another candidate than the first"
    expect.that(place > 0, headline, got=f"{got:g}")
    return place


@grades("grid_search", "The candidate with the lowest `loss(candidate)`", points=1)
def test_grid_search_gives_the_candidate_with_the_lowest_loss(student, rng):
    for count, place in [(5, 0), (5, rng.integers(1, 4)), (5, 4), (12, 7), (1, 0)]:
        losses = 20.0 + 3 * rng.permutation(count)
        losses[place] = 1.5
        finds_the_lowest(student, drawn_candidates(rng, count), losses)


@grades("grid_search", "function of one candidate that returns a number", points=0.5)
def test_grid_search_takes_losses_of_any_size_and_sign(student, rng):
    for offset in (-900, -30, 5e4):
        losses = offset + 8 * rng.permutation(6)
        finds_the_lowest(student, drawn_candidates(rng, 6), losses)


@grades("grid_search", "numbers or arrays", points=0.25)
def test_grid_search_takes_arrays_as_candidates(student, rng):
    X, y, _ = regression(rng, 6, 2)
    candidates = list(rng.normal(size=(7, 2, 1)).round(2))

    def loss(W):
        return float(oracles.mean_squared_error(X @ W, y))

    best = min(candidates, key=loss)
    expect.right(student.grid_search(loss, candidates), best)


@grades("grid_search", "the first one if several tie", points=0.25, kind="finish")
def test_grid_search_gives_the_first_of_equal_candidates(student, rng):
    for count in (1, 4):
        candidates = drawn_candidates(rng, 2 * count + 3)
        losses = [3.5, *rng.permutation([1] * (count + 1) + [6] * (count + 1)).tolist()]
        place = choice(student, candidates, losses)
        first = candidates[losses.index(losses[place])]
        expect.close(candidates[place], first, what="the answer where several tie")


@grades("grid_search", "that returns a number", points=0.25, kind="finish")
def test_grid_search_takes_very_large_losses(student, rng):
    candidates, losses = drawn_candidates(rng, 6), np.array([3.5, *rng.permutation(7)[:5]])
    place = choice(student, candidates, losses)
    for scale in (1e15, 1e300):
        got = student.grid_search(table(candidates, scale * (1 + losses)), candidates)
        expect.right(got, candidates[place])


@grades("grid_search", "No function changes its arguments.", points=0.25, kind="finish")
def test_grid_search_leaves_the_candidates_alone(student, rng):
    candidates = drawn_candidates(rng, 7)
    expect.unchanged(student.grid_search, table(candidates, rng.permutation(7)), candidates)
    tried = {args[0] for args, _ in student.calls[-1].callback_calls if args}
    expect.that(tried.issuperset(candidates), "`grid_search` should try every candidate")
