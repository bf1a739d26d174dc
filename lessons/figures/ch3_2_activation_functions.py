"""Pictures of lesson 3.2: what bends can build, and what temperature does to softmax."""

import numpy as np

from grader.pictures.style import FAINT, INK, figure, label, look
from solutions import ch3_2_activation_functions as chapter


def bends_build_curves():
    """Three shifted ReLUs add up to a tent; nine of them follow a sine."""
    fig, (left, right) = figure(
        "Every ReLU adds one bend; enough bends follow any curve", columns=2
    )
    z = np.linspace(-1, 3, 401)
    parts = [(1, 0), (-2, 1), (1, 2)]
    for i, (weight, shift) in enumerate(parts, start=1):
        name = f"{weight:+d} relu(z - {shift})".replace("+1 ", "").replace(" - 0", "")
        left.plot(z, weight * chapter.relu(z - shift), label=name, **look(i))
    left.plot(
        z,
        sum(w * chapter.relu(z - s) for w, s in parts),
        label="their sum",
        **look(0) | {"linewidth": 3},
    )
    left.set_ylim(-4.2, 3.2)
    left.legend(loc="lower left")
    label(left, "z", "value", "a tent from three units")

    x = np.linspace(0, 2 * np.pi, 401)
    right.plot(x, np.sin(x), color=FAINT, linestyle="-", linewidth=4, alpha=0.6, label="sin(x)")
    line = np.polynomial.Polynomial.fit(x, np.sin(x), 1)
    right.plot(x, line(x), label="best linear network", **look(1))
    knots = np.linspace(0, 2 * np.pi, 9)
    slopes = np.diff(np.sin(knots)) / np.diff(knots)
    weights = np.diff(slopes, prepend=0)
    curve = chapter.relu(x[:, None] - knots[:-1]) @ weights
    right.plot(x, curve, label="8 ReLU units", **look(0))
    right.plot(knots[1:-1], np.sin(knots[1:-1]), "o", color=INK, markersize=4)
    right.set_ylim(-1.2, 1.7)
    right.legend(loc="upper right")
    label(right, "x", "output", "a sine from eight")
    return fig


def temperature():
    """The softmax of the same three scores at three temperatures."""
    fig, panels = figure(
        "Dividing the scores by a temperature makes softmax bolder or more timid",
        columns=3,
        sharey=True,
    )
    scores = np.array([[2.0, 1.0, -1.0]])
    for i, (ax, T) in enumerate(zip(panels, [0.25, 1, 4], strict=True)):
        p = chapter.softmax(scores / T)[0]
        ax.bar(range(3), p, color=look(i)["color"], width=0.6)
        for k, share in enumerate(p):
            ax.text(k, share + 0.02, f"{share:.3f}", ha="center")
        ax.set(xticks=range(3), xticklabels=["2", "1", "-1"], ylim=(0, 1.12))
        ax.grid(False, axis="x")
        label(ax, "score", "probability", f"temperature {T:g}")
        ax.label_outer()
    return fig
