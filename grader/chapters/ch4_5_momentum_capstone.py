"""Advanced optimization and capstone"""

import itertools
from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles, training
from grader.vocabulary.draws import seeded
from grader.vocabulary.grades import grades

SHAPES = [(4, 3), (5,), (1, 2), (2, 3, 2, 2)]


DTYPES = "float32 in gives float32 out, float64 gives float64, integers give float64."
UNCHANGED = "No function changes its arguments."
VELOCITY = "The new velocity, mu v - lr grad, a new array."


def draw_update(rng, shape=(3, 4)):
    """`(v, grad, mu, lr)`."""
    v, grad = rng.normal(size=(2, *shape))
    return v, grad, float(rng.uniform(0.1, 0.95)), float(rng.uniform(0.1, 2))


@grades(
    "momentum_update",
    "W + v: the minus sign is already included.",
    "array of any shape, zeros at first",
    points=0.75,
)
def test_momentum_update_steps_down_the_gradient_from_rest(student, rng):
    for shape in SHAPES:
        v, grad, mu, lr = draw_update(rng, shape)
        expect.right(student.momentum_update(0 * v, grad, mu, lr), -lr * grad)


@grades("momentum_update", "momentum, the share of the velocity that is kept", points=0.75)
def test_momentum_update_keeps_a_share_of_the_velocity(student, rng):
    for shape in SHAPES:
        v, grad, mu, lr = draw_update(rng, shape)
        expect.right(student.momentum_update(v, 0 * grad, mu, lr), mu * v)
        expect.right(student.momentum_update(v, 0 * grad, 0.0, lr), 0 * v)


@grades("momentum_update", VELOCITY, points=0.5)
def test_momentum_update_is_mu_v_minus_lr_grad(student, rng):
    for shape in SHAPES:
        v, grad, mu, lr = draw_update(rng, shape)
        expect.right(student.momentum_update(v, grad, mu=mu, lr=lr), mu * v - lr * grad)


@grades("momentum_update", DTYPES, points=0.25, kind="finish")
def test_momentum_update_keeps_float32(student, rng):
    expect.keeps_dtype(student.momentum_update, lambda: draw_update(rng))


@grades("momentum_update", DTYPES, points=0.25, kind="finish")
def test_momentum_update_takes_integers(student, rng):
    def draw():
        _, _, mu, lr = draw_update(rng)
        return *rng.integers(-9, 9, size=(2, 3, 4)), mu, lr

    expect.takes_integers(student.momentum_update, draw)


@grades("momentum_update", UNCHANGED, "it is not changed", points=0.25, kind="finish")
def test_momentum_update_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.momentum_update, lambda: draw_update(rng))


@grades("momentum_update", "if v and grad differ in shape", points=0.25, kind="finish")
def test_momentum_update_refuses_shapes_that_differ(student, rng):
    (v, grad, mu, lr), _ = expect.depends_on_arguments(
        student.momentum_update, lambda: draw_update(rng)
    )
    for part in (np.s_[:2], np.s_[:1], np.s_[0], np.s_[:, :1]):
        for args in [(v[part], grad), (v, grad[part])]:
            why = f"`v` has shape {args[0].shape} and `grad` has {args[1].shape}"
            expect.refuses(student.momentum_update, *args, mu, lr, why=why)


def scores_of(rng, labels, classes):
    """Scores of any sign and size whose largest is at the label, by a margin."""
    scores = rng.normal(loc=-2, scale=3, size=(len(labels), classes))
    scores[np.arange(len(labels)), labels] = scores.max(axis=1) + rng.uniform(0.01, 2, len(labels))
    return scores


def forms(rng, labels, classes):
    """The three forms that labels may have."""
    return labels, np.eye(classes)[labels], scores_of(rng, labels, classes)


def predictions(rng, n, classes, right):
    """`(y_pred, y, share)`: predicted and true labels in random order, and the share that agree."""
    y = rng.integers(classes, size=n)
    wrong = (y + rng.integers(1, classes, size=n)) % classes
    y_pred = np.where(rng.permutation(n) < right, y, wrong)
    return y_pred, y, right / n


SHARE = "Share of the n examples for which the labels agree, a Python float in [0, 1]."


@grades("accuracy", SHARE, "or integer labels of shape (n,)", points=1)
def test_accuracy_is_the_share_of_labels_that_agree(student, rng):
    for n, classes, right in [(12, 4, 7), (40, 10, 33), (5, 3, 5), (6, 2, 0), (1, 3, 1)]:
        y_pred, y, share = predictions(rng, n, classes, right)
        expect.right(student.accuracy(y_pred, y), share)


@grades(
    "accuracy",
    "scores or probabilities of shape (n, k), of which the largest in each row counts",
    points=1,
)
def test_accuracy_takes_the_largest_score_of_each_row(student, rng):
    for n, classes, right in [(12, 4, 7), (5, 5, 2), (9, 2, 6), (1, 3, 0)]:
        y_pred, y, share = predictions(rng, n, classes, right)
        expect.right(student.accuracy(scores_of(rng, y_pred, classes), y), share)


@grades(
    "accuracy",
    "the truth, one-hot (n, k) or integer labels (n,)",
    "The two may differ in form.",
    points=0.75,
)
def test_accuracy_takes_scores_one_hot_and_labels_in_any_pairing(student, rng):
    for n, classes, right in [(12, 4, 7), (5, 5, 2), (9, 2, 6)]:
        y_pred, y, share = predictions(rng, n, classes, right)
        for predicted, truth in itertools.product(
            forms(rng, y_pred, classes), forms(rng, y, classes)
        ):
            expect.right(student.accuracy(predicted, truth), share)


def draw_accuracy(rng, counts):
    """Scores and labels, a new share of them right at each call: the next of `counts` of 30."""
    y_pred, y, _ = predictions(rng, 30, 10, next(counts))
    return scores_of(rng, y_pred, 10), y


@grades("accuracy", DTYPES, points=0.25, kind="finish")
def test_accuracy_takes_float32_scores(student, rng):
    counts = iter(rng.permutation(30))
    expect.keeps_dtype(student.accuracy, lambda: draw_accuracy(rng, counts))


@grades("accuracy", "or integer labels (n,)", DTYPES, points=0.25, kind="finish")
def test_accuracy_takes_labels_of_any_integer_type(student, rng):
    counts = iter(rng.permutation(30))
    for kind in (np.uint8, np.int32):
        (y_pred, y), own = expect.depends_on_arguments(
            student.accuracy, lambda: predictions(rng, 30, 10, next(counts))[:2]
        )
        expect.right(student.accuracy(y_pred.astype(kind), y), expect.number(own))
        expect.right(student.accuracy(y_pred, y.astype(kind)), expect.number(own))


@grades("accuracy", UNCHANGED, points=0.5, kind="finish")
def test_accuracy_leaves_its_arguments_alone(student, rng):
    counts = iter(rng.permutation(30))
    expect.leaves_arguments_alone(
        student.accuracy, lambda: predictions(rng, 30, 10, next(counts))[:2]
    )


@grades("accuracy", "if the numbers of examples differ", points=0.25, kind="finish")
def test_accuracy_refuses_different_numbers_of_examples(student, rng):
    counts = iter(rng.permutation(8))
    (y_pred, y), _ = expect.depends_on_arguments(
        student.accuracy, lambda: predictions(rng, 8, 3, next(counts))[:2]
    )
    for predicted, truth in itertools.product(forms(rng, y_pred, 3), forms(rng, y, 3)):
        student.accuracy(predicted, truth)
        for args in [(predicted, truth[:1]), (predicted[:1], truth), (predicted, truth[3:])]:
            why = f"there are {len(args[0])} predictions for {len(args[1])} examples"
            expect.raises(ValueError, student.accuracy, *args, why=why)


def counted(y_pred, y, classes):
    """The confusion matrix, one example at a time."""
    matrix = np.zeros((classes, classes), dtype=int)
    for predicted, true in zip(y_pred, y, strict=True):
        matrix[true, predicted] += 1
    return matrix


@grades(
    "confusion_matrix",
    """Integer array of shape (k, k): entry (t, c) counts the examples of true class t (row) that
    were predicted as class c (column). The diagonal holds the correct ones.""",
    points=1.5,
)
def test_confusion_matrix_has_a_row_for_the_truth_and_a_column_for_the_prediction(student, rng):
    for n, classes in [(50, 3), (200, 10), (7, 2), (900, 2)]:
        y, y_pred = rng.integers(classes, size=n), rng.integers(classes, size=n)
        y[:3], y_pred[:3] = classes - 1, 0  # so that the transpose differs
        y_pred[y == 0] = 0
        got = student.confusion_matrix(y_pred, y, classes)
        expect.right(got, counted(y_pred, y, classes))


@grades("confusion_matrix", "Integer array of shape (k, k)", points=1)
def test_confusion_matrix_has_entries_for_classes_that_do_not_occur(student, rng):
    few, seldom = rng.integers(1, 3, size=9), rng.integers(3, 5, size=9)
    for y_pred, y, classes in [(few, seldom, 7), (seldom, few, 5), (few[:1], few[1:2], 10)]:
        got = student.confusion_matrix(y_pred, y, classes)
        expect.right(got, counted(y_pred, y, classes))


def draw_labels(rng):
    """`(y_pred, y, num_classes)`: so many classes that 20 y overflows in uint8."""
    return *rng.integers(20, size=(2, 400)), 20


@grades("confusion_matrix", "Integer array", points=0.25, kind="finish")
def test_confusion_matrix_holds_integers_not_floats(student, rng):
    _, got = expect.depends_on_arguments(student.confusion_matrix, lambda: draw_labels(rng))
    expect.array(got, (20, 20), dtype="int")


@grades(
    "confusion_matrix",
    "predicted labels, integers of shape (n,)",
    "true labels, integers of shape (n,)",
    points=0.5,
    kind="finish",
)
def test_confusion_matrix_takes_labels_of_any_integer_type(student, rng):
    (y_pred, y, classes), own = expect.depends_on_arguments(
        student.confusion_matrix, lambda: draw_labels(rng)
    )
    own = expect.array(own, dtype=None)
    for kind in (np.uint8, np.int32):
        got = student.confusion_matrix(y_pred.astype(kind), y.astype(kind), classes)
        expect.right(got, own)


@grades("confusion_matrix", UNCHANGED, points=0.25, kind="finish")
def test_confusion_matrix_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.confusion_matrix, lambda: draw_labels(rng))


@grades("confusion_matrix", "if the lengths differ", points=0.25, kind="finish")
def test_confusion_matrix_refuses_different_lengths(student, rng):
    (y_pred, y, classes), _ = expect.depends_on_arguments(
        student.confusion_matrix, lambda: draw_labels(rng)
    )
    for args in [(y_pred[:300], y), (y_pred, y[:300]), (y_pred[:1], y), (y_pred, y[:1])]:
        why = f"there are {len(args[0])} predictions for {len(args[1])} examples"
        expect.refuses(student.confusion_matrix, *args, classes, why=why)


@grades("confusion_matrix", "a label is not in 0..num_classes-1", points=0.25, kind="finish")
def test_confusion_matrix_refuses_labels_out_of_range(student, rng):
    (y_pred, y, classes), _ = expect.depends_on_arguments(
        student.confusion_matrix, lambda: draw_labels(rng)
    )
    outside, at = y.copy(), int(rng.integers(len(y)))
    for label in (classes, -1, classes + 5, -classes):
        outside[at] = label
        why = f"label {label} is not in 0..{classes - 1}"
        expect.refuses(student.confusion_matrix, outside, y, classes, why=why)
        expect.refuses(student.confusion_matrix, y_pred, outside, classes, why=why)


def capstone(student, dataset):
    """The real run, shared by the checks on it: the `Call` of `train_capstone`."""
    train, y = patient(student, dataset), gates.one_hot(dataset.y_train)
    return student.shared("capstone", lambda: train.call(dataset.X_train, y, rng=expect.Seeded(1)))


def few(dataset, rng, count=64):
    """Enough images to see that training runs, but too few to learn much."""
    chosen = rng.choice(len(dataset.X_train), size=count, replace=False)
    return dataset.X_train[chosen], gates.one_hot(dataset.y_train[chosen])


def patient(student, dataset):
    """The learner's training function; a few images may take as long as all of them."""
    return student.train_capstone.within(gates.TRAINING_SECONDS[dataset.name])


def trained(student, dataset):
    """`(params, losses)` of the real run; `params` may have any form."""
    return gates.outcome(capstone(student, dataset).reply.value)


def predict(student, X, params):
    return gates.probabilities(student.predict_capstone(X, params), len(X))


def learns_in_several_layers(student, dataset, rng):
    """Other labels change several layers of weights, and fewer images do not change their sizes."""
    X, y = few(dataset, rng)
    other = np.concatenate([np.roll(y[:8], 1, axis=1), y[8:]])
    train, seed = patient(student, dataset), seeded(rng)
    calls = [
        student.shared("labels", lambda: train.call(X, y, rng=seed)),
        student.shared("other labels", lambda: train.call(X, other, rng=seed)),
        student.shared("fewer images", lambda: train.call(X[:48], y[:48], rng=seed)),
    ]
    answers = [gates.outcome(call.reply.value) for call in calls]
    (params, losses), (relabeled, others), (fewer, _) = answers
    training.labels_shape_several_layers(params, relabeled)
    training.losses_depend_on_labels(losses, others, calls[1].reply.value)
    training.keeps_its_size(params, fewer)


LAYERS = "train_capstone_learns_in_several_layers"


@grades(
    "train_capstone",
    "at least two layers of weights that learn from the labels",
    "in shapes that do not depend on n",
    points=0.75,
)
def test_train_capstone_learns_in_several_layers(student, dataset, rng):
    learns_in_several_layers(student, dataset, rng)


@grades("train_capstone", "finite floats, oldest first", points=0.5, after=LAYERS)
def test_train_capstone_lowers_the_loss(student, dataset):
    params, losses = trained(student, dataset)
    answer, again = capstone(student, dataset).reply.value, partial(predict, student, params=params)
    gates.falls(losses, about=answer)
    X, labels = dataset.X_train[:200], dataset.y_train[:200]
    training.losses_lead_to(again, X, gates.one_hot(labels), losses, answer)
    gates.better_than_guessing(again(X), labels)


@grades(
    "train_capstone", "mean cross-entropies, finite floats, oldest first", points=0.5, after=LAYERS
)
def test_train_capstone_gives_the_losses_of_the_labels_it_is_given(student, dataset, rng):
    X, y = training.contradictory(*few(dataset, rng, count=32))
    _, losses = gates.outcome(patient(student, dataset)(X, y, rng=seeded(rng)))
    training.respects_what_labels_allow(losses)


@grades(
    "train_capstone",
    "Train the network of your choice to read digits",
    points=2.75,
    after="train_capstone_lowers_the_loss",
)
def test_train_capstone_recognizes_images_it_has_not_seen(student, dataset):
    params, _ = trained(student, dataset)
    A = predict(student, dataset.X_test, params)
    gates.reaches(oracles.accuracy(A, dataset.y_test), "train_capstone", dataset)


@grades(
    "train_capstone",
    "rng: numpy.random.Generator for everything random",
    "The same seed gives the same result",
    points=0.5,
    kind="finish",
    after="train_capstone_lowers_the_loss",
)
def test_train_capstone_is_reproducible_with_the_same_rng(student, dataset, rng):
    X, y = few(dataset, rng)
    got = expect.reproducible(patient(student, dataset), X, y, rng=seeded(rng))
    gates.outcome(got)


@grades(
    "train_capstone",
    "rng=None",
    "None: `np.random.default_rng()`",
    "No function changes its arguments",
    points=0.5,
    kind="finish",
    after="train_capstone_lowers_the_loss",
)
def test_train_capstone_leaves_its_arguments_alone(student, dataset, rng):
    X, y = few(dataset, rng)
    gates.outcome(expect.unchanged(patient(student, dataset), X, y))  # any rng will do


@grades(
    "train_capstone",
    "float32 (which is faster), float64 or integers",
    points=0.5,
    kind="finish",
    after="train_capstone_lowers_the_loss",
)
def test_train_capstone_takes_float64_and_integers(student, dataset, rng):
    X, y = few(dataset, rng, count=32)
    for images, labels in [(X.astype(float), y), (np.rint(X).astype(int), y.astype(int))]:
        gates.outcome(patient(student, dataset)(images, labels, rng=seeded(rng)))


USES = "predict_capstone_uses_the_params_it_is_given"


@grades("predict_capstone", "params: the parameters that `train_capstone` returned", points=0.75)
def test_predict_capstone_uses_the_params_it_is_given(student, dataset, rng):
    params, _ = trained(student, dataset)
    X, y = dataset.X_test[:100], dataset.y_test[:100]
    gates.better_than_guessing(predict(student, X, params), y)
    learns_in_several_layers(student, dataset, rng)
    other, labels = few(dataset, rng)
    patient(student, dataset)(other, np.roll(labels, 1, axis=1), rng=seeded(rng))
    gates.better_than_guessing(predict(student, X, params), y)


@grades(
    "predict_capstone",
    "Probabilities of shape (n, k), every row summing to 1",
    points=0.75,
    after=USES,
)
def test_predict_capstone_gives_probabilities(student, dataset):
    params, _ = trained(student, dataset)
    X, y = dataset.X_test[:200], dataset.y_test[:200]
    A = predict(student, X, params)
    gates.better_than_guessing(A, y)
    gates.is_no_decision(A)


@grades("predict_capstone", "Compute class probabilities", points=0.75, after=USES)
def test_predict_capstone_judges_each_image_independently(student, dataset):
    params, _ = trained(student, dataset)
    X, y = dataset.X_test[:100], dataset.y_test[:100]
    gates.judges_each_independently(lambda X: predict(student, X, params), X, y)


@grades(
    "predict_capstone",
    "No function changes its arguments",
    points=0.75,
    kind="finish",
    after=USES,
)
def test_predict_capstone_leaves_its_arguments_alone(student, dataset):
    params, _ = trained(student, dataset)
    expect.unchanged(student.predict_capstone, dataset.X_test[:50], params)
