"""Wrong `gradient_descent`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions, recognized


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
        """Your loop ends early, when the loss is small or hardly changes anymore. The caller asks
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
