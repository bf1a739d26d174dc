"""A neural network as a class"""

import math
from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance
from grader.vocabulary.draws import SMALL_IMAGE, labeled_images, small_images
from grader.vocabulary.grades import grades
from grader.vocabulary.values import figure

PARAMS = ("W1", "b1", "W2", "b2")
GRADS = ("dW1", "db1", "dW2", "db2")
SIGMAS = 6  # a correct draw falls outside once in 500 million
LARGEST = 1e6  # allowed parameter; far beyond it even the right answer would overflow
SMALL = (4, 6, 3)  # inputs, hidden units, classes
WIDTHS = (784, 32, 10)
NARROW = (SMALL_IMAGE, 8, 10)  # timed: a loop over examples costs far more than the products
TIMED = 15  # updates
LOOPS = """Let NumPy do the loops: the time of a function on whole arrays is compared with that of
    the matrix products it needs."""
ANY_FLOAT = {"dtype": None, "tolerance": tolerance.rounding(np.float32)}  # any dtype of weights


def network(student, rng, sizes=SMALL):
    """A script that starts with a new network."""
    return student.NeuralNetwork.new(*sizes, expect.Seeded(int(rng.integers(2**31))))


def batch(rng, n=5, sizes=SMALL):
    """Inputs and one-hot labels."""
    d, _, k = sizes
    return rng.normal(size=(n, d)), np.eye(k)[rng.integers(k, size=n)]


def checked(params, sizes=SMALL):
    """Float64 copies of the four parameters, safe to compute with."""
    d, h, k = sizes
    values = expect.arrays(params, [(d, h), (h,), (h, k), (k,)], PARAMS)
    for value, name in zip(values, PARAMS, strict=True):
        expect.at_most(np.abs(value).max(), LARGEST, what=f"the largest entry of `{name}`")
    return values


def started(params, sizes=SMALL):
    """The checked parameters of a new network, whose weights must differ to mean anything."""
    values = checked(params, sizes)
    for W, name in ((values[0], "W1"), (values[2], "W2")):
        expect.that(
            W.size < 8 or np.ptp(W) > 1e-3,
            f"`{name}` of a new network holds one number everywhere: draw each weight separately",
            kind="no chance",
        )
    return values


def gradients(X, y, params):
    """The gradients of the mean cross-entropy in the parameters."""
    A1, A2 = oracles.mlp(X, params)
    delta2 = (A2 - y) / len(X)
    delta1 = np.where(A1 > 0, delta2 @ params[2].T, 0.0)
    return [X.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)]


def trained(X, y, params, lr, epochs):
    """`(params, losses)` after full-batch steps, with the loss before each one."""
    losses = []
    for _ in range(epochs):
        with np.errstate(divide="ignore"):  # absurd weights fail the comparison below
            losses.append(oracles.cross_entropy(oracles.mlp(X, params)[-1], y))
        grads = gradients(X, y, params)
        params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    return params, np.array(losses)


def is_forward(A, X, params):
    """The probabilities of a network with these parameters."""
    want = oracles.mlp(X, params)[-1]
    return expect.close(A, want, what="the answer of `forward`", **ANY_FLOAT)


def precision(params):
    """The tolerance of a step: float32 weights show it less exactly."""
    narrow = all(np.array_equal(param, param.astype(np.float32)) for param in params)
    return tolerance.STEP if narrow else tolerance.ONE_UPDATE


def is_step(before, after, X, y, lr):
    """The parameters moved by minus `lr` times the gradient."""
    steps = [(old - new) / lr for old, new in zip(before, after, strict=True)]
    wants = gradients(X, y, before)
    expect.close_list(steps, wants, GRADS, tolerance=precision(after))


def has_variance(W, variance, name, rule):
    """Mean and standard deviation are within the bounds for this many normal numbers."""
    sigma = math.sqrt(variance)
    slack = SIGMAS * sigma / math.sqrt(2 * W.size)
    expect.that(
        abs(W.std() - sigma) < slack,
        f"the standard deviation of `{name}` should be sqrt({rule}) = {sigma:.5g} "
        f"but is {figure(W.std())}",
        kind="spread",
        expected=f"{sigma:.5g} +/- {slack:.2g}",
        got=f"{W.std():.5g}",
    )
    slack = SIGMAS * sigma / math.sqrt(W.size)
    expect.at_most(abs(W.mean()), slack, what=f"the absolute value of the mean of `{name}`")


@grades(
    "NeuralNetwork",
    "b1: its biases, (hidden_size,).",
    "b2: its biases, (output_size,).",
    "the biases are zeros",
    points=0.25,
)
def test_a_new_network_has_zero_biases(student, rng):
    for sizes in [(30, 12, 9), (10, 24, 7)]:
        _, b1, _, b2 = checked(network(student, rng, sizes).get(*PARAMS)(), sizes)
        expect.right(b1, np.zeros(sizes[1]), what="`b1`")
        expect.right(b2, np.zeros(sizes[2]), what="`b2`")


@grades(
    "NeuralNetwork",
    "Draw the initial weights of both layers by He's rule",
    "W1 gets the variance 2 / input_size and W2 the variance 2 / hidden_size.",
    points=0.75,
)
def test_a_new_network_has_he_weights(student, rng):
    for sizes in [(300, 120, 90), (100, 240, 70)]:
        W1, _, W2, _ = checked(network(student, rng, sizes).get(*PARAMS)(), sizes)
        has_variance(W1, 2 / sizes[0], "W1", "2 / input_size")
        has_variance(W2, 2 / sizes[1], "W2", "2 / hidden_size")
        distinct = len(np.unique(W1))
        expect.at_least(
            distinct, 0.9 * W1.size, what=f"the number of distinct values among {W1.size:,} weights"
        )


@grades("NeuralNetwork", "Probabilities of shape (n, k), each row summing to 1.", points=1)
def test_forward_gives_the_probabilities_of_all_classes(student, rng):
    for n, sizes in [(5, SMALL), (1, SMALL), (3, (1, 2, 2)), (4, (4, 4, 4)), (7, (2, 9, 10))]:
        X, _ = batch(rng, n, sizes)
        *start, A = network(student, rng, sizes).start(*PARAMS).ask("forward", X)()
        is_forward(A, X, started(start, sizes))


@grades(
    "NeuralNetwork",
    "Take one gradient step on the mean cross-entropy of the latest `forward`.",
    "lr times its gradient is subtracted from every parameter",
    points=1.5,
)
def test_backward_takes_one_step_down_the_gradient(student, rng):
    cases = [(5, SMALL, 0.3), (1, SMALL, 1.7), (8, (3, 5, 10), 0.15), (7, (4, 4, 4), 1.0)]
    for (n, sizes, lr), scale in zip(cases, [1, 1, 8, 1], strict=True):
        X, y = batch(rng, n, sizes)
        X = scale * X  # a steep gradient must not be clipped
        script = network(student, rng, sizes).start(*PARAMS).do("forward", X)
        got = script.do("backward", X, y, lr).get(*PARAMS)()
        before, after = checked(got[:4], sizes), checked(got[4:], sizes)
        is_step(before, after, X, y, lr)


@grades("NeuralNetwork", "its methods use whatever values these hold at the time", points=0.5)
def test_backward_continues_from_the_current_parameters(student, rng):
    (X, y), (X2, y2), (X3, _) = batch(rng, 6), batch(rng, 3), batch(rng, 4)
    script = network(student, rng).start(*PARAMS).do("forward", X).do("backward", X, y, lr=0.4)
    script = script.get(*PARAMS).do("forward", X2).do("backward", X2, y2, 0.3)
    *got, A = script.get(*PARAMS).ask("forward", X3)()
    start, middle, end = (checked(got[i : i + 4]) for i in (0, 4, 8))
    is_step(start, middle, X, y, 0.4)
    is_step(middle, end, X2, y2, 0.3)
    is_forward(A, X3, end)


def is_trained(start, end, X, y, lr, epochs):
    """The parameters follow from those at the start by this many full-batch steps."""
    start = checked(start)
    params, _ = trained(X, y, start, lr, epochs)
    moved = [a - b for a, b in zip(checked(end), start, strict=True)]
    wants = [a - b for a, b in zip(params, start, strict=True)]
    names = [f"the change of `{name}`" for name in PARAMS]
    for change, want, name in zip(moved, wants, names, strict=True):
        expect.right(change, want, what=name, tolerance=tolerance.STEP)


@grades(
    "NeuralNetwork",
    """A list of floats, one per epoch: the mean cross-entropy before the step, where the mean is
    taken over the examples only.""",
    points=0.5,
)
def test_train_gives_the_loss_before_each_step(student, rng):
    for n, epochs, lr in [(7, 1, 1.0), (70, 3, 0.2), (6, 12, 0.4)]:
        X, y = batch(rng, n)
        *start, losses = network(student, rng).start(*PARAMS).ask("train", X, y, epochs, lr)()
        losses = expect.losses(losses, epochs, what="the answer of `train`")
        _, wants = trained(X, y, checked(start), lr, epochs)
        expect.right(losses, wants, what="`losses`", tolerance=tolerance.AFTER_FLOAT32_UPDATES)


@grades(
    "NeuralNetwork",
    "Train with all the examples in every step, starting from the current weights.",
    "epochs: number of steps.",
    points=1,
)
def test_train_steps_with_all_examples(student, rng):
    for n, epochs, lr in [(6, 4, 0.4), (7, 1, 1.0), (70, 3, 0.2)]:
        X, y = batch(rng, n)
        script = network(student, rng).start(*PARAMS).ask("train", X, y, epochs, lr)
        got = script.get(*PARAMS)()
        is_trained(got[:4], got[-4:], X, y, lr, epochs)


@grades("NeuralNetwork", "starting from the current weights", points=0.5)
def test_train_continues_where_it_left_off(student, rng):
    X, y = batch(rng, 6)
    script = network(student, rng).start(*PARAMS).ask("train", X, y, epochs=3, lr=0.4)
    *got, losses, W1, b1, W2, b2 = script.ask("train", X, y, epochs=2, lr=0.4).get(*PARAMS)()
    is_trained(got[:4], (W1, b1, W2, b2), X, y, 0.4, epochs=5)
    expect.losses(losses, 2, what="the answer of `train`, called a second time,")


@grades(
    "NeuralNetwork",
    "Compute the most probable class of each example.",
    "Only `backward` and `train` change them.",
    points=0.5,
)
def test_predict_gives_the_most_probable_label_of_each_example(student, rng):
    for n, sizes in [(40, (4, 6, 5)), (1, SMALL), (3, (5, 4, 3))]:
        X, _ = batch(rng, n, sizes)
        script = network(student, rng, sizes).start(*PARAMS).ask("predict", X)
        script = script.do("forward", X[::-1]).ask("predict", X).get(*PARAMS)
        *start, labels, again, W1, b1, W2, b2 = script()
        expect.that(
            all(map(np.array_equal, checked(start, sizes), checked([W1, b1, W2, b2], sizes))),
            "`predict` or `forward` changes the parameters: leave that to `backward` and `train`",
            kind="shared",
        )
        want = oracles.mlp(X, started(start, sizes))[-1].argmax(axis=1)
        expect.right(labels, want, what="the answer of `predict`")
        expect.right(again, want, what="the answer of `predict` after another `forward`")
    X, y = batch(rng, 40)
    script = network(student, rng).start(*PARAMS).do("train", X, y, 2, 0.3).do("forward", X)
    script = script.do("backward", X, y[::-1], 5.0).get(*PARAMS)
    *got, labels = script.ask("predict", X)()
    want = oracles.mlp(X, checked(got[4:]))[-1].argmax(axis=1)
    expect.right(labels, want, what="the answer of `predict` after one more step")


@grades("NeuralNetwork", "Train with all the examples in every step", points=0.5)
def test_train_memorizes_32_images(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 32)
    script = network(student, rng, WIDTHS).ask("train", X, y, 200, 0.2)
    losses, labels = script.ask("predict", X)()
    losses = expect.losses(losses, 200)
    gates.starts_near_chance(losses)
    gates.falls_to(losses, 0.1, 200)
    accuracy = np.mean(expect.array(labels, (32,), dtype="int") == y.argmax(axis=1))
    expect.at_least(100 * accuracy, 100, what="accuracy on the 32 training images", unit="%")


@grades(
    "NeuralNetwork",
    "Train with all the examples in every step",
    points=0.5,
    after="train_memorizes_32_images",
)
def test_train_recognizes_images_it_has_not_seen(student, dataset, rng):
    X, y = labeled_images(dataset, rng, 600)
    new = network(student, rng, WIDTHS).within(gates.TRAINING_SECONDS[dataset.name])

    def accuracy_after(epochs):
        _, *params = new.ask("train", X, y, epochs, 0.3).get(*PARAMS)()
        A = oracles.mlp(dataset.X_test, checked(params, WIDTHS))[-1]
        return oracles.accuracy(A, dataset.y_test)

    # Half of the steps are enough for nearly every right network, and a third for half of them.
    if not (gates.EARLY and gates.is_reached(accuracy_after(75), "NeuralNetwork", dataset)):
        gates.reaches(accuracy_after(150), "NeuralNetwork", dataset)


@grades(
    "NeuralNetwork",
    "rng: numpy.random.Generator, the only source of randomness",
    points=0.5,
    kind="finish",
)
def test_a_new_network_draws_from_rng_only(student, rng):
    sizes = (60, 60, 60)
    got = expect.reproducible(network(student, rng, sizes).get(*PARAMS))
    W1, _, W2, _ = checked(got, sizes)
    other, *_ = checked(network(student, rng, sizes).get(*PARAMS)(), sizes)
    expect.that(
        np.abs(W1 - other).mean() > 0.01,
        "two networks with different seeds have the same `W1`: draw it from `rng`",
        kind="no chance",
    )
    expect.that(
        np.abs(W1 - W2).mean() > 0.01,
        "`W1` and `W2` hold the same numbers: draw them separately",
        kind="no chance",
    )


def answers_alike(student, rng, X, same, what):
    """`forward` gives for X what the learner's own `forward` gives for `same`, in float64."""
    script = network(student, rng).ask("forward", X).ask("forward", same)
    A, own, other = script.ask("forward", same[::-1])()
    own = expect.array(own, what="the answer of `forward`", dtype=None)
    expect.that(
        not np.array_equal(own, other),
        "`forward` gives the same answer for different inputs",
        about=other,
    )
    expect.close(A, own, what=f"the answer of `forward` to {what}", **ANY_FLOAT)


@grades(
    "NeuralNetwork",
    "float32, float64 or integers",
    points=0.25,
    kind="finish",
)
def test_forward_takes_float32(student, rng):
    X = batch(rng)[0].astype(np.float32)
    answers_alike(student, rng, X, X.astype(np.float64), "float32")


@grades(
    "NeuralNetwork",
    "float32, float64 or integers",
    points=0.25,
    kind="finish",
)
def test_forward_takes_integers(student, rng):
    X = rng.integers(-9, 10, size=(5, 4)).astype(np.int8)
    answers_alike(student, rng, X, X.astype(np.float64), "integers")


@grades(
    "NeuralNetwork",
    "A loss is the mean over the examples, always finite.",
    points=0.25,
    kind="finish",
)
def test_large_inputs_give_finite_losses_without_a_warning(student, rng):
    X, _ = batch(rng)
    answer = expect.silent(network(student, rng).ask("forward", 3000 * X))
    expect.array(answer[0], (5, 3), what="the answer of `forward`", dtype=None)
    # Too large for a diagnosis to replay, because the loss where A is 0 depends on the epsilon.
    X, y = batch(rng, 9000)
    costs = []
    for scale in (0.1, 1e4):
        (losses,) = network(student, rng).ask("train", scale * X, y, 1, 1e-9)()
        (loss,) = expect.losses(losses, 1, what="the answer of `train`")
        costs.append(abs(loss))
    expect.that(costs[0] > 0, "the loss for small inputs should not be 0")
    expect.at_least(costs[1], 4 * costs[0], what="the loss where A is 0")


@grades("NeuralNetwork", "Integer labels of shape (n,).", points=0.25, kind="finish")
def test_predict_gives_integers(student, rng):
    X, _ = batch(rng, 40)
    constant = []
    for _ in range(4):  # one network may prefer one class everywhere
        labels, others = network(student, rng).ask("predict", X).ask("predict", -X)()
        expect.array(labels, (40,), what="the answer of `predict`", dtype="int")
        constant.append(np.array_equal(labels, others))
    expect.that(not all(constant), "`predict` gives the same labels for different inputs")


@grades("NeuralNetwork", "No method changes its arguments.", points=0.25, kind="finish")
def test_no_method_changes_its_arguments(student, rng):
    X, y = batch(rng)
    script = network(student, rng).get(*PARAMS).ask("forward", X).do("backward", X, y, 0.1)
    script = script.ask("train", X, y, 2, 0.1).ask("predict", X).get(*PARAMS)
    W1, *_, W1_now, _, _, _ = expect.unchanged(script)
    expect.that(
        not np.array_equal(W1, W1_now), "`backward` and `train` leave `W1` as it is: take a step"
    )


@grades("NeuralNetwork", "Each network has its own four arrays", points=0.5, kind="finish")
def test_two_networks_are_independent(student, rng):
    (X, y), (other_X, _) = batch(rng), batch(rng)
    seeds = [expect.Seeded(int(seed)) for seed in rng.integers(2**31, size=2)]
    both = student.NeuralNetwork.new(*SMALL, seeds[0]).start(*PARAMS).new(*SMALL, seeds[1])
    both = both.start(*PARAMS).on(0).get(*PARAMS).do("forward", X).on(1).do("forward", other_X)
    got = both.on(0).do("backward", X, y, 0.4).get(*PARAMS).on(1).get(*PARAMS)()
    first, second, still, first_now, second_now = (checked(got[i : i + 4]) for i in range(0, 20, 4))
    expect.that(
        all(map(np.array_equal, first, still)),
        "a new network changes the parameters of an earlier one: keep them on `self`",
        kind="shared",
    )
    expect.that(
        all(map(np.array_equal, second, second_now)),
        "a step of one network changes the parameters of another: keep them on `self`",
        kind="shared",
    )
    alone = student.NeuralNetwork.new(*SMALL, seeds[0]).start(*PARAMS).do("forward", X)
    got = alone.do("backward", X, y, 0.4).get(*PARAMS)()
    start, end = checked(got[:4]), checked(got[4:])
    expect.that(
        not all(map(np.array_equal, start, end)),
        "`backward` leaves the parameters as they are: take a step",
    )
    if all(map(np.array_equal, start, first)):  # otherwise the weights do not come from `rng` alone
        expect.that(
            all(map(np.allclose, end, first_now)),
            "`forward` of one network changes the step of another: keep what `backward` needs on "
            "`self`",
            kind="shared",
        )


def is_trained_there(X, y, got):
    """Check a script that trains: its answer holds the parameters before, losses, those after."""
    start, (losses, *params) = checked(got[:4], NARROW), got[4:]
    expect.losses(losses, TIMED)
    wants, _ = trained(X, y, start, 0.1, TIMED)
    expect.close_list(params, wants, PARAMS, dtype=None, tolerance=tolerance.STEP)


@grades("NeuralNetwork", LOOPS, points=0.25, after="train_memorizes_32_images", kind="finish")
def test_train_leaves_the_loops_to_numpy(student, dataset, rng):
    X, y = small_images(dataset, rng, 640)

    def draw():
        X, y = small_images(dataset, rng, 640)
        script = network(student, rng, NARROW).start(*PARAMS).ask("train", X, y, TIMED, 0.1)
        return script.get(*PARAMS).call, partial(is_trained_there, X, y)

    gates.vectorized(
        draw,
        lambda: gates.train_plainly(X, y, NARROW, batch_size=640, epochs=TIMED),
        factor=12,
        what="training",
        against="a plain NumPy loop over the batches",
    )
