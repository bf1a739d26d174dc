"""Measures this machine in the same run: matrix products, copies, and versions."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from statistics import median

import numpy as np
from threadpoolctl import threadpool_info

from grader.threads import cores  # noqa: F401 - used through this module

from .contenders import BATCH_SIZE

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "jax")
LARGE = 2048  # rows and columns of the matrices whose product shows the machine's best speed
MLP_PRODUCTS = [  # (rows, inner, columns) of the products for one batch of the MLP 784-256-10
    (BATCH_SIZE, 784, 256),  # X W1
    (BATCH_SIZE, 256, 10),  # A1 W2
    (256, BATCH_SIZE, 10),  # dW2 = A1^T delta2
    (BATCH_SIZE, 10, 256),  # delta2 W2^T
    (784, BATCH_SIZE, 256),  # dW1 = X^T delta1; dX is not needed
]


def threads_of(count: int) -> str:
    """Return the number of threads in words, such as `2 threads`."""
    return f"{count} thread" + "s" * (count != 1)


def versions() -> dict[str, str | None]:
    """Return what tells machines apart, without names of theirs."""
    found: dict[str, str | None] = {"python": platform.python_version(), "processor": processor()}
    found["blas"] = blas()
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found


def blas() -> str | None:
    """Return the BLAS of NumPy, its version and the kind of processor that it has chosen."""
    np.ones((2, 2)) @ np.ones((2, 2))
    for found in threadpool_info():
        if found["user_api"] == "blas":
            kind = found.get("architecture")
            return f"{found['internal_api']} {found['version']}" + (f" ({kind})" if kind else "")
    return None


def processor() -> str:
    """Return the name of the processor by its maker, or at least its kind."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def flops(products: Sequence[tuple[int, int, int]]) -> int:
    """Count the multiplications and additions of some matrix products."""
    return sum(2 * rows * inner * columns for rows, inner, columns in products)


def seconds_per_call(
    function: Callable[[], object], at_least: float = 0.05, samples: int = 5
) -> float:
    """Return the seconds per call: the median of samples of `at_least` seconds each.

    It is the median, not the minimum, to be comparable with the times of epochs: a machine that is
    disturbed now and then does not reach its best speed for a whole epoch.
    """
    function()
    begin = time.perf_counter()
    function()
    once = time.perf_counter() - begin
    repeats = max(1, round(at_least / max(once, 1e-7)))
    times = []
    for _ in range(samples if once < 4 * at_least else 1):
        begin = time.perf_counter()
        for _ in range(repeats):
            function()
        times.append((time.perf_counter() - begin) / repeats)
    return median(times)


def gemm_rate(size: int = LARGE) -> float:
    """Return the FLOP/s of one product of two large square float32 matrices."""
    rng = np.random.default_rng(0)
    A, B = rng.random((2, size, size), np.float32)
    out = np.empty_like(A)
    return flops([(size, size, size)]) / seconds_per_call(lambda: np.matmul(A, B, out=out))


def shapes_rate(products: Sequence[tuple[int, int, int]] = MLP_PRODUCTS) -> float:
    """Return the FLOP/s of these products, one after another with nothing in between."""
    rng, work = np.random.default_rng(0), []
    for rows, inner, columns in products:
        A, B = rng.random((rows, inner), np.float32), rng.random((inner, columns), np.float32)
        work.append((A, B, np.empty((rows, columns), np.float32)))

    def run():
        for A, B, out in work:
            np.matmul(A, B, out=out)

    return flops(products) / seconds_per_call(run)


def copy_rate(count: int) -> float:
    """Return the bytes/s, read and written, of copying `count` float32 numbers to memory in use.

    Beyond a few hundred megabytes the count makes no difference, so it is limited.
    """
    source = np.ones(min(count, 2**26), np.float32)
    target = np.empty_like(source)
    target[...] = source
    return 2 * source.nbytes / seconds_per_call(lambda: np.copyto(target, source), 0.02, 3)
