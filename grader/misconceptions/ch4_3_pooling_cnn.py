"""Wrong answers in chapter 4.3."""

import numpy as np

from . import shows_cnn, wrong
from .reference import (
    TrainCnn,
    conv_backward,
    conv_forward,
    cross_entropy,
    max_pool,
    max_pool_backward,
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


@wrong("max_pool_backward", recognizes=_negative_lost)
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


@wrong("cnn_loss", recognizes=_infinite)
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


@wrong("cnn_loss", recognizes=_overflows)
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


@wrong("cnn_loss", recognizes=_capped)
def clip_too_coarse(X, y, params):
    """A mistake that the network is quite sure of costs too little: the probabilities are kept so
    far away from 0 that the loss cannot get large.

    What is minus the logarithm of the number you clip at, and is it more than 10?
    """
    A, _, grads = _pieces(X, y, params)
    return float(-np.sum(y * np.log(np.clip(A, 1e-3, 1))) / len(X)), grads


@wrong(TrainCnn, recognizes=shows_cnn.has_filters_fixed)
def filters_never_updated(train):
    """The dense layer is trained, but the filters are still the random numbers they started from.

    Which of the four parameters does your update go through?
    """
    return train(step=lambda i, param, grad: param - train.lr * grad * (i > 1))


@wrong(TrainCnn, recognizes=shows_cnn.has_conv_bias_fixed)
def conv_bias_never_updated(train):
    """The biases of the filters are still 0 after training; the other parameters are trained.

    Which of the four parameters does your update go through?
    """
    return train(step=lambda i, param, grad: param - train.lr * grad * (i != 1))


@wrong(TrainCnn, recognizes=shows_cnn.has_dense_bias_fixed)
def dense_bias_never_updated(train):
    """The biases of the dense layer are still 0 after training; the other parameters are trained.

    Which of the four parameters does your update go through?
    """
    return train(step=lambda i, param, grad: param - train.lr * grad * (i != 3))


@wrong(TrainCnn, recognizes=shows_cnn.ignores_filters)
def number_of_filters_ignored(train):
    """Your network always has 8 filters, whatever `num_filters` says.

    Where in your code should you use `num_filters`?
    """
    return train(num_filters=8)
