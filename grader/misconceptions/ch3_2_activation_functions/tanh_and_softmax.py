"""Wrong `tanh`, `tanh_derivative` and `softmax`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions, recognized
from ..reference import sigmoid
from ..reference import softmax as _softmax


def _floats(Z):
    """Z itself if it holds floats."""
    return Z if Z.dtype.kind == "f" else 1.0 * Z


def _clips_the_scores(answer, Z):
    limits = (10, 20, 30, 50, 80, 88, 100, 250, 500, 600, 700, 709)
    beyond = [np.clip(1.0 * Z, -limit, limit) for limit in limits if np.abs(Z).max() > limit]
    same = any(np.allclose(answer, _softmax(scores)) for scores in beyond)
    return same and not np.allclose(answer, _softmax(1.0 * Z))


class WrongTanh(Versions, of="tanh"):
    def small_integers_give_float16(Z):
        """For small integers such as uint8, the dtype of pixels, NumPy answers in float16, with
        three digits. The answer should be float64 for integers of any size.

        What could you do to Z first, so that integers become float64 and float32 stays?"""
        return np.tanh(Z)

    def exponentials_overflow(Z):
        """The quotient of exponentials is right on paper, but for large z the exponential
        overflows: infinity divided by infinity is nan.

        Which NumPy function does this for any z?"""
        Z = 1.0 * Z
        return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))

    def squared_exponential_overflows(Z):
        """With e^(2z) above and below the bar, the quotient is infinity divided by infinity for
        large positive z, which is nan. For negative z it is fine.

        Which NumPy function takes any z without overflow?"""
        E = np.exp(2.0 * Z)
        return (E - 1) / (E + 1)

    def negative_exponential_overflows(Z):
        """With e^(-2z) above and below the bar, the quotient is infinity divided by infinity for
        large negative z, which is nan. For positive z it is fine.

        Which NumPy function takes any z without overflow?"""
        E = np.exp(-2.0 * Z)
        return (1 - E) / (1 + E)

    def overflow_warning(Z):
        """Your values are right, but for large negative z the exponential overflows along the way,
        and NumPy warns. Avoid such warnings, so that a warning always means something.

        Which NumPy function, or which form of the sigmoid in chapter 1.3, takes any z?"""
        return 2 / (1 + np.exp(-2.0 * Z)) - 1

    def sigmoid_instead_of_tanh(Z):
        """You return the sigmoid, {got}, not {expected}. tanh runs from -1 to 1 and is 0 at 0.

        How many exponentials are in the numerator of tanh?"""
        return sigmoid(Z)

    def argument_not_doubled(Z):
        """Your curve runs from -1 to 1 as it should, but it is half as steep: {got}, not
        {expected}. Stretching the sigmoid to that range is only part of the way to tanh.

        How steep is tanh at 0, and how steep is your curve?"""
        return 2 * sigmoid(Z) - 1

    def tangent_of_the_circle(Z):
        """`np.tan` is the tangent of an angle: {got}, not {expected}. The h of tanh means
        hyperbolic.

        Which function of the same family stays between -1 and 1?"""
        return np.tan(1.0 * Z)

    def quotient_upside_down(Z):
        """You swapped numerator and denominator: {got} is 1 divided by {expected}. tanh stays
        within -1 and 1.

        Does the difference of the two exponentials belong above or below?"""
        Z = 1.0 * Z
        return (np.exp(Z) + np.exp(-Z)) / (np.exp(Z) - np.exp(-Z))

    def straight_line_cut_off(Z):
        """Your curve is a line, cut off at -1 and 1: {got}, not {expected}. tanh bends all the way.

        Which NumPy function is the hyperbolic tangent?"""
        return np.clip(1.0 * Z, -1, 1)

    def hyperbolic_sine(Z):
        """Half the difference of the exponentials is sinh, without bounds: {got}, not {expected}.

        What is below the fraction bar of tanh?"""
        return np.sinh(1.0 * Z)

    def angle_of_a_tangent(Z):
        """You return the arctangent: it runs from -pi/2 to pi/2, and approaches them slowly.

        Which function of NumPy is the hyperbolic tangent?"""
        return np.arctan(1.0 * Z)

    def quotient_without_an_exponential(Z):
        """Your curve runs from -1 to 1, but slowly, and without an exponential: z / (1 + |z|).

        What do e^z and e^-z do in the formula when z grows by 1?"""
        return Z / (1.0 + np.abs(Z))


class WrongTanhDerivative(Versions, of="tanh_derivative"):
    def argument_taken_for_the_value(Z):
        """You treat Z as the value of tanh, but it is the argument: {got}, not {expected}. Books
        write 1 - a^2 with a = tanh(z), and here you get z.

        What must happen to Z before you square it?"""
        return 1 - Z**2

    def square_forgotten(Z):
        """You do not square the tanh: {got}, not {expected}. A slope of tanh is at most 1.

        What power of tanh appears in its derivative?"""
        return 1 - np.tanh(1.0 * Z)

    def sigmoid_rule(Z):
        """You use a (1 - a) with a = tanh(z): {got}, not {expected}. This is the sigmoid's rule.

        What is the derivative of tanh at 0, where it is steepest, and what does yours give there?
        """
        A = np.tanh(1.0 * Z)
        return A * (1 - A)

    def slope_of_the_sigmoid(Z):
        """This is the slope of the sigmoid: {got}, not {expected}. tanh is four times as steep at
        0.

        Which function's derivative should this be?"""
        A = sigmoid(Z)
        return A * (1 - A)

    def tanh_taken_twice(Z):
        """You take the tanh of a tanh: {got}, not {expected}. The argument of this function is z.

        How many times does tanh act on Z in your code, including the functions you call?"""
        return 1 - np.tanh(np.tanh(1.0 * Z)) ** 2

    def plus_instead_of_minus(Z):
        """You add the square to 1: {got}, not {expected}. Far from 0 the curve is flat.

        Which slope should the derivative approach for large z?"""
        return 1 + np.tanh(1.0 * Z) ** 2

    def square_of_the_difference(Z):
        """You square the difference of 1 and tanh: {got}, not {expected}. Only the tanh is squared.

        In 1 - a^2, what does the exponent belong to?"""
        return (1 - np.tanh(1.0 * Z)) ** 2

    def one_minus_forgotten(Z):
        """You return the square of tanh: {got}, not {expected}; the two add up to 1.

        Where is the slope of tanh largest, and what does yours give there?"""
        return np.tanh(1.0 * Z) ** 2

    def squared_before_tanh(Z):
        """You square z before the tanh: {got}, not {expected}.

        Which of the two comes first in 1 - (tanh z)^2?"""
        return 1 - np.tanh(1.0 * Z**2)

    def value_instead_of_slope(Z):
        """You return tanh itself: {got}, but its slope is {expected}.

        Which of the two functions can be negative: tanh or its derivative?"""
        return np.tanh(1.0 * Z)

    def float16_for_small_integers(Z):
        """For small integers such as uint8, the dtype of pixels, NumPy answers in float16, with
        three digits. The answer should be float64 for integers of any size.

        What could you do to Z first, so that integers become float64 and float32 stays?"""
        return 1 - np.tanh(Z) ** 2

    def cosh_overflows(Z):
        """The formula with cosh, or with its exponentials, is right on paper. But for large z cosh
        is larger than any float, and NumPy warns of an overflow.

        Which form of the derivative only uses numbers between -1 and 1?"""
        return 1 / np.cosh(1.0 * Z) ** 2

    def quotient_overflows(Z):
        """The quotient of exponentials overflows for large z: infinity divided by infinity is nan.

        Which NumPy function gives tanh for any z?"""
        Z = 1.0 * Z
        return 1 - ((np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))) ** 2

    def slope_of_the_arctangent(Z):
        """1 / (1 + z^2) is the slope of the arctangent. It falls off much more slowly than that of
        the hyperbolic tangent.

        Which function do you differentiate, and what is its slope in terms of its value?"""
        return 1 / (1 + (1.0 * Z) ** 2)


def _columns_sum_to_1(answer, Z):
    """The columns sum to 1, whichever maximum was subtracted first."""
    columns, rows = answer.sum(axis=0), answer.sum(axis=1)
    return answer.shape == Z.shape and np.allclose(columns, 1) and not np.allclose(rows, 1)


def _is_unnormalized(answer, Z):
    """Each entry has the right ratio to the largest one of its row, which is e^z or 1."""
    largest, top = answer.max(axis=1, keepdims=True), Z.max(axis=1, keepdims=True)
    if not np.allclose(answer / largest, np.exp(1.0 * Z - top), atol=1e-5):
        return False
    return np.allclose(largest, 1) or np.allclose(largest, np.exp(np.minimum(top, 80)))


class WrongSoftmax(Versions, of="softmax"):
    def largest_score_not_subtracted(Z):
        """The formula is right for small scores, but the exponential of a large one is larger than
        any float, and infinity divided by infinity is nan.

        Which number can you subtract from all the scores of a row without changing the result?"""
        E = np.exp(1.0 * Z)
        return E / E.sum(axis=1, keepdims=True)

    @recognized(_columns_sum_to_1)
    def columns_instead_of_rows(Z):
        """Your columns sum to 1, but the rows should: {got}, not {expected}. A row is one example,
        and its classes share one whole.

        Along which axis of (n, k) do the classes lie?"""
        Z = 1.0 * Z
        E = np.exp(Z - Z.max(axis=0))
        return E / E.sum(axis=0)

    def smallest_score_wins(Z):
        """The lowest score gets the largest probability: {got}, not {expected}. You take the
        exponential of -z.

        Which sign does a score have in the exponent of the formula?"""
        Z = 1.0 * Z
        E = np.exp(Z.min(axis=1, keepdims=True) - Z)
        return E / E.sum(axis=1, keepdims=True)

    def whole_array_instead_of_rows(Z):
        """All your numbers together sum to 1, but each row should: {got}, not {expected}. The
        probabilities of one example must not depend on the others in its batch.

        Over which entries does the sum below the fraction bar run?"""
        Z = 1.0 * Z
        E = np.exp(Z - Z.max())
        return E / E.sum()

    def sum_over_the_batch(Z):
        """You rightly subtract the largest score of each row, but then sum all exponentials
        together: {got}, not {expected}. Only the whole batch sums to 1.

        Over which axis did you take the maximum, and over which one the sum?"""
        E = np.exp(1.0 * Z - Z.max(axis=-1, keepdims=True))
        return E / E.sum()

    def keepdims_missing(Z):
        """The sum or the maximum over the rows has shape (n,), and (n, k) with (n,) does not fit:
        NumPy aligns the last axes. If n equals k, it even computes, with the wrong rows.

        Which shape gives each row its own number, and which option of `sum` and `max` keeps it?"""
        Z = 1.0 * Z
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum(axis=1)

    def largest_subtracted_after_the_exponential(Z):
        """You subtract the largest number after the exponential. It has to leave the scores, before
        exp can overflow; there it cancels in the quotient, here it does not.

        What does exp receive in your code, and what may it receive at most?"""
        powers = np.exp(_floats(Z))
        powers = powers - powers.max(axis=1, keepdims=True)
        return powers / powers.sum(axis=1, keepdims=True)

    def maximum_of_the_whole_array(Z):
        """You subtract the largest score of the whole array from every row. In a row whose scores
        are all far below it the exponentials are 0, and 0 divided by 0 is nan.

        Which row does the maximum need to come from?"""
        Z = 1.0 * Z
        E = np.exp(Z - Z.max())
        return E / E.sum(axis=1, keepdims=True)

    def maximum_of_the_columns(Z):
        """You subtract the maximum of the column, a different one for each class: {got}, not
        {expected}. Only a number that is the same for a whole row cancels.

        Along which axis should you take the maximum?"""
        Z = 1.0 * Z
        E = np.exp(Z - Z.max(axis=0))
        return E / E.sum(axis=1, keepdims=True)

    def scores_clipped(Z):
        """Clipping stops the overflow in float64, but it changes the scores: where all scores of a
        row lie beyond the bound, they become equal, and so do their probabilities. In float32 the
        exponential already overflows at 89.

        What can you do to all scores of a row that preserves their differences?"""
        E = np.exp(np.clip(1.0 * Z, -500, 500))
        return E / E.sum(axis=1, keepdims=True)

    def small_integers_wrap_around(Z):
        """Your code is right for floats. But uint8 and int8 have no numbers below 0 or below -128:
        subtracting the maximum wraps around, and the exponentials come out in float16.

        What could you do to Z first, so that integers become float64 and float32 stays?"""
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)

    def shifted_in_place(Z):
        """The probabilities are right, but you subtract the maximum inside the caller's array.

        Does your subtraction create a new array, or does it write into Z?"""
        Z = _floats(Z)
        Z -= Z.max(axis=1, keepdims=True)
        E = np.exp(Z)
        return E / E.sum(axis=1, keepdims=True)

    @recognized(_is_unnormalized)
    def not_normalised(Z):
        """You do not divide the exponentials by their sum, so rows do not add up to 1: {got}, not
        {expected}.

        What turns positive numbers into shares of one whole?"""
        Z = 1.0 * Z
        return np.exp(Z - Z.max(axis=1, keepdims=True))

    def exponential_forgotten(Z):
        """You divide the scores themselves by their sum: {got}, not {expected}. Scores may be
        negative, and then such shares are negative too; the exponential makes them positive first.

        Which function comes before the sum?"""
        Z = 1.0 * Z
        return Z / Z.sum(axis=1, keepdims=True)

    def logarithm_returned(Z):
        """You return the logarithms of the probabilities: {got}, not {expected}. Some libraries do
        that, but this function returns the probabilities.

        Which function undoes a logarithm?"""
        Z = 1.0 * Z
        Z = Z - Z.max(axis=1, keepdims=True)
        return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))

    def sigmoid_of_each_entry(Z):
        """You transform every score by itself, and the rows do not sum to 1: {got}, not {expected}.
        The sigmoid answers a yes-or-no question; softmax chooses among the classes of a row.

        How do the other scores of a row enter the probability of one of them?"""
        return sigmoid(Z)

    def only_the_largest(Z):
        """The largest score of each row gets 1 and the others 0. That is the decision, the hard
        maximum; softmax is its soft form, which leaves a share to the runners-up.

        What should two nearly equal scores get?"""
        Z = 1.0 * Z
        return np.eye(Z.shape[1], dtype=Z.dtype)[Z.argmax(axis=1)]

    def divided_by_the_mean(Z):
        """You divide by the mean, so each row sums to the number of classes: {got}, not {expected}.

        What must you divide the parts by to get shares of 1?"""
        Z = 1.0 * Z
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.mean(axis=1, keepdims=True)

    def powers_of_2(Z):
        """You take powers of 2 in place of powers of e, so your probabilities are closer together:
        {got} should be {expected}.

        Which base does the exponential in the formula have?"""
        powers = np.exp2(1.0 * Z - np.max(Z, axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    def scores_standardized(Z):
        """You bring each row to mean 0 and standard deviation 1 before the exponential. Subtracting
        a number changes nothing, but dividing makes confident predictions unsure.

        Which of your two steps cancels in the quotient of exponentials, and which does not?"""
        Z = 1.0 * Z
        Z = (Z - Z.mean(axis=-1, keepdims=True)) / (Z.std(axis=-1, keepdims=True) + 1e-12)
        powers = np.exp(Z)
        return powers / powers.sum(axis=-1, keepdims=True)

    def shares_of_sigmoids(Z):
        """You divide sigmoids by their sum. Softmax divides exponentials, so that the leading class
        can take nearly everything.

        Which function of the scores stands above and below the bar in the formula?"""
        shares = sigmoid(1.0 * Z)
        return shares / shares.sum(axis=-1, keepdims=True)

    @recognized(_clips_the_scores)
    def large_scores_made_equal(Z):
        """You cut the scores off at a limit. That stops the overflow, but two scores beyond it
        count as equal, however far apart they are.

        Which number can you subtract from all scores of a row without any change of the quotient?
        """
        return _softmax(np.clip(1.0 * Z, -50, 50))
