"""Draws a chapter's pictures by calling the learner's functions in a worker."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..boundary.workers import Workers
from ..console import arguments
from ..course import images, registry
from ..vocabulary.finding import Finding
from ..vocabulary.student import Student
from . import file_stem, for_chapter, style

if TYPE_CHECKING:
    from data import Dataset

    from ..course.registry import Chapter
    from .style import Figure

# Exceptions that drawing raises for answers of unexpected shapes or values.
ODD = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def draw(
    chapter: Chapter, folder: Path, load: Callable[[], Dataset] = images.load
) -> Iterator[tuple[str, Figure | Finding]]:
    """Yield `(file stem, Figure or Finding)` per picture; a fault affects only its own picture.

    `load()` returns the data set.
    """
    with contextlib.closing(_Pair(folder)) as workers:
        yield from draw_with(workers, chapter, load)


def draw_with(
    workers: Any, chapter: Chapter, load: Callable[[], Dataset] = images.load
) -> Iterator[tuple[str, Figure | Finding]]:
    """Do the same with given workers: those of a folder, or of a notebook's cells."""
    for picture in for_chapter(chapter.stem):
        student = Student(workers, chapter.stem)
        yield file_stem(chapter.stem, picture), _draw(picture, student, load)


def earlier(student: Student, stem: str) -> Student:
    """Return the same learner's functions of another chapter."""
    return Student(student._workers, stem)


def inside(student: Student, stem: str | None = None) -> Student:
    """Return the same learner's functions for use in a callback.

    While one of its functions waits for `loss_fn`, `student` cannot run another one, so these run
    in a second process. They can only be called, without `within`.
    """
    return _Inside(student._workers, stem or student._chapter)


def png(figure: Figure) -> bytes:
    """Return the picture as the bytes of a PNG file."""
    file = io.BytesIO()
    with style.applied():
        figure.savefig(file, format="png")
    return file.getvalue()


def show(chapter: str, folder: str | None = None, data: str = "auto") -> Gallery:
    """Draw a chapter, such as `show("3.2")`; a notebook displays the list that this returns."""
    chosen, gallery = arguments.chapter(chapter), Gallery()
    with unwarned():
        for title, drawn in draw(chosen, arguments.folder(folder), partial(images.load, data)):
            if isinstance(drawn, Finding):
                print(f"{title}: {drawn.headline}", file=sys.stderr)
            else:
                gallery.append(drawn)
    return gallery


@contextlib.contextmanager
def unwarned() -> Iterator[None]:
    """Silence warnings about odd numbers, which unfinished functions return."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Gallery(list):
    """A list of figures that a notebook shows one below the other."""

    def _repr_html_(self):
        return "\n".join(figure._repr_html_() for figure in self)


class _Pair(Workers):
    """A submission's worker, and a second one for `inside`, started when first needed."""

    callback_finding = None  # what first went wrong in the second one

    @cached_property
    def second(self):
        return Workers(self.folder)

    def close(self):
        super().close()
        if "second" in self.__dict__:
            self.second.close()


class _Inside(Student):
    """Keeps the first finding, because the waiting function learns only that a call failed."""

    def __init__(self, pair, chapter):
        super().__init__(pair.second, chapter)
        self._pair = pair

    def __getattr__(self, name):
        function = super().__getattr__(name)

        def call(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except Finding as finding:
                self._pair.callback_finding = self._pair.callback_finding or finding
                raise

        return call


def _draw(picture, student, load):
    workers = student._workers
    workers.callback_finding = None
    try:
        with style.applied():
            figure = picture(student, load)
            figure.canvas.draw()  # now, because odd numbers may cause errors only here
            return figure
    except Finding as finding:
        return workers.callback_finding or finding
    except ODD as error:
        return _undrawable(student, error)


def _undrawable(student, error):
    """The finding for answers that cannot be drawn, mostly because of their shapes."""
    chapter = registry.by_stem(student._chapter).id
    reason = " ".join(str(error).split())
    return Finding(
        f"the values your functions return cannot be drawn ({type(error).__name__}: {reason}): "
        f"`grade run {chapter}` shows what is wrong"
    )
