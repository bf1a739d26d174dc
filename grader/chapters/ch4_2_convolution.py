"""Convolutional layers for CNNs."""

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


def pixels(rng, *shape):
    """uint8 images that overflow unless they are converted."""
    return rng.integers(100, 256, size=shape).astype(np.uint8)


def whole_layer(rng):
    """Images, filters and biases of integers."""
    return (
        pixels(rng, 5, 3, 6, 7),
        rng.integers(-9, 10, size=(4, 3, 3, 2)),
        rng.integers(-50, 50, size=4),
    )


def upstream(rng, X, filters, b, stride=1, padding=0):
    """A `dout` for `conv_backward`."""
    return rng.normal(size=oracles.convolve(X, filters, b, stride, padding).shape)


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


def is_backward(got, dout, *args, only=GRADS):
    expect.close_list(got, gradients(dout, *args), GRADS, only=only, dtype=None)


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
SINGLE = [{"n": 1}, {"n": 1, "C": 1, "F": 1}, {"C": 1}]  # one image, one channel, one filter
# Too large for a diagnosis to replay, because the bank's wrong versions ignore `dout.shape`.
BATCH = {"n": 64, "C": 1, "H": 32, "W": 32, "F": 2}


CORRELATION = """where entry (i, j) is the sum of image[i*stride + m, j*stride + l] *
    filter[m, l]: the filter is not flipped and stays inside the image."""
SHAPE = "Array of shape (n, F, H', W') with H' = (H - kh + 2 padding)//stride + 1 and W' likewise"
DTYPES = "float32 in gives float32 out, float64 gives float64, integers give float64."
UNCHANGED = "No function changes its arguments."
LOOPS = """Let NumPy do the loops: the time of a function on whole arrays is compared with that of
    the matrix products it needs."""


@grades("conv2d", CORRELATION, "stride=1", points=0.75)
def test_conv2d_slides_the_filter_over_the_image_unflipped(student, rng):
    for size, window in [((5, 7), (3, 2)), ((8, 4), (2, 4)), ((6, 6), (3, 3))]:
        image, filter = rng.normal(size=size), rng.normal(size=window)
        expect.right(student.conv2d(image, filter), convolve_2d(image, filter))


@grades("conv2d", "step of the filter in both directions, an int of at least 1", points=0.75)
def test_conv2d_moves_by_the_stride_in_both_directions(student, rng):
    for stride in [1, 2, 3, 6]:
        image, filter = rng.normal(size=(8, 11)), rng.normal(size=(3, 2))
        expect.right(student.conv2d(image, filter, stride), convolve_2d(image, filter, stride))
    image = rng.normal(size=(4, 9))
    expect.right(student.conv2d(image, filter, stride=2), convolve_2d(image, filter, 2))


@grades("conv2d", "array of shape (kh, kw), not larger than the image", points=0.5)
def test_conv2d_takes_filters_of_any_size_up_to_the_image(student, rng):
    image = rng.normal(size=(4, 6))
    for window in [(4, 6), (1, 1), (4, 1), (1, 6), (4, 3), (2, 6)]:
        filter = rng.normal(size=window)
        expect.right(student.conv2d(image, filter), convolve_2d(image, filter))
    expect.right(student.conv2d(image, image, stride=2), convolve_2d(image, image))


@grades("conv2d", "(H, W), float32, float64 or integer", DTYPES, points=0.25, kind="finish")
def test_conv2d_keeps_float32(student, rng):
    expect.keeps_dtype(student.conv2d, lambda: (rng.normal(size=(6, 5)), rng.normal(size=(2, 3))))


@grades("conv2d", "Integers give float64.", DTYPES, points=0.25, kind="finish")
def test_conv2d_takes_integers(student, rng):
    edges = np.array([[-1, 0, 1], [-2, 0, 2]]) * rng.integers(1, 5)
    for filter in [edges, rng.integers(100, 256, size=(3, 2)).astype(np.uint8), edges + 0.5]:
        expect.takes_integers(student.conv2d, lambda filter=filter: (pixels(rng, 5, 6), filter))


@grades("conv2d", UNCHANGED, points=0.25, kind="finish")
def test_conv2d_leaves_its_arguments_alone(student, rng):
    for stride in [1, 2]:
        expect.leaves_arguments_alone(
            student.conv2d,
            lambda stride=stride: (rng.normal(size=(5, 4)), rng.normal(size=(2, 3)), stride),
        )


@grades(
    "conv2d",
    "if the filter is larger than the image in either direction",
    points=0.25,
    kind="finish",
)
def test_conv2d_refuses_a_filter_larger_than_the_image(student, rng):
    (image, _), _ = expect.depends_on_arguments(
        student.conv2d, lambda: (rng.normal(size=(4, 5)), rng.normal(size=(4, 5)))
    )
    for window in [(5, 6), (5, 5), (4, 6), (5, 2), (3, 7)]:
        why = f"the filter {window} is larger than the image {image.shape}"
        expect.raises(ValueError, student.conv2d, image, rng.normal(size=window), why=why)


@grades(
    "conv_forward",
    "the cross-correlation of each image with each filter (not flipped), summed over the channels",
    "stride=1",
    "padding=0",
    points=0.75,
)
def test_conv_forward_sums_over_the_channels(student, rng):
    for sizes in [{}, {"n": 3, "C": 2, "H": 7, "W": 4, "F": 2, "kh": 2, "kw": 4}, *SINGLE]:
        X, filters, b = layer(rng, **sizes)
        got = student.conv_forward(X, filters, 0 * b)
        expect.right(got, oracles.convolve(X, filters, 0 * b))


@grades("conv_forward", "plus the filter's bias", points=0.5)
def test_conv_forward_adds_the_bias_of_each_filter(student, rng):
    for sizes in [{}, {"n": 2, "C": 1, "F": 3}, {"n": 1, "F": 1}]:
        args = layer(rng, **sizes)
        expect.right(student.conv_forward(*args), oracles.convolve(*args))


@grades(
    "conv_forward",
    "step of the filters in both directions, an int of at least 1",
    SHAPE,
    points=0.5,
)
def test_conv_forward_moves_by_the_stride(student, rng):
    for sizes, stride, _ in STRIDED:
        X, filters, b = layer(rng, **sizes)
        got = student.conv_forward(X, filters, 0 * b, stride)
        expect.right(got, oracles.convolve(X, filters, 0 * b, stride))


@grades("conv_forward", "rows and columns of zeros added on every side of the images", points=0.5)
def test_conv_forward_pads_with_zeros_on_every_side(student, rng):
    for sizes, stride, padding in PADDED:
        X, filters, b = layer(rng, **sizes)
        got = student.conv_forward(X, filters, 0 * b, stride=stride, padding=padding)
        expect.right(got, oracles.convolve(X, filters, 0 * b, stride, padding))


@grades("conv_forward", "float32 gives float32", DTYPES, points=0.25, kind="finish")
def test_conv_forward_keeps_float32(student, rng):
    for how in [(1, 0), (2, 1)]:
        expect.keeps_dtype(student.conv_forward, lambda how=how: (*layer(rng), *how))


@grades("conv_forward", "integers float64", points=0.25, kind="finish")
def test_conv_forward_takes_integers(student, rng):
    def with_fractions():
        X, filters, b = whole_layer(rng)
        return X, filters + 0.5, b + 0.25

    for draw in (lambda: whole_layer(rng), with_fractions):
        expect.takes_integers(student.conv_forward, draw)


@grades("conv_forward", UNCHANGED, points=0.25, kind="finish")
def test_conv_forward_leaves_its_arguments_alone(student, rng):
    for how in [(1, 0), (2, 1)]:
        expect.leaves_arguments_alone(
            student.conv_forward, lambda how=how: (*layer(rng, n=1), *how)
        )


@grades(
    "conv_forward",
    "if images and filters differ in their number of channels",
    points=0.1,
    kind="finish",
)
def test_conv_forward_refuses_other_numbers_of_channels(student, rng):
    (X, filters, b), _ = expect.depends_on_arguments(student.conv_forward, lambda: layer(rng))
    for args, why in [
        ((X, filters[:, :2], b), "`X` has 3 channels and the filters have 2"),
        ((X[:, :2], filters, b), "`X` has 2 channels and the filters have 3"),
        ((X, filters[:, :1], b), "`X` has 3 channels and the filters have 1"),
        ((X[:, :1], filters, b), "`X` has 1 channel and the filters have 3"),
    ]:
        expect.refuses(student.conv_forward, *args, why=why)


@grades("conv_forward", "if b has neither F entries nor one", points=0.1, kind="finish")
def test_conv_forward_refuses_another_number_of_biases(student, rng):
    (X, filters, b), _ = expect.depends_on_arguments(student.conv_forward, lambda: layer(rng))
    for args, why in [
        ((X, filters, b[1:]), "there are 4 filters and 3 biases"),
        ((X, filters[1:], b), "there are 3 filters and 4 biases"),
        ((X, filters[:1], b), "there is 1 filter and there are 4 biases"),
    ]:
        expect.refuses(student.conv_forward, *args, why=why)


@grades("conv_forward", "if a filter is larger than the padded image", points=0.1, kind="finish")
def test_conv_forward_refuses_filters_larger_than_the_padded_images(student, rng):
    (X, filters, b), _ = expect.depends_on_arguments(student.conv_forward, lambda: layer(rng))
    for images, padding, why in [
        (X[:, :, :2], 0, "the filters are taller than the images"),
        (X[..., :1], 0, "the filters are wider than the images"),
        (X[:, :, :0], 1, "the filters are taller than the padded images"),
    ]:
        expect.refuses(student.conv_forward, images, filters, b, padding=padding, why=why)


@grades(
    "conv_forward",
    LOOPS,
    points=0.2,
    kind="finish",
)
def test_conv_forward_leaves_the_loops_to_numpy(student, rng):
    def large():
        return layer(rng, n=16, C=3, H=20, W=20, F=16, kh=3, kw=3)

    # This also does the imports, so that they are not timed.
    expect.depends_on_arguments(student.conv_forward, large)
    weights, window = rng.normal(size=(16, 27)), np.ones(27)

    def calibrate():
        """One small matrix product for each image and output pixel."""
        for _ in range(16 * 18 * 18):
            weights @ window

    gates.vectorized(
        lambda: gates.some_right(student.conv_forward, oracles.convolve, rng, layer(rng), large()),
        calibrate,
        factor=25,
        what="`conv_forward`",
        against="one small matrix product for each image and output pixel",
    )


@grades(
    "conv_backward",
    """dX gives each pixel dout times the weight, summed over all windows it was part of""",
    points=0.5,
)
def test_conv_backward_gives_each_pixel_the_gradients_of_all_its_windows(student, rng):
    for sizes in [
        {"n": 2, "C": 2, "H": 4, "W": 5},
        {"n": 1, "C": 2, "H": 5, "W": 4, "F": 2, "kh": 2, "kw": 3},
        *SINGLE,
    ]:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b)
        is_backward(student.conv_backward(dout, X, filters), dout, X, filters, only=["dX"])


@grades(
    "conv_backward",
    "dfilters[f, c, m, l] sums dout[:, f, i, j] times the pixel that this weight met",
    points=0.5,
)
def test_conv_backward_sums_over_images_and_windows_for_the_filters(student, rng):
    for sizes in [{"H": 4, "W": 5}, {"n": 2, "kh": 2, "kw": 3}, *SINGLE]:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b)
        is_backward(student.conv_backward(dout, X, filters), dout, X, filters, only=["dfilters"])


@grades(
    "conv_backward",
    "db sums dout over all axes but that of the filters",
    """(dX, dfilters, db), shaped like X, filters and b: the chain rule applied to dout. Any 1/n
    of the loss is already in dout; none is added here.""",
    points=0.25,
)
def test_conv_backward_sums_over_images_and_pixels_for_the_biases(student, rng):
    for sizes in [{"H": 4, "W": 5}, {"n": 3, "F": 2}, *SINGLE]:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b)
        is_backward(student.conv_backward(dout, X, filters), dout, X, filters, only=["db"])


@grades("conv_backward", "stride: as in the forward pass", "stride=1", points=0.5)
def test_conv_backward_gives_pixels_that_no_window_touches_zero_gradient(student, rng):
    for sizes, stride, _ in STRIDED:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b, stride)
        got = student.conv_backward(dout, X, filters, stride)
        is_backward(got, dout, X, filters, stride, only=["dX", "dfilters"])


@grades(
    "conv_backward",
    "padding: as in the forward pass",
    "(the padding is cut off again)",
    "padding=0",
    points=0.5,
)
def test_conv_backward_removes_the_padding(student, rng):
    for sizes, stride, padding in PADDED:
        X, filters, b = layer(rng, **sizes)
        dout = upstream(rng, X, filters, b, stride, padding)
        got = student.conv_backward(dout, X, filters, stride=stride, padding=padding)
        is_backward(got, dout, X, filters, stride, padding, only=["dX", "dfilters"])


def draw_backward(rng, how=(1, 0), **sizes):
    """All arguments of `conv_backward`; `how` is stride and padding."""
    X, filters, b = layer(rng, **sizes)
    return upstream(rng, X, filters, b, *how), X, filters, *how


@grades("conv_backward", DTYPES, points=0.25, kind="finish")
def test_conv_backward_keeps_float32(student, rng):
    for how in [(1, 0), (2, 1)]:
        expect.keeps_dtype(student.conv_backward, lambda how=how: draw_backward(rng, how), GRADS)


@grades("conv_backward", DTYPES, points=0.25, kind="finish")
def test_conv_backward_takes_integers(student, rng):
    def draw():
        X, filters, b = whole_layer(rng)
        return upstream(rng, X, filters, b), X, filters

    expect.takes_integers(student.conv_backward, draw, GRADS)


@grades("conv_backward", UNCHANGED, points=0.25, kind="finish")
def test_conv_backward_leaves_its_arguments_alone(student, rng):
    for how in [(1, 0), (2, 1)]:
        expect.leaves_arguments_alone(
            student.conv_backward, lambda how=how: draw_backward(rng, how, n=1)
        )


@grades(
    "conv_backward",
    "if X and filters differ in their number of channels",
    points=0.25,
    kind="finish",
)
def test_conv_backward_refuses_other_numbers_of_channels(student, rng):
    (dout, X, filters, *_), _ = expect.depends_on_arguments(
        student.conv_backward, lambda: draw_backward(rng)
    )
    for args, why in [
        ((dout, X, filters[:, :2]), "`X` has 3 channels and the filters have 2"),
        ((dout, X, filters[:, :1]), "`X` has 3 channels and the filters have 1"),
        ((dout, X[:, :1], filters), "`X` has 1 channel and the filters have 3"),
    ]:
        expect.refuses(student.conv_backward, *args, why=why)


@grades(
    "conv_backward",
    "if dout does not have the shape that `conv_forward` returns",
    points=0.25,
    kind="finish",
)
def test_conv_backward_refuses_a_dout_of_another_shape(student, rng):
    (dout, X, filters, *_), _ = expect.depends_on_arguments(
        student.conv_backward, lambda: draw_backward(rng)
    )
    for other, why in [
        (dout[1:], "`dout` has one example fewer than `X`"),
        (dout[:1], "`dout` has 1 example, `X` has 5"),
        (dout[:, :1], "`dout` is for 1 filter, but there are 4"),
    ]:
        expect.refuses(student.conv_backward, other, X, filters, why=why)
    dout, X, filters, *_ = draw_backward(rng, **BATCH)
    for other in (dout[:, :, 1:], dout[..., :1], dout.repeat(2, axis=3)):
        why = f"`dout` has shape {other.shape}, the output has {dout.shape}"
        expect.refuses(student.conv_backward, other, X, filters, why=why)
