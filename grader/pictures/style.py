"""The look of all pictures: one size, one font, and lines that differ even in grayscale."""

from __future__ import annotations

import base64
import contextlib
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LoadImages = Callable[[], Any]  # returns the `data.Dataset`
SIZE = (8, 4.5)  # inches
DPI = 150
TITLE_WIDTH = 72  # characters of one line of a title

# From dark to light, so that they differ in grayscale; each has its own line style and marker.
COLORS = ("#10243e", "#a5281f", "#2f9c90", "#d99a2b", "#8d7fb5")
DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)))
MARKERS = ("o", "s", "^", "D", "v")
INK, FAINT = "#222222", "#8a8a8a"
HEAT = "viridis"  # for values: light means more
INVERSE = "Greys"  # for images: dark means more
# For numbers of either sign: white is 0.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#c8553d", "#ffffff", "#3f78a8"])
# From class 0 to class 1, light enough for points on top.
PLANE = LinearSegmentedColormap.from_list("plane", ["#fbf6e9", "#8fb0cc"])

RULES: dict[str, Any] = {
    "figure.figsize": SIZE,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#666666",
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "legend.fontsize": 9.5,
    "image.cmap": HEAT,
    "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=DASHES),
}


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Use these rules while drawing and saving, then restore the user's own."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        cast(dict, matplotlib.rcParams).update(RULES)
        yield


class Picture(Figure):
    """A figure that a notebook can show without pyplot."""

    def _repr_png_(self):
        from . import png

        return png(self)

    def _repr_html_(self):
        image = base64.b64encode(self._repr_png_()).decode()
        return f'<img width="{SIZE[0] * 100}" src="data:image/png;base64,{image}">'


def canvas(title: str) -> Picture:
    """Return an empty picture with a title, to which the caller adds axes."""
    fig = Picture(figsize=SIZE, dpi=DPI, layout="constrained")
    FigureCanvasAgg(fig)
    cast(ConstrainedLayoutEngine, fig.get_layout_engine()).set(
        w_pad=0.08, h_pad=0.08, wspace=0.04, hspace=0.04
    )
    fig.suptitle(_wrapped(title), x=0.012, ha="left", fontsize=12.5, fontweight="bold")
    return fig


def _wrapped(title):
    """Wrap the title to as few lines as possible, all of about the same length."""
    lines = -(-len(title) // TITLE_WIDTH)
    for width in range(len(title) // lines, TITLE_WIDTH + 1):
        wrapped = textwrap.fill(title, width, break_on_hyphens=False)
        if wrapped.count("\n") < lines:
            break
    return wrapped


def figure(title: str, columns: int = 1, rows: int = 1, **options: Any) -> tuple[Picture, Any]:
    """Return `(fig, axes)`, with one axes or a flat array; the title is a sentence with the point.

    `options` are those of `Figure.subplots`, such as `sharey=True`.
    """
    fig = canvas(title)
    axes = fig.subplots(rows, columns, squeeze=False, **options).ravel()
    return fig, axes[0] if len(axes) == 1 else axes


def label(ax: Axes, x: str, y: str, title: str | None = None) -> None:
    """Label both axes, with units, and the panel if there are several."""
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if title:
        ax.set_title(title)


def look(i: int, marker: bool = False) -> dict[str, Any]:
    """Return the color, line style and optional marker of line `i`, as arguments of `plot`."""
    i %= len(COLORS)
    return {"color": COLORS[i], "linestyle": DASHES[i]} | ({"marker": MARKERS[i]} if marker else {})


def note(
    ax: Axes, text: str, xy: tuple[float, float], place: tuple[float, float], **options: Any
) -> Any:
    """Write a text at `place`, in data units, with a thin line to the point `xy`."""
    arrow = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.9, "shrinkB": 3}
    return ax.annotate(text, xy, place, arrowprops=arrow, fontsize=9.5, **options)


def classes(
    ax: Axes,
    X: np.ndarray,
    y: np.ndarray,
    names: tuple[str, str] = ("class 0", "class 1"),
    size: float = 30,
) -> None:
    """Draw points of two classes: light discs and dark squares."""
    y = np.ravel(y)
    for i, (name, color, marker) in enumerate(
        zip(names, (COLORS[3], COLORS[0]), ("o", "s"), strict=True)
    ):
        ax.scatter(
            X[y == i, 0],
            X[y == i, 1],
            s=size,
            c=color,
            marker=marker,
            edgecolors=INK,
            linewidths=0.6,
            label=name,
            zorder=3,
        )


def lattice(
    x_limits: tuple[float, float], y_limits: tuple[float, float], count: int = 120
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return `(xs, ys, points)`: a grid of (count**2, 2) points, row by row from the bottom."""
    xs, ys = np.linspace(*x_limits, count), np.linspace(*y_limits, count)
    return xs, ys, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def plane(ax: Axes, xs: np.ndarray, ys: np.ndarray, probability: np.ndarray) -> Any:
    """Shade the probability of class 1 at each point of a `lattice`; draw the border at 0.5."""
    P = np.reshape(probability, (len(ys), len(xs)))
    filled = ax.contourf(xs, ys, P, levels=np.linspace(0, 1, 11), cmap=PLANE)
    filled.set_rasterized(True)  # as paths they weigh more than all else in an SVG
    if P.min() < 0.5 < P.max() and np.ptp(P) > 1e-6:  # otherwise it is flat up to rounding
        ax.contour(xs, ys, P, levels=[0.5], colors=INK, linewidths=2)
    ax.grid(False)
    return filled
