"""Gates on training: cheap stages first, accuracy from a measured spread, time as a ratio."""

import itertools
import json
import math
import time
from functools import cache
from pathlib import Path

import numpy as np

from . import expect, oracles, tolerance
from .values import printable

CLASSES = 10
TRAINING_SECONDS = {  # patience with a training run, not a gate
    "digits": 180.0,
    "mnist": 900.0,
    "colored_digits": 180.0,
}
TRIES = 6  # of a time gate, for machines are noisy: the best one counts
HOPELESS = 4  # times what a time gate allows, three times in a row, is no noise


@cache
def thresholds():
    """The accuracy gates, written by `python -m bench.thresholds`: data set, function, figure."""
    return json.loads(Path(__file__).with_name("thresholds.json").read_text(encoding="utf-8"))


def long_run(count, dataset):
    """Settings of a dense network's real run, so long that its accuracy settles.

    The digits are 40 times fewer, so they get more epochs; and batches of 64 leave a spread over
    seeds there that is twice that of batches of 32.
    """
    return {"epochs": count} if dataset.name == "mnist" else {"epochs": 6 * count, "batch_size": 32}


def one_hot(labels):
    return np.eye(CLASSES)[labels]


def images(X):
    """(n, 784) as (n, 1, 28, 28)."""
    return X.reshape(-1, 1, 28, 28)


def outcome(got):
    """`(params, losses)` of training, the losses validated; `params` is the learner's affair."""
    params, losses = expect.parts(got, "params", "losses")
    return params, expect.losses(losses)


def starts_near_chance(losses):
    """The first loss of ten classes is near ln 10: nothing is known yet, so nothing is certain."""
    first = losses[0]
    expect.that(
        abs(first - math.log(CLASSES)) < 1,
        f"training should start near ln 10 = 2.303, what guessing costs, and starts at {first:.4g}",
        expected="2.303, give or take 1",
        got=f"{first:.4g}",
        note="a first loss far off means weights that start too large, or a loss that is no mean",
    )


def falls_to(losses, target):
    """A few images can be learnt by heart: the last losses are small."""
    last = float(np.mean(losses[-5:]))
    expect.that(
        last < target,
        f"a few images should be learnt by heart, and the loss ends at {last:.4g}",
        expected=f"a loss below {target:g}",
        got=f"{losses[0]:.4g} at first, {last:.4g} at the end",
        note="if this fails, look at the gradients and the update before anything else",
    )


def fifths(losses):
    """The means of the first fifth of the losses and of the last."""
    part = max(1, len(losses) // 5)
    return losses[:part].mean(), losses[-part:].mean()


def falls(losses, about):
    """The losses of a whole training, `about` being what it gave, end lower than they begin."""
    first, last = fifths(losses)
    expect.that(
        last < first,
        f"the losses should fall, and go from {first:.4g} to {last:.4g}",
        about=about,
        expected="less in the last fifth than in the first",
        got=f"{first:.4g} in the first fifth of {len(losses)} losses, {last:.4g} in the last",
    )


def probabilities(got, n):
    """The learner's predictions, validated: a row of ten probabilities for each image."""
    A = expect.array(got, (n, CLASSES), what="the predictions").astype(np.float64)
    expect.that(np.all(A >= 0), "probabilities should not be below 0", about=got)
    expect.close(
        A.sum(axis=1),
        np.ones(n),
        what="the sum of each row of probabilities",
        tolerance=tolerance.PROBABILITIES,
    )
    return A


def better_than_guessing(A, labels):
    """Three images in ten are right, where guessing gets one."""
    found = oracles.accuracy(A, labels)
    expect.at_least(100 * found, 30, what="accuracy of the predictions", unit=" %")


def judges_each_by_itself(predict, X, labels):
    """`predict` says of an image what it says of it among all of `X`, which is no guessing."""
    A = predict(X)
    better_than_guessing(A, labels)
    for part in (slice(0, 1), slice(7, 8), slice(None, None, -1), slice(40, 63)):
        expect.close(
            predict(np.ascontiguousarray(X[part])),
            A[part],
            what="the probabilities of an image in another batch",
            tolerance=tolerance.PROBABILITIES,
        )


def reaches(accuracy, function, dataset):
    """Accuracy on images that the worker never saw reaches the gate of this data set."""
    expect.at_least(
        100 * accuracy,
        thresholds()[dataset.name][function],
        what=f"test accuracy on {len(dataset.X_test):,} {dataset.name} images",
        unit=" %",
    )


def vectorised(call, calibrate, factor, what, against="its matrix products alone"):
    """`call()` gives a `Call` that takes at most `factor` times as long as `calibrate()`.

    Both are timed in turn, here and now, so a slow machine changes nothing.
    """
    tries = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        calibrate()
        calibration = time.perf_counter() - begin
        tries.append((call().reply.seconds, calibration))
        if tries[-1][0] <= factor * calibration:
            return
        if len(tries) == 3 and all(s > HOPELESS * factor * c for s, c in tries):
            break
    seconds, calibration = min(tries, key=lambda pair: pair[0] / pair[1])
    loop = call(find_loop=True).reply.loop
    expect.fail(
        f"{what} takes {seconds / calibration:.0f} times as long as {against}: "
        "let NumPy do the loops",
        kind="slow",
        expected=f"at most {factor} times {_seconds(calibration)}, just measured on this machine",
        got=_seconds(seconds),
        where=loop and printable(f"{loop[0]}:{loop[1]}, in {loop[2]}: {loop[3]}"),
    )


def _seconds(duration):
    return f"{duration:.3g} s" if duration >= 1 else f"{1000 * duration:.3g} ms"


def calibrate_dense(X, widths, batch_size, epochs):
    """The matrix products of training a dense network, forward and back, and nothing else."""
    X = np.ascontiguousarray(X)
    weights = [np.ones(shape, X.dtype) for shape in itertools.pairwise(widths)]
    for _ in range(epochs):
        for start in range(0, len(X), batch_size):
            layers = [X[start : start + batch_size]]
            for W in weights:
                layers.append(np.maximum(layers[-1] @ W, 0))
            for W, A, Z in zip(weights, layers[:-1], layers[1:], strict=True):
                A.T @ Z
                Z @ W.T
