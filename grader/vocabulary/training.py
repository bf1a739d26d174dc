"""Training seen to train: steps of `lr` down the gradient, losses of the parameters on the data.

Where the architecture is given, the examiner knows the network that training returns and can redo
each update. A learning rate of almost 0 shows the parameters from which a seed starts. Where the
architecture is the learner's own, what can be seen is that the labels shape several layers of
weights, that the parameters do not grow with the data, and that no loss lies below what the labels
allow.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from . import expect, gates, oracles, tolerance
from .finding import Finding
from .values import figure

NOTHING = 1e-12  # a learning rate that leaves the parameters where training starts
SMALL = 0.01  # a learning rate so low that the loss falls by lr times the squared gradient
ROUNDING = 1e-9  # all that is left of a gradient whose terms cancel
LINEAR = 0.2  # relative error of that
PACE = 0.5  # relative error of lr times the squared gradient for the last of many updates

LEAST_LEARNED = 0.1  # the share of the numbers that labels change; unused pixels change none
AGREE = 0.5  # between the loss in training, perhaps with dropout, and that of the predictions
TINY = 1e-12
IMAGE = {"axis": (1, 2, 3), "keepdims": True}
CHANNEL = {"axis": (0, 2, 3), "keepdims": True}
PREPARED = {  # what is often done to pixels between 0 and 1, in words
    "X - 0.5": lambda X: X - X.dtype.type(0.5),
    "X + 0.5": lambda X: X + X.dtype.type(0.5),
    "2 * X - 1": lambda X: 2 * X - 1,
    "(X + 1) / 2": lambda X: (X + 1) / 2,
    "X / 255": lambda X: X / 255,
    "255 * X": lambda X: 255 * X,
    "(X - X.mean()) / X.std()": lambda X: (X - X.mean()) / X.std(),
    "X - X.mean(axis=0)": lambda X: X - X.mean(axis=0),
    "(X - X.mean(axis=0)) / X.std(axis=0)": lambda X: (X - X.mean(axis=0)) / _positive(X, axis=0),
}
ARRANGED = {  # what is often done to images (n, C, H, W)
    "X[:, ::-1]": lambda X: X[:, ::-1],
    "X.swapaxes(2, 3)": lambda X: X.swapaxes(2, 3),
    "X.reshape(n, H, W, C).transpose(0, 3, 1, 2)": lambda X: X.reshape(
        len(X), *X.shape[2:], -1
    ).transpose(0, 3, 1, 2),
    "X.transpose(0, 2, 3, 1).reshape(n, C, H, W)": lambda X: X.transpose(0, 2, 3, 1).reshape(
        X.shape
    ),
    "(X - mean) / std of each image": lambda X: (X - X.mean(**IMAGE)) / _positive(X, **IMAGE),
    "(X - mean) / std of each channel": lambda X: (X - X.mean(**CHANNEL)) / _positive(X, **CHANNEL),
}

Params = Sequence[np.ndarray]
Trained = tuple[list[np.ndarray], np.ndarray]  # parameters and losses, validated
Loss = Callable[[np.ndarray, np.ndarray, Params], tuple[float, list[np.ndarray]]]


class Trainer:
    """A learner's training of a network whose loss and gradients `loss_fn(X, y, params)` gives.

    `train(X, y, lr=..., epochs=..., batch_size=...)` returns validated parameters and losses, and
    starts from the same parameters each time; `names` are those of the parameters.
    """

    def __init__(self, train: Callable[..., Trained], loss_fn: Loss, names: Sequence[str]):
        self.train, self.loss_fn, self.names = train, loss_fn, names

    def starts_near_chance(self, X: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
        """Require the first loss to be that of the first parameters, near that of guessing.

        Returns these parameters.
        """
        params, losses = self.train(X, y, lr=NOTHING, epochs=1, batch_size=len(X))
        gates.starts_near_chance(losses)
        self._is_loss(losses[0], X, y, params, "the first loss")
        return params

    def steps_down_the_gradient(self, X: np.ndarray, y: np.ndarray, lr: float) -> None:
        """Require an update on all examples to move each parameter by -lr times its gradient."""
        before, after, _ = self._one_update(X, y, lr)
        if before is None:
            self._goes_downhill(X, y)
            return
        for name, old, new, grad in zip(
            self.names, before, after, self.loss_fn(X, y, before)[1], strict=True
        ):
            what = f"the first step of `{name}`, (before - after) / lr,"
            self._is_way((old - new) / lr, grad, what)

    def records_losses_before_updates(self, X: np.ndarray, y: np.ndarray, lr: float) -> None:
        """Require the loss of an update to be that of the parameters before it."""
        before, _, losses = self._one_update(X, y, lr)
        if before is None:
            self._goes_downhill(X, y)
        else:
            self._is_loss(losses[0], X, y, before, "the loss before the first update")

    def updates_after_each_batch(self, x: np.ndarray, y: np.ndarray, lr: float) -> None:
        """Require an update for every batch, also for a short one.

        All examples are alike, the one in `x`, so that their order makes no difference.
        """
        X, y, how = x.repeat(11, axis=0), y.repeat(11, axis=0), {"epochs": 2, "batch_size": 4}
        before = want = self._start(X, y, **how)
        if before is None:
            return
        after, _ = self.train(X, y, lr=lr, **how)
        for _ in range(6):
            grads = self.loss_fn(X, y, want)[1]
            want = [param - lr * grad for param, grad in zip(want, grads, strict=True)]
        for name, old, new, end in zip(self.names, before, after, want, strict=True):
            what = f"the way of `{name}` in 6 updates, (before - after) / lr,"
            self._is_way((old - new) / lr, (old - end) / lr, what)

    def sees_every_example_once_per_epoch(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Require the losses of single examples, each once per epoch; returns them by epoch."""
        epochs, n = 3, len(X)
        params, losses = self.train(X, y, lr=NOTHING, epochs=epochs, batch_size=1)
        singles = [self.loss_fn(X[i : i + 1], y[i : i + 1], params)[0] for i in range(n)]
        for number, epoch in enumerate(losses.reshape(epochs, n), start=1):
            expect.close(
                np.sort(epoch),
                np.sort(singles),
                what=f"the sorted list of single-example losses in epoch {number}",
                tolerance=tolerance.AFTER_FLOAT32_UPDATES,
            )
        return np.array([singles, *losses.reshape(epochs, n)])

    def _start(self, X, y, **how):
        """The parameters before training, None if the same seed does not lead to the same ones."""
        (one, _), (other, _) = (self.train(X, y, lr=NOTHING, **how) for _ in range(2))
        return one if all(map(np.array_equal, one, other)) else None

    def _is_way(self, got, want, what):
        got, want = (np.where(abs(way) < ROUNDING, 0.0, way) for way in (got, want))
        expect.close(got, want, what=what, tolerance=tolerance.STEP)

    def _one_update(self, X, y, lr):
        before = self._start(X, y, epochs=1, batch_size=len(X))
        after, losses = self.train(X, y, lr=lr, epochs=1, batch_size=len(X))
        return before, after, losses

    def _goes_downhill(self, X, y):
        """What can be seen of a step from an unknown start, for training that ignores `rng`."""
        params, losses = self.train(X, y, lr=SMALL, epochs=1, batch_size=len(X))
        falls_as_the_gradient_says(losses[-1], *self.loss_fn(X, y, params))

    def _is_loss(self, got, X, y, params, what):
        want = self.loss_fn(X, y, params)[0]
        expect.close(float(got), want, what=what, tolerance=tolerance.ONE_UPDATE)


def falls_as_the_gradient_says(before: float, after: float, grads: Params) -> None:
    """Require the fall of the loss in an update with lr=SMALL that ended at these gradients."""
    expect.close(
        float(before - after),
        SMALL * sum(float(np.sum(grad**2)) for grad in grads),
        what=f"the fall of the loss in an update with lr={SMALL:g}",
        tolerance=LINEAR,
    )


def is_shuffled_again(orders: np.ndarray) -> None:
    """Require each row, the losses of an epoch, to have an order of its own; row 0 is X's."""
    for number, epoch in enumerate(orders[1:], start=1):
        spread = np.ptp(epoch)  # distinguishes the examples unless the initial weights are tiny
        expect.that(
            spread < 1e-6
            or all(np.abs(epoch - old).max() > 1e-3 * spread for old in orders[:number]),
            f"epoch {number} should be shuffled again, but has the order of `X` or an earlier one",
        )


def starts_from_others(
    name: str, one: np.ndarray, other: np.ndarray, what: str = "weights"
) -> None:
    """Require different arrays from two trainings that were given no `rng`."""
    expect.that(
        not np.array_equal(one, other),
        f"without `rng`, `{name}` should start from other {what} each time",
    )


def is_memorized(
    A: np.ndarray, y: np.ndarray, losses: np.ndarray, updates: int, most: float = 0.1
) -> None:
    """Require a loss below `most` in the end, and the answer `A` (n, k) right for every image."""
    gates.falls_to(losses, most, updates)
    right = 100 * oracles.accuracy(A, y.argmax(axis=1))
    expect.at_least(right, 100, what=f"accuracy on the {len(y)} training images", unit="%")


def are_losses_of(losses: np.ndarray, loss: float) -> None:
    """Require the losses of a run that moved nothing to have the loss of its parameters as mean."""
    what = "the mean of the losses"
    expect.close(losses.mean(), loss, what=what, tolerance=tolerance.AFTER_FLOAT32_UPDATES)


# For architectures of the learner's own


def contradictory(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The images twice, the second time with other labels, so that no loss can be below ln 2."""
    return np.concatenate([X, X]), np.concatenate([y, np.roll(y, 1, axis=1)])


def respects_what_labels_allow(losses: np.ndarray) -> None:
    """Require losses on `contradictory` labels not to end below the lowest possible one."""
    _, last = gates.fifths(losses)
    expect.that(
        last > 0.9 * math.log(2),
        f"no network can end at a loss of {figure(last)} on images that have two labels each",
        expected="at least ln 2 = 0.693: each image is as often of the one class as of the other",
        got=f"{last:.3g} in the last fifth of {len(losses)} losses",
    )


def arrays_in(params: Any) -> Iterator[np.ndarray]:
    """The arrays of floats in parameters of any form, in order."""
    if isinstance(params, np.ndarray):
        if params.dtype.kind in "fiu":
            yield params
    elif isinstance(params, dict):
        for value in params.values():
            yield from arrays_in(value)
    elif isinstance(params, (list, tuple)):
        for value in params:
            yield from arrays_in(value)


def labels_shape_several_layers(params: Any, others: Any) -> None:
    """Require two arrays of weights to differ between trainings that differ in labels alone.

    All parameters may lie in one long array. Stored images and random features do not depend on
    labels.
    """
    keeps_its_size(params, others)
    pairs = list(zip(arrays_in(params), arrays_in(others), strict=True))
    changed = [_is_weights(a) for a, b in pairs if not np.array_equal(a, b)]
    one_long_array = len(pairs) == len(changed) == 1 and pairs[0][0].ndim == 1
    expect.that(
        sum(changed) > 1 or one_long_array,
        "a hidden layer should learn from the labels too, but with other labels "
        f"{sum(changed)} of {sum(_is_weights(a) for a, _ in pairs)} arrays of weights change",
        about=others,
        expected="at least two arrays of weights that depend on the labels",
        got=f"{sum(changed)}",
    )
    depend = sum(int(np.sum(a != b)) for a, b in pairs)
    expect.that(
        depend >= LEAST_LEARNED * sum(a.size for a, _ in pairs),
        "most parameters should learn from the labels, but with other labels few numbers change",
        about=others,
        expected=f"at least {LEAST_LEARNED:.0%} of the numbers",
        got=f"{depend} of {sum(a.size for a, _ in pairs)}",
    )


def losses_depend_on_labels(losses: np.ndarray, others: np.ndarray, about: Any) -> None:
    """Require other losses from a training that differs in labels alone; `about` is its answer."""
    expect.that(
        not np.array_equal(losses, others),
        "the losses are the same for other labels: compute them from the predictions",
        about=about,
    )


def losses_lead_to(
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    losses: np.ndarray,
    about: Any,
) -> None:
    """Require the last losses to be near the cross-entropy of the trained network's answers.

    predict: the learner's predictions with the trained parameters, checked probabilities.
    """
    _, last = gates.fifths(losses)
    after = cost(predict(X), y)
    expect.that(
        abs(last - after) < AGREE,
        "the losses should lead to that of the trained network",
        about=about,
        expected=f"about {after:.4g}, the cross-entropy of its predictions for images it has seen",
        got=f"{last:.4g} in the last fifth of the losses",
        note="do the losses belong to these batches? "
        + how_pixels_differ(predict, X, y, last + AGREE, already=after),
    )


def cost(A: np.ndarray, y: np.ndarray) -> float:
    """The cross-entropy of probabilities that may be 0."""
    return oracles.cross_entropy(np.clip(A, TINY, 1), y)


def how_pixels_differ(
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    most: float,
    already: float,
) -> str:
    """A hint at what training seems to do to the pixels, and prediction does not.

    most: the largest loss that fits the training.
    already: the loss for X itself.
    """
    changes = PREPARED | (ARRANGED if X.ndim == 4 else {})
    losses = {}
    for words, change in changes.items() if already > most else ():
        with contextlib.suppress(Finding):  # such pixels may be refused
            losses[words] = cost(predict(change(X)), y)
    best = min(losses, key=losses.__getitem__, default="")
    if best and losses[best] <= min(most, already / 3):  # a small gain may be chance
        return (
            f"With `{best}` in place of `X` the loss of the predictions would be "
            f"{losses[best]:.2g}: training and prediction change the pixels in different ways"
        )
    return "Do training and prediction use the same layers, activations and pixels?"


def _positive(X, **axes):
    """The standard deviation of the pixels, and 1 where they are all the same."""
    std = X.std(**axes)
    return np.where(std > 0, std, X.dtype.type(1))


def _is_weights(array):
    return sum(side > 1 for side in array.shape) > 1


def keeps_its_size(params: Any, others: Any) -> None:
    """Require the same shapes of the parameters from two trainings."""
    shapes, same = ([a.shape for a in arrays_in(each)] for each in (params, others))
    expect.that(
        shapes == same,
        "the parameters should have the same shapes whatever the data: a network keeps what it "
        "has learned, not the images",
        about=others,
        expected=str(shapes[:6]),
        got=str(same[:6]),
    )
