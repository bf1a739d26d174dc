"""Shared helpers for pictures that train on digits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import FAINT, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from data import Dataset

MOST = {"train": 3000, "test": 1000}  # images of MNIST; more would take minutes


def sample(images: Callable[[], Dataset]) -> Dataset:
    """Return the data set, or its first images if there are very many."""
    digits = images()
    few = {
        f"{letter}_{part}": getattr(digits, f"{letter}_{part}")[:count]
        for part, count in MOST.items()
        for letter in "Xy"
    }
    return dataclasses.replace(digits, **few)


def percent_right(A: np.ndarray, labels: np.ndarray) -> float:
    """Return the percentage of digits whose largest probability is at the label."""
    return 100 * np.mean(np.argmax(A, axis=1) == labels)


def epoch_means(losses: np.ndarray, epochs: int) -> tuple[np.ndarray, list[float]]:
    """Return the middle of each epoch and its mean loss, from one loss per update."""
    return np.arange(epochs) + 0.5, [part.mean() for part in np.array_split(losses, epochs)]


def draw_losses(ax: Axes, losses: np.ndarray, epochs: int) -> None:
    """Draw the loss of each batch in the background and the mean of each epoch in front."""
    done = epochs * np.arange(1, len(losses) + 1) / len(losses)
    ax.plot(done, losses, color=FAINT, linestyle="-", linewidth=0.8, label="each batch")
    means: dict[str, Any] = {"color": INK, "linestyle": "-", "marker": "o", "markersize": 4}
    ax.plot(*epoch_means(losses, epochs), label="mean of an epoch", **means)
    ax.set(xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))


def draw_guessing(ax: Axes, x: float) -> None:
    """Draw a line at the loss of guessing among ten digits; its label ends at x."""
    loss = np.log(10)
    ax.axhline(loss, color=INK, linestyle=":", linewidth=1)
    above: dict[str, Any] = {"xytext": (0, 4), "textcoords": "offset points", "ha": "right"}
    ax.annotate("guessing: ln 10", (x, loss), **above)
