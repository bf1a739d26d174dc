"""Wrong `logistic_loss` and `gradient_descent`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import copy

import numpy as np

from .. import Versions, recognized
from ..reference import binary_cross_entropy, minibatches, sigmoid


def _logistic(X, y, params):
    """Probabilities, loss and (A - y) / n of logistic regression, and X in floats."""
    W, b = params
    X = 1.0 * X
    A = sigmoid(X @ W + b)
    if A.shape != y.shape:
        raise ValueError(f"A has shape {A.shape}, y {y.shape}")
    return A, binary_cross_entropy(A, y), (A - y) / len(X), X


def _only_nearly_right(answer, X, y, params):
    _, _, delta, X = _logistic(X, y, params)
    pairs = list(zip(answer[1], (X.T @ delta, delta.sum(axis=0)), strict=True))
    off = max(np.abs(grad - right).max() for grad, right in pairs)
    return 1e-7 < off < 1e-2 * max(np.abs(right).max() for _, right in pairs)


def _gradients_are_nan(answer, X, y, params):
    loss, grads = answer
    return np.isfinite(loss) and loss > 10 and any(np.isnan(grad).any() for grad in grads)


def _count(X, batch_size, epochs):
    """The number of updates."""
    return epochs * (1 if batch_size is None else -(-len(X) // batch_size))


def _descend(X, y, params, lr, loss_fn, batch_size, epochs, batches=minibatches, record=None):
    """Gradient descent over the batches; `record` gives the loss to note after an update."""
    params, losses = [1.0 * param for param in params], []
    for _ in range(epochs):
        pairs = [(X, y)] if batch_size is None else batches(X, y, batch_size)
        for X_batch, y_batch in pairs:
            loss, grads = loss_fn(X_batch, y_batch, params)
            params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
            losses.append(float(record(X_batch, y_batch, params) if record else loss))
    return params, losses


def _shuffling(rng):
    rng = np.random.default_rng(rng)
    return lambda X, y, batch_size: minibatches(X, y, batch_size, rng)


def _right(X, y, params, lr, loss_fn, batch_size, epochs, rng):
    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, _shuffling(rng))


def _close(one, other):
    return len(one) == len(other) and all(
        np.allclose(a, b, atol=1e-7) for a, b in zip(one, other, strict=True)
    )


def _once_per_epoch(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Fewer losses than updates, one per epoch, although all updates were made."""
    if None in (batch_size, rng) or len(answer[1]) != epochs or _count(X, batch_size, 1) == 1:
        return False
    if np.isclose(answer[1][0], loss_fn(X, y, params)[0]):
        return False  # all the data in one step
    trained, _ = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
    return _close(answer[0], trained)


def _stops_at_the_bottom(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    losses, updates = answer[1], epochs * -(-len(X) // (batch_size or len(X)))
    still = losses[-1] < 1e-2 or (len(losses) > 1 and abs(losses[-1] - losses[-2]) < 1e-2)
    return bool(len(losses) < updates and len(losses) != updates // epochs and still)


def _first_epoch_only(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    return epochs > 2 and len(answer[1]) == _count(X, batch_size, 1)


def _epoch_missing(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    return epochs != 2 and len(answer[1]) == (epochs - 1) * _count(X, batch_size, 1)


def _epochs_doubled(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    return len(answer[1]) == 2 * epochs * _count(X, batch_size, 1) and epochs > 1


def _some_left_alone(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    same = [np.array_equal(*pair) for pair in zip(answer[0], params, strict=True)]
    return any(same) and not all(same)


def _all_left_alone(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    same = all(np.array_equal(*pair) for pair in zip(answer[0], params, strict=True))
    return same and len(answer[1]) > 0


def _own_rate(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    if batch_size is not None:
        return False
    rates = [rate for rate in (0.5, 0.1, 0.01, 0.001, 0.0001) if not 0.5 < rate / lr < 1.9]
    return any(
        _close(answer[0], _right(X, y, params, rate, loss_fn, None, epochs, rng)[0])
        for rate in rates
    )


def _rest_left_out(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    if None in (batch_size, rng) or len(X) % batch_size == 0:
        return False
    _, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, copy.deepcopy(rng))
    early = np.allclose(answer[1], losses[: len(answer[1])])  # right, as far as it goes
    return len(answer[1]) == epochs * (len(X) // batch_size) and (epochs == 1 or not early)


def _other_default_size(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    others = {
        _count(X, size, 1) for size in (1, 8, 10, 16, 20)
    }  # fewer would have other reasons too
    return batch_size == 32 and epochs == 1 and rng is None and len(answer[1]) in others


def _reordered(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """All the data in another order: the sums agree except for the last bits."""
    if batch_size is not None:
        return False
    trained, losses = _right(X, y, params, lr, loss_fn, None, epochs, rng)
    pairs = zip([*answer[0], answer[1]], [*trained, losses], strict=True)
    same = all(np.array_equal(*pair) for pair in pairs)
    return _close(answer[0], trained) and _close([answer[1]], [losses]) and not same


def _same_again(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Every epoch goes through the batches of the first one; on level ground, all are alike."""
    if batch_size is None or epochs < 2 or np.ptp(answer[1]) == 0:
        return False
    for generator in (rng, *map(np.random.default_rng, (0, 42, 1))):
        batches = minibatches(X, y, batch_size, generator)
        again = _descend(
            X, y, params, lr, loss_fn, batch_size, epochs, lambda *_, kept=batches: kept
        )
        if _close(answer[0], again[0]):
            return True
    return False


def _seed_of_its_own(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    if batch_size is None or rng is None:
        return False
    return any(
        _close(answer[0], _right(X, y, params, lr, loss_fn, batch_size, epochs, seed)[0])
        for seed in (0, 42, 123, 1234, 1)
    ) and not _close(answer[0], _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)[0])


class WrongLogisticLoss(Versions, of="logistic_loss"):
    def sigmoid_forgotten(X, y, params):
        """You used X W + b itself as the probability. It can be any number; a sigmoid is missing.

        What comes between Z = X W + b and the probability A?"""
        _logistic(X, y, params)
        X = 1.0 * X
        A = X @ params[0] + params[1]
        delta = (A - y) / len(X)
        return binary_cross_entropy(A, y), [X.T @ delta, delta.sum(axis=0)]

    def linear_regression_instead(X, y, params):
        """This is the loss of linear regression: the squared error of X W + b. Here the outputs are
        probabilities, so a sigmoid follows X W + b, and the loss is the binary cross-entropy.

        Which two functions of earlier chapters turn X W + b into a probability and a loss?"""
        X = _logistic(X, y, params)[3]
        error = X @ params[0] + params[1] - y
        return float(np.mean(error**2)), [2 * X.T @ error / len(X), 2 * error.mean(axis=0)]

    def bias_left_out(X, y, params):
        """Your probabilities do not depend on b: they are those of X W alone.

        Where does the second of the two parameters come into your Z?"""
        W, b = params
        _, loss, delta, X = _logistic(X, y, [W, 0 * b])
        return loss, [X.T @ delta, delta.sum(axis=0)]

    def sure_mistakes_are_infinite(X, y, params):
        """For large Z the sigmoid is rounded to exactly 0 or 1, and your loss takes the logarithm
        of 0. That is infinite, and 0 times infinity is nan.

        Which of your earlier functions keeps probabilities away from 0 and 1?"""
        A, _, delta, X = _logistic(X, y, params)
        loss = float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))
        return loss, [X.T @ delta, delta.sum(axis=0)]

    @recognized(_gradients_are_nan)
    def divided_by_a_probability_of_0(X, y, params):
        """Your dL/dA divides by A and 1 - A. For sure predictions one is 0, and the gradient nan.

        Multiply dL/dA by A (1 - A) on paper: do you still need to divide?"""
        A, loss, _, X = _logistic(X, y, params)
        delta = ((1 - y) / (1 - A) - y / A) * A * (1 - A) / len(X)
        return loss, [X.T @ delta, delta.sum(axis=0)]

    def decisions_in_the_gradient(X, y, params):
        """Your gradient compares the labels with decisions, 0 or 1, not with the probabilities. It
        is 0 as soon as all examples are on the right side, however unsure.

        Which A does the loss see, and which A stands in your A - y?"""
        A, loss, delta, X = _logistic(X, y, params)
        delta = ((A > 0.5) - y) / len(X)
        return loss, [X.T @ delta, delta.sum(axis=0)]

    def scores_in_the_gradient(X, y, params):
        """Your loss uses the probabilities, but your gradient compares the labels with the scores,
        X W + b.

        Which variable stands in your A - y, and has it been through the sigmoid?"""
        _, loss, _, X = _logistic(X, y, params)
        delta = (X @ params[0] + params[1] - y) / len(X)
        return loss, [X.T @ delta, delta.sum(axis=0)]

    @recognized(_only_nearly_right)
    def slopes_measured(X, y, params):
        """Your gradients are nearly right, as differences of two losses are. The formula of the
        docstring is exact, and needs one pass over the data.

        What are X^T D and the sum of D, with D = (A - y) / n?"""
        h = 1e-4
        loss, grads = _logistic(X, y, params)[1], []
        for i, param in enumerate(params):
            grad = np.zeros_like(1.0 * param)
            for place in np.ndindex(param.shape):
                moved = [1.0 * each for each in params]
                moved[i][place] += h
                grad[place] = (_logistic(X, y, moved)[1] - loss) / h
            grads.append(grad)
        return loss, grads


class WrongGradientDescent(Versions, of="gradient_descent"):
    @recognized(_reordered)
    def shuffled_for_batch_size_none(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """For `batch_size=None` you used all the data, but shuffled. Keep the given order: there is
        nothing to gain from shuffling data that is used as a whole.

        Which X and y should `loss_fn` get when there are no batches?"""

        def whole(X_all, y_all, params):
            order = np.random.default_rng(0).permutation(len(X_all))
            return loss_fn(X_all[order], y_all[order], params)

        if batch_size is None:
            return _right(X, y, params, lr, whole, batch_size, epochs, rng)
        return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)

    def steps_go_uphill(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Each of your updates moves along the gradient, which points to where the loss is larger.

        What sign does the gradient have in the update?"""
        return _right(X, y, params, -lr, loss_fn, batch_size, epochs, rng)

    def start_parameters_changed(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your answer is right, but the parameters you were given have changed too. A copy of the
        list is not enough if `-=` writes into the arrays; new arrays in the caller's list change
        that list.

        What does the caller hold: the list, the arrays in it, or both? And which do you write to?
        """
        trained, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
        for param, new in zip(params, trained, strict=True):
            param[...] = new
        return params, losses

    @recognized(_once_per_epoch)
    def one_loss_per_epoch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You recorded one loss per epoch. There should be one per update: five for five batches.

        Which of your two loops contains the line that records the loss?"""
        trained, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
        each = _count(X, batch_size, 1)
        return trained, losses[each - 1 :: each]

    def noted_after_the_update(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You take your losses after each update. They should be the losses of the batch just
        before it, so that the first one belongs to the start parameters.

        `loss_fn` returns loss and gradients in one call: which parameters does that loss belong to?
        """

        def after(X_batch, y_batch, params):
            return loss_fn(X_batch, y_batch, params)[0]

        batches = _shuffling(rng)
        return _descend(X, y, params, lr, loss_fn, batch_size, epochs, batches, after)

    @recognized(_same_again)
    def same_batches_in_every_epoch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You shuffled once, and every epoch goes through the same batches. Shuffle again in each
        epoch, so that different examples meet in a batch.

        Is your call of `minibatches` before the loop over the epochs, or inside it?"""
        if batch_size is not None:
            batches = minibatches(X, y, batch_size, np.random.default_rng(rng))
            return _descend(X, y, params, lr, loss_fn, batch_size, epochs, lambda *_: batches)
        return _descend(X, y, params, lr, loss_fn, batch_size, epochs)

    @recognized(_stops_at_the_bottom)
    def stops_when_little_changes(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your loop ends early, when the loss is small or hardly changes anymore. The caller asks
        for a number of epochs and gets a loss for each of their updates.

        Which line leaves the loop, and does the docstring speak of such a condition?"""
        params, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
        return params, losses[:1] if losses[0] < 1e-3 else losses

    @recognized(_first_epoch_only)
    def only_one_epoch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your training ends after one epoch. Either there is no loop over the epochs, or `return`
        is inside it, or the batches come from a generator that is used up after one pass.

        How often does your update run for 3 epochs of 5 batches, and how often should it?"""
        return _right(X, y, params, lr, loss_fn, batch_size, 1, rng)

    @recognized(_seed_of_its_own)
    def seed_of_its_own(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You shuffle with a generator that your function creates with a fixed seed, so the
        caller's `rng` has no effect: the order is always the same.

        When should your function create a generator, and when should it use the one it is given?"""
        return _right(X, y, params, lr, loss_fn, batch_size, epochs, 0)

    def batches_not_shuffled(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your batches hold the examples in their original order, in every epoch.

        Which function of this chapter returns the shuffled batches of one epoch?"""

        def in_order(X, y, batch_size):
            starts = range(0, len(X), batch_size)
            return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]

        return _descend(X, y, params, lr, loss_fn, batch_size, epochs, in_order)

    def batch_size_none_not_handled(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """`batch_size=None` means that each update uses all the data, in its given order. Your code
        calculates with None as if it were a number, and that raises an error.

        Which "batches" does an epoch have for None, and where could your code decide that?"""
        range(0, len(X), batch_size)
        return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)

    def batch_size_none_handed_on(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """`batch_size=None` means that each update uses all the data, in its given order. Your code
        passes the None on to `minibatches`, which needs a number.

        Which "batches" does an epoch have for None, and where could your code decide that?"""
        if batch_size < 1:
            raise ValueError(f"batch_size {batch_size}")
        return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)

    def rng_none_not_handled(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Without an `rng` your code asks None for an order, but then it should create one.

        Which NumPy function creates a new generator, and when do you need it?"""

        def batches(X, y, batch_size):
            return minibatches(X, y, batch_size, rng)

        return _descend(X, y, params, lr, loss_fn, batch_size, epochs, batches)

    def always_the_full_batch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Every update uses all the data at once, although another batch size was requested: you
        ignore `batch_size`, or a fixed number takes its place.

        Where does your function use `batch_size`, and what should the inner loop go through?"""
        return _descend(X, y, params, lr, loss_fn, None, epochs)

    @recognized(_some_left_alone)
    def not_every_parameter_updated(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Some of the parameters are still what they were at the start. `params` may hold any
        number of arrays, and each has its gradient at the same place in `grads`.

        How can you walk through two lists in step, however long they are?"""

        def all_but_the_last(X, y, params):
            loss, grads = loss_fn(X, y, params)
            return loss, [*grads[:-1], 0 * grads[-1]]

        return _right(X, y, params, lr, all_but_the_last, batch_size, epochs, rng)

    @recognized(_all_left_alone)
    def parameters_never_updated(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """The parameters come back as they went in: the update never reaches them. In a loop,
        `param = param - step` gives the name `param` to a new array and leaves the list alone.

        What does your list hold after the loop over it, and how could the new arrays get into it?
        """
        return _right(X, y, params, 0.0, loss_fn, batch_size, epochs, rng)

    def divided_by_the_batch_size(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your steps are too small: you divided the gradients by the size of the batch. `loss_fn`
        returns the gradient of a mean, so it already contains the 1/n.

        What exactly does the update formula multiply the gradient by?"""

        def divided(X_batch, y_batch, params):
            loss, grads = loss_fn(X_batch, y_batch, params)
            return loss, [grad / len(X_batch) for grad in grads]

        return _right(X, y, params, lr, divided, batch_size, epochs, rng)

    @recognized(_other_default_size)
    def another_default_batch_size(X, y, params, lr, loss_fn, batch_size=16, epochs=1, rng=None):
        """By default, batches should hold 32 examples; yours have another size.

        What does the first line of your function say about `batch_size`?"""
        return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)

    @recognized(_rest_left_out)
    def last_batch_not_used(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """There are fewer updates than batches: you never train on what is left over after the full
        batches. The last batch may be shorter than the others.

        With 23 examples in batches of 5, how many updates are in one epoch?"""

        def full(X, y, batch_size):
            return [pair for pair in shuffled(X, y, batch_size) if len(pair[0]) == batch_size]

        shuffled = _shuffling(rng)
        return _descend(X, y, params, lr, loss_fn, batch_size, epochs, full)

    def only_the_first_batch_of_each_epoch(
        X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None
    ):
        """In each epoch you made one update, on the first batch, and skipped the others.

        Which line ends your inner loop early? Look at how far it is indented."""

        def first(X, y, batch_size):
            return list(shuffled(X, y, batch_size))[:1]

        shuffled = _shuffling(rng)
        return _descend(X, y, params, lr, loss_fn, batch_size, epochs, first)

    def step_without_learning_rate(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your updates subtract the gradient itself, without the learning rate.

        What is `lr` for, and where does your code use it?"""
        return _right(X, y, params, 1.0, loss_fn, batch_size, epochs, rng)

    @recognized(_own_rate)
    def learning_rate_in_the_code(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """Your updates use a fixed learning rate from your code and ignore the one you were given.

        What happens to your result when the caller doubles `lr`?"""
        return _right(X, y, params, 0.01, loss_fn, batch_size, epochs, rng)

    @recognized(_epoch_missing)
    def one_epoch_short(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You went through the data one time fewer than requested.

        How often does your outer loop run for `epochs=1`?"""
        return _right(X, y, params, lr, loss_fn, batch_size, epochs - 1, rng)

    @recognized(_epochs_doubled)
    def every_epoch_twice(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You make twice as many updates as there are batches in all the epochs.

        Which two loops, or which two calls, go through the batches of one epoch?"""
        return _right(X, y, params, lr, loss_fn, batch_size, 2 * epochs, rng)

    def one_epoch_too_many(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You went through the data one time more than requested.

        How often does your outer loop run for `epochs=1`?"""
        return _right(X, y, params, lr, loss_fn, batch_size, epochs + 1, rng)

    def start_parameters_ignored(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You start from zeros. The start parameters are an argument; the first loss is theirs.

        What are the first values of the parameters in your function, and where do they come from?
        """
        params = [0 * param for param in params]
        return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)

    def all_the_data_for_every_batch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You loop over the batches, but compute loss and gradients on all the data each time: that
        costs as much as the full batch, once per batch.

        Which X and y does your call of `loss_fn` get, and which does the loop provide?"""

        def whole(X_batch, y_batch, params):
            return loss_fn(X, y, params)

        return _right(X, y, params, lr, whole, batch_size, epochs, rng)

    def loss_of_all_the_data_noted(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
        """You recorded the loss over all the data. Record the loss of the batch that the update
        uses: it comes with the gradients and costs nothing extra.

        How many calls of `loss_fn` does one update need?"""

        def on_the_batch_and_all(X_batch, y_batch, params):
            return loss_fn(X, y, params)[0], loss_fn(X_batch, y_batch, params)[1]

        return _right(X, y, params, lr, on_the_batch_and_all, batch_size, epochs, rng)

    def best_parameters_instead_of_last(
        X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None
    ):
        """You returned the parameters with the lowest loss on your list. The answer should be those
        after the last update, whose loss is not on the list.

        After a single update, which parameters should come back: those before it or after it?"""
        seen = []

        def watched(X_batch, y_batch, params):
            loss, grads = loss_fn(X_batch, y_batch, params)
            seen.append((float(loss), params))
            return loss, grads

        _, losses = _right(X, y, params, lr, watched, batch_size, epochs, rng)
        return min(seen, key=lambda pair: pair[0])[1], losses
