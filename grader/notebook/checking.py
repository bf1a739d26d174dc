"""`check("softmax")`: grades one function of a notebook, script or session in place."""

from __future__ import annotations

import bdb
import inspect
import types
from typing import Any

import click
import numpy as np

from .. import threads
from ..boundary import inprocess
from ..console import arguments
from ..console.function import echo_function
from ..console.printing import say
from ..console.ticker import Ticker
from ..course import images
from ..grading import checks, verdict

CELL = 'run the cell that defines it, then `check("{name}")` again'
# Answers are printed the same way whatever print options the notebook has set.
PRINTED: Any = {
    "suppress": False,
    "sign": "-",
    "floatmode": "maxprec",
    "nanstr": "nan",
    "infstr": "inf",
}


def check(function: object, chapter: object, names: dict[str, Any]) -> None:
    """Print the verdict on a function among the globals `names`, or a one-line error."""
    try:
        name = _name(function)
        chapter = _chapter(name, chapter)
        names = _with_function(names, name, function)
        _grade(chapter, name, names)
    except click.ClickException as error:
        say(f"check: {error.format_message()}")
    except bdb.BdbQuit:
        say("check: stopped in the debugger")
    except KeyboardInterrupt:
        say("check: stopped")


def _grade(chapter, name, names):
    ticker = Ticker()

    def begins(check):
        ticker.stop()
        ticker.start(check.replace("_", " "))

    wanted = any(check.wants_images for check in checks.for_function(chapter.stem, name))
    dataset = images.load() if wanted else None
    workers = inprocess.Notebook(chapter.stem, names, files(names))
    try:
        warned = np.errstate(all="warn", under="ignore")
        with threads.one(), warned, np.printoptions(**PRINTED):
            function = verdict.grade_function(
                workers, chapter.stem, name, dataset=dataset, on_check=begins
            )
    finally:
        ticker.stop()
    echo_function(function)


def _name(function):
    name = function if isinstance(function, str) else getattr(function, "__name__", None)
    if not isinstance(name, str) or not name:
        raise click.UsageError('name a function, such as `check("softmax")`')
    return name


def _chapter(name, given):
    """The chapter given, else the only one with this function."""
    if given is not None:
        return arguments.chapter_and_function(str(given), name)[0]
    return arguments.only_one(name, '`check("{name}", "{id}")`')


def _with_function(names, name, function):
    """The globals, with the given function in them."""
    if not isinstance(function, str):
        return {**names, name: function}
    if name not in names:
        raise click.UsageError(f"`{name}` is not defined here: {CELL.format(name=name)}")
    return names


def files(names: dict[str, Any]) -> frozenset[str]:
    """Return the files that define the functions in these globals: cells, `<stdin>`, a script."""
    defined = [v for v in names.values() if isinstance(v, (type, types.FunctionType))]
    here = [value for value in defined if value.__module__ == names.get("__name__")]
    methods = [m for v in here if isinstance(v, type) for m in vars(v).values()]
    codes = [getattr(value, "__code__", None) for value in [*here, *methods]]
    return frozenset(code.co_filename for code in codes if inspect.iscode(code))
