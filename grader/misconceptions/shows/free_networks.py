"""Predicates for the networks of chapters 4.5 and 5.4, whose form is free.

`answer` is what training or prediction returned. The predicates for training also see the
predictions that follow, whose arguments are X and the trained parameters.
"""

import numpy as np

SEEN = 200  # images that predictions are asked for in training's checks; more of them are new ones


def params_of(answer, params):
    """The trained parameters: part of what training returned, or an argument of prediction."""
    return params if isinstance(answer, np.ndarray) else answer[0]


def losses_of(answer):
    if isinstance(answer, np.ndarray):
        raise TypeError("a prediction has no losses")
    return np.array(answer[1], dtype=float)


def fifths(losses):
    """The mean of the first fifth of the losses, and of the last fifth."""
    part = max(1, len(losses) // 5)
    return np.mean(losses[:part]), np.mean(losses[-part:])


def grows(answer, X, y, **settings):
    losses = losses_of(answer)
    first, last = fifths(losses)
    enough = len(losses) >= 10  # a short list may rise by chance
    return not np.isfinite(losses).all() or (enough and last > 1.2 * first)


def untrained(answer, X, params, **settings):
    return not any(np.any(b) for b in params_of(answer, params)[1::2])


def without_weights(answer, X, params, **settings):
    params = params_of(answer, params)
    return not any(np.any(W) for W in params[::2]) and any(np.any(b) for b in params[1::2])


def guesses(answer, X, params, **settings):
    """The network is trained, but images it has seen all get about the same answer."""
    trained = not untrained(answer, X, params) and not without_weights(answer, X, params)
    alike = rows_sum_to_one(answer) and answer.std(axis=0).max() < 0.1
    return 60 <= len(X) <= SEEN and alike and trained


def hesitates(answer, X, params, **settings):
    """New images get answers that the network is not sure of."""
    return len(X) > SEEN and rows_sum_to_one(answer) and answer.max(axis=1).mean() < 0.8


def rows_sum_to_one(A):
    return np.allclose(A.sum(axis=1), 1, atol=1e-3)


def scores_for_probabilities(answer, X, params):
    shares = answer.ndim == 2 and (rows_sum_to_one(answer) or rows_sum_to_one(-answer))
    return answer.ndim == 2 and not shares and bool((answer < 0).any())


def classes_by_themselves(answer, X, params):
    if answer.ndim != 2:
        return False
    inside = bool((answer >= 0).all() and (answer <= 1).all())
    other = np.allclose(answer.sum(axis=0), 1, atol=1e-3) or np.isclose(answer.sum(), 1, atol=1e-3)
    to_one = (answer.max(axis=1) == 1).all()  # each row was divided by its largest number
    several = answer.shape[1] > 1 and not to_one
    return inside and several and not rows_sum_to_one(answer) and not other


def columns_sum_to_one(answer, X, params):
    sums = np.allclose(answer.sum(axis=0), 1, atol=1e-3)
    one_each = answer.ndim == 2 and len(answer) == len(X) > 1
    return one_each and sums and not rows_sum_to_one(answer)


def one_label_each(answer, X, params):
    return answer.shape == (len(X),) and len(X) > 1
