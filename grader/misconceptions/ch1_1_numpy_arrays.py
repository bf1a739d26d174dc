"""Wrong answers in chapter 1.1."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized


def _scaled(centered, scale):
    """`centered / scale`, and zeros where nothing differs."""
    scale = np.where(np.abs(centered).max() < 1e-12, 1, scale) + 0.0
    return centered / np.where(scale < 1e-12, 1, scale).astype(centered.dtype)


def _has_large_epsilon(answer, X):
    """The answer is x - mean over std + epsilon, with an epsilon between 1e-7 and 2e-3."""
    exact = X.astype(np.float64)
    spread = exact.std()
    if np.ptp(X) == 0 or abs(exact.mean()) > 1e4 * spread:
        return False
    wanted = (exact - exact.mean()) / spread
    share = float((answer * wanted).mean())  # of an answer that is a multiple of the right one
    epsilon = spread / max(share, 1e-9) - spread
    rounding = 1e-6 if answer.dtype == np.float32 else 1e-9
    return np.allclose(answer, share * wanted, atol=rounding) and 1e-7 < epsilon < 2e-3


def _lost_its_digits(answer, X):
    """The answer is right but for its scale, and X lies far from 0."""
    exact = X.astype(np.float64)
    if np.ptp(X) == 0:
        return False
    wanted = (exact - exact.mean()) / exact.std()
    share = float((answer * wanted).mean())
    return abs(exact.mean()) > 1e4 * exact.std() and np.allclose(answer, share * wanted)


class WrongNormalize(Versions, of="normalize"):
    def each_column_by_itself(X):
        """You scaled every column with its own mean and its own standard deviation. Here one mean
        and one standard deviation apply to all entries together.

        What does `axis` do in `mean` and `std`, and what do you get without it?"""
        centered = X - X.mean(axis=0)
        return _scaled(centered, X.std(axis=0))

    def each_row_by_itself(X):
        """You scaled every row with its own mean and its own standard deviation. Here one mean and
        one standard deviation apply to all entries together.

        How many means does your code compute for an array with three rows, and how many should it?
        """
        centered = X - X.mean(axis=-1, keepdims=True)
        return _scaled(centered, X.std(axis=-1, keepdims=True))

    def variance_instead_of_std(X):
        """You divided by the variance, the square of the standard deviation. So the spread of your
        answer is not 1, and you got {got}, not {expected}.

        If the entries are lengths in meters, what are the units of variance and standard deviation?
        """
        X = 1.0 * X
        return _scaled(X - X.mean(), X.var())

    def median_instead_of_mean(X):
        """You subtracted the median, the middle entry, so the mean of your answer is not 0: {got},
        not {expected}.

        Which of the two weighs every entry, and which one does the formula subtract?"""
        X = 1.0 * X
        return _scaled(X - np.median(X), X.std())

    def divided_by_the_rows_only(X):
        """You divided the sum of all entries by the number of rows. That is the mean only for a
        vector: a table has more entries than rows.

        How many entries does an array of shape (5, 3) have, and what is its `len`?"""
        X = 1.0 * X
        if np.ptp(X) == 0:
            return np.zeros_like(X)
        centered = X - X.sum() / len(X)
        return _scaled(centered, np.sqrt((centered**2).sum() / len(X)))

    def scaled_to_0_and_1(X):
        """Your answer runs from 0 at the smallest entry to 1 at the largest. That is min-max
        scaling; the answer should have mean 0 and standard deviation 1.

        Which number must you subtract to bring your mean to 0, and which one measures spread?"""
        X = 1.0 * X
        return _scaled(X - X.min(), X.max() - X.min())

    def range_instead_of_std(X):
        """The mean of your answer is 0, but you divided by the range, the largest entry minus the
        smallest. So the standard deviation of your answer is not 1.

        Which NumPy function measures spread by the typical distance from the mean?"""
        X = 1.0 * X
        return _scaled(X - X.mean(), X.max() - X.min())

    def scaled_to_length_1(X):
        """You divided by the length of X as a vector, so its squares add up to 1. That is also
        called normalizing, but here it means mean 0 and standard deviation 1.

        What are `mean()` and `std()` of your answer, and which two steps would fix them?"""
        return X / np.linalg.norm(X) if np.ptp(X) else 0.0 * X

    def divided_by_255(X):
        """You divided by 255. That brings the pixels of an image between 0 and 1, but the answer
        should have mean 0 and standard deviation 1, whatever the entries are.

        Which two numbers do you have to compute from X itself?"""
        return X / 255 if np.ptp(X) else 0.0 * X

    def sample_std(X):
        """You divided by the sample standard deviation, which divides the sum of squares by one
        less than the number of entries. So you got {got}, not {expected}.

        What is the default of `ddof` in `np.std`, and what does it change?"""
        X = 1.0 * X
        return _scaled(X - X.mean(), X.std(ddof=min(1, X.size - 1)))

    def mean_not_subtracted(X):
        """The spread of your answer is right, but its mean is not 0: you divided the entries by the
        standard deviation without shifting them.

        Which number, subtracted from every entry, makes the mean 0?"""
        X = 1.0 * X
        return np.zeros_like(X) if np.ptp(X) == 0 else X / X.std()

    def std_not_divided_by(X):
        """The mean of your answer is 0, but you did not scale: its standard deviation is that of X.

        What is `np.std` of your answer, and what would make it 1?"""
        return X - X.mean() if np.ptp(X) else 0.0 * X

    def mean_minus_entry(X):
        """Every entry has the wrong sign: above the mean you get {got}, not {expected}.

        Which of the two must be subtracted from the other, so that a large entry stays large?"""
        X = 1.0 * X
        return _scaled(X.mean() - X, X.std())

    def parentheses_missing(X):
        """Your division comes before the subtraction: you subtracted mean / std and never scaled.

        In which order does Python evaluate `a - b / c`, and which order does the formula need?"""
        X = 1.0 * X
        return np.zeros_like(X) if np.ptp(X) == 0 else X - X.mean() / X.std()

    def divided_by_the_largest(X):
        """You divided by the largest entry. That brings pixels between 0 and 1, but the mean is not
        0 and the standard deviation is not 1.

        Which two numbers describe where entries lie and how far they spread? Which do you use?"""
        X = 1.0 * X
        return np.zeros_like(X) if np.ptp(X) == 0 else X / X.max()

    def constant_divided_by_zero(X):
        """All entries of this array are equal, so its standard deviation is 0 and your code divides
        0 by 0. NumPy turns that into nan, and one nan spoils everything it meets later.

        What should an array without any spread give, and how do you detect one before you divide?
        """
        X = 1.0 * X
        return (X - X.mean()) / X.std()

    def std_compared_with_exactly_zero(X):
        """You check for a standard deviation of exactly 0. In `np.full(3, 0.1)` all entries are
        equal, but the mean is rounded and the computed standard deviation is about 1e-17. Dividing
        by that blows a rounding error up to the size of 1.

        How small can a standard deviation be before it is nothing but rounding? Or: how can you
        tell from the entries themselves that they are all equal?"""
        X = 1.0 * X
        spread = X.std()
        return np.zeros_like(X) if spread == 0 else (X - X.mean()) / spread

    def zeros_of_the_integer_dtype(X):
        """For a constant array of integers you return integer zeros: `np.zeros_like` also copies
        the dtype of its argument. Integers should come back as float64.

        What is `np.zeros_like(np.array([3, 3])).dtype`, and where could X already hold floats?"""
        if X.max() == X.min():
            return np.zeros_like(X)
        return (X - X.mean()) / X.std()

    @recognized(_has_large_epsilon)
    def epsilon_too_large(X):
        """The small number that you add to the standard deviation is large enough to be seen: all
        your entries are slightly too close to 0.

        That number protects a constant array from a division by 0. How small can it be and still do
        so, in a type that holds numbers like 1e-300?"""
        return (X - X.mean()) / (X.std() + 1e-5)

    def turned_into_float64(X):
        """Your values are right, but float32 went in and float64 came out. Networks use float32
        because it takes half the memory, and a single `astype(float)` along the way undoes that.

        Which arrays need another dtype here, and which should stay as they are?"""
        X = X.astype(np.float64)
        return np.zeros_like(X) if X.max() == X.min() else (X - X.mean()) / X.std()

    def worked_in_place(X):
        """`-=` and `/=` write into the array you were given, so the caller's raw data is gone after
        the call. With an array of integers they do not work at all.

        How do `X -= 1` and `X = X - 1` differ for someone who holds the same array?"""
        constant = X.max() == X.min()
        X -= X.mean()
        X /= 1 if constant else X.std()
        return 0 * X if constant else X

    @recognized(_lost_its_digits)
    def variance_as_a_difference(X):
        """The entries lie far from 0, and your standard deviation has lost its digits: the mean of
        the squares and the square of the mean are two large numbers that are nearly equal.

        What do you get from 1e14 + 1 - 1e14 and from the mean of (x - mean)^2?"""
        X = 1.0 * X
        if np.ptp(X) == 0:
            return np.zeros_like(X)
        return (X - X.mean()) / np.sqrt(np.abs(np.mean(X * X) - X.mean() ** 2) + 1e-300)

    def mean_absolute_deviation(X):
        """You divided by the mean distance from the mean. The standard deviation is the root of the
        mean square of these distances, which is larger: {got} should be {expected}.

        Are the distances squared before you take their mean?"""
        X = 1.0 * X
        centered = X - X.mean()
        return _scaled(centered, np.abs(centered).mean())

    def root_mean_square(X):
        """You divided by the root of the mean square of the entries. The standard deviation is the
        root of the mean square of their distances from the mean.

        Which number is subtracted from each entry before it is squared?"""
        X = 1.0 * X
        return np.zeros_like(X) if np.ptp(X) == 0 else (X - X.mean()) / np.sqrt(np.mean(X**2))

    def multiplied_by_std(X):
        """You multiplied by the standard deviation: entries that were spread widely are now spread
        even more.

        If the standard deviation is 10, what turns it into 1?"""
        X = 1.0 * X
        return (X - X.mean()) * X.std()

    def scaled_before_the_shift(X):
        """You divided by the standard deviation first and then subtracted the mean of X, which is
        not divided. So the mean of your answer is not 0.

        What is the mean of X / std?"""
        X = 1.0 * X
        return np.zeros_like(X) if np.ptp(X) == 0 else X / X.std() - X.mean()


class WrongOneHot(Versions, of="one_hot"):
    def labels_counted_from_1(labels, num_classes):
        """Every 1 is one column too far to the left: you count from 1, but labels start at 0.

        Which column should the 1 for label 0 go in, and where does your code put it?"""
        return np.eye(num_classes)[labels - 1]

    def columns_only_for_labels_that_occur(labels, num_classes):
        """You take the number of columns from the labels that happen to occur. With labels 1 and 0
        and five classes there should be five columns, three of them all zeros.

        What is the argument `num_classes` for, and where does your code use it?"""
        return np.eye(labels.max() + 1)[labels]

    def labels_renumbered(labels, num_classes):
        """You replaced the labels with their ranks among the labels that occur: a 2 that is the
        only label was marked as class 0. The label itself says which column is meant.

        Which column should the 1 for label 2 go in when no label 0 or 1 occurs?"""
        _, ranks = np.unique(labels, return_inverse=True)
        return np.eye(num_classes)[ranks]

    def ten_columns_always(labels, num_classes):
        """There are ten columns, whatever `num_classes` says. Ten is right for digits, but this
        function works for any number of classes.

        Which argument says how many columns there should be?"""
        return np.eye(10)[labels]

    def one_column_too_many(labels, num_classes):
        """Your rows have one column more than there are classes, and the last one is always 0.

        Labels run from 0 to num_classes - 1: how many different labels is that?"""
        return np.eye(num_classes + 1)[labels]

    def zeros_and_ones_swapped(labels, num_classes):
        """Your rows are full of ones with a single 0 at the label. It should be the reverse.

        What should the array be filled with before you mark the labels in it?"""
        return 1 - np.eye(num_classes)[labels]

    def every_row_gets_all_labels(labels, num_classes):
        """Every row has a 1 for the labels of all rows, not for its own alone: `out[:, labels] = 1`
        does that, and so does `[row] * n`, a list of n times the same row.

        What does a pair of index arrays, rows and columns, select? And which array counts the rows?
        """
        out = np.zeros((len(labels), num_classes))
        out[:, labels] = 1
        return out

    def rows_marked_instead_of_columns(labels, num_classes):
        """`out[labels] = 1` uses the labels as row numbers and fills whole rows with ones. A label
        says which column to mark, and each example has a row of its own.

        What does a pair of index arrays, rows and columns, select? And which array counts the rows?
        """
        out = np.zeros((len(labels), num_classes))
        out[labels] = 1
        return out

    def one_row_for_all_labels(labels, num_classes):
        """You mark all labels in one and the same row. Each label should have its own row.

        Which shape should the answer have, and which shape does your array of zeros have?"""
        out = np.zeros(num_classes)
        out[labels] = 1
        return out

    def label_written_instead_of_1(labels, num_classes):
        """You mark the right places, but with the label itself: a 3 where a 1 belongs.

        Which number should stand for "it is this class", the same for every class?"""
        out = np.zeros((len(labels), num_classes))
        out[np.arange(len(labels)), labels] = labels
        return out

    def truth_values_returned(labels, num_classes):
        """Your comparison gives True and False, an array of dtype bool. They look like 1 and 0, but
        `True - True` is an error in NumPy, and later losses subtract from these rows.

        How do you turn an array of booleans into one of numbers, and which dtype should it have?"""
        return labels[:, None] == np.arange(num_classes)

    def last_label_forgotten(labels, num_classes):
        """The last row is all zeros: your loop ends one label too early.

        Which numbers does `range(len(labels) - 1)` count for three labels?"""
        out = np.eye(num_classes)[labels]
        out[-1] = 0
        return out

    def ints_instead_of_floats(labels, num_classes):
        """The ones are in the right places, but they are integers. They should be float64, because
        these rows will be compared with probabilities.

        Which dtype does your array get when you create it, and who chose it?"""
        return np.eye(num_classes, dtype=int)[labels]

    def columns_counted_from_1(labels, num_classes):
        """Your first column stands for label 1: every 1 is one column too far to the left, and
        label 0 has none.

        What is the first number that your `range` or `arange` counts?"""
        return np.eye(num_classes + 1)[labels][:, 1:]

    def flat_index_too_large(labels, num_classes):
        """You compute places in the flat array in the dtype of the labels. In uint8 there is no
        place after 255: it starts again from 0, and a wrong row gets the 1.

        Which dtype does `num_classes * rows + labels` have, and what is the largest place?"""
        rows = np.arange(len(labels)).astype(labels.dtype)
        out = np.zeros(len(labels) * num_classes)
        out[rows * num_classes + labels] = 1
        return out.reshape(len(labels), num_classes)
