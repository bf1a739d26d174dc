"""Formats the results as plain-text tables."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from . import document, layers, machine, targets


def text(results: dict[str, Any]) -> str:
    parts = [heading(results)]
    parts += [model_table(model, results) for model in results.get("models", {}).values()]
    if results.get("models"):
        parts.append(notes(results))
    if results.get("gemm") and "mlp" in results["models"]:
        parts.append(gemm_lines(results))
    if results.get("growth"):
        parts.append(growth_table(results["growth"]))
    if results.get("layers"):
        parts += [layer_table(layer, results["layers"]) for layer in layers.LAYERS]
    if results.get("accuracy"):
        parts.append(accuracy_table(results))
    return "\n\n".join([*parts, document.text(results)])


def heading(results: dict[str, Any]) -> str:
    here = results["machine"]
    return (
        f"{document.facts(here)}\n"
        f"{results['dataset']}, batch {results['batch_size']}, {results['dtype']}, "
        f"median of {results['rounds']} interleaved rounds"
    )


def model_table(model: dict[str, Any], results: dict[str, Any]) -> str:
    lines = [f"{model['title'] + ', per epoch':<36}seconds  fastest  / PyTorch   accuracy threads"]
    eager = targets.seconds(model["contenders"].get("torch", {"samples": []}))
    for result in model["contenders"].values():
        lines.append(f"  {result['title']:<32}" + contender_line(result, eager))
    return "\n".join(lines)


def contender_line(result: dict[str, Any], eager: float | None) -> str:
    middle = targets.seconds(result)
    if result["failed"] or middle is None:
        return f"  left out: {result['failed'] or 'no epoch'}"
    star = "*" if result["share"] < result["images"] else " "
    ratio = f"{middle / eager:>10.2f}" if eager else f"{'-':>10}"
    right = result.get("accuracy")
    accuracy = f"{right:>10.2%}" if right is not None else f"{'-':>10}"
    fastest = number(min(result["samples"]))
    return f"{number(middle):>9}{star}{fastest:>8} {ratio} {accuracy}{result['threads']:>8}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 10 else f"{value:.1f}"


def notes(results: dict[str, Any]) -> str:
    shares = {
        f"{result['share']} images for {result['title']}"
        for model in results["models"].values()
        for result in model["contenders"].values()
        if not result["failed"] and result["share"] < result["images"]
    }
    text = f"Accuracy: on the test images, after {results['rounds']} epochs from the same start."
    text += warning(results)
    return text + (f"\n* extrapolated from {', '.join(sorted(shares))}" if shares else "")


def warning(results: dict[str, Any]) -> str:
    """Return a warning if other programs were running, which makes the times unreliable."""
    share = targets.processor_share(results)
    if share > targets.UNDISTURBED:
        return ""
    return (
        f"\nOTHER PROGRAMS WERE RUNNING: a contender got {share:.0%} of one processor. The times"
        "\nare not reliable; measure again when the machine is idle."
    )


def gemm_lines(results: dict[str, Any]) -> str:
    model = results["models"]["mlp"]
    threads = model["contenders"][targets.ours(model)]["threads"]
    gemm = results["gemm"][threads]
    square, mlp = (median(gemm[name]) / 1e9 for name in ("square", "mlp"))
    ours = targets.mlp_rate(model) / 1e9
    lines = [
        f"Matrix products in float32, GFLOP/s, {machine.threads_of(threads)}",
        f"  two matrices of {machine.LARGE} x {machine.LARGE:<28}{square:>8.1f}",
        f"  the five of an MLP batch, and nothing else      {mlp:>8.1f}",
        f"  the MLP epoch, with everything else             {ours:>8.1f}, {ours / mlp:.0%} of "
        f"the five alone, {ours / square:.0%} of the large",
    ]
    return "\n".join(lines)


def growth_table(growth: dict[str, Any]) -> str:
    lines = ["MLP: images     us / image   extra memory MB   resident MB   data MB"]
    for n, samples in growth["seconds_per_image"].items():
        cells = [growth[name][n] for name in ["peak_bytes", "resident_bytes", "data_bytes"]]
        extra, resident, data = ("-" if cell is None else f"{cell / 1e6:.1f}" for cell in cells)
        time = 1e6 * median(samples)
        lines.append(f"{int(n):>11,}{time:>15.2f}{extra:>18}{resident:>14}{data:>10}")
    return "\n".join(lines)


def layer_table(layer: layers.Layer, results: Sequence[dict[str, Any]]) -> str:
    """Format shares of the machine's speed: a row per number of channels, a column per batch."""
    timed = [result for result in results if result["layer"] == layer.name]
    batches = sorted({result["batch"] for result in timed})
    against = "GEMM speed" if layer.work == "gemm" else "speed of a copy"
    lines = [f"{layer.title}: share of the {against}"]
    lines.append(f"{'batch':>12}" + "".join(f"{batch:>8}" for batch in batches))
    for channels in sorted({result["channels"] for result in timed}):
        row = {result["batch"]: result for result in timed if result["channels"] == channels}
        cells = [f"{row[b]['share']:.0%}" if "share" in row[b] else ">1 GB" for b in batches]
        title = f"{channels} channels" if len(layer.channels) > 1 else ""
        lines.append(f"{title:>12}" + "".join(f"{cell:>8}" for cell in cells))
    return "\n".join(lines)


def accuracy_table(results: dict[str, Any]) -> str:
    lines = [f"{'Full training on ' + results['dataset']:<40}seconds   accuracy"]
    for name, result in results["accuracy"].items():
        arguments = ", ".join(f"{key}={value}" for key, value in result["arguments"].items())
        title = f"{name}, {arguments or 'its own settings'}"
        lines.append(f"  {title:<38}{result['seconds']:>7.1f}{result['accuracy']:>11.2%}")
    return "\n".join(lines)
