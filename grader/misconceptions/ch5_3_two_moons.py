"""Wrong answers in chapter 5.3.

Training draws at random, so its mistakes are recognized by what it returns: the final parameters
and the last loss reveal how the last step was made.
"""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized
from .reference import binary_cross_entropy, gradient_descent, he_params, relu, sigmoid, softmax


def _scores(X, params, bend=relu):
    W1, b1, W2, b2 = params
    return bend(X @ W1 + b1) @ W2 + b2


def _loss(X, y, params, delta=None, slope=None, bias=None, cost=binary_cross_entropy):
    """The right loss and gradients, but for what is given."""
    W1, b1, W2, b2 = params
    A1 = relu(X @ W1 + b1)
    A = sigmoid(A1 @ W2 + b2)
    if A.shape != np.shape(y):
        raise ValueError("y does not have the shape of the output")
    delta = (A - y) / len(X) if delta is None else delta(A, y)
    below = delta @ W2.T * (A1 > 0 if slope is None else slope(A1, delta @ W2.T))
    bias = bias or (lambda delta: delta.sum(axis=0))
    return cost(A, y), [X.T @ below, bias(below), A1.T @ delta, bias(delta)]


def _second_term_subtracted(A, y):
    near = np.clip(A, 1e-12, 1 - 1e-12)
    return float(-np.mean(y * np.log(near) - (1 - y) * np.log(1 - near)))


def _of_class_1(A, y):
    return float(-np.mean(y * np.log(np.maximum(A, 1e-30))))


class WrongForwardBinary(Versions, of="forward_binary"):
    def relu_forgotten(X, params):
        """The hidden layer does not bend: {got}, not {expected}. Without an activation two layers
        are one, and the border between the classes is a straight line again.

        What comes between the two products in the formula?"""
        return sigmoid(_scores(X, params, lambda Z: Z))

    def sigmoid_in_the_hidden_layer(X, params):
        """The hidden layer uses a sigmoid, not relu: {got}, not {expected}.

        Which activation belongs to which of the two layers?"""
        return sigmoid(_scores(X, params, sigmoid))

    def leaky_relu_in_the_hidden_layer(X, params):
        """Your hidden layer lets a hundredth of negative numbers through, as leaky relu does:
        {got}, not {expected}.

        What is relu of a negative number?"""
        return sigmoid(_scores(X, params, lambda Z: np.where(Z > 0, Z, 0.01 * Z)))

    def tanh_in_the_hidden_layer(X, params):
        """The hidden layer uses tanh, not relu: {got}, not {expected}.

        Which activation belongs to which of the two layers?"""
        return sigmoid(_scores(X, params, np.tanh))

    def hidden_bias_forgotten(X, params):
        """`b1` has no effect: {got}, not {expected}. Then all the folds go through the origin.

        Which of the four parameters does your code never use?"""
        W1, _, W2, b2 = params
        return sigmoid(relu(X @ W1) @ W2 + b2)

    def output_bias_forgotten(X, params):
        """`b2` has no effect: {got}, not {expected}.

        Which of the four parameters does your code never use?"""
        W1, b1, W2, _ = params
        return sigmoid(relu(X @ W1 + b1) @ W2)

    def hidden_bias_after_relu(X, params):
        """You add `b1` after the relu: {got}, not {expected}. There it does not shift the folds.

        Is the bias part of the weighted sum or of the activation?"""
        W1, b1, W2, b2 = params
        return sigmoid((relu(X @ W1) + b1) @ W2 + b2)

    def sigmoid_forgotten(X, params):
        """You return the score itself, {got}, and not its probability {expected}.

        Which function maps any number into the range from 0 to 1?"""
        return _scores(1.0 * X, params)

    def relu_at_the_output(X, params):
        """The score goes through relu first: {got}, not {expected}. No answer is below 0.5.

        Which activations does the last layer have, and how many?"""
        return sigmoid(relu(_scores(X, params)))

    def softmax_at_the_output(X, params):
        """Every answer is 1. Softmax shares one whole among a row's entries, here a single one.

        Which activation gives a probability to a single score?"""
        return softmax(1.0 * _scores(X, params))

    def tanh_shifted_at_the_output(X, params):
        """The output is (tanh(Z) + 1) / 2, which is the sigmoid of 2 Z: {got}, not {expected}. It
        lies between 0 and 1 too, but it is twice as steep.

        Which function of chapter 1.3 turns a score into a probability?"""
        return sigmoid(2.0 * _scores(X, params))

    def tanh_at_the_output(X, params):
        """The output uses tanh, which runs from -1 to 1: {got}, not {expected}.

        Which of the two S-shaped curves is 0.5 at 0?"""
        return np.tanh(1.0 * _scores(X, params))

    def decisions_for_probabilities(X, params):
        """Every answer is exactly 0 or 1: a decision, without a slope, and not a probability.

        What does the derivative of the loss compare with y: the probability or the decision?"""
        return np.where(_scores(X, params) > 0, 1.0, 0.0)

    def one_axis_lost(X, params):
        """You return the probabilities as a vector (n,), but they should be a column (n, 1), like
        y. The difference of the two would be an n by n table.

        What is the shape of A1 W2 + b2 before you change it?"""
        return sigmoid(_scores(X, params))[:, 0]

    def probability_of_the_other_class(X, params):
        """You return {got}, not {expected}: the two add up to 1. Yours is the probability of class
        0.

        Should the answer grow or shrink as the score grows, and which does yours do?"""
        return sigmoid(-_scores(1.0 * X, params))

    def sigmoid_overflows(X, params):
        """Your values are right, but for very negative scores the exponential overflows.

        Which form of the sigmoid in chapter 1.3 only takes the exponential of numbers up to 0?"""
        return 1 / (1 + np.exp(-1.0 * _scores(X, params)))


def _unguarded(A, y):
    with np.errstate(all="ignore"):
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))


def _train(X, y, hidden, lr, epochs, rng, loss_fn=_loss):
    """The right training, but for `loss_fn`."""
    X = 1.0 * X
    params = he_params([X.shape[1], hidden, 1], np.random.default_rng(rng), X.dtype)
    return gradient_descent(X, y, params, lr, loss_fn, None, epochs)


def _straight_loss(X, y, params):
    W1, b1, W2, b2 = params
    A1 = X @ W1 + b1
    A = sigmoid(A1 @ W2 + b2)
    delta = (A - y) / len(X)
    below = delta @ W2.T
    grads = [X.T @ below, below.sum(axis=0), A1.T @ delta, delta.sum(axis=0)]
    return binary_cross_entropy(A, y), grads


def _tanh_loss(X, y, params):
    W1, b1, W2, b2 = params
    A1 = np.tanh(X @ W1 + b1)
    A = sigmoid(A1 @ W2 + b2)
    delta = (A - y) / len(X)
    below = delta @ W2.T * (1 - A1**2)
    grads = [X.T @ below, below.sum(axis=0), A1.T @ delta, delta.sum(axis=0)]
    return binary_cross_entropy(A, y), grads


def _negative(loss_fn):
    def minus(X, y, params):
        loss, grads = loss_fn(X, y, params)
        return loss, [-grad for grad in grads]

    return minus


def _steps_by(loss_fn, rate=None):
    """Recognizes a step down this loss from the parameters one epoch earlier."""

    def recognizes(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None, before=None):
        now, then = answer[0], before[0]

        def off(loss_fn, rate):
            grads = loss_fn(1.0 * X, y, then)[1]
            wants = [old - rate * grad for old, grad in zip(then, grads, strict=True)]
            errors = [np.abs(new - want).max() for new, want in zip(now, wants, strict=True)]
            return max(errors) / max(
                np.abs(want - old).max() for want, old in zip(wants, then, strict=True)
            )

        return off(loss_fn, rate or lr) < 1e-3 and off(_loss, lr) > 1e-2

    return recognizes


class WrongBinaryLoss(Versions, of="binary_loss"):
    def only_class_1_counts(X, y, params):
        """Your loss leaves out the examples of class 0: {got}, not {expected}. With one output the
        second term of the binary cross-entropy is theirs.

        What does an example with y = 0 and a probability of 0.99 add to your loss?"""
        return _loss(X, y, params, cost=_of_class_1)

    def second_term_subtracted(X, y, params):
        """In your loss the examples of class 0 count with the wrong sign: {got}, not {expected}.
        The two terms of the binary cross-entropy are added, and the minus turns both.

        Which sign is between the two terms, and does your bracket hold both?"""
        return _loss(X, y, params, cost=_second_term_subtracted)

    def loss_not_finite(X, y, params):
        """Where A is exactly 0 or 1, a logarithm of 0 makes the loss infinite or nan.

        How did chapter 2.1 keep the probabilities away from 0 and 1, and does that work in float32?
        """
        return _loss(X, y, params, cost=_unguarded)

    def labels_broadcast(X, y, params):
        """You accept labels of another shape. NumPy stretches (n,) against (n, 1) into an n by n
        table, so every answer is compared with every label.

        What is the shape of A - y for these arguments?"""
        W1, b1, W2, b2 = params
        A1 = relu(X @ W1 + b1)
        A = sigmoid(A1 @ W2 + b2)
        delta = (A - y).mean(axis=1, keepdims=True) / len(X)
        below = delta @ W2.T * (A1 > 0)
        grads = [X.T @ below, below.sum(axis=0), A1.T @ delta, delta.sum(axis=0)]
        return binary_cross_entropy(A, y), grads


def _sum_loss(X, y, params):
    return _loss(X, y, params, delta=lambda A, y: A - y)


def _short_loss(X, y, params):
    return _loss(X, y, params, delta=lambda A, y: (A - y) / len(X) ** 2)


def _signed_loss(X, y, params):
    return _loss(X, 2 * y - 1, params)


def _weights_are_zero(answer, *args, **kwargs):
    params, losses = answer
    guess = len(losses) > 0 and abs(losses[0] - np.log(2)) < 1e-6  # what zeros cost at first
    return guess and not np.any(params[0]) and not np.any(params[2])


def _never_moves(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    """The parameters never move, although there is a way down."""
    params, losses = answer
    loss, grads = _loss(1.0 * X, y, params)
    same = len(losses) > 1 and np.ptp(losses) == 0 and abs(losses[-1] - loss) < 1e-6
    stepped = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    down = loss - _loss(1.0 * X, y, stepped)[0] > 1e-9
    return same and down and not _weights_are_zero(answer)


def _without_b1(X, y, params):
    loss, (dW1, db1, dW2, db2) = _loss(X, y, params)
    return loss, [dW1, np.zeros_like(db1), dW2, db2]


def _without_b2(X, y, params):
    loss, (dW1, db1, dW2, db2) = _loss(X, y, params)
    return loss, [dW1, db1, dW2, np.zeros_like(db2)]


def _without_biases(X, y, params):
    loss, (dW1, db1, dW2, db2) = _loss(X, y, params)
    return loss, [dW1, np.zeros_like(db1), dW2, np.zeros_like(db2)]


def _of_the_last_layer(X, y, params):
    loss, (dW1, db1, dW2, db2) = _loss(X, y, params)
    return loss, [np.zeros_like(dW1), np.zeros_like(db1), dW2, db2]


def _alike_units(answer, *args, **kwargs):
    W1, _, W2, _ = answer[0]
    return (
        not _weights_are_zero(answer)
        and W1.shape[1] > 1
        and np.ptp(W1, axis=1).max() < 1e-9
        and np.ptp(W2) < 1e-9
    )


def _gain(X, y, params, lr):
    """About how far the loss falls in one more step."""
    return lr * sum(np.sum(grad**2) for grad in _loss(1.0 * X, y, params)[1])


def _last_is_after(answer, X, y, lr):
    """The last loss is recognizably that of the final parameters."""
    params, losses = answer
    off = abs(losses[-1] - _loss(1.0 * X, y, params)[0])
    moving = len(losses) == 1 or np.ptp(losses) > 0
    return min(losses) >= 0 and moving and off < 1e-3 * _gain(X, y, params, lr)


def _one_more(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return len(answer[1]) == epochs + 1 and _last_is_after(answer, X, y, lr)


def _one_update_more(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return len(answer[1]) == epochs + 1 and not _last_is_after(answer, X, y, lr)


def _batches(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    each, rest = divmod(len(answer[1]), epochs)
    sizes = range(1, len(X))
    return rest == 0 and each > 1 + (epochs == 1) and each in [-(-len(X) // size) for size in sizes]


def _own_number(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    count = len(answer[1])
    own = count != epochs and count in (10, 50, 100, 200, 500, 1000, 2000)
    return own and not _batches(answer, X, y, hidden, lr, epochs)


def _stops_at_a_small_loss(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    losses = answer[1]
    early = 2 < len(losses) < epochs - 1 and len(losses) not in (100, 200, 500, 1000)
    return bool(early and losses[-1] == min(losses) and losses[-1] < 0.3)


def _after(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return len(answer[1]) == epochs and _last_is_after(answer, X, y, lr)


def _one_epoch(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return len(answer[1]) == 1 < epochs


def _eight_units(answer, X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
    return hidden != 8 and answer[0][0].shape == (X.shape[1], 8)


class WrongTrainBinary(Versions, of="train_binary"):
    @recognized(_steps_by(_negative(_loss)))
    def uphill(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """The parameters move along the gradient, and the loss climbs.

        With which sign does the gradient enter the update?"""
        return _train(X, y, hidden, lr, epochs, rng, _negative(_loss))

    @recognized(_steps_by(_short_loss))
    def steps_divided_by_n_twice(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps are {n} times too short: you divide by the number of examples twice.

        Follow one gradient through your code: how many times does it meet the 1/n?"""
        return _train(X, y, hidden, lr, epochs, rng, _short_loss)

    @recognized(_steps_by(_signed_loss))
    def labels_of_minus_one(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps are right for labels of -1 and 1. The binary cross-entropy needs 0 and 1.

        Which line changes y, and what are the two terms of the loss for a label of -1?"""
        return _train(X, y, hidden, lr, epochs, rng, _signed_loss)

    @recognized(_never_moves)
    def start_parameters_returned(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """The parameters at the end are those of the start: the loss is always the same.

        Which names does your loop assign to, and which ones does its next round read?"""
        return _train(X, y, hidden, 0.0, epochs, rng)

    @recognized(_weights_are_zero)
    def weights_start_at_zero(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """All weights are 0 at the end, as they were at the start: neither examples nor errors get
        through zeros from one layer to the other, so no weight ever has a gradient.

        What is relu of a sum of zeros, and what is the gradient of W2 then?"""
        X = 1.0 * X
        sizes = [(X.shape[1], hidden), hidden, (hidden, 1), 1]
        return gradient_descent(X, y, list(map(np.zeros, sizes)), lr, _loss, None, epochs)

    @recognized(_steps_by(_without_biases))
    def biases_never_updated(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """You move only the weights, not `b1` and `b2`. Then all the folds go through the origin.

        How many parameters does the network have, and which of them does your loop update?"""
        return _train(X, y, hidden, lr, epochs, rng, _without_biases)

    @recognized(_steps_by(_of_the_last_layer))
    def only_the_last_layer_updated(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """You move only `W2` and `b2`: the folds never go where the data needs them.

        How many parameters does the network have, and which of them does your loop update?"""
        return _train(X, y, hidden, lr, epochs, rng, _of_the_last_layer)

    @recognized(_steps_by(_without_b1))
    def hidden_bias_never_updated(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Of all parameters only `b1` is still 0. Then all the folds go through the origin.

        How many parameters does the network have, and which of them does your loop update?"""
        return _train(X, y, hidden, lr, epochs, rng, _without_b1)

    @recognized(_steps_by(_without_b2))
    def output_bias_never_updated(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """`b2` is still 0 at the end, although everything else has moved.

        How many parameters does the network have, and which of them does your loop update?"""
        return _train(X, y, hidden, lr, epochs, rng, _without_b2)

    @recognized(_steps_by(_straight_loss))
    def hidden_layer_without_bend(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps are right for a network without relu. Two layers without a bend between them
        are one, and XOR stays out of reach.

        Which activation does the hidden layer have, and does your training use it?"""
        return _train(X, y, hidden, lr, epochs, rng, _straight_loss)

    @recognized(_steps_by(_tanh_loss))
    def hidden_layer_of_tanh(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps are right for a network with tanh in the hidden layer. That one learns XOR
        too, but `forward_binary` uses relu there, and the two must be the same network.

        Which activation does the hidden layer have in this chapter's formula?"""
        return _train(X, y, hidden, lr, epochs, rng, _tanh_loss)

    @recognized(_alike_units)
    def weights_start_alike(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """All the hidden units are identical at the end: they began with equal weights, got equal
        gradients and stayed identical. Eight equal folds are one fold.

        What makes two units of a layer different from each other at the start?"""
        X = 1.0 * X
        W1, b1 = np.full((X.shape[1], hidden), 0.1), np.zeros(hidden)
        start = [W1, b1, np.full((hidden, 1), 0.1), np.zeros(1)]
        return gradient_descent(X, y, start, lr, _loss, None, epochs)

    @recognized(_one_more)
    def one_loss_too_many(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """There is one more loss than there are updates: your list ends with the loss of the
        trained parameters. Take each loss just before its update.

        At which moment of the loop do you record a loss, and how often?"""
        params, losses = _train(X, y, hidden, lr, epochs, rng)
        return params, [*losses, _loss(1.0 * X, y, params)[0]]

    @recognized(_one_update_more)
    def one_epoch_too_many(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """There is one loss more than there are epochs, and none of them belongs to the final
        parameters: your loop runs once too often.

        How many numbers does `range(epochs + 1)` give?"""
        return _train(X, y, hidden, lr, epochs + 1, rng)

    @recognized(_one_epoch)
    def only_one_epoch(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """There is a single loss, whatever `epochs` says: `return` is inside the loop, or you start
        a new list of losses in each epoch.

        What is inside your loop over the epochs that belongs before it, or after it?"""
        return _train(X, y, hidden, lr, 1, rng)

    @recognized(_stops_at_a_small_loss)
    def ends_when_the_loss_is_small(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your training ends before the last epoch, as soon as the loss is small enough. It should
        go on for all the epochs that the caller asks for.

        Which line leaves the loop, and does the docstring speak of such a condition?"""
        params, losses = _train(X, y, hidden, lr, epochs, rng)
        small = [i for i, loss in enumerate(losses) if loss < 0.05]
        return params, losses[: small[0] + 1] if small else losses

    @recognized(_own_number)
    def epochs_in_the_code(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Training always lasts the same number of epochs, whatever `epochs` says.

        Where does your loop get the number of epochs?"""
        return _train(X, y, hidden, lr, 50, rng)

    @recognized(_batches)
    def small_batches(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """You make several updates per epoch. Here an epoch is one update on all the examples.

        Which `batch_size` means all the examples in `gradient_descent` of chapter 2.3?"""
        X = 1.0 * X
        rng = np.random.default_rng(rng)
        params = he_params([X.shape[1], hidden, 1], rng, X.dtype)
        return gradient_descent(X, y, params, lr, _loss, 1, epochs, rng)

    @recognized(_after)
    def loss_after_the_step(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """The last loss belongs to the parameters that you return, but it should be that of the
        parameters before the last update. Either you take each loss after its update, or you leave
        out the update of the last epoch.

        In which order does your loop compute the loss, record it, and change the parameters, and
        does every round do all three?"""
        params, losses = _train(X, y, hidden, lr, epochs, rng)
        return params, [*losses[1:], _loss(1.0 * X, y, params)[0]]

    @recognized(_steps_by(_sum_loss))
    def steps_not_averaged(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps are {n} times too long: the gradient is a sum over the examples, not a mean.

        What does the loss divide by, and where does the gradient divide by it?"""
        return _train(X, y, hidden, lr, epochs, rng, _sum_loss)

    @recognized(_steps_by(_loss, rate=1.0))
    def learning_rate_left_out(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """The steps are as long as the gradient itself, whatever `lr` says.

        Where does `lr` appear in your update?"""
        return _train(X, y, hidden, 1.0, epochs, rng)

    @recognized(_steps_by(_loss, rate=0.1))
    def usual_learning_rate_always(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps use a learning rate of 0.1, whatever `lr` says.

        Which number does your update multiply the gradients by, and where does it come from?"""
        return _train(X, y, hidden, 0.1, epochs, rng)

    @recognized(_steps_by(_loss, rate=0.01))
    def hundredth_for_learning_rate(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your steps use a learning rate of 0.01, whatever `lr` says.

        Which number does your update multiply the gradients by, and where does it come from?"""
        return _train(X, y, hidden, 0.01, epochs, rng)

    @recognized(_eight_units)
    def hidden_ignored(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        """Your network has 8 hidden units, whatever `hidden` says.

        What shapes do W1, b1 and W2 have with `hidden` units?"""
        return _train(X, y, 8, lr, epochs, rng)
