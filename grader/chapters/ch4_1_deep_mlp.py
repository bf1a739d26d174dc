"""Deeper MLPs and vanishing gradients."""

from functools import partial
from itertools import pairwise

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance, training
from grader.vocabulary.draws import SMALL_IMAGE, labeled_images, points, seeded, small_images
from grader.vocabulary.grades import grades
from grader.vocabulary.values import figure

WIDTHS = (784, 256, 128, 10)
SIZES = (4, 6, 5, 3)  # inputs, two hidden layers, classes
DEPTHS = [(1, 5, 2), (5, 4, 6, 5, 3), (3, 4, 3, 4, 3, 4)]  # 2, 4 and 5 layers
ACTIVATIONS = ("sigmoid", "tanh", "relu")
UNCHANGED = "No function changes its arguments."
DTYPES = "float32 in gives float32 out, float64 gives float64"
INTEGERS = "integers give float64"


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
    expect.gradient(got, loss_of(X, y, activation), params, names, **options)


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
        f"`W / sqrt(2 / (fan_in + fan_out))` should have {name} {want} but has {figure(moment)}",
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


@grades(
    "forward_deep_mlp",
    "activation='relu'",
    "one per layer, first layer first",
    "X is not in the list",
    points=0.4,
)
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


@grades("forward_deep_mlp", "a perceptron of any depth", points=0.2)
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
        got = expect.silent(student.forward_deep_mlp, 30000 * X, params, name)
        expect.that(isinstance(got, (list, tuple)), "the answer should be a list of arrays")
        for part in got:
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


def trained(got, sizes, updates=None):
    """`(params, losses)` of a training run, validated."""
    params, losses = expect.parts(got, "params", "losses")
    shapes = shapes_of(sizes)
    return expect.arrays(params, shapes, names_of(shapes)), expect.losses(losses, updates)


def trainer(student, rng, hidden=(16, 10)):
    """The learner's training, from the same seed each time."""
    seed = seeded(rng)

    def train(X, y, lr, epochs, batch_size):
        got = student.train_deep_mlp(X, y, hidden, lr, epochs, batch_size, seed)
        updates = epochs * -(-len(X) // batch_size)
        return trained(got, [X.shape[1], *hidden, y.shape[1]], updates)

    return training.Trainer(train, oracles.mlp_loss, names_of(shapes_of([0, *hidden, 0])))


STARTS = "train_deep_mlp_starts_near_ln_10"
STEPS = "train_deep_mlp_steps_by_minus_lr_times_the_gradient"


@grades("train_deep_mlp", "Train a deep perceptron with ReLU hidden layers", points=0.25)
def test_train_deep_mlp_starts_near_ln_10(student, dataset, rng):
    trainer(student, rng, hidden=(64, 32)).starts_near_chance(*labeled_images(dataset, rng, 64))


@grades("train_deep_mlp", "by mini-batch gradient descent", "learning rate", points=0.75)
def test_train_deep_mlp_steps_by_minus_lr_times_the_gradient(student, rng):
    lr = float(rng.uniform(0.01, 0.05))
    trainer(student, rng).steps_down_the_gradient(*points(rng), lr)


@grades("train_deep_mlp", "a list of floats, one per update, oldest first", points=0.25)
def test_train_deep_mlp_records_the_loss_before_each_update(student, rng):
    lr = float(rng.uniform(0.1, 0.3))
    trainer(student, rng).records_losses_before_updates(*points(rng, n=70), lr)


@grades("train_deep_mlp", "passes over the data, examples per update", points=0.5)
def test_train_deep_mlp_sees_every_example_once_per_epoch_in_a_new_order(student, rng):
    orders = trainer(student, rng).sees_every_example_once_per_epoch(*points(rng, n=20))
    training.is_shuffled_again(orders)
    trainer(student, rng).updates_after_each_batch(*points(rng, n=1), float(rng.uniform(0.05, 0.2)))


@grades(
    "train_deep_mlp",
    "hidden: sizes of the hidden layers, first layer first",
    points=0.25,
    after=STEPS,
)
def test_train_deep_mlp_memorizes_32_images(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 32)
    train, seed = student.train_deep_mlp.within(60), seeded(rng)
    for epochs in (125, 250):  # small weights need the second run
        got = train(X, y, (64, 32), 0.1, epochs, 8, seed)
        params, losses = trained(got, (784, 64, 32, 10))
        if losses[-5:].mean() < 0.01:
            break
    training.is_memorized(oracles.mlp(X, params)[-1], y, losses, 4 * epochs)


@grades(
    "train_deep_mlp",
    "params = [W1, b1, W2, b2, ...]",
    points=0.75,
    after="train_deep_mlp_memorizes_32_images",
)
def test_train_deep_mlp_recognizes_images_it_has_not_seen(student, dataset, rng):
    train = student.train_deep_mlp.within(gates.TRAINING_SECONDS[dataset.name])
    X, y = dataset.X_train, gates.one_hot(dataset.y_train)
    settings, seed = gates.long_run(5, dataset), seeded(rng)

    def accuracy_after(epochs):
        params, _ = trained(train(X, y, **settings | {"epochs": epochs}, rng=seed), WIDTHS)
        return oracles.accuracy(oracles.mlp(dataset.X_test, params)[-1], dataset.y_test)

    gates.reaches_after(settings["epochs"], accuracy_after, "train_deep_mlp", dataset)


def is_alike(got, want, sizes, **options):
    """Two answers of training hold the same numbers."""
    (params, _), (wants, _) = (trained(one, sizes) for one in (got, want))
    expect.close_list(params, wants, names_of(params), **options)


@grades(
    "train_deep_mlp",
    "hidden=(256, 128)",
    "lr=0.1",
    "epochs=5",
    "batch_size=64",
    "rng=None",
    "None means `np.random.default_rng()`",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_deep_mlp_has_its_defaults(student, dataset, rng):
    X, y = small_images(dataset, rng, 100)
    seed, widths = seeded(rng), (SMALL_IMAGE, 256, 128, 10)
    got = student.train_deep_mlp(X, y, rng=seed)
    is_alike(got, student.train_deep_mlp(X, y, (256, 128), 0.1, 5, 64, seed), widths)
    answers = [student.train_deep_mlp(X, y, (8,), epochs=1) for _ in range(2)]
    (one, _), (other, _) = (trained(got, (SMALL_IMAGE, 8, 10)) for got in answers)
    training.starts_from_others("train_deep_mlp", one[0], other[0])


@grades(
    "train_deep_mlp",
    "float32 (which is faster), float64 or integers",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_deep_mlp_takes_float32_and_integers(student, rng):
    X, y = rng.integers(0, 4, size=(30, 20)).astype(np.uint8), points(rng, 30)[1]
    how, seed, sizes = ((12, 8), 0.01, 2, 10), seeded(rng), (20, 12, 8, 3)
    want = student.train_deep_mlp(X.astype(float), y, *how, seed)
    whole = student.train_deep_mlp(X, y.astype(np.int64), *how, seed)
    is_alike(whole, want, sizes, tolerance=tolerance.AFTER_FLOAT32_UPDATES)
    narrow = student.train_deep_mlp(X.astype(np.float32), y.astype(np.float32), *how, seed)
    trained(narrow, sizes)


@grades(
    "train_deep_mlp",
    "rng: numpy.random.Generator for the initial weights",
    "The same seed gives the same result",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_deep_mlp_is_reproducible_with_the_same_rng_only(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 100)
    how = {"hidden": (8, 6), "epochs": 3, "batch_size": 30}
    got = expect.reproducible(student.train_deep_mlp, X, y, **how, rng=seeded(rng))
    params, _ = trained(got, (784, 8, 6, 10))
    others, _ = trained(student.train_deep_mlp(X, y, **how, rng=seeded(rng)), (784, 8, 6, 10))
    expect.that(
        any(np.abs(a - b).max() > 1e-6 for a, b in zip(params, others, strict=True)),
        "`train_deep_mlp` gives the same parameters for two different seeds: draw them from `rng`",
    )


@grades(
    "train_deep_mlp", "No function changes its arguments", points=0.25, kind="finish", after=STARTS
)
def test_train_deep_mlp_leaves_its_arguments_alone(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 40)
    how = {"hidden": (8, 6), "epochs": 2, "batch_size": 16}
    for dtype in (np.float32, np.float64):
        args = X.astype(dtype), y.astype(dtype)
        got = expect.unchanged(student.train_deep_mlp, *args, **how, rng=seeded(rng))
        trained(got, (784, 8, 6, 10))


@grades(
    "train_deep_mlp",
    "Let NumPy do the loops",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_deep_mlp_leaves_the_loops_to_numpy(student, dataset, rng):
    _, *hidden, _ = widths = (SMALL_IMAGE, 8, 8, 10)
    X, y = small_images(dataset, rng, 640)
    still = {"lr": training.NOTHING}  # so that each loss is one of the final parameters
    how = {"hidden": tuple(hidden), "epochs": 8, **still}

    def draw():
        X, y = small_images(dataset, rng, 640)
        call = partial(student.train_deep_mlp.call, X, y, **how, rng=seeded(rng))

        def check(got):
            params, losses = trained(got, widths)
            training.are_losses_of(losses, oracles.mlp_loss(X, y, params)[0])

        return call, check

    gates.vectorized(
        draw,
        lambda: gates.train_plainly(X, y, widths, batch_size=64, epochs=8),
        factor=12,
        what="training",
        against="a plain NumPy loop over the batches",
    )
