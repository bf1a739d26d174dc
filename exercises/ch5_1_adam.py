"""Adam and step sizes that adapt

Momentum averages the gradients; Adam also averages their squares, and divides by their square
root. A weight whose gradients are always small then takes steps as long as one whose gradients
are large, so one lr suits them all:

    m <- beta1 m + (1 - beta1) g          average of the gradients
    v <- beta2 v + (1 - beta2) g^2        average of their squares
    m_hat = m / (1 - beta1^t),   v_hat = v / (1 - beta2^t)
    step = -lr m_hat / (sqrt(v_hat) + eps),   W <- W + step

Both averages start from 0 and are too small at first; the two divisions correct that. In the
first update they leave -lr g / |g|: a step of length lr, whatever the gradient's scale.
"""

import numpy as np

from .ch2_3_mini_batches import minibatches
from .fast_layers import pieces

__all__ = ["adam_update"]


def adam_update(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Compute one Adam step and the two moving averages behind it.

    Args:
        m: moving average of the gradients so far, array of any shape, zeros at the start.
        v: moving average of their squares, same shape, zeros at the start.
        grad: gradient of the loss, same shape. None of the three arrays is changed.
        t: number of this update, an int that counts from 1.
        lr: learning rate, about the length of a step in each weight.
        beta1: share of m that is kept, a float with 0 <= beta1 < 1.
        beta2: share of v that is kept, a float with 0 <= beta2 < 1.
        eps: positive float, added to the root, so that a gradient of 0 gives a step of 0.

    Returns:
        (m, v, step), new arrays of the same shape: both averages without bias correction,
        ready for the next update, and the step to add to the parameter, W + step: the minus
        sign is already included. float32 gives float32, float64 and integers give float64.

    Raises:
        ValueError: if m, v and grad differ in shape.

    Source: Kingma & Ba 2015, algorithm 1.

    >>> m, v, step = adam_update(np.zeros(2), np.zeros(2), np.array([5.0, -0.01]), t=1, lr=0.5)
    >>> m.round(4).tolist(), v.round(7).tolist(), step.round(4).tolist()
    ([0.5, -0.001], [0.025, 1e-07], [-0.5, 0.5])
    """
    raise NotImplementedError("write `adam_update`")


def adam_descent(X, y, params, lr, loss_fn, batch_size=64, epochs=1, rng=None):
    """Minimize a loss by mini-batches with Adam steps (optional helper).

    Arguments and results are as in `gradient_descent` of chapter 2.3, with an int for batch_size.

    >>> def bowl(X, y, params):
    ...     return float(params[0][0] ** 2), [2 * params[0]]
    >>> X = np.zeros((2, 1))
    >>> params, losses = adam_descent(X, X, [np.array([4.0])], 1.0, bowl, batch_size=1)
    >>> [round(loss, 4) for loss in losses], params[0].round(1).tolist()
    ([16.0, 9.0], [2.0])
    """
    raise NotImplementedError("write `adam_descent`")


def demo():
    """Train the network of chapter 3.4 on digits, with plain gradient descent and with Adam."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot
    from .ch2_3_mini_batches import gradient_descent
    from .ch3_3_forward_mlp import forward_mlp, he_init
    from .ch3_4_backpropagation import mlp_loss

    digits, rng = load("digits"), np.random.default_rng(0)
    X, y = digits.X_train, one_hot(digits.y_train, 10).astype(np.float32)
    start = [param.astype(X.dtype) for param in (*he_init(784, 256, rng), *he_init(256, 10, rng))]
    for name, descent, lr in [("descent", gradient_descent, 0.1), ("Adam", adam_descent, 1e-3)]:
        rng = np.random.default_rng(1)
        params, losses = descent(X, y, start, lr, mlp_loss, batch_size=64, epochs=10, rng=rng)
        means = [np.mean(part) for part in np.array_split(losses, 10)]
        _, A2 = forward_mlp(digits.X_test, *params)
        right = (A2.argmax(axis=1) == digits.y_test).mean()
        shown = " ".join(f"{mean:.3f}" for mean in means[::3])
        print(f"{name:7} lr {lr:5}: loss in epochs 1, 4, 7, 10: {shown}; {right:.1%} right")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
