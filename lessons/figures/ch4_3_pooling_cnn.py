"""Pictures of lesson 4.3: the network's shapes, its filters before and after, what pooling forgives."""

import numpy as np
from matplotlib.patches import Rectangle

from data import load
from grader.pictures import style
from grader.pictures.tiles import show_image, show_signed
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch3_2_activation_functions import relu
from solutions.ch4_2_convolution import conv_forward
from solutions.ch4_3_pooling_cnn import avg_pool, max_pool, train_cnn

STEPS = [  # name, maps, side, what is written below
    ("image", 1, 28, "1 x 28 x 28\n784 numbers"),
    ("conv 3 x 3, ReLU", 8, 26, "8 x 26 x 26\n5,408 numbers"),
    ("max pool 2", 8, 13, "8 x 13 x 13\n1,352 numbers"),
    ("flatten", 0, 0, "1,352"),
    ("dense,\nsoftmax", 0, 0, "10"),
]
EDGES = np.array([[[[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]]], [[[-1.0, 0, 1]] * 3]])


def shapes_of_the_network():
    """The arrays of the network one after the other, drawn to scale, with their shapes."""
    fig, ax = style.figure("One image on its way through the network")
    fig.set_size_inches(8, 3.7)
    left, colors = 0.0, ["white", "#efefef"]
    for name, maps, side, shape in STEPS:
        if maps:
            width, high = side + 1.8 * (maps - 1), side / 2
            for k in range(maps):
                ax.add_patch(Rectangle((left + 1.8 * k, -high - 0.9 * k + 0.45 * maps), side, side,
                                       facecolor=colors[k % 2], edgecolor=style.INK, linewidth=0.8))  # fmt: skip
        else:
            count = 34 if name == "flatten" else 10
            width = 1.6
            for k in range(count):
                ax.add_patch(Rectangle((left, (k - count / 2)), width, 1, facecolor=colors[k % 2],
                                       edgecolor=style.INK, linewidth=0.6))  # fmt: skip
        middle = left + width / 2
        ax.text(middle, 23, name, ha="center", va="bottom", fontsize=9.5, fontweight="bold")
        ax.text(middle, -23, shape, ha="center", va="top", fontsize=9)
        left += width + (11 if maps else 17)
        if name != STEPS[-1][0]:
            arrow = {"arrowstyle": "->", "color": style.INK}
            ax.annotate("", (left - 1.5, 0), (left - (9.5 if maps else 15.5), 0), arrowprops=arrow)
    ax.set(xlim=(-4, left - 3), ylim=(-33, 28), aspect="equal")
    ax.set_axis_off()
    return fig


def filters_before_and_after():
    """The eight filters of a network for digits before and after a short training, and the change."""
    digits = load("digits")
    X, y = digits.X_train.reshape(-1, 1, 28, 28), one_hot(digits.y_train, 10)
    (start, *_), _ = train_cnn(X[:64], y[:64], epochs=1, lr=0.0, rng=np.random.default_rng(0))
    (trained, *_), _ = train_cnn(X, y, epochs=5, lr=0.1, rng=np.random.default_rng(0))
    fig, axes = style.figure("Five epochs on digits change the filters a little", columns=8, rows=3)
    fig.set_size_inches(8, 3.7)
    limit, change = np.abs(trained).max(), trained - start
    for row, (name, filters) in enumerate(
        [("before", start), ("after", trained), ("change,\nx 4", 4 * change)]
    ):
        for k, filter in enumerate(filters[:, 0]):
            show_signed(axes[8 * row + k], filter, limit=limit)
        where = {"transform": axes[8 * row].transAxes, "ha": "right", "va": "center"}
        axes[8 * row].text(-0.12, 0.5, name, fontsize=9, **where)
    return fig


def _bars(n, rng, size=10):
    """Noisy images with one bar of five pixels at a random place, across (0) or upright (1)."""
    X, labels = 0.3 * rng.normal(size=(n, 1, size, size)), rng.integers(0, 2, n)
    for image, label in zip(X[:, 0], labels, strict=True):
        line, start = rng.integers(1, size - 1), rng.integers(0, size - 4)
        part = image[line, start : start + 5] if label == 0 else image[start : start + 5, line]
        part += 1
    return X, labels


def filters_for_bars():
    """Bars at random places, and the two filters of a network that tells them apart."""
    rng = np.random.default_rng(1)
    X, labels = _bars(600, rng)
    y = one_hot(labels, 2)
    settings = {"num_filters": 2, "lr": 0.1}
    (start, *_), _ = train_cnn(
        X, y, **settings | {"lr": 0.0}, epochs=1, rng=np.random.default_rng(1)
    )
    params, _ = train_cnn(X, y, **settings, epochs=60, rng=np.random.default_rng(1))
    fig, axes = style.figure("Where the place says nothing, filters turn into line detectors", 4, 2)
    chosen = [np.flatnonzero(labels == label)[0] for label in (0, 1)]
    for row, number in enumerate(chosen):
        image = X[number, 0]
        show_image(axes[4 * row], image, ["bar across", "bar upright"][row], limit=1.6)
        show_signed(axes[4 * row + 1], start[row, 0], f"filter {row + 1}, before", limit=2)
        show_signed(axes[4 * row + 2], params[0][row, 0], f"filter {row + 1}, after", limit=2)
        answer = relu(conv_forward(X[number][None], *params[:2]))[0]
        joined = np.zeros((8, 17))
        joined[:, :8], joined[:, 9:] = answer
        show_image(axes[4 * row + 3], joined, "maps of filter 1 | filter 2", limit=answer.max())
        axes[4 * row + 3].axvline(8, color=style.INK, linewidth=1.5)
    return fig


def pool_tolerance():
    """How much feature maps change when the image moves, without pooling and with it."""
    digits = load("digits")
    images = digits.X_test[:100].reshape(-1, 1, 28, 28).astype(float)
    fig, (left, right) = style.figure(
        "Pooling forgives small moves, and only small ones", 2, sharey=True
    )
    moves = range(5)
    for ax, pool, name in [(left, max_pool, "max pooling"), (right, avg_pool, "mean pooling")]:
        for i, size in enumerate([1, 2, 4]):
            maps = [
                pool(relu(conv_forward(np.roll(images, move, axis=3), EDGES, np.zeros(2))), size)
                for move in moves
            ]
            scale = np.linalg.norm(maps[0])
            shares = [100 * np.linalg.norm(moved - maps[0]) / scale for moved in maps]
            text = "no pooling" if size == 1 else f"windows {size} x {size}"
            ax.plot(moves, shares, **style.look(i, marker=True), label=text)
        ax.set(xticks=moves, ylim=(0, None))
        style.label(ax, "move of the image (pixels)", "", name)
    left.set_ylabel("change of the maps (%)")
    left.legend(loc="lower right")
    return fig
