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
    raise NotImplementedError("write `conv2d`")


def examples_last(X):
    """Lay images out in memory with the examples last; no work where they lie so already.

    Args:
        X: array of shape (n, C, H, W).

    Returns:
        Contiguous array of shape (C, H, W, n). Integers give float64.

    >>> examples_last(np.arange(4).reshape(2, 1, 1, 2)).tolist()
    [[[[0.0, 2.0], [1.0, 3.0]]]]
    """
    raise NotImplementedError("write `examples_last`")


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
    raise NotImplementedError("write `im2col`")


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
    raise NotImplementedError("write `in_pieces`")


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
    raise NotImplementedError("write `convolve`")


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
    raise NotImplementedError("write `conv_forward`")


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
    raise NotImplementedError("write `conv_filter_gradients`")


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
    raise NotImplementedError("write `conv_input_gradient`")


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
    raise NotImplementedError("write `conv_backward`")


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
