"""Runs a lesson: its code blocks, the outputs and numbers it shows, and its checks.

All blocks of a lesson share one namespace, in which the reader's `exercises` is the reference.
Whatever disagrees becomes one line, `file:line: message`.
"""

import contextlib
import importlib
import importlib.util
import io
import pkgutil
import sys
import traceback
import types
import warnings
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal, InvalidOperation
from multiprocessing import get_context

from grader import threads

from . import cache, parsing, places

RUNS = {"python", "check", "torch"}


def run_all(paths, workers=2):
    """Return every mistake in these lessons, running only those that changed since last time."""
    keys = {path: _key(path) for path in paths}
    kept = {path: cache.recall(_file(path, keys[path])) for path in paths}
    fresh = [path for path in paths if kept[path] is None]
    # One process per lesson: what one lesson does to NumPy or to modules never reaches another.
    jobs = [(path, _file(path, keys[path])) for path in fresh]
    with _pool(min(workers, len(fresh))) as pool:
        kept |= dict(zip(fresh, pool.map(_run_and_keep, jobs), strict=True))
    return [mistake for path in paths for mistake in kept[path]]


def _run_and_keep(job):
    """Run a lesson and keep what was found at once, so that an interrupted run is not lost."""
    path, file = job
    found = mistakes(path)
    cache.keep(file, found)
    return found


def mistakes(path):
    """Run one lesson and return what disagrees, one line each."""
    try:
        lesson = parsing.read(path)
    except parsing.LessonError as error:
        return [str(error)]
    return of_lesson(lesson)


def of_lesson(lesson):
    """Run a parsed lesson and return what disagrees, one line each."""
    with threads.one(), _reader_modules():
        return _Run(lesson).everything()


def has_torch():
    """Tell whether blocks in PyTorch can run here."""
    return importlib.util.find_spec("torch") is not None


def agrees(shown, value):
    """Tell whether a number as shown, such as `97.3` or `60,000`, is `value` rounded like it."""
    text = shown.strip().replace(",", "").replace("\N{MINUS SIGN}", "-").rstrip("% ")
    number = Decimal(text)
    last_digit = Decimal(1).scaleb(number.as_tuple().exponent)
    return abs(Decimal(repr(float(value))) - number) <= last_digit / 2 * Decimal("1.001")


class _Run:
    """One pass over a lesson's blocks."""

    def __init__(self, lesson):
        import numpy as np

        self.lesson, self.found = lesson, []
        self.namespace = {"np": np, "__name__": "lesson"}
        self.torch = has_torch()
        self.printed = None  # by the block just before, until an output block shows it
        self.source = None  # that block

    def everything(self):
        for block in self.lesson.walk():
            if block.kind == "output":
                self._compare(block)
                continue
            self._expect_nothing_left()
            if block.kind in RUNS:
                self._execute(block)
            self._check_numbers(block)
        self._expect_nothing_left()
        return self.found

    def _execute(self, block):
        self.source = block
        if block.kind == "torch" and not self.torch:
            return
        output = io.StringIO()
        # Empty lines in front, so that errors carry the line of the lesson.
        code = "\n" * block.line + block.text
        try:
            with contextlib.redirect_stdout(output), warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(compile(code, self.lesson.name, "exec"), self.namespace)
        except (Exception, SystemExit) as error:
            self._report(_line_of(error, self.lesson.name) or block.line, _said(error))
        self.printed = output.getvalue()

    def _compare(self, block):
        """Compare an output block with what the block before it printed."""
        if self.source is None:
            self._report(block.line, "an output block must directly follow a block that runs")
        elif self.printed is not None and _lines(self.printed) != _lines(block.text):
            printed = self.printed.rstrip().replace("\n", "\n    ")
            self._report(block.line, f"the output differs; the code printed\n    {printed}")
        self.printed = self.source = None

    def _expect_nothing_left(self):
        if self.printed:
            printed = self.printed.strip().partition("\n")[0]
            self._report(self.source.line, f"prints `{printed}` but no output block follows")
        self.printed = self.source = None

    def _check_numbers(self, block):
        if block.kind in RUNS or block.kind in {"text", "math"}:
            return
        for offset, line in enumerate(_own_lines(block)):
            for shown, expression in parsing.NUM.findall(line):
                self._check_number(block.line + offset, shown, expression.replace("\\|", "|"))

    def _check_number(self, line, shown, expression):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                value = eval(expression, self.namespace)
            if not agrees(shown, value):
                self._report(line, f"{shown} should be {value} = {expression}")
        except InvalidOperation:
            self._report(line, f"`{shown}` is not a number")
        except Exception as error:
            self._report(line, f"{{num}} `{expression}`: {_said(error)}")

    def _report(self, line, message):
        self.found.append(f"{self.lesson.name}:{line}: {message}")


def _own_lines(block):
    """Return a block's lines from its first one, leaving out those of blocks inside it."""
    head = [" ".join([block.argument, *block.options.values()])]
    if block.children:
        return head
    return head + block.text.split("\n") if block.kind == "predict" else block.text.split("\n")


def _lines(text):
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _said(error):
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _line_of(error, name):
    """Return the line of the lesson that an error came through last."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == name), None)


@contextlib.contextmanager
def _reader_modules():
    """Let `exercises` be the reference for a while, as if the reader had solved everything."""
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_readers(name)}
    solved = types.ModuleType("exercises")
    solved.__path__ = []
    sys.modules["exercises"] = solved
    for info in pkgutil.iter_modules([str(places.SOLUTIONS)]):
        module = importlib.import_module(f"solutions.{info.name}")
        sys.modules[f"exercises.{info.name}"] = module
        setattr(solved, info.name, module)
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _is_readers(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _is_readers(name):
    return name.partition(".")[0] == "exercises"


def _key(path):
    import numpy

    code = cache.python_files(places.SOLUTIONS, places.ROOT / "data")
    ours = [places.SITE / f"{name}.py" for name in ("running", "parsing")]
    return cache.fingerprint(path, *code, *ours, numpy.__version__, has_torch())


def _file(path, key):
    return places.CACHE / "runs" / f"{path.stem}-{key}.json"


def _pool(workers):
    """Return a pool that starts a new process for each task."""
    if not workers:
        return contextlib.nullcontext(types.SimpleNamespace(map=map))
    spawn = get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=spawn, max_tasks_per_child=1)
