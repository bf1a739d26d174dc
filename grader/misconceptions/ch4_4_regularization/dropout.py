"""Wrong `dropout`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import math

import numpy as np

from .. import Versions, recognized


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


def _normal_below(p):
    """The probability that a normally distributed number is below p."""
    return (1 + math.erf(p / math.sqrt(2))) / 2


def _wrong_side(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    others = (p, 0.5, _normal_below(p))
    known = any(map(seen.keeps, others)) or (p < 1 and seen.scaled(1 / (1 - p)))
    return seen.keeps(1 - p) and not known


def _unscaled(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    floats = seen.mask.dtype.kind == "f" and seen.share < 1
    return p < 1 and floats and seen.scaled(1) and seen.gives(1)


def _mask_unscaled(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.mask.dtype != bool and seen.scaled(1) and seen.gives(1 / p)


def _mask_alone(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.scaled(1 / p) and seen.gives(1) and not seen.gives(1 / p)


def _unmasked(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    others = any(np.allclose(seen.dropped, seen.A * factor, rtol=1e-5) for factor in (1, p, 1 / p))
    return p < 1 and seen.share < 1 and seen.scaled(1 / p) and others


def _scaled_twice(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.scaled(1 / p) and seen.gives(1 / p**2)


def _other_share(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return abs(p - 0.5) > 0.05 and seen.scaled(1 / (1 - p)) and seen.keeps(p)


def _alike(kept, axis):
    """Whether all entries along this axis share one fate, but not simply all entries."""
    return kept.shape[axis] > 1 and bool((np.diff(kept, axis=axis) == 0).all()) and np.ptp(kept) > 0


def _rows(answer, A, p, rng):
    kept = (_parts(answer)[1] != 0).astype(int)
    return A.ndim == 2 and (
        kept.shape == (len(A), 1) or (kept.shape == A.shape and _alike(kept, 1))
    )


def _columns(answer, A, p, rng):
    kept = (_parts(answer)[1] != 0).astype(int)
    small = kept.shape in ((A.shape[-1],), (1, A.shape[-1]))
    return A.ndim == 2 and (small or (kept.shape == A.shape and _alike(kept, 0)))


def _all_kept(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return p < 1 and seen.share == 1 and seen.scale is not None and A.ndim > 1 and A.size > 100


def _scaled_by_the_share(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return seen.keeps(p) and seen.scaled(1 / seen.share) and not seen.scaled(1 / p)


def _fixed_number(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    in_lines = A.ndim > 1 and (_rows(answer, A, p, rng) or _columns(answer, A, p, rng))
    return p < 1 and A.size > 10_000 and seen.kept.sum() == round(p * A.size) and not in_lines


def _half(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    return seen.keeps(0.5) and not seen.keeps(p) and not seen.keeps(1 - p) and seen.scale != 1


def _normal(answer, A, p, rng):
    seen = _Seen(answer, A, p)
    known = seen.keeps(p) or seen.keeps(1 - p) or seen.keeps(0.5)
    return seen.keeps(_normal_below(p)) and not known


def _random_factors(answer, A, p, rng):
    A_dropped, mask = _parts(answer)
    several = len(np.unique(mask)) > 10 and mask.min() >= 0 and mask.max() <= 1
    return several and np.allclose(A_dropped, A * mask, rtol=1e-5)


def _swapped(answer, A, p, rng):
    mask, A_dropped = _parts(answer)
    two = mask.min() == (p == 1) and len(np.unique(mask)) == 2 - (p == 1)
    return two and np.allclose(A_dropped, A * mask, rtol=1e-5) and not np.allclose(A_dropped, mask)


def _whole(answer, A, p, rng):
    return A.dtype.kind in "iu" and _parts(answer)[1].dtype.kind in "iu"


def _seeded(answer, A, p, rng):
    mask = _parts(answer)[1]
    drawn = [np.random.default_rng(seed).random(A.shape) < p for seed in (0, 1, 42, 123, 1234)]
    return A.size > 100 and p < 1 and any(np.array_equal(mask != 0, kept) for kept in drawn)


class WrongDropout(Versions, of="dropout"):
    @recognized(_p_drops)
    def p_taken_as_drop_probability(A, p, rng):
        """Your `p` is the probability of dropping a unit. Many libraries mean that, but in this
        chapter `p` is the probability of keeping it.

        For p = 0.8, which share of the units should still be there?"""
        mask = ((rng.random(A.shape) >= p) / (1 - p)).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_wrong_side)
    def comparison_turned_round(A, p, rng):
        """You keep a share of 1 - p of the units, but p is the probability of keeping one.

        How often is a random number between 0 and 1 less than 0.8, and how often is it more?"""
        mask = ((rng.random(A.shape) > p) / p).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_unscaled)
    def not_divided_by_p(A, p, rng):
        """The remaining units keep their value, and the others are gone, so on average less than
        before reaches the next layer. Scale up the units that remain.

        With p = 0.5 half of the units remain: how large must each be to keep the average sum?"""
        mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_mask_unscaled)
    def mask_not_divided_by_p(A, p, rng):
        """`A_dropped` is right, but your mask holds 0 and 1 instead of 0 and 1/p. The backward pass
        multiplies by the mask and would miss the factor.

        What do you multiply each kept unit by in total, and where should that number be?"""
        mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
        return A * mask / p, mask

    @recognized(lambda answer, *args: _parts(answer)[1].dtype == bool, of_form=True)
    def mask_of_truth_values(A, p, rng):
        """Your mask holds booleans, but it should hold 0 and 1/p, the factors of the units.

        What do you multiply each kept unit by in total, and where should that number be?"""
        mask = rng.random(A.shape) < p
        return (A * mask / p).astype((1.0 * A).dtype), mask

    @recognized(_mask_alone)
    def activations_not_divided_by_p(A, p, rng):
        """Your mask is right, but `A_dropped` does not match it: its units are not divided by p.

        Which product of `A` and `mask` should `A_dropped` be?"""
        mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
        return A * (mask > 0).astype(mask.dtype), mask

    @recognized(_unmasked)
    def mask_not_applied(A, p, rng):
        """Your mask is right, but no unit of `A_dropped` is 0: `A` is not multiplied by the mask.

        Which product of `A` and `mask` should `A_dropped` be?"""
        A = 1.0 * A
        return A / A.dtype.type(p), ((rng.random(A.shape) < p) / p).astype(A.dtype)

    @recognized(_scaled_twice)
    def divided_by_p_twice(A, p, rng):
        """Your mask already contains 1/p, and you divide `A_dropped` by p once more.

        Which product of `A` and `mask` should `A_dropped` be?"""
        mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
        return A * mask / p, mask

    @recognized(lambda answer, A, p, *args: p < 1 and _Seen(answer, A, p).scaled(p))
    def multiplied_by_p(A, p, rng):
        """You multiply the remaining units by p, which makes them even smaller.

        With p = 0.5 half of the units remain: should each be larger or smaller than before?"""
        mask = ((rng.random(A.shape) < p) * p).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_other_share)
    def divided_by_one_minus_p(A, p, rng):
        """You divide the kept units by 1 - p, which is the probability of being dropped.

        Of 10 units 8 remain: what must you multiply each by to make up for the other 2?"""
        mask = (rng.random(A.shape) < p).astype((1.0 * A).dtype)
        mask = mask / (1 - p) if p < 1 else mask
        return A * mask, mask

    @recognized(_rows)
    def whole_rows_dropped(A, p, rng):
        """All units of an example share the same fate: you keep or drop whole rows of `A`.

        How many random numbers do you draw, and how many decisions do you need?"""
        mask = ((rng.random((len(A), *[1] * (A.ndim - 1))) < p) / p).astype((1.0 * A).dtype)
        return A * mask, np.broadcast_to(mask, A.shape)

    @recognized(_columns)
    def same_units_for_all_examples(A, p, rng):
        """You drop a unit for all examples at once: you keep or drop whole columns of `A`.

        How many random numbers do you draw, and how many decisions do you need?"""
        mask = ((rng.random(A.shape[-1:]) < p) / p).astype((1.0 * A).dtype)
        return A * mask, np.broadcast_to(mask, A.shape)

    @recognized(_all_kept)
    def everything_kept(A, p, rng):
        """You keep all units, whatever `p` says: no unit has a decision of its own.

        How many random numbers do you draw, and what do you compare them with?"""
        mask = np.ones(A.shape, (1.0 * A).dtype)
        return A * mask, mask

    @recognized(_fixed_number)
    def fixed_number_of_units_kept(A, p, rng):
        """You keep the same number of units every time, and chance only decides which. Then one
        unit's fate depends on those of the others.

        How many of 10 units are kept if a coin is tossed for each: always 5?"""
        order = rng.permutation(A.size).reshape(A.shape)
        mask = ((order < round(p * A.size)) / p).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_scaled_by_the_share)
    def divided_by_the_share_that_was_kept(A, p, rng):
        """You divide by the share of units that happened to be kept, not by p: about the same, but
        different at each call.

        Which number does the docstring divide by, and does it depend on chance?"""
        kept = rng.random(A.shape) < p
        mask = (kept / max(kept.mean(), 1 / A.size)).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_half)
    def half_kept_whatever_p(A, p, rng):
        """You keep about half of the units, whatever `p` says.

        What do you compare your random numbers with, or with which probabilities do you draw them?
        """
        mask = ((rng.random(A.shape) < 0.5) / p).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_normal)
    def normal_numbers_compared(A, p, rng):
        """The share of units you keep is not p: it is how often a normally distributed number is
        below p, and such numbers may well be negative.

        Between which bounds must an even random number lie, to be below p with probability p?"""
        mask = ((rng.standard_normal(A.shape) < p) / p).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_random_factors)
    def random_numbers_as_mask(A, p, rng):
        """Your mask holds random numbers of all sizes. A unit is either kept or dropped.

        What do you compare a random number with to turn it into a yes or a no?"""
        mask = rng.random(A.shape).astype((1.0 * A).dtype)
        return A * mask, mask

    @recognized(_swapped)
    def mask_before_the_activations(A, p, rng):
        """You swapped your two return values: the mask comes first, and the activations after it.

        In which order does the docstring name them?"""
        mask = ((rng.random(A.shape) < p) / p).astype((1.0 * A).dtype)
        return mask, A * mask

    @recognized(_whole, of_form=True)
    def mask_in_the_dtype_of_whole_numbers(A, p, rng):
        """For integers your mask holds integers too, and cuts off the fraction of 1/p.

        Which dtype should `A` have before anything copies it?"""
        mask = ((rng.random(A.shape) < p) / p).astype(A.dtype)
        return A * mask, mask

    @recognized(_seeded)
    def seed_of_its_own(A, p, rng):
        """Your masks come from a generator that you create with a fixed seed: `rng` has no effect.

        Which generator should you draw the random numbers from?"""
        mask = ((np.random.default_rng(0).random(A.shape) < p) / p).astype((1.0 * A).dtype)
        return A * mask, mask
