"""The hint at what training does to the pixels, and prediction does not."""

import numpy as np
import pytest

from grader.vocabulary import training
from grader.vocabulary.finding import Finding

X = np.random.default_rng(0).random((20, 3))
Y = np.eye(2)[(X[:, 0] > X[:, 1]).astype(int)]


def trained_on(prepare, X=X):
    """The predictions of a network that is sure of the right classes of prepared pixels."""
    seen, known = prepare(X), np.where(Y == 1, 0.98, 0.02)

    def predict(images):
        return known if np.allclose(images, seen) else np.full(Y.shape, 0.5)

    return predict


def hint(predict, most=0.1, X=X):
    already = training.cost(predict(X), Y)
    return training.how_pixels_differ(predict, X, Y, most, already)


@pytest.mark.parametrize("words", training.PREPARED)
def test_the_change_that_would_make_prediction_fit_is_named(words):
    assert f"With `{words}` in place of `X`" in hint(trained_on(training.PREPARED[words]))


@pytest.mark.parametrize("words", training.ARRANGED)
def test_images_in_another_arrangement_are_named(words):
    images = np.random.default_rng(1).random((20, 3, 4, 4))
    predict = trained_on(training.ARRANGED[words], images)
    assert f"With `{words}` in place of `X`" in hint(predict, X=images)


def test_a_change_that_helps_only_a_little_is_not_named():
    seen, known = X - 0.5, np.where(Y == 1, 0.75, 0.25)
    predict = lambda images: known if np.allclose(images, seen) else np.full(Y.shape, 0.5)  # noqa: E731
    assert "in place of" not in hint(predict, most=0.4)


def test_nothing_is_named_where_nothing_helps_or_prediction_fits():
    for prepare in (lambda X: X, lambda X: X**2):
        assert "in place of" not in hint(trained_on(prepare))


def test_pixels_that_prediction_refuses_are_passed_over():
    def predict(images):
        if images.min() < 0 or images.max() > 1:
            raise Finding("such pixels are refused", "failed")
        return trained_on(lambda X: X / 255)(images)

    assert "`X / 255`" in hint(predict)
