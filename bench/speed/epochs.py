"""Times epochs of every contender, interleaved: in each round, each one trains for one epoch.

The order is rotated from round to round, so that a slow minute of the machine affects all equally.
Everything is measured with each number of threads; a contender's time is that with the better one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import Any

from . import machine, workers
from .models import MODELS

PAUSE = 0.2  # seconds; the previous contender's threads wait for work for 0.12 s (OpenBLAS), busily

Models = dict[str, Any]  # {model: {"title", "images", "contenders": {name: {...}}}}
Rates = dict[str, list[float]]  # {"square" or "mlp": FLOP/s of matrix products}


def measure(
    names: Sequence[str],
    left_out: Iterable[str],
    count: int,
    rounds: int,
    thread_counts: Sequence[int],
    say: Callable[[str], object],
) -> tuple[dict[int, Models], dict[int, Rates]]:
    """Return the models and the speeds of matrix products, both for each number of threads."""
    by_threads, gemm = {}, {}
    for threads in thread_counts:
        apart = workers.SLOW if threads != thread_counts[0] else set()
        apart = apart | (workers.TWO_LAYERS_ONLY if threads < 2 else set())  # they use two cores
        by_threads[threads], gemm[threads] = with_threads(
            names, {*left_out, *apart}, count, rounds, threads, say
        )
    return by_threads, gemm


def best(by_threads: dict[int, Models]) -> Models:
    """Return the models, each contender with the number of threads with which it is faster."""
    merged: Models = {}
    for model in next(iter(by_threads.values())):
        found: dict[str, Any] = {}
        for models in by_threads.values():
            for name, result in models[model]["contenders"].items():
                if name not in found or middle(result) < middle(found[name]):
                    found[name] = result
        first = next(iter(by_threads.values()))[model]
        merged[model] = first | {"contenders": found}
    return merged


def middle(result: dict[str, Any]) -> float:
    return median(result["samples"]) if result["samples"] else float("inf")


def with_threads(
    names: Iterable[str],
    left_out: Iterable[str],
    count: int,
    rounds: int,
    threads: int,
    say: Callable[[str], object],
) -> tuple[Models, Rates]:
    processes, measured, gemm = {}, {}, {"square": [], "mlp": []}
    for model_name in names:
        model = MODELS[model_name]
        say(f"{model.title}, {machine.threads_of(threads)}: {rounds} rounds")
        results = {
            name: {
                "samples": [],
                "processor_samples": [],
                "threads": threads,
                "title": workers.CONTENDERS[name][0],
                "failed": None,
            }
            for name in workers.candidates(model, left_out)
        }
        for name, result in results.items():
            if name not in processes:
                processes[name] = workers.Worker(threads)
            attempt(result, processes, name, prepare, model_name, count)
        for name in turns(results, rounds):
            attempt(results[name], processes, name, one_epoch)
            if model_name == "mlp" and name == "solutions":  # right next to its comparison
                rates(processes[name], gemm)
        for name, result in results.items():
            if not result["failed"]:
                attempt(result, processes, name, accuracy)
        measured[model_name] = {
            "title": model.title,
            "images": results["solutions"].get("images"),
            "contenders": results,
        }
    for worker in processes.values():
        worker.close()
    return measured, gemm


def turns(results: dict[str, dict[str, Any]], rounds: int) -> Iterator[str]:
    """Yield the contenders that have not failed, round by round, each round in another order."""
    for number in range(rounds):
        ready = [name for name, result in results.items() if not result["failed"]]
        ready = [name for name in ready if number == 0 or name not in workers.ONCE]
        turn = number % max(1, len(ready))
        yield from ready[turn:] + ready[:turn]


def attempt(
    result: dict[str, Any],
    processes: dict[str, workers.Worker],
    name: str,
    function: Callable[..., object],
    *arguments: object,
) -> None:
    """Call the function; record an error in the result instead of stopping the measurement."""
    try:
        function(result, processes[name], name, *arguments)
    except RuntimeError as error:
        result["failed"] = str(error)


def prepare(
    result: dict[str, Any], worker: workers.Worker, name: str, model_name: str, count: int
) -> None:
    begin = time.perf_counter()
    result["share"], result["images"] = worker.ask(workers.prepare, name, model_name, count)
    result["ready_after"] = time.perf_counter() - begin


def one_epoch(result: dict[str, Any], worker: workers.Worker, name: str) -> None:
    time.sleep(PAUSE)
    seconds, busy = worker.ask(workers.epoch)
    result["samples"].append(seconds * result["images"] / result["share"])
    result["processor_samples"].append(busy * result["images"] / result["share"])


def accuracy(result: dict[str, Any], worker: workers.Worker, name: str) -> None:
    whole = result["share"] == result["images"]
    result["accuracy"] = worker.ask(workers.accuracy) if whole else None


def rates(worker: workers.Worker, gemm: Rates) -> None:
    """Add the current FLOP/s of matrix products: a large one, and those of the MLP."""
    gemm["square"].append(worker.ask(call, machine.gemm_rate))
    gemm["mlp"].append(worker.ask(call, machine.shapes_rate))


def call(bench: workers.Bench, function: Callable[[], Any]) -> Any:
    return function()
