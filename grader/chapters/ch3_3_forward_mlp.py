"""Multi-layer perceptrons and forward propagation"""

import math

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance
from grader.vocabulary.grades import grades
from grader.vocabulary.values import figure

PARTS = ("A1", "A2")
SIGMAS = 6  # a correct draw falls outside once in 500 million
UNCHANGED = "No function changes its arguments."
DTYPES = "float32 in gives float32 out, float64 gives float64"
INTEGERS = "integers give float64"


def he_init(student, rng, fan_in, fan_out):
    """The learner's `(W, b)` for a seed drawn from `rng`; the shape of `W` is checked."""
    got = student.he_init(fan_in, fan_out, expect.Seeded(int(rng.integers(2**31))))
    W, b = expect.parts(got, "W", "b")
    return expect.array(W, (fan_in, fan_out), what="`W`", dtype=None), b


def sizes(rng):
    """`(fan_in, fan_out)` of a layer with some 30,000 weights."""
    return tuple(int(size) for size in rng.permuted([90, 300]) + rng.integers(50, size=2))


def are_random(W):
    expect.at_least(
        len(np.unique(W)),
        0.9 * W.size,
        what=f"the number of distinct values among {W.size:,} weights",
    )


@grades("he_init", "mean 0 and variance 2 / fan_in", "W of shape (fan_in, fan_out)", points=1.2)
def test_he_init_draws_weights_of_variance_2_over_fan_in(student, rng):
    """Mean and standard deviation are within the bounds for this many normal numbers."""
    for fan_in, fan_out in [sizes(rng), sizes(rng)]:
        W, _ = he_init(student, rng, fan_in, fan_out)
        sigma = math.sqrt(2 / fan_in)
        slack = SIGMAS * sigma / math.sqrt(2 * W.size)
        expect.that(
            abs(W.std() - sigma) < slack,
            f"the standard deviation of `W` should be sqrt(2 / fan_in) = {sigma:.5g} "
            f"but is {figure(W.std())}",
            about=W,
            expected=f"{sigma:.5g} +/- {slack:.2g}",
            got=f"{W.std():.5g}",
        )
        slack = SIGMAS * sigma / math.sqrt(W.size)
        expect.at_most(abs(W.mean()), slack, what="the absolute value of the mean of `W`", about=W)


@grades("he_init", "independent normal numbers", points=0.4)
def test_he_init_draws_each_weight_from_a_normal_distribution(student, rng):
    W, _ = he_init(student, rng, *sizes(rng))
    are_random(W)
    expect.that(np.all(W != 0), "no weight should be exactly 0", about=W)
    for axis, one in enumerate(["column", "row"]):
        lengths = np.sum(W**2, axis=axis) / np.mean(W**2)  # chi-squared: their variance is
        expect.that(  # twice the number of weights in each, 0.3 of that once in a billion
            lengths.var() > 0.3 * 2 * W.shape[axis],
            f"the weights should be independent, but every {one} of `W` has nearly the same length",
            about=W,
        )
    kurtosis = np.mean((W - W.mean()) ** 4) / W.var() ** 2
    slack = SIGMAS * math.sqrt(24 / W.size)
    expect.that(
        abs(kurtosis - 3) < slack,
        "the weights should be normally distributed",
        expected=f"a kurtosis (fourth moment over variance squared) of 3 +/- {slack:.2g}",
        got=f"{kurtosis:.4g} (1.8 for a uniform distribution)",
    )


@grades("he_init", "b of shape (fan_out,), zeros", points=0.4)
def test_he_init_starts_with_biases_of_0(student, rng):
    fan_in, fan_out = sizes(rng)
    W, b = he_init(student, rng, fan_in, fan_out)
    are_random(W)
    expect.right(b, np.zeros(fan_out), what="`b`")


@grades("he_init", "both float64", points=0.3, kind="finish")
def test_he_init_gives_float64(student, rng):
    W, b = he_init(student, rng, *sizes(rng))
    are_random(W)
    for part, name in [(W, "`W`"), (b, "`b`")]:
        expect.array(part, what=name, dtype=np.float64)


@grades(
    "he_init",
    "The same seed gives the same result, and no function touches NumPy's global random state.",
    points=0.7,
    kind="finish",
)
def test_he_init_draws_from_rng_only(student, rng):
    fan_in, fan_out = sizes(rng)
    seed = expect.Seeded(int(rng.integers(2**31)))
    got = expect.reproducible(student.he_init, fan_in, fan_out, seed)
    W = expect.array(expect.parts(got, "W", "b")[0], (fan_in, fan_out), what="`W`", dtype=None)
    are_random(W)
    other, _ = he_init(student, rng, fan_in, fan_out)
    expect.that(
        np.mean(np.isin(other, W)) < 0.1,
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


def some_sizes(rng, *names):
    """Sizes from 3 to 8, all different."""
    return dict(zip(names, rng.permutation(range(3, 9)).tolist(), strict=False))


def a_network(rng):
    return network(rng, **some_sizes(rng, "n", "d", "hidden", "classes"))


def layers(X, *params):
    return oracles.mlp(X, params)


def is_forward(got, args, **options):
    expect.close_list(got, layers(*args), PARTS, dtype=None, **options)


@grades("forward_mlp", "A1 = relu(X W1 + b1) of shape (n, h)", points=1)
def test_forward_mlp_has_a_hidden_layer_of_relu(student, rng):
    args = a_network(rng)
    is_forward(student.forward_mlp(*args), args, only=["A1"])


@grades(
    "forward_mlp",
    "A2 = softmax(A1 W2 + b2) of shape (n, k), whose rows are probabilities",
    points=1,
    after="forward_mlp_has_a_hidden_layer_of_relu",
)
def test_forward_mlp_is_relu_then_softmax(student, rng):
    args = a_network(rng)
    is_forward(student.forward_mlp(*args), args)


@grades("forward_mlp", "inputs of shape (n, d)", points=0.5)
def test_forward_mlp_takes_layers_of_any_size(student, rng):
    size = int(rng.integers(2, 6))
    square = dict.fromkeys(("n", "d", "hidden", "classes"), size)
    for given in [{"n": 1}, square, {"d": 1, "hidden": 2}, {"n": 7, "d": 2, "classes": 10}]:
        args = network(rng, **given)
        is_forward(student.forward_mlp(*args), args)


@grades("forward_mlp", "No warning for scores in the thousands.", points=0.3, kind="finish")
def test_forward_mlp_survives_large_scores(student, rng):
    expect.depends_on_arguments(student.forward_mlp, lambda: network(rng))
    for dtype in (np.float64, np.float32):
        X, W1, b1, W2, b2 = (arg.astype(dtype) for arg in network(rng))
        got = expect.silent(student.forward_mlp, 200 * X, W1, b1, 10 * W2, b2)
        for part, name in zip(expect.parts(got, *PARTS), PARTS, strict=True):
            expect.array(part, what=f"`{name}`", dtype=None)


@grades("forward_mlp", DTYPES, points=0.3, kind="finish")
def test_forward_mlp_keeps_float32_and_float64(student, rng):
    expect.keeps_dtype(student.forward_mlp, lambda: a_network(rng), PARTS)


@grades("forward_mlp", INTEGERS, points=0.2, kind="finish")
def test_forward_mlp_makes_floats_of_integers(student, rng):
    def pixels():
        X, W1, *params = network(rng)
        return rng.integers(0, 256, size=X.shape).astype(np.uint8), W1 / 255, *params

    def whole():
        return tuple(rng.integers(-3, 4, size=arg.shape) for arg in network(rng))

    expect.takes_integers(student.forward_mlp, pixels, PARTS)
    expect.takes_integers(student.forward_mlp, whole, PARTS)


@grades("forward_mlp", UNCHANGED, points=0.3, kind="finish")
def test_forward_mlp_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.forward_mlp, lambda: a_network(rng))


@grades("forward_mlp", "Shapes that cannot fit raise `ValueError`.", points=0.2, kind="finish")
def test_forward_mlp_refuses_weights_that_do_not_fit(student, rng):
    args, _ = expect.depends_on_arguments(student.forward_mlp, lambda: network(rng))
    X, W1, b1, W2, b2 = args
    why = "X has 4 columns and W1 has 3 rows"
    expect.refuses(student.forward_mlp, X, W1[:3], b1, W2, b2, why=why)
    why = "the hidden layer has 6 units and W2 has 4 rows"
    expect.refuses(student.forward_mlp, X, W1, b1, W2[:4], b2, why=why)


@grades(
    "forward_mlp",
    "Let NumPy do the loops",
    points=0.2,
    kind="finish",
)
def test_forward_mlp_leaves_the_loops_to_numpy(student, rng):
    def large():
        return network(rng, n=500, d=300, hidden=200, classes=10)

    (X, *_), _ = expect.depends_on_arguments(student.forward_mlp, large)
    gates.vectorized(
        lambda: gates.some_right(student.forward_mlp, layers, rng, network(rng), large()),
        lambda: gates.calibrate_dense(X, (300, 200, 10), batch_size=500, epochs=1),
        factor=25,
        what="`forward_mlp`",
    )


def guesses(rng, n=6, classes=4):
    """Probabilities, none near 0 or 1, and one-hot labels."""
    A = rng.uniform(0.1, 1, size=(n, classes))
    return A / A.sum(axis=1, keepdims=True), np.eye(classes)[rng.integers(classes, size=n)]


def some_guesses(rng):
    return guesses(rng, **some_sizes(rng, "n", "classes"))


def is_cross_entropy(got, A, y):
    want = oracles.cross_entropy(A, y)
    expect.right(got, want, what="the loss", tolerance=tolerance.EPSILON_ALLOWED)


@grades("cross_entropy", "-(1/n) sum over all entries of y log(A)", points=0.6)
def test_cross_entropy_of_one_example_is_minus_the_logarithm_of_its_true_class(student, rng):
    for classes in rng.integers(2, 10, size=2).tolist():
        A, y = guesses(rng, n=1, classes=classes)
        is_cross_entropy(student.cross_entropy(A, y), A, y)


@grades("cross_entropy", "the mean over the examples only, not over the k classes", points=1.2)
def test_cross_entropy_is_the_mean_over_examples(student, rng):
    for sizes in [some_sizes(rng, "n", "classes"), {"n": 40, "classes": 2}]:
        A, y = guesses(rng, **sizes)
        is_cross_entropy(student.cross_entropy(A, y), A, y)


@grades(
    "cross_entropy",
    "It is finite even where A is 0, in float32 too",
    points=0.3,
    kind="finish",
)
def test_cross_entropy_stays_finite_where_a_is_0(student, rng):
    """A wrong class of probability 0 changes nothing; a true one costs more than one of 0.01."""
    expect.depends_on_arguments(student.cross_entropy, lambda: some_guesses(rng))
    A, y = some_guesses(rng)
    for dtype in (np.float64, np.float32):
        wrong = (y == 0) & (rng.uniform(size=y.shape) < 0.5)
        own = expect.number(student.cross_entropy(np.where(wrong, 1e-6, A), y), what="the loss")
        got = student.cross_entropy(np.where(wrong, 0, A).astype(dtype), y.astype(dtype))
        expect.right(got, own, what="the loss", tolerance=tolerance.CONFIDENT)
        own = expect.number(student.cross_entropy(np.where(y > 0, 0.01, A), y), what="the loss")
        got = student.cross_entropy(np.where(y > 0, 0, A).astype(dtype), y.astype(dtype))
        loss = abs(expect.number(got, what="the loss"))
        what = "the loss where the true classes have probability 0 and not 0.01"
        expect.at_least(loss, 2.2 * abs(own), what=what)


@grades("cross_entropy", DTYPES, points=0.2, kind="finish")
def test_cross_entropy_takes_float32(student, rng):
    expect.keeps_dtype(student.cross_entropy, lambda: some_guesses(rng), what="the loss")


@grades("cross_entropy", INTEGERS, points=0.2, kind="finish")
def test_cross_entropy_takes_integer_labels(student, rng):
    def integer_labels():
        A, y = some_guesses(rng)
        return A, y.astype(np.int64)

    expect.takes_integers(student.cross_entropy, integer_labels, what="the loss")


@grades("cross_entropy", UNCHANGED, points=0.2, kind="finish")
def test_cross_entropy_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.cross_entropy, lambda: some_guesses(rng))
    A, y = some_guesses(rng)
    expect.unchanged(student.cross_entropy, np.where(y > 0, A, 0), y)


@grades("cross_entropy", "ValueError: if the shapes differ.", points=0.3, kind="finish")
def test_cross_entropy_refuses_labels_of_another_shape(student, rng):
    size = int(rng.integers(3, 7))
    (A, y), _ = expect.depends_on_arguments(
        student.cross_entropy, lambda: guesses(rng, n=size, classes=size)
    )
    for other in (y.argmax(axis=1), y[:1], y[:, :1], y[:-1]):
        why = f"A has shape {A.shape} and y has shape {other.shape}"
        expect.raises(ValueError, student.cross_entropy, A, other, why=why)
