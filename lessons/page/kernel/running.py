"""Runs a learner's experiments: prints, pictures and the losses of training."""

import contextlib
import io
import linecache
import logging
import os
import sys
import time
import traceback
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import registry

from . import door, earlier, flags, libraries, losses
from .apart import Apart
from .limited import Clock, Limited, OutOfTime

SECONDS = 600.0  # a training run may take its time: there is a button that stops it
EXPERIMENT = "experiment"
MOST_PRINTED = 200_000  # characters
MOST_LINES = 6  # of a traceback
MOST_TEXT = 2000  # characters of an error's message
HERE = "Python in the page has its standard library, NumPy, SciPy and Matplotlib."
CUT = f"\n... (printed after {MOST_PRINTED:,} characters: not shown)\n"

os.environ["MPLBACKEND"] = "svg"
logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it warns that nothing here is writable


def run(stem, source, code):
    """Run code with the functions of a chapter's file.

    What it prints is told as `{"printed": text}`. Return `{"error", "line", "pictures",
    "built_on"}`: one text or None, the experiment's line it came from, and pictures as SVG.
    """
    with TemporaryDirectory() as folder:
        built_on = earlier.assemble(folder, stem, source, registry.by_stem(stem).functions)
        libraries.prepare([code, *earlier.texts(folder, stem, built_on)])
        printer = _Printer()
        with Limited(folder) as workers:
            with (
                losses.watched(folder),
                Clock((folder, EXPERIMENT), SECONDS, printer.tell),
                flags.watched(),
                Apart(),
            ):
                error, line = _executed(workers, stem, code, folder, printer)
            pictures = [] if error else _pictures()
    return {"error": error, "line": line, "pictures": pictures, "built_on": built_on}


def _executed(workers, stem, code, folder, printer):
    linecache.cache[EXPERIMENT] = len(code), None, code.splitlines(keepends=True), EXPERIMENT
    try:
        with (
            contextlib.redirect_stdout(printer),
            contextlib.redirect_stderr(printer),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", r".*non-interactive")  # `show()`: the page does show
            names = dict(vars(workers.session._module(stem)))
            names["__name__"] = EXPERIMENT
            exec(compile(code, EXPERIMENT, "exec"), names)
    except OutOfTime:
        return f"it was still running after {SECONDS:.0f} s and was stopped", None
    except BaseException as error:
        return _described(error, folder)
    finally:
        printer.tell()
    return None, None


def _described(error, folder):
    """Return the learner's part of a traceback, and the experiment's line in it."""
    message = _message(error)
    message = message[:MOST_TEXT] + (" ..." if len(message) > MOST_TEXT else "")
    if isinstance(error, SyntaxError) and error.filename == EXPERIMENT:
        place = _place(EXPERIMENT, error.lineno, (error.text or "").strip())
        return f"{place}\n{message}", error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename == EXPERIMENT or f.filename.startswith(folder)]
    line = next((f.lineno for f in reversed(own) if f.filename == EXPERIMENT), None)
    shown = [_place(f.filename, f.lineno, f.line) for f in own]
    return "\n".join([*shown[-MOST_LINES:], message]), line


def _message(error):
    """Return the last line of a traceback; what only a page lacks is told as such."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"ModuleNotFoundError: {error.name} is not here. {HERE}"
    if isinstance(error, EOFError):
        return "EOFError: nobody answers input() here. Write the value into the code."
    return traceback.format_exception_only(error)[-1].strip()


def _place(filename, line, text):
    return f"{Path(filename).name}, line {line}: {text}".rstrip(": ")


def _pictures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    pictures = []
    for number in pyplot.get_fignums():
        file = io.StringIO()
        pyplot.figure(number).savefig(file, format="svg")
        pictures.append(file.getvalue())
    pyplot.close("all")
    return pictures


class _Printer(io.TextIOBase):
    """Passes on what is printed, a few times a second."""

    def __init__(self):
        self.waiting, self.size, self.told = [], 0, time.monotonic()

    def write(self, text):
        if self.size <= MOST_PRINTED:
            self.size += len(text)
            self.waiting.append(text if self.size <= MOST_PRINTED else CUT)
        if time.monotonic() - self.told > 0.1:
            self.tell()
        return len(text)

    def tell(self):
        if self.waiting:
            door.tell(printed="".join(self.waiting))
        self.waiting, self.told = [], time.monotonic()
