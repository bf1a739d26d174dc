"""Pictures of lesson 3.4: the way back, the example by hand, gradients as images, digits."""

import numpy as np
from matplotlib.patches import Circle, Rectangle

from data import load
from grader.pictures.style import INK, canvas, figure, label, look
from solutions import ch3_3_forward_mlp as network
from solutions import ch3_4_backpropagation as chapter
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch2_3_mini_batches import gradient_descent

FORWARD, BACK = look(0)["color"], look(1)["color"]


def flow():
    """Forward from the input to the loss, back from the loss to every gradient."""
    fig = canvas("Forward once and keep the activations; back once and get every gradient")
    fig.set_size_inches(8, 4.2)
    ax = fig.subplots()
    ax.axis("off")
    ax.set(xlim=(-1, 101), ylim=(1, 57))
    top, middle, low = 46, 26, 6
    forward = [
        (5, "X", "(n, d)"),
        (25, "Z1", "(n, h)"),
        (43, "A1", "(n, h)"),
        (63, "Z2", "(n, k)"),
        (80, "A2", "(n, k)"),
        (95, "L", "a number"),
    ]
    steps = ["@ W1 + b1", "relu", "@ W2 + b2", "softmax", "y"]
    for x, name, shape in forward:
        _node(ax, x, top, name, FORWARD)
        ax.text(x, top + 5, shape, ha="center", va="bottom", fontsize=9)
    for (a, *_), (b, *_), step in zip(forward, forward[1:], steps, strict=False):
        _path(ax, [(a + 4.2, top), (b - 4.2, top)], FORWARD)
        ax.text((a + b) / 2, top + 1, step, ha="center", va="bottom", fontsize=9)
    for x, name in [(25, "delta1"), (43, "dA1"), (63, "delta2")]:
        _node(ax, x, middle, name, BACK)
    _path(ax, [(95, top - 4), (95, middle), (67.2, middle)], BACK)
    _path(ax, [(58.8, middle), (47.2, middle)], BACK)
    _path(ax, [(38.8, middle), (29.2, middle)], BACK)
    for x, step in [(81, "(A2 - y) / n"), (54.5, "@ W2.T"), (34, "* relu'")]:
        ax.text(x, middle + 1, step, ha="center", va="bottom", fontsize=9)
    for x, left, right in [(25, 18, 32), (63, 56, 70)]:
        _node(ax, left, low, "dW1" if x == 25 else "dW2", BACK)
        _node(ax, right, low, "db1" if x == 25 else "db2", BACK)
        _path(ax, [(x - 1, middle - 4), (left + 1, low + 4)], BACK)
        _path(ax, [(x + 1, middle - 4), (right - 1, low + 4)], BACK)
    _path(ax, [(5, top - 4), (5, low), (13.8, low)], FORWARD)
    _path(ax, [(46, top - 4), (46, 36), (49.3, 36), (49.3, low), (51.8, low)], FORWARD)
    return fig


def _node(ax, x, y, name, color):
    ax.add_patch(
        Rectangle((x - 4.2, y - 4), 8.4, 8, facecolor="#ffffff", edgecolor=color, linewidth=1.6)
    )
    ax.text(x, y, name, ha="center", va="center", fontsize=10.5, fontweight="bold")


def _path(ax, points, color):
    """Straight pieces with an arrow head at the end."""
    ax.plot(*zip(*points, strict=True), color=color, linestyle="-", linewidth=1.3, zorder=1)
    ax.annotate(
        "",
        points[-1],
        points[-2],
        arrowprops={
            "arrowstyle": "-|>",
            "color": color,
            "linewidth": 1.3,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def by_hand():
    """The 2-2-2 example: values on the way forward, errors on the way back."""
    fig, (left, right) = figure("One unit is off: nothing passes through it, either way", columns=2)
    fig.set_size_inches(8, 3.7)
    places = {"x1": (0, 1), "x2": (0, 0), "h1": (1, 1), "h2": (1, 0), "c1": (2, 1), "c2": (2, 0)}
    params = [
        np.array([[1.0, -1], [0.5, -1]]),
        np.array([0.0, 1]),
        np.array([[1.0, 0], [-1, 2]]),
        np.array([0.0, 1]),
    ]
    X, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    A1, A2 = network.forward_mlp(X, *params)
    dW1, db1, dW2, db2 = chapter.backward_mlp(X, A1, A2, y, params[0], params[2])
    values = dict(zip(places, [*X[0], *A1[0], *A2[0]], strict=True))
    errors = dict(zip(places, [*X[0], *db1, *db2], strict=True))  # n = 1: db is delta
    for ax, numbers, first, second, title, color in [
        (left, values, params[0], params[2], "forward: weights and activations", FORWARD),
        (right, errors, dW1, dW2, "back: gradients and errors", BACK),
    ]:
        for a, b, weights in [("x", "h", first), ("h", "c", second)]:
            for i in range(2):
                for j in range(2):
                    start, end = places[f"{a}{i + 1}"], places[f"{b}{j + 1}"]
                    off = "h2" in (f"{a}{i + 1}", f"{b}{j + 1}")
                    ax.plot(
                        *zip(start, end, strict=True),
                        color="#aaaaaa" if off else color,
                        linestyle=":" if off else "-",
                        linewidth=1.4,
                    )
                    t = 0.32 if i == j else 0.26
                    spot = [s + t * (e - s) for s, e in zip(start, end, strict=True)]
                    number = f"{weights[i, j]:.2f}" if ax is right else f"{weights[i, j]:g}"
                    ax.text(
                        *spot,
                        number.replace("-0.00", "0.00"),
                        ha="center",
                        va="center",
                        fontsize=9.5,
                        bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.2},
                    )
        for name, (x, y_) in places.items():
            off = name == "h2"
            ax.add_patch(
                Circle(
                    (x, y_),
                    0.17,
                    facecolor="#dddddd" if off else "#ffffff",
                    edgecolor=INK,
                    linewidth=1.3,
                    zorder=3,
                )
            )
            number = numbers[name]
            text = f"{number:.3g}" if ax is left or name[0] == "x" else f"{number:.2f}"
            ax.text(
                x,
                y_,
                text.replace("-0.00", "0.00"),
                ha="center",
                va="center",
                zorder=4,
                fontsize=9.5,
                color="#8a8a8a" if ax is right and name[0] == "x" else INK,
            )
        for x, words in [(0, "input"), (1, "hidden"), (2, "class")]:
            ax.text(x, 1.26, words, ha="center", va="bottom", fontsize=9.5)
        ax.set(xlim=(-0.25, 2.25), ylim=(-0.3, 1.5), aspect="equal", title=title)
        ax.axis("off")
    return fig


def gradients_as_images():
    """Four columns of dW1, each laid out as the image that it belongs to."""
    digits = load("digits")
    X, y, rng = digits.X_train[:64], one_hot(digits.y_train[:64], 10), np.random.default_rng(3)
    params = [*network.he_init(784, 256, rng), *network.he_init(256, 10, rng)]
    _, grads = chapter.mlp_loss(X, y, params)
    fig, panels = figure(
        "The gradient of a hidden unit's weights is a weighted sum of images", columns=4
    )
    fig.set_size_inches(8, 2.9)
    for unit, ax in enumerate(panels):
        image = grads[0][:, unit].reshape(28, 28)
        top = np.abs(image).max()
        ax.imshow(image, cmap="Greys", vmin=-top, vmax=top)
        ax.set(title=f"hidden unit {unit}", xticks=[], yticks=[])
        ax.grid(False)
    return fig


def digits_learned():
    """Loss per update, and right answers after each epoch, from one training."""
    digits = load("digits")
    y, rng, epochs = one_hot(digits.y_train, 10), np.random.default_rng(0), 12
    params = [*network.he_init(784, 256, rng), *network.he_init(256, 10, rng)]
    params, losses, right = [param.astype(np.float32) for param in params], [], []
    for _ in range(epochs):
        params, new = gradient_descent(
            digits.X_train, y.astype(np.float32), params, 0.1, chapter.mlp_loss, 64, 1, rng
        )
        losses += new
        right.append(
            [
                100 * np.mean(network.forward_mlp(X, *params)[1].argmax(axis=1) == t)
                for X, t in [(digits.X_train, digits.y_train), (digits.X_test, digits.y_test)]
            ]
        )
    fig, (left, other) = figure("From guessing to reading in a dozen epochs", columns=2)
    left.plot(np.arange(len(losses)) * epochs / len(losses), losses, color=FORWARD, linewidth=1)
    left.axhline(np.log(10), color=INK, linestyle=":", linewidth=1)
    left.annotate(
        "guessing: ln 10", (epochs, np.log(10)), (0, 4), textcoords="offset points", ha="right"
    )
    left.set(ylim=(0, None))
    label(left, "epoch", "cross-entropy of each batch")
    for i, name in enumerate(["1,500 training digits", "297 test digits"]):
        other.plot(range(1, epochs + 1), np.array(right)[:, i], label=name, **look(i, marker=True))
    other.legend(loc="lower right")
    other.set(ylim=(None, 100), xticks=range(1, epochs + 1))
    label(other, "epochs of training", "right answers (%)")
    return fig
