"""Predicates for `train_mlp` and `train_deep_mlp`: signs of another update in an `MlpRun`.

The start is known where the weights come from `he_init` in the order of the layers. Then training
can be redone with another update and compared, as long as the order of the examples does not
matter: because all are in one batch, or all are alike.
"""

import numpy as np

from ..pieces import momentum
from ..reference import changed_on_the_way, deep_mlp_loss
from .runs import is_one_update, one_by_one, undone

FEW = 6  # updates that are redone
LARGE = 50_000  # numbers in the examples of a batch that is not redone


def redone(run, step, loss_fn=deep_mlp_loss):
    """`(params, losses)` of the first updates by `step(i, param, grad)`.

    None if they cannot be known. The parameters are None if more updates follow.
    """
    alike = run.n <= run.batch_size or not np.ptp(run.X, axis=0).any()
    if run.still or not run.whole or not alike or run.X[: run.batch_size].size > LARGE:
        return None
    params, losses = run.train.right_start(run.generator()), []
    sizes = [min(run.batch_size, run.n - i) for i in range(0, run.n, run.batch_size)] * run.epochs
    for size in sizes[:FEW]:
        loss, grads = loss_fn(run.X[:size], run.y[:size], params)
        losses.append(loss)
        params = [step(i, *pair) for i, pair in enumerate(zip(params, grads, strict=True))]
    return params if len(sizes) <= FEW else None, np.array(losses)


def updates_by(make_step):
    """Recognizes training that `make_step(run)` explains, and gradient descent does not."""

    return lambda run: _explains(redone(run, make_step(run)), run)


def _explains(other, run):
    """True if the run is this other training, redone, and not plain gradient descent."""
    return other is not None and _same(run, other) and not _same(run, redone(run, plain(run)))


def _same(run, other):
    params, losses = other
    return np.allclose(losses, run.losses[: len(losses)], rtol=1e-4) and all(
        np.allclose(a, b, rtol=1e-3, atol=1e-5 * run.lr)
        for a, b in zip(params or run.params, run.params, strict=True)
    )


def plain(run):
    """Gradient descent."""
    return lambda i, param, grad: param - run.lr * grad


def with_momentum(run):
    return momentum(run.lr)


def summed(run):
    """Steps along the sum over the batch."""
    return lambda i, param, grad: param - run.lr * min(run.batch_size, run.n) * grad


def has_gradients_summed(run):
    if run.still or not run.whole or run.n == 1:
        return False
    if is_one_update(run):
        before = undone(run, deep_mlp_loss, run.lr * run.n)
        return bool(abs(before - run.losses[0]) < 1e-6) or updates_by(summed)(run)
    return run.n <= run.batch_size and updates_by(summed)(run)


def first_step(run):
    """`[(start, step / lr, gradient)]` of the parameters in a run of one update."""
    right = redone(run, plain(run)) if is_one_update(run) else None
    if right is None or not np.allclose(right[1], run.losses, rtol=1e-4):
        return []
    starts = run.train.right_start(run.generator())
    grads = deep_mlp_loss(run.X, run.y, starts)[1]
    return [
        (start, (start - now) / run.lr, grad)
        for start, now, grad in zip(starts, run.params, grads, strict=True)
    ]


def _flat(parts):
    return np.concatenate([np.ravel(part) for part in parts])


def has_steps_of_one_length(run):
    """The first step moves every number equally far."""
    parts = first_step(run)
    if not parts:
        return False
    _, step, grad = map(_flat, zip(*parts, strict=True))
    moved = np.abs(step[np.abs(grad) > 1e-4 * np.abs(grad).max()])
    return np.ptp(moved) < 1e-2 * moved.max()


def has_short_steps(run):
    """The first step cuts off large numbers, or shortens each array by a factor of its own."""
    parts = first_step(run)
    if not parts or has_steps_of_one_length(run):
        return False
    _, step, grad = map(_flat, zip(*parts, strict=True))
    cut = ~np.isclose(step, grad, rtol=1e-3, atol=1e-4 * np.abs(grad).max())
    if cut.any() and not cut.all() and np.ptp(np.abs(step[cut])) < 1e-3 * np.abs(step).max():
        return bool((np.abs(grad[cut]) > np.abs(step[cut])).all())
    moved = [(s, g) for _, s, g in parts if g.any()]
    shares = [np.sum(s * g) / np.sum(g * g) for s, g in moved]
    scaled = [
        np.allclose(s, share * g, atol=1e-3 * np.abs(g).max())
        for (s, g), share in zip(moved, shares, strict=True)
    ]
    return all(scaled) and 0 < min(shares) < 0.99 and max(shares) < 1.001 and np.ptp(shares) > 1e-2


def shrinks_weights(run):
    """What the first step has beside the gradient is one multiple of the weights."""
    parts = first_step(run)
    if not parts:
        return False
    start, step, grad = map(_flat, zip(*parts[::2], strict=True))
    share = np.sum((step - grad) * start) / np.sum(start * start)
    rest = step - grad - share * start
    return share > 1e-5 and np.abs(rest).max() < 1e-2 * share * np.abs(start).max()


def rate_falls(run):
    """The first losses are those of gradient descent, and the later ones fall more slowly."""
    right = redone(run, plain(run))
    if right is None or len(run.losses) < 3:
        return False
    off = run.losses[: len(right[1])] / right[1] - 1
    first = np.argmax(np.abs(off) > 1e-4)
    return first >= 2 and bool((off[first:] > 1e-4).all())


def later_layers_first(run):
    """Each error went back through weights that had been changed already."""

    def loss_fn(X, y, params):
        return deep_mlp_loss(X, y, params)[0], changed_on_the_way(X, y, params, run.lr)

    return _explains(redone(run, plain(run), loss_fn), run)


def starts_anew(run):
    """Each epoch begins with other weights, so that only the last epoch is left in the end."""
    table, epochs = one_by_one(run)
    if table.any():
        first, last, own = (np.sort(losses) for losses in (*epochs[[0, -1]], np.diag(table)))
        return len(epochs) > 1 and np.allclose(last, own) and not np.allclose(first, own, rtol=0.01)
    if run.epochs < 10 or run.batches > 1 or not run.whole or run.still:
        return False
    restless = 0.2 < np.mean(np.diff(run.losses) > 0) < 0.8 and np.ptp(run.losses) > 0.05
    return restless and 0 < np.abs(run.b[-1]).max() <= run.lr  # no entry of a mean error is above 1


CHANGES = (  # usual ways to prepare inputs
    lambda X: X / 255,
    lambda X: X - X.mean(),
    lambda X: X - X.mean(axis=0),
    lambda X: (X - X.mean()) / (X.std() + 1e-8),
    lambda X: (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8),
    lambda X: X / (np.abs(X).max() + 1e-12),
    lambda X: (X - X.min()) / (np.ptp(X) + 1e-12),
    lambda X: X / (np.linalg.norm(X, axis=1, keepdims=True) + 1e-12),
)


def has_changed_inputs(run):
    """The losses are those of the final parameters on inputs that have been scaled or shifted."""
    if not run.still or not run.whole:
        return False
    losses = [deep_mlp_loss(change(run.X), run.y, run.params)[0] for change in CHANGES]
    return not abs(run.after[0] - run.means[-1]) < 1e-3 and any(
        abs(loss - run.means[-1]) < 1e-5 for loss in losses
    )
