"""Wrong answers in chapter 4.2."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions
from .reference import im2col


def _slide(image, filter, mode="valid"):
    """The cross-correlation for stride 1; refuses a filter that is too large."""
    from scipy import signal

    if filter.shape[0] > image.shape[0] or filter.shape[1] > image.shape[1]:
        raise ValueError(f"filter {filter.shape} is larger than the image {image.shape}")
    return signal.correlate2d(1.0 * image, 1.0 * filter, mode=mode)


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


class WrongConv2D(Versions, of="conv2d"):
    def kernel_flipped(image, filter, stride=1):
        """You apply the filter upside down and back to front: `{got}`, not `{expected}`. That is a
        convolution in the mathematical sense; this chapter's formula pairs the first pixel of the
        window with the first weight of the filter.

        What does the documentation of `scipy.signal.convolve2d` say it does to its second argument,
        and which function of `scipy.signal` does not do it?"""
        return _slide(image, filter[::-1, ::-1])[::stride, ::stride]

    def filter_transposed(image, filter, stride=1):
        """You use the filter with its rows and columns swapped, which shows where it is not square.

        Which index of the filter goes with the rows of the image?"""
        return _slide(image, filter.T)[::stride, ::stride]

    def flipped_in_one_direction(image, filter, stride=1):
        """Your filter is upside down, but not back to front: `{got}`, not `{expected}`. To undo the
        flip in `convolve2d`, you have to flip both directions.

        In how many directions does `convolve2d` flip the filter, and in how many does your code?"""
        return _slide(image, filter[::-1])[::stride, ::stride]

    def flipped_left_to_right_only(image, filter, stride=1):
        """Your filter is back to front, but not upside down: `{got}`, not `{expected}`. To undo the
        flip in `convolve2d`, you have to flip both directions.

        In how many directions does `convolve2d` flip the filter, and in how many does your code?"""
        return _slide(image, filter[:, ::-1])[::stride, ::stride]

    def same_mode(image, filter, stride=1):
        """Your answer is as large as the image. The filter then hangs over the border, where it
        meets made-up zeros; here it should stay inside.

        Which `mode` keeps only the places where the whole filter lies on the image?"""
        return _slide(image, filter, "same")[::stride, ::stride]

    def full_mode(image, filter, stride=1):
        """Your answer is larger than the image: it includes every place where filter and image
        overlap at all, which is the default of `scipy.signal`.

        Which `mode` keeps only the places where the whole filter lies on the image?"""
        return _slide(image, filter, "full")[::stride, ::stride]

    def same_mode_and_flipped(image, filter, stride=1):
        """Two things at once: your answer is as large as the image, so the filter hangs over its
        border, and the filter is flipped, as in `scipy.signal.convolve2d`.

        Which `mode` keeps the filter inside the image, and which function does not flip it?"""
        return _slide(image, filter[::-1, ::-1], "same")[::stride, ::stride]

    def full_mode_and_flipped(image, filter, stride=1):
        """Two things at once: your answer is larger than the image, so the filter hangs over its
        border, and the filter is flipped. Both are defaults of `scipy.signal.convolve2d`.

        Which `mode` keeps the filter inside the image, and which function does not flip it?"""
        return _slide(image, filter[::-1, ::-1], "full")[::stride, ::stride]

    def stride_ignored(image, filter, stride=1):
        """Your filter moves by one pixel, whatever `stride` says: the answer is too large.

        With a stride of 2, which rows and columns of the answer for stride 1 remain?"""
        return _slide(image, filter)

    def stride_in_one_direction(image, filter, stride=1):
        """Your filter moves down by `stride` rows, but still one column at a time to the right.

        An image has two directions: where does your code apply the stride in the second one?"""
        return _slide(image, filter)[::stride]

    def stride_in_the_size_only(image, filter, stride=1):
        """The answer has the right shape for this stride, but the windows are one pixel apart: it
        holds the top left part of the answer for stride 1.

        At which row of the image does the window of output row 1 start when the stride is 2?"""
        rows, columns = (
            (s - k) // stride + 1 for s, k in zip(image.shape, filter.shape, strict=True)
        )
        return _slide(image, filter)[:rows, :columns]

    def last_window_missing(image, filter, stride=1):
        """Your answer lacks its last row and its last column: the filter stops one place too early.

        In how many places does a filter of 3 fit on 3 pixels, and what does your formula give?"""
        rows, columns = ((s - k) // stride for s, k in zip(image.shape, filter.shape, strict=True))
        return _slide(image, filter)[::stride, ::stride][:rows, :columns]

    def last_window_not_computed(image, filter, stride=1):
        """The last row and the last column of your answer are still zero: the shape is right, but
        your loops stop before they get there.

        What is the last number of your `range`, and what is the last row of your answer?"""
        out = _slide(image, filter)[::stride, ::stride].copy()
        out[-1:], out[:, -1:] = 0, 0
        return out

    def averaged_over_the_window(image, filter, stride=1):
        """You average the products in a window, not just add them up: `{got}`, not `{expected}`.

        What does the formula do with the products, and which NumPy function does just that?"""
        return _slide(image, filter)[::stride, ::stride] / filter.size

    def whole_numbers_stay_whole(image, filter, stride=1):
        """For images of integers your answer has integers too. Pixels are often `uint8`, which
        holds nothing above 255: larger sums start again from 0 without a warning.

        What is `np.uint8(200) + np.uint8(100)`, and which dtype do products and sums need?"""
        from scipy import signal

        _slide(image, filter)
        return signal.correlate2d(image, filter, mode="valid")[::stride, ::stride]

    def converted_too_late(image, filter, stride=1):
        """You convert the sums to floats only after computing them in `uint8`, which holds nothing
        above 255: `{got}`, not `{expected}`.

        At which moment must the numbers be floats, so that no product and no sum is too large?"""
        from scipy import signal

        _slide(image, filter)
        return 1.0 * signal.correlate2d(image, filter, mode="valid")[::stride, ::stride]

    def square_filter_assumed(image, filter, stride=1):
        """Your code uses the filter's height for its width too, so it works only for square
        filters. This check uses one that is not square.

        Which entry of `filter.shape` is its width, and where does it belong in your code?"""
        k = filter.shape[0]
        rows, columns = ((size - k) // stride + 1 for size in image.shape)
        out = np.zeros((rows, columns))
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                out[i, j] = np.sum(image[top : top + k, left : left + k] * filter)
        return out

    def large_filter_swapped_with_the_image(image, filter, stride=1):
        """You do not refuse a filter that is larger than the image in both directions:
        `scipy.signal` then quietly swaps the two.

        What should happen, before you compute anything, when the filter does not fit on the image?
        """
        from scipy import signal

        return signal.correlate2d(1.0 * image, 1.0 * filter, mode="valid")[::stride, ::stride]

    def empty_answer_for_a_large_filter(image, filter, stride=1):
        """A filter larger than the image gets an empty answer, but it should raise `ValueError`. An
        empty array goes on through a network and fails somewhere else.

        What can you compare, before you compute anything, to see that the filter does not fit?"""
        if filter.shape[0] <= image.shape[0] and filter.shape[1] <= image.shape[1]:
            return _slide(image, filter)[::stride, ::stride]
        sizes = ((s - k) // stride + 1 for s, k in zip(image.shape, filter.shape, strict=True))
        return np.zeros([max(0, size) for size in sizes])

    def filter_of_the_image_size_refused(image, filter, stride=1):
        """You refuse a filter exactly as high or as wide as the image, yet it fits: in one place.

        Is a filter of 4 rows larger than an image of 4 rows? Look at the sign in your comparison,
        and at whether the filter that you compare is still as it was given."""
        if filter.shape[0] >= image.shape[0] or filter.shape[1] >= image.shape[1]:
            raise ValueError(f"filter {filter.shape} is larger than the image {image.shape}")
        return _slide(image, filter)[::stride, ::stride]

    def filter_turned_by_a_quarter(image, filter, stride=1):
        """You turn the filter by 90 degrees: its rows meet the columns of the image.

        Which of the two axes of a filter runs down the image? And what does `np.rot90` do?"""
        return _slide(image, np.rot90(filter))[::stride, ::stride]

    def filter_turned_clockwise(image, filter, stride=1):
        """You turn the filter by 90 degrees, clockwise: its first column meets the first row of the
        window, from below.

        Which of the two axes of a filter runs down the image? And what does `np.rot90` do?"""
        return _slide(image, np.rot90(filter, -1))[::stride, ::stride]

    def square_image_assumed(image, filter, stride=1):
        """Your answer has as many columns as rows: the image's height stands in for its width.

        Which entry of `image.shape` is the width, and where does it belong in your code?"""
        if filter.shape[0] > image.shape[0] or filter.shape[1] > image.shape[1]:
            raise ValueError(f"filter {filter.shape} is larger than the image {image.shape}")
        return _as_wide_as_high(_slide(image, filter)[::stride, ::stride])


def _fit(dout, X, filters):
    if X.shape[1] != filters.shape[1] or dout.shape[:2] != (len(X), len(filters)):
        raise ValueError(f"dout {dout.shape}, X {X.shape}, filters {filters.shape} do not fit")


def _d_images(dout, X, filters, stride, padding, step=None, overwrite=False, crop=True):
    """The images' gradient; windows may be `step` apart, overwrite one another, or stay padded."""
    _fit(dout, X, filters)
    (n, C, H, W), (kh, kw), p = X.shape, filters.shape[2:], padding
    step = stride if step is None else step
    dX = np.zeros((n, C, H + 2 * p, W + 2 * p), np.result_type(dout, filters, np.float32))
    for i, j in np.ndindex(dout.shape[2:]):
        place = np.s_[:, :, i * step : i * step + kh, j * step : j * step + kw]
        window = np.tensordot(dout[:, :, i, j], filters, 1)
        dX[place] = window if overwrite else dX[place] + window
    return dX[:, :, p : p + H, p : p + W] if crop else dX


def _dfilters(dout, X, filters, stride, padding, step=None):
    """The gradient of the filters, from windows that may be `step` pixels apart."""
    _fit(dout, X, filters)
    rows, columns = dout.shape[2:]
    windows = im2col(X, *filters.shape[2:], stride if step is None else step, padding)
    return np.tensordot(dout, windows[:, :rows, :columns], ((0, 2, 3), (0, 1, 2))).reshape(
        filters.shape
    )


def _db(dout):
    return dout.sum(axis=(0, 2, 3))


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


class WrongConvBackward(Versions, of="conv_backward"):
    def windows_overwritten(dout, X, filters, stride=1, padding=0):
        """In `dX` each window overwrites what earlier windows left there: `{got}`, not
        `{expected}`. A pixel shared by several windows has a gradient from each of them.

        What should happen in `dX` where two windows overlap?"""
        dX = _d_images(dout, X, filters, stride, padding, overwrite=True)
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def filters_overwritten(dout, X, filters, stride=1, padding=0):
        """In `dX` only the last filter counts: each filter overwrites the ones before.

        Every filter sees each pixel: what happens to the gradients that a pixel gets from each?"""
        dX = _d_images(dout[:, -1:], X, filters[-1:], stride, padding)
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def flipped_on_the_way_back(dout, X, filters, stride=1, padding=0):
        """`dX` comes from filters that are upside down and back to front: `{got}`, not
        `{expected}`. Each pixel should get back the very weight that it was multiplied by.

        Which weight did the first pixel of a window meet in the forward pass, and which in your
        backward pass? If you use `scipy.signal`: which of its functions flips the filter?"""
        dX = _d_images(dout, X, filters[:, :, ::-1, ::-1], stride, padding)
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def filter_gradient_flipped(dout, X, filters, stride=1, padding=0):
        """`dfilters` holds the right numbers upside down and back to front. A function that flips
        its second argument, such as `scipy.signal.convolve2d`, does that.

        Which pixels did the first weight of a filter meet, and where in `dfilters` do you put them?
        """
        dfilters = _dfilters(dout, X, filters, stride, padding)[:, :, ::-1, ::-1]
        return _d_images(dout, X, filters, stride, padding), dfilters, _db(dout)

    def everything_divided_by_n(dout, X, filters, stride=1, padding=0):
        """You divide all gradients by the number of examples, here {n}. `dout` already contains the
        1/n of the mean loss, so now it counts twice.

        Where does the mean over the examples come into the chain of gradients, and how often?"""
        n = len(X)
        dfilters = _dfilters(dout, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding) / n, dfilters / n, _db(dout) / n

    def parameters_divided_by_n(dout, X, filters, stride=1, padding=0):
        """`dX` is right, but you divide `dfilters` and `db` by the number of examples, here {n}.
        `dout` already contains the 1/n of the mean loss.

        By the chain rule, is a weight's gradient the sum or the mean of what its uses contribute?
        """
        n = len(X)
        dfilters = _dfilters(dout, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters / n, _db(dout) / n

    def filter_gradient_divided_by_n(dout, X, filters, stride=1, padding=0):
        """`dX` and `db` are right, but you divide `dfilters` by the number of examples, here {n}.
        `dout` already contains the 1/n of the mean loss.

        By the chain rule, is a weight's gradient the sum or the mean of what its uses contribute?
        """
        dfilters = _dfilters(dout, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters / len(X), _db(dout)

    def images_after_the_filters(dout, X, filters, stride=1, padding=0):
        """You swapped `dX` and `dfilters`.

        In which order does the chapter name the three gradients?"""
        dX = _d_images(dout, X, filters, stride, padding)
        return _dfilters(dout, X, filters, stride, padding), dX, _db(dout)

    def images_last(dout, X, filters, stride=1, padding=0):
        """Your first gradient is that of the filters, and `dX` comes last.

        In which order does the chapter name the three gradients?"""
        dX = _d_images(dout, X, filters, stride, padding)
        return _dfilters(dout, X, filters, stride, padding), _db(dout), dX

    def db_averaged(dout, X, filters, stride=1, padding=0):
        """`db` is the mean of `dout` over examples and pixels, but it should be the sum.

        The bias is added to every output of its filter: by the chain rule, what is its gradient?"""
        dfilters = _dfilters(dout, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters, dout.mean(axis=(0, 2, 3))

    def db_for_each_example(dout, X, filters, stride=1, padding=0):
        """`db` has a row for each example: you sum over the pixels, but not over the examples.

        `b` has shape (F,): which axes of `dout` must disappear to give that shape?"""
        dfilters = _dfilters(dout, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters, dout.sum(axis=(2, 3))

    def db_for_each_pixel(dout, X, filters, stride=1, padding=0):
        """`db` has a number for each pixel of the maps: you sum over the examples only.

        `b` has shape (F,): which axes of `dout` must disappear to give that shape?"""
        dfilters = _dfilters(dout, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters, dout.sum(axis=0)

    def last_example_only(dout, X, filters, stride=1, padding=0):
        """`dfilters` and `db` come from the last example: each example overwrites the one before.

        All examples share the same filters: what happens to the gradients that they contribute?"""
        _fit(dout, X, filters)
        dfilters = _dfilters(dout[-1:], X[-1:], filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters, _db(dout[-1:])

    def filter_gradient_of_the_last_example(dout, X, filters, stride=1, padding=0):
        """`dfilters` comes from the last example alone: each example overwrites the one before.

        All examples share the same filters: what happens to the gradients that they contribute?"""
        _fit(dout, X, filters)
        dfilters = _dfilters(dout[-1:], X[-1:], filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters, _db(dout)

    def last_window_only(dout, X, filters, stride=1, padding=0):
        """`dfilters` comes from the last window alone: each window overwrites the one before.

        Every window uses each weight: what happens to the gradients that a weight gets from each?
        """
        last = np.zeros_like(dout)
        last[:, :, -1:, -1:] = dout[:, :, -1:, -1:]
        dfilters = _dfilters(last, X, filters, stride, padding)
        return _d_images(dout, X, filters, stride, padding), dfilters, _db(dout)

    def padding_left_on(dout, X, filters, stride=1, padding=0):
        """`dX` still has the padding around it, so it is larger than `X`.

        Which part of the padded array holds the pixels of `X`?"""
        dX = _d_images(dout, X, filters, stride, padding, crop=False)
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def cut_off_with_minus_zero(dout, X, filters, stride=1, padding=0):
        """Without padding your `dX` is empty: a slice that ends at `-padding` then ends at 0.

        What is `np.arange(5)[0:-0]`, and how can you count the end of the slice from the front?"""
        dX = _d_images(dout, X, filters, stride, padding, crop=False)
        dX = dX[:, :, padding:-padding, padding:-padding]
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def stride_ignored_in_the_image_gradient(dout, X, filters, stride=1, padding=0):
        """In `dX` the windows are always one pixel apart: `{got}`, not `{expected}`.

        At which pixel of the image did the window of output (1, 1) start?"""
        dX = _d_images(dout, X, filters, stride, padding, step=1)
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def stride_ignored_in_the_filter_gradient(dout, X, filters, stride=1, padding=0):
        """For `dfilters` the windows are one pixel apart, whatever `stride` says.

        Which pixels did a weight meet in the window of output (1, 1)?"""
        dfilters = _dfilters(dout, X, filters, stride, padding, step=1)
        return _d_images(dout, X, filters, stride, padding), dfilters, _db(dout)

    def stride_ignored_on_the_way_back(dout, X, filters, stride=1, padding=0):
        """In `dX` and `dfilters` your windows are one pixel apart, whatever `stride` says.

        At which pixel of the image did the window of output (1, 1) start in the forward pass?"""
        dX = _d_images(dout, X, filters, stride, padding, step=1)
        return dX, _dfilters(dout, X, filters, stride, padding, step=1), _db(dout)

    def gradient_in_the_images_dtype(dout, X, filters, stride=1, padding=0):
        """Your `dX` has the dtype of `X`. For images of integers it cannot hold a gradient: NumPy
        refuses to add fractions to integers in place.

        Which dtype should the array that collects gradients have?"""
        _fit(dout, X, filters)
        (kh, kw), p = filters.shape[2:], padding
        dX = np.zeros_like(np.pad(X, ((0, 0), (0, 0), (p, p), (p, p))))
        for i, j in np.ndindex(dout.shape[2:]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            dX[:, :, rows, columns] += np.tensordot(dout[:, :, i, j], filters, 1)
        dX = dX[:, :, p : p + X.shape[2], p : p + X.shape[3]]
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def missing_examples_accepted(dout, X, filters, stride=1, padding=0):
        """You accept a `dout` with fewer examples than `X`. The gradients then belong to images
        they did not come from, or some images get none.

        Which entries of the shapes of `dout` and `X` must agree?"""
        n = len(dout)
        dX = np.zeros(X.shape, np.result_type(dout, filters, np.float32))
        dX[:n] = _d_images(dout, X[:n], filters, stride, padding)
        return dX, _dfilters(dout, X[:n], filters, stride, padding), _db(dout)
