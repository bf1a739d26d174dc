"""What the course promises about its speed, and whether these samples keep it."""

from statistics import median

from . import machine

RATIOS = {"mlp": 0.65, "cnn": 0.55, "blocks": 1.0, "adam": 0.8}  # of PyTorch eager's time
SAME = 0.003  # accuracies that differ by no more are the same
SHARE = 0.5  # of the speed of the MLP's own matrix products
FLAT = 0.2  # the dearest image costs at most this much more than the cheapest
UNDISTURBED = 0.9  # of a processor: a contender that got less waited for other programs
EXTRA_SHARE = 0.01  # memory beside the images may grow by this share of what they take


def seconds(result):
    """The median of a contender's epochs, or None where there is none."""
    return median(result["samples"]) if result["samples"] else None


def ratio(model, name="torch"):
    """The solutions' time as a share of another contender's."""
    ours, theirs = (
        seconds(model["contenders"].get(who, {"samples": []})) for who in ("solutions", name)
    )
    return ours / theirs if ours and theirs else None


def processor_share(results):
    """What the contender that had to wait the longest got, of one processor: at most 1."""
    got = [
        median(result["processor_samples"]) / seconds(result)
        for model in results["models"].values()
        for result in model["contenders"].values()
        if result.get("processor_samples")
    ]
    return min([1.0, *got])


def judge(results):
    """List of {"what", "limit", "value", "passed"} for all that was measured."""
    models, found = results.get("models", {}), []
    for name, limit in RATIOS.items():
        if name in models and ratio(models[name]) is not None:
            found += against_pytorch(models[name], limit)
    if "mlp" in models and results.get("gemm"):
        found.append(gemm_share(models["mlp"], results["gemm"]))
    if results.get("growth"):
        found += growth(results["growth"])
    on_mnist = results.get("dataset") == "mnist"
    for name, result in results.get("accuracy", {}).items() if on_mnist else ():
        what = f"{name}: accuracy in {result['seconds']:.0f} s"
        found.append(at_least(what, result["accuracy"], result["limit"], percent))
    return found


def against_pytorch(model, limit):
    title = model["title"]
    found = [at_most(f"{title}: time / PyTorch eager's", ratio(model), limit, two_digits)]
    ours, theirs = (model["contenders"][name]["accuracy"] for name in ("solutions", "torch"))
    found.append(at_least(f"{title}: accuracy - PyTorch's", ours - theirs, -SAME, points))
    return found


def mlp_rate(model):
    """FLOP/s of the epoch, if its needed matrix products were all there is to it."""
    per_image = machine.flops(machine.MLP_PRODUCTS) / machine.BATCH_SIZE
    return per_image * model["images"] / seconds(model["contenders"]["solutions"])


def gemm_share(model, gemm):
    share = mlp_rate(model) / median(gemm["mlp"])
    return at_least("MLP epoch / speed of its matrix products alone", share, SHARE, percent)


def growth(measured):
    """Time for each image, and the memory beside the images, from the fewest to the most."""
    times = [median(samples) for samples in measured["seconds_per_image"].values()]
    fewest, most = (f"{int(n):,}" for n in (min_max(measured["peak_bytes"])))
    steps = f"{fewest} to {most} images"
    peaks, data = list(measured["peak_bytes"].values()), list(measured["data_bytes"].values())
    more = (max(peaks) - min(peaks)) / (max(data) - min(data)) if max(data) > min(data) else 0.0
    return [
        at_most(
            f"{steps}: dearest image / cheapest", max(times) / min(times), 1 + FLAT, two_digits
        ),
        at_most(f"{steps}: growth of extra memory / of data", more, EXTRA_SHARE, percent),
    ]


def min_max(by_size):
    found = [int(n) for n in by_size]
    return min(found), max(found)


def at_most(what, value, limit, written):
    return {
        "what": what,
        "limit": limit,
        "value": value,
        "passed": value <= limit,
        "text": f"{written(value)} (at most {written(limit)})",
    }


def at_least(what, value, limit, written):
    found = at_most(what, value, limit, written)
    return found | {
        "passed": value >= limit,
        "text": f"{written(value)} (at least {written(limit)})",
    }


def two_digits(value):
    return f"{value:.2f}"


def percent(value):
    return f"{value:.1%}"


def points(value):
    return f"{100 * value:+.2f} points"
