"""Wrong `train_regularized_mlp`; mistakes of every training are in `families/`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions, recognized
from ..pieces import TrainRegularizedMlp
from ..reference import minibatches
from ..shows.regularized import (
    FirstStep,
    decays,
    keeps_the_same_units,
    leaves_out,
    penalizes_biases,
    scales_afterwards,
    shrinks,
)


def _after_one_step(test):
    """`test(step, run)` on what one step on one example reveals."""
    return lambda run: test(FirstStep(run), run)


def _ones(mask, i):
    return np.ones_like(mask)


def _binary(mask, i):
    return (mask > 0).astype(mask.dtype)


def _no_dropout(step, run):
    return run.p < 1 and step.fits([np.ones_like(kept, run.X.dtype) for kept in step.kept])


def _only_first(mask, i):
    return mask if i == 0 else np.ones_like(mask)


def _first_alone(step, run):
    masks = [_only_first(mask, i) for i, mask in enumerate(step.right())]
    return len(run.hidden) > 1 and step.fits(masks)


def _last_alone(step, run):
    masks = step.right()
    return len(run.hidden) > 1 and step.fits([*map(np.ones_like, masks[:-1]), masks[-1]])


def _inverted(step, run):
    return abs(run.p - 0.5) > 0.05 and step.fits([kept / (1 - run.p) for kept in step.kept])


def _inputs_too(step, run):
    kept = np.abs(step.taken[0]).max(axis=1) > 1e-12
    return run.p < 1 and step.fits(step.right(), X=run.X * kept / run.p)


def _outputs_too(step, run):
    """The output's biases show by which factors the probabilities were multiplied."""
    A = step.gradients(step.right())[-1] + run.y[0]
    factors = (step.taken[-1] + run.y[0]) / A
    dropped, kept = (np.isclose(factors, each, atol=1e-3) for each in (0, 1 / run.p))
    return run.p < 1 and (dropped | kept).all()


def _other_masks(step, run):
    grads = step.gradients(step.right())
    forward = all(map(np.allclose, step.taken[-2:], grads[-2:]))
    back = step.taken[-3] != 0  # where the gradient of the last hidden layer is not cut off
    dropped, alive = ~step.kept[-1][0], step.alive()[-1][0]
    missing = (~back & (grads[-3] != 0)).any()
    fresh = (back[dropped].any() or missing) and not back[~alive].any()
    return forward and bool(fresh) and not step.fits(step.right(), back=_ones)


def _no_slope(step, run):
    if step.fits(step.right(), slope=False):
        return True
    # A dead unit hides whether it was kept, but lets a gradient through.
    grads = step.gradients(step.right())
    if not all(map(np.allclose, step.taken[-2:], grads[-2:])):
        return False
    kept = [(step.taken[2 * i + 1] != 0)[None] for i in range(len(step.kept))]
    return step.fits([k / run.p for k in kept], slope=False)


def _penalty(factor):
    """A piece whose gradient of the penalty is the right one times `factor(n, size)`."""
    return {"penalty": lambda W, lambda_, n: 2 * lambda_ * W * factor(n, W.size)}


def _unpenalized(train, place):
    """A `step` that takes the penalty's gradient off again for the parameter at this place."""
    grown = 2 * train.lr * train.lambda_
    return lambda i, param, grad: param - train.lr * grad + (i == place) * grown * param


class WrongTrainRegularizedMlp(Versions, of=TrainRegularizedMlp):
    @recognized(_after_one_step(_no_dropout))
    def dropout_never_used(train):
        """Your training never drops a unit, whatever `p` says.

        Which arrays should go through `dropout` in the forward pass, and how do you use its answer?
        """
        return train(p=1.0)

    @recognized(_after_one_step(lambda s, run: s.drops() and s.fits(s.right(), back=_ones)))
    def mask_missing_on_the_way_back(train):
        """You drop units in the forward pass, but the gradient goes back through all of them.

        What did the forward pass multiply activations by, and so what must their gradient be?"""
        return train(how={"back": _ones})

    @recognized(_after_one_step(lambda s, run: s.drops() and s.fits(s.right(), back=_binary)))
    def mask_unscaled_on_the_way_back(train):
        """The gradient goes back through the kept units, but unlike them it is not divided by p.
        Perhaps only the slope of the ReLU, not the mask, keeps the dropped units out.

        What did the forward pass multiply the activations of a kept unit by?"""
        return train(how={"back": _binary})

    @recognized(
        _after_one_step(lambda s, run: s.drops() and s.fits([1.0 * kept for kept in s.kept]))
    )
    def kept_units_not_scaled(train):
        """Your training drops units but does not divide the remaining ones by p. Predictions use
        all units, so the next layer then gets more than it ever saw in training.

        What should happen to the remaining units, so that the next layer gets as much on average?
        """
        return train(how={"forward": _binary})

    @recognized(_after_one_step(_first_alone))
    def dropout_on_the_first_layer_only(train):
        """You drop units of the first hidden layer, but never those of the others.

        Which layers should dropout act on, and which of them does your loop reach?"""
        return train(how={"forward": _only_first})

    @recognized(_after_one_step(_last_alone))
    def dropout_on_the_last_layer_only(train):
        """You drop units of the last hidden layer, but never those of the others.

        Which layers should dropout act on, and which of them does your loop reach?"""
        last = len(train.hidden) - 1
        return train(how={"forward": lambda mask, i: mask if i == last else np.ones_like(mask)})

    @recognized(_after_one_step(_inverted))
    def p_used_as_drop_probability(train):
        """Your training keeps a unit with probability 1 - p, but it should be `p`.

        For p = 0.8, which share of the hidden units should take part in a step?"""
        return train(p=max(1 - train.p, 1e-3))

    @recognized(_after_one_step(_inputs_too))
    def inputs_dropped_too(train):
        """Your training also drops pixels, but dropout acts on the hidden layers only.

        Which array goes through `dropout` first in your forward pass, and is it a hidden layer's?
        """
        p = train.p

        def holes(X, y, batch_size, rng):
            batches = minibatches(X, y, batch_size, rng)
            return [
                (x * (rng.random(x.shape) < p) / x.dtype.type(p), labels) for x, labels in batches
            ]

        return train(batches=holes)

    @recognized(_after_one_step(_outputs_too))
    def outputs_dropped_too(train):
        """Your training also drops probabilities of the output, but dropout acts on the hidden
        layers only. Whatever is left of a row does not sum to 1 any more.

        Does your loop treat the last layer like the others, and is it a hidden layer?"""
        rng, p = np.random.default_rng(1), train.p

        def error(A, y):
            return A * (rng.random(A.shape) < p) / A.dtype.type(p) - y

        return train(how={"error": error})

    @recognized(scales_afterwards)
    def weights_scaled_after_training(train):
        """After training you multiply the weights by p, as if units were to be scaled down for
        predictions. But `dropout` has already divided the kept units by p in training.

        By what did training multiply a kept unit, and what remains to be done for predictions?"""
        params, losses = train()
        return [params[0], *(p * train.p if p.ndim == 2 else p for p in params[1:])], losses

    @recognized(_after_one_step(_other_masks))
    def other_masks_on_the_way_back(train):
        """The gradient goes back through other units than the kept ones: you draw new masks.

        How many masks does a layer need in one step, and where can the forward pass leave them?"""
        rng, p = np.random.default_rng(train.rng), train.p

        def new(mask, i):
            return ((rng.random(mask.shape) < p) / p).astype(mask.dtype)

        return train(rng=rng, how={"back": new})

    @recognized(_after_one_step(_no_slope))
    def relu_left_out_on_the_way_back(train):
        """The gradient goes back through the masks but not through the ReLU.

        What does the ReLU do to the gradient where its input was below 0?"""
        return train(how={"slope": False})

    @recognized(shrinks(lambda lr, lambda_, n, size: 1.0))
    def penalty_without_effect(train):
        """The penalty does not move the weights: with any `lambda_` they end up where they would
        without it. Adding it to the loss changes the numbers you print, not the steps.

        Which function of this chapter belongs to the gradients, and where do you use it?"""
        return train(how=_penalty(lambda n, size: 0))

    @recognized(shrinks(lambda lr, lambda_, n, size: 1 - lr * lambda_))
    def half_of_the_penalty_gradient(train):
        """The penalty moves the weights half as far as it should: your step seems to use lambda W.

        What is the derivative of lambda times the square of w?"""
        return train(how=_penalty(lambda n, size: 0.5))

    @recognized(shrinks(lambda lr, lambda_, n, size: 1 + 2 * lr * lambda_))
    def penalty_with_the_wrong_sign(train):
        """The penalty makes your weights grow, but it should make them smaller.

        Do you add the gradient of the penalty to that of the loss, or subtract it?"""
        return train(how=_penalty(lambda n, size: -1))

    @recognized(shrinks(lambda lr, lambda_, n, size: 1 - 2 * lr * lambda_ / n))
    def penalty_divided_by_the_batch(train):
        """You divide the gradient of the penalty by the number of examples in the batch. The 1/n
        belongs to the loss of the data; the penalty is added to that mean as it is.

        In which line do you divide by n, and what does the sum already contain there?"""
        return train(how=_penalty(lambda n, size: 1 / n))

    @recognized(shrinks(lambda lr, lambda_, n, size: 1 - 2 * lr * lambda_ / size))
    def penalty_averaged_over_weights(train):
        """You divide the gradient of the penalty by the number of weights, so hardly anything is
        left of it. The penalty is a sum, not a mean.

        What does your code divide the gradient of the penalty by, and why?"""
        return train(how=_penalty(lambda n, size: 1 / size))

    @recognized(shrinks(lambda lr, lambda_, n, size: 1 - 2 * lambda_))
    def penalty_without_learning_rate(train):
        """You subtract the gradient of the penalty from the weights as it is, without `lr`.

        The penalty is part of the loss: what does a step multiply its gradient by?"""
        return train(how=_penalty(lambda n, size: 1 / train.lr if train.lr else 0.0))

    @recognized(decays)
    def weights_multiplied_by_one_minus_lambda(train):
        """After each step you multiply the weights by 1 - lambda. The penalty belongs to the loss:
        its gradient is 2 lambda W, and a step multiplies it by `lr`.

        Which factor of W does a step down the gradient of the penalty leave?"""

        def step(i, param, grad):
            return (param - train.lr * grad) * (1 - train.lambda_ * (param.ndim == 2))

        return train(how=_penalty(lambda n, size: 0), step=step)

    @recognized(leaves_out(-1))
    def last_weights_not_penalized(train):
        """The penalty acts on the hidden layers, but not on the weights of the last layer.

        In which line do you add the gradient of the penalty, and does that line run for each layer?
        """
        return train(step=_unpenalized(train, 2 * len(train.hidden)))

    @recognized(leaves_out(0))
    def first_weights_not_penalized(train):
        """The penalty acts on all layers but the first, whose weights it leaves as they are.

        In which line do you add the gradient of the penalty, and does that line run for each layer?
        """
        return train(step=_unpenalized(train, 0))

    @recognized(penalizes_biases)
    def biases_penalized_too(train):
        """The penalty holds the biases back too: they move less far than the loss alone moves them.

        Which arrays of `params` does your penalty loop over, and which of them are weights?"""
        shrunk = 2 * train.lr * train.lambda_
        return train(step=lambda i, param, grad: param - train.lr * grad - i % 2 * shrunk * param)

    @recognized(keeps_the_same_units)
    def masks_drawn_once(train):
        """You drop the same units in every update, so the network trains with fewer units instead
        of learning not to rely on any.

        How often does your training call `dropout`, and does each call go on with the same `rng`?
        """
        return train(loss_fn=lambda *batch: train.right_loss(np.random.default_rng(1))(*batch))
