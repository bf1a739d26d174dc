"""Keeps one worker per submission and replaces it when it dies."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..isolation.launch import Isolation
from .process import HANG_SECONDS, UNCONFINED, Worker, WorkerDied
from .reply import Reply

HUNG_BEFORE = 0.1  # the share of its time that a function still gets after it has hung once
STARTS = 3  # attempts, because a machine may be short of memory for a moment
MOST_RECEIVED = 2**30  # bytes of arrays that all calls of one function together may return


class NotStarted(Exception):
    """No worker can be started on this machine; the message says why."""


class Calls:
    """The seconds that this process has spent in calls, of whatever submission."""

    seconds = 0.0


class Workers:
    """Runs a submission's calls in one worker, replaced by a new one when it dies."""

    def __init__(
        self,
        folder: Path,
        isolation: Isolation = UNCONFINED,
        until: float = math.inf,
        latest: float = math.inf,
        preload: Sequence[str] = (),
    ) -> None:
        """Start a worker for this folder.

        until: on the clock `time.perf_counter`, when the whole submission's time is up
        latest: how far that may move, because the processes of others held the submission up
        preload: libraries that a worker imports before its first call
        """
        self.folder, self.isolation = folder, isolation
        self.until, self.latest = until, latest
        self.preload = preload
        self.ended = _clocks()  # as the last call did
        self.worker = Worker(folder, isolation, preload)
        self.broke: str | None = None  # why no worker starts: never the submission's fault
        self.hung: set[tuple[str, str | None]] = set()
        self.unimportable: set[str] = set()  # chapters whose file cannot be imported
        self.received: dict[tuple[str, str], int] = {}  # bytes of arrays from calls, by function
        # By (chapter, function): a `Call` that several checks look at, or a `Finding`.
        self.shared: dict[tuple[str, str], Any] = {}

    def call(
        self,
        chapter: str,
        name: str,
        args: Sequence[object],
        kwargs: dict[str, object],
        seconds: float,
        **options: Any,
    ) -> Reply:
        """Call a function of a chapter, for at most so many `seconds`; options as `Worker.call`."""
        self._postpone(_held_up(self.ended))
        begin = time.perf_counter()
        left = self.until - time.perf_counter()
        received = self.received.get((chapter, name), 0)
        if left <= 0:
            return Reply(died=("timeout", "the submission's time was up"), time_up=True)
        if received > MOST_RECEIVED:
            return Reply(
                died=("crashed", f"it returned more than {MOST_RECEIVED // 2**20} MB in total")
            )
        allowed = seconds * self._haste(chapter, name)
        options["seconds"] = min(left, allowed)
        for_import = HANG_SECONDS * self._haste(chapter, None)
        options["import_seconds"] = min(left, for_import)
        reply = self._started().call(chapter, name, args, kwargs, **options)
        if reply.importing:
            self.unimportable.add(chapter)
        if reply.died and reply.died[0] == "timeout":
            reply.time_up = left < (for_import if reply.importing else allowed)
            self.hung.add((chapter, None if reply.importing else name))
        self.received[chapter, name] = received + reply.bytes
        self._postpone(reply.kept_waiting)
        Calls.seconds += time.perf_counter() - begin
        self.ended = _clocks()
        return reply

    def _postpone(self, seconds):
        """Give back time that the processes of others took."""
        if self.isolation.level == "sandbox":
            self.until = min(self.until + seconds, max(self.until, self.latest))

    def _started(self):
        """Return a worker that is ready; if none starts, that is never the submission's fault."""
        for _ in range(STARTS if self.broke is None else 0):
            if not self.worker.usable:
                self.worker.kill()
                self.worker = Worker(self.folder, self.isolation, self.preload)
            try:
                self.worker.await_start()
                return self.worker
            except WorkerDied as death:
                last_line = self.worker.output.text().strip().rpartition("\n")[2]
                reason = f"no process for a submission could be started: {death} {last_line}"
        self.broke = self.broke or reason.strip()
        raise NotStarted(self.broke)

    def _haste(self, chapter, name):
        return HUNG_BEFORE if (chapter, name) in self.hung else 1.0

    def abandon(self) -> None:
        """End the worker from another thread: the current call and all later ones end at once."""
        self.until = -math.inf
        self.worker.kill()

    def close(self) -> None:
        """End the worker."""
        self.worker.kill()


def _clocks():
    return time.perf_counter(), time.thread_time(), Calls.seconds


def _held_up(before):
    """Return the seconds for which this thread did not run, outside of calls, though it wanted to.

    Between calls it computes and waits for nobody.
    """
    wall, ran, calling = (now - then for now, then in zip(_clocks(), before, strict=True))
    return max(0.0, wall - ran - calling)
