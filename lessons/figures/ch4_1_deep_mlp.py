"""Pictures of lesson 4.1: the gradient by depth, the slope's power, and Xavier's compromise."""

from itertools import pairwise

import numpy as np

from data import load
from grader.pictures.style import FAINT, INK, figure, label, look, note
from solutions import ch4_1_deep_mlp as chapter
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch1_3_activation_basics import sigmoid
from solutions.ch3_2_activation_functions import tanh_derivative
from solutions.ch3_3_forward_mlp import he_init

NETWORKS = [("relu", "ReLU, He"), ("tanh", "tanh, Xavier"), ("sigmoid", "sigmoid, Xavier")]


def by_depth():
    """The gradient of the first layer over the depth of the network, for three activations."""
    digits = load("digits")
    X, y = digits.X_train[:64], one_hot(digits.y_train[:64], 10)
    fig, ax = figure("Each sigmoid layer costs the first layer three quarters of its gradient")
    depths = np.arange(1, 13)
    for i, (activation, name) in enumerate(NETWORKS):
        init = he_init if activation == "relu" else chapter.xavier_init
        norms = []
        for depth in depths:
            logs = []
            for seed in range(3):
                rng = np.random.default_rng(seed)
                sizes = [784, *[64] * depth, 10]
                params = [p for fan in pairwise(sizes) for p in init(*fan, rng)]
                activations = chapter.forward_deep_mlp(X, params, activation)
                grads = chapter.backward_deep_mlp(X, activations, y, params, activation)
                logs.append(np.log(chapter.gradient_norms(grads)[0]))
            norms.append(np.exp(np.mean(logs)))
        ax.plot(depths, norms, label=name, **look(i, marker=True))
    ax.plot(
        depths,
        norms[0] * 0.25 ** (depths - 1),
        color=FAINT,
        linestyle=":",
        label="one quarter per layer",
    )
    ax.set(yscale="log", xticks=depths)
    ax.legend(loc="lower left")
    label(ax, "number of hidden layers", "norm of dW1 (mean of 3 starts)")
    return fig


def a_quarter_at_best():
    """The slopes of sigmoid and tanh, and what their powers leave after many layers."""
    fig, (left, right) = figure("A slope of at most one quarter, raised to the depth", columns=2)
    z = np.linspace(-6, 6, 301)
    a = sigmoid(z)
    left.plot(z, tanh_derivative(z), label="tanh", **look(1))
    left.plot(z, a * (1 - a), label="sigmoid", **look(2))
    note(left, "1/4", (0, 0.25), (2.2, 0.42))
    left.legend(loc="upper right")
    left.set_ylim(0, 1.1)
    label(left, "z", "slope", "one layer")
    layers = np.arange(11)
    for i, (slope, name) in enumerate(
        [
            (1, "1: ReLU that is on"),
            (0.42, "0.42: tanh at z = 1"),
            (0.25, "0.25: sigmoid at best"),
            (0.105, "0.105: sigmoid at z = 2"),
        ]
    ):
        right.plot(layers, float(slope) ** layers, label=name, **look(i, marker=True))
    right.set(yscale="log", xticks=layers[::2], ylim=(1e-16, 10))
    right.legend(loc="lower left", title="slope at each layer")
    label(right, "number of layers", "product of the slopes", "many layers")
    return fig


def xavier_compromise():
    """Signal and error through tapering linear layers, for three rules of the variance."""
    sizes = [512, 256, 128, 64, 32, 16]
    rules = [
        ("1 / fan_in", lambda i, o: 1 / i),
        ("Xavier", lambda i, o: 2 / (i + o)),
        ("1 / fan_out", lambda i, o: 1 / o),
    ]
    fig, (left, right) = figure(
        "Keep the signal, or keep the error: Xavier settles in between", columns=2, sharey=True
    )
    for k, (name, variance) in enumerate(rules):
        forward, back = [], []
        for seed in range(8):
            rng = np.random.default_rng(seed)
            weights = []
            for fan in pairwise(sizes):
                W, _ = chapter.xavier_init(*fan, rng)
                weights.append(W * np.sqrt(variance(*fan) * sum(fan) / 2))
            A, delta = rng.normal(size=(50, sizes[0])), rng.normal(size=(50, sizes[-1]))
            signal, error = [_rms(A)], [_rms(delta)]
            for W in weights:
                A = A @ W
                signal.append(_rms(A))
            for W in reversed(weights):
                delta = delta @ W.T
                error.insert(0, _rms(delta))
            forward.append(signal)
            back.append(error)
        left.plot(np.exp(np.log(forward).mean(0)), label=name, **look(k, marker=True))
        right.plot(np.exp(np.log(back).mean(0)), label=name, **look(k, marker=True))
    for ax, title in [(left, "forward: the signal"), (right, "back: the error")]:
        ax.set(yscale="log", xticks=range(6), ylim=(0.1, 10), yticks=[0.1, 1, 10])
        ax.set_xticklabels([str(s) for s in sizes])
        ax.axhline(1, color=INK, linestyle=":", linewidth=1)
        label(ax, "units in the layer", "root mean square", title)
        ax.label_outer()
    left.legend(loc="upper left", title="variance of the weights")
    return fig


def _rms(A):
    return np.sqrt(np.mean(A**2))
