"""Ends the examiner's own work on what a submission sent, when it takes too long.

What comes over is limited in size, so each single operation on it takes a second or two at most.
Between two of them a thread of this module can raise `Overtime` in the one that examines. The time
is that of the processor: a busy machine must not cost a learner the diagnosis.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import threading
import time
from collections.abc import Iterator

LOOK_SECONDS = 0.2


class Overtime(BaseException):
    """Raised in the middle of a computation; not an `Exception`, which some computations catch."""


class _Alarm:
    """The processor time until which the examiner may compute; a call stops the clock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.thread: int | None = None  # that examines, and may be interrupted
        self.until = math.inf
        self.watching = False

    def set(self, seconds: float) -> None:
        with self.lock:
            self.until = time.process_time() + seconds
            if self.thread is not None and not self.watching and seconds < math.inf:
                # WebAssembly has no threads; there the page ends what takes too long.
                with contextlib.suppress(RuntimeError):
                    threading.Thread(target=self._watch, daemon=True).start()
                    self.watching = True

    def stop(self) -> None:
        """Stop the clock; raise `Overtime` here if it is on its way."""
        with self.lock:
            self.until = math.inf
        for _ in range(10):  # Python raises it between two rounds
            pass

    def _watch(self):
        while True:
            time.sleep(LOOK_SECONDS)
            with self.lock:
                if self.thread is None:
                    self.watching = False
                    return
                if time.process_time() > self.until:
                    self.until = time.process_time() + 1  # again, if something caught it
                    _interrupt(self.thread)


ALARM = _Alarm()


@contextlib.contextmanager
def limited(seconds: float = math.inf) -> Iterator[None]:
    """Raise `Overtime` in the block when its computing takes too long, now or after any call.

    seconds: until the first call, whose own limit holds after it
    """
    outer, ALARM.thread = ALARM.thread, threading.get_ident()
    try:
        ALARM.set(seconds)
        yield
    finally:
        try:
            ALARM.stop()
        finally:
            ALARM.thread = outer


def _interrupt(thread):
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    raise_in(ctypes.c_ulong(thread), ctypes.py_object(Overtime))
