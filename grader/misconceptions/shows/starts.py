"""Predicates for the start weights of a layer: `answer` is its (W, b).

No two learners draw random weights the same way, so most mistakes are recognized by moments.
"""

import numpy as np

from ..reference import he_spread, xavier_spread

SCALES = (0.5, 0.1, 0.05, 0.01, 0.001)
SEEDS = (0, 1, 2, 3, 7, 42, 123, 1234, 2024, 2025)


EXACT = {he_spread: 0.025, xavier_spread: 0.02}  # how closely the spread of random weights is known


def spread(right, scale):
    """Recognizes normal weights with this standard deviation, unless it is also the right one."""

    def recognizes(answer, fan_in, fan_out, rng):
        W, _ = answer
        centered = abs(W.mean()) < 0.1 * W.std()
        normal = np.mean(W**4) > 2.2 * np.mean(W**2) ** 2
        off = [abs(W.std() / size(fan_in, fan_out) - 1) for size in (right, scale)]
        return centered and normal and off[0] >= EXACT[right] and off[1] < EXACT[right]

    return recognizes


def by_fan_out(answer, *args):
    scales = (lambda _, fan_out, k=k: np.sqrt(k / fan_out) for k in (1, 2))
    return any(spread(he_spread, scale)(answer, *args) for scale in scales)


def no_root(answer, fan_in, fan_out, rng):
    same = [scale for scale in SCALES if abs(2 / fan_in / scale - 1) < 0.1]  # which of the two?
    return not same and spread(he_spread, lambda *fans: 2 / fan_in)(answer, fan_in, fan_out, rng)


def fixed(right):
    def recognizes(answer, fan_in, fan_out, rng):
        return any(
            spread(right, lambda *fans, scale=scale: scale)(answer, fan_in, fan_out, rng)
            for scale in SCALES
            if abs(right(fan_in, fan_out) ** 2 / scale - 1) > 0.1
        )

    return recognizes


def is_uniform(answer, fan_in, fan_out, rng):
    W = answer[0] - answer[0].mean()
    return bool(
        W.any() and np.mean(W**4) < 2.2 * np.mean(W**2) ** 2 and len(np.unique(W)) > 0.5 * W.size
    )


def all_positive(answer, *args):
    W, _ = answer
    return bool(W.min() >= 0 and W.std() > 0 and not is_uniform(answer, *args))


def repeats_itself(answer, fan_in, fan_out, rng):
    W = answer[0]
    several = min(W.shape) > 1 and np.ptp(W) > 0
    return bool(several and (np.ptp(W, axis=0).max() == 0 or np.ptp(W, axis=1).max() == 0))


def lacks_tails(answer, *args):
    """Normal numbers without those beyond some 2 standard deviations."""
    W, _ = answer
    return not is_uniform(answer, *args) and W.size > 1000 and np.abs(W).max() < 2.7 * W.std()


def constant(answer, fan_in, fan_out, rng):
    return answer[0].size > 1 and np.ptp(answer[0]) == 0


def axes_swapped(answer, fan_in, fan_out, rng):
    return fan_in != fan_out and answer[0].shape == (fan_out, fan_in)


def row_bias(answer, fan_in, fan_out, rng):
    return answer[1].shape == (1, fan_out)


def bias_per_input(answer, fan_in, fan_out, rng):
    return fan_in != fan_out and answer[1].shape == (fan_in,)


def bias_drawn(answer, fan_in, fan_out, rng):
    return answer[1].size > 1 and np.ptp(answer[1]) > 0


def bias_constant(answer, fan_in, fan_out, rng):
    return np.ptp(answer[1]) == 0 and answer[1].flat[0] != 0


def own_seed(answer, fan_in, fan_out, rng):
    W = answer[0].ravel()
    own = [np.random.default_rng(seed).standard_normal(W.size) for seed in SEEDS]
    return any(np.corrcoef(W, numbers)[0, 1] > 0.999 for numbers in own)
