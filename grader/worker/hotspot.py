"""Finds where the learner's code spends its time: a thread samples the stack of a running call."""

import ast
import collections
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

PAUSE = 0.002  # seconds between samples of a call whose slowest loop is asked for
WATCH_PAUSE = 0.1  # the same for every other call
REPORT_AT = 0.5  # of its time: a call that still runs then may have to be stopped
MOST_SHARES = 50

Place = tuple[str, int, str]  # (file, line, function)
Loop = tuple[str, int, str, str]  # (file, line, function, source)


class Samples:
    """The learner's part of the stack, again and again; `is_own(file)` is True for its files."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.is_own = is_own
        self.count = 0
        self.stacks: collections.Counter[tuple[Place, ...]] = collections.Counter()
        self.inside: collections.Counter[tuple[str, str]] = collections.Counter()
        self.lasting: list[FrameType] = []  # in every sample, the outermost first
        self.lines: dict[int, set[int]] = {}  # of those, by their place in `lasting`

    def add(self, frame: FrameType | None) -> None:
        """Take one sample."""
        frames: list[FrameType] = []
        while frame is not None:
            if self.is_own(frame.f_code.co_filename):
                frames.append(frame)
            frame = frame.f_back
        if not frames:
            return
        self.count += 1
        self.stacks[tuple(_place(frame) for frame in frames)] += 1
        codes = [frame.f_code for frame in reversed(frames)]  # so that a caller is counted first
        names = dict.fromkeys((code.co_filename, code.co_qualname) for code in codes)
        self.inside.update(list(names))
        self._keep_lasting(frames[::-1])

    def _keep_lasting(self, frames):
        if self.count == 1:
            self.lasting = frames
        pairs = zip(self.lasting, frames, strict=False)
        same = next((i for i, (old, new) in enumerate(pairs) if old is not new), len(frames))
        del self.lasting[same:]  # of a frame that is kept, the local variables stay in memory
        for number, frame in enumerate(self.lasting):
            self.lines.setdefault(number, set()).add(frame.f_lineno)

    def loop(self) -> Loop | None:
        """Return the loop that took the most time, or None."""
        for lines, _ in self.stacks.most_common():
            for file, line, function in lines:  # the innermost first
                if loop := _enclosing_loop(file, {line}):
                    return file, loop[0], function, loop[1]
        return None

    def caught(self) -> Loop | None:
        """Return the loop that every sample was in, or the line of the last one, or None."""
        for number, frame in reversed(list(enumerate(self.lasting))):
            file, _, function = _place(frame)
            if loop := _enclosing_loop(file, self.lines[number]):
                return file, loop[0], function, loop[1]
        if not self.stacks:
            return None
        file, line, function = next(reversed(self.stacks))[0]
        return file, line, function, _source(file).splitlines()[line - 1].strip()[:200]

    def shares(self) -> list[tuple[str, str, float]]:
        """Return `(file, function, share of the time)`, what it calls included.

        The largest comes first; of equal ones, the one that calls the others.
        """
        most = self.inside.most_common(MOST_SHARES)
        return [(file, name, count / self.count) for (file, name), count in most]


class Hotspot(Samples):
    """Samples the thread that enters it, in quick succession."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        super().__init__(is_own)
        self.main = threading.get_ident()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.lasting.clear()

    def _sample(self):
        while not self.over.wait(PAUSE):
            self.add(sys._current_frames().get(self.main))


class Watcher:
    """Samples every call that takes long, and reports those that may have to be stopped."""

    def __init__(self, is_own: Callable[[str], bool], report: Callable[[Samples], Any]) -> None:
        """Watch the calls of this thread; `report(samples)` runs in a thread of its own."""
        self.is_own, self.report = is_own, report
        self.main = threading.get_ident()
        self.call: tuple[float, Samples] | None = None  # when it is to be reported
        threading.Thread(target=self._watch, daemon=True).start()

    @contextlib.contextmanager
    def watching(self, seconds: float) -> Iterator[None]:
        """Watch what runs inside, which has so many seconds."""
        self.call = time.perf_counter() + REPORT_AT * seconds, Samples(self.is_own)
        try:
            yield
        finally:
            self.call = None

    def _watch(self):
        while True:
            time.sleep(WATCH_PAUSE)
            self._look()

    def _look(self):
        if (call := self.call) is None:
            return
        until, samples = call
        samples.add(sys._current_frames().get(self.main))
        if time.perf_counter() > until and self.call is call:
            self.call = None
            with contextlib.suppress(Exception):  # the file may have been changed or deleted
                self.report(samples)


def _place(frame):
    return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


def _source(file):
    with open(file, encoding="utf-8") as source:
        return source.read()


def _enclosing_loop(file, lines):
    """Return `(line, source)` of the innermost loop or comprehension around them, or None."""
    text = _source(file)
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
    around = [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, loops)
        and node.lineno <= min(lines)
        and max(lines) <= (node.end_lineno or 0)
    ]
    return (max(around), text.splitlines()[max(around) - 1].strip()[:200]) if around else None
