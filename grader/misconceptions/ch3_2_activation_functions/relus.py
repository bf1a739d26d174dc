"""Wrong `relu`, `relu_derivative` and `leaky_relu`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions, recognized


def _floats(Z):
    """Z itself if it holds floats."""
    return Z if Z.dtype.kind == "f" else 1.0 * Z


def _has_a_ceiling(answer, Z):
    top = answer.max()
    return top > 0 and np.sum(top < Z) > 1 and np.allclose(answer, np.clip(Z, 0, top))


class WrongRelu(Versions, of="relu"):
    def integers_stay_integers(Z):
        """Your values are right, but integers come back as integers. The rest of the course
        computes with floats, and the next in-place step would fail or cut off the fractions.

        What kind of number is the zero that you compare with?"""
        return np.maximum(0, Z)

    def changed_in_place(Z):
        """You write the zeros into the caller's array. The values are right, but the Z that
        backpropagation will need later is gone.

        Does your function create a new array, or does it assign to entries of the one it was given?
        """
        Z = _floats(Z)
        Z[Z < 0] = 0
        return Z

    def absolute_value(Z):
        """Negative entries come out positive, {got}, not {expected}: you drop only the sign.

        What should be left of an entry that is below 0?"""
        return np.abs(1.0 * Z)

    def minimum_instead_of_maximum(Z):
        """You keep what is negative and cut off what is positive: {got}, not {expected}.

        Which of z and 0 is the larger one, for z = 2 and for z = -2?"""
        return np.minimum(Z, 0.0)

    def derivative_instead_of_value(Z):
        """Positive entries come out as 1: {got}, not {expected}. That is the slope of relu.

        What does relu do to a positive number?"""
        Z = 1.0 * Z
        return (Z > 0).astype(Z.dtype)

    def largest_entry_instead_of_each(Z):
        """`np.max` finds the largest entry along an axis. Its second argument is that axis, so the
        0 is not a number to compare with, and the result has fewer entries than Z.

        Which NumPy function compares two things entry by entry?"""
        return np.max(1.0 * Z, 0)

    def python_max_of_an_array(Z):
        """Python's own `max` asks whether one thing is larger than the other and needs a single yes
        or no. An array has one answer per entry, so NumPy refuses.

        Which NumPy function compares entry by entry?"""
        return max(0, Z)

    def leaks_below_zero(Z):
        """Negative entries keep a hundredth of themselves: {got}, not {expected}. That is the leaky
        variant, which comes later in this chapter.

        What value does the plain relu have for every z below 0?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, 0.01 * Z)

    @recognized(_has_a_ceiling)
    def cut_off_above(Z):
        """Large entries all come out as the same number: {got}, not {expected}. ReLU has a floor
        but no ceiling, which keeps its gradient alive for large z.

        Which upper bound does max(0, z) name?"""
        return np.clip(1.0 * Z, 0, 1)

    @recognized(lambda answer, Z: np.allclose(answer, np.logaddexp(0.0, Z)))
    def softplus(Z):
        """Your curve is smooth at 0 and contains a logarithm: {got}, not {expected}. That is
        softplus, a relative of relu, but relu consists of two straight lines.

        Which of two numbers is larger: how can you say that more simply than with a logarithm?"""
        return np.logaddexp(0.0, Z)


class WrongReluDerivative(Versions, of="relu_derivative"):
    def one_at_zero(Z):
        """At z = 0 you return 1. ReLU has a corner there and no derivative; the course uses 0, so
        that a unit that is switched off passes nothing back.

        Does your comparison treat 0 as a positive number?"""
        Z = 1.0 * Z
        return (Z >= 0).astype(Z.dtype)

    def half_at_zero(Z):
        """At z = 0 you return 0.5, the mean of both slopes. That is fair, but the course uses 0.

        Which value does the docstring name for z = 0?"""
        Z = 1.0 * Z
        return np.heaviside(Z, Z.dtype.type(0.5))

    def sign_of_z(Z):
        """Negative entries give -1. That is the slope of the absolute value; relu is flat there.

        How much does max(0, z) change when z goes from -2 to -1.9?"""
        return np.sign(1.0 * Z)

    def value_instead_of_derivative(Z):
        """You return relu itself: {got}, but its slope is {expected}.

        By how much does max(0, z) grow when a positive z grows by 1?"""
        return np.maximum(Z, 0.0)

    def truth_values_returned(Z):
        """You return True and False. They look like 1 and 0, but they are not numbers in the dtype
        of Z, and NumPy even refuses to subtract them.

        How do you turn an array of booleans into numbers of the same dtype as Z?"""
        return Z > 0

    def whole_numbers_returned(Z):
        """The zeros and ones are right, but integers, not floats (float32 for a float32 Z).

        Which dtype do the 0 and the 1 that you fill in have?"""
        return np.where(Z > 0, 1, 0)

    def always_float64(Z):
        """The zeros and ones are right, but they are always float64, even for a float32 Z. One such
        array turns every product of backpropagation into float64, at twice the memory and time.

        Where could the answer get its dtype, if not from Python's float?"""
        return (Z > 0).astype(np.float64)

    def dtype_of_integers_kept(Z):
        """For integers you return integers: the answer takes whatever dtype Z has. That is right
        for float32 and float64, but integers should give float64.

        What could you do to Z first, so that integers become floats and float32 stays?"""
        return (Z > 0).astype(Z.dtype)

    def sides_swapped(Z):
        """Your answer is 1 where z is negative and 0 where it is positive: {got}, not {expected}.

        On which side of 0 does relu rise?"""
        Z = 1.0 * Z
        return (Z <= 0).astype(Z.dtype)

    def one_everywhere(Z):
        """Your slope is 1 everywhere, even left of 0. Then relu would be a straight line, and a
        deep network no better than a single layer.

        How steep is max(0, z) for negative z?"""
        return np.ones_like(1.0 * Z)

    def leaky_slope_below_zero(Z):
        """Negative entries give a slope of 0.01: that is the derivative of the leaky variant. The
        plain relu is completely flat left of 0.

        Which of the two activations is this the derivative of?"""
        Z = 1.0 * Z
        return np.where(Z > 0, 1, 0.01).astype(Z.dtype)

    def divided_by_z(Z):
        """You divide relu(z) by z. That gives the right slopes except at z = 0: there it is 0
        divided by 0, which is nan and a warning.

        Could you look at the sign of z instead of dividing?"""
        return np.maximum(Z, 0.0) / Z

    def slopes_written_into_z(Z):
        """Your values are right, but you write them into the caller's array: its Z is gone.

        Does your function create a new array, or does it assign to entries of the one it was given?
        """
        Z = _floats(Z)
        Z[Z <= 0] = 0
        Z[Z > 0] = 1
        return Z


class WrongLeakyRelu(Versions, of="leaky_relu"):
    def alpha_ignored(Z, alpha=0.01):
        """You always multiply negative entries by 0.01, whatever alpha the caller passes.

        Where does your formula use the second argument?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, 0.01 * Z)

    def default_of_a_tenth(Z, alpha=0.1):
        """Without a second argument your slope for negative entries is 0.1, but the default should
        be a tenth of that: {got}, not {expected}.

        What does the first line of your function say about alpha?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, alpha * Z)

    def plain_relu(Z, alpha=0.01):
        """Negative entries become 0, as in the plain relu: {got}, not {expected}. Then nothing
        leaks through, and a unit that is negative for all examples never recovers.

        What is left of a negative entry when its slope is alpha and not 0?"""
        return np.maximum(Z, 0.0)

    def alpha_not_multiplied(Z, alpha=0.01):
        """All negative entries get the same value, alpha itself: {got}, not {expected}. Alpha is
        the slope on that side, and a slope must be multiplied by z.

        How should the answers for -1 and -2 differ?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, Z.dtype.type(alpha))

    def maximum_of_z_and_alpha(Z, alpha=0.01):
        """Your maximum compares z with alpha itself: {got}, not {expected}.

        Which multiple of z should you compare z with?"""
        return np.maximum(1.0 * Z, alpha)

    def alpha_of_zero_replaced(Z, alpha=0.01):
        """You treat an alpha of 0 as missing and use 0.01. But 0 is a slope too: the plain relu.

        What does `or`, or a test of whether alpha is true, do with the number 0?"""
        alpha = alpha or 0.01
        Z = 1.0 * Z
        return np.where(Z > 0, Z, alpha * Z)

    def sign_of_negatives_lost(Z, alpha=0.01):
        """Negative entries come out positive: {got}, not {expected}.

        What sign does a negative number times a positive slope have?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, -alpha * Z)

    def small_slope_on_the_wrong_side(Z, alpha=0.01):
        """You multiply the positive entries by alpha: {got}, not {expected}.

        On which side of 0 should only a little get through?"""
        Z = 1.0 * Z
        return np.where(Z > 0, alpha * Z, Z)

    def slope_instead_of_value(Z, alpha=0.01):
        """You return the slope, 1 or alpha: {got}, but the value is {expected}.

        What does the function do to z itself when the slope is 1?"""
        Z = 1.0 * Z
        return np.where(Z > 0, 1, alpha).astype(Z.dtype)

    def exponential_below_zero(Z, alpha=0.01):
        """Left of 0 your curve bends, with an exponential: {got}, not {expected}. That is the ELU,
        a relative; the leaky relu consists of two straight lines.

        What is the simplest function with slope alpha that is 0 at 0?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, alpha * (np.exp(np.minimum(Z, 0)) - 1))

    def leak_written_into_z(Z, alpha=0.01):
        """Your values are right, but you write them into the caller's array: its Z has changed.

        Does your function create a new array, or does it assign to entries of the one it was given?
        """
        Z = _floats(Z)
        Z[Z < 0] *= alpha
        return Z

    def integers_cannot_be_scaled(Z, alpha=0.01):
        """An array of integers, or a copy of it, holds only integers: no fraction can multiply them
        in place.

        Which dtype should the array that you fill have when Z holds integers?"""
        out = Z.copy()
        out[Z < 0] *= alpha
        return out

    def fractions_cut_off(Z, alpha=0.01):
        """The array that you fill has the dtype of Z. When Z holds integers, the small negative
        values lose their fractions and become 0.

        Which dtype should the new array have when Z holds integers?"""
        out = Z.copy()
        out[Z < 0] = alpha * Z[Z < 0]
        return out

    def alpha_where_z_belongs(Z, alpha=0.01):
        """Right of 0 you return `alpha` itself: {got}, not {expected}. Left of 0 you return z.

        In which order does `np.where` take what holds and what does not, and which of the two sides
        is the one with the small slope?"""
        Z = 1.0 * Z
        return np.where(Z > 0, alpha, Z).astype(Z.dtype)

    def divided_by_alpha(Z, alpha=0.01):
        """You divide negative entries by alpha: {got}, not {expected}. The paper's a is 1 / alpha;
        here alpha is the slope itself.

        Should a small alpha make negative entries small or large?"""
        Z = 1.0 * Z
        return np.where(Z > 0, Z, Z / alpha) if alpha else Z

    def both_parts_everywhere(Z, alpha=0.01):
        """Positive entries come out too large by alpha times themselves: you add alpha z
        everywhere, not only below 0.

        Which of the two parts should be 0 for a positive entry?"""
        Z = 1.0 * Z
        return np.maximum(Z, 0) + alpha * Z
