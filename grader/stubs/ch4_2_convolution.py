"""Convolutional layers for CNNs

A convolution slides one small filter over the whole image and looks for the same pattern
everywhere, with few weights:

    out[i, j] = sum over m, l of image[i + m, j + l] filter[m, l]

The filter is not flipped: mathematicians call this a cross-correlation, networks call it
convolution. A layer has several filters, sums over the channels, and works on a batch.

Nested loops in Python over every pixel are slow. Two ways around them are readable and fast
enough: loop only over the few pixels of the filter, and add up shifted copies of the image; or
collect all the windows in one array ("im2col"), and let one product sum over them. The file
`fast_layers.py` has a third version, made for speed: read it if you like, nothing depends on it.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["conv2d", "conv_forward", "conv_backward"]


def conv2d(image, filter, stride=1):
    """Slide one filter over one image (valid cross-correlation), using `scipy.signal`.

    Import `scipy.signal` inside the function: loading it takes over half a second, which the
    chapters that build on this one would pay too. Note that its `convolve2d` flips the filter
    and `correlate2d` does not.

    Args:
        image: array of shape (H, W), float32, float64 or integer.
        filter: array of shape (kh, kw), not larger than the image.
        stride: step of the filter in both directions, an int of at least 1.

    Returns:
        Array of shape ((H - kh)//stride + 1, (W - kw)//stride + 1), where entry (i, j) is
        the sum of image[i*stride + m, j*stride + l] * filter[m, l]: the filter is not
        flipped and stays inside the image. Integers give float64.

    Raises:
        ValueError: if the filter is larger than the image in either direction.

    Source: Goodfellow et al. 2016, section 9.1, eq. 9.6.

    >>> conv2d(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[-1, 1]])).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    raise NotImplementedError("write `conv2d`")


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
        likewise: the cross-correlation of each image with each filter (not flipped), summed
        over the channels, plus the filter's bias. float32 gives float32, integers float64.

    Raises:
        ValueError: if images and filters differ in their number of channels, if b has neither
            F entries nor one, or if a filter is larger than the padded image.

    Source: Goodfellow et al. 2016, section 9.5, eq. 9.7 and 9.8.

    >>> X = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv_forward(X, np.ones((1, 1, 2, 2)), np.array([0.5])).tolist()
    [[[[8.5, 12.5], [20.5, 24.5]]]]
    """
    raise NotImplementedError("write `conv_forward`")


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
        dfilters[f, c, m, l] sums dout[:, f, i, j] times the pixel that this weight met;
        dX gives each pixel dout times the weight, summed over all windows it was part of
        (the padding is cut off again); db sums dout over all axes but that of the filters.

    Raises:
        ValueError: if X and filters differ in their number of channels, or if dout does
            not have the shape that `conv_forward` returns.

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
