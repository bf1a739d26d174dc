"""Answers that depend on more than the arguments: what is kept between calls, global numbers."""

import pytest
from support import grade_versions

import data
from grader.grading import verdict

KEPT = """
def gradient_descent(X, y, W, lr, loss_fn, steps=100, losses=[]):
    for _ in range(steps):
        loss, grad = loss_fn(X, y, W)
        losses.append(float(loss))
        W = W - lr * grad
    return W, losses
"""
COUNTED = """
calls = []

def relative_error(analytic, numeric):
    if analytic.shape != numeric.shape:
        raise ValueError("shapes differ")
    calls.append(1)
    size = np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
    return float(np.max(np.abs(1.0 * analytic - numeric) / size)) * len(calls)
"""
KEPT_BY_THE_CLASS = """
_Right = NeuralNetwork

class NeuralNetwork(_Right):
    losses = []

    def train(self, X, y, epochs, lr):
        self.losses += super().train(X, y, epochs, lr)
        return self.losses
"""
WRONG_EVERY_TIME = """
def relative_error(analytic, numeric):
    if analytic.shape != numeric.shape:
        raise ValueError("shapes differ")
    size = np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
    return float(np.max(np.abs(1.0 * analytic - numeric) / size)) ** 1.1
"""


def told(stem, function, source):
    """The misconceptions named in the verdicts on this version of a function."""
    text = grade_versions.chapter_with(stem, source)
    with grade_versions.submission(stem, [text]) as (workers, (file,)):
        folder = workers.folder
        (folder / f"{file}.py").replace(folder / f"{stem}.py")
        graded = verdict.grade_function(workers, stem, function, dataset=data.load("digits"))
    return [check.misconception for check in graded.failing]


@pytest.mark.parametrize(
    ("stem", "function", "source"),
    [
        ("ch2_2_gradient_descent", "gradient_descent", KEPT),
        ("ch2_4_numerical_gradients", "relative_error", COUNTED),
        ("ch5_2_neural_network_class", "NeuralNetwork", KEPT_BY_THE_CLASS),
    ],
)
def test_an_answer_that_changes_when_the_call_is_repeated_is_told(stem, function, source):
    assert "another_answer_each_time" in told(stem, function, source)


def test_a_wrong_answer_that_stays_the_same_is_not():
    names = told("ch2_4_numerical_gradients", "relative_error", WRONG_EVERY_TIME)
    assert names
    assert "another_answer_each_time" not in names
