"""Mini-batch gradient descent"""

from functools import partial

import numpy as np

from grader.vocabulary import expect, oracles, tolerance
from grader.vocabulary.draws import seeded
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
    for (X_batch, y_batch), size in zip(pairs, wanted, strict=True):
        expect.array(X_batch, (size, *X.shape[1:]), what="`X_batch`", dtype=None)
        expect.array(y_batch, (size, *y.shape[1:]), what="`y_batch`", dtype=None)


def order_of(batches, X, y, batch_size, whose="`minibatches`"):
    """The example numbers in the order of the batches, checked to be one epoch of X and y."""
    pairs = pairs_in(batches, whose)
    fit(pairs, X, y, batch_size, whose)
    given_X, given_y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    order = given_y.reshape(len(y), -1)[:, 0]
    numbers = np.arange(len(y))
    expect.right(np.sort(order), numbers, what="the sorted list of examples in one epoch")
    order = order.astype(int)
    expect.right(given_y, y[order], what="`y` of all batches, concatenated,")
    expect.right(given_X, X[order], what="`X` of all batches, matched to their `y`,")
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


@grades(
    "minibatches",
    "An iterable (a list or a generator) of pairs (X_batch, y_batch)",
    "Every example occurs in exactly one batch and stays with its own y",
    "Each batch holds batch_size examples, the last one the remainder",
    points=1.25,
)
def test_minibatches_gives_every_example_once_with_its_label(student, rng):
    X, y = numbered(rng, int(rng.integers(21, 25)), 3)
    order_of(student.minibatches(X, y, 5, seeded(rng)), X, y, 5)
    X, y = numbered(rng, 12, 4, columns=1)
    order_of(student.minibatches(X, y, 3, seeded(rng)), X, y, 3)


@grades("minibatches", "numpy.random.Generator that does the shuffling", points=0.5)
def test_minibatches_shuffles_all_the_examples(student, rng):
    X, y = numbered(rng, 200, 2)
    orders = []
    for _ in range(2):
        order = order_of(student.minibatches(X, y, 20, seeded(rng)), X, y, 20)
        is_shuffled(order, 20)
        orders.append(order)
    expect.that(
        not np.array_equal(*orders),
        "`minibatches` gives the same order for every `rng`: use the generator it is given",
    )


@grades("minibatches", "examples per batch, an int of at least 1", points=0.75)
def test_minibatches_takes_any_batch_size(student, rng):
    X, y = numbered(rng, 6, 3)
    for batch_size in (1, 4, 5, 6, 7, 100):
        order_of(student.minibatches(X, y, batch_size, seeded(rng)), X, y, batch_size)


@grades("minibatches", "such as (n, d) or (n, C, H, W)", "such as (n, k) or (n,)", points=0.5)
def test_minibatches_takes_images_and_plain_labels(student, rng):
    X, labels = rng.normal(size=(7, 2, 4, 3)), np.arange(7.0)
    order_of(student.minibatches(X, labels, 3, seeded(rng)), X, labels, 3)


@grades("minibatches", "float32 in gives float32 out", points=0.25, kind="finish")
def test_minibatches_keeps_float32(student, rng):
    expect.keeps_dtype(student.minibatches, lambda: (*numbered(rng, 7, 2, 3), 3, seeded(rng)))


@grades("minibatches", "The same seed gives the same result", points=0.25, kind="finish")
def test_minibatches_is_reproducible_with_the_same_rng(student, rng):
    args, _ = expect.depends_on_arguments(
        student.minibatches, lambda: (*numbered(rng, 30, 2), 8, seeded(rng))
    )
    expect.reproducible(student.minibatches, *args)


@grades("minibatches", "X and y themselves are not shuffled", points=0.25, kind="finish")
def test_minibatches_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(
        student.minibatches, lambda: (*numbered(rng, 13, 2), 4, seeded(rng))
    )


@grades("minibatches", "ValueError: if X and y differ in length", points=0.25, kind="finish")
def test_minibatches_refuses_different_lengths(student, rng):
    (X, y, *_), _ = expect.depends_on_arguments(
        student.minibatches, lambda: (*numbered(rng, 10, 2), 4, seeded(rng))
    )
    for n, labels in [(10, 7), (7, 10), (10, 1)]:
        why = f"X has {n} examples, y has {labels}"
        expect.refuses(student.minibatches, X[:n], y[:labels], 4, seeded(rng), why=why)


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


def loss_and_grads(got):
    loss, grads = expect.parts(got, "loss", "grads")
    return loss, expect.parts(grads, "dW", "db", what="`grads`")


@grades("logistic_loss", "the binary cross-entropy of A = sigmoid(X W + b)", points=0.7)
def test_logistic_loss_gives_the_loss(student, rng):
    for sizes in [(7, 3), (4, 5), (1, 2), (5, 1)]:
        X, y, params = logistic(rng, *sizes)
        loss, _ = expect.parts(student.logistic_loss(X, y, params), "loss", "grads")
        want, allowed = loss_of(X, y)(params), tolerance.EPSILON_ALLOWED
        expect.right(loss, want, what="`loss`", tolerance=allowed)


def is_gradient(student, rng, which, name):
    for sizes in [(7, 3), (4, 5), (1, 2), (5, 1)]:
        X, y, params = logistic(rng, *sizes)
        _, grads = loss_and_grads(student.logistic_loss(X, y, params))
        want = expect.central_differences(loss_of(X, y), params)[which]
        allowed = tolerance.NUMERICAL_GRADIENT
        expect.right(grads[which], want, what=f"`{name}`", tolerance=allowed)


@grades("logistic_loss", "the gradients contain a 1/n", "dW = X^T D", points=0.7)
def test_logistic_loss_gives_the_gradient_of_the_weights(student, rng):
    is_gradient(student, rng, 0, "dW")


@grades("logistic_loss", "its exact gradients, shaped like W and b", "db sums D", points=0.6)
def test_logistic_loss_gives_the_gradient_of_the_bias(student, rng):
    is_gradient(student, rng, 1, "db")


@grades("logistic_loss", "float32 in gives float32 out", points=0.2, kind="finish")
def test_logistic_loss_keeps_float32(student, rng):
    expect.keeps_dtype(student.logistic_loss, lambda: logistic(rng, 6, 3))


@grades("logistic_loss", "integers give float64", points=0.2, kind="finish")
def test_logistic_loss_takes_integers(student, rng):
    def whole():
        X, y, params = logistic(rng, 4, 3)
        return rng.integers(4, size=X.shape, dtype=np.uint8), y.astype(np.int64), params

    expect.takes_integers(student.logistic_loss, whole)


@grades("logistic_loss", "always finite", points=0.2, kind="finish")
def test_logistic_loss_is_finite_for_certain_predictions(student, rng):
    expect.depends_on_arguments(student.logistic_loss, lambda: logistic(rng, 6, 3))
    signs = rng.permutation([-1.0, 1.0, 1.0])[:, None]
    X, y = signs, (signs < 0).astype(np.float64)
    costs = []
    for size in (8, 40, rng.uniform(900, 1100)):
        got = student.logistic_loss(X, y, [np.array([[float(size)]]), np.zeros(1)])
        loss, grads = expect.parts(got, "loss", "grads")
        costs.append(abs(expect.number(loss, what="`loss`")))
        expect.arrays(grads, [(1, 1), (1,)], ("dW", "db"), what="the gradients")
        expect.at_least(costs[-1], costs[0], what="the loss of confident mistakes", about=got)


@grades(
    "logistic_loss",
    "ValueError: if y does not have the shape of A, e.g. if it is (n,).",
    points=0.2,
    kind="finish",
)
def test_logistic_loss_refuses_labels_of_another_shape(student, rng):
    (X, y, params), _ = expect.depends_on_arguments(
        student.logistic_loss, lambda: logistic(rng, 5, 3)
    )
    for other in [y[:, 0], y[:1], y[:4], np.hstack([y, 1 - y])]:
        why = f"A has shape (5, 1), y has {other.shape}"
        expect.refuses(student.logistic_loss, X, other, params, why=why)


@grades("logistic_loss", "No function changes its arguments.", points=0.2, kind="finish")
def test_logistic_loss_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.logistic_loss, lambda: logistic(rng, 6, 2))


def regression_loss(rng):
    """Loss and gradients of a regression with three parameters, (X W) s + b, times a factor."""
    factor = round(rng.uniform(0.8, 1.3), 2)

    def loss_fn(X, y, params):
        W, b, s = params
        Z = X @ W
        error = Z * s + b - y
        if error.shape != y.shape:
            raise ValueError(f"loss_fn got X of shape {X.shape} and y of shape {y.shape}")
        D = 2 * factor * error / error.size
        loss = factor * float(np.mean(error**2))
        return loss, [X.T @ (D * s), D.sum(axis=0), (D * Z).sum(axis=0)]

    return loss_fn


def task(rng, n):
    """Numbered examples for `regression_loss`; the numbers are small to keep the steps small."""
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


def training_arguments(rng, batch_size):
    """All the arguments of `gradient_descent`."""
    return *task(rng, 12), 0.05, regression_loss(rng), batch_size, 2, seeded(rng)


def descend(batches, params, lr, loss_fn):
    """The expected `(params, losses)`: one update on each batch in turn."""
    losses = []
    for X, y in batches:
        loss, grads = loss_fn(X, y, params)
        losses.append(loss)
        params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    return params, np.array(losses)


def moves_params(got, want):
    params, _ = expect.parts(got, "params", "losses")
    expect.close_list(params, want[0], NAMES, tolerance=tolerance.AFTER_UPDATES, dtype=None)


def notes_losses(got, want):
    _, losses = expect.parts(got, "params", "losses")
    losses = expect.losses(losses, len(want[1]))
    expect.close(losses, want[1], what="`losses`", tolerance=tolerance.AFTER_UPDATES)


def trained(student, rng, n, batch_size, epochs, lr=0.05):
    """`(answer, expected answer, orders)` of training in batches."""
    X, y, params = task(rng, n)
    plain = regression_loss(rng)
    loss_fn, calls = recording(plain)
    settings = {"batch_size": batch_size, "epochs": epochs, "rng": seeded(rng)}
    got = student.gradient_descent(X, y, params, lr, loss_fn, **settings)
    batches, orders = epochs_in(calls, X, y, batch_size, epochs)
    return got, descend(batches, params, lr, plain), orders


@grades(
    "gradient_descent",
    "None means all examples in their given order, that is, one update per epoch",
    points=0.4,
)
def test_gradient_descent_uses_all_the_data_in_order_for_batch_size_none(student, rng):
    X, y, params = task(rng, 9)
    plain = regression_loss(rng)
    loss_fn, calls = recording(plain)
    got = student.gradient_descent(X, y, params, 0.05, loss_fn, batch_size=None, epochs=4)
    moves_params(got, descend([(X, y)] * 4, params, 0.05, plain))
    for given_X, given_y in calls:
        expect.right(given_X, X, what="the `X` passed to `loss_fn`")
        expect.right(given_y, y, what="the `y` passed to `loss_fn`")
    params = [param + 2 for param in params]
    params[0][0] += 20
    got = student.gradient_descent(X, y, params, 0.35, steep, batch_size=None, epochs=14)
    moves_params(got, descend([(X, y)] * 14, params, 0.35, steep))


def steep(X, y, params):
    """A narrow valley with large gradients; the longer steps first go down and then climb."""
    steepness = [3 + np.linspace(0, 0.2, p.size).reshape(p.shape) for p in params]
    steepness[0][0] = 0.7
    pairs = list(zip(steepness, params, strict=True))
    loss = sum(np.sum(c * (param - 1) ** 2) for c, param in pairs)
    return float(loss), [2 * c * (param - 1) for c, param in pairs]


@grades(
    "gradient_descent",
    "Each update is param <- param - lr * grad for every parameter",
    "number of passes over the data",
    points=0.7,
)
def test_gradient_descent_makes_one_update_per_batch(student, rng):
    for n, batch_size in [(23, 5), (12, 4)]:
        got, want, _ = trained(student, rng, n, batch_size, 3)
        moves_params(got, want)


def level(X, y, params):
    """A loss that is 0 everywhere: a loop that ends when nothing changes ends at once."""
    return 0.0, [0 * param for param in params]


@grades("gradient_descent", "one per update: the loss of that batch just before it", points=0.4)
def test_gradient_descent_notes_the_loss_of_each_batch_before_its_update(student, rng):
    for n, batch_size, epochs in [(14, 5, 2), (8, 4, 3)]:
        got, want, _ = trained(student, rng, n, batch_size, epochs)
        notes_losses(got, want)
    X, y, params = task(rng, 6)
    how = {"batch_size": 3, "epochs": 4, "rng": seeded(rng)}
    got = student.gradient_descent(X, y, params, 0.1, level, **how)
    expect.losses(expect.parts(got, "params", "losses")[1], 8, what="`losses` on level ground")


@grades("gradient_descent", "shuffled again by `minibatches` for each epoch", points=0.4)
def test_gradient_descent_reshuffles_for_every_epoch(student, rng):
    first_epochs = []
    for _ in range(2):
        _, _, orders = trained(student, rng, 72, 9, 2, lr=0.01)
        for order in orders:
            is_shuffled(order, 9, whose="`gradient_descent`")
        expect.that(
            not np.array_equal(*orders),
            "`gradient_descent` uses the same order in every epoch: shuffle again for each one",
        )
        first_epochs.append(orders[0])
    expect.that(
        not np.array_equal(*first_epochs),
        "`gradient_descent` shuffles the same way for every `rng`: use the generator it is given",
    )


@grades("gradient_descent", "batch_size=32", "epochs=1", points=0.3, kind="finish")
def test_gradient_descent_makes_one_epoch_of_batches_of_32_by_default(student, rng):
    n, settings = int(rng.integers(65, 95)), {"batch_size": 32, "epochs": 1, "rng": seeded(rng)}
    loss_fn, calls = recording(regression_loss(rng))
    (X, *others), own = expect.depends_on_arguments(
        partial(student.gradient_descent, **settings), lambda: (*task(rng, n), 0.05, loss_fn)
    )
    calls.clear()
    got = student.gradient_descent(X, *others)
    sizes = [len(X_batch) for X_batch, _ in calls]
    expect.that(
        32 in sizes,
        "`gradient_descent` should make batches of 32 by default",
        expected=f"one epoch of {len(X)} examples in batches of {sizes_of(len(X), 32)}",
        got=f"batches of {sizes[:8]}",
    )
    _, own_losses = expect.parts(own, "params", "losses")
    _, losses = expect.parts(got, "params", "losses")
    expect.losses(
        losses, len(expect.losses(own_losses)), what="`losses` of one epoch, the default,"
    )


@grades(
    "gradient_descent",
    "rng=None",
    "None means `np.random.default_rng()`",
    points=0.2,
    kind="finish",
)
def test_gradient_descent_shuffles_with_a_generator_of_its_own_by_default(student, rng):
    X, y, params = task(rng, 60)
    loss_fn, calls = recording(regression_loss(rng))
    first = student.gradient_descent.call(X, y, params, 0.05, loss_fn)
    second = student.gradient_descent.call(X, y, params, 0.05, loss_fn)
    given = [X_batch for X_batch, _ in calls]
    half = len(given) // 2
    expect.that(
        half and not all(map(np.array_equal, given[:half], given[half:])),
        "`gradient_descent` without an `rng` should shuffle differently in every call",
    )
    expect.that(
        not (first.reply.global_random or second.reply.global_random),
        "`gradient_descent` without an `rng` should create a generator of its own",
        kind="global random",
    )


@grades("gradient_descent", "The same seed gives the same result", points=0.3, kind="finish")
def test_gradient_descent_is_reproducible(student, rng):
    args, _ = expect.depends_on_arguments(
        student.gradient_descent, lambda: training_arguments(rng, 6)
    )
    expect.reproducible(student.gradient_descent, *args)


@grades(
    "gradient_descent",
    "neither the list nor its arrays are changed",
    "a new list with the trained arrays",
    points=0.3,
    kind="finish",
)
def test_gradient_descent_leaves_its_arguments_alone(student, rng):
    for batch_size in (6, None):
        expect.leaves_arguments_alone(
            student.gradient_descent, lambda size=batch_size: training_arguments(rng, size)
        )
