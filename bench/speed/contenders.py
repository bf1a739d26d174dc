"""The contenders that run on NumPy: the solutions, in one process and in two, and scikit-learn.

Each contender is a class, made for one model and its images. `epoch()` trains for one pass over the
first `share` images, shuffled in batches, and continues where the last one ended; `accuracy()` is
that on the test images.

For all contenders, Adam's averages start again in each epoch, because `adam_descent` keeps them for
one call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from solutions import two_cores
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch1_2_matrix_operations import linear
from solutions.ch2_3_mini_batches import gradient_descent, logistic_loss
from solutions.ch3_3_forward_mlp import cross_entropy, forward_mlp
from solutions.ch3_4_backpropagation import mlp_loss
from solutions.ch4_1_deep_mlp import backward_deep_mlp, forward_deep_mlp
from solutions.ch4_3_pooling_cnn import cnn_loss, forward_cnn
from solutions.ch5_1_adam import adam_descent
from solutions.ch5_4_color_images import color_cnn_loss, predict_color_cnn

if TYPE_CHECKING:
    from .models import Images, Model

BATCH_SIZE = 64


class Solutions:
    """The reference: its loss functions with `gradient_descent` or `adam_descent`."""

    share = None  # all of the images

    def __init__(self, model: Model, images: Images, start: list[np.ndarray], threads: int) -> None:
        self.model, self.images, self.start = model, images, start
        self.X, self.y = images.X, targets(model, images.labels)
        self.share = min(self.share or len(self.X), len(self.X))
        self.loss_fn = LOSSES[model.name]
        self.descend = adam_descent if model.optimizer == "adam" else gradient_descent
        self.reset()

    def reset(self) -> None:
        self.params = self.start  # `descend` makes copies
        self.rng = np.random.default_rng(0)

    def epoch(self) -> Sequence[float]:
        X, y = self.X[: self.share], self.y[: self.share]
        self.params, losses = self.descend(
            X, y, self.params, self.model.lr, self.loss_fn, BATCH_SIZE, 1, self.rng
        )
        return losses

    def accuracy(self) -> float:
        return judge(lambda X: SCORES[self.model.name](X, self.params), self.images)


class TwoCores(Solutions):
    """`two_cores.py`; its second process starts before the epochs are timed."""

    network = None

    def reset(self) -> None:
        super().reset()
        self.close()
        update = two_cores.Adam if self.model.optimizer == "adam" else two_cores.Descent
        self.network = two_cores.TwoCores(
            self.X, self.y, self.start, update(self.model.lr), BATCH_SIZE
        )

    def close(self) -> None:
        if self.network:
            self.network.close()

    def epoch(self) -> Sequence[float]:
        losses = self.network.train(1, self.rng)
        self.params = self.network.params
        return losses


def deep_mlp_loss(X, y, params):
    """What `train_deep_mlp` descends."""
    activations = forward_deep_mlp(X, params)
    return cross_entropy(activations[-1], y), backward_deep_mlp(X, activations, y, params)


LOSSES = {
    "logistic": logistic_loss,
    "mlp": mlp_loss,
    "deep": deep_mlp_loss,
    "cnn": cnn_loss,
    "blocks": color_cnn_loss,
    "adam": mlp_loss,
}
SCORES = {
    "logistic": lambda X, params: linear(X, *params),
    "mlp": lambda X, params: forward_mlp(X, *params)[1],
    "deep": lambda X, params: forward_deep_mlp(X, params)[-1],
    "cnn": forward_cnn,
    "blocks": lambda X, params: predict_color_cnn(X + 0.5, params),  # which subtracts 0.5
    "adam": lambda X, params: forward_mlp(X, *params)[1],
}


class ScikitLearn:
    """`MLPClassifier` with the same sizes, batches and rate; `partial_fit` is one epoch."""

    def __init__(self, model: Model, images: Images, start: list[np.ndarray], threads: int) -> None:
        from sklearn.neural_network import MLPClassifier

        self.images, self.start = images, start
        self.share = len(images.X)
        sizes = tuple(int(layer[6:]) for layer in model.layers if layer.startswith("dense"))
        self.net = MLPClassifier(
            hidden_layer_sizes=sizes[:-1],
            solver=model.optimizer,
            alpha=0.0,
            batch_size=BATCH_SIZE,
            learning_rate_init=model.lr,
            momentum=0.0,
            random_state=np.random.RandomState(0),
        )
        first = slice(BATCH_SIZE)
        self.net.partial_fit(
            images.X[first], images.labels[first], classes=np.unique(images.labels)
        )
        self.reset()

    def reset(self) -> None:
        for weights, start in zip(self.net.coefs_, self.start[::2], strict=True):
            weights[...] = start
        for biases, start in zip(self.net.intercepts_, self.start[1::2], strict=True):
            biases[...] = start

    def forget(self) -> None:
        if hasattr(self.net, "_optimizer"):
            del self.net._optimizer

    def epoch(self) -> None:
        self.forget()
        self.net.partial_fit(self.images.X[: self.share], self.images.labels[: self.share])

    def accuracy(self) -> float:
        return self.net.score(self.images.X_test, self.images.labels_test)


def targets(model: Model, labels: np.ndarray) -> np.ndarray:
    """Return the labels as the solutions need them: one-hot, or a column of 0 and 1; float32."""
    y = labels[:, None] if model.classes == 2 else one_hot(labels, model.classes)
    return y.astype(np.float32)


def judge(scores: Callable[[np.ndarray], np.ndarray], images: Images) -> float:
    """Return the share of correct answers on the test images, a thousand at a time."""
    right = 0
    for i in range(0, len(images.X_test), 1000):
        A, labels = scores(images.X_test[i : i + 1000]), images.labels_test[i : i + 1000]
        guesses = A[:, 0] > 0 if A.shape[1] == 1 else A.argmax(axis=1)
        right += int((guesses == labels).sum())
    return right / len(images.X_test)
