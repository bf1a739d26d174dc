"""Right answers of chapter 5.2 that are not the reference's."""

# ruff: noqa: N801 - a class bears the name of how it differs

from dataclasses import InitVar, dataclass, field

import numpy as np

from grader.misconceptions.reference import deep_mlp_loss, forward_mlp, he_init

from . import right


@right("NeuralNetwork")
class all_written_out:
    def __init__(self, input_size, hidden_size, output_size, rng):
        self.W1 = rng.standard_normal((input_size, hidden_size)) * np.sqrt(2 / input_size)
        self.b1 = np.zeros(hidden_size)
        self.W2 = rng.standard_normal((hidden_size, output_size)) * np.sqrt(2 / hidden_size)
        self.b2 = np.zeros(output_size)

    def forward(self, X):
        self.Z1 = X.dot(self.W1) + self.b1
        self.A1 = np.maximum(0, self.Z1)
        Z2 = self.A1.dot(self.W2) + self.b2
        e = np.exp(Z2 - np.max(Z2, axis=1, keepdims=True))
        self.A2 = e / np.sum(e, axis=1, keepdims=True)
        return self.A2

    def backward(self, X, y, lr=0.01):
        n = X.shape[0]
        dZ2 = self.A2 - y
        dZ1 = np.dot(dZ2, self.W2.T) * (self.Z1 > 0).astype(float)
        self.W2 -= lr * (1 / n) * np.dot(self.A1.T, dZ2)
        self.b2 -= lr * (1 / n) * np.sum(dZ2, axis=0)
        self.W1 -= lr * (1 / n) * np.dot(X.T, dZ1)
        self.b1 -= lr * (1 / n) * np.sum(dZ1, axis=0)

    def train(self, X, y, epochs=100, lr=0.01):
        losses = []
        for epoch in range(epochs):
            A = self.forward(X)
            losses.append(-np.sum(y * np.log(A + 1e-8)) / len(X))
            self.backward(X, y, lr)
            if epoch % 10 == 0:
                print(f"Epoch {epoch}, Loss: {losses[-1]:.4f}")
        return losses

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)


@right("NeuralNetwork")
class parameters_in_a_list:
    """The attributes are properties that can only be read; `backward` returns the network."""

    def __init__(self, input_size, hidden_size, output_size, rng):
        W2 = rng.normal(0, (2 / hidden_size) ** 0.5, (hidden_size, output_size))
        W1 = rng.normal(0, (2 / input_size) ** 0.5, (input_size, hidden_size))
        self.params = [W1, np.zeros(hidden_size), W2, np.zeros(output_size)]

    W1 = property(lambda self: self.params[0])
    b1 = property(lambda self: self.params[1])
    W2 = property(lambda self: self.params[2])
    b2 = property(lambda self: self.params[3])

    def forward(self, X):
        return forward_mlp(X, *self.params)[1]

    def backward(self, X, y, lr):
        self.loss, grads = deep_mlp_loss(1.0 * X, y, self.params)
        for param, grad in zip(self.params, grads, strict=True):
            param -= lr * grad
        return self

    def train(self, X, y, epochs, lr):
        return np.array([self.backward(X, y, lr).loss for _ in range(epochs)])

    def predict(self, X):
        return self.forward(X).argmax(-1).astype(np.int32)


@right("NeuralNetwork")
class in_float32:
    """The weights are float32, and so is all that is done with them."""

    def __init__(self, input_size, hidden_size, output_size, rng):
        sizes = [(input_size, hidden_size), (hidden_size, output_size)]
        (self.W1, self.b1), (self.W2, self.b2) = (self._layer(*size, rng) for size in sizes)

    def _layer(self, fan_in, fan_out, rng):
        W = rng.standard_normal((fan_in, fan_out), dtype=np.float32)
        return W * np.float32(np.sqrt(2 / fan_in)), np.zeros(fan_out, np.float32)

    def _narrow(self, X):
        return np.asarray(X, dtype=np.float32)

    def forward(self, X):
        X = self._narrow(X)
        self.A1, self.A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
        return self.A2

    def backward(self, X, y, lr):
        delta = (self.A2 - self._narrow(y)) / np.float32(len(X))
        below = (delta @ self.W2.T) * (self.A1 > 0)
        lr = np.float32(lr)
        self.W2, self.b2 = self.W2 - lr * (self.A1.T @ delta), self.b2 - lr * delta.sum(0)
        self.W1, self.b1 = self.W1 - lr * (self._narrow(X).T @ below), self.b1 - lr * below.sum(0)
        return delta, below

    def train(self, X, y, epochs, lr):
        for _ in range(epochs):
            A = self.forward(X)
            yield float(-np.log(np.maximum(A[y > 0], 1e-30)).mean())
            self.backward(X, y, lr)

    def predict(self, X):
        return self.forward(X).argmax(axis=1)


class _Layer:
    """One layer that keeps its input."""

    def __init__(self, fan_in, fan_out, rng):
        self.W, self.b = he_init(fan_in, fan_out, rng)

    def __call__(self, X):
        self.X = X
        return X @ self.W + self.b

    def back(self, delta, lr):
        below = delta @ self.W.T
        self.W = self.W - lr * np.einsum("nd,nh->dh", self.X, delta)
        self.b = self.b - lr * np.ones(len(delta)) @ delta
        return below


@right("NeuralNetwork")
class of_layer_objects:
    """The attributes are looked up in the layers."""

    def __init__(self, input_size, hidden_size, output_size, rng):
        self.layers = _Layer(input_size, hidden_size, rng), _Layer(hidden_size, output_size, rng)

    def __getattr__(self, name):
        if name in ("W1", "b1", "W2", "b2"):
            return getattr(self.layers[int(name[1]) - 1], name[0])
        raise AttributeError(name)

    def forward(self, X):
        hidden, output = self.layers
        self.H = hidden(1.0 * X)
        scores = output(np.where(self.H > 0, self.H, 0))
        scores = scores - scores.max(axis=1, keepdims=True)
        self.logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return np.exp(self.logs)

    def backward(self, X, y, lr):
        hidden, output = self.layers
        delta = (np.exp(self.logs) - y) / y.shape[0]
        hidden.back(output.back(delta, lr) * (self.H > 0), lr)

    def train(self, X, y, epochs, lr):
        losses = ()
        while len(losses) < epochs:
            self.forward(X)
            losses += (-(y * self.logs).sum() / len(y),)
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        return np.array([int(np.argmax(row)) for row in self.forward(X)])


@right("NeuralNetwork")
@dataclass
class a_dataclass:
    input_size: int
    hidden_size: int
    output_size: int
    rng: InitVar[np.random.Generator]
    W1: np.ndarray = field(init=False)

    def __post_init__(self, rng):
        self.W1, self.b1 = he_init(self.input_size, self.hidden_size, rng)
        self.W2, self.b2 = he_init(self.hidden_size, self.output_size, rng)

    def forward(self, X):
        _, A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
        return A2

    def backward(self, X, y, lr):
        loss, (dW1, db1, dW2, db2) = deep_mlp_loss(X, y, [self.W1, self.b1, self.W2, self.b2])
        self.W1, self.b1 = self.W1 - lr * dW1, self.b1 - lr * db1
        self.W2, self.b2 = self.W2 - lr * dW2, self.b2 - lr * db2
        return loss, [dW1, db1, dW2, db2]

    def train(self, X, y, epochs, lr):
        return [self.backward(X, y, lr)[0] for _ in range(epochs)]

    def predict(self, X):
        return np.argsort(-self.forward(X), axis=1)[:, 0]
