"""How the cost of the MLP grows with the number of images: time for each, and memory beside them.

Random images do: neither depends on what is in them.
"""

import sys
import time
import tracemalloc

import numpy as np

try:
    import resource
except ImportError:  # Windows does without
    resource = None

from solutions.ch2_3_mini_batches import gradient_descent
from solutions.ch3_4_backpropagation import mlp_loss

from . import workers
from .contenders import BATCH_SIZE
from .models import MODELS, start_params

FEWEST = 1000


def sizes(most):
    """1,000 images, four times as many, and so on; at last `most`."""
    fewest = min(FEWEST, most)
    return [size for size in (fewest, 4 * fewest, 16 * fewest) if size < most] + [most]


def measure(most, rounds, threads, say):
    """`{"seconds_per_image": {n: [samples]}, "peak_bytes": {n: ...}, "resident_bytes": ...}`."""
    say(f"how cost grows: {', '.join(f'{n:,}' for n in sizes(most))} images")
    found = {"seconds_per_image": {n: [] for n in sizes(most)}, "data_bytes": {}}
    found |= {"peak_bytes": {}, "resident_bytes": {}}
    worker = workers.Worker(threads)
    worker.ask(make, most)
    for number in range(rounds):
        turn = number % len(sizes(most))
        for n in sizes(most)[turn:] + sizes(most)[:turn]:
            found["seconds_per_image"][n].append(worker.ask(seconds_per_image, n))
    worker.close()
    for n in sizes(most):  # each in a process of its own, which has not needed more before
        worker = workers.Worker(threads)
        found["data_bytes"][n] = worker.ask(make, n)
        found["resident_bytes"][n] = worker.ask(resident)
        found["peak_bytes"][n] = worker.ask(peak)
        worker.close()
    return found


def make(bench, n):
    """Make n images and their labels; returns their bytes."""
    rng = np.random.default_rng(0)
    bench.X = rng.random((n, 784), np.float32)
    bench.y = np.zeros((n, 10), np.float32)
    bench.y[np.arange(n), np.arange(n) % 10] = 1
    return bench.X.nbytes + bench.y.nbytes


def train(bench, n, epochs=1):
    start, rng = start_params(MODELS["mlp"], 0), np.random.default_rng(0)
    gradient_descent(bench.X[:n], bench.y[:n], start, 0.01, mlp_loss, BATCH_SIZE, epochs, rng)


def seconds_per_image(bench, n):
    """Of as many epochs as make 60 of the fewest, so that every sample is as long."""
    epochs = max(1, round(len(bench.X) / n))
    begin = time.perf_counter()
    train(bench, n, epochs)
    return (time.perf_counter() - begin) / (epochs * n)


def peak(bench):
    """The most bytes that Python and NumPy held at once beside the images, by `tracemalloc`."""
    tracemalloc.start()
    train(bench, len(bench.X))
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def resident(bench):
    """By how much an epoch raises the most memory that the system gave this process."""
    if resource is None:
        return None
    before = highest_resident()
    train(bench, len(bench.X))
    return highest_resident() - before


def highest_resident():
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else 1024 * found
