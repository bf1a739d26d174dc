"""Wrong answers in chapter 2.1."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized


def _same_shape(a, b):
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")


def _safe(A, y):
    """A kept off 0 and 1 as far as its dtype allows; raises if its shape is not that of y."""
    _same_shape(A, y)
    A = 1.0 * A
    return np.clip(A, np.finfo(A.dtype).tiny, 1 - np.finfo(A.dtype).epsneg)


def _takes_log_of_labels(answer, A, y):
    """The loss is that of labels under the logarithms, kept off 0 by some 1e-k."""
    _same_shape(A, y)
    if A.min() < 0.05 or A.max() > 0.95:
        return False
    digits = answer / np.mean(np.abs(A - y)) / np.log(10)
    usual = [*range(4, 17), 20, 30, 100, 300]
    types = [getattr(np.finfo(t), name) for t in "fd" for name in ("eps", "epsneg", "tiny")]
    return bool(np.isclose(digits, [*usual, *-np.log10(np.float64(types))], atol=1e-3).any())


def _sure_and_right_costs_too_much(answer, A, y):
    """Probabilities of exactly 0 and 1, all right, and yet a loss that a coarse clip explains."""
    return A.shape == y.shape and np.array_equal(A, y) and 2e-5 < answer < 0.3


def _costs(A, y):
    """Two arrays: the costs of the examples of class 1, and of those of class 0."""
    return -np.log(A[y == 1]), -np.log(1 - A[y == 0])


def _mean_per_class(A, y):
    return float(sum(costs.mean() for costs in _costs(A, y) if costs.size))


def _product_of_means(A, y):
    return -float(y.mean() * np.log(A).mean() + (1 - y).mean() * np.log(1 - A).mean())


def _is(formula):
    """Recognizes a wrong formula where probabilities are so ordinary that no epsilon matters."""

    def recognizes(answer, A, y):
        _same_shape(A, y)
        ordinary = A.size > 1 and A.min() > 0.05 and A.max() < 0.95
        right = sum(costs.sum() for costs in _costs(A, y)) / A.size
        wanted = formula(A, y) if ordinary else np.nan
        return bool(np.isclose(answer, wanted, rtol=1e-5) and not np.isclose(wanted, right))

    return recognizes


class WrongMseLoss(Versions, of="mse_loss"):
    def sum_instead_of_mean(y_pred, y):
        """You add up the squared errors without averaging: {got} is their sum, not their mean
        {expected}.

        What do you divide a sum by to get a mean, and how many entries does `y` have?"""
        _same_shape(y_pred, y)
        return float(np.sum((1.0 * y_pred - y) ** 2))

    def return_inside_the_loop(y_pred, y):
        """Only the first error counts in your answer, as when `return` is inside the loop.

        How often does your loop run before it meets `return`, and how far is that indented?"""
        _same_shape(y_pred, y)
        return float((1.0 * y_pred - y).flat[0] ** 2 / y.size)

    def last_example_only(y_pred, y):
        """Your answer is the squared error of the last example alone: each round of your loop
        replaces the number of the round before.

        Which operator adds to what is there already?"""
        _same_shape(y_pred, y)
        return float(np.mean((1.0 * y_pred - y)[-1] ** 2))

    def largest_squared_error(y_pred, y):
        """Your answer is the largest squared error, not their mean: all the others might as well be
        0.

        What changes in your answer when one of the smaller errors grows a little?"""
        _same_shape(y_pred, y)
        return float(np.max((1.0 * y_pred - y) ** 2))

    def half_of_the_mean(y_pred, y):
        """Your loss is half of the mean squared error: {got}, not {expected}. Some books include
        the 1/2 to cancel the 2 of the derivative; this course does not.

        Which factor in your formula is not part of a mean?"""
        _same_shape(y_pred, y)
        return float(np.mean((1.0 * y_pred - y) ** 2) / 2)

    def half_of_the_sum(y_pred, y):
        """You took half of the sum of the squared errors: {got}, not {expected}. The sum has to
        become a mean, and this loss has no 1/2.

        What do you divide a sum by to get a mean, and how many entries does `y` have?"""
        _same_shape(y_pred, y)
        return float(np.sum((1.0 * y_pred - y) ** 2) / 2)

    def divided_by_twice_the_rows(y_pred, y):
        """You divided the sum by 2 n, where n is the number of rows. This loss does not have the
        1/2 of some books, and the mean runs over all entries of y, even if it has several columns.

        Which numbers in your formula are not part of a mean over all entries?"""
        _same_shape(y_pred, y)
        return float(np.sum((1.0 * y_pred - y) ** 2) / (2 * len(y)))

    def one_loss_per_example(y_pred, y):
        """You averaged over the columns only: that leaves one number per example. A loss is one
        number.

        What does `axis` do in `np.mean`, and what happens without it?"""
        _same_shape(y_pred, y)
        return np.mean((1.0 * y_pred - y) ** 2, axis=-1)

    def absolute_errors(y_pred, y):
        """You averaged the absolute errors, not their squares: {got} is the mean absolute error,
        and the mean squared error is {expected}.

        What should an error of 3 add to the sum, and what does it add to yours?"""
        _same_shape(y_pred, y)
        return float(np.mean(np.abs(1.0 * y_pred - y)))

    def root_of_the_mean(y_pred, y):
        """You took a square root at the end: {got} is the root of the right loss, {expected}.

        Does the formula of this loss contain a root?"""
        _same_shape(y_pred, y)
        return float(np.sqrt(np.mean((1.0 * y_pred - y) ** 2)))

    def length_of_the_error_vector(y_pred, y):
        """`np.linalg.norm` gives the length of the vector of errors, {got}: the square root of the
        sum of their squares. The mean squared error is {expected}.

        Which step do you have to undo, and what turns a sum into a mean?"""
        _same_shape(y_pred, y)
        return float(np.linalg.norm(1.0 * y_pred - y))

    def one_loss_per_column(y_pred, y):
        """You averaged over the rows only: that leaves one number per column. A loss is one number.

        What does `axis` do in `np.mean`, and what happens without it?"""
        _same_shape(y_pred, y)
        return np.mean((1.0 * y_pred - y) ** 2, axis=0)

    def divided_by_the_rows_only(y_pred, y):
        """You divided the sum by the number of rows. If y has more than one column, there are more
        entries than rows, and the mean runs over all entries.

        How many entries does an array of shape (5, 3) have, and what is its `len`?"""
        _same_shape(y_pred, y)
        return float(np.sum((1.0 * y_pred - y) ** 2) / len(y))

    def squared_after_the_mean(y_pred, y):
        """You averaged the errors first and then squared the mean. Errors of +2 and -2 cancel that
        way, and two bad predictions look like a perfect pair.

        In "mean squared error", what happens to the errors first?"""
        _same_shape(y_pred, y)
        return float(np.mean(1.0 * y_pred - y) ** 2)

    def square_forgotten(y_pred, y):
        """You averaged the errors with their signs, so positive and negative ones cancel.

        What makes every error count as positive, and a large one more than a small one?"""
        _same_shape(y_pred, y)
        return float(np.mean(1.0 * y_pred - y))

    def each_squared_before_the_difference(y_pred, y):
        """You squared the predictions and the true values and then subtracted. The error is the
        difference, and it is the error that gets squared.

        For a prediction of 3 and a true value of 1, what is the squared error, and what is yours?
        """
        _same_shape(y_pred, y)
        return float(np.mean((1.0 * y_pred) ** 2 - (1.0 * y) ** 2))

    def only_y_squared(y_pred, y):
        """`**` comes before `-`, so you squared only y and not the difference.

        In which order does Python evaluate `a - b ** 2`?"""
        _same_shape(y_pred, y)
        return float(np.mean(y_pred - (1.0 * y) ** 2))

    def not_averaged_at_all(y_pred, y):
        """You returned an array with one squared error per entry. A loss says in one number how
        wrong all the predictions are together.

        Which function turns many numbers into one?"""
        _same_shape(y_pred, y)
        return (1.0 * y_pred - y) ** 2

    def shapes_not_compared(y_pred, y):
        """The two shapes differ, but you returned a number anyway. NumPy silently stretches (4, 1)
        and (4,) to (4, 4), so every prediction is compared with every true value.

        Which property of the two arrays, more telling than `len`, can you compare before you
        subtract? And which error should report a difference?"""
        return float(np.mean((1.0 * y_pred - y) ** 2))

    def flattened_to_fit(y_pred, y):
        """You bring both arrays into the same shape first, so differing shapes go unnoticed. A
        wrong shape is nearly always a mistake further up and should be reported.

        What should happen when y_pred is (4, 1) and y is (4,), and when can you find out?"""
        return float(np.mean((1.0 * y_pred.ravel() - y.ravel()) ** 2))

    def assertion_for_a_misfit(y_pred, y):
        """You noticed that the shapes differ, but `assert` raises AssertionError. Assertions are
        for your own mistakes and can be switched off; wrong arguments should raise ValueError.

        How do you raise an exception of a chosen type?"""
        assert y_pred.shape == y.shape
        return float(np.mean((1.0 * y_pred - y) ** 2))

    def variance_of_the_errors(y_pred, y):
        """You return the variance of the errors, which subtracts their mean first. Predictions that
        are all too large by the same amount would cost nothing.

        What does `np.var` subtract before it squares?"""
        _same_shape(y_pred, y)
        return float(np.var(1.0 * y_pred - y))

    def relative_to_the_spread(y_pred, y):
        """You divided by the variance of y, as for the share of variance that is left unexplained.
        The loss is the mean of the squared errors itself.

        Which term of your formula is not in that of the docstring?"""
        _same_shape(y_pred, y)
        return float(np.mean((1.0 * y_pred - y) ** 2) / np.var(y)) if np.ptp(y) else 0.0


def _has_large_epsilon(answer, A, y):
    """The loss is that of one epsilon from 1e-6 to 0.1 in both logarithms."""
    if not np.isfinite(answer):
        return False
    of_truth = np.where(y == 1, np.float64(A), 1 - np.float64(A)).ravel()
    losses = -np.log(of_truth + np.logspace(-6, -1, 501)[:, None]).mean(axis=1)
    return bool(np.isclose(losses, answer, rtol=1e-5).any() and np.ptp(losses) > 1e-3)


def _costs_by_the_side_alone(answer, A, y):
    """Examples on the wrong side of 0.5 all cost the same, -log of a margin, and others nothing."""
    wrong = np.mean((A > 0.5) != (y > 0.5))
    if not wrong or not np.all((A > 0.01) & (A < 0.99)):
        return False
    kinds = [np.finfo(kind) for kind in (np.float32, np.float64)]
    usual = [number for kind in kinds for number in (kind.eps, kind.epsneg, kind.tiny)]
    margins = np.array([*usual, *(10.0**-k for k in range(4, 300))])
    return bool(np.isclose(answer / wrong, -np.log(margins), rtol=1e-5).any())


class WrongBinaryCrossEntropy(Versions, of="binary_cross_entropy"):
    def last_example_only(A, y):
        """Your answer is the loss of the last example alone: each round of your loop replaces the
        number of the round before.

        Which operator adds to what is there already?"""
        A = _safe(A, y)[-1]
        return float(-np.mean(y[-1] * np.log(A) + (1 - y[-1]) * np.log(1 - A)))

    def one_minus_the_logarithm(A, y):
        """For examples of class 0 you take 1 - log(a), not log(1 - a): {got}, not {expected}. The
        probability of class 0 is 1 - a, and the logarithm is taken of that.

        What is computed first in log(1 - a)?"""
        log = np.log(_safe(A, y))
        return float(-np.mean(y * log + (1 - y) * (1 - log)))

    def log_of_zero(A, y):
        """The formula is right, but where A is exactly 0 or 1, one of the two logarithms is log(0):
        minus infinity, and 0 times that is nan.

        How can you keep A a tiny bit away from 0 and from 1 before the logarithm?"""
        _same_shape(A, y)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def epsilon_lost_in_float32(A, y):
        """Your margin works in float64 but vanishes in float32, whose largest number below 1 is 1 -
        6e-8: 1 minus anything much smaller is rounded to 1, and log(1 - 1) is minus infinity.

        How small can the margin be so that both types can see it? `np.finfo` knows."""
        _same_shape(A, y)
        A = np.clip(1.0 * A, 1e-12, 1 - 1e-12)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    @recognized(_costs_by_the_side_alone)
    def probabilities_rounded(A, y):
        """You round the probabilities to 0 and 1 first, so 0.51 costs as little as 0.99, and every
        wrong side costs the same large amount: {got}, not {expected}.

        What should a prediction of 0.5 cost, which says nothing?"""
        A = _safe(1.0 * (A > 0.5), y)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    @recognized(_has_large_epsilon)
    def epsilon_too_large(A, y):
        """The number you add in the logarithms, so that they stay finite, is so large that it
        changes the loss: {got}, not {expected}.

        How much smaller could it be and still keep the logarithm of 0 finite?"""
        _same_shape(A, y)
        return float(-np.mean(y * np.log(A + 1e-3) + (1 - y) * np.log(1 - A + 1e-3)))

    def minus_forgotten(A, y):
        """Your loss is negative: {got}, not {expected}. Logarithms of probabilities are negative,
        and the minus in front of the mean turns them into a cost.

        Should a good prediction have a small or a large loss, and what does yours have?"""
        A = _safe(A, y)
        return float(np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def summed_not_averaged(A, y):
        """You add up the costs of the {n} examples: {got} is their sum, {expected} their mean.

        Should the loss double when every example is listed twice?"""
        A = _safe(A, y)
        return float(-np.sum(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def examples_of_class_0_left_out(A, y):
        """In your loss only examples with y = 1 cost something: the term for the others is missing.
        A network that always answers 1 would have no loss at all.

        What is the probability of class 0 when A is that of class 1, and where does it come in?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log(A)))

    def second_logarithm_for_everybody(A, y):
        """In your sum the second logarithm counts for every example, not only for those with y = 0.

        Which factor is 1 for y = 0 and 0 for y = 1?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log(A) + np.log(1 - A)))

    def same_logarithm_for_both_classes(A, y):
        """You take log(A) for both classes: an example with y = 0 costs little if A is near 1.

        What is the probability of class 0 when A is that of class 1, and which log takes it?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(A)))

    def logarithm_after_the_mean(A, y):
        """You take the mean of the probabilities first, and then its logarithm: {got}, not
        {expected}. Each example has a cost of its own, and the mean is taken of the costs.

        In which order do the logarithm and the mean come in the formula?"""
        A = _safe(A, y)
        return float(-np.log(np.mean(np.where(y == 1, A, 1 - A))))

    def logarithm_to_base_2(A, y):
        """You used the logarithm to base 2, so all losses are 1.44 times too large: {got}, not
        {expected}. Use the natural logarithm, whose derivative is 1 / a.

        Which NumPy logarithm has base e?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log2(A) + (1 - y) * np.log2(1 - A)))

    def logarithm_to_base_10(A, y):
        """You used the logarithm to base 10, so all losses are 0.43 of what they should be: {got},
        not {expected}. Use the natural logarithm.

        Which NumPy logarithm has base e?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log10(A) + (1 - y) * np.log10(1 - A)))

    def classes_swapped(A, y):
        """Your loss is small for wrong predictions and large for right ones: you swapped them.

        If y is 1 and A is 0.9, which of log(0.9) and log(0.1) should count?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log(1 - A) + (1 - y) * np.log(A)))

    def minus_between_the_terms(A, y):
        """You subtract the two logarithms from one another. Both are costs: examples with y = 0
        have to add to the loss just like those with y = 1.

        Which sign is in front of the brackets, and which one is between the two terms inside?"""
        A = _safe(A, y)
        return float(-np.mean(y * np.log(A) - (1 - y) * np.log(1 - A)))

    def squared_error_instead(A, y):
        """This is the mean squared error, which never costs more than 1 per example. The
        cross-entropy grows without bound when a network is sure and wrong.

        Which function of the probability turns 1 into 0 and small numbers into large costs?"""
        A = _safe(A, y)
        return float(np.mean((A - y) ** 2))

    def costs_not_averaged(A, y):
        """You returned an array with the cost of each example. A loss is one number, their mean.

        Which function turns many numbers into one?"""
        A = _safe(A, y)
        return -(y * np.log(A) + (1 - y) * np.log(1 - A))

    def shapes_of_a_and_y_not_compared(A, y):
        """The two shapes differ, but you returned a number anyway. NumPy silently stretches (4, 1)
        and (4,) to (4, 4), so every prediction is compared with every label.

        Which property of the two arrays, more telling than `len`, can you compare before you
        compute? And which error should report a difference?"""
        A = _safe(A, A)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def a_and_y_flattened(A, y):
        """You bring both arrays into the same shape first, so differing shapes go unnoticed. A
        wrong shape should be reported here, because it is nearly always a mistake further up.

        What should happen when A is (4, 1) and y is (4,), and when can you find out?"""
        A, y = _safe(A.ravel(), y.ravel()), y.ravel()
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def assertion_for_the_shapes(A, y):
        """You noticed that the shapes differ, but `assert` raises AssertionError. Assertions are
        for your own mistakes and can be switched off; wrong arguments should raise ValueError.

        How do you raise an exception of a chosen type?"""
        assert A.shape == y.shape
        A = _safe(A, y)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def clipped_in_place(A, y):
        """Your clip writes into the caller's array: afterward its probabilities have changed.

        Does your way of clipping create a new array, or does it change the one it gets?"""
        _same_shape(A, y)
        np.clip(A, 1e-7, 1 - 1e-7, out=A)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def only_one_logarithm_guarded(A, y):
        """You kept the first logarithm away from 0, but 1 - A can be 0 too: where A is exactly 1.

        For which A does the second logarithm fail, and what would prevent that?"""
        _same_shape(A, y)
        return float(-np.mean(y * np.log(A + 1e-8) + (1 - y) * np.log(1 - A)))

    @recognized(_sure_and_right_costs_too_much)
    def clip_too_coarse(A, y):
        """Your margin around 0 and 1 is so wide that it changes the loss: a prediction that is sure
        and right should cost next to nothing but does not, and a sure mistake costs too little.

        What is -log of your margin, and how much smaller could the margin be without becoming 0?"""
        _same_shape(A, y)
        A = np.clip(1.0 * A, 1e-3, 1 - 1e-3)
        return float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))

    def sure_mistake_costs_infinity(A, y):
        """You take the logarithm of the probability given to the truth, which is right. But for a
        sure mistake that probability is exactly 0, and the loss is infinite.

        What is the smallest probability that you want to let into the logarithm?"""
        _same_shape(A, y)
        return float(-np.mean(np.log(np.where(y == 1, A, 1 - A))))

    def logarithm_of_the_labels(A, y):
        """You took the logarithm of the labels, 0 and 1: log(0) makes the loss infinite. The
        logarithm belongs to the probabilities, and the labels choose between its two values.

        Which of the two arguments is never exactly 0 in a good network?"""
        _same_shape(A, y)
        return float(-np.mean(A * np.log(y) + (1 - A) * np.log(1 - y)))

    @recognized(_takes_log_of_labels)
    def labels_inside_the_logarithms(A, y):
        """You took the logarithm of the labels, kept finite by a small margin: the loss is huge for
        every prediction that is not exactly right. The logarithm belongs to the probabilities, and
        the labels choose between its two values.

        In y log(a), which of the two does the network say?"""
        _same_shape(A, y)
        y = np.clip(1.0 * y, 1e-7, 1 - 1e-7)
        return float(-np.mean(A * np.log(y) + (1 - A) * np.log(1 - y)))

    def scores_expected(A, y):
        """You put A through a sigmoid, as losses that take scores do. A already holds
        probabilities: it went through the sigmoid before.

        What does a prediction of 0 cost for a label of 0, and what should it?"""
        _same_shape(A, y)
        return float(np.mean(np.logaddexp(0, A) - A * y))

    @recognized(_is(_mean_per_class))
    def classes_weighed_alike(A, y):
        """You take one mean over the examples of class 1, another over those of class 0, and add
        them. The loss is one mean over all examples, whatever their class.

        By which number do you divide the costs of each class?"""
        _same_shape(A, y)
        return _mean_per_class(np.clip(A, 1e-12, 1 - 1e-12), y)

    @recognized(_is(_product_of_means))
    def means_multiplied(A, y):
        """You multiply the mean of the labels by the mean of the logarithms. Each example's label
        belongs to its own logarithm: first the products, then one mean.

        In which order do the product and the mean come in the formula?"""
        _same_shape(A, y)
        return _product_of_means(_safe(A, y), y)

    def infinite_costs_left_out(A, y):
        """A sure mistake costs nothing: you leave out the infinite terms. They are the worst
        mistakes, and should cost a lot.

        What is the smallest probability that you want to let into the logarithm?"""
        _same_shape(A, y)
        truth = np.where(y == 1, A, 1 - A)
        truth = truth[truth > 0]
        return float(-np.log(truth).mean()) if truth.size else 0.0

    def infinity_replaced_by_the_largest_float(A, y):
        """A sure mistake costs about 1.8e308: `np.nan_to_num` puts the largest float in the place
        of infinity, and the sum of two such costs is infinite again.

        What is the smallest probability that you want to let into the logarithm?"""
        _same_shape(A, y)
        with np.errstate(all="ignore"):
            terms = y * np.log(A) + (1 - y) * np.log(1 - A)
        return float(-np.mean(np.nan_to_num(terms)))
