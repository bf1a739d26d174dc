"""The trusted end of the process boundary: starts a worker, calls into it, ends it.

The examiner never imports what it grades. Arguments go over as copies and plain data comes back; a
callable argument stays on this side and is called back. The clock runs on this side too, and a
worker that hangs, floods or dies is killed from outside, with everything that it started.
"""

from __future__ import annotations

import contextlib
import json
import math
import queue
import secrets
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from ..files import temporary
from ..isolation.cores import pinned
from ..isolation.launch import Isolation, Launch
from ..isolation.unconfined import Unconfined, own_group
from ..worker import wire
from .arguments import Callbacks
from .delays import MEASURED, Delays
from .reply import OUTPUT_LIMIT, Output, Reply, note_slow, read_reply

HANG_SECONDS = 10.0  # for a call that ought to take milliseconds
START_SECONDS = 0.6  # of a worker on an ordinary machine; slower machines get more patience
LONGEST_START = 120.0
THREADED = "it started more threads than a submission may have"
FLOODED = f"it printed more than {OUTPUT_LIMIT // 2**20} MB"
SIGNALED = 128  # and the signal's number is the exit code of a shell, and of bubblewrap
UNREADABLE = "its process sent data the grader could not read"
MOST_TRAFFIC = 2**26  # bytes of memory for what a call sends; more if its arguments are large
ANSWER_RATIO = 8
SMALL_FRAME = getattr(select, "PIPE_BUF", 0)  # bytes that a pipe with room accepts at once
UNCONFINED = Unconfined()


class WorkerDied(Exception):
    """The worker is gone; `status` is `timeout` or `crashed`."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Worker:
    """One process that runs a submission's functions."""

    def __init__(
        self, folder: Path, isolation: Isolation = UNCONFINED, preload: Sequence[str] = ()
    ) -> None:
        with temporary.room():
            self.home = tempfile.mkdtemp(prefix="learn-dl-")
        self.isolation = isolation
        launch = isolation.launch(folder, self.home)
        launch.settings["preload"] = list(preload)
        # Frames that were received, and None or an error at the end.
        self.frames: queue.SimpleQueue[wire.Frame | Exception | None] = queue.SimpleQueue()
        self.output = Output()
        self.slow: dict[str, Any] = {}  # where a call is whose time is nearly up
        self.called = self.started = time.perf_counter()
        self.last_moment = math.inf  # when a call ends even if others hold it up
        self.start_seconds: float | None = None
        self.traffic, self.most_traffic = 0, MOST_TRAFFIC  # bytes that this call sent, and may
        self.ready = self.killed = self.renewed = False
        self.imported: set[str] = set()
        self.delays = Delays()
        with pinned(launch.core):
            self.process = subprocess.Popen(
                launch.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=launch.folder,
                env=launch.environment,
                **own_group(),
            )
        self.stdin, self.stdout, self.stderr = _pipes(self.process)
        self.threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self._receive, self._capture, lambda: self._introduce(launch))
        ]
        for thread in self.threads:
            thread.start()

    def call(
        self,
        module: str,
        name: str,
        args: Sequence[object],
        kwargs: dict[str, object],
        *,
        seconds: float = HANG_SECONDS,
        import_seconds: float = HANG_SECONDS,
        latest: float = math.inf,
        want_arguments: bool = False,
        find_loop: bool = False,
        repeat: float = 0.0,
        scripted: bool = False,
        trace: bool = False,
    ) -> Reply:
        """Call one function of the submission and wait at most `seconds` for its answer.

        The first call into a chapter also imports its file, which may take `import_seconds`.

        latest: when it ends even if others hold it up, on the clock `time.perf_counter`
        want_arguments: also return the arguments as the call left them
        find_loop: also return the loop that took the most time
        repeat: run the function repeatedly for so many seconds; the answer is how long the fastest
            run took by the worker's clock (for learners, who have no reason to forge it)
        scripted: `name` is a class, and the first argument the steps of `worker/scripted.py`
        trace: also return which of the submission's functions the call entered
        """
        self.last_moment, waited = latest, 0.0
        if module not in self.imported:
            reply = self._request(module, None, (), {}, import_seconds)
            if reply.died or reply.raised or reply.missing:
                reply.importing = True
                return reply
            self.imported.add(module)
            waited = reply.kept_waiting
        options = {
            "want_arguments": want_arguments,
            "find_loop": find_loop,
            "repeat": repeat,
            "scripted": scripted,
            "trace": trace,
        }
        reply = self._request(module, name, args, kwargs, seconds, options)
        reply.kept_waiting += waited + self.delays.of_start
        self.delays.of_start = 0.0
        return reply

    def renew(self, folder: Path, seconds: float = HANG_SECONDS) -> bool:
        """Let later calls run the files that the folder holds now, in the same process.

        Returns False if it cannot go on: then a new worker is needed.
        """
        if not self.usable:
            return False
        with temporary.room():
            self.isolation.refresh(folder, self.home)
        self.imported.clear()
        self.renewed = True
        return self._request(None, None, (), {}, seconds).value is True

    def _request(self, module, name, args, kwargs, seconds, options=None):
        callbacks = Callbacks()
        tree, arrays = wire.pack({"args": list(args), "kwargs": kwargs}, callbacks.pack)
        callbacks.handed_out = arrays
        # Every frame of the answer repeats this number; a frame left by an earlier call does not.
        number = secrets.randbits(62)
        request = {
            "number": number,
            "module": module,
            "name": name,
            "arguments": tree,
            "seconds": seconds,
            "trace": False,
            **(options or {}),
        }
        self.output, self.slow = Output(), {}
        self.traffic, self.most_traffic = 0, _most_traffic(arrays)
        begin = time.perf_counter()
        try:
            self.await_start()
            self.delays.begin()
            self._limit_threads()
            self.called = begin = time.perf_counter()
            deadline = begin + seconds * self.patience
            self._send(request, arrays, deadline)
            reply = self._await_reply(number, callbacks, deadline)
        except WorkerDied as death:
            reply = Reply(died=(death.status, str(death)))
            with contextlib.suppress(Exception):  # it may hold anything
                note_slow(reply, self.slow)
        elapsed = time.perf_counter() - begin
        reply.kept_waiting = self.delays.of_call(elapsed) if elapsed > MEASURED else 0.0
        reply.seconds = elapsed - reply.kept_waiting
        reply.bytes = self.traffic
        if reply.died:
            self.kill()
        self.output.complete.wait(timeout=0.2)  # times out if the learner's code closed stderr
        reply.output = self.output
        return reply

    @property
    def patience(self) -> float:
        """The factor by which a call may take longer on this machine than on an ordinary one."""
        return max(1.0, (self.start_seconds or 0.0) / START_SECONDS)

    @property
    def usable(self) -> bool:
        """True if the process is alive and has sent nothing unasked."""
        return (
            not self.killed
            and self.process.poll() is None
            and (not self.ready or self.frames.empty())
        )

    def kill(self) -> None:
        """End the worker and everything that it started; safe to call twice."""
        if self.killed:  # another process may have its number by now
            return
        self.killed = True
        self.isolation.end(self.process, self.home)
        for thread in self.threads:
            thread.join(timeout=1)
        # If an escaped child holds the other end of a pipe, a thread still reads it. Such a pipe
        # stays open, because closing it would wait for that thread.
        if not any(thread.is_alive() for thread in self.threads):
            for stream in (self.stdin, self.stdout, self.stderr):
                with contextlib.suppress(OSError):
                    stream.close()

    def _introduce(self, launch: Launch) -> None:
        """Thread: send the settings."""
        with contextlib.suppress(OSError):  # a worker that died is reported by the first call
            self.stdin.write(json.dumps(launch.settings).encode() + b"\n")
            self.stdin.flush()

    def _receive(self):
        """Thread: queue frames until the stream ends, then None or the error that ended it.

        The worker sends one frame and waits for the answer, so a frame that arrives while another
        is still queued is forged. Nothing more is read then, so a flood cannot fill memory.
        """
        end: Exception | None = None
        try:
            while (frame := wire.read(self.stdout, self._allowance)) is not None:
                if self.start_seconds is None:
                    self.start_seconds = time.perf_counter() - self.started
                if not self.frames.empty():
                    raise wire.BadFrame("an unexpected frame")
                self.frames.put(frame)
        except (wire.BadFrame, OSError, ValueError, MemoryError) as error:
            end = error
        self.frames.put(end)

    def _allowance(self, size):
        """Count these bytes; return False if a frame may not bring so many."""
        self.traffic += size
        return self.traffic <= self.most_traffic

    def _capture(self):
        """Thread: read what the learner's code prints, so that it never blocks on a full pipe."""
        with contextlib.suppress(OSError, ValueError, MemoryError):
            while data := self.stderr.read1(2**16):
                self.output.add(data)
        self.output.complete.set()

    def await_start(self) -> None:
        """Wait until a new worker is ready; no submission code has run by then.

        Raises:
            WorkerDied: when it never gets ready.
        """
        if not self.ready:
            self._next_frame(time.perf_counter() + LONGEST_START)
            self.delays = Delays(self.isolation.meter(self.process))
            self.ready = True

    def _send(self, message, arrays, deadline):
        """Write one frame, in a thread, because a worker that does not read must not block us.

        A small frame and a pipe with room cannot block. A thread would then take longer than the
        rest of a callback.
        """
        frame, stream = wire.pieces(message, arrays), self.stdin
        errors: list[Exception] = []

        def write():
            try:
                wire.write_pieces(stream, frame)
            except (OSError, ValueError) as error:
                errors.append(error)

        if sum(map(len, frame)) <= SMALL_FRAME and has_room(stream):
            write()
        else:
            thread = threading.Thread(target=write, daemon=True)
            thread.start()
            while thread.is_alive():
                thread.join(timeout=max(MEASURED, deadline - time.perf_counter()))
                if thread.is_alive() and self._is_over(deadline):
                    self.threads.append(thread)
                    raise self._timeout()
        if errors:
            raise self._death()

    def _await_reply(self, number, callbacks, deadline):
        while True:
            message, arrays = self._next_frame(deadline)
            if message.get("number") != number:
                raise WorkerDied("crashed", UNREADABLE)
            try:
                if "slow" in message and "value" not in message:
                    self.slow = message["slow"]
                    self._send({}, [], deadline)
                    continue
                if "callback" not in message:
                    return read_reply(message, arrays)
                self.delays.called_back = True
                answer, out = callbacks.answer(message, arrays)
            except Exception as error:  # whatever is wrong with it, the worker caused it
                raise WorkerDied("crashed", UNREADABLE) from error
            self._send(answer, out, deadline)

    def _next_frame(self, deadline):
        while True:
            if self.output.flooded:
                raise WorkerDied("crashed", FLOODED)
            if self._is_over(deadline):
                raise self._timeout()
            ended = self.process.poll() is not None
            with contextlib.suppress(queue.Empty):
                frame = self.frames.get(timeout=0.05)
                break
            self.delays.look()
            self._limit_threads()
            if ended:  # while a child of its own keeps the stream open
                raise self._death()
        if isinstance(frame, tuple):
            return frame
        if frame is None:
            raise self._death()
        much = f"it sent more than {self.most_traffic // 2**20} MB"
        raise WorkerDied("crashed", much if self.traffic > self.most_traffic else UNREADABLE)

    def _limit_threads(self):
        if self.delays.crowded:
            raise WorkerDied("crashed", THREADED)

    def _is_over(self, deadline):
        now = time.perf_counter()
        if now <= deadline:
            return False
        return now >= self.last_moment or now - deadline >= self.delays.of_call(now - self.called)

    def _timeout(self):
        seconds = time.perf_counter() - self.called
        return WorkerDied("timeout", f"it was still running after {seconds:.0f} s and was stopped")

    def _death(self):
        if self.output.flooded:
            return WorkerDied("crashed", FLOODED)
        try:
            code = self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return WorkerDied("crashed", "its process closed the connection")
        return WorkerDied("crashed", f"its process ended ({_exit_name(code)})")


def has_room(stream: IO[bytes]) -> bool:
    """Return True if a pipe accepts `SMALL_FRAME` bytes now, without waiting for its reader."""
    poll = select.poll()
    poll.register(stream, select.POLLOUT)
    return [event for _, event in poll.poll(0)] == [select.POLLOUT]


def _pipes(process):
    return process.stdin, process.stdout, process.stderr


def _most_traffic(arrays):
    """Return how many bytes a call may send us: answers grow with their arguments.

    What it passes to callbacks counts too, because the checks keep it.
    """
    return MOST_TRAFFIC + ANSWER_RATIO * sum(array.nbytes for array in arrays)


def _exit_name(code):
    with contextlib.suppress(ValueError):
        if code < 0:
            return signal.Signals(-code).name
        return f"exit code {code}, as after {signal.Signals(code - SIGNALED).name}"  # of bubblewrap
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
