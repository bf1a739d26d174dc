"""Wrong `conv_backward`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions
from ..reference import im2col


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

    def first_filter_for_all_gradients(dout, X, filters, stride=1, padding=0):
        """In `dX` you multiply the gradients of all maps by the weights of the first filter:
        `{got}`, not `{expected}`. Each map came from a filter of its own.

        Which index of `filters` should change with that of `dout`?"""
        same = filters[[0] * len(filters)]
        dX = _d_images(dout, X, same, stride, padding)
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def last_filter_and_window_only(dout, X, filters, stride=1, padding=0):
        """In `dX` each window and each filter overwrites what was there before, so of all the
        gradients of a pixel only the last one remains: `{got}`, not `{expected}`.

        Which operator adds to what an array holds, and which one replaces it?"""
        dX = _d_images(dout[:, -1:], X, filters[-1:], stride, padding, overwrite=True)
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

    def db_averaged_over_the_pixels(dout, X, filters, stride=1, padding=0):
        """`db` is the mean of `dout` over the pixels of each map, but it should be the sum.

        The bias is added to every pixel of its map: by the chain rule, what is its gradient?"""
        dfilters = _dfilters(dout, X, filters, stride, padding)
        db = dout.mean(axis=(2, 3)).sum(axis=0)
        return _d_images(dout, X, filters, stride, padding), dfilters, db

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

    def padding_cut_off_on_one_side(dout, X, filters, stride=1, padding=0):
        """You cut the padding of `dX` off at the bottom and at the right only, so its pixels are
        out of place: `{got}`, not `{expected}`.

        In which row of the padded array is the first row of `X`?"""
        dX = _d_images(dout, X, filters, stride, padding, crop=False)[
            ..., : X.shape[2], : X.shape[3]
        ]
        return dX, _dfilters(dout, X, filters, stride, padding), _db(dout)

    def padding_cut_off_on_the_other_side(dout, X, filters, stride=1, padding=0):
        """You cut the padding of `dX` off at the top and at the left only, so its pixels are out of
        place: `{got}`, not `{expected}`.

        In which row of the padded array is the last row of `X`?"""
        dX = _d_images(dout, X, filters, stride, padding, crop=False)
        dX = dX[..., 2 * padding :, 2 * padding :]
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
