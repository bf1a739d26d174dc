"""Reads from outside how a worker fares: how long others kept it from running, and its threads."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # a second has so many
NANO = 1e-9


@dataclass(frozen=True)
class Reading:
    """Seconds since a worker's start, as of one moment."""

    waited: float = 0.0  # its first thread was ready to run, but another ran
    elsewhere: float = 0.0  # threads of its own ran, other than the first

    def since(self, before: Reading) -> float:
        """Return the seconds for which processes of others kept the worker from running.

        All threads of a worker share one core, so as long as one of its own runs, none has been
        kept from running by others: no worker can make this number larger than it is.
        """
        elsewhere = max(0.0, self.elsewhere - before.elsewhere)
        return max(0.0, self.waited - before.waited - elsewhere)


class Meter:
    """Reads `/proc` about the worker that a process is, or that is the last of its descendants."""

    def __init__(self, process: int) -> None:
        self.folder = Path("/proc", str(_innermost(process)))

    def read(self) -> Reading:
        """Return a reading; an empty one if the process has ended or the kernel does not tell."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            ran, waited, *_ = map(int, (self.folder / "schedstat").read_bytes().split())
            user, system = map(int, self._fields()[11:13])
            return Reading(waited * NANO, max(0.0, (user + system) / TICKS - ran * NANO))
        return Reading()

    def threads(self) -> int:
        """Return how many threads the worker has."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(self._fields()[17])
        return 0

    def _fields(self):
        """Return the fields of `/proc/PID/stat` from the third on: a name may hold spaces."""
        return (self.folder / "stat").read_bytes().rpartition(b")")[2].split()


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
