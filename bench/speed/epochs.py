"""Times epochs of every contender, interleaved: in each round, each one trains for one epoch.

The order is rotated from round to round, so that a slow minute of the machine affects all equally.
"""

import time

from . import machine, workers
from .models import MODELS

PAUSE = 0.05  # seconds in which the previous contender's threads stop waiting for more work


def measure(names, left_out, count, rounds, threads, say):
    """Return `{model: {"title", "images", "contenders": {name: {...}}}}` and the matrix rates."""
    processes, measured, gemm = {}, {}, {"square": [], "mlp": []}
    for model_name in names:
        model = MODELS[model_name]
        say(f"{model.title}: {rounds} rounds")
        results = {
            name: {"samples": [], "processor_samples": []}
            for name in workers.candidates(model, left_out)
        }
        for name, result in results.items():
            result["title"] = workers.CONTENDERS[name][0]
            if name not in processes:
                processes[name] = workers.Worker(threads)
            result["failed"] = None
            attempt(result, processes, name, prepare, model_name, count)
        for number in range(rounds):
            ready = [name for name, result in results.items() if not result["failed"]]
            ready = [name for name in ready if number == 0 or name not in workers.ONCE]
            turn = number % max(1, len(ready))
            for name in ready[turn:] + ready[:turn]:
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


def attempt(result, processes, name, function, *arguments):
    """Call the function; record an error in the result instead of stopping the measurement."""
    try:
        function(result, processes[name], name, *arguments)
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
    """Add the current FLOP/s of matrix products: a large one, and those of the MLP."""
    gemm["square"].append(worker.ask(call, machine.gemm_rate))
    gemm["mlp"].append(worker.ask(call, machine.shapes_rate))


def call(bench, function):
    return function()
