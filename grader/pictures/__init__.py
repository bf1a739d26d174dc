"""Pictures of the chapters, drawn with the learner's own functions.

`grader/pictures/<stem>.py` holds the pictures of one chapter, each a function that returns a
`Figure`:

    @picture
    def the_sigmoid(student, images):
        fig, ax = figure("The sigmoid squeezes every number into the range from 0 to 1")
        ax.plot(z, student.sigmoid(z))
        ...
        return fig

`student` calls the learner's functions of that chapter, `earlier(student, stem)` those of another
one; `images()` returns the data set. The numbers in a picture must come from these functions: the
kit does only the sampling, grids and drawing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .style import Figure

DRAWING = (
    "Gallery",
    "draw",
    "draw_with",
    "earlier",
    "inside",
    "png",
    "show",
    "unwarned",
)  # of `drawing`
FOLDER = Path(__file__).parent

_pictures: dict[str, list[Callable[..., Figure]]] = {}  # stem: in the order of the file


def picture(function: Callable[..., Figure]) -> Callable[..., Figure]:
    """Register a function `(student, images) -> Figure` of `grader/pictures/<stem>.py`."""
    _pictures.setdefault(function.__module__.rpartition(".")[2], []).append(function)
    return function


def for_chapter(stem: str) -> tuple[Callable[..., Figure], ...]:
    """Return the pictures of this chapter, in the order in which they are drawn."""
    if stem not in _pictures and (FOLDER / f"{stem}.py").is_file():
        importlib.import_module(f"{__name__}.{stem}")
    return tuple(_pictures.get(stem, ()))


def file_stem(stem: str, picture: Callable[..., Figure]) -> str:
    """Return the name of the picture's file, without its suffix."""
    return f"{stem}-{picture.__name__.replace('_', '-')}"


def __getattr__(name):
    """Import the drawing module when it is first used: `grade --help` must not wait for NumPy."""
    if name in DRAWING:
        return getattr(importlib.import_module(f"{__name__}.drawing"), name)
    raise AttributeError(f"module `{__name__}` has no `{name}`")
