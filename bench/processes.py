"""Runs measurements so that Ctrl-C ends them at once, in one line."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

INTERRUPTED = 130


def run(main: Callable[[], int | None]) -> None:
    """Call `main()` and exit with its code, or with 130 if it is stopped."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(INTERRUPTED)


@contextlib.contextmanager
def pool(jobs: int | None = None, **options: Any) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool that starts fresh interpreters; Ctrl-C ends them, and no task waits any more."""
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _end_on_interrupt, **options) as executor:
        try:
            yield executor
        except KeyboardInterrupt:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _end_on_interrupt():
    """In a worker: an exception would only end the task, and the next one would begin."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
