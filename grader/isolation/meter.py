"""Reads from outside how a worker fares: how long others kept it from running, and its threads."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

# Of a submission's process: eight of its own, and the worker's: the first, the one that watches the
# examiner, and the one that looks where the time goes.
OWN_THREADS = 8
MOST_THREADS = OWN_THREADS + 3
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # a second has so many
NANO = 1e-9


@dataclass(frozen=True)
class Reading:
    """A worker's seconds since its start and its threads, as of one moment."""

    waited: float = 0.0  # its first thread was ready to run, but another ran
    first: float = 0.0  # that thread ran
    all: float = 0.0  # its threads ran, added up
    threads: int = 0  # how many it has
    wants: bool = False  # the first thread runs or is ready to
    moment: float = 0.0  # on `time.perf_counter`

    def since(self, before: Reading) -> float:
        """Return the seconds for which processes of others kept the worker from running.

        All threads of a worker share one core, so as long as one of its own runs, none has been
        kept from running by others: no worker can make this number larger than it is.
        """
        others = (self.all - before.all) - (self.first - before.first)
        return max(0.0, self.waited - before.waited - max(0.0, others))

    def idle_since(self, before: Reading) -> float:
        """Return the seconds for which the worker did not run at all."""
        return max(0.0, self.moment - before.moment - (self.all - before.all))


class Meter:
    """Reads `/proc` about the worker that a process is, or that is the last of its descendants."""

    def __init__(self, process: int) -> None:
        self.folder = Path("/proc", str(_innermost(process)))

    def read(self) -> Reading:
        """Return a reading; an empty one if the process has ended or the kernel does not tell."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            ran, waited, *_ = map(int, (self.folder / "schedstat").read_bytes().split())
            # From the third field on: the second is a name, which may hold spaces.
            fields = (self.folder / "stat").read_bytes().rpartition(b")")[2].split()
            user, system, threads = int(fields[11]), int(fields[12]), int(fields[17])
            return Reading(
                waited=waited * NANO,
                first=ran * NANO,
                all=max((user + system) / TICKS, ran * NANO),
                threads=threads,
                wants=fields[0] == b"R",
                moment=time.perf_counter(),
            )
        return Reading(moment=time.perf_counter())


def own_wait() -> float:
    """Return the seconds for which this thread was ready to run, but others ran."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1]) * NANO
    return 0.0


def _innermost(process):
    while children := _children(process):
        process = children[0]
    return process


def _children(process):
    with contextlib.suppress(OSError, ValueError):
        return [
            int(child)
            for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()
        ]
    return []
