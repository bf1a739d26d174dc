"""Wrong errors at the output, and losses of another kind, in every network of the course.

`right(...)` is the right answer but for the pieces that the mistake replaces.
"""

import numpy as np

from .. import wrong
from ..pieces import BackwardDeepMlp, BackwardMlp, BinaryLoss, CnnLoss, MlpLoss


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
def squared_error_of_all_entries(right):
    """You start with 2 (A - y) divided by the number of entries of y: {got}, not {expected}. That
    is the derivative of a mean squared error, but the loss is the cross-entropy after a softmax.

    Which factors do you have before A - y, and which does this chapter's formula have?"""
    return right(delta=lambda A, y: 2 * (A - y) / A.size)


def _decided(A):
    return A > 0.5 if A.shape[1] == 1 else np.eye(A.shape[1])[A.argmax(axis=1)]


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
def decisions_compared_with_labels(right):
    """You turn the output into a decision, 0 or 1 for each class, before you compare it with the
    label. Where the decision is right, nothing is left to learn from.

    What does the formula subtract y from: probabilities or decisions?"""
    return right(delta=lambda A, y: (_decided(A) - y) / right.n)


@wrong(BackwardDeepMlp)
def softmax_not_passed(right):
    """You start with -y / A, the derivative of the loss in the probabilities, and continue as if it
    were the derivative in the scores: {got}, not {expected}. Softmax lies between the two.

    What is the derivative of softmax and cross-entropy together with respect to the scores?"""
    return right(delta=lambda A, y: -y / A / right.n)


@wrong(BinaryLoss)
def sigmoid_not_passed(right):
    """You start with the derivative of the loss in the probabilities, (A - y) / (A (1 - A)), and
    continue as if it were the derivative in the scores: {got}, not {expected}. The sigmoid lies
    between the two.

    What is left of that fraction when you multiply it by the slope of the sigmoid?"""

    def in_the_probabilities(A, y):
        A = np.clip(A, 1e-12, 1 - 1e-12)
        return (A - y) / (A * (1 - A)) / right.n

    return right(delta=in_the_probabilities)


def _binary_terms(A, y):
    """The binary cross-entropy of every entry."""
    small = np.finfo(A.dtype).eps
    inside = np.clip(A, small, 1 - small)
    return -(y * np.log(inside) + (1 - y) * np.log(1 - inside))


def _sum_of_terms(right):
    return float(_binary_terms(right.A, right.y).sum() / right.n)


def _mean_of_terms(right):
    return float(_binary_terms(right.A, right.y).mean())


def _costs(right_class, cost):
    """Recognizes this loss."""

    def recognizes(answer, X, y, params):
        right = right_class(X, y, params)
        own, want = cost(right), right.cost(right.A, right.y)
        return np.isclose(answer[0], own, rtol=1e-5) and not np.isclose(own, want, rtol=0.01)

    return recognizes


@wrong(MlpLoss, recognizes=_costs(MlpLoss, _sum_of_terms))
@wrong(CnnLoss, name="loss_of_separate_classes", recognizes=_costs(CnnLoss, _sum_of_terms))
def binary_loss_of_every_class(right):
    """The gradients are right, but the loss is a binary cross-entropy, added up over the classes:
    {got}, not {expected}. It also counts how probable the wrong classes are.

    How many terms does an example add to the loss of chapter 3.3, and which one is it?"""
    return right(loss=lambda mean: _sum_of_terms(right))


@wrong(MlpLoss, recognizes=_costs(MlpLoss, _mean_of_terms))
@wrong(CnnLoss, name="mean_of_separate_classes", recognizes=_costs(CnnLoss, _mean_of_terms))
def binary_cross_entropy_of_all_entries(right):
    """The gradients are right, but the loss is the binary cross-entropy of chapter 2.1, the mean
    over all entries: {got}, not {expected}. That one is for a single output.

    Which function of chapter 3.3 compares k probabilities with a one-hot label?"""
    return right(loss=lambda mean: _mean_of_terms(right))


@wrong(BinaryLoss)
def share_of_wrong_decisions(right):
    """The gradients are right, but the loss is the share of examples that are decided wrongly:
    {got}, not {expected}. It says nothing about how sure the network was.

    Which function of chapter 2.1 compares probabilities with labels of 0 and 1?"""
    return right(loss=lambda mean: float(np.mean((right.A > 0.5) != right.y)))


def _one_step_on(right_class):
    """Recognizes parameters after a step down the gradient, of whatever length."""

    def recognizes(answer, X, y, params):
        wants = right_class(X, y, params)(loss=None)[1]
        steps = [np.subtract(param, got) for param, got in zip(params, answer[1], strict=True)]
        step, want = (np.concatenate([np.ravel(part) for part in all_]) for all_ in (steps, wants))
        length = step @ want / (want @ want)
        return length > 0 and np.allclose(step, length * want, atol=1e-6 * np.abs(step).max())

    return recognizes


@wrong(MlpLoss, recognizes=_one_step_on(MlpLoss))
@wrong(BinaryLoss, recognizes=_one_step_on(BinaryLoss))
@wrong(CnnLoss, name="parameters_after_a_step", recognizes=_one_step_on(CnnLoss))
def parameters_for_gradients(right):
    """You return the parameters after a step down the gradient, where the gradients themselves are
    asked for. `gradient_descent` takes the step.

    Which function of the course knows the learning rate?"""
    loss, grads = right()
    weights = iter(right.params)
    return loss, [param - 0.1 * grad for param, grad in zip(weights, grads, strict=True)]
