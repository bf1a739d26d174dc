"""What `fast_layers.py` has for speed alone computes what the plain code does."""

import numpy as np

from solutions import fast_layers
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
