"""Pictures of chapter 4.1: vanishing gradients in deep networks, and remedies."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect, gates
from . import digits_training, earlier, picture, style

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

WIDTHS = [196, *[64] * 8, 10]
EXAMPLES, UPDATES, LR = 100, 120, 0.03
NETWORKS = [
    ("relu", "ReLU, He start"),
    ("tanh", "tanh, Xavier start"),
    ("sigmoid", "sigmoid, Xavier start"),
]
STARTS = [(0.5, "half of `xavier_init`"), (1, "`xavier_init`"), (5, "5 times `xavier_init`")]


@picture
def vanishing_gradient(student: Student, images: LoadImages) -> Figure:
    """Show the size of the weight gradients in each layer, for three activations."""
    title = "Through layers of sigmoids, almost no gradient gets back to the first ones"
    fig, ax = style.figure(title)
    X, y = _examples(images)
    layers = np.arange(1, len(WIDTHS))
    for i, (activation, name) in enumerate(NETWORKS):
        _, grads = _gradients(student, X, y, _network(student, activation), activation)
        norms = expect.array(student.gradient_norms(grads), layers.shape, what="the norms")
        ax.plot(layers, norms, **style.look(i, marker=True), label=name)
    ax.set(yscale="log", xticks=layers)
    style.label(ax, "layer (the error enters on the right)", "norm of the weight gradient")
    ax.legend(loc="lower right")
    return fig


@picture
def start_weights(student: Student, images: LoadImages) -> Figure:
    """Show the activations of a deep tanh network, for smaller or larger start weights."""
    title = "Xavier's start weights keep tanh from fading to 0 and from sticking at -1 and 1"
    fig, panels = style.figure(title, columns=3, sharey=True)
    X = np.random.default_rng(0).normal(size=(EXAMPLES, 100))
    start = _start(student.xavier_init, [*[100] * 9, 10])
    edges = np.linspace(-1, 1, 42)
    middles = (edges[1:] + edges[:-1]) / 2
    for ax, (factor, name) in zip(panels, STARTS, strict=True):
        params = [factor * param if param.ndim == 2 else param for param in start]
        activations = _forward(student, X, params, "tanh")
        for i, layer in enumerate((1, 4, 8)):
            A = activations[layer - 1]
            shares = 100 * np.histogram(A, edges)[0] / A.size
            drawn = shares > 0  # a logarithmic axis cannot show 0
            look = style.look(i, marker=True)
            ax.plot(middles[drawn], shares[drawn], **look, markersize=4, label=f"layer {layer}")
        ax.set(yscale="log", ylim=(0.02, 130), xlim=(-1.05, 1.05))
        style.label(ax, "activation", "share of the units (%)", name)
        ax.label_outer()
    fig.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


@picture
def deep_training(student: Student, images: LoadImages) -> Figure:
    """Show that the same deep network learns with one activation and not with another."""
    title = "A deep network of sigmoids keeps guessing; one of tanh or ReLU learns"
    fig, ax = style.figure(title)
    X, y = _examples(images)
    cross_entropy = earlier(student, "ch3_3_forward_mlp").cross_entropy
    for i, (activation, name) in enumerate(NETWORKS):
        params, losses = _network(student, activation), []
        for _ in range(UPDATES):
            A, grads = _gradients(student, X, y, params, activation)
            losses.append(expect.number(cross_entropy(A, y), what="the loss"))
            params = [param - LR * grad for param, grad in zip(params, grads, strict=True)]
        ax.plot(losses, **style.look(i), label=name)
    digits_training.draw_guessing(ax, UPDATES)
    ax.set(ylim=(0, None))
    style.label(ax, f"update (each on the same {EXAMPLES} digits)", "cross-entropy")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


def _examples(images):
    """Digits of 14 x 14 pixels: small, because they are sent to the worker many times."""
    digits = images()
    X = gates.images(digits.X_train[:EXAMPLES])[:, 0, ::2, ::2]
    return X.reshape(EXAMPLES, -1), gates.one_hot(digits.y_train[:EXAMPLES])


def _network(student, activation):
    """The start weights and biases of a deep network, by the method for its activation."""
    he_init = earlier(student, "ch3_3_forward_mlp").he_init
    start = _start(he_init if activation == "relu" else student.xavier_init, WIDTHS)
    return [param.astype(np.float32) for param in start]


def _start(init, widths):
    params = []
    for seed, (fan_in, fan_out) in enumerate(pairwise(widths)):
        parts = init(fan_in, fan_out, Seeded(seed))
        params += expect.arrays(parts, [(fan_in, fan_out), (fan_out,)], ["W", "b"])
    return params


def _forward(student, X, params, activation):
    names = [f"A{layer + 1}" for layer in range(len(params) // 2)]
    activations = expect.parts(student.forward_deep_mlp(X, params, activation), *names)
    return [
        expect.array(A, (len(X), len(b)), what=f"`{name}`")
        for A, b, name in zip(activations, params[1::2], names, strict=True)
    ]


def _gradients(student, X, y, params, activation):
    """The output and the gradients of the learner's network."""
    activations = _forward(student, X, params, activation)
    got = student.backward_deep_mlp(X, activations, y, params, activation)
    names = [f"d{kind}{layer + 1}" for layer in range(len(params) // 2) for kind in "Wb"]
    grads = expect.parts(got, *names, what="`grads`")
    for grad, param, name in zip(grads, params, names, strict=True):
        expect.array(grad, param.shape, what=f"`{name}`")
    return activations[-1], grads
