"""Wrong updates in `gradient_descent`: too many, too few, or of another length."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions
from ..reference import minibatches


def _epochs(X, y, batch_size, epochs, rng):
    """The batches of each epoch."""
    rng = np.random.default_rng(rng)
    for _ in range(epochs):
        yield [(X, y)] if batch_size is None else minibatches(X, y, batch_size, rng)


class WrongUpdates(Versions, of="gradient_descent"):
    def parameters_one_after_the_other(
        X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None
    ):
        """You update one parameter, and then compute the gradient of the next one with the new
        value. One step of gradient descent takes all gradients at the same point.

        How many calls of `loss_fn` does one update need, and when?"""
        params, losses = [1.0 * param for param in params], []
        for batches in _epochs(X, y, batch_size, epochs, rng):
            for batch in batches:
                losses.append(float(loss_fn(*batch, params)[0]))
                for i in range(len(params)):
                    params[i] = params[i] - lr * loss_fn(*batch, params)[1][i]
        return params, losses

    def gradients_summed_over_the_epoch(
        X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None
    ):
        """You add up the gradients of all batches of an epoch and update once. Each batch should
        have an update of its own, so that the next batch starts from better parameters.

        In which of your two loops is the line that changes the parameters?"""
        params, losses = [1.0 * param for param in params], []
        for batches in _epochs(X, y, batch_size, epochs, rng):
            answers = [loss_fn(*batch, params) for batch in batches]
            losses += [float(loss) for loss, _ in answers]
            for _, grads in answers:
                params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
        return params, losses

    def short_batch_weighted(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your step on a short last batch is shorter, by its share of the batch size. Its loss is a
        mean over its own examples already, and the update is the same for every batch.

        What do you multiply or divide by the size of a batch?"""
        params, losses = [1.0 * param for param in params], []
        for batches in _epochs(X, y, batch_size, epochs, rng):
            for X_batch, y_batch in batches:
                loss, grads = loss_fn(X_batch, y_batch, params)
                losses.append(float(loss))
                rate = lr * len(X_batch) / (batch_size or len(X_batch))
                params = [param - rate * grad for param, grad in zip(params, grads, strict=True)]
        return params, losses
