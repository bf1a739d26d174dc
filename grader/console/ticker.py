"""Shows that a long check is still running."""

from __future__ import annotations

import sys
import threading
import time

from . import terminal
from .printing import say

BESIDE = 19  # columns of a line that are not for the check's name


class Ticker:
    """Shows on stderr that a long check is still running: often on a terminal, rarely in a log."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self, what: str) -> None:
        """Begin a line about `what`; it appears only if this takes long."""
        self.stop()
        self.stopped = threading.Event()
        work = self._rewrite if sys.stderr.isatty() else self._log
        self.thread = threading.Thread(target=work, args=(what, self.stopped), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop, with the line gone from the terminal once this returns."""
        self.stopped.set()
        if self.thread:
            self.thread.join(timeout=1)
        self.thread = None

    def _rewrite(self, what, stopped):
        begin = time.perf_counter()
        shown = ""
        while not stopped.wait(1.0):
            room = terminal.width() - BESIDE
            shown = f"  ...   {what[:room]}: {time.perf_counter() - begin:.0f} s"
            say(f"\r{shown}", nl=False, err=True)
        if shown:
            say(f"\r{' ' * len(shown)}\r", nl=False, err=True)

    def _log(self, what, stopped):
        pause = 15.0
        waited = 0.0
        while not stopped.wait(pause):
            waited += pause
            say(f"  ...   {what}: {waited:.0f} s so far", err=True)
            pause = waited  # 15, 30, 60, ...
