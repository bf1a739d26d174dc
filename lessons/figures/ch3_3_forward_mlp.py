"""Pictures of lesson 3.3: the shapes of a forward pass, and signals through ten layers."""

import numpy as np

from grader.pictures.style import FAINT, INK, canvas, figure, label, look
from solutions import ch3_2_activation_functions as activations
from solutions import ch3_3_forward_mlp as chapter

WIDTH, DEPTH = 256, 10


def shapes():
    """The arrays of the forward pass as rectangles, with their shapes."""
    fig = canvas("Inner sizes meet and vanish: (n, 784) becomes (n, 256) becomes (n, 10)")
    ax = fig.subplots()
    ax.axis("off")
    ax.set(xlim=(0, 100), ylim=(-3, 44))
    boxes = [  # x, width, height, name, shape
        (1, 20, 9, "X", "(n, 784)"),
        (27, 13, 27, "W1", "(784, 256)"),
        (47, 13, 9, "A1", "(n, 256)"),
        (67, 7, 17, "W2", "(256, 10)"),
        (91, 7, 9, "A2", "(n, 10)"),
    ]
    for x, width, height, name, shape in boxes:
        bold = name[0] in "XA"
        ax.add_patch(_box(x, 10 - height / 2 + 8, width, height, bold))
        ax.text(x + width / 2, 18, name, ha="center", va="center", fontsize=12, fontweight="bold")
        ax.text(x + width / 2, 18 - height / 2 - 2, shape, ha="center", va="top")
    for x, sign in [(24, "@"), (63.5, "@")]:
        ax.text(x, 18, sign, ha="center", va="center", fontsize=13)
    for x, end, name in [(41, 46.3, "+ b1\nrelu"), (75, 90.3, "+ b2\nsoftmax")]:
        ax.annotate("", (end, 18), (x, 18), arrowprops={"arrowstyle": "->", "color": INK})
        ax.text((x + end) / 2, 20, name, ha="center", va="bottom")
    for x, words in [
        (11, "one image\nper row"),
        (53.5, "one hidden unit\nper column"),
        (94, "one class\nper column"),
    ]:
        ax.text(x, 34, words, ha="center", va="bottom", color=INK, fontsize=9.5)
    return fig


def _box(x, y, width, height, bold):
    from matplotlib.patches import Rectangle

    return Rectangle(
        (x, y),
        width,
        height,
        facecolor="#ffffff" if bold else "#dddddd",
        edgecolor=INK,
        linewidth=1.8 if bold else 1,
    )


def _spreads(scale, seed=0, depth=DEPTH):
    """The standard deviation of the activations behind each of the layers."""
    rng = np.random.default_rng(seed)
    A, spreads = rng.normal(size=(64, WIDTH)), []
    for _ in range(depth):
        W, b = chapter.he_init(WIDTH, WIDTH, rng)
        A = activations.relu(A @ (W * scale / np.sqrt(2 / WIDTH)) + b)
        spreads.append(A.std())
    return np.array(spreads)


def ten_layers():
    """The spread of the activations per layer for three starts, and the growth per layer."""
    he = np.sqrt(2 / WIDTH)
    fig, (left, right) = figure(
        f"{DEPTH} ReLU layers of {WIDTH} units: only one start keeps the signal", columns=2
    )
    layers = np.arange(1, DEPTH + 1)
    starts = [(0.2, "too large: 0.2"), (he, f"He: {he:.3f}"), (0.01, "too small: 0.01")]
    for i, (scale, name) in enumerate(starts):
        left.plot(layers, _spreads(scale), label=name, **look(i, marker=True))
    left.set(yscale="log", xticks=layers, ylim=(1e-11, 1e8))
    left.legend(loc="lower left", title="std of the weights")
    label(left, "layer", "std of its activations", "what arrives")
    scales = np.array([0.03, 0.06, he, 0.12, 0.16, 0.2])
    growth = [(s := _spreads(scale))[-1] / s[0] for scale in scales]
    growth = np.array(growth) ** (1 / (DEPTH - 1))
    line = np.array([0, 0.22])
    right.plot(line, line * np.sqrt(WIDTH / 2), label="derived: s sqrt(fan_in / 2)", **look(0))
    right.plot(scales, growth, "o", color=look(1)["color"], label="measured")
    right.axhline(1, color=FAINT, linestyle=":", linewidth=1.2)
    right.annotate(
        "He: factor 1", (he, 1), (0.115, 0.6), arrowprops={"arrowstyle": "-", "color": FAINT}
    )
    right.legend(loc="upper left")
    right.set(ylim=(0, 2.9), xlim=(0, 0.22))
    label(right, "std of the weights, s", "growth per layer", "why")
    return fig
