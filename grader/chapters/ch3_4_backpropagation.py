"""Backpropagation for training MLPs"""

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance
from grader.vocabulary.grades import grades

NAMES = ("W1", "b1", "W2", "b2")
GRADS = ("dW1", "db1", "dW2", "db2")
WIDTHS = (784, 256, 10)


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


def narrow(values):
    """The values in float32."""
    return [value.astype(np.float32) for value in values]


@grades("backward_mlp", points=2)
def test_backward_mlp_is_the_gradient_in_every_coordinate(student, rng):
    X, y, params = small_mlp(rng)
    got = student.backward_mlp(*backward_args(X, y, params))
    expect.gradient(got, loss_of(X, y), params, GRADS)


@grades("backward_mlp", points=0.5)
def test_backward_mlp_works_for_a_batch_of_one_and_for_many_classes(student, rng):
    many = {"n": 7, "d": 2, "hidden": 3, "classes": 10}
    for sizes in [{"n": 1}, many, {"n": 4, "d": 4, "hidden": 4, "classes": 4}]:
        X, y, params = small_mlp(rng, **sizes)
        got = student.backward_mlp(*backward_args(X, y, params))
        expect.gradient(got, loss_of(X, y), params, GRADS)


@grades("backward_mlp", points=0.5)
def test_backward_mlp_keeps_float32_and_takes_integers(student, rng):
    X, y, params = small_mlp(rng)
    args = narrow(backward_args(X, y, params))
    wants = narrow(expect.central_differences(loss_of(X, y), params))
    expect.close_list(student.backward_mlp(*args), wants, GRADS)
    X, A1, A2, y, W1, W2 = backward_args(X, y, params)
    got = student.backward_mlp(X, A1, A2, y.astype(np.int64), W1, W2)
    expect.gradient(got, loss_of(X, y), params, GRADS)


@grades("backward_mlp", points=0.5)
def test_backward_mlp_leaves_its_arguments_alone(student, rng):
    X, y, params = small_mlp(rng)
    got = expect.unchanged(student.backward_mlp, *backward_args(X, y, params))
    expect.gradient(got, loss_of(X, y), params, GRADS)


def is_loss_and_gradients(got, X, y, params):
    loss, grads = expect.parts(got, "loss", "grads")
    expect.close(loss, loss_of(X, y)(params), what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)
    expect.gradient(grads, loss_of(X, y), params, GRADS)


@grades("mlp_loss", points=1)
def test_mlp_loss_gives_the_loss_and_its_gradients(student, rng):
    for sizes in [{}, {"n": 1}, {"n": 8, "d": 3, "hidden": 5, "classes": 10}]:
        X, y, params = small_mlp(rng, **sizes)
        is_loss_and_gradients(student.mlp_loss(X, y, params), X, y, params)


@grades("mlp_loss", points=0.5)
def test_mlp_loss_stays_exact_where_the_network_is_certain(student, rng):
    X, _, params = small_mlp(rng, n=6)
    params[3] += [1000, 0, -1000]  # certain that every example is of class 0
    y = np.eye(3)[[0, 1, 2, 0, 0, 1]]
    delta = (np.eye(3)[[0] * 6] - y) / 6
    hidden = oracles.mlp(X, params)[0]
    slopes = (delta @ params[2].T) * (hidden > 0)
    wants = [X.T @ slopes, slopes.sum(axis=0), hidden.T @ delta, delta.sum(axis=0)]
    for dtype in (np.float64, np.float32):
        args = X.astype(dtype), y.astype(dtype), [param.astype(dtype) for param in params]
        loss, grads = expect.parts(student.mlp_loss(*args), "loss", "grads")
        expect.at_least(
            expect.number(loss, what="`loss`"), 5, what="the loss of confident mistakes"
        )
        expect.close_list(
            grads,
            [want.astype(dtype) for want in wants],
            GRADS,
            tolerance=tolerance.rounding(np.float32),
        )


@grades("mlp_loss", points=0.5)
def test_mlp_loss_keeps_float32_and_leaves_its_arguments_alone(student, rng):
    X, y, params = small_mlp(rng)
    is_loss_and_gradients(expect.unchanged(student.mlp_loss, X, y, params), X, y, params)
    got = student.mlp_loss(*narrow([X, y]), narrow(params))
    loss, grads = expect.parts(got, "loss", "grads")
    expect.close(loss, np.float32(loss_of(X, y)(params)), what="`loss`")
    wants = narrow(expect.central_differences(loss_of(X, y), params))
    expect.close_list(grads, wants, GRADS)


@grades("mlp_loss", points=0.5)
def test_mlp_loss_refuses_labels_of_another_shape(student, rng):
    X, y, params = small_mlp(rng, n=3, classes=3)
    is_loss_and_gradients(student.mlp_loss(X, y, params), X, y, params)
    for other in (y.argmax(axis=1), y[:1], y[:, :1]):
        why = f"the output has shape {y.shape} and y has shape {other.shape}"
        expect.raises(ValueError, student.mlp_loss, X, other, params, why=why)


def seeded(rng):
    return expect.Seeded(int(rng.integers(2**31)))


def trained(got, hidden=WIDTHS[1], updates=None, widths=None):
    """`(params, losses)` of a training run, validated; on images unless `widths` is given."""
    params, losses = expect.parts(got, "params", "losses")
    d, hidden, k = widths or (WIDTHS[0], hidden, WIDTHS[2])
    shapes = [(d, hidden), (hidden,), (hidden, k), (k,)]
    return expect.arrays(params, shapes, NAMES), expect.losses(losses, updates)


def images(dataset, rng, count):
    """`count` training images, drawn at random, with one-hot labels."""
    chosen = rng.choice(len(dataset.X_train), size=count, replace=False)
    return dataset.X_train[chosen], gates.one_hot(dataset.y_train[chosen])


@grades("train_mlp", points=0.5)
def test_train_mlp_starts_near_ln_10(student, dataset, rng):
    X, y = images(dataset, rng, 128)
    got = student.train_mlp(X, y, epochs=1, batch_size=128, rng=seeded(rng))
    gates.starts_near_chance(trained(got)[1])


@grades("train_mlp", points=0.5, after="train_mlp_starts_near_ln_10")
def test_train_mlp_memorizes_32_images(student, dataset, rng):
    X, y = images(dataset, rng, 32)
    got = student.train_mlp(X, y, 64, 0.1, 300, 32, seeded(rng))
    params, losses = trained(got, hidden=64)
    gates.falls_to(losses, 0.1)
    accuracy = oracles.accuracy(oracles.mlp(X, params)[-1], y.argmax(axis=1))
    expect.at_least(100 * accuracy, 100, what="accuracy on the 32 training images", unit="%")


@grades("train_mlp", points=1, after="train_mlp_memorizes_32_images")
def test_train_mlp_recognizes_images_it_has_not_seen(student, dataset, rng):
    train = student.train_mlp.within(gates.TRAINING_SECONDS[dataset.name])
    X, y = dataset.X_train, gates.one_hot(dataset.y_train)
    params, _ = trained(train(X, y, **gates.long_run(5, dataset), rng=seeded(rng)))
    accuracy = oracles.accuracy(oracles.mlp(dataset.X_test, params)[-1], dataset.y_test)
    gates.reaches(accuracy, "train_mlp", dataset)


@grades("train_mlp", points=0.5)
def test_train_mlp_uses_its_settings(student, dataset, rng):
    X, y = images(dataset, rng, 70)
    settings = {"hidden": 12, "batch_size": 16, "epochs": 3}
    trained(student.train_mlp(X, y, **settings, rng=seeded(rng)), hidden=12, updates=3 * 5)
    trained(student.train_mlp(X, y, **settings), hidden=12, updates=3 * 5)  # any rng will do
    X, y = rng.normal(size=(9, 5)), np.eye(3)[rng.integers(3, size=9)]
    got = student.train_mlp(X, y, hidden=4, epochs=2, batch_size=4, rng=seeded(rng))
    trained(got, updates=2 * 3, widths=(5, 4, 3))
    X, y = images(dataset, rng, 70)
    for lr, falls in [(0.1, True), (1e-7, False)]:
        got = student.train_mlp(X, y, hidden=12, lr=lr, epochs=200, batch_size=70, rng=seeded(rng))
        _, losses = trained(got, hidden=12, updates=200)
        fall = losses[0] - losses[-1]
        expect.that(
            fall > 0.1 if falls else abs(fall) < 1e-3,
            f"with lr={lr:g} the loss {'should fall' if falls else 'should hardly move'}",
            expected="a fall of more than 0.1" if falls else "a change of less than 0.001",
            got=f"{losses[0]:.6g} at first, {losses[-1]:.6g} at the end",
        )


def learns(got, X, y, hidden, updates):
    """The losses start near ln 10 and fall, and the images are recognized; returns `params`."""
    params, losses = trained(got, hidden, updates)
    gates.starts_near_chance(losses)
    gates.falls_to(losses, 1)
    accuracy = oracles.accuracy(oracles.mlp(X, params)[-1], y.argmax(axis=1))
    expect.at_least(100 * accuracy, 80, what="accuracy on the training images", unit="%")
    return params


@grades("train_mlp", points=0.5)
def test_train_mlp_is_reproducible_with_the_same_rng(student, dataset, rng):
    X, y = images(dataset, rng, 40)
    settings = {"hidden": 32, "epochs": 100, "batch_size": 16}
    got = expect.reproducible(student.train_mlp, X, y, **settings, rng=seeded(rng))
    params = learns(got, X, y, hidden=32, updates=300)
    others, _ = trained(student.train_mlp(X, y, **settings, rng=seeded(rng)), hidden=32)
    expect.that(
        np.abs(params[0] - others[0]).mean() > 1e-4,
        "`train_mlp` gives the same weights for two different seeds: draw them from `rng`",
    )


@grades("train_mlp", points=0.5)
def test_train_mlp_leaves_its_arguments_alone(student, dataset, rng):
    X, y = images(dataset, rng, 40)
    settings = {"hidden": 32, "epochs": 100, "batch_size": 16, "rng": seeded(rng)}
    got = expect.unchanged(student.train_mlp, X, y, **settings)
    learns(got, X, y, hidden=32, updates=300)


@grades("train_mlp", points=0.5, after="train_mlp_memorizes_32_images")
def test_train_mlp_leaves_the_loops_to_numpy(student, dataset, rng):
    X, y = images(dataset, rng, 640)
    trained(student.train_mlp(X, y, epochs=1, rng=seeded(rng)), updates=10)
    gates.vectorized(
        lambda **how: student.train_mlp.call(X, y, epochs=3, rng=seeded(rng), **how),
        lambda: gates.calibrate_dense(X, WIDTHS, batch_size=64, epochs=3),
        factor=25,
        what="training",
    )
