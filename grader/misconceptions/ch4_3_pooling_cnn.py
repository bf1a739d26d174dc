"""What people get wrong in chapter 4.3."""

import itertools

import numpy as np

from . import wrong
from .course import (
    conv_backward,
    conv_forward,
    cross_entropy,
    he_init,
    max_pool,
    max_pool_backward,
    minibatches,
    pool_windows,
    relu,
    softmax,
)


def _whole(X, size):
    """Without the ragged edge, as floats."""
    return 1.0 * X[..., : X.shape[-2] // size * size, : X.shape[-1] // size * size]


def _counts(X, size):
    """Axes before the last two, and the numbers of windows below and beside each other."""
    return X.shape[:-2], X.shape[-2] // size, X.shape[-1] // size


def _padded(X, size, value):
    """Filled up to whole windows."""
    edge = [(0, -length % size) for length in X.shape[-2:]]
    return np.pad(1.0 * X, [(0, 0)] * (X.ndim - 2) + edge, constant_values=value)


def _sliding(X, size):
    return np.lib.stride_tricks.sliding_window_view(1.0 * X, (size, size), axis=(-2, -1))


def _cut_up(X, size):
    """What a plain reshape makes of the windows."""
    lead, rows, columns = _counts(X, size)
    return _whole(X, size).reshape(*lead, rows, columns, size * size)


def _far_apart(X, size):
    """Windows of pixels that lie H // size rows and W // size columns apart."""
    lead, rows, columns = _counts(X, size)
    blocks = _whole(X, size).reshape(*lead, size, rows, size, columns)
    return np.moveaxis(blocks, (-4, -2), (-2, -1))


def _bands(X, size):
    """Windows of whole rows."""
    lead, rows, columns = _counts(X, size)
    return _whole(X, size).reshape(*lead, rows, size, columns * size)


def _shared(X, size, reduce):
    """One number per window for all images and channels."""
    lead, rows, columns = _counts(X, size)
    windows = pool_windows(X, size)
    out = np.empty((*lead, rows, columns), windows.dtype)
    for i, j in np.ndindex(rows, columns):
        out[..., i, j] = reduce(windows[..., i, j, :])
    return out


@wrong("max_pool")
def mean_of_the_window(X, size):
    """You keep the mean of each window, and max pooling keeps its largest number: `{got}` for
    `{expected}`.

    What does the formula of max pooling take from a region?
    """
    return pool_windows(X, size).mean(axis=-1)


@wrong("max_pool")
def smallest_of_the_window(X, size):
    """You keep the smallest number of each window, not the largest: `{got}` for `{expected}`.

    What does the formula of max pooling take from a region?
    """
    return pool_windows(X, size).min(axis=-1)


@wrong("max_pool")
def negative_windows_give_zero(X, size):
    """A window of negative numbers gives 0: `{got}` for `{expected}`. So 0 takes part in your
    maximum, perhaps as the number that the comparison starts from.

    What is the largest of -3 and -1, and what does your code compare with at first?
    """
    return np.maximum(pool_windows(X, size).max(axis=-1), 0)


@wrong("max_pool")
def windows_overlap(X, size):
    """Your windows move on by one pixel, so they overlap and there are too many of them.

    At which row does the second window start, when the first one covers the rows 0 to size - 1?
    """
    return _sliding(X, size).max(axis=(-2, -1))


@wrong("max_pool")
def size_two_assumed(X, size):
    """Your windows are 2 by 2 whatever `size` says.

    Which numbers in your code should change when `size` does?
    """
    return pool_windows(X, 2).max(axis=-1)


@wrong("max_pool")
def ragged_edge_pooled(X, size):
    """The rows and columns left over at the edge get windows of their own, so your answer is too
    large. Here an edge that does not fill a whole window is dropped.

    How many whole windows of 2 fit on 5 rows, and which operator of Python counts them?
    """
    return pool_windows(_padded(X, size, -np.inf), size).max(axis=-1)


@wrong("max_pool")
def ragged_edge_not_cut(X, size):
    """Your code works as long as the windows fill the image, and fails where rows or columns are
    left over at the edge.

    Which part of `X` is covered by whole windows, and how can the rest be cut off beforehand?
    """
    lead, rows, columns = _counts(X, size)
    return (1.0 * X).reshape(*lead, rows, size, columns, size).max(axis=(-3, -1))


@wrong("max_pool")
def cut_up_by_reshape(X, size):
    """Your windows are not squares of the image: `{got}` for `{expected}`. `reshape` deals out the
    numbers row by row, so a window of 2 by 2 gets four neighbours of one row.

    After a split of the rows into (H', size) and of the columns into (W', size), which order do the
    axes have, and which two of them belong to a window?
    """
    return _cut_up(X, size).max(axis=-1)


@wrong("max_pool")
def distant_pixels_pooled(X, size):
    """Your windows hold pixels from distant parts of the image: `{got}` for `{expected}`. When the
    rows are split, the axis within a window comes after the axis of the windows.

    Into which two lengths do you split 6 rows for windows of 2, and in which order?
    """
    return _far_apart(X, size).max(axis=(-2, -1))


@wrong("max_pool")
def one_maximum_for_all_images(X, size):
    """All images and channels get the same numbers: the maximum of a place is taken over all of
    them together.

    Over which axes should the maximum go, and over which does it go when no axis is named?
    """
    return _shared(X, size, np.max)


@wrong("max_pool")
def pooled_in_one_direction(X, size):
    """Your answer is pooled over the rows, and still has all its columns.

    A window has two sides: where in your code does the second one come in?
    """
    return _bands(X, size).max(axis=-2)


@wrong("max_pool")
def first_two_axes_pooled(X, size):
    """You pool the first two axes. In (n, C, H, W) these are the examples and the channels; rows
    and columns are the last two.

    How can an axis be counted from the end, so that it is right for (H, W) as well?
    """
    X = np.moveaxis(X, (0, 1), (-2, -1))
    return np.moveaxis(pool_windows(X, size).max(axis=-1), (-2, -1), (0, 1))


@wrong("max_pool")
def two_axes_expected(X, size):
    """Your code unpacks the shape of `X` into two numbers, and `X` may also be (n, C, H, W).

    Which entries of the shape are H and W, counted from the end?
    """
    H, W = X.shape
    return pool_windows(X[:H, :W], size).max(axis=-1)


@wrong("max_pool")
def four_axes_expected(X, size):
    """Your code unpacks the shape of `X` into four numbers, and `X` may also be one image (H, W).

    Which entries of the shape are H and W, counted from the end?
    """
    n, C, H, W = X.shape
    return pool_windows(X.reshape(n, C, H, W), size).max(axis=-1)


@wrong("max_pool")
def last_window_left_out(X, size):
    """Your answer lacks its last row and its last column of windows.

    How many whole windows of 2 fit on 4 rows, and how many does your code visit?
    """
    return pool_windows(X, size).max(axis=-1)[..., :-1, :-1]


@wrong("max_pool")
def corner_of_the_window(X, size):
    """You keep the top left number of each window without looking at the others: `{got}` for
    `{expected}`.

    Where in your code are the numbers of a window compared?
    """
    return pool_windows(X, size)[..., 0]


@wrong("max_pool")
def largest_absolute_value(X, size):
    """You keep the largest size without regard to the sign: `{got}` for `{expected}`.

    Which is larger, -3 or 2?
    """
    return np.abs(pool_windows(X, size)).max(axis=-1)


@wrong("avg_pool")
def sum_of_the_window(X, size):
    """The numbers of a window are added up but not averaged: `{got}` for `{expected}`.

    By what do you divide a sum to make a mean of it, and how many numbers has a window?
    """
    return pool_windows(X, size).sum(axis=-1)


@wrong("avg_pool")
def divided_by_the_side(X, size):
    """The sum of a window is divided by `size`: `{got}` for `{expected}`.

    How many numbers has a window that is `size` high and `size` wide?
    """
    return pool_windows(X, size).sum(axis=-1) / size


@wrong("avg_pool")
def divided_by_four(X, size):
    """The sum of a window is divided by 4 whatever `size` says, which is right for 2 by 2 alone:
    `{got}` for `{expected}`.

    How many numbers has a window of 3 by 3?
    """
    return pool_windows(X, size).sum(axis=-1) / 4


@wrong("avg_pool")
def largest_of_the_window(X, size):
    """You keep the largest number of each window, and this function should give the mean: `{got}`
    for `{expected}`.

    Which one of your two pooling functions is this?
    """
    return pool_windows(X, size).max(axis=-1)


@wrong("avg_pool")
def median_of_the_window(X, size):
    """You take the median of each window, and this function should give the mean: `{got}` for
    `{expected}`.

    Which of the two uses the size of every number?
    """
    return np.median(pool_windows(X, size), axis=-1)


@wrong("avg_pool")
def windows_overlap_in_the_mean(X, size):
    """Your windows move on by one pixel, so they overlap and there are too many of them.

    At which row does the second window start, when the first one covers the rows 0 to size - 1?
    """
    return _sliding(X, size).mean(axis=(-2, -1))


@wrong("avg_pool")
def size_two_assumed_in_the_mean(X, size):
    """Your windows are 2 by 2 whatever `size` says.

    Which numbers in your code should change when `size` does?
    """
    return pool_windows(X, 2).mean(axis=-1)


@wrong("avg_pool")
def ragged_edge_filled_with_zeros(X, size):
    """The rows and columns left over at the edge get windows of their own, filled up with zeros, so
    your answer is too large. Here an edge that does not fill a whole window is dropped.

    How many whole windows of 2 fit on 5 rows, and which operator of Python counts them?
    """
    return pool_windows(_padded(X, size, 0), size).mean(axis=-1)


@wrong("avg_pool")
def ragged_edge_averaged(X, size):
    """The rows and columns left over at the edge get smaller windows of their own, so your answer
    is too large. Here an edge that does not fill a whole window is dropped.

    How many whole windows of 2 fit on 5 rows, and which operator of Python counts them?
    """
    return np.nanmean(pool_windows(_padded(X, size, np.nan), size), axis=-1)


@wrong("avg_pool")
def edge_not_cut_off(X, size):
    """Your code works as long as the windows fill the image, and fails where rows or columns are
    left over at the edge.

    Which part of `X` is covered by whole windows, and how can the rest be cut off beforehand?
    """
    lead, rows, columns = _counts(X, size)
    return (1.0 * X).reshape(*lead, rows, size, columns, size).mean(axis=(-3, -1))


@wrong("avg_pool")
def mean_cut_up_by_reshape(X, size):
    """Your windows are not squares of the image: `{got}` for `{expected}`. `reshape` deals out the
    numbers row by row, so a window of 2 by 2 gets four neighbours of one row.

    After a split of the rows into (H', size) and of the columns into (W', size), which order do the
    axes have, and which two of them belong to a window?
    """
    return _cut_up(X, size).mean(axis=-1)


@wrong("avg_pool")
def distant_pixels_averaged(X, size):
    """Your windows hold pixels from distant parts of the image: `{got}` for `{expected}`. When the
    rows are split, the axis within a window comes after the axis of the windows.

    Into which two lengths do you split 6 rows for windows of 2, and in which order?
    """
    return _far_apart(X, size).mean(axis=(-2, -1))


@wrong("avg_pool")
def one_mean_for_all_images(X, size):
    """All images and channels get the same numbers: the mean of a place is taken over all of them
    together.

    Over which axes should the mean go, and over which does it go when no axis is named?
    """
    return _shared(X, size, np.mean)


@wrong("avg_pool")
def averaged_in_one_direction(X, size):
    """Your answer is averaged over the rows, and still has all its columns.

    A window has two sides: where in your code does the second one come in?
    """
    return _bands(X, size).mean(axis=-2)


@wrong("avg_pool")
def two_axes_unpacked(X, size):
    """Your code unpacks the shape of `X` into two numbers, and `X` may also be (n, C, H, W).

    Which entries of the shape are H and W, counted from the end?
    """
    H, W = X.shape
    return pool_windows(X[:H, :W], size).mean(axis=-1)


@wrong("avg_pool")
def four_axes_unpacked(X, size):
    """Your code unpacks the shape of `X` into four numbers, and `X` may also be one image (H, W).

    Which entries of the shape are H and W, counted from the end?
    """
    n, C, H, W = X.shape
    return pool_windows(X.reshape(n, C, H, W), size).mean(axis=-1)


@wrong("avg_pool")
def last_window_not_averaged(X, size):
    """Your answer lacks its last row and its last column of windows.

    How many whole windows of 2 fit on 4 rows, and how many does your code visit?
    """
    return pool_windows(X, size).mean(axis=-1)[..., :-1, :-1]


@wrong("avg_pool")
def sum_overflows(X, size):
    """The numbers of a window are added up in the dtype of `X`. Pixels are often `uint8`, which
    holds nothing above 255, so bright windows come out dark: `{got}` for `{expected}`.

    Which dtype should the numbers have before they are added up?
    """
    H, W = X.shape[-2] // size * size, X.shape[-1] // size * size
    total = sum(X[..., i:H:size, j:W:size] for i, j in np.ndindex(size, size))
    return total / size**2


@wrong("avg_pool")
def fraction_cut_off(X, size):
    """The fractions of your means are cut off: `{got}` for `{expected}`.

    What is the difference between `/` and `//` in Python?
    """
    return pool_windows(X, size).sum(axis=-1) // size**2


def _back(share, X, size):
    """The entries of the windows in their places in X; 0 in a ragged edge."""
    lead, rows, columns = _counts(X, size)
    blocks = np.swapaxes(share.reshape(*lead, rows, columns, size, size), -3, -2)
    dX = np.zeros(X.shape, share.dtype)
    dX[..., : rows * size, : columns * size] = blocks.reshape(*lead, rows * size, columns * size)
    return dX


def _winners(X, size):
    windows = pool_windows(X, size)
    return windows == windows.max(axis=-1, keepdims=True)


@wrong("max_pool_backward")
def ties_get_everything_each(dout, X, size):
    """Where several numbers of a window are largest, each of them gets the whole of `dout`, and
    together they get a multiple of it. After a ReLU whole windows are 0, so this is no rare case.

    What should the gradients in a window sum to, and so what is there for each of two winners?
    """
    return _back(_winners(X, size) * dout[..., None], X, size)


@wrong("max_pool_backward")
def spread_evenly(dout, X, size):
    """Every number of a window gets an equal share of `dout`: that is the gradient of average
    pooling.

    If a number that is not the largest grows a little, what does the maximum do?
    """
    return _back(np.repeat(dout[..., None], size**2, axis=-1) / size**2, X, size)


@wrong("max_pool_backward")
def everybody_gets_dout(dout, X, size):
    """Every number of a window gets the whole of `dout`, winner or not.

    If a number that is not the largest grows a little, what does the maximum do?
    """
    return _back(np.repeat(dout[..., None], size**2, axis=-1), X, size)


@wrong("max_pool_backward")
def dout_ignored(dout, X, size):
    """Your answer marks the winner of each window with 1, whatever `dout` says.

    By the chain rule, what is the slope of the maximum multiplied by?
    """
    return _back(_winners(X, size).astype(dout.dtype), X, size)


@wrong("max_pool_backward")
def value_times_dout(dout, X, size):
    """The winner of each window gets `dout` times its own value: `{got}` for `{expected}`.

    When the winner grows by a little, by how much does the maximum grow?
    """
    return _back(_winners(X, size) * pool_windows(X, size) * dout[..., None], X, size).astype(
        dout.dtype
    )


@wrong("max_pool_backward")
def values_of_the_winners(dout, X, size):
    """The winner of each window gets its own value: `{got}` for `{expected}`. What comes back
    through a maximum is a gradient, and `dout` is not in your answer.

    Which argument holds the gradient of the loss with respect to the maxima?
    """
    return _back(_winners(X, size) * pool_windows(X, size), X, size).astype(dout.dtype)


@wrong("max_pool_backward")
def ragged_edge_missing(dout, X, size):
    """Your answer covers the whole windows only, so it is smaller than `X`: the edge that was
    dropped is missing.

    What is the gradient of numbers that have no influence, and which shape should `dX` have?
    """
    rows, columns = dout.shape[-2] * size, dout.shape[-1] * size
    winners = _winners(X, size)
    share = winners / winners.sum(axis=-1, keepdims=True) * dout[..., None]
    return _back(share, X, size)[..., :rows, :columns].astype(dout.dtype)


@wrong("max_pool_backward")
def edge_not_left_out(dout, X, size):
    """Your code works as long as the windows fill the image, and fails where rows or columns are
    left over at the edge: `X` is then larger than all the windows together.

    Which part of `X` is covered by whole windows, and what is the gradient of the rest?
    """
    peak = max_pool(X, size)
    large = peak.repeat(size, axis=-2).repeat(size, axis=-1)
    return (large == X) * dout.repeat(size, axis=-2).repeat(size, axis=-1)


@wrong("max_pool_backward")
def gradient_in_the_dtype_of_the_images(dout, X, size):
    """Your answer takes over the dtype of `X`. For images of whole numbers it cannot hold a
    gradient: fractions are cut off.

    Which dtype should an array have that gradients are written to?
    """
    lead, rows, columns = _counts(X, size)
    dX = np.zeros_like(X)
    for place in np.ndindex(*lead, rows, columns):
        i, j = place[-2] * size, place[-1] * size
        window = X[place[:-2]][i : i + size, j : j + size]
        r, c = np.unravel_index(np.argmax(window), window.shape)
        dX[place[:-2]][i + r, j + c] = dout[place]
    return dX


@wrong("max_pool_backward")
def rows_and_columns_of_the_winner_swapped(dout, X, size):
    """Within its window the winner's row is taken for its column: `{got}` for `{expected}`.

    `argmax` counts the entries of a window row by row: which of quotient and remainder by `size` is
    the row?
    """
    lead, rows, columns = _counts(X, size)
    winners = _winners(X, size)
    share = winners / winners.sum(axis=-1, keepdims=True) * dout[..., None]
    share = np.swapaxes(share.reshape(*lead, rows, columns, size, size), -1, -2)
    return _back(share, X, size).astype(dout.dtype)


@wrong("max_pool_backward")
def one_winner_for_all_images(dout, X, size):
    """In each place only one image and one channel get their gradient, and the others get 0: the
    maximum is taken over all of them together.

    Over which axes should the maximum go, and over which does it go when no axis is named?
    """
    windows = pool_windows(X, size)
    winners = windows == _shared(X, size, np.max)[..., None]
    return _back(winners * dout[..., None], X, size)


def _through_a_relu(dout, X, size, least=0.0):
    winners = _winners(X, size) * (pool_windows(X, size) >= least)
    share = winners / np.maximum(winners.sum(axis=-1, keepdims=True), 1) * dout[..., None]
    return _back(share, X, size).astype(dout.dtype)


def _negative_lost(answer, dout, X, size):
    lost = (_through_a_relu(dout, X, size, least) for least in (0.0, 1e-300))
    return np.any(answer) and any(np.allclose(answer, other, rtol=1e-5) for other in lost)


@wrong("max_pool_backward", shows=_negative_lost)
def positive_winners_only(dout, X, size):
    """Windows whose largest number is negative get no gradient. That is what a ReLU would do; the
    pooling lets every winner through.

    Does the sign of the winner matter to the slope of the maximum?
    """
    return _through_a_relu(dout, X, size)


@wrong("flatten")
def everything_in_one_vector(X):
    """All images end up in one vector, and it can no longer be told where one of them ends.

    How many rows should the answer have, and which axis of `X` is that?
    """
    return (1.0 * X).ravel()


@wrong("flatten")
def everything_in_one_row(X):
    """All images end up in one row: the answer should have one row for each.

    Which axis of `X` counts the images, and what should become of it?
    """
    return (1.0 * X).reshape(1, -1)


@wrong("flatten")
def examples_in_columns(X):
    """Each image is a column of your answer, and should be a row.

    What is one row of every batch in this course?
    """
    return (1.0 * X).reshape(len(X), -1).T


@wrong("flatten")
def column_by_column(X):
    """The numbers of an image are read in the order in which its first axis runs fastest, the order
    of Fortran: `{got}` for `{expected}`.

    In which order does `reshape` read when it is not told, and what have you told it?
    """
    return (1.0 * X).reshape(len(X), -1, order="F")


@wrong("flatten")
def channels_last(X):
    """In your rows the channels of a pixel stand side by side, and should follow one another as
    whole pictures: `{got}` for `{expected}`.

    In which order do the axes of (C, H, W) run when an image is read from first to last?
    """
    return (1.0 * X).transpose(0, 2, 3, 1).reshape(len(X), -1)


@wrong("flatten")
def one_row_per_channel(X):
    """Each channel has a row of its own: the answer should have one row for each image.

    Which axes of (n, C, H, W) should be joined, and which should stay?
    """
    return (1.0 * X).reshape(X.shape[0] * X.shape[1], -1)


@wrong("flatten")
def one_row_per_row(X):
    """Each row of pixels is a row of your answer: there should be one row for each image.

    Which axes of (n, C, H, W) should be joined, and which should stay?
    """
    return (1.0 * X).reshape(-1, X.shape[-1])


@wrong("flatten")
def size_784_assumed(X):
    """Your code counts on 784 numbers for an image. That is one channel of 28 by 28; after
    convolution and pooling there are others.

    How many rows should the answer have, and what may NumPy work out by itself?
    """
    return (1.0 * X).reshape(-1, 784)


def _features(X, params, slope=relu, pool=None, padding=0):
    """Convolution, ReLU and pooling: a row for each image."""
    hidden = slope(conv_forward(X, params[0], params[1], 1, padding))
    pooled = max_pool(hidden, 2) if pool is None else pool(hidden)
    return pooled.reshape(len(X), -1)


def _scores(X, params, **options):
    return _features(X, params, **options) @ params[2] + params[3]


def _same(Z):
    return Z


def _mean_pool(X):
    return pool_windows(X, 2).mean(axis=-1)


@wrong("forward_cnn")
def relu_forgotten(X, params):
    """There is no ReLU between convolution and dense layer: `{got}` for `{expected}`. Without it
    the negative answers of the filters go on into the pooling.

    Which step stands between convolution and pooling in this network?
    """
    return softmax(_scores(X, params, slope=_same))


@wrong("forward_cnn")
def mean_pooled(X, params):
    """Your network pools with the mean: `{got}` for `{expected}`.

    Which of the two kinds of pooling does this network use?
    """
    return softmax(_scores(X, params, pool=_mean_pool))


@wrong("forward_cnn")
def pooling_left_out(X, params):
    """The images that reach the dense layer are not pooled, so there are about four times as many
    features as `W` has rows.

    Which step comes between the ReLU and `flatten`?
    """
    return softmax(_scores(X, params, pool=_same))


@wrong("forward_cnn")
def images_padded(X, params):
    """Your convolution pads the images, so there are more features than `W` has rows. This network
    works without padding.

    Which shape has an image of 8 by 8 after a filter of 3 by 3 that stays inside?
    """
    return softmax(_scores(X, params, padding=1))


@wrong("forward_cnn")
def filters_turned_round(X, params):
    """The filters are applied upside down and back to front: `{got}` for `{expected}`.

    Does the convolution that you use here leave the filters the way they are?
    """
    filters, *others = params
    return softmax(_scores(X, [filters[:, :, ::-1, ::-1], *others]))


@wrong("forward_cnn")
def convolution_without_bias(X, params):
    """The biases of the filters have no effect: `{got}` for `{expected}`.

    Where in your code is `conv_b` used?
    """
    filters, conv_b, W, b = params
    return softmax(_scores(X, [filters, 0 * conv_b, W, b]))


@wrong("forward_cnn")
def dense_layer_without_bias(X, params):
    """The biases of the dense layer have no effect: `{got}` for `{expected}`.

    Where in your code is `b` used?
    """
    filters, conv_b, W, b = params
    return softmax(_scores(X, [filters, conv_b, W, 0 * b]))


@wrong("forward_cnn")
def bias_after_the_relu(X, params):
    """The biases of the filters are added after the ReLU: `{got}` for `{expected}`.

    Is the bias part of what the ReLU cuts off at 0?
    """
    filters, conv_b, W, b = params

    def _shifted(hidden):
        return max_pool(hidden, 2) + conv_b[:, None, None]

    return softmax(_scores(X, [filters, 0 * conv_b, W, b], pool=_shifted))


@wrong("forward_cnn")
def relu_on_the_scores(X, params):
    """The scores of the dense layer go through a ReLU before the softmax, so that all classes with
    a score below 0 look the same: `{got}` for `{expected}`.

    Which step follows directly on the dense layer of this network?
    """
    return softmax(relu(_scores(X, params)))


@wrong("forward_cnn")
def scores_without_softmax(X, params):
    """Your answer is the scores of the dense layer, and should be probabilities: `{got}` for
    `{expected}`.

    Which function turns a row of scores into numbers between 0 and 1 with the sum 1?
    """
    return _scores(X, params)


@wrong("forward_cnn")
def sigmoid_for_softmax(X, params):
    """Every score goes through a sigmoid of its own, so the probabilities of an image do not sum to
    1: `{got}` for `{expected}`.

    An image shows exactly one of the classes: which function makes its scores compete?
    """
    scores = _scores(X, params)
    return 1 / (1 + np.exp(-scores))


@wrong("forward_cnn")
def softmax_over_the_batch(X, params):
    """Your probabilities sum to 1 over the images of the batch, and should sum to 1 over the
    classes: `{got}` for `{expected}`.

    Which axis of the scores counts the classes?
    """
    return softmax(_scores(X, params).T).T


@wrong("forward_cnn")
def softmax_over_everything(X, params):
    """All your probabilities together sum to 1; those of each image should.

    Over which axis should the exponentials be added up, and over which are they when none is named?
    """
    scores = _scores(X, params)
    return softmax(scores.reshape(1, -1)).reshape(scores.shape)


@wrong("forward_cnn")
def features_in_another_order(X, params):
    """Your features are in an order that does not go with the rows of `W`: `{got}` for
    `{expected}`. The filters of a pixel stand side by side, and should follow one another as whole
    pictures.

    In which order does `flatten` read (C, H, W), and what do you do to the axes before it?
    """

    def _channels_last(hidden):
        return max_pool(hidden, 2).transpose(0, 2, 3, 1)

    return softmax(_scores(X, params, pool=_channels_last))


@wrong("forward_cnn")
def labels_for_probabilities(X, params):
    """Your answer is one label for each image, and should be the probabilities of all classes.

    What does cross-entropy need to know of a prediction that the label does not tell?
    """
    return _scores(X, params).argmax(axis=1)


@wrong("forward_cnn")
def first_channel_of_the_images(X, params):
    """Only the first channel of the images has an effect: `{got}` for `{expected}`.

    Where does your convolution add up the channels?
    """
    filters, *others = params
    return softmax(_scores(X[:, :1], [filters[:, :1], *others]))


def _pieces(X, y, params, delta=None, route=max_pool_backward, slope=True):
    """`(A, dhidden, gradients)`; delta(A, y) is the gradient at the scores."""
    filters, conv_b, W, b = params
    hidden = relu(conv_forward(X, filters, conv_b))
    pooled = max_pool(hidden, 2)
    flat = pooled.reshape(len(X), -1)
    A = softmax(flat @ W + b)
    if A.shape != y.shape:
        raise ValueError(f"y {y.shape} and A {A.shape} do not fit")
    d = (A - y) / len(X) if delta is None else delta(A, y)
    dhidden = route((d @ W.T).reshape(pooled.shape), hidden, 2)
    if slope:
        dhidden = dhidden * (hidden > 0)
    _, dfilters, dconv_b = conv_backward(dhidden, X, filters)
    return A, dhidden, [dfilters, dconv_b, flat.T @ d, d.sum(axis=0)]


def _loss(X, y, params):
    """`cnn_loss` done right."""
    A, _, grads = _pieces(X, y, params)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def relu_left_out_of_the_gradient(X, y, params):
    """The gradient goes back to the filters as if there were no ReLU: `dfilters` and `dconv_b` are
    off, `dW` and `db` are right.

    What does the ReLU do to the gradient where its output is 0?
    """
    A, _, grads = _pieces(X, y, params, slope=False)
    return cross_entropy(A, y), grads


def _sum_delta(A, y):
    return A - y


def _twice_averaged_delta(A, y):
    return (A - y) / len(A) ** 2


def _turned_delta(A, y):
    return (y - A) / len(A)


def _sloped_delta(A, y):
    return (A - y) * A * (1 - A) / len(A)


def _entries_delta(A, y):
    return (A - y) / A.size


@wrong("cnn_loss")
def gradient_of_the_sum(X, y, params):
    """The loss is the mean over the examples, and your gradients are those of the sum: they are {n}
    times too large, as many times as there are examples.

    Where does the 1/n of the mean come into the chain of gradients?
    """
    A, _, grads = _pieces(X, y, params, delta=_sum_delta)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def averaged_twice(X, y, params):
    """The 1/n of the mean comes into your gradients twice: they are {n} times too small, as many
    times as there are examples.

    In which places of your code is the number of examples divided by?
    """
    A, _, grads = _pieces(X, y, params, delta=_twice_averaged_delta)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def gradient_averaged_over_classes(X, y, params):
    """Your gradients are divided by the number of entries of `y`, and should be divided by the
    number of examples: `{got}` for `{expected}`.

    Is the loss a mean over the examples, or over examples and classes?
    """
    A, _, grads = _pieces(X, y, params, delta=_entries_delta)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def loss_summed(X, y, params):
    """The loss is the sum over the examples, {n} times the mean: `{got}` for `{expected}`.

    By what do you divide a sum to make a mean of it?
    """
    A, _, grads = _pieces(X, y, params)
    return cross_entropy(A, y) * len(X), grads


@wrong("cnn_loss")
def everything_summed(X, y, params):
    """Loss and gradients are those of the sum over the examples, {n} times those of the mean:
    `{got}` for `{expected}`.

    By what do you divide a sum to make a mean of it, and what follows for the gradients?
    """
    A, _, grads = _pieces(X, y, params, delta=_sum_delta)
    return cross_entropy(A, y) * len(X), grads


@wrong("cnn_loss")
def loss_averaged_over_classes(X, y, params):
    """The loss is a mean over all entries of `y`, so it is divided by the number of classes too:
    `{got}` for `{expected}`.

    How many terms of the sum over the classes of one example are not 0?
    """
    A, _, grads = _pieces(X, y, params)
    return cross_entropy(A, y) / y.shape[1], grads


@wrong("cnn_loss")
def sign_of_the_loss(X, y, params):
    """The loss has the wrong sign: `{got}` for `{expected}`.

    Which sign has the logarithm of a probability, and which sign should a loss have?
    """
    A, _, grads = _pieces(X, y, params)
    return -cross_entropy(A, y), grads


@wrong("cnn_loss")
def gradients_turned_round(X, y, params):
    """All gradients have the wrong sign: a step against them would make the loss larger.

    Which of prediction and label is taken from the other in the gradient at the scores?
    """
    A, _, grads = _pieces(X, y, params, delta=_turned_delta)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def slope_of_the_softmax_twice(X, y, params):
    """The difference of prediction and label is multiplied by A (1 - A) as well. That factor is
    part of the step from probabilities to scores, which the difference has behind it already.

    Of what is A - y the gradient: of the loss in the probabilities, or in the scores?
    """
    A, _, grads = _pieces(X, y, params, delta=_sloped_delta)
    return cross_entropy(A, y), grads


def _route_to_all(dout, X, size):
    return _back(np.repeat(dout[..., None], size**2, axis=-1), X, size)


def _route_evenly(dout, X, size):
    return _route_to_all(dout, X, size) / size**2


@wrong("cnn_loss")
def pooling_gradient_for_everybody(X, y, params):
    """On the way back each number of a pooling window gets the whole gradient, so `dfilters` and
    `dconv_b` are too large; `dW` and `db` are right.

    Which number of a window had an influence on the maximum?
    """
    A, _, grads = _pieces(X, y, params, route=_route_to_all)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def pooling_gradient_spread_evenly(X, y, params):
    """On the way back the gradient is spread evenly over each pooling window, which is right for
    average pooling; here `dfilters` and `dconv_b` come out wrong.

    Which number of a window had an influence on the maximum?
    """
    A, _, grads = _pieces(X, y, params, route=_route_evenly)
    return cross_entropy(A, y), grads


@wrong("cnn_loss")
def filter_gradient_turned_round(X, y, params):
    """`dfilters` holds the right numbers upside down and back to front.

    Does a function that you use for `dfilters` turn its second argument round, as
    `scipy.signal.convolve2d` does?
    """
    A, _, (dfilters, *others) = _pieces(X, y, params)
    return cross_entropy(A, y), [dfilters[:, :, ::-1, ::-1], *others]


@wrong("cnn_loss")
def dense_bias_averaged(X, y, params):
    """`db` is a mean over the examples. The 1/n is in what is added up already, so the sum is
    wanted.

    In which places of your code is the number of examples divided by?
    """
    A, _, grads = _pieces(X, y, params)
    return cross_entropy(A, y), [*grads[:3], grads[3] / len(X)]


@wrong("cnn_loss")
def conv_bias_averaged(X, y, params):
    """`dconv_b` is a mean over examples and pixels, and should be the sum: the bias of a filter is
    added to each of its outputs.

    By the chain rule, what becomes of the gradients of all the places where a bias is used?
    """
    A, dhidden, grads = _pieces(X, y, params)
    return cross_entropy(A, y), [grads[0], dhidden.mean(axis=(0, 2, 3)), *grads[2:]]


@wrong("cnn_loss")
def biases_averaged(X, y, params):
    """`dconv_b` and `db` are means, and should be sums: the 1/n is in what is added up already.

    By the chain rule, what becomes of the gradients of all the places where a bias is used?
    """
    A, dhidden, grads = _pieces(X, y, params)
    dconv_b = dhidden.mean(axis=(0, 2, 3))
    return cross_entropy(A, y), [grads[0], dconv_b, grads[2], grads[3] / len(X)]


@wrong("cnn_loss")
def filters_without_gradient(X, y, params):
    """The gradients of the dense layer are right, and those of the filters and their biases are 0:
    the chain of gradients stops at the dense layer.

    What does the loss have to do with the filters, and which steps lie between?
    """
    A, _, grads = _pieces(X, y, params)
    return cross_entropy(A, y), [0 * grads[0], 0 * grads[1], *grads[2:]]


@wrong("cnn_loss")
def negative_gradients_cut_off(X, y, params):
    """Gradients below 0 are set to 0 on their way back through the ReLU. What matters there is the
    sign of the ReLU's input, not that of the gradient.

    Of which array should you ask whether it is above 0?
    """

    def _cut(dout, X, size):
        return max_pool_backward(np.maximum(dout, 0), X, size)

    A, _, grads = _pieces(X, y, params, route=_cut)
    return cross_entropy(A, y), grads


def _sure_of_another(X, y, params):
    """Whether the true classes have no probability worth the name."""
    return bool((np.sum(softmax(_scores(X, params)) * y, axis=1) < 1e-12).all())


def _infinite(answer, X, y, params):
    loss, grads = answer
    return not np.isfinite(loss) and all(np.isfinite(grad).all() for grad in grads)


@wrong("cnn_loss", shows=_infinite)
def logarithm_of_zero(X, y, params):
    """The network is quite sure of a wrong class, the true one has probability 0, and its logarithm
    makes the loss infinite or not a number.

    What is the smallest number whose logarithm you should take, and how did chapter 3.3 see to
    that?
    """
    A, _, grads = _pieces(X, y, params)
    with np.errstate(all="ignore"):
        return float(-np.sum(y * np.log(A)) / len(X)), grads


def _overflows(answer, X, y, params):
    return any(np.isnan(grad).any() for grad in answer[1])


@wrong("cnn_loss", shows=_overflows)
def softmax_overflows(X, y, params):
    """With large scores your gradients are not numbers: `np.exp` of 2000 is infinite, and infinite
    divided by infinite is no number.

    A softmax stays the same when a number is taken from all scores of a row: which number keeps the
    exponentials small?
    """
    with np.errstate(all="ignore"):
        e = np.exp(_scores(X, params))
        A = e / e.sum(axis=1, keepdims=True)
        loss = float(-np.sum(y * np.log(np.clip(A, 1e-12, 1))) / len(X))
    _, _, grads = _pieces(X, y, params, delta=lambda _, y: (A - y) / len(X))
    return loss, grads


def _capped(answer, X, y, params):
    return _sure_of_another(X, y, params) and 0 < answer[0] < 10


@wrong("cnn_loss", shows=_capped)
def clip_too_coarse(X, y, params):
    """A mistake that the network is quite sure of costs too little: the probabilities are kept so
    far away from 0 that the loss cannot get large.

    What is minus the logarithm of the number you clip at, and is it more than 10?
    """
    A, _, grads = _pieces(X, y, params)
    return float(-np.sum(y * np.log(np.clip(A, 1e-3, 1))) / len(X)), grads


def _start(X, y, num_filters, rng, filter_scale=3.0, dense_scale=1 / 3):
    """Parameters as the solution draws them; the scales are factors to `he_init`."""
    _, C, H, W = X.shape
    filters, conv_b = he_init(C * 9, num_filters, rng)
    dense, b = he_init(num_filters * ((H - 2) // 2) * ((W - 2) // 2), y.shape[1], rng)
    filters = filter_scale * filters.T.reshape(num_filters, C, 3, 3)
    return [p.astype(X.dtype) for p in (filters, conv_b, dense_scale * dense, b)]


def _train(
    X, y, num_filters, lr, epochs, batch_size, rng, start=_start, batches=minibatches, **how
):
    """`train_cnn` done right, but for a start, batches, a loss or a step of another kind."""
    rng = np.random.default_rng(rng)
    X = X if X.dtype.kind == "f" else X.astype(float)
    params, losses = start(X, y, num_filters, rng), []
    y = y.astype(X.dtype)
    rates, loss_fn = how.get("rates", (1, 1, 1, 1)), how.get("loss_fn", _loss)
    for _ in range(epochs):
        for X_batch, y_batch in batches(X, y, batch_size, rng):
            loss, grads = loss_fn(X_batch, y_batch, params)
            losses.append(float(loss))
            steps = zip(params, grads, rates, strict=True)
            params = [param - rate * lr * grad for param, grad, rate in steps]
    return params, losses


def _same_loss_as_before(answer, X, y, batch_size):
    """Whether the parameters still cost what the last batch, which was everything, had cost."""
    params, losses = answer
    loss, _ = _loss(1.0 * X, y, params)
    return batch_size >= len(X) and bool(np.isclose(loss, losses[-1], rtol=1e-5, atol=0))


def _biases(answer):
    """Whether the biases of filters and of the dense layer are other than 0, their start."""
    return bool(np.any(answer[0][1])), bool(np.any(answer[0][3]))


def _drawn(answer, X, num_filters, rng):
    """Whether the filters are still what `rng` gave first, whatever the factor and the order."""
    drawn = rng.standard_normal(num_filters * X.shape[1] * 9)
    across = drawn.reshape(-1, num_filters).T.ravel()
    filters = np.float64(answer[0][0]).ravel()
    norm = np.linalg.norm
    return any(
        abs(z @ filters) > (1 - 1e-10) * norm(z) * norm(filters) > 0 for z in (drawn, across)
    )


def _not_moved(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    same = _drawn(answer, X, num_filters, rng) or _same_loss_as_before(answer, X, y, batch_size)
    return lr > 0 and _biases(answer) == (False, False) and same


@wrong("train_cnn", shows=_not_moved)
def start_parameters_returned(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The parameters that you return are those that training started with: either no step changes
    them, or the changed ones are lost.

    Where in your code do the new values take the place of the old ones, and which of them does
    `return` name?
    """
    rates = (0, 0, 0, 0)
    return _train(X, y, num_filters, lr, epochs, batch_size, rng, rates=rates)


def _uphill(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    absent = y.sum(axis=0) == 0  # such a class can only become less likely
    return lr > 0 and absent.any() and bool((answer[0][3][absent] > 0).all())


@wrong("train_cnn", shows=_uphill)
def step_uphill(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Training goes uphill: a class that is not among the labels becomes more likely with each
    step. The gradient points to where the loss grows, and the step should go the other way.

    Which sign stands between the parameter and `lr` times its gradient?
    """
    return _train(X, y, num_filters, -lr, epochs, batch_size, rng)


def _no_bias_moved(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    same = _drawn(answer, X, num_filters, rng) or _same_loss_as_before(answer, X, y, batch_size)
    trained = lr > 0 and np.any(answer[0][0]) and not same
    return trained and _biases(answer) == (False, False)


@wrong("train_cnn", shows=_no_bias_moved)
def biases_never_updated(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The weights are trained, and both kinds of biases are still 0 at the end.

    Which of the four parameters does your update go through?
    """
    rates = (1, 0, 1, 0)
    return _train(X, y, num_filters, lr, epochs, batch_size, rng, rates=rates)


def _filters_stay(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    return lr > 0 and _biases(answer)[1] and _drawn(answer, X, num_filters, rng)


@wrong("train_cnn", shows=_filters_stay)
def filters_never_updated(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The dense layer is trained, and the filters are still the random numbers that they started
    from.

    Which of the four parameters does your update go through?
    """
    rates = (0, 0, 1, 1)
    return _train(X, y, num_filters, lr, epochs, batch_size, rng, rates=rates)


def _conv_b_stays(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    trained = lr > 0 and np.any(answer[0][0]) and not _drawn(answer, X, num_filters, rng)
    return trained and _biases(answer) == (False, True)


@wrong("train_cnn", shows=_conv_b_stays)
def conv_bias_never_updated(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The biases of the filters are still 0 after the training; the other parameters are trained.

    Which of the four parameters does your update go through?
    """
    rates = (1, 0, 1, 1)
    return _train(X, y, num_filters, lr, epochs, batch_size, rng, rates=rates)


def _b_stays(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    return lr > 0 and _biases(answer) == (True, False)


@wrong("train_cnn", shows=_b_stays)
def dense_bias_never_updated(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The biases of the dense layer are still 0 after the training; the other parameters are
    trained.

    Which of the four parameters does your update go through?
    """
    rates = (1, 1, 1, 0)
    return _train(X, y, num_filters, lr, epochs, batch_size, rng, rates=rates)


def _zeros(X, y, num_filters, rng):
    return [0 * param for param in _start(X, y, num_filters, rng)]


def _all_zero(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    return not np.any(answer[0][0]) and not np.any(answer[0][2])


@wrong("train_cnn", shows=_all_zero)
def weights_start_at_zero(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Filters and weights are all 0 at the end, as they must have been at the start. A ReLU of 0
    has the slope 0, so no gradient ever reaches them.

    What should the weights be drawn from, so that the filters can become different?
    """
    return _train(X, y, num_filters, lr, epochs, batch_size, rng, start=_zeros)


def _too_large(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    params, losses = answer
    chance = np.log(y.shape[1])
    summed = abs(losses[0] / min(len(X), batch_size) - chance) < 1
    return (
        lr < 1
        and losses[0] > chance + 1
        and not summed
        and params[2].std() > 5 / np.sqrt(len(params[2]))
    )


@wrong("train_cnn", shows=_too_large)
def weights_start_too_large(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Your weights start so large that the network is sure of its first guesses, most of them
    wrong: the first loss is far above that of blind guessing.

    How should the spread of a layer's weights depend on the number of its inputs?
    """

    def _wide(X, y, num_filters, rng):
        _, C, H, W = X.shape
        features = num_filters * ((H - 2) // 2) * ((W - 2) // 2)
        filters = rng.normal(size=(num_filters, C, 3, 3)).astype(X.dtype)
        dense = rng.normal(size=(features, y.shape[1])).astype(X.dtype)
        return [filters, np.zeros(num_filters, X.dtype), dense, np.zeros(y.shape[1], X.dtype)]

    return _train(X, y, num_filters, lr, epochs, batch_size, rng, start=_wide)


def _count(answer, X, y, epochs, batch_size):
    """`(number of losses, batches of an epoch)`."""
    return len(answer[1]), -(-len(X) // batch_size)


def _last_left_out(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    count, batches = _count(answer, X, y, epochs, batch_size)
    return len(X) // batch_size == batches - 1 > 1 and count == epochs * (batches - 1)


@wrong("train_cnn", shows=_last_left_out)
def last_batch_dropped(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The last batch of each epoch is missing: when the images do not fill whole batches, those
    left over are never seen.

    How many batches of 16 do 50 images make, when the last one may be smaller?
    """

    def _whole_batches(X, y, batch_size, rng):
        return minibatches(X, y, batch_size, rng)[: len(X) // batch_size]

    return _train(X, y, num_filters, lr, epochs, batch_size, rng, batches=_whole_batches)


def _per_epoch(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    count, batches = _count(answer, X, y, epochs, batch_size)
    return count == epochs and batches > 1


@wrong("train_cnn", shows=_per_epoch)
def as_many_losses_as_epochs(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """There is one loss for each epoch, and there should be one for each update. Either only one is
    kept of each epoch, or all images go into one batch whatever `batch_size` says.

    How many updates does an epoch of 50 images make when a batch has 16 of them?
    """
    params, losses = _train(X, y, num_filters, lr, epochs, batch_size, rng)
    return params, losses[:: -(-len(X) // batch_size)]


def _epochs_fixed(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    count, batches = _count(answer, X, y, epochs, batch_size)
    return epochs != 3 and count == 3 * batches and count != epochs


@wrong("train_cnn", shows=_epochs_fixed)
def epochs_ignored(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Training always goes over the data 3 times, whatever `epochs` says.

    Where in your code should the argument `epochs` be used?
    """
    return _train(X, y, num_filters, lr, 3, batch_size, rng)


def _once(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    count, batches = _count(answer, X, y, epochs, batch_size)
    return epochs > 1 and count == batches and count != epochs


@wrong("train_cnn", shows=_once)
def one_epoch_only(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Training goes over the data once, whatever `epochs` says: there are losses for one epoch
    only.

    Which line should be repeated for each epoch, and does `return` stand outside of that loop?
    """
    return _train(X, y, num_filters, lr, 1, batch_size, rng)


def _filters_fixed(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    return len(answer[0][0]) == 8 != num_filters


@wrong("train_cnn", shows=_filters_fixed)
def number_of_filters_ignored(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Your network always has 8 filters, whatever `num_filters` says.

    Where in your code should the argument `num_filters` be used?
    """
    return _train(X, y, 8, lr, epochs, batch_size, rng)


def _rate(answer, y):
    """What `lr` has roughly been in a single step, seen from the classes that do not occur."""
    absent = y.sum(axis=0) == 0
    return -float(answer[0][3][absent].sum()) / max(1, absent.sum()) * y.shape[1]


def _rate_fixed(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    return len(answer[1]) == 1 and lr >= 1 and 0 < _rate(answer, y) < lr / 20


@wrong("train_cnn", shows=_rate_fixed)
def learning_rate_ignored(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The step is much shorter than `lr` says: it seems to be the same for every `lr`.

    Where in your code should the argument `lr` be used, and is there another number in its place?
    """
    return _train(X, y, num_filters, 0.05, epochs, batch_size, rng)


def _summed_step(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    n = min(len(X), batch_size)
    return len(answer[1]) == 1 and n > 3 and lr > 0 and n / 2 < _rate(answer, y) / lr < 2 * n


@wrong("train_cnn", shows=_summed_step)
def step_along_the_sum(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Your first step is about as many times too long as there are images in the batch: it follows
    the gradient of the summed loss, not of the mean.

    Where does the 1/n of the mean come into the gradients that you train with?
    """

    def _summed(X, y, params):
        loss, grads = _loss(X, y, params)
        return loss, [len(X) * grad for grad in grads]

    return _train(X, y, num_filters, lr, epochs, batch_size, rng, loss_fn=_summed)


def _loss_is_sum(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    n = min(len(X), batch_size)
    return n > 5 and abs(answer[1][0] / n - np.log(y.shape[1])) < 1


@wrong("train_cnn", shows=_loss_is_sum)
def losses_are_sums(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Your first loss is about as many times too large as there are images in the batch: it is
    their sum, not their mean.

    By what do you divide a sum to make a mean of it?
    """

    def _summed(X, y, params):
        loss, grads = _loss(X, y, params)
        return loss * len(X), grads

    return _train(X, y, num_filters, lr, epochs, batch_size, rng, loss_fn=_summed)


def _starts(X, y, num_filters, rng):
    """Starts that people draw, filters first: `he_init` and others, in both orders."""
    _, C, H, W = X.shape
    features = num_filters * ((H - 2) // 2) * ((W - 2) // 2)
    drawn = rng.standard_normal(num_filters * C * 9)
    dense = rng.standard_normal((features, y.shape[1]))
    orders = (drawn.reshape(-1, num_filters).T, drawn)
    spreads = [np.sqrt(2 / (9 * C)), 3 * np.sqrt(2 / (9 * C)), 0.1, 0.01]
    widths = [np.sqrt(2 / features) / 3, np.sqrt(2 / features), 0.1, 0.01]
    for order, spread, width in itertools.product(orders, spreads, widths):
        filters = spread * order.reshape(num_filters, C, 3, 3)
        yield [filters, np.zeros(num_filters), width * dense, np.zeros(y.shape[1])]


def _torn(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    if len(answer[1]) != 1 or not 1 < len(X) < 7 or not lr > 0:
        return False
    for start in _starts(X, y, num_filters, rng):
        A = softmax(_scores(X, start))
        if not np.allclose(answer[0][3] / lr, (y - A).mean(axis=0), rtol=1e-5):
            continue  # another start, for the step of the bias is the same in any order
        flat = _features(X, start)
        orders = map(list, itertools.permutations(range(len(X))))
        torn = [flat.T @ (y[order] - A) / len(X) for order in orders]
        step = (answer[0][2] - start[2]) / lr
        fits = [np.allclose(step, other, rtol=1e-5, atol=1e-9) for other in torn]
        if any(fits):
            return not fits[0]
    return False


@wrong("train_cnn", shows=_torn)
def images_and_labels_torn_apart(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """The step would be right if the labels belonged to other images: images and labels are not
    shuffled alike.

    How many orders does your code draw, and to which arrays is each applied?
    """

    def _apart(X, y, batch_size, rng):
        return minibatches(X, np.roll(y, 1, axis=0), batch_size, rng)

    return _train(X, y, num_filters, lr, epochs, batch_size, rng, batches=_apart)


def _seeded(answer, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    if len(X) * epochs > 500:
        return False
    for seed, scales in itertools.product((0, 1, 42, 123, 1234), ((3, 1 / 3), (1, 1))):

        def _scaled(X, y, num_filters, rng, scales=scales):
            return _start(X, y, num_filters, rng, *scales)

        params, _ = _train(X, y, num_filters, lr, epochs, batch_size, seed, start=_scaled)
        if all(map(np.allclose, params, answer[0])):
            return True
    return False


@wrong("train_cnn", shows=_seeded)
def seed_of_its_own(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    """Your training draws from a generator that it has made itself, with a seed that is always the
    same: the `rng` that it is given has no effect.

    Where does `rng` get its value in your code?
    """
    return _train(X, y, num_filters, lr, epochs, batch_size, 0)
