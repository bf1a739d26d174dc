"""Keeps one worker per submission and replaces it when it dies."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ..files import temporary
from ..isolation.launch import Isolation
from .overtime import ALARM
from .places import Places
from .process import HANG_SECONDS, UNCONFINED, Worker, WorkerDied
from .reply import Reply

HUNG_BEFORE = 0.1  # the share of its time that a function still gets after it has hung once
RENEWAL_SECONDS = 1.0  # for a worker to drop the modules of a submission
STARTS = 3  # attempts, because a machine may be short of memory for a moment
MOST_RECEIVED = 2**28  # bytes that all calls of one function together may send


class NotStarted(Exception):
    """No worker can be started on this machine; the message says why."""


class Calls:
    """The seconds that this process has spent in calls, of whatever submission."""

    seconds = 0.0
    until = math.inf  # when the time of the submission that is being graded is up


class Workers:
    """Runs a submission's calls in one worker, replaced by a new one when it dies."""

    def __init__(
        self,
        folder: Path,
        isolation: Isolation = UNCONFINED,
        until: float = math.inf,
        latest: float = math.inf,
        preload: Sequence[str] = (),
        apart: Collection[str] = (),
        worker: Worker | None = None,
    ) -> None:
        """Start a worker for this folder.

        until: on the clock `time.perf_counter`, when the whole submission's time is up
        latest: how far that may move, because the processes of others held the submission up
        preload: libraries that a worker imports before its first call
        worker: one to go on with, as `hand_over` returns it
        apart: the chapters that get a worker of their own, of which no trace is to show elsewhere
        """
        self.folder, self.isolation = folder, isolation
        self.until, self.latest = until, latest
        Calls.until = until
        self.preload = preload
        self.places = Places(folder)
        self.ended = _clocks()  # as the last call did
        self.worker = worker or Worker(folder, isolation, preload)
        self.apart = frozenset(apart)
        self.aside: Worker | None = None  # the other chapters' worker while one of those is called
        self.broke: str | None = None  # why no worker starts: never the submission's fault
        self.no_room: temporary.NoRoom | None = None  # for a worker's files, if that is why
        self.hung: set[tuple[str, str | None]] = set()
        self.unimportable: set[str] = set()  # chapters whose file cannot be imported
        self.received: dict[tuple[str, str], int] = {}  # bytes from calls, by function
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
        reply = self._call(chapter, name, args, kwargs, seconds, options)
        if reply.importing and self.worker.renewed:  # what a file does twice may be refused
            self.worker.kill()
            reply = self._call(chapter, name, args, kwargs, seconds, options)
        return reply

    def _call(self, chapter, name, args, kwargs, seconds, options):
        ALARM.stop()
        self._postpone(_held_up(self.ended))
        begin = time.perf_counter()
        received = self.received.get((chapter, name), 0)
        if self.is_over:
            return Reply(died=("timeout", "the submission's time was up"), time_up=True)
        if received > MOST_RECEIVED:
            return Reply(
                died=("crashed", f"it sent more than {MOST_RECEIVED // 2**20} MB in total")
            )
        self._turn_to(chapter)
        worker = self._started()
        left = self._left(worker)
        allowed = seconds * self._haste(chapter, name)
        for_import = HANG_SECONDS * self._haste(chapter, None)
        latest = max(self.until, self.latest)
        reply = worker.call(
            chapter,
            name,
            args,
            kwargs,
            seconds=min(left, allowed),
            import_seconds=min(left, for_import),
            latest=latest,
            **options,
        )
        self.places.check(reply, chapter)
        if reply.importing:
            self.unimportable.add(chapter)
        if reply.died and reply.died[0] == "timeout":
            short = left < (for_import if reply.importing else allowed)
            reply.time_up = short or time.perf_counter() >= latest
            self.hung.add((chapter, None if reply.importing else name))
        self.received[chapter, name] = received + reply.bytes
        self._postpone(reply.kept_waiting)
        Calls.seconds += time.perf_counter() - begin
        self.ended = _clocks()
        ALARM.set(min(seconds * self.worker.patience, self.until - self.ended[0]))
        return reply

    @property
    def is_over(self) -> bool:
        """True if the whole submission's time is up."""
        return time.perf_counter() >= self.until

    def _left(self, worker):
        """A slow machine gets more time for a call, but the submission's time is what it is."""
        return max(0.0, self.until - time.perf_counter()) / worker.patience

    def _postpone(self, seconds):
        """Give back time that the processes of others took."""
        if self.isolation.level == "sandbox":
            self.until = min(self.until + seconds, max(self.until, self.latest))
            Calls.until = self.until

    def _turn_to(self, chapter):
        """Choose the worker for a chapter; that of chapters apart ends when another is called."""
        if chapter in self.apart and self.aside is None:
            self.aside, self.worker = self.worker, self._new_worker()
        elif chapter not in self.apart and self.aside is not None:
            self.worker.kill()
            self.worker, self.aside = self.aside, None

    def _new_worker(self):
        try:
            return Worker(self.folder, self.isolation, self.preload)
        except temporary.NoRoom as error:
            self.no_room, self.broke = error, str(error)
            raise NotStarted(self.broke) from None

    def _started(self):
        """Return a worker that is ready; if none starts, that is never the submission's fault."""
        for _ in range(STARTS if self.broke is None else 0):
            if not self.worker.usable:
                self.worker.kill()
                self.worker = self._new_worker()
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

    def hand_over(self) -> Worker | None:
        """Give up the worker for the files that the folder holds now; None if it cannot go on."""
        self._turn_to(None)
        begin, worker = time.perf_counter(), self.worker
        renewed = worker.renew(self.folder, min(self._left(worker), RENEWAL_SECONDS))
        Calls.seconds += time.perf_counter() - begin
        return worker if renewed else None

    def abandon(self) -> None:
        """End the worker from another thread: the current call and all later ones end at once."""
        self.until = -math.inf
        self.close()

    def close(self) -> None:
        """End the worker."""
        for worker in filter(None, (self.worker, self.aside)):
            worker.kill()


def _clocks():
    return time.perf_counter(), time.thread_time(), Calls.seconds


def _held_up(before):
    """Return the seconds for which this thread did not run, outside of calls, though it wanted to.

    Between calls it computes and waits for nobody.
    """
    wall, ran, calling = (now - then for now, then in zip(_clocks(), before, strict=True))
    return max(0.0, wall - ran - calling)
