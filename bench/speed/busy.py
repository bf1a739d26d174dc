"""Measures what a busy machine does: the same work alone and beside processes that only compute.

There are as many of these as cores. The solutions choose their threads as the kit does, by
`grader.threads.steady`, again in each round; the others use their own default, one per core.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader import threads as blas

from . import machine, workers
from .models import MODELS

WHO = ("solutions", "torch", "jax")
DEMONSTRATION = "solutions.ch3_4_backpropagation"
STARTED = 0.3  # seconds after which the processes compute


@contextlib.contextmanager
def spinning(count: int) -> Iterator[list[subprocess.Popen]]:
    """Keep `count` processors busy with other processes for a while."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(count)]
    try:
        time.sleep(STARTED)
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def beside(number: int) -> contextlib.AbstractContextManager[object]:
    """Return the surroundings number 0, nothing, and 1, the processes."""
    return spinning(machine.cores()) if number else contextlib.nullcontext()


def measure(
    names: Iterable[str],
    left_out: Iterable[str],
    count: int,
    rounds: int,
    say: Callable[[str], object],
) -> dict[str, Any]:
    """Return `{model: {"title", "contenders": {name: {"idle", "busy", "threads"}}}}`."""
    measured = {}
    for model_name in names:
        model = MODELS[model_name]
        say(f"{model.title}, idle and busy: {rounds} rounds")
        who = [name for name in workers.candidates(model, left_out) if name in WHO]
        started = {name: workers.Worker(None) for name in who}
        results = {name: {"idle": [], "busy": [], "threads": {}} for name in who}
        for name, worker in started.items():
            results[name]["title"] = workers.CONTENDERS[name][0]
            worker.ask(workers.prepare, name, model_name, count)
        for _ in range(rounds):
            for number, kind in enumerate(("idle", "busy")):
                with beside(number):
                    for name, worker in started.items():
                        if name == "solutions":
                            chosen = worker.ask(choose) or 1
                            results[name]["threads"].setdefault(kind, []).append(chosen)
                        results[name][kind].append(worker.ask(workers.epoch)[0])
        for worker in started.values():
            worker.close()
        measured[model_name] = {"title": model.title, "contenders": results}
    return measured


def choose(bench: workers.Bench) -> int | None:
    return blas.steady()


def demonstration(rounds: int, say: Callable[[str], object]) -> dict[str, list[float]]:
    """Return the seconds of the demonstration of chapter 3.4, `{"idle": [...], "busy": [...]}`."""
    say(f"the demonstration of chapter 3.4: {rounds} rounds")
    found: dict[str, list[float]] = {"idle": [], "busy": []}
    for _ in range(rounds):
        for number, kind in enumerate(found):
            with beside(number):
                found[kind].append(seconds([sys.executable, "-m", DEMONSTRATION]))
    return found


def seconds(command: list[str]) -> float:
    """Return how long a command takes with no number of threads set; raise if it fails."""
    kept = {name: value for name, value in os.environ.items() if name not in blas.SETTINGS}
    begin = time.perf_counter()
    done = subprocess.run(command, env=kept, capture_output=True, text=True, cwd=machine.ROOT)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"{command[1:]} failed")
    return time.perf_counter() - begin
