"""Convolutional layers for CNNs."""

from functools import partial

import numpy as np

from grader.vocabulary import expect, gates, oracles
from grader.vocabulary.grades import grades

GRADS = ("dX", "dfilters", "db")


def convolve_2d(image, filter, stride=1):
    """The valid cross-correlation, entry by entry."""
    image, filter = np.float64(image), np.float64(filter)
    (H, W), (kh, kw) = image.shape, filter.shape
    rows, columns = range(0, H - kh + 1, stride), range(0, W - kw + 1, stride)
    entries = [np.sum(image[i : i + kh, j : j + kw] * filter) for i in rows for j in columns]
    return np.reshape(entries, (len(rows), len(columns)))


def layer(rng, n=5, C=3, H=6, W=7, F=4, kh=3, kw=2):
    """Images, filters and biases; no two sizes are equal."""
    X = rng.normal(size=(n, C, H, W))
    return X, rng.normal(size=(F, C, kh, kw)), rng.normal(scale=3, size=F)


def whole_layer(rng):
    """uint8 images that overflow unless they are converted; integer filters and biases."""
    X = rng.integers(100, 256, size=(5, 3, 6, 7)).astype(np.uint8)
    return X, rng.integers(-9, 10, size=(4, 3, 3, 2)), rng.integers(-50, 50, size=4)


def upstream(rng, X, filters, b, stride=1, padding=0):
    """A `dout` for `conv_backward`."""
    return rng.normal(size=oracles.convolve(X, filters, b, stride, padding).shape)


def loss_of(dout):
    """A loss whose gradient in the layer's output is `dout`."""
    return lambda params: np.sum(dout * oracles.convolve(*params))


def gradients(dout, X, filters, stride=1, padding=0):
    """The adjoint of `oracles.convolve`, one output pixel at a time."""
    (_, _, H, W), (_, _, kh, kw) = X.shape, filters.shape
    padded = np.pad(np.float64(X), [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
    dX, dfilters = np.zeros(padded.shape), np.zeros(filters.shape)
    for i, j in np.ndindex(dout.shape[2:]):
        window = np.s_[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
        dX[window] += np.tensordot(dout[:, :, i, j], filters, 1)
        dfilters += np.tensordot(dout[:, :, i, j], padded[window], ((0,), (0,)))
    cut = np.s_[:, :, padding : padding + H, padding : padding + W]
    return dX[cut], dfilters, np.float64(dout).sum(axis=(0, 2, 3))


def is_backward(got, dout, *args):
    expect.close_list(got, gradients(dout, *args), GRADS)


STRIDED = [  # sizes, stride, padding
    ({"H": 7, "W": 9, "kh": 3, "kw": 3}, 2, 0),
    ({"H": 8, "W": 9, "kh": 3, "kw": 2}, 2, 0),  # the last row and the last column are not reached
    ({"H": 9, "W": 6, "kh": 2, "kw": 3}, 3, 0),
    ({"H": 6, "W": 5, "kh": 1, "kw": 2}, 3, 0),  # gaps between the windows
]
PADDED = [
    ({"H": 5, "W": 4, "kh": 3, "kw": 3}, 1, 1),
    ({"H": 4, "W": 6, "kh": 3, "kw": 2}, 1, 2),
    ({"H": 6, "W": 7, "kh": 3, "kw": 2}, 2, 1),  # the last row is not reached
    ({"H": 3, "W": 5, "kh": 5, "kw": 4}, 2, 1),  # taller than the image before padding
]
# Too large for a diagnosis to replay, because the bank's wrong versions ignore `dout.shape`.
BATCH = {"n": 64, "C": 1, "H": 32, "W": 32, "F": 2}


@grades("conv2d", points=0.5)
def test_conv2d_slides_the_filter_over_the_image_unflipped(student, rng):
    for size, window in [((5, 7), (3, 2)), ((8, 4), (2, 4)), ((6, 6), (3, 3))]:
        image, filter = rng.normal(size=size), rng.normal(size=window)
        expect.close(student.conv2d(image, filter), convolve_2d(image, filter))


@grades("conv2d", points=0.5)
def test_conv2d_moves_by_the_stride_in_both_directions(student, rng):
    for stride in [1, 2, 3, 6]:
        image, filter = rng.normal(size=(8, 11)), rng.normal(size=(3, 2))
        expect.close(student.conv2d(image, filter, stride), convolve_2d(image, filter, stride))
    image = rng.normal(size=(4, 9))
    expect.close(student.conv2d(image, filter, stride=2), convolve_2d(image, filter, 2))


@grades("conv2d", points=0.5)
def test_conv2d_takes_filters_of_any_size_up_to_the_image(student, rng):
    image = rng.normal(size=(4, 6))
    for window in [(4, 6), (1, 1), (4, 1), (1, 6), (4, 3), (2, 6)]:
        filter = rng.normal(size=window)
        expect.close(student.conv2d(image, filter), convolve_2d(image, filter))
    expect.close(student.conv2d(image, image, stride=2), convolve_2d(image, image))


@grades("conv2d", points=0.5)
def test_conv2d_keeps_float32_and_takes_integers(student, rng):
    image = rng.normal(size=(6, 5)).astype(np.float32)
    filter = rng.normal(size=(2, 3)).astype(np.float32)
    expect.close(student.conv2d(image, filter), np.float32(convolve_2d(image, filter)))
    image = rng.integers(100, 256, size=(5, 6)).astype(np.uint8)
    edges = np.array([[-1, 0, 1], [-2, 0, 2]]) * rng.integers(1, 5)
    for filter in [edges, rng.integers(100, 256, size=(3, 2)).astype(np.uint8), edges + 0.5]:
        expect.close(student.conv2d(image, filter), convolve_2d(image, filter))


@grades("conv2d", points=0.5)
def test_conv2d_refuses_a_filter_larger_than_the_image(student, rng):
    image = rng.normal(size=(4, 5))
    for window in [(5, 6), (5, 5), (4, 6), (5, 2), (3, 7)]:
        fitting = rng.normal(size=np.minimum(window, image.shape))
        expect.close(student.conv2d(image, fitting), convolve_2d(image, fitting))
        why = f"the filter {window} is larger than the image {image.shape}"
        expect.raises(ValueError, student.conv2d, image, rng.normal(size=window), why=why)


@grades("conv2d", points=0.5)
def test_conv2d_leaves_its_arguments_alone(student, rng):
    image, filter = rng.normal(size=(5, 4)), rng.normal(size=(2, 3))
    for stride in [1, 2]:
        got = expect.unchanged(student.conv2d, image, filter, stride)
        expect.close(got, convolve_2d(image, filter, stride))


@grades("conv_forward", points=0.5)
def test_conv_forward_sums_over_the_channels_and_adds_the_bias(student, rng):
    for sizes in [{}, {"n": 3, "C": 2, "H": 7, "W": 4, "F": 2, "kh": 2, "kw": 4}]:
        X, filters, b = layer(rng, **sizes)
        expect.close(student.conv_forward(X, filters, b), oracles.convolve(X, filters, b))


@grades("conv_forward", points=0.5)
def test_conv_forward_moves_by_the_stride(student, rng):
    for sizes, stride, _ in STRIDED:
        args = layer(rng, **sizes)
        expect.close(student.conv_forward(*args, stride), oracles.convolve(*args, stride))


@grades("conv_forward", points=0.5)
def test_conv_forward_pads_with_zeros_on_every_side(student, rng):
    for sizes, stride, padding in PADDED:
        args = layer(rng, **sizes)
        got = student.conv_forward(*args, stride=stride, padding=padding)
        expect.close(got, oracles.convolve(*args, stride, padding))


@grades("conv_forward", points=0.5)
def test_conv_forward_keeps_float32_and_takes_integers(student, rng):
    args = [np.float32(arg) for arg in layer(rng)]
    exact = [np.float64(arg) for arg in args]
    for stride, padding in [(1, 0), (2, 1)]:
        want = np.float32(oracles.convolve(*exact, stride, padding))
        expect.close(student.conv_forward(*args, stride, padding), want)
    X, filters, b = whole_layer(rng)
    for args in [(X, filters, b), (X, filters + 0.5, b + 0.25)]:
        expect.close(student.conv_forward(*args, 1, 1), oracles.convolve(*args, 1, 1))


@grades("conv_forward", points=0.5)
def test_conv_forward_refuses_shapes_that_do_not_fit(student, rng):
    X, filters, b = layer(rng)
    expect.close(student.conv_forward(X, filters, b), oracles.convolve(X, filters, b))
    for args, why in [
        ((X, filters[:, :2], b), "`X` has 3 channels and the filters have 2"),
        ((X[:, :2], filters, b), "`X` has 2 channels and the filters have 3"),
        ((X, filters[:, :1], b), "`X` has 3 channels and the filters have 1"),
        ((X[:, :1], filters, b), "`X` has 1 channel and the filters have 3"),
        ((X[:, :, :2], filters, b), "the filters are taller than the images"),
    ]:
        expect.refuses(student.conv_forward, *args, why=why)


@grades("conv_forward", points=0.5)
def test_conv_forward_leaves_its_arguments_alone_and_takes_one_image(student, rng):
    for sizes in [{"n": 1}, {"n": 1, "C": 1, "F": 1}, {"C": 1}]:
        args = layer(rng, **sizes)
        for stride, padding in [(1, 0), (2, 1)]:
            got = expect.unchanged(student.conv_forward, *args, stride, padding)
            expect.close(got, oracles.convolve(*args, stride, padding))


@grades("conv_forward", points=0.5)
def test_conv_forward_leaves_the_loops_to_numpy(student, rng):
    def draw():
        args = layer(rng, n=16, C=3, H=20, W=20, F=16, kh=3, kw=3)
        check = partial(expect.close, want=oracles.convolve(*args))
        return partial(student.conv_forward.call, *args), check

    call, check = draw()  # this call also does the imports, so that they are not timed
    check(call().reply.value)
    weights, window = np.ones((16, 27)), np.ones(27)

    def calibrate():
        """One small matrix product for each image and output pixel."""
        for _ in range(16 * 18 * 18):
            weights @ window

    gates.vectorized(
        draw,
        calibrate,
        factor=25,
        what="`conv_forward`",
        against="one small matrix product for each image and output pixel",
    )


@grades("conv_backward", points=1)
def test_conv_backward_is_the_gradient_in_every_coordinate(student, rng):
    for sizes in [{"H": 4, "W": 5}, {"n": 3, "C": 2, "H": 5, "W": 4, "F": 2, "kh": 2, "kw": 3}]:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b)
        got = student.conv_backward(dout, X, filters)
        expect.gradient(got, loss_of(dout), [X, filters, b], GRADS)


@grades("conv_backward", points=0.5)
def test_conv_backward_gives_pixels_that_no_window_touches_zero_gradient(student, rng):
    for sizes, stride, _ in STRIDED:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b, stride)
        got = student.conv_backward(dout, X, filters, stride)
        is_backward(got, dout, X, filters, stride)


@grades("conv_backward", points=0.5)
def test_conv_backward_removes_the_padding(student, rng):
    for sizes, stride, padding in PADDED:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b, stride, padding)
        got = student.conv_backward(dout, X, filters, stride=stride, padding=padding)
        is_backward(got, dout, X, filters, stride, padding)


@grades("conv_backward", points=0.5)
def test_conv_backward_keeps_float32_and_takes_integers(student, rng):
    X, filters, b = (np.float32(arg) for arg in layer(rng))
    for stride, padding in [(1, 0), (2, 1)]:
        dout = np.float32(upstream(rng, X, filters, b, stride, padding))
        exact = np.float64(dout), np.float64(X), np.float64(filters)
        want = [np.float32(grad) for grad in gradients(*exact, stride, padding)]
        expect.close_list(student.conv_backward(dout, X, filters, stride, padding), want, GRADS)
    X, filters, b = whole_layer(rng)
    dout = upstream(rng, X, filters, b)
    is_backward(student.conv_backward(dout, X, filters), dout, X, filters)


@grades("conv_backward", points=0.5)
def test_conv_backward_refuses_shapes_that_do_not_fit(student, rng):
    X, filters, b = layer(rng)
    dout = upstream(rng, X, filters, b)
    is_backward(student.conv_backward(dout, X, filters), dout, X, filters)
    for args, why in [
        ((dout, X, filters[:, :2]), "`X` has 3 channels and the filters have 2"),
        ((dout, X[:, :1], filters), "`X` has 1 channel and the filters have 3"),
        ((dout[1:], X, filters), "`dout` has one example fewer than `X`"),
        ((dout[:, :1], X, filters), "`dout` is for 1 filter, but there are 4"),
    ]:
        expect.refuses(student.conv_backward, *args, why=why)
    X, filters, b = layer(rng, **BATCH)
    dout = upstream(rng, X, filters, b)
    for other in (dout[:, :, 1:], dout.repeat(2, axis=3)):
        why = f"`dout` has shape {other.shape}, the output has {dout.shape}"
        expect.refuses(student.conv_backward, other, X, filters, why=why)


@grades("conv_backward", points=0.5)
def test_conv_backward_leaves_its_arguments_alone_and_takes_one_image(student, rng):
    for sizes in [{"n": 1}, {"n": 1, "C": 1, "F": 1}, {"C": 1}]:
        X, filters, b = layer(rng, **sizes)
        for stride, padding in [(1, 0), (2, 1)]:
            dout = upstream(rng, X, filters, b, stride, padding)
            got = expect.unchanged(student.conv_backward, dout, X, filters, stride, padding)
            is_backward(got, dout, X, filters, stride, padding)
