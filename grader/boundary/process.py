"""The trusted end of the process boundary: starts a worker, calls into it, ends it.

The examiner never imports what it grades. Arguments go over as copies, plain data comes back, a
callable argument stays here and is called back. The wall clock runs on this side, and a worker
that hangs, floods or dies is killed from outside with everything that it started.
"""

import contextlib
import json
import queue
import secrets
import select
import signal
import subprocess
import tempfile
import threading
import time

from ..isolation.unconfined import Unconfined, own_group
from ..worker import wire
from .arguments import call_back, pack_argument
from .reply import OUTPUT_LIMIT, Output, Reply, read_reply

HANG_SECONDS = 10.0  # for a call that ought to take milliseconds
START_SECONDS = 0.6  # a worker's start on an ordinary machine: slower ones get more patience
LONGEST_START = 120.0
FLOODED = f"it printed more than {OUTPUT_LIMIT // 2**20} MB"
UNREADABLE = "its process sent something unreadable"
MOST_TRAFFIC = 2**28  # bytes of arrays that any call may send, and more where it was sent more
ANSWER_RATIO = 8
SMALL_FRAME = getattr(select, "PIPE_BUF", 0)  # bytes that a pipe with room takes at once
UNCONFINED = Unconfined()


class WorkerDied(Exception):
    """The worker is gone; `status` is `timeout` or `crashed`."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status


class Worker:
    """One process that runs a submission's functions."""

    def __init__(self, folder, isolation=UNCONFINED, preload=()):
        self.home = tempfile.mkdtemp(prefix="learn-dl-")
        self.isolation = isolation
        launch = isolation.launch(folder, self.home)
        launch.settings["preload"] = list(preload)
        self.frames = queue.SimpleQueue()
        self.output = Output()
        self.asked = self.started = time.perf_counter()
        self.start_seconds = None
        self.traffic = self.most_traffic = 0  # bytes of arrays that this call has sent, and may
        self.ready = self.killed = False
        self.imported = set()
        self.process = subprocess.Popen(
            launch.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=launch.folder,
            env=launch.environment,
            **own_group(),
        )
        self.threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self._receive, self._capture, lambda: self._introduce(launch))
        ]
        for thread in self.threads:
            thread.start()

    def call(
        self,
        module,
        name,
        args,
        kwargs,
        *,
        seconds=HANG_SECONDS,
        import_seconds=HANG_SECONDS,
        want_arguments=False,
        find_loop=False,
        repeat=0.0,
        scripted=False,
    ):
        """Call one function of the submission and wait for its answer, at most `seconds` long.

        The first call into a chapter imports its file before, which has a time of its own. With
        `repeat` it is run over and over for so many seconds, and the answer is how long the
        fastest run took by the worker's own clock: for learners, who have no reason to forge it.
        With `scripted` it is a class, and the first argument the steps of `worker/scripted.py`.
        """
        if module not in self.imported:
            reply = self._request(module, None, (), {}, import_seconds)
            if reply.died or reply.raised or reply.missing:
                reply.importing = True
                return reply
            self.imported.add(module)
        wanted = {
            "want_arguments": want_arguments,
            "find_loop": find_loop,
            "repeat": repeat,
            "scripted": scripted,
        }
        return self._request(module, name, args, kwargs, seconds, wanted)

    def _request(self, module, name, args, kwargs, seconds, wanted=None):
        callbacks = []
        tree, arrays = wire.pack({"args": list(args), "kwargs": kwargs}, pack_argument(callbacks))
        # Every frame of the answer repeats it: what an earlier call left behind has another.
        number = secrets.randbits(62)
        request = {
            "number": number,
            "module": module,
            "name": name,
            "arguments": tree,
            **(wanted or {}),
        }
        self.output = Output()
        self.traffic, self.most_traffic = 0, _most_traffic(arrays)
        begin = time.perf_counter()
        try:
            self.await_start()
            self.asked = begin = time.perf_counter()
            deadline = begin + seconds * self.patience
            self._send(request, arrays, deadline)
            reply = self._await_reply(number, callbacks, deadline)
        except WorkerDied as death:
            reply = Reply(died=(death.status, str(death)))
        reply.seconds = time.perf_counter() - begin
        reply.bytes = self.traffic
        if reply.died:
            self.kill()
        self.output.complete.wait(timeout=0.2)  # in vain where the learner's code closed stderr
        reply.output = self.output
        return reply

    @property
    def patience(self):
        """How much longer than on an ordinary machine a call may take on this one."""
        return max(1.0, (self.start_seconds or 0.0) / START_SECONDS)

    @property
    def usable(self):
        """It lives, and nothing waits here that no call has asked for."""
        return (
            not self.killed
            and self.process.poll() is None
            and (not self.ready or self.frames.empty())
        )

    def kill(self):
        """End the worker and everything that it started; safe to call twice."""
        if self.killed:  # its process number may be another's by now
            return
        self.killed = True
        self.isolation.end(self.process, self.home)
        for thread in self.threads:
            thread.join(timeout=1)
        # A pipe that a thread still reads, for an escaped child holds its end, is left to it:
        # closing it would wait for that thread.
        if not any(thread.is_alive() for thread in self.threads):
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                with contextlib.suppress(OSError):
                    stream.close()

    def _introduce(self, launch):
        with contextlib.suppress(OSError):  # a worker that died is reported by the first call
            self.process.stdin.write(json.dumps(launch.settings).encode() + b"\n")
            self.process.stdin.flush()

    def _receive(self):
        """Thread: pass frames on until the stream ends, then what it ended with.

        The worker says one thing and waits for the answer, so a frame that comes while another
        still waits here is forged. Nothing more is read then, so a flood cannot fill memory.
        """
        end = None
        try:
            while (frame := wire.read(self.process.stdout, self._allowance)) is not None:
                if self.start_seconds is None:
                    self.start_seconds = time.perf_counter() - self.started
                if not self.frames.empty():
                    raise wire.BadFrame("a frame that nobody asked for")
                self.frames.put(frame)
        except (wire.BadFrame, OSError, ValueError, MemoryError) as error:
            end = error
        self.frames.put(end)

    def _allowance(self, size):
        """Whether a frame may bring arrays of so many bytes; it counts them."""
        self.traffic += size
        return self.traffic <= self.most_traffic

    def _capture(self):
        """Thread: take what the learner's code prints, so that it never blocks on a full pipe."""
        with contextlib.suppress(OSError, ValueError):
            while data := self.process.stderr.read1(2**16):
                self.output.add(data)
        self.output.complete.set()

    def await_start(self):
        """Wait until a new worker has said that it is ready; `WorkerDied` where it never is.

        Nothing of the submission has run by then.
        """
        if not self.ready:
            self._next_frame(time.perf_counter() + LONGEST_START)
            self.ready = True

    def _send(self, message, arrays, deadline):
        """Write one frame; in a thread, for a worker that does not read must not hold us up.

        Where it cannot, as with a small frame and room in the pipe, a thread would take longer
        than all the rest of a callback.
        """
        frame, stream, errors = wire.pieces(message, arrays), self.process.stdin, []

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
            thread.join(timeout=max(0.0, deadline - time.perf_counter()))
            if thread.is_alive():
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
                if "callback" not in message:
                    return read_reply(message, arrays)
                answer = call_back(message, arrays, callbacks)
            except Exception as error:  # whatever is odd about it, it is the worker's doing
                raise WorkerDied("crashed", UNREADABLE) from error
            self._send(*answer, deadline)

    def _next_frame(self, deadline):
        while True:
            if self.output.flooded:
                raise WorkerDied("crashed", FLOODED)
            if time.perf_counter() > deadline:
                raise self._timeout()
            ended = self.process.poll() is not None
            with contextlib.suppress(queue.Empty):
                frame = self.frames.get(timeout=0.05)
                break
            if ended:  # and a child of its own keeps the stream open
                raise self._death()
        if isinstance(frame, tuple):
            return frame
        if frame is None:
            raise self._death()
        much = f"it gave more than {self.most_traffic // 2**20} MB of arrays"
        raise WorkerDied("crashed", much if self.traffic > self.most_traffic else UNREADABLE)

    def _timeout(self):
        seconds = time.perf_counter() - self.asked
        return WorkerDied(
            "timeout", f"it had not come to an end after {seconds:.0f} s and was stopped"
        )

    def _death(self):
        if self.output.flooded:
            return WorkerDied("crashed", FLOODED)
        try:
            code = self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return WorkerDied("crashed", "its process closed the connection")
        return WorkerDied("crashed", f"its process ended ({_exit_name(code)})")


def has_room(stream):
    """Whether a pipe takes `SMALL_FRAME` bytes now, without waiting for its reader."""
    poll = select.poll()
    poll.register(stream, select.POLLOUT)
    return [event for _, event in poll.poll(0)] == [select.POLLOUT]


def _most_traffic(arrays):
    """How many bytes of arrays a call may send us: answers grow with what is asked.

    What it asks of functions among its arguments counts too, for the checks remember it.
    """
    return MOST_TRAFFIC + ANSWER_RATIO * sum(array.nbytes for array in arrays)


def _exit_name(code):
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
