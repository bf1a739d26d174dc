"""Color images and a deeper CNN (optional)"""

from functools import cache

import numpy as np

import data
from grader.vocabulary import expect, gates, oracles
from grader.vocabulary.grades import grades

# Always graded on the colored digits, whatever `--data` says: they need no download.
SETTINGS = {"epochs": 10, "batch_size": 32}
COLORS = ("red", "green", "blue")


@cache
def images():
    """The colored digits."""
    return data.load("colored_digits")


def patient(student):
    """The learner's training function, given enough time for a slow architecture."""
    return student.train_color_cnn.within(gates.TRAINING_SECONDS["colored_digits"])


def real_run(student, rng):
    """The `Call` of the one training run that the checks share.

    The classes are renumbered, so that parameters trained elsewhere do not fit.
    """

    def train():
        colored = images()
        y = gates.one_hot(rng.permutation(gates.CLASSES)[colored.y_train])
        return patient(student).call(colored.X_train, y, rng=expect.Seeded(1), **SETTINGS)

    return student.shared("colored", train)


def trained(student, rng):
    """`(params, losses)` of the real run; `params` may have any form."""
    return gates.outcome(real_run(student, rng).reply.value)


def unseen(student, rng, count=None):
    """Test images and their labels, numbered as in the real run."""
    colored, y = images(), real_run(student, rng).args[1]
    number = np.zeros(gates.CLASSES, dtype=int)
    number[colored.y_train] = y.argmax(axis=1)
    return colored.X_test[:count], number[colored.y_test[:count]]


def few(n):
    """Enough images to see that training runs, but few enough to replay it."""
    colored = images()
    return colored.X_train[:n], gates.one_hot(colored.y_train[:n])


def predict(student, X, params):
    return gates.probabilities(student.predict_color_cnn(X, params), len(X))


@grades("train_color_cnn", points=0.5)
def test_train_color_cnn_starts_near_ln_10(student):
    X, y = few(16)
    got = patient(student)(X, y, epochs=1, batch_size=8, rng=expect.Seeded(2))
    gates.starts_near_chance(gates.outcome(got)[1])


@grades("train_color_cnn", points=1, after="train_color_cnn_starts_near_ln_10")
def test_train_color_cnn_lowers_the_loss(student, rng):
    params, losses = trained(student, rng)
    gates.falls(losses, about=real_run(student, rng).reply.value)
    X, y = real_run(student, rng).args
    gates.better_than_guessing(predict(student, X[:200], params), y[:200].argmax(axis=1))


@grades("train_color_cnn", points=2.5, after="train_color_cnn_lowers_the_loss")
def test_train_color_cnn_reads_colored_digits_it_has_not_seen(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng)
    accuracy = oracles.accuracy(predict(student, X, params), labels)
    gates.reaches(accuracy, "train_color_cnn", images())


@grades("train_color_cnn", points=1, after="train_color_cnn_starts_near_ln_10")
def test_train_color_cnn_is_reproducible_with_the_same_rng(student):
    X, y = few(8)
    settings = {"epochs": 2, "batch_size": 3}
    got = expect.reproducible(patient(student), X, y, rng=expect.Seeded(3), **settings)
    params, _ = gates.outcome(got)
    A = predict(student, X, params)
    other = patient(student)(X, y, rng=expect.Seeded(4), **settings)
    expect.that(
        not np.array_equal(A, predict(student, X, other[0])),
        "`train_color_cnn` gives the same network for every `rng`: draw the weights from `rng`",
        about=other,
    )


@grades("train_color_cnn", points=0.5, after="train_color_cnn_starts_near_ln_10")
def test_train_color_cnn_uses_epochs_and_batch_size(student):
    X, y = few(6)
    settings = {"epochs": 1, "batch_size": 2}
    got = [
        patient(student)(X, y, rng=expect.Seeded(5), **settings | other)
        for other in ({}, {"epochs": 3}, {"batch_size": 6})
    ]
    predicted = [predict(student, X, expect.parts(answer, "params", "losses")[0]) for answer in got]
    for other, name in [(1, "epochs"), (2, "batch_size")]:
        expect.that(
            not np.array_equal(predicted[0], predicted[other]),
            f"`train_color_cnn` gives the same network for every `{name}`: use the argument",
            about=got[other],
        )


@grades("train_color_cnn", points=0.5, after="train_color_cnn_starts_near_ln_10")
def test_train_color_cnn_leaves_its_arguments_alone(student):
    X, y = few(16)
    got = expect.unchanged(patient(student), X, y, epochs=1)  # any rng and batch size will do
    params, _ = gates.outcome(got)
    predict(student, X, params)


@grades("predict_color_cnn", points=0.5)
def test_predict_color_cnn_gives_probabilities(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng)
    A = gates.probabilities(expect.unchanged(student.predict_color_cnn, X, params), len(X))
    gates.better_than_guessing(A, labels)


@grades("predict_color_cnn", points=0.5)
def test_predict_color_cnn_prepares_images_as_training_did(student, rng):
    params, losses = trained(student, rng)
    X, y = (array[:300] for array in real_run(student, rng).args)
    A = np.maximum(predict(student, X, params), 1e-12)
    _, last = gates.fifths(losses)
    expect.at_most(
        oracles.cross_entropy(A, y),
        round(2 * last + 0.25, 2),
        what="the loss of the predictions for the training images",
        note=f"training ended at {last:.3g}: do both prepare the images in the same way?",
    )


@grades("predict_color_cnn", points=1)
def test_predict_color_cnn_judges_each_image_independently(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng, 100)
    gates.judges_each_independently(lambda X: predict(student, X, params), X, labels)


@grades("predict_color_cnn", points=1)
def test_predict_color_cnn_looks_at_all_three_channels(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng, 60)
    A = predict(student, X, params)
    for c, color in enumerate(COLORS):
        other = X.copy()
        other[:, c] = np.roll(X[:, c], 1, axis=0)
        changes(
            A,
            predict(student, other, params),
            f"the predictions should depend on the {color} channel of the images, but do not",
        )
    changes(
        A,
        predict(student, np.ascontiguousarray(X[:, [1, 2, 0]]), params),
        "the predictions should depend on the order of the channels, but do not",
    )
    gates.better_than_guessing(predict(student, X, params), labels)


def changes(before, after, headline):
    """The largest change of a probability is more than rounding."""
    change = np.abs(before - after).max()
    expect.that(
        change > 1e-3,
        headline,
        expected="different probabilities",
        got=f"the same to within {change:.1g}",
        note="a filter has separate weights for each channel and adds up the results",
    )


@grades("predict_color_cnn", points=1)
def test_predict_color_cnn_uses_the_params_it_is_given(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng, 100)
    gates.better_than_guessing(predict(student, X, params), labels)
    other, y = few(64)
    wrong = np.roll(y, 1, axis=1)
    patient(student)(other, wrong, epochs=1, batch_size=16, rng=expect.Seeded(6))
    gates.better_than_guessing(predict(student, X, params), labels)
