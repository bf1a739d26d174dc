"""Gradient descent for optimization"""

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
    want = gradient_of_mse(X, y, W)
    expect.close(student.mse_gradient(X, y, W), want, tolerance=tolerance.NUMERICAL_GRADIENT)


def cosh_loss(X, y, W):
    """A smooth loss that is not the squared error: the mean of log cosh(X W - y)."""
    error = X @ W - y
    return float(np.mean(np.log(np.cosh(error)))), X.T @ np.tanh(error) / error.size


def recording(loss):
    """`(loss_fn, calls)`: the loss function, and a list that records the data of each call."""
    calls = []

    def loss_fn(X, y, W):
        answer = loss(X, y, W)
        calls.append((X, y))
        return answer

    return loss_fn, calls


def descend(X, y, W, lr, loss_fn, steps):
    """The expected `(W, losses)`."""
    losses = []
    for _ in range(steps):
        loss, grad = loss_fn(X, y, W)
        losses.append(loss)
        W = W - lr * grad
    return W, np.array(losses)


def is_descent(got, X, y, W, lr, loss_fn, steps):
    """The answer equals that of `steps` steps of gradient descent from W."""
    got_W, got_losses = expect.parts(got, "W", "losses")
    want_W, want_losses = descend(X, y, W, lr, loss_fn, steps)
    expect.close(expect.losses(got_losses, steps), want_losses, what="`losses`")
    expect.close(got_W, want_W, what="`W`", dtype=None)


@grades("mse_gradient", points=1.5)
def test_mse_gradient_is_exact_in_every_coordinate(student, rng):
    is_gradient(student, *regression(rng, 6, 3))
    is_gradient(student, *regression(rng, 3, 5))


@grades("mse_gradient", points=0.5)
def test_mse_gradient_is_that_of_the_mean_over_all_outputs(student, rng):
    for sizes in [(5, 4, 3), (1, 3, 2), (4, 1, 1)]:
        is_gradient(student, *regression(rng, *sizes))


@grades("mse_gradient", points=0.5)
def test_mse_gradient_keeps_float32_and_takes_integers(student, rng):
    X, y, W = (part.astype(np.float32) for part in regression(rng, 5, 3))
    want = gradient_of_mse(X, y, W).astype(np.float32)
    expect.close(student.mse_gradient(X, y, W), want)
    X, W = rng.integers(1, 9, size=(5, 2)), rng.integers(-9, 9, size=(2, 1))
    is_gradient(student, X, rng.integers(200, 300, size=(5, 1)), W)
    _, y, W = regression(rng, 4, 3)
    is_gradient(student, rng.integers(0, 100, size=(4, 3)).astype(np.uint8), y, W)


@grades("mse_gradient", points=0.5)
def test_mse_gradient_refuses_shapes_that_do_not_fit(student, rng):
    X, y, W = regression(rng, 5, 3)
    is_gradient(student, X, y, W)
    expect.refuses(student.mse_gradient, X, y[:4], W, why="X has 5 rows, y has 4")
    expect.refuses(student.mse_gradient, X, y, W[:2], why="X has 3 columns, W has 2 rows")


@grades("mse_gradient", points=0.5)
def test_mse_gradient_leaves_its_arguments_alone(student, rng):
    X, y, W = regression(rng, 4, 3)
    got = expect.unchanged(student.mse_gradient, X, y, W)
    expect.close(got, gradient_of_mse(X, y, W), tolerance=tolerance.NUMERICAL_GRADIENT)


@grades("gradient_descent", points=2)
def test_gradient_descent_steps_against_the_gradient_of_any_loss(student, rng):
    for steps, sizes in [(1, (4, 3)), (9, (7, 3, 2))]:
        X, y, W = regression(rng, *sizes)
        lr = round(rng.uniform(0.2, 0.6), 2)
        got = student.gradient_descent(X, y, W, lr, cosh_loss, steps=steps)
        is_descent(got, X, y, W, lr, cosh_loss, steps)


@grades("gradient_descent", points=0.5)
def test_gradient_descent_takes_100_steps_by_default(student, rng):
    X, y, W = regression(rng, 6, 2)
    got = student.gradient_descent(X, y, W, 0.05, cosh_loss)
    is_descent(got, X, y, W, 0.05, cosh_loss, 100)


@grades("gradient_descent", points=0.5)
def test_gradient_descent_passes_all_the_data_to_the_loss_function(student, rng):
    X, y, W = regression(rng, 5, 2)
    loss_fn, calls = recording(cosh_loss)
    got = student.gradient_descent(X, y, W, 0.3, loss_fn, steps=4)
    is_descent(got, X, y, W, 0.3, cosh_loss, 4)
    for given_X, given_y in calls:
        expect.close(given_X, X, what="the `X` passed to `loss_fn`")
        expect.close(given_y, y, what="the `y` passed to `loss_fn`")


@grades("gradient_descent", points=0.5)
def test_gradient_descent_fits_a_line_as_well_as_least_squares(student, rng):
    def loss_fn(X, y, W):
        error = X @ W - y
        return float(np.mean(error**2)), 2 * X.T @ error / len(X)

    X = np.stack([np.linspace(-1, 1, 20), np.ones(20)], axis=1)
    y = X @ rng.normal(size=(2, 1)) + 0.1 * rng.normal(size=(20, 1))
    got = student.gradient_descent(X, y, np.zeros((2, 1)), 0.5, loss_fn, steps=60)
    W, losses = expect.parts(got, "W", "losses")
    want = np.linalg.lstsq(X, y, rcond=None)[0]
    expect.close(W, want, what="`W`", tolerance=tolerance.CONVERGED, dtype=None)
    losses = expect.losses(losses, 60)
    ends = np.mean(y**2), np.mean((X @ want - y) ** 2)
    expect.close(losses[[0, -1]], np.array(ends), what="the pair of first and last loss")


@grades("gradient_descent", points=0.5)
def test_gradient_descent_leaves_the_start_weights_alone(student, rng):
    X, y, W = regression(rng, 5, 3)
    got = expect.unchanged(student.gradient_descent, X, y, W, 0.4, cosh_loss, 3)
    is_descent(got, X, y, W, 0.4, cosh_loss, 3)


def table(rng, count, losses):
    """`(loss, candidates, best)`: unordered candidates and a loss that looks them up in a table."""
    candidates = [int(i) / 10 for i in 30 + rng.choice(60, count, replace=False)]
    loss_of = dict(zip(candidates, map(float, losses), strict=True))

    def loss(candidate):
        if candidate not in loss_of:
            raise ValueError(f"{candidate} is not one of the candidates")
        return loss_of[candidate]

    loss.__name__ = f"{loss_of}.get"  # shown in the call
    return loss, candidates, min(candidates, key=loss_of.get)


@grades("grid_search", points=1)
def test_grid_search_gives_the_candidate_with_the_lowest_loss(student, rng):
    for count, place in [(5, 0), (5, 2), (5, 4), (12, 7), (1, 0)]:
        losses = 20.0 + 3 * rng.permutation(count)
        losses[place] = 1.5
        loss, candidates, _ = table(rng, count, losses)
        expect.close(student.grid_search(loss, candidates), candidates[place])


@grades("grid_search", points=0.5)
def test_grid_search_takes_losses_of_any_size_and_sign(student, rng):
    for offset in (-900, -30, 1e15):
        loss, candidates, best = table(rng, 6, offset + 8 * rng.permutation(6))
        expect.close(student.grid_search(loss, candidates), best)


@grades("grid_search", points=0.5)
def test_grid_search_takes_arrays_as_candidates(student, rng):
    X, y, _ = regression(rng, 6, 2)
    candidates = list(rng.normal(size=(7, 2, 1)).round(2))
    losses = [oracles.mean_squared_error(X @ W, y) for W in candidates]

    def loss(W):
        return float(oracles.mean_squared_error(X @ W, y))

    expect.close(student.grid_search(loss, candidates), candidates[int(np.argmin(losses))])


@grades("grid_search", points=0.5)
def test_grid_search_leaves_the_candidates_alone(student, rng):
    loss, candidates, best = table(rng, 7, rng.permutation(7))
    expect.close(expect.unchanged(student.grid_search, loss, candidates), best)
