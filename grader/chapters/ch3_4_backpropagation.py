"""Backpropagation for training MLPs"""

from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance, training
from grader.vocabulary.draws import SMALL_IMAGE, labeled_images, points, seeded, small_images
from grader.vocabulary.grades import grades

NAMES = ("W1", "b1", "W2", "b2")
PARTS = ("loss", "grads")
GRADS = ("dW1", "db1", "dW2", "db2")
WIDTHS = (784, 256, 10)
UNCHANGED = "No function changes its arguments."
DTYPES = "float32 in gives float32 out, float64 gives float64"
INTEGERS = "integers give float64"


def small_mlp(rng, n=5, d=4, hidden=6, classes=3):
    """A batch, one-hot labels and parameters for central differences.

    No ReLU input is so near 0 that h could cross it, and no true class is so certain or so
    unlikely that an epsilon in the learner's logarithm would show.
    """
    while True:
        X = rng.normal(size=(n, d))
        params = [
            rng.normal(size=(d, hidden)) / np.sqrt(d),
            rng.normal(size=hidden),
            rng.normal(size=(hidden, classes)) / np.sqrt(hidden),
            rng.normal(size=classes),
        ]
        y = np.eye(classes)[rng.integers(classes, size=n)]
        truth = (oracles.mlp(X, params)[-1] * y).sum(axis=1)
        if np.abs(X @ params[0] + params[1]).min() > 1e-3 and np.all(abs(truth - 0.5) < 0.44):
            return X, y, params


def loss_of(X, y):
    return lambda params: oracles.cross_entropy(oracles.mlp(X, params)[-1], y)


def backward_args(X, y, params):
    return X, *oracles.mlp(X, params), y, params[0], params[2]


def some_mlp(rng):
    """A `small_mlp` of random sizes, all different."""
    n, d, hidden, classes = rng.permutation(range(3, 8))[:4].tolist()
    return small_mlp(rng, n, d, hidden, classes)


def is_gradient(got, X, y, params, *only):
    expect.gradient(got, loss_of(X, y), params, GRADS, only=only or GRADS)


def is_backward(backward_mlp, batch, *only):
    is_gradient(backward_mlp(*backward_args(*batch)), *batch, *only)


@grades(
    "backward_mlp",
    "(dW1, db1, dW2, db2), each shaped like its parameter",
    "the exact derivatives of the mean loss, so the 1/n is included",
    points=0.5,
)
def test_backward_mlp_gives_the_gradient_of_the_output_weights(student, rng):
    is_backward(student.backward_mlp, some_mlp(rng), "dW2")


@grades("backward_mlp", "A1 > 0 exactly where Z1 > 0", points=0.5)
def test_backward_mlp_gives_the_gradient_of_the_hidden_weights(student, rng):
    is_backward(student.backward_mlp, some_mlp(rng), "dW1")


@grades("backward_mlp", "each shaped like its parameter", points=0.4)
def test_backward_mlp_gives_the_gradient_of_the_output_biases(student, rng):
    is_backward(student.backward_mlp, some_mlp(rng), "db2")


@grades("backward_mlp", "A1 > 0 exactly where Z1 > 0", points=0.4)
def test_backward_mlp_gives_the_gradient_of_the_hidden_biases(student, rng):
    is_backward(student.backward_mlp, some_mlp(rng), "db1")


@grades("backward_mlp", "inputs of shape (n, d)", points=0.3)
def test_backward_mlp_works_for_a_batch_of_one(student, rng):
    is_backward(student.backward_mlp, small_mlp(rng, n=1, d=int(rng.integers(2, 6))))


@grades("backward_mlp", "one-hot labels of shape (n, k)", points=0.2)
def test_backward_mlp_works_for_many_classes_and_for_square_weights(student, rng):
    size = int(rng.integers(3, 6))
    for sizes in [(7, 2, 3, 10), (size,) * 4]:
        is_backward(student.backward_mlp, small_mlp(rng, *sizes))


@grades("backward_mlp", DTYPES, points=0.3, kind="finish")
def test_backward_mlp_keeps_float32_and_float64(student, rng):
    expect.keeps_dtype(student.backward_mlp, lambda: backward_args(*some_mlp(rng)), GRADS)


@grades("backward_mlp", INTEGERS, points=0.3, kind="finish")
def test_backward_mlp_takes_integer_labels(student, rng):
    def integer_labels():
        X, y, params = some_mlp(rng)
        return backward_args(X, y.astype(np.int64), params)

    expect.takes_integers(student.backward_mlp, integer_labels, GRADS)


@grades("backward_mlp", UNCHANGED, points=0.3, kind="finish")
def test_backward_mlp_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.backward_mlp, lambda: backward_args(*some_mlp(rng)))


def misfits(y):
    """Labels that NumPy would stretch over the output, and others; `y` is square."""
    return y.argmax(axis=1), y[:1], y[:, :1], y[:-1]


@grades("backward_mlp", "ValueError: if A2 and y differ in shape.", points=0.3, kind="finish")
def test_backward_mlp_refuses_labels_of_another_shape(student, rng):
    args, _ = expect.depends_on_arguments(
        student.backward_mlp, lambda: backward_args(*small_mlp(rng, n=4, classes=4))
    )
    X, A1, A2, y, W1, W2 = args
    for other in misfits(y):
        why = f"A2 has shape {A2.shape} and y has shape {other.shape}"
        expect.raises(ValueError, student.backward_mlp, X, A1, A2, other, W1, W2, why=why)


@grades("mlp_loss", "the mean cross-entropy, a float", points=0.8)
def test_mlp_loss_gives_the_loss(student, rng):
    for X, y, params in [some_mlp(rng), small_mlp(rng, n=1)]:
        loss, _ = expect.parts(student.mlp_loss(X, y, params), *PARTS)
        want = loss_of(X, y)(params)
        expect.right(loss, want, what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)


@grades("mlp_loss", "a list of gradients in the order and shapes of params", points=0.8)
def test_mlp_loss_gives_the_gradients(student, rng):
    for X, y, params in [some_mlp(rng), small_mlp(rng, n=1), small_mlp(rng, 8, 3, 5, 10)]:
        _, grads = expect.parts(student.mlp_loss(X, y, params), *PARTS)
        is_gradient(grads, X, y, params)


@grades(
    "mlp_loss", "A loss is the mean over the examples, always finite.", points=0.1, kind="finish"
)
def test_mlp_loss_stays_exact_where_the_network_is_certain(student, rng):
    """Surer mistakes cost more, and the gradients have long stopped changing."""
    expect.depends_on_arguments(student.mlp_loss, lambda: some_mlp(rng))
    X, _, params = small_mlp(rng, n=6)
    order = rng.permuted([1.0, 0.0, -1.0])
    y = np.eye(3)[rng.permuted([order.argmax(), order.argsort()[1]] * 3)]

    def certain(gap, dtype):
        """The learner's loss and gradients if the scores lie some `gap` apart."""
        args = [arg.astype(dtype) for arg in (X, y, *params[:3], params[3] + gap * order)]
        loss, grads = expect.parts(student.mlp_loss(args[0], args[1], args[2:]), *PARTS)
        return abs(expect.number(loss, what="`loss`")), expect.parts(grads, *GRADS)

    less, _ = certain(6, np.float64)
    _, own = certain(14, np.float64)
    own = [
        expect.array(grad, what=f"`{name}`", dtype=None)
        for grad, name in zip(own, GRADS, strict=True)
    ]
    for dtype in (np.float64, np.float32):
        loss, grads = certain(int(rng.integers(800, 3000)), dtype)
        expect.at_least(loss, less, what="the loss of sure mistakes")
        expect.close_list(grads, own, GRADS, tolerance=tolerance.CERTAIN, dtype=None)


@grades("mlp_loss", DTYPES, points=0.2, kind="finish")
def test_mlp_loss_keeps_float32_and_float64(student, rng):
    expect.keeps_dtype(student.mlp_loss, lambda: some_mlp(rng), PARTS)


@grades("mlp_loss", INTEGERS, points=0.2, kind="finish")
def test_mlp_loss_takes_integer_labels(student, rng):
    def integer_labels():
        X, y, params = some_mlp(rng)
        return X, y.astype(np.int64), params

    expect.takes_integers(student.mlp_loss, integer_labels, PARTS)


@grades("mlp_loss", UNCHANGED, points=0.2, kind="finish")
def test_mlp_loss_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.mlp_loss, lambda: some_mlp(rng))


@grades(
    "mlp_loss", "ValueError: if y does not have the shape of the output.", points=0.2, kind="finish"
)
def test_mlp_loss_refuses_labels_of_another_shape(student, rng):
    (X, y, params), _ = expect.depends_on_arguments(
        student.mlp_loss, lambda: small_mlp(rng, n=4, classes=4)
    )
    for other in misfits(y):
        why = f"the output has shape {y.shape} and y has shape {other.shape}"
        expect.raises(ValueError, student.mlp_loss, X, other, params, why=why)


def trained(got, hidden=WIDTHS[1], updates=None, widths=None):
    """`(params, losses)` of a training run, validated; on images unless `widths` is given."""
    params, losses = expect.parts(got, "params", "losses")
    d, hidden, k = widths or (WIDTHS[0], hidden, WIDTHS[2])
    shapes = [(d, hidden), (hidden,), (hidden, k), (k,)]
    return expect.arrays(params, shapes, NAMES), expect.losses(losses, updates)


def trainer(student, rng, hidden=12):
    """The learner's training, from the same seed each time."""
    seed = seeded(rng)

    def train(X, y, lr, epochs, batch_size):
        got = student.train_mlp(X, y, hidden, lr, epochs, batch_size, seed)
        updates = epochs * -(-len(X) // batch_size)
        return trained(got, updates=updates, widths=(X.shape[1], hidden, y.shape[1]))

    return training.Trainer(train, oracles.mlp_loss, NAMES)


STARTS, STEPS = "train_mlp_starts_near_ln_10", "train_mlp_steps_down_the_gradient"


@grades("train_mlp", "Train a two-layer perceptron from random weights", points=0.25)
def test_train_mlp_starts_near_ln_10(student, dataset, rng):
    trainer(student, rng, hidden=64).starts_near_chance(*labeled_images(dataset, rng, 128))


@grades("train_mlp", "by mini-batch gradient descent", "lr: learning rate", points=0.75)
def test_train_mlp_steps_down_the_gradient(student, rng):
    lr = float(rng.uniform(0.05, 0.2))
    trainer(student, rng).steps_down_the_gradient(*points(rng), lr)


@grades("train_mlp", "a list of floats, one per update, oldest first", points=0.25)
def test_train_mlp_records_the_loss_before_each_update(student, rng):
    lr = float(rng.uniform(0.1, 0.3))
    trainer(student, rng).records_losses_before_updates(*points(rng, n=70), lr)


@grades(
    "train_mlp",
    "epochs: number of passes over the data",
    "batch_size: examples per update",
    "and the shuffling",
    points=0.5,
)
def test_train_mlp_sees_every_example_once_per_epoch(student, rng):
    orders = trainer(student, rng).sees_every_example_once_per_epoch(*points(rng, n=20))
    training.is_shuffled_again(orders)
    trainer(student, rng).updates_after_each_batch(*points(rng, n=1), float(rng.uniform(0.05, 0.2)))


@grades("train_mlp", "hidden: number of hidden units h", points=0.25, after=STEPS)
def test_train_mlp_memorizes_32_images(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 32)
    got = student.train_mlp(X, y, 32, 0.1, 300, 32, seeded(rng))
    params, losses = trained(got, hidden=32)
    training.is_memorized(oracles.mlp(X, params)[-1], y, losses, 300)


@grades(
    "train_mlp",
    "params = [W1, b1, W2, b2]",
    points=0.75,
    after="train_mlp_memorizes_32_images",
)
def test_train_mlp_recognizes_images_it_has_not_seen(student, dataset, rng):
    train = student.train_mlp.within(gates.TRAINING_SECONDS[dataset.name])
    X, y = dataset.X_train, gates.one_hot(dataset.y_train)
    settings, seed = gates.long_run(5, dataset), seeded(rng)

    def accuracy_after(epochs):
        params, _ = trained(train(X, y, **settings | {"epochs": epochs}, rng=seed))
        return oracles.accuracy(oracles.mlp(dataset.X_test, params)[-1], dataset.y_test)

    gates.reaches_after(settings["epochs"], accuracy_after, "train_mlp", dataset)


def is_alike(got, want, hidden=WIDTHS[1], widths=None, **options):
    """Two answers of training hold the same numbers."""
    (params, _), (wants, _) = (trained(one, hidden, widths=widths) for one in (got, want))
    expect.close_list(params, wants, NAMES, **options)


@grades(
    "train_mlp",
    "hidden=256",
    "lr=0.1",
    "epochs=5",
    "batch_size=64",
    "rng=None",
    "None means `np.random.default_rng()`",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_mlp_has_its_defaults(student, dataset, rng):
    X, y = small_images(dataset, rng, 100)
    seed, widths = seeded(rng), (SMALL_IMAGE, 256, 10)
    got = student.train_mlp(X, y, rng=seed)
    is_alike(got, student.train_mlp(X, y, 256, 0.1, 5, 64, seed), widths=widths)
    answers = [student.train_mlp(X, y, 12, epochs=1) for _ in range(2)]
    (one, _), (other, _) = (trained(got, widths=(SMALL_IMAGE, 12, 10)) for got in answers)
    training.starts_from_others("train_mlp", one[0], other[0])


@grades(
    "train_mlp",
    "float32 (which is faster), float64 or integers",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_mlp_takes_float32_and_integers(student, rng):
    X, y = rng.integers(0, 4, size=(30, 784)).astype(np.uint8), points(rng, 30, classes=10)[1]
    how, seed = (12, 0.01, 2, 10), seeded(rng)
    want = student.train_mlp(X.astype(float), y, *how, seed)
    whole = student.train_mlp(X, y.astype(np.int64), *how, seed)
    is_alike(whole, want, 12, tolerance=tolerance.AFTER_FLOAT32_UPDATES)
    narrow = student.train_mlp(X.astype(np.float32), y.astype(np.float32), *how, seed)
    trained(narrow, 12)


@grades(
    "train_mlp",
    "rng: numpy.random.Generator for the initial weights",
    "The same seed gives the same result",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_mlp_is_reproducible_with_the_same_rng(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 40)
    how = {"hidden": 32, "epochs": 2, "batch_size": 16}
    got = expect.reproducible(student.train_mlp, X, y, **how, rng=seeded(rng))
    params, _ = trained(got, 32)
    others, _ = trained(student.train_mlp(X, y, **how, rng=seeded(rng)), 32)
    expect.that(
        np.abs(params[0] - others[0]).mean() > 1e-2 * np.abs(params[0]).mean(),
        "`train_mlp` gives the same weights for two different seeds: draw them from `rng`",
    )


@grades("train_mlp", "No function changes its arguments", points=0.25, kind="finish", after=STARTS)
def test_train_mlp_leaves_its_arguments_alone(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 40)
    how = {"hidden": 32, "epochs": 2, "batch_size": 16}
    for dtype in (np.float32, np.float64):
        args = X.astype(dtype), y.astype(dtype)
        trained(expect.unchanged(student.train_mlp, *args, **how, rng=seeded(rng)), 32)


@grades(
    "train_mlp",
    "Let NumPy do the loops",
    points=0.25,
    kind="finish",
    after="train_mlp_memorizes_32_images",
)
def test_train_mlp_leaves_the_loops_to_numpy(student, dataset, rng):
    _, hidden, _ = widths = (SMALL_IMAGE, 8, 10)
    X, y = small_images(dataset, rng, 640)
    still = {"lr": training.NOTHING}  # so that each loss is one of the final parameters

    def draw():
        X, y = small_images(dataset, rng, 640)
        call = partial(student.train_mlp.call, X, y, hidden, epochs=8, **still, rng=seeded(rng))

        def check(got):
            params, losses = trained(got, widths=widths)
            training.are_losses_of(losses, oracles.mlp_loss(X, y, params)[0])

        return call, check

    gates.vectorized(
        draw,
        lambda: gates.train_plainly(X, y, widths, batch_size=64, epochs=8),
        factor=12,
        what="training",
        against="a plain NumPy loop over the batches",
    )
