"""Mini-batch gradient descent"""

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.grades import grades

NAMES = ("W", "b", "s")


def numbered(rng, n, *shape, columns=2):
    """X of shape (n, *shape), and y whose first column numbers the examples from 0."""
    y = rng.normal(size=(n, columns))
    y[:, 0] = np.arange(n)
    return rng.normal(size=(n, *shape)), y


def sizes_of(n, batch_size):
    """The sizes of the batches in one epoch of n examples."""
    return [min(batch_size, n - start) for start in range(0, n, batch_size)]


def pairs_in(batches, whose):
    """The batches as a list of pairs of arrays, validated."""
    expect.that(
        isinstance(batches, (list, tuple)),
        f"{whose} should return an iterable of pairs (X_batch, y_batch)",
    )
    names = ("X_batch", "y_batch")
    pairs = [expect.parts(pair, *names, what="each batch") for pair in batches]
    for pair in pairs:
        for part, name in zip(pair, names, strict=True):
            expect.array(part, what=f"`{name}`", dtype=None)
    return pairs


def fit(pairs, X, y, batch_size, whose):
    """The batches have the right number of rows, with rows shaped as in X and y."""
    sizes, wanted = [part.shape[:1] for part, _ in pairs], sizes_of(len(X), batch_size)
    expect.that(
        sizes == [(size,) for size in wanted],
        f"{whose} should make batches of {batch_size}, the last one holding the remainder",
        expected=f"{len(X)} examples in batches of {wanted}",
        got=f"batches of {[size[0] if size else 0 for size in sizes]}",
    )
    label_dtype = y.dtype.type if y.dtype.kind == "f" else None
    for (X_batch, y_batch), size in zip(pairs, wanted, strict=True):
        expect.array(X_batch, (size, *X.shape[1:]), what="`X_batch`", dtype=X.dtype.type)
        expect.array(y_batch, (size, *y.shape[1:]), what="`y_batch`", dtype=label_dtype)


def order_of(batches, X, y, batch_size, whose="`minibatches`"):
    """The example numbers in the order of the batches, checked to be one epoch of X and y."""
    pairs = pairs_in(batches, whose)
    fit(pairs, X, y, batch_size, whose)
    given_X, given_y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    order = given_y.reshape(len(y), -1)[:, 0]
    numbers = np.arange(len(y))
    expect.close(
        np.sort(order), numbers, what="the sorted list of examples in one epoch", dtype=None
    )
    order = order.astype(int)
    expect.close(given_y, y[order], what="`y` of all batches, concatenated,", dtype=None)
    expect.close(given_X, X[order], what="`X` of all batches, matched to their `y`,", dtype=None)
    return order


def is_shuffled(order, batch_size, whose="`minibatches`"):
    """Most examples have new neighbors; a random order stays far from the limit."""
    # Close to 1 if the data are split into batches before shuffling.
    together = np.diff(order // batch_size) == 0
    expect.that(
        together.mean() < 0.85,
        f"{whose} should shuffle all the examples: most in one batch were already neighbors",
        expected=f"a random permutation of the examples 0 to {len(order) - 1}",
        got=f"{str(order[:12].tolist())[:-1]}, ...]",
    )


@grades("minibatches", points=1)
def test_minibatches_gives_every_example_once_with_its_label(student, rng):
    X, y = numbered(rng, 23, 3)
    order_of(student.minibatches(X, y, 5, expect.Seeded(1)), X, y, 5)
    X, y = numbered(rng, 12, 4, columns=1)
    order_of(student.minibatches(X, y, 3, expect.Seeded(2)), X, y, 3)


@grades("minibatches", points=0.5)
def test_minibatches_shuffles_all_the_examples(student, rng):
    X, y = numbered(rng, 200, 2)
    orders = []
    for seed in (3, 4):
        order = order_of(student.minibatches(X, y, 20, expect.Seeded(seed)), X, y, 20)
        is_shuffled(order, 20)
        orders.append(order)
    expect.that(
        not np.array_equal(*orders),
        "`minibatches` gives the same order for every `rng`: use the generator it is given",
    )


@grades("minibatches", points=0.5)
def test_minibatches_is_reproducible_with_the_same_rng(student, rng):
    X, y = numbered(rng, 30, 2)
    got = expect.reproducible(student.minibatches, X, y, 8, expect.Seeded(5))
    order_of(got, X, y, 8)


@grades("minibatches", points=0.5)
def test_minibatches_takes_any_batch_size(student, rng):
    X, y = numbered(rng, 6, 3)
    for batch_size in (1, 4, 5, 6, 7, 100):
        order_of(student.minibatches(X, y, batch_size, expect.Seeded(6)), X, y, batch_size)


@grades("minibatches", points=0.5)
def test_minibatches_takes_images_and_plain_labels_and_keeps_float32(student, rng):
    X, labels = rng.normal(size=(7, 2, 4, 3)).astype(np.float32), np.arange(7)
    order_of(student.minibatches(X, labels, 3, expect.Seeded(7)), X, labels, 3)


@grades("minibatches", points=0.5)
def test_minibatches_leaves_its_arguments_alone(student, rng):
    X, y = numbered(rng, 13, 2)
    order_of(expect.unchanged(student.minibatches, X, y, 4, expect.Seeded(8)), X, y, 4)


@grades("minibatches", points=0.5)
def test_minibatches_refuses_examples_without_a_label(student, rng):
    X, y = numbered(rng, 10, 2)
    order_of(student.minibatches(X, y, 4, expect.Seeded(8)), X, y, 4)
    call = student.minibatches.attempt(X, y[:7], 4, expect.Seeded(8))
    expect.that(  # an IndexError from NumPy will do
        call.reply.raised is not None,
        "`minibatches` should raise ValueError: X has 10 examples, y has 7",
        expected="ValueError",
    )


def logistic(rng, n, d):
    """A batch with both labels, probabilities far from 0 and 1, and gradients far from 0."""
    while True:
        X = rng.uniform(-1, 1, size=(n, d)).round(2)
        y = rng.permutation(np.arange(n) % 2 == 0).astype(np.float64)[:, None]
        W, b = (rng.uniform(-1, 1, size=size).round(2) for size in [(d, 1), 1])
        W = W / d
        D = oracles.sigmoid(X @ W + b) - y
        if abs(D.mean()) > 0.05 and np.abs(X.T @ D).max() > 0.05 * n:
            return X, y, [W, b]


def loss_of(X, y):
    def loss(params):
        A = oracles.sigmoid(X @ params[0] + params[1])
        return oracles.binary_cross_entropy(A, y)

    return loss


def is_logistic(got, X, y, params):
    loss, grads = expect.parts(got, "loss", "grads")
    want = loss_of(X, y)(params)
    expect.close(loss, want, what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)
    expect.gradient(grads, loss_of(X, y), params, ("dW", "db"))


@grades("logistic_loss", points=1)
def test_logistic_loss_gives_the_loss_and_its_gradients(student, rng):
    for sizes in [(7, 3), (4, 5), (1, 2), (5, 1)]:
        X, y, params = logistic(rng, *sizes)
        is_logistic(student.logistic_loss(X, y, params), X, y, params)


@grades("logistic_loss", points=0.5)
def test_logistic_loss_keeps_float32_and_takes_integers(student, rng):
    X, y, params = logistic(rng, 6, 3)
    X, y = X.astype(np.float32), y.astype(np.float32)
    params = [param.astype(np.float32) for param in params]
    loss, grads = expect.parts(student.logistic_loss(X, y, params), "loss", "grads")
    exact = loss_of(X, y)
    want = [grad.astype(np.float32) for grad in expect.central_differences(exact, params)]
    expect.close(loss, np.float32(exact(params)), what="`loss`")
    expect.close_list(grads, want, ("dW", "db"))
    X = np.array([[1, 0, 2], [3, 1, 0], [0, 2, 2], [1, 3, 1]], np.uint8)
    y, params = np.array([[1], [1], [0], [1]]), [rng.uniform(-0.3, 0, size=(3, 1)), np.zeros(1)]
    is_logistic(student.logistic_loss(X, y, params), X, y, params)


@grades("logistic_loss", points=0.5)
def test_logistic_loss_is_finite_for_certain_predictions(student, rng):
    X, y, params = logistic(rng, 6, 3)
    is_logistic(student.logistic_loss(X, y, params), X, y, params)
    X, y = np.array([[1.0], [-1.0], [1.0]]), np.array([[0.0], [1.0], [0.0]])
    for size in (40.0, 1000.0):
        got = student.logistic_loss(X, y, [np.array([[size]]), np.zeros(1)])
        loss, grads = expect.parts(got, "loss", "grads")
        expect.at_least(
            expect.number(loss, what="`loss`"), 10, what="the loss of confident mistakes", about=got
        )
        expect.arrays(grads, [(1, 1), (1,)], ("dW", "db"), what="the gradients")


@grades("logistic_loss", points=0.5)
def test_logistic_loss_refuses_examples_without_a_label(student, rng):
    X, y, params = logistic(rng, 5, 3)
    is_logistic(student.logistic_loss(X, y, params), X, y, params)
    expect.refuses(student.logistic_loss, X, y[:4], params, why="X has 5 rows, y has 4")


@grades("logistic_loss", points=0.5)
def test_logistic_loss_leaves_its_arguments_alone(student, rng):
    X, y, params = logistic(rng, 6, 2)
    is_logistic(expect.unchanged(student.logistic_loss, X, y, params), X, y, params)


def scaled_loss(X, y, params):
    """Loss and gradients of a regression with three parameters, (X W) s + b."""
    W, b, s = params
    Z = X @ W
    error = Z * s + b - y
    if error.shape != y.shape:
        raise ValueError(f"loss_fn got X of shape {X.shape} and y of shape {y.shape}")
    D = 2 * error / error.size
    return float(np.mean(error**2)), [X.T @ (D * s), D.sum(axis=0), (D * Z).sum(axis=0)]


def task(rng, n):
    """Numbered examples for `scaled_loss`; the numbers are small to keep the steps small."""
    X, y = numbered(rng, n, 3)
    y[:, 0] /= n
    return np.tanh(X), y, [rng.uniform(-1, 1, size=size).round(2) for size in [(3, 2), 2, 2]]


def recording(loss):
    """`(loss_fn, calls)`: the loss function, and a list that records the batch of each call."""
    calls = []

    def loss_fn(X, y, params):
        answer = loss(X, y, params)
        calls.append((X, y))
        return answer

    return loss_fn, calls


def batches_in(calls, batch_size):
    """The batches trained on: evaluating all the data, or one batch again, is not an update."""
    batches = []
    for X, y in calls:
        if len(X) <= batch_size and not (batches and np.array_equal(batches[-1][0], X)):
            batches.append((X, y))
    return batches


def renumbered(y, n):
    """Labels of `task` with integer example numbers again."""
    return np.column_stack([np.rint(y[:, 0] * n), y[:, 1:]])


def epochs_in(calls, X, y, batch_size, epochs):
    """`(batches, orders)`: the batches trained on, and the order of the examples in each epoch."""
    batches = batches_in(calls, batch_size)
    each = len(sizes_of(len(X), batch_size))
    expect.that(
        len(batches) == each * epochs,
        "`gradient_descent` should go through all the examples once in each epoch",
        expected=f"{each * epochs} batches: {epochs} x {sizes_of(len(X), batch_size)}",
        got=f"{len(batches)} batches: {[len(X_batch) for X_batch, _ in batches]}",
    )
    epochs = [batches[first : first + each] for first in range(0, len(batches), each)]
    orders = [
        order_of(
            [(X_batch, renumbered(y_batch, len(y))) for X_batch, y_batch in epoch],
            X,
            renumbered(y, len(y)),
            batch_size,
            whose="`gradient_descent`",
        )
        for epoch in epochs
    ]
    return batches, orders


def is_descent(got, batches, params, lr):
    """The answer equals that of one update on each batch in turn."""
    got_params, got_losses = expect.parts(got, "params", "losses")
    losses = []
    for X, y in batches:
        loss, grads = scaled_loss(X, y, params)
        losses.append(loss)
        params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    got_losses = expect.losses(got_losses, len(losses))
    expect.close(got_losses, np.array(losses), what="`losses`", tolerance=tolerance.AFTER_UPDATES)
    expect.close_list(got_params, params, NAMES, tolerance=tolerance.AFTER_UPDATES, dtype=None)


@grades("gradient_descent", points=0.5)
def test_gradient_descent_uses_all_the_data_in_order_for_batch_size_none(student, rng):
    X, y, params = task(rng, 9)
    loss_fn, calls = recording(scaled_loss)
    got = student.gradient_descent(X, y, params, 0.05, loss_fn, batch_size=None, epochs=4)
    is_descent(got, [(X, y)] * 4, params, 0.05)
    for given_X, given_y in calls:
        expect.close(given_X, X, what="the `X` passed to `loss_fn`")
        expect.close(given_y, y, what="the `y` passed to `loss_fn`")


@grades("gradient_descent", points=1)
def test_gradient_descent_makes_one_update_per_batch(student, rng):
    for n, batch_size in [(23, 5), (12, 4)]:
        X, y, params = task(rng, n)
        loss_fn, calls = recording(scaled_loss)
        settings = {"batch_size": batch_size, "epochs": 3, "rng": expect.Seeded(9)}
        got = student.gradient_descent(X, y, params, 0.05, loss_fn, **settings)
        batches, _ = epochs_in(calls, X, y, batch_size, 3)
        is_descent(got, batches, params, 0.05)


@grades("gradient_descent", points=0.5)
def test_gradient_descent_reshuffles_for_every_epoch(student, rng):
    X, y, params = task(rng, 120)
    first_epochs = []
    for seed in (10, 11):
        loss_fn, calls = recording(scaled_loss)
        settings = {"batch_size": 12, "epochs": 2, "rng": expect.Seeded(seed)}
        got = student.gradient_descent(X, y, params, 0.01, loss_fn, **settings)
        batches, orders = epochs_in(calls, X, y, 12, 2)
        is_descent(got, batches, params, 0.01)
        for order in orders:
            is_shuffled(order, 12, whose="`gradient_descent`")
        expect.that(
            not np.array_equal(*orders),
            "`gradient_descent` uses the same order in every epoch: shuffle again for each one",
        )
        first_epochs.append(orders[0])
    expect.that(
        not np.array_equal(*first_epochs),
        "`gradient_descent` shuffles the same way for every `rng`: use the generator it is given",
    )


@grades("gradient_descent", points=0.5)
def test_gradient_descent_makes_one_epoch_of_batches_of_32_by_default(student, rng):
    X, y, params = task(rng, 70)
    loss_fn, calls = recording(scaled_loss)
    got = student.gradient_descent(X, y, params, 0.05, loss_fn)
    batches, orders = epochs_in(calls, X, y, 32, 1)
    is_descent(got, batches, params, 0.05)
    is_shuffled(orders[0], 32, whose="`gradient_descent`")


@grades("gradient_descent", points=0.5)
def test_gradient_descent_is_reproducible_and_leaves_its_arguments_alone(student, rng):
    X, y, params = task(rng, 20)
    settings = {"batch_size": 6, "epochs": 2, "rng": expect.Seeded(11)}
    loss_fn, calls = recording(scaled_loss)
    got = expect.unchanged(student.gradient_descent, X, y, params, 0.05, loss_fn, **settings)
    batches, _ = epochs_in(calls, X, y, 6, 2)
    is_descent(got, batches, params, 0.05)
    got = expect.reproducible(student.gradient_descent, X, y, params, 0.05, scaled_loss, **settings)
    is_descent(got, batches, params, 0.05)
