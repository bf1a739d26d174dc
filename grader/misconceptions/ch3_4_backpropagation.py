"""Wrong answers in chapter 3.4; most are in `families/`, as other networks share them."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions
from .reference import (
    cross_entropy,
    forward_deep_mlp,
)


def _backward(X, A1, A2, y, W2, delta2=None, slope=None, bias=None):
    """The right gradients, but for what is given."""
    if A2.shape != np.shape(y):
        raise ValueError("shapes differ")
    delta2 = (A2 - y) / len(X) if delta2 is None else delta2
    delta1 = delta2 @ W2.T * (A1 > 0 if slope is None else slope)
    bias = bias or (lambda delta: delta.sum(axis=0))
    return X.T @ delta1, bias(delta1), A1.T @ delta2, bias(delta2)


class WrongMlpLoss(Versions, of="mlp_loss"):
    def logarithm_of_zero(X, y, params):
        """For a network that is sure, some probabilities are exactly 0, and the logarithm of 0 is
        minus infinity: the loss becomes infinite or nan.

        How did chapter 3.3 keep its loss finite?"""
        A1, A2 = forward_deep_mlp(X, params)
        loss = float(-np.sum(y * np.log(A2)) / len(X))
        return loss, list(_backward(X, A1, A2, y, params[2]))

    def divided_by_a_probability_of_0(X, y, params):
        """Your error goes through -y / A2, and for a network that is sure this divides by 0. On
        paper that division cancels with the slope of softmax and does no harm.

        What is left of the two factors, loss and softmax, when you multiply them out?"""
        A1, A2 = forward_deep_mlp(X, params)
        towards = -y / A2 / len(X)
        delta2 = A2 * (towards - np.sum(towards * A2, axis=1, keepdims=True))
        return cross_entropy(A2, y), list(_backward(X, A1, A2, y, params[2], delta2=delta2))

    def first_weights_for_the_second(X, y, params):
        """You call `backward_mlp` with the weights in the wrong places, so the error goes back
        through W1 and the shapes do not fit.

        In which order does `backward_mlp` take its arguments?"""
        A1, A2 = forward_deep_mlp(X, params)
        return cross_entropy(A2, y), list(_backward(X, A1, A2, y, params[0]))

    def shapes_not_compared(X, y, params):
        """The labels have a different shape from the output, and NumPy stretched them until they
        fit. The resulting numbers mean nothing.

        What could your function check about y and A2 before it computes anything?"""
        A1, A2 = forward_deep_mlp(X, params)
        loss = float(-np.sum(y * np.log(np.maximum(A2, np.finfo(A2.dtype).tiny))) / len(X))
        delta2 = (A2 - y) / len(X)
        delta1 = delta2 @ params[2].T * (A1 > 0)
        return loss, [X.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)]

    def labels_before_probabilities(X, y, params):
        """Your gradients are right, but the loss takes the logarithm of the labels: {got}, not
        {expected}.

        In which order does `cross_entropy` take the probabilities and the labels?"""
        A1, A2 = forward_deep_mlp(X, params)
        return cross_entropy(y, A2), list(_backward(X, A1, A2, y, params[2]))
