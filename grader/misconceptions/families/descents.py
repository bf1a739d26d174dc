"""Gradient descent whose steps follow another rule than `param - lr * grad`.

For `gradient_descent` of chapters 2.2 and 2.3, and for `train_perceptron` of 3.1 if it starts from
zeros. Each mistake is recognized by going through the first steps with its rule.
"""

import copy
from dataclasses import dataclass

import numpy as np

from .. import wrong
from ..reference import logistic_loss, minibatches

PREFIX = 12  # steps are enough to tell one rule from another
ALIKE = {"rtol": 1e-6, "atol": 1e-9}


@dataclass
class Step:
    """What a rule may look at, apart from parameters and gradients."""

    lr: float
    number: int
    total: int
    epoch: int
    loss: float
    memory: dict  # of one descent


def _one_array(X, y, W, lr, loss_fn, steps=100):
    def of_a_list(X, y, params):
        loss, grad = loss_fn(X, y, params[0])
        return loss, [grad]

    return [1.0 * W], lr, of_a_list, [[(X, y)]] * steps


def _several_arrays(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    rng, batches = copy.deepcopy(np.random.default_rng(rng)), []  # each rule sees the same order
    for _ in range(epochs):
        whole = batch_size is None
        batches.append([(X, y)] if whole else list(minibatches(X, y, batch_size, rng)))
    return [1.0 * param for param in params], lr, loss_fn, batches


def _perceptron(X, y, lr, epochs, rng):
    X = 1.0 * X
    return [np.zeros((X.shape[1], 1)), np.zeros(1)], lr, logistic_loss, [[(X, y)]] * epochs


def _descend(rule, X, y, start, *args, longest=None, **options):
    """`(params, losses)`; `rule(step, params, grads)` gives the next parameters, or None to end.

    `longest` limits the number of steps.
    """
    forms = {list: _several_arrays, np.ndarray: _one_array}
    form = forms.get(type(start), _perceptron)
    params, lr, loss_fn, epochs = form(X, y, start, *args, **options)
    losses, memory = [], {}
    batches = [(epoch, batch) for epoch, batches in enumerate(epochs) for batch in batches]
    for number, (epoch, batch) in enumerate(batches[:longest]):
        loss, grads = loss_fn(*batch, params)
        new = rule(Step(lr, number, len(batches), epoch, float(loss), memory), params, grads)
        if new is None:
            break
        losses.append(float(loss))
        params = new
    return (params[0] if form is _one_array else params), losses


def _plain(step, params, grads):
    return [param - step.lr * grad for param, grad in zip(params, grads, strict=True)]


def _scaled(size):
    """Steps along `size(step)` times the gradient."""
    return lambda step, params, grads: _plain(step, params, [size(step) * grad for grad in grads])


def _with_momentum(kept, share=1.0):
    def rule(step, params, grads):
        old = step.memory.get("velocity", [0 * grad for grad in grads])
        pairs = zip(old, grads, strict=True)
        step.memory["velocity"] = [kept * before + share * grad for before, grad in pairs]
        return _plain(step, params, step.memory["velocity"])

    return rule


def _decaying(share, times_lr):
    def rule(step, params, grads):
        kept = 1 - share * (step.lr if times_lr else 1)
        return _plain(step, [kept * param for param in params], grads)

    return rule


def _clipped(limit):
    return lambda step, params, grads: _plain(
        step, params, [np.clip(grad, -limit, limit) for grad in grads]
    )


def _of_length_1(step, params, grads):
    return _plain(step, params, [grad / (np.linalg.norm(grad) + 1e-12) for grad in grads])


def _stopping(step, params, grads):
    """The loop ends when the loss rises."""
    if step.loss > step.memory.get("before", np.inf):
        return None
    step.memory["before"] = step.loss
    return _plain(step, params, grads)


def _adaptive(first, second, corrected=True):
    """Adam with these betas; RMSprop without the first."""

    def rule(step, params, grads):
        t, known = step.number + 1, step.memory
        for name, beta, power in (("m", first, 1), ("v", second, 2)):
            old = known.get(name, [0 * grad for grad in grads])
            pairs = zip(old, grads, strict=True)
            known[name] = [beta * before + (1 - beta) * grad**power for before, grad in pairs]
        left = [1 - beta**t if corrected else 1 for beta in (first, second)]
        directions = [
            (m / left[0]) / (np.sqrt(v / left[1]) + 1e-8)
            for m, v in zip(known["m"], known["v"], strict=True)
        ]
        return _plain(step, params, directions)

    return rule


def _as_arrays(params):
    return params if isinstance(params, list) else [params]


def _same_arrays(one, other):
    pairs = zip(_as_arrays(one), _as_arrays(other), strict=True)
    return all(np.allclose(*pair, **ALIKE) for pair in pairs)


def _agrees(answer, rule, args, options):
    params, losses = answer
    own, prefix = _descend(rule, *args, longest=PREFIX, **options)
    if len(losses) < len(prefix) or not np.allclose(losses[: len(prefix)], prefix, **ALIKE):
        return False
    return len(losses) > len(prefix) or _same_arrays(params, own)


def _follows(*rules):
    """Recognizes steps by one of these rules, unless the right ones look the same."""

    def recognizes(answer, *args, **options):
        if _agrees(answer, _plain, args, options):
            return False
        return any(_agrees(answer, rule, args, options) for rule in rules)

    return recognizes


def _ends_where_the_loss_rises(answer, *args, **options):
    losses = answer[1]
    if options.get("batch_size"):
        return False  # from batch to batch a loss may rise anyway
    _, prefix = _descend(_plain, *args, longest=len(losses) + 1, **options)
    rises = len(prefix) == len(losses) + 1 > 2 and prefix[-1] > prefix[-2]
    first = bool(np.all(np.diff(losses) <= 0))
    return rises and first and np.allclose(losses, prefix[:-1], **ALIKE)


def _is_a_beginning(answer, *args, **options):
    """The loop is left early; its steps so far are right."""
    losses = answer[1]
    if options.get("batch_size") or _ends_where_the_loss_rises(answer, *args, **options):
        return False
    _, prefix = _descend(_plain, *args, longest=len(losses) + 2, **options)
    early = len(prefix) == len(losses) + 2 > 3
    return early and np.allclose(losses, prefix[:-2], **ALIKE)


def _never_rises(answer, *args, **options):
    """The losses fall where those of the right steps rise."""
    losses = answer[1]
    _, prefix = _descend(_plain, *args, longest=PREFIX, **options)
    rise = next((i for i in range(1, len(prefix)) if prefix[i] > prefix[i - 1]), len(prefix))
    same = 1 < rise < len(prefix) <= len(losses) and np.allclose(losses[:rise], prefix[:rise])
    return same and bool(np.all(np.diff(losses) <= 0))


SHRINKING = [  # usual ways to make the steps shorter
    lambda i: 1 / (1 + i),
    lambda i: 1 / (1 + i) ** 0.5,
    *(lambda i, by=by: by**i for by in (0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)),
    *(lambda i, by=by: 1 / (1 + by * i) for by in (0.1, 0.01, 0.001)),
    *(
        lambda i, by=by, each=each: by ** (i // each)
        for by in (0.1, 0.5, 0.9, 0.95, 0.99)
        for each in (2, 3, 5, 10)
    ),
]
TOWARDS_THE_END = [  # by the share of the steps that is done
    lambda share: 1 - share,
    lambda share: 1 - 0.9 * share,
    lambda share: 1 - 0.5 * share,
    lambda share: (1 + np.cos(np.pi * share)) / 2,
]
SHRINKS = _follows(
    *(_scaled(lambda s, rate=rate: rate(s.number / s.total)) for rate in TOWARDS_THE_END),
    *(_scaled(lambda step, rate=rate: rate(step.number)) for rate in SHRINKING),
    *(_scaled(lambda step, rate=rate: rate(step.epoch)) for rate in SHRINKING),
)


@wrong("gradient_descent", recognizes=SHRINKS)
@wrong("train_perceptron", recognizes=SHRINKS)
def learning_rate_shrinks(*args, **options):
    """Your learning rate gets smaller from step to step. In this function it stays the same.

    Which line changes `lr`, or what do you multiply it by?"""
    return _descend(_scaled(lambda step: 1 / (1 + step.number)), *args, **options)


SHARES = [(0.9, 1.0), (0.9, 0.1), (0.5, 1.0), (0.5, 0.5), (0.95, 1.0), (0.99, 1.0), (0.8, 1.0)]
MOMENTUM = _follows(*(_with_momentum(*pair) for pair in SHARES))


@wrong("gradient_descent", recognizes=MOMENTUM)
@wrong("train_perceptron", recognizes=MOMENTUM)
def momentum_added(*args, **options):
    """Your steps carry on with a share of the step before: that is momentum, which comes in chapter
    4.5. Here a step follows the gradient at the present parameters alone.

    Which variable of your loop remembers something of the gradients before?"""
    return _descend(_with_momentum(0.9), *args, **options)


@wrong("gradient_descent", recognizes=_follows(_with_momentum(1.0)))
@wrong("train_perceptron", recognizes=_follows(_with_momentum(1.0)))
def gradients_added_up(*args, **options):
    """Each of your steps goes along the sum of all gradients so far: you add the new gradient to
    the old ones and never start again from 0.

    Where is the variable that holds the gradient set to 0, before the loop or in each round?"""
    return _descend(_with_momentum(1.0), *args, **options)


@wrong("gradient_descent", recognizes=_follows(_scaled(lambda step: 2)))
def steps_twice_as_long(*args, **options):
    """Each of your steps is twice as long as `lr` times the gradient.

    Is there a 2 in your update that the formula does not have, or do two lines subtract the step?
    """
    return _descend(_scaled(lambda step: 2), *args, **options)


def _first_gradient_again(step, params, grads):
    return _plain(step, params, step.memory.setdefault("first", grads))


@wrong("gradient_descent", recognizes=_follows(_first_gradient_again))
@wrong("train_perceptron", recognizes=_follows(_first_gradient_again))
def gradient_of_the_start_in_every_step(*args, **options):
    """Each of your steps follows the gradient at the start, although the parameters have moved on.
    Only the losses are recomputed.

    Which of the values that the loss function returns do you keep from before the loop?"""
    return _descend(_first_gradient_again, *args, **options)


def _from_the_start(step, params, grads):
    return _plain(step, step.memory.setdefault("start", params), grads)


@wrong("gradient_descent", recognizes=_follows(_from_the_start))
@wrong("train_perceptron", recognizes=_follows(_from_the_start))
def every_step_from_the_start(*args, **options):
    """Each of your steps begins at the start parameters again, not where the last step ended.

    Which name do you subtract the step from, and does your loop ever change it?"""
    return _descend(_from_the_start, *args, **options)


def _anew(step, params, grads):
    """The parameters are set back at the beginning of each epoch."""
    last = step.number == step.total - 1
    return _plain(step, params, grads) if last else params


@wrong("train_perceptron", recognizes=_follows(_anew))
def starts_anew_in_each_epoch(*args, **options):
    """All your losses are equal, and the parameters are one single step away from the start: every
    epoch begins with new parameters.

    What does your loop do first in each round, and which line belongs before the loop?"""
    return _descend(_anew, *args, **options)


DECAYS = [
    _decaying(factor * share, times_lr)
    for share in (0.1, 0.01, 0.001, 0.0001)
    for factor in (1, 2)
    for times_lr in (True, False)
]


@wrong("gradient_descent", recognizes=_follows(*DECAYS))
@wrong("train_perceptron", recognizes=_follows(*DECAYS))
def weights_decay(*args, **options):
    """In each step your parameters also lose a fixed share of themselves. That is weight decay, the
    gradient of a penalty, which the loss of this chapter does not have.

    Which term of your update does not come from the gradient of the loss?"""
    return _descend(_decaying(0.01, False), *args, **options)


LIMITS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)


@wrong("gradient_descent", recognizes=_follows(*map(_clipped, LIMITS)))
def gradients_clipped(*args, **options):
    """You cut off the entries of the gradient beyond a limit. That keeps long steps short, but the
    update here is the gradient times `lr`, however large it is.

    What would a gradient of 100 become in your code?"""
    return _descend(_clipped(1.0), *args, **options)


@wrong("gradient_descent", recognizes=_follows(_of_length_1))
@wrong("train_perceptron", recognizes=_follows(_of_length_1))
def gradients_scaled_to_length_1(*args, **options):
    """You divide the gradient by its length, so all your steps are equally long. A step should be
    short where the slope is gentle, and long where it is steep.

    By what do you divide the gradient, and does the update formula do that?"""
    return _descend(_of_length_1, *args, **options)


@wrong("gradient_descent", recognizes=_ends_where_the_loss_rises)
def stops_when_the_loss_rises(*args, **options):
    """Your loop ends as soon as the loss rises. The caller asks for a number of steps and gets as
    many losses, even of steps that are too long.

    Which line leaves the loop, and does the docstring speak of such a condition?"""
    return _descend(_stopping, *args, **options)


@wrong("gradient_descent", recognizes=_never_rises)
def steps_taken_back(*args, **options):
    """Your losses never rise, although steps of this length do climb: where a step does not help,
    you take it back, shorten it, or stop moving. Here each step is `lr` times the gradient, whether
    it helps or not.

    Which line compares two losses before it decides about the step?"""

    def rule(step, params, grads):
        known = step.memory
        if step.loss <= known.get("lowest", np.inf):
            known |= {"lowest": step.loss, "best": params, "grads": grads}
        else:
            known["factor"] = known.get("factor", 1.0) / 2
        shorter = [known.get("factor", 1.0) * grad for grad in known["grads"]]
        return _plain(step, known["best"], shorter)

    params, losses = _descend(rule, *args, **options)
    return params, np.minimum.accumulate(losses).tolist()


def _standardized(X):
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _on_standardized_inputs(answer, X, *args, **options):
    if X is None or _agrees(answer, _plain, (X, *args), options):
        return False
    return _agrees(answer, _plain, (_standardized(X), *args), options)


@wrong("gradient_descent", recognizes=_on_standardized_inputs)
@wrong("train_perceptron", recognizes=_on_standardized_inputs)
def inputs_standardized(X, *args, **options):
    """You bring each column of X to mean 0 and standard deviation 1 before the training. The
    parameters then fit those columns, and give other predictions with the X of the call.

    Which line changes X, and does the docstring ask for that?"""
    return _descend(_plain, _standardized(X), *args, **options)


ADAPTIVE = _follows(*map(_adaptive, (0.9, 0.0, 0.0), (0.999, 0.9, 0.99), (True, False, False)))


@wrong("gradient_descent", recognizes=ADAPTIVE)
@wrong("train_perceptron", recognizes=ADAPTIVE)
def adaptive_steps(*args, **options):
    """You divide each gradient by the root of its mean square, as Adam and RMSprop do. Adam comes
    in chapter 5.1; here a step is the gradient times `lr`.

    Which term of your update is not in the formula?"""
    return _descend(_adaptive(0.9, 0.999), *args, **options)


@wrong("gradient_descent", recognizes=_is_a_beginning)
def leaves_the_loop_early(*args, **options):
    """Your steps are right, but your loop ends early. The caller asks for a number of steps and
    gets as many losses.

    Which `break` or `return` leaves the loop, and does the docstring speak of such a condition?"""

    def rule(step, params, grads):
        before = step.memory.get("losses", [])
        step.memory["losses"] = [*before, step.loss][-3:]
        rises = np.diff(step.memory["losses"]) > 0
        return None if len(rises) > 1 and rises.all() else _plain(step, params, grads)

    return _descend(rule, *args, **options)
