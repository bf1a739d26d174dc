"""Puts a function that passes beside the reference's: both texts, why that form, how fast."""

from tempfile import TemporaryDirectory
from pathlib import Path

from grader.course import registry
from grader.course.places import REFERENCE
from grader.grading import checks
from grader.learner import sidebyside, stopwatch
from grader.submission import excerpt

from . import earlier
from .limited import Limited


def compare(stem, name, source):
    """Return `{"rows", "notes", "speed"}` for a function that passes.

    `rows` are `[mark, your line or null, the reference's or null]`, as in `grade diff`; `notes`
    say why the reference has its form; `speed` is a sentence, or None if no call can be timed.
    """
    with TemporaryDirectory() as folder:
        earlier.assemble(folder, stem, source, [name])
        others = registry.by_stem(stem).functions
        own, reference = (
            excerpt.File(Path(parent) / f"{stem}.py").excerpt(name, others)
            for parent in (folder, REFERENCE)
        )
        speed = _speed(folder, stem, name)
    left, right = [*own.own, *own.used], [*reference.own, *reference.used]
    rows = [
        [mark, None if i is None else left[i], None if j is None else right[j]]
        for mark, i, j in sidebyside.rows(left, right)
    ]
    return {"rows": rows, "notes": reference.notes, "speed": speed}


def _speed(folder, stem, name):
    yours, reference = _Side(folder), _Side(REFERENCE)
    quick = [check for check in checks.for_function(stem, name) if not check.wants_images]
    with Limited(folder) as workers:
        calls = [call for check in quick for call in check.run(workers, stem).calls]
    return stopwatch.compare(name, calls, stem, yours, reference)


class _Side:
    """One of the two folders; only one at a time can be the package that is imported."""

    def __init__(self, folder):
        self.folder = folder

    def call(self, *args, **options):
        with Limited(self.folder) as workers:
            return workers.call(*args, **options)
