"""Drawing: a chapter's pictures, from a process that runs the learner's functions."""

import contextlib
import io
import sys
import warnings
from functools import cached_property, partial

from ..boundary.workers import Workers
from ..console import arguments
from ..course import images, registry
from ..vocabulary.finding import Finding
from ..vocabulary.student import Student
from . import name, of, style

# What drawing raises where an answer has an odd shape or odd numbers.
ODD = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def draw(chapter, folder, load=images.load):
    """Yield `(name, Figure or Finding)` per picture: a function at fault costs only its own.

    `load()` gives the data set.
    """
    with contextlib.closing(_Pair(folder)) as workers:
        yield from draw_with(workers, chapter, load)


def draw_with(workers, chapter, load=images.load):
    """The same with given workers: those of a folder, or of a notebook's cells."""
    for picture in of(chapter.stem):
        student = Student(workers, chapter.stem)
        yield name(chapter.stem, picture), _draw(picture, student, load)


def earlier(student, stem):
    """The same learner's functions of another chapter."""
    return Student(student._workers, stem)


def inside(student, stem=None):
    """The same learner's functions for use in a callback.

    `student` itself cannot be asked for anything while one of its functions waits for what its
    `loss_fn` gives, so these run in a second process. They are called only, without `within`.
    """
    return _Inside(student._workers, stem or student._chapter)


def png(figure):
    """The picture as the bytes of a PNG file."""
    file = io.BytesIO()
    with style.applied():
        figure.savefig(file, format="png")
    return file.getvalue()


def show(chapter, folder=None, data="auto"):
    """The pictures of a chapter, such as `show("3.2")`, as a list that a notebook displays."""
    chosen, shown = arguments.chapter(chapter), Gallery()
    with unwarned():
        for title, drawn in draw(chosen, arguments.folder(folder), partial(images.load, data)):
            if isinstance(drawn, Finding):
                print(f"{title}: {drawn.headline}", file=sys.stderr)
            else:
                shown.append(drawn)
    return shown


@contextlib.contextmanager
def unwarned():
    """No warnings about odd numbers: an unfinished function gives them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Gallery(list):
    """Figures that a notebook shows one below the other."""

    def _repr_html_(self):
        return "\n".join(figure._repr_html_() for figure in self)


class _Pair(Workers):
    """A submission's worker, and the second one that `inside` needs, once it is asked for."""

    callback_finding = None  # what first went wrong in the second one

    @cached_property
    def second(self):
        return Workers(self.folder)

    def close(self):
        super().close()
        if "second" in self.__dict__:
            self.second.close()


class _Inside(Student):
    """Keeps what its functions did wrong: the function that waits only hears that it failed."""

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
            figure.canvas.draw()  # now, for odd numbers may show only here
            return figure
    except Finding as finding:
        return workers.callback_finding or finding
    except ODD as error:
        return _undrawable(student, error)


def _undrawable(student, error):
    """The answers were plain data, but nothing that can be drawn: of odd shapes, mostly."""
    chapter = registry.by_stem(student._chapter).id
    reason = " ".join(str(error).split())
    return Finding(
        f"what your functions give cannot be drawn ({type(error).__name__}: {reason}): "
        f"see what is wrong with `grade run {chapter}`"
    )
