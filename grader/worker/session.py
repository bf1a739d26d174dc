"""Answers one request: finds the learner's function, calls it, and describes the outcome."""

from __future__ import annotations

import builtins
import collections.abc
import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import os
import random
import re
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Sequence
from contextlib import nullcontext as no_context
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING or __package__:  # in the examiner's own process, for a debugger or a notebook
    from grader.worker import cells, operands, refusals, scripted, third_party, wire
    from grader.worker.entered import Entered
    from grader.worker.hotspot import Hotspot, Watcher
else:  # in the worker, where the kit is not installed
    import cells
    import operands
    import refusals
    import scripted
    import third_party
    import wire
    from entered import Entered
    from hotspot import Hotspot, Watcher

PACKAGE = "exercises"
CHAPTER = re.compile(r"ch\d+_\d+_\w+|neural_network")
KIT = ("data", "grader", "solutions")  # packages that a submission cannot import
PLACEHOLDERS = {  # modules that notebooks import and grading does not need
    "grader": ("check", "plot"),
    "IPython": ("display", "get_ipython"),
    "IPython.display": ("display", "clear_output", "HTML", "Image", "Latex", "Markdown", "Math"),
    "google": ("colab",),
    "google.colab": ("auth", "drive", "files", "output", "userdata", "widgets"),
}
MAX_WARNINGS = 5
MAX_LINES = 5
SURE = 0.8  # similarity of two names that differ only by a slip
MAX_TEXT = 2000  # characters of a message that is passed on
CELL = re.compile(r"# cell (\d+)\n")  # the line before each cell of a notebook
EXPORTED = re.compile(rb"^get_ipython\(\)\.|^# In\[[\d ]*\]:", re.M)  # a notebook saved as a script
NOTEBOOK = "# made from a notebook\n"  # the first line of such a file: `submission/submission.py`


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
        self.number: int | None = None  # of the request that is being answered
        self.module: str | None = None  # that it is about
        # Held by the one learner's thread that sends a message and waits for its answer.
        self.turn: Any = threading.Lock()
        self.watcher = Watcher(self._is_own, self._report)
        _install_package(self.folder, os.getcwd() if confined else None)

    def answer(self, request: dict[str, Any], arrays: Sequence[np.ndarray]) -> None:
        """Carry out one call and send its reply."""
        reply, out = self.carry_out(request, arrays)
        _flush()
        with self.turn:
            self.number = None
            wire.write(self.send, reply | {"number": request["number"]}, out)

    def carry_out(self, request: dict[str, Any], arrays: Sequence[np.ndarray]) -> wire.Frame:
        """Carry out one call and return `(reply, its arrays)`."""
        self.number, self.module = request["number"], request["module"]
        caught: list[list] = []
        self.entered = Entered(self._is_own) if request["trace"] else None
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda *args, **_: self._note_warning(caught, *args)
            try:
                with self._watched(request), self.entered or no_context():
                    reply, out = self._run(request, arrays)
            except wire.NotPlain as error:
                reply, out = {"not_plain": str(error)[:MAX_TEXT]}, []
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
            where = [*self._place(file, line), name, source]
        shares = [[os.path.basename(file), *rest] for file, *rest in samples.shares()]
        return {"loop": where, "shares": shares}

    def _run(self, request, arrays):
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
        _advance_global_random_state()
        before = _global_random_state()
        with Hotspot(self._is_own) if request["find_loop"] else no_context() as spot:
            value, out = self._call(function, request, arrays)
        reply = {"value": value, "global_random": _global_random_state() != before}
        return reply | ({"slow": self._slow(spot)} if spot else {}), out

    def _module(self, stem):
        """Return the module with a chapter's functions, or None if its file is missing."""
        if not os.path.isfile(os.path.join(self.folder, f"{stem}.py")):
            return None
        return importlib.import_module(f"{PACKAGE}.{stem}")

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
        expression, values = self._operands(error)
        return {
            "type": type(error).__name__,
            "bases": [base.__name__ for base in type(error).__mro__],
            "message": _text(error.msg if isinstance(error, SyntaxError) else error),
            "lines": self._own_lines(error),
            "did_you_mean": self._did_you_mean(error),
            "refused": _refused(error) if self.confined else "",
            "expression": expression,
            "operands": values,
        }

    def _operands(self, error):
        """Return the expression of the learner's that raised, and what its operands were."""
        with contextlib.suppress(BaseException):  # the learner's objects answer here
            tb, last = error.__traceback__, None
            while tb is not None:
                last = tb if self._is_own(tb.tb_frame.f_code.co_filename) else last
                tb = tb.tb_next
            if last is not None:
                return operands.describe(last)
        return "", []

    def _did_you_mean(self, error):
        """Return the name most similar to the wrong one, or ""; skip private attributes.

        A builtin function is only meant if the spelling nearly agrees.
        """
        if isinstance(error, UnboundLocalError) or not isinstance(
            error, (NameError, AttributeError)
        ):
            return ""
        with contextlib.suppress(BaseException):  # the learner's objects answer here
            import difflib

            frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
            frame = [frame for frame in frames if self._is_own(frame.f_code.co_filename)][-1]
            variables, before = {**frame.f_globals, **frame.f_locals}, ""
            names = set(variables)
            if isinstance(error, AttributeError):
                names = {name for name in dir(error.obj) if not name.startswith("_")}
                before = next(f"{name}." for name, value in variables.items() if value is error.obj)
            by_lower = {name.lower(): name for name in sorted(names)}
            wrong = (error.name or "").lower()
            similar = difflib.get_close_matches(wrong, by_lower, 5)
            if not similar and isinstance(error, NameError):
                return difflib.get_close_matches(wrong, dir(builtins), 1, SURE)[0]
            # A name with two letters swapped comes first.
            return before + by_lower[min(similar, key=lambda name: sorted(name) != sorted(wrong))]
        return ""

    def _own_lines(self, error):
        """Return the learner's lines that led to the error, outermost first, without the kit's."""
        frames = traceback.extract_tb(error.__traceback__)
        codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
        named = [
            (frame, _name(code))
            for frame, code in zip(frames, codes, strict=True)
            if self._is_own(frame.filename)
        ]
        own = [
            [*self._place(frame.filename, frame.lineno), name, (frame.line or "")[:200]]
            for frame, name in named[-MAX_LINES:]
        ]
        if isinstance(error, SyntaxError) and self._is_own(error.filename or ""):
            source = (error.text or "").strip()
            own.append([*self._place(error.filename, error.lineno), "", source[:200]])
        return own[-MAX_LINES:]

    def _is_own(self, filename):
        return filename.startswith(self.folder + os.sep)

    def _place(self, filename, line):
        """Return `(file, line)` as the learner knows it; in a notebook, the cell and its line."""
        shown = os.path.relpath(filename, self.folder)
        broken = contextlib.suppress(OSError, ValueError, IndexError)
        with broken, open(filename, encoding="utf-8") as file:
            if file.readline() == NOTEBOOK:
                cell, line = _cell(file, line)
                stem = shown.removesuffix(".py")
                return cell if stem == self.module else f"{stem}.ipynb {cell}", line
        return shown, line or 0

    def _note_warning(self, caught, message, category, filename, lineno, *_):
        if len(caught) < MAX_WARNINGS:
            place = self._place(filename, lineno) if self._is_own(filename) else ("", lineno)
            caught.append([category.__name__, _text(message), *place])


def _cell(rest, line):
    """Return `("cell 5", line in it)`; `rest` is a file from its second line on."""
    heads = [
        (number, match[1])
        for number, text in enumerate(rest, 2)
        if number < (line or 0) and (match := CELL.fullmatch(text))
    ]
    start, cell = heads[-1]
    return f"cell {cell}", line - start


def _name(code):
    """Return a function's name, with its class for a method."""
    return code.co_name if "<locals>" in code.co_qualname else code.co_qualname


def _text(value):
    try:
        return str(value)[:MAX_TEXT]
    except BaseException:  # the learner may have defined a broken exception class
        return ""


def _refused(error):
    try:
        return refusals.kind_of(error)
    except BaseException:  # as above
        return ""


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


def _global_random_state():
    """Return NumPy's and Python's global random state, to be compared."""
    state: Any = np.random.get_state(legacy=True)  # noqa: NPY002
    _, keys, *rest = state
    return keys.tobytes(), rest, random.getstate()


def _advance_global_random_state():
    """Advance the state, so that seeding changes it even with the seed of the previous call."""
    np.random.random()  # noqa: NPY002
    random.random()


class _Source(importlib.machinery.SourceFileLoader):
    """Always compiles the file as it is now: a cached .pyc can be out of date by a second."""

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module: Any) -> None:
        data = self.get_data(module.__file__)
        is_notebook = data.startswith((NOTEBOOK.encode(), b"# cell 1\n"))
        if is_notebook or EXPORTED.search(data):  # Jupyter needs no import for them
            module.display = module.get_ipython = _Placeholder()
        if is_notebook:
            cells.run(module, importlib.util.decode_source(data), module.__file__)
        else:
            super().exec_module(module)


class _Alias(importlib.abc.Loader):
    """Loads a chapter that is imported by its bare name: the module in the package, once."""

    def create_module(self, spec: Any) -> Any:
        module = importlib.import_module(f"{PACKAGE}.{spec.name}")
        self.spec = module.__spec__
        return module

    def exec_module(self, module: Any) -> None:
        module.__spec__ = self.spec


class _Placeholder:
    """Replaces what a notebook uses of Jupyter: all of it can be called, and nothing happens."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __iter__(self):
        return iter(())

    def __bool__(self):  # Matplotlib asks whether there is an IPython at all
        return False


class _PlaceholderLoader(importlib.abc.Loader):
    """Loads a module whose names all do nothing: see `PLACEHOLDERS`."""

    def create_module(self, spec):
        return None

    def exec_module(self, module: Any) -> None:
        for name in PLACEHOLDERS[module.__name__]:
            setattr(module, name, _Placeholder())
        if module.__name__ == "IPython":
            module.version_info = (9, 0)  # Matplotlib reads it


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the submission's files, and hides the kit's packages wherever they are.

    empty: in the sandbox, a folder that can be read but not written
    """

    def __init__(self, folder, empty=None):
        self.folder, self.empty = folder, empty

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        package, _, stem = fullname.rpartition(".")
        file = os.path.join(self.folder, f"{stem}.py")
        # Outside the package, only chapters: a `numpy.py` in the folder must not replace NumPy.
        own = package == PACKAGE or (not package and (CHAPTER.fullmatch(stem) or stem in KIT))
        if own and os.path.isfile(file):
            if not package and stem not in KIT:
                return importlib.machinery.ModuleSpec(fullname, _Alias())
            loader = _Source(fullname, file)
            return importlib.util.spec_from_file_location(fullname, file, loader=loader)
        if fullname in PLACEHOLDERS:
            return importlib.machinery.ModuleSpec(
                fullname, _PlaceholderLoader(), is_package=not package
            )
        top = fullname.partition(".")[0]
        if top in KIT and not os.path.isdir(os.path.join(self.folder, top)):
            raise ModuleNotFoundError(f"No module named {top!r}", name=fullname)
        chapter = CHAPTER.fullmatch(top)  # misspelled, or missing
        if not chapter and (spec := third_party.find(fullname, self.folder, self._is_own)):
            return spec
        if self.empty is not None and not package:
            return refusals.find(fullname, self.empty)
        return None

    def _is_own(self, filename):
        return filename.startswith(self.folder + os.sep)


def _install_package(folder, empty):
    """Make the submission the package `exercises`, whatever its folder is called."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [folder]
    sys.modules[PACKAGE] = package
    sys.meta_path.insert(0, _Finder(folder, empty))
    sys.path.append(folder)  # last, for the learner's own helper modules
    sys.dont_write_bytecode = True
