"""Wrong `conv_forward`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions
from ..reference import im2col


def _as_wide_as_high(answer):
    """What a loop finds that counts the rows for the columns too; it fails where these end."""
    rows, columns = answer.shape[-2:]
    if rows > columns:
        raise ValueError(f"column {columns} of {columns} columns")
    return answer[..., :rows]


def _layer(X, filters, b, stride=1, padding=0):
    """`conv_forward` done right."""
    columns = im2col(X, *filters.shape[2:], stride, padding)
    return np.moveaxis(columns @ filters.reshape(len(filters), -1).T + b, -1, 1)


def _size(X, filters, stride, padding):
    """`(H', W')`."""
    sizes = zip(X.shape[2:], filters.shape[2:], strict=True)
    return [(size - k + 2 * padding) // stride + 1 for size, k in sizes]


class WrongConvForward(Versions, of="conv_forward"):
    def filters_flipped(X, filters, b, stride=1, padding=0):
        """You flip the filters both ways, like `scipy.signal.convolve2d`: `{got}`, not
        `{expected}`.

        Which weight should meet the first pixel of a window, and which one does in your code?"""
        return _layer(X, filters[:, :, ::-1, ::-1], b, stride, padding)

    def channels_flipped_too(X, filters, b, stride=1, padding=0):
        """You flip the filters in all three directions, so the first channel of the image meets the
        filter's last: `{got}`, not `{expected}`. `scipy.signal.convolve` does this.

        Which function of `scipy.signal` slides one array over another without flipping it?"""
        return _layer(X, filters[:, ::-1, ::-1, ::-1], b, stride, padding)

    def square_images_assumed(X, filters, b, stride=1, padding=0):
        """Your maps have as many columns as rows: the images' height stands in for their width.

        Which entry of `X.shape` is the width, and where does it belong in your code?"""
        return _as_wide_as_high(_layer(X, filters, b, stride, padding))

    def padding_on_all_axes(X, filters, b, stride=1, padding=0):
        """Your padding surrounds the batch and its channels too: there are images and channels of
        zeros, and what you take for the first ones is such padding.

        What does `np.pad` do with a single width, and how can each axis get its own?"""
        n, C = X.shape[:2]
        return _layer(np.pad(X, padding)[:n, :C], filters, b, stride)

    def bias_forgotten(X, filters, b, stride=1, padding=0):
        """The biases never reach your answer: `{got}`, not `{expected}`, off by the filter's bias.

        Each filter has one number in `b`: which entries of the answer does it belong to?"""
        return _layer(X, filters, 0 * b, stride, padding)

    def bias_once_per_channel(X, filters, b, stride=1, padding=0):
        """You add the bias once per channel of the images: `{got}`, not `{expected}`.

        Is the line that adds the bias inside the loop over the channels, or after it?"""
        return _layer(X, filters, X.shape[1] * b, stride, padding)

    def all_biases_added(X, filters, b, stride=1, padding=0):
        """You add the sum of all biases to every map: `{got}`, not `{expected}`. Each filter has a
        bias of its own.

        Which axis of the answer counts the filters, and which entry of `b` belongs to map f?"""
        return _layer(X, filters, 0 * b + b.sum(), stride, padding)

    def first_bias_for_all_maps(X, filters, b, stride=1, padding=0):
        """You add the first filter's bias to every map: `{got}`, not `{expected}`. Each filter has
        a bias of its own.

        Which axis of the answer counts the filters, and which entry of `b` belongs to map f?"""
        return _layer(X, filters, 0 * b + b[0], stride, padding)

    def bias_subtracted(X, filters, b, stride=1, padding=0):
        """You subtract the bias, but you should add it: `{got}`, not `{expected}`.

        Which sign does the bias have in the formula of a layer?"""
        return _layer(X, filters, -1 * b, stride, padding)

    def last_channel_only(X, filters, b, stride=1, padding=0):
        """Only the last channel of the images counts in your answer: `{got}`, not `{expected}`.
        Each channel seems to replace the one before.

        What should happen to the answers of several channels?"""
        if X.shape[1] != filters.shape[1]:
            raise ValueError("different numbers of channels")
        return _layer(X[:, -1:], filters[:, -1:], b, stride, padding)

    def first_channel_only(X, filters, b, stride=1, padding=0):
        """Only the first channel of the images counts in your answer: `{got}`, not `{expected}`.

        A filter has as many channels as the images: where does your code visit the others?"""
        if X.shape[1] != filters.shape[1]:
            raise ValueError("different numbers of channels")
        return _layer(X[:, :1], filters[:, :1], b, stride, padding)

    def channels_averaged(X, filters, b, stride=1, padding=0):
        """You average the answers of the channels, not add them up: `{got}`, not `{expected}`.

        What does the formula do with the channels: sum or average?"""
        return _layer(X, filters / X.shape[1], b, stride, padding)

    def first_filter_only(X, filters, b, stride=1, padding=0):
        """Every map of your answer comes from the first filter; they differ only in their bias.

        Which index of `filters` should change from one map of the answer to the next?"""
        return _layer(X, filters[[0] * len(filters)], b, stride, padding)

    def stride_ignored_in_the_layer(X, filters, b, stride=1, padding=0):
        """Your filters move by one pixel, whatever `stride` says, so the maps are too large.

        How many pixels lie between the windows of two neighboring outputs?"""
        return _layer(X, filters, b, 1, padding)

    def stride_in_one_direction_only(X, filters, b, stride=1, padding=0):
        """Your filters move down by `stride` rows, but still one column at a time to the right.

        An image has two directions: where does your code apply the stride in the second one?"""
        return _layer(X, filters, b, 1, padding)[:, :, ::stride]

    def stride_only_in_the_size(X, filters, b, stride=1, padding=0):
        """The maps have the right shape for this stride, but their windows are one pixel apart:
        they hold the top left part of the answer for stride 1.

        At which row of the image does the window of output row 1 start when the stride is 2?"""
        rows, columns = _size(X, filters, stride, padding)
        return _layer(X, filters, b, 1, padding)[:, :, :rows, :columns]

    def padding_ignored(X, filters, b, stride=1, padding=0):
        """You do not pad the images: `padding` has no effect, and your maps are too small.

        How large is an image of 5 rows with `padding` rows of zeros above and as many below?"""
        return _layer(X, filters, b, stride)

    def padding_counted_once(X, filters, b, stride=1, padding=0):
        """Your maps are too small: their size allows for padding on one side, but it is on both.

        By how many rows does an image grow when every side gets `padding` of them?"""
        rows, columns = (
            (s - k + padding) // stride + 1
            for s, k in zip(X.shape[2:], filters.shape[2:], strict=True)
        )
        return _layer(X, filters, b, stride, padding)[:, :, :rows, :columns]

    def padding_not_in_the_size(X, filters, b, stride=1, padding=0):
        """You pad the images, but the size of your answer is that without padding, so its last rows
        and columns are missing.

        Which term of H' in the docstring does your formula leave out?"""
        rows, columns = _size(X, filters, stride, 0)
        return _layer(X, filters, b, stride, padding)[:, :, : max(rows, 0), : max(columns, 0)]

    def padding_on_one_side(X, filters, b, stride=1, padding=0):
        """All your padding is below and to the right of the images, but half of it should be above
        and to the left: `{got}`, not `{expected}`.

        Where in the padded array does the first pixel of the image belong?"""
        X = np.pad(X, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
        return _layer(X, filters, b, stride)

    def padding_in_front_only(X, filters, b, stride=1, padding=0):
        """You add all the zeros above and to the left of the images, none below and to the right.

        On which sides of an image does the docstring put zeros?"""
        X = np.pad(X, ((0, 0), (0, 0), (2 * padding, 0), (2 * padding, 0)))
        return _layer(X, filters, b, stride)

    def rows_padded_alone(X, filters, b, stride=1, padding=0):
        """You pad above and below the images, but not at their left and right, so your maps have
        too few columns.

        On how many sides of an image does the docstring put zeros, and which axes are those?"""
        X = np.pad(X, ((0, 0), (0, 0), (padding, padding), (0, 0)))
        return _layer(X, filters, b, stride)

    def columns_padded_alone(X, filters, b, stride=1, padding=0):
        """You pad at the left and right of the images, but not above and below, so your maps have
        too few rows.

        On how many sides of an image does the docstring put zeros, and which axes are those?"""
        X = np.pad(X, ((0, 0), (0, 0), (0, 0), (padding, padding)))
        return _layer(X, filters, b, stride)

    def padding_repeats_the_border(X, filters, b, stride=1, padding=0):
        """You pad with copies of the border, not with zeros: `{got}`, not `{expected}`.

        What does `np.pad` fill in with each `mode`?"""
        X = np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
        return _layer(X, filters, b, stride)

    def every_axis_padded(X, filters, b, stride=1, padding=0):
        """Your padding grows all four axes of `X`: it now contains empty images and empty channels,
        and the filters do not have that many channels.

        Which two axes of (n, C, H, W) are the rows and columns, and how do you tell `np.pad`?"""
        X = np.pad(X, padding)
        if X.shape[1] != filters.shape[1]:
            raise ValueError(f"X {X.shape} and filters {filters.shape} do not fit")
        return _layer(X, filters, b, stride)

    def last_windows_missing(X, filters, b, stride=1, padding=0):
        """Your maps lack their last row and column: the filters stop one place too early.

        In how many places does a filter of 3 fit on 3 pixels, and what does your formula give?"""
        rows, columns = _size(X, filters, stride, padding)
        return _layer(X, filters, b, stride, padding)[:, :, : rows - 1, : columns - 1]

    def filters_on_the_last_axis(X, filters, b, stride=1, padding=0):
        """Your answer has the filters on its last axis: (n, H', W', F) instead of (n, F, H', W').

        Which order of axes do the images have in this course, and how do you reorder axes?"""
        return np.moveaxis(_layer(X, filters, b, stride, padding), 1, -1)

    def reshaped_instead_of_transposed(X, filters, b, stride=1, padding=0):
        """Your answer has the right shape and the right numbers, but in the wrong places: `reshape`
        reads the numbers in memory order, so it mixes up the maps of all filters.

        Which axes does your matrix product have, in which order, and how do you move an axis?"""
        out = _layer(X, filters, b, stride, padding)
        return np.ascontiguousarray(np.moveaxis(out, 1, -1)).reshape(out.shape)

    def rows_and_columns_swapped(X, filters, b, stride=1, padding=0):
        """You swapped rows and columns: your answer is mirrored along the diagonal.

        Which loop or axis runs over the rows: the third or the fourth axis of your answer?"""
        return np.swapaxes(_layer(X, filters, b, stride, padding), 2, 3)

    def relu_included(X, filters, b, stride=1, padding=0):
        """You cut off the negative numbers of your answer at 0: `{got}`, not `{expected}`. This
        chapter's layer is the convolution alone.

        Which step will the next chapter put after this layer?"""
        return np.maximum(_layer(X, filters, b, stride, padding), 0)

    def extra_channels_ignored(X, filters, b, stride=1, padding=0):
        """You silently ignore the extra channels of images with more channels than the filters.

        Which two entries of the shapes of `X` and `filters` must agree?"""
        return _layer(X[:, : filters.shape[1]], filters, b, stride, padding)

    def bias_inside_the_sum(X, filters, b, stride=1, padding=0):
        """You add the bias to every pixel of a window before the sum: `{got}`, not `{expected}`. So
        it counts once for each of them.

        Which bracket closes first in your line, that of the sum or the one around the bias?"""
        return _layer(X, filters, filters[0].size * b, stride, padding)
