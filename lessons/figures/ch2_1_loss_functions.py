"""Pictures of lesson 2.1: Gaussian noise around a line, ten days of rain, confident mistakes."""

import numpy as np

from grader.pictures.style import FAINT, figure, label, look, note
from solutions import ch2_1_loss_functions as solution
from solutions.ch1_3_activation_basics import sigmoid


def gaussian_noise():
    """Points around a line with a bell curve at three places, and minus the log of that bell."""
    rng = np.random.default_rng(4)
    x = rng.uniform(0.2, 9.8, size=40)
    s = 1.0
    y = 2 + 0.6 * x + rng.normal(scale=s, size=40)
    fig, (left, right) = figure("Bell-shaped noise: the cost of an error is its square", columns=2)
    left.plot([0, 10], [2, 8], label="prediction", **look(0))
    left.plot(x, y, "o", color=FAINT, markersize=4, label="data")
    t = np.linspace(-3.2, 3.2, 80)
    for at in (2, 5, 8):
        bell = np.exp(-(t**2) / (2 * s**2)) * 1.5
        left.plot(at + bell, 2 + 0.6 * at + t, **(look(1) | {"linestyle": "-", "linewidth": 1.5}))
        left.plot([at, at], [2 + 0.6 * at - 3.2, 2 + 0.6 * at + 3.2], color=FAINT, linestyle=":",
                  linewidth=1)  # fmt: skip
    label(left, "x", "y", "the assumed noise, drawn sideways")
    left.legend(loc="upper left")
    cost = [solution.mse_loss(np.array([e]), np.zeros(1)) / (2 * s**2) for e in t]
    right.plot(t, cost, label="minus log density", **look(0))
    right.plot(t, np.exp(-(t**2) / (2 * s**2)), label="density", **look(1))
    label(right, "error y - prediction, in units of s", "value",
          "a bell, and minus its logarithm")  # fmt: skip
    right.legend(loc="upper center")
    right.set_ylim(-0.15, 6.4)
    return fig


def rain_likelihood():
    """The likelihood of one probability for seven wet days of ten, and the mean of its -log."""
    a = np.linspace(0.01, 0.99, 197)
    y = np.array([[1.0]] * 7 + [[0.0]] * 3)
    loss = np.array([solution.binary_cross_entropy(np.full((10, 1), p), y) for p in a])
    fig, (left, right) = figure("Highest likelihood and lowest loss are the same place", columns=2)
    left.plot(a, 1000 * np.exp(-10 * loss), **look(0))
    right.plot(a, loss, **look(1))
    best = loss.argmin()
    left.plot(a[best], 1000 * np.exp(-10 * loss[best]), "o", color=look(0)["color"])
    right.plot(a[best], loss[best], "o", color=look(1)["color"])
    note(left, f"a = {a[best]:.1f}", (a[best], 1000 * np.exp(-10 * loss[best])), (0.36, 2.0))
    note(right, f"a = {a[best]:.1f}, loss {loss[best]:.3f}", (a[best], loss[best]), (0.35, 1.3))
    label(left, "a, the same forecast for every day", "likelihood in thousandths",
          "7 wet days of 10: a^7 (1 - a)^3")  # fmt: skip
    label(right, "a, the same forecast for every day", "loss", "binary_cross_entropy")
    right.set_ylim(0, 3.2)
    return fig


def confident_mistakes():
    """Both losses of one example with y = 1 over the logit, and their slopes."""
    z = np.linspace(-8, 4, 241)
    h, truth = 1e-4, np.ones((1, 1))
    fig, (left, right) = figure("Far from the truth, the slope of squared error fades", columns=2)
    for i, name in enumerate(["binary_cross_entropy", "mse_loss"]):
        loss = getattr(solution, name)
        at = np.array([[loss(sigmoid(np.array([[t + d]])), truth) for t in z] for d in (-h, 0, h)])
        left.plot(z, at[1], label=name, **look(i))
        right.plot(z, (at[2] - at[0]) / (2 * h), label=name, **look(i))
    label(left, "logit z, when class 1 is the truth", "loss", "loss")
    label(right, "logit z", "slope of the loss", "slope")
    note(right, "very wrong, and\nalmost no slope", (-7, -0.002), (-7.6, -0.42))
    left.legend(loc="upper right")
    right.set_ylim(-1.08, 0.12)
    return fig
