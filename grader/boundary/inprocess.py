"""Runs a learner's functions in this process: for debuggers and for the cells of a notebook.

The worker's own session does the work, so answers are the same as through the process boundary,
with the same copies and the same plain data. There is no isolation and no time limit: only for
learners and their own code. `grade run` and class runs always use a worker instead.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import math
import os
import sys
import threading
import time
import types
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..worker import package, session, wire
from ..worker.global_random import GlobalRandom
from ..worker.places import Places
from . import process
from .arguments import Callbacks
from .reply import Output, Reply, read_reply


def debugging() -> bool:
    """Return True if a debugger is attached to this process."""
    return "debugpy" in sys.modules or _traced()


def _traced():
    monitoring = getattr(sys, "monitoring", None)  # Python 3.12
    debugger = monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID)
    return sys.gettrace() is not None or bool(debugger)


class InProcess:
    """Replaces `workers.Workers`; `session` finds the functions and calls them."""

    def __init__(self, session: _Session, folder: Path | str, echo: bool) -> None:
        """With `echo`, what the learner's code prints is shown as well as kept."""
        self.session, self.folder, self.echo = session, Path(folder), echo
        self.isolation, self.until, self.is_over = process.UNCONFINED, math.inf, False
        self.broke: str | None = None
        self.hung: set[tuple[str, str | None]] = set()
        self.shared: dict[tuple[str, str], Any] = {}
        self.numbers = itertools.count()
        self.imported: set[str] = set()
        self.errors = np.geterr()  # NumPy's settings as the learner's code left them

    def call(
        self,
        chapter: str,
        name: str,
        args: Sequence[object],
        kwargs: dict[str, object],
        seconds: float = math.inf,
        **options: Any,
    ) -> Reply:
        """Call a function as `Workers.call` does, but without a time limit."""
        if chapter not in self.imported:
            reply = self._request(chapter, None, (), {})
            if reply.raised or reply.missing:
                reply.importing = True
                return reply
            self.imported.add(chapter)
        return self._request(chapter, name, args, kwargs, **options)

    def close(self) -> None:
        """Undo the changes to this process."""

    def _request(self, chapter, name, args, kwargs, **options):
        callbacks, output = Callbacks(), Output()
        given = {"args": list(args), "kwargs": kwargs}
        tree, arrays = wire.pack(given, callbacks.pack)
        callbacks.handed_out = arrays
        request = {"number": next(self.numbers), "module": chapter, "name": name}
        request |= {"arguments": tree, "want_arguments": False, "find_loop": False, "repeat": 0.0}
        request |= {"scripted": False, "trace": False}
        with _overheard(output, self.echo), np.errstate(**self.errors):
            begin = time.perf_counter()
            message, out = self.session.perform(request | options, _copies(arrays), callbacks)
            seconds = time.perf_counter() - begin
            self.errors = np.geterr()
        reply = read_reply(message, _copies(out))
        reply.output, reply.traceback = output, self.session.traceback
        # Under a debugger, times mean nothing, so no time gate may fail.
        reply.seconds = 0.0 if _traced() else seconds
        return reply


class Folder(InProcess):
    """A folder of chapter files, imported here under the name that they have in the worker."""

    def __init__(self, folder: Path | str, places: Places | None = None) -> None:
        places = places or Places(os.path.abspath(folder))
        super().__init__(_Session(places), folder, echo=True)
        path = self.session.folder
        self.before = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_its(name)}
        package.create(self.session.places)
        self.finder = _Finder(self.session.places)
        sys.meta_path.insert(0, self.finder)
        sys.path.append(path)

    def close(self) -> None:
        """Undo the changes to this process: its modules and where it looks for them."""
        if self.finder not in sys.meta_path:
            return
        sys.meta_path.remove(self.finder)
        sys.path.remove(self.session.folder)
        for name in [name for name in sys.modules if _is_its(name)]:
            del sys.modules[name]
        sys.modules.update(self.before)


class Notebook(InProcess):
    """The functions among the globals of a notebook, a script or an interactive session."""

    def __init__(self, stem: str, names: dict[str, Any], files: Collection[str]) -> None:
        """Take the globals `names` for the chapter `stem`.

        `files` are the file names of the notebook's code. Other chapters are those it imports.
        """
        super().__init__(_NotebookSession(stem, names, files), os.getcwd(), echo=False)

    @property
    def second(self) -> Notebook:
        """The worker for pictures that call the learner's functions in a callback."""
        return self  # in this process, a call within a call is fine

    callback_finding = None  # the first fault in such a callback


class _Session(session.Session):
    """The worker's session without its two pipes."""

    def __init__(self, places):
        self.folder, self.places, self.process = places.folder, places, os.getpid()
        self.number, self.turn = None, threading.RLock()
        self.random = GlobalRandom()
        self.callbacks = Callbacks()
        self.traceback: types.TracebackType | None = None

    def perform(self, request, arrays, callbacks):
        """Return `(reply, its arrays)`; `traceback` then holds the learner's frames of an error."""
        before = self.number, self.callbacks  # a callback may call the learner's functions too
        self.callbacks, self.traceback = callbacks, None
        try:
            return self.carry_out(request, arrays)
        finally:
            self.number, self.callbacks = before

    def _ask(self, message, arrays):
        answer, out = self.callbacks.answer(message, _copies(arrays))
        return answer, _copies(out)

    def _describe(self, error):
        if isinstance(error, self.ends_all()):  # the user has quit the debugger
            raise error
        self.traceback = self._own_part(error.__traceback__)
        return super()._describe(error)

    @staticmethod
    def ends_all():
        """Return the exceptions that end the whole process, and are not the learner's."""
        import bdb

        pytest = sys.modules.get("pytest")  # after a breakpoint in a check
        return KeyboardInterrupt, bdb.BdbQuit, *([pytest.exit.Exception] if pytest else [])

    def _own_part(self, traceback):
        """Return the traceback from the learner's first frame to the last."""
        first = last = None
        while traceback is not None:
            if self.places.is_own(traceback.tb_frame.f_code.co_filename):
                first, last = first or traceback, traceback
            traceback = traceback.tb_next
        if last is not None:
            last.tb_next = None
        return first


class _NotebookSession(_Session):
    def __init__(self, stem, names, files):
        super().__init__(_NotebookPlaces(files))
        self.stem, self.names = stem, types.SimpleNamespace(**names)

    def _module(self, stem):
        return self.names if stem == self.stem else super()._module(stem)


class _NotebookPlaces(Places):
    """The cells of a notebook that is open, and the chapters that it imports."""

    def __init__(self, files):
        super().__init__(_package_folder())
        self.files = files

    def is_own(self, filename):
        return filename in self.files or super().is_own(filename)

    def shown(self, filename, line):
        compiler = getattr(_ipython(), "compile", None)
        named = getattr(compiler, "format_code_name", lambda filename: None)(filename)
        # Jupyter itself writes "Cell In[3]".
        return " ".join(named).replace("Cell", "cell") if named else _base(filename), line or 0


class _Finder(package.Finder):
    """Finds the submission's files, and hides nothing from the examiner, whose process this is."""

    def find_spec(self, fullname, path=None, target=None):
        return super().find_spec(fullname, path, target) if _is_its(fullname) else None


def _is_its(name):
    """Return True if a module of this name belongs to the submission."""
    top = name.partition(".")[0]
    return top == package.PACKAGE or bool(package.CHAPTER.fullmatch(name))


def _package_folder():
    """Return the folder of the chapters that a notebook imports."""
    name = package.PACKAGE
    found = sys.modules.get(name) or importlib.util.find_spec(name)
    paths = getattr(found, "__path__", None) or getattr(found, "submodule_search_locations", None)
    return next(iter(paths or ()), os.path.abspath(name))


def _ipython():
    """Return the running IPython, or None."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def _base(filename):
    return os.path.basename(filename) or filename


def _copies(arrays):
    return [array.copy() for array in arrays]


@contextlib.contextmanager
def _overheard(output, echo):
    """Copy what is printed meanwhile into `output`."""
    before = sys.stdout, sys.stderr
    stdout, stderr = (_Overheard(stream, output, echo) for stream in before)
    sys.stdout, sys.stderr = stdout, stderr
    try:
        yield
    finally:
        # Something else, such as pytest after a breakpoint, may have replaced them since.
        sys.stdout = before[0] if sys.stdout is stdout else sys.stdout
        sys.stderr = before[1] if sys.stderr is stderr else sys.stderr


class _Overheard:
    """A stream that is also recorded; without `echo` it shows only a debugger's output."""

    def __init__(self, stream, output, echo):
        self.stream, self.output, self.echo = stream, output, echo
        self.thread = threading.get_ident()

    def write(self, text):
        if threading.get_ident() != self.thread:  # the grader itself: a check takes long
            return self.stream.write(text)
        self.output.add(text.encode("utf-8", "backslashreplace"))
        if self.echo or _traced():
            self.stream.write(text)
        return len(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)
