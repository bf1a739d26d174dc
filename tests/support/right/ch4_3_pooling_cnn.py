"""Right ways to pool, and to build the network, that are not the reference's."""

import numpy as np

from grader.misconceptions.reference import conv_backward, conv_forward, he_init, max_pool, relu

from . import right


def _floats(X):
    return X if X.dtype.kind == "f" else X.astype(np.float64)


def _fit(X, size):
    if not 1 <= size <= min(X.shape[-2:]):
        raise ValueError(f"no window of size {size} fits {X.shape}")


def _split(X, size):
    """(..., H', size, W', size)."""
    _fit(X, size)
    H, W = X.shape[-2] // size, X.shape[-1] // size
    whole = _floats(X)[..., : H * size, : W * size]
    return whole.reshape(*X.shape[:-2], H, size, W, size)


@right("max_pool")
def by_reshape(X, size):
    return _split(X, size).max(axis=(-3, -1))


@right("max_pool")
def window_by_window(X, size):
    _fit(X, size)
    X = _floats(np.asarray(X))
    H, W = X.shape[-2] // size, X.shape[-1] // size
    out = np.empty((*X.shape[:-2], H, W), X.dtype)
    for i in range(H):
        for j in range(W):
            rows, columns = slice(i * size, i * size + size), slice(j * size, j * size + size)
            out[..., i, j] = np.max(X[..., rows, columns], axis=(-2, -1))
    return out


@right("max_pool")
def by_sliding_windows(X, size, stride=None):
    windows = np.lib.stride_tricks.sliding_window_view(_floats(X), (size, size), axis=(-2, -1))
    step = stride or size
    return np.asfortranarray(windows[..., ::step, ::step, :, :].max(axis=-1).max(axis=-1))


@right("max_pool")
def number_by_number(X, size):
    _fit(X, size)
    X = _floats(X)
    H, W = X.shape[-2] // size, X.shape[-1] // size
    out = np.full((*X.shape[:-2], H, W), -np.inf, X.dtype)
    for place in np.ndindex(*X.shape[:-2], H * size, W * size):
        window = (*place[:-2], place[-2] // size, place[-1] // size)
        if X[place] > out[window]:
            out[window] = X[place]
    return out


@right("avg_pool")
def mean_of_means(X, size):
    return _split(X, size).mean(axis=-1).mean(axis=-2)


@right("avg_pool")
def by_einsum(X, size):
    blocks = _split(X, size)
    return np.einsum("...iajb->...ij", blocks) / blocks.dtype.type(size * size)


@right("avg_pool")
def mean_window_by_window(X, size):
    _fit(X, size)
    X = _floats(X)
    H, W = X.shape[-2] // size, X.shape[-1] // size
    out = np.zeros((W, H, *X.shape[:-2]), X.dtype)
    for j, i in np.ndindex(W, H):
        window = X[..., i * size : (i + 1) * size, j * size : (j + 1) * size]
        out[j, i] = window.sum(axis=(-2, -1)) / size**2
    return np.moveaxis(out, (0, 1), (-1, -2))  # not contiguous


@right("avg_pool")
def by_adding_at_intervals(X, size):
    windows = np.lib.stride_tricks.sliding_window_view(_floats(X), (size, size), axis=(-2, -1))
    return np.average(windows[..., ::size, ::size, :, :], axis=(-2, -1))


def _first_of_the_winners(dout, X, size, last=False):
    out = np.zeros(X.shape, (1.0 * dout).dtype)
    for place in np.ndindex(dout.shape):
        i, j = place[-2] * size, place[-1] * size
        window = X[place[:-2]][i : i + size, j : j + size]
        best = np.flatnonzero(window == window.max())[-1 if last else 0]
        out[place[:-2]][i + best // size, j + best % size] = dout[place]
    return out


def _refuse(dout, X, size):
    if dout.shape != (*X.shape[:-2], X.shape[-2] // size, X.shape[-1] // size):
        raise ValueError(f"dout {dout.shape} does not fit")


@right("max_pool_backward")
def first_winner_takes_all(dout, X, size):
    _refuse(dout, X, size)
    return _first_of_the_winners(dout, X, size)


@right("max_pool_backward")
def last_winner_takes_all(dout, X, size):
    _refuse(dout, X, size)
    return _first_of_the_winners(dout, X, size, last=True)


@right("max_pool_backward")
def by_repeating(dout, X, size):
    _refuse(dout, X, size)
    H, W = dout.shape[-2] * size, dout.shape[-1] * size

    def large(pooled):
        return pooled.repeat(size, axis=-2).repeat(size, axis=-1)

    winners = X[..., :H, :W] == large(_split(X, size).max(axis=(-3, -1)))
    ties = _split(winners.astype(int), size).sum(axis=(-3, -1))
    edge = [(0, 0)] * (X.ndim - 2) + [(0, X.shape[-2] - H), (0, X.shape[-1] - W)]
    return np.pad(winners * large(dout / ties.astype(dout.dtype)), edge)


@right("max_pool_backward")
def by_argmax(dout, X, size):
    _refuse(dout, X, size)
    blocks = np.swapaxes(_split(X, size), -3, -2)
    windows = blocks.reshape(*dout.shape, size * size)
    share = np.zeros(windows.shape, dout.dtype)
    np.put_along_axis(share, windows.argmax(axis=-1)[..., None], dout[..., None], axis=-1)
    share = np.swapaxes(share.reshape(*dout.shape, size, size), -3, -2)
    out = np.zeros(X.shape, dout.dtype)
    H, W = dout.shape[-2] * size, dout.shape[-1] * size
    out[..., :H, :W] = share.reshape(*X.shape[:-2], H, W)
    return out


@right("flatten")
def image_by_image(X):
    return np.array([1.0 * image.flatten() for image in X])


@right("flatten")
def by_sizes(X):
    n, C, H, W = X.shape
    return np.reshape(_floats(X), (n, C * H * W))


@right("flatten")
def pixel_by_pixel(X):
    out = np.zeros((X[0].size, len(X)), _floats(X).dtype)
    for n, c, i, j in np.ndindex(X.shape):
        out[(c * X.shape[2] + i) * X.shape[3] + j, n] = X[n, c, i, j]
    return out.T  # not contiguous


def _probabilities(scores):
    """Through the logarithm of the sum of exponentials."""
    logs = np.logaddexp.reduce(scores, axis=1)
    return np.exp(scores - logs[:, None])


@right("forward_cnn")
def by_log_sum_exp(X, params):
    filters, conv_b, W, b = params
    features = relu(max_pool(conv_forward(X, filters, conv_b), 2))
    return _probabilities(features.reshape(len(X), -1) @ W + b)


@right("forward_cnn")
def bias_after_pooling(X, params):
    filters, conv_b, W, b = params
    peaks = max_pool(conv_forward(X, filters, np.zeros_like(conv_b)), 2)
    hidden = np.clip(peaks + conv_b.reshape(-1, 1, 1), 0, None)
    scores = np.einsum("ni,ik->nk", hidden.reshape(len(X), -1), W) + b
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@right("forward_cnn")
def image_after_image(X, params):
    filters, conv_b, W, b = params
    rows = []
    for image in X:
        pooled = max_pool(relu(conv_forward(image[None], filters, conv_b)), 2)
        rows.append(_probabilities(pooled.reshape(1, -1) @ W + b)[0])
    return np.stack(rows)


def _cnn(X, y, params, loss, delta):
    filters, conv_b, W, b = params
    Z = conv_forward(X, filters, conv_b)
    pooled = relu(max_pool(Z, 2))
    flat = pooled.reshape(len(X), -1)
    A = _probabilities(flat @ W + b)
    if A.shape != y.shape:
        raise ValueError(f"y {y.shape} for A {A.shape}")
    d = delta(A, y)
    dpooled = (d @ W.T).reshape(pooled.shape) * (pooled > 0)
    dZ = _first_of_the_winners(dpooled, Z, 2)
    _, dfilters, dconv_b = conv_backward(dZ, X, filters)
    return loss(A), (dfilters, dconv_b, flat.T @ d, d.sum(axis=0))


@right("cnn_loss")
def epsilon_in_the_logarithm(X, y, params):
    def loss(A):
        return -np.mean(np.log(np.sum(A * y, axis=1) + 1e-8))

    return _cnn(X, y, params, loss, lambda A, y: (A - y) / len(A))


@right("cnn_loss")
def clipped_at_1e_12(X, y, params):
    def loss(A):
        return np.array(-np.sum(y * np.log(np.clip(A, 1e-12, None))) / len(X))

    got, grads = _cnn(X, y, params, loss, lambda A, y: (A - y) / len(A))
    return [got, list(grads)]


@right("cnn_loss")
def through_the_probabilities(X, y, params):
    """The chain rule step by step: by A first, then by the scores."""

    def loss(A):
        return float(-np.mean(np.log(np.maximum(A[y.astype(bool)], 1e-15))))

    def delta(A, y):
        dA = -y / np.maximum(A, 1e-30) / len(A)
        return A * (dA - np.sum(dA * A, axis=1, keepdims=True))

    return _cnn(X, y, params, loss, delta)


def _gradients(X, y, params):
    """Quickly: windows of the images, and the first winner of each pooling window."""
    filters, conv_b, W, b = params
    n, F = len(X), len(filters)
    windows = np.lib.stride_tricks.sliding_window_view(X, (3, 3), axis=(2, 3))
    H, V = windows.shape[2] // 2, windows.shape[3] // 2
    windows = windows[:, :, : 2 * H, : 2 * V].transpose(0, 2, 3, 1, 4, 5)
    columns = windows.reshape(-1, filters[0].size)
    Z = (columns @ filters.reshape(F, -1).T + conv_b).reshape(n, H, 2, V, 2, F)
    blocks = Z.transpose(0, 5, 1, 3, 2, 4).reshape(n, F, H, V, 4)
    best = blocks.argmax(axis=-1)[..., None]
    pooled = np.maximum(np.take_along_axis(blocks, best, -1)[..., 0], 0)
    flat = pooled.reshape(n, -1)
    scores = flat @ W + b
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    A = e / e.sum(axis=1, keepdims=True)
    d = (A - y) / n
    share = np.zeros_like(blocks)
    dpooled = (d @ W.T).reshape(pooled.shape) * (pooled > 0)
    np.put_along_axis(share, best, dpooled[..., None], -1)
    rows = share.reshape(n, F, H, V, 2, 2).transpose(0, 2, 4, 3, 5, 1).reshape(-1, F)
    dfilters = (rows.T @ columns).reshape(filters.shape)
    loss = -np.mean(np.log(np.sum(A * y, axis=1) + 1e-12))
    return loss, [dfilters, rows.sum(axis=0), flat.T @ d, d.sum(axis=0)]


def _descend(X, y, params, lr, epochs, batch_size, order_of):
    losses = []
    for _ in range(epochs):
        order = order_of(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            loss, grads = _gradients(X[batch], y[batch], params)
            losses.append(loss)
            params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
    return params, losses


def _features(X):
    return ((X.shape[2] - 2) // 2) * ((X.shape[3] - 2) // 2)


@right("train_cnn")
def plain_he_init(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    rng = rng if rng is not None else np.random.default_rng()
    X, C = _floats(X), X.shape[1]
    filters, conv_b = he_init(C * 9, num_filters, rng)
    filters = filters.T.reshape(num_filters, C, 3, 3)
    params = [filters, conv_b, *he_init(num_filters * _features(X), y.shape[1], rng)]
    params = [param.astype(X.dtype) for param in params]
    y = y.astype(X.dtype)
    params, losses = _descend(X, y, params, lr, epochs, batch_size, rng.permutation)
    return tuple(params), np.array(losses)


@right("train_cnn")
def small_normal_weights(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
    rng = np.random.default_rng(rng)
    X = X.astype(np.float64)
    W = 0.01 * rng.standard_normal((num_filters * _features(X), y.shape[1]))
    filters = rng.normal(scale=np.sqrt(2 / 9), size=(num_filters, X.shape[1], 3, 3))
    params = [filters, np.zeros(num_filters), W, np.zeros(y.shape[1])]

    def shuffled(n):
        order = np.arange(n)
        rng.shuffle(order)
        return order

    return _descend(X, y, params, lr, epochs, batch_size, shuffled)


@right("train_cnn")
def uniform_weights(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None, verbose=0):
    rng = np.random.default_rng(rng)
    X, C, k = _floats(X), X.shape[1], y.shape[1]
    bound, wide = np.sqrt(6 / (9 * C)), np.sqrt(6 / (num_filters * _features(X)))
    params = [
        rng.uniform(-bound, bound, size=(num_filters, C, 3, 3)),
        np.zeros(num_filters),
        rng.uniform(-wide, wide, size=(num_filters * _features(X), k)),
        np.zeros(k),
    ]
    params = [param.astype(X.dtype) for param in params]

    def drawn(n):
        return rng.choice(n, size=n, replace=False)

    params, losses = _descend(X, y.astype(X.dtype), params, lr, epochs, batch_size, drawn)
    return [params, tuple(float(loss) for loss in losses)]
