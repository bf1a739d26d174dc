"""Wrong answers in chapter 4.4."""

import math

import numpy as np

from . import wrong
from .reference import TrainRegularizedMlp, minibatches
from .shows_regularized import FirstStep, shrinks


@wrong("l2_regularization")
def half_of_the_penalty(W, lambda_):
    """Your penalty is half of lambda times the sum of squares: `{got}` instead of `{expected}`.
    Some books include a 1/2 so that it cancels the 2 of the derivative; this course does not.

    Which factor in your formula is not in this chapter's?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2) / 2)


@wrong("l2_regularization")
def mean_of_the_squares(W, lambda_):
    """You average the squares, but you should add them up: `{got}` instead of `{expected}`.

    Which sign comes after lambda in the formula, and which NumPy function does just that?
    """
    return float(lambda_ * np.mean((1.0 * W) ** 2))


@wrong("l2_regularization")
def divided_by_the_rows(W, lambda_):
    """You divide the penalty by the number of rows of `W`: `{got}` instead of `{expected}`. It is
    not a mean over examples: the weights are the same for all of them.

    Which number in your formula is not in this chapter's?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2) / len(W))


@wrong("l2_regularization")
def halved_and_divided_by_the_rows(W, lambda_):
    """Your penalty has a factor 1/(2n), as in some books: `{got}` instead of `{expected}`. In this
    course only lambda comes before the sum.

    Which factors in your formula are not in this chapter's?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2) / (2 * len(W)))


@wrong("l2_regularization")
def absolute_values_for_squares(W, lambda_):
    """You add up absolute values, which is the L1 penalty: `{got}` instead of `{expected}`.

    What does the 2 in L2 say about each weight?
    """
    return float(lambda_ * np.sum(np.abs(1.0 * W)))


@wrong("l2_regularization")
def weights_not_squared(W, lambda_):
    """You add up the weights without squaring them: `{got}` instead of `{expected}`. Positive and
    negative ones then cancel, and the penalty can fall below 0.

    What happens to each weight before the sum?
    """
    return float(lambda_ * np.sum(1.0 * W))


@wrong("l2_regularization")
def square_of_the_sum(W, lambda_):
    """You square the sum of the weights: `{got}` instead of `{expected}`. Then 3 and -3 together
    cost nothing.

    Which comes first in the formula, the square or the sum?
    """
    return float(lambda_ * np.sum(1.0 * W) ** 2)


@wrong("l2_regularization")
def root_of_the_sum(W, lambda_):
    """Your penalty uses the length of the weights, a square root, instead of the sum of squares:
    `{got}` instead of `{expected}`.

    What does `np.linalg.norm` do after adding up the squares?
    """
    return float(lambda_ * np.sqrt(np.sum((1.0 * W) ** 2)))


@wrong("l2_regularization")
def lambda_left_out(W, lambda_):
    """Your penalty is the sum of squares, whatever `lambda_` says: `{got}` instead of `{expected}`.

    How should the penalty change when lambda is twice as large?
    """
    return float(np.sum((1.0 * W) ** 2))


@wrong("l2_regularization")
def lambda_squared(W, lambda_):
    """You square lambda together with the weights: `{got}` instead of `{expected}`.

    What does the square in the formula belong to?
    """
    return float(np.sum((lambda_ * W) ** 2))


@wrong("l2_regularization")
def one_penalty_per_column(W, lambda_):
    """You return one number per column, but the penalty is one number for the whole array.

    What does `axis` do to a sum, and how many numbers should remain?
    """
    return lambda_ * np.sum((1.0 * W) ** 2, axis=0)


@wrong("l2_regularization")
def squares_overflow(W, lambda_):
    """You square in the dtype of `W`. `uint8` holds nothing above 255, so larger squares start
    again from 0: `{got}` instead of `{expected}`.

    Which dtype should integers have before you square them?
    """
    return float(lambda_ * np.sum(W**2))


@wrong("l2_regularization")
def gradient_of_the_penalty(W, lambda_):
    """You return the gradient of the penalty, an array, but this function should return the penalty
    itself, one number.

    Which of the two functions of this chapter is this?
    """
    return 2.0 * lambda_ * W


@wrong("l2_gradient")
def factor_two_left_out(W, lambda_):
    """Your gradient is half of the right one: `{got}` instead of `{expected}`. This chapter's
    penalty has no 1/2 that could cancel the 2.

    What is the derivative of the square of w?
    """
    return 1.0 * lambda_ * W


@wrong("l2_gradient")
def lambda_not_used(W, lambda_):
    """Your gradient is the same for every `lambda_`: `{got}` instead of `{expected}`.

    What happens to a constant factor when you differentiate?
    """
    return 2.0 * W


@wrong("l2_gradient")
def weights_alone(W, lambda_):
    """Your gradient is the weights themselves, without the factors before them: `{got}` instead of
    `{expected}`.

    What is the derivative of lambda times the square of w, with respect to w?
    """
    return 1.0 * W


@wrong("l2_gradient")
def sign_turned(W, lambda_):
    """Your gradient has the wrong sign: `{got}` instead of `{expected}`. The minus belongs to the
    step of gradient descent, not to the gradient.

    If a positive weight grows, does the penalty grow or fall?
    """
    return -2.0 * lambda_ * W


@wrong("l2_gradient")
def signs_of_the_weights(W, lambda_):
    """Your gradient contains only the signs of the weights, which is right for an L1 penalty:
    `{got}` instead of `{expected}`.

    What is the derivative of the square of w, and does it depend on how large w is?
    """
    return (lambda_ * np.sign(1.0 * W)).astype((1.0 * W).dtype)


@wrong("l2_gradient")
def squares_kept(W, lambda_):
    """The weights are still squared in your gradient: `{got}` instead of `{expected}`.

    What happens to the exponent when you differentiate a square?
    """
    return lambda_ * (1.0 * W) ** 2


@wrong("l2_gradient")
def squares_doubled(W, lambda_):
    """The weights are still squared in your gradient, although the 2 has come down: `{got}` instead
    of `{expected}`.

    What happens to the exponent when you differentiate a square?
    """
    return 2.0 * lambda_ * (1.0 * W) ** 2


@wrong("l2_gradient")
def penalty_itself(W, lambda_):
    """You return the penalty, one number, but its gradient has one number per weight.

    Which shape must a gradient have so that you can subtract it from `W`?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2))


@wrong("l2_gradient")
def gradient_summed(W, lambda_):
    """You add up the gradient over all weights, but it should have one number per weight.

    The penalty is a sum over all weights: how much of it depends on a single one?
    """
    return float(2 * lambda_ * np.sum(1.0 * W))


@wrong("l2_gradient")
def gradient_divided_by_the_rows(W, lambda_):
    """You divide your gradient by the number of rows of `W`: `{got}` instead of `{expected}`.

    Does the penalty, whose gradient this is, contain such a division?
    """
    return 2.0 * lambda_ * W / len(W)


@wrong("l2_gradient")
def gradient_divided_by_the_entries(W, lambda_):
    """Your gradient is that of the mean of the squares: `{got}` instead of `{expected}`. The
    penalty is their sum.

    What do you divide the gradient by, and does the penalty contain that division?
    """
    return 2.0 * lambda_ * W / W.size


@wrong("l2_gradient")
def doubling_overflows(W, lambda_):
    """You double the weights in their own dtype. `uint8` holds nothing above 255, so larger numbers
    start again from 0: `{got}` instead of `{expected}`.

    In which order could you multiply, so that small integers become floats first?
    """
    return (2 * W) * lambda_


def _parts(answer):
    """`(A_dropped, mask)`, or an exception when the answer is something else."""
    if not isinstance(answer, (list, tuple)):
        raise TypeError("one part only")
    A_dropped, mask = answer
    return A_dropped, mask


class _Seen:
    """The visible effects of dropout in one answer."""

    def __init__(self, answer, A, p):
        self.dropped, self.mask = _parts(answer)
        self.A, self.p = 1.0 * A, p
        self.kept = self.mask != 0
        self.share = self.kept.mean()
        values = self.mask[self.kept]
        self.scale = float(values.flat[0]) if values.size and np.ptp(values) == 0 else None

    def keeps(self, share):
        """Whether about this share is kept, allowing for chance."""
        return abs(self.share - share) <= 6 * math.sqrt(share * (1 - share) / self.kept.size)

    def scaled(self, by):
        return self.scale is not None and math.isclose(self.scale, by, rel_tol=1e-5)

    def gives(self, factor):
        return np.allclose(self.dropped, self.A * self.kept * factor, rtol=1e-5)


def _p_drops(answer, A, p, rng):
    if p == 1:  # 0 divided by 0
        return bool(np.isnan(_parts(answer)[1]).any())
    seen = _Seen(answer, A, p)
    return seen.keeps(1 - p) and not seen.keeps(p) and seen.scaled(1 / (1 - p))


@wrong("dropout", recognizes=_p_drops)
def p_taken_as_drop_probability(A, p, rng):
    """Your `p` is the probability of dropping a unit. Many libraries mean that, but in this chapter
    `p` is the probability of keeping it.

    For p = 0.8, which share of the units should still be there?
    """
    mask = ((rng.random(A.shape) >= p) / (1 - p)).astype((1.0 * A).dtype)
    return A * mask, mask


def _normal_below(p):
    """The probability that a normally distributed number is below p."""
    return (1 + math.erf(p / math.sqrt(2))) / 2


def _wrong_side(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    others = (p, 0.5, _normal_below(p))
    known = any(map(seen.keeps, others)) or seen.scaled(1 / (1 - p))
    return seen.keeps(1 - p) and not known


@wrong("dropout", recognizes=_wrong_side)
def comparison_turned_round(A, p, rng):
    """You keep a share of 1 - p of the units, but p is the probability of keeping one.

    How often is a random number between 0 and 1 less than 0.8, and how often is it more?
    """
    mask = ((rng.random(A.shape) > p) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _unscaled(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    floats = seen.mask.dtype.kind == "f" and seen.share < 1
    return p < 1 and floats and seen.scaled(1) and seen.gives(1)


@wrong("dropout", recognizes=_unscaled)
def not_divided_by_p(A, p, rng):
    """The remaining units keep their value, and the others are gone, so on average less than before
    reaches the next layer. Scale up the units that remain.

    With p = 0.5 half of the units remain: how large must each be to keep their sum the same on
    average?
    """
    mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
    return A * mask, mask


def _mask_unscaled(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.mask.dtype != bool and seen.scaled(1) and seen.gives(1 / p)


@wrong("dropout", recognizes=_mask_unscaled)
def mask_not_divided_by_p(A, p, rng):
    """`A_dropped` is right, but your mask holds 0 and 1 instead of 0 and 1/p. The backward pass
    multiplies by the mask and would miss the factor.

    What do you multiply each kept unit by in total, and where should that number be?
    """
    mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
    return A * mask / p, mask


def _boolean(answer, A, p, rng):
    return _parts(answer)[1].dtype == bool


@wrong("dropout", recognizes=_boolean, of_form=True)
def mask_of_truth_values(A, p, rng):
    """Your mask holds booleans, but it should hold the numbers 0 and 1/p that the units are
    multiplied by.

    What do you multiply each kept unit by in total, and where should that number be?
    """
    mask = rng.random(A.shape) < p
    return (A * mask / p).astype((1.0 * A).dtype), mask


def _mask_alone(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.scaled(1 / p) and seen.gives(1) and not seen.gives(1 / p)


@wrong("dropout", recognizes=_mask_alone)
def activations_not_divided_by_p(A, p, rng):
    """Your mask is right, but `A_dropped` does not match it: its units are not divided by p.

    Which product of `A` and `mask` should `A_dropped` be?
    """
    mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * (mask > 0).astype(mask.dtype), mask


def _scaled_twice(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.scaled(1 / p) and seen.gives(1 / p**2)


@wrong("dropout", recognizes=_scaled_twice)
def divided_by_p_twice(A, p, rng):
    """Your mask already contains 1/p, and you divide `A_dropped` by p once more.

    Which product of `A` and `mask` should `A_dropped` be?
    """
    mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * mask / p, mask


def _times_p(answer, A, p, rng):
    return p < 1 and _Seen(answer, A, p).scaled(p)


@wrong("dropout", recognizes=_times_p)
def multiplied_by_p(A, p, rng):
    """You multiply the remaining units by p, which makes them even smaller. They should make up for
    what is lost with the others.

    With p = 0.5 half of the units remain: should each be larger or smaller than before?
    """
    mask = ((rng.random(A.shape) < p) * p).astype((1.0 * A).dtype)
    return A * mask, mask


def _other_share(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return abs(p - 0.5) > 0.05 and seen.scaled(1 / (1 - p)) and seen.keeps(p)


@wrong("dropout", recognizes=_other_share)
def divided_by_one_minus_p(A, p, rng):
    """You keep the right share of units, but divide them by 1 - p. In this chapter that is the
    probability of being dropped.

    Of 10 units 8 remain: what must you multiply each by to make up for the other 2?
    """
    mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
    mask = mask / (1 - p) if p < 1 else mask
    return A * mask, mask


def _alike(kept, axis):
    """Whether all entries along this axis share one fate, but not simply all entries."""
    return kept.shape[axis] > 1 and bool((np.diff(kept, axis=axis) == 0).all()) and np.ptp(kept) > 0


def _rows(answer, A, p, rng):
    kept = (_parts(answer)[1] != 0).astype(int)
    return A.ndim == 2 and (
        kept.shape == (len(A), 1) or (kept.shape == A.shape and _alike(kept, 1))
    )


@wrong("dropout", recognizes=_rows)
def whole_rows_dropped(A, p, rng):
    """All units of an example share the same fate: you keep or drop whole rows of `A`.

    How many random numbers do you draw, and how many decisions do you need?
    """
    mask = ((rng.random((len(A), *[1] * (A.ndim - 1))) < p) / p).astype((1.0 * A).dtype)
    return A * mask, np.broadcast_to(mask, A.shape)


def _columns(answer, A, p, rng):
    kept = (_parts(answer)[1] != 0).astype(int)
    small = kept.shape in ((A.shape[-1],), (1, A.shape[-1]))
    return A.ndim == 2 and (small or (kept.shape == A.shape and _alike(kept, 0)))


@wrong("dropout", recognizes=_columns)
def same_units_for_all_examples(A, p, rng):
    """You drop a unit for all examples at once: you keep or drop whole columns of `A`.

    How many random numbers do you draw, and how many decisions do you need?
    """
    mask = ((rng.random(A.shape[-1:]) < p) / p).astype((1.0 * A).dtype)
    return A * mask, np.broadcast_to(mask, A.shape)


def _all_kept(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.share == 1 and seen.scale is not None and A.ndim > 1 and A.size > 100


@wrong("dropout", recognizes=_all_kept)
def everything_kept(A, p, rng):
    """You keep all units, whatever `p` says: no unit has a decision of its own.

    How many random numbers do you draw, and what do you compare them with?
    """
    mask = np.ones(A.shape, (1.0 * A).dtype)
    return A * mask, mask


def _half(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return seen.keeps(0.5) and not seen.keeps(p) and not seen.keeps(1 - p) and seen.scale != 1


@wrong("dropout", recognizes=_half)
def half_kept_whatever_p(A, p, rng):
    """You keep about half of the units, whatever `p` says.

    What do you compare your random numbers with, or with which probabilities do you draw them?
    """
    mask = ((rng.random(A.shape) < 0.5) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _normal(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    known = seen.keeps(p) or seen.keeps(1 - p) or seen.keeps(0.5)
    return seen.keeps(_normal_below(p)) and not known


@wrong("dropout", recognizes=_normal)
def normal_numbers_compared(A, p, rng):
    """The share of units you keep is not p: it is how often a normally distributed number is below
    p, and such numbers may well be negative.

    Between which bounds must a random number lie, each value equally likely, so that it is below p
    with probability p?
    """
    mask = ((rng.standard_normal(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _random_factors(answer, A, p, rng):
    A_dropped, mask = _parts(answer)
    several = len(np.unique(mask)) > 10 and mask.min() >= 0 and mask.max() <= 1
    return several and np.allclose(A_dropped, A * mask, rtol=1e-5)


@wrong("dropout", recognizes=_random_factors)
def random_numbers_as_mask(A, p, rng):
    """Your mask holds random numbers of all sizes. A unit is either kept or dropped, with nothing
    in between.

    What do you compare a random number with to turn it into a yes or a no?
    """
    mask = rng.random(A.shape).astype((1.0 * A).dtype)
    return A * mask, mask


def _swapped(answer, A, p, rng):
    mask, A_dropped = _parts(answer)
    two = mask.min() == (p == 1) and len(np.unique(mask)) == 2 - (p == 1)
    return two and np.allclose(A_dropped, A * mask, rtol=1e-5) and not np.allclose(A_dropped, mask)


@wrong("dropout", recognizes=_swapped)
def mask_before_the_activations(A, p, rng):
    """You swapped your two return values: the mask comes first, and the activations after it.

    In which order does the docstring name them?
    """
    mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return mask, A * mask


def _whole(answer, A, p, rng):
    return A.dtype.kind in "iu" and _parts(answer)[1].dtype.kind in "iu"


@wrong("dropout", recognizes=_whole, of_form=True)
def mask_in_the_dtype_of_whole_numbers(A, p, rng):
    """For integers your mask holds integers too, and cuts off the fraction of 1/p.

    Which dtype should `A` have before anything copies it?
    """
    mask = ((rng.random(A.shape) < p) / p).astype(A.dtype)
    return A * mask, mask


def _seeded(answer, A, p, rng):
    mask = _parts(answer)[1]
    drawn = [np.random.default_rng(seed).random(A.shape) < p for seed in (0, 1, 42, 123, 1234)]
    return A.size > 100 and p < 1 and any(np.array_equal(mask != 0, kept) for kept in drawn)


@wrong("dropout", recognizes=_seeded)
def seed_of_its_own(A, p, rng):
    """Your masks come from a generator that your function creates with a fixed seed: the `rng` you
    get has no effect.

    Which generator should you draw the random numbers from?
    """
    mask = ((np.random.default_rng(0).random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _after_one_step(test):
    """`test(step, run)` on what one step on one example reveals."""
    return lambda run: test(FirstStep(run), run)


def _ones(mask, i):
    return np.ones_like(mask)


def _binary(mask, i):
    return (mask > 0).astype(mask.dtype)


def _no_dropout(step, run):
    return run.p < 1 and step.fits([np.ones_like(kept, run.X.dtype) for kept in step.kept])


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_no_dropout))
def dropout_never_used(train):
    """Your training never drops a unit, whatever `p` says.

    Which arrays should go through `dropout` in the forward pass, and how do you use its answer?
    """
    return train(p=1.0)


@wrong(
    TrainRegularizedMlp,
    recognizes=_after_one_step(lambda s, run: s.drops() and s.fits(s.right(), back=_ones)),
)
def mask_missing_on_the_way_back(train):
    """You drop units in the forward pass, but the gradient goes back through all of them, as if
    none had been dropped.

    What did the forward pass multiply a hidden layer's activations by, and so what must their
    gradient be multiplied by?
    """
    return train(how={"back": _ones})


@wrong(
    TrainRegularizedMlp,
    recognizes=_after_one_step(lambda s, run: s.drops() and s.fits(s.right(), back=_binary)),
)
def mask_unscaled_on_the_way_back(train):
    """The gradient goes back through the kept units, but unlike them it is not divided by p.
    Perhaps the mask is missing on the way back, and only the slope of the ReLU keeps the dropped
    units out.

    What did the forward pass multiply the activations of a kept unit by?
    """
    return train(how={"back": _binary})


@wrong(
    TrainRegularizedMlp,
    recognizes=_after_one_step(
        lambda s, run: s.drops() and s.fits([1.0 * kept for kept in s.kept])
    ),
)
def kept_units_not_scaled(train):
    """Your training drops units but does not divide the remaining ones by p. Predictions use all
    units, so the next layer then gets more than it ever saw in training.

    What should happen to the remaining units, so that the next layer gets as much on average?
    """
    return train(how={"forward": _binary})


def _only_first(mask, i):
    return mask if i == 0 else np.ones_like(mask)


def _first_alone(step, run):
    masks = [_only_first(mask, i) for i, mask in enumerate(step.right())]
    return len(run.hidden) > 1 and step.fits(masks)


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_first_alone))
def dropout_on_the_first_layer_only(train):
    """You drop units of the first hidden layer, but never those of the others.

    Which layers should dropout act on, and which of them does your loop reach?
    """
    return train(how={"forward": _only_first})


def _last_alone(step, run):
    masks = step.right()
    return len(run.hidden) > 1 and step.fits([*map(np.ones_like, masks[:-1]), masks[-1]])


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_last_alone))
def dropout_on_the_last_layer_only(train):
    """You drop units of the last hidden layer, but never those of the others.

    Which layers should dropout act on, and which of them does your loop reach?
    """
    last = len(train.hidden) - 1
    return train(how={"forward": lambda mask, i: mask if i == last else np.ones_like(mask)})


def _inverted(step, run):
    return abs(run.p - 0.5) > 0.05 and step.fits([kept / (1 - run.p) for kept in step.kept])


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_inverted))
def p_used_as_drop_probability(train):
    """Your training keeps a unit with probability 1 - p, but `p` is the probability of keeping it.

    For p = 0.8, which share of the hidden units should take part in a step?
    """
    return train(p=max(1 - train.p, 1e-3))


def _inputs_too(step, run):
    kept = np.abs(step.taken[0]).max(axis=1) > 1e-12
    return run.p < 1 and step.fits(step.right(), X=run.X * kept / run.p)


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_inputs_too))
def inputs_dropped_too(train):
    """Your training also drops pixels of the images, but dropout acts on the hidden layers only.

    Which array goes through `dropout` first in your forward pass, and is it a hidden layer's?
    """
    p = train.p

    def holes(X, y, batch_size, rng):
        batches = minibatches(X, y, batch_size, rng)
        return [(x * (rng.random(x.shape) < p) / x.dtype.type(p), labels) for x, labels in batches]

    return train(batches=holes)


def _other_masks(step, run):
    grads = step.gradients(step.right())
    forward = all(map(np.allclose, step.taken[-2:], grads[-2:]))
    back = step.taken[-3] != 0  # where the gradient of the last hidden layer is not cut off
    dropped, alive = ~step.kept[-1][0], step.alive()[-1][0]
    missing = (~back & (grads[-3] != 0)).any()
    fresh = (back[dropped].any() or missing) and not back[~alive].any()
    return forward and bool(fresh) and not step.fits(step.right(), back=_ones)


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_other_masks))
def other_masks_on_the_way_back(train):
    """The gradient does not go back through the units that the forward pass kept: your backward
    pass draws new masks.

    How many masks does a layer need in one step, and where can the forward pass leave them?
    """
    rng, p = np.random.default_rng(train.rng), train.p

    def new(mask, i):
        return ((rng.random(mask.shape) < p) / p).astype(mask.dtype)

    return train(rng=rng, how={"back": new})


def _no_slope(step, run):
    if step.fits(step.right(), slope=False):
        return True
    # A dead unit hides whether it was kept, but lets a gradient through.
    grads = step.gradients(step.right())
    if not all(map(np.allclose, step.taken[-2:], grads[-2:])):
        return False
    kept = [(step.taken[2 * i + 1] != 0)[None] for i in range(len(step.kept))]
    return step.fits([k / run.p for k in kept], slope=False)


@wrong(TrainRegularizedMlp, recognizes=_after_one_step(_no_slope))
def relu_left_out_on_the_way_back(train):
    """The gradient goes back through the masks but not through the ReLU: it also passes through
    units whose output was 0.

    What does the ReLU do to the gradient where its input was below 0?
    """
    return train(how={"slope": False})


def _penalty(factor):
    """A piece whose gradient of the penalty is the right one times `factor(n, size)`."""
    return {"penalty": lambda W, lambda_, n: 2 * lambda_ * W * factor(n, W.size)}


@wrong(TrainRegularizedMlp, recognizes=shrinks(lambda lr, lambda_, n, size: 1.0))
def penalty_without_effect(train):
    """The penalty does not move the weights: with any `lambda_` they end up where they would
    without it. Adding it to the loss changes the numbers you print, not the steps.

    Which function of this chapter belongs to the gradients, and where do you use it?
    """
    return train(how=_penalty(lambda n, size: 0))


@wrong(TrainRegularizedMlp, recognizes=shrinks(lambda lr, lambda_, n, size: 1 - lr * lambda_))
def half_of_the_penalty_gradient(train):
    """The penalty moves the weights half as far as it should: your step seems to use lambda W in
    place of the penalty's gradient.

    What is the derivative of lambda times the square of w?
    """
    return train(how=_penalty(lambda n, size: 0.5))


@wrong(TrainRegularizedMlp, recognizes=shrinks(lambda lr, lambda_, n, size: 1 + 2 * lr * lambda_))
def penalty_with_the_wrong_sign(train):
    """The penalty makes your weights grow, but it should make them smaller.

    Do you add the gradient of the penalty to that of the loss, or subtract it?
    """
    return train(how=_penalty(lambda n, size: -1))


@wrong(
    TrainRegularizedMlp, recognizes=shrinks(lambda lr, lambda_, n, size: 1 - 2 * lr * lambda_ / n)
)
def penalty_divided_by_the_batch(train):
    """You divide the gradient of the penalty by the number of examples in the batch. The 1/n
    belongs to the loss of the data; the penalty is added to that mean as it is.

    In which line do you divide by n, and what does the sum already contain there?
    """
    return train(how=_penalty(lambda n, size: 1 / n))


@wrong(
    TrainRegularizedMlp,
    recognizes=shrinks(lambda lr, lambda_, n, size: 1 - 2 * lr * lambda_ / size),
)
def penalty_averaged_over_weights(train):
    """You divide the gradient of the penalty by the number of weights, so hardly anything is left
    of it. The penalty is a sum, not a mean.

    What does your code divide the gradient of the penalty by, and why?
    """
    return train(how=_penalty(lambda n, size: 1 / size))


@wrong(TrainRegularizedMlp, recognizes=shrinks(lambda lr, lambda_, n, size: 1 - 2 * lambda_))
def penalty_without_learning_rate(train):
    """You subtract the gradient of the penalty from the weights as it is, without `lr`.

    The penalty is part of the loss: what does a step multiply its gradient by?
    """
    return train(how=_penalty(lambda n, size: 1 / train.lr if train.lr else 0.0))
