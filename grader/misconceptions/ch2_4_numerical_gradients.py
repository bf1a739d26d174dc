"""Wrong answers in chapter 2.4."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized


def _same_shape(a, b):
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")


def _slopes(X, y, params, loss_fn, rule, h, index=np.ndindex):
    """`rule(loss, h)` for every index of every array; `loss(d)` is the loss at w + d there."""
    points = [np.array(param, dtype=np.float64) for param in params]
    grads = [np.zeros_like(1.0 * param) for param in params]
    for point, grad in zip(points, grads, strict=True):
        for i in index(point.shape):
            w = point[i].copy()

            def loss(d, point=point, i=i, w=w):
                point[i] = w + d
                return loss_fn(X, y, points)[0]

            grad[i] = rule(loss, h)
            point[i] = w
    return grads


def _central(loss, h):
    return (loss(h) - loss(-h)) / (2 * h)


def _has_no_floor(answer, analytic, numeric):
    """Two gradients close to 0 get the error of ordinary ones."""
    difference = np.abs(analytic - numeric)
    size = np.abs(analytic) + np.abs(numeric)
    if size.max() > 5e-9:
        return False
    if np.isnan(answer):
        return bool((size == 0).any())
    floored = (difference / 1e-8).max()
    return size.min() > 0 and 1.5 * floored < answer < 1.001 * (difference / size).max()


def _is_rough(answer, X, y, params, loss_fn, h=1e-5):
    """The parameters are float32, and the gradient is right except for heavy rounding."""
    if any(param.dtype != np.float32 for param in params):
        return False
    exact = _slopes(X, y, [param.astype(float) for param in params], loss_fn, _central, h)
    off = max(np.abs(a - b).max() for a, b in zip(answer, exact, strict=True))
    return 2e-4 < off / max(np.abs(grad).max() for grad in exact) < 0.4


def _moves_by_its_own_step(answer, X, y, params, loss_fn, h=1e-5):
    """The slopes are those of a usual step that differs from h so much that it shows."""

    def of(step):
        return np.concatenate([grad.ravel() for grad in _slopes(*args, _central, step)])

    args, got = (X, y, params, loss_fn), np.concatenate([np.ravel(grad) for grad in answer])
    others = of(h), of(1e-5)  # the right step, and one that is too short to tell from others
    for own in (0.5, 0.1, 0.01, 1e-3):
        slopes = of(own)
        shows = min(np.abs(slopes - other).max() for other in others)
        if shows > 1e-8 and np.abs(got - slopes).max() < 0.01 * shows:
            return True
    return False


class WrongNumericalGradient(Versions, of="numerical_gradient"):
    def forward_difference(X, y, params, loss_fn, h=1e-5):
        """You compared the loss at w + h with the loss at w. The error of this forward difference
        shrinks only with h; that of the central one, to both sides, with h squared.

        At which two points does the central difference take the loss, and how far apart are they?
        """
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(h) - loss(0)) / h, h)

    def backward_difference(X, y, params, loss_fn, h=1e-5):
        """You compared the loss at w with the loss at w - h. That is the backward difference. The
        central difference looks to both sides, and its error shrinks with h squared.

        At which two points does the central difference take the loss, and how far apart are they?
        """
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(0) - loss(-h)) / h, h)

    def divided_by_h_only(X, y, params, loss_fn, h=1e-5):
        """Your slopes are twice as steep as they should be: {got}, not {expected}. The two points
        are one h to the left and one h to the right.

        How far apart are w - h and w + h?"""
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(h) - loss(-h)) / h, h)

    def one_sided_over_2h(X, y, params, loss_fn, h=1e-5):
        """Your slopes are half of what they should be: {got}, not {expected}. You moved to one side
        only, but divided by the distance between two points on both sides.

        At which two points does the central difference take the loss?"""
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(h) - loss(0)) / (2 * h), h)

    def not_divided_by_the_distance(X, y, params, loss_fn, h=1e-5):
        """You returned the difference of the two losses without dividing it, so the numbers are
        tiny for a small h. A slope is a difference divided by a distance.

        How far apart are the two points where you took the loss?"""
        return _slopes(X, y, params, loss_fn, lambda loss, h: loss(h) - loss(-h), h)

    def divided_by_a_fixed_h(X, y, params, loss_fn, h=1e-5):
        """You move by the h you were given, but divide by a number that fits only the usual h.

        How far apart are the two points when h is 0.1?"""
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(h) - loss(-h)) / 2e-5, h)

    def multiplied_by_h(X, y, params, loss_fn, h=1e-5):
        """Your numbers are almost 0. Python reads `d / 2 * h` from left to right.

        Which part of the formula is below the fraction bar, and how do you tell Python?"""
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(h) - loss(-h)) / 2 * h, h)

    def difference_the_wrong_way_round(X, y, params, loss_fn, h=1e-5):
        """All your slopes have the wrong sign, {got}, not {expected}: you subtracted the loss at w
        + h.

        If the loss grows from left to right, should the slope be positive or negative?"""
        return _slopes(X, y, params, loss_fn, lambda loss, h: (loss(-h) - loss(h)) / (2 * h), h)

    @recognized(_moves_by_its_own_step)
    def step_of_its_own(X, y, params, loss_fn, h=1e-5):
        """You move by a fixed step, another one than the `h` you were given. The central difference
        of a large step visibly differs from that of a small one.

        Where does your function use `h`, and does anything set it again inside?"""
        return _slopes(X, y, params, loss_fn, _central, 1e-2)

    def h_ignored(X, y, params, loss_fn, h=1e-5):
        """You always move by the same small step and ignore the `h` you were given. For a large h
        the central difference visibly differs from the slope.

        Where does your function use `h`, and does anything set it again inside?"""
        return _slopes(X, y, params, loss_fn, _central, 1e-5)

    def entry_not_put_back(X, y, params, loss_fn, h=1e-5):
        """A measured entry stays where you moved it, so you measure the next ones elsewhere.

        What should the array look like before you move the next entry?"""
        points = [np.array(param, dtype=np.float64) for param in params]
        grads = [np.zeros_like(1.0 * param) for param in params]
        for point, grad in zip(points, grads, strict=True):
            for i in np.ndindex(point.shape):
                w = point[i]
                point[i] = w + h
                above = loss_fn(X, y, points)[0]
                point[i] = w - h
                grad[i] = (above - loss_fn(X, y, points)[0]) / (2 * h)
        return grads

    def put_back_by_adding_h(X, y, params, loss_fn, h=1e-5):
        """You move an entry by h, then by -2 h, then by h again. In floating point that does not
        always end where it began: the caller's parameters are then off by a rounding error.

        What could you remember before you move an entry?"""
        grads = []
        for param in params:
            grad = np.zeros_like(param)
            for i in np.ndindex(param.shape):
                param[i] += h
                above = loss_fn(X, y, params)[0]
                param[i] -= 2 * h
                below = loss_fn(X, y, params)[0]
                param[i] += h
                grad[i] = (above - below) / (2 * h)
            grads.append(grad)
        return grads

    def gradient_of_loss_fn_returned(X, y, params, loss_fn, h=1e-5):
        """You returned the gradient that `loss_fn` computes by formula. This function is there to
        check that formula, so it must not use it: the loss alone reveals the slope.

        Which of the two values that `loss_fn` returns can you rely on here?"""
        return loss_fn(X, y, params)[1]

    def all_entries_moved_at_once(X, y, params, loss_fn, h=1e-5):
        """You moved all entries of an array together, so each shows the same number: the sum of all
        the slopes. The gradient has one slope per entry, with all the others held still.

        How many numbers may change between two calls of `loss_fn`?"""

        def whole(shape):
            return [...]

        return _slopes(X, y, params, loss_fn, _central, h, whole)

    def whole_rows_moved(X, y, params, loss_fn, h=1e-5):
        """You move a whole row of a matrix at once, so every entry of the row shows the sum of its
        slopes. `param[i]` of a matrix is a row, not an entry.

        Which NumPy tool counts through all positions of an array of any shape?"""

        def rows(shape):
            return range(shape[0])

        return _slopes(X, y, params, loss_fn, _central, h, rows)

    def only_the_first_array(X, y, params, loss_fn, h=1e-5):
        """You measured only the first array of `params`; the gradients of the others are zeros.

        Which loop goes through the list of arrays, and where does it end?"""
        grads = _slopes(X, y, params, loss_fn, _central, h)
        return [grads[0], *(0 * grad for grad in grads[1:])]

    @recognized(_is_rough)
    def worked_out_in_float32(X, y, params, loss_fn, h=1e-5):
        """Your gradient of float32 parameters is rough: float32 has about seven digits, and a step
        of 1e-5 uses up five before you compare the losses. Return float32, but compute in float64.

        Which dtype does the array that you move have, and could it differ from that of the answer?
        """
        points, grads = [1.0 * param for param in params], []
        for point in points:
            grad = np.zeros_like(point)
            for i in np.ndindex(point.shape):
                w = point[i]
                point[i] = w + h
                above = loss_fn(X, y, points)[0]
                point[i] = w - h
                grad[i] = (above - loss_fn(X, y, points)[0]) / (2 * h)
                point[i] = w
            grads.append(grad)
        return grads

    def loss_not_unpacked(X, y, params, loss_fn, h=1e-5):
        """`loss_fn` returns a pair, the loss and the gradients, and pairs cannot be subtracted.

        Which part of what `loss_fn` returns do you need?"""
        return _slopes(X, y, params, loss_fn, lambda *_: () - (), h)

    def last_entry_left_out(X, y, params, loss_fn, h=1e-5):
        """The last entry of each array is 0: your loop ends one step too early.

        How many entries does an array have, and how many does your loop visit?"""
        grads = _slopes(X, y, params, loss_fn, _central, h)
        for grad in grads:
            if grad.size > 1:
                grad[tuple(size - 1 for size in grad.shape)] = 0
        return grads


def _has_a_higher_floor(answer, analytic, numeric):
    size = np.abs(1.0 * analytic) + np.abs(1.0 * numeric)
    off = np.abs(1.0 * analytic - numeric)
    if answer <= 0 or size.max() > 1e-2:
        return False
    floor = 10.0 ** np.rint(np.log10(off.max() / answer))
    same = np.isclose(answer, np.max(off / np.maximum(floor, size)))
    return same and 1e-8 < floor <= 1e-2


class WrongRelativeError(Versions, of="relative_error"):
    def mean_instead_of_largest(analytic, numeric):
        """You averaged over the entries. One wrong entry among many hides in a mean.

        Which number should stand out when 99 entries agree and one does not?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return float(np.mean(np.abs(analytic - numeric) / np.maximum(1e-8, size)))

    def errors_added_up(analytic, numeric):
        """You added up the relative errors of all entries. The answer should be the largest.

        Should the error of a gradient grow with the number of its entries?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return float(np.sum(np.abs(analytic - numeric) / np.maximum(1e-8, size)))

    def floor_added(analytic, numeric):
        """You added 1e-8 to the denominator. The formula takes the larger of 1e-8 and |a| + |n|, so
        that it does not affect ordinary gradients at all.

        Which NumPy function gives the larger of two numbers, entry by entry?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return float(np.max(np.abs(analytic - numeric) / (1e-8 + size)))

    @recognized(_has_no_floor)
    def divided_by_nearly_nothing(analytic, numeric):
        """You divided by |a| + |n| even where it is smaller than 1e-8. There, two gradients that
        are both practically zero look far apart, and 0 / 0 is nan.

        What is the smallest number that the formula divides by?"""
        _same_shape(analytic, numeric)
        return float(np.max(np.abs(analytic - numeric) / (np.abs(analytic) + np.abs(numeric))))

    def size_of_the_sum(analytic, numeric):
        """You divided by |a + n|. With opposite signs a + n is nearly 0 and the quotient explodes.
        Take the absolute values before you add.

        What is |a| + |n| for a = 1 and n = -1, and what is |a + n|?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic + numeric)
        return float(np.max(np.abs(analytic - numeric) / np.maximum(1e-8, size)))

    def divided_by_the_larger(analytic, numeric):
        """You divided by the larger of |a| and |n|. That is another measure, up to 2 for a wrong
        sign; here you divide by their sum, so that the result never exceeds 1.

        What is below the fraction bar in the formula?"""
        _same_shape(analytic, numeric)
        size = np.maximum(np.abs(analytic), np.abs(numeric))
        return float(np.max(np.abs(analytic - numeric) / np.maximum(1e-8, size)))

    def divided_by_the_numeric_only(analytic, numeric):
        """You divided by the size of the second gradient, so swapping the two changes the answer.

        Which two sizes are added below the fraction bar?"""
        _same_shape(analytic, numeric)
        return float(np.max(np.abs(analytic - numeric) / np.maximum(1e-8, np.abs(numeric))))

    def divided_by_the_analytic_only(analytic, numeric):
        """You divided by the size of the first gradient, so swapping the two changes the answer.

        Which two sizes are added below the fraction bar?"""
        _same_shape(analytic, numeric)
        return float(np.max(np.abs(analytic - numeric) / np.maximum(1e-8, np.abs(analytic))))

    def divided_by_the_mean_size(analytic, numeric):
        """Your answer is twice what it should be: {got}, not {expected}. You divided by the mean of
        the two sizes, or multiplied by 2; the formula divides by their sum.

        What should come out when one of the two gradients is zero?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return float(np.max(2 * np.abs(analytic - numeric) / np.maximum(1e-8, size)))

    def differences_with_their_signs(analytic, numeric):
        """Your differences kept their signs, so where the numeric gradient is larger the error is
        negative, and the maximum ignores it.

        Is an entry that is too small any better than one that is too large?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return float(np.max((1.0 * analytic - numeric) / np.maximum(1e-8, size)))

    def ratio_of_norms(analytic, numeric):
        """You compared the lengths of whole vectors, where one wrong entry among many can hide. The
        answer should be the largest relative error of an entry.

        In which order do the division and the step that turns many numbers into one come?"""
        _same_shape(analytic, numeric)
        size = np.linalg.norm(analytic.ravel()) + np.linalg.norm(numeric.ravel())
        return float(np.linalg.norm((analytic - numeric).ravel()) / max(1e-8, size))

    def largest_over_largest(analytic, numeric):
        """You divided the largest difference by the largest size, but these may belong to different
        entries. Each entry has its own difference and its own size.

        In which order do the division and the maximum come?"""
        _same_shape(analytic, numeric)
        size = np.max(np.abs(analytic) + np.abs(numeric))
        return float(np.max(np.abs(analytic - numeric)) / max(1e-8, size))

    def sums_compared(analytic, numeric):
        """You divided the sum of all differences by the sum of all sizes, where one wrong entry
        among many can hide. The answer should be the largest relative error of an entry.

        In which order do the division and the step that turns many numbers into one come?"""
        _same_shape(analytic, numeric)
        size = np.sum(np.abs(analytic) + np.abs(numeric))
        return float(np.sum(np.abs(analytic - numeric)) / max(1e-8, size))

    def smaller_for_larger(analytic, numeric):
        """You divided by the smaller of 1e-8 and |a| + |n|, nearly always 1e-8, so your errors are
        huge: {got}, not {expected}. The 1e-8 should matter only for smaller gradients.

        Is there a maximum or a minimum below the fraction bar of the formula?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return float(np.max(np.abs(analytic - numeric) / np.minimum(1e-8, size)))

    def absolute_error(analytic, numeric):
        """This is the largest difference. Whether 0.001 is a lot depends on the gradients.

        Relative to what should the difference be measured?"""
        _same_shape(analytic, numeric)
        return float(np.max(np.abs(1.0 * analytic - numeric)))

    def one_error_per_entry(analytic, numeric):
        """You returned the error of each entry. The answer should be the largest of them.

        Which function gives the largest number of an array?"""
        _same_shape(analytic, numeric)
        size = np.abs(analytic) + np.abs(numeric)
        return np.abs(analytic - numeric) / np.maximum(1e-8, size)

    def sizes_compared(analytic, numeric):
        """You compare the sizes |a| and |n|, so opposite signs go unnoticed: 1 and -1 count as
        equal.

        Do you subtract before you take the absolute value, or after?"""
        if np.shape(analytic) != np.shape(numeric):
            raise ValueError("shapes")
        a, n = np.abs(1.0 * analytic), np.abs(1.0 * numeric)
        return float(np.max(np.abs(a - n) / np.maximum(1e-8, a + n)))

    @recognized(_has_a_higher_floor)
    def floor_too_high(analytic, numeric):
        """The smallest number that you divide by is larger than 1e-8, so the errors of small
        gradients look smaller than they are.

        Which floor does the docstring give?"""
        if np.shape(analytic) != np.shape(numeric):
            raise ValueError("shapes")
        size = np.abs(1.0 * analytic) + np.abs(1.0 * numeric)
        return float(np.max(np.abs(1.0 * analytic - numeric) / np.maximum(1e-6, size)))
