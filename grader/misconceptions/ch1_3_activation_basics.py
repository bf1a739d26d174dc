"""Wrong answers in chapter 1.3."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import math

import numpy as np

from . import Versions, recognized
from .reference import sigmoid as _sigmoid


def _is_clipped(answer, Z):
    """The answer is the sigmoid of Z cut off somewhere between 1 and 36."""
    lowest = float(np.min(answer))
    if not 1e-16 < lowest < 0.3:
        return False
    limit = math.log(1 / lowest - 1)
    cut = _sigmoid(np.clip(1.0 * Z, -limit, limit))
    both = Z.min() < -limit - 0.5 and np.abs(Z).min() < limit  # entries beyond it, and within
    return both and np.allclose(answer, cut, rtol=0, atol=1e-7)


def _has_a_rounded_e(answer, Z):
    """All entries are those of one base near e."""
    sure = (Z != 0) & (np.abs(Z) < 20)
    logs = np.log(answer[sure] / (1 - answer[sure])) / Z[sure]
    return np.size(logs) > 2 and np.ptp(logs) < 1e-6 and 1e-8 < abs(logs[0] - 1) < 0.02


class WrongSigmoid(Versions, of="sigmoid"):
    @recognized(_is_clipped)
    def clip_too_narrow(Z):
        """You clip z or the answer, which stops the overflow, but your limits are so narrow that it
        shows: for a very negative z the answer should keep approaching 0.

        How large must |z| be for the sigmoid to be so close to 0 or 1 that no cut shows?"""
        return _sigmoid(np.clip(1.0 * Z, -10, 10))

    def clip_too_wide_for_float32(Z):
        """Your limit keeps exp safe in float64, but in float32 exp already overflows at 89.

        Which limit is safe for both types? Or is there a form of the fraction that needs none?"""
        return 1 / (1 + np.exp(-np.clip(1.0 * Z, -500, 500)))

    def exp_overflows(Z):
        """Your values are right, but NumPy warns: for a large negative z, exp(-z) is larger than
        any float, beyond 710 in float64 and beyond 89 in float32. `np.where` alone does not help,
        because it computes both branches in full, even where they are not used.

        Up to 0, exp never overflows. Which such number could both forms of the fraction use?"""
        return 1 / (1 + np.exp(-Z))

    def sign_of_the_exponent(Z):
        """Your curve falls where it should rise: at z = 1 it gives 0.27, not 0.73.

        What sign does z have in the exponent of the formula?"""
        return _sigmoid(-1.0 * Z)

    def power_of_2(Z):
        """You use 2 to the power of -z instead of e to the power of -z, so your curve is too flat:
        {got}, not {expected}.

        Which NumPy function raises e to a power?"""
        return _sigmoid(np.log(2) * Z)

    def tanh_instead(Z):
        """This is tanh, which runs from -1 to 1. The sigmoid looks the same but runs from 0 to 1.

        What would turn a curve from -1 to 1 into one from 0 to 1?"""
        return np.tanh(1.0 * Z)

    def nan_for_large_z(Z):
        """`exp(z) / (1 + exp(z))` is right on paper, but inf / inf, which is nan, for large z.

        This form is safe on one side of 0, and 1 / (1 + exp(-z)) on the other. Which one where?"""
        return np.exp(Z) / (1 + np.exp(Z))

    def integer_result_array(Z):
        """For integers your answer consists of zeros and ones: `np.empty_like` and `np.zeros_like`
        also copy the dtype of Z, and an integer array cuts off all fractions.

        Which dtype should the array that you fill have when Z holds integers?"""
        out = np.zeros_like(Z)
        out[...] = _sigmoid(Z)
        return out

    def derivative_instead(Z):
        """This is the slope of the sigmoid, s (1 - s): it is largest at 0 and falls on both sides.
        This function should return the sigmoid itself.

        How large is the sigmoid at z = 0, and what does your function return there?"""
        s = _sigmoid(Z)
        return s * (1 - s)

    def same_for_plus_and_minus_z(Z):
        """`z` and -z give the same answer, because the absolute value loses the sign.

        The absolute value helps against overflow. Which formula with exp(-|z|) holds for z < 0?"""
        return _sigmoid(np.abs(1.0 * Z))

    def half_missing_in_tanh(Z):
        """Your curve rises twice as fast: it is the sigmoid of 2 z, {got}, not {expected}.

        The sigmoid can be written with tanh, but tanh of which multiple of z?"""
        return _sigmoid(2.0 * Z)

    def divided_by_the_sum(Z):
        """You divided by the sum over all entries, so they add up to 1 and depend on one another.
        That is the softmax; the sigmoid treats each entry by itself.

        Does the answer for one entry change in your function when another entry changes?"""
        e = np.exp(Z - np.max(Z))
        return e / e.sum()

    def denominator_without_parentheses(Z):
        """Python reads `1 / 1 + exp(-z)` as (1 / 1) + exp(-z), so all your numbers are above 1.

        Which part of the formula is below the fraction bar, and how do you tell Python?"""
        return 1 / 1 + np.exp(-1.0 * Z)

    def math_exp_on_an_array(Z):
        """`math.exp` only takes single numbers and refuses an array.

        Which library of this course has an exp that works on every entry of an array at once?"""
        return 1 / (1 + math.exp(-Z))

    def one_missing_in_the_denominator(Z):
        """1 / exp(-z) is exp(z), which grows without bound. A 1 is missing.

        What is below the fraction bar in the formula?"""
        return 1 / np.exp(-1.0 * Z)

    def relu_instead(Z):
        """This is the ReLU, which cuts off negative numbers and leaves the rest as they are. The
        sigmoid maps every number to between 0 and 1.

        What should come out for z = 0, and what for a very large z?"""
        return np.maximum(0.0, 1.0 * Z)

    def minus_in_the_denominator(Z):
        """With 1 - exp(-z) below the bar your answer is never between 0 and 1.

        What should the sigmoid be at z = 0, where exp(-z) is 1?"""
        return 1 / (1 - np.exp(-1.0 * Z))

    def step_instead_of_curve(Z):
        """Your answer is 0 or 1 and nothing in between: a step. The sigmoid moves smoothly from 0
        to 1, so there is a slope to learn from.

        What should come out for z = 0.1, which is barely positive?"""
        return np.where(Z > 0, 1.0, 0.0).astype((1.0 * Z).dtype)

    def softplus_instead(Z):
        """You return log(1 + exp(z)), the softplus: it grows without limit. The sigmoid is its
        slope.

        Between which two numbers does a probability lie, and where does your formula take a
        logarithm?"""
        return np.logaddexp(0, 1.0 * Z)

    def three_straight_lines(Z):
        """Your curve is a straight line, cut off at 0 and 1: the "hard" sigmoid of some libraries.

        Which function in the formula bends the curve?"""
        return np.clip(0.2 * Z + 0.5, 0, 1)

    def quotient_without_an_exponential(Z):
        """Your curve approaches 0 and 1, but slowly, and without an exponential: z / (1 + |z|).

        What does exp(-z) do in the formula when z grows by 1?"""
        Z = 1.0 * Z
        return 0.5 * (Z / (1 + np.abs(Z)) + 1)

    def negative_entries_squeezed_twice(Z):
        """Negative entries go through the sigmoid twice: after the first time they are positive,
        and your second line takes them for positive ones.

        Does your second mask look at Z, or at what the first line has already changed?"""
        A = _sigmoid(1.0 * Z)
        return np.where(Z < 0, _sigmoid(A), A)

    @recognized(_has_a_rounded_e)
    def rounded_e(Z):
        """Your e has only a few digits, so the answer has only a few that are right.

        Which function of NumPy computes e^z?"""
        small = 2.718 ** -np.abs(1.0 * Z)
        return np.where(Z >= 0, 1, small) / (1 + small)
