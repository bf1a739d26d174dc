"""The loss that 5.4's solution descends: a helper, so no check sees its gradients as such."""

import numpy as np
import pytest

from grader.vocabulary import expect, oracles
from solutions.ch5_4_color_images import color_cnn_loss, start_params


def loss_of(X, y, params):
    """By the examiner's own layers."""
    A = X
    for filters, b in (params[:2], params[2:4]):
        A = oracles.pool(np.maximum(oracles.convolve(A, filters, b), 0), 2, np.max)
    scores = A.reshape(len(X), -1) @ params[4] + params[5]
    return oracles.cross_entropy(oracles.softmax(scores), y)


@pytest.mark.parametrize(
    ("shape", "n", "k"), [((3, 12, 13), 3, 4), ((1, 10, 15), 1, 2), ((2, 11, 10), 4, 3)]
)
def test_the_loss_and_its_gradients_are_exact(shape, n, k):
    rng = np.random.default_rng(n)
    params = start_params(shape, k, rng, filters=(3, 4))
    params = [param + 0.1 * rng.normal(size=param.shape) for param in params]
    X, y = rng.normal(size=(n, *shape)), np.eye(k)[rng.integers(k, size=n)]
    loss, grads = color_cnn_loss(X, y, params)
    assert loss == pytest.approx(loss_of(X, y, params))
    wants = expect.central_differences(lambda params: loss_of(X, y, params), params)
    for got, want in zip(grads, wants, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-7)


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    params = [p.astype(np.float32) for p in start_params((3, 32, 32), 10, rng)]
    X, y = rng.random((4, 3, 32, 32), dtype=np.float32), np.eye(10, dtype=np.float32)[:4]
    _, grads = color_cnn_loss(X, y, params)
    assert {grad.dtype for grad in grads} == {np.dtype(np.float32)}
