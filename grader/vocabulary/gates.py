"""Gates on training: cheap stages first, accuracy from a measured spread, time as a ratio."""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from . import expect, oracles, tolerance
from .call import Call
from .complaints import caught
from .expect.failing import LATEST
from .finding import Finding
from .function import StudentFunction
from .values import figure, show

CLASSES = 10
TRAINING_SECONDS = {  # time limit of a training run, not a gate
    "digits": 180.0,
    "mnist": 900.0,
    "colored_digits": 180.0,
}
EARLY = (6, 3)  # a gate may be reached in these parts of a training's epochs,
MANY = 9  # where it has at least so many
TRIES = 6  # of a time gate; machines are noisy, so the best one counts
TOO_SLOW_FOR_NOISE = 4  # this many times over a time gate, three times in a row, cannot be noise


@cache
def thresholds() -> dict[str, dict[str, float]]:
    """The accuracy gates by data set and function, as written by `python -m bench.thresholds`."""
    return json.loads(Path(__file__).with_name("thresholds.json").read_text(encoding="utf-8"))


def long_run(count: int, dataset: Any) -> dict[str, int]:
    """Settings for a dense network's real run, long enough for its accuracy to settle.

    There are 40 times fewer digits than MNIST images, so they get more epochs, and batches of 32,
    which halve the spread over seeds that batches of 64 have there.
    """
    return {"epochs": count} if dataset.name == "mnist" else {"epochs": 6 * count, "batch_size": 32}


def one_hot(labels: np.ndarray) -> np.ndarray:
    """One row per label, for ten classes."""
    return np.eye(CLASSES)[labels]


def images(X: np.ndarray) -> np.ndarray:
    """Reshape (n, 784) to (n, 1, 28, 28)."""
    return X.reshape(-1, 1, 28, 28)


def outcome(got: Any) -> tuple[Any, np.ndarray]:
    """`(params, losses)` of training, with validated losses; `params` may have any form."""
    params, losses = expect.parts(got, "params", "losses")
    return params, expect.losses(losses)


def starts_near_chance(losses: np.ndarray) -> None:
    """Require the first loss for ten classes to be near ln 10, as from guessing."""
    first = losses[0]
    expect.that(
        abs(first - math.log(CLASSES)) < 1,
        "training should start near a loss of ln 10 = 2.303 (guessing) but starts at "
        f"{figure(first)}",
        expected="2.303 +/- 1",
        got=f"{first:.4g}",
        next="Do the weights start too large, or is the loss a sum where it should be a mean?",
    )


def falls_to(losses: np.ndarray, target: float, updates: int) -> None:
    """Require small last losses, as from memorizing a few images, and one of each update.

    Only where the loss becomes small does it show that a training ends early because of that.
    """
    if losses[-1] < target:  # the last ones together may not be there yet
        expect.losses(losses, updates)
    last = float(np.mean(losses[-5:]))
    expect.that(
        last < target,
        f"the network should be able to memorize a few images, but the loss ends at {figure(last)}",
        expected=f"a loss below {target:g}",
        got=f"{losses[0]:.4g} at first, {last:.4g} at the end",
        next="Are the gradients right, and does the update subtract them?",
    )
    expect.losses(losses, updates)


def fifths(losses: np.ndarray) -> tuple[float, float]:
    """The means of the first fifth and of the last fifth of the losses."""
    part = max(1, len(losses) // 5)
    return losses[:part].mean(), losses[-part:].mean()


def falls(losses: np.ndarray, about: Any) -> None:
    """Require the losses of a training run to end lower than they start; `about` is its answer."""
    first, last = fifths(losses)
    expect.that(
        last < first,
        f"the losses should fall, but go from {figure(first)} to {figure(last)}",
        about=about,
        expected="a lower mean in the last fifth than in the first",
        got=f"{first:.4g} in the first fifth of {len(losses)} losses, {last:.4g} in the last",
    )


def probabilities(got: Any, n: int) -> np.ndarray:
    """Require a row of ten probabilities per image; returns them in float64."""
    A = expect.array(got, (n, CLASSES), what="the predictions").astype(np.float64)
    expect.that(np.all(A >= 0), "probabilities should not be below 0", about=got)
    expect.close(
        A.sum(axis=1),
        np.ones(n),
        what="the sum of each row of probabilities",
        tolerance=tolerance.PROBABILITIES,
    )
    return A


def is_no_decision(A: np.ndarray) -> None:
    """Require probabilities of many images that are not all exactly 0 or 1."""
    expect.that(
        bool(np.any((A > 0) & (A < 1))),
        f"all {A.size:,} probabilities are exactly 0 or 1: return them before you decide",
    )


def better_than_guessing(A: np.ndarray, labels: np.ndarray, about: Any = LATEST) -> None:
    """Require three images in ten to be right, where guessing gets one."""
    accuracy = oracles.accuracy(A, labels)
    what = "accuracy of the predictions"
    expect.at_least(100 * accuracy, 30, what=what, unit="%", about=about)


def judges_each_independently(
    predict: Callable[[np.ndarray], np.ndarray], X: np.ndarray, labels: np.ndarray
) -> None:
    """Require predictions that beat guessing and do not depend on the batch an image is in."""
    A = predict(X)
    better_than_guessing(A, labels)
    expect.that(
        np.allclose(predict(X), A, atol=tolerance.PROBABILITIES),
        "two calls with the same images give different predictions: predict without dropout or "
        "anything else that is random",
        kind="changing",
    )
    for part in (slice(0, 1), slice(7, 8), slice(None, None, -1), slice(40, 63)):
        got = predict(np.ascontiguousarray(X[part]))
        expect.that(
            np.allclose(got, A[part], atol=tolerance.PROBABILITIES),
            "the prediction for an image depends on the batch it is in: compute nothing, such as a "
            "mean, a standard deviation or a maximum, from all images of `X`",
            expected=show(A[part]),
            got=show(got),
        )


def reaches(accuracy: float, function: str, dataset: Any) -> None:
    """Require the accuracy on images the worker never saw to reach the gate of this data set."""
    expect.at_least(
        100 * accuracy,
        _gate(function, dataset),
        what=f"test accuracy on {len(dataset.X_test):,} {dataset.name} images",
        unit="%",
    )


def reaches_after(
    epochs: int, accuracy_after: Callable[[int], float], function: str, dataset: Any
) -> None:
    """Require `accuracy_after(epochs)`, that of a whole training, to reach the gate.

    A network that is there after a sixth or a third of many epochs is not trained any longer.
    """
    early = [epochs // part for part in EARLY] if epochs >= MANY else []
    if not any(is_reached(accuracy_after(count), function, dataset) for count in early):
        reaches(accuracy_after(epochs), function, dataset)


def is_reached(accuracy: float, function: str, dataset: Any) -> bool:
    """Return True if an accuracy reaches the gate of this data set."""
    return 100 * accuracy >= _gate(function, dataset)


def _gate(function, dataset):
    return thresholds()[dataset.name][function]


def vectorized(
    draw: Callable[[], tuple[Callable[..., Call], Callable[[Any], object]]],
    calibrate: Callable[[], None],
    factor: float,
    what: str,
    against: str = "its matrix products alone",
) -> None:
    """Require a call to take at most `factor` times as long as `calibrate()`.

    `draw()` is called for each try and returns `(call, check)`, where `call()` calls the
    function with arguments never used before and `check(answer)` raises a `Finding` unless the
    timed call's answer is right. So an answer that is remembered or made up earns nothing. Both
    times are taken in turn, in this process, so a slow machine makes no difference.
    """
    tries = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        calibrate()
        calibration = time.perf_counter() - begin
        call, check = draw()
        reply = call().reply
        check(reply.value)
        tries.append((reply.seconds, calibration))
        if tries[-1][0] <= factor * calibration:
            return
        if len(tries) == 3 and all(s > TOO_SLOW_FOR_NOISE * factor * c for s, c in tries):
            break
    seconds, calibration = min(tries, key=lambda pair: pair[0] / pair[1])
    loop = call(find_loop=True).reply.loop
    expect.fail(
        f"{what} takes {seconds / calibration:.0f} times as long as {against}: "
        "let NumPy do the loops",
        kind="slow",
        expected=f"at most {factor} times {_seconds(calibration)}, just measured on this machine",
        got=_seconds(seconds),
        where=caught(loop),
    )


def some_right(
    function: StudentFunction,
    oracle: Callable[..., Any],
    rng: np.random.Generator,
    small: tuple[Any, ...],
    large: tuple[Any, ...],
) -> tuple[Callable[..., Call], Callable[[Any], object]]:
    """`(call, check)` for `vectorized`, for a function that answers each example by itself.

    For a few of the examples the answer must be the oracle's, an array or a list of them. A
    function that is wrong for small arrays too loses points elsewhere: then its own answer counts.

    small, large: arguments, the examples first
    """
    X, *others = large
    some = rng.choice(len(X), 3, replace=False)

    def check(got):
        is_right = _agree(function, oracle, small)
        _same(got, (oracle if is_right else function)(X[some], *others), some, len(X))

    return partial(function.call, *large), check


def _agree(function, oracle, arguments):
    try:
        _same(function(*arguments), oracle(*arguments), slice(None), len(arguments[0]))
    except Finding:
        return False
    return True


def _same(got, few, some, count):
    """Require an answer for `count` examples to be `few` for some of them."""
    several = isinstance(few, (list, tuple))
    names = [f"answer[{i}]" for i in range(len(few))] if several else []
    pairs = zip(expect.parts(got, *names), few, strict=True) if several else [(got, few)]
    for whole, part in pairs:
        part = expect.array(part, dtype=None, what="the answer for a few examples")
        shape = (count, *part.shape[1:])
        expect.right(expect.array(whole, shape, dtype=None)[some], part)


def _seconds(duration):
    return f"{duration:.3g} s" if duration >= 1 else f"{1000 * duration:.3g} ms"


def calibrate_dense(X: np.ndarray, widths: Sequence[int], batch_size: int, epochs: int) -> None:
    """Do only the matrix products of training a dense network, forward and backward."""
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


def train_plainly(
    X: np.ndarray, y: np.ndarray, widths: Sequence[int], batch_size: int, epochs: int
) -> None:
    """Train a dense network as a plain NumPy loop over batches does, to compare times with."""
    shapes = [shape for d, h in itertools.pairwise(widths) for shape in ((d, h), (h,))]
    params = [np.full(shape, 0.01, X.dtype) for shape in shapes]
    for _ in range(epochs):
        for start in range(0, len(X), batch_size):
            batch = slice(start, start + batch_size)
            _, grads = oracles.mlp_loss(X[batch], y[batch], params)
            params = [param - 0.01 * grad for param, grad in zip(params, grads, strict=True)]
