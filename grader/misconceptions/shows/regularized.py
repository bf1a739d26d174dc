"""Predicates for `train_regularized_mlp` of chapter 4.4: signs of a mistake in a `Run`."""

import math
from copy import copy

import numpy as np

from ..pieces import regularized_step
from ..reference import he_params, relu, softmax
from .runs import STILL, are_of_other_pairs


def _start(run, dtype=np.float64):
    sizes = [run.X.shape[1], *run.hidden, run.y.shape[1]]
    return he_params(sizes, run.generator(), dtype)


class FirstStep:
    """One step on one example from a start by `he_init`, and which hidden units it kept."""

    def __init__(self, run):
        if len(run.X) != 1 or len(run.losses) != 1 or not run.lr > STILL:
            raise ValueError("not a single step")
        self.X, self.y, self.p = run.X, run.y, run.p
        self.start = _start(run, run.X.dtype)
        self.taken = [(old - new) / run.lr for old, new in zip(self.start, run.params, strict=True)]
        self.kept = [(np.abs(dW).max(axis=1) > 1e-12)[None] for dW in self.taken[2::2]]

    def gradients(self, masks, X=None, **how):
        X = self.X if X is None else X
        return regularized_step(X, self.y, self.start, 0.0, masks, **how)[1]

    def fits(self, masks, X=None, **how):
        """Whether these masks (and this mistake) give the step that was taken."""
        pairs = zip(self.taken, self.gradients(masks, X, **how), strict=True)
        return all(np.allclose(got, want, rtol=1e-4, atol=1e-9) for got, want in pairs)

    def right(self):
        return [kept / self.p for kept in self.kept]

    def alive(self):
        """The units of each hidden layer that are not 0 unless dropped."""
        alive, inputs = [], self.X
        for W, b, mask in zip(self.start[:-2:2], self.start[1:-2:2], self.kept, strict=True):
            hidden = relu(inputs @ W + b)
            alive.append(hidden > 0)
            inputs = hidden * mask / self.p
        return alive

    def drops(self):
        """Whether any hidden layer dropped a unit that is alive."""
        return any((a & ~k).any() for a, k in zip(self.alive(), self.kept, strict=True))


def scales_afterwards(run):
    """Recognizes that the weights of all layers, or of all but the first, ended p times smaller."""
    for first in (0, 1):
        before = copy(run)
        before.params = [
            param / run.p if param.ndim == 2 and i >= first else param
            for i, param in enumerate(run.params)
        ]
        step = FirstStep(before)
        if run.p < 1 and step.fits(step.right()):
            return True
    return False


def _factor_drawn(run):
    """The factor of the first random numbers in W1, or None if it holds other numbers."""
    if not isinstance(run.params, (list, tuple)):
        raise TypeError("not a list of parameters")
    W1 = np.float64(run.params[0])
    z = run.generator().standard_normal(W1.shape)
    factor = float(np.sum(W1 * z) / np.sum(z**2))
    exact = 1e-9 if run.params[0].dtype == np.float64 else 1e-5
    return factor if np.abs(W1 - factor * z).max() <= exact * abs(factor) else None


def _shrunk(run, by):
    """Whether W1 is a usual start times `by`: all that the penalty does with black images."""
    factor, (d, first) = _factor_drawn(run), (run.X.shape[1], run.hidden[0])
    starts = (math.sqrt(2 / d), math.sqrt(2 / (d + first)), math.sqrt(1 / d), 0.1, 0.01, 0.05)
    exact = 1e-8 if run.params[0].dtype == np.float64 else 1e-5
    return factor is not None and any(
        math.isclose(factor, start * by, rel_tol=exact) for start in starts
    )


def _batch_sizes(run):
    full, rest = divmod(len(run.X), run.batch_size)
    return run.epochs * ([run.batch_size] * full + [rest] * (rest > 0))


def _frequent_gain(run):
    """Above 0 if the output's biases have grown for the frequent classes."""
    return float(run.params[-1] @ (run.y.mean(axis=0) - 1 / run.y.shape[1]))


def _gains_as_expected(run, steps):
    """Whether the output's biases have moved about as far as `lr` moves them."""
    share, b = run.y.mean(axis=0), np.zeros(run.y.shape[1])
    for _ in range(steps):
        b = b - run.lr * (softmax(b) - share)
    return _frequent_gain(run) > 0.73 * float(b @ (share - 1 / run.y.shape[1]))


def _is_step(run, times, penalized):
    """Whether one step without dropout, from a start by `he_init`, was these multiples of the
    gradient and of the penalty's gradient.
    """
    if run.p != 1 or len(run.losses) != 1 or not run.lr > STILL or not np.any(run.X):
        raise ValueError("not a single step without dropout")
    start, masks = _start(run), [np.ones((len(run.X), size)) for size in run.hidden]
    _, grads = regularized_step(run.X, run.y, start, 0.0, masks)
    for i, (old, new, grad) in enumerate(zip(start, run.params, grads, strict=True)):
        penalty = 2 * run.lambda_ * old * (old.ndim == 2)
        want = times * grad + penalized(i, old.size) * penalty
        if not np.allclose((old - new) / run.lr, want, rtol=1e-4, atol=1e-7):
            return False
    return True


def shrinks(by):
    """Recognizes that each step multiplied W1 by `by(lr, lambda_, n, W1.size)`."""

    def recognizes(run):
        lr, lambda_ = run.lr, run.lambda_
        if np.any(run.X):

            def penalized(i, size):
                return (1 - by(lr, lambda_, len(run.X), size)) / (2 * lr * lambda_)

            return _is_step(run, 1, penalized)
        steps = [by(lr, lambda_, n, run.params[0].size) for n in _batch_sizes(run)]
        moved = _gains_as_expected(run, len(steps))
        return moved and lambda_ * lr > 0 and _shrunk(run, math.prod(steps))

    return recognizes


def decays(run):
    """After the step the weights were multiplied by 1 - lambda."""
    before = copy(run)
    before.params = [p / (1 - run.lambda_) if p.ndim == 2 else p for p in run.params]
    return 0 < run.lambda_ < 1 and _is_step(before, 1, lambda i, size: 0)


def leaves_out(layer):
    """Recognizes that the weights of this layer, such as -1 for the last one, have no penalty."""

    def recognizes(run):
        if not np.any(run.X):  # the images do not move W1, so it shows what the penalty does
            return layer == 0 and shrinks(lambda *_: 1.0)(run)
        return _is_step(run, 1, lambda i, size: i != range(0, len(run.params), 2)[layer])

    return recognizes


def penalizes_biases(run):
    """The last biases have moved as with a penalty, where the images tell nothing."""
    if np.any(run.X) or run.p != 1 or run.batch_size < len(run.X) or not run.lambda_:
        return False
    share, b = run.y.mean(axis=0), np.zeros(run.y.shape[1])
    for _ in range(run.epochs):
        b = b - run.lr * (softmax(b) - share + 2 * run.lambda_ * b)
    return np.allclose(run.params[-1], b, rtol=1e-4)


def keeps_the_same_units(run):
    """One example has the same loss in every epoch, with dropout and without learning."""
    return (len(run.X) == 1 and run.epochs > 3 and run.p < 1 and run.lr <= STILL) and np.ptp(
        run.losses
    ) < 1e-6


def is_not_moved(run):
    factor = _factor_drawn(run)
    usual = factor is not None and abs(factor) < 3 * math.sqrt(2 / run.X.shape[1])
    alike = usual and not _only_the_penalty_moves(run)
    return run.lr > STILL and alike and not any(np.any(b) for b in run.params[1::2])


def _only_the_penalty_moves(run):
    """Whether the weights have moved as the penalty moves them when the images are black."""
    by = (1 - 2 * run.lr * run.lambda_) ** len(run.losses)
    return not np.any(run.X) and by != 1 and _shrunk(run, by)


def has_biases_fixed(run):
    moved = _factor_drawn(run) is None or _only_the_penalty_moves(run)
    trained = run.lr > STILL and np.any(run.params[0]) and moved
    return trained and not any(np.any(b) for b in run.params[1::2])


def is_uphill(run):
    if not np.any(run.X):  # black images only teach how frequent the classes are
        return run.lr > STILL and _frequent_gain(run) < 0
    if run.p == 1 and len(run.losses) == 1:
        return _is_step(run, -1, lambda i, size: -1)
    absent = run.y.sum(axis=0) == 0  # such a class can only become less likely
    return run.lr > STILL and absent.any() and bool((run.params[-1][absent] > 0).all())


def has_zero_weights(run):
    return isinstance(run.params, (list, tuple)) and not any(np.any(W) for W in run.params[::2])


def has_large_start(run):
    large = run.params[0].std() > 4 * math.sqrt(2 / run.X.shape[1])
    return run.lr < 1 and run.losses[0] > np.log(run.y.shape[1]) + 1 and large


def has_pairs_broken(run):
    layer = run.X
    for W, b in zip(run.params[:-2:2], run.params[1:-2:2], strict=True):
        layer = relu(layer @ W + b)
    A, share = softmax(layer @ run.params[-2] + run.params[-1]), run.y.mean(axis=0)
    if run.lr <= STILL and run.batch_size == run.p == 1 and len(run.losses) >= len(run.X) > 1:
        return are_of_other_pairs(np.array(run.losses[: len(run.X)]), -np.log(A) @ run.y.T)
    if len(run.losses) < 100 or run.batch_size < len(run.X) or run.p < 1:
        return False
    entropy = -np.sum(share * np.log(np.maximum(share, 1e-300)))
    guesses = np.abs(A.mean(axis=0) - share).max() < 0.05 and A.std(axis=0).max() > 1e-4
    return guesses and abs(np.mean(run.losses[-20:]) - entropy) < 0.3


def has_gradients_summed(run):
    params, layer = run.params, run.X
    if run.p == 1 and len(run.losses) == 1:
        n = len(run.X)
        return n > 1 and any(_is_step(run, n, lambda *_, times=times: times) for times in (1, n))
    finite = all(np.isfinite(param).all() for param in params)
    weights = all(np.any(W) for W in params[::2])
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        layer = relu(layer @ W + b)
        if not layer.any():
            by_chance = min(run.hidden) < 16  # so few units may be dead from the start
            return finite and weights and bool(np.any(run.X)) and not by_chance
    return False


def ignores_rate(run):
    absent = run.y.sum(axis=0) == 0
    step = -float(run.params[-1][absent].sum()) / max(1, absent.sum()) * run.y.shape[1]
    if not np.any(run.X) and run.lr > 0.15:
        steps = len(_batch_sizes(run))
        slow = not _gains_as_expected(run, steps) and _frequent_gain(run) > 0
        return slow and _shrunk(run, (1 - 2 * 0.1 * run.lambda_) ** steps)
    return len(run.losses) == 1 and run.lr >= 1 and 0 < step < run.lr / 20


def ignores_epochs(run):
    return run.epochs not in (5, len(run.losses)) and len(run.losses) == 5 * run.batches


def ignores_hidden(run):
    return [W.shape[1] for W in run.params[::2]][:-1] == [256, 128] != list(run.hidden)
