"""The course's functions done right, in pieces: a wrong version replaces one of them.

Of other files this one uses `reference.py` alone, so that tests can copy both next to a wrong
version in a submission.
"""

from copy import copy

import numpy as np

from .reference import (
    SLOPES,
    backward_deep_mlp,
    binary_cross_entropy,
    cnn_loss,
    conv_backward,
    conv_forward,
    cross_entropy,
    deep_mlp_loss,
    forward_deep_mlp,
    forward_mlp,
    he_init,
    he_params,
    max_pool,
    max_pool_backward,
    minibatches,
    relu,
    relu_derivative,
    sigmoid,
    softmax,
)


class Gradients:
    """Right gradients of a dense network, in pieces that a mistake can replace.

    `right(delta=..., bias=..., loss=...)` is the answer of the graded function with those pieces
    in place of the right ones.
    """

    def __init__(self, inputs, A, y, weights, slope=relu_derivative, cost=None, form=list):
        if A.shape != np.shape(y):
            raise ValueError("the output and y differ in shape")
        self.inputs, self.A, self.y, self.weights, self.n = inputs, A, y, weights, len(A)
        self.slope, self.cost, self.form = slope, cost, form

    def __call__(self, loss=None, arrange=None, **pieces):
        grads = self.gradients(**pieces)
        grads = self.form(arrange(grads) if arrange else grads)
        if self.cost is None:
            return grads
        right = self.cost(self.A, self.y)
        return (loss(right) if loss else right), grads

    def gradients(self, delta=None, slope=None, weight=None, bias=None, through=np.transpose):
        """`[dW1, db1, ...]`; `delta(A, y)` is the error, `slope(A, error)` that of a layer."""
        slope = slope or (lambda A, error: self.slope(A))
        weight = weight or (lambda A, error: A.T @ error)
        bias = bias or (lambda error: error.sum(axis=0))
        error, grads = (delta(self.A, self.y) if delta else (self.A - self.y) / self.n), []
        for A, W in zip(reversed(self.inputs), reversed(self.weights), strict=True):
            grads = [weight(A, error), bias(error), *grads]
            if len(grads) < 2 * len(self.inputs):
                error = error @ through(W)
                error = error * slope(A, error)
        return grads


class BackwardMlp(Gradients):
    function = "backward_mlp"

    def __init__(self, X, A1, A2, y, W1, W2):
        super().__init__([X, A1], A2, y, [W1, W2], form=tuple)


class BackwardDeepMlp(Gradients):
    function = "backward_deep_mlp"

    def __init__(self, X, activations, y, params, activation="relu"):
        inputs = [X, *activations[:-1]]
        super().__init__(inputs, activations[-1], y, params[::2], SLOPES[activation])
        self.activation = activation


class LogisticLoss(Gradients):
    function = "logistic_loss"

    def __init__(self, X, y, params):
        W, b = params
        A = sigmoid(1.0 * X @ W + b)
        super().__init__([1.0 * X], A, y, [W], cost=binary_cross_entropy)


class MlpLoss(Gradients):
    function = "mlp_loss"

    def __init__(self, X, y, params):
        self.params, (A1, A2) = params, forward_deep_mlp(X, params)
        super().__init__([X, A1], A2, y, params[::2], cost=cross_entropy)


class BinaryLoss(Gradients):
    function = "binary_loss"

    def __init__(self, X, y, params):
        self.params, (W1, b1, W2, b2) = params, params
        A1 = relu(X @ W1 + b1)
        super().__init__([X, A1], sigmoid(A1 @ W2 + b2), y, [W1, W2], cost=binary_cross_entropy)


class CnnLoss(Gradients):
    """The dense layer's pieces, and on the way back `route` through the pooling."""

    function = "cnn_loss"

    def __init__(self, X, y, params):
        self.X, self.params, (self.filters, conv_b, W, self.b) = X, params, params
        self.hidden = relu(conv_forward(X, self.filters, conv_b))
        self.pooled = max_pool(self.hidden, 2)
        flat = self.pooled.reshape(len(X), -1)
        super().__init__([flat], softmax(flat @ W + self.b), y, [W], cost=cross_entropy)

    def gradients(self, delta=None, route=max_pool_backward, relu_slope=True, **pieces):
        error = delta(self.A, self.y) if delta else (self.A - self.y) / self.n
        dW, db = super().gradients(lambda A, y: error, **pieces)
        dpooled = (error @ self.weights[0].T).reshape(self.pooled.shape)
        self.dhidden = route(dpooled, self.hidden, 2)
        if relu_slope:
            self.dhidden = self.dhidden * (self.hidden > 0)
        _, dfilters, dconv_b = conv_backward(self.dhidden, self.X, self.filters)
        return [dfilters, dconv_b, dW, db]


class Training:
    """Right training, in pieces and settings that a mistake can replace.

    `train(lr=..., start=..., batches=..., loss_fn=..., step=...)` is the answer of the graded
    function with those in place of the right ones.
    """

    observed_as = "Run"  # the class of `shows/runs.py` that predicates see a learner's training as

    def __init__(self, X, y, **settings):
        self.X, self.y = X, y
        self.__dict__.update(settings)

    def __call__(self, start=None, batches=minibatches, loss_fn=None, step=None, **settings):
        """`start(params, rng)` changes the right start; `step(i, param, grad)` is the new param."""
        run = copy(self)
        run.__dict__.update(settings)
        X = run.X if run.X.dtype.kind == "f" else 1.0 * run.X
        rng, y = np.random.default_rng(run.rng), run.y.astype(X.dtype)
        params, losses = run.right_start(rng), []
        params = [np.asarray(param, X.dtype) for param in (start(params, rng) if start else params)]
        loss_fn = loss_fn or run.right_loss(rng)
        step = step or (lambda i, param, grad: param - run.lr * grad)
        for _ in range(run.epochs):
            for X_batch, y_batch in batches(X, y, run.batch_size, rng):
                loss, grads = loss_fn(X_batch, y_batch, params)
                losses.append(float(loss))
                pairs = enumerate(zip(params, grads, strict=True))
                params = [step(i, param, grad) for i, (param, grad) in pairs]
        return params, losses

    def right_start(self, rng):
        return he_params([self.X.shape[1], *self.hidden, self.y.shape[1]], rng, np.float64)

    def right_loss(self, rng):
        return deep_mlp_loss


class TrainDeepMlp(Training):
    function = "train_deep_mlp"
    observed_as = "MlpRun"

    def __init__(self, X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
        settings = {"lr": lr, "epochs": epochs, "batch_size": batch_size, "rng": rng}
        super().__init__(X, y, hidden=tuple(np.atleast_1d(hidden)), **settings)


class TrainMlp(TrainDeepMlp):
    function = "train_mlp"

    def __init__(self, X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
        super().__init__(X, y, hidden, lr, epochs, batch_size, rng)


class TrainCnn(Training):
    function = "train_cnn"

    def __init__(self, X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
        settings = {"lr": lr, "epochs": epochs, "batch_size": batch_size, "rng": rng}
        super().__init__(X, y, num_filters=num_filters, **settings)

    def right_start(self, rng, filter_scale=3.0, dense_scale=1 / 3):
        """As the solution draws them; the scales are factors to `he_init`."""
        (_, C, H, W), F = self.X.shape, self.num_filters
        filters, conv_b = he_init(C * 9, F, rng)
        dense, b = he_init(F * ((H - 2) // 2) * ((W - 2) // 2), self.y.shape[1], rng)
        return [filter_scale * filters.T.reshape(F, C, 3, 3), conv_b, dense_scale * dense, b]

    def right_loss(self, rng):
        return cnn_loss


def momentum(lr, mu=0.9):
    """A `step` for `Training` that goes on with a share of the step before."""
    velocities = {}

    def step(i, param, grad):
        velocities[i] = mu * velocities.get(i, 0.0) - lr * grad
        return param + velocities[i]

    return step


def regularized_step(
    X, y, params, lambda_, masks, forward=None, back=None, penalty=None, slope=True, error=None
):
    """Loss and gradients with these masks; `forward` and `back` change a mask on its way.

    `error(A, y)` stands for the output's error A - y.
    """
    inputs, alive = [X], []
    used = [mask if forward is None else forward(mask, i) for i, mask in enumerate(masks)]
    for W, b, mask in zip(params[:-2:2], params[1:-2:2], used, strict=True):
        hidden = relu(inputs[-1] @ W + b)
        alive.append(hidden > 0)
        inputs.append(hidden * mask)
    A = softmax(inputs[-1] @ params[-2] + params[-1])
    delta, grads = (error(A, y) if error else A - y) / len(X), []
    penalty = penalty or (lambda W, lambda_, n: 2 * lambda_ * W)
    for layer in reversed(range(len(inputs))):
        W = params[2 * layer]
        grads = [inputs[layer].T @ delta + penalty(W, lambda_, len(X)), delta.sum(axis=0), *grads]
        if layer > 0:
            mask = used[layer - 1] if back is None else back(masks[layer - 1], layer - 1)
            delta = delta @ W.T * mask
            delta = delta * alive[layer - 1] if slope else delta
    return cross_entropy(A, y) + lambda_ * sum(np.sum(W**2) for W in params[::2]), grads


class TrainRegularizedMlp(Training):
    function = "train_regularized_mlp"

    def __init__(
        self,
        X,
        y,
        hidden=(256, 128),
        lr=0.1,
        epochs=5,
        batch_size=64,
        lambda_=1e-4,
        p=0.8,
        rng=None,
    ):
        settings = {"lr": lr, "epochs": epochs, "batch_size": batch_size, "rng": rng}
        super().__init__(X, y, hidden=hidden, lambda_=lambda_, p=p, how={}, **settings)

    def right_loss(self, rng):
        """`how` holds the pieces of `regularized_step` that a mistake replaces."""

        def loss_fn(X, y, params):
            drawn = [rng.random((len(X), size)) < self.p for size in self.hidden]
            masks = [(kept / self.p).astype(X.dtype) for kept in drawn]
            return regularized_step(X, y, params, self.lambda_, masks, **self.how)

        return loss_fn


class Network:
    """`NeuralNetwork` of chapter 5.2, in pieces that a wrong version can replace."""

    def __init__(self, input_size, hidden_size, output_size, rng):
        self.W1, self.b1 = self._layer(input_size, hidden_size, rng)
        self.W2, self.b2 = self._layer(hidden_size, output_size, rng)

    def _layer(self, fan_in, fan_out, rng):
        return he_init(fan_in, fan_out, rng)

    def forward(self, X):
        self.A1, self.A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
        return self.A2

    def _gradients(self, X, y):
        params = [self.W1, self.b1, self.W2, self.b2]
        return backward_deep_mlp(X, [self.A1, self.A2], y, params)

    def _gradients_of(self, X, delta2, delta1):
        return [X.T @ delta1, delta1.sum(axis=0), self.A1.T @ delta2, delta2.sum(axis=0)]

    def _step(self, dW1, db1, dW2, db2, lr):
        self.W1, self.b1 = self.W1 - lr * dW1, self.b1 - lr * db1
        self.W2, self.b2 = self.W2 - lr * dW2, self.b2 - lr * db2

    def backward(self, X, y, lr):
        self._step(*self._gradients(X, y), lr)

    def _loss(self, A, y):
        return cross_entropy(A, y)

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            losses.append(self._loss(self.forward(X), y))
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        return self.forward(X).argmax(axis=1)
