"""Epochs of every contender, interleaved: each round, each of them trains for one epoch.

The order is rotated from round to round, so that a slow minute of the machine hits all alike.
"""

import time

from . import machine, workers
from .models import MODELS

PAUSE = 0.05  # seconds, in which the threads of the one before stop waiting for more work


def measure(names, left_out, count, rounds, threads, say):
    """`{model: {"title", "images", "contenders": {name: {...}}}}`, and the rates of `rates`."""
    people, found, gemm = {}, {}, {"square": [], "mlp": []}
    for model_name in names:
        model = MODELS[model_name]
        say(f"{model.title}: {rounds} rounds")
        results = {
            name: {"samples": [], "processor_samples": []}
            for name in workers.candidates(model, left_out)
        }
        for name, result in results.items():
            result["title"] = workers.CONTENDERS[name][0]
            if name not in people:
                people[name] = workers.Worker(threads)
            result["failed"] = None
            attempt(result, people, name, prepare, model_name, count)
        for number in range(rounds):
            ready = [name for name, result in results.items() if not result["failed"]]
            ready = [name for name in ready if number == 0 or name not in workers.ONCE]
            turn = number % max(1, len(ready))
            for name in ready[turn:] + ready[:turn]:
                attempt(results[name], people, name, one_epoch)
                if model_name == "mlp" and name == "solutions":  # beside what it is compared with
                    rates(people[name], gemm)
        for name, result in results.items():
            if not result["failed"]:
                attempt(result, people, name, accuracy)
        found[model_name] = {
            "title": model.title,
            "images": results["solutions"].get("images"),
            "contenders": results,
        }
    for worker in people.values():
        worker.close()
    return found, gemm


def attempt(result, people, name, function, *arguments):
    """Note in the result what went wrong, instead of giving up on all the others."""
    try:
        function(result, people[name], name, *arguments)
    except RuntimeError as error:
        result["failed"] = str(error)


def prepare(result, worker, name, model_name, count):
    begin = time.perf_counter()
    result["share"], result["images"] = worker.ask(workers.prepare, name, model_name, count)
    result["ready_after"] = time.perf_counter() - begin


def one_epoch(result, worker, name):
    time.sleep(PAUSE)
    seconds, busy = worker.ask(workers.epoch)
    result["samples"].append(seconds * result["images"] / result["share"])
    result["processor_samples"].append(busy * result["images"] / result["share"])


def accuracy(result, worker, name):
    whole = result["share"] == result["images"]
    result["accuracy"] = worker.ask(workers.accuracy) if whole else None


def rates(worker, gemm):
    """Add FLOP/s of matrix products, on this machine, now: large ones, and those of the MLP."""
    gemm["square"].append(worker.ask(call, machine.gemm_rate))
    gemm["mlp"].append(worker.ask(call, machine.shapes_rate))


def call(bench, function):
    return function()
