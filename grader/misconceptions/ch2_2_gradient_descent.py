"""Wrong answers in chapter 2.2."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

from itertools import pairwise

import numpy as np

from . import Versions, recognized


def _error(X, y, W):
    """X W - y, in floats."""
    y_pred = (1.0 * X) @ W
    if y_pred.shape != y.shape:
        raise ValueError(f"X W has shape {y_pred.shape}, y {y.shape}")
    return y_pred - y


def _steps(X, y, W, lr, loss_fn, steps):
    """Gradient descent as it should be."""
    return _steps_by(X, y, W, [lr] * steps, loss_fn)


def _steps_by(X, y, W, rates, loss_fn):
    """Gradient descent with a learning rate for each step."""
    losses = []
    for lr in rates:
        loss, grad = loss_fn(X, y, W)
        losses.append(float(loss))
        W = W - lr * grad
    return W, losses


def _same(answer, wanted):
    W, losses = answer
    return np.allclose(W, wanted[0], atol=1e-7) and np.allclose(losses, wanted[1], atol=1e-7)


def _stands_still(answer, X, y, W, lr, loss_fn, steps=100):
    """All losses are those of the start weights, and the weights have not moved."""
    return len(answer[1]) == steps and np.ptp(answer[1]) == 0 and np.array_equal(answer[0], W)


def _looks_only_once(answer, X, y, W, lr, loss_fn, steps=100):
    """All losses are those of the start weights, but the weights have moved."""
    return len(answer[1]) > 1 and np.ptp(answer[1]) == 0 and not np.array_equal(answer[0], W)


def _has_its_own_rate(answer, X, y, W, lr, loss_fn, steps=100):
    rates = [rate for rate in (0.5, 0.1, 0.05, 0.01, 0.001, 0.0001) if not 0.5 < rate / lr < 2]
    return any(_same(answer, _steps(X, y, W, rate, loss_fn, steps)) for rate in rates)


def _always_as_many(answer, X, y, W, lr, loss_fn, steps=100):
    count = len(answer[1])
    if steps == 100 or count == steps or count not in (10, 50, 100, 200, 500, 1000):
        return False
    return _same(answer, _steps(X, y, W, lr, loss_fn, count))


def _by_hand(X, y, W, lr, loss_fn, steps, factor):
    """Steps with a gradient of the squared error, and the losses of `loss_fn`."""

    def loss_and_own_gradient(X, y, W):
        return loss_fn(X, y, W)[0], factor * X.T @ (X @ W - y)

    return _steps(X, y, W, lr, loss_and_own_gradient, steps)


def _has_its_own_gradient(answer, X, y, W, lr, loss_fn, steps=100):
    n, (_, grad) = len(X), loss_fn(X, y, W)
    factors = [1 / n, 2 / n, 1 / y.size, 2 / y.size, 1, 2]
    strange = [factor for factor in factors if not np.allclose(grad, factor * X.T @ (X @ W - y))]
    return any(_same(answer, _by_hand(X, y, W, lr, loss_fn, steps, factor)) for factor in strange)


def _stops_at_the_bottom(answer, X, y, W, lr, loss_fn, steps=100):
    losses = answer[1]
    still = losses[-1] < 1e-2 or (len(losses) > 1 and abs(losses[-1] - losses[-2]) < 1e-2)
    return bool(len(losses) < steps and still)


def _stops_after_one(answer, X, y, W, lr, loss_fn, steps=100):
    return steps > 1 and _same(answer, _steps(X, y, W, lr, loss_fn, 1))


def _keeps_one_loss(answer, X, y, W, lr, loss_fn, steps=100):
    """The weights are right, but only the last loss is there."""
    trained, losses = _steps(X, y, W, lr, loss_fn, steps)
    last = np.size(answer[1]) == 1 and np.allclose(answer[1], losses[-1])
    return last and (steps > 1 or np.ndim(answer[1]) == 0) and np.allclose(answer[0], trained)


def _has_another_default(answer, X, y, W, lr, loss_fn, steps=100):
    count = len(answer[1])
    if steps != 100 or count not in (5, 10, 20, 50, 200, 500, 1000, 2000, 5000, 10000):
        return False
    return _same(answer, _steps(X, y, W, lr, loss_fn, count))


class WrongMseGradient(Versions, of="mse_gradient"):
    def factor_2_missing(X, y, W):
        """Every number is half of what it should be: {got}, not {expected}. The derivative of a
        square brings a factor 2, and the mean squared error has no 1/2 to cancel it.

        What is the derivative of (w x - y)^2 with respect to w, step by step?"""
        error = _error(X, y, W)
        return (1.0 * X).T @ error / error.size

    def mean_forgotten(X, y, W):
        """This is the gradient of the sum of the squared errors. The loss is their mean, so the
        gradient is smaller by the number of entries: {got} should be {expected}.

        Which number divides the sum in `mse_loss`, and why does it stay when you differentiate?"""
        return 2 * ((1.0 * X).T @ _error(X, y, W))

    def neither_factor_2_nor_mean(X, y, W):
        """You have the core, X^T times the error, but none of the factors around it: {got}, not
        {expected}. The square brings a 2, and the mean divides by the number of entries.

        Write the loss as a sum with all its factors, then differentiate: which of them disappear?
        """
        return (1.0 * X).T @ _error(X, y, W)

    def points_downhill(X, y, W):
        """Every number has the wrong sign. The gradient points to where the loss grows; the update
        goes the other way, with its own minus.

        In the inner derivative of (X W - y)^2 with respect to W, what sign does X have?"""
        error = _error(X, y, W)
        return -2 * ((1.0 * X).T @ error) / error.size

    def averaged_over_the_examples_only(X, y, W):
        """With one output your gradient is right, but here y has several columns, and `mse_loss` is
        the mean over all its entries. You divided only by the number of rows.

        How many squared errors does the loss average when y is (5, 3)?"""
        return 2 * ((1.0 * X).T @ _error(X, y, W)) / len(X)

    def divided_by_the_size_of_x(X, y, W):
        """You divided by the number of entries of X. The loss is a mean over the errors, one per
        entry of y.

        How many numbers are averaged in `mse_loss(X @ W, y)`?"""
        return 2 * ((1.0 * X).T @ _error(X, y, W)) / X.size

    def true_values_not_subtracted(X, y, W):
        """Your gradient does not depend on y: you used the predictions in place of the errors.

        What should the gradient be when every prediction is exactly right?"""
        error = _error(X, y, W)
        return 2 * ((1.0 * X).T @ (error + y)) / error.size

    def gradient_in_the_predictions(X, y, W):
        """This is the derivative of the loss with respect to the predictions: one number per
        prediction. You need the one with respect to W, which has the shape of W.

        The predictions are X W: what does the chain rule add when you go one step further back?"""
        error = _error(X, y, W)
        return 2 * error / error.size

    def inputs_not_transposed(X, y, W):
        """X is (n, d) and the error has n rows, so the product of X and the error does not exist.
        To get one number for each of the d weights, you have to sum over the n examples.

        Which form of X has n as its second size?"""
        error = _error(X, y, W)
        return 2 * ((1.0 * X) @ error) / error.size

    def gradient_of_the_absolute_error(X, y, W):
        """Your gradient contains only the signs of the errors, as for the mean absolute error.

        What is the derivative of e^2, and does it still depend on how large e is?"""
        error = _error(X, y, W)
        return (1.0 * X).T @ np.sign(error) / error.size

    def errors_still_squared(X, y, W):
        """You square the errors in your gradient. Differentiating e^2 lowers the power: 2 e.

        Can your gradient be negative for a positive input, as it must when predictions are too low?
        """
        error = _error(X, y, W)
        return 2 * ((1.0 * X).T @ error**2) / error.size

    def gradient_in_the_inputs(X, y, W):
        """This is the derivative of the loss with respect to X, and has its shape. The data stay as
        they are; the weights should change.

        Which factor of X W is left over when you differentiate with respect to W?"""
        error = _error(X, y, W)
        return 2 * error @ W.T / error.size

    def best_weights_themselves(X, y, W):
        """You return the weights of the best fit, the solution of least squares. Asked for is the
        gradient at W, the slope of the loss there.

        Does your answer change with W, and is it 0 where W is the best fit?"""
        _error(X, y, W)
        return np.linalg.lstsq(1.0 * X, 1.0 * y, rcond=None)[0]

    def last_example_only(X, y, W):
        """Your answer is the share of the last example alone: each round of your loop replaces the
        number of the round before.

        Which operator adds to what is there already?"""
        error = _error(X, y, W)
        return 2 * np.outer(X[-1], error[-1]) / error.size


class WrongGradientDescent(Versions, of="gradient_descent"):
    def uphill(X, y, W, lr, loss_fn, steps=100):
        """Your losses grow: each step moves along the gradient, which points to larger losses.

        What sign does the gradient have in the update?"""
        return _steps(X, y, W, -lr, loss_fn, steps)

    def start_weights_changed(X, y, W, lr, loss_fn, steps=100):
        """Your answer is right, but the weights you were given have changed too: `W -= ...` writes
        into the caller's array. Nobody can start a second time from the same weights.

        How do `W -= step` and `W = W - step` differ for someone who holds the same array?"""
        losses = []
        for _ in range(steps):
            loss, grad = loss_fn(X, y, W)
            losses.append(float(loss))
            W -= lr * grad
        return W, losses

    def loss_after_the_step(X, y, W, lr, loss_fn, steps=100):
        """Your list starts with the loss after the first step. losses[i] should be the loss before
        step i, so the first one belongs to the start weights.

        At which point of the loop do you know the loss of the weights before the update?"""
        W, losses = _steps(X, y, W, lr, loss_fn, steps)
        return W, [*losses[1:], float(loss_fn(X, y, W)[0])]

    def one_loss_too_many(X, y, W, lr, loss_fn, steps=100):
        """There is one more loss than there are steps: the loss after the last step is in your list
        too. There should be one per step, taken before it.

        How many losses should there be after one single step?"""
        W, losses = _steps(X, y, W, lr, loss_fn, steps)
        return W, [*losses, float(loss_fn(X, y, W)[0])]

    def one_step_short(X, y, W, lr, loss_fn, steps=100):
        """You made one step fewer than requested.

        How often does your loop run for `steps=1`?"""
        return _steps(X, y, W, lr, loss_fn, steps - 1)

    def one_step_too_many(X, y, W, lr, loss_fn, steps=100):
        """You made one step more than requested.

        How often does your loop run for `steps=1`?"""
        return _steps(X, y, W, lr, loss_fn, steps + 1)

    def loss_in_place_of_gradient(X, y, W, lr, loss_fn, steps=100):
        """You subtracted the loss from the weights. The loss is a single number that says how wrong
        they are; the gradient says which way each of them should go.

        Which of the two values that `loss_fn` returns has the shape of W?"""
        losses = []
        for _ in range(steps):
            loss, _ = loss_fn(X, y, W)
            losses.append(float(loss))
            W = W - lr * loss
        return W, losses

    def divided_by_the_learning_rate(X, y, W, lr, loss_fn, steps=100):
        """You divided the gradient by the learning rate, so a small rate makes large steps.

        Should a smaller `lr` make the steps smaller or larger?"""
        return _steps(X, y, W, 1 / lr, loss_fn, steps)

    def best_weights_instead_of_last(X, y, W, lr, loss_fn, steps=100):
        """You returned the weights with the lowest loss in your list. The answer should be the
        weights after the last step, whose loss is no longer recorded.

        After a single step, which weights should come back: those before it or those after it?"""
        path, losses = [W], []
        for _ in range(steps):
            W, loss = _steps(X, y, W, lr, loss_fn, 1)
            path.append(W)
            losses += loss
        return path[int(np.argmin(losses))], losses

    @recognized(_has_its_own_gradient)
    def gradient_by_hand(X, y, W, lr, loss_fn, steps=100):
        """Your losses come from `loss_fn`, but your code computes the gradient itself, with the
        formula for the squared error. With another loss the two do not belong together.

        `loss_fn(X, y, W)` returns two things: what is the second?"""
        return _by_hand(X, y, W, lr, loss_fn, steps, 1 / len(X))

    def loss_fn_given_the_predictions(X, y, W, lr, loss_fn, steps=100):
        """You called `loss_fn` with the predictions X W and y, like `mse_loss`. Here it is a
        function of three arguments that computes the predictions itself.

        What does `loss_fn` take and return, according to the docstring?"""
        try:
            loss_fn(X @ W, y)
        except TypeError as error:  # a learner's function sees a ValueError
            raise ValueError(str(error)) from None
        return _steps(X, y, W, lr, loss_fn, steps)

    def loss_fn_ignored(X, y, W, lr, loss_fn, steps=100):
        """You always minimize the squared error, whatever loss you are given. `loss_fn` returns
        both the loss and its gradient, so the same loop can serve every model of the course.

        What does `loss_fn(X, y, W)` return, and where does your code call it?"""

        def squared_error(X, y, W):
            error = X @ W - y
            return np.mean(error**2), 2 * X.T @ error / error.size

        return _steps(X, y, W, lr, squared_error, steps)

    def step_divided_by_the_examples(X, y, W, lr, loss_fn, steps=100):
        """Your steps are too small by the number of examples: you divided the gradient by it. The
        gradient that `loss_fn` returns already contains the 1/n of the mean.

        What exactly does the update formula multiply the gradient by?"""
        return _steps(X, y, W, lr / len(X), loss_fn, steps)

    @recognized(_stops_at_the_bottom)
    def stops_when_little_changes(X, y, W, lr, loss_fn, steps=100):
        """Your loop ends early, when the loss is small or hardly changes any more. The caller asks
        for a number of steps and gets as many losses.

        Which line leaves the loop, and does the docstring speak of such a condition?"""
        W, losses = _steps(X, y, W, lr, loss_fn, steps)
        return W, losses[:1] if losses[0] < 1e-3 else losses

    @recognized(_stops_after_one)
    def return_inside_the_loop(X, y, W, lr, loss_fn, steps=100):
        """You made only one step, whatever number was requested. That happens when `return` is
        inside the loop: the function ends in the first round.

        How far is your `return` indented, and which line should it align with?"""
        return _steps(X, y, W, lr, loss_fn, min(steps, 1))

    def every_step_twice(X, y, W, lr, loss_fn, steps=100):
        """You take twice as many steps as were requested.

        Which two loops, or which two updates in one loop, does your code have?"""
        return _steps(X, y, W, lr, loss_fn, 2 * steps)

    @recognized(_keeps_one_loss, of_form=True)
    def only_the_last_loss(X, y, W, lr, loss_fn, steps=100):
        """You returned only the last loss. The answer should contain the loss of every step.

        Where can you store a number in each round of the loop?"""
        W, losses = _steps(X, y, W, lr, loss_fn, steps)
        return W, losses[-1]

    def learning_rate_forgotten(X, y, W, lr, loss_fn, steps=100):
        """Your steps are the gradient itself, without the learning rate. With {got}, not {expected}
        you are not where a step of the requested length leads.

        What is `lr` for, and where does your code use it?"""
        return _steps(X, y, W, 1.0, loss_fn, steps)

    @recognized(_has_its_own_rate)
    def learning_rate_hard_coded(X, y, W, lr, loss_fn, steps=100):
        """Your steps use a fixed learning rate from your code and ignore the one you were given.

        What happens to your result when the caller doubles `lr`?"""
        return _steps(X, y, W, 0.01, loss_fn, steps)

    @recognized(_always_as_many)
    def number_of_steps_hard_coded(X, y, W, lr, loss_fn, steps=100):
        """Your code contains a fixed number of steps and ignores the one you were given.

        Which argument says how often the loop should run?"""
        return _steps(X, y, W, lr, loss_fn, 100)

    @recognized(_has_another_default)
    def another_default_for_steps(X, y, W, lr, loss_fn, steps=1000):
        """The default number of steps should be 100; yours is another number.

        What does the first line of your function say about `steps`?"""
        return _steps(X, y, W, lr, loss_fn, steps)

    @recognized(_stands_still)
    def never_moves(X, y, W, lr, loss_fn, steps=100):
        """All your losses are equal and the weights are those of the start: no update reaches W.

        Which variable holds the new weights, and which one does the next round use?"""
        return 1.0 * W, _steps(X, y, W, 0.0, loss_fn, steps)[1]

    @recognized(_looks_only_once)
    def gradient_of_the_start_weights_only(X, y, W, lr, loss_fn, steps=100):
        """All your losses are the same number although W has moved: you computed loss and gradient
        only for the start weights. After each step the slope is different.

        Which calls have to happen again in every round of the loop, and with which weights?"""
        loss, grad = loss_fn(X, y, W)
        return W - steps * lr * grad, [float(loss)] * steps

    def start_weights_ignored(X, y, W, lr, loss_fn, steps=100):
        """You start from zeros. The first loss should be that of the argument W: {expected}.

        What is the first value of W in your function, and where does it come from?"""
        return _steps(X, y, np.zeros_like(W), lr, loss_fn, steps)

    def one_example_per_step(X, y, W, lr, loss_fn, steps=100):
        """Each of your steps looks at a single example. In this chapter every step uses all the
        data; small batches come in the next one.

        Which X and y should `loss_fn` get?"""
        losses = []
        for i in range(steps):
            one = [i % len(X)]
            loss, grad = loss_fn(X[one], y[one], W)
            losses.append(float(loss))
            W = W - lr * grad
        return W, losses


class WrongGridSearch(Versions, of="grid_search"):
    def loss_instead_of_candidate(loss, candidates):
        """You returned the lowest loss. The answer should be the candidate that has it.

        When you find a lower loss than before, which two things do you need to remember?"""
        return min(loss(candidate) for candidate in candidates)

    def highest_loss(loss, candidates):
        """You returned the candidate with the highest loss, which is the worst one.

        Does a good candidate have a large or a small loss?"""
        return max(candidates, key=loss)

    def position_instead_of_candidate(loss, candidates):
        """You returned the position of the best candidate, not the candidate itself.

        How do you get from a position to what is stored there?"""
        return int(np.argmin([loss(candidate) for candidate in candidates]))

    def first_candidate(loss, candidates):
        """You returned the first candidate. Either `return` is inside the loop, so that the
        function ends before it has seen the others, or no other candidate ever counts as better.

        How often does your loop run, and which number is each loss compared with?"""
        return candidates[0]

    def best_loss_not_remembered(loss, candidates):
        """You compare every candidate with the loss of the first one, because you never update the
        best loss so far: the last candidate that beats the first one wins.

        When you find a better candidate, what has to change in addition to the candidate?"""
        best = candidates[0]
        for candidate in candidates[1:]:
            if loss(candidate) < loss(candidates[0]):
                best = candidate
        return best

    def last_candidate(loss, candidates):
        """You returned the last candidate. Either each candidate replaces the one before, whatever
        its loss, or you never update the best loss and every candidate beats the start value.

        When you find a better candidate, which two things must you remember, and only when?"""
        return candidates[-1]

    def none_for_any_candidates(loss, candidates):
        """You returned None. Either there is no `return` at the end, or no candidate ever counts as
        better than what the search starts with.

        Print the candidate and its loss where your code accepts a new best one: how often does it
        get there? And what is the last line of your function?"""
        return None

    def smallest_candidate(loss, candidates):
        """You compared the candidates themselves and returned the smallest. Compare their losses.

        Where in your function do you call `loss`?"""
        return min(candidates)

    def best_loss_starts_too_low(loss, candidates):
        """Your search starts with a best loss that looks large, but every loss here is larger
        still: no candidate beats it, and None comes back.

        Which number is above every loss? Or: which candidate could you start from?"""
        best, lowest = None, 1e9
        for candidate in candidates:
            if loss(candidate) < lowest:
                best, lowest = candidate, loss(candidate)
        return best

    def best_loss_starts_at_zero(loss, candidates):
        """Your search starts with a best loss of 0, and no loss here is below that: you never
        accept a candidate, and None comes back.

        Which number is above every loss? Or: which candidate could you start from?"""
        best, lowest = None, 0.0
        for candidate in candidates:
            if loss(candidate) < lowest:
                best, lowest = candidate, loss(candidate)
        return best

    def first_loss_taken_for_zero(loss, candidates):
        """Your search starts from the first candidate but with a best loss of 0, not with the loss
        of that candidate. No loss here is below 0, so nothing ever replaces it.

        Which loss belongs to the candidate that you start from?"""
        best, lowest = candidates[0], 0.0
        for candidate in candidates:
            if loss(candidate) < lowest:
                best, lowest = candidate, loss(candidate)
        return best

    def candidates_sorted_in_place(loss, candidates):
        """Your answer is right, but `sort` has reordered the caller's list.

        Do you need all candidates in order if you only want the best one?"""
        candidates.sort(key=loss)
        return candidates[0]

    def stops_at_the_first_rise(loss, candidates):
        """Your search ends as soon as the next candidate is worse. There may be a better one
        further on: brute force tries them all.

        What ends your loop early?"""
        for candidate, following in pairwise(candidates):
            if loss(following) > loss(candidate):
                return candidate
        return candidates[-1]

    def candidate_and_loss(loss, candidates):
        """You returned the best candidate with its loss. The answer should be the candidate alone.

        What would someone who writes `W = grid_search(loss, candidates)` get?"""
        best = min(candidates, key=loss)
        return best, loss(best)

    def last_candidate_not_tried(loss, candidates):
        """You never tried the last candidate: your loop ends one too early.

        Which numbers does your `range` count for five candidates?"""
        return min(candidates[:-1] or candidates, key=loss)

    def size_of_the_loss(loss, candidates):
        """You compared the absolute values of the losses. A loss of -900 is lower than a loss of 1.

        Which of the losses -3, 1 and 2 is the lowest?"""
        return min(candidates, key=lambda candidate: abs(loss(candidate)))

    def compared_with_the_one_before(loss, candidates):
        """You compare each candidate with the one before it, not with the best so far. The last one
        that is better than its neighbor wins.

        Which loss does your loop remember from one round to the next?"""
        best = candidates[0]
        for candidate, following in pairwise(candidates):
            if loss(following) < loss(candidate):
                best = following
        return best

    def first_better_candidate(loss, candidates):
        """You return the first candidate that beats the one you start from. A later one may be
        better still: brute force tries them all.

        Which line ends your loop, and is it reached before all candidates were tried?"""
        for candidate in candidates[1:]:
            if loss(candidate) < loss(candidates[0]):
                return candidate
        return candidates[0]

    def last_of_equal_candidates(loss, candidates):
        """Several candidates have the lowest loss, and you return the last of them. The docstring
        asks for the first.

        Do you compare with `<=`, or does a dictionary keep only the last candidate of each loss?"""
        best, lowest = None, np.inf
        for candidate in candidates:
            value = loss(candidate)
            if value <= lowest:
                best, lowest = candidate, value
        return best

    def losses_cut_to_integers(loss, candidates):
        """You compare the losses without their decimals: 0.9 and 0.1 count as equal.

        Which `int` or `//` is on the way from `loss` to your comparison?"""
        return min(candidates, key=lambda candidate: int(loss(candidate)))
