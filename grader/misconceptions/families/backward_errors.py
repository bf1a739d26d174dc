"""Wrong gradients: the error at the output, and on its way back through the layers.

`right(...)` is the right answer but for the pieces that the mistake replaces.
"""

import numpy as np

from .. import wrong
from ..pieces import BackwardDeepMlp, BackwardMlp, BinaryLoss, CnnLoss, LogisticLoss, MlpLoss
from ..reference import ACTIVATIONS, SLOPES


def _both_are_sums(answer, X, y, params):
    """Both gradients lack the 1/n, in whatever shape they come."""
    dW, db = LogisticLoss(X, y, params)(loss=None)[1]
    sums, (got_W, got_b) = (len(X) * dW, len(X) * db.sum()), answer[1]
    return (
        len(X) > 1
        and np.allclose(np.ravel(got_W), np.ravel(sums[0]))
        and np.allclose(got_b, sums[1])
    )


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
@wrong(MlpLoss, name="gradients_not_averaged")
@wrong(LogisticLoss, name="gradients_not_averaged", recognizes=_both_are_sums)
@wrong(CnnLoss, name="gradient_of_the_sum")
def one_over_n_missing(right):
    """Your gradients are {n} times too large: {got}, not {expected}. They belong to the sum over
    the {n} examples, as in many books, but the loss of this course is the mean.

    Where does the 1/n of the mean go when you differentiate the loss?"""
    return right(delta=lambda A, y: A - y)


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
@wrong(MlpLoss, name="gradients_averaged_twice")
@wrong(LogisticLoss, name="gradients_averaged_twice")
@wrong(CnnLoss, name="averaged_twice")
def divided_by_n_twice(right):
    """Your gradients are {n} times too small: {got}, not {expected}. They contain the 1/n twice.

    Follow one gradient from the output to the end: how many times do you divide it by n?"""
    return right(delta=lambda A, y: (A - y) / right.n**2)


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
@wrong(MlpLoss, name="gradients_point_downhill")
@wrong(LogisticLoss, name="gradients_point_downhill")
@wrong(CnnLoss, name="gradients_turned_round")
def sign_flipped(right):
    """All your gradients have the wrong sign: {got}, not {expected}. They should point to where the
    loss grows; the minus belongs to the update.

    Above the label the loss grows with the score. In which order do you compare output and label?
    """
    return right(delta=lambda A, y: (y - A) / right.n)


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(CnnLoss, name="gradient_averaged_over_classes")
def divided_by_all_entries(right):
    """Your gradients are too small by the number of classes: {got}, not {expected}. You divide by
    the number of entries of y, but the mean of the loss runs over the examples only.

    Which axis of (n, k) counts the examples?"""
    return right(delta=lambda A, y: (A - y) / A.size)


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
@wrong(LogisticLoss, name="factor_2_of_the_squared_error")
def factor_two(right):
    """Your gradients are twice as large as they should be: {got}, not {expected}. The 2 comes from
    the derivative of a square, and the cross-entropy contains no square.

    Which loss of chapter 2 has the derivative 2 (A - y)?"""
    return right(delta=lambda A, y: 2 * (A - y) / right.n)


@wrong(BackwardMlp, words={"bend": "Softmax"})
@wrong(BackwardDeepMlp, words={"bend": "Softmax"})
@wrong(CnnLoss, name="slope_of_the_softmax_twice", words={"bend": "Softmax"})
@wrong(BinaryLoss, name="sigmoid_slope_left_in", words={"bend": "Sigmoid"})
@wrong(LogisticLoss, name="sigmoid_derivative_twice", words={"bend": "Sigmoid"})
def softmax_slope_left_in(right):
    """You multiply the output's error by A (1 - A): {got}, not {expected}. {bend} and cross-entropy
    together leave the plain A - y; that slope has already canceled.

    A - y is a derivative of the loss: with respect to the probabilities, or to the scores?"""
    return right(delta=lambda A, y: (A - y) * A * (1 - A) / right.n)


@wrong(BackwardMlp)
def softmax_left_out(right):
    """You start with -y / A2, the derivative of the loss in the probabilities, and continue as if
    it were the derivative in the scores: {got}, not {expected}. Softmax lies between the two.

    What is the derivative of softmax and cross-entropy together with respect to Z2?"""
    return right(delta=lambda A, y: -y / A / right.n)


@wrong(BackwardMlp, words={"slope": "that relu switched off"})
@wrong(BinaryLoss, words={"slope": "that relu switched off"})
@wrong(
    MlpLoss, name="relu_slope_forgotten_in_the_gradients", words={"slope": "that relu switched off"}
)
@wrong(BackwardDeepMlp, name="slope_forgotten", words={"slope": "whose activation is flat there"})
def relu_slope_forgotten(right):
    """The last layer is right. On its way back the error passes through every hidden unit, even
    those {slope}. (For relu, `A >= 0` also lets every unit pass: A is never negative.)

    For which units does a small change of Z change nothing, and which factor takes care of that?"""
    return right(slope=lambda A, error: 1)


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
def activation_instead_of_its_slope(right):
    """The last layer is right. In the hidden layers you multiply the error by the activation
    itself, but the chain rule asks for its slope.

    How steep is relu for a unit whose activation is 5?"""
    return right(slope=lambda A, error: A)


@wrong(BackwardMlp)
@wrong(BinaryLoss)
def sigmoid_slope_for_relu(right):
    """The output layer is right. In the hidden layer you multiply the error by A1 (1 - A1), the
    slope of the sigmoid, but that layer uses relu.

    Which function of chapter 3.2 is the slope of relu?"""
    return right(slope=lambda A, error: A * (1 - A))


@wrong(BackwardMlp)
def tanh_slope_for_relu(right):
    """The output layer is right. In the hidden layer you use 1 - A1^2, the slope of tanh, not of
    relu.

    Which function of chapter 3.2 is the slope of relu?"""
    return right(slope=lambda A, error: 1 - A**2)


@wrong(BackwardMlp)
@wrong(BinaryLoss)
def relu_of_the_error(right):
    """The output layer is right. In the hidden layer you cut off negative errors: relu, or its
    slope, is applied to the error that comes back. An error may well be negative.

    For which quantity of the forward pass do you need to know whether it was above 0?"""
    return right(slope=lambda A, error: error > 0)


@wrong(BackwardDeepMlp)
def always_the_slope_of_relu(right):
    """Your gradients are right for relu. For sigmoid and tanh you still use the slope of relu,
    which does not shrink even where those two are flat.

    Where does your backward pass look at `activation`?"""
    return right(slope=lambda A, error: A > 0)


@wrong(BackwardDeepMlp)
def relu_slope_of_one_at_zero(right):
    """With relu the error passes even through units that are off: `A >= 0` is true for all of them.

    What is A for a unit whose Z is negative, and what should the slope be there?"""
    return right(slope=(lambda A, error: A >= 0) if right.activation == "relu" else None)


@wrong(BackwardDeepMlp)
def activation_applied_again(right):
    """Your formula for the slope gets A and treats it as Z: it applies sigmoid or tanh to numbers
    that have already been through it. (For relu this makes no difference.)

    Do the entries of `activations` hold Z or A, and how do you write the slope in terms of that?"""
    f = ACTIVATIONS[right.activation]
    return right(slope=lambda A, error: right.slope(f(A)))


@wrong(BackwardDeepMlp)
def sigmoid_rule_for_tanh(right):
    """Your gradients are right for relu and sigmoid. For tanh you use the sigmoid's A (1 - A).

    How steep is tanh at 0, and what does your rule give there?"""
    rule = SLOPES["relu" if right.activation == "relu" else "sigmoid"]
    return right(slope=lambda A, error: rule(A))


@wrong(BackwardDeepMlp)
def square_of_tanh_forgotten(right):
    """Your gradients are right for relu and sigmoid. For tanh you use 1 - A: a square is missing.

    What was the derivative of tanh in chapter 3.2?"""
    return right(slope=(lambda A, error: 1 - A) if right.activation == "tanh" else None)


@wrong(BackwardDeepMlp)
def half_of_the_slope_of_sigmoid(right):
    """Your gradients are right for relu and tanh. For sigmoid you use 1 - A: a factor is missing.

    What was the derivative of the sigmoid, and which factor of it is small where A is near 0?"""
    return right(slope=(lambda A, error: 1 - A) if right.activation == "sigmoid" else None)


@wrong(BackwardDeepMlp)
def hidden_slope_in_the_last_layer(right):
    """You multiply the output's error by the slope of the hidden activation. The last layer uses
    softmax, whose slope has already canceled with the loss.

    In which layers does `activation` act in the forward pass?"""
    return right(delta=lambda A, y: (A - y) / right.n * right.slope(A))


@wrong(BackwardDeepMlp)
def divided_by_n_at_every_layer(right):
    """The last layer is right, but each layer before it is {n} times smaller again than it should
    be: you divide the error by n at every layer on its way back.

    How many times does a mean over the examples occur in the loss?"""
    return right(slope=lambda A, error: right.slope(A) / right.n)


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
def transpose_missing(right):
    """On the way back you multiply the error by the weights as they are, and the inner sizes do not
    match. Forward, the weights lead from a layer's inputs to its outputs; now you go the other way.

    Which form of the weights leads from the outputs of a layer back to its inputs?"""
    return right(through=lambda W: W)


def _through_the_weights(right, chosen):
    """Send the error of each layer back through the weights at the place `chosen(layer)`."""
    error, grads = (right.A - right.y) / right.n, []
    for layer in reversed(range(len(right.inputs))):
        A = right.inputs[layer]
        grads = [A.T @ error, error.sum(axis=0), *grads]
        if layer:
            W = right.weights[chosen(layer)]
            error = error @ W.T * right.slope(A)
    return grads


@wrong(BackwardDeepMlp)
def weights_of_the_layer_before(right):
    """The last layer is right. You send each error back through the weights of the layer before, so
    the sizes do not fit, or the numbers are wrong: {got}, not {expected}.

    The error of layer l returns to the layer before it through the weights between the two: at
    which place of `params` are they?"""
    return _through_the_weights(right, lambda layer: layer - 1)


@wrong(BackwardDeepMlp)
def weights_of_the_last_layer_everywhere(right):
    """The last two layers are right. Before them you send every error back through the weights of
    the last layer: the sizes do not fit, or the numbers are wrong: {got}, not {expected}.

    Which index of your loop chooses the weights, and does it change from layer to layer?"""
    return _through_the_weights(right, lambda layer: -1)
