"""Multi-layer perceptrons and forward propagation"""

import math
from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance
from grader.vocabulary.grades import grades

PARTS = ("A1", "A2")
SIGMAS = 6  # a correct draw falls outside once in 500 million


def he_init(student, rng, fan_in, fan_out):
    """The learner's `(W, b)` for a seed drawn from `rng`, with shapes and dtypes checked."""
    got = student.he_init(fan_in, fan_out, expect.Seeded(int(rng.integers(2**31))))
    W, b = expect.parts(got, "W", "b")
    expect.array(W, (fan_in, fan_out), what="`W`", dtype=np.float64)
    return W, expect.close(b, np.zeros(fan_out), what="`b`")


def has_variance(W, variance):
    """Mean and standard deviation are within the bounds for this many normal numbers."""
    sigma = math.sqrt(variance)
    slack = SIGMAS * sigma / math.sqrt(2 * W.size)
    expect.that(
        abs(W.std() - sigma) < slack,
        f"the standard deviation of `W` should be sqrt(2 / fan_in) = {sigma:.5g} "
        f"but is {W.std():.5g}",
        about=W,
        expected=f"{sigma:.5g} +/- {slack:.2g}",
        got=f"{W.std():.5g}",
    )
    slack = SIGMAS * sigma / math.sqrt(W.size)
    expect.at_most(abs(W.mean()), slack, what="the absolute value of the mean of `W`", about=W)


@grades("he_init", points=1.5)
def test_he_init_draws_weights_of_variance_2_over_fan_in_and_zero_biases(student, rng):
    for fan_in, fan_out in [(300, 120), (90, 400)]:
        W, _ = he_init(student, rng, fan_in, fan_out)
        has_variance(W, 2 / fan_in)


@grades("he_init", points=0.5)
def test_he_init_draws_each_weight_from_a_normal_distribution(student, rng):
    W, _ = he_init(student, rng, 250, 160)
    has_variance(W, 2 / 250)
    kurtosis = np.mean((W - W.mean()) ** 4) / W.var() ** 2
    slack = SIGMAS * math.sqrt(24 / W.size)
    expect.that(
        abs(kurtosis - 3) < slack,
        "the weights should be normally distributed",
        expected=f"a kurtosis (fourth moment over variance squared) of 3 +/- {slack:.2g}",
        got=f"{kurtosis:.4g} (1.8 for a uniform distribution)",
    )
    distinct = len(np.unique(W))
    expect.at_least(
        distinct, 0.9 * W.size, what=f"the number of distinct values among {W.size:,} weights"
    )


@grades("he_init", points=1)
def test_he_init_draws_from_rng_only(student, rng):
    seed = int(rng.integers(2**31))
    got = expect.reproducible(student.he_init, 200, 150, expect.Seeded(seed))
    W, b = expect.parts(got, "W", "b")
    has_variance(expect.array(W, (200, 150), what="`W`"), 2 / 200)
    expect.close(b, np.zeros(150), what="`b`")
    other, _ = he_init(student, rng, 200, 150)
    expect.that(
        np.abs(W - other).mean() > 0.01,
        "`he_init` gives the same weights for two different seeds: draw them from `rng`",
        about=other,
    )


def network(rng, n=5, d=4, hidden=6, classes=3):
    """A batch and the parameters of a two-layer perceptron."""
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, hidden)),
        rng.normal(size=hidden),
        rng.normal(size=(hidden, classes)),
        rng.normal(size=classes),
    )


def activations(X, *params):
    return oracles.mlp(X, [np.asarray(param, np.float64) for param in params])


@grades("forward_mlp", points=1.5)
def test_forward_mlp_is_relu_then_softmax(student, rng):
    square = {"n": 3, "d": 3, "hidden": 3, "classes": 3}
    narrow = {"d": 1, "hidden": 2}
    for sizes in [{}, {"n": 1}, square, narrow, {"n": 7, "d": 2, "hidden": 9, "classes": 10}]:
        args = network(rng, **sizes)
        expect.close_list(student.forward_mlp(*args), activations(*args), PARTS)


@grades("forward_mlp", points=0.5)
def test_forward_mlp_survives_large_scores(student, rng):
    X, W1, b1, W2, b2 = network(rng, n=8)
    for dtype in (np.float64, np.float32):
        args = [arg.astype(dtype) for arg in (200 * X, W1, b1, 10 * W2, b2)]
        got = expect.silent(student.forward_mlp, *args)
        A1, A2 = expect.parts(got, *PARTS)
        wants = activations(*args)
        expect.close(A1, wants[0].astype(dtype), what="`A1`")
        expect.array(A2, (8, 3), what="`A2`", want=wants[1], dtype=dtype)
        expect.close(
            A2.sum(axis=1, dtype=np.float64),
            np.ones(8),
            what="the vector of row sums of `A2`",
            tolerance=tolerance.PROBABILITIES,
        )
    args = (X, W1, b1, W2, b2 + 1e3)
    expect.close_list(expect.silent(student.forward_mlp, *args), activations(*args), PARTS)


@grades("forward_mlp", points=0.5)
def test_forward_mlp_keeps_float32_and_takes_integers(student, rng):
    args = [arg.astype(np.float32) for arg in network(rng)]
    wants = [A.astype(np.float32) for A in activations(*args)]
    expect.close_list(student.forward_mlp(*args), wants, PARTS)
    X, *params = network(rng)
    pixels = rng.integers(0, 256, size=X.shape).astype(np.uint8)
    params[0] /= 255
    expect.close_list(student.forward_mlp(pixels, *params), activations(pixels, *params), PARTS)
    whole = [rng.integers(-3, 4, size=arg.shape) for arg in (X, *params)]
    expect.close_list(student.forward_mlp(*whole), activations(*whole), PARTS)


@grades("forward_mlp", points=0.5)
def test_forward_mlp_leaves_its_arguments_alone(student, rng):
    args = network(rng)
    expect.close_list(expect.unchanged(student.forward_mlp, *args), activations(*args), PARTS)


@grades("forward_mlp", points=0.5)
def test_forward_mlp_refuses_weights_that_do_not_fit(student, rng):
    X, W1, b1, W2, b2 = network(rng)
    args = (X, W1, b1, W2, b2)
    expect.close_list(student.forward_mlp(*args), activations(*args), PARTS)
    why = "X has 4 columns and W1 has 3 rows"
    expect.refuses(student.forward_mlp, X, rng.normal(size=(3, 6)), b1, W2, b2, why=why)
    why = "the hidden layer has 6 units and W2 has 4 rows"
    expect.refuses(student.forward_mlp, X, W1, b1, rng.normal(size=(4, 3)), b2, why=why)


@grades("forward_mlp", points=0.5)
def test_forward_mlp_leaves_the_loops_to_numpy(student, rng):
    def draw():
        args = network(rng, n=500, d=300, hidden=200, classes=10)
        wants = activations(*args)
        check = partial(expect.close_list, wants=wants, names=PARTS)
        return partial(student.forward_mlp.call, *args), check

    call, check = draw()  # this call also does the imports, so that they are not timed
    check(call().reply.value)
    X = rng.normal(size=(500, 300))
    gates.vectorized(
        draw,
        lambda: gates.calibrate_dense(X, (300, 200, 10), batch_size=500, epochs=1),
        factor=25,
        what="`forward_mlp`",
    )


def guesses(rng, n=6, classes=4):
    """Probabilities, none near 0 or 1, and one-hot labels."""
    A = rng.uniform(0.1, 1, size=(n, classes))
    return A / A.sum(axis=1, keepdims=True), np.eye(classes)[rng.integers(classes, size=n)]


def is_cross_entropy(got, A, y):
    narrow = A.dtype == np.float32
    allowed = None if narrow else tolerance.EPSILON_ALLOWED
    expect.close(got, A.dtype.type(oracles.cross_entropy(A, y)), what="the loss", tolerance=allowed)


@grades("cross_entropy", points=1)
def test_cross_entropy_is_the_mean_over_examples(student, rng):
    for sizes in [{}, {"n": 1}, {"n": 3, "classes": 10}, {"n": 40, "classes": 2}]:
        A, y = guesses(rng, **sizes)
        is_cross_entropy(student.cross_entropy(A, y), A, y)


@grades("cross_entropy", points=0.5)
def test_cross_entropy_stays_finite_where_a_is_0(student, rng):
    for dtype in (np.float64, np.float32):
        A = np.array([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0, 0.75]], dtype)
        y = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype)
        want = -math.log(0.5 * 0.75) / 3
        expect.close(
            student.cross_entropy(A, y),
            want,
            what="the loss",
            tolerance=tolerance.CONFIDENT,
            dtype=None,
        )
        A = np.array([[0, 1, 0], [0, 0.5, 0.5]], dtype)
        y = np.array([[1, 0, 0], [1, 0, 0]], dtype)
        loss = expect.number(student.cross_entropy(A, y), what="the loss")
        expect.at_least(loss, 10, what="the loss where the true class has probability 0")


@grades("cross_entropy", points=0.5)
def test_cross_entropy_takes_float32_and_integer_labels(student, rng):
    A, y = guesses(rng)
    is_cross_entropy(student.cross_entropy(A, y.astype(np.int64)), A, y)
    A = A.astype(np.float32)
    is_cross_entropy(student.cross_entropy(A, y.astype(np.float32)), A, y)


@grades("cross_entropy", points=0.5)
def test_cross_entropy_refuses_labels_of_another_shape(student, rng):
    A, y = guesses(rng, n=4, classes=4)
    is_cross_entropy(student.cross_entropy(A, y), A, y)
    for other in (y.argmax(axis=1), y[:1], y[:, :1], y[:3]):
        why = f"A has shape {A.shape} and y has shape {other.shape}"
        expect.raises(ValueError, student.cross_entropy, A, other, why=why)


@grades("cross_entropy", points=0.5)
def test_cross_entropy_leaves_its_arguments_alone(student, rng):
    A, y = guesses(rng)
    is_cross_entropy(expect.unchanged(student.cross_entropy, A, y), A, y)
    A[0], y[0] = [0, 0.5, 0.5, 0], [0, 1, 0, 0]
    is_cross_entropy(expect.unchanged(student.cross_entropy, A, y), A, y)
