"""The speed targets of the course, and whether the samples meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from . import machine

RATIOS = {"mlp": 0.65, "cnn": 0.55, "blocks": 1.0, "adam": 0.8}  # of PyTorch eager's time
SAME = 0.003  # accuracies that differ by at most this count as the same
SHARE = 0.5  # of the speed of the MLP's own matrix products
FLAT = 0.2  # the most expensive image costs at most this much more than the cheapest
UNDISTURBED = 0.9  # of a processor: a contender with less had to wait for other programs
EXTRA_SHARE = 0.01  # other memory may grow by this share of the memory of the images


def seconds(result: dict[str, Any]) -> float | None:
    """Return the median of a contender's epochs, or None without epochs."""
    return median(result["samples"]) if result["samples"] else None


def ratio(model: dict[str, Any], name: str = "torch") -> float | None:
    """Return the solutions' time as a share of another contender's."""
    ours, theirs = (
        seconds(model["contenders"].get(who, {"samples": []})) for who in ("solutions", name)
    )
    return ours / theirs if ours and theirs else None


def processor_share(results: dict[str, Any]) -> float:
    """Return the smallest share of a processor that a contender got, at most 1."""
    shares = [
        median(result["processor_samples"]) / seconds(result)
        for model in results["models"].values()
        for result in model["contenders"].values()
        if result.get("processor_samples")
    ]
    return min([1.0, *shares])


def judge(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a list of {"what", "limit", "value", "passed"} for all that was measured."""
    models, judged = results.get("models", {}), []
    for name, limit in RATIOS.items():
        if name in models and ratio(models[name]) is not None:
            judged += against_pytorch(models[name], limit)
    if "mlp" in models and results.get("gemm"):
        judged.append(gemm_share(models["mlp"], results["gemm"]))
    if results.get("growth"):
        judged += growth(results["growth"])
    on_mnist = results.get("dataset") == "mnist"
    for name, result in results.get("accuracy", {}).items() if on_mnist else ():
        what = f"{name}: accuracy in {result['seconds']:.0f} s"
        judged.append(at_least(what, result["accuracy"], result["limit"], percent))
    return judged


def against_pytorch(model: dict[str, Any], limit: float) -> list[dict[str, Any]]:
    title = model["title"]
    ours, theirs = (model["contenders"][name]["accuracy"] for name in ("solutions", "torch"))
    return [
        at_most(f"{title}: time / PyTorch eager's", ratio(model), limit, two_digits),
        at_least(f"{title}: accuracy - PyTorch's", ours - theirs, -SAME, points),
    ]


def mlp_rate(model: dict[str, Any]) -> float:
    """Return the FLOP/s of the epoch, counting only the matrix products that it needs."""
    per_image = machine.flops(machine.MLP_PRODUCTS) / machine.BATCH_SIZE
    return per_image * model["images"] / seconds(model["contenders"]["solutions"])


def gemm_share(model: dict[str, Any], gemm: dict[str, list[float]]) -> dict[str, Any]:
    share = mlp_rate(model) / median(gemm["mlp"])
    return at_least("MLP epoch / speed of its matrix products alone", share, SHARE, percent)


def growth(measured: dict[str, Any]) -> list[dict[str, Any]]:
    """Judge the time per image and the other memory, from the fewest images to the most."""
    times = [median(samples) for samples in measured["seconds_per_image"].values()]
    fewest, most = (f"{int(n):,}" for n in (min_max(measured["peak_bytes"])))
    steps = f"{fewest} to {most} images"
    peaks, data = list(measured["peak_bytes"].values()), list(measured["data_bytes"].values())
    more = (max(peaks) - min(peaks)) / (max(data) - min(data)) if max(data) > min(data) else 0.0
    return [
        at_most(f"{steps}: slowest image / fastest", max(times) / min(times), 1 + FLAT, two_digits),
        at_most(f"{steps}: growth of extra memory / of data", more, EXTRA_SHARE, percent),
    ]


def min_max(by_size: Iterable[int | str]) -> tuple[int, int]:
    sizes = [int(n) for n in by_size]
    return min(sizes), max(sizes)


def at_most(
    what: str, value: float, limit: float, written: Callable[[float], str]
) -> dict[str, Any]:
    return {
        "what": what,
        "limit": limit,
        "value": value,
        "passed": value <= limit,
        "text": f"{written(value)} (at most {written(limit)})",
    }


def at_least(
    what: str, value: float, limit: float, written: Callable[[float], str]
) -> dict[str, Any]:
    return at_most(what, value, limit, written) | {
        "passed": value >= limit,
        "text": f"{written(value)} (at least {written(limit)})",
    }


def two_digits(value: float) -> str:
    return f"{value:.2f}"


def percent(value: float) -> str:
    return f"{value:.1%}"


def points(value: float) -> str:
    return f"{100 * value:+.2f} points"
