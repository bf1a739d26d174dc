"""Predicates for `train_mlp` and `train_deep_mlp`: signs of a mistake in an `MlpRun`."""

import numpy as np

from ..reference import deep_mlp_loss
from .runs import are_of_other_pairs, is_one_update, one_by_one, undone


def is_uphill(run):
    if run.still:
        return False
    if is_one_update(run):
        return abs(undone(run, deep_mlp_loss, -run.lr) - run.losses[0]) < 1e-6
    if len(run.losses) == run.batches == 1:
        return 0.3 < (run.after[0] - run.losses[0]) / run.downhill < 3
    finite = run.losses[np.isfinite(run.losses)]
    stays_up = len(finite) < len(run.losses) or finite[-1] > 0.5 * finite.max()
    rise = finite[: np.argmax(finite) + 1]
    rises = len(rise) > 3 and rise[-1] > rise[0] + 1 and np.mean(np.diff(rise) > 0) > 0.6
    return rises and stays_up


def is_never_updated(run):
    late = len(run.losses) == 1 and any(b.any() for b in run.b)  # a loss taken after the step
    same = run.whole and np.allclose(run.means, run.after[0], rtol=1e-4)
    return same and not run.still and not late


def has_biases_fixed(run):
    return run.whole and not is_never_updated(run) and not any(b.any() for b in run.b)


def has_last_layer_alone_updated(run):
    *first, last = run.b
    if not run.whole or not last.any() or any(b.any() for b in first) or not run.W[0].any():
        return False
    if is_one_update(run):
        return abs(undone(run, _last_layer_loss, run.lr) - run.losses[0]) < 1e-6
    return run.drawn is not None and np.corrcoef(run.W[0].ravel(), run.drawn)[0, 1] > 1 - 1e-9


def _last_layer_loss(X, y, params):
    loss, grads = deep_mlp_loss(X, y, params)
    return loss, [0 * grad for grad in grads[:-2]] + grads[-2:]


def _begins_with_guesses(run):
    return abs(run.losses[0] - np.log(run.y.shape[1])) < 1e-3


def has_zero_start(run):
    return _begins_with_guesses(run) and not run.W[0].any()


def has_units_alike(run):
    W = run.W[0]
    return W.any() and W.shape[1] > 1 and np.ptp(W, axis=1).max() < 1e-4 * np.abs(W).max()


def _size(run):
    """The size of the first weights, relative to that of `he_init`."""
    return np.sqrt(np.mean(run.W[0] ** 2) * len(run.W[0]) / 2)


def has_tiny_start(run):
    """Weights that are tiny to the end, or for many steps in which the last bias alone learns."""
    if not _begins_with_guesses(run) or not run.whole or run.still or not run.W[0].any():
        return False
    share = run.y.mean(axis=0)[run.y.any(axis=0)]
    without_looking = -np.sum(share * np.log(share))  # the least loss that a bias can reach
    waits = run.batches == 1 and len(run.losses) > 20
    slow = waits and run.losses[:20].min() > without_looking - 1e-3
    return slow or max(np.sqrt(np.mean(W**2) * len(W) / 2) for W in run.W) < 0.02


def has_large_start(run):
    return run.losses[0] > 4 < _size(run) and abs(run.W[0].mean()) < 0.3 * run.W[0].std()


def has_positive_start(run):
    return run.losses[0] > 4 < _size(run) and run.W[0].mean() > 0.7 * run.W[0].std()


def _pace(run):
    """How fast the loss falls at the end; 1 is right if each update uses all the examples."""
    smooth = len(run.losses) > 1 and not run.still and np.all(np.diff(run.losses[-20:]) < 0)
    return (run.losses[-1] - run.after[0]) / run.downhill if smooth else np.nan


def _in_full_batches(run):
    return 0.2 < _pace(run) < 1.6  # below 1 in a bent valley; a loss per epoch falls faster


def has_one_loss_per_epoch(run):
    few = 1 < len(run.losses) == run.epochs and run.batches > 1
    if run.still:  # then all the examples together would give the loss at the end
        return few and abs(run.losses[-1] - run.after[0]) > 1e-4
    return few and not _in_full_batches(run)


def ignores_batch_size(run):
    if run.batches > 1 and len(run.losses) == run.epochs:
        return _in_full_batches(run)
    own = {run.epochs * -(-run.n // size) for size in (32, 64) if run.n > size}
    others = (1, run.batches, run.epochs, run.epochs * run.batches)  # explained in another way
    return len(run.losses) in own.difference(others)


def ignores_epochs(run):
    return run.epochs != 5 and len(run.losses) == 5 * run.batches


def trains_one_epoch(run):
    return len(run.losses) == run.batches and run.epochs > 2 and run.losses[0] > 1


def ignores_hidden(run):
    widths = tuple(len(b) for b in run.b[:-1])
    return widths != run.hidden and widths in ((256,), (256, 128), (128,), (64,), (10,))


DEFAULT_RATE = 0.1


def ignores_rate(run):
    if run.lr < 1e-4:  # an entry of the bias moves by less than the rate in each update
        moved = np.ptp(run.b[-1]) > 1000 * run.lr * len(run.losses)
        return moved and not (run.whole and np.isclose(run.means[0], run.after[0], rtol=1e-4))
    if abs(run.lr / DEFAULT_RATE - 1) < 0.05:
        return False
    if not is_one_update(run):
        return _has_pace(run, DEFAULT_RATE / run.lr)
    return abs(undone(run, deep_mlp_loss, DEFAULT_RATE) - run.losses[0]) < 1e-6


def _has_pace(run, pace):
    """The steps in every layer are too short by this factor."""
    if run.batches > 1 or not run.whole or not all(b.any() for b in run.b):
        return False
    return pace < 0.7 and abs(_pace(run) / pace - 1) < 0.15


def has_gradients_averaged_twice(run):
    k = run.y.shape[1]
    if run.n <= 2 or abs(run.n / k - 1) < 0.3:  # a division by the number of classes looks the same
        return False
    if is_one_update(run):
        return abs(undone(run, deep_mlp_loss, run.lr / run.n) - run.losses[0]) < 1e-6
    return _has_pace(run, 1 / run.n)


def has_pairs_broken(run):
    table, epochs = one_by_one(run)
    if table.any():
        return are_of_other_pairs(epochs[0], table)
    late = np.diff(run.losses[len(run.losses) // 2 :])
    shaky = len(late) > 20 and 0.2 < np.mean(late > 0) < 0.8 and np.abs(late).max() > 1e-3
    restless = run.batches == 1 and run.whole and shaky
    learns = np.abs(run.b[-1]).max(initial=0) > run.lr  # how frequent each class is
    return restless and learns and run.losses.max() < 3.5 and run.losses[-1] > 1


def has_losses_summed(run):
    size, k = min(run.batch_size, run.n), run.y.shape[1]
    return (
        size > 3
        and _size(run) < 4
        and abs(run.losses[0] / size - np.log(k)) < 1 < run.losses[0] / 4
    )


def has_own_seed(run):
    W = run.W[0].ravel()
    own = [np.random.default_rng(seed).standard_normal(W.size) for seed in (0, 1, 2, 7, 42, 123)]
    correlated = [np.corrcoef(W, numbers)[0, 1] > 0.8 for numbers in [run.drawn, *own]]
    return any(correlated) and not correlated[0]
