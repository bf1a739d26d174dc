"""One picture of the results: who needs how long, and how near each layer comes to the machine."""

import numpy as np
from matplotlib.figure import Figure

from . import layers, machine, targets

MARKS = {  # told apart by their shape, not by colour alone
    "solutions": ("o", "#0b3c6f", 80),
    "torch": ("s", "#d1662a", 55),
    "torch-fused": ("P", "#d1662a", 65),
    "torch-compiled": ("D", "#e8a87c", 45),
    "sklearn": ("^", "#3a8f5c", 60),
    "scipy": ("v", "#777777", 60),
    "loops": ("x", "#777777", 60),
}


def save(results, path):
    """Write the picture; a part that was not measured is left out of it."""
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
    versions = ", ".join(f"{name} {here[name]}" for name in ["numpy", "torch"] if here[name])
    where = f"{here['processor']}, {machine.threads_of(here)}, float32, {versions}"
    if results.get("models") and targets.processor_share(results) <= targets.UNDISTURBED:
        where += "\nmeasured while other programs were running: not to be trusted"
    figure.supxlabel(where, fontsize=8, color="0.35")
    figure.savefig(path)


def draw_epochs(axis, results):
    """A line for each model, and on it a mark for each contender's time, on a log scale."""
    found = list(results["models"].values())
    for row, model in enumerate(found):
        theirs = targets.seconds(model["contenders"].get("torch", {"samples": []}))
        unit = theirs or targets.seconds(model["contenders"]["solutions"])
        for name, result in model["contenders"].items():
            middle = targets.seconds(result)
            if middle is None or not unit:
                continue
            shape, colour, size = MARKS[name]
            label = titled(result)
            axis.scatter(middle / unit, row, size, colour, shape, zorder=3, label=label)
            if name == "solutions" and theirs:
                note = {"xytext": (0, 9), "textcoords": "offset points", "ha": "center"}
                axis.annotate(f"{middle / unit:.2f}", (middle / unit, row), fontsize=9, **note)
    against_torch = any("torch" in model["contenders"] for model in found)
    axis.axvline(1, color="0.2", linewidth=1)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, place: f"{value:,g}")
    axis.set_yticks(range(len(found)), [model["title"] for model in found])
    axis.set_ylim(len(found) - 0.5, -0.6)
    axis.grid(axis="x", color="0.88")
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    unit = "PyTorch eager" if against_torch else "the solutions"
    axis.set_xlabel(f"time of an epoch, as a multiple of that of {unit} (log scale)")
    axis.set_title(title(found), loc="left", fontsize=12)
    labels = dict(reversed([*zip(*reversed(axis.get_legend_handles_labels()), strict=True)]))
    order = [titled(entry) for model in found for entry in model["contenders"].values()]
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


def titled(result):
    """A contender's title, and that its time is not that of a whole epoch."""
    part = result.get("share", 0) < result.get("images", 0)
    return result["title"] + " (extrapolated)" * part


def title(models):
    """What these times say."""
    ratios = [targets.ratio(model) for model in models]
    faster = sum(ratio < 1 for ratio in ratios if ratio)
    if not any(ratios):
        return "What an epoch costs each contender"
    return f"NumPy is faster than PyTorch eager in {faster} of {len(ratios)} models"


def draw_layers(axis, results):
    """A row for each layer and number of channels, a column for each batch size."""
    found = results["layers"]
    rows = list(dict.fromkeys((one["layer"], one["channels"]) for one in found))
    batches = sorted({one["batch"] for one in found})
    shares = np.full((len(rows), len(batches)), np.nan)
    for one in found:
        row, column = rows.index((one["layer"], one["channels"])), batches.index(one["batch"])
        shares[row, column] = one.get("share", np.nan)
    axis.imshow(np.minimum(shares, 1), "Blues", aspect="auto", vmin=0, vmax=1.15)
    for row, column in np.ndindex(*shares.shape):
        share = shares[row, column]
        text = "-" if np.isnan(share) else f"{share:.0%}"
        colour = "white" if share > 0.6 else "black"
        axis.text(column, row, text, ha="center", va="center", fontsize=8, color=colour)
    names, last = [], None
    for row, (layer, channels) in enumerate(rows):
        one = next(kind for kind in layers.LAYERS if kind.name == layer)
        many = len(one.channels) > 1
        names.append((f"{one.title}   " if layer != last else "") + (f"c = {channels:2}" * many))
        if layer != last and row:
            axis.axhline(row - 0.5, color="white", linewidth=4)
        last = layer
    axis.set_yticks(range(len(rows)), names, fontsize=9)
    axis.set_xticks(range(len(batches)), [f"{batch:,}" for batch in batches])
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    axis.set_xlabel("images in a batch (- : would need more than 1 GB)")
    axis.set_title(
        "Each layer alone, as a share of what the machine attains:\n"
        "large matrix products for dense and conv, a copy for the rest",
        fontsize=11,
    )


PANELS = {"models": draw_epochs, "layers": draw_layers}
