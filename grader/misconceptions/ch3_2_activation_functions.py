"""Wrong answers in chapter 3.2."""

import numpy as np

from . import wrong
from .reference import sigmoid


def _floats(Z):
    """Z itself if it holds floats."""
    return Z if Z.dtype.kind == "f" else 1.0 * Z


@wrong("relu")
def integers_stay_integers(Z):
    """Your values are right, but integers come back as integers. The rest of the course computes
    with floats, and the next in-place step would fail or cut off the fractions.

    What kind of number is the zero that you compare with?
    """
    return np.maximum(0, Z)


@wrong("relu")
def changed_in_place(Z):
    """You write the zeros into the caller's array. The values are right, but the Z that
    backpropagation will need later is gone.

    Does your function create a new array, or does it assign to entries of the one it was given?
    """
    Z = _floats(Z)
    Z[Z < 0] = 0
    return Z


@wrong("relu")
def absolute_value(Z):
    """Negative entries come out positive, {got} instead of {expected}: you drop the sign, but you
    should drop the entry.

    What should be left of an entry that is below 0?
    """
    return np.abs(1.0 * Z)


@wrong("relu")
def minimum_instead_of_maximum(Z):
    """You keep what is negative and cut off what is positive: {got} instead of {expected}.

    Which of z and 0 is the larger one, for z = 2 and for z = -2?
    """
    return np.minimum(Z, 0.0)


@wrong("relu")
def derivative_instead_of_value(Z):
    """Positive entries come out as 1: {got} instead of {expected}. That is the slope of relu, the
    next function of this chapter.

    What does relu do to a positive number?
    """
    Z = 1.0 * Z
    return (Z > 0).astype(Z.dtype)


@wrong("relu")
def largest_entry_instead_of_each(Z):
    """`np.max` finds the largest entry along an axis. Its second argument is that axis, so the 0 is
    not a number to compare with, and the result has fewer entries than Z.

    Which NumPy function compares two things entry by entry?
    """
    return np.max(1.0 * Z, 0)


@wrong("relu")
def python_max_of_an_array(Z):
    """Python's own `max` asks whether one thing is larger than the other and needs a single yes or
    no. An array has one answer per entry, so NumPy refuses.

    Which NumPy function compares entry by entry?
    """
    return max(0, Z)


@wrong("relu")
def leaks_below_zero(Z):
    """Negative entries keep a hundredth of themselves: {got} instead of {expected}. That is the
    leaky variant, which comes later in this chapter.

    What value does the plain relu have for every z below 0?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, Z, 0.01 * Z)


def _has_a_ceiling(answer, Z):
    top = answer.max()
    return np.sum(top < Z) > 1 and np.allclose(answer, np.clip(Z, 0, top))


@wrong("relu", recognizes=_has_a_ceiling)
def cut_off_above(Z):
    """Large entries all come out as the same number: {got} instead of {expected}. ReLU has a floor
    but no ceiling, which keeps its gradient alive for large z.

    Which upper bound does max(0, z) name?
    """
    return np.clip(1.0 * Z, 0, 1)


def _is_smooth(answer, Z):
    return np.allclose(answer, np.logaddexp(0.0, Z))


@wrong("relu", recognizes=_is_smooth)
def softplus(Z):
    """Your curve is smooth at 0 and contains a logarithm: {got} instead of {expected}. That is
    softplus, a relative of relu, but relu consists of two straight lines.

    Which of two numbers is larger: how can you say that more simply than with a logarithm?
    """
    return np.logaddexp(0.0, Z)


@wrong("relu_derivative")
def one_at_zero(Z):
    """At z = 0 you return 1. ReLU has a corner there and no derivative; the course uses 0, so that
    a unit that is switched off passes nothing back.

    Does your comparison treat 0 as a positive number?
    """
    Z = 1.0 * Z
    return (Z >= 0).astype(Z.dtype)


@wrong("relu_derivative")
def half_at_zero(Z):
    """At z = 0 you return 0.5, the mean of the slopes on both sides. That is a fair choice, but the
    course uses 0.

    Which value does the docstring name for z = 0?
    """
    Z = 1.0 * Z
    return np.heaviside(Z, Z.dtype.type(0.5))


@wrong("relu_derivative")
def sign_of_z(Z):
    """Negative entries give -1. That is the sign of z, and the slope of the absolute value. Left of
    0 relu is flat.

    How much does max(0, z) change when z goes from -2 to -1.9?
    """
    return np.sign(1.0 * Z)


@wrong("relu_derivative")
def value_instead_of_derivative(Z):
    """You return relu itself: {got}, but its slope is {expected}.

    By how much does max(0, z) grow when a positive z grows by 1?
    """
    return np.maximum(Z, 0.0)


@wrong("relu_derivative")
def truth_values_returned(Z):
    """You return True and False. They look like 1 and 0, but they are not numbers in the dtype of
    Z, and NumPy even refuses to subtract them.

    How do you turn an array of booleans into numbers of the same dtype as Z?
    """
    return Z > 0


@wrong("relu_derivative")
def whole_numbers_returned(Z):
    """The zeros and ones are right, but they are integers. A derivative is a float array, float32
    for a float32 Z.

    Which dtype do the 0 and the 1 that you fill in have?
    """
    return np.where(Z > 0, 1, 0)


@wrong("relu_derivative")
def always_float64(Z):
    """The zeros and ones are right, but they are always float64, even for a float32 Z. One such
    array turns every product of backpropagation into float64, at twice the memory and time.

    Where could the answer get its dtype, if not from Python's float?
    """
    return (Z > 0).astype(np.float64)


@wrong("relu_derivative")
def dtype_of_integers_kept(Z):
    """For integers you return integers: the answer takes whatever dtype Z has. That is right for
    float32 and float64, but integers should give float64.

    What could you do to Z first, so that integers become floats and float32 stays?
    """
    return (Z > 0).astype(Z.dtype)


@wrong("relu_derivative")
def sides_swapped(Z):
    """Your answer is 1 where z is negative and 0 where it is positive: {got} instead of {expected}.

    On which side of 0 does relu rise?
    """
    Z = 1.0 * Z
    return (Z <= 0).astype(Z.dtype)


@wrong("relu_derivative")
def one_everywhere(Z):
    """Your slope is 1 everywhere, even left of 0. Then relu would be a straight line, and a deep
    network no better than a single layer.

    How steep is max(0, z) for negative z?
    """
    return np.ones_like(1.0 * Z)


@wrong("relu_derivative")
def leaky_slope_below_zero(Z):
    """Negative entries give a slope of 0.01: that is the derivative of the leaky variant. The plain
    relu is completely flat left of 0.

    Which of the two activations is this the derivative of?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, 1, 0.01).astype(Z.dtype)


@wrong("relu_derivative")
def divided_by_z(Z):
    """You divide relu(z) by z. That gives the right slopes except at z = 0: there it is 0 divided
    by 0, which is nan and a warning.

    Could you look at the sign of z instead of dividing?
    """
    return np.maximum(Z, 0.0) / Z


@wrong("relu_derivative")
def slopes_written_into_z(Z):
    """You write the zeros and ones into the caller's array. The values are right, but the caller's
    Z is gone.

    Does your function create a new array, or does it assign to entries of the one it was given?
    """
    Z = _floats(Z)
    Z[Z <= 0] = 0
    Z[Z > 0] = 1
    return Z


@wrong("tanh")
def small_integers_give_float16(Z):
    """For small integers such as uint8, the dtype of pixels, NumPy answers in float16, with three
    digits. The answer should be float64 for integers of any size.

    What could you do to Z first, so that integers become float64 and float32 stays?
    """
    return np.tanh(Z)


@wrong("tanh")
def exponentials_overflow(Z):
    """The quotient of exponentials is right on paper, but for large z the exponential overflows:
    infinity divided by infinity is nan.

    Which NumPy function does this for any z?
    """
    Z = 1.0 * Z
    return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))


@wrong("tanh")
def squared_exponential_overflows(Z):
    """With e^(2z) above and below the bar, the quotient is infinity divided by infinity for large
    positive z, which is nan. For negative z it is fine.

    Which NumPy function takes any z without overflow?
    """
    E = np.exp(2.0 * Z)
    return (E - 1) / (E + 1)


@wrong("tanh")
def negative_exponential_overflows(Z):
    """With e^(-2z) above and below the bar, the quotient is infinity divided by infinity for large
    negative z, which is nan. For positive z it is fine.

    Which NumPy function takes any z without overflow?
    """
    E = np.exp(-2.0 * Z)
    return (1 - E) / (1 + E)


@wrong("tanh")
def overflow_warning(Z):
    """Your values are right, but for large negative z the exponential overflows along the way, and
    NumPy warns. Avoid such warnings, so that a warning always means something.

    Which NumPy function, or which form of the sigmoid in chapter 1.3, takes any z?
    """
    return 2 / (1 + np.exp(-2.0 * Z)) - 1


@wrong("tanh")
def sigmoid_instead_of_tanh(Z):
    """You return the sigmoid, which runs from 0 to 1: {got} instead of {expected}. tanh runs from
    -1 to 1 and is 0 at 0.

    How many exponentials are in the numerator of tanh?
    """
    return sigmoid(Z)


@wrong("tanh")
def argument_not_doubled(Z):
    """Your curve runs from -1 to 1 as it should, but it is half as steep: {got} instead of
    {expected}. Stretching the sigmoid to that range is only part of the way to tanh.

    How steep is tanh at 0, and how steep is your curve?
    """
    return 2 * sigmoid(Z) - 1


@wrong("tanh")
def tangent_of_the_circle(Z):
    """`np.tan` is the tangent of an angle, which has poles: {got} instead of {expected}. The h of
    tanh stands for hyperbolic.

    Which function of the same family stays between -1 and 1?
    """
    return np.tan(1.0 * Z)


@wrong("tanh")
def quotient_upside_down(Z):
    """You swapped numerator and denominator: {got} is 1 divided by {expected}. tanh never leaves
    the range from -1 to 1.

    Does the difference of the two exponentials belong above or below?
    """
    Z = 1.0 * Z
    return (np.exp(Z) + np.exp(-Z)) / (np.exp(Z) - np.exp(-Z))


@wrong("tanh")
def straight_line_cut_off(Z):
    """Your curve is the straight line z, cut off at -1 and 1: {got} instead of {expected}. tanh
    bends all the way.

    Which NumPy function is the hyperbolic tangent?
    """
    return np.clip(1.0 * Z, -1, 1)


@wrong("tanh")
def hyperbolic_sine(Z):
    """Half the difference of the exponentials is sinh, which grows without bound: {got} instead of
    {expected}.

    What is below the fraction bar of tanh?
    """
    return np.sinh(1.0 * Z)


@wrong("tanh_derivative")
def argument_taken_for_the_value(Z):
    """You treat Z as the value of tanh, but it is the argument: {got} instead of {expected}. Books
    write 1 - a^2 with a = tanh(z), and here you get z.

    What must happen to Z before you square it?
    """
    return 1 - Z**2


@wrong("tanh_derivative")
def square_forgotten(Z):
    """You subtract tanh from 1 without squaring it: {got} instead of {expected}. The slope of tanh
    is never above 1.

    What power of tanh appears in its derivative?
    """
    return 1 - np.tanh(1.0 * Z)


@wrong("tanh_derivative")
def sigmoid_rule(Z):
    """You use a (1 - a) with a = tanh(z): {got} instead of {expected}. This rule belongs to the
    sigmoid; tanh has another one.

    What is the derivative of tanh at 0, where the curve is steepest, and what does yours give
    there?
    """
    A = np.tanh(1.0 * Z)
    return A * (1 - A)


@wrong("tanh_derivative")
def slope_of_the_sigmoid(Z):
    """This is the slope of the sigmoid, at most a quarter: {got} instead of {expected}. tanh is
    four times as steep at 0.

    Which function's derivative should this be?
    """
    A = sigmoid(Z)
    return A * (1 - A)


@wrong("tanh_derivative")
def tanh_taken_twice(Z):
    """You take the tanh of a number that is already a tanh: {got} instead of {expected}. The
    argument of this function is z.

    How many times does tanh act on Z in your code, including the functions you call?
    """
    return 1 - np.tanh(np.tanh(1.0 * Z)) ** 2


@wrong("tanh_derivative")
def plus_instead_of_minus(Z):
    """You add the square to 1: {got} instead of {expected}. Your slope grows far from 0, where the
    curve is flat.

    Which slope should the derivative approach for large z?
    """
    return 1 + np.tanh(1.0 * Z) ** 2


@wrong("tanh_derivative")
def square_of_the_difference(Z):
    """You square the difference of 1 and tanh: {got} instead of {expected}. The square belongs to
    the tanh alone.

    In 1 - a^2, what does the exponent belong to?
    """
    return (1 - np.tanh(1.0 * Z)) ** 2


@wrong("tanh_derivative")
def one_minus_forgotten(Z):
    """You return the square of tanh: {got} instead of {expected}; the two add up to 1.

    Where is the slope of tanh largest, and what does yours give there?
    """
    return np.tanh(1.0 * Z) ** 2


@wrong("tanh_derivative")
def squared_before_tanh(Z):
    """You square z before the tanh: {got} instead of {expected}.

    Which of the two comes first in 1 - (tanh z)^2?
    """
    return 1 - np.tanh(1.0 * Z**2)


@wrong("tanh_derivative")
def value_instead_of_slope(Z):
    """You return tanh itself: {got}, but its slope is {expected}.

    Which of the two functions can be negative: tanh or its derivative?
    """
    return np.tanh(1.0 * Z)


@wrong("tanh_derivative")
def float16_for_small_integers(Z):
    """For small integers such as uint8, the dtype of pixels, NumPy answers in float16, with three
    digits. The answer should be float64 for integers of any size.

    What could you do to Z first, so that integers become float64 and float32 stays?
    """
    return 1 - np.tanh(Z) ** 2


@wrong("tanh_derivative")
def cosh_overflows(Z):
    """The formula with cosh, or with its exponentials, is right on paper. But for large z cosh is
    larger than any float, and NumPy warns of an overflow.

    Which form of the derivative only uses numbers between -1 and 1?
    """
    return 1 / np.cosh(1.0 * Z) ** 2


@wrong("tanh_derivative")
def quotient_overflows(Z):
    """The quotient of exponentials overflows for large z: infinity divided by infinity is nan.

    Which NumPy function gives tanh for any z?
    """
    Z = 1.0 * Z
    return 1 - ((np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))) ** 2


@wrong("leaky_relu")
def alpha_ignored(Z, alpha=0.01):
    """You always multiply negative entries by 0.01, whatever alpha the caller passes.

    Where does your formula use the second argument?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, Z, 0.01 * Z)


@wrong("leaky_relu")
def default_of_a_tenth(Z, alpha=0.1):
    """Without a second argument your slope for negative entries is 0.1, but the default should be a
    tenth of that: {got} instead of {expected}.

    What does the first line of your function say about alpha?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, Z, alpha * Z)


@wrong("leaky_relu")
def plain_relu(Z, alpha=0.01):
    """Negative entries become 0, as in the plain relu: {got} instead of {expected}. Then nothing
    leaks through, and a unit that is negative for all examples never recovers.

    What is left of a negative entry when its slope is alpha and not 0?
    """
    return np.maximum(Z, 0.0)


@wrong("leaky_relu")
def alpha_not_multiplied(Z, alpha=0.01):
    """All negative entries get the same value, alpha itself: {got} instead of {expected}. Alpha is
    the slope on that side, and a slope must be multiplied by z.

    How should the answers for -1 and -2 differ?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, Z, Z.dtype.type(alpha))


@wrong("leaky_relu")
def maximum_of_z_and_alpha(Z, alpha=0.01):
    """Your maximum compares z with alpha, so every entry below alpha becomes alpha: {got} instead
    of {expected}.

    Which multiple of z should you compare z with?
    """
    return np.maximum(1.0 * Z, alpha)


@wrong("leaky_relu")
def alpha_of_zero_replaced(Z, alpha=0.01):
    """You treat an alpha of 0 as missing and use 0.01. But 0 is a slope like any other: it gives
    the plain relu.

    What does `or`, or a test of whether alpha is true, do with the number 0?
    """
    alpha = alpha or 0.01
    Z = 1.0 * Z
    return np.where(Z > 0, Z, alpha * Z)


@wrong("leaky_relu")
def sign_of_negatives_lost(Z, alpha=0.01):
    """Negative entries come out positive: {got} instead of {expected}. The curve would turn up
    again left of 0.

    What sign does a negative number times a positive slope have?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, Z, -alpha * Z)


@wrong("leaky_relu")
def small_slope_on_the_wrong_side(Z, alpha=0.01):
    """You multiply the positive entries by alpha and leave the negative ones unchanged: {got}
    instead of {expected}.

    On which side of 0 should only a little get through?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, alpha * Z, Z)


@wrong("leaky_relu")
def slope_instead_of_value(Z, alpha=0.01):
    """You return the slope, 1 or alpha: {got}, but the value is {expected}.

    What does the function do to z itself when the slope is 1?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, 1, alpha).astype(Z.dtype)


@wrong("leaky_relu")
def exponential_below_zero(Z, alpha=0.01):
    """Left of 0 your curve bends, with an exponential: {got} instead of {expected}. That is the
    ELU, a relative; the leaky relu consists of two straight lines.

    What is the simplest function with slope alpha that is 0 at 0?
    """
    Z = 1.0 * Z
    return np.where(Z > 0, Z, alpha * (np.exp(np.minimum(Z, 0)) - 1))


@wrong("leaky_relu")
def leak_written_into_z(Z, alpha=0.01):
    """You write the small values into the caller's array. They are right, but the caller's Z has
    changed.

    Does your function create a new array, or does it assign to entries of the one it was given?
    """
    Z = _floats(Z)
    Z[Z < 0] *= alpha
    return Z


@wrong("leaky_relu")
def integers_cannot_be_scaled(Z, alpha=0.01):
    """An array of integers, or a copy of it, holds only integers: NumPy refuses to multiply them in
    place by a fraction.

    Which dtype should the array that you fill have when Z holds integers?
    """
    out = Z.copy()
    out[Z < 0] *= alpha
    return out


@wrong("leaky_relu")
def fractions_cut_off(Z, alpha=0.01):
    """The array that you fill has the dtype of Z. When Z holds integers, the small negative values
    lose their fractions and become 0.

    Which dtype should the new array have when Z holds integers?
    """
    out = Z.copy()
    out[Z < 0] = alpha * Z[Z < 0]
    return out


@wrong("softmax")
def largest_score_not_subtracted(Z):
    """The formula is right for small scores, but the exponential of a large one is larger than any
    float, and infinity divided by infinity is nan.

    Which number can you subtract from all the scores of a row without changing the result?
    """
    E = np.exp(1.0 * Z)
    return E / E.sum(axis=1, keepdims=True)


def _columns_sum_to_1(answer, Z):
    """The columns sum to 1, whichever maximum was subtracted first."""
    columns, rows = answer.sum(axis=0), answer.sum(axis=1)
    return answer.shape == Z.shape and np.allclose(columns, 1) and not np.allclose(rows, 1)


@wrong("softmax", recognizes=_columns_sum_to_1)
def columns_instead_of_rows(Z):
    """Your columns sum to 1, but the rows should: {got} instead of {expected}. A row is one
    example, and its classes share one whole.

    Along which axis of (n, k) do the classes lie?
    """
    Z = 1.0 * Z
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


@wrong("softmax")
def whole_array_instead_of_rows(Z):
    """All your numbers together sum to 1, but each row should: {got} instead of {expected}. The
    probabilities of one example must not depend on the others in its batch.

    Over which entries does the sum below the fraction bar run?
    """
    Z = 1.0 * Z
    E = np.exp(Z - Z.max())
    return E / E.sum()


@wrong("softmax")
def sum_over_the_batch(Z):
    """You subtract the largest score of each row, as you should, but then sum all exponentials
    together below the fraction bar: {got} instead of {expected}. Only the whole batch sums to 1.

    Over which axis did you take the maximum, and over which one the sum?
    """
    E = np.exp(1.0 * Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum()


@wrong("softmax")
def keepdims_missing(Z):
    """The sum or the maximum over the rows has shape (n,), and (n, k) with (n,) does not fit: NumPy
    aligns the last axes. If n and k happen to be equal, it even computes, with the wrong rows.

    Which shape would give each row its own number, and which option of `sum` and `max` keeps it?
    """
    Z = 1.0 * Z
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1)


@wrong("softmax")
def maximum_of_the_whole_array(Z):
    """You subtract the largest score of the whole array from every row. In a row whose scores are
    all far below it the exponentials are 0, and 0 divided by 0 is nan.

    Which row does the maximum need to come from?
    """
    Z = 1.0 * Z
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


@wrong("softmax")
def maximum_of_the_columns(Z):
    """You subtract the maximum of the column, a different one for each class: {got} instead of
    {expected}. Only a number that is the same for a whole row cancels.

    Along which axis should you take the maximum?
    """
    Z = 1.0 * Z
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=1, keepdims=True)


@wrong("softmax")
def scores_clipped(Z):
    """Clipping stops the overflow in float64, but it changes the scores: where all scores of a row
    lie beyond the bound, they become equal, and so do their probabilities. In float32 the
    exponential already overflows at 89.

    What can you do to all scores of a row that preserves their differences?
    """
    E = np.exp(np.clip(1.0 * Z, -500, 500))
    return E / E.sum(axis=1, keepdims=True)


@wrong("softmax")
def small_integers_wrap_around(Z):
    """Your code is right for floats. But uint8 and int8 have no numbers below 0 or below -128:
    subtracting the maximum wraps around, and the exponentials come out in float16.

    What could you do to Z first, so that integers become float64 and float32 stays?
    """
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@wrong("softmax")
def shifted_in_place(Z):
    """You subtract the maximum inside the caller's array. The probabilities are right, but the
    caller's scores have changed.

    Does your subtraction create a new array, or does it write into Z?
    """
    Z = _floats(Z)
    Z -= Z.max(axis=1, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


def _is_unnormalized(answer, Z):
    """Each entry has the right ratio to the largest one of its row, which is e^z or 1."""
    largest, top = answer.max(axis=1, keepdims=True), Z.max(axis=1, keepdims=True)
    if not np.allclose(answer / largest, np.exp(1.0 * Z - top), atol=1e-5):
        return False
    return np.allclose(largest, 1) or np.allclose(largest, np.exp(np.minimum(top, 80)))


@wrong("softmax", recognizes=_is_unnormalized)
def not_normalised(Z):
    """The exponentials are there, but you do not divide them by their sum, so your rows do not add
    up to 1: {got} instead of {expected}.

    What turns positive numbers into shares of one whole?
    """
    Z = 1.0 * Z
    return np.exp(Z - Z.max(axis=1, keepdims=True))


@wrong("softmax")
def exponential_forgotten(Z):
    """You divide the scores themselves by their sum: {got} instead of {expected}. Scores may be
    negative, and then such shares are negative too; the exponential makes them positive first.

    Which function comes before the sum?
    """
    Z = 1.0 * Z
    return Z / Z.sum(axis=1, keepdims=True)


@wrong("softmax")
def logarithm_returned(Z):
    """You return the logarithms of the probabilities: {got} instead of {expected}. Some libraries
    do that for the sake of the loss, but this function returns the probabilities themselves.

    Which function undoes a logarithm?
    """
    Z = 1.0 * Z
    Z = Z - Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


@wrong("softmax")
def sigmoid_of_each_entry(Z):
    """You transform every score by itself, and the rows do not sum to 1: {got} instead of
    {expected}. The sigmoid answers one yes-or-no question; softmax chooses among the classes of a
    row.

    How do the other scores of a row enter the probability of one of them?
    """
    return sigmoid(Z)


@wrong("softmax")
def only_the_largest(Z):
    """The largest score of each row gets 1 and the others 0. That is the decision, the hard
    maximum; softmax is its soft form, which leaves a share to the runners-up.

    What should two nearly equal scores get?
    """
    Z = 1.0 * Z
    return np.eye(Z.shape[1], dtype=Z.dtype)[Z.argmax(axis=1)]


@wrong("softmax")
def divided_by_the_mean(Z):
    """You divide the exponentials by their mean, so each row sums to the number of classes and not
    to 1: {got} instead of {expected}.

    What must you divide the parts by to get shares of 1?
    """
    Z = 1.0 * Z
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.mean(axis=1, keepdims=True)
