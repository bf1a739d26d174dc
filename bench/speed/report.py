"""The results as tables of plain text."""

from statistics import median

from . import layers, machine, targets


def text(results):
    parts = [heading(results)]
    parts += [model_table(model, results) for model in results.get("models", {}).values()]
    if results.get("models"):
        parts.append(notes(results))
    if results.get("gemm", {}).get("mlp"):
        parts.append(gemm_lines(results))
    if results.get("growth"):
        parts.append(growth_table(results["growth"]))
    if results.get("layers"):
        parts += [layer_table(layer, results["layers"]) for layer in layers.LAYERS]
    if results.get("accuracy"):
        parts.append(accuracy_table(results))
    return "\n\n".join([*parts, target_table(results["targets"])])


def heading(results):
    here = results["machine"]
    kept = {name: here[name] for name in ["python", "numpy", "scipy", "scikit-learn", "torch"]}
    versions = ", ".join(f"{name} {version}" for name, version in kept.items() if version)
    return (
        f"{here['processor']}, {here['cores']} cores, {machine.threads_of(here)}\n{versions}\n"
        f"{results['dataset']}, batch {results['batch_size']}, {results['dtype']}, "
        f"median of {results['rounds']} interleaved rounds"
    )


def model_table(model, results):
    found = [f"{model['title'] + ', an epoch':<36}seconds  fastest  / PyTorch   accuracy"]
    eager = targets.seconds(model["contenders"].get("torch", {"samples": []}))
    for result in model["contenders"].values():
        found.append(f"  {result['title']:<32}" + contender_line(result, eager))
    return "\n".join(found)


def contender_line(result, eager):
    middle = targets.seconds(result)
    if result["failed"] or middle is None:
        return f"  left out: {result['failed'] or 'no epoch'}"
    star = "*" if result["share"] < result["images"] else " "
    ratio = f"{middle / eager:>10.2f}" if eager else f"{'-':>10}"
    right = result.get("accuracy")
    accuracy = f"{right:>10.2%}" if right is not None else f"{'-':>10}"
    return f"{number(middle):>9}{star}{number(min(result['samples'])):>8} {ratio} {accuracy}"


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 10 else f"{value:.1f}"


def notes(results):
    shares = {
        f"{result['share']} images for {result['title']}"
        for model in results["models"].values()
        for result in model["contenders"].values()
        if not result["failed"] and result["share"] < result["images"]
    }
    text = (
        f"Accuracy: of the test images, after these {results['rounds']} epochs from the same start."
    )
    text += waited(results)
    return text + (f"\n* extrapolated from {', '.join(sorted(shares))}" if shares else "")


def waited(results):
    """A warning when other programs took their share: times then mean little."""
    got = targets.processor_share(results)
    if got > targets.UNDISTURBED:
        return ""
    return (
        f"\nOTHER PROGRAMS WERE RUNNING: a contender got {got:.0%} of one processor. The times"
        "\nare not to be trusted; measure again when the machine is idle."
    )


def gemm_lines(results):
    square, mlp = (median(results["gemm"][name]) / 1e9 for name in ("square", "mlp"))
    lines = [
        "Matrix products in float32, GFLOP/s",
        f"  two matrices of {machine.LARGE} x {machine.LARGE:<28}{square:>8.1f}",
        f"  the five of an MLP batch, without all the rest  {mlp:>8.1f}",
    ]
    model = results["models"].get("mlp")
    if model:
        ours = targets.mlp_rate(model) / 1e9
        lines.append(
            f"  the MLP epoch, with all the rest                {ours:>8.1f}, {ours / mlp:.0%} of "
            f"the five alone, {ours / square:.0%} of the large"
        )
    return "\n".join(lines)


def growth_table(growth):
    found = ["MLP: images     us / image   extra memory MB   resident MB   data MB"]
    for n, samples in growth["seconds_per_image"].items():
        cells = [growth[name][n] for name in ["peak_bytes", "resident_bytes", "data_bytes"]]
        extra, resident, data = ("-" if cell is None else f"{cell / 1e6:.1f}" for cell in cells)
        time = 1e6 * median(samples)
        found.append(f"{int(n):>11,}{time:>15.2f}{extra:>18}{resident:>14}{data:>10}")
    return "\n".join(found)


def layer_table(layer, found):
    """Share of what the machine attains: a row for each number of channels, a column per batch."""
    mine = [one for one in found if one["layer"] == layer.name]
    batches = sorted({one["batch"] for one in mine})
    against = "GEMM speed" if layer.work == "gemm" else "speed of a copy"
    lines = [f"{layer.title}: share of the {against}"]
    lines.append(f"{'batch':>12}" + "".join(f"{batch:>8}" for batch in batches))
    for channels in sorted({one["channels"] for one in mine}):
        row = {one["batch"]: one for one in mine if one["channels"] == channels}
        cells = [f"{row[b]['share']:.0%}" if "share" in row[b] else ">1 GB" for b in batches]
        title = f"{channels} channels" if len(layer.channels) > 1 else ""
        lines.append(f"{title:>12}" + "".join(f"{cell:>8}" for cell in cells))
    return "\n".join(lines)


def accuracy_table(results):
    found = [f"{'Full training on ' + results['dataset']:<40}seconds   accuracy"]
    for name, result in results["accuracy"].items():
        given = ", ".join(f"{key}={value}" for key, value in result["arguments"].items())
        what = f"{name}, {given or 'its own settings'}"
        found.append(f"  {what:<38}{result['seconds']:>7.1f}{result['accuracy']:>11.2%}")
    return "\n".join(found)


def target_table(found):
    lines = ["Targets"]
    for target in found:
        lines.append(
            f"  {'pass' if target['passed'] else 'FAIL'}  {target['what']}: {target['text']}"
        )
    return "\n".join(lines if found else [*lines, "  none of these was measured"])
