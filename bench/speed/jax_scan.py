"""JAX on the CPU, written the way its users write it: one compiled `lax.scan` is an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .contenders import BATCH_SIZE, judge

if TYPE_CHECKING:
    from .models import Images, Model

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # of Adam, as everywhere
Params = list[jax.Array]


class JAX:
    def __init__(self, model: Model, images: Images, start: list[np.ndarray], threads: int) -> None:
        self.model, self.images, self.start = model, images, start
        self.X, self.labels = jnp.asarray(images.X), jnp.asarray(images.labels)
        self.share = len(images.X)
        self.train = jax.jit(self.run)
        self.predict = jax.jit(self.scores)
        self.reset()
        self.epoch()  # compiles for this number of batches
        self.reset()

    def reset(self) -> None:
        self.params = [jnp.asarray(param) for param in self.start]
        self.rng = np.random.default_rng(0)  # the solutions' batches, for the same accuracy

    def epoch(self) -> list[float]:
        order = self.rng.permutation(self.share)
        full = self.share // BATCH_SIZE * BATCH_SIZE
        memory = [jnp.zeros_like(param) for param in self.params]
        state, losses = (self.params, memory, memory, 0), []
        for batches in order[:full].reshape(-1, BATCH_SIZE), order[None, full:]:
            if batches.size:
                state, some = self.train(state, batches, self.X, self.labels)
                losses += np.asarray(some).tolist()
        self.params = state[0]
        jax.block_until_ready(self.params)
        return losses

    def accuracy(self) -> float:
        return judge(lambda X: np.asarray(self.predict(X, self.params)), self.images)

    def run(self, state: tuple, batches: jax.Array, X: jax.Array, labels: jax.Array) -> tuple:
        """Take one step per row of `batches`, which holds indices of images."""

        def step(state, batch):
            params, m, v, t = state
            loss, grads = jax.value_and_grad(self.loss)(params, X[batch], labels[batch])
            return self.update(params, grads, m, v, t + 1), loss

        return lax.scan(step, state, batches)

    def update(self, params: Params, grads: Params, m: Params, v: Params, t: jax.Array) -> tuple:
        pairs, lr = list(zip(params, grads, strict=True)), self.model.lr
        if self.model.optimizer != "adam":
            return [param - lr * grad for param, grad in pairs], m, v, t
        m = [BETA1 * old + (1 - BETA1) * grad for old, grad in zip(m, grads, strict=True)]
        v = [BETA2 * old + (1 - BETA2) * grad**2 for old, grad in zip(v, grads, strict=True)]
        params = [
            param - lr * mean / (1 - BETA1**t) / (jnp.sqrt(square / (1 - BETA2**t)) + EPS)
            for param, mean, square in zip(params, m, v, strict=True)
        ]
        return params, m, v, t

    def loss(self, params: Params, X: jax.Array, labels: jax.Array) -> jax.Array:
        Z = self.scores(X, params)
        if self.model.classes == 2:  # binary cross-entropy of the scores
            z, y = Z[:, 0], labels
            return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
        log_probabilities = jax.nn.log_softmax(Z)
        return -jnp.mean(jnp.take_along_axis(log_probabilities, labels[:, None], axis=1))

    def scores(self, X: jax.Array, params: Params) -> jax.Array:
        weights = iter(params)
        for layer in self.model.layers:
            kind = layer.partition(" ")[0]
            if kind == "conv":
                filters, b = next(weights), next(weights)
                X = lax.conv(X, filters, (1, 1), "VALID") + b[:, None, None]
            elif kind == "dense":
                W, b = next(weights), next(weights)
                X = X.reshape(len(X), -1) @ W + b
            elif kind == "relu":
                X = jax.nn.relu(X)
            else:
                X = lax.reduce_window(X, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return X
