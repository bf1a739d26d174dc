"""Wrong `conv2d`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions

# Not by `scipy.signal`: its import would cost every examiner half a second and 80 MB.


def _correlate(image, filter):
    """The cross-correlation for stride 1 with the dtype of the arrays."""
    windows = np.lib.stride_tricks.sliding_window_view(image, filter.shape)
    return np.einsum("ijkl,kl->ij", windows, filter)


def _slide(image, filter, mode="valid"):
    """The cross-correlation for stride 1; refuses a filter that is too large."""
    if filter.shape[0] > image.shape[0] or filter.shape[1] > image.shape[1]:
        raise ValueError(f"filter {filter.shape} is larger than the image {image.shape}")
    around = [(side - 1, side - 1) for side in filter.shape]
    if mode == "same":
        around = [(side // 2, side - side // 2) for side, _ in around]
    return _correlate(np.pad(1.0 * image, around if mode != "valid" else 0), 1.0 * filter)


def _as_wide_as_high(answer):
    """What a loop finds that counts the rows for the columns too; it fails where these end."""
    rows, columns = answer.shape[-2:]
    if rows > columns:
        raise ValueError(f"column {columns} of {columns} columns")
    return answer[..., :rows]


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

    def stride_taken_in_the_image(image, filter, stride=1):
        """You leave out rows and columns of the image before the filter sees it. The stride says
        how far the filter moves, but it still covers pixels next to each other.

        Which pixels does a window of 3 by 3 hold when the stride is 2?"""
        return _slide(image[::stride, ::stride], filter)

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

    def stride_before_the_filter(image, filter, stride=1):
        """Your answer is too small for a stride above 1: you divide the sides of the image by the
        stride first, and subtract those of the filter afterward.

        How many windows of 3 fit on 7 pixels when the stride is 2, and what does your formula give?
        """
        whole = _slide(image, filter)[::stride, ::stride]
        pairs = zip(image.shape, filter.shape, strict=True)
        rows, columns = (side // stride - k + 1 for side, k in pairs)
        np.zeros((rows, columns))  # fails where there are fewer than none
        return whole[:rows, :columns]

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
        _slide(image, filter)
        return _correlate(image, filter)[::stride, ::stride]

    def converted_too_late(image, filter, stride=1):
        """You convert the sums to floats only after computing them in `uint8`, which holds nothing
        above 255: `{got}`, not `{expected}`.

        At which moment must the numbers be floats, so that no product and no sum is too large?"""
        _slide(image, filter)
        return 1.0 * _correlate(image, filter)[::stride, ::stride]

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
        if all(np.less_equal(image.shape, filter.shape)):
            return _slide(filter, image)[::-1, ::-1][::stride, ::stride]
        if any(np.greater(filter.shape, image.shape)):
            raise ValueError(
                "For 'valid' mode, one must be at least as large as the other in every dimension"
            )
        return _slide(image, filter)[::stride, ::stride]

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
