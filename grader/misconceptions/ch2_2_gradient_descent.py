"""Wrong answers in chapter 2.2."""

from itertools import pairwise

import numpy as np

from . import wrong


def _error(X, y, W):
    """X W - y, in floats."""
    y_pred = (1.0 * X) @ W
    if y_pred.shape != y.shape:
        raise ValueError(f"X W has shape {y_pred.shape}, y {y.shape}")
    return y_pred - y


def _steps(X, y, W, lr, loss_fn, steps):
    """Gradient descent as it should be."""
    losses = []
    for _ in range(steps):
        loss, grad = loss_fn(X, y, W)
        losses.append(float(loss))
        W = W - lr * grad
    return W, losses


def _same(answer, wanted):
    W, losses = answer
    return np.allclose(W, wanted[0], atol=1e-7) and np.allclose(losses, wanted[1], atol=1e-7)


def _stands_still(answer, X, y, W, lr, loss_fn, steps=100):
    """All losses are those of the start weights, and it has not moved from there."""
    return len(answer[1]) == steps and np.ptp(answer[1]) == 0 and np.array_equal(answer[0], W)


def _looks_only_once(answer, X, y, W, lr, loss_fn, steps=100):
    """All losses are those of the start weights, and yet it has moved."""
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


def _stops_after_one(answer, X, y, W, lr, loss_fn, steps=100):
    return steps > 1 and _same(answer, _steps(X, y, W, lr, loss_fn, 1))


def _keeps_one_loss(answer, X, y, W, lr, loss_fn, steps=100):
    """The weights are right, and of the losses there is but the last."""
    trained, losses = _steps(X, y, W, lr, loss_fn, steps)
    last = np.size(answer[1]) == 1 and np.allclose(answer[1], losses[-1])
    return last and (steps > 1 or np.ndim(answer[1]) == 0) and np.allclose(answer[0], trained)


def _has_another_default(answer, X, y, W, lr, loss_fn, steps=100):
    count = len(answer[1])
    if steps != 100 or count not in (5, 10, 20, 50, 200, 500, 1000, 2000, 5000, 10000):
        return False
    return _same(answer, _steps(X, y, W, lr, loss_fn, count))


@wrong("mse_gradient")
def factor_2_missing(X, y, W):
    """Every number is half of what it should be: {got} for {expected}. The derivative of a square
    brings a factor 2, and the mean squared error has no 1/2 that would cancel it.

    What is the derivative of (w x - y)^2 in w, step by step?
    """
    error = _error(X, y, W)
    return (1.0 * X).T @ error / error.size


@wrong("mse_gradient")
def mean_forgotten(X, y, W):
    """This is the gradient of the sum of the squared errors. The loss is their mean, so the
    gradient is smaller by the number of entries: {got} should be {expected}.

    Which number divides the sum in `mse_loss`, and why does it stay when you differentiate?
    """
    return 2 * ((1.0 * X).T @ _error(X, y, W))


@wrong("mse_gradient")
def neither_factor_2_nor_mean(X, y, W):
    """You have the core, X^T times the error, but none of the factors around it: {got} for
    {expected}. The square brings a 2 and the mean divides by the number of entries.

    Write the loss as a sum with all its factors, then differentiate it: which of them disappear?
    """
    return (1.0 * X).T @ _error(X, y, W)


@wrong("mse_gradient")
def points_downhill(X, y, W):
    """Every number has the wrong sign. The gradient points to where the loss grows; it is the
    update that goes the other way, with its own minus.

    In the inner derivative of (X W - y)^2 in W, which sign has X?
    """
    error = _error(X, y, W)
    return -2 * ((1.0 * X).T @ error) / error.size


@wrong("mse_gradient")
def averaged_over_the_examples_only(X, y, W):
    """With one output your gradient is right, but here y has several columns, and `mse_loss` is the
    mean over all its entries. You divided by the number of rows only.

    How many squared errors does the loss average when y is (5, 3)?
    """
    return 2 * ((1.0 * X).T @ _error(X, y, W)) / len(X)


@wrong("mse_gradient")
def divided_by_the_size_of_x(X, y, W):
    """You divided by the number of entries of X. The loss is a mean over the errors, and there are
    as many errors as entries in y.

    How many numbers are averaged in `mse_loss(X @ W, y)`?
    """
    return 2 * ((1.0 * X).T @ _error(X, y, W)) / X.size


@wrong("mse_gradient")
def true_values_not_subtracted(X, y, W):
    """Your gradient does not depend on y: you used the predictions where the errors belong.

    What should the gradient be when every prediction is exactly right?
    """
    error = _error(X, y, W)
    return 2 * ((1.0 * X).T @ (error + y)) / error.size


@wrong("mse_gradient")
def gradient_in_the_predictions(X, y, W):
    """This is the derivative of the loss with respect to the predictions: one number for each
    prediction. Asked for is the one with respect to W, shaped like W.

    The predictions are X W: what comes in from the chain rule when you go one step further back?
    """
    error = _error(X, y, W)
    return 2 * error / error.size


@wrong("mse_gradient")
def inputs_not_transposed(X, y, W):
    """X is (n, d) and the error has n rows, so the product X times error does not exist. To collect
    something for each of the d weights you have to sum over the n examples.

    Which form of X has n as its second size?
    """
    error = _error(X, y, W)
    return 2 * ((1.0 * X) @ error) / error.size


@wrong("mse_gradient")
def gradient_of_the_absolute_error(X, y, W):
    """Only the signs of the errors are in your gradient, not their sizes: that belongs to the mean
    absolute error.

    What is the derivative of e^2, and does it still know how large e is?
    """
    error = _error(X, y, W)
    return (1.0 * X).T @ np.sign(error) / error.size


@wrong("mse_gradient")
def errors_still_squared(X, y, W):
    """The errors are squared in your gradient. Differentiating a square takes the power down by
    one: from e^2 to 2 e.

    Can your gradient be negative for a positive input, as it must be when predictions are too
    small?
    """
    error = _error(X, y, W)
    return 2 * ((1.0 * X).T @ error**2) / error.size


@wrong("gradient_descent")
def uphill(X, y, W, lr, loss_fn, steps=100):
    """Your losses grow: each step goes with the gradient, which points to where the loss is larger.

    Which sign has the gradient in the update?
    """
    return _steps(X, y, W, -lr, loss_fn, steps)


@wrong("gradient_descent")
def start_weights_changed(X, y, W, lr, loss_fn, steps=100):
    """The answer is right, but the weights that were handed to you are changed as well: `W -= ...`
    writes into the array of the caller. Whoever wants to start a second time from the same weights
    cannot.

    What is the difference between `W -= step` and `W = W - step` for someone who holds the same
    array?
    """
    losses = []
    for _ in range(steps):
        loss, grad = loss_fn(X, y, W)
        losses.append(float(loss))
        W -= lr * grad
    return W, losses


@wrong("gradient_descent")
def loss_after_the_step(X, y, W, lr, loss_fn, steps=100):
    """Your list starts with the loss after the first step. losses[i] should be the loss before step
    i, so the first one is that of the start weights.

    At which point of the loop do you know the loss for the weights as they are before the update?
    """
    W, losses = _steps(X, y, W, lr, loss_fn, steps)
    return W, [*losses[1:], float(loss_fn(X, y, W)[0])]


@wrong("gradient_descent")
def one_loss_too_many(X, y, W, lr, loss_fn, steps=100):
    """There is one loss more than there are steps: the loss after the last step is in the list too.
    Asked for is one for each step, taken before it.

    How many losses should there be after one single step?
    """
    W, losses = _steps(X, y, W, lr, loss_fn, steps)
    return W, [*losses, float(loss_fn(X, y, W)[0])]


@wrong("gradient_descent")
def one_step_short(X, y, W, lr, loss_fn, steps=100):
    """You made one step less than was asked for.

    How often does your loop run for `steps=1`?
    """
    return _steps(X, y, W, lr, loss_fn, steps - 1)


@wrong("gradient_descent")
def one_step_too_many(X, y, W, lr, loss_fn, steps=100):
    """You made one step more than was asked for.

    How often does your loop run for `steps=1`?
    """
    return _steps(X, y, W, lr, loss_fn, steps + 1)


@wrong("gradient_descent")
def loss_in_place_of_gradient(X, y, W, lr, loss_fn, steps=100):
    """You subtracted the loss from the weights. The loss says how wrong they are, a single number;
    which way each of them should go is what the gradient says.

    Which of the two things that `loss_fn` returns has the shape of W?
    """
    losses = []
    for _ in range(steps):
        loss, _ = loss_fn(X, y, W)
        losses.append(float(loss))
        W = W - lr * loss
    return W, losses


@wrong("gradient_descent")
def divided_by_the_learning_rate(X, y, W, lr, loss_fn, steps=100):
    """You divided the gradient by the learning rate, so a small rate makes large steps.

    Should a smaller `lr` make the steps smaller or larger?
    """
    return _steps(X, y, W, 1 / lr, loss_fn, steps)


@wrong("gradient_descent")
def best_weights_instead_of_last(X, y, W, lr, loss_fn, steps=100):
    """You gave back the weights with the lowest loss that you noted. Asked for are the weights
    after the last step, whose loss is not noted any more.

    After a single step, which weights should come back, those before it or those after it?
    """
    path, losses = [W], []
    for _ in range(steps):
        W, loss = _steps(X, y, W, lr, loss_fn, 1)
        path.append(W)
        losses += loss
    return path[int(np.argmin(losses))], losses


@wrong("gradient_descent", recognizes=_has_its_own_gradient)
def gradient_by_hand(X, y, W, lr, loss_fn, steps=100):
    """Your losses come from `loss_fn`, but the gradient is worked out in your code, by the formula
    for the squared error. With another loss these two do not belong together.

    `loss_fn(X, y, W)` returns two things: what is the second?
    """
    return _by_hand(X, y, W, lr, loss_fn, steps, 1 / len(X))


@wrong("gradient_descent")
def loss_fn_given_the_predictions(X, y, W, lr, loss_fn, steps=100):
    """You called `loss_fn` with the predictions X W and y, like `mse_loss`. Here it is a function
    of three arguments, which makes the predictions by itself.

    What does the docstring say that `loss_fn` takes and returns?
    """
    try:
        loss_fn(X @ W, y)
    except TypeError as error:  # a learner's function is told it as a ValueError
        raise ValueError(str(error)) from None
    return _steps(X, y, W, lr, loss_fn, steps)


@wrong("gradient_descent")
def loss_fn_ignored(X, y, W, lr, loss_fn, steps=100):
    """You always minimize the squared error, whatever loss is handed in. `loss_fn` gives both the
    loss and its gradient, so one and the same loop can serve every model of the course.

    What does `loss_fn(X, y, W)` return, and where does your code call it?
    """

    def squared_error(X, y, W):
        error = X @ W - y
        return np.mean(error**2), 2 * X.T @ error / error.size

    return _steps(X, y, W, lr, squared_error, steps)


@wrong("gradient_descent")
def step_divided_by_the_examples(X, y, W, lr, loss_fn, steps=100):
    """Your steps are too small by the number of examples: you divided the gradient by it. The 1/n
    of the mean is already in the gradient that `loss_fn` gives.

    What exactly does the update formula multiply the gradient with?
    """
    return _steps(X, y, W, lr / len(X), loss_fn, steps)


@wrong("gradient_descent", recognizes=_stops_after_one)
def return_inside_the_loop(X, y, W, lr, loss_fn, steps=100):
    """There was one step only, however many were asked for. That happens when `return` stands
    inside the loop: the function ends in the first turn.

    How far is your `return` indented, and which line should it be in line with?
    """
    return _steps(X, y, W, lr, loss_fn, min(steps, 1))


@wrong("gradient_descent", recognizes=_keeps_one_loss, of_form=True)
def only_the_last_loss(X, y, W, lr, loss_fn, steps=100):
    """You gave one loss, the last one. Asked for is the loss of every step, so that one can see the
    curve go down.

    Where can you keep a number in each turn of the loop?
    """
    W, losses = _steps(X, y, W, lr, loss_fn, steps)
    return W, losses[-1]


@wrong("gradient_descent")
def learning_rate_forgotten(X, y, W, lr, loss_fn, steps=100):
    """Your steps are the gradient itself: the learning rate does not come in. With {got} for
    {expected} you are not where a step of the asked length leads.

    What is `lr` for, and where does your code use it?
    """
    return _steps(X, y, W, 1.0, loss_fn, steps)


@wrong("gradient_descent", recognizes=_has_its_own_rate)
def learning_rate_hard_coded(X, y, W, lr, loss_fn, steps=100):
    """Your steps have a fixed learning rate that stands in your code; the one that was handed to
    you is not used.

    What happens to your result when the caller doubles `lr`?
    """
    return _steps(X, y, W, 0.01, loss_fn, steps)


@wrong("gradient_descent", recognizes=_always_as_many)
def number_of_steps_hard_coded(X, y, W, lr, loss_fn, steps=100):
    """The number of steps stands in your code; the one that was asked for is not used.

    Which argument says how often the loop should run?
    """
    return _steps(X, y, W, lr, loss_fn, 100)


@wrong("gradient_descent", recognizes=_has_another_default)
def another_default_for_steps(X, y, W, lr, loss_fn, steps=1000):
    """When nobody says how many steps to make, it should be 100 of them; yours is another number.

    What stands behind `steps` in the first line of your function?
    """
    return _steps(X, y, W, lr, loss_fn, steps)


@wrong("gradient_descent", recognizes=_stands_still)
def never_moves(X, y, W, lr, loss_fn, steps=100):
    """All your losses are the same number and the weights are those of the start: the update never
    reaches W.

    In which variable does your loop keep the new weights, and which one does it use in the next
    turn?
    """
    return 1.0 * W, _steps(X, y, W, 0.0, loss_fn, steps)[1]


@wrong("gradient_descent", recognizes=_looks_only_once)
def gradient_of_the_start_weights_only(X, y, W, lr, loss_fn, steps=100):
    """All your losses are the same number although W has moved: loss and gradient were worked out
    for the start weights only. After each step the slope is another one.

    Which calls have to happen anew in every turn of the loop, and with which weights?
    """
    loss, grad = loss_fn(X, y, W)
    return W - steps * lr * grad, [float(loss)] * steps


@wrong("gradient_descent")
def start_weights_ignored(X, y, W, lr, loss_fn, steps=100):
    """You start from zeros. The start weights are an argument, and the first loss should be theirs:
    {expected}.

    What is the first value of W in your function, and where does it come from?
    """
    return _steps(X, y, np.zeros_like(W), lr, loss_fn, steps)


@wrong("gradient_descent")
def one_example_per_step(X, y, W, lr, loss_fn, steps=100):
    """Each of your steps looks at a single example. In this chapter every step uses all the data;
    small pieces of it come in the next one.

    Which X and y should `loss_fn` get?
    """
    losses = []
    for i in range(steps):
        one = [i % len(X)]
        loss, grad = loss_fn(X[one], y[one], W)
        losses.append(float(loss))
        W = W - lr * grad
    return W, losses


@wrong("grid_search")
def loss_instead_of_candidate(loss, candidates):
    """You gave the lowest loss. Asked for is the candidate that has it.

    When you find a lower loss than before, which two things do you need to remember?
    """
    return min(loss(candidate) for candidate in candidates)


@wrong("grid_search")
def highest_loss(loss, candidates):
    """You gave the candidate with the highest loss, which is the worst of them.

    Is a good candidate one with a large or with a small loss?
    """
    return max(candidates, key=loss)


@wrong("grid_search")
def position_instead_of_candidate(loss, candidates):
    """You gave the position of the best candidate in the list. Asked for is the candidate itself.

    How do you get from a position to what stands there?
    """
    return int(np.argmin([loss(candidate) for candidate in candidates]))


@wrong("grid_search")
def first_candidate(loss, candidates):
    """You gave the first candidate. That happens when `return` stands inside the loop: the function
    ends before it has seen the others.

    When can you know which candidate is the best, before or after the last one has been tried?
    """
    return candidates[0]


@wrong("grid_search")
def best_loss_not_remembered(loss, candidates):
    """Every candidate is compared with the loss of the first, since the best loss so far is never
    brought up to date: the last one that beats the first wins.

    When a better candidate is found, what has to change besides the candidate?
    """
    best = candidates[0]
    for candidate in candidates[1:]:
        if loss(candidate) < loss(candidates[0]):
            best = candidate
    return best


@wrong("grid_search")
def last_candidate(loss, candidates):
    """You gave the last candidate. Either every one of them replaces the one before, whatever its
    loss is, or the best loss so far is never brought up to date and every one beats the start
    value.

    When a better candidate is found, which two things have to be remembered, and when only?
    """
    return candidates[-1]


@wrong("grid_search")
def none_for_any_candidates(loss, candidates):
    """None comes back. Either there is no `return` at the end, or no candidate ever counts as
    better than what the search starts with.

    Print the candidate and its loss where your code takes a new best one: how often is that line
    reached? And what is the last line of your function?
    """
    return None


@wrong("grid_search")
def smallest_candidate(loss, candidates):
    """You compared the candidates themselves and gave the smallest of them. It is their losses that
    should be compared.

    Where in your function is `loss` called?
    """
    return min(candidates)


@wrong("grid_search")
def best_loss_starts_too_low(loss, candidates):
    """Your search starts with a best loss that looks large, but here every loss is larger still: no
    candidate beats it, and None comes back.

    Which number is above every loss? Or: which candidate could you start from instead of a number?
    """
    best, lowest = None, 1e9
    for candidate in candidates:
        if loss(candidate) < lowest:
            best, lowest = candidate, loss(candidate)
    return best


@wrong("grid_search")
def best_loss_starts_at_zero(loss, candidates):
    """Your search starts with a best loss of 0, and no loss here is below that: no candidate is
    ever taken, and None comes back.

    Which number is above every loss? Or: which candidate could you start from instead of a number?
    """
    best, lowest = None, 0.0
    for candidate in candidates:
        if loss(candidate) < lowest:
            best, lowest = candidate, loss(candidate)
    return best


@wrong("grid_search")
def candidates_sorted_in_place(loss, candidates):
    """The answer is right, but `sort` has put the list of the caller into another order.

    Do you need all the candidates in order, if you only want the best one?
    """
    candidates.sort(key=loss)
    return candidates[0]


@wrong("grid_search")
def stops_at_the_first_rise(loss, candidates):
    """Your search ends as soon as the next candidate is worse. There may be a better one further
    on: brute force tries them all.

    What in your loop ends it early?
    """
    for candidate, following in pairwise(candidates):
        if loss(following) > loss(candidate):
            return candidate
    return candidates[-1]


@wrong("grid_search")
def candidate_and_loss(loss, candidates):
    """You gave the best candidate together with its loss. Asked for is the candidate alone.

    What would someone get who writes `W = grid_search(loss, candidates)`?
    """
    best = min(candidates, key=loss)
    return best, loss(best)


@wrong("grid_search")
def last_candidate_not_tried(loss, candidates):
    """The last candidate was never tried: the loop ends one too early.

    Which numbers does your `range` count for five candidates?
    """
    return min(candidates[:-1] or candidates, key=loss)


@wrong("grid_search")
def size_of_the_loss(loss, candidates):
    """You compared the losses without their signs. A loss of -900 is lower than one of 1.

    Which of the losses -3, 1 and 2 is the lowest?
    """
    return min(candidates, key=lambda candidate: abs(loss(candidate)))
