"""Prints to the terminal: in color where it has colors, in lines that fit."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from . import terminal


def say(text: str = "", **options: Any) -> None:
    """Print, in color on a terminal; grading goes on even if nobody reads the output any more."""
    try:
        click.secho(text, **options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
