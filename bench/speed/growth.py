"""Measures how the MLP's time and memory grow with the number of images.

It uses random images, because neither depends on their contents.
"""

from __future__ import annotations

import sys
import time
import tracemalloc

import numpy as np

try:
    import resource
except ImportError:  # Windows does not have it
    resource = None

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from solutions.ch2_3_mini_batches import gradient_descent
from solutions.ch3_4_backpropagation import mlp_loss

from . import workers
from .contenders import BATCH_SIZE
from .models import MODELS, start_params

if TYPE_CHECKING:
    from .workers import Bench

FEWEST = 1000


def sizes(most: int) -> list[int]:
    """Return 1,000 images, four times as many, and so on, up to `most`."""
    fewest = min(FEWEST, most)
    return [size for size in (fewest, 4 * fewest, 16 * fewest) if size < most] + [most]


def measure(most: int, rounds: int, threads: int, say: Callable[[str], object]) -> dict[str, Any]:
    """Return `{"seconds_per_image": {n: [samples]}, "peak_bytes": {n: ...}, ...}`."""
    say(f"growth of the cost: {', '.join(f'{n:,}' for n in sizes(most))} images")
    measured = {"seconds_per_image": {n: [] for n in sizes(most)}, "data_bytes": {}}
    measured |= {"peak_bytes": {}, "resident_bytes": {}}
    worker = workers.Worker(threads)
    worker.ask(make, most)
    for number in range(rounds):
        turn = number % len(sizes(most))
        for n in sizes(most)[turn:] + sizes(most)[:turn]:
            measured["seconds_per_image"][n].append(worker.ask(seconds_per_image, n))
    worker.close()
    for n in sizes(most):  # each in a new process, which has not needed more memory before
        worker = workers.Worker(threads)
        measured["data_bytes"][n] = worker.ask(make, n)
        measured["resident_bytes"][n] = worker.ask(resident)
        measured["peak_bytes"][n] = worker.ask(peak)
        worker.close()
    return measured


def make(bench: Bench, n: int) -> int:
    """Make n images and their labels; return their size in bytes."""
    rng = np.random.default_rng(0)
    bench.X = rng.random((n, 784), np.float32)
    bench.y = np.zeros((n, 10), np.float32)
    bench.y[np.arange(n), np.arange(n) % 10] = 1
    return bench.X.nbytes + bench.y.nbytes


def train(bench: Bench, n: int, epochs: int = 1) -> None:
    start, rng = start_params(MODELS["mlp"], 0), np.random.default_rng(0)
    gradient_descent(bench.X[:n], bench.y[:n], start, 0.01, mlp_loss, BATCH_SIZE, epochs, rng)


def seconds_per_image(bench: Bench, n: int) -> float:
    """Return the seconds per image, over enough epochs to make all samples equally long."""
    epochs = max(1, round(len(bench.X) / n))
    begin = time.perf_counter()
    train(bench, n, epochs)
    return (time.perf_counter() - begin) / (epochs * n)


def peak(bench: Bench) -> int:
    """Return the peak bytes of Python and NumPy in addition to the images, by `tracemalloc`."""
    tracemalloc.start()
    train(bench, len(bench.X))
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest


def resident(bench: Bench) -> int | None:
    """Return by how many bytes an epoch raises the peak resident memory of this process."""
    if resource is None:
        return None
    before = highest_resident()
    train(bench, len(bench.X))
    return highest_resident() - before


def highest_resident() -> int:
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest if sys.platform == "darwin" else 1024 * highest
