"""Deeper MLPs and vanishing gradients."""

from itertools import pairwise

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance
from grader.vocabulary.grades import grades

WIDTHS = (784, 256, 128, 10)
SIZES = (4, 6, 5, 3)  # inputs, two hidden layers, classes
DEPTHS = [(4, 3), (1, 5, 2), SIZES, (5, 4, 6, 5, 3)]  # 1 to 4 layers
DEEP = [  # examples, sizes, activation
    (5, DEPTHS[0], "relu"),
    (1, DEPTHS[1], "sigmoid"),
    (3, DEPTHS[2], "tanh"),
    (1, DEPTHS[3], "relu"),
    (4, DEPTHS[3], "sigmoid"),
    (2, DEPTHS[3], "tanh"),
]
NOTHING = 1e-12  # a learning rate that leaves the parameters where training starts


def shapes_of(sizes):
    return [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]


def names_of(params, prefix=""):
    layers = range(1, len(params) // 2 + 1)
    return [f"{prefix}{letter}{layer}" for layer in layers for letter in "Wb"]


def layers_of(activations):
    return [f"A{layer}" for layer in range(1, len(activations) + 1)]


def deep_mlp(rng, sizes=SIZES, n=5, activation="relu"):
    """A batch, its one-hot labels and parameters, suitable for central differences.

    No ReLU input is so near 0 that h could cross it, every example activates every layer, and no
    class has a negligible probability.
    """
    while True:
        X = rng.normal(size=(n, sizes[0]))
        params = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes_of(sizes)]
        *hidden, last = oracles.mlp(X, params, activation)
        before = [X, *hidden]
        Z = [A @ W + b for A, W, b in zip(before, params[::2], params[1::2], strict=True)]
        smooth = all(np.abs(z).min() > 3e-3 for z in Z[:-1])
        alive = all((np.abs(A).max(axis=1) > 0.1).all() for A in hidden)
        if smooth and alive and last.min() > 0.01:
            y = np.eye(sizes[-1])[rng.integers(sizes[-1], size=n)]
            return X, y, params


def whole_numbers(rng, sizes=SIZES, n=5):
    """uint8 inputs and integer parameters, small enough to keep the softmax off 0 and 1."""
    X = rng.integers(0, 3, size=(n, sizes[0])).astype(np.uint8)
    return X, [rng.integers(-1, 2, size=shape) for shape in shapes_of(sizes)]


def narrow(X, y, params):
    """The three arguments in float32, and the same numbers in float64."""
    short = np.float32(X), np.float32(y), [np.float32(param) for param in params]
    X, y, params = short
    return short, (np.float64(X), np.float64(y), [np.float64(param) for param in params])


def loss_of(X, y, activation="relu"):
    return lambda params: oracles.cross_entropy(oracles.mlp(X, params, activation)[-1], y)


def is_forward(got, X, params, activation="relu"):
    want = oracles.mlp(X, params, activation)
    expect.close_list(got, want, layers_of(want))


def is_backward(got, X, y, params, activation="relu"):
    expect.gradient(got, loss_of(X, y, activation), params, names_of(params, "d"))


def is_xavier(got, fan_in, fan_out):
    """`W` has the moments of N(0, 2/(fan_in + fan_out)), within 7 standard errors; `b` is 0."""
    W, b = expect.parts(got, "W", "b")
    W = expect.array(W, (fan_in, fan_out), what="`W`", dtype=np.float64)
    expect.close(b, np.zeros(fan_out), what="`b`")
    Z = W / np.sqrt(2 / (fan_in + fan_out))
    for name, moment, want, error, note in [
        ("mean", Z.mean(), 0, 1, None),
        ("variance", np.mean(Z**2), 1, 2, None),
        ("fourth moment", np.mean(Z**4), 3, 96, "3 for normal numbers, 1.8 for uniform ones"),
    ]:
        expect.that(
            abs(moment - want) < 7 * np.sqrt(error / Z.size),
            f"`W / sqrt(2 / (fan_in + fan_out))` should have {name} {want} but has {moment:.4g}",
            expected=f"{want} +/- {7 * np.sqrt(error / Z.size):.2g}",
            got=f"{moment:.4g}",
            note=note,
        )
    return W


@grades("xavier_init", points=0.5)
def test_xavier_init_draws_normal_numbers_of_variance_2_over_fan_in_plus_fan_out(student, rng):
    for fan_in, fan_out in [(300, 120), (70, 250)]:
        fan_in, fan_out = fan_in + int(rng.integers(20)), fan_out + int(rng.integers(20))
        seed = int(rng.integers(10**6))
        is_xavier(student.xavier_init(fan_in, fan_out, expect.Seeded(seed)), fan_in, fan_out)


@grades("xavier_init", points=0.5)
def test_xavier_init_draws_from_rng_only(student, rng):
    seed = int(rng.integers(10**6))
    got = expect.reproducible(student.xavier_init, 150, 60, expect.Seeded(seed))
    W = is_xavier(got, 150, 60)
    other = is_xavier(student.xavier_init(150, 60, expect.Seeded(seed + 1)), 150, 60)
    for repeated, headline in [
        (np.isin(other, W), "`xavier_init` returns numbers that it also returned for another seed"),
        (
            np.sort(W, axis=None)[1:] == np.sort(W, axis=None)[:-1],
            "`W` holds the same number more than once",
        ),
    ]:
        expect.that(
            not repeated.any(),
            f"{headline}: draw every entry of `W` from `rng`",
            got=f"{repeated.sum()} of {repeated.size} entries",
        )


@grades("forward_deep_mlp", points=0.5)
def test_forward_deep_mlp_gives_the_activations_of_every_layer(student, rng):
    X, _, params = deep_mlp(rng)
    is_forward(student.forward_deep_mlp(X, params), X, params)


@grades("forward_deep_mlp", points=0.5)
def test_forward_deep_mlp_applies_the_named_activation_to_large_inputs_too(student, rng):
    for name in ["sigmoid", "tanh", "relu"]:
        X, _, params = deep_mlp(rng, activation=name)
        is_forward(student.forward_deep_mlp(X, params, name), X, params, name)
        large = 30000 * X
        got = student.forward_deep_mlp(large, params, activation=name)
        is_forward(got, large, params, name)


@grades("forward_deep_mlp", points=0.5)
def test_forward_deep_mlp_keeps_float32_and_takes_integers(student, rng):
    (X, _, params), exact = narrow(*deep_mlp(rng))
    want = [np.float32(A) for A in oracles.mlp(exact[0], exact[2])]
    expect.close_list(student.forward_deep_mlp(X, params), want, layers_of(want))
    X, params = whole_numbers(rng)
    is_forward(student.forward_deep_mlp(X, params), X, params)


@grades("forward_deep_mlp", points=0.5)
def test_forward_deep_mlp_leaves_its_arguments_alone_at_any_depth(student, rng):
    for n, sizes, name in DEEP:
        X, _, params = deep_mlp(rng, sizes, n, name)
        got = expect.unchanged(student.forward_deep_mlp, X, params, name)
        is_forward(got, X, params, name)


@grades("backward_deep_mlp", points=0.5)
def test_backward_deep_mlp_is_the_gradient_in_every_coordinate(student, rng):
    X, y, params = deep_mlp(rng)
    got = student.backward_deep_mlp(X, oracles.mlp(X, params), y, params)
    is_backward(got, X, y, params)


@grades("backward_deep_mlp", points=0.5)
def test_backward_deep_mlp_uses_the_slope_of_the_named_activation(student, rng):
    for name in ["sigmoid", "tanh", "relu"]:
        X, y, params = deep_mlp(rng, activation=name)
        activations = oracles.mlp(X, params, name)
        got = student.backward_deep_mlp(X, activations, y, params, activation=name)
        is_backward(got, X, y, params, name)


@grades("backward_deep_mlp", points=0.5)
def test_backward_deep_mlp_leaves_its_arguments_alone_at_any_depth(student, rng):
    for n, sizes, name in DEEP:
        X, y, params = deep_mlp(rng, sizes, n, name)
        activations = oracles.mlp(X, params, name)
        got = expect.unchanged(student.backward_deep_mlp, X, activations, y, params, name)
        is_backward(got, X, y, params, name)


@grades("backward_deep_mlp", points=0.5)
def test_backward_deep_mlp_keeps_float32_and_takes_integers(student, rng):
    for name in ["relu", "tanh"]:
        (X, y, params), exact = narrow(*deep_mlp(rng, activation=name))
        activations = [np.float32(A) for A in oracles.mlp(exact[0], exact[2], name)]
        want = expect.central_differences(loss_of(*exact[:2], name), exact[2])
        got = student.backward_deep_mlp(X, activations, y, params, name)
        expect.close_list(got, [np.float32(grad) for grad in want], names_of(params, "d"))
    _, y, params = deep_mlp(rng)
    X = rng.integers(0, 4, size=(5, SIZES[0])).astype(np.uint8)
    activations = oracles.mlp(X, params, "tanh")
    got = student.backward_deep_mlp(X, activations, y.astype(int), params, "tanh")
    is_backward(got, X, y, params, "tanh")


@grades("backward_deep_mlp", points=0.5)
def test_backward_deep_mlp_refuses_labels_that_do_not_fit(student, rng):
    X, y, params = deep_mlp(rng)
    activations = oracles.mlp(X, params)
    is_backward(student.backward_deep_mlp(X, activations, y, params), X, y, params)
    why = f"`y` has shape {y[1:].shape}, the output {y.shape}"
    expect.refuses(student.backward_deep_mlp, X, activations, y[1:], params, why=why)


@grades("gradient_norms", points=0.5)
def test_gradient_norms_gives_the_size_of_each_weight_gradient(student, rng):
    for sizes in DEPTHS:
        grads = [rng.normal(size=shape) for shape in shapes_of(sizes)]
        want = np.array([np.sqrt(np.sum(dW**2)) for dW in grads[::2]])
        expect.close(expect.unchanged(student.gradient_norms, grads), want)
        short = [np.float32(grad) for grad in grads]
        expect.close(student.gradient_norms(short), np.float32(want), dtype=None)


def train(student, X, y, seed, seconds=60, hidden=WIDTHS[1:-1], count=None, **settings):
    """`(params, losses)` of the learner's training, validated; `y` is one-hot."""
    function = student.train_deep_mlp.within(seconds)
    got = function(X, y, hidden=hidden, rng=expect.Seeded(seed), **settings)
    params, losses = expect.parts(got, "params", "losses")
    shapes = shapes_of([X.shape[1], *hidden, y.shape[1]])
    return expect.arrays(params, shapes, names_of(shapes)), expect.losses(losses, count)


def first_images(dataset, count):
    return dataset.X_train[:count], gates.one_hot(dataset.y_train[:count])


@grades("train_deep_mlp", points=0.5)
def test_train_deep_mlp_starts_near_ln_10(student, dataset):
    X, y = first_images(dataset, 64)
    _, losses = train(student, X, y, 1, epochs=1)
    gates.starts_near_chance(losses)


@grades("train_deep_mlp", points=0.5)
def test_train_deep_mlp_steps_by_minus_lr_times_the_gradient(student, rng):
    X, y = rng.normal(size=(12, 5)), np.eye(3)[rng.integers(3, size=12)]
    settings = {"hidden": (16, 10), "epochs": 1, "batch_size": 12, "count": 1}
    seed, lr = int(rng.integers(10**6)), float(rng.uniform(0.02, 0.2))
    start, _ = train(student, X, y, seed, lr=NOTHING, **settings)
    end, _ = train(student, X, y, seed, lr=lr, **settings)
    grads = expect.central_differences(loss_of(X, y), start)
    downhill = -np.concatenate([grad.ravel() for grad in grads])
    step = np.concatenate([(b - a).ravel() for a, b in zip(start, end, strict=True)])
    error = np.linalg.norm(step - lr * downhill) / np.linalg.norm(lr * downhill)
    expect.that(
        error < 0.05,
        "one update of `train_deep_mlp` on the full batch should be -lr times the gradient",
        expected="-lr * gradient, within 5%",
        got=f"a step that is off by {100 * error:.3g}%",
        note=f"it moves {step @ downhill / (lr * downhill @ downhill):.3g} times as far downhill",
    )


@grades("train_deep_mlp", points=0.5)
def test_train_deep_mlp_sees_every_example_once_per_epoch_in_a_new_order(student, rng):
    X, y = rng.normal(size=(20, 5)), np.eye(3)[rng.integers(3, size=20)]
    settings = {"hidden": (30, 20), "lr": NOTHING, "epochs": 3}
    params, losses = train(student, X, y, 2, batch_size=1, count=60, **settings)
    orders = [[loss_of(X[i : i + 1], y[i : i + 1])(params) for i in range(20)]]
    for number, epoch in enumerate(losses.reshape(3, 20), start=1):
        what = f"the sorted list of single-example losses in epoch {number}"
        expect.close(
            np.sort(epoch), np.sort(orders[0]), what=what, tolerance=tolerance.AFTER_FLOAT32_UPDATES
        )
        spread = np.ptp(epoch)  # distinguishes the examples unless the initial weights are tiny
        expect.that(
            spread < 1e-6 or all(np.abs(epoch - old).max() > 1e-3 * spread for old in orders),
            f"epoch {number} should be shuffled again, but has the order of `X` or an earlier one",
        )
        orders.append(epoch)
    train(student, X, y, 2, batch_size=8, count=9, **settings)


@grades("train_deep_mlp", points=0.5, after="train_deep_mlp_starts_near_ln_10")
def test_train_deep_mlp_memorizes_32_images(student, dataset):
    X, y = first_images(dataset, 32)
    params, losses = train(student, X, y, 3, hidden=(64, 32), lr=0.1, epochs=250, batch_size=8)
    gates.falls_to(losses, 0.1)
    accuracy = oracles.accuracy(oracles.mlp(X, params)[-1], dataset.y_train[:32])
    expect.at_least(100 * accuracy, 100, what="accuracy on the 32 training images", unit="%")


@grades("train_deep_mlp", points=1, after="train_deep_mlp_memorizes_32_images")
def test_train_deep_mlp_recognizes_images_it_has_not_seen(student, dataset):
    params, _ = train(
        student,
        dataset.X_train,
        gates.one_hot(dataset.y_train),
        4,
        seconds=gates.TRAINING_SECONDS[dataset.name],
        **gates.long_run(5, dataset),
    )
    accuracy = oracles.accuracy(oracles.mlp(dataset.X_test, params)[-1], dataset.y_test)
    gates.reaches(accuracy, "train_deep_mlp", dataset)


@grades("train_deep_mlp", points=0.5)
def test_train_deep_mlp_is_reproducible_with_the_same_rng_only(student, dataset):
    X, y = first_images(dataset, 100)
    for hidden in [(5,), (6, 5, 4)]:
        train(student, X, y, 4, hidden=hidden, epochs=3, batch_size=30, count=12)
    settings = {"hidden": (8, 6), "epochs": 3, "batch_size": 30}
    got = student.train_deep_mlp(X, y, **settings)  # any rng will do
    expect.losses(expect.parts(got, "params", "losses")[1], 12)
    expect.reproducible(student.train_deep_mlp, X, y, rng=expect.Seeded(5), **settings)
    params, losses = train(student, X, y, 5, count=12, **settings)
    others, _ = train(student, X, y, 6, count=12, **settings)
    gates.starts_near_chance(losses)
    expect.that(
        any(np.abs(a - b).max() > 1e-6 for a, b in zip(params, others, strict=True)),
        "`train_deep_mlp` gives the same parameters for two different seeds: draw them from `rng`",
    )


@grades("train_deep_mlp", points=0.5, after="train_deep_mlp_starts_near_ln_10")
def test_train_deep_mlp_leaves_the_loops_to_numpy(student, dataset):
    X, y = first_images(dataset, 640)
    _, losses = train(student, X, y, 7, epochs=1, count=10)
    gates.starts_near_chance(losses)
    gates.vectorized(
        lambda **how: student.train_deep_mlp.call(X, y, epochs=3, rng=expect.Seeded(8), **how),
        lambda: gates.calibrate_dense(X, WIDTHS, batch_size=64, epochs=3),
        factor=25,
        what="training",
    )
