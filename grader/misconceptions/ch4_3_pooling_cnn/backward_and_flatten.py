"""Wrong ways back through the pooling, `max_pool_backward`, and wrong ways to `flatten`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions, recognized
from ..reference import max_pool, pool_windows


def _back(share, X, size):
    """The entries of the windows at their places in X; 0 at a ragged edge."""
    lead, rows, columns = X.shape[:-2], X.shape[-2] // size, X.shape[-1] // size
    blocks = np.swapaxes(share.reshape(*lead, rows, columns, size, size), -3, -2)
    dX = np.zeros(X.shape, share.dtype)
    dX[..., : rows * size, : columns * size] = blocks.reshape(*lead, rows * size, columns * size)
    return dX


def _winners(X, size):
    windows = pool_windows(X, size)
    return windows == windows.max(axis=-1, keepdims=True)


def _shares(dout, X, size):
    """The right gradients of the windows' entries."""
    winners = _winners(X, size)
    return winners / winners.sum(axis=-1, keepdims=True) * dout[..., None]


def _through_a_relu(dout, X, size, least=0.0):
    winners = _winners(X, size) * (pool_windows(X, size) >= least)
    share = winners / np.maximum(winners.sum(axis=-1, keepdims=True), 1) * dout[..., None]
    return _back(share, X, size).astype(dout.dtype)


def _negative_lost(answer, dout, X, size):
    lost = (_through_a_relu(dout, X, size, least) for least in (0.0, 1e-300))
    return np.any(answer) and any(np.allclose(answer, other, rtol=1e-5) for other in lost)


def _in_the_corner(answer, dout, X, size):
    """All of it lies in the place of the first window, which does not hold its own share."""
    corner, right = answer[..., :size, :size], _back(_shares(dout, X, size), X, size)
    alone = np.count_nonzero(corner) == np.count_nonzero(answer) > 0
    return alone and dout.shape[-2:] != (1, 1) and not np.allclose(corner, right[..., :size, :size])


class WrongMaxPoolBackward(Versions, of="max_pool_backward"):
    def ties_get_everything_each(dout, X, size):
        """Numbers of a window that are tied for the largest each get the whole of `dout`, together
        a multiple of it. After a ReLU whole windows are 0, so ties are common.

        What should the gradients in a window add up to, and so what does each of two winners get?
        """
        return _back(_winners(X, size) * dout[..., None], X, size)

    def spread_evenly(dout, X, size):
        """Every number of a window gets an equal share of `dout`, as in average pooling.

        If a number that is not the largest grows a little, what does the maximum do?"""
        return _back(np.repeat(dout[..., None], size**2, axis=-1) / size**2, X, size)

    def corner_gets_dout(dout, X, size):
        """The number at the corner of each window gets `dout`, whichever is the largest.

        Which number of a window passed on its value, and where in your code do you look for it?"""
        share = np.zeros((*dout.shape, size**2), dout.dtype)
        share[..., 0] = dout
        return _back(share, X, size)

    def everybody_gets_dout(dout, X, size):
        """Every number of a window gets the whole of `dout`, winner or not.

        If a number that is not the largest grows a little, what does the maximum do?"""
        return _back(np.repeat(dout[..., None], size**2, axis=-1), X, size)

    def dout_ignored(dout, X, size):
        """Your answer marks the winner of each window with 1, whatever `dout` says.

        By the chain rule, what do you multiply the slope of the maximum by?"""
        return _back(_winners(X, size).astype(dout.dtype), X, size)

    def value_times_dout(dout, X, size):
        """The winner of each window gets `dout` times its own value: `{got}`, not `{expected}`.

        When the winner grows by a little, by how much does the maximum grow?"""
        share = _winners(X, size) * pool_windows(X, size) * dout[..., None]
        return _back(share, X, size).astype(dout.dtype)

    def values_of_the_winners(dout, X, size):
        """The winner of each window gets its own value: `{got}`, not `{expected}`. What comes back
        through a maximum is a gradient, but your answer does not use `dout`.

        Which argument holds the gradient of the loss with respect to the maxima?"""
        return _back(_winners(X, size) * pool_windows(X, size), X, size).astype(dout.dtype)

    def ragged_edge_missing(dout, X, size):
        """Your answer covers only the whole windows: the edge that pooling dropped is missing.

        What is the gradient of numbers that have no influence, and which shape should `dX` have?"""
        rows, columns = dout.shape[-2] * size, dout.shape[-1] * size
        return _back(_shares(dout, X, size), X, size)[..., :rows, :columns].astype(dout.dtype)

    def edge_not_left_out(dout, X, size):
        """Your code works as long as the windows fill the image, but fails where rows or columns
        are left over at the edge: `X` is then larger than all the windows together.

        Which part of `X` do whole windows cover, and what is the gradient of the rest?"""
        peak = max_pool(X, size)
        large = peak.repeat(size, axis=-2).repeat(size, axis=-1)
        return (large == X) * dout.repeat(size, axis=-2).repeat(size, axis=-1)

    def gradient_in_the_dtype_of_the_images(dout, X, size):
        """Your answer has the dtype of `X`. Integers cannot hold a gradient: fractions are cut off.

        Which dtype should an array have that you write gradients to?"""
        dX = np.zeros_like(X)
        for place in np.ndindex(dout.shape):
            i, j = place[-2] * size, place[-1] * size
            window = X[place[:-2]][i : i + size, j : j + size]
            r, c = np.unravel_index(np.argmax(window), window.shape)
            dX[place[:-2]][i + r, j + c] = dout[place]
        return dX

    def rows_and_columns_of_the_winner_swapped(dout, X, size):
        """Within its window you take the winner's row for its column: `{got}`, not `{expected}`.

        `argmax` counts the entries of a window row by row. If you divide its result by `size`, is
        the row the quotient or the remainder?"""
        share = _shares(dout, X, size)
        share = np.swapaxes(share.reshape(*share.shape[:-1], size, size), -1, -2)
        return _back(share, X, size).astype(dout.dtype)

    def one_winner_for_all_images(dout, X, size):
        """At each place only one image and one channel get their gradient, and the others get 0:
        you take the maximum over all of them together.

        Over which axes should the maximum go, and over which does it go if you name no axis?"""
        windows = pool_windows(X, size)
        together = tuple(range(X.ndim - 2))
        winners = windows == windows.max(axis=(*together, -1), keepdims=True)
        return _back(winners * dout[..., None], X, size)

    @recognized(_negative_lost)
    def positive_winners_only(dout, X, size):
        """Windows whose largest number is negative get no gradient. That is what a ReLU would do,
        but pooling lets every winner through.

        Does the sign of the winner matter to the slope of the maximum?"""
        return _through_a_relu(dout, X, size)

    @recognized(_in_the_corner)
    def place_in_the_window_for_place_in_the_image(dout, X, size):
        """All your gradients are in the top left corner of X: you take a winner's place in its
        window for its place in the image.

        If the winner of window (2, 3) is its first number, in which row and column of X is it?"""
        dX = np.zeros(X.shape, dout.dtype)
        shares = _shares(dout, X, size).sum(axis=(-3, -2))
        dX[..., :size, :size] = shares.reshape(*X.shape[:-2], size, size)
        return dX

    def number_of_the_window_for_its_corner(dout, X, size):
        """You take the number of a window for the place where it begins: the winner of window
        (i, j) is not `size * i` rows down, but only i.

        In which row of X does the window of `dout[..., 1, 0]` begin?"""
        dX = np.zeros(X.shape, dout.dtype)
        shares = _shares(dout, X, size).reshape(*dout.shape, size, size)
        for i, j in np.ndindex(dout.shape[-2:]):
            dX[..., i : i + size, j : j + size] += shares[..., i, j, :, :]
        return dX

    def windows_one_pixel_apart(dout, X, size):
        """You send `dout` to windows that begin one pixel apart, not `size` pixels.

        In which row of X does the window of `dout[..., 1, 0]` begin?"""
        dX = np.zeros(X.shape, dout.dtype)
        for i, j in np.ndindex(dout.shape[-2:]):
            part = np.s_[..., i : i + size, j : j + size]
            window = X[part] == X[part].max(axis=(-2, -1), keepdims=True)
            dX[part] += window * dout[..., i, j, None, None]
        return dX


class WrongFlatten(Versions, of="flatten"):
    def everything_in_one_vector(X):
        """All images end up in one vector, and nothing tells where one of them ends.

        How many rows should the answer have, and which axis of `X` is that?"""
        return (1.0 * X).ravel()

    def everything_in_one_row(X):
        """All images end up in one row, but the answer should have one row per image.

        Which axis of `X` counts the images, and what should happen to it?"""
        return (1.0 * X).reshape(1, -1)

    def examples_in_columns(X):
        """Each image is a column of your answer, but it should be a row.

        What does one row of every batch in this course hold?"""
        return (1.0 * X).reshape(len(X), -1).T

    def column_by_column(X):
        """You read an image with the first axis running fastest, as Fortran does: `{got}`, not
        `{expected}`.

        In which order does `reshape` read by default, and which order did you ask for?"""
        return (1.0 * X).reshape(len(X), -1, order="F")

    def first_axis_for_the_last(X):
        """You read the numbers in another grouping: each image gets every n-th number of the batch,
        so the images are mixed. `reshape(-1, n)` followed by a transpose does that.

        Which axis of `X` counts the images, and should it ever leave the first place?"""
        return (1.0 * X).reshape(-1, len(X)).T

    def channels_last(X):
        """In your rows the channels of a pixel are next to each other. They should follow one
        another as whole pictures: `{got}`, not `{expected}`.

        In which order do the axes of (C, H, W) run when you read an image from first to last?"""
        return (1.0 * X).transpose(0, 2, 3, 1).reshape(len(X), -1)

    def one_row_per_channel(X):
        """Each channel has a row of its own, but the answer should have one row per image.

        Which axes of (n, C, H, W) should be joined, and which should stay?"""
        return (1.0 * X).reshape(X.shape[0] * X.shape[1], -1)

    def one_row_per_row(X):
        """Each row of pixels is a row of your answer, but there should be one row per image.

        Which axes of (n, C, H, W) should be joined, and which should stay?"""
        return (1.0 * X).reshape(-1, X.shape[-1])

    def size_784_assumed(X):
        """Your code assumes 784 numbers per image. Convolution and pooling change that.

        How many rows should the answer have, and which size can NumPy work out by itself?"""
        return (1.0 * X).reshape(-1, 784)
