"""Predicates for `train_cnn` of chapter 4.3: signs of a mistake in a `Run`."""

import itertools

import numpy as np

from ..reference import cnn_loss, conv_forward, forward_cnn, max_pool, relu, softmax
from .any_run import has_seed_of_its_own as has_usual_seed
from .runs import STILL


def _same_loss_as_before(run):
    """The parameters still cost what the last batch cost, which was all the data."""
    loss, _ = cnn_loss(1.0 * run.X, run.y, run.params)
    same = np.isclose(loss, run.losses[-1], rtol=1e-5, atol=0)
    return run.batch_size >= len(run.X) and bool(same)


def _biases(run):
    """Whether the biases of the filters and of the dense layer differ from 0, their start."""
    return bool(np.any(run.params[1])), bool(np.any(run.params[3]))


def _drawn(run):
    """The filters are still the first numbers from `rng`, up to a factor and in any order."""
    drawn = run.generator().standard_normal(run.num_filters * run.X.shape[1] * 9)
    across = drawn.reshape(-1, run.num_filters).T.ravel()
    filters = np.float64(run.params[0]).ravel()
    norm = np.linalg.norm
    return any(
        abs(z @ filters) > (1 - 1e-10) * norm(z) * norm(filters) > 0 for z in (drawn, across)
    )


def is_not_moved(run):
    same = _drawn(run) or _same_loss_as_before(run)
    return run.lr > STILL and _biases(run) == (False, False) and same


def is_uphill(run):
    absent = run.y.sum(axis=0) == 0  # such a class can only become less likely
    return run.lr > STILL and absent.any() and bool((run.params[3][absent] > 0).all())


def has_biases_fixed(run):
    trained = run.lr > STILL and np.any(run.params[0]) and not is_not_moved(run)
    return trained and _biases(run) == (False, False)


def has_filters_fixed(run):
    return run.lr > STILL and _biases(run)[1] and _drawn(run)


def has_conv_bias_fixed(run):
    return (
        run.lr > STILL
        and np.any(run.params[0])
        and not _drawn(run)
        and _biases(run) == (False, True)
    )


def has_dense_bias_fixed(run):
    return run.lr > STILL and _biases(run) == (True, False)


def has_zero_weights(run):
    return not np.any(run.params[0])


def has_filters_alike(run):
    filters = np.float64(run.params[0])
    alike = len(filters) > 1 and np.ptp(filters, axis=0).max() < 1e-4 * np.abs(filters).max()
    return bool(alike) and np.any(filters)


def has_large_start(run):
    chance, dense = np.log(run.y.shape[1]), run.params[2]
    summed = abs(run.losses[0] / min(len(run.X), run.batch_size) - chance) < 1
    large = run.losses[0] > chance + 1 and dense.std() > 5 / np.sqrt(len(dense))
    return run.lr < 1 and large and not summed


def ignores_epochs(run):
    return run.epochs != 3 and len(run.losses) == 3 * run.batches != run.epochs


def ignores_filters(run):
    return len(run.params[0]) == 8 != run.num_filters


def _one_by_one(run):
    """For a run that moves nothing, in batches of one: `(loss of each image, those by epoch)`."""
    if run.lr > STILL or run.batch_size != 1 or len(run.losses) != run.epochs * len(run.X):
        raise ValueError("the losses of single images are not known")
    A = np.sum(forward_cnn(1.0 * run.X, run.params) * run.y, axis=1)
    return -np.log(A), np.reshape(run.losses, (run.epochs, len(run.X)))


def keeps_the_order_of_x(run):
    own, epochs = _one_by_one(run)
    return np.allclose(epochs, own, atol=1e-5)


def keeps_one_order(run):
    own, epochs = _one_by_one(run)
    same = len(epochs) > 1 and np.allclose(epochs, epochs[0], atol=1e-5)
    of_each = np.allclose(np.sort(epochs[0]), np.sort(own), atol=1e-5)
    return same and of_each and not keeps_the_order_of_x(run)


def has_losses_of_all_images(run):
    own, epochs = _one_by_one(run)
    return np.ptp(own) > 1e-3 and np.allclose(epochs, own.mean(), atol=1e-5)


def _rate(run):
    """The approximate `lr` of a single step, judged by the classes that do not occur."""
    absent = run.y.sum(axis=0) == 0
    return -float(run.params[3][absent].sum()) / max(1, absent.sum()) * run.y.shape[1]


def ignores_rate(run):
    return len(run.losses) == 1 and run.lr >= 1 and 0 < _rate(run) < run.lr / 20


def has_gradients_summed(run):
    n = min(len(run.X), run.batch_size)
    return len(run.losses) == 1 and n > 3 and run.lr > STILL and n / 2 < _rate(run) / run.lr < 2 * n


def has_losses_summed(run):
    n = min(len(run.X), run.batch_size)
    return n > 5 and abs(run.losses[0] / n - np.log(run.y.shape[1])) < 1


def _starts(run):
    """Starts that people draw, filters first: `he_init` and others, in both orders."""
    (_, C, H, W), F, rng = run.X.shape, run.num_filters, run.generator()
    features, k = F * ((H - 2) // 2) * ((W - 2) // 2), run.y.shape[1]
    drawn, dense = rng.standard_normal(F * C * 9), rng.standard_normal((features, k))
    orders = (drawn.reshape(-1, F).T, drawn)
    spreads = [np.sqrt(2 / (9 * C)), 3 * np.sqrt(2 / (9 * C)), 0.1, 0.01]
    widths = [np.sqrt(2 / features) / 3, np.sqrt(2 / features), 0.1, 0.01]
    for order, spread, width in itertools.product(orders, spreads, widths):
        yield [spread * order.reshape(F, C, 3, 3), np.zeros(F), width * dense, np.zeros(k)]


def has_pairs_broken(run):
    X, y = run.X, run.y
    if len(run.losses) != 1 or not 1 < len(X) < 7 or not run.lr > STILL:
        return False
    for filters, conv_b, W, b in _starts(run):
        flat = max_pool(relu(conv_forward(X, filters, conv_b)), 2).reshape(len(X), -1)
        A = softmax(flat @ W + b)
        if not np.allclose(run.params[3] / run.lr, (y - A).mean(axis=0), rtol=1e-5):
            continue  # another start, because the bias takes the same step in any order
        orders = map(list, itertools.permutations(range(len(X))))
        torn = [flat.T @ (y[order] - A) / len(X) for order in orders]
        step = (run.params[2] - W) / run.lr
        fits = [np.allclose(step, other, rtol=1e-5, atol=1e-9) for other in torn]
        if any(fits):
            return not fits[0]
    return False


def has_seed_of_its_own(run):
    def plain_he(params, rng):
        filters, conv_b, dense, b = params
        return [filters / 3, conv_b, 3 * dense, b]

    return has_usual_seed(run, ({}, {"start": plain_he}))
