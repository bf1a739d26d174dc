"""Many examiners at work, by joblib: processes of this machine, or a Dask cluster's workers.

An examiner that dies takes nothing with it: what was in flight is tried again, each alone.
"""

import contextlib
import os
import signal
import threading
import warnings
from concurrent.futures.process import BrokenProcessPool

from .examine import follow

IDLE_SECONDS = 10  # after which an examiner without work ends


class Lost(Exception):
    """The examiners cannot be reached any more; the message is one line for the user."""


class Local:
    """Examiners of this machine, `jobs` at work at a time."""

    died = (BrokenProcessPool,)  # loky's errors are of this kind

    def __init__(self, jobs):
        self.jobs = jobs

    def settings(self, jobs):
        """Of `joblib.Parallel`; one job alone would be run in this process."""
        return {
            "backend": "loky",
            "idle_worker_timeout": IDLE_SECONDS,
            "initializer": follow,
            "initargs": (os.getpid(),),
            "n_jobs": max(2, jobs),
            "pre_dispatch": jobs,
        }

    def close(self):
        pass


def grade_all(pool, examine, tasks):
    """Yields `(id, what examine gave)` as they finish; None for what ends its examiner twice.

    tasks: of `(id, files, options)`; `examine` gets the last two
    """
    tasks = iter(tasks)
    while True:
        flying = {}
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
    """As `run` but until an examiner dies; `flying` holds the tasks that have not come back."""
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
            warnings.simplefilter("ignore")  # that what is still at work is ended
            outcomes.close()


def _with_id(examine, id, files, options):
    return id, examine(files, options)


@contextlib.contextmanager
def ignoring_ctrl_c():
    """Ctrl-C is not heard, neither by the processes that start here: we end them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
