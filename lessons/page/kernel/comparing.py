"""Puts a function that passes beside the reference's: both texts, why that form, how fast."""

import collections.abc
import functools
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import registry
from grader.course.places import REFERENCE
from grader.grading import checks
from grader.learner import sidebyside, stopwatch
from grader.submission import excerpt
from grader.worker import wire

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
            workers.session._fastest = functools.partial(_fastest, workers.session)
            return workers.call(*args, **options)


def _fastest(session, function, request, arrays):
    """Return the seconds of one run, from many runs at once: a page's clock has 0.1 ms steps."""
    count, seconds = 1, 0.0
    while seconds < request["repeat"] / 2:
        copies = ([array.copy() for array in arrays] for _ in range(count))
        given = [wire.unpack(request["arguments"], own, session._argument) for own in copies]
        begin = time.perf_counter()
        for each in given:
            value = function(*each["args"], **each["kwargs"])
            if isinstance(value, collections.abc.Iterator):
                collections.deque(value, maxlen=0)
        seconds = time.perf_counter() - begin
        count *= 4
    return seconds / len(given)
