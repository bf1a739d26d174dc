"""Wrong gradients: the same mistakes in every loss function and backward pass of the course.

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
def first_layer_divided_again(right):
    """The second layer is right, but the first layer's gradients are {n} times too small: you
    divide them by n once more. The error that comes back through W2 already contains the 1/n.

    Where does the first layer's error come from, and what has already been divided there?"""
    dW1, db1, dW2, db2 = right()
    return dW1 / right.n, db1 / right.n, dW2, db2


def _bias_like(shape_of):
    """Recognizes the bias's gradient by its shape, next to a right gradient of the weights."""

    def recognizes(answer, X, y, params):
        dW, _ = LogisticLoss(X, y, params)()[1]
        got_W, got_b = answer[1]
        right = np.allclose(got_W, dW, rtol=1e-4) and np.shape(got_W) == np.shape(params[0])
        return right and np.shape(got_b) == shape_of(X) != (1,)

    return recognizes


def _biases(answer):
    """Each gradient of a bias, with the number of units of its layer."""
    dW1, db1, dW2, db2 = answer
    return [(db1, dW1.shape[1]), (db2, dW2.shape[1])]


def _per_example(answer, X, *args):
    return any(np.shape(db) == (len(X),) and len(db) != n for db, n in _biases(answer))


def _one_number(answer, *args):
    return any(np.ndim(db) == 0 for db, _ in _biases(answer))


def _as_a_row(answer, *args):
    return any(np.shape(db) == (1, n) for db, n in _biases(answer))


def _as_rows(answer, X, activations, y, params, activation="relu"):
    return len(answer) == len(params) and any(
        np.shape(grad) == (1, len(b)) for grad, b in zip(answer[1::2], params[1::2], strict=True)
    )


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
@wrong(LogisticLoss, name="only_bias_gradient_averaged_twice")
def bias_gradients_averaged_again(right):
    """The weights are right, but the gradients of the biases are {n} times too small: you take the
    mean of an error that already contains the 1/n.

    How many factors 1/n are in the gradients of the weights, and how many in those of the biases?
    """
    return right(bias=lambda error: error.mean(axis=0))


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss)
@wrong(LogisticLoss, name="bias_gradient_not_averaged")
def bias_gradients_not_averaged(right):
    """The weights are right, but the gradients of the biases are {n} times too large: you do not
    average the errors.

    Which of your lines contains the 1/n, and which does not?"""
    return right(bias=lambda error: right.n * error.sum(axis=0))


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
@wrong(LogisticLoss, name="weight_gradient_not_averaged")
def weight_gradients_not_averaged(right):
    """The biases are right, but the gradients of the weights are {n} times too large. You average
    over the examples for the biases; the matrix product for the weights only sums over them.

    Over which axis does the product with the transpose sum, and what turns that sum into a mean?"""
    return right(weight=lambda A, error: right.n * A.T @ error)


@wrong(BackwardDeepMlp)
def weight_gradients_divided_again(right):
    """The biases are right, but the gradients of the weights are {n} times too small: the error
    already contains the 1/n, and the weights get a second one.

    Where does the 1/n of the mean come in, and is once enough?"""
    return right(weight=lambda A, error: A.T @ error / right.n)


@wrong(BackwardMlp, recognizes=_per_example)
@wrong(BackwardDeepMlp)
@wrong(LogisticLoss, name="bias_gradient_per_example", recognizes=_bias_like(lambda X: (len(X),)))
def bias_summed_over_units(right):
    """The gradient of a bias has one entry per example. A bias collects the errors of all examples.

    Which axis of (n, units) has to disappear to give a gradient of shape (units,)?"""
    return right(bias=lambda error: error.sum(axis=1))


@wrong(BackwardMlp, recognizes=_one_number, of_form=True)
@wrong(
    LogisticLoss,
    name="bias_gradient_is_a_number",
    recognizes=_bias_like(lambda X: ()),
    of_form=True,
)
def bias_summed_over_everything(right):
    """The gradient of a layer's biases is a single number. A gradient has the shape of its
    parameter, so that one can be subtracted from the other.

    Which axis of (n, units) should the sum run over, and which should stay?"""
    return right(bias=lambda error: error.sum())


@wrong(BackwardMlp, recognizes=_as_a_row)
@wrong(BackwardDeepMlp, recognizes=_as_rows)
@wrong(LogisticLoss, name="bias_gradient_is_a_matrix", recognizes=_bias_like(lambda X: (1, 1)))
def bias_gradients_as_rows(right):
    """The gradients of the biases are rows of shape (1, units). In this course a bias is a vector,
    and a gradient has the shape of its parameter.

    What does `keepdims` keep, and do you need it here?"""
    return right(bias=lambda error: error.sum(axis=0, keepdims=True))


@wrong(LogisticLoss)
def bias_gradient_is_zero(right):
    """`db` is zero, so the bias would never learn. Changing b changes every Z by the same amount.

    How does Z = X W + b change with b, and what does the chain rule make of that?"""
    return right(bias=lambda error: 0 * error.sum(axis=0))


def _last_layer_first(grads):
    return [grad for i in range(len(grads) - 2, -1, -2) for grad in grads[i : i + 2]]


@wrong(BackwardMlp, name="second_layer_first")
@wrong(BackwardDeepMlp)
@wrong(BinaryLoss, name="gradients_in_reverse_order")
def last_layer_first(right):
    """The gradients are right, but the last layer's come first, in the order in which you compute
    them. They should come in the order of the parameters.

    Which gradient would be subtracted from W1 by code that walks through both lists in step?"""
    return right(arrange=_last_layer_first)


@wrong(BackwardDeepMlp)
def list_back_to_front(right):
    """The gradients are right, but their list runs from the last bias to the first weights.

    Do you reverse the list at the end, and was its order right before that?"""
    return right(arrange=lambda grads: grads[::-1])


@wrong(BackwardDeepMlp)
@wrong(LogisticLoss, name="gradients_in_the_wrong_order")
def bias_before_weights(right):
    """The gradients are right, but the bias comes first. In `params` the weights come first.

    Which gradient would be subtracted from W by code that walks through both lists in step?"""
    return right(arrange=lambda g: [grad for i in range(0, len(g), 2) for grad in (g[i + 1], g[i])])


@wrong(BackwardDeepMlp)
def gradients_in_pairs(right):
    """You return one pair per layer. The list should be flat like `params`, [dW1, db1, dW2, ...].

    How does your loop add a layer's two gradients to the list?"""
    return right(arrange=lambda grads: list(zip(grads[::2], grads[1::2], strict=True)))


@wrong(BackwardDeepMlp)
def first_layer_left_out(right):
    """The first layer's gradients are missing: your loop ends before the layer whose input is X.

    Which numbers does your loop run through, and which of them stands for the first layer?"""
    return right(arrange=lambda grads: grads[2:])


@wrong(BackwardMlp)
@wrong(BackwardDeepMlp)
def transpose_missing(right):
    """On the way back you multiply the error by the weights as they are, and the inner sizes do not
    match. Forward, the weights lead from a layer's inputs to its outputs; now you go the other way.

    Which form of the weights leads from the outputs of a layer back to its inputs?"""
    return right(through=lambda W: W)


@wrong(BackwardMlp)
def first_layer_fed_with_a1(right):
    """You compute the gradient of `W1` from A1, the output of that layer. A weight's gradient is
    the error after it times the number that came in before it.

    What was the first layer's input?"""
    right.inputs[0] = right.inputs[1]
    return right()


@wrong(BackwardDeepMlp)
def weights_fed_with_their_own_output(right):
    """You compute the gradient of a layer's weights from the output of that layer. A weight's
    gradient is the error after it times the number that came in before it.

    Which entry of `activations` is the input of a layer, and what is the input of the first one?"""
    outputs = iter([right.A, *reversed(right.inputs[1:])])
    return right(weight=lambda A, error: next(outputs).T @ error)


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
