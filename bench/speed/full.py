"""Measures the accuracy and time of full training with the solutions' own settings.

A CNN of 8 filters memorizes the training images and stays near 98.1%, whatever the rate and the
number of epochs. It gets further with what chapter 4.5 teaches: momentum, and images shifted by a
pixel.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch2_3_mini_batches import minibatches
from solutions.ch3_3_forward_mlp import forward_mlp
from solutions.ch3_4_backpropagation import train_mlp
from solutions.ch4_3_pooling_cnn import cnn_loss, forward_cnn, train_cnn
from solutions.ch4_5_momentum_capstone import (
    SHIFTS,
    momentum_update,
    predict_capstone,
    train_capstone,
)

from . import workers
from .contenders import BATCH_SIZE, judge
from .models import Images

if TYPE_CHECKING:
    from .workers import Bench

SEED = 0


def train_shifted_cnn(
    X: np.ndarray, y: np.ndarray, lr: float, epochs: int, rng: np.random.Generator
) -> tuple[list[np.ndarray], Sequence[float]]:
    """Train the network of `train_cnn` in the way of `train_capstone`."""
    params, _ = train_cnn(X, y, epochs=0, rng=rng)
    velocities, losses = [np.zeros_like(param) for param in params], []
    y, updates = y.astype(X.dtype), epochs * -(-len(X) // BATCH_SIZE)  # rounded up
    for _ in range(epochs):
        for images, labels in minibatches(X, y, BATCH_SIZE, rng):
            shifted = np.roll(images, rng.choice(SHIFTS), axis=(2, 3))
            loss, grads = cnn_loss(shifted, labels, params)
            rate = lr * (1 - len(losses) / updates)
            losses.append(loss)
            for i, grad in enumerate(grads):
                velocities[i] = momentum_update(velocities[i], grad, 0.9, rate)
                params[i] += velocities[i]
    return params, losses


SETTINGS = {  # the arguments of each training function, and the target accuracy on MNIST
    "MLP": {"arguments": {"epochs": 15, "lr": 0.2}, "limit": 0.98},
    "CNN": {"arguments": {"epochs": 10, "lr": 0.02}, "limit": 0.983},
    "capstone": {"arguments": {}, "limit": 0.99},
}
TRAIN = {"MLP": train_mlp, "CNN": train_shifted_cnn, "capstone": train_capstone}
PREDICT = {
    "MLP": lambda X, params: forward_mlp(X, *params)[1],
    "CNN": forward_cnn,
    "capstone": predict_capstone,
}


def measure(threads: int, say: Callable[[str], object]) -> dict[str, Any]:
    """Return `{name: {"arguments", "limit", "seconds", "accuracy", "updates"}}`."""
    results = {}
    for name, settings in SETTINGS.items():
        say(f"full training: {name}")
        worker = workers.Worker(threads)
        results[name] = settings | worker.ask(train, name)
        worker.close()
    return results


def train(bench: Bench, name: str) -> dict[str, Any]:
    import data

    dataset = data.load("auto")
    shape = (-1, 1, 28, 28) if name == "CNN" else (-1, 784)
    X, X_test = dataset.X_train.reshape(shape), dataset.X_test.reshape(shape)
    images = Images(X, dataset.y_train, X_test, dataset.y_test)
    y, rng = one_hot(dataset.y_train, 10), np.random.default_rng(SEED)
    begin = time.perf_counter()
    params, losses = TRAIN[name](X, y, rng=rng, **SETTINGS[name]["arguments"])
    seconds = time.perf_counter() - begin
    accuracy = judge(lambda X: PREDICT[name](X, params), images)
    return {"seconds": seconds, "accuracy": accuracy, "updates": len(losses)}
