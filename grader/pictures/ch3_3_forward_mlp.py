"""Pictures of chapter 3.3: the work of a hidden layer, its start, and the cost of a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..boundary.arguments import Seeded
from ..vocabulary import expect
from . import earlier, picture, style

if TYPE_CHECKING:
    from ..vocabulary.student import Student
    from .style import Figure, LoadImages

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([0, 1, 1, 0])
# By hand: the hidden units are relu(x1 - x2) and relu(x2 - x1); class 1 where they sum to > 1/2.
W1, W2 = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([[-4.0, 4.0], [-4.0, 4.0]])
ZEROS, B2 = np.zeros(2), np.array([2.0, -2.0])
EDGES = (-0.3, 1.6)
WIDTH, DEPTH = 200, 20
GUESSES = [  # probability of the true class, and its meaning
    (0.01, "confident of another class"),
    (0.1, "a guess among ten"),
    (0.5, "a guess between two"),
    (0.95, "confident and right"),
]


@picture
def xor_folded(student: Student, images: LoadImages) -> Figure:
    """Show the four points of XOR before and after the hidden layer."""
    title = "A hidden layer folds the plane so that one straight line separates XOR"
    fig, (before, after) = style.figure(title, columns=2)
    xs, ys, points = style.lattice(EDGES, EDGES)
    A1, A2 = _forward(student, points, W1, ZEROS, W2, B2)
    style.plane(before, xs, ys, A2[:, 1])
    style.classes(before, CORNERS, XOR, size=90)
    style.label(before, "input 1", "input 2", "the inputs")

    half, _, hidden = style.lattice((0, EDGES[1]), (0, EDGES[1]))
    _, A2 = _forward(student, hidden, np.eye(2), ZEROS, W2, B2)  # this first layer changes nothing
    shades = style.plane(after, half, half, A2[:, 1])
    path = A1[np.argsort(points @ [1, -1])]
    after.plot(
        *path.T, color=style.INK, linestyle="--", label="where all points of the left panel land"
    )
    corners, _ = _forward(student, CORNERS, W1, ZEROS, W2, B2)
    style.classes(after, corners, XOR, size=90)
    after.set(facecolor="0.9", xlim=EDGES, ylim=EDGES)
    style.label(after, "hidden unit 1", "hidden unit 2", "the output of the hidden layer")
    for ax in (before, after):
        ax.set(aspect="equal", xticks=[0, 0.5, 1, 1.5], yticks=[0, 0.5, 1, 1.5])
    for corner, image in zip(CORNERS[[0, 3]], corners[[0, 3]], strict=True):
        where = (10, -16) if corner[0] else (-30, -16)
        after.annotate(f"({corner[0]:g}, {corner[1]:g})", image, where, textcoords="offset points")
    fig.colorbar(shades, ax=[before, after], label="probability of class 1", shrink=0.8)
    fig.legend(*after.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


def _forward(student, X, *params):
    A1, A2 = expect.parts(student.forward_mlp(X, *params), "A1", "A2")
    return expect.array(A1, (len(X), 2), what="`A1`"), expect.array(A2, (len(X), 2), what="`A2`")


@picture
def start_weights(student: Student, images: LoadImages) -> Figure:
    """Show the size of the signal in each layer, for larger or smaller start weights."""
    title = "With He's start weights, a signal keeps its size through many ReLU layers"
    fig, ax = style.figure(title)
    linear = earlier(student, "ch1_2_matrix_operations").linear
    relu = earlier(student, "ch3_2_activation_functions").relu
    X = np.random.default_rng(0).normal(size=(200, WIDTH))
    starts = [(1.5, "1.5 times `he_init`"), (1, "weights of `he_init`"), (0.5, "half of `he_init`")]
    for i, (factor, name) in enumerate(starts):
        A, sizes = X, [_size(X)]
        for layer in range(DEPTH):
            W, b = expect.parts(student.he_init(WIDTH, WIDTH, Seeded(layer)), "W", "b")
            A = relu(linear(A, factor * expect.array(W, (WIDTH, WIDTH), what="`W`"), b))
            sizes.append(_size(expect.array(A, X.shape)))
        ax.plot(sizes, **style.look(i, marker=True), markevery=5)
        ax.annotate(name, (DEPTH, sizes[-1]), (8, 0), textcoords="offset points", va="center")
    ax.set(yscale="log", xticks=range(0, DEPTH + 1, 5))
    style.label(ax, "layer (0: the input)", "root mean square of its activations")
    return fig


def _size(A):
    return np.sqrt(np.mean(A**2))


@picture
def cost_of_a_guess(student: Student, images: LoadImages) -> Figure:
    """Show cross-entropy as a function of the probability given to the true class."""

    def loss(p):
        A, y = np.array([[p, 1 - p]]), np.array([[1.0, 0.0]])
        return expect.number(student.cross_entropy(A, y), what="the loss")

    title = "Cross-entropy forgives doubt; confidence in a wrong class costs the most"
    fig, ax = style.figure(title)
    p = np.concatenate([np.geomspace(0.002, 0.1, 60), np.linspace(0.1, 1, 60)])
    ax.plot(p, [loss(each) for each in p])
    for each, meaning in GUESSES:
        cost = loss(each)
        ax.plot(each, cost, marker="o", color=style.INK)
        offset = {"xytext": (8, 8), "textcoords": "offset points"}
        ax.annotate(f"{meaning}: {cost:.2f}", (each, cost), **offset)
    ax.set(xlim=(0, 1.15), xticks=np.linspace(0, 1, 6), ylim=(0, None))
    style.label(
        ax,
        "probability that the network gave to the true class",
        "cross-entropy of this one example",
    )
    return fig
