"""What the worker does with one request: find the learner's function, call it, tell what came."""

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

import numpy as np

if __package__:  # in the examiner's own process, where a debugger or a notebook wants it
    from grader.worker import scripted, wire
    from grader.worker.hotspot import Hotspot
else:  # in the worker there is no kit
    import scripted
    import wire
    from hotspot import Hotspot

PACKAGE = "exercises"
CHAPTER = re.compile(r"ch\d+_\d+_\w+|neural_network")
KIT = ("data", "grader", "solutions")  # no part of a submission
PLACEHOLDERS = {  # what notebooks import and a grading has no use for
    "grader": ("check", "plot"),
    "IPython": ("display", "get_ipython"),
    "IPython.display": ("display", "clear_output", "HTML", "Image", "Latex", "Markdown", "Math"),
}
MAX_WARNINGS = 5
MAX_LINES = 5
MAX_TEXT = 2000  # characters of a message that is passed on
CELL = re.compile(r"# cell (\d+)\n")  # the line before each cell of a notebook
NOTEBOOK = "# made from a notebook\n"  # the first line of such a file: `submission/submission.py`


class Session:
    def __init__(self, folder, receive, send):
        self.folder = os.path.realpath(folder)
        self.receive, self.send = receive, send
        self.process = os.getpid()
        self.number = self.module = None  # of the request that is being answered
        self.turn = threading.Lock()  # to speak and to be answered, among the learner's threads
        _install_package(self.folder)

    def answer(self, request, arrays):
        """Carry out one call and send its reply."""
        reply, out = self.carry_out(request, arrays)
        _flush()
        with self.turn:
            self.number = None
            wire.write(self.send, reply | {"number": request["number"]}, out)

    def carry_out(self, request, arrays):
        """`(reply, its arrays)` of one call."""
        self.number, self.module = request["number"], request["module"]
        caught = []
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda *args, **_: self._note_warning(caught, *args)
            try:
                reply, out = self._run(request, arrays)
            except wire.NotPlain as error:
                reply, out = {"not_plain": str(error)[:MAX_TEXT]}, []
            except BaseException as error:  # exit() and Ctrl-C too: the learner's code said it
                reply, out = {"raised": self._describe(error)}, []
        if os.getpid() != self.process:  # the child of a fork() in the learner's function
            os._exit(0)
        return reply | {"warnings": caught}, out

    def _run(self, request, arrays):
        module = self._module(request["module"])
        if module is None:
            return {"missing": "file"}, []
        if request["name"] is None:  # the examiner wants it imported, and no more yet
            return {"imported": True}, []
        function = getattr(module, request["name"], None)
        if function is None:
            return {"missing": "function"}, []
        if request["scripted"]:
            if not issubclass(type(function), type):
                return {"missing": "class"}, []
            function = functools.partial(scripted.perform, function, drain=_drain)
        if request["repeat"]:
            return {"best": self._fastest(function, request, arrays)}, []
        _advance_global_random_state()
        before = _global_random_state()
        with Hotspot(self._is_own) if request["find_loop"] else contextlib.nullcontext() as spot:
            value, out = self._call(function, request, arrays)
        reply = {"value": value, "global_random": _global_random_state() != before}
        return reply | ({"loop": self._loop(spot)} if spot else {}), out

    def _module(self, stem):
        """What holds the learner's functions of a chapter; None where its file is not there."""
        if not os.path.isfile(os.path.join(self.folder, f"{stem}.py")):
            return None
        return importlib.import_module(f"{PACKAGE}.{stem}")

    def _loop(self, spot):
        with contextlib.suppress(Exception):  # the file may be gone or changed meanwhile
            file, line, name, source = spot.loop()
            return [*self._place(file, line), name, source]
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
        """Seconds that the fastest of many runs took; each has arguments of its own."""
        best, until = float("inf"), time.perf_counter() + request["repeat"]
        while time.perf_counter() < until:
            copies = [array.copy() for array in arrays]
            given = wire.unpack(request["arguments"], copies, self._argument)
            begin = time.perf_counter()
            value = function(*given["args"], **given["kwargs"])
            if isinstance(value, collections.abc.Iterator):  # which has done nothing so far
                _drain(value)
            best = min(best, time.perf_counter() - begin)
        return best

    def _argument(self, tree):
        """What has no plain form: a random generator by its seed, a function by its number."""
        if "generator" in tree:
            return np.random.default_rng(tree["generator"])
        number, index, name = self.number, tree["callback"], tree["name"]

        def callback(*args, **kwargs):
            try:
                given, arrays = wire.pack([args, kwargs], _drain)
            except wire.NotPlain as error:
                raise TypeError(f"`{name}` was given {error}, which is no plain data") from None
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
        """The examiner's answer to a message in the middle of a call."""
        wire.write(self.send, message, arrays)
        frame = wire.read(self.receive)
        if frame is None:
            os._exit(1)
        return frame

    def _describe(self, error):
        return {
            "type": type(error).__name__,
            "bases": [base.__name__ for base in type(error).__mro__],
            "message": _text(error.msg if isinstance(error, SyntaxError) else error),
            "lines": self._own_lines(error),
            "did_you_mean": self._did_you_mean(error),
        }

    def _did_you_mean(self, error):
        """The name that a misspelled one is most like, or ""; of a module those that are public."""
        if not isinstance(error, (NameError, AttributeError)):
            return ""
        with contextlib.suppress(BaseException):  # the learner's objects answer here
            import difflib

            frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
            frame = [frame for frame in frames if self._is_own(frame.f_code.co_filename)][-1]
            known, before = {**frame.f_globals, **frame.f_locals}, ""
            names = {*known, *dir(builtins)}
            if isinstance(error, AttributeError):
                names = {name for name in dir(error.obj) if not name.startswith("_")}
                before = next(f"{name}." for name, value in known.items() if value is error.obj)
            small, wrong = {name.lower(): name for name in sorted(names)}, error.name.lower()
            alike = difflib.get_close_matches(wrong, small, 5)
            # First of all two letters that changed places.
            return before + small[min(alike, key=lambda name: sorted(name) != sorted(wrong))]
        return ""

    def _own_lines(self, error):
        """The learner's lines that led to the error, outermost first; none of the kit's."""
        frames = traceback.extract_tb(error.__traceback__)
        codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
        found = [
            (frame, _name(code))
            for frame, code in zip(frames, codes, strict=True)
            if self._is_own(frame.filename)
        ]
        own = [
            [*self._place(frame.filename, frame.lineno), name, (frame.line or "")[:200]]
            for frame, name in found[-MAX_LINES:]
        ]
        if isinstance(error, SyntaxError) and self._is_own(error.filename or ""):
            source = (error.text or "").strip()
            own.append([*self._place(error.filename, error.lineno), "", source[:200]])
        return own[-MAX_LINES:]

    def _is_own(self, filename):
        return filename.startswith(self.folder + os.sep)

    def _place(self, filename, line):
        """`(file, line)` as the learner knows it: of a notebook the cell, and the line there."""
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
    """`("cell 5", line there)`; `rest` is a file from its second line on."""
    heads = [
        (number, match[1])
        for number, text in enumerate(rest, 2)
        if number < (line or 0) and (match := CELL.fullmatch(text))
    ]
    start, cell = heads[-1]
    return f"cell {cell}", line - start


def _name(code):
    """A function's name, a method's with its class."""
    return code.co_name if "<locals>" in code.co_qualname else code.co_qualname


def _text(value):
    try:
        return str(value)[:MAX_TEXT]
    except BaseException:  # an exception class of the learner's own may be broken
        return ""


def _flush():
    """Everything that the call printed is on its way before the reply is."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the learner's code may have put anything there
            stream.flush()
    with contextlib.suppress(OSError):
        os.write(2, wire.END_OF_OUTPUT)


def _comparable(argument, depth=3):
    """An argument as the call left it; a function or a random generator has no form to compare.

    Those of the methods in a script lie three deep.
    """
    if depth and type(argument) is list:
        return [_comparable(item, depth - 1) for item in argument]
    if depth and type(argument) is dict:
        return {key: _comparable(item, depth - 1) for key, item in argument.items()}
    return None if callable(argument) or isinstance(argument, np.random.Generator) else argument


def _drain(value):
    """An iterator's items as a list, for `minibatches` may well be a generator."""
    if isinstance(value, np.ndarray) or not isinstance(value, collections.abc.Iterable):
        return None
    if isinstance(value, (str, bytes, bytearray, collections.abc.Mapping)):
        return None
    items = list(itertools.islice(value, wire.MAX_ITEMS + 1))
    if len(items) > wire.MAX_ITEMS:
        raise wire.NotPlain(f"an iterable of more than {wire.MAX_ITEMS:,} items")
    return items


def _global_random_state():
    """What changes when NumPy's or Python's global random state does."""
    _, keys, *rest = np.random.get_state(legacy=True)  # noqa: NPY002
    return keys.tobytes(), rest, random.getstate()


def _advance_global_random_state():
    """So that whoever seeds it changes it, even with the seed of the call before."""
    np.random.random()  # noqa: NPY002
    random.random()


class _Source(importlib.machinery.SourceFileLoader):
    """Always compiles the file as it is now: a cached .pyc can be as old as the last second."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module):
        head = self.get_data(module.__file__)[: len(NOTEBOOK)]
        if head.startswith((NOTEBOOK.encode(), b"# cell 1\n")):  # Jupyter has them without import
            module.display = module.get_ipython = _Placeholder()
        super().exec_module(module)


class _Placeholder:
    """What a notebook shows and asks of Jupyter: any of it may be called, and nothing happens."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __bool__(self):  # Matplotlib asks whether there is an IPython at all
        return False


class _PlaceholderLoader(importlib.abc.Loader):
    """Loads a module that is not there, all names of which do nothing: see `PLACEHOLDERS`."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        for name in PLACEHOLDERS[module.__name__]:
            setattr(module, name, _Placeholder())
        if module.__name__ == "IPython":
            module.version_info = (9, 0)  # Matplotlib asks


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the submission's files; says no to the kit's other rooms, wherever they lie."""

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, fullname, path=None, target=None):
        package, _, stem = fullname.rpartition(".")
        file = os.path.join(self.folder, f"{stem}.py")
        # Without the package only chapters: `numpy.py` in the folder must not be taken for NumPy.
        ours = package == PACKAGE or (not package and (CHAPTER.fullmatch(stem) or stem in KIT))
        if ours and os.path.isfile(file):
            loader = _Source(fullname, file)
            return importlib.util.spec_from_file_location(fullname, file, loader=loader)
        if fullname in PLACEHOLDERS:
            return importlib.machinery.ModuleSpec(fullname, _PlaceholderLoader(), is_package=not package)
        room = fullname.partition(".")[0]
        if room in KIT:
            raise ModuleNotFoundError(f"No module named {room!r}", name=fullname)
        return None


def _install_package(folder):
    """The submission becomes the package `exercises`, whatever its folder is called."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [folder]
    sys.modules[PACKAGE] = package
    sys.meta_path.insert(0, _Finder(folder))
    sys.path.append(folder)  # last, for helpers of the learner's own
    sys.dont_write_bytecode = True
