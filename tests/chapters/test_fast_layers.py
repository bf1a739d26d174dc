"""What `fast_layers.py` has for speed alone computes what the plain code does."""

import numpy as np
import pytest

from solutions import fast_layers
from solutions.ch3_2_activation_functions import relu
from solutions.ch4_2_convolution import conv_backward, conv_forward
from solutions.ch4_3_pooling_cnn import max_pool, max_pool_backward
from solutions.ch5_1_adam import adam_descent, adam_update


def test_adam_by_pieces_is_adam():
    """Compared with the loop that takes whole arrays, bit for bit."""
    rng = np.random.default_rng(0)
    start = [rng.normal(size=shape).astype(np.float32) for shape in [(400, 200), (200,), (3, 1)]]
    start[0] = np.asfortranarray(start[0])
    grads = [[rng.normal(size=p.shape).astype(np.float32) for p in start] for _ in range(4)]
    given = iter(grads)
    found, _ = adam_descent(
        np.zeros((4, 1)), np.zeros(4), start, 0.01, lambda *_: (0.0, next(given)), batch_size=1
    )
    for i, param in enumerate(start):
        m = v = np.zeros_like(param)
        for t, grad in enumerate(grads, 1):
            m, v, step = adam_update(m, v, grad[i], t, 0.01)
            param = param + step
        np.testing.assert_array_equal(found[i], param)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("images", "filters"),
    [
        ((64, 1, 28, 28), (8, 1, 3, 3)),
        ((5, 3, 9, 12), (2, 3, 2, 4)),  # neither pooling nor windows fit evenly
        ((1, 2, 4, 4), (1, 2, 3, 3)),  # a single pooling window
        ((3000, 1, 6, 6), (2, 1, 3, 3)),  # more examples than a piece holds
    ],
)
def test_conv_pool_is_convolution_pooling_and_relu(images, filters, dtype):
    rng = np.random.default_rng(0)
    X, filters, b = (rng.normal(size=s).astype(dtype) for s in [images, filters, filters[:1]])
    Z = conv_forward(X, filters, b)
    plain = relu(max_pool(Z, 2))
    pooled, memory = fast_layers.conv_pool(X, filters, b)
    assert pooled.dtype == dtype
    close = {"rtol": 0, "atol": 1e3 * np.finfo(dtype).eps}
    np.testing.assert_allclose(pooled, plain, **close)
    dpooled = rng.normal(size=pooled.shape).astype(dtype) / len(X)
    dZ = max_pool_backward(dpooled * (plain > 0), Z, 2)
    expected = conv_backward(dZ, X, filters)
    for found, right in zip(fast_layers.conv_pool_backward(dpooled, memory), expected, strict=True):
        assert found.shape == right.shape
        np.testing.assert_allclose(found, right, **close)
    # Once more from the same memory, for a first layer.
    dX, *found = fast_layers.conv_pool_backward(dpooled, memory, first=True)
    assert dX is None
    for gradient, right in zip(found, expected[1:], strict=True):
        np.testing.assert_allclose(gradient, right, **close)


@pytest.mark.parametrize("n", [5, 3000])  # 3000 examples are more than a piece holds
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 2), (2, 0), (2, 1), (3, 1)])
def test_convolution_from_columns_is_the_plain_one(stride, padding, n):
    rng = np.random.default_rng(0)
    X, filters, b = (rng.normal(size=s) for s in [(n, 2, 7, 6), (3, 2, 2, 3), 3])
    columns = fast_layers.im2col(X, 2, 3, stride, padding)
    out = conv_forward(X, filters, b, stride, padding)
    np.testing.assert_allclose(fast_layers.convolve(columns, filters, b), out, atol=1e-12)
    dout = rng.normal(size=out.shape)
    found = (
        fast_layers.conv_input_gradient(dout, filters, X.shape, stride, padding),
        *fast_layers.conv_filter_gradients(dout, columns),
    )
    expected = conv_backward(dout, X, filters, stride, padding)
    for gradient, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(gradient, right, atol=1e-9)


def test_columns_that_share_memory_are_read_only():
    columns = fast_layers.im2col(np.ones((1, 1, 3, 3)), 2, 2)
    with pytest.raises(ValueError, match="read-only"):
        columns += 1


def test_conv_pool_gives_each_gradient_to_one_of_equal_entries():
    """An image of one color has four winners in every window, none of them twice."""
    X, filters, b = np.ones((2, 1, 8, 8)), np.ones((3, 1, 3, 3)), np.zeros(3)
    pooled, memory = fast_layers.conv_pool(X, filters, b)
    dX, dfilters, db = fast_layers.conv_pool_backward(np.ones_like(pooled), memory)
    assert db.tolist() == [18, 18, 18]
    assert dX.sum() == dfilters.sum() == 2 * 3 * 9 * 9  # each of 54 shares reaches 9 pixels


def test_windows_larger_than_the_images_are_refused():
    with pytest.raises(ValueError, match="4 x 4 do not fit into 3 x 3"):
        fast_layers.conv_pool(np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)), np.zeros(1))


def test_memory_is_used_again_only_when_nobody_uses_it():
    size = 2**18
    first = fast_layers.empty((size,), np.float32)
    place, view = first.ctypes.data, first[5:]
    del first
    second = fast_layers.empty((size,), np.float32)
    assert second.ctypes.data != place  # the view still uses it
    second[:], view[:] = 1, 2
    assert (second == 1).all()
    del view
    assert fast_layers.empty((2, size // 2), np.float32).ctypes.data == place


def test_other_sizes_do_not_pile_up():
    for size in range(3 * fast_layers.MOST_SIZES):
        fast_layers.empty((2**17 + size,), np.uint8)
    assert sum(map(len, fast_layers.SPARE.values())) <= fast_layers.MOST_SIZES + 1
    assert fast_layers.empty((2**25,), np.uint8).flags.owndata  # too large to be kept


def test_results_of_layers_do_not_change_later():
    """Each result keeps its own memory, however many more there are."""
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(64, 1, 28, 28)).astype(np.float32) for _ in range(4)]
    columns = [fast_layers.im2col(X, 3, 3) for X in images]
    kept = [each.copy() for each in columns]
    filters, b = rng.normal(size=(8, 1, 3, 3)).astype(np.float32), np.zeros(8, np.float32)
    outs = [fast_layers.convolve(each, filters, b) for each in columns]
    copies = [out.copy() for out in outs]
    for X in images:
        fast_layers.convolve(fast_layers.im2col(X, 3, 3), filters, b)
    for array, copy in zip(columns + outs, kept + copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_pieces_are_views_in_order():
    arrays = [np.zeros((5, 7)), np.zeros(3)]
    for i, piece in enumerate(fast_layers.pieces(arrays, 10)):
        piece[:] = i
    assert arrays[0].ravel().tolist() == [0] * 10 + [1] * 10 + [2] * 10 + [3] * 5
    assert arrays[1].tolist() == [4] * 3
