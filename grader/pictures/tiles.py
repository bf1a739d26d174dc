"""Draws small images side by side: digits, filters, and the filters' outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FRAME: dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": style.INK,
    "linewidth": 0.8,
    "clip_on": False,
}


def show_image(
    ax: Axes, values: np.ndarray, title: str | None = None, limit: float = 1, numbers: bool = False
) -> Any:
    """Draw values from 0 to `limit`, dark ink on white."""
    if numbers:
        _write(ax, values, lambda value: value > limit / 2)
    return _show(ax, values, title, cmap=style.INVERSE, vmin=0, vmax=limit)


def show_signed(
    ax: Axes,
    values: np.ndarray,
    title: str | None = None,
    limit: float | None = None,
    numbers: bool = False,
) -> Any:
    """Draw values of either sign: white is the largest, black the smallest, gray is 0."""
    limit = limit or np.abs(values).max() or 1
    if numbers:
        _write(ax, values, lambda value: value < -limit / 4)
    return _show(ax, values, title, cmap="gray", vmin=-limit, vmax=limit)


def show_numbers(ax: Axes, values: np.ndarray, title: str | None = None) -> Any:
    """Draw numbers of either sign with their values: blue above 0, red below, white for 0."""
    limit = np.abs(values).max() or 1
    _write(ax, values, lambda value: abs(value) > 0.7 * limit)
    return _show(ax, values, title, cmap=style.SIGNED, vmin=-limit, vmax=limit)


def _write(ax, values, dark):
    """Write the nonzero numbers into the image."""
    for row, column in np.argwhere(values):
        value = values[row, column]
        color = "white" if dark(value) else "black"
        ax.text(column, row, f"{value:.2g}", ha="center", va="center", color=color)


def _show(ax, values, title, **shades):
    ax.set_axis_off()
    ax.set_title(title or "", loc="center", fontsize=9)
    ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, **FRAME))
    return ax.imshow(values, **shades)
