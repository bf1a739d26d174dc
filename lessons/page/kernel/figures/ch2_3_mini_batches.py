"""Gradients of mini-batches, and the losses of training with them."""

import numpy as np

from grader.boundary.arguments import Seeded
from grader.vocabulary import expect

from . import figure

EXAMPLES, EPOCHS, SECONDS = 128, 4, 30.0
AT = [np.array([[0.3], [-0.2]]), np.zeros(1)]  # where the gradients are taken


@figure("minibatches", "logistic_loss", "gradient_descent")
def gradient_noise(student, batch_size, draw):
    """Return the gradient of each batch of an epoch, that of all examples, and the losses."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat([0.0, 1.0], EXAMPLES // 2))[:, None]
    X = rng.normal(size=(EXAMPLES, 2)) + np.where(y > 0, 0.8, -0.8)

    def gradient(X, y):
        _, grads = expect.parts(student.logistic_loss(X, y, AT), "loss", "grads")
        return expect.array(expect.parts(grads, "dW", "db")[0], (2, 1))[:, 0]

    batches = student.minibatches(X, y, batch_size, Seeded(draw))
    batches = [expect.parts(batch, "X", "y") for batch in batches]
    noisy = np.array([gradient(*batch) for batch in batches])
    start, train = [np.zeros((2, 1)), np.zeros(1)], student.gradient_descent.within(SECONDS)
    got = train(X, y, start, 0.3, student.logistic_loss, batch_size, EPOCHS, Seeded(draw))
    losses = expect.losses(expect.parts(got, "params", "losses")[1])
    return {
        "gradients": noisy.tolist(),
        "full": gradient(X, y).tolist(),
        "spread": float(np.sqrt(noisy.var(axis=0).sum())),
        "epochs": (EPOCHS * np.arange(len(losses)) / len(losses)).tolist(),
        "losses": losses.tolist(),
    }
