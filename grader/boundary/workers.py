"""Keeps one worker per submission and replaces it when it dies."""

import math
import time

from ..boundary.process import HANG_SECONDS, UNCONFINED, Worker, WorkerDied
from ..boundary.reply import Reply

HUNG_BEFORE = 0.1  # share of its time that a function still gets once it has hung
STARTS = 3  # attempts, for a machine may be short of memory for a moment
MOST_RECEIVED = 2**30  # bytes of arrays that all calls of one function may give


class NotStarted(Exception):
    """No worker can be had on this machine; the message says why."""


class Workers:
    """The one worker of a submission; a new one takes its place when it dies."""

    def __init__(self, folder, isolation=UNCONFINED, until=math.inf, preload=()):
        """`until`: on `time.perf_counter`, when the time of the whole submission is up.

        `preload` names libraries that a worker imports before it is asked for anything.
        """
        self.folder, self.isolation, self.until = folder, isolation, until
        self.preload = preload
        self.worker = Worker(folder, isolation, preload)
        self.broke = None  # why no worker could be started: never the submission's fault
        self.hung = set()
        self.unimportable = set()  # chapters whose file has no function to call
        self.received = {}  # (chapter, name): bytes of arrays that its calls gave
        self.shared = {}  # (chapter, name): a `Call` that several checks look at, or a `Finding`

    def call(self, chapter, name, args, kwargs, seconds, **wanted):
        left = self.until - time.perf_counter()
        received = self.received.get((chapter, name), 0)
        if left <= 0:
            return Reply(died=("timeout", "by then the submission had used up its time"))
        if received > MOST_RECEIVED:
            return Reply(died=("crashed", f"it gave more than {MOST_RECEIVED // 2**20} MB in all"))
        wanted["seconds"] = min(left, seconds * self._haste(chapter, name))
        wanted["import_seconds"] = min(left, HANG_SECONDS * self._haste(chapter, None))
        reply = self._started().call(chapter, name, args, kwargs, **wanted)
        if reply.importing:
            self.unimportable.add(chapter)
        if reply.died and reply.died[0] == "timeout":
            self.hung.add((chapter, None if reply.importing else name))
        self.received[chapter, name] = received + reply.bytes
        return reply

    def _started(self):
        """A worker that is ready; that there is none is never the submission's fault."""
        for _ in range(STARTS if self.broke is None else 0):
            if not self.worker.usable:
                self.worker.kill()
                self.worker = Worker(self.folder, self.isolation, self.preload)
            try:
                self.worker.await_start()
                return self.worker
            except WorkerDied as death:
                said = self.worker.output.text().strip().rpartition("\n")[2]
                reason = f"no process for a submission could be started: {death} {said}".strip()
        self.broke = self.broke or reason
        raise NotStarted(self.broke)

    def _haste(self, chapter, name):
        return HUNG_BEFORE if (chapter, name) in self.hung else 1.0

    def abandon(self):
        """End it from another thread: the call that is on, and each later one, is over at once."""
        self.until = -math.inf
        self.worker.kill()

    def close(self):
        self.worker.kill()
