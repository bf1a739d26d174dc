"""Pooling and CNN architecture"""

import itertools
from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance, training
from grader.vocabulary.draws import labeled_images, seeded
from grader.vocabulary.grades import grades

NAMES = ("filters", "conv_b", "W", "b")
GRADS = ("dfilters", "dconv_b", "dW", "db")

# The real run: with these settings the accuracy settles, even on the few digits.
SETTINGS = {"lr": 0.1, "batch_size": 32}
EPOCHS = {"digits": 24, "mnist": 3}

# Shapes and window sizes: exact fits, and ragged edges at the bottom, on the right, on both.
WHOLE = [((2, 3, 4, 6), 2), ((4, 2), 2), ((2, 2, 9, 6), 3), ((3, 2, 2, 3), 1)]
RAGGED = [((2, 3, 5, 6), 2), ((3, 2, 4, 7), 2), ((5, 9), 2), ((2, 2, 8, 10), 3)]


def distinct(rng, shape):
    """Numbers of both signs, all well apart."""
    size = np.prod(shape)
    return (rng.permutation(size) - size / 2 + rng.uniform(0.1, 0.4, size)).reshape(shape)


def pooled_shape(shape, size):
    return *shape[:-2], shape[-2] // size, shape[-1] // size


def winners_of(X, size):
    """A mask of the largest entries of each window; False in a ragged edge."""
    largest = oracles.pool(X, size, np.max).repeat(size, axis=-2).repeat(size, axis=-1)
    winners = np.zeros(X.shape, dtype=bool)
    whole = (..., slice(largest.shape[-2]), slice(largest.shape[-1]))
    winners[whole] = X[whole] == largest
    return winners


def routed(dout, X, size):
    """The gradient of max pooling; tied entries share it."""
    dX = np.zeros(X.shape)
    dX[winners_of(X, size)] = 1
    share = dout / oracles.pool(dX, size, np.sum)
    rows, columns = (dout.shape[axis] * size for axis in (-2, -1))
    dX[..., :rows, :columns] *= share.repeat(size, axis=-2).repeat(size, axis=-1)
    return dX


DTYPES = "float32 in gives float32 out, float64 gives float64, integers give float64."
UNCHANGED = "No function changes its arguments."
SAME_AS_MAX_POOL = """X, size, the shape and dtype of the result, and the ValueError are as in
    `max_pool`."""


def pixels(rng, *shape):
    """uint8 images, so bright that sums overflow."""
    return rng.integers(128, 256, size=shape).astype(np.uint8)


NO_WINDOW = ValueError, ZeroDivisionError  # the latter from a division by a size of 0


def unfit_windows(rng):
    """`(X, size, why)` for windows that do not fit."""
    for shape in [(4, 8), (2, 3, 8, 4)]:
        for size in (0, -2, 5, 8):
            why = f"size = {size} is not in 1..4, and X has shape {shape}"
            yield rng.normal(size=shape), size, why


@grades("max_pool", "Keep the largest entry of each size x size window", points=0.4)
def test_max_pool_takes_the_largest_of_each_window(student, rng):
    for shape, size in WHOLE:
        X = distinct(rng, shape)
        for values in (X, X - X.max() - 1):
            expect.right(student.max_pool(values, size), oracles.pool(values, size, np.max))


@grades(
    "max_pool",
    """Array of shape (..., H // size, W // size). A ragged edge, rows and columns that do not
    fill a whole window, is dropped.""",
    points=0.2,
)
def test_max_pool_drops_a_ragged_edge(student, rng):
    for shape, size in RAGGED:
        X = distinct(rng, shape)
        expect.right(student.max_pool(X, size), oracles.pool(X, size, np.max))


@grades(
    "max_pool", "float32, float64 or integer", "float32 gives float32", points=0.1, kind="finish"
)
def test_max_pool_keeps_float32(student, rng):
    expect.keeps_dtype(student.max_pool, lambda: (distinct(rng, (2, 3, 6, 4)), 2))


@grades("max_pool", "integers give float64", points=0.1, kind="finish")
def test_max_pool_takes_integers(student, rng):
    for kind in (np.uint8, np.int64):
        expect.takes_integers(
            student.max_pool, lambda kind=kind: (pixels(rng, 2, 3, 4, 6).astype(kind), 2)
        )


@grades("max_pool", UNCHANGED, points=0.1, kind="finish")
def test_max_pool_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.max_pool, lambda: (distinct(rng, (2, 3, 6, 4)), 2))


@grades("max_pool", "an int in 1..min(H, W), or `ValueError`", points=0.1, kind="finish")
def test_max_pool_refuses_windows_that_do_not_fit(student, rng):
    expect.depends_on_arguments(student.max_pool, lambda: (rng.normal(size=(4, 8)), 4))
    for X, size, why in unfit_windows(rng):
        expect.raises(NO_WINDOW, student.max_pool, X, size, why=why)


@grades("avg_pool", "Take the mean of each size x size window of the last two axes.", points=0.4)
def test_avg_pool_takes_the_mean_of_each_window(student, rng):
    for shape, size in WHOLE:
        X = rng.normal(loc=1, scale=3, size=shape)
        for values in (X, np.maximum(X, 0)):
            expect.right(student.avg_pool(values, size), oracles.pool(values, size, np.mean))


@grades("avg_pool", SAME_AS_MAX_POOL, points=0.2)
def test_avg_pool_drops_a_ragged_edge(student, rng):
    for shape, size in RAGGED:
        X = rng.normal(loc=1, scale=3, size=shape)
        expect.right(student.avg_pool(X, size), oracles.pool(X, size, np.mean))


@grades("avg_pool", SAME_AS_MAX_POOL, points=0.1, kind="finish")
def test_avg_pool_keeps_float32(student, rng):
    expect.keeps_dtype(student.avg_pool, lambda: (rng.normal(size=(2, 3, 6, 4)), 2))


@grades("avg_pool", SAME_AS_MAX_POOL, DTYPES, points=0.1, kind="finish")
def test_avg_pool_takes_integers(student, rng):
    for kind in (np.uint8, np.int64):
        expect.takes_integers(
            student.avg_pool, lambda kind=kind: (pixels(rng, 2, 3, 4, 6).astype(kind), 2)
        )


@grades("avg_pool", UNCHANGED, points=0.1, kind="finish")
def test_avg_pool_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.avg_pool, lambda: (rng.normal(size=(2, 3, 6, 4)), 2))


@grades("avg_pool", SAME_AS_MAX_POOL, points=0.1, kind="finish")
def test_avg_pool_refuses_windows_that_do_not_fit(student, rng):
    expect.depends_on_arguments(student.avg_pool, lambda: (rng.normal(size=(4, 8)), 4))
    for X, size, why in unfit_windows(rng):
        expect.raises(NO_WINDOW, student.avg_pool, X, size, why=why)


def draw_backward(rng, shape, size):
    """`(dout, X, size)` for `max_pool_backward`; no two entries of X are equal."""
    return rng.normal(size=pooled_shape(shape, size)), distinct(rng, shape), size


@grades(
    "max_pool_backward",
    "The result is shaped like X: dout at the largest entry of each window, 0 elsewhere",
    points=0.75,
)
def test_max_pool_backward_sends_dout_to_the_largest_entry(student, rng):
    for shape, size in WHOLE:
        dout, X, _ = draw_backward(rng, shape, size)
        for values in (X, X - X.max() - 1):
            got = student.max_pool_backward(dout, values, size)
            expect.right(got, routed(dout, values, size))


@grades("max_pool_backward", "also in the ragged edge", points=0.5)
def test_max_pool_backward_gives_a_ragged_edge_zero_gradient(student, rng):
    for shape, size in RAGGED:
        args = draw_backward(rng, shape, size)
        expect.right(student.max_pool_backward(*args), routed(*args))


@grades(
    "max_pool_backward",
    """Where several entries of a window are the largest, any way of splitting dout among them is
    correct""",
    points=0.25,
    kind="finish",
)
def test_max_pool_backward_splits_dout_among_ties(student, rng):
    for shape, size in WHOLE[:-1]:  # a window of one entry has no ties
        (dout, *_), untied = expect.depends_on_arguments(
            student.max_pool_backward,
            lambda shape=shape, size=size: draw_backward(rng, shape, size),
        )
        own = oracles.pool(expect.array(untied, shape), size, np.mean)
        few = rng.integers(-2, 1, size=shape).astype(float)
        for tied in (few, np.maximum(few, -1.0), np.zeros(shape)):
            got = expect.array(student.max_pool_backward(dout, tied, size), shape)
            losers = np.where(winners_of(tied, size), 0, got)
            expect.right(losers, np.zeros(shape), what="the gradient away from the largest entries")
            mean = oracles.pool(got, size, np.mean)
            expect.right(mean, own, what="the mean gradient of each window")


@grades("max_pool_backward", DTYPES, points=0.1, kind="finish")
def test_max_pool_backward_keeps_float32(student, rng):
    expect.keeps_dtype(student.max_pool_backward, lambda: draw_backward(rng, (2, 3, 4, 6), 2))


@grades("max_pool_backward", DTYPES, points=0.1, kind="finish")
def test_max_pool_backward_takes_integers(student, rng):
    def draw():
        X = rng.permutation(240).reshape(3, 2, 4, 10).astype(np.uint8)
        return rng.normal(size=(3, 2, 2, 5)), X, 2

    expect.takes_integers(student.max_pool_backward, draw)


@grades("max_pool_backward", UNCHANGED, points=0.1, kind="finish")
def test_max_pool_backward_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(
        student.max_pool_backward, lambda: draw_backward(rng, (2, 3, 4, 6), 2)
    )


@grades(
    "max_pool_backward",
    "dout is the gradient with respect to `max_pool(X, size)` and has its shape, or `ValueError`.",
    points=0.2,
    kind="finish",
)
def test_max_pool_backward_refuses_a_dout_of_another_shape(student, rng):
    # Too large for a diagnosis to replay, because the bank's wrong versions accept any `dout`.
    (dout, X, _), _ = expect.depends_on_arguments(
        student.max_pool_backward, lambda: draw_backward(rng, (64, 1, 32, 32), 2)
    )
    for other in (dout[:1], dout[:, :, 1:], dout[..., :1], dout.repeat(2, axis=2), dout[:, 0]):
        why = f"`dout` has shape {other.shape}, the pooled `X` has {dout.shape}"
        expect.refuses(student.max_pool_backward, other, X, 2, why=why)


@grades(
    "flatten",
    """Lay out each example of X, (n, C, H, W), in one row, (n, C*H*W), for a dense layer. In C
    order: channel by channel, row by row.""",
    points=0.3,
)
def test_flatten_lays_out_each_image_in_one_row(student, rng):
    for shape in [(4, 3, 2, 5), (1, 2, 3, 2), (3, 2, 1, 4)]:
        X = rng.normal(size=shape)
        rows = [[*itertools.chain(*itertools.chain(*image))] for image in X]
        expect.right(student.flatten(X), np.array(rows))


@grades("flatten", "float32 gives float32, integers give float64.", points=0.1, kind="finish")
def test_flatten_keeps_float32_and_takes_integers(student, rng):
    expect.keeps_dtype(student.flatten, lambda: (rng.normal(size=(3, 2, 1, 4)),))
    expect.takes_integers(student.flatten, lambda: (pixels(rng, 2, 3, 4, 5),))


@grades("flatten", UNCHANGED, points=0.1, kind="finish")
def test_flatten_leaves_its_argument_alone(student, rng):
    expect.leaves_arguments_alone(student.flatten, lambda: (rng.normal(size=(3, 2, 1, 4)),))


def draw_cnn(rng, n, channels, height, width, filters, classes):
    """Images, one-hot labels and parameters for the network of this chapter."""
    features = filters * ((height - 2) // 2) * ((width - 2) // 2)
    params = [
        rng.normal(size=(filters, channels, 3, 3)) / 2,
        rng.normal(size=filters) / 2,
        rng.normal(size=(features, classes)) / np.sqrt(2 * features),
        rng.normal(size=classes) / 2,
    ]
    y = np.eye(classes)[rng.integers(classes, size=n)]
    return rng.normal(size=(n, channels, height, width)), y, params


def away_from_kinks(X, params):
    """No ReLU input is near 0, and no window has two largest entries near each other."""
    Z = oracles.convolve(X, *params[:2])
    A = np.maximum(Z, 0.0)
    height, width = A.shape[2] // 2, A.shape[3] // 2
    windows = A[:, :, : 2 * height, : 2 * width].reshape(len(A), -1, height, 2, width, 2)
    windows = np.sort(windows.transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4), axis=1)
    first, second = windows[:, 3], windows[:, 2]
    return np.abs(Z).min() > 1e-3 and (first - second)[first > 0].min(initial=1) > 1e-3


def small_cnn(rng, n=3, channels=2, height=6, width=8, filters=3, classes=4):
    """`draw_cnn` where central differences can be trusted and no probability is near 0 or 1."""
    while True:
        X, y, params = draw_cnn(rng, n, channels, height, width, filters, classes)
        right = np.sum(oracles.cnn(X, params) * y, axis=1)
        if away_from_kinks(X, params) and right.min() > 0.06 and right.max() < 0.9:
            return X, y, params


EVEN = [  # one image, one channel, one filter, many classes; nothing is left over in the pooling
    {"n": 1, "channels": 1, "height": 6, "width": 4, "filters": 1, "classes": 9},
    {"n": 5, "channels": 3, "height": 4, "width": 6, "filters": 2, "classes": 2},
]
ODD = [  # one image, one channel, one filter, many classes; odd after the convolution
    {"n": 1, "channels": 1, "height": 5, "width": 7, "filters": 2},
    {"n": 4, "channels": 1, "height": 7, "width": 4, "filters": 1, "classes": 2},
    {"n": 2, "channels": 3, "height": 4, "width": 5, "filters": 4, "classes": 9},
]


def loss_of(X, y):
    return lambda params: oracles.cross_entropy(oracles.cnn(X, params), y)


FORWARD = "Conv (stride 1, no padding), ReLU, max pool of size 2, flatten, dense, softmax."


@grades("forward_cnn", FORWARD, points=0.5)
def test_forward_cnn_gives_the_probabilities(student, rng):
    for sizes in [{}, *EVEN]:
        X, _, params = small_cnn(rng, **sizes)
        expect.right(student.forward_cnn(X, params), oracles.cnn(X, params))


@grades("forward_cnn", "W (F*h*w, k) with h = (H - kh + 1) // 2 and w likewise", points=0.2)
def test_forward_cnn_drops_a_ragged_edge_in_the_pooling(student, rng):
    for sizes in ODD:
        X, _, params = small_cnn(rng, **sizes)
        expect.right(student.forward_cnn(X, params), oracles.cnn(X, params))


def draw_forward(rng):
    X, _, params = small_cnn(rng)
    return X, params


@grades("forward_cnn", DTYPES, points=0.1, kind="finish")
def test_forward_cnn_keeps_float32(student, rng):
    expect.keeps_dtype(student.forward_cnn, lambda: draw_forward(rng))


@grades("forward_cnn", DTYPES, points=0.1, kind="finish")
def test_forward_cnn_takes_integers(student, rng):
    def draw():
        X, (filters, *others) = draw_forward(rng)
        return pixels(rng, *X.shape), [filters / 256, *others]

    expect.takes_integers(student.forward_cnn, draw)


@grades("forward_cnn", UNCHANGED, points=0.1, kind="finish")
def test_forward_cnn_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.forward_cnn, lambda: draw_forward(rng))


def cnn_grads(student, X, y, params):
    return expect.parts(student.cnn_loss(X, y, params), "loss", "grads")[1]


@grades("cnn_loss", "the mean cross-entropy, a float", points=0.3)
def test_cnn_loss_gives_the_mean_cross_entropy(student, rng):
    for sizes in [{}, *EVEN]:
        X, y, params = small_cnn(rng, **sizes)
        loss, _ = expect.parts(student.cnn_loss(X, y, params), "loss", "grads")
        want = loss_of(X, y)(params)
        expect.right(loss, want, what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)


@grades("cnn_loss", "a list of its exact gradients in the order and shapes of params", points=0.2)
def test_cnn_loss_gives_the_gradients_of_the_dense_layer(student, rng):
    for sizes in [{}, *EVEN]:
        X, y, params = small_cnn(rng, **sizes)
        got, wants = cnn_grads(student, X, y, params), gradients(X, y, params)
        expect.close_list(got, wants, GRADS, only=["dW", "db"], dtype=None)


@grades(
    "cnn_loss",
    """The result is (loss, grads): the mean cross-entropy, a float, and a list of its exact
    gradients in the order and shapes of params.""",
    points=0.3,
)
def test_cnn_loss_gives_the_gradients_of_the_filters_and_their_biases(student, rng):
    for sizes in [{}, *EVEN]:
        X, y, params = small_cnn(rng, **sizes)
        got, wants = cnn_grads(student, X, y, params), gradients(X, y, params)
        expect.close_list(got, wants, GRADS, only=["dfilters", "dconv_b"], dtype=None)


@grades("cnn_loss", "a list of its exact gradients in the order and shapes of params", points=0.2)
def test_cnn_loss_works_where_the_pooling_drops_a_ragged_edge(student, rng):
    for sizes in ODD:
        X, y, params = small_cnn(rng, **sizes)
        got, wants = cnn_grads(student, X, y, params), gradients(X, y, params)
        expect.close_list(got, wants, GRADS, dtype=None)


@grades("cnn_loss", DTYPES, points=0.1, kind="finish")
def test_cnn_loss_keeps_float32(student, rng):
    expect.keeps_dtype(
        student.cnn_loss, lambda: small_cnn(rng), ("loss", "grads"), tolerance=tolerance.STEP
    )


@grades("cnn_loss", DTYPES, points=0.1, kind="finish")
def test_cnn_loss_takes_integers(student, rng):
    def draw():
        X, y, (filters, *others) = small_cnn(rng)
        return pixels(rng, *X.shape), y.astype(np.int64), [filters / 256, *others]

    expect.takes_integers(student.cnn_loss, draw, ("loss", "grads"))


@grades("cnn_loss", UNCHANGED, points=0.1, kind="finish")
def test_cnn_loss_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.cnn_loss, lambda: small_cnn(rng))


@grades(
    "cnn_loss", "A loss is the mean over the examples, always finite.", points=0.1, kind="finish"
)
def test_cnn_loss_stays_finite_where_the_network_is_certain_and_wrong(student, rng):
    expect.depends_on_arguments(student.cnn_loss, lambda: small_cnn(rng))
    X, _, params = small_cnn(rng, n=4)
    first = rng.integers(4)  # the class that the network is sure of
    y = np.eye(4)[first - [1, 2, 3, 3]]
    costs = []
    for score in (3, 2000):
        sure = [*params[:2], 0 * params[2], score * np.eye(4)[first]]
        loss, grads = expect.parts(student.cnn_loss(X, y, sure), "loss", "grads")
        costs.append(abs(expect.number(loss, what="`loss`")))
        expect.arrays(grads, [param.shape for param in params], GRADS, what="the gradients")
    expect.at_least(costs[1], 3 * costs[0], what="the loss where A is 0")


@grades("cnn_loss", "A y of the wrong shape raises `ValueError`.", points=0.1, kind="finish")
def test_cnn_loss_refuses_labels_that_do_not_fit(student, rng):
    (X, y, params), _ = expect.depends_on_arguments(student.cnn_loss, lambda: small_cnn(rng, n=4))
    for other in (y[1:], y[:1], y[:, :1], y[0], y.argmax(axis=1)):
        why = f"`y` has shape {other.shape}, the probabilities have {y.shape}"
        expect.refuses(student.cnn_loss, X, other, params, why=why)


def validated(got, X, filters, count=None, classes=10):
    """`(params, losses)` with the right shapes, safe to compute with."""
    params, losses = expect.parts(got, "params", "losses")
    features = filters * ((X.shape[2] - 2) // 2) * ((X.shape[3] - 2) // 2)
    shapes = [(filters, X.shape[1], 3, 3), (filters,), (features, classes), (classes,)]
    return expect.arrays(params, shapes, NAMES), expect.losses(losses, count)


def half_size(X):
    """Every other pixel of the images, 14 x 14: enough to distinguish a few of them."""
    return np.ascontiguousarray(gates.images(X)[:, :, ::2, ::2])


def some(dataset, rng, count):
    """`count` training images, drawn at random, with one-hot labels."""
    X, y = labeled_images(dataset, rng, count)
    return gates.images(X), y


def gradients(X, y, params):
    """The gradients in closed form, for any parameters."""
    Z = oracles.convolve(X, *params[:2])
    features = np.maximum(Z, 0.0)
    pooled = oracles.pool(features, 2, np.max)
    delta = (oracles.cnn(X, params) - y) / len(X)
    dpooled = (delta @ params[2].T).reshape(pooled.shape)
    dZ = routed(dpooled, features, 2) * (Z > 0)
    height, width = Z.shape[2:]
    taps = [X[:, :, i : i + height, j : j + width] for i, j in np.ndindex(3, 3)]
    dfilters = [np.einsum("nfhw,nchw->fc", dZ, tap) for tap in taps]
    dfilters = np.stack(dfilters, axis=-1).reshape(params[0].shape)
    dW = pooled.reshape(len(X), -1).T @ delta
    return [dfilters, dZ.sum(axis=(0, 2, 3)), dW, delta.sum(axis=0)]


def loss_and_gradients(X, y, params):
    return loss_of(X, y)(params), gradients(X, y, params)


def trainer(student, rng, num_filters=3):
    """The learner's training, from the same seed each time."""
    seed = seeded(rng)

    def train(X, y, lr, epochs, batch_size):
        got = student.train_cnn(X, y, num_filters, lr, epochs, batch_size, seed)
        return validated(got, X, num_filters, epochs * -(-len(X) // batch_size), y.shape[1])

    return training.Trainer(train, loss_and_gradients, NAMES)


def labels(rng, n):
    return gates.one_hot(rng.integers(10, size=n))


STARTS, STEPS = "train_cnn_starts_near_ln_10", "train_cnn_steps_against_the_gradient"


@grades("train_cnn", "from random weights", points=0.25)
def test_train_cnn_starts_near_ln_10(student, dataset, rng):
    X, y = some(dataset, rng, 24)
    filters, *_ = trainer(student, rng, 8).starts_near_chance(np.float64(X), y)  # few vary more
    expect.that(
        not filters.any() or np.ptp(filters, axis=0).max() > 1e-3 * np.abs(filters).max(),
        "all the filters start as the same one: draw each of them separately",
    )


@grades("train_cnn", "by mini-batch gradient descent", "learning rate", points=0.5)
def test_train_cnn_steps_against_the_gradient(student, rng):
    # In an image of plain rectangles, entries of a window are equal and their maxima tie.
    rectangles = rng.normal(size=(5, 1, 2, 3)).repeat(4, axis=2).repeat(3, axis=3)
    for X in (rng.normal(size=(5, 1, 9, 8)), rectangles):
        trainer(student, rng).steps_down_the_gradient(X, labels(rng, 5), lr=10.0)


@grades("train_cnn", "a list of floats, one per update in order", points=0.25)
def test_train_cnn_records_the_loss_before_each_update(student, rng):
    X, lr = rng.uniform(0, 0.5, size=(66, 1, 6, 7)), float(rng.uniform(0.05, 0.2))
    trainer(student, rng).records_losses_before_updates(X, labels(rng, 66), lr)


@grades("train_cnn", "passes over the data, examples per update", "and the shuffling", points=0.25)
def test_train_cnn_sees_every_example_once_per_epoch_in_a_new_order(student, rng):
    X = rng.normal(size=(20, 1, 6, 5))
    orders = trainer(student, rng).sees_every_example_once_per_epoch(X, labels(rng, 20))
    training.is_shuffled_again(orders)
    lr = float(rng.uniform(0.01, 0.05))
    trainer(student, rng).updates_after_each_batch(X[:1], labels(rng, 1), lr)


@grades("train_cnn", "num_filters: number of 3 x 3 filters", points=0.25, after=STEPS)
def test_train_cnn_memorizes_32_images(student, dataset, rng):
    X, y = some(dataset, rng, 32)
    X = np.ascontiguousarray(X[:, :, ::2, ::2])
    params, losses = validated(
        student.train_cnn.within(60)(X, y, 6, 0.3, 120, 32, seeded(rng)), X, 6
    )
    training.is_memorized(oracles.cnn(X, params), y, losses, 120, most=0.2)


@grades("train_cnn", "[filters, conv_b, W, b]", points=0.5, after="train_cnn_memorizes_32_images")
def test_train_cnn_recognizes_images_it_has_not_seen(student, dataset, rng):
    train = student.train_cnn.within(gates.TRAINING_SECONDS[dataset.name])
    X, y = gates.images(dataset.X_train), gates.one_hot(dataset.y_train)
    X_test, seed = gates.images(dataset.X_test), seeded(rng)

    def accuracy_after(epochs):
        got = train(X, y, epochs=epochs, **SETTINGS, rng=seed)
        params, _ = validated(got, X, 8)
        return oracles.accuracy(oracles.cnn(X_test, params), dataset.y_test)

    gates.reaches_after(EPOCHS[dataset.name], accuracy_after, "train_cnn", dataset)


@grades(
    "train_cnn",
    "num_filters=8",
    "lr=0.05",
    "epochs=3",
    "batch_size=64",
    "rng=None",
    "None means `np.random.default_rng()`",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_cnn_has_its_defaults(student, dataset, rng):
    X, y = some(dataset, rng, 100)
    seed = seeded(rng)
    params, _ = validated(student.train_cnn(X, y, rng=seed), X, 8)
    wants, _ = validated(student.train_cnn(X, y, 8, 0.05, 3, 64, seed), X, 8)
    expect.close_list(params, wants, NAMES)
    answers = [student.train_cnn(X[:9], y[:9], epochs=1) for _ in range(2)]
    (one, _), (other, _) = (validated(got, X, 8) for got in answers)
    training.starts_from_others("train_cnn", one[0], other[0], "filters")


@grades(
    "train_cnn",
    "images (n, C, H, W), float32, float64 or integers",
    points=0.1,
    kind="finish",
    after=STARTS,
)
def test_train_cnn_takes_float32_and_integers(student, rng):
    X, y = rng.integers(0, 4, size=(12, 1, 8, 7)).astype(np.uint8), labels(rng, 12)
    how, seed = (3, 0.01, 2, 5), seeded(rng)
    wants, _ = validated(student.train_cnn(X.astype(float), y, *how, seed), X, 3)
    params, _ = validated(student.train_cnn(X, y.astype(np.int64), *how, seed), X, 3)
    expect.close_list(params, wants, NAMES, tolerance=tolerance.AFTER_FLOAT32_UPDATES)
    validated(student.train_cnn(X.astype(np.float32), y.astype(np.float32), *how, seed), X, 3)


@grades(
    "train_cnn",
    "rng: numpy.random.Generator for the initial weights",
    "The same seed gives the same result",
    points=0.25,
    kind="finish",
    after=STARTS,
)
def test_train_cnn_is_reproducible_with_the_same_rng(student, dataset, rng):
    X, y = some(dataset, rng, 50)
    how = {"num_filters": 3, "epochs": 2, "batch_size": 16}
    got = expect.reproducible(student.train_cnn, half_size(X), y, **how, rng=seeded(rng))
    params, _ = validated(got, half_size(X), 3)
    other = student.train_cnn(half_size(X), y, **how, rng=seeded(rng))
    expect.that(
        not np.array_equal(params[0], validated(other, half_size(X), 3)[0][0]),
        "`train_cnn` starts from the same filters for every `rng`: draw them from `rng`",
    )


@grades("train_cnn", "No function changes its arguments", points=0.15, kind="finish", after=STARTS)
def test_train_cnn_leaves_its_arguments_alone(student, rng):
    X, y = rng.normal(size=(20, 1, 8, 7)), labels(rng, 20)
    for dtype in (np.float32, np.float64):
        how = {"num_filters": 3, "epochs": 2, "batch_size": 8, "rng": seeded(rng)}
        validated(
            expect.unchanged(student.train_cnn, X.astype(dtype), y.astype(dtype), **how), X, 3
        )


def calibrate_cnn(X, batch_size):
    """Do only the matrix products of one epoch of training, forward and backward."""
    filters, W = np.ones((9, 8), X.dtype), np.ones((8 * 13 * 13, 10), X.dtype)
    for start in range(0, len(X), batch_size):
        batch = X[start : start + batch_size, 0]
        windows = np.lib.stride_tricks.sliding_window_view(batch, (3, 3), axis=(1, 2))
        columns = windows.reshape(-1, 9)
        Z = columns @ filters
        features = Z[: len(batch) * 13 * 13].reshape(len(batch), -1)
        scores = features @ W
        features.T @ scores, scores @ W.T, columns.T @ Z


@grades(
    "train_cnn",
    "Let NumPy do the loops",
    points=0.25,
    kind="finish",
    after=STEPS,
)
def test_train_cnn_leaves_the_loops_to_numpy(student, dataset, rng):
    X, _ = some(dataset, rng, 128)
    still = {"lr": training.NOTHING}  # so that each loss is one of the final parameters

    def draw():
        X, y = some(dataset, rng, 128)
        call = partial(student.train_cnn.call, X, y, epochs=1, **still, rng=seeded(rng))

        def check(got):
            params, losses = validated(got, X, 8)
            training.are_losses_of(losses, loss_of(X, y)(params))

        return call, check

    gates.vectorized(
        draw,
        lambda: calibrate_cnn(X, batch_size=64),
        factor=150,
        what="training",
    )
