"""Gradient descent on a loss curve of one weight, at any learning rate."""

import numpy as np

from grader.vocabulary import expect

from . import figure

X, Y = np.array([[1.0], [2.0]]), np.array([[1.0], [2.0]])  # the best weight is 1
START, STEPS = -1.5, 20
RANGE = (-4.0, 6.0)


@figure("gradient_descent", "mse_gradient", "ch2_1_loss_functions mse_loss")
def learning_rates(student, lr, steps):
    """Return the loss curve, and weights and losses along the way."""
    mse_loss = student.of("ch2_1_loss_functions").mse_loss

    def loss_of(W):
        return expect.number(mse_loss(X @ W, Y))

    path = []

    def loss_fn(X, y, W):
        path.append(float(W[0, 0]))
        return loss_of(W), expect.array(student.mse_gradient(X, y, W), (1, 1))

    got = student.gradient_descent(X, Y, np.array([[START]]), lr, loss_fn, steps=steps)
    W, losses = expect.parts(got, "W", "losses")
    path.append(float(expect.array(W, (1, 1))[0, 0]))
    axis = np.linspace(*RANGE, 61)
    return {
        "axis": axis.tolist(),
        "curve": [loss_of(np.array([[w]])) for w in axis],
        "path": path,
        "losses": [*expect.losses(losses, steps).tolist(), loss_of(np.array([[path[-1]]]))],
    }
