"""Wrong gradients: what a layer makes of the error, and the order of the gradients.

`right(...)` is the right answer but for the pieces that the mistake replaces.
"""

import numpy as np

from .. import wrong
from ..pieces import BackwardDeepMlp, BackwardMlp, BinaryLoss, LogisticLoss


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
