"""Runs each contender in its own process, so that none works in memory that another has warmed.

Only one of them works at a time: the measuring process decides which.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import importlib.util
import os
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from grader import threads as blas

from . import machine, models

CONTENDERS = {  # name: (title, module, class); a module is imported by its own process only
    "solutions": ("solutions (NumPy)", "contenders", "Solutions"),
    "two-cores": ("NumPy, half a network per core", "contenders", "TwoCores"),
    "torch": ("PyTorch eager", "pytorch", "PyTorch"),
    "torch-fused": ("PyTorch eager, fused Adam", "pytorch", "Fused"),
    "torch-compiled": ("PyTorch compiled", "pytorch", "Compiled"),
    "jax": ("JAX, jit and scan", "jax_scan", "JAX"),
    "sklearn": ("scikit-learn", "contenders", "ScikitLearn"),
    "scipy": ("SciPy, image by image", "slow", "ImageByImage"),
    "loops": ("plain Python loops", "slow", "PlainLoops"),
}
CNN_ONLY = {"scipy"}
TWO_LAYERS_ONLY = {"two-cores"}
TWO_LAYERS = ["dense", "relu", "dense"]
NO_CNN = {"sklearn"}
ONCE = {"loops"}  # so slow that they run in the first round only
SLOW = {"scipy", "loops"}  # and the number of threads makes no difference
PACKAGES = {"torch": "PyTorch", "jax": "JAX"}  # which may not be there


def is_there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def candidates(model: models.Model, left_out: Iterable[str] = ()) -> list[str]:
    """Return the contenders that can train this model on this machine."""
    kinds = [layer.partition(" ")[0] for layer in model.layers]
    return [
        name
        for name in CONTENDERS
        if name not in (NO_CNN if "conv" in kinds else CNN_ONLY)
        and not (name in TWO_LAYERS_ONLY and kinds != TWO_LAYERS)
        and not (name == "torch-fused" and model.optimizer != "adam")
        and name not in left_out
        and all(is_there(package) for package in PACKAGES if name.startswith(package))
    ]


class Worker:
    """A process that handles one request after another.

    threads: how many each contender may use; None leaves that to them, as with no settings.
    """

    def __init__(self, threads: int | None) -> None:
        context = get_context("spawn")
        self.connection, other_end = context.Pipe()
        with environment(threads):
            self.process = context.Process(target=serve, args=(other_end, threads))
            self.process.start()
        other_end.close()
        atexit.register(self.close)  # a daemon would end by itself, but may start no process

    def ask(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Call `function(bench, *arguments)` in the process, which keeps `bench` between calls."""
        self.connection.send((function, arguments))
        try:
            answer, error = self.connection.recv()
        except EOFError:
            raise RuntimeError("its process has died") from None
        if error:
            raise RuntimeError(error)
        return answer

    def close(self) -> None:
        self.connection.close()
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()


@contextlib.contextmanager
def environment(threads: int | None) -> Iterator[None]:
    """Let a process that is started now use so many threads."""
    settings = dict.fromkeys(blas.SETTINGS, str(threads)) | {"NPROC": str(threads)}  # JAX's
    if threads == 1:
        settings["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    before = {name: os.environ.pop(name, None) for name in settings}
    os.environ.update(settings if threads else {})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


def serve(connection: Connection, threads: int | None) -> None:
    bench = Bench(threads)
    while True:
        try:
            function, arguments = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            connection.send((function(bench, *arguments), None))
        except Exception as error:
            last = traceback.format_exception_only(error)[-1].strip().splitlines()[0]
            connection.send((None, last))


class Bench:
    """State of a worker: its data set and the contender that is training."""

    def __init__(self, threads: int | None) -> None:
        self.threads = threads or machine.cores()
        self.dataset = self.contender = None
        warnings.simplefilter("ignore")  # scikit-learn warns that one epoch is not enough


def prepare(bench: Bench, name: str, model_name: str, count: int) -> tuple[int, int]:
    """Prepare a contender with the start weights; return (its share, number of images)."""
    import data

    if bench.dataset is None:
        bench.dataset = data.load("auto")
    model, (_, module, kind) = models.MODELS[model_name], CONTENDERS[name]
    images = models.images_for(model, bench.dataset, count)
    if hasattr(bench.contender, "close"):
        bench.contender.close()
    kind = getattr(importlib.import_module(f"bench.speed.{module}"), kind)
    bench.contender = kind(model, images, models.start_params(model, seed=0), bench.threads)
    share = bench.contender.share
    if share == len(images.X):  # contenders that train on few images need no warm-up
        bench.contender.share = min(share, 3 * 64 + share % 64)  # full batches and the last one
        bench.contender.epoch()
        bench.contender.reset()
        bench.contender.share = share
    return share, len(images.X)


def epoch(bench: Bench) -> tuple[float, float]:
    """Train for one epoch; return the elapsed seconds and the processor seconds."""
    begin, busy = time.perf_counter(), time.process_time()
    bench.contender.epoch()
    return time.perf_counter() - begin, time.process_time() - busy


def accuracy(bench: Bench) -> float:
    return bench.contender.accuracy()
