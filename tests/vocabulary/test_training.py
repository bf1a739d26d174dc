"""What training of a free architecture must show, on parameters of many forms."""

import numpy as np
import pytest

from grader.vocabulary import training
from grader.vocabulary.finding import Finding

ONE, OTHER = np.zeros((2, 3)), np.ones((2, 3))


@pytest.mark.parametrize(
    ("params", "others"),
    [
        ([ONE, ONE[0], ONE], [OTHER, ONE[0], OTHER]),
        ({"hidden": [ONE], "out": (ONE, 3)}, {"hidden": [OTHER], "out": (OTHER, 3)}),
        ([[ONE, ONE], [ONE, ONE]], [[OTHER, OTHER], [OTHER, OTHER]]),  # an ensemble
        ([ONE, ONE, ONE], [ONE, OTHER, OTHER]),  # something that depends on the images alone
        (ONE.ravel(), OTHER.ravel()),  # all parameters in one long array
    ],
)
def test_layers_that_learn_from_the_labels_in_any_form(params, others):
    training.labels_shape_several_layers(params, others)


@pytest.mark.parametrize(
    ("params", "others", "headline"),
    [
        ([ONE, ONE], [ONE, OTHER], "1 of 2 arrays of weights change"),
        ([ONE, ONE[:1]], [OTHER, OTHER[:1]], "1 of 1 arrays of weights change"),  # a bias as a row
        ([ONE, ONE], [ONE, ONE], "0 of 2 arrays of weights change"),
        ([ONE], [OTHER], "1 of 1 arrays of weights change"),
        ([ONE], [ONE[:1]], "the same shapes whatever the data"),
        ([], [], "0 of 0 arrays of weights change"),
    ],
)
def test_what_is_no_network_is_told(params, others, headline):
    with pytest.raises(Finding, match=headline):
        training.labels_shape_several_layers(params, others)


def test_losses_end_no_lower_than_two_labels_for_each_image_allow():
    X, y = training.contradictory(np.eye(4), np.eye(10)[:4])
    assert (X[:4] == X[4:]).all()
    assert not (y[:4] * y[4:]).any()
    training.respects_what_labels_allow(np.linspace(2.3, 0.7, 50))
    with pytest.raises(Finding, match="no network can end at a loss of"):
        training.respects_what_labels_allow(np.linspace(2.3, 0.1, 50))
