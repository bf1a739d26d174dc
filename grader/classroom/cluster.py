"""Uses the workers of a Dask cluster as examiners; they need the installed package and a sandbox.

One process grades one submission at a time: start the workers with `dask worker --nthreads 1`.
"""

from __future__ import annotations

import logging
import re
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from distributed import CancelledError, Client, KilledWorker
from joblib._dask import DaskDistributedBackend

from . import examiners

CONNECT_SECONDS = 10
ALONE_SECONDS = 30  # without any worker, before giving up
LOOK_SECONDS = 1  # between two checks for workers
ADDRESS = re.compile(r"[a-z]+://\S+:\d+")


class Backend(DaskDistributedBackend):
    """joblib's backend, changed so that it does not wait forever for a task whose workers died."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(client=cluster.client)
        self.cluster = cluster

    def submit(
        self, func: Callable[[], object], callback: Callable[[object], object] | None = None
    ) -> Any:
        def report(future):
            if callback and (error := future.exception()):
                callback(error)

        future = super().submit(func, callback)
        future.add_done_callback(report)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        if isinstance(out, CancelledError):  # we closed the client, or the scheduler ended
            raise examiners.Lost(self.cluster.farewell())
        if isinstance(out, BaseException):
            raise out
        return super().retrieve_result_callback(out)

    def effective_n_jobs(self, n_jobs: int) -> int:
        return max(2, super().effective_n_jobs(n_jobs))  # a single job would run in this process


class Cluster:
    """The workers of the scheduler at this address; `jobs` limits how many work at once."""

    died = (KilledWorker,)

    def __init__(self, address: str, jobs: int | None, options: dict[str, Any]) -> None:
        _hush()
        warnings.filterwarnings("ignore", module="distributed")
        self.address, self.jobs = address, jobs
        self.alone = False
        self.closed = threading.Event()
        if not ADDRESS.fullmatch(address):
            raise examiners.Lost(
                f"`{address}` is not an address: write, e.g., tcp://127.0.0.1:8786"
            )
        try:
            self.client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise examiners.Lost(
                f"no Dask scheduler answers at `{address}` ({reason}): start one with "
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

        def ask():  # sent as code, because the package may be missing on the worker
            try:
                from grader.classroom.examine import is_ready
            except ImportError as error:
                return f"the package is not installed there ({error})"
            return is_ready(options)

        for worker, answer in self.client.run(ask, on_error="return").items():
            if answer is not None:
                reason = str(answer).partition("\n")[0]
                raise examiners.Lost(
                    f"the Dask worker {worker} cannot grade: {reason}; install the same package "
                    "on every worker and start it again"
                )

    def _watch(self):
        """Give up after some time without workers; Dask itself would wait for them forever."""
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
        except Exception:  # the exception for a lost connection depends on the release
            return False

    def farewell(self) -> str:
        """Say in one line why no more results will come."""
        state = "has had no workers for a while" if self.alone else "is gone"
        return (
            f"the Dask scheduler at `{self.address}` {state}: the results so far are kept; start "
            "it and its workers, then run the same command again to resume"
        )

    def settings(self, jobs: int | None) -> dict[str, Any]:
        return {
            "backend": Backend(self),
            "n_jobs": -1,
            "pre_dispatch": jobs or "2*n_jobs",
        }

    def close(self) -> None:
        self.closed.set()
        self.client.close(timeout=2)


def _hush():
    """Silence Dask's logs: errors arrive as exceptions, and log lines would break the display."""
    for name in [*logging.root.manager.loggerDict, "tornado.application"]:
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
