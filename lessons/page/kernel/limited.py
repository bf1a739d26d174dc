"""A learner's functions in this process, each call for a limited time, as in a worker.

There is one thread and no process to end, so Python's monitoring looks at the clock whenever the
learner's code goes round a loop or enters a function. The page hears of its lines, so that it can
name the one in which it had to end Python from outside.
"""

import gc
import math
import os
import sys
import time
from pathlib import Path

from grader.boundary import inprocess
from grader.boundary.process import HANG_SECONDS
from grader.boundary.reply import Reply
from grader.grading import lending
from grader.worker.places import Places

from . import door
from .apart import Apart

TOOL = sys.monitoring.PROFILER_ID
EVENTS = sys.monitoring.events
TOLD_EVERY = 0.1  # seconds
LEFTOVER_SECONDS = 1.0  # for what objects do when they are deleted
HUNG_BEFORE = 0.03  # the share of its time that a function still gets after it has hung once
SLOWER = 4.0  # times as long as natively that training may take
hung_imports: set[str] = set()  # the texts of files whose import has hung in this check


class OutOfTime(BaseException):
    """The learner's call has used up its time."""


class Limited(inprocess.Folder):
    """Like `inprocess.Folder`, with time limits, and apart from what the grader itself uses."""

    def __init__(self, folder, references=frozenset(), trains=False):
        """Serve a folder of chapter files.

        references: stems of the reference's files, in which no error is located
        trains: the calls are those of a function that trains, which takes longer here
        """
        super().__init__(folder, LearnersPlaces(folder, references))
        self.trains = trains
        self.echo = False  # a message to the page for each line would take the learner's time
        self.session.ends_all = tuple  # nobody is at a keyboard: what is raised is the learner's
        self.changes = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with Clock(self.session.folder, LEFTOVER_SECONDS):  # a `__del__` may still have to run
            self.close()
            gc.collect()
        gc.freeze()  # the next collection looks at what has come since

    def call(self, chapter, name, args, kwargs, seconds=math.inf, **options):
        """Call a function as `Workers.call` does."""
        key = (chapter, name)
        limit = SLOWER * seconds if self.trains or seconds > HANG_SECONDS else seconds
        text = None if chapter in self.imported else self._text(chapter)
        limit *= HUNG_BEFORE if key in self.hung or text in hung_imports else 1.0
        clock = Clock(self.session.folder, limit)
        with clock, Apart(self.changes):
            reply = super().call(chapter, name, args, kwargs, **options)
            reply.traceback = self.session.traceback = None  # its frames hold the learner's objects
        if not clock.over:
            return reply
        self.hung.add(key)
        if chapter not in self.imported:
            hung_imports.add(text)
        return Reply(died=("timeout", _sentence(limit, clock.place)), importing=reply.importing)

    def _text(self, chapter):
        file = Path(self.session.folder, f"{chapter}.py")
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def _request(self, *args, find_loop=False, **options):
        # The slowest loop is found by a thread, which WebAssembly does not have.
        return super()._request(*args, **options)


class LearnersPlaces(Places):
    """The places in the learner's files of a folder, without those of the reference's."""

    def __init__(self, folder, references):
        super().__init__(os.path.abspath(folder))
        self.references = references

    def is_own(self, filename):
        stem = os.path.basename(filename).removesuffix(".py")
        is_lent = stem in self.references or stem.startswith(lending.PREFIX)
        return super().is_own(filename) and not is_lent


def _sentence(seconds, place):
    where = f" in line {place['line']} of {place['file']}" if place else ""
    return f"it was still running after {seconds:.2g} s{where} and was stopped"


class Clock:
    """Ends what the files of a folder do when its time is up; `over` is then true.

    Garbage is collected in this time alone, as a `__del__` is the learner's code, too.
    """

    def __init__(self, watched, seconds, meanwhile=lambda: None):
        """`watched` is the path of a folder, or a tuple; `meanwhile` is called now and then."""
        self.watched, self.seconds, self.meanwhile = watched, seconds, meanwhile
        self.told, self.place, self.over = 0.0, None, False

    def __enter__(self):
        self.outermost = sys.monitoring.get_tool(TOOL) is None
        if not self.outermost:  # a check's callback that calls the learner's functions again
            return self
        door.tell(limit=self.seconds if math.isfinite(self.seconds) else None)
        self.until = time.monotonic() + self.seconds
        sys.monitoring.use_tool_id(TOOL, "time limit")
        watched = {
            EVENTS.PY_START: lambda code, offset: self._look(code, code.co_firstlineno),
            EVENTS.LINE: self._new_line,
            EVENTS.JUMP: lambda code, *_: self._look(code, None),
        }
        for event, callback in watched.items():
            sys.monitoring.register_callback(TOOL, event, callback)
        sys.monitoring.set_events(TOOL, EVENTS.PY_START | EVENTS.LINE | EVENTS.JUMP)
        gc.enable()
        return self

    def __exit__(self, *_):
        if self.outermost:
            gc.disable()
            sys.monitoring.set_events(TOOL, 0)
            sys.monitoring.free_tool_id(TOOL)
            door.tell(limit=None)

    def _new_line(self, code, line):
        if code.co_filename.startswith(self.watched):
            self._tell(code, line)
        return sys.monitoring.DISABLE  # each line once: this costs next to nothing

    def _look(self, code, line):
        if not code.co_filename.startswith(self.watched):
            return sys.monitoring.DISABLE
        now = time.monotonic()
        if now - self.told > TOLD_EVERY:
            self.told = now
            self._tell(code, line or sys._getframe(2).f_lineno)
        if now > self.until:
            self.over = True
            raise OutOfTime
        return None

    def _tell(self, code, line):
        self.place = {"file": os.path.basename(code.co_filename), "line": line}
        door.tell(place=self.place)
        self.meanwhile()
