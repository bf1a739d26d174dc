"""Backpropagation for training MLPs."""

import numpy as np

from grader import expect, gates, oracles
from grader.plugin import grades

NAMES = ("W1", "b1", "W2", "b2")
GRADS = ("dW1", "db1", "dW2", "db2")
WIDTHS = (784, 256, 10)


def small_mlp(rng, n=5, d=4, hidden=6, classes=3):
    """A batch, its one-hot labels and parameters, no ReLU so near its kink that h could cross it."""
    while True:
        X = rng.normal(size=(n, d))
        params = [
            rng.normal(size=(d, hidden)),
            rng.normal(size=hidden),
            rng.normal(size=(hidden, classes)),
            rng.normal(size=classes),
        ]
        if np.abs(X @ params[0] + params[1]).min() > 1e-3:
            y = np.eye(classes)[rng.integers(classes, size=n)]
            return X, y, params


def loss_of(X, y):
    return lambda params: oracles.cross_entropy(oracles.mlp(X, params)[-1], y)


def backward_args(X, y, params):
    return X, *oracles.mlp(X, params), y, params[0], params[2]


@grades("backward_mlp", points=2)
def test_backward_mlp_is_the_gradient_in_every_coordinate(student, rng):
    X, y, params = small_mlp(rng)
    got = student.backward_mlp(*backward_args(X, y, params))
    expect.gradient(got, loss_of(X, y), params, GRADS)


@grades("backward_mlp", points=1)
def test_backward_mlp_works_for_a_batch_of_one_and_for_many_classes(student, rng):
    for sizes in [{"n": 1}, {"n": 7, "d": 2, "hidden": 3, "classes": 10}]:
        X, y, params = small_mlp(rng, **sizes)
        got = student.backward_mlp(*backward_args(X, y, params))
        expect.gradient(got, loss_of(X, y), params, GRADS)


@grades("backward_mlp", points=0.5)
def test_backward_mlp_keeps_float32(student, rng):
    X, y, params = small_mlp(rng)
    args = [np.float32(arg) for arg in backward_args(X, y, params)]
    want = [grad.astype(np.float32) for grad in expect.central_differences(loss_of(X, y), params)]
    expect.close_list(student.backward_mlp(*args), want, GRADS)


@grades("backward_mlp", points=0.5)
def test_backward_mlp_leaves_its_arguments_alone(student, rng):
    X, y, params = small_mlp(rng)
    got = expect.unchanged(student.backward_mlp, *backward_args(X, y, params))
    expect.gradient(got, loss_of(X, y), params, GRADS)


@grades("mlp_loss", points=1.5)
def test_mlp_loss_gives_the_loss_and_its_gradients(student, rng):
    X, y, params = small_mlp(rng)
    loss, grads = expect.parts(student.mlp_loss(X, y, params), "loss", "grads")
    expect.close(loss, loss_of(X, y)(params), what="`loss`", tolerance=expect.EPSILON_ALLOWED)
    expect.gradient(grads, loss_of(X, y), params, GRADS)


@grades("mlp_loss", points=0.5)
def test_mlp_loss_leaves_its_arguments_alone(student, rng):
    X, y, params = small_mlp(rng)
    loss, grads = expect.parts(expect.unchanged(student.mlp_loss, X, y, params), "loss", "grads")
    expect.close(loss, loss_of(X, y)(params), what="`loss`", tolerance=expect.EPSILON_ALLOWED)
    expect.gradient(grads, loss_of(X, y), params, GRADS)


def train(student, X, y, seed, seconds=60, **settings):
    """`(params, losses)` of the learner's training, validated."""
    function = student.train_mlp.within(seconds)
    got = function(X, gates.one_hot(y), rng=expect.Seeded(seed), **settings)
    params, losses = expect.parts(got, "params", "losses")
    hidden = settings.get("hidden", WIDTHS[1])
    shapes = [(X.shape[1], hidden), (hidden,), (hidden, 10), (10,)]
    return expect.arrays(params, shapes, NAMES), expect.losses(losses)


@grades("train_mlp", points=0.5)
def test_train_mlp_starts_near_ln_10(student, dataset):
    _, losses = train(student, dataset.X_train[:64], dataset.y_train[:64], 1, epochs=1)
    gates.starts_near_chance(losses)


@grades("train_mlp", points=0.5, after="train_mlp_starts_near_ln_10")
def test_train_mlp_learns_32_images_by_heart(student, dataset):
    X, y = dataset.X_train[:32], dataset.y_train[:32]
    params, losses = train(student, X, y, 2, hidden=64, lr=0.1, epochs=300, batch_size=32)
    gates.falls_to(losses, 0.1)
    found = oracles.accuracy(oracles.mlp(X, params)[-1], y)
    expect.at_least(100 * found, 100, what="accuracy on the 32 images learnt", unit=" %")


@grades("train_mlp", points=1.5, after="train_mlp_learns_32_images_by_heart")
def test_train_mlp_recognises_images_it_has_not_seen(student, dataset):
    params, _ = train(
        student,
        dataset.X_train,
        dataset.y_train,
        3,
        seconds=gates.TRAINING_SECONDS[dataset.name],
        epochs=gates.epochs(5, dataset),
    )
    found = oracles.accuracy(oracles.mlp(dataset.X_test, params)[-1], dataset.y_test)
    gates.reaches(found, "train_mlp", dataset)


@grades("train_mlp", points=1)
def test_train_mlp_repeats_itself_with_the_same_rng(student, dataset):
    X, y = dataset.X_train[:64], gates.one_hot(dataset.y_train[:64])
    seeded = expect.Seeded(4)
    got = expect.reproducible(student.train_mlp, X, y, hidden=8, epochs=2, batch_size=16, rng=seeded)
    params, losses = expect.parts(got, "params", "losses")
    expect.arrays(params, [(784, 8), (8,), (8, 10), (10,)], NAMES)
    expect.losses(losses, count=8)


@grades("train_mlp", points=0.5, after="train_mlp_starts_near_ln_10")
def test_train_mlp_leaves_the_loops_to_numpy(student, dataset):
    X, y = dataset.X_train[:640], gates.one_hot(dataset.y_train[:640])
    gates.vectorised(
        lambda: student.train_mlp.call(X, y, epochs=3, rng=expect.Seeded(5)),
        lambda: gates.calibrate_dense(X, WIDTHS, batch_size=64, epochs=3),
        factor=25,
        what="training",
    )
