"""How many threads BLAS gets, so that times can be compared and a busy machine does no harm.

The course's matrices are small. Two threads that wait for each other beside other programs were ten
times slower than one, and with one thread results repeat bit for bit. So grading uses one, unless
the user says otherwise. What only trains uses more where a trial, made at that moment, shows that
they help.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable

SETTINGS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
ROUNDS = 20  # of a trial: a few hundredths of a second, in which other programs get their turn too
CLEARLY = 0.8  # of the time with one thread: what more threads may take at most
HOPELESS = 2.0  # times the time with one thread: the trial ends


def environment() -> dict[str, str]:
    """Return the environment variables that set the number, for a process yet to be started."""
    return dict.fromkeys(SETTINGS, os.environ.get(SETTINGS[0], "1"))


def limit_blas_threads() -> None:
    """Apply the settings to this process.

    Only effective before NumPy is imported (this module does not import it).
    """
    for name, count in environment().items():
        os.environ.setdefault(name, count)


def one() -> contextlib.AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread, unless the user has chosen; any time."""
    blas = _loaded()
    return blas.limit(limits=1) if blas else contextlib.nullcontext()


def steady() -> int | None:
    """Choose by a trial how many threads BLAS uses in this process from now on, and return it.

    It is one, or one per core where these are clearly faster right now. Returns None, and changes
    nothing, where the user has chosen by one of `SETTINGS` or there is nothing to choose.
    """
    blas = _loaded() if cores() > 1 else None
    if blas is None:
        return None

    def use(count: int) -> None:
        for library in blas.lib_controllers:
            library.set_num_threads(count)

    count = better(cores(), use, trial())
    use(count)
    return count


def _loaded():
    """Return the controller of the loaded BLAS; None if the user has chosen, or in a browser."""
    if chosen_by_user():
        return None
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:  # in a browser, where there are no threads
        return None
    import numpy  # noqa: F401 - its BLAS must be loaded to be found

    return ThreadpoolController().select(user_api="blas")


def cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def chosen_by_user() -> bool:
    return any(name in os.environ for name in SETTINGS)


def trial() -> Callable[[], float]:
    """Return a function that multiplies matrices like those of a small network, timed in s."""
    import numpy as np

    X, W = np.ones((64, 784), np.float32), np.ones((784, 256), np.float32)
    Z, dW = np.empty((64, 256), np.float32), np.empty_like(W)

    def run() -> float:
        begin = time.perf_counter()
        np.matmul(X, W, out=Z)
        np.matmul(X.T, Z, out=dW)
        return time.perf_counter() - begin

    return run


def better(most: int, use: Callable[[int], None], run: Callable[[], float]) -> int:
    """Return `most` if `run` takes clearly less time with as many threads, in turn, else 1.

    Times are added up, not their median taken: what counts is the odd call that has to wait.
    """
    total = {1: 0.0, most: 0.0}
    for number in range(ROUNDS + 1):
        for count in total:
            use(count)
            seconds = run()
            total[count] += seconds if number else 0.0  # the first call starts the threads
        if total[most] > HOPELESS * total[1] > 0:
            return 1
    return most if total[most] < CLEARLY * total[1] else 1
