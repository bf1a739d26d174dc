"""Evidence adds up as log odds, and the sigmoid turns the sum into a probability."""

import numpy as np

from grader.vocabulary import expect

from . import figure

FACTORS = {"free": 10.0, "link": 8.0, "known": 0.05}  # how much more often in spam
REACH = 9.5


@figure("sigmoid", "ch1_2_matrix_operations linear")
def probability_and_logit(student, share, **present):
    """Return the curve of the sigmoid, and log odds and probability after each clue.

    share: of spam among all mails; present: "yes" or "no" for each of `FACTORS`
    """
    clues = np.array([present[name] == "yes" for name in FACTORS], float)
    X = np.tril(np.ones((4, 3)), -1) * clues  # row k knows the first k clues
    W = np.log(list(FACTORS.values()))[:, None]
    b = np.log([share / (1 - share)])
    Z = expect.array(student.of("ch1_2_matrix_operations").linear(X, W, b), (4, 1))
    axis = np.linspace(-REACH, REACH, 191)
    return {
        "axis": axis.tolist(),
        "curve": expect.array(student.sigmoid(axis), axis.shape).tolist(),
        "weights": W[:, 0].tolist(),
        "logits": Z[:, 0].tolist(),
        "probabilities": expect.array(student.sigmoid(Z), Z.shape)[:, 0].tolist(),
    }
