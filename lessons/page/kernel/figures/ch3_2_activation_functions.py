"""Softmax, with its temperature and a number added to all scores."""

import numpy as np

from grader.vocabulary import expect

from . import figure

SCORES = np.array([2.0, 1.0, -1.0])


@figure("softmax")
def temperature(student, temperature, shift):
    """Return the probabilities of the scores, and what the formula gives as it stands."""
    scores = (SCORES + shift) / temperature
    probabilities = expect.array(student.softmax(scores[None]), (1, 3))[0]
    with np.errstate(all="ignore"):
        powers = np.exp(scores)
        naive = powers / powers.sum()
    return {
        "scores": scores.tolist(),
        "probabilities": probabilities.tolist(),
        "naive": [float(share) if np.isfinite(share) else None for share in naive],
    }
