"""Runs many examiners with joblib: processes on this machine, or the workers of a Dask cluster.

If an examiner dies, the submissions in progress are tried again, each on its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from .examine import follow

IDLE_SECONDS = 10  # after which an examiner without work ends


class Lost(Exception):
    """The examiners can no longer be reached; the message is one line for the user."""


class Pool(Protocol):
    """Examiners on this machine or on a cluster."""

    jobs: int | None
    died: tuple[type[BaseException], ...]  # what is raised if an examiner dies

    def settings(self, jobs: int | None) -> dict[str, Any]: ...

    def close(self) -> None: ...


class Local:
    """Examiners on this machine, of which `jobs` work at a time."""

    died = (BrokenProcessPool,)  # loky's errors are subclasses

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        # After a kill of this process, joblib's helper cleans up, and would print warnings of it.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")

    def settings(self, jobs: int) -> dict[str, Any]:
        """Return arguments of `joblib.Parallel`, which would run a single job in this process."""
        return {
            "backend": "loky",
            "idle_worker_timeout": IDLE_SECONDS,
            "initializer": follow,
            "initargs": (os.getpid(),),
            "n_jobs": max(2, jobs),
            "pre_dispatch": jobs,
        }

    def close(self) -> None:
        pass


def grade_all(
    pool: Pool,
    examine: Callable[..., Any],
    tasks: Iterable[tuple[str, dict[str, bytes], dict[str, Any]]],
) -> Generator[tuple[str, Any], None, None]:
    """Yield `(id, outcome of examine)` as they finish; None if a task ends its examiner twice.

    tasks: tuples `(id, files, options)`; `examine` gets the last two
    """
    tasks = iter(tasks)
    while True:
        flying: dict[str, tuple] = {}
        try:
            yield from _at_once(pool, pool.jobs, examine, tasks, flying)
            return
        except pool.died:
            suspects = list(flying.values())
        for task in suspects:
            try:
                yield from _at_once(pool, 1, examine, iter([task]), {})
            except pool.died:
                yield task[0], None


def _at_once(pool, jobs, examine, tasks, flying):
    """Like `grade_all`, but only until an examiner dies; `flying` holds the unfinished tasks."""
    import joblib

    def handed_out():
        for task in tasks:
            flying[task[0]] = task
            yield joblib.delayed(_with_id)(examine, *task)

    parallel = joblib.Parallel(return_as="generator_unordered", batch_size=1, **pool.settings(jobs))
    with ignoring_ctrl_c():
        outcomes = parallel(handed_out())
    try:
        for id, outcome in outcomes:
            del flying[id]
            yield id, outcome
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about tasks that are cancelled
            outcomes.close()


def _with_id(examine, id, files, options):
    return id, examine(files, options)


@contextlib.contextmanager
def ignoring_ctrl_c() -> Iterator[None]:
    """Ignore Ctrl-C, here and in the processes started here; they are ended explicitly."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
