"""Pooling and CNN architecture"""

import itertools
from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles, tolerance, training
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


@grades("max_pool", points=0.5)
def test_max_pool_takes_the_largest_of_each_window(student, rng):
    for shape, size in WHOLE + RAGGED:
        X = distinct(rng, shape)
        for values in (X, X - X.max() - 1):
            expect.close(student.max_pool(values, size), oracles.pool(values, size, np.max))


@grades("max_pool", points=0.5)
def test_max_pool_keeps_float32_takes_integers_and_leaves_its_argument_alone(student, rng):
    pixels = rng.integers(0, 256, size=(2, 3, 4, 7))
    for X in (distinct(rng, (2, 1, 5, 6)), pixels - 300, pixels.astype(np.uint8)):
        want = oracles.pool(X, 2, np.max).astype(np.float64)
        expect.close(expect.unchanged(student.max_pool, X, 2), want)
    X = rng.normal(size=(2, 3, 6, 4)).astype(np.float32)
    expect.close(student.max_pool(X, 2), oracles.pool(X, 2, np.max))


@grades("avg_pool", points=0.5)
def test_avg_pool_takes_the_mean_of_each_window(student, rng):
    for shape, size in WHOLE + RAGGED:
        X = rng.normal(loc=1, scale=3, size=shape)
        expect.close(student.avg_pool(X, size), oracles.pool(X, size, np.mean))


@grades("avg_pool", points=0.5)
def test_avg_pool_keeps_float32_takes_integers_and_leaves_its_argument_alone(student, rng):
    pixels = rng.integers(128, 256, size=(2, 3, 4, 7))
    for X in (rng.normal(size=(2, 1, 5, 6)), 1 - pixels, pixels.astype(np.uint8)):
        want = oracles.pool(X.astype(np.float64), 2, np.mean)
        expect.close(expect.unchanged(student.avg_pool, X, 2), want)
    X = rng.normal(size=(2, 3, 6, 4)).astype(np.float32)
    want = oracles.pool(X.astype(np.float64), 2, np.mean)
    expect.close(student.avg_pool(X, 2), want.astype(np.float32))


@grades("max_pool_backward", points=0.5)
def test_max_pool_backward_sends_dout_to_the_largest_entry(student, rng):
    for shape, size in WHOLE + RAGGED:
        X = distinct(rng, shape)
        dout = rng.normal(size=pooled_shape(shape, size))
        for values in (X, X - X.max() - 1):
            got = student.max_pool_backward(dout, values, size)
            expect.close(got, routed(dout, values, size))
    # Too large for a diagnosis to replay, because the bank's wrong versions accept any `dout`.
    X = rng.normal(size=(64, 1, 32, 32))
    dout = rng.normal(size=(64, 1, 16, 16))
    for other in (dout[:1], dout[:, :, 1:], dout[..., :1], dout.repeat(2, axis=2)):
        why = f"`dout` has shape {other.shape}, the pooled `X` has {dout.shape}"
        expect.refuses(student.max_pool_backward, other, X, 2, why=why)


@grades("max_pool_backward", points=1)
def test_max_pool_backward_splits_dout_among_ties(student, rng):
    for shape, size in WHOLE + RAGGED:
        dout = rng.normal(size=pooled_shape(shape, size))
        few = rng.integers(-2, 1, size=shape).astype(float)
        for X in (few, np.maximum(few, -1.0), np.zeros(shape)):
            got = expect.array(student.max_pool_backward(dout, X, size), shape)
            losers = np.where(winners_of(X, size), 0, got)
            expect.close(losers, np.zeros(shape), what="the gradient away from the largest entries")
            total = oracles.pool(got, size, np.mean) * size**2
            expect.close(total, dout, what="the gradient summed over each window")


@grades("max_pool_backward", points=0.5)
def test_max_pool_backward_keeps_float32_takes_integers_and_leaves_its_arguments_alone(
    student, rng
):
    X, dout = distinct(rng, (2, 3, 5, 4)), rng.normal(size=(2, 3, 2, 2))
    pixels = rng.permutation(240).reshape(3, 2, 5, 8).astype(np.uint8)
    for values, grad in [(X, dout), (pixels, rng.normal(size=(3, 2, 2, 4)))]:
        got = expect.unchanged(student.max_pool_backward, grad, values, 2)
        expect.close(got, routed(grad, values, 2))
    X, dout = X.astype(np.float32), dout.astype(np.float32)
    want = routed(dout, X, 2).astype(np.float32)
    expect.close(student.max_pool_backward(dout, X, 2), want)


@grades("flatten", points=0.5)
def test_flatten_lays_out_each_image_in_one_row(student, rng):
    pixels = rng.integers(0, 256, size=(2, 3, 4, 5)).astype(np.uint8)
    small = rng.normal(size=(3, 2, 1, 4)).astype(np.float32)
    for X in (rng.normal(size=(4, 3, 2, 5)), rng.normal(size=(1, 2, 3, 2)), pixels, small):
        rows = [[*itertools.chain(*itertools.chain(*image))] for image in X]
        dtype = np.float32 if X.dtype == np.float32 else np.float64
        expect.close(expect.unchanged(student.flatten, X), np.array(rows, dtype=dtype))


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


ODD = [  # one image, one channel, one filter, many classes; odd after the convolution
    {"n": 1, "channels": 1, "height": 5, "width": 7, "filters": 2},
    {"n": 4, "channels": 1, "height": 7, "width": 4, "filters": 1, "classes": 2},
    {"n": 2, "channels": 3, "height": 4, "width": 5, "filters": 4, "classes": 9},
]


def loss_of(X, y):
    return lambda params: oracles.cross_entropy(oracles.cnn(X, params), y)


def check_loss_and_gradients(got, X, y, params):
    loss, grads = expect.parts(got, "loss", "grads")
    expect.close(loss, loss_of(X, y)(params), what="`loss`", tolerance=tolerance.EPSILON_ALLOWED)
    expect.gradient(grads, loss_of(X, y), params, GRADS)


@grades("forward_cnn", points=0.5)
def test_forward_cnn_gives_the_probabilities(student, rng):
    for sizes in [{}, *ODD]:
        X, _, params = small_cnn(rng, **sizes)
        expect.close(student.forward_cnn(X, params), oracles.cnn(X, params))


@grades("forward_cnn", points=0.5)
def test_forward_cnn_keeps_float32_takes_integers_and_leaves_its_arguments_alone(student, rng):
    X, _, params = small_cnn(rng)
    expect.close(expect.unchanged(student.forward_cnn, X, params), oracles.cnn(X, params))
    pixels = rng.integers(0, 256, size=X.shape).astype(np.uint8)
    params[0] /= 256
    expect.close(student.forward_cnn(pixels, params), oracles.cnn(pixels, params))
    X, *params = (np.float32(array) for array in (X, *params))
    expect.close(student.forward_cnn(X, params), oracles.cnn(X, params).astype(np.float32))


@grades("cnn_loss", points=0.5)
def test_cnn_loss_gives_the_loss_and_its_gradients_in_every_coordinate(student, rng):
    for sizes in [{}, *ODD]:
        X, y, params = small_cnn(rng, **sizes)
        check_loss_and_gradients(student.cnn_loss(X, y, params), X, y, params)


@grades("cnn_loss", points=0.5)
def test_cnn_loss_keeps_float32_and_leaves_its_arguments_alone(student, rng):
    X, y, params = small_cnn(rng)
    check_loss_and_gradients(expect.unchanged(student.cnn_loss, X, y, params), X, y, params)
    want = [np.float32(grad) for grad in expect.central_differences(loss_of(X, y), params)]
    X, y, *params = (np.float32(array) for array in (X, y, *params))
    _, grads = expect.parts(student.cnn_loss(X, y, params), "loss", "grads")
    expect.close_list(grads, want, GRADS, tolerance=tolerance.STEP)


@grades("cnn_loss", points=0.5)
def test_cnn_loss_stays_finite_and_refuses_labels_that_do_not_fit(student, rng):
    X, y, params = small_cnn(rng, n=4)
    check_loss_and_gradients(student.cnn_loss(X, y, params), X, y, params)
    certain = [*params[:2], 0 * params[2], np.array([0.0, 2000, 0, 0])]  # that it is class 1
    got = student.cnn_loss(X, np.eye(4)[[0, 2, 3, 3]], certain)
    loss, grads = expect.parts(got, "loss", "grads")
    expect.at_least(expect.number(loss, what="`loss`"), 10, what="the loss where A is 0")
    expect.arrays(grads, [param.shape for param in params], GRADS, what="the gradients")
    for other in (y[1:], y[:1]):
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
    chosen = rng.choice(len(dataset.X_train), size=count, replace=False)
    return gates.images(dataset.X_train[chosen]), gates.one_hot(dataset.y_train[chosen])


def seeded(rng):
    return expect.Seeded(int(rng.integers(2**31)))


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


def trainer(student, rng):
    """The learner's training, from the same seed each time."""
    seed = seeded(rng)

    def train(X, y, lr, epochs, batch_size):
        got = student.train_cnn(X, y, 3, lr, epochs, batch_size, seed)
        return validated(got, X, 3, epochs * -(-len(X) // batch_size), y.shape[1])

    return training.Trainer(train, loss_and_gradients, NAMES)


def labels(rng, n):
    return gates.one_hot(rng.integers(10, size=n))


STARTS, STEPS = "train_cnn_starts_near_ln_10", "train_cnn_steps_against_the_gradient"


@grades("train_cnn", "from random weights", points=0.25)
def test_train_cnn_starts_near_ln_10(student, dataset, rng):
    X, y = some(dataset, rng, 64)
    trainer(student, rng).starts_near_chance(np.float64(X), y)


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
    gates.falls_to(losses, 0.2)
    accuracy = oracles.accuracy(oracles.cnn(X, params), y.argmax(axis=1))
    expect.at_least(100 * accuracy, 100, what="accuracy on the 32 training images", unit="%")


@grades("train_cnn", "[filters, conv_b, W, b]", points=0.5, after="train_cnn_memorizes_32_images")
def test_train_cnn_recognizes_images_it_has_not_seen(student, dataset, rng):
    train = student.train_cnn.within(gates.TRAINING_SECONDS[dataset.name])
    X, y = gates.images(dataset.X_train), gates.one_hot(dataset.y_train)
    got = train(X, y, epochs=EPOCHS[dataset.name], **SETTINGS, rng=seeded(rng))
    params, _ = validated(got, X, 8)
    accuracy = oracles.accuracy(oracles.cnn(gates.images(dataset.X_test), params), dataset.y_test)
    gates.reaches(accuracy, "train_cnn", dataset)


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
    expect.that(
        not np.array_equal(one[0], other[0]),
        "without `rng`, `train_cnn` should start from other filters each time",
    )


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
    "Where NumPy can do a loop, let it",
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
