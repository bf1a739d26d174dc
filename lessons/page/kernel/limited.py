"""A learner's functions in this process, each call for a limited time, as in a worker.

There is one thread and no process to end, so Python's monitoring looks at the clock whenever the
learner's code goes round a loop or enters a function. The page hears of new lines, so that it can
name the one in which it had to end Python from outside.
"""

import math
import os
import sys
import time

from grader.boundary import inprocess
from grader.boundary.reply import Reply

from . import door

TOOL = sys.monitoring.PROFILER_ID
EVENTS = sys.monitoring.events
TOLD_EVERY = 0.1  # seconds
SLOWER = 4.0  # times as long as natively that a call may take here


class OutOfTime(BaseException):
    """The learner's call has used up its time."""


class Limited(inprocess.Folder):
    """Like `inprocess.Folder`, with time limits."""

    def call(self, chapter, name, args, kwargs, seconds=math.inf, **options):
        """Call a function as `Workers.call` does."""
        clock = Clock(self.session.folder, SLOWER * seconds)
        with clock:
            reply = super().call(chapter, name, args, kwargs, **options)
        if clock.over:
            if reply.importing:
                self._forget(chapter)
            text = f"it was still running after {seconds:.0f} s and was stopped"
            place = clock.place and f" in line {clock.place['line']} of {clock.place['file']}"
            return Reply(died=("timeout", text + (place or "")), importing=reply.importing)
        return reply

    def _request(self, *args, find_loop=False, **options):
        # The slowest loop is found by a thread, which WebAssembly does not have.
        return super()._request(*args, **options)

    def _forget(self, chapter):
        for name in [name for name in sys.modules if name.endswith(chapter)]:
            del sys.modules[name]


class Clock:
    """Ends what the files of a folder do when its time is up; `over` then is true."""

    def __init__(self, folder, seconds):
        self.folder, self.until = folder, time.monotonic() + seconds
        self.told, self.place, self.over = 0.0, None, False

    def __enter__(self):
        self.outermost = sys.monitoring.get_tool(TOOL) is None
        if not self.outermost:
            return
        sys.monitoring.use_tool_id(TOOL, "time limit")
        watched = {
            EVENTS.PY_START: lambda code, offset: self._look(code, code.co_firstlineno),
            EVENTS.LINE: self._new_line,
            EVENTS.JUMP: self._jump,
        }
        for event, callback in watched.items():
            sys.monitoring.register_callback(TOOL, event, callback)
        sys.monitoring.set_events(TOOL, EVENTS.PY_START | EVENTS.LINE | EVENTS.JUMP)

    def __exit__(self, *_):
        if self.outermost:
            sys.monitoring.set_events(TOOL, 0)
            sys.monitoring.free_tool_id(TOOL)

    def _new_line(self, code, line):
        if self._is_own(code):
            self._look(code, line)
        return sys.monitoring.DISABLE  # each line once: this costs next to nothing

    def _jump(self, code, origin, target):
        if not self._is_own(code):
            return sys.monitoring.DISABLE
        return self._look(code, sys._getframe(1).f_lineno)

    def _look(self, code, line):
        if not self._is_own(code):
            return sys.monitoring.DISABLE
        now = time.monotonic()
        if now - self.told > TOLD_EVERY:
            self.told = now
            self.place = {"file": os.path.basename(code.co_filename), "line": line}
            door.tell(place=self.place)
        if now > self.until:
            self.over = True
            raise OutOfTime
        return None

    def _is_own(self, code):
        return code.co_filename.startswith(self.folder)
