"""Single-layer perceptrons"""

import math

import numpy as np

from grader.vocabulary import expect, oracles, tolerance, training
from grader.vocabulary.draws import seeded
from grader.vocabulary.grades import grades
from grader.vocabulary.values import figure

NAMES = ("W", "b")
LR, UPDATES = 4.0, 500  # the largest rate for which every truth table is sure to converge is 5


def neuron(rng, n=5, d=3):
    """Inputs, weights and a bias of one neuron."""
    return rng.normal(size=(n, d)), rng.normal(size=(d, 1)), rng.normal(size=1)


def probabilities(X, W, b):
    return oracles.sigmoid(np.asarray(X, np.float64) @ W + b)


@grades("forward_perceptron", "A = sigmoid(X W + b)", points=1.75)
def test_forward_perceptron_is_the_sigmoid_of_the_weighted_sum(student, rng):
    for n in (5, 8):
        X, W, b = neuron(rng, n)
        expect.right(student.forward_perceptron(X, W, b), probabilities(X, W, b))


@grades("forward_perceptron", "probabilities of shape (n, 1)", points=0.75)
def test_forward_perceptron_works_for_one_example_and_for_one_input(student, rng):
    for n, d in [(1, 4), (6, 1), (1, 1), (2, 9)]:
        X, W, b = neuron(rng, n, d)
        expect.right(student.forward_perceptron(X, W, b), probabilities(X, W, b))


@grades("forward_perceptron", "without overflow", points=0.5, kind="finish")
def test_forward_perceptron_saturates_without_overflow(student, rng):
    expect.depends_on_arguments(student.forward_perceptron, lambda: neuron(rng))
    for dtype in (np.float64, np.float32):
        _, W, b = neuron(rng)
        direction = np.sign(W[:, 0]) / np.abs(W).sum()
        signs = rng.permutation([-1, 1, 1, -1])
        X = np.outer(signs, direction)  # X W is -1 or 1
        args = W.astype(dtype), b.astype(dtype)
        near = student.forward_perceptron((50 * X).astype(dtype), *args)
        far = expect.silent(student.forward_perceptron, (3000 * X).astype(dtype), *args)
        expect.right(far, expect.array(near, (4, 1), dtype=None))


@grades("forward_perceptron", "float32 in gives float32 out", points=0.25, kind="finish")
def test_forward_perceptron_keeps_float32(student, rng):
    expect.keeps_dtype(student.forward_perceptron, lambda: neuron(rng))


@grades("forward_perceptron", "integers give float64", points=0.25, kind="finish")
def test_forward_perceptron_takes_integers(student, rng):
    def whole():
        W = rng.permutation([-2, 1, 2])[:, None]
        return rng.integers(3, size=(6, 3)), W, rng.integers(1, 3, size=1)

    def pixels():
        _, W, b = neuron(rng, 6)
        return rng.integers(256, size=(6, 3), dtype=np.uint8), W / 255, b

    expect.takes_integers(student.forward_perceptron, whole)
    expect.takes_integers(student.forward_perceptron, pixels)


@grades("forward_perceptron", "No function changes its arguments.", points=0.25, kind="finish")
def test_forward_perceptron_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.forward_perceptron, lambda: neuron(rng))


@grades(
    "forward_perceptron", "ValueError: if X does not have d columns", points=0.25, kind="finish"
)
def test_forward_perceptron_refuses_weights_that_do_not_fit(student, rng):
    (X, W, b), _ = expect.depends_on_arguments(student.forward_perceptron, lambda: neuron(rng))
    for rows in (2, 1):
        why = f"X has shape {X.shape}, W has {W[:rows].shape}"
        expect.refuses(student.forward_perceptron, X, W[:rows], b, why=why)


def train(student, X, y, lr, epochs, seed):
    """`([W, b], losses)` of the learner's training, validated."""
    return trained(student.train_perceptron(X, y, lr, epochs, expect.Seeded(seed)), X, epochs)


def trained(got, X, epochs):
    params, losses = expect.parts(got, "params", "losses")
    return expect.arrays(params, [(X.shape[1], 1), (1,)], NAMES), expect.losses(losses, epochs)


def loss_of(X, y):
    """The mean loss as a function of the parameters; finite for scores of any size."""

    def loss(params):
        Z = X @ params[0] + params[1]
        return np.mean(np.logaddexp(0, Z) - y * Z)

    return loss


def learns(student, rule, rng):
    """In the end every corner is classified correctly; the last losses fit the weights.

    The training on a rule is done once for all checks.
    """
    args, name = (*rule(rng), LR, UPDATES, seeded(rng)), rule.__name__
    call = student.shared(name, lambda: student.train_perceptron.call(*args))
    X, y, *_ = call.args
    params, losses = trained(call.reply.value, X, UPDATES)
    A = probabilities(X, *params)
    name = name.removeprefix("logical_").upper()
    expect.that(
        (np.abs(A - y) < 0.25).all(),
        f"`train_perceptron` should learn {name}",
        expected=f"within 0.25 of {y[:, 0]} for the rows of X",
        got=f"{A[:, 0].round(3)} from W = {params[0][:, 0].round(3)}, b = {params[1].round(3)}",
    )
    expect.close(
        losses[-1], loss_of(X, y)(params), what="the last loss", tolerance=tolerance.LAST_STEP
    )
    slope = sum(np.sum(grad**2) for grad in expect.central_differences(loss_of(X, y), params))
    expect.close(
        (losses[-2] - losses[-1]) / LR,
        slope,
        what="the last fall of the loss, divided by `lr`,",
        tolerance=training.PACE,
    )


@grades("train_perceptron", "params = [W, b] with W of shape (d, 1)", points=1.25)
def test_train_perceptron_learns_and_and_or(student, rng):
    import data

    for rule in (data.logical_and, data.logical_or):
        learns(student, rule, rng)


@grades("train_perceptron", "on the binary cross-entropy", points=1.25)
def test_train_perceptron_ends_at_ln_2_for_xor(student, rng):
    import data

    learns(student, data.logical_and, rng)
    X, y = data.xor(rng)
    params, losses = train(student, X, y, LR, UPDATES, int(rng.integers(2**31)))
    note = (
        "no straight line separates XOR's answers: predicting 0.5 everywhere gives ln 2, "
        "the lowest possible loss"
    )
    expect.that(
        abs(losses[-1] - math.log(2)) < 1e-3,
        f"the loss on XOR should end at ln 2 = 0.693 but ends at {figure(losses[-1])}",
        expected="0.6931 +/- 0.001",
        got=f"{losses[-1]:.6g}",
        note=note,
    )
    A = probabilities(X, *params)
    expect.that(
        (np.abs(A - 0.5) < 0.05).all(),
        "a perceptron trained on XOR should predict 0.5 everywhere",
        expected="0.5 +/- 0.05 for every row of X",
        got=f"{A[:, 0].round(3)}",
        note=note,
    )


def crowd(rng, n=30, d=3):
    """More points and inputs than a truth table; no straight line fits the labels exactly."""
    X = rng.normal(size=(n, d))
    y = (probabilities(X, *neuron(rng, d=d)[1:]) > rng.uniform(size=(n, 1))).astype(np.float64)
    y[:2, 0] = 0, 1
    return X, y


def is_one_step(before, after, X, y, lr, what):
    """`W` and `b` moved by minus lr times the exact gradient of the mean loss."""
    grads = expect.central_differences(loss_of(X, y), before)
    want = [param - lr * grad for param, grad in zip(before, grads, strict=True)]
    got, want = (np.concatenate([param.ravel() for param in params]) for params in (after, want))
    expect.close(
        got,
        want,
        what=f"the vector of all entries of `W` and `b` {what}",
        tolerance=tolerance.ONE_UPDATE,
    )


def downhill(student, X, y, seed):
    """What can be seen of a step if the start is a different one each time."""
    params, losses = train(student, X, y, training.SMALL, 1, seed)
    grads = expect.central_differences(loss_of(X, y), params)
    training.falls_as_the_gradient_says(losses[-1], loss_of(X, y)(params), grads)


@grades(
    "train_perceptron",
    "Every epoch is one update with all the examples (full batch)",
    "lr: learning rate, a positive float",
    points=1.25,
)
def test_train_perceptron_steps_down_the_gradient_of_all_examples(student, rng):
    X, y = crowd(rng, n=70)  # more than a mini-batch of the usual size
    lr, seed = float(rng.uniform(0.3, 0.9)), int(rng.integers(2**31))
    (first, one), (second, two), (third, three) = (
        train(student, X, y, lr, epochs, seed) for epochs in (1, 2, 3)
    )
    if one[0] == two[0] == three[0]:
        is_one_step(first, second, X, y, lr, "after 2 epochs")
        is_one_step(second, third, X, y, lr, "after 3 epochs")
        expect.that(
            max(np.abs(new - old).max() for old, new in zip(first, second, strict=True)) > 1e-4,
            "one update cannot reach the lowest loss, but the second one changes nothing",
        )
    else:
        downhill(student, X, y, seed)


@grades("train_perceptron", "the loss before each update, a list of `epochs` floats", points=0.75)
def test_train_perceptron_records_the_loss_before_each_update(student, rng):
    X, y = crowd(rng, n=70)
    lr, seed = float(rng.uniform(0.3, 0.9)), int(rng.integers(2**31))
    (first, one), (second, _), (_, losses) = (
        train(student, X, y, lr, epochs, seed) for epochs in (1, 2, 3)
    )
    if one[0] == losses[0]:
        want = np.array([loss_of(X, y)(params) for params in (first, second)])
        what = "`losses[1:]` of 3 epochs"
        expect.close(losses[1:], want, what=what, tolerance=tolerance.ONE_UPDATE)
    else:
        downhill(student, X, y, seed)


STEPS = "train_perceptron_steps_down_the_gradient_of_all_examples"
LEARNS = "train_perceptron_learns_and_and_or"


@grades(
    "train_perceptron",
    "float32, float64 or integers",
    points=0.5,
    kind="finish",
    after=LEARNS,
)
def test_train_perceptron_takes_float32_and_integers(student, rng):
    seed = int(rng.integers(2**31))
    X = rng.integers(0, 4, size=(7, 2)).astype(np.uint8)
    y = rng.permutation([0, 1, 0, 1, 1, 0, 1]).reshape(7, 1)
    want, _ = train(student, X.astype(float), y.astype(float), 0.5, 4, seed)
    for args in [(X, y), (X.astype(np.float32), y.astype(np.float32))]:
        params, _ = train(student, *args, 0.5, 4, seed)
        expect.close_list(params, want, NAMES, tolerance=tolerance.AFTER_FLOAT32_UPDATES)


@grades(
    "train_perceptron",
    "No function changes its arguments",
    points=0.5,
    kind="finish",
    after=LEARNS,
)
def test_train_perceptron_leaves_its_arguments_alone(student, rng):
    X, y = crowd(rng, n=8, d=2)
    got = expect.unchanged(student.train_perceptron, X, y, 0.5, 5, seeded(rng))
    expect.losses(expect.parts(got, "params", "losses")[1])


@grades(
    "train_perceptron",
    "rng: numpy.random.Generator, in case you start from random weights",
    "The same seed gives the same result",
    points=0.5,
    kind="finish",
    after=LEARNS,
)
def test_train_perceptron_is_reproducible_with_the_same_rng(student, rng):
    X, y = crowd(rng, n=8, d=2)
    got = expect.reproducible(student.train_perceptron, X, y, 0.5, 5, seeded(rng))
    expect.losses(expect.parts(got, "params", "losses")[1])
