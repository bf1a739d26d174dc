"""`plot("3.2")`: draws a chapter's pictures with the functions of the calling notebook."""

from __future__ import annotations

import sys
from typing import Any

import click

from .. import pictures, threads
from ..boundary import inprocess
from ..console import arguments
from ..console.printing import say
from ..vocabulary.finding import Finding
from .checking import files


def plot(chapter: object, names: dict[str, Any]) -> None:
    """Show the pictures, drawn with the functions in `names`, or else in the chapter's file."""
    try:
        chosen = arguments.chapter(str(chapter))
        if not pictures.for_chapter(chosen.stem):
            raise click.UsageError(f"chapter {chosen.id} has no pictures")
        if "IPython" not in sys.modules:
            raise click.UsageError(
                f"only a notebook can show pictures: `grade plot {chosen.id}` writes them to files"
            )
        here = any(name in names for name in chosen.functions)
        figures = _drawn_here(chosen, names) if here else pictures.show(chosen.id)
    except click.ClickException as error:
        say(f"plot: {error.format_message()}")
    else:
        _display(figures)


def _drawn_here(chapter, names):
    workers, figures = inprocess.Notebook(chapter.stem, names, files(names)), []
    with threads.one(), pictures.unwarned():
        for name, drawn in pictures.draw_with(workers, chapter):
            if isinstance(drawn, Finding):
                say(f"{name}: {drawn.headline}")
            else:
                figures.append(drawn)
    return figures


def _display(figures):
    from IPython.display import Image, display

    for figure in figures:
        display(Image(pictures.png(figure)))
