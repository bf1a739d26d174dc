"""Deeper MLPs and vanishing gradients."""

from itertools import pairwise

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance
from grader.vocabulary.grades import grades

WIDTHS = (784, 256, 128, 10)
SIZES = (4, 6, 5, 3)  # inputs, two hidden layers, classes
DEPTHS = [(1, 5, 2), (5, 4, 6, 5, 3), (3, 4, 3, 4, 3, 4)]  # 2, 4 and 5 layers
ACTIVATIONS = ("sigmoid", "tanh", "relu")
UNCHANGED = "No function changes its arguments."
DTYPES = "float32 in gives float32 out, float64 gives float64"
INTEGERS = "integers give float64"
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


def loss_of(X, y, activation="relu"):
    return lambda params: oracles.cross_entropy(oracles.mlp(X, params, activation)[-1], y)


def some_mlp(rng, activation="relu"):
    """A `deep_mlp` with two hidden layers; all sizes differ."""
    n, *sizes = rng.permutation(range(2, 8))[:5].tolist()
    return deep_mlp(rng, sizes, n, activation)


def is_forward(got, X, params, activation="relu", **options):
    want = oracles.mlp(X, params, activation)
    expect.close_list(got, want, layers_of(want), dtype=None, **options)


def forward_args(rng, activation="relu"):
    X, _, params = some_mlp(rng, activation)
    return X, params, activation


def backward_args(X, y, params, activation="relu"):
    return X, oracles.mlp(X, params, activation), y, params, activation


def is_backward(got, X, y, params, activation="relu", **options):
    names = names_of(params, "d")
    expect.gradient(got, loss_of(X, y, activation), params, names, dtype=None, **options)


def xavier(student, rng):
    """`(W, b, Z)` of the learner for random sizes: `Z` is `W` scaled to variance 1."""
    fan_in, fan_out = (int(size) for size in rng.permuted([90, 300]) + rng.integers(50, size=2))
    got = student.xavier_init(fan_in, fan_out, expect.Seeded(int(rng.integers(10**6))))
    W, b = expect.parts(got, "W", "b")
    W = expect.array(W, (fan_in, fan_out), what="`W`", dtype=None)
    share = len(np.unique(W)) / W.size
    expect.at_least(100 * share, 90, what="the share of distinct numbers in `W`", unit="%")
    return W, b, W / np.sqrt(2 / (fan_in + fan_out))


def has_moment(Z, name, moment, want, error, note=None):
    """The mean `moment` is within 7 standard errors."""
    expect.that(
        abs(moment - want) < 7 * np.sqrt(error / Z.size),
        f"`W / sqrt(2 / (fan_in + fan_out))` should have {name} {want} but has {moment:.4g}",
        expected=f"{want} +/- {7 * np.sqrt(error / Z.size):.2g}",
        got=f"{moment:.4g}",
        note=note,
    )


@grades(
    "xavier_init",
    "W of shape (fan_in, fan_out)",
    "mean 0 and variance 2 / (fan_in + fan_out)",
    points=0.4,
)
def test_xavier_init_draws_numbers_of_variance_2_over_fan_in_plus_fan_out(student, rng):
    for _ in range(2):
        *_, Z = xavier(student, rng)
        has_moment(Z, "mean", Z.mean(), 0, 1)
        has_moment(Z, "variance", np.mean(Z**2), 1, 2)


@grades("xavier_init", "independent normal numbers", points=0.1)
def test_xavier_init_draws_from_a_normal_distribution(student, rng):
    *_, Z = xavier(student, rng)
    Z = Z / Z.std()
    note = "3 for normal numbers, 1.8 for uniform ones"
    has_moment(Z, "fourth moment", np.mean((Z - Z.mean()) ** 4), 3, 24, note)


@grades("xavier_init", "b of shape (fan_out,), zeros", points=0.2)
def test_xavier_init_starts_with_biases_of_0(student, rng):
    W, b, _ = xavier(student, rng)
    expect.right(b, np.zeros(W.shape[1]), what="`b`")


@grades("xavier_init", "both float64", points=0.1, kind="finish")
def test_xavier_init_gives_float64(student, rng):
    for part, name in zip(xavier(student, rng), ("`W`", "`b`"), strict=False):
        expect.array(part, what=name, dtype=np.float64)


@grades(
    "xavier_init",
    "The same seed gives the same result, and no function touches NumPy's global random state.",
    points=0.2,
    kind="finish",
)
def test_xavier_init_draws_from_rng_only(student, rng):
    W, *_ = xavier(student, rng)
    expect.reproducible(student.xavier_init, *W.shape, expect.Seeded(int(rng.integers(10**6))))
    other, _ = expect.parts(student.xavier_init(*W.shape, expect.Seeded(1)), "W", "b")
    repeated = np.isin(expect.array(other, W.shape, what="`W`", dtype=None), W)
    expect.that(
        repeated.mean() < 0.1,
        "`xavier_init` returns numbers that it also returned for another seed: draw every entry "
        "of `W` from `rng`",
        got=f"{repeated.sum()} of {repeated.size} entries",
    )


@grades("forward_deep_mlp", "activation='relu'", "one per layer, first layer first", points=0.4)
def test_forward_deep_mlp_gives_the_activations_of_every_layer(student, rng):
    X, _, params = some_mlp(rng)
    is_forward(student.forward_deep_mlp(X, params), X, params)


@grades("forward_deep_mlp", '"relu", "sigmoid" or "tanh"', points=0.4)
def test_forward_deep_mlp_applies_the_named_activation(student, rng):
    for name in rng.permuted(ACTIVATIONS).tolist():
        X, params, _ = forward_args(rng, name)
        is_forward(student.forward_deep_mlp(X, params, name), X, params, name)
        is_forward(student.forward_deep_mlp(X, params, activation=name), X, params, name)


@grades("forward_deep_mlp", "at least one layer", "softmax output of shape (n, k)", points=0.2)
def test_forward_deep_mlp_of_one_layer_is_softmax(student, rng):
    X, _, params = deep_mlp(rng, rng.integers(2, 6, size=2).tolist(), n=int(rng.integers(1, 5)))
    is_forward(student.forward_deep_mlp(X, params), X, params)


@grades("forward_deep_mlp", "X is not in the list", points=0.2)
def test_forward_deep_mlp_works_at_any_depth(student, rng):
    for sizes in DEPTHS:
        name = str(rng.choice(ACTIVATIONS))
        X, _, params = deep_mlp(rng, sizes, int(rng.integers(1, 5)), name)
        is_forward(student.forward_deep_mlp(X, params, name), X, params, name)


@grades("forward_deep_mlp", "No warning for scores in the thousands.", points=0.2, kind="finish")
def test_forward_deep_mlp_survives_large_inputs(student, rng):
    for name in ACTIVATIONS:
        expect.depends_on_arguments(
            student.forward_deep_mlp, lambda name=name: forward_args(rng, name)
        )
        X, params, _ = forward_args(rng, name)
        for part in expect.silent(student.forward_deep_mlp, 30000 * X, params, name):
            expect.array(part, dtype=None)


@grades("forward_deep_mlp", DTYPES, points=0.1, kind="finish")
def test_forward_deep_mlp_keeps_float32_and_float64(student, rng):
    expect.keeps_dtype(student.forward_deep_mlp, lambda: forward_args(rng))


@grades("forward_deep_mlp", INTEGERS, points=0.1, kind="finish")
def test_forward_deep_mlp_makes_floats_of_integers(student, rng):
    def whole():
        X = rng.integers(0, 3, size=(5, SIZES[0])).astype(np.uint8)
        return X, [rng.integers(-1, 2, size=shape) for shape in shapes_of(SIZES)]

    expect.takes_integers(student.forward_deep_mlp, whole)


@grades("forward_deep_mlp", UNCHANGED, points=0.2, kind="finish")
def test_forward_deep_mlp_leaves_its_arguments_alone(student, rng):
    for name in ACTIVATIONS:
        expect.leaves_arguments_alone(
            student.forward_deep_mlp, lambda name=name: forward_args(rng, name)
        )


def unknown(rng):
    """A name that is no activation."""
    return "".join(rng.choice(list("abcdefgh"), size=5))


@grades(
    "forward_deep_mlp",
    "ValueError or KeyError: if `activation` is not one of the three.",
    points=0.2,
    kind="finish",
)
def test_forward_deep_mlp_refuses_an_unknown_activation(student, rng):
    (X, params, _), _ = expect.depends_on_arguments(
        student.forward_deep_mlp, lambda: forward_args(rng)
    )
    name = unknown(rng)
    why = f"there is no activation {name!r}"
    expect.raises((ValueError, KeyError), student.forward_deep_mlp, X, params, name, why=why)


def is_part_of_backward(student, rng, layers):
    """Some layers' gradients; `layers` are their numbers."""
    X, y, params = some_mlp(rng)
    got = student.backward_deep_mlp(X, oracles.mlp(X, params), y, params)
    is_backward(
        got, X, y, params, only=[f"d{letter}{layer}" for layer in layers for letter in "Wb"]
    )


@grades("backward_deep_mlp", "activation='relu'", "the 1/n included", points=0.4)
def test_backward_deep_mlp_gives_the_gradients_of_the_last_layer(student, rng):
    is_part_of_backward(student, rng, [3])


@grades("backward_deep_mlp", "gradients in the order and shapes of params", points=0.4)
def test_backward_deep_mlp_gives_the_gradients_of_the_hidden_layers(student, rng):
    is_part_of_backward(student, rng, [1, 2])


@grades(
    "backward_deep_mlp",
    "1 where A > 0, else 0 for relu;",
    "A (1 - A) for sigmoid;",
    "1 - A^2 for tanh",
    points=0.5,
)
def test_backward_deep_mlp_uses_the_slope_of_the_named_activation(student, rng):
    for name in rng.permuted(ACTIVATIONS).tolist():
        X, y, params = some_mlp(rng, name)
        activations = oracles.mlp(X, params, name)
        got = student.backward_deep_mlp(X, activations, y, params, activation=name)
        is_backward(got, X, y, params, name)


@grades("backward_deep_mlp", "a perceptron of any depth", points=0.3)
def test_backward_deep_mlp_works_at_any_depth(student, rng):
    for sizes in [(4, 3), *DEPTHS]:
        name = str(rng.choice(ACTIVATIONS))
        X, y, params = deep_mlp(rng, sizes, int(rng.integers(1, 5)), name)
        got = student.backward_deep_mlp(*backward_args(X, y, params, name))
        is_backward(got, X, y, params, name)


@grades("backward_deep_mlp", DTYPES, points=0.2, kind="finish")
def test_backward_deep_mlp_keeps_float32_and_float64(student, rng):
    for name in ACTIVATIONS:
        expect.keeps_dtype(
            student.backward_deep_mlp, lambda name=name: backward_args(*some_mlp(rng, name), name)
        )


@grades("backward_deep_mlp", INTEGERS, points=0.1, kind="finish")
def test_backward_deep_mlp_takes_integers(student, rng):
    def whole():
        _, y, params = deep_mlp(rng)
        X = rng.integers(0, 4, size=(5, SIZES[0])).astype(np.uint8)
        return X, oracles.mlp(X, params, "tanh"), y.astype(int), params, "tanh"

    expect.takes_integers(student.backward_deep_mlp, whole)


@grades("backward_deep_mlp", UNCHANGED, points=0.2, kind="finish")
def test_backward_deep_mlp_leaves_its_arguments_alone(student, rng):
    for name in ACTIVATIONS:
        expect.leaves_arguments_alone(
            student.backward_deep_mlp, lambda name=name: backward_args(*some_mlp(rng, name), name)
        )


@grades(
    "backward_deep_mlp",
    "ValueError: if y and the output differ in shape;",
    points=0.2,
    kind="finish",
)
def test_backward_deep_mlp_refuses_labels_that_do_not_fit(student, rng):
    args, _ = expect.depends_on_arguments(
        student.backward_deep_mlp, lambda: backward_args(*deep_mlp(rng, n=3))
    )
    X, activations, y, params, _ = args
    for other in (y.argmax(axis=1), y[:1], y[:, :1], y[1:]):
        why = f"`y` has shape {other.shape}, the output {y.shape}"
        expect.raises(ValueError, student.backward_deep_mlp, X, activations, other, params, why=why)


@grades(
    "backward_deep_mlp",
    "or KeyError: if `activation` is unknown.",
    points=0.2,
    kind="finish",
)
def test_backward_deep_mlp_refuses_an_unknown_activation(student, rng):
    args, _ = expect.depends_on_arguments(
        student.backward_deep_mlp, lambda: backward_args(*some_mlp(rng))
    )
    name = unknown(rng)
    why = f"there is no activation {name!r}"
    expect.raises((ValueError, KeyError), student.backward_deep_mlp, *args[:4], name, why=why)


def some_grads(rng, sizes=SIZES):
    return [rng.normal(size=shape) for shape in shapes_of(sizes)]


def are_norms(got, grads):
    expect.right(got, np.array([np.sqrt(np.sum(dW**2)) for dW in grads[::2]]))


@grades("gradient_norms", "the root of the sum of its squared entries", points=0.3)
def test_gradient_norms_gives_the_size_of_each_weight_gradient(student, rng):
    grads = some_grads(rng, rng.integers(3, 8, size=4).tolist())
    are_norms(student.gradient_norms(grads), grads)


@grades("gradient_norms", "Array of shape (layers,)", "first layer first", points=0.1)
def test_gradient_norms_works_at_any_depth(student, rng):
    for sizes in [(4, 3), *DEPTHS]:
        grads = some_grads(rng, sizes)
        are_norms(student.gradient_norms(grads), grads)


@grades("gradient_norms", UNCHANGED, points=0.1, kind="finish")
def test_gradient_norms_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.gradient_norms, lambda: (some_grads(rng),))


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
