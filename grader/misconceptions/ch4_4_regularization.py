"""What people get wrong in chapter 4.4."""

import math

import numpy as np

from . import wrong
from .course import cross_entropy, he_params, minibatches, relu, softmax


@wrong("l2_regularization")
def half_of_the_penalty(W, lambda_):
    """Your penalty is half of lambda times the sum of squares: `{got}` for `{expected}`. Some books
    put a 1/2 there so that the 2 of the derivative goes away; this course does not.

    Which factor in your formula is not in the one of this chapter?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2) / 2)


@wrong("l2_regularization")
def mean_of_the_squares(W, lambda_):
    """The squares are averaged, and should be added up: `{got}` for `{expected}`.

    Which sign stands behind lambda in the formula, and which NumPy function does just that?
    """
    return float(lambda_ * np.mean((1.0 * W) ** 2))


@wrong("l2_regularization")
def divided_by_the_rows(W, lambda_):
    """Your penalty is divided by the number of rows of `W`: `{got}` for `{expected}`. A mean over
    examples has nothing to do with it: the weights are the same for all of them.

    Which number in your formula is not in the one of this chapter?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2) / len(W))


@wrong("l2_regularization")
def halved_and_divided_by_the_rows(W, lambda_):
    """Your penalty has a factor 1/(2n), as in some books: `{got}` for `{expected}`. In this course
    lambda stands alone before the sum.

    Which factors in your formula are not in the one of this chapter?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2) / (2 * len(W)))


@wrong("l2_regularization")
def absolute_values_for_squares(W, lambda_):
    """You add up absolute values, which is the L1 penalty: `{got}` for `{expected}`.

    What does the 2 in L2 say about each weight?
    """
    return float(lambda_ * np.sum(np.abs(1.0 * W)))


@wrong("l2_regularization")
def weights_not_squared(W, lambda_):
    """The weights are added up without being squared: `{got}` for `{expected}`. Positive and
    negative ones then cancel, and the penalty can fall below 0.

    What happens to each weight before the sum?
    """
    return float(lambda_ * np.sum(1.0 * W))


@wrong("l2_regularization")
def square_of_the_sum(W, lambda_):
    """You square the sum of the weights: `{got}` for `{expected}`. Then 3 and -3 cost nothing at
    all.

    Which comes first in the formula, the square or the sum?
    """
    return float(lambda_ * np.sum(1.0 * W) ** 2)


@wrong("l2_regularization")
def root_of_the_sum(W, lambda_):
    """Your penalty has the length of the weights, a square root, in the place of the sum of
    squares: `{got}` for `{expected}`.

    What does `np.linalg.norm` do after adding up the squares?
    """
    return float(lambda_ * np.sqrt(np.sum((1.0 * W) ** 2)))


@wrong("l2_regularization")
def lambda_left_out(W, lambda_):
    """Your penalty is the sum of squares whatever `lambda_` says: `{got}` for `{expected}`.

    How should the penalty change when lambda is twice as large?
    """
    return float(np.sum((1.0 * W) ** 2))


@wrong("l2_regularization")
def lambda_squared(W, lambda_):
    """Lambda is squared together with the weights: `{got}` for `{expected}`.

    What does the square in the formula belong to?
    """
    return float(np.sum((lambda_ * W) ** 2))


@wrong("l2_regularization")
def one_penalty_per_column(W, lambda_):
    """You get one number for each column, and the penalty is one number for the whole array.

    What does `axis` do to a sum, and how many numbers are to be left?
    """
    return lambda_ * np.sum((1.0 * W) ** 2, axis=0)


@wrong("l2_regularization")
def squares_overflow(W, lambda_):
    """The squares are taken in the dtype of `W`. For `uint8`, which holds nothing above 255, they
    start again from 0: `{got}` for `{expected}`.

    Which dtype should whole numbers have before they are squared?
    """
    return float(lambda_ * np.sum(W**2))


@wrong("l2_regularization")
def gradient_of_the_penalty(W, lambda_):
    """You give the gradient of the penalty, an array; here the penalty itself is wanted, one
    number.

    Which of the two functions of this chapter is this?
    """
    return 2.0 * lambda_ * W


@wrong("l2_gradient")
def factor_two_left_out(W, lambda_):
    """Your gradient is half of the right one: `{got}` for `{expected}`. The penalty of this chapter
    has no 1/2 that could take the 2 away.

    What is the derivative of the square of w?
    """
    return 1.0 * lambda_ * W


@wrong("l2_gradient")
def lambda_not_used(W, lambda_):
    """Your gradient is the same for every `lambda_`: `{got}` for `{expected}`.

    What becomes of a constant factor when a function is differentiated?
    """
    return 2.0 * W


@wrong("l2_gradient")
def weights_alone(W, lambda_):
    """Your gradient is the weights themselves, without the factors before them: `{got}` for
    `{expected}`.

    What is the derivative of lambda times the square of w, with respect to w?
    """
    return 1.0 * W


@wrong("l2_gradient")
def sign_turned(W, lambda_):
    """Your gradient has the wrong sign: `{got}` for `{expected}`. The minus belongs to the step of
    gradient descent, not to the gradient.

    If a positive weight grows, does the penalty grow or fall?
    """
    return -2.0 * lambda_ * W


@wrong("l2_gradient")
def signs_of_the_weights(W, lambda_):
    """Your gradient knows the signs of the weights only, which is right for an L1 penalty: `{got}`
    for `{expected}`.

    What is the derivative of the square of w, and does it depend on how large w is?
    """
    return (lambda_ * np.sign(1.0 * W)).astype((1.0 * W).dtype)


@wrong("l2_gradient")
def squares_kept(W, lambda_):
    """The weights are still squared in your gradient: `{got}` for `{expected}`.

    What becomes of the exponent when a square is differentiated?
    """
    return lambda_ * (1.0 * W) ** 2


@wrong("l2_gradient")
def squares_doubled(W, lambda_):
    """The weights are still squared in your gradient, though the 2 has come down: `{got}` for
    `{expected}`.

    What becomes of the exponent when a square is differentiated?
    """
    return 2.0 * lambda_ * (1.0 * W) ** 2


@wrong("l2_gradient")
def penalty_itself(W, lambda_):
    """You give the penalty, one number; its gradient has a number for each weight.

    Which shape must a gradient have to be taken from `W`?
    """
    return float(lambda_ * np.sum((1.0 * W) ** 2))


@wrong("l2_gradient")
def gradient_summed(W, lambda_):
    """You add up the gradient over all weights, and it should have a number for each of them.

    The penalty is a sum over all weights: how much of it is left when one of them is varied?
    """
    return float(2 * lambda_ * np.sum(1.0 * W))


@wrong("l2_gradient")
def gradient_divided_by_the_rows(W, lambda_):
    """Your gradient is divided by the number of rows of `W`: `{got}` for `{expected}`.

    Is there such a division in the penalty, whose gradient this is?
    """
    return 2.0 * lambda_ * W / len(W)


@wrong("l2_gradient")
def gradient_divided_by_the_entries(W, lambda_):
    """Your gradient is that of the mean of the squares: `{got}` for `{expected}`. The penalty is
    their sum.

    By what is your gradient divided, and is the penalty?
    """
    return 2.0 * lambda_ * W / W.size


@wrong("l2_gradient")
def doubling_overflows(W, lambda_):
    """The weights are doubled in their own dtype. For `uint8`, which holds nothing above 255, they
    start again from 0: `{got}` for `{expected}`.

    In which order would you multiply so that nothing is still a small whole number?
    """
    return (2 * W) * lambda_


def _parts(answer):
    """`(A_dropped, mask)`, or an exception when the answer is something else."""
    if not isinstance(answer, (list, tuple)):
        raise TypeError("one part only")
    A_dropped, mask = answer
    return A_dropped, mask


class _Seen:
    """What can be seen of dropout in one answer."""

    def __init__(self, answer, A, p):
        self.dropped, self.mask = _parts(answer)
        self.A, self.p = 1.0 * A, p
        self.kept = self.mask != 0
        self.share = self.kept.mean()
        values = self.mask[self.kept]
        self.scale = float(values.flat[0]) if values.size and np.ptp(values) == 0 else None

    def keeps(self, share):
        """Whether about this share is kept, as far as chance allows."""
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


@wrong("dropout", shows=_p_drops)
def p_taken_as_drop_probability(A, p, rng):
    """Your `p` is the probability of dropping a unit. Many libraries mean that; in this chapter `p`
    is the probability of keeping it.

    For p = 0.8, which share of the units should still be there?
    """
    mask = ((rng.random(A.shape) >= p) / (1 - p)).astype((1.0 * A).dtype)
    return A * mask, mask


def _normal_below(p):
    """How often a normally distributed number is less than p."""
    return (1 + math.erf(p / math.sqrt(2))) / 2


def _wrong_side(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    others = (p, 0.5, _normal_below(p))
    known = any(map(seen.keeps, others)) or seen.scaled(1 / (1 - p))
    return seen.keeps(1 - p) and not known


@wrong("dropout", shows=_wrong_side)
def comparison_turned_round(A, p, rng):
    """A share of 1 - p of the units is kept, and p is the probability of keeping one.

    How often is a random number between 0 and 1 less than 0.8, and how often is it more?
    """
    mask = ((rng.random(A.shape) > p) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _unscaled(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    floats = seen.mask.dtype.kind == "f" and seen.share < 1
    return p < 1 and floats and seen.scaled(1) and seen.gives(1)


@wrong("dropout", shows=_unscaled)
def not_divided_by_p(A, p, rng):
    """The units that stay keep their value, and the others are gone: on average less than before
    reaches the next layer. Those that stay should be scaled up.

    With p = 0.5 half of the units are left: how large must each be so that their sum stays what it
    was on average?
    """
    mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
    return A * mask, mask


def _mask_unscaled(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.mask.dtype != bool and seen.scaled(1) and seen.gives(1 / p)


@wrong("dropout", shows=_mask_unscaled)
def mask_not_divided_by_p(A, p, rng):
    """`A_dropped` is right, and your mask holds 0 and 1, where it should hold 0 and 1/p. The
    backward pass multiplies by the mask and would miss the factor.

    By what is each kept unit multiplied in all, and where should that number stand?
    """
    mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
    return A * mask / p, mask


def _boolean(answer, A, p, rng):
    return _parts(answer)[1].dtype == bool


@wrong("dropout", shows=_boolean, of_form=True)
def mask_of_truth_values(A, p, rng):
    """Your mask holds truth values, where it should hold the numbers 0 and 1/p by which the units
    are multiplied.

    By what is each kept unit multiplied in all, and where should that number stand?
    """
    mask = rng.random(A.shape) < p
    return (A * mask / p).astype((1.0 * A).dtype), mask


def _mask_alone(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.scaled(1 / p) and seen.gives(1) and not seen.gives(1 / p)


@wrong("dropout", shows=_mask_alone)
def activations_not_divided_by_p(A, p, rng):
    """Your mask is right, and `A_dropped` does not go with it: its units are not divided by p.

    Which product of `A` and `mask` should `A_dropped` be?
    """
    mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * (mask > 0).astype(mask.dtype), mask


def _scaled_twice(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.scaled(1 / p) and seen.gives(1 / p**2)


@wrong("dropout", shows=_scaled_twice)
def divided_by_p_twice(A, p, rng):
    """Your mask holds 1/p already, and `A_dropped` is divided by p once more.

    Which product of `A` and `mask` should `A_dropped` be?
    """
    mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * mask / p, mask


def _times_p(answer, A, p, rng):
    return p < 1 and _Seen(answer, A, p).scaled(p)


@wrong("dropout", shows=_times_p)
def multiplied_by_p(A, p, rng):
    """The units that stay are multiplied by p, which makes them smaller still. What is lost with
    the others has to be made up for.

    With p = 0.5 half of the units are left: should each be larger or smaller than before?
    """
    mask = ((rng.random(A.shape) < p) * p).astype((1.0 * A).dtype)
    return A * mask, mask


def _other_share(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return abs(p - 0.5) > 0.05 and seen.scaled(1 / (1 - p)) and seen.keeps(p)


@wrong("dropout", shows=_other_share)
def divided_by_one_minus_p(A, p, rng):
    """The right share of units stays, and they are divided by 1 - p. That is the probability of
    being dropped in this chapter.

    Of 10 units 8 are left: by what must each be multiplied to make up for the other 2?
    """
    mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
    mask = mask / (1 - p) if p < 1 else mask
    return A * mask, mask


def _alike(kept, axis):
    """Whether all along this axis fare alike, and not simply everything."""
    return kept.shape[axis] > 1 and bool((np.diff(kept, axis=axis) == 0).all()) and np.ptp(kept) > 0


def _rows(answer, A, p, rng):
    kept = (_parts(answer)[1] != 0).astype(int)
    return A.ndim == 2 and (
        kept.shape == (len(A), 1) or (kept.shape == A.shape and _alike(kept, 1))
    )


@wrong("dropout", shows=_rows)
def whole_rows_dropped(A, p, rng):
    """All units of an example fare alike: whole rows of `A` are kept or dropped.

    How many random numbers do you draw, and how many decisions are there to be made?
    """
    mask = ((rng.random((len(A), *[1] * (A.ndim - 1))) < p) / p).astype((1.0 * A).dtype)
    return A * mask, np.broadcast_to(mask, A.shape)


def _columns(answer, A, p, rng):
    kept = (_parts(answer)[1] != 0).astype(int)
    small = kept.shape in ((A.shape[-1],), (1, A.shape[-1]))
    return A.ndim == 2 and (small or (kept.shape == A.shape and _alike(kept, 0)))


@wrong("dropout", shows=_columns)
def same_units_for_all_examples(A, p, rng):
    """A unit is dropped for all examples at once: whole columns of `A` are kept or dropped.

    How many random numbers do you draw, and how many decisions are there to be made?
    """
    mask = ((rng.random(A.shape[-1:]) < p) / p).astype((1.0 * A).dtype)
    return A * mask, np.broadcast_to(mask, A.shape)


def _all_kept(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.share == 1 and seen.scale is not None and A.ndim > 1 and A.size > 100


@wrong("dropout", shows=_all_kept)
def everything_kept(A, p, rng):
    """All units are kept, whatever `p` says: no unit has a decision of its own.

    How many random numbers are drawn, and what are they compared with?
    """
    mask = np.ones(A.shape, (1.0 * A).dtype)
    return A * mask, mask


def _half(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return seen.keeps(0.5) and not seen.keeps(p) and not seen.keeps(1 - p) and seen.scale != 1


@wrong("dropout", shows=_half)
def half_kept_whatever_p(A, p, rng):
    """About half of the units are kept, whatever `p` says.

    What are your random numbers compared with, or which probabilities are they drawn with?
    """
    mask = ((rng.random(A.shape) < 0.5) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _normal(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    known = seen.keeps(p) or seen.keeps(1 - p) or seen.keeps(0.5)
    return seen.keeps(_normal_below(p)) and not known


@wrong("dropout", shows=_normal)
def normal_numbers_compared(A, p, rng):
    """The share of units that stays is not p: it is how often a normally distributed number is less
    than p, and such numbers may well be negative.

    Between which bounds must a random number lie, each value as likely as any other, so that it is
    less than p with probability p?
    """
    mask = ((rng.standard_normal(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _random_factors(answer, A, p, rng):
    A_dropped, mask = _parts(answer)
    several = len(np.unique(mask)) > 10 and mask.min() >= 0 and mask.max() <= 1
    return several and np.allclose(A_dropped, A * mask, rtol=1e-5)


@wrong("dropout", shows=_random_factors)
def random_numbers_as_mask(A, p, rng):
    """Your mask holds random numbers of all sizes. A unit is either kept or dropped, and there is
    nothing in between.

    What do you compare a random number with to get a yes or a no from it?
    """
    mask = rng.random(A.shape).astype((1.0 * A).dtype)
    return A * mask, mask


def _swapped(answer, A, p, rng):
    mask, A_dropped = _parts(answer)
    two = mask.min() == (p == 1) and len(np.unique(mask)) == 2 - (p == 1)
    return two and np.allclose(A_dropped, A * mask, rtol=1e-5) and not np.allclose(A_dropped, mask)


@wrong("dropout", shows=_swapped)
def mask_before_the_activations(A, p, rng):
    """Your two answers have changed places: the mask comes first, and the activations after it.

    In which order does the chapter name them?
    """
    mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return mask, A * mask


def _whole(answer, A, p, rng):
    return A.dtype.kind in "iu" and _parts(answer)[1].dtype.kind in "iu"


@wrong("dropout", shows=_whole, of_form=True)
def mask_in_the_dtype_of_whole_numbers(A, p, rng):
    """For whole numbers your mask holds whole numbers as well, and 1/p is none: its fraction is cut
    off.

    Which dtype should `A` have before anything takes over its dtype?
    """
    mask = ((rng.random(A.shape) < p) / p).astype(A.dtype)
    return A * mask, mask


def _seeded(answer, A, p, rng):
    mask = _parts(answer)[1]
    drawn = [np.random.default_rng(seed).random(A.shape) < p for seed in (0, 1, 42, 123, 1234)]
    return A.size > 100 and p < 1 and any(np.array_equal(mask != 0, kept) for kept in drawn)


@wrong("dropout", shows=_seeded)
def seed_of_its_own(A, p, rng):
    """Your masks come from a generator that the function has made itself, with a seed that is
    always the same: the `rng` that it is given has no effect.

    Which generator should the random numbers be drawn from?
    """
    mask = ((np.random.default_rng(0).random(A.shape) < p) / p).astype((1.0 * A).dtype)
    return A * mask, mask


def _penalty(W, lambda_, n):
    return 2 * lambda_ * W


def _step(X, y, params, lambda_, masks, forward=None, back=None, penalty=_penalty, slope=True):
    """Loss and gradients for these masks; `forward` and `back` change a mask on its way."""
    inputs, alive = [X], []
    used = [mask if forward is None else forward(mask, i) for i, mask in enumerate(masks)]
    for W, b, mask in zip(params[:-2:2], params[1:-2:2], used, strict=True):
        hidden = relu(inputs[-1] @ W + b)
        alive.append(hidden > 0)
        inputs.append(hidden * mask)
    A = softmax(inputs[-1] @ params[-2] + params[-1])
    delta, grads = (A - y) / len(X), []
    for layer in reversed(range(len(inputs))):
        W = params[2 * layer]
        grads = [inputs[layer].T @ delta + penalty(W, lambda_, len(X)), delta.sum(axis=0), *grads]
        if layer > 0:
            mask = used[layer - 1] if back is None else back(masks[layer - 1], layer - 1)
            delta = delta @ W.T * mask
            delta = delta * alive[layer - 1] if slope else delta
    return cross_entropy(A, y) + lambda_ * sum(np.sum(W**2) for W in params[::2]), grads


def _sizes(X, y, hidden):
    return [X.shape[1], *hidden, y.shape[1]]


def _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, scale=1, rates=(1, 1), **how):
    """Training done right, but for what `how` says; rates are those of weights and biases."""
    rng = np.random.default_rng(rng)
    X = 1.0 * X
    batches = how.pop("batches", minibatches)
    params = [scale * param for param in he_params(_sizes(X, y, hidden), rng, X.dtype)]
    y, losses = y.astype(X.dtype), []
    for _ in range(epochs):
        for X_batch, y_batch in batches(X, y, batch_size, rng):
            drawn = [rng.random((len(X_batch), size)) < p for size in hidden]
            masks = [(kept / p).astype(X.dtype) for kept in drawn]
            loss, grads = _step(X_batch, y_batch, params, lambda_, masks, **how)
            losses.append(float(loss))
            steps = zip(params, grads, list(rates) * (len(params) // 2), strict=True)
            params = [param - rate * lr * grad for param, grad, rate in steps]
    return params, losses


class _First:
    """One step on one example from a start by `he_init`, and what became of each hidden unit."""

    def __init__(self, answer, X, y, hidden, lr, rng, p):
        after, losses = answer
        if len(X) != 1 or len(losses) != 1 or not lr > 0:
            raise ValueError("no single step")
        self.X, self.y, self.p = X, y, p
        self.start = he_params(_sizes(X, y, hidden), rng, X.dtype)
        self.taken = [(old - new) / lr for old, new in zip(self.start, after, strict=True)]
        weights = self.taken[2::2]
        self.kept = [(np.abs(dW).max(axis=1) > 1e-12)[None] for dW in weights]

    def fits(self, masks, X=None, **how):
        """Whether these masks (and this mistake) give the step that was taken."""
        X = self.X if X is None else X
        _, grads = _step(X, self.y, self.start, 0.0, masks, **how)
        return all(
            np.allclose(got, want, rtol=1e-4, atol=1e-9)
            for got, want in zip(self.taken, grads, strict=True)
        )

    def right(self):
        return [kept / self.p for kept in self.kept]

    def alive(self):
        """Which units of each hidden layer would give something if they are kept."""
        alive, inputs = [], self.X
        for W, b, mask in zip(self.start[:-2:2], self.start[1:-2:2], self.kept, strict=True):
            hidden = relu(inputs @ W + b)
            alive.append(hidden > 0)
            inputs = hidden * mask / self.p
        return alive

    def drops(self):
        """Whether some unit of each hidden layer that is alive has been dropped."""
        return [bool((a & ~k).any()) for a, k in zip(self.alive(), self.kept, strict=True)]


def _no_dropout(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    return p < 1 and first.fits([np.ones_like(kept, X.dtype) for kept in first.kept])


@wrong("train_regularized_mlp", shows=_no_dropout)
def dropout_never_used(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """No unit is ever dropped in your training, whatever `p` says.

    Which arrays should go through `dropout` in the forward pass, and what is done with its answer?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, 1.0, rng)


def _no_mask_back(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    return any(first.drops()) and first.fits(first.right(), back=_ones)


def _ones(mask, i):
    return np.ones_like(mask)


@wrong("train_regularized_mlp", shows=_no_mask_back)
def mask_missing_on_the_way_back(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The units are dropped in the forward pass, and the gradient goes back through all of them, as
    if none had been.

    What did the forward pass multiply the activations of a hidden layer by, and so what must their
    gradient be multiplied by?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, back=_ones)


def _binary(mask, i):
    return (mask > 0).astype(mask.dtype)


def _unscaled_back(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    return any(first.drops()) and first.fits(first.right(), back=_binary)


@wrong("train_regularized_mlp", shows=_unscaled_back)
def mask_unscaled_on_the_way_back(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The gradient goes back through the units that were kept, and is not divided by p as they
    were. Perhaps the mask is missing on the way back, and the slope of the ReLU alone keeps the
    dropped units out.

    What did the forward pass multiply the activations of a kept unit by?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, back=_binary)


def _unscaled_both(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    return any(first.drops()) and first.fits([1.0 * kept for kept in first.kept])


@wrong("train_regularized_mlp", shows=_unscaled_both)
def kept_units_not_scaled(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Units are dropped in your training, and those that stay are not divided by p. Predictions,
    where all of them are there, then get more than the training ever saw.

    What should happen to the units that stay, so that the next layer gets as much on average?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, forward=_binary)


def _first_only(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    masks = [_only_first(mask, i) for i, mask in enumerate(first.right())]
    return len(hidden) > 1 and first.fits(masks)


def _only_first(mask, i):
    return np.ones_like(mask) if i > 0 else mask


@wrong("train_regularized_mlp", shows=_first_only)
def dropout_on_the_first_layer_only(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Units of the first hidden layer are dropped, and those of the others never.

    Which layers should dropout act on, and which of them does your loop reach?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, forward=_only_first)


def _last_only(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    masks = first.right()
    return len(hidden) > 1 and first.fits([*map(np.ones_like, masks[:-1]), masks[-1]])


@wrong("train_regularized_mlp", shows=_last_only)
def dropout_on_the_last_layer_only(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Units of the last hidden layer are dropped, and those of the others never.

    Which layers should dropout act on, and which of them does your loop reach?
    """

    def _only_last(mask, i):
        return np.ones_like(mask) if i < len(hidden) - 1 else mask

    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, forward=_only_last)


def _inverted(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    return abs(p - 0.5) > 0.05 and first.fits([kept / (1 - p) for kept in first.kept])


@wrong("train_regularized_mlp", shows=_inverted)
def p_used_as_drop_probability(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Your training keeps a unit with probability 1 - p, and `p` is the probability of keeping it.

    For p = 0.8, which share of the hidden units should take part in a step?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, max(1 - p, 1e-3), rng)


def _inputs_too(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    kept = np.abs(first.taken[0]).max(axis=1) > 1e-12
    return p < 1 and first.fits(first.right(), X=X * kept / p)


@wrong("train_regularized_mlp", shows=_inputs_too)
def inputs_dropped_too(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Your training drops pixels of the images as well; dropout acts on the hidden layers only.

    Which array goes through `dropout` first in your forward pass, and is it a hidden layer's?
    """

    def _holes(X, y, batch_size, rng):
        batches = minibatches(X, y, batch_size, rng)
        return [(x * (rng.random(x.shape) < p) / x.dtype.type(p), labels) for x, labels in batches]

    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, batches=_holes)


def _other_masks(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    _, grads = _step(X, y, first.start, 0.0, first.right())
    forward = all(map(np.allclose, first.taken[-2:], grads[-2:]))
    back = first.taken[-3] != 0  # where the gradient of the last hidden layer is not cut off
    dropped, alive = ~first.kept[-1][0], first.alive()[-1][0]
    missing = (~back & (grads[-3] != 0)).any()
    fresh = (back[dropped].any() or missing) and not back[~alive].any()
    return forward and bool(fresh) and not first.fits(first.right(), back=_ones)


@wrong("train_regularized_mlp", shows=_other_masks)
def other_masks_on_the_way_back(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The gradient goes back through other units than those that were kept in the forward pass: the
    backward pass draws masks of its own.

    How many masks does a layer need in one step, and where can the forward pass leave them?
    """
    rng = np.random.default_rng(rng)

    def _new(mask, i):
        return ((rng.random(mask.shape) < p) / p).astype(mask.dtype)

    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, back=_new)


def _no_slope(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    first = _First(answer, X, y, hidden, lr, rng, p)
    if first.fits(first.right(), slope=False):
        return True
    last = first.taken[-2:]  # a dead unit hides whether it was kept, but lets a gradient through
    _, grads = _step(X, y, first.start, 0.0, first.right())
    if not all(map(np.allclose, last, grads[-2:])):
        return False
    kept = [*first.kept[:-1], (first.taken[-3] != 0)[None]]
    for i in reversed(range(len(kept))):
        kept[i] = (first.taken[2 * i + 1] != 0)[None]
    return first.fits([k / p for k in kept], slope=False)


@wrong("train_regularized_mlp", shows=_no_slope)
def relu_left_out_on_the_way_back(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The gradient goes back through the masks, but not through the ReLU: it also passes units
    whose output was 0.

    What does the ReLU do to the gradient where its input was below 0?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, slope=False)


def _drawn(answer, X, rng):
    """The factor of the first draws in W1, or None if it holds other numbers."""
    if not isinstance(answer[0], (list, tuple)):
        raise TypeError("no list of parameters")
    W1 = np.float64(answer[0][0])
    z = rng.standard_normal(W1.shape)
    factor = float(np.sum(W1 * z) / np.sum(z**2))
    exact = 1e-9 if answer[0][0].dtype == np.float64 else 1e-5
    return factor if np.abs(W1 - factor * z).max() <= exact * abs(factor) else None


def _shrunk(answer, X, hidden, rng, by):
    """Whether W1 is a usual start times `by`, as the penalty alone makes it of black images."""
    factor, (d, first) = _drawn(answer, X, rng), (X.shape[1], hidden[0])
    starts = (math.sqrt(2 / d), math.sqrt(2 / (d + first)), math.sqrt(1 / d), 0.1, 0.01, 0.05)
    exact = 1e-8 if answer[0][0].dtype == np.float64 else 1e-5
    return factor is not None and any(
        math.isclose(factor, start * by, rel_tol=exact) for start in starts
    )


def _batches(X, epochs, batch_size):
    """The sizes of all batches."""
    full, rest = divmod(len(X), batch_size)
    return epochs * ([batch_size] * full + [rest] * (rest > 0))


def _frequent_gain(answer, y):
    """Above 0 when the biases of the output have grown for the frequent classes."""
    return float(answer[0][-1] @ (y.mean(axis=0) - 1 / y.shape[1]))


def _gain_as_expected(answer, y, lr, steps):
    """Whether the biases of the output have moved about as far as `lr` moves them."""
    share, b = y.mean(axis=0), np.zeros(y.shape[1])
    for _ in range(steps):
        b = b - lr * (softmax(b) - share)
    expected = float(b @ (share - 1 / y.shape[1]))
    return _frequent_gain(answer, y) > 0.73 * expected


def _plain_step(answer, X, y, hidden, lr, lambda_, rng, p):
    """What one step without dropout has taken, from a start by `he_init`, and the gradients."""
    if p != 1 or len(answer[1]) != 1 or not lr > 0 or not np.any(X):
        raise ValueError("no single step without dropout")
    start = he_params(_sizes(X, y, hidden), rng, np.float64)
    masks = [np.ones((len(X), size)) for size in hidden]
    _, grads = _step(X, y, start, 0.0, masks)
    penalties = [2 * lambda_ * param * (param.ndim == 2) for param in start]
    taken = [(old - new) / lr for old, new in zip(start, answer[0], strict=True)]
    return taken, grads, penalties


def _is_step(step, times, penalised):
    """Whether it went along so many times the gradient and so many times the penalty's."""
    taken, grads, penalties = step
    return all(
        np.allclose(got, times * grad + penalised(penalty.size) * penalty, rtol=1e-4, atol=1e-7)
        for got, grad, penalty in zip(taken, grads, penalties, strict=True)
    )


def _black(by):
    """Shows that W1 was multiplied by `by(lr, lambda_, n, W1.size)` in each step."""

    def shows(
        answer,
        X,
        y,
        hidden=(256, 128),
        lr=0.1,
        epochs=5,
        batch_size=64,
        lambda_=1e-4,
        p=0.8,
        rng=None,
    ):
        if np.any(X):

            def penalised(size):
                return (1 - by(lr, lambda_, len(X), size)) / (2 * lr * lambda_)

            return _is_step(_plain_step(answer, X, y, hidden, lr, lambda_, rng, p), 1, penalised)
        size = answer[0][0].size
        steps = [by(lr, lambda_, n, size) for n in _batches(X, epochs, batch_size)]
        moved = _gain_as_expected(answer, y, lr, len(steps))
        return moved and lambda_ * lr > 0 and _shrunk(answer, X, hidden, rng, math.prod(steps))

    return shows


def _times(factor):
    """A penalty whose gradient is the right one times `factor(n, size)`."""

    def penalty(W, lambda_, n):
        return 2 * lambda_ * W * factor(n, W.size)

    return penalty


@wrong("train_regularized_mlp", shows=_black(lambda lr, lambda_, n, size: 1.0))
def penalty_without_effect(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The penalty does not move the weights: with any `lambda_` they end where they would without
    it. Adding it to the loss changes the numbers that you print, not the steps.

    Which function of this chapter belongs to the gradients, and where do you use it?
    """
    penalty = _times(lambda n, size: 0)
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, penalty=penalty)


@wrong("train_regularized_mlp", shows=_black(lambda lr, lambda_, n, size: 1 - lr * lambda_))
def half_of_the_penalty_gradient(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The penalty moves the weights half as far as it should: a step seems to take lambda W in the
    place of its gradient.

    What is the derivative of lambda times the square of w?
    """
    penalty = _times(lambda n, size: 0.5)
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, penalty=penalty)


@wrong("train_regularized_mlp", shows=_black(lambda lr, lambda_, n, size: 1 + 2 * lr * lambda_))
def penalty_with_the_wrong_sign(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The penalty makes your weights grow, and it should make them smaller.

    Is the gradient of the penalty added to that of the loss, or taken from it?
    """
    penalty = _times(lambda n, size: -1)
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, penalty=penalty)


@wrong("train_regularized_mlp", shows=_black(lambda lr, lambda_, n, size: 1 - 2 * lr * lambda_ / n))
def penalty_divided_by_the_batch(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The gradient of the penalty is divided by the number of examples in the batch. The 1/n
    belongs to the loss of the data; the penalty is added to their mean as it is.

    In which line do you divide by n, and what is in the sum by then?
    """
    penalty = _times(lambda n, size: 1 / n)
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, penalty=penalty)


@wrong(
    "train_regularized_mlp", shows=_black(lambda lr, lambda_, n, size: 1 - 2 * lr * lambda_ / size)
)
def penalty_averaged_over_weights(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The gradient of the penalty is divided by the number of weights, so there is next to nothing
    left of it. The penalty is a sum, not a mean.

    By what is the gradient of the penalty divided in your code, and why?
    """
    penalty = _times(lambda n, size: 1 / size)
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, penalty=penalty)


@wrong("train_regularized_mlp", shows=_black(lambda lr, lambda_, n, size: 1 - 2 * lambda_))
def penalty_without_learning_rate(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The gradient of the penalty is taken from the weights as it is, without `lr`.

    The penalty is part of the loss: what is its gradient multiplied by in a step?
    """

    def _whole_step(W, lambda_, n):
        return 2 * lambda_ * W / lr if lr else 0.0

    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, penalty=_whole_step)


def _not_moved(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    moved = any(np.any(b) for b in answer[0][1::2])
    factor = _drawn(answer, X, rng)
    usual = factor is not None and abs(factor) < 3 * math.sqrt(2 / X.shape[1])
    return lr > 0 and not moved and usual


@wrong("train_regularized_mlp", shows=_not_moved)
def start_parameters_returned(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The parameters that you return are those that training started with: either no step changes
    them, or the changed ones are lost.

    Where in your code do the new values take the place of the old ones, and which of them does
    `return` name?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, rates=(0, 0))


def _no_bias(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    moved = any(np.any(b) for b in answer[0][1::2])
    return lr > 0 and not moved and np.any(answer[0][0]) and _drawn(answer, X, rng) is None


@wrong("train_regularized_mlp", shows=_no_bias)
def biases_never_updated(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The weights are trained, and all biases are still 0 at the end.

    Which of the parameters does your update go through?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, rates=(1, 0))


def _uphill(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    absent = y.sum(axis=0) == 0  # such a class can only become less likely
    if not np.any(X):  # of black images only the frequency of the classes can be learnt
        return lr > 0 and _frequent_gain(answer, y) < 0
    if p == 1 and len(answer[1]) == 1:
        step = _plain_step(answer, X, y, hidden, lr, lambda_, rng, p)
        return _is_step(step, -1, lambda size: -1)
    return lr > 0 and absent.any() and bool((answer[0][-1][absent] > 0).all())


@wrong("train_regularized_mlp", shows=_uphill)
def step_uphill(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Training goes uphill: a class that is not among the labels becomes more likely with each
    step. The gradient points to where the loss grows, and the step should go the other way.

    Which sign stands between the parameter and `lr` times its gradient?
    """
    return _train(X, y, hidden, -lr, epochs, batch_size, lambda_, p, rng)


def _all_zero(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    return isinstance(answer[0], (list, tuple)) and not any(np.any(W) for W in answer[0][::2])


@wrong("train_regularized_mlp", shows=_all_zero)
def weights_start_at_zero(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """All weights are 0 at the end, as they must have been at the start. A ReLU of 0 has the slope
    0, so no gradient ever reaches them.

    What should the weights be drawn from, so that the units can become different?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, scale=0)


def _too_large(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    params, losses = answer
    usual = math.sqrt(2 / X.shape[1])
    return lr < 1 and losses[0] > np.log(y.shape[1]) + 1 and params[0].std() > 4 * usual


@wrong("train_regularized_mlp", shows=_too_large)
def weights_start_too_large(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Your weights start so large that the network is sure of its first guesses, most of them
    wrong: the first loss is far above that of blind guessing.

    How should the spread of a layer's weights depend on the number of its inputs?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, scale=10)


def _torn(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    params, losses = answer
    if len(losses) < 100 or batch_size < len(X) or p < 1:
        return False
    layer = X
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        layer = relu(layer @ W + b)
    A, share = softmax(layer @ params[-2] + params[-1]), y.mean(axis=0)
    entropy = -np.sum(share * np.log(np.maximum(share, 1e-300)))
    guesses = np.abs(A.mean(axis=0) - share).max() < 0.05 and A.std(axis=0).max() > 1e-4
    return guesses and abs(np.mean(losses[-20:]) - entropy) < 0.3


@wrong("train_regularized_mlp", shows=_torn)
def images_and_labels_torn_apart(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Training learns how frequent each class is, and nothing about the images. That is all there
    is to learn when images and labels are not shuffled alike.

    How many orders does your code draw, and to which arrays is each applied?
    """

    def _apart(X, y, batch_size, rng):
        return minibatches(X, y[rng.permutation(len(y))], batch_size, rng)

    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, batches=_apart)


def _dead(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    params, layer = answer[0], X
    if p == 1 and len(answer[1]) == 1:
        step = _plain_step(answer, X, y, hidden, lr, lambda_, rng, p)
        return len(X) > 1 and any(
            _is_step(step, len(X), lambda size, times=times: times) for times in (1, len(X))
        )
    finite = all(np.isfinite(param).all() for param in params)
    weights = all(np.any(W) for W in params[::2])
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        layer = relu(layer @ W + b)
        if not layer.any():
            by_chance = min(hidden) < 16  # so few units may be dead from the start
            return finite and weights and bool(np.any(X)) and not by_chance
    return False


@wrong("train_regularized_mlp", shows=_dead)
def step_along_the_sum(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Your steps are far too long, as along the gradient of a loss that is summed over the
    examples. After many of them whole layers give 0 for every image.

    Where does the 1/n of the mean come into your gradients, and how long is the first step?
    """
    return _train(X, y, hidden, lr * batch_size, epochs, batch_size, lambda_ / batch_size, p, rng)


def _rate_fixed(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    absent = y.sum(axis=0) == 0
    step = -float(answer[0][-1][absent].sum()) / max(1, absent.sum()) * y.shape[1]
    if not np.any(X) and lr > 0.15:
        steps = len(_batches(X, epochs, batch_size))
        by = (1 - 2 * 0.1 * lambda_) ** steps
        slow = not _gain_as_expected(answer, y, lr, steps) and _frequent_gain(answer, y) > 0
        return slow and _shrunk(answer, X, hidden, rng, by)
    return len(answer[1]) == 1 and lr >= 1 and 0 < step < lr / 20


@wrong("train_regularized_mlp", shows=_rate_fixed)
def learning_rate_ignored(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The step is much shorter than `lr` says: it seems to be the same for every `lr`.

    Where in your code should the argument `lr` be used, and is there another number in its place?
    """
    return _train(X, y, hidden, 0.1, epochs, batch_size, lambda_, p, rng)


def _last_left_out(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    whole, rest = divmod(len(X), batch_size)
    return rest > 0 and whole > 1 and len(answer[1]) == epochs * whole


@wrong("train_regularized_mlp", shows=_last_left_out)
def last_batch_dropped(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """The last batch of each epoch is missing: when the images do not fill whole batches, those
    left over are never seen.

    How many batches of 16 do 50 images make, when the last one may be smaller?
    """

    def _whole_batches(X, y, batch_size, rng):
        return minibatches(X, y, batch_size, rng)[: len(X) // batch_size]

    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng, batches=_whole_batches)


def _per_epoch(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    return len(answer[1]) == epochs and len(X) > batch_size


@wrong("train_regularized_mlp", shows=_per_epoch)
def as_many_losses_as_epochs(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """There is one loss for each epoch, and there should be one for each update. Either only one is
    kept of each epoch, or all images go into one batch whatever `batch_size` says.

    How many updates does an epoch of 50 images make when a batch has 16 of them?
    """
    params, losses = _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, rng)
    return params, losses[:: -(-len(X) // batch_size)]


def _once(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    count = len(answer[1])
    return epochs > 1 and count != epochs and count == -(-len(X) // batch_size)


@wrong("train_regularized_mlp", shows=_once)
def one_epoch_only(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Training goes over the data once, whatever `epochs` says: there are losses for one epoch
    only.

    Which line should be repeated for each epoch, and does `return` stand outside of that loop?
    """
    return _train(X, y, hidden, lr, 1, batch_size, lambda_, p, rng)


def _five(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    count = len(answer[1])
    return epochs not in (5, count) and count == 5 * -(-len(X) // batch_size)


@wrong("train_regularized_mlp", shows=_five)
def epochs_ignored(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Training always goes over the data 5 times, whatever `epochs` says.

    Where in your code should the argument `epochs` be used?
    """
    return _train(X, y, hidden, lr, 5, batch_size, lambda_, p, rng)


def _hidden_fixed(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    sizes = [W.shape[1] for W in answer[0][::2]]
    return sizes[:-1] == [256, 128] != list(hidden)


@wrong("train_regularized_mlp", shows=_hidden_fixed)
def hidden_sizes_ignored(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Your hidden layers always have 256 and 128 units, whatever `hidden` says.

    Where in your code should the argument `hidden` be used?
    """
    return _train(X, y, (256, 128), lr, epochs, batch_size, lambda_, p, rng)


def _own_seed(
    answer, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    if len(X) * epochs > 500:
        return False
    for seed in (0, 1, 42, 123, 1234):
        params, _ = _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, seed)
        if all(map(np.allclose, params, answer[0])):
            return True
    return False


@wrong("train_regularized_mlp", shows=_own_seed)
def generator_of_its_own(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4, p=0.8, rng=None
):
    """Your training draws from a generator that it has made itself, with a seed that is always the
    same: the `rng` that it is given has no effect.

    Where does `rng` get its value in your code?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, lambda_, p, 0)
