"""Color images and a deeper CNN (optional)"""

from functools import cache, partial

import numpy as np

import data
from grader.vocabulary import expect, gates, oracles, training
from grader.vocabulary.draws import seeded
from grader.vocabulary.finding import Finding
from grader.vocabulary.grades import grades

# Always graded on the colored digits, whatever `--data` says: they need no download.
SETTINGS = {"epochs": 10, "batch_size": 32}
SHORT = {"epochs": 3, "batch_size": 32}  # where most networks have reached the gate
COLORS = ("red", "green", "blue")


@cache
def images():
    """The colored digits."""
    return data.load("colored_digits")


def patient(student):
    """The learner's training function, given enough time for a slow architecture."""
    return student.train_color_cnn.within(gates.TRAINING_SECONDS["colored_digits"])


def real_run(student, rng):
    """The `Call` of the training run that the checks share.

    A network that reaches the gate in a short run is not trained any longer. The classes are
    renumbered, so that parameters trained elsewhere do not fit.
    """

    def train():
        number = rng.permutation(gates.CLASSES)
        call = run(student, number, **(SHORT if gates.EARLY else SETTINGS))
        return call if is_there(student, call) else run(student, number, **SETTINGS)

    return student.shared("colored", train)


def run(student, number, **settings):
    colored = images()
    y = gates.one_hot(number[colored.y_train])
    return patient(student).call(colored.X_train, y, rng=expect.Seeded(1), **settings)


def is_there(student, call):
    """True if a run has reached the gate; what is wrong with it, the checks say."""
    try:
        A = predictions(student, call)
    except Finding:
        return False
    return gates.is_reached(oracles.accuracy(A, labels_of(call)), "train_color_cnn", images())


def predictions(student, call):
    """The learner's answer for the test images after a training run, made only once."""
    params, _ = gates.outcome(call.reply.value)
    X, name = images().X_test, f"predictions after {call.kwargs['epochs']} epochs"
    answer = student.shared(name, lambda: student.predict_color_cnn.call(X, params))
    return gates.probabilities(answer.reply.value, len(X))


def labels_of(call):
    """The labels of the test images, numbered as in a training run."""
    colored, number = images(), np.zeros(gates.CLASSES, dtype=int)
    number[colored.y_train] = call.args[1].argmax(axis=1)
    return number[colored.y_test]


def trained(student, rng):
    """`(params, losses)` of the real run; `params` may have any form."""
    return gates.outcome(real_run(student, rng).reply.value)


def unseen(student, rng, count):
    """Test images and their labels, numbered as in the real run."""
    return images().X_test[:count], labels_of(real_run(student, rng))[:count]


def all_unseen(student, rng):
    """The predictions for all test images after the real run, and their labels."""
    call = real_run(student, rng)
    return predictions(student, call), labels_of(call)


def few(rng, count):
    """Enough images to see that training runs, but few enough to replay it."""
    colored = images()
    chosen = rng.choice(len(colored.X_train), size=count, replace=False)
    return colored.X_train[chosen], gates.one_hot(colored.y_train[chosen])


def predict(student, X, params):
    return gates.probabilities(student.predict_color_cnn(X, params), len(X))


def learns_in_several_layers(student, rng):
    """Other labels change several layers of weights, and fewer images do not change their sizes."""
    X, y = few(rng, 24)
    other = np.concatenate([np.roll(y[:8], 1, axis=1), y[8:]])
    train, seed, how = patient(student), seeded(rng), {"epochs": 2, "batch_size": 8}
    calls = [
        student.shared("labels", lambda: train.call(X, y, **how, rng=seed)),
        student.shared("other labels", lambda: train.call(X, other, **how, rng=seed)),
        student.shared("fewer images", lambda: train.call(X[:16], y[:16], **how, rng=seed)),
    ]
    answers = [gates.outcome(call.reply.value) for call in calls]
    (params, losses), (relabeled, others), (fewer, _) = answers
    training.labels_shape_several_layers(params, relabeled)
    training.losses_depend_on_labels(losses, others, calls[1].reply.value)
    training.keeps_its_size(params, fewer)


LAYERS, LOWERS = "train_color_cnn_learns_in_several_layers", "train_color_cnn_lowers_the_loss"


@grades(
    "train_color_cnn",
    "at least two layers of weights that learn from the labels",
    "in shapes that do not depend on n",
    points=0.5,
)
def test_train_color_cnn_learns_in_several_layers(student, rng):
    learns_in_several_layers(student, rng)


@grades(
    "train_color_cnn",
    "the mean cross-entropy during training",
    "finite floats, oldest first",
    points=0.5,
    after=LAYERS,
)
def test_train_color_cnn_starts_near_ln_10(student, rng):
    X, y = few(rng, 16)
    got = patient(student)(X, y, epochs=1, batch_size=8, rng=seeded(rng))
    gates.starts_near_chance(gates.outcome(got)[1])


@grades("train_color_cnn", "number of passes over the data", points=0.5, after=LAYERS)
def test_train_color_cnn_learns_little_from_one_update(student, rng):
    X, y = few(rng, 48)
    got = patient(student)(X, y, epochs=1, batch_size=48, rng=seeded(rng))
    params, _ = gates.outcome(got)
    loss = oracles.cross_entropy(np.maximum(predict(student, X, params), 1e-12), y)
    expect.at_least(loss, 0.7, what="the loss on 48 images after a single update on them")


@grades(
    "train_color_cnn",
    "Train a network of your choice on color images",
    points=0.75,
    after="train_color_cnn_starts_near_ln_10",
)
def test_train_color_cnn_lowers_the_loss(student, rng):
    params, losses = trained(student, rng)
    answer, again = real_run(student, rng).reply.value, partial(predict, student, params=params)
    gates.falls(losses, about=answer)
    X, y = (array[:200] for array in real_run(student, rng).args)
    training.losses_lead_to(again, X, y, losses, answer)
    gates.better_than_guessing(again(X), y.argmax(axis=1), about=answer)


@grades("train_color_cnn", "all three channels are looked at together", points=2, after=LOWERS)
def test_train_color_cnn_reads_colored_digits_it_has_not_seen(student, rng):
    accuracy = oracles.accuracy(*all_unseen(student, rng))
    gates.reaches(accuracy, "train_color_cnn", images())


@grades(
    "train_color_cnn",
    "rng: numpy.random.Generator for everything random",
    "The same seed gives the same result",
    points=0.5,
    kind="finish",
    after=LAYERS,
)
def test_train_color_cnn_is_reproducible_with_the_same_rng(student, rng):
    X, y = few(rng, 8)
    settings = {"epochs": 2, "batch_size": 3}
    got = expect.reproducible(patient(student), X, y, rng=seeded(rng), **settings)
    params, _ = gates.outcome(got)
    A = predict(student, X, params)
    other = patient(student)(X, y, rng=seeded(rng), **settings)
    expect.that(
        not np.array_equal(A, predict(student, X, other[0])),
        "`train_color_cnn` gives the same network for every `rng`: draw the weights from `rng`",
        about=other,
    )


@grades(
    "train_color_cnn",
    "epochs, batch_size: number of passes over the data, examples per update",
    points=0.25,
    kind="finish",
    after=LAYERS,
)
def test_train_color_cnn_uses_epochs_and_batch_size(student, rng):
    X, y = few(rng, 6)
    settings, seed = {"epochs": 1, "batch_size": 2}, seeded(rng)
    got = [
        patient(student)(X, y, rng=seed, **settings | other)
        for other in ({}, {"epochs": 3}, {"batch_size": 6})
    ]
    predicted = [predict(student, X, expect.parts(answer, "params", "losses")[0]) for answer in got]
    for other, name in [(1, "epochs"), (2, "batch_size")]:
        expect.that(
            not np.array_equal(predicted[0], predicted[other]),
            f"`train_color_cnn` gives the same network for every `{name}`: use the argument",
            about=got[other],
        )


@grades(
    "train_color_cnn",
    "epochs=5",
    "batch_size=64",
    "rng=None",
    "None: `np.random.default_rng()`",
    points=0.25,
    kind="finish",
    after=LAYERS,
)
def test_train_color_cnn_has_its_defaults(student, rng):
    X, y = few(rng, 70)  # more than one batch of 64
    seed = seeded(rng)
    for count, given, default in [
        (8, {}, {"epochs": 5}),
        (70, {"epochs": 1}, {"batch_size": 64}),
    ]:
        (params, _), (others, _) = (
            gates.outcome(patient(student)(X[:count], y[:count], rng=seed, **settings))
            for settings in (given, given | default)
        )
        expect.that(
            np.array_equal(predict(student, X, params), predict(student, X, others)),
            "`train_color_cnn` should train for 5 epochs in batches of 64 unless told otherwise",
        )
    gates.outcome(patient(student)(X[:4], y[:4], epochs=1))  # any rng will do


@grades(
    "train_color_cnn",
    "No function changes its arguments",
    points=0.5,
    kind="finish",
    after=LAYERS,
)
def test_train_color_cnn_leaves_its_arguments_alone(student, rng):
    X, y = few(rng, 16)
    gates.outcome(expect.unchanged(patient(student), X, y, epochs=1, rng=seeded(rng)))


@grades(
    "train_color_cnn",
    "float32 (which is faster), float64 or integers",
    points=0.25,
    kind="finish",
    after=LAYERS,
)
def test_train_color_cnn_takes_float64_and_integers(student, rng):
    X, y = few(rng, 6)
    for pixels, labels in [(X.astype(float), y), (np.rint(X).astype(int), y.astype(int))]:
        gates.outcome(patient(student)(pixels, labels, epochs=1, rng=seeded(rng)))


USES = "predict_color_cnn_uses_the_params_it_is_given"


@grades("predict_color_cnn", "params: the parameters that `train_color_cnn` returned", points=0.75)
def test_predict_color_cnn_uses_the_params_it_is_given(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng, 100)
    gates.better_than_guessing(predict(student, X, params), labels)
    learns_in_several_layers(student, rng)
    other, y = few(rng, 64)
    wrong = np.roll(y, 1, axis=1)
    patient(student)(other, wrong, epochs=1, batch_size=16, rng=seeded(rng))
    gates.better_than_guessing(predict(student, X, params), labels)


@grades(
    "predict_color_cnn",
    "Probabilities of shape (n, k), every row summing to 1",
    points=0.75,
    after=USES,
)
def test_predict_color_cnn_gives_probabilities(student, rng):
    A, labels = all_unseen(student, rng)
    gates.better_than_guessing(A, labels)
    gates.is_no_decision(A)


@grades("predict_color_cnn", "with the trained network", points=0.5, after=USES)
def test_predict_color_cnn_prepares_images_as_training_did(student, rng):
    X, y = (array[:300] for array in real_run(student, rng).args)
    fits_training(student, X, y, *trained(student, rng))
    # A network that has seen few images, and dark ones, does not cope with brighter ones.
    X, y = few(rng, 48)
    X = X / 2
    got = patient(student)(X, y, epochs=40, batch_size=16, rng=seeded(rng))
    fits_training(student, X, y, *gates.outcome(got))


def fits_training(student, X, y, params, losses):
    """The predictions for images of the training cost about what they did at its end."""
    got = student.predict_color_cnn(X, params)
    _, last = gates.fifths(losses)
    loss, most = training.cost(gates.probabilities(got, len(X)), y), round(1.5 * last + 0.15, 2)
    expect.at_most(
        loss,
        most,
        what="the loss of the predictions for the training images",
        about=got,
        note=f"training ended at {last:.3g}. "
        + training.how_pixels_differ(partial(predict, student, params=params), X, y, most, loss),
    )


@grades("predict_color_cnn", "Compute class probabilities", points=0.75, after=USES)
def test_predict_color_cnn_judges_each_image_independently(student, rng):
    params, _ = trained(student, rng)
    X, labels = unseen(student, rng, 100)
    gates.judges_each_independently(lambda X: predict(student, X, params), X, labels)


@grades("predict_color_cnn", "X: images of shape (n, 3, 32, 32)", points=0.75, after=USES)
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


@grades(
    "predict_color_cnn",
    "No function changes its arguments",
    points=0.5,
    kind="finish",
    after=USES,
)
def test_predict_color_cnn_leaves_its_arguments_alone(student, rng):
    params, _ = trained(student, rng)
    expect.unchanged(student.predict_color_cnn, unseen(student, rng, 50)[0], params)
