"""How long the processes of others held a worker up in a call: that does not count against it.

A call gets up to `PATIENCE` times its seconds then.
"""

from __future__ import annotations

import time

from ..isolation.meter import MOST_THREADS, Meter, Reading, own_wait

PATIENCE = 3.0  # times its seconds that a call may take next to processes that hold it up
MEASURED = 0.05  # seconds from which a call is long enough to ask what held it up


class Delays:
    """What a worker's meter tells of its calls, one after another; nothing without a meter."""

    def __init__(self, meter: Meter | None = None) -> None:
        self.meter = meter
        self.of_start = meter.read().waited if meter else 0.0
        self.began = self.latest = Reading()  # of the worker, as the call began and in its course
        self.throttled = 0.0  # seconds between readings for which it was ready, but did not run
        self.waited = 0.0  # by this thread, as the call began
        self.called_back = False  # since then

    @property
    def crowded(self) -> bool:
        """True if the worker had more threads than it may when last looked at."""
        return self.latest.threads > MOST_THREADS

    def begin(self) -> None:
        """Note how the worker fares before a call."""
        self.throttled, self.called_back = 0.0, False
        # Of many short calls in a row, few are worth the time that this takes.
        if self.meter and time.perf_counter() - self.latest.moment > MEASURED:
            self.waited = own_wait()
            self.latest = self.meter.read()
        self.began = self.latest

    def look(self) -> None:
        """Note how the worker fares in the course of a call."""
        if self.meter:
            before, self.latest = self.latest, self.meter.read()
            # Where a group of processes has used up its share, the kernel does not call it waiting.
            if before.wants and self.latest.wants:
                self.throttled += self.latest.idle_since(before)

    def of_call(self, elapsed: float) -> float:
        """Return for how many of these seconds, since the call began, others held it up.

        That includes the examiner's own waiting if the call needed its answers.
        """
        if not self.meter:
            return 0.0
        now = self.meter.read()
        rest = now.idle_since(self.latest) if self.latest.wants else 0.0
        waited = max(now.since(self.began), self.throttled + rest)
        if self.called_back:
            waited += own_wait() - self.waited
        return min(waited, elapsed * (1 - 1 / PATIENCE))
