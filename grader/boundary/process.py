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
import warnings
from dataclasses import dataclass, field

from ..isolation.unconfined import Unconfined, own_group
from ..worker import wire

HANG_SECONDS = 10.0  # for a call that ought to take milliseconds
START_SECONDS = 0.6  # a worker's start on an ordinary machine: slower ones get more patience
LONGEST_START = 120.0
OUTPUT_KEPT = 4000  # characters of what the learner's code prints
OUTPUT_LIMIT = 20 * 2**20  # bytes in one call, then the worker is killed
FLOODED = f"it printed more than {OUTPUT_LIMIT // 2**20} MB"
UNREADABLE = "its process sent something unreadable"
MOST_TRAFFIC = 2**28  # bytes of arrays that any call may send, and more where it was sent more
ANSWER_RATIO = 8
SMALL_FRAME = getattr(select, "PIPE_BUF", 0)  # bytes that a pipe with room takes at once
TEXT_KEPT = 2000  # characters of any text that comes from the worker
ITEMS_KEPT = 50  # of any list beside the answer itself
UNCONFINED = Unconfined()


@dataclass(frozen=True)
class Seeded:
    """A `numpy.random.Generator` as an argument: made afresh from the seed for each call."""

    seed: int


@dataclass
class Reply:
    """What one call gave: `value`, or else one of `raised`, `missing`, `not_plain` and `died`."""

    value: object = None
    arguments: tuple | None = None  # (args, kwargs) as the call left them, when asked for
    raised: dict | None = None  # type, bases, message, lines
    missing: str | None = None  # "file", "function", or "class" where something else is there
    not_plain: str | None = None  # what came instead of plain data
    died: tuple | None = None  # (status, sentence)
    warnings: list = field(default_factory=list)  # [category, message, file, line]
    global_random: bool = False  # the global random state was changed
    seconds: float = 0.0
    output: "Output | None" = None
    bytes: int = 0  # of the arrays that came over
    loop: tuple | None = None  # file, line, function, source of the slowest loop, when asked for
    importing: bool = False  # it got no further than the import of the chapter's file
    traceback: object = None  # the learner's frames, where it ran in this process
    best: float | None = None  # seconds of the fastest run, when asked to repeat

    @property
    def printed(self):
        """The beginning of what the call printed."""
        return self.output.text() if self.output else ""


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
        tree, arrays = wire.pack({"args": list(args), "kwargs": kwargs}, special(callbacks))
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


class Output:
    """What one call printed: the beginning is kept, the rest is counted."""

    def __init__(self):
        self.kept, self.size = b"", 0
        self.recent = b""  # the end of what came, for the mark may come in two pieces
        self.complete = threading.Event()

    def add(self, data):
        self.size += len(data)
        self.kept += data[: OUTPUT_KEPT - len(self.kept)]
        recent = self.recent + data
        if wire.END_OF_OUTPUT in recent:
            self.complete.set()
        self.recent = recent[-len(wire.END_OF_OUTPUT) :]

    @property
    def flooded(self):
        return self.size > OUTPUT_LIMIT

    def text(self):
        text = self.kept.partition(wire.END_OF_OUTPUT)[0].decode("utf-8", "replace")
        return text if self.size <= OUTPUT_KEPT else f"{text}... ({self.size:,} bytes in all)"


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


def special(callbacks):
    """How arguments that are not plain data go over: generators by seed, functions by number."""

    def pack(value):
        if isinstance(value, Seeded):
            return {"generator": value.seed}
        if callable(value):
            callbacks.append(value)
            return {"callback": len(callbacks) - 1, "name": getattr(value, "__name__", "callback")}
        return None

    return pack


def read_reply(message, arrays):
    """The worker's message as a `Reply`; it is the learner's side's, so nothing is assumed."""
    reply = Reply(
        warnings=[_warning(item) for item in _items(message.get("warnings", []))],
        global_random=message.get("global_random") is True,
    )
    if "value" in message:
        answer = _typed(wire.unpack(message["value"], arrays), dict)
        reply.value = answer["value"]
        if "arguments" in answer:
            args, kwargs = _typed(answer["arguments"], list)
            reply.arguments = (_typed(args, list), _typed(kwargs, dict))
        if message.get("loop"):
            reply.loop = _place(message["loop"])
    elif "raised" in message:
        reply.raised = _raised(_typed(message["raised"], dict))
    elif "best" in message:
        reply.best = _typed(message["best"], float)
    elif "missing" in message:
        known = message["missing"] in ("file", "class")
        reply.missing = message["missing"] if known else "function"
    elif "imported" not in message:
        reply.not_plain = _text(message["not_plain"])
    return reply


def _raised(message):
    lines = [_place(line) for line in _items(message["lines"])]
    return {
        "type": _text(message["type"]),
        "bases": [_text(base) for base in _items(message["bases"])],
        "message": _text(message["message"]),
        "lines": lines,
        "meant": _text(message.get("meant", "")),
    }


def _place(item):
    file, number, name, source = _typed(item, list)
    return _text(file), _typed(number, int), _text(name), _text(source)


def _warning(item):
    category, text, file, line = _typed(item, list)
    return _text(category), _text(text), _text(file), _typed(line, int)


def _items(value):
    return _typed(value, list)[:ITEMS_KEPT]


def _text(value):
    return _typed(value, str)[:TEXT_KEPT]


def _typed(value, kind):
    if not isinstance(value, kind):
        raise wire.BadFrame(f"not a {kind.__name__}")
    return value


def call_back(message, arrays, callbacks):
    """Run the examiner's function for the worker; what it refuses is raised over there."""
    function = dict(enumerate(callbacks))[_typed(message["callback"], int)]
    args, kwargs = wire.unpack(message["value"], arrays)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numbers that the learner's code made
            tree, out = wire.pack(function(*args, **kwargs))
    except Exception as error:
        return {"refused": str(error)[:TEXT_KEPT]}, []
    return {"value": tree}, out


def _exit_name(code):
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
