"""Gradient descent for optimization

The gradient points uphill on the loss; a small step against it goes down:

    W <- W - lr * dL/dW

For linear regression, with predictions X W and L = mean of (X W - y)^2 over N entries,

    dL/dW = (2 / N) X^T (X W - y)

The 2 comes from the square and stays. The alternative, trying out a grid of values, needs
exponentially more trials with every weight: a thousand trials for three weights with ten
values each, more trials than atoms in the universe for a hundred weights.
"""

import numpy as np

from .ch1_2_matrix_operations import matrix_multiply
from .ch2_1_loss_functions import mse_loss

__all__ = ["mse_gradient", "gradient_descent", "grid_search"]


def mse_gradient(X, y, W):
    """Compute the gradient of `mse_loss(X @ W, y)` with respect to W.

    Args:
        X: inputs of shape (n, d).
        y: true values of shape (n, k), usually (n, 1).
        W: weights of shape (d, k).

    Returns:
        Array of the shape of W: (2 / N) X^T (X W - y), where N = n k is the number of
        entries that the loss averages over. The factors 2 and 1/N are part of the gradient.

    Raises:
        ValueError: if y does not have the shape of X W, e.g. (n,) instead of (n, 1).

    Source: the chain rule; Goodfellow et al. 2016, section 5.1.4.

    >>> mse_gradient(np.array([[1.0], [2.0]]), np.array([[2.0], [4.0]]), np.array([[1.0]])).tolist()
    [[-5.0]]
    """
    raise NotImplementedError("write `mse_gradient`")


def gradient_descent(X, y, W, lr, loss_fn, steps=100):
    """Minimize a loss by repeated steps against its gradient, using all the data.

    Args:
        X: inputs of shape (n, d), passed to `loss_fn` as they are.
        y: true values of shape (n, k), passed to `loss_fn` as they are.
        W: initial weights, float array; it is not changed.
        lr: learning rate, a positive float.
        loss_fn: function with `loss_fn(X, y, W) -> (loss, grad)`, grad shaped like W.
        steps: number of steps.

    Returns:
        (W, losses): the weights after the last step, a new array of any float dtype, and a
        list of `steps` Python floats; losses[i] is the loss before step i, so losses[0] is
        the loss of the initial weights. Each step is W <- W - lr * grad.

    Source: Goodfellow et al. 2016, section 4.3, eq. 4.5.

    >>> def bowl(X, y, W):
    ...     return float(W[0, 0] ** 2), 2 * W
    >>> W, losses = gradient_descent(None, None, np.array([[8.0]]), 0.25, bowl, steps=3)
    >>> W.tolist(), losses
    ([[1.0]], [64.0, 16.0, 4.0])
    """
    raise NotImplementedError("write `gradient_descent`")


def grid_search(loss, candidates):
    """Find the best of several candidates by trying every one: brute force.

    Args:
        loss: function of one candidate that returns a number, of any size and sign.
        candidates: list of candidates, numbers or arrays, at least one.

    Returns:
        The candidate with the lowest `loss(candidate)`; the first one if several tie.

    Source: Goodfellow et al. 2016, section 11.4.3.

    >>> grid_search(lambda w: (w - 2) ** 2, [0, 1, 2, 3])
    2
    """
    raise NotImplementedError("write `grid_search`")


def demo():
    """Fit a line by gradient descent and by brute force, and compare the work."""
    from data import noisy_line

    x, y = noisy_line(np.random.default_rng(0))
    X = np.hstack([x, np.ones_like(x)])  # the column of ones makes W[1] the intercept

    def loss_fn(X, y, W):
        return mse_loss(matrix_multiply(X, W), y), mse_gradient(X, y, W)

    W, losses = gradient_descent(X, y, np.zeros((2, 1)), 0.1, loss_fn, steps=200)
    print(f"gradient descent: y = {W[0, 0]:.2f} x + {W[1, 0]:.2f}, loss {losses[-1]:.4f}")
    axis = np.linspace(-4, 4, 33)
    grid = [np.array([[slope], [intercept]]) for slope in axis for intercept in axis]
    best = grid_search(lambda W: loss_fn(X, y, W)[0], grid)
    loss = loss_fn(X, y, best)[0]
    print(f"grid search:      y = {best[0, 0]:.2f} x + {best[1, 0]:.2f}, loss {loss:.4f}")
    print(f"200 gradients against {len(grid)} trials; with 100 weights it would be 33^100.")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
