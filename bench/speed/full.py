"""Full training with the solutions' own settings: the accuracy it reaches, and its seconds."""

import time

import numpy as np

from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch3_3_forward_mlp import forward_mlp
from solutions.ch3_4_backpropagation import train_mlp
from solutions.ch4_3_pooling_cnn import forward_cnn, train_cnn
from solutions.ch4_5_momentum_capstone import predict_capstone, train_capstone

from . import workers

SEED = 0
SETTINGS = {  # what is given to each training function, and the accuracy promised on MNIST
    "MLP": {"arguments": {"epochs": 20, "lr": 0.2}, "limit": 0.98},
    "CNN": {"arguments": {"epochs": 10, "lr": 0.1}, "limit": 0.983},
    "capstone": {"arguments": {}, "limit": 0.99},
}
TRAIN = {"MLP": train_mlp, "CNN": train_cnn, "capstone": train_capstone}
PREDICT = {
    "MLP": lambda X, params: forward_mlp(X, *params)[1],
    "CNN": forward_cnn,
    "capstone": predict_capstone,
}


def measure(threads, say):
    """`{name: {"arguments", "limit", "seconds", "accuracy", "updates"}}`."""
    found = {}
    for name, settings in SETTINGS.items():
        say(f"full training: {name}")
        worker = workers.Worker(threads)
        found[name] = settings | worker.ask(train, name)
        worker.close()
    return found


def train(bench, name):
    import data

    dataset = data.load("auto")
    shape = (-1, 1, 28, 28) if name == "CNN" else (-1, 784)
    X, X_test = dataset.X_train.reshape(shape), dataset.X_test.reshape(shape)
    y, rng = one_hot(dataset.y_train, 10), np.random.default_rng(SEED)
    begin = time.perf_counter()
    params, losses = TRAIN[name](X, y, rng=rng, **SETTINGS[name]["arguments"])
    seconds = time.perf_counter() - begin
    right = sum(
        int((PREDICT[name](X_test[i : i + 1000], params).argmax(axis=1) == labels).sum())
        for i in range(0, len(X_test), 1000)
        for labels in [dataset.y_test[i : i + 1000]]
    )
    return {"seconds": seconds, "accuracy": right / len(X_test), "updates": len(losses)}
