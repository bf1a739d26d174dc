"""Draws the results: each contender's time, and each layer's share of the machine's speed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from . import document, layers, targets

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = {  # shape, color, size: they differ not only in color
    "solutions": ("o", "#0b3c6f", 80),
    "two-cores": ("h", "#0b3c6f", 80),
    "torch": ("s", "#d1662a", 55),
    "torch-fused": ("P", "#d1662a", 65),
    "torch-compiled": ("D", "#e8a87c", 45),
    "jax": ("*", "#7a4fa3", 90),
    "sklearn": ("^", "#3a8f5c", 60),
    "scipy": ("v", "#777777", 60),
    "loops": ("x", "#777777", 60),
}


def save(results: dict[str, Any], path: Path) -> None:
    """Write the picture, without the parts that were not measured."""
    shown = [draw for part, draw in PANELS.items() if results.get(part)]
    height = max([4.6] + [7.4] * bool(results.get("layers")))
    figure = Figure(figsize=(7.2 * max(1, len(shown)), height), dpi=120, layout="constrained")
    axes = figure.subplots(1, max(1, len(shown)), squeeze=False)[0]
    for axis, draw in zip(axes, shown, strict=False):
        draw(axis, results)
    if not shown:
        axes[0].set_axis_off()
        axes[0].text(0.5, 0.5, "Neither epochs nor layers were measured", ha="center")
    here = results["machine"]
    where = f"{document.facts(here)}, float32"
    if results.get("models") and targets.processor_share(results) <= targets.UNDISTURBED:
        where += "\nmeasured while other programs were running: not reliable"
    figure.supxlabel(where, fontsize=8, color="0.35")
    figure.savefig(path)


def draw_epochs(axis: Axes, results: dict[str, Any]) -> None:
    """Draw a line per model with a mark for each contender's time, on a log scale."""
    models = list(results["models"].values())
    for row, model in enumerate(models):
        draw_model(axis, row, model)
    against_torch = any("torch" in model["contenders"] for model in models)
    axis.axvline(1, color="0.2", linewidth=1)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, place: f"{value:,g}")
    axis.set_yticks(range(len(models)), [model["title"] for model in models])
    axis.set_ylim(len(models) - 0.5, -0.6)
    axis.grid(axis="x", color="0.88")
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    unit = "PyTorch eager" if against_torch else "the solutions"
    axis.set_xlabel(f"time per epoch, as a multiple of the time of {unit} (log scale)")
    axis.set_title(title(models), loc="left", fontsize=12)
    draw_legend(axis, models)


def draw_model(axis: Axes, row: int, model: dict[str, Any]) -> None:
    """Mark each contender's time as a multiple of PyTorch's or, without it, of the solutions'."""
    torch_time = targets.seconds(model["contenders"].get("torch", {"samples": []}))
    unit = torch_time or targets.seconds(model["contenders"]["solutions"])
    for name, result in model["contenders"].items():
        middle = targets.seconds(result)
        if middle is None or not unit:
            continue
        shape, color, size = MARKS[name]
        axis.scatter(middle / unit, row, size, color, shape, zorder=3, label=titled(result))
        if name == targets.ours(model) and torch_time:
            note = {"xytext": (0, 9), "textcoords": "offset points", "ha": "center"}
            axis.annotate(f"{middle / unit:.2f}", (middle / unit, row), fontsize=9, **note)


def draw_legend(axis: Axes, models: Sequence[dict[str, Any]]) -> None:
    """List each contender once, in the order of the results."""
    labels = dict(reversed([*zip(*reversed(axis.get_legend_handles_labels()), strict=True)]))
    order = [titled(entry) for model in models for entry in model["contenders"].values()]
    order = [label for label in dict.fromkeys(order) if label in labels]
    axis.legend(
        [labels[label] for label in order],
        order,
        loc="upper center",
        bbox_to_anchor=(0.4, -0.12),
        ncols=2,
        frameon=False,
        fontsize=9,
    )


def titled(result: dict[str, Any]) -> str:
    """Return a contender's title, marked if its time is extrapolated."""
    part = result.get("share", 0) < result.get("images", 0)
    return result["title"] + " (extrapolated)" * part


def title(models: Sequence[dict[str, Any]]) -> str:
    """Return a title that sums up these times."""
    ratios = [targets.ratio(model) for model in models]
    faster = sum(ratio < 1 for ratio in ratios if ratio)
    if not any(ratios):
        return "Each contender's time per epoch"
    return f"NumPy is faster than PyTorch eager in {faster} of {len(ratios)} models"


def draw_layers(axis: Axes, results: dict[str, Any]) -> None:
    """Draw a row per layer and number of channels, a column per batch size."""
    timed = results["layers"]
    rows = list(dict.fromkeys((result["layer"], result["channels"]) for result in timed))
    batches = sorted({result["batch"] for result in timed})
    shares = np.full((len(rows), len(batches)), np.nan)
    for result in timed:
        row = rows.index((result["layer"], result["channels"]))
        shares[row, batches.index(result["batch"])] = result.get("share", np.nan)
    axis.imshow(np.minimum(shares, 1), "Blues", aspect="auto", vmin=0, vmax=1.15)
    for row, column in np.ndindex(*shares.shape):
        share = shares[row, column]
        text = "-" if np.isnan(share) else f"{share:.0%}"
        color = "white" if share > 0.6 else "black"
        axis.text(column, row, text, ha="center", va="center", fontsize=8, color=color)
    names, last = [], None
    for row, (name, channels) in enumerate(rows):
        layer = next(layer for layer in layers.LAYERS if layer.name == name)
        many = len(layer.channels) > 1
        names.append((f"{layer.title}   " if name != last else "") + (f"c = {channels:2}" * many))
        if name != last and row:
            axis.axhline(row - 0.5, color="white", linewidth=4)
        last = name
    axis.set_yticks(range(len(rows)), names, fontsize=9)
    axis.set_xticks(range(len(batches)), [f"{batch:,}" for batch in batches])
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    axis.set_xlabel("images per batch (-: would need more than 1 GB)")
    axis.set_title(
        "Each layer alone, as a share of the machine's speed:\n"
        "large matrix products for dense and conv, copies for the rest",
        fontsize=11,
    )


PANELS = {"models": draw_epochs, "layers": draw_layers}
