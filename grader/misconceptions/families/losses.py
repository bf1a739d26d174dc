"""Wrong losses, most of them beside right gradients.

`right(...)` is the right answer but for the pieces that the mistake replaces.
"""

import numpy as np

from .. import wrong
from ..pieces import BinaryLoss, CnnLoss, LogisticLoss, MlpLoss


@wrong(MlpLoss)
@wrong(CnnLoss, name="loss_summed")
@wrong(BinaryLoss, name="sum_for_mean_loss")
@wrong(LogisticLoss, name="loss_not_averaged")
def loss_summed_over_examples(right):
    """The gradients are right, but the loss is the sum over the {n} examples: {got}, not
    {expected}. It should be their mean.

    Should the loss double when every example is listed twice?"""
    return right(loss=lambda mean: mean * right.n)


@wrong(CnnLoss)
def everything_summed(right):
    """Loss and gradients are sums over the {n} examples: `{got}`, not `{expected}`.

    What do you divide a sum by to get a mean, and what follows for the gradients?"""
    return right(loss=lambda mean: mean * right.n, delta=lambda A, y: A - y)


@wrong(MlpLoss)
@wrong(CnnLoss)
def loss_averaged_over_classes(right):
    """The gradients are right, but the loss is too small by the number of classes: {got}, not
    {expected}. Your mean runs over all entries of y, not over the examples.

    How many terms of the sum over one example's classes are not 0?"""
    return right(loss=lambda mean: mean / right.y.shape[1])


@wrong(MlpLoss)
@wrong(CnnLoss, name="sign_of_the_loss")
@wrong(BinaryLoss, name="minus_forgotten")
@wrong(LogisticLoss, name="loss_is_negative")
def loss_negative(right):
    """The gradients are right, but the loss has the wrong sign: {got}, not {expected}. Logarithms
    of probabilities are negative, and the minus before the mean is missing.

    Should a perfect prediction have the smallest or the largest loss?"""
    return right(loss=lambda mean: -mean)


def _loss_is_squared(answer, X, y, params):
    right = LogisticLoss(X, y, params)
    squared, loss = np.mean((right.A - y) ** 2), right.cost(right.A, y)
    return np.isclose(answer[0], squared) and not np.isclose(answer[0], loss)


@wrong(MlpLoss)
@wrong(CnnLoss)
@wrong(BinaryLoss, name="squared_error_for_loss")
@wrong(LogisticLoss, name="loss_is_the_squared_error", recognizes=_loss_is_squared)
def squared_error_for_the_loss(right):
    """The gradients belong to the cross-entropy, as they should, but the loss is the mean squared
    error: {got}, not {expected}. You would watch one number and train on another.

    Which loss of this course compares probabilities with labels?"""
    return right(loss=lambda mean: float(np.mean((right.A - right.y) ** 2)))


@wrong(MlpLoss)
def share_of_errors_for_the_loss(right):
    """The gradients are right, but the loss is the share of wrong answers, which has no gradient.

    Which function of chapter 3.3 says how bad the probabilities are?"""
    wrong_ones = right.A.argmax(axis=1) != right.y.argmax(axis=1)
    return right(loss=lambda mean: float(np.mean(wrong_ones)))


@wrong(MlpLoss)
@wrong(LogisticLoss, name="loss_and_gradients_swapped")
def gradients_before_loss(right):
    """You return the gradients first and the loss second. Gradient descent unpacks
    `loss, grads = loss_fn(...)`, in this order.

    What would that line put into `loss` with your order?"""
    loss, grads = right()
    return grads, loss
