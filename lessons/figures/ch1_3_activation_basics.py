"""Pictures of lesson 1.3: probabilities and log odds, where exp ends, tangents."""

import numpy as np

from grader.pictures.style import INK, canvas, figure, label, look, note
from solutions import ch1_3_activation_basics as solution


def probability_and_logit():
    """Probabilities on one scale and their log odds on another, joined by lines."""
    fig = canvas("Log odds stretch the crowded ends of the probability scale")
    ax = fig.subplots()
    ax.axis("off")
    ax.set(xlim=(-0.27, 1.06), ylim=(-0.42, 1.25))
    odds = [1 / 99, 1 / 19, 1 / 4, 1, 4, 19, 99]
    words = ["1 : 99", "1 : 19", "1 : 4", "1 : 1", "4 : 1", "19 : 1", "99 : 1"]
    ends = np.array([-4.8, 4.8])
    ax.plot([0, 1], [1, 1], color=INK, linestyle="-", linewidth=1.5)
    ax.plot([0, 1], [0, 0], color=INK, linestyle="-", linewidth=1.5)
    for o, word in zip(odds, words, strict=True):
        z = np.log(o)
        p = float(solution.sigmoid(np.array([z]))[0])
        x = (z - ends[0]) / (ends[1] - ends[0])
        line = look(1) if o == 1 else look(0)
        ax.plot([p, x], [1, 0], "-o", color=line["color"], linewidth=1.2, markersize=5)
        near = abs(p - 0.5) > 0.44 and abs(p - 0.5) < 0.48
        ax.text(p, 1.14 if near else 1.05, f"{p:.2f}", ha="center", va="bottom", fontsize=10)
        ax.text(x, -0.06, word, ha="center", va="top", fontsize=10)
        ax.text(x, -0.2, f"{z:+.2f}" if o != 1 else "0", ha="center", va="top", fontsize=10,
                color=line["color"], fontweight="bold")  # fmt: skip
    for y, word in [(1.05, "probability p"), (-0.06, "odds"), (-0.2, "log odds z")]:
        ax.text(-0.26, y, word, va="bottom" if y > 0 else "top", fontsize=10.5)
    return fig


def where_exp_ends():
    """exp on a logarithmic scale against the largest and smallest numbers of both float types."""
    z = np.linspace(-900, 900, 401)
    fig, ax = figure("exp leaves float32 at 88.7 and float64 at 709.8")
    ax.plot(z, z / np.log(10), label="exp(z)", **look(0))
    for i, dtype in ((1, np.float32), (2, np.float64)):
        info = np.finfo(dtype)
        name = np.dtype(dtype).name
        top, bottom = float(info.max), float(info.smallest_subnormal)
        ax.plot([-900, 900], [np.log10(top)] * 2, label=f"largest {name}", **look(i))
        ax.plot([-900, 900], [np.log10(bottom)] * 2, **look(i))
        ax.plot(np.log(top), np.log10(top), "o", color=look(i)["color"], zorder=4)
        ax.plot(np.log(bottom), np.log10(bottom), "o", color=look(i)["color"], zorder=4)
    note(ax, "inf above z = 88.7\nin float32", (88.72, 38.5), (190, -170))
    note(ax, "inf above z = 709.8\nin float64", (709.78, 308.3), (600, 160), va="center")
    note(ax, "rounded to 0 below z = -745", (-744.4, -323.3), (-560, -365), va="center")
    label(ax, "z", "power of ten of exp(z)")
    ax.set_ylim(-400, 400)
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0.87))
    return fig


def tangents():
    """Three tangents of the sigmoid, and its slope as a function of its own value."""
    z = np.linspace(-6, 6, 241)
    fig, (left, right) = figure("The slope depends on the output alone: a (1 - a)", columns=2)
    left.plot(z, solution.sigmoid(z), **look(0))
    s = np.linspace(0, 1, 101)
    right.plot(s, s * (1 - s), **look(0))
    for at, place in [(-2.0, (-5.6, 0.36)), (0.0, (-4.6, 0.7)), (3.0, (2.2, 0.6))]:
        a = float(solution.sigmoid(np.array([at]))[0])
        slope = a * (1 - a)
        t = np.linspace(-1.5, 1.5, 2)
        color = look(1)["color"]
        left.plot(at + t, a + slope * t, color=color, linestyle="-", linewidth=2.4)
        left.plot(at, a, "o", color=color, zorder=4)
        note(left, f"slope {slope:.3f}", (at, a), place)
        right.plot(a, slope, "o", color=color, zorder=4)
    label(left, "z", "a = sigmoid(z)", "three tangents and their slopes")
    label(right, "a", "slope a (1 - a)", "a parabola, highest at a = 0.5")
    right.set_ylim(-0.01, 0.29)
    return fig
