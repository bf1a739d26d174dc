"""Regularization techniques"""

import itertools

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance, training
from grader.vocabulary.draws import labeled_images, points, seeded
from grader.vocabulary.grades import grades

SIGMAS = 6  # a correct function leaves the bounds once in a billion draws
SHAPES = [(5, 3), (7,), (1, 4), (4, 3, 2, 3)]  # of a matrix, a bias, a row, filters


DTYPES = "float32 in gives float32 out, float64 gives float64, integers give float64."
UNCHANGED = "No function changes its arguments."


def weights(rng, shape=(4, 3)):
    """`(W, lambda_)`."""
    return rng.normal(size=shape), float(rng.uniform(0.1, 3))


def pixels(rng, shape=(3, 5)):
    """uint8 numbers so large that their squares and doubles overflow, and a `lambda_`."""
    return rng.integers(130, 256, size=shape).astype(np.uint8), float(rng.uniform(0.1, 3))


@grades(
    "l2_regularization",
    """lambda_ times the sum (not the mean) of all squared weights, a Python float. There is no
    factor 1/2.""",
    "strength of the penalty, a float of at least 0",
    points=0.5,
)
def test_l2_regularization_is_lambda_times_the_sum_of_squares(student, rng):
    for shape in [(5, 3), (2, 7), (4, 4)]:
        W, lambda_ = weights(rng, shape)
        expect.right(student.l2_regularization(W, lambda_), lambda_ * np.sum(W**2))
    expect.right(student.l2_regularization(W, 0.0), 0.0)


@grades("l2_regularization", "weights, array of any shape", points=0.2)
def test_l2_regularization_takes_weights_of_any_shape(student, rng):
    for shape in SHAPES:
        W, lambda_ = weights(rng, shape)
        expect.right(student.l2_regularization(W, lambda_), lambda_ * np.sum(W**2))


@grades("l2_regularization", DTYPES, points=0.1, kind="finish")
def test_l2_regularization_takes_float32(student, rng):
    expect.keeps_dtype(student.l2_regularization, lambda: weights(rng))


@grades("l2_regularization", DTYPES, points=0.1, kind="finish")
def test_l2_regularization_takes_integers(student, rng):
    expect.takes_integers(student.l2_regularization, lambda: pixels(rng))


@grades("l2_regularization", UNCHANGED, points=0.1, kind="finish")
def test_l2_regularization_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.l2_regularization, lambda: weights(rng))


@grades("l2_gradient", "Array shaped like W, 2 lambda_ W", points=0.7)
def test_l2_gradient_is_twice_lambda_times_the_weights(student, rng):
    for shape in SHAPES:
        W, lambda_ = weights(rng, shape)
        expect.right(student.l2_gradient(W, lambda_), 2 * lambda_ * W)


@grades("l2_gradient", "float32 gives float32", points=0.1, kind="finish")
def test_l2_gradient_keeps_float32(student, rng):
    expect.keeps_dtype(student.l2_gradient, lambda: weights(rng))


@grades("l2_gradient", "integers give float64", points=0.1, kind="finish")
def test_l2_gradient_takes_integers(student, rng):
    expect.takes_integers(student.l2_gradient, lambda: pixels(rng))


@grades("l2_gradient", UNCHANGED, points=0.1, kind="finish")
def test_l2_gradient_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.l2_gradient, lambda: weights(rng))


def kept_units(got, A):
    """The units that a mask of the shape of A does not set to 0."""
    _, mask = expect.parts(got, "A_dropped", "mask")
    return expect.array(mask, A.shape, what="`mask`", dtype=None) != 0


def some_kept(got, A, dtype=None):
    """Both parts have this dtype, and the mask keeps some units and drops others."""
    A_dropped, mask = expect.parts(got, "A_dropped", "mask")
    for part, what in ((A_dropped, "`A_dropped`"), (mask, "`mask`")):
        expect.array(part, A.shape, what=what, dtype=dtype)
    kept = kept_units(got, A)
    expect.that(kept.any(), "`dropout` should keep some units, but drops all of them")
    expect.that(not kept.all(), "`dropout` should drop some units, but keeps all of them")
    return kept


def keeps_share(
    kept, p, headline="`p` is the probability of keeping a unit", outcome="units are kept"
):
    """The share of units kept is p, within what chance allows."""
    slack = SIGMAS * np.sqrt(p * (1 - p) / max(kept.size, 1))
    share = float(np.sum(kept)) / max(kept.size, 1)
    expect.that(
        abs(share - p) <= slack,
        f"{headline}: for p = {p:.3g}, {share:.1%} of {kept.size} {outcome}",
        expected=f"{p:.3g} +/- {slack:.2g}",
        got=f"{share:.3f}",
    )


@grades("dropout", "p: probability of KEEPING a unit, 0 < p <= 1.", points=0.75)
def test_dropout_keeps_a_unit_with_probability_p(student, rng):
    for p in (0.8, 0.3, float(rng.uniform(0.1, 0.9))):
        A = rng.normal(size=(60, 50))
        keeps_share(kept_units(student.dropout(A, p, seeded(rng)), A), p)


@grades(
    "dropout",
    """(A_dropped, mask): `mask` is shaped like A, each entry independently 1/p with probability
    p, otherwise 0; A_dropped = A * mask. So the mean over many masks is A.""",
    points=0.5,
)
def test_dropout_divides_the_units_it_keeps_by_p(student, rng):
    for p in (0.8, 0.3, float(rng.uniform(0.1, 0.9))):
        A = rng.normal(size=(30, 20))
        got = student.dropout(A, p, seeded(rng))
        kept = some_kept(got, A)
        A_dropped, mask = got
        expect.right(mask, kept / p, what="`mask` (each entry 0 or 1/p)")
        expect.right(A_dropped, A * (kept / p), what="`A_dropped` = A * mask")


@grades("dropout", "each entry independently 1/p with probability p", points=0.5)
def test_dropout_decides_for_each_unit_independently(student, rng):
    A = rng.normal(size=(300, 200))
    kept = kept_units(student.dropout(A, 0.5, seeded(rng)), A)
    for axis, name in [(0, "row"), (1, "column")]:
        for i, units in enumerate(np.moveaxis(kept, axis, 0)):
            headline = f"`dropout` should decide for each unit of {name} {i} independently"
            keeps_share(units, 0.5, headline)
        same = np.diff(kept, axis=axis) == 0
        headline = f"neighboring {name}s should be independent of each other"
        keeps_share(same, 0.5, headline, outcome="pairs are kept or dropped together")
    more = [kept_units(student.dropout(A, 0.5, seeded(rng)), A) for _ in range(3)]
    expect.that(
        any(2 * np.sum(units) != A.size for units in [kept, *more]),  # exact: once in 300 draws
        "`dropout` keeps exactly half of the units every time: decide for each unit independently",
    )


@grades("dropout", "p = 1 keeps everything.", points=0.25)
def test_dropout_keeps_everything_for_p_1(student, rng):
    A = rng.normal(size=(20, 30))
    A_dropped, mask = expect.parts(student.dropout(A, 1.0, seeded(rng)), "A_dropped", "mask")
    expect.right(mask, np.ones(A.shape), what="`mask` for p = 1")
    expect.right(A_dropped, A, what="`A_dropped` for p = 1")


@grades("dropout", "activations of any shape", points=0.25)
def test_dropout_takes_any_shape(student, rng):
    for shape in [(50, 60), (2000,), (20, 3, 4, 10)]:
        A = rng.normal(size=shape)
        keeps_share(kept_units(student.dropout(A, 0.6, seeded(rng)), A), 0.6)


@grades(
    "dropout",
    """Randomness comes from `rng`, a `numpy.random.Generator`. The same seed gives the same
    result, and no function touches NumPy's global random state.""",
    points=0.25,
    kind="finish",
)
def test_dropout_draws_from_rng(student, rng):
    A, seed = rng.normal(size=(20, 30)), int(rng.integers(1000))
    kept = some_kept(expect.reproducible(student.dropout, A, 0.6, expect.Seeded(seed)), A)
    other = some_kept(student.dropout(A, 0.6, expect.Seeded(seed + 1)), A)
    expect.that(
        not np.array_equal(kept, other),
        "`dropout` drops the same units for every `rng`: draw from the `rng` it is given",
    )


@grades("dropout", "Both have the dtype of A", points=0.25, kind="finish")
def test_dropout_keeps_float32(student, rng):
    A = rng.normal(size=(40, 30))
    for dtype in (np.float32, np.float64):
        some_kept(student.dropout(A.astype(dtype), 0.7, seeded(rng)), A, dtype)


@grades(
    "dropout", "float64 for integers", "float32, float64 or integer", points=0.25, kind="finish"
)
def test_dropout_takes_integers(student, rng):
    whole = rng.integers(1, 256, size=(40, 30))
    for A in (whole - 128, whole.astype(np.uint8)):
        got = student.dropout(A, 0.7, seeded(rng))
        some_kept(got, A, np.float64)
        A_dropped, mask = got
        expect.close(A_dropped, A * mask, what="`A_dropped` = A * mask")


@grades("dropout", UNCHANGED, points=0.25, kind="finish")
def test_dropout_leaves_its_argument_alone(student, rng):
    A = rng.normal(size=(30, 40))
    some_kept(expect.unchanged(student.dropout, A, 0.4, seeded(rng)), A)


@grades("dropout", "if p is not in 0 < p <= 1", points=0.25, kind="finish")
def test_dropout_refuses_p_out_of_range(student, rng):
    A = rng.normal(size=(20, 30))
    some_kept(student.dropout(A, float(rng.uniform(0.4, 0.6)), seeded(rng)), A)
    student.dropout(A, 1.0, seeded(rng))
    for p in (0.0, 1.5, -1.0, float(rng.uniform(1, 2)), -float(rng.uniform(0, 1))):
        why = f"p = {p:.3g} is not in 0 < p <= 1"
        expect.raises((ValueError, ZeroDivisionError), student.dropout, A, p, seeded(rng), why=why)


def validated(got, X, y, hidden, count=None):
    """`(params, losses)` with the right shapes, safe to compute with."""
    params, losses = expect.parts(got, "params", "losses")
    widths = [X.shape[1], *hidden, y.shape[1]]
    shapes, names = [], []
    for i, (fan_in, fan_out) in enumerate(itertools.pairwise(widths), start=1):
        shapes += [(fan_in, fan_out), (fan_out,)]
        names += [f"W{i}", f"b{i}"]
    return expect.arrays(params, shapes, names), expect.losses(losses, count)


def train(student, X, y, seed, hidden=(8, 6), **settings):
    """`(params, losses)` of the learner's training, validated; `y` is one-hot."""
    got = student.train_regularized_mlp(X, y, hidden, rng=seed, **settings)
    return validated(got, X, y, hidden)


PARAMS = ("W1", "b1", "W2", "b2", "W3", "b3")


def trainer(student, rng, hidden=(16, 10), lambda_=0.0):
    """The learner's training without dropout, from the same seed each time."""
    seed = seeded(rng)

    def train(X, y, lr, epochs, batch_size):
        got = student.train_regularized_mlp(
            X, y, hidden, lr, epochs, batch_size, lambda_, 1.0, seed
        )
        return validated(got, X, y, hidden, epochs * -(-len(X) // batch_size))

    def penalized(X, y, params):
        loss, grads = oracles.mlp_loss(X, y, params)
        penalties = [2 * lambda_ * param * (param.ndim == 2) for param in params]
        return loss, [grad + extra for grad, extra in zip(grads, penalties, strict=True)]

    return training.Trainer(train, penalized, PARAMS)


STARTS = "train_regularized_mlp_starts_near_ln_10"
STEPS = "train_regularized_mlp_steps_against_the_gradient_of_loss_and_penalty"


@grades("train_regularized_mlp", "Train a deep ReLU perceptron", points=0.25)
def test_train_regularized_mlp_starts_near_ln_10(student, dataset, rng):
    trainer(student, rng, (64, 32)).starts_near_chance(*labeled_images(dataset, rng, 64))


@grades("train_regularized_mlp", "with an L2 penalty", "learning rate", points=0.5)
def test_train_regularized_mlp_steps_against_the_gradient_of_loss_and_penalty(student, rng):
    trainer(student, rng, lambda_=0.05).steps_down_the_gradient(*points(rng), lr=0.1)


@grades(
    "train_regularized_mlp",
    "strength of the L2 penalty, on weights and not on biases",
    points=0.5,
)
def test_train_regularized_mlp_shrinks_the_weights_by_2_lr_lambda(student, rng):
    # For black images the loss has no gradient in W1, so only the penalty moves it.
    X, y = np.zeros((20, 30)), np.eye(4)[rng.integers(4, size=20)]
    how, seed = {"lr": 0.25, "epochs": 5, "batch_size": 8, "p": 1.0}, seeded(rng)
    free, _ = train(student, X, y, seed, **how, lambda_=0.0)
    tied, _ = train(student, X, y, seed, **how, lambda_=0.05)
    expect.that(np.any(free[0]), "`W1` should start from random numbers but is all zeros")
    want = free[0] * (1 - 2 * 0.25 * 0.05) ** 15
    expect.close(
        tied[0],
        want,
        what="`W1` after 15 updates on black images",
        tolerance=tolerance.AFTER_FLOAT32_UPDATES,
    )
    # Nor does it depend on the weights how the last biases move; only the penalty could hold them.
    y = np.eye(4)[rng.integers(2, size=20)]  # so that all biases move
    how |= {"batch_size": 20, "lambda_": 0.5}
    want = np.zeros(4)
    for _ in range(how["epochs"]):
        want -= how["lr"] * (oracles.softmax(want[None])[0] - y.mean(axis=0))
    params, _ = train(student, X, y, seed, **how)
    expect.close(
        params[-1],
        want,
        what="the last biases, which have no penalty, after 5 updates on black images",
        tolerance=tolerance.AFTER_FLOAT32_UPDATES,
    )


def one_step(student, x, y, seed, hidden, p):
    """The parameters before one update, and the gradients that the update implies."""
    how = {"hidden": hidden, "epochs": 1, "batch_size": 1, "lambda_": 0.0, "p": p}
    before, _ = train(student, x, y, seed, lr=training.NOTHING, **how)  # the same draws, no step
    after, _ = train(student, x, y, seed, lr=100.0, **how)
    return before, [(old - new) / 100 for old, new in zip(before, after, strict=True)]


def gradients(X, y, params, masks):
    """The gradients of the cross-entropy for these masks, and the hidden units that are active."""
    inputs, alive = [X], []
    for W, b, mask in zip(params[::2], params[1::2], masks, strict=False):
        Z = inputs[-1] @ W + b
        alive.append(Z > 0)
        inputs.append(np.maximum(Z, 0) * mask)
    delta = (oracles.softmax(inputs[-1] @ params[-2] + params[-1]) - y) / len(X)
    grads = [inputs[-1].T @ delta, delta.sum(axis=0)]
    for i in reversed(range(len(masks))):
        delta = (delta @ params[2 * i + 2].T) * masks[i] * alive[i]
        grads = [inputs[i].T @ delta, delta.sum(axis=0), *grads]
    return grads, alive


@grades(
    "train_regularized_mlp",
    "Dropout acts on the hidden layers",
    "probability of keeping a hidden unit",
    points=0.75,
)
def test_train_regularized_mlp_drops_hidden_units_forward_and_back(student, rng):
    x, y, p = rng.uniform(0.2, 1, size=(1, 6)), np.eye(3)[[rng.integers(3)]], 0.7
    seed = seeded(rng)
    params, grads = one_step(student, x, y, seed, (400, 500), p)
    # A unit that is active and kept has an output, so its outgoing weights have a gradient.
    kept = [np.any(dW != 0, axis=1) for dW in grads[2::2]]
    want, alive = gradients(x, y, params, [units / p for units in kept])
    names = ("dW1", "db1", "dW2", "db2", "dW3", "db3")
    for got, grad, name in zip(grads, want, names, strict=True):
        expect.close(
            got,
            grad,
            what=f"the gradient `{name}` with dropout",
            tolerance=tolerance.AFTER_FLOAT32_UPDATES,
        )
    for i, (units, living) in enumerate(zip(kept, alive, strict=True), start=1):
        keeps_share(units[living[0]], p, f"dropout should act on the units of hidden layer {i}")
    how = {"hidden": (400, 500), "epochs": 8, "batch_size": 1, "lambda_": 0.0, "p": p}
    _, losses = train(student, x, y, seed, lr=training.NOTHING, **how)
    expect.that(
        np.ptp(losses) > 1e-6,
        "dropout should drop different units in each update, but the losses of the same example "
        "are all the same",
    )


@grades(
    "train_regularized_mlp",
    "a list of floats, one per update, oldest first, with or without the penalty",
    points=0.25,
)
def test_train_regularized_mlp_records_the_loss_before_each_update(student, rng):
    lr, (X, y) = float(rng.uniform(0.1, 0.3)), points(rng, n=70)
    trainer(student, rng).records_losses_before_updates(X, y, lr)
    lambda_ = 0.05
    params, losses = train(
        student, X, y, seeded(rng), lr=training.NOTHING, epochs=1, batch_size=70,
        lambda_=lambda_, p=1.0,
    )  # fmt: skip
    plain = oracles.mlp_loss(X, y, params)[0]
    penalty = lambda_ * sum(np.sum(W**2) for W in params[::2])
    expect.that(
        min(abs(losses[0] - plain), abs(losses[0] - plain - penalty)) < tolerance.ONE_UPDATE,
        "a loss should be the cross-entropy, with or without the penalty on the weights",
        expected=f"{plain:.6g} or {plain + penalty:.6g}",
        got=f"{losses[0]:.6g}",
    )


@grades(
    "train_regularized_mlp",
    "passes over the data, examples per update",
    "the shuffling",
    points=0.25,
)
def test_train_regularized_mlp_sees_every_example_once_per_epoch_in_a_new_order(student, rng):
    orders = trainer(student, rng).sees_every_example_once_per_epoch(*points(rng, n=20))
    training.is_shuffled_again(orders)
    trainer(student, rng).updates_after_each_batch(*points(rng, n=1), float(rng.uniform(0.05, 0.2)))


@grades(
    "train_regularized_mlp",
    "hidden: sizes of the hidden layers, first layer first",
    points=0.25,
    after=STEPS,
)
def test_train_regularized_mlp_memorizes_32_images(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 32)
    how = {"lr": 0.1, "epochs": 300, "batch_size": 32, "lambda_": 0.0, "p": 1.0}
    params, losses = train(student, X, y, seeded(rng), (64, 32), **how)
    training.is_memorized(oracles.mlp(X, params)[-1], y, losses, 300)


@grades(
    "train_regularized_mlp",
    "predictions come from `forward_deep_mlp` with the parameters as they are",
    "params = [W1, b1, W2, b2, ...]",
    points=0.5,
    after="train_regularized_mlp_memorizes_32_images",
)
def test_train_regularized_mlp_recognizes_images_it_has_not_seen(student, dataset, rng):
    train = student.train_regularized_mlp.within(gates.TRAINING_SECONDS[dataset.name])
    X, y = dataset.X_train, gates.one_hot(dataset.y_train)
    settings, seed = gates.long_run(5, dataset), seeded(rng)
    whole = settings["epochs"]

    def accuracy_after(epochs):
        hidden = (256, 128) if epochs == whole else (64, 32)  # a small network may be enough
        got = train(X, y, hidden, **settings | {"epochs": epochs}, rng=seed)
        params, _ = validated(got, X, y, hidden)
        return oracles.accuracy(oracles.mlp(dataset.X_test, params)[-1], dataset.y_test)

    gates.reaches_after(whole, accuracy_after, "train_regularized_mlp", dataset)


@grades(
    "train_regularized_mlp",
    "hidden=(256, 128)",
    "lr=0.1",
    "epochs=5",
    "batch_size=64",
    "lambda_=0.0001",
    "p=0.8",
    "rng=None",
    "None means `np.random.default_rng()`",
    points=0.5,
    kind="finish",
    after=STARTS,
)
def test_train_regularized_mlp_has_its_defaults(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 100)
    seed, function = seeded(rng), student.train_regularized_mlp
    params, _ = validated(function(X, y, rng=seed), X, y, (256, 128))
    got = function(X, y, (256, 128), 0.1, 5, 64, 1e-4, 0.8, seed)
    expect.close_list(params, validated(got, X, y, (256, 128))[0], PARAMS)
    (one, _), (other, _) = (
        validated(function(X, y, (8, 6), epochs=1), X, y, (8, 6)) for _ in range(2)
    )
    training.starts_from_others("train_regularized_mlp", one[0], other[0])


@grades(
    "train_regularized_mlp",
    "float32 (which is faster), float64 or integers",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_regularized_mlp_takes_float32_and_integers(student, rng):
    X, y = rng.integers(0, 4, size=(30, 20)).astype(np.uint8), points(rng, 30)[1]
    how, seed = {"lr": 0.01, "epochs": 2, "batch_size": 10}, seeded(rng)
    wants, _ = train(student, X.astype(float), y, seed, **how)
    params, _ = train(student, X, y.astype(np.int64), seed, **how)
    expect.close_list(params, wants, PARAMS, tolerance=tolerance.AFTER_FLOAT32_UPDATES)
    train(student, X.astype(np.float32), y.astype(np.float32), seed, **how)


@grades(
    "train_regularized_mlp",
    "rng: numpy.random.Generator for the initial weights",
    "The same seed gives the same result",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_regularized_mlp_is_reproducible_with_the_same_rng(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 50)
    how, function = {"hidden": (9, 8, 7), "epochs": 2}, student.train_regularized_mlp
    got = expect.reproducible(function, X, y, **how, batch_size=16, rng=seeded(rng))
    params, _ = validated(got, X, y, (9, 8, 7))
    other, _ = validated(function(X, y, **how, batch_size=16, rng=seeded(rng)), X, y, (9, 8, 7))
    expect.that(
        not np.array_equal(params[0], other[0]),
        "`train_regularized_mlp` ends with the same weights for every `rng`: draw from `rng`",
    )


@grades(
    "train_regularized_mlp",
    "No function changes its arguments",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_regularized_mlp_leaves_its_arguments_alone(student, rng):
    X, y = points(rng, n=20)
    for dtype in (np.float32, np.float64):
        args = X.astype(dtype), y.astype(dtype), (8, 6)
        got = expect.unchanged(student.train_regularized_mlp, *args, epochs=2, rng=seeded(rng))
        validated(got, X, y, (8, 6))
