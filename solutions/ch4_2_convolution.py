"""Convolutional layers for CNNs

A convolution slides one small filter over the whole image and looks for the same pattern
everywhere, with few weights:

    out[i, j] = sum over m, n of image[i + m, j + n] filter[m, n]

The filter is not flipped: mathematicians call this a cross-correlation, networks call it
convolution. A layer has several filters, sums over the channels, and works on a batch.
Fast code lays all windows side by side as columns of a matrix ("im2col"); then the whole
layer is one matrix product, and so is its gradient.

How an array is indexed and how it lies in memory are two things. Images here are indexed
(n, C, H, W), and the layers keep them in memory with the examples last: the same pixel of
all images side by side. So whatever a layer does to one pixel, it does to a long row of
numbers, and that is what processors are fast at. The functions that are not asked for here
make up this fast form; a loop over the few pixels of a filter is as right.
"""

import numpy as np

__all__ = ["conv2d", "conv_forward", "conv_backward"]


def conv2d(image, filter, stride=1):
    """Slide one filter over one image (valid cross-correlation), using `scipy.signal`.

    Import `scipy.signal` inside the function: it takes over half a second to load, which
    the chapters that build on this one would pay too. Mind that its `convolve2d` flips the
    filter and `correlate2d` does not.

    Args:
        image: array of shape (H, W), float32, float64 or integer.
        filter: array of shape (kh, kw), not larger than the image.
        stride: step of the filter in both directions, an int of at least 1.

    Returns:
        Array of shape ((H - kh)//stride + 1, (W - kw)//stride + 1), where entry (i, j) is
        the sum of image[i*stride + m, j*stride + n] * filter[m, n]: the filter is not
        flipped and stays inside the image. Integers give float64.

    Raises:
        ValueError: when the filter is larger than the image in either direction.

    Source: Goodfellow et al. 2016, section 9.1, eq. 9.6.

    >>> conv2d(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[-1, 1]])).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    # Why this form: `correlate2d` does not flip, so the filter goes in as it is; `convolve2d` with
    # `filter[::-1, ::-1]` gives the same. scipy swaps the two arrays when the second is the larger,
    # hence the check before. With a stride more is computed than kept; for large ones
    # `sliding_window_view` and one sum over each window would be better.
    from scipy import signal  # here, not above: importing it takes over half a second

    if filter.shape[0] > image.shape[0] or filter.shape[1] > image.shape[1]:
        raise ValueError(f"filter {filter.shape} is larger than the image {image.shape}")
    return signal.correlate2d(1.0 * image, 1.0 * filter, mode="valid")[::stride, ::stride]


def examples_last(X):
    """Lay images out in memory with the examples last; no work where they lie so already.

    Args:
        X: array of shape (n, C, H, W).

    Returns:
        Contiguous array of shape (C, H, W, n). Integers give float64.

    >>> examples_last(np.arange(4).reshape(2, 1, 1, 2)).tolist()
    [[[[0.0, 2.0], [1.0, 3.0]]]]
    """
    return np.ascontiguousarray(X.transpose(1, 2, 3, 0), np.result_type(X, 1.0))


def im2col(X, kh, kw, stride=1, padding=0):
    """Collect the windows that a filter sees: the matrix that turns convolution into W X.

    Args:
        X: images of shape (n, C, H, W).
        kh: height of a window.
        kw: width of a window.
        stride: step from one window to the next, an int of at least 1.
        padding: rows and columns of zeros to add on every side.

    Returns:
        Array of shape (C, kh, kw, H', W', n): entry [:, m, l, i, j] is pixel (m, l) of
        window (i, j), with H' = (H - kh + 2 padding)//stride + 1, and W' alike. Integers
        give float64.

    Raises:
        ValueError: when the window is larger than the padded image.

    Source: Chellapilla et al. 2006 (unrolling convolution).

    >>> im2col(np.arange(6).reshape(1, 1, 2, 3), 2, 2)[0, :, :, 0, 1, 0].tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    X = examples_last(X)
    if padding:
        X = np.pad(X, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(X, (kh, kw), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]  # (C, H', W', n, kh, kw), still a view on X
    return np.ascontiguousarray(windows.transpose(0, 4, 5, 1, 2, 3))  # long rows copy fast


def in_pieces(A, rows):
    """View an array as many small matrices: one huge product would not fit into the cache.

    Args:
        A: contiguous array of shape (..., H', W', n).
        rows: product of its first axes.

    Returns:
        View of shape (pieces, rows, columns): one piece for each row of the pictures or,
        where there are many examples, for each pixel.

    >>> in_pieces(np.zeros((2, 3, 5, 4, 10)), 6).shape
    (5, 6, 40)
    >>> in_pieces(np.zeros((2, 3, 5, 4, 3000)), 6).shape
    (20, 6, 3000)
    """
    height, width, n = A.shape[-3:]
    pieces = height if width * n < 2**13 else height * width
    return A.reshape(rows, pieces, -1).swapaxes(0, 1)


def convolve(columns, filters, b):
    """Compute a convolutional layer from the columns of its input.

    Args:
        columns: what `im2col` made of the images, (C, kh, kw, H', W', n).
        filters: array of shape (F, C, kh, kw).
        b: biases of shape (F,).

    Returns:
        Array of shape (n, F, H', W') as in `conv_forward`, the examples last in memory.

    Source: Chellapilla et al. 2006.

    >>> columns = im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2, 2)
    >>> convolve(columns, np.ones((1, 1, 2, 2)), np.array([0.5])).tolist()
    [[[[8.5, 12.5], [20.5, 24.5]]]]
    """
    F, weights = len(filters), filters.reshape(len(filters), -1)  # (F, C * kh * kw)
    out = np.empty((F, *columns.shape[3:]), np.result_type(columns, filters))
    np.matmul(weights, in_pieces(columns, weights.shape[1]), out=in_pieces(out, F))
    out += b[:, None, None, None]  # in place: memory for a second array costs more than the sum
    return out.transpose(3, 0, 1, 2)  # a view: only the order of the indices changes


def conv_forward(X, filters, b, stride=1, padding=0):
    """Compute a convolutional layer for a batch of images.

    Args:
        X: images of shape (n, C, H, W).
        filters: array of shape (F, C, kh, kw).
        b: biases of shape (F,), one per filter.
        stride: step of the filters in both directions, an int of at least 1.
        padding: rows and columns of zeros added on every side of the images.

    Returns:
        Array of shape (n, F, H', W') with H' = (H - kh + 2 padding)//stride + 1 and W'
        alike: the cross-correlation of each image with each filter (not flipped), summed
        over the channels, plus the filter's bias. float32 gives float32, integers float64.

    Raises:
        ValueError: when images and filters differ in their number of channels, when b has
            not the shape (F,), or when a filter is larger than the padded image.

    Source: Goodfellow et al. 2016, section 9.5, eq. 9.7 and 9.8.

    >>> X = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv_forward(X, np.ones((1, 1, 2, 2)), np.array([0.5])).tolist()
    [[[[8.5, 12.5], [20.5, 24.5]]]]
    """
    # Why this form: with the windows as columns the whole layer is one matrix product, which the
    # processor does best; it costs memory, for each pixel lies in kh*kw windows. A loop over the
    # few (m, l) of the filters needs less memory, and is as right. `im2col` and `convolve` are two
    # functions because the way back needs the same columns again.
    F, C, kh, kw = filters.shape
    if X.shape[1] != C or np.shape(b) != (F,):
        raise ValueError(f"X {X.shape}, filters {filters.shape}, b {np.shape(b)} do not fit")
    return convolve(im2col(X, kh, kw, stride, padding), filters, b)


def conv_filter_gradients(dout, columns):
    """Compute the gradients of a convolutional layer's own parameters.

    The first layer of a network needs these alone: nobody asks for the gradient of the
    images, which is the costly half.

    Args:
        dout: gradient of the loss with respect to the layer's output, (n, F, H', W').
        columns: what `im2col` made of the images that went in, (C, kh, kw, H', W', n).

    Returns:
        (dfilters, db) of shapes (F, C, kh, kw) and (F,), as in `conv_backward`.

    Raises:
        ValueError: when dout does not fit to the columns.

    Source: Goodfellow et al. 2016, section 9.5, eq. 9.11.

    >>> columns, dout = im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2, 2), np.ones((1, 1, 2, 2))
    >>> dfilters, db = conv_filter_gradients(dout, columns)
    >>> dfilters.tolist(), db.tolist()
    ([[[[8.0, 12.0], [20.0, 24.0]]]], [4.0])
    """
    (C, kh, kw, *places), dout = columns.shape, examples_last(dout)
    F = len(dout)
    if [*dout.shape[1:]] != places:
        raise ValueError(f"dout {dout.shape[1:]} (H', W', n) should be {tuple(places)}")
    windows = in_pieces(columns, C * kh * kw).swapaxes(1, 2)
    dfilters = np.matmul(in_pieces(dout, F), windows).sum(axis=0)  # (F, C * kh * kw)
    return dfilters.reshape(F, C, kh, kw), dout.reshape(F, -1).sum(axis=1)


def conv_input_gradient(dout, filters, shape, stride=1, padding=0):
    """Compute the gradient of a convolutional layer's input.

    Args:
        dout: gradient of the loss with respect to the layer's output, (n, F, H', W').
        filters: the filters, (F, C, kh, kw).
        shape: of the images that went in, (n, C, H, W).
        stride: as in the forward pass.
        padding: as in the forward pass.

    Returns:
        dX of that shape, as in `conv_backward`.

    Source: Goodfellow et al. 2016, section 9.5, eq. 9.13.

    >>> filters = np.array([[[[1.0, 2.0]]]])
    >>> conv_input_gradient(np.ones((1, 1, 1, 2)), filters, (1, 1, 1, 3)).tolist()
    [[[[1.0, 3.0, 2.0]]]]
    """
    (n, C, H, W), (_, _, out_h, out_w) = shape, dout.shape
    errors = examples_last(dout).reshape(len(filters), -1)  # (F, H' * W' * n)
    dX = np.zeros((C, H + 2 * padding, W + 2 * padding, n), np.result_type(errors, filters))
    for i, j in np.ndindex(filters.shape[2:]):  # pixel (i, j) of every window
        to_rows = slice(i, i + stride * out_h, stride)
        to_columns = slice(j, j + stride * out_w, stride)
        share = np.matmul(filters[:, :, i, j].T, errors).reshape(C, out_h, out_w, n)
        dX[:, to_rows, to_columns] += share  # where windows overlap, the shares add up
    return dX[:, padding : padding + H, padding : padding + W].transpose(3, 0, 1, 2)


def conv_backward(dout, X, filters, stride=1, padding=0):
    """Compute the gradients of a convolutional layer.

    Args:
        dout: gradient of the loss with respect to the layer's output, (n, F, H', W').
        X: the images that went in, (n, C, H, W).
        filters: the filters, (F, C, kh, kw).
        stride: as in the forward pass.
        padding: as in the forward pass.

    Returns:
        (dX, dfilters, db), shaped like X, filters and b: the chain rule applied to dout.
        Any 1/n of the loss is already in dout; none is added here.
        dfilters[f, c, m, n] sums dout[:, f, i, j] times the pixel that this weight met;
        dX gives each pixel dout times the weight, summed over all windows it was part of
        (the padding is cut off again); db sums dout over all but the filters' axis.

    Raises:
        ValueError: when X and filters differ in their number of channels, or when dout has
            not the shape that `conv_forward` returns.

    Source: Goodfellow et al. 2016, section 9.5, eq. 9.11 and 9.13.

    >>> X, dout = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2))
    >>> dX, dfilters, db = conv_backward(dout, X, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> dX.tolist()
    [[[[1.0, 3.0, 2.0], [4.0, 10.0, 6.0], [3.0, 7.0, 4.0]]]]
    >>> dfilters.tolist(), db.tolist()
    ([[[[8.0, 12.0], [20.0, 24.0]]]], [4.0])
    """
    # Why this form: it is the chain rule through a matrix product: dfilters is dout times the
    # columns; dX is the filters times dout, put back where the windows came from. They overlap, so
    # `+=`; the pixels (i, j) of all windows do not overlap among themselves, so each is one slice.
    # One product for all (i, j) would need kh*kw times the memory, and be slower for it. The
    # padding is cut off by counting from the front, since `[p:-p]` is empty for p = 0.
    F, C, kh, kw = filters.shape
    if X.shape[1] != C or dout.shape[1] != F:
        raise ValueError(f"dout {dout.shape}, X {X.shape}, filters {filters.shape} do not fit")
    dfilters, db = conv_filter_gradients(dout, im2col(X, kh, kw, stride, padding))
    return conv_input_gradient(dout, filters, X.shape, stride, padding), dfilters, db


def demo():
    """Find the edges of a handwritten digit."""
    from data import load

    digits = load("digits")
    image = digits.X_train[0].reshape(28, 28)
    edges = {
        "upper edges": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
        "left edges": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    }
    pictures = {"image": image, **{name: conv2d(image, edge) for name, edge in edges.items()}}
    for name, picture in pictures.items():
        print(f"{name}, {picture.shape}")
        for row in picture[2::2]:
            print("  " + "".join(" .:*#"[int(np.clip(value, 0, 1) * 4.99)] for value in row))
    filters = np.stack(list(edges.values()))[:, None]  # (2, 1, 3, 3)
    X = digits.X_train[:100].reshape(100, 1, 28, 28)
    print(f"{X.shape} images and {filters.shape} filters give", end=" ")
    print(f"{conv_forward(X, filters, np.zeros(2)).shape}")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
