"""The hint at what training does to the pixels, and prediction does not."""

import numpy as np
import pytest

from grader.vocabulary import training
from grader.vocabulary.finding import Finding

X = np.random.default_rng(0).random((20, 3))
Y = np.eye(2)[(X[:, 0] > X[:, 1]).astype(int)]


def trained_on(prepare):
    """The predictions of a network that is sure of the right classes of prepared pixels."""
    seen, known = prepare(X), np.where(Y == 1, 0.98, 0.02)

    def predict(images):
        return known if np.allclose(images, seen) else np.full(Y.shape, 0.5)

    return predict


def hint(predict, most=0.1):
    already = training.cost(predict(X), Y)
    return training.how_pixels_differ(predict, X, Y, most, already)


@pytest.mark.parametrize("words", training.PREPARED)
def test_the_change_that_would_make_prediction_fit_is_named(words):
    assert f"With `{words}` in place of `X`" in hint(trained_on(training.PREPARED[words]))


def test_nothing_is_named_where_nothing_helps_or_prediction_fits():
    for prepare in (lambda X: X, lambda X: X**2):
        assert "in place of" not in hint(trained_on(prepare))


def test_pixels_that_prediction_refuses_are_passed_over():
    def predict(images):
        if images.min() < 0 or images.max() > 1:
            raise Finding("such pixels are refused", "failed")
        return trained_on(lambda X: X / 255)(images)

    assert "`X / 255`" in hint(predict)
