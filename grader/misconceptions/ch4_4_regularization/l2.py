"""Wrong `l2_regularization` and `l2_gradient`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions


class WrongL2Regularization(Versions, of="l2_regularization"):
    def half_of_the_penalty(W, lambda_):
        """Your penalty is half of lambda times the sum of squares: `{got}`, not `{expected}`. Some
        books include a 1/2 so that it cancels the 2 of the derivative; this course does not.

        Which factor in your formula is not in this chapter's?"""
        return float(lambda_ * np.sum((1.0 * W) ** 2) / 2)

    def mean_of_the_squares(W, lambda_):
        """You average the squares, but you should add them up: `{got}`, not `{expected}`.

        Which sign comes after lambda in the formula, and which NumPy function does just that?"""
        return float(lambda_ * np.mean((1.0 * W) ** 2))

    def divided_by_the_rows(W, lambda_):
        """You divide the penalty by the number of rows of `W`: `{got}`, not `{expected}`. It is not
        a mean over examples: the weights are the same for all of them.

        Which number in your formula is not in this chapter's?"""
        return float(lambda_ * np.sum((1.0 * W) ** 2) / len(W))

    def halved_and_divided_by_the_rows(W, lambda_):
        """Your penalty has a factor 1/(2n), as in some books: `{got}`, not `{expected}`. In this
        course only lambda comes before the sum.

        Which factors in your formula are not in this chapter's?"""
        return float(lambda_ * np.sum((1.0 * W) ** 2) / (2 * len(W)))

    def absolute_values_for_squares(W, lambda_):
        """You add up absolute values, which is the L1 penalty: `{got}`, not `{expected}`.

        What does the 2 in L2 say about each weight?"""
        return float(lambda_ * np.sum(np.abs(1.0 * W)))

    def weights_not_squared(W, lambda_):
        """You add up the weights without squaring them: `{got}`, not `{expected}`. Positive and
        negative ones then cancel, and the penalty can fall below 0.

        What happens to each weight before the sum?"""
        return float(lambda_ * np.sum(1.0 * W))

    def square_of_the_sum(W, lambda_):
        """You square the sum of the weights: `{got}`, not `{expected}`. Then 3 and -3 cost nothing.

        Which comes first in the formula, the square or the sum?"""
        return float(lambda_ * np.sum(1.0 * W) ** 2)

    def columns_multiplied_with_each_other(W, lambda_):
        """You add up the whole matrix product of `W` with its transpose: `{got}`, not `{expected}`.
        Only its diagonal holds squares; the rest are products of different columns.

        Which operator squares each number on its own?"""
        return float(lambda_ * np.sum((1.0 * W).T @ (1.0 * W)))

    def rows_multiplied_with_each_other(W, lambda_):
        """You add up the whole matrix product of `W` with its transpose: `{got}`, not `{expected}`.
        Only its diagonal holds squares; the rest are products of different rows.

        Which operator squares each number on its own?"""
        return float(lambda_ * np.sum((1.0 * W) @ (1.0 * W).T))

    def root_of_the_sum(W, lambda_):
        """Your penalty uses the length of the weights, a square root: `{got}`, not `{expected}`.

        What does `np.linalg.norm` do after adding up the squares?"""
        return float(lambda_ * np.sqrt(np.sum((1.0 * W) ** 2)))

    def lambda_left_out(W, lambda_):
        """Your penalty is the same for every `lambda_`: `{got}`, not `{expected}`.

        How should the penalty change when lambda is twice as large?"""
        return float(np.sum((1.0 * W) ** 2))

    def lambda_squared(W, lambda_):
        """You square lambda together with the weights: `{got}`, not `{expected}`.

        What does the square in the formula belong to?"""
        return float(np.sum((lambda_ * W) ** 2))

    def one_penalty_per_column(W, lambda_):
        """You return one number per column, but the penalty is one number for the whole array.

        What does `axis` do to a sum, and how many numbers should remain?"""
        return lambda_ * np.sum((1.0 * W) ** 2, axis=0)

    def squares_overflow(W, lambda_):
        """You square in the dtype of `W`. `uint8` holds nothing above 255, so larger squares start
        again from 0: `{got}`, not `{expected}`.

        Which dtype should integers have before you square them?"""
        return float(lambda_ * np.sum(W**2))

    def gradient_of_the_penalty(W, lambda_):
        """You return the gradient of the penalty, not the penalty itself, one number.

        Which of the two functions of this chapter is this?"""
        return 2.0 * lambda_ * W


class WrongL2Gradient(Versions, of="l2_gradient"):
    def factor_two_left_out(W, lambda_):
        """Your gradient is half of the right one: `{got}`, not `{expected}`. The penalty has no
        1/2.

        What is the derivative of the square of w?"""
        return 1.0 * lambda_ * W

    def lambda_not_used(W, lambda_):
        """Your gradient is the same for every `lambda_`: `{got}`, not `{expected}`.

        What happens to a constant factor when you differentiate?"""
        return 2.0 * W

    def weights_alone(W, lambda_):
        """Your gradient is the weights themselves, without the factors: `{got}`, not `{expected}`.

        What is the derivative of lambda times the square of w, with respect to w?"""
        return 1.0 * W

    def sign_turned(W, lambda_):
        """Your gradient has the wrong sign: `{got}`, not `{expected}`. The minus belongs to the
        step of gradient descent, not to the gradient.

        If a positive weight grows, does the penalty grow or fall?"""
        return -2.0 * lambda_ * W

    def signs_of_the_weights(W, lambda_):
        """Your gradient contains only the weights' signs, as for an L1 penalty: `{got}`, not
        `{expected}`.

        What is the derivative of the square of w, and does it depend on how large w is?"""
        return (lambda_ * np.sign(1.0 * W)).astype((1.0 * W).dtype)

    def squares_kept(W, lambda_):
        """The weights are still squared in your gradient: `{got}`, not `{expected}`.

        What happens to the exponent when you differentiate a square?"""
        return lambda_ * (1.0 * W) ** 2

    def squares_doubled(W, lambda_):
        """The weights are still squared, although the 2 has come down: `{got}`, not `{expected}`.

        What happens to the exponent when you differentiate a square?"""
        return 2.0 * lambda_ * (1.0 * W) ** 2

    def penalty_itself(W, lambda_):
        """You return the penalty, one number, but its gradient has one number per weight.

        Which shape must a gradient have so that you can subtract it from `W`?"""
        return float(lambda_ * np.sum((1.0 * W) ** 2))

    def gradient_summed(W, lambda_):
        """You add up the gradient over all weights, but it should have one number per weight.

        The penalty is a sum over all weights: how much of it depends on a single one?"""
        return float(2 * lambda_ * np.sum(1.0 * W))

    def gradient_divided_by_the_rows(W, lambda_):
        """You divide your gradient by the number of rows of `W`: `{got}`, not `{expected}`.

        Does the penalty, whose gradient this is, contain such a division?"""
        return 2.0 * lambda_ * W / len(W)

    def gradient_divided_by_the_entries(W, lambda_):
        """Your gradient is that of the mean square, not of the sum: `{got}`, not `{expected}`.

        What do you divide the gradient by, and does the penalty contain that division?"""
        return 2.0 * lambda_ * W / W.size

    def doubling_overflows(W, lambda_):
        """You double the weights in their own dtype. `uint8` holds nothing above 255, so larger
        numbers start again from 0: `{got}`, not `{expected}`.

        In which order could you multiply, so that small integers become floats first?"""
        return (2 * W) * lambda_
