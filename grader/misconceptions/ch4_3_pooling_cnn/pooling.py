"""Wrong pooling: `max_pool` and `avg_pool`, which reduce each window by `np.max` or `np.mean`."""

import numpy as np

from .. import wrong
from ..reference import pool_windows


def _whole(X, size):
    """X as floats, without the ragged edge."""
    return 1.0 * X[..., : X.shape[-2] // size * size, : X.shape[-1] // size * size]


def _counts(X, size):
    """The axes before the last two, and the numbers of windows down and across."""
    return X.shape[:-2], X.shape[-2] // size, X.shape[-1] // size


def _padded(X, size, value):
    """X filled up to whole windows."""
    edge = [(0, -length % size) for length in X.shape[-2:]]
    return np.pad(1.0 * X, [(0, 0)] * (X.ndim - 2) + edge, constant_values=value)


@wrong("max_pool")
def mean_of_the_window(X, size):
    """You keep the mean of each window, not its largest number: `{got}`, not `{expected}`.

    What does the formula of max pooling take from a region?"""
    return pool_windows(X, size).mean(axis=-1)


@wrong("max_pool")
def smallest_of_the_window(X, size):
    """You keep the smallest number of each window: `{got}`, not `{expected}`.

    What does the formula of max pooling take from a region?"""
    return pool_windows(X, size).min(axis=-1)


@wrong("max_pool")
def negative_windows_give_zero(X, size):
    """A window of negative numbers gives 0: `{got}`, not `{expected}`. So 0 takes part in your
    maximum, perhaps as the number that the comparison starts from.

    What is the largest of -3 and -1, and what does your code compare with first?"""
    return np.maximum(pool_windows(X, size).max(axis=-1), 0)


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="windows_overlap_in_the_mean")
def windows_overlap(X, size, reduce):
    """Your windows move by one pixel at a time, so they overlap and there are too many of them.

    At which row does the second window start, if the first one covers rows 0 to size - 1?"""
    sliding = np.lib.stride_tricks.sliding_window_view(1.0 * X, (size, size), axis=(-2, -1))
    return reduce(sliding, axis=(-2, -1))


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="windows_one_apart_in_the_mean")
def windows_one_apart(X, size, reduce):
    """Your answer has the right shape, but the windows are one pixel apart and overlap: `{got}`,
    not `{expected}`.

    At which row does the second window start, if the first one covers rows 0 to size - 1?"""
    sliding = np.lib.stride_tricks.sliding_window_view(1.0 * X, (size, size), axis=(-2, -1))
    _, height, width = _counts(X, size)
    return reduce(sliding, axis=(-2, -1))[..., :height, :width]


@wrong("max_pool", reduce=np.max, axis=-2)
@wrong("avg_pool", reduce=np.mean, axis=-2, name="square_images_averaged")
@wrong("max_pool", reduce=np.max, axis=-1, name="width_for_the_height")
@wrong("avg_pool", reduce=np.mean, axis=-1, name="width_for_the_height_of_the_mean")
def square_images_assumed(X, size, reduce, axis):
    """Your answer has as many rows as columns, as if all images were square.

    Which two entries of `X.shape` are height and width, and which of your loops needs which?"""
    pooled = np.zeros((*X.shape[:-2], X.shape[axis] // size, X.shape[axis] // size))
    for i, j in np.ndindex(pooled.shape[-2:]):
        window = X[..., i * size : (i + 1) * size, j * size : (j + 1) * size]
        pooled[..., i, j] = reduce(window, axis=(-2, -1))
    return pooled


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="size_two_assumed_in_the_mean")
def size_two_assumed(X, size, reduce):
    """Your windows are 2 by 2, whatever `size` says.

    Which numbers in your code should change when `size` does?"""
    return reduce(pool_windows(X, 2), axis=-1)


@wrong("max_pool", reduce=np.max, value=-np.inf)
@wrong("avg_pool", reduce=np.nanmean, value=np.nan, name="ragged_edge_averaged")
@wrong("avg_pool", reduce=np.mean, value=0, name="ragged_edge_filled_with_zeros")
def ragged_edge_pooled(X, size, reduce, value):
    """The rows and columns left over at the edge get windows of their own, so your answer is too
    large. Here an edge that does not fill a whole window is dropped.

    How many whole windows of 2 fit on 5 rows, and which Python operator counts them?"""
    return reduce(pool_windows(_padded(X, size, value), size), axis=-1)


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="edge_not_cut_off")
def ragged_edge_not_cut(X, size, reduce):
    """Your code works while the windows fill the image, but fails with an edge left over.

    Which part of `X` do whole windows cover, and how can you cut off the rest beforehand?"""
    lead, rows, columns = _counts(X, size)
    return reduce((1.0 * X).reshape(*lead, rows, size, columns, size), axis=(-3, -1))


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="mean_cut_up_by_reshape")
def cut_up_by_reshape(X, size, reduce):
    """Your windows are not squares of the image: `{got}`, not `{expected}`. `reshape` deals out the
    numbers row by row, so a window of 2 by 2 gets four neighbors from one row.

    If you split the rows into (H', size) and the columns into (W', size), in which order are the
    axes, and which two of them belong to a window?"""
    lead, rows, columns = _counts(X, size)
    return reduce(_whole(X, size).reshape(*lead, rows, columns, size * size), axis=-1)


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="distant_pixels_averaged")
def distant_pixels_pooled(X, size, reduce):
    """Your windows hold pixels from distant parts of the image: `{got}`, not `{expected}`. When you
    split the rows, the axis of the windows comes before the axis within a window.

    Into which two lengths do you split 6 rows for windows of 2, and in which order?"""
    lead, rows, columns = _counts(X, size)
    return reduce(_whole(X, size).reshape(*lead, size, rows, size, columns), axis=(-4, -2))


@wrong("max_pool", reduce=np.max, words={"what": "maximum"})
@wrong("avg_pool", reduce=np.mean, name="one_mean_for_all_images", words={"what": "mean"})
def one_maximum_for_all_images(X, size, reduce):
    """All images and channels get the same numbers: your {what} runs over all of them.

    Over which axes should the {what} go, and over which does it go if you name no axis?"""
    lead, rows, columns = _counts(X, size)
    windows = pool_windows(X, size)
    out = np.empty((*lead, rows, columns), windows.dtype)
    for i, j in np.ndindex(rows, columns):
        out[..., i, j] = reduce(windows[..., i, j, :])
    return out


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="averaged_in_one_direction")
def pooled_in_one_direction(X, size, reduce):
    """Your answer is pooled over the rows, but still has all its columns.

    A window has two sides: where in your code does the second one come in?"""
    lead, rows, columns = _counts(X, size)
    return reduce(_whole(X, size).reshape(*lead, rows, size, columns * size), axis=-2)


@wrong("max_pool", reduce=np.max, axis=-3)
@wrong("avg_pool", reduce=np.mean, axis=-3, name="averaged_in_some_columns")
@wrong("max_pool", reduce=np.max, axis=-1, name="pooled_in_some_rows")
@wrong("avg_pool", reduce=np.mean, axis=-1, name="averaged_in_some_rows")
def pooled_in_some_columns(X, size, reduce, axis):
    """Your answer has the right shape, but each number comes from a single row or column of its
    window: `{got}`, not `{expected}`. In the other direction you pick one and skip the rest.

    How many numbers are in a window of `size` by `size`, and does each one count?"""
    lead, rows, columns = _counts(X, size)
    lines = reduce(_whole(X, size).reshape(*lead, rows, size, columns, size), axis=axis)
    return lines[..., 0] if axis == -3 else lines[..., 0, :]


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="edge_dropped_in_front")
def ragged_edge_dropped_in_front(X, size, reduce):
    """Where the windows do not fill the image, you drop the first rows and columns, not the last
    ones: `{got}`, not `{expected}`.

    Where does the first window begin, and on which sides is the rest that no window covers?"""
    rows, columns = (length % size for length in X.shape[-2:])
    return reduce(pool_windows(X[..., rows:, columns:], size), axis=-1)


@wrong("max_pool")
def first_two_axes_pooled(X, size):
    """You pool the first two axes. In (n, C, H, W) these are the examples and the channels.

    How can you count an axis from the end, so that your code also works for (H, W)?"""
    X = np.moveaxis(X, (0, 1), (-2, -1))
    return np.moveaxis(pool_windows(X, size).max(axis=-1), (-2, -1), (0, 1))


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="two_axes_unpacked")
def two_axes_expected(X, size, reduce):
    """Your code unpacks the shape of `X` into two numbers, but `X` may also be (n, C, H, W).

    Which entries of the shape are H and W, counted from the end?"""
    H, W = X.shape
    return reduce(pool_windows(X[:H, :W], size), axis=-1)


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="four_axes_unpacked")
def four_axes_expected(X, size, reduce):
    """Your code unpacks the shape of `X` into four numbers, but `X` may also be one image (H, W).

    Which entries of the shape are H and W, counted from the end?"""
    n, C, H, W = X.shape
    return reduce(pool_windows(X.reshape(n, C, H, W), size), axis=-1)


@wrong("max_pool", reduce=np.max)
@wrong("avg_pool", reduce=np.mean, name="last_window_not_averaged")
def last_window_left_out(X, size, reduce):
    """Your answer lacks its last row and its last column of windows.

    How many whole windows of 2 fit on 4 rows, and how many does your code visit?"""
    return reduce(pool_windows(X, size), axis=-1)[..., :-1, :-1]


def _one_place(answer, X, size):
    windows = pool_windows(X, size)
    return size > 1 and any(np.allclose(answer, windows[..., k]) for k in range(size**2))


@wrong("max_pool", recognizes=_one_place)
@wrong("avg_pool", name="one_pixel_of_each_window", recognizes=_one_place)
def corner_of_the_window(X, size):
    """You keep the number at one place of each window, such as its corner: `{got}`, not
    `{expected}`.

    Which line of your code uses all the numbers of a window?"""
    return pool_windows(X, size)[..., 0]


@wrong("max_pool")
def largest_absolute_value(X, size):
    """You keep the largest absolute value, whatever its sign: `{got}`, not `{expected}`.

    Which is larger, -3 or 2?"""
    return np.abs(pool_windows(X, size)).max(axis=-1)


@wrong("avg_pool")
def sum_of_the_window(X, size):
    """You add up the numbers of a window but do not average them: `{got}`, not `{expected}`.

    What do you divide a sum by to get a mean, and how many numbers are in a window?"""
    return pool_windows(X, size).sum(axis=-1)


@wrong("avg_pool")
def zeros_not_counted(X, size):
    """You leave zeros out of the mean: `{got}`, not `{expected}`. After a ReLU many pixels are 0,
    and each of them counts.

    What do you divide the sum of a window by, and does that depend on its numbers?"""
    windows = pool_windows(X, size)
    counted = np.maximum((windows != 0).sum(axis=-1), 1)
    return windows.sum(axis=-1) / counted.astype(windows.dtype)


@wrong("avg_pool")
def divided_by_the_side(X, size):
    """You divide the sum of a window by `size`: `{got}`, not `{expected}`.

    How many numbers are in a window of `size` by `size`?"""
    return pool_windows(X, size).sum(axis=-1) / size


@wrong("avg_pool")
def divided_by_the_number_of_windows(X, size):
    """You divide the sum of a window by the number of windows: `{got}`, not `{expected}`.

    How many numbers are in a window of `size` by `size`?"""
    _, rows, columns = _counts(X, size)
    return pool_windows(X, size).sum(axis=-1) / (rows * columns)


@wrong("avg_pool")
def divided_by_four(X, size):
    """You divide the sum of a window by 4, which is right only for 2 by 2: `{got}`, not
    `{expected}`.

    How many numbers are in a window of 3 by 3?"""
    return pool_windows(X, size).sum(axis=-1) / 4


@wrong("avg_pool")
def largest_of_the_window(X, size):
    """You keep the largest number of each window, not the mean: `{got}`, not `{expected}`.

    Which of your two pooling functions is this?"""
    return pool_windows(X, size).max(axis=-1)


@wrong("avg_pool")
def median_of_the_window(X, size):
    """You take the median of each window, not the mean: `{got}`, not `{expected}`.

    Which of the two depends on the size of every number?"""
    return np.median(pool_windows(X, size), axis=-1)


@wrong("avg_pool")
def sum_overflows(X, size):
    """You add up the numbers of a window in the dtype of `X`. Pixels are often `uint8`, which holds
    nothing above 255, so bright windows come out dark: `{got}`, not `{expected}`.

    Which dtype should the numbers have before you add them up?"""
    H, W = X.shape[-2] // size * size, X.shape[-1] // size * size
    total = sum(X[..., i:H:size, j:W:size] for i, j in np.ndindex(size, size))
    return total / size**2


@wrong("avg_pool")
def fraction_cut_off(X, size):
    """The fractions of your means are cut off: `{got}`, not `{expected}`.

    What is the difference between `/` and `//` in Python?"""
    return pool_windows(X, size).sum(axis=-1) // size**2
