"""Wrong answers in chapter 3.1.

Training may start from any weights, so its mistakes are recognized by undoing the last steps: from
the final parameters, a wrong step leads back to parameters whose loss is the recorded one.
"""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized
from .reference import binary_cross_entropy, relu, sigmoid, softmax


def _cost(X, y, W, b):
    return binary_cross_entropy(sigmoid(X @ W + b), y)


def _squared_error(X, y, W, b):
    return float(np.mean((sigmoid(X @ W + b) - y) ** 2))


def _gradient(X, y, W, b):
    delta = (sigmoid(X @ W + b) - y) / len(X)
    return X.T @ delta, delta.sum(axis=0)


def _downhill_size(X, y, W, b, lr):
    return lr * sum(np.sum(grad**2) for grad in _gradient(X, y, W, b))


def _right_step(X, y, W, b, lr):
    dW, db = _gradient(X, y, W, b)
    return W - lr * dW, b - lr * db


def _train(X, y, lr, epochs, step, cost=_cost):
    """Training in which one thing goes wrong: `step` gives the next `(W, b)`, or the `cost`."""
    X = 1.0 * X
    W, b, y, losses = np.zeros((X.shape[1], 1)), np.zeros(1), y.astype(X.dtype), []
    for _ in range(epochs):
        losses.append(cost(X, y, W, b))
        W, b = step(X, y, W, b, lr)
    return [W, b], losses


LARGEST = 30_000  # numbers in the examples of all the epochs that are gone through again
PREFIX = 6  # epochs are enough to distinguish one kind of step from another


def _takes(step, cost=_cost):
    """Recognizes training from zeros, as most do, that takes such steps and records this cost."""

    def recognizes(answer, X, y, lr, epochs, rng):
        right = _agrees(answer, X, y, lr, epochs, _right_step)
        return not right and _agrees(answer, X, y, lr, epochs, step, cost)

    return recognizes


def _agrees(answer, X, y, lr, epochs, step, cost=_cost):
    params, losses = answer
    want, prefix = _train(X, y, lr, min(epochs, PREFIX), step, cost)
    same = len(losses) == epochs and np.allclose(losses[:PREFIX], prefix, rtol=1e-6)
    return same and (epochs > PREFIX or all(map(np.allclose, params, want)))


def _lands(*steps):
    """Recognizes training from zeros that ends where such steps lead, whatever it records."""

    def ends_by(step, answer, X, y, lr, epochs, rng):
        (W, b), _ = _train(X, y, lr, epochs, step)
        (own_W, own_b), _ = answer
        return np.allclose(own_W, W, rtol=1e-6) and np.allclose(own_b, b, rtol=1e-6)

    def recognizes(answer, X, y, lr, epochs, rng):
        args = answer, X, y, lr, epochs, rng
        short = epochs * X.size < LARGEST
        return short and not ends_by(_right_step, *args) and any(ends_by(s, *args) for s in steps)

    return recognizes


def _up(X, y, W, b, lr):
    return _right_step(X, y, W, b, -lr)


def _rises(answer, *args):
    losses = answer[1]
    rises = len(losses) > 10 and np.all(np.diff(losses) >= 0) and losses[-1] > losses[0] + 1e-6
    return rises or _takes(_up)(answer, *args)


class WrongForwardPerceptron(Versions, of="forward_perceptron"):
    def bias_forgotten(X, W, b):
        """You compute the weighted sum without the bias: at the first difference you return {got},
        and with `b` it is {expected}. Without a bias an example of zeros always gets 0.5.

        Which of the three arguments does your code never use?"""
        return sigmoid(X @ W)

    def sigmoid_forgotten(X, W, b):
        """You return the weighted sum Z itself, {got}, and not its probability {expected}. Z can be
        any number, but a probability lies between 0 and 1.

        Which function of chapter 1.3 maps any number into that range?"""
        return X @ W + b

    def bias_after_sigmoid(X, W, b):
        """You add the bias after the sigmoid, so the answer can leave the range from 0 to 1: {got},
        not {expected}.

        Is the bias part of the weighted sum Z or of the activation A?"""
        return sigmoid(X @ W) + b

    def bias_subtracted(X, W, b):
        """You subtract the bias from the weighted sum: {got}, not {expected}. Some books subtract a
        threshold there; this course adds a bias, which is minus that threshold.

        What sign does b have in Z = X W + b?"""
        return sigmoid(X @ W - b)

    def step_instead_of_sigmoid(X, W, b):
        """Every answer is exactly 0 or 1: that is the hard step of the historical perceptron, or a
        probability that is already rounded. Its slope is 0 nearly everywhere, so nothing can be
        learned.

        Which smooth function of Z gives 0.5 at 0 and approaches 0 and 1 far away?"""
        return (X @ W + b > 0).astype(np.float64)

    def softmax_instead_of_sigmoid(X, W, b):
        """Every answer is 1. Softmax divides one whole among the entries of a row, and with one
        output per row that output gets all of it.

        Which activation gives a probability to a single score?"""
        return softmax(X @ W + b)

    def relu_instead_of_sigmoid(X, W, b):
        """Negative sums become 0 and positive ones stay as they are: that is relu, {got}, not
        {expected}. It belongs in hidden layers; a probability needs the range from 0 to 1.

        Which activation does the chapter's formula name after A = ?"""
        return relu(X @ W + b)

    def tanh_instead_of_sigmoid(X, W, b):
        """Your tanh runs from -1 to 1, {got}, not {expected}, but a probability from 0 to 1.

        Which of the two S-shaped curves is 0.5 at 0?"""
        return np.tanh(1.0 * (X @ W + b))

    def sigmoid_taken_twice(X, W, b):
        """You apply the sigmoid to a number that has already been through the sigmoid: {got}, not
        {expected}. All such answers lie between 0.5 and 0.74 or so.

        How many times does your weighted sum go through the sigmoid?"""
        return sigmoid(sigmoid(X @ W + b))

    def sign_in_exponent_lost(X, W, b):
        """You return {got} and the probability is {expected}: the two add up to 1. So each answer
        is the probability of the other class, because the minus in the exponent is missing.

        Should the answer grow or shrink as Z grows, and which does yours do?"""
        return 1 / (1 + np.exp(1.0 * (X @ W + b)))

    def sigmoid_overflows(X, W, b):
        """Your values are right, but where Z is far below 0 the exponential of -Z overflows, and
        NumPy warns. Avoid the warning: one that always appears hides the one that matters.

        Which form of the sigmoid in chapter 1.3 only takes the exponential of numbers up to 0?"""
        return 1 / (1 + np.exp(-1.0 * (X @ W + b)))

    def weights_times_inputs(X, W, b):
        """Your product has the weights on the left. `X` is (n, d) and `W` is (d, 1), so in that
        order the inner sizes do not match, and NumPy refuses or returns a table of the wrong shape.

        Write the two shapes side by side: in which order are the two d next to each other?"""
        return sigmoid(W @ X + b)

    def entries_instead_of_matrix_product(X, W, b):
        """The star multiplies entry by entry; it does not sum over the inputs of an example. The
        shapes (n, d) and (d, 1) do not even fit that way, unless d or n is 1.

        Which operator of chapter 1.2 multiplies and sums in one go?"""
        return sigmoid(X * W + b)


def _sum_step(X, y, W, b, lr):
    return _right_step(X, y, W, b, lr * len(X))


def _step_by_n_squared(X, y, W, b, lr):
    return _right_step(X, y, W, b, lr / len(X))


def _doubled(X, y, W, b, lr):
    return _right_step(X, y, W, b, 2 * lr)


def _never_moved(answer, X, y, lr, epochs, rng):
    (W, b), losses = answer
    stays = np.ptp(losses) == 0 and abs(losses[-1] - _cost(1.0 * X, y, W, b)) < 1e-6
    moves = W.any() or b.any()  # with only one loss this is all we can see
    may = max(np.abs(grad).max() for grad in _gradient(1.0 * X, y, W, b)) > 1e-2
    return stays and may and not (moves and (len(losses) == 1 or _all_right(X, y, W, b)))


def _bias_fixed(X, y, W, b, lr):
    return _right_step(X, y, W, b, lr)[0], b


def _bias_by_the_weights(X, y, W, b, lr):
    dW, _ = _gradient(X, y, W, b)
    return W - lr * dW, b - lr * dW.mean(axis=0)


def _bias_averaged_again(X, y, W, b, lr):
    dW, db = _gradient(X, y, W, b)
    return W - lr * dW, b - lr * db / len(X)


def _bias_summed(X, y, W, b, lr):
    dW, db = _gradient(X, y, W, b)
    return W - lr * dW, b - lr * db * len(X)


def _slope_step(factor):
    def step(X, y, W, b, lr):
        A = sigmoid(X @ W + b)
        delta = factor * (A - y) * A * (1 - A) / len(X)
        return W - lr * X.T @ delta, b - lr * delta.sum(axis=0)

    return step


def _slope_of_any_size(answer, *args):
    steps = [_slope_step(factor) for factor in (1, 2)]
    takes = any(_takes(step, cost)(answer, *args) for step in steps for cost in COSTS)
    return takes or _lands(*steps)(answer, *args)


COSTS = (_cost, _squared_error)


def _all_right(X, y, W, b):
    return np.array_equal(X @ W + b > 0, y > 0.5)


def _rule_step(X, y, W, b, lr):
    delta = ((X @ W + b > 0) - y) / len(X)
    return W - lr * X.T @ delta, b - lr * delta.sum(axis=0)


def _rule_for_each(X, y, W, b, lr):
    for i in range(len(X)):
        W, b = _rule_step(X[i : i + 1], y[i : i + 1], W, b, lr)
    return W, b


def _rule_by_the_sum(X, y, W, b, lr):
    return _rule_step(X, y, W, b, lr * len(X))


def _one_after_the_other(X, y, W, b, lr):
    W, _ = _right_step(X, y, W, b, lr)
    return W, _right_step(X, y, W, b, lr)[1]


def _each_example(X, y, W, b, lr):
    for i in range(len(X)):
        W, b = _right_step(X[i : i + 1], y[i : i + 1], W, b, lr)
    return W, b


def _one_at_a_time(answer, X, y, lr, epochs, rng):
    _, losses = answer
    if len(losses) == epochs:
        return _takes(_each_example)(answer, X, y, lr, epochs, rng)
    return len(X) > 1 and len(losses) == epochs * len(X)


RATES = (1.0, 0.5, 0.2, 0.1, 0.05, 0.01, 0.001)


def _another_rate(answer, X, y, lr, epochs, rng):
    rates = [rate for rate in RATES if abs(rate - lr) > 0.02 * lr]
    return any(_agrees(answer, X, y, rate, epochs, _right_step) for rate in rates)


def _recorded_late(answer, X, y, lr, epochs, rng):
    (W, b), losses = answer
    size = _downhill_size(1.0 * X, y, W, b, lr)
    late = abs(losses[-1] - _cost(1.0 * X, y, W, b)) < 0.01 * size and size > 1e-5
    moved = losses[-2] - losses[-1] > 0.3 * size if len(losses) > 1 else W.any() or b.any()
    return late and moved and len(losses) == epochs


def _summed_cost(X, y, W, b):
    return len(X) * _cost(X, y, W, b)


def _squared_errors(answer, X, y, lr, epochs, rng):
    (W, b), losses = answer
    squared, cross = _squared_error(X, y, W, b), _cost(1.0 * X, y, W, b)
    at_the_end = abs(losses[-1] - squared) < 0.02 * squared < 0.2 * cross < abs(losses[-1] - cross)
    return at_the_end or _takes(_right_step, _squared_error)(answer, X, y, lr, epochs, rng)


def _count(answer):
    """How many losses there are, in an answer of the right form."""
    (W, b), losses = answer
    return len([float(loss) for loss in losses]) if W.ndim == 2 and b.ndim == 1 else None


def _only_last(answer, X, y, lr, epochs, rng):
    return _count(answer) == 1 < epochs and answer[1][0] < np.log(2) - 1e-9


def _now_and_then(answer, X, y, lr, epochs, rng):
    count = _count(answer)
    return count < epochs and epochs > 100 and count in (-(-epochs // 10), -(-epochs // 100))


def _one_too_many(answer, X, y, lr, epochs, rng):
    return _count(answer) == epochs + 1 != len(X) * epochs


def _stops_at_a_small_loss(answer, X, y, lr, epochs, rng):
    losses = answer[1]
    early = 2 < len(losses) < epochs - 1 and len(losses) not in (100, 1000)
    return bool(early and losses[-1] == min(losses) and losses[-1] < 0.5)


def _another_length(answer, X, y, lr, epochs, rng):
    round_numbers = (5, 10, 20, 50, 100, 500, 1000, 5000, 10000)
    return _count(answer) != epochs and _count(answer) in round_numbers


class WrongTrainPerceptron(Versions, of="train_perceptron"):
    @recognized(_rises)
    def uphill(X, y, lr, epochs, rng):
        """The parameters move along the gradient, and the loss climbs. The gradient points to where
        the loss grows fastest, but you should go the other way.

        With which sign does the gradient enter the update, for `W` and for `b`?"""
        return _train(X, y, lr, epochs, _up)

    @recognized(_takes(_sum_step))
    def one_over_n_missing(X, y, lr, epochs, rng):
        """Your steps are {n} times too long: the gradient is a sum over the examples, not a mean.
        With a sum, a good learning rate would depend on the number of examples.

        What does the loss divide by, and where does the gradient divide by it?"""
        return _train(X, y, lr, epochs, _sum_step)

    @recognized(_takes(_step_by_n_squared))
    def divided_by_n_twice(X, y, lr, epochs, rng):
        """Your steps are {n} times too short: you divide by the number of examples twice. Training
        goes in the right direction, but barely moves.

        Follow one gradient through your code: how many times does it meet the 1/n?"""
        return _train(X, y, lr, epochs, _step_by_n_squared)

    @recognized(_takes(_doubled))
    def factor_two(X, y, lr, epochs, rng):
        """Your steps are twice as long as they should be. A 2 belongs to the derivative of a
        square; the binary cross-entropy with its sigmoid has the plain A - y.

        Which loss does the factor 2 in your gradient come from?"""
        return _train(X, y, lr, epochs, _doubled)

    @recognized(_never_moved)
    def never_updated(X, y, lr, epochs, rng):
        """The parameters at the end are the ones from the start: the loss is the same in every
        epoch. You compute the gradient, or a new value, but it does not get back into `W` and `b`.

        Which names does your loop assign to, and which ones does its next round read?"""
        return _train(X, y, lr, epochs, lambda X, y, W, b, lr: (W, b))

    @recognized(_takes(_bias_fixed))
    def bias_never_updated(X, y, lr, epochs, rng):
        """You train `W`, but `b` stays where it started. Then the line between the two answers can
        turn but not move, and a rule such as AND is out of reach.

        How many parameters does the neuron have, and which of them does your loop update?"""
        return _train(X, y, lr, epochs, _bias_fixed)

    @recognized(_takes(_bias_by_the_weights))
    def bias_moved_by_the_gradient_of_the_weights(X, y, lr, epochs, rng):
        """You move `b` along the gradient of the weights. Its own gradient is the mean of A - y: an
        example of zeros, which tells the weights nothing, also counts.

        Which gradient stands in the line that updates `b`?"""
        return _train(X, y, lr, epochs, _bias_by_the_weights)

    @recognized(_takes(_bias_averaged_again))
    def bias_gradient_divided_twice(X, y, lr, epochs, rng):
        """`W` moves as it should, but `b` moves {n} times too slowly: you divide its gradient by
        the number of examples twice, perhaps as the mean of an error that contains the 1/n.

        Is the 1/n inside your error, inside your gradients, or in both?"""
        return _train(X, y, lr, epochs, _bias_averaged_again)

    @recognized(_takes(_bias_summed))
    def bias_gradient_not_averaged(X, y, lr, epochs, rng):
        """`W` moves as it should, but `b` goes {n} times too far: you do not average the errors.

        Both gradients belong to the same mean loss: which of your two lines contains the 1/n?"""
        return _train(X, y, lr, epochs, _bias_summed)

    @recognized(_slope_of_any_size)
    def sigmoid_slope_left_in(X, y, lr, epochs, rng):
        """You multiply your error by A (1 - A), the slope of the sigmoid. That is the gradient of
        the squared error; for the binary cross-entropy this slope cancels.

        Write out the chain rule for the binary cross-entropy: what remains of dL/dZ?"""
        return _train(X, y, lr, epochs, _slope_step(1))

    @recognized(_lands(_rule_step, _rule_for_each, _rule_by_the_sum))
    def error_of_the_rounded_answer(X, y, lr, epochs, rng):
        """Your error compares the labels with answers rounded to 0 and 1, like the perceptron rule
        of 1958. It stops as soon as all answers are on the right side, however unsure they are.

        Does the derivative of the loss compare y with the probability or the decision?"""
        return _train(X, y, lr, epochs, _rule_step)

    @recognized(_takes(_one_after_the_other))
    def bias_gradient_after_the_step(X, y, lr, epochs, rng):
        """You update `W` first, and then compute the gradient of `b` with the new `W`. One step of
        gradient descent takes both gradients at the same point.

        At which moment of the loop have you computed everything that both updates need?"""
        return _train(X, y, lr, epochs, _one_after_the_other)

    @recognized(_one_at_a_time)
    def one_example_at_a_time(X, y, lr, epochs, rng):
        """You update after every single example. That is a way to train, but here an epoch is one
        update on all the examples together.

        What is the shape of the error A - y for all of `X` at once, and does your loop over the
        examples still have work to do then?"""
        return _train(X, y, lr, epochs, _each_example)

    @recognized(_another_rate)
    def learning_rate_ignored(X, y, lr, epochs, rng):
        """Your steps always use the same fixed rate, whatever `lr` the caller passes.

        Where does your update get its learning rate?"""
        return _train(X, y, 0.1, epochs, _right_step)

    @recognized(_recorded_late)
    def loss_after_the_step(X, y, lr, epochs, rng):
        """Your losses are one step late: you take each one after the update, so the loss of the
        start is missing and the last one belongs to the final parameters.

        In one round of your loop, which comes first: recording the loss or moving the parameters?
        """
        (W, b), losses = _train(X, y, lr, epochs, _right_step)
        return [W, b], [*losses[1:], _cost(1.0 * X, y, W, b)]

    @recognized(_takes(_right_step, _summed_cost))
    def loss_summed_over_examples(X, y, lr, epochs, rng):
        """Your steps are right, but your losses are sums over the {n} examples.

        What turns the sum over the examples into the loss of chapter 2.1?"""
        return _train(X, y, lr, epochs, _right_step, _summed_cost)

    @recognized(_squared_errors)
    def squared_error_recorded(X, y, lr, epochs, rng):
        """The losses you record are mean squared errors. For probabilities, watch the binary
        cross-entropy: its gradient is the one that goes into the steps.

        Which of the two losses of chapter 2.1 is meant for probabilities?"""
        return _train(X, y, lr, epochs, _right_step, _squared_error)

    @recognized(_only_last)
    def only_the_last_loss(X, y, lr, epochs, rng):
        """There is one loss for the whole training, that of the last epoch. The list should tell
        the story of the training: one loss per epoch, oldest first.

        Do you create your list once before the loop, or again in each round?"""
        params, losses = _train(X, y, lr, epochs, _right_step)
        return params, losses[-1:]

    @recognized(_now_and_then)
    def loss_recorded_now_and_then(X, y, lr, epochs, rng):
        """Only some of the epochs leave a loss in your list. The returned list needs one per epoch.

        Under which condition does your loop append to the list?"""
        params, losses = _train(X, y, lr, epochs, _right_step)
        return params, losses[::100]

    @recognized(_one_too_many)
    def one_loss_too_many(X, y, lr, epochs, rng):
        """There is one loss more than there are epochs. Each update has one loss, the one before
        it; no update follows the loss of the final parameters.

        How many times does your code append, and how many times does it update?"""
        (W, b), losses = _train(X, y, lr, epochs, _right_step)
        return [W, b], [*losses, _cost(1.0 * X, y, W, b)]

    @recognized(_stops_at_a_small_loss)
    def ends_when_the_loss_is_small(X, y, lr, epochs, rng):
        """Your training ends before the last epoch, as soon as the loss is small enough. It should
        go on for all the epochs that the caller asks for.

        Which line leaves the loop, and does the docstring speak of such a condition?"""
        params, losses = _train(X, y, lr, epochs, _right_step)
        small = [i for i, loss in enumerate(losses) if loss < 0.01]
        return params, losses[: small[0] + 1] if small else losses

    @recognized(lambda answer, X, y, lr, epochs, rng: _count(answer) == epochs - 1 and epochs != 2)
    def one_epoch_short(X, y, lr, epochs, rng):
        """There is one loss fewer than epochs: your loop begins too late or ends too early.

        What are the first and the last number of your `range`?"""
        return _train(X, y, lr, epochs - 1, _right_step)

    @recognized(_another_length)
    def epochs_ignored(X, y, lr, epochs, rng):
        """The number of updates is always the same, whatever `epochs` the caller asks for.

        What does your loop count up to, and who decides that?"""
        return _train(X, y, lr, 1000, _right_step)
