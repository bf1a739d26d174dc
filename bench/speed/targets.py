"""The speed targets of the course, and whether the samples meet them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from . import kit, machine

OURS = ("solutions", "two-cores")  # the chapters' code, and the network on two cores
RATIOS = {  # of each peer's time, for the faster of ours
    "mlp": {"torch": 0.58, "jax": 0.90},
    "cnn": {"torch": 0.35, "jax": 0.20},
    "blocks": {"torch": 0.80, "jax": 0.80},
    "adam": {"torch-fused": 0.90, "jax": 0.85},
}
SAME = 0.003  # accuracies that differ by at most this count as the same
SHARE = 0.55  # of the speed of the MLP's own matrix products
BUSY = 2.5  # times the time on an idle machine
VERDICT = 0.25  # seconds from a save
FLAT = 0.2  # the most expensive image costs at most this much more than the cheapest
UNDISTURBED = 0.9  # of a processor: a contender with less had to wait for other programs
EXTRA_SHARE = 0.01  # other memory may grow by this share of the memory of the images


def seconds(result: dict[str, Any]) -> float | None:
    """Return the median of a contender's epochs, or None without epochs."""
    return median(result["samples"]) if result["samples"] else None


def ours(model: dict[str, Any]) -> str:
    """Return the name of the faster of our contenders."""
    times = {name: seconds(model["contenders"].get(name, {"samples": []})) for name in OURS}
    return min(OURS, key=lambda name: times[name] or math.inf)


def ratio(model: dict[str, Any], name: str = "torch") -> float | None:
    """Return the time of the faster of ours as a share of another contender's."""
    mine, theirs = (
        seconds(model["contenders"].get(who, {"samples": []})) for who in (ours(model), name)
    )
    return mine / theirs if mine and theirs else None


def told(model: dict[str, Any]) -> str:
    """Return the model's title, and which contender is ours if it is not the chapters' code."""
    name = ours(model)
    return model["title"] + (f" ({model['contenders'][name]['title']})" * (name != OURS[0]))


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
    for name, limits in RATIOS.items():
        for peer, limit in limits.items():
            if name in models and ratio(models[name], peer) is not None:
                judged += against(models[name], peer, limit)
    judged += [
        gemm_share(results["by_threads"][threads]["mlp"], threads, rates["mlp"])
        for threads, rates in results.get("gemm", {}).items()
        if rates["mlp"]
    ]
    judged += busy(results)
    if results.get("kit"):
        judged += of_the_kit(results["kit"])
    if results.get("growth"):
        judged += growth(results["growth"])
    on_mnist = results.get("dataset") == "mnist"
    for name, result in results.get("accuracy", {}).items() if on_mnist else ():
        what = f"{name}: accuracy in {result['seconds']:.0f} s"
        judged.append(at_least(what, result["accuracy"], result["limit"], percent))
    return judged


def against(model: dict[str, Any], peer: str, limit: float) -> list[dict[str, Any]]:
    mine, theirs = (model["contenders"][name] for name in (ours(model), peer))
    what, name = told(model), theirs["title"]
    more = mine["accuracy"] - theirs["accuracy"]
    return [
        at_most(f"{what}: time / that of {name}", ratio(model, peer), limit, two_digits),
        at_least(f"{what}: accuracy - that of {name}", more, -SAME, points),
    ]


def busy(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Judge how much longer training takes beside processes that only compute."""
    samples = {
        model["title"]: model["contenders"]["solutions"]
        for model in results.get("busy", {}).values()
    }
    if results.get("demonstration"):
        samples["demonstration of 3.4"] = results["demonstration"]
    return [
        at_most(f"{what}: busy / idle", times_longer(found), BUSY, two_digits)
        for what, found in samples.items()
    ]


def times_longer(found: dict[str, list[float]]) -> float:
    return median(found["busy"]) / median(found["idle"])


def of_the_kit(measured: dict[str, Any]) -> list[dict[str, Any]]:
    judged = [
        at_most(f"grade run all, {name}", median(samples), kit.LIMITS[name], in_seconds)
        for name, samples in measured["grade"].items()
    ]
    for name, waited in sorted(measured["saves"].items(), key=lambda item: -item[1])[:3]:
        judged.append(at_most(f"save to verdict, {name}", waited, VERDICT, in_seconds))
    return judged


def mlp_rate(model: dict[str, Any]) -> float:
    """Return the FLOP/s of the epoch, counting only the matrix products that it needs."""
    per_image = machine.flops(machine.MLP_PRODUCTS) / machine.BATCH_SIZE
    return per_image * model["images"] / seconds(model["contenders"][ours(model)])


def gemm_share(model: dict[str, Any], threads: int, alone: list[float]) -> dict[str, Any]:
    """Compare the epoch with its products alone, both with this number of threads."""
    what = f"{told(model)}: epoch / its matrix products alone, {machine.threads_of(threads)}"
    return at_least(what, mlp_rate(model) / median(alone), SHARE, percent)


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


def in_seconds(value: float) -> str:
    return f"{value:.3g} s"


def points(value: float) -> str:
    return f"{100 * value:+.2f} points"
