"""Pictures of lesson 4.4: under- and overfitting, how a penalty shrinks weights, dropout's noise."""

from functools import partial
from itertools import pairwise

import numpy as np

from data import load
from grader.pictures import style
from solutions.ch1_1_numpy_arrays import one_hot
from solutions.ch2_3_mini_batches import gradient_descent
from solutions.ch3_3_forward_mlp import cross_entropy, he_init
from solutions.ch4_1_deep_mlp import forward_deep_mlp
from solutions.ch4_4_regularization import dropout, regularized_loss

VARIANTS = [
    ("penalty far too strong", 0.1, 1.0),
    ("no regularization", 0.0, 1.0),
    ("dropout, p = 0.5", 0.0, 0.5),
]


def train_and_test():
    """Training and test loss over the updates: underfitting, overfitting, and dropout."""
    digits, rng = load("digits"), np.random.default_rng(0)
    X, true = digits.X_train[:200], digits.y_train[:200]
    labels = np.where(rng.random(200) < 0.3, rng.integers(0, 10, 200), true)
    y, X_test, y_test = (
        one_hot(labels, 10).astype(np.float32),
        digits.X_test,
        one_hot(digits.y_test, 10),
    )
    title = "200 images, some labels wrong: underfitting, overfitting, and in between"
    fig, axes = style.figure(title, columns=3, sharey=True)
    for ax, (name, lambda_, p) in zip(axes, VARIANTS, strict=True):
        rng = np.random.default_rng(0)
        start = [param for fan in pairwise([784, 128, 64, 10]) for param in he_init(*fan, rng)]
        params = [param.astype(np.float32) for param in start]
        loss_fn = partial(regularized_loss, lambda_=lambda_, p=p, rng=rng)
        updates, train, test = [], [], []
        for update in range(0, 401, 16):
            updates.append(update)
            train.append(cross_entropy(forward_deep_mlp(X, params)[-1], y))
            test.append(cross_entropy(forward_deep_mlp(X_test, params)[-1], y_test))
            params, _ = gradient_descent(X, y, params, 0.1, loss_fn, 200, 16, rng)
        ax.plot(updates, train, **style.look(0), label="these 200 images")
        ax.plot(updates, test, **style.look(1), label="new images")
        ax.axhline(np.log(10), color=style.FAINT, linestyle=":", linewidth=1)
        ax.set(xticks=[0, 200, 400], ylim=(0, 2.7))
        style.label(ax, "update (all 200 images)", "", name)
    axes[0].set_ylabel("cross-entropy (no penalty)")
    axes[0].annotate("ln 10", (395, np.log(10)), (395, 2.42), ha="right", fontsize=9)
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def shrinkage():
    """Weights under decay alone, and what is left of a weight at the balance of data and penalty."""
    fig, (left, right) = style.figure("The penalty shrinks most what the data hardly care about", 2)
    lr, lambda_, updates = 0.1, 0.05, np.arange(301)
    for i, (curvature, name) in enumerate([(0.0, "h = 0"), (0.1, "h = 0.1"), (1.0, "h = 1")]):
        w, path = 1.0, []
        for _ in updates:
            path.append(w)
            w = (1 - 2 * lr * lambda_) * w - lr * curvature * (w - 1)
        left.plot(updates, path, **style.look(i), label=name)
    left.set(ylim=(0, 1.05))
    style.label(left, "update", "weight", "start and data's wish: w = 1")
    left.legend(loc=(0.6, 0.56), title="curvature")
    curvatures = np.geomspace(1e-3, 100, 200)
    for i, strength in enumerate([0.005, 0.05, 0.5]):
        kept = curvatures / (curvatures + 2 * strength)
        right.plot(curvatures, kept, **style.look(i), label=f"{strength:g}")
    right.set(xscale="log", ylim=(0, 1.05))
    style.label(
        right, "curvature h of the data's loss", "share kept, h / (h + 2 lambda)", "at the balance"
    )
    right.legend(loc="lower right", title="lambda")
    return fig


def dropout_noise():
    """The input of the next unit over many masks, for three probabilities of keeping."""
    rng = np.random.default_rng(3)
    a, w = np.maximum(rng.normal(size=50), 0), rng.normal(size=50) / 5
    A = np.tile(a, (20000, 1))
    fig, ax = style.figure("Dropout keeps the mean of the next unit's input and adds noise")
    edges = np.linspace(-4, 7, 111)
    for i, p in enumerate([0.8, 0.5, 0.2]):
        dropped, _ = dropout(A, p, np.random.default_rng(i))
        z = dropped @ w
        shares = np.histogram(z, edges)[0] / len(z)
        spread = np.sqrt((1 - p) / p * np.sum((w * a) ** 2))
        text = f"p = {p}: mean {z.mean():.2f}, spread {z.std():.2f} (formula {spread:.2f})"
        ax.plot((edges[1:] + edges[:-1]) / 2, 100 * shares, **style.look(i), label=text)
    ax.axvline(a @ w, color=style.FAINT, linestyle=":", linewidth=1.5)
    ax.set(ylim=(0, None))
    ax.annotate(
        "without dropout",
        (a @ w, ax.get_ylim()[1]),
        (a @ w - 0.1, 0.93 * ax.get_ylim()[1]),
        ha="right",
    )
    style.label(ax, "input z of the next unit", "share of 20,000 masks (%)")
    ax.legend(loc="upper right")
    return fig
