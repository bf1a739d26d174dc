"""Two moons and a network that bends"""

import numpy as np

from grader.vocabulary import expect, oracles, tolerance, training
from grader.vocabulary.draws import seeded
from grader.vocabulary.grades import grades

NAMES = ("W1", "b1", "W2", "b2")
GRADS = ("dW1", "db1", "dW2", "db2")
# A correct network may start with too many dead units: with 8 hidden units on XOR, 4 starts in 100
# fail with He weights and 7 to 11 with other common ones. So one success in a few tries is enough;
# in 1,000 runs a network without a hidden ReLU layer never had one.
TRIES = 5


def probabilities(X, params):
    W1, b1, W2, b2 = (np.asarray(param, np.float64) for param in params)
    return oracles.sigmoid(np.maximum(np.asarray(X, np.float64) @ W1 + b1, 0.0) @ W2 + b2)


def loss_of(X, y):
    """The loss as a function of the parameters, finite whatever they are."""

    def loss(params):
        A = np.clip(probabilities(X, params), 1e-15, 1 - 1e-15)
        return oracles.binary_cross_entropy(A, y)

    return loss


def gradients(X, y, params):
    """The gradients by the chain rule; central differences could cross a ReLU's kink."""
    W1, b1, W2, _ = params
    hidden = np.maximum(X @ W1 + b1, 0.0)
    delta = (probabilities(X, params) - y) / len(X)
    below = delta @ W2.T * (hidden > 0)
    return [X.T @ below, below.sum(axis=0), hidden.T @ delta, delta.sum(axis=0)]


def network(rng, n=5, d=3, hidden=4):
    """Inputs, labels and parameters for central differences.

    No ReLU input is so near 0 that h could cross it, and no answer is so certain that an epsilon
    in the learner's logarithm would show. The answers differ, and dL/db2, the mean of A - y, is no
    small difference, of which float32 would round away too much.
    """
    while True:
        X, y = rng.normal(size=(n, d)), rng.integers(2, size=(n, 1)).astype(np.float64)
        params = [
            rng.normal(size=(d, hidden)),
            rng.normal(size=hidden),
            rng.normal(size=(hidden, 1)),
            rng.normal(size=1),
        ]
        A = probabilities(X, params)
        far = np.abs(X @ params[0] + params[1]).min() > 1e-3
        clear = np.all(abs(A - 0.5) < 0.44) and abs((A - y).mean()) > 1e-2
        if far and clear and (n == 1 or np.ptp(A) > 1e-3):
            return X, y, params


SIZES = [{"n": 1}, {"d": 1}, {"hidden": 1}, {"n": 1, "d": 1, "hidden": 1}, {"n": 9, "hidden": 6}]


DTYPES = "float32 gives float32, float64 and integers give float64."
CONVENTION = "float32 in gives float32 out, float64 gives float64, integers give float64."
UNCHANGED = "No function changes its arguments."


def draw_forward(rng):
    X, _, params = network(rng)
    return X, params


def whole_network(rng):
    """`(X, y, params)` of integers."""
    shapes = [(6, 3), (3, 4), (4,), (4, 1), (1,)]
    X, *params = (rng.integers(-2, 3, size=shape) for shape in shapes)
    return X, rng.integers(2, size=(6, 1)), params


@grades(
    "forward_binary",
    "A = sigmoid(relu(X W1 + b1) W2 + b2), probabilities of shape (n, 1).",
    points=1.25,
)
def test_forward_binary_is_relu_and_then_sigmoid(student, rng):
    for sizes in [{}, {"n": 8, "d": 2, "hidden": 7}]:
        X, _, params = network(rng, **sizes)
        expect.right(student.forward_binary(X, params), probabilities(X, params))


@grades("forward_binary", "[W1, b1, W2, b2] of shapes (d, h), (h,), (h, 1) and (1,)", points=0.75)
def test_forward_binary_works_for_one_example_one_input_and_one_unit(student, rng):
    for sizes in SIZES:
        X, _, params = network(rng, **sizes)
        expect.right(student.forward_binary(X, params), probabilities(X, params))


@grades("forward_binary", "No overflow.", points=0.25, kind="finish")
def test_forward_binary_saturates_without_overflow(student, rng):
    w = rng.normal(size=(3, 1))
    params = [np.hstack([w, -w]), np.zeros(2), np.array([[1.0], [-1.0]]), np.zeros(1)]  # score X w
    X, nearer = (
        np.outer([score, -score, 1, 0], np.sign(w)) / np.abs(w).sum() for score in (3000, 30)
    )
    own = expect.array(student.forward_binary(nearer, params), dtype=None)
    varies = own.size > 0 and np.ptp(own.astype(np.float64)) > 0
    expect.that(varies, "the answer is the same for all examples: compute it from `X`")
    for dtype in (np.float64, np.float32):
        args = X.astype(dtype), [param.astype(dtype) for param in params]
        got = expect.silent(student.forward_binary, *args)
        expect.right(got, own, tolerance=tolerance.EPSILON_ALLOWED)


@grades("forward_binary", DTYPES, points=0.25, kind="finish")
def test_forward_binary_keeps_float32(student, rng):
    expect.keeps_dtype(student.forward_binary, lambda: draw_forward(rng))


@grades("forward_binary", DTYPES, points=0.25, kind="finish")
def test_forward_binary_takes_integers(student, rng):
    def draw():
        X, _, params = whole_network(rng)
        return X, params

    expect.takes_integers(student.forward_binary, draw)


@grades("forward_binary", UNCHANGED, points=0.25, kind="finish")
def test_forward_binary_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.forward_binary, lambda: draw_forward(rng))


def loss_and_gradients(student, X, y, params):
    return expect.parts(student.binary_loss(X, y, params), "loss", "grads")


@grades("binary_loss", "(loss, grads): the mean binary cross-entropy, a float", points=0.75)
def test_binary_loss_gives_the_mean_loss(student, rng):
    for sizes in [{}, {"n": 9, "hidden": 6}]:
        X, y, params = network(rng, **sizes)
        loss, _ = loss_and_gradients(student, X, y, params)
        want = loss_of(X, y)(params)
        expect.right(loss, want, what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)


@grades(
    "binary_loss", "a list of its exact gradients in the order and shapes of params", points=0.5
)
def test_binary_loss_gives_the_gradients_of_the_output_layer(student, rng):
    for sizes in [{}, {"n": 9, "hidden": 6}]:
        X, y, params = network(rng, **sizes)
        _, grads = loss_and_gradients(student, X, y, params)
        expect.gradient(grads, loss_of(X, y), params, GRADS, only=("dW2", "db2"))


@grades(
    "binary_loss",
    "a list of its exact gradients in the order and shapes of params",
    "The 1/n is included.",
    points=0.5,
)
def test_binary_loss_gives_the_gradients_of_the_hidden_layer(student, rng):
    for sizes in [{}, {"n": 9, "hidden": 6}]:
        X, y, params = network(rng, **sizes)
        _, grads = loss_and_gradients(student, X, y, params)
        expect.gradient(grads, loss_of(X, y), params, GRADS, only=("dW1", "db1"))


@grades("binary_loss", "labels 0 or 1 of shape (n, 1)", points=0.25)
def test_binary_loss_works_for_one_example_one_input_and_one_unit(student, rng):
    for sizes in SIZES:
        X, y, params = network(rng, **sizes)
        loss, grads = loss_and_gradients(student, X, y, params)
        want = loss_of(X, y)(params)
        expect.right(loss, want, what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)
        expect.gradient(grads, loss_of(X, y), params, GRADS)


def mistaken(rng):
    """`network` with a large gradient in every parameter if all is taken for class 1."""
    y = np.array([[0.0], [1.0], [0.0], [1.0], [0.0], [0.0]])
    while True:
        X, _, params = network(rng, n=6)
        if all(np.abs(g).max() > 1e-3 for g in gradients(X, y, [*params[:3], params[3] + 20])):
            return X, y, params


@grades(
    "binary_loss", "finite even where the network is certain and wrong", points=0.2, kind="finish"
)
def test_binary_loss_stays_exact_where_the_network_is_certain(student, rng):
    expect.depends_on_arguments(student.binary_loss, lambda: network(rng))
    X, y, params = mistaken(rng)
    likely, certain = ([*params[:3], params[3] + score] for score in (20, 3000))  # of class 1
    doubtful = [*params[:2], 0 * params[2], np.full(1, 3.0)]
    less, _ = loss_and_gradients(student, X, y, doubtful)
    less = abs(expect.number(less, what="`loss`"))
    _, own = loss_and_gradients(student, X, y, likely)
    own = expect.arrays(own, [param.shape for param in params], GRADS, what="the gradients")
    for dtype in (np.float64, np.float32):
        args = X.astype(dtype), y.astype(dtype), [param.astype(dtype) for param in certain]
        loss, grads = loss_and_gradients(student, *args)
        loss = abs(expect.number(loss, what="`loss`"))
        expect.at_least(loss, 3 * less, what="the loss of confident mistakes")
        allowed = tolerance.rounding(np.float32)
        expect.close_list(grads, own, GRADS, tolerance=allowed, dtype=None)


@grades("binary_loss", "float32 gives float32 gradients.", CONVENTION, points=0.2, kind="finish")
def test_binary_loss_keeps_float32(student, rng):
    expect.keeps_dtype(student.binary_loss, lambda: network(rng), ("loss", "grads"))


@grades("binary_loss", CONVENTION, points=0.2, kind="finish")
def test_binary_loss_takes_integers(student, rng):
    def draw():
        X, y, _ = whole_network(rng)
        return X, y, network(rng)[2]

    expect.takes_integers(student.binary_loss, draw, ("loss", "grads"))


@grades("binary_loss", UNCHANGED, points=0.2, kind="finish")
def test_binary_loss_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.binary_loss, lambda: network(rng))


@grades("binary_loss", "if y does not have the shape (n, 1)", points=0.2, kind="finish")
def test_binary_loss_refuses_labels_of_another_shape(student, rng):
    (X, y, params), _ = expect.depends_on_arguments(student.binary_loss, lambda: network(rng, n=4))
    for other in (y[:, 0], y[:1], np.hstack([y, 1 - y]), y.T):
        why = f"the output has shape (4, 1) and y has shape {other.shape}"
        expect.raises(ValueError, student.binary_loss, X, other, params, why=why)


def trained(got, d=2, hidden=8, updates=2000):
    """`(params, losses)` of a training run, validated."""
    params, losses = expect.parts(got, "params", "losses")
    shapes = [(d, hidden), (hidden,), (hidden, 1), (1,)]
    return expect.arrays(params, shapes, NAMES), expect.losses(losses, updates)


def crowd(rng, n=12, d=3):
    """Points with labels that no straight line separates."""
    X = rng.normal(size=(n, d))
    y = rng.permutation(np.arange(n) % 2).reshape(n, 1).astype(np.float64)
    return X, y


def is_one_step(before, after, X, y, lr, what):
    """All parameters moved by minus lr times the exact gradient of the mean loss."""
    grads = gradients(X, y, before)
    want = [param - lr * grad for param, grad in zip(before, grads, strict=True)]
    got, want = (np.concatenate([param.ravel() for param in params]) for params in (after, want))
    expect.close(
        got, want, what=f"the vector of all parameters {what}", tolerance=tolerance.ONE_UPDATE
    )


def downhill(student, X, y, seed):
    """What can be seen of a step if the start is a different one each time."""
    got = student.train_binary(X, y, 5, training.SMALL, 1, seed)
    params, losses = trained(got, X.shape[1], 5, 1)
    grads = gradients(X, y, params)
    training.falls_as_the_gradient_says(losses[-1], loss_of(X, y)(params), grads)


def three_runs(student, rng):
    """Points, their labels, `lr`, the seed, and what 1, 2 and 3 epochs give from there."""
    X, y = crowd(rng, n=70)  # more than one mini-batch of the usual size
    seed, lr = seeded(rng), float(rng.uniform(0.3, 0.9))
    runs = [
        trained(student.train_binary(X, y, hidden=5, lr=lr, epochs=epochs, rng=seed), 3, 5, epochs)
        for epochs in (1, 2, 3)
    ]
    return X, y, lr, seed, runs


STEPS = "train_binary_steps_down_the_gradient_of_all_examples"


@grades(
    "train_binary",
    "Every epoch is one update: param <- param - lr * grad for each of the four",
    "lr: learning rate",
    points=1,
)
def test_train_binary_steps_down_the_gradient_of_all_examples(student, rng):
    X, y, lr, seed, runs = three_runs(student, rng)
    (first, one), (second, two), (third, three) = runs
    if one[0] == two[0] == three[0]:
        is_one_step(first, second, X, y, lr, "after 2 epochs")
        is_one_step(second, third, X, y, lr, "after 3 epochs")
    else:
        downhill(student, X, y, seed)


@grades("train_binary", "a list of floats, the loss before each of the updates", points=0.5)
def test_train_binary_records_the_loss_before_each_update(student, rng):
    X, y, _, seed, ((first, one), (second, _), (_, losses)) = three_runs(student, rng)
    if one[0] == losses[0]:
        want = np.array([loss_of(X, y)(params) for params in (first, second)])
        what = "`losses[1:]` of 3 epochs"
        expect.close(losses[1:], want, what=what, tolerance=tolerance.ONE_UPDATE)
    else:
        downhill(student, X, y, seed)


def by_default(student, rng):
    """The `Call` of a training on XOR with all defaults, done once for all checks."""
    import data

    (X, y), seed = data.xor(rng), seeded(rng)
    return student.shared("by default", lambda: student.train_binary.call(X, y, rng=seed))


@grades("train_binary", "by gradient descent on all examples", points=0.75, after=STEPS)
def test_train_binary_learns_xor(student, rng):
    call = by_default(student, rng)
    X, y = call.args
    for number in range(TRIES):
        got = student.train_binary(X, y, rng=seeded(rng)) if number else call.reply.value
        params, losses = trained(got, updates=None)
        A = probabilities(X, params)
        if (np.abs(A - y) < 0.25).all():
            expect.losses(losses, 2000)
            return
    expect.fail(
        f"`train_binary` should learn XOR, but fails from all of {TRIES} starts",
        kind="too low",
        expected=f"within 0.25 of {y[:, 0]} for the rows of X",
        got=f"{A[:, 0].round(3)}, with a loss of {losses[-1]:.3g}, in the last try",
        note="a network without a nonlinear hidden layer ends at ln 2 = 0.693",
    )


@grades(
    "train_binary",
    "params = [W1, b1, W2, b2]",
    "hidden: number of hidden units h",
    "epochs: number of updates",
    points=0.5,
    after="train_binary_learns_xor",
)
def test_train_binary_separates_two_moons(student, rng):
    import data

    X, y = data.two_moons(rng, n=200)
    fresh, truth = data.two_moons(rng, n=1000)
    right = []
    for epochs in (500, 2000, 2000, 2000):  # the first few settle it for most networks
        got = student.train_binary(X, y, hidden=16, lr=0.5, epochs=epochs, rng=seeded(rng))
        params, _ = trained(got, hidden=16, updates=epochs)
        right.append(100 * np.mean((probabilities(fresh, params) > 0.5) == truth))
        if right[-1] >= 95:
            return
    expect.at_least(max(right), 95, what="accuracy on 1,000 points of two moons", unit="%")


@grades(
    "train_binary",
    "hidden=8",
    "lr=0.1",
    "epochs=2000",
    "rng=None",
    "None means `np.random.default_rng()`",
    points=0.25,
    kind="finish",
    after=STEPS,
)
def test_train_binary_has_its_defaults(student, rng):
    call = by_default(student, rng)
    X, y = call.args
    params, losses = trained(call.reply.value, updates=None)

    def explicitly(epochs):
        return trained(student.train_binary(X, y, 8, 0.1, epochs, call.kwargs["rng"]), updates=None)

    if len(losses) != 2000 or not np.array_equal(losses[:3], explicitly(3)[1]):
        wants, others = explicitly(2000)
        expect.close_list(params, wants, NAMES)
        expect.close(losses, others, what="`losses`")
    (one, _), (other, _) = (
        trained(student.train_binary(X, y, epochs=1), updates=None) for _ in range(2)
    )
    training.starts_from_others("train_binary", one[0], other[0])


@grades(
    "train_binary",
    "rng: numpy.random.Generator for the initial weights",
    "The same seed gives the same result",
    points=0.25,
    kind="finish",
    after=STEPS,
)
def test_train_binary_is_reproducible_with_the_same_rng(student, rng):
    X, y = crowd(rng)
    given = {"hidden": 6, "lr": 0.4, "epochs": 4}
    got = expect.reproducible(student.train_binary, X, y, **given, rng=seeded(rng))
    params, _ = trained(got, 3, 6, None)
    others, _ = trained(student.train_binary(X, y, **given, rng=seeded(rng)), 3, 6, None)
    expect.that(
        np.abs(params[0] - others[0]).mean() > 1e-2 * np.abs(params[0]).mean(),
        "`train_binary` gives the same weights for two different seeds: draw them from `rng`",
    )


@grades(
    "train_binary",
    "float32 (which is faster), float64 or integers",
    points=0.5,
    kind="finish",
    after=STEPS,
)
def test_train_binary_takes_float32_and_integers(student, rng):
    X, y = rng.integers(1, 5, size=(12, 3)).astype(np.uint8), crowd(rng)[1]
    seed = seeded(rng)
    want, _ = trained(student.train_binary(X.astype(float), y, 4, 0.01, 4, seed), 3, 4, None)
    whole = student.train_binary(X, y.astype(np.int64), 4, 0.01, 4, seed)
    params, _ = trained(whole, 3, 4, None)
    expect.close_list(params, want, NAMES, tolerance=tolerance.AFTER_FLOAT32_UPDATES)
    args = X.astype(np.float32), y.astype(np.float32)
    trained(student.train_binary(*args, 4, 0.01, 4, seed), 3, 4, None)


@grades(
    "train_binary",
    "No function changes its arguments",
    points=0.25,
    kind="finish",
    after=STEPS,
)
def test_train_binary_leaves_its_arguments_alone(student, rng):
    X, y = crowd(rng)
    for dtype in (np.float64, np.float32):
        args = X.astype(dtype), y.astype(dtype)
        trained(expect.unchanged(student.train_binary, *args, 4, 0.2, 4, seeded(rng)), 3, 4, None)
