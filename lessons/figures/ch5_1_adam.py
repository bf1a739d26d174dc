"""Figures for the lesson on Adam."""

import numpy as np
from matplotlib.colors import LogNorm

from data import load
from grader.pictures import style
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch3_3_forward_mlp import he_init
from solutions.ch3_4_backpropagation import mlp_loss
from solutions.ch4_5_momentum_capstone import momentum_update
from solutions.ch5_1_adam import adam_update

STEEP, COUNT = 1e4, 1500
SETTINGS = {"descent": 1.9e-4, "momentum": 3.7e-4, "Adam": 0.8}


def gradient_by_pixel():
    """Gradient size per pixel of the digit network, and Adam's first step there."""
    digits, rng = load("digits"), np.random.default_rng(0)
    start = [*he_init(784, 64, rng), *he_init(64, 10, rng)]
    X, y = digits.X_train.astype(np.float64), one_hot(digits.y_train, 10)
    dW1 = mlp_loss(X, y, start)[1][0]
    zeros = np.zeros_like(dW1)
    step = adam_update(zeros, zeros, dW1, 1, 1e-3)[2]
    sizes = [np.sqrt(np.mean(array**2, axis=1)).reshape(28, 28) for array in (dW1, step)]
    title = "Gradients differ by pixel a thousandfold and more; Adam's first steps hardly do"
    fig, axes = style.figure(title, columns=2)
    ranges = [(1e-6, 2e-2), (1e-7, 2e-3)]
    names = ["gradient of the pixel's weights", "Adam's first step, lr = 0.001"]
    for ax, size, limits, name in zip(axes, sizes, ranges, names, strict=True):
        shown = np.where(size > 0, size, np.nan)
        image = ax.imshow(shown, norm=LogNorm(*limits), cmap=style.HEAT)
        ax.set_title(name, loc="center")
        ax.grid(False)
        ax.set_axis_off()
        fig.colorbar(image, ax=ax, shrink=0.9, label="root mean square (log scale)")
    fig.supxlabel("white: no digit ever has ink here, so the gradient is exactly 0", fontsize=9.5)
    return fig


def shares():
    """Share of each past gradient in the average, and the sum of these shares."""
    title = "Early averages are too small because their shares do not add up to 1 yet"
    fig, (left, right) = style.figure(title, columns=2)
    early, late = np.arange(1, 6), np.arange(1, 41)
    for t, dx, i in ((5, -0.2, 1), (40, 0.2, 0)):
        gradients = early if t == 5 else late
        values = 0.1 * 0.9 ** (t - gradients)
        ages = t - gradients
        kept = ages < 20
        name = f"t = {t}: together {values.sum():.2f}"
        left.bar(ages[kept] + dx, values[kept], width=0.4, color=style.look(i)["color"], label=name)
    style.label(left, "age of the gradient in updates", "share in m", "beta = 0.9")
    left.legend(loc="upper right")
    t = np.arange(1, 3001)
    for i, beta in enumerate((0.9, 0.99, 0.999)):
        right.plot(t, 1 - beta**t, **style.look(i))
        half = np.log(0.5) / np.log(beta)
        right.text(0.8 * half, 0.52, f"{beta}", ha="right", fontsize=9.5)
    right.set(xscale="log", xlim=(0.4, 4000), ylim=(0, 1.05))
    style.label(
        right, "update t (log scale)", "sum of all shares", "1 - beta^t for three values of beta"
    )
    return fig


def turned_valley():
    """Loss per update in a valley along the axes and in the same valley turned by 45 degrees."""
    half = np.sqrt(0.5)
    turn = np.array([[half, -half], [half, half]])
    title = "Adam solves bad scaling of the axes; turn the valley and most of that is gone"
    fig, axes = style.figure(title, columns=2, sharey=True)
    for ax, R, name in zip(axes, (np.eye(2), turn), ("along the axes", "turned by 45 degrees"),
                           strict=True):  # fmt: skip
        for i, (method, lr) in enumerate(SETTINGS.items()):
            ax.plot(_losses(method, lr, R), **style.look(i), label=f"{method}, lr {lr:g}")
        ax.set(yscale="log", ylim=(1e-12, 1e5))
        style.label(ax, "update", "", name)
    axes[0].set_ylabel("loss (log scale)")
    axes[1].legend(loc="lower right")
    return fig


def _losses(method, lr, R):
    H = R @ np.diag([1.0, STEEP]) @ R.T
    w = R @ np.array([-1.0, 1.0])
    m, v, losses = np.zeros(2), np.zeros(2), []
    for t in range(1, COUNT + 1):
        grad = H @ w
        losses.append(w @ grad / 2)
        if method == "Adam":
            m, v, step = adam_update(m, v, grad, t, lr)
        else:
            m = step = momentum_update(m, grad, 0.9 if method == "momentum" else 0.0, lr)
        w = w + step
    return losses
