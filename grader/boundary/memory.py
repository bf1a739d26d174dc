"""Limits the examiner's memory while it grades, so that no submission fills the machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

MOST = 960 * 2**20  # bytes that this process may come to hold
LEAST_ROOM = 512 * 2**20  # beyond what it holds at first, which may be a large data set


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Let any allocation fail that takes this process beyond `MOST`, where the system can tell."""
    try:
        import resource

        _let_blas_take_its_memory()
        size, resident = _pages()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = size + max(LEAST_ROOM, MOST - resident)
        resource.setrlimit(resource.RLIMIT_AS, (_smaller(most, soft, hard), hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _let_blas_take_its_memory():
    """Multiply once: OpenBLAS takes memory then, and ends the process if it gets none."""
    A = np.ones((256, 256))
    np.matmul(A, A)


def _pages():
    """Return the bytes of addresses, and of memory, that this process has now."""
    size, resident = Path("/proc/self/statm").read_text().split()[:2]
    page = os.sysconf("SC_PAGE_SIZE")
    return int(size) * page, int(resident) * page


def _smaller(*limits):
    return min(limit for limit in limits if limit >= 0)  # -1 is none
