"""Training that goes through the examples in another order than a new one for each epoch."""

import numpy as np

from .. import wrong
from ..pieces import TrainDeepMlp, TrainMlp
from ..shows import runs


def _in_the_order_of_x(run):
    table, epochs = runs.one_by_one(run)
    return np.allclose(epochs, np.diag(table), atol=1e-5)


def _in_one_order(run):
    table, epochs = runs.one_by_one(run)
    same = len(epochs) > 1 and np.allclose(epochs, epochs[0], atol=1e-5)
    own = np.allclose(np.sort(epochs[0]), np.sort(np.diag(table)), atol=1e-5)
    return same and own and not _in_the_order_of_x(run)


def _some_more_than_once(run):
    table, epochs = runs.one_by_one(run)
    known = np.isclose(epochs[:, :, None], np.diag(table), atol=1e-5).any(axis=2)
    return known.all() and not np.allclose(np.sort(epochs), np.sort(np.diag(table)), atol=1e-5)


def _in_order(X, y, batch_size, rng):
    starts = range(0, len(X), batch_size)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]


def _with_replacement(X, y, batch_size, rng):
    drawn = rng.integers(len(X), size=len(X))
    return _in_order(X[drawn], y[drawn], batch_size, rng)


@wrong(TrainMlp, recognizes=_in_the_order_of_x)
@wrong(TrainDeepMlp, recognizes=_in_the_order_of_x)
def never_shuffled(train):
    """Every epoch keeps the original order, so neighbors always end up in the same batch.

    Where does your code use `rng`, apart from the start weights?"""
    return train(batches=_in_order)


@wrong(TrainMlp, recognizes=_in_one_order)
@wrong(TrainDeepMlp, recognizes=_in_one_order)
def shuffled_once_for_all_epochs(train):
    """You shuffle the examples once, and all epochs go through them in that same order.

    Does your code draw the order before the loop over the epochs, or inside it?"""
    order = np.random.default_rng(train.rng).permutation(len(train.X))
    return train(X=train.X[order], y=train.y[order], batches=_in_order)


@wrong(TrainMlp, recognizes=_some_more_than_once)
@wrong(TrainDeepMlp, recognizes=_some_more_than_once)
def drawn_with_replacement(train):
    """In one epoch some examples come more than once and others not at all: you draw each batch, or
    each index, without regard to what you have drawn before.

    Which method of a generator puts all the indices into a new order?"""
    return train(batches=_with_replacement)
