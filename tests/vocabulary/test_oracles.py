"""The examiner's oracles against other people's libraries."""

import numpy as np
import pytest
import scipy.signal
import scipy.special
import sklearn.metrics

from grader.vocabulary import expect, oracles


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_activations(rng):
    Z = np.concatenate([rng.normal(scale=5, size=(6, 4)), [[-1e300, -800.0, 0.0, 1e300]]])
    np.testing.assert_allclose(oracles.sigmoid(Z), scipy.special.expit(Z), rtol=1e-14)
    np.testing.assert_allclose(oracles.softmax(Z[:6]), scipy.special.softmax(Z[:6], axis=1))


def test_losses(rng):
    y_pred, y = rng.normal(size=(2, 7, 3))
    want = sklearn.metrics.mean_squared_error(y, y_pred)
    assert oracles.mean_squared_error(y_pred, y) == pytest.approx(want, rel=1e-14)
    A, labels = scipy.special.softmax(y_pred, axis=1), np.array([0, 1, 2, 2, 1, 0, 1])
    want = sklearn.metrics.log_loss(labels, A)
    assert oracles.cross_entropy(A, np.eye(3)[labels]) == pytest.approx(want, rel=1e-12)
    p, truth = rng.uniform(0.1, 0.9, size=(9, 1)), np.arange(9)[:, None] % 2
    want = sklearn.metrics.log_loss(truth, p)
    assert oracles.binary_cross_entropy(p, truth) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (1, 2), (3, 1)])
def test_convolution(rng, stride, padding):
    X, filters, b = rng.normal(size=(2, 3, 7, 8)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    padded = np.pad(X, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    want = [
        [scipy.signal.correlate(image, kernel, mode="valid")[0] + bias for kernel, bias in pairs]
        for image, pairs in ((image, list(zip(filters, b, strict=True))) for image in padded)
    ]
    got = oracles.convolve(X, filters, b, stride, padding)
    np.testing.assert_allclose(got, np.array(want)[..., ::stride, ::stride], atol=1e-12)


def test_pooling_drops_the_ragged_edge(rng):
    X = rng.normal(size=(2, 3, 7, 5))
    for reduce in (np.max, np.mean):
        got = oracles.pool(X, 2, reduce)
        assert got.shape == (2, 3, 3, 2)
        for i, j in np.ndindex(3, 2):
            window = X[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            np.testing.assert_allclose(got[:, :, i, j], reduce(window, axis=(2, 3)))


def test_networks_are_their_parts(rng):
    X = rng.normal(size=(3, 1, 6, 6))
    params = [
        rng.normal(size=(2, 1, 3, 3)),
        rng.normal(size=2),
        rng.normal(size=(8, 4)),
        np.ones(4),
    ]
    features = np.maximum(oracles.convolve(X, *params[:2]), 0)
    flat = oracles.pool(features, 2, np.max).reshape(3, 8)
    want = scipy.special.softmax(flat @ params[2] + 1, axis=1)
    np.testing.assert_allclose(oracles.cnn(X, params), want)
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in [(5, 4), 4, (4, 3), 3])
    X = rng.normal(size=(6, 5))
    first, last = oracles.mlp(X, [W1, b1, W2, b2], "tanh")
    np.testing.assert_allclose(first, np.tanh(X @ W1 + b1))
    np.testing.assert_allclose(last, scipy.special.softmax(first @ W2 + b2, axis=1))


def test_accuracy():
    assert oracles.accuracy(np.eye(4), np.array([0, 1, 2, 0])) == 0.75


def test_mlp_loss_and_its_gradients(rng):
    X, y = rng.normal(size=(6, 4)), np.eye(3)[rng.integers(3, size=6)]
    shapes = [(4, 5), (5,), (5, 4), (4,), (4, 3), (3,)]
    params = [rng.normal(size=shape) for shape in shapes]
    loss, grads = oracles.mlp_loss(X, y, params)
    A = oracles.mlp(X, params)[-1]
    assert loss == pytest.approx(sklearn.metrics.log_loss(y.argmax(axis=1), A), rel=1e-12)
    wants = expect.central_differences(lambda params: oracles.mlp_loss(X, y, params)[0], params)
    for grad, want in zip(grads, wants, strict=True):
        np.testing.assert_allclose(grad, want, atol=1e-8)
