"""Fast convolution, pooling and updates: a gift to read and use, with nothing to write.

This file is complete, in `exercises` too. No chapter asks for it and nothing in it is graded.
Chapters 4.2 and 4.3 have you write these layers in their clearest form; the functions here compute
the same numbers several times faster, and networks that train for minutes may use them. Your own
`conv_forward`, `conv_backward`, `max_pool` and `max_pool_backward` earn just as many points.

Where the speed comes from:

- All the windows that a filter sees become the columns of one matrix ("im2col"), so that a whole
  layer is one matrix product, and so is the gradient of its filters. Windows below each other have
  rows of pixels in common; these are stored once.
- Images are still indexed (n, C, H, W), but lie in memory with the examples last: the same pixel
  of all images side by side. Processors are fastest at such long rows of numbers.
- The columns are computed once and kept for the way back.
- Convolution and pooling are one operation (`conv_pool`): the four entries of every pooling window
  are computed as separate arrays, from half as many columns. Comparing whole arrays is fast.
- What was just computed is used at once, while it is in the processor's cache.
- Memory is used again, and starts where a line of the processor's cache starts. Fresh memory comes
  from the operating system page by page, which takes longer than the arithmetic.
"""

from collections import defaultdict
from functools import reduce
from math import prod

import numpy as np

LENT = range(2**17, 2**24)  # bytes; smaller arrays are cheap, and larger ones are not kept
SPARE = defaultdict(list)  # memory that no array uses any longer, by its size
MOST_SIZES = 16
UPPER_LOWER = slice(None, -1), slice(1, None)  # all rows but the last, all but the first


class Loan:
    """Memory lent to an array and its views; when the last of them is gone, it is spare again."""

    def __init__(self, memory):
        self.memory = memory
        self.__array_interface__ = memory.__array_interface__  # by this, NumPy finds the memory

    def __del__(self, spare=SPARE):
        if len(spare) > MOST_SIZES:  # the sizes have changed: give the old ones back
            spare.clear()
        spare[self.memory.nbytes].append(self.memory)


def empty(shape, dtype):
    """Make an array with arbitrary contents, as `np.empty` does, in spare memory if there is any.

    >>> empty((2, 3), np.float32).shape
    (2, 3)
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    if size not in LENT:
        return np.empty(shape, dtype)
    try:
        memory = SPARE[size].pop()
    except IndexError:  # none is spare
        memory = aligned(size)
    return np.asarray(Loan(memory)).view(dtype).reshape(shape)


def aligned(size):
    """Make `size` bytes of memory at a multiple of 64, which processors read in one go."""
    memory = np.empty(size + 63, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + size]


def contiguous(A, dtype):
    """Lay an array out in the order of its indices, as `np.ascontiguousarray` does.

    >>> contiguous(np.eye(2, dtype=int).T, np.float32)
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    if A.flags.c_contiguous and A.dtype == dtype:
        return A
    copy = empty(A.shape, dtype)
    copy[...] = A
    return copy


def examples_last(X):
    """Lay images (n, C, H, W) out in memory as (C, H, W, n); integers become float64.

    >>> examples_last(np.arange(4).reshape(2, 1, 1, 2)).tolist()
    [[[[0.0, 2.0], [1.0, 3.0]]]]
    """
    return contiguous(X.transpose(1, 2, 3, 0), np.result_type(X, 1.0))


def im2col(X, kh, kw, stride=1, padding=0):
    """Collect the windows that a filter sees, as columns of a matrix.

    Args:
        X: images of shape (n, C, H, W).
        kh, kw: height and width of a window.
        stride, padding: as in `conv_forward` of chapter 4.2.

    Returns:
        Array of shape (C, kh, kw, H', W', n): entry [:, u, v, i, j] holds pixel (u, v) of
        window (i, j) in every image. H' = (H - kh + 2 padding)//stride + 1, W' likewise. It is
        read-only, because windows below each other share the memory of their common rows.

    Raises:
        ValueError: if a window is larger than the padded images.

    Source: Chellapilla et al. 2006 (unrolling convolution); Cho & Brand 2017 (sharing rows).

    >>> im2col(np.arange(6).reshape(1, 1, 2, 3), 2, 2)[0, :, :, 0, 1, 0].tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    X = examples_last(X).swapaxes(0, 1)  # (H, C, W, n)
    if padding:
        X = np.pad(X, ((padding, padding), (0, 0), (padding, padding), (0, 0)))
    H, C, W, n = X.shape
    if kh > H or kw > W:
        raise ValueError(f"windows of {kh} x {kw} do not fit into {H} x {W}")
    height, width = (H - kh) // stride + 1, (W - kw) // stride + 1
    strips = empty((H, C, kw, width, n), X.dtype)  # windows of a single row
    for v in range(kw):
        strips[:, :, v] = X[:, :, v : v + stride * width : stride]  # long rows copy fast
    row, *others = strips.strides
    windows = np.lib.stride_tricks.as_strided(  # a view of kh strips below each other
        strips, (height, kh, C, kw, width, n), (stride * row, row, *others), writeable=False
    )
    return windows.transpose(2, 1, 3, 0, 4, 5)


def in_pieces(A, rows):
    """View (..., H', W', n), whose first axes hold `rows` entries, as a stack of small matrices.

    One huge product would not fit into the processor's cache. There is one matrix per row of the
    pictures or, where there are many examples, one per pixel.

    >>> in_pieces(np.zeros((2, 3, 5, 4, 10)), 6).shape
    (5, 1, 6, 40)
    >>> in_pieces(np.zeros((2, 3, 5, 4, 3000)), 6).shape
    (5, 4, 6, 3000)
    """
    height, width, n = A.shape[-3:]
    pieces = 1 if width * n < 2**13 else width
    return A.reshape(rows, height, pieces, -1).transpose(1, 2, 0, 3)


def convolve(columns, filters, b):
    """Compute a convolutional layer, as `conv_forward` does, from the columns of its input.

    Args:
        columns: `im2col` of the images, (C, kh, kw, H', W', n).
        filters: array of shape (F, C, kh, kw).
        b: biases of shape (F,).

    Returns:
        Array of shape (n, F, H', W'), with the examples last in memory.

    >>> columns = im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2, 2)
    >>> convolve(columns, np.ones((1, 1, 2, 2)), np.array([0.5])).tolist()
    [[[[8.5, 12.5], [20.5, 24.5]]]]
    """
    out = empty((len(filters), *columns.shape[3:]), np.result_type(columns, filters))
    products(columns, filters, out)
    out += b[:, None, None, None]  # in place: a second array would cost more than the sum
    return out.transpose(3, 0, 1, 2)  # a view: only the order of the indices changes


def products(columns, filters, out):
    """Write `convolve` without biases, in the order of memory, into `out`: (F, H', W', n)."""
    weights = filters.swapaxes(1, 2).reshape(len(filters), -1)  # (F, kh * C * kw)
    windows = in_pieces(columns.swapaxes(0, 1), weights.shape[1])  # still a view of the strips
    np.matmul(weights, windows, out=in_pieces(out, len(filters)))


def conv_filter_gradients(dout, columns):
    """Compute (dfilters, db), as `conv_backward` does, from the columns of the input.

    The first layer of a network needs no more. The gradient of its images is the expensive half.

    >>> columns, dout = im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2, 2), np.ones((1, 1, 2, 2))
    >>> dfilters, db = conv_filter_gradients(dout, columns)
    >>> dfilters.tolist(), db.tolist()
    ([[[[8.0, 12.0], [20.0, 24.0]]]], [4.0])
    """
    (*_, height, width, n), dout = columns.shape, examples_last(dout)
    if dout.shape[1:] != (height, width, n):
        raise ValueError(f"dout {dout.shape[1:]} (H', W', n) should be {(height, width, n)}")
    return product_gradients(dout, columns), channel_sums(dout)


def product_gradients(dout, columns):
    """Compute the gradient of `products` with respect to the filters; dout is (F, H', W', n)."""
    F, (C, kh, kw) = len(dout), columns.shape[:3]
    windows, dout = in_pieces(columns.swapaxes(0, 1), kh * C * kw), in_pieces(dout, F)
    dweights = np.matmul(windows, dout.swapaxes(2, 3)).sum(axis=(0, 1))  # (kh * C * kw, F)
    return dweights.T.reshape(F, kh, C, kw).swapaxes(1, 2)


def channel_sums(A):
    """Sum (F, H, W, n) over all axes but the first; a product with ones is faster than `sum`."""
    return np.dot(A.reshape(len(A), -1), np.ones(A[0].size, A.dtype))


def conv_input_gradient(dout, filters, shape, stride=1, padding=0):
    """Compute dX, as `conv_backward` does, for images of this shape, (n, C, H, W).

    >>> filters = np.array([[[[1.0, 2.0]]]])
    >>> conv_input_gradient(np.ones((1, 1, 1, 2)), filters, (1, 1, 1, 3)).tolist()
    [[[[1.0, 3.0, 2.0]]]]
    """
    (n, C, H, W), (_, _, out_h, out_w) = shape, dout.shape
    errors = examples_last(dout).reshape(len(filters), -1)  # (F, H' * W' * n)
    dX = np.zeros((C, H + 2 * padding, W + 2 * padding, n), np.result_type(errors, filters))
    for u, v in np.ndindex(filters.shape[2:]):  # pixel (u, v) of every window
        rows = slice(u, u + stride * out_h, stride)
        columns = slice(v, v + stride * out_w, stride)
        share = np.matmul(filters[:, :, u, v].T, errors).reshape(C, out_h, out_w, n)
        dX[:, rows, columns] += share  # where windows overlap, the shares add up
    return dX[:, padding : padding + H, padding : padding + W].transpose(3, 0, 1, 2)


def pool_windows(X, size):
    """Collect the entries that are pooled together.

    Returns:
        List of size * size views of X, each of shape (..., H // size, W // size). Number
        size * r + c holds entry (r, c) of every window. A ragged edge is dropped.

    >>> [entries.tolist() for entries in pool_windows(np.array([[1, 2, 9], [3, 4, 9]]), 2)]
    [[[1]], [[2]], [[3]], [[4]]]
    """
    H, W = X.shape[-2:]
    if not 1 <= size <= min(H, W):
        raise ValueError(f"windows of size {size} do not fit into {H} x {W}")
    H, W = H // size * size, W // size * size  # without the ragged edge
    return [X[..., r:H:size, c:W:size] for r, c in np.ndindex(size, size)]


def pool_max(X, size):
    """Compute what `max_pool` of chapter 4.3 does, for floats.

    >>> pool_max(np.array([[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 6.0]]), 2).tolist()
    [[4.0, 6.0]]
    """
    return reduce(np.maximum, pool_windows(X, size))  # the larger of two whole pictures at a time


def send_back(dout, X, peak, size, waiting, out):
    """Compute what `max_pool_backward` does where the largest entry of each window is known.

    Args:
        dout: gradient of the loss with respect to the pooled array.
        X: the array that was pooled, (..., H, W).
        peak: `pool_max(X, size)`, shaped like dout.
        size: as in the forward pass.
        waiting: booleans shaped like peak, True for the windows whose winner has not yet
            received its share; used up by the call.
        out: array shaped like X, for the answer. It may be X itself when X is no longer
            needed: fresh memory is slower than memory just used.

    Returns:
        out, with dout at the first largest entry of each waiting window and 0 elsewhere.

    >>> X, peak = np.array([[1.0, 2.0], [2.0, 0.0]]), np.array([[2.0]])
    >>> send_back(np.array([[7.0]]), X, peak, 2, np.array([[True]]), out=X).tolist()
    [[0.0, 7.0], [0.0, 0.0]]
    """
    *others, last = zip(pool_windows(X, size), pool_windows(out, size), strict=True)
    for entries, dentries in others:
        winner = entries == peak
        winner &= waiting
        waiting ^= winner
        np.multiply(dout, winner, out=dentries)  # a view, so this writes into out
    np.multiply(dout, waiting, out=last[1])  # windows still waiting have their winner here
    height, width = size * peak.shape[-2], size * peak.shape[-1]
    out[..., height:, :] = out[..., width:] = 0  # the ragged edge
    return out


def conv_pool(X, filters, b):
    """Compute convolution, 2 x 2 max pooling and ReLU together, as the course's networks use them.

    The four entries of a pooling window come from four windows of the filter, which lie in one
    window that is larger by a row and a column. All its rows but the last give the upper two
    entries, all but the first the lower two. Each filter is placed at the left and at the right of
    these rows, and one product gives all left and all right entries, each in an array of its own.
    Their maximum is found as in a tournament: two semifinals, one final. Biases and ReLU change no
    winner, so they wait until a quarter of the numbers is left.

    Args:
        X: images of shape (n, C, H, W).
        filters: array of shape (F, C, kh, kw).
        b: biases of shape (F,).

    Returns:
        (pooled, memory): `relu(max_pool(conv_forward(X, filters, b), 2))`, of shape
        (n, F, (H - kh + 1) // 2, (W - kw + 1) // 2), and what `conv_pool_backward` needs.

    >>> pooled, memory = conv_pool(np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3)), np.array([0.5]))
    >>> pooled.tolist()
    [[[[9.5]]]]
    """
    placed, (kh, kw) = at_sides(filters), filters.shape[2:]  # (2 * F, C, kh, kw + 1)
    windows = im2col(X, kh + 1, kw + 1, stride=2)
    pooled = empty((len(filters), *windows.shape[3:]), np.result_type(windows, filters))
    entries, semifinals = empty((2, 2, *pooled.shape), pooled.dtype), []
    for pair, rows in zip(entries, UPPER_LOWER, strict=True):
        products(windows[:, rows], placed, out=pair.reshape(-1, *pooled.shape[1:]))
        semifinals.append(play(*pair, winner=pair[1]))
    final = play(*entries[:, 1], winner=pooled)
    pooled += b[:, None, None, None]
    np.maximum(pooled, 0, out=pooled)
    memory = X.shape, placed, windows, entries, semifinals, final, pooled
    return pooled.transpose(3, 0, 1, 2), memory


def conv_pool_backward(dpooled, memory, first=False):
    """Compute (dX, dfilters, db) of `conv_pool`; first=True leaves out dX, which is then None.

    dpooled is the gradient of the loss with respect to the pooled array, memory the second result
    of `conv_pool`. A network's first layer needs no dX, which is half of the work.

    >>> _, memory = conv_pool(np.eye(4).reshape(1, 1, 4, 4), np.ones((1, 1, 3, 3)), np.zeros(1))
    >>> dX, dfilters, db = conv_pool_backward(np.array([[[[2.0]]]]), memory)
    >>> dfilters.tolist(), db.tolist()  # the winner is the window at the top left
    ([[[[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]]], [2.0])
    """
    shape, placed, windows, entries, semifinals, final, pooled = memory
    dwinner = empty(pooled.shape, entries.dtype)
    dwinner[...] = pooled > 0  # back through ReLU
    dwinner *= examples_last(dpooled)
    db = channel_sums(dwinner)
    pass_on(dwinner, final, *entries[:, 1])  # from here on the gradients of the entries
    F, dplaced = len(pooled), np.zeros(placed.shape, entries.dtype)
    for pair, rows, semifinal in zip(entries, UPPER_LOWER, semifinals, strict=True):
        pass_on(pair[1], semifinal, *pair)
        dplaced += product_gradients(pair.reshape(2 * F, *pooled.shape[1:]), windows[:, rows])
    dX = None
    if not first:
        corners = at_sides(placed.swapaxes(2, 3)).swapaxes(2, 3)  # (4 * F, C, kh + 1, kw + 1)
        dentries = entries.reshape(4 * F, *pooled.shape[1:]).transpose(3, 0, 1, 2)
        dX = conv_input_gradient(dentries, corners, shape, stride=2)
    return dX, dplaced[:F, ..., :-1] + dplaced[F:, ..., 1:], db


def at_sides(filters):
    """Place filters (F, C, kh, kw) at the left, then at the right: (2 * F, C, kh, kw + 1).

    >>> at_sides(np.array([[[[5, 6]]]])).tolist()
    [[[[5, 6, 0]]], [[[0, 5, 6]]]]
    """
    F, C, kh, kw = filters.shape
    placed = np.zeros((2 * F, C, kh, kw + 1), filters.dtype)
    placed[:F, ..., :-1] = placed[F:, ..., 1:] = filters
    return placed


def play(first, second, winner):
    """Write the larger of two entries into `winner`, and return where it is the first.

    >>> larger = np.zeros(3)
    >>> is_first = play(np.array([1.0, 5.0, 2.0]), np.array([3.0, 4.0, 2.0]), winner=larger)
    >>> is_first.tolist(), larger.tolist()
    ([False, True, True], [3.0, 5.0, 2.0])
    """
    is_first = first >= second
    np.maximum(first, second, out=winner)
    return is_first


def pass_on(dwinner, is_first, dfirst, dsecond):
    """Write the winner's gradient to the entry that won, and 0 to the other: `play` backward.

    >>> dfirst, dsecond = np.zeros((2, 3))
    >>> pass_on(np.array([1.0, 2.0, 3.0]), np.array([False, True, True]), dfirst, dsecond)
    >>> dfirst.tolist(), dsecond.tolist()
    ([0.0, 2.0, 3.0], [1.0, 0.0, 0.0])
    """
    dfirst[...] = is_first
    dfirst *= dwinner
    np.subtract(dwinner, dfirst, out=dsecond)  # last, because dsecond may be dwinner itself


def pieces(arrays, size=2**15):
    """Cut arrays into short one-dimensional views, in order; each array must be contiguous.

    A chain of operations on one piece after another finds its numbers in the processor's cache;
    on a whole layer's weights, every operation would fetch them from further away.

    >>> [piece.tolist() for piece in pieces([np.zeros((1, 3)), np.ones(2)], size=2)]
    [[0.0, 0.0], [0.0], [1.0, 1.0]]
    """
    flat = [A.reshape(-1) for A in arrays]
    return [A[start : start + size] for A in flat for start in range(0, A.size, size)]
