"""Right ways to convolve that are not the reference's."""

import numpy as np

from . import right


def _dtype(*arrays):
    """float32 if all are, otherwise float64."""
    return np.float32 if all(array.dtype == np.float32 for array in arrays) else np.float64


def _refuse(image, filter):
    if filter.shape[0] > image.shape[0] or filter.shape[1] > image.shape[1]:
        raise ValueError("the filter is larger than the image")


@right("conv2d")
def with_four_loops(image, filter, stride=1):
    _refuse(image, filter)
    dtype = _dtype(image, filter)
    (H, W), (kh, kw) = image.shape, filter.shape
    out = np.zeros(((H - kh) // stride + 1, (W - kw) // stride + 1), dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = 0.0
            for m in range(kh):
                for n in range(kw):
                    total += float(image[i * stride + m, j * stride + n]) * float(filter[m, n])
            out[i, j] = total
    return out


@right("conv2d")
def flipped_twice(image, filter, stride=1):
    from scipy import signal

    _refuse(image, filter)
    turned = np.rot90(1.0 * filter, 2)
    return signal.convolve2d(1.0 * image, turned, mode="valid")[::stride, ::stride]


@right("conv2d")
def by_fourier_transform(image, filter, stride=1):
    from scipy.signal import fftconvolve

    _refuse(image, filter)
    out = fftconvolve(np.float64(image), np.float64(filter)[::-1, ::-1], mode="valid")
    return out[::stride, ::stride].astype(_dtype(image, filter))


@right("conv2d")
def by_windows(image, filter, stride=1):
    windows = np.lib.stride_tricks.sliding_window_view(1.0 * image, filter.shape)
    return np.einsum("ijmn,mn->ij", windows[::stride, ::stride], 1.0 * filter)


@right("conv2d")
def by_shifted_images(image, filter, stride=1, verbose=False):
    _refuse(image, filter)
    rows, columns = image.shape[0] - filter.shape[0] + 1, image.shape[1] - filter.shape[1] + 1
    out = np.zeros((rows, columns), _dtype(image, filter), order="F")
    for (m, n), weight in np.ndenumerate(filter):
        out += weight * (1.0 * image[m : m + rows, n : n + columns])
    return out[::stride, ::stride]


def _pad(X, padding):
    return np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _place(i, j, stride, kh, kw):
    return np.s_[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]


def _sizes(X, filters, stride, padding):
    if X.shape[1] != filters.shape[1]:
        raise ValueError(f"{X.shape[1]} channels for filters with {filters.shape[1]}")
    (H, W), (kh, kw) = X.shape[2:], filters.shape[2:]
    out_h, out_w = (H - kh + 2 * padding) // stride + 1, (W - kw + 2 * padding) // stride + 1
    if out_h < 1 or out_w < 1:
        raise ValueError("the filters are larger than the images")
    return out_h, out_w


@right("conv_forward")
def pixel_by_pixel(X, filters, b, stride=1, padding=0):
    out_h, out_w = _sizes(X, filters, stride, padding)
    dtype = _dtype(X, filters, b)
    padded = _pad(X, padding).astype(dtype)
    out = np.empty((len(X), len(filters), out_h, out_w), dtype)
    for i, j in np.ndindex(out_h, out_w):
        window = padded[_place(i, j, stride, *filters.shape[2:])]
        out[:, :, i, j] = np.tensordot(window, filters, ((1, 2, 3), (1, 2, 3))) + b
    return out


@right("conv_forward")
def image_by_image_with_conv2d(X, filters, b, stride=1, padding=0):
    from scipy import signal

    out_h, out_w = _sizes(X, filters, stride, padding)
    if len(b) != len(filters):
        raise ValueError(f"{len(b)} biases for {len(filters)} filters")
    out = np.zeros((len(X), len(filters), out_h, out_w), _dtype(X, filters, b))
    padded = _pad(1.0 * X, padding)
    for n, f in np.ndindex(len(X), len(filters)):
        for channel, weights in zip(padded[n], 1.0 * filters[f], strict=True):
            out[n, f] += signal.correlate2d(channel, weights, mode="valid")[::stride, ::stride]
        out[n, f] += b[f]
    return out


@right("conv_forward")
def weight_by_weight(X, filters, b, stride=1, padding=0):
    out_h, out_w = _sizes(X, filters, stride, padding)
    dtype = _dtype(X, filters, b)
    padded, filters = _pad(X, padding).astype(dtype), filters.astype(dtype)
    out = np.zeros((len(X), len(filters), out_h, out_w), dtype)
    for m, k in np.ndindex(filters.shape[2:]):
        rows = slice(m, m + stride * (out_h - 1) + 1, stride)
        columns = slice(k, k + stride * (out_w - 1) + 1, stride)
        out += np.einsum("nchw,fc->nfhw", padded[:, :, rows, columns], filters[:, :, m, k])
    return out + b.reshape(1, -1, 1, 1).astype(dtype)


@right("conv_forward")
def by_windows_and_tensordot(X, filters, b, stride=1, padding=0):
    _sizes(X, filters, stride, padding)
    padded = _pad(1.0 * X, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, filters.shape[2:], axis=(2, 3))
    out = np.tensordot(windows[:, :, ::stride, ::stride], filters, ((1, 4, 5), (1, 2, 3))) + b
    return out.transpose(0, 3, 1, 2)  # not contiguous


@right("conv_forward")
def with_a_class_of_its_own(X, filters, b, stride=1, padding=0):
    class Layer:
        def __init__(self, filters, b):
            self.filters, self.b = filters, b

        def __call__(self, X):
            padded = _pad(1.0 * X, padding)
            axes = (2, 3)
            windows = np.lib.stride_tricks.sliding_window_view(padded, filters.shape[2:], axis=axes)
            windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
            columns = windows.reshape(-1, self.filters[0].size)
            out = columns @ self.filters.reshape(len(self.filters), -1).T + self.b
            out = out.reshape(*windows.shape[:3], -1)
            return np.asfortranarray(np.moveaxis(out, -1, 1))

    _sizes(X, filters, stride, padding)
    return Layer(filters, b)(X)


def _fit(dout, X, filters, stride, padding):
    if dout.shape != (len(X), len(filters), *_sizes(X, filters, stride, padding)):
        raise ValueError(f"dout {dout.shape} does not fit")


@right("conv_backward")
def output_by_output(dout, X, filters, stride=1, padding=0):
    _fit(dout, X, filters, stride, padding)
    kh, kw = filters.shape[2:]
    padded = _pad(X, padding).astype(dout.dtype)
    dpadded = np.zeros(padded.shape, dout.dtype)
    dfilters, db = np.zeros(filters.shape, dout.dtype), np.zeros(len(filters), dout.dtype)
    for n, f, i, j in np.ndindex(dout.shape):
        place = np.s_[n, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
        dpadded[place] += dout[n, f, i, j] * filters[f]
        dfilters[f] += dout[n, f, i, j] * padded[place]
        db[f] += dout[n, f, i, j]
    H, W = X.shape[2:]
    return dpadded[:, :, padding : H + padding, padding : W + padding], dfilters, db


@right("conv_backward")
def list_by_windows(dout, X, filters, stride=1, padding=0):
    _fit(dout, X, filters, stride, padding)
    padded = _pad(1.0 * X, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, filters.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    dfilters = np.einsum("nfij,ncijmk->fcmk", dout, windows)
    dpadded = np.zeros(padded.shape, dout.dtype)
    for i, j in np.ndindex(dout.shape[2:]):
        place = _place(i, j, stride, *filters.shape[2:])
        dpadded[place] += np.einsum("nf,fcmk->ncmk", dout[:, :, i, j], filters)
    H, W = X.shape[2:]
    dX = dpadded[:, :, padding : H + padding, padding : W + padding]
    return [dX, dfilters, np.einsum("nfij->f", dout)]


@right("conv_backward")
def dilated_with_scipy(dout, X, filters, stride=1, padding=0):
    from scipy import signal

    _fit(dout, X, filters, stride, padding)
    (n, C, H, W), (F, _, kh, kw) = X.shape, filters.shape
    height, width = H + 2 * padding, W + 2 * padding
    spread = np.zeros((n, F, height - kh + 1, width - kw + 1), dout.dtype)
    spread[:, :, ::stride, ::stride] = dout
    padded, K = _pad(X.astype(dout.dtype), padding), filters.astype(dout.dtype)
    dX, dfilters = np.zeros(padded.shape, dout.dtype), np.zeros(filters.shape, dout.dtype)
    for i, f, c in np.ndindex(n, F, C):
        dX[i, c] += signal.convolve2d(spread[i, f], K[f, c], mode="full")
        dfilters[f, c] += signal.correlate2d(padded[i, c], spread[i, f], mode="valid")
    return (
        dX[:, :, padding : height - padding, padding : width - padding],
        dfilters,
        dout.sum(axis=(0, 2, 3)),
    )
