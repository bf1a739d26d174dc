"""What the figures that live compute, with the learner's functions.

`lessons/page/kernel/figures/<stem>.py` holds the figures of one chapter, each a function named
after the picture in whose place it stands:

    @figure("softmax")
    def temperature(student, temperature, shift): ...

`student` calls the chapter's functions, `student.of(stem)` those of another chapter: the learner's
where they work, else the reference's. What the reader has set comes as keyword arguments; the
answer is plain JSON.
"""

import importlib
from tempfile import TemporaryDirectory

from grader.draw.reading import Functions
from grader.vocabulary.finding import Finding

from .. import earlier
from ..limited import Limited

_figures = {}  # (stem, name): (function, names of the functions that it calls)


def figure(*uses):
    """Register a figure of a chapter.

    uses: names of the functions that it calls, those of another chapter as `"stem name"`
    """

    def register(function):
        stem = function.__module__.rpartition(".")[2]
        _figures[stem, function.__name__] = (function, uses)
        return function

    return register


def compute(stem, name, values):
    """Return `{"value", "problem", "used"}` of a figure for the values that the reader has set.

    `problem` is a sentence if a function of the learner fails, else None; `used` lists each
    function as `{"stem", "name", "whose"}`.
    """
    importlib.import_module(f"{__name__}.{stem}")
    function, uses = _figures[stem, name]
    with TemporaryDirectory() as folder:
        used = earlier.working(folder, stem, uses)
        with Limited(folder) as workers:
            value, problem = None, None
            try:
                value = function(Functions(workers, stem), **values)
            except Finding as finding:
                problem = finding.headline
    return {"value": value, "problem": problem, "used": used}
