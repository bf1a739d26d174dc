"""Finds the one place that keeps a function from being right, by trying out changes of it.

This is for wrong answers that nothing else explains. The changed versions run where the submission
does, in a process of their own; one that passes every check of values shows where the slip is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .. import diagnosis
from ..boundary.workers import Calls, NotStarted, Workers
from ..course import registry
from ..files import temporary
from ..files.reading import read_text, submission_files
from ..submission import staging
from ..vocabulary.values import cut, printable
from ..worker.places import Places
from . import checks
from .edits import Edit, edits

if TYPE_CHECKING:
    from ..boundary.inprocess import InProcess
    from ..diagnosis import Diagnosis

QUICK = 0.5  # seconds of a check's calls; a slower one is not run on every version
SECONDS = 10.0  # of the first check's calls, for all versions of one function
UNCONFIRMED = 2  # versions that may fail the checks which waited for the failed ones


def add_slip(
    causes: dict[str, Diagnosis],
    workers: Workers | InProcess,
    stem: str,
    function: str,
    checked: Sequence[checks.Checked],
    file: str | None = None,
) -> None:
    """Add the slip that a change undoes, if no wrong value of this function has a definite cause.

    causes: `{check name: Diagnosis}`
    file: the stem of the submission's file if it differs from the chapter's
    """
    values = [check for check in checked if check.finding and not check.finish]
    wrong = [check.name for check in values if _is_wrong(check.finding)]
    known = [causes[check.name] for check in values if check.name in causes]
    if not wrong or any(map(diagnosis.is_definite, known)):
        return
    if found := _find(workers, stem, function, checked, file or stem):
        edit, place = found
        for name in wrong:
            causes[name] = diagnosis.slip(edit.kind, place, causes.get(name))


def _is_wrong(finding):
    """True for a check that was run to its end, and whose answer was wrong, or an exception."""
    return finding.kind == "raised" or (finding.status == "failed" and finding.kind != "not run")


def _find(workers, stem, function, checked, file):
    """The edit that makes a function right, and its place in the report's words, or None."""
    tried = _trials(stem, function, checked)
    if not tried or not isinstance(workers, Workers) or workers.is_over:
        return None
    graded = frozenset(registry.by_stem(stem).functions)
    versions = edits(read_text(workers.folder / f"{file}.py"), function, graded)
    try:
        edit = _right_one(workers, file, versions, tried) if versions else None
    except (temporary.NoRoom, NotStarted):
        return None
    return (edit, _place(workers.folder, file, edit)) if edit else None


def _trials(stem, function, checked):
    """`(checks of values, other checks, those that waited, how many versions to try)`, or None.

    The first two are quick, and the first one of values fails. Checks of values that waited for a
    failed one have not been run on the submission.
    """
    took = {check.name: sum(call.reply.seconds for call in check.calls) for check in checked}
    outcome = {check.name: check for check in checked if took[check.name] < QUICK}
    every = [check for check in checks.for_function(stem, function) if not check.wants_images]
    quick = [check for check in every if check.name in outcome]
    waited = [check for check in every if check.name not in took and check.kind == "value"]
    quick.sort(key=lambda check: (outcome[check.name].finding is None, took[check.name]))
    values = [check for check in quick if check.kind == "value"]
    rest = [check for check in quick if check.kind != "value"]
    if not values or outcome[values[0].name].finding is None:
        return None
    return values, rest, waited, int(SECONDS / max(took[values[0].name], 1e-3))


def _right_one(workers, file, versions, tried):
    """The version that passes all of the checks of values and most of the rest, or None."""
    values, rest, waited, most = tried
    versions, unconfirmed = versions[:most], 0
    stems = [f"{file}_{number}" for number in range(len(versions))]
    texts = {f"{s}.py": v.text.encode() for s, v in zip(stems, versions, strict=True)}
    right: tuple[int, Edit | None] = -1, None
    with _run_beside(workers, texts) as own:
        for name, version in zip(stems, versions, strict=True):
            if _passes(own, name, values):
                if _passes(own, name, waited):
                    passed = sum(check.run(own, name).finding is None for check in rest)
                    right = max(right, (passed, version), key=lambda each: each[0])
                else:
                    unconfirmed += 1
            if right[0] == len(rest) or unconfirmed == UNCONFIRMED:
                break
            if own.hung or own.is_over or workers.is_over:  # another one may never end either
                break
    return right[1]


def _passes(own, name, some):
    return all(check.run(own, name).finding is None for check in some)


@contextmanager
def _run_beside(workers, texts):
    """Workers for the submission with these files added, while its own ones wait."""
    before = Calls.until
    with temporary.folder() as folder:
        with temporary.room():
            staging.write(submission_files(workers.folder) | texts, folder)
        try:
            with closing(Workers(folder, workers.isolation, until=workers.until)) as own:
                yield own
        finally:
            Calls.until = before


def _place(folder, file, edit):
    """The place as in other messages: file or cell, line, function, and the line's text."""
    shown, line = Places(str(folder)).shown(str(Path(folder) / f"{file}.py"), edit.line)
    source = read_text(folder / f"{file}.py").split("\n")[edit.line - 1].strip()
    place = f"{shown}:{line}, in {edit.function}: {cut(printable(source))}"
    return f"{place}\nhere: {cut(printable(edit.part))}" if edit.part else place
