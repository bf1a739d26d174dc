"""Answers one request: finds the learner's function, calls it, and describes the outcome."""

from __future__ import annotations

import collections.abc
import contextlib
import functools
import gc
import importlib
import itertools
import linecache
import os
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from contextlib import nullcontext as no_context
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING or __package__:  # in the examiner's own process, for a debugger or a notebook
    from grader.worker import cells, errors, package, scripted, wire
    from grader.worker.entered import Entered
    from grader.worker.global_random import GlobalRandom
    from grader.worker.hotspot import Hotspot, Watcher
    from grader.worker.places import Places
else:  # in the worker, where the kit is not installed
    import cells
    import errors
    import package
    import scripted
    import wire
    from entered import Entered
    from global_random import GlobalRandom
    from hotspot import Hotspot, Watcher
    from places import Places

MAX_WARNINGS = 5


class Session:
    """The functions of one submission, called as the examiner requests."""

    confined = False
    watcher: Watcher | None = None  # in the examiner's own process there is no time limit
    entered: Entered | None = None  # by the call that runs, if that was asked for

    def __init__(
        self, folder: str, receive: IO[bytes], send: IO[bytes], confined: bool = False
    ) -> None:
        self.folder, self.confined = os.path.realpath(folder), confined
        self.receive, self.send = receive, send
        self.process = os.getpid()
        self.places = Places(self.folder)
        self.random = GlobalRandom()
        self.number: int | None = None  # of the request that is being answered
        # Held by the one learner's thread that sends a message and waits for its answer.
        self.turn: Any = threading.Lock()
        self.watcher = Watcher(self.places.is_own, self._report)
        package.install(self.places, os.getcwd() if confined else None)
        if confined:  # and so unable to write there
            os.chdir(self.folder)  # for data files that a submission opens by a relative path
        self.at_start = os.getcwd(), np.geterr(), _in_use()

    def answer(self, request: dict[str, Any], arrays: Sequence[np.ndarray]) -> None:
        """Carry out one call and send its reply."""
        reply, out = self.carry_out(request, arrays)
        _flush()
        with self.turn:
            self.number = None
            wire.write(self.send, reply | {"number": request["number"]}, out)

    def carry_out(self, request: dict[str, Any], arrays: Sequence[np.ndarray]) -> wire.Frame:
        """Carry out one call and return `(reply, its arrays)`."""
        self.number, self.places.module = request["number"], request["module"]
        caught: list[list] = []
        self.entered = Entered(self.places.is_own) if request["trace"] else None
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda *args, **_: self._note_warning(caught, *args)
            try:
                with self._watched(request), self.entered or no_context():
                    reply, out = self._run(request, arrays)
            except wire.NotPlain as error:
                reply, out = {"not_plain": errors.text(error)}, []
            except BaseException as error:  # even exit() and Ctrl-C, raised by the learner's code
                reply, out = {"raised": self._describe(error)}, []
        if os.getpid() != self.process:  # a child that the learner's function forked
            os._exit(0)
        if self.entered:
            reply["entered"] = self.entered.names()
        return reply | {"warnings": caught}, out

    def _watched(self, request):
        return self.watcher.watching(request["seconds"]) if self.watcher else no_context()

    def _report(self, samples):
        """Tell the examiner, in the middle of a call, where it is; it may have to be killed."""
        number, about = self.number, self._about(samples, samples.caught())
        if self.entered:
            about["entered"] = self.entered.names()
        with self.turn:
            if number is not None and self.number == number and os.getpid() == self.process:
                self._ask({"number": number, "slow": about}, [])

    def _about(self, samples, loop):
        """Describe a loop, and the functions that the time went to, as plain data."""
        where = None
        if loop:
            file, line, name, source = loop
            where = [*self.places.shown(file, line), name, source]
        shares = [[os.path.basename(file), *rest] for file, *rest in samples.shares()]
        return {"loop": where, "shares": shares}

    def _run(self, request, arrays):
        if request["module"] is None:
            value, out = wire.pack({"value": self._forget()}, _drain)
            return {"value": value}, out
        module = self._module(request["module"])
        if module is None:
            return {"missing": "file"}, []
        if request["name"] is None:  # the examiner only wants the module imported
            return {"imported": True}, []
        function = getattr(module, request["name"], None)
        if function is None:
            if error := cells.failure(module, request["name"]):
                return {"raised": self._describe(error), "importing": True}, []
            return {"missing": "function"}, []
        if request["scripted"]:
            if not issubclass(type(function), type):
                return {"missing": "class"}, []
            function = functools.partial(scripted.perform, function, drain=_drain)
        if request["repeat"]:
            return {"best": self._fastest(function, request, arrays)}, []
        self.random.moved()
        with Hotspot(self.places.is_own) if request["find_loop"] else no_context() as spot:
            value, out = self._call(function, request, arrays)
        reply = {"value": value, "global_random": self.random.moved()}
        return reply | ({"slow": self._slow(spot)} if spot else {}), out

    def _forget(self):
        """Drop the submission's modules; return False if something of them is still in use."""
        folder, errors, in_use = self.at_start
        os.chdir(folder)
        package.forget(self.places)
        linecache.clearcache()
        np.seterr(**errors)
        gc.collect()  # what a file loads at its import may be large
        return _in_use() == in_use

    def _module(self, stem):
        """Return the module with a chapter's functions, or None if its file is missing."""
        if not os.path.isfile(os.path.join(self.folder, f"{stem}.py")):
            return None
        return importlib.import_module(f"{package.PACKAGE}.{stem}")

    def _slow(self, spot):
        with contextlib.suppress(Exception):  # the file may have been changed or deleted
            return self._about(spot, spot.loop())
        return None

    def _call(self, function, request, arrays):
        given = wire.unpack(request["arguments"], arrays, self._argument)
        value = function(*given["args"], **given["kwargs"])
        answer = {"value": value}
        if request["want_arguments"]:
            named = {name: _comparable(value) for name, value in given["kwargs"].items()}
            answer["arguments"] = [list(map(_comparable, given["args"])), named]
        return wire.pack(answer, _drain)

    def _fastest(self, function, request, arrays):
        """Return the seconds of the fastest of many runs, each with arguments of its own."""
        best, until = float("inf"), time.perf_counter() + request["repeat"]
        while time.perf_counter() < until:
            copies = [array.copy() for array in arrays]
            given = wire.unpack(request["arguments"], copies, self._argument)
            begin = time.perf_counter()
            value = function(*given["args"], **given["kwargs"])
            if isinstance(value, collections.abc.Iterator):  # which has computed nothing so far
                _drain(value)
            best = min(best, time.perf_counter() - begin)
        return best

    def _argument(self, tree):
        """Make an argument that is not plain data: a generator from its seed, or a function."""
        if "generator" in tree:
            return np.random.default_rng(tree["generator"])
        number, index, name = self.number, tree["callback"], tree["name"]

        def callback(*args, **kwargs):
            try:
                given, arrays = wire.pack([args, kwargs], _drain)
            except wire.NotPlain as error:
                raise TypeError(f"`{name}` was given {error}, which is not plain data") from None
            return self._call_back(number, {"callback": index, "value": given}, arrays)

        callback.__name__ = callback.__qualname__ = name
        return callback

    def _call_back(self, number, message, arrays):
        with self.turn:
            if self.number != number or os.getpid() != self.process:
                raise RuntimeError("called after the end of the call, or in another process")
            answer, arrays = self._ask(message | {"number": number}, arrays)
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return wire.unpack(answer["value"], arrays)

    def _ask(self, message, arrays):
        """Return the examiner's answer to a message in the middle of a call."""
        wire.write(self.send, message, arrays)
        frame = wire.read(self.receive)
        if frame is None:
            os._exit(1)
        return frame

    def _describe(self, error):
        return errors.describe(error, self.places, self.confined)

    def _note_warning(self, caught, message, category, filename, lineno, *_):
        if len(caught) < MAX_WARNINGS:
            own = self.places.is_own(filename)
            place = self.places.shown(filename, lineno) if own else ("", lineno)
            caught.append([category.__name__, errors.text(message), *place])


def _in_use():
    """What a submission may start or replace, and never gives back."""
    return threading.active_count(), sys.stdout, sys.stderr


def _flush():
    """Send everything that the call printed before the reply."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the learner's code may have replaced it
            stream.flush()
    with contextlib.suppress(OSError):
        os.write(2, wire.END_OF_OUTPUT)


def _comparable(argument, depth=3):
    """Return an argument as the call left it; None for functions and random generators.

    The arguments of methods in a script are nested three deep.
    """
    if depth and type(argument) is list:
        return [_comparable(item, depth - 1) for item in argument]
    if depth and type(argument) is dict:
        return {key: _comparable(item, depth - 1) for key, item in argument.items()}
    return None if callable(argument) or isinstance(argument, np.random.Generator) else argument


def _drain(value):
    """Return an iterator's items as a list: `minibatches`, for one, may be a generator."""
    if isinstance(value, np.ndarray) or not isinstance(value, collections.abc.Iterable):
        return None
    if isinstance(value, (str, bytes, bytearray, collections.abc.Mapping)):
        return None
    items = list(itertools.islice(value, wire.MAX_ITEMS + 1))
    if len(items) > wire.MAX_ITEMS:
        raise wire.NotPlain(f"an iterable of more than {wire.MAX_ITEMS:,} items")
    return items
