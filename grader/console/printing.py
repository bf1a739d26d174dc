"""Prints to the terminal: in color where it has colors, in lines that fit."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from typing import Any

import click

from . import terminal

_unread = threading.Event()  # set once a line of standard output found no reader


def say(text: str = "", *, err: bool = False, **options: Any) -> None:
    """Print, in color on a terminal; grading goes on even if nobody reads the output any more."""
    try:
        click.secho(text, err=err, **options)
    except BrokenPipeError:
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not err:
            _unread.set()


def is_unread() -> bool:
    """Return True once nobody reads the output any more, as after `grade watch | head`."""
    return _unread.is_set() or _has_no_reader()


def _has_no_reader():
    with contextlib.suppress(AttributeError, OSError, ValueError):  # Windows, or no real file
        ready = select.poll()
        ready.register(sys.stdout.fileno(), 0)
        return any(what & (select.POLLERR | select.POLLHUP) for _, what in ready.poll(0))
    return False


def say_wrapped(
    text: str,
    indent: str = "",
    hanging: str | None = None,
    *,
    cut_words: bool = False,
    **options: Any,
) -> None:
    """Print a text of any length in lines that fit the terminal."""
    for line in terminal.wrap(text, indent, hanging, cut_words=cut_words):
        say(line, **options)


def points(score: float, maximum: float) -> str:
    """Return `5 of 6`."""
    return f"{score:g} of {maximum:g}"
