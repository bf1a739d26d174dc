"""The workers of a Dask cluster as examiners; they need the installed package and a sandbox.

One process grades one submission at a time: start them with `dask worker --nthreads 1`.
"""

import logging
import re
import threading
import time
import warnings

from distributed import CancelledError, Client, KilledWorker
from joblib._dask import DaskDistributedBackend

from . import examiners

CONNECT_SECONDS = 10
ALONE_SECONDS = 30  # without any worker, after which none is waited for
LOOK_SECONDS = 1
ADDRESS = re.compile(r"[a-z]+://\S+:\d+")


class Backend(DaskDistributedBackend):
    """joblib's, which would wait for ever for a task whose workers died."""

    def __init__(self, cluster):
        super().__init__(client=cluster.client)
        self.cluster = cluster

    def submit(self, func, callback=None):
        def tell(future):
            if error := future.exception():
                callback(error)

        future = super().submit(func, callback)
        future.add_done_callback(tell)
        return future

    def retrieve_result_callback(self, out):
        if isinstance(out, CancelledError):  # the client is closed, by us or by the scheduler's end
            raise examiners.Lost(self.cluster.farewell())
        if isinstance(out, BaseException):
            raise out
        return super().retrieve_result_callback(out)

    def effective_n_jobs(self, n_jobs):
        return max(2, super().effective_n_jobs(n_jobs))  # one would be run in this process


class Cluster:
    """The workers behind the scheduler at this address; `jobs` limits how many are at work."""

    died = (KilledWorker,)

    def __init__(self, address, jobs, options):
        _hush()
        warnings.filterwarnings("ignore", module="distributed")
        self.address, self.jobs = address, jobs
        self.alone = False
        self.closed = threading.Event()
        if not ADDRESS.fullmatch(address):
            raise examiners.Lost(f"`{address}` is no address: write it as in tcp://127.0.0.1:8786")
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            said = str(error).partition("\n")[0]
            raise examiners.Lost(
                f"no Dask scheduler answers at `{address}` ({said}): start one with "
                "`dask scheduler`, or name its address with --dask"
            ) from None
        try:
            self._check(options)
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._watch, daemon=True).start()

    def _check(self, options):
        try:
            self.client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise examiners.Lost(
                f"the Dask scheduler at `{self.address}` has no workers: start some with "
                f"`dask worker {self.address} --nthreads 1`"
            ) from None

        def ask():  # sent as its code, for the package may be missing over there
            try:
                from grader.classroom.examine import is_ready
            except ImportError as error:
                return f"the package is not installed there ({error})"
            return is_ready(options)

        for worker, answer in self.client.run(ask, on_error="return").items():
            if answer is not None:
                said = str(answer).partition("\n")[0]
                raise examiners.Lost(
                    f"the Dask worker {worker} cannot grade: {said}; install the same package "
                    "on every worker and start it again"
                )

    def _watch(self):
        """Dask waits for workers as long as it takes; nobody may be there to start some."""
        last = time.monotonic()
        while not self.closed.wait(LOOK_SECONDS):
            if self._has_workers():
                last = time.monotonic()
            elif time.monotonic() - last > ALONE_SECONDS:
                self.alone = True
                self.client.close(timeout=2)
                return

    def _has_workers(self):
        try:
            return bool(self.client.ncores())
        except Exception:  # what a lost connection raises differs from release to release
            return False

    def farewell(self):
        """Why no more results come, in one line."""
        what = "has had no workers for a while" if self.alone else "is gone"
        return (
            f"the Dask scheduler at `{self.address}` {what}: what has been graded is kept; start "
            "it and its workers, and run the same command to go on"
        )

    def settings(self, jobs):
        return {
            "backend": Backend(self),
            "n_jobs": -1,
            "pre_dispatch": jobs or "2*n_jobs",
        }

    def close(self):
        self.closed.set()
        self.client.close(timeout=2)


def _hush():
    """Errors come as exceptions; their logs would only tear the display."""
    for name in [*logging.root.manager.loggerDict, "tornado.application"]:
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
