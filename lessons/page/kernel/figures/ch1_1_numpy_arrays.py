"""A table meets its means, cell by cell."""

import numpy as np

from grader.vocabulary import expect

from . import figure

HOMES = np.array([[1.0, 30.0, 50.0], [2.0, 50.0, 5.0], [3.0, 80.0, 91.0], [6.0, 160.0, 14.0]])
UNITS = {"meters": [1, 1, 1], "feet": [1, 10.764, 1]}  # of the area, the second column
MEANS = {
    "all": {},
    "columns": {"axis": 0},
    "rows": {"axis": 1, "keepdims": True},
    "flat": {"axis": 1},
}


@figure("normalize")
def one_mean_or_many(student, means, unit, row, column):
    """Return the table, its means and deviations, and each entry normalized with its own.

    `result` and `spreads`, the standard deviation of each column of it, are None and `error` is
    NumPy's message where the shapes do not fit.
    """
    X = HOMES * UNITS[unit]
    mean, deviation = X.mean(**MEANS[means]), X.std(**MEANS[means])
    answer = {
        "table": X.tolist(),
        "means": np.atleast_2d(mean).tolist(),
        "deviations": np.atleast_2d(deviation).tolist(),
        "shape": mean.shape,
    }
    try:
        np.broadcast_to(X - mean, X.shape)
    except ValueError as error:
        return answer | {"result": None, "spreads": None, "error": str(error).strip()}
    result = _normalized(student, X, means)
    return answer | {"result": result.tolist(), "spreads": result.std(axis=0).tolist()}


def _normalized(student, X, means):
    def normalize(part):
        return expect.array(student.normalize(part), part.shape)

    if means == "all":
        return normalize(X)
    if means == "rows":
        return np.array([normalize(each) for each in X])
    return np.array([normalize(each) for each in X.T]).T
