"""Turns the outcomes of checks into verdicts: status, message, likely cause."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..boundary import overtime
from ..course.results import FunctionResult, Verdict
from ..vocabulary.finding import Finding
from . import checks, evidence

SLOW = ("slow", "timeout")  # kinds of findings

if TYPE_CHECKING:
    from data import Dataset

    from ..boundary.inprocess import InProcess
    from ..boundary.workers import Workers

NUMBERS = ("values", "length")
MOST_REPEATED = 3  # calls of a function
SEARCH_SECONDS = 20.0  # for slips, in all functions together: somebody waits for the report
DIAGNOSIS_SECONDS = 5.0  # of the processor, for one function; most need a tenth of a second


def for_check(check: checks.Check, checked: checks.Checked) -> Verdict:
    """Return the verdict on one check, without a diagnosis yet."""
    finding = checked.finding
    verdict = Verdict(
        check.name,
        kind=check.kind,
        points=check.points,
        seconds=checked.seconds,
        unimportable=bool(finding and finding.call and finding.call.reply.importing),
    )
    if finding:
        verdict.status = finding.status
        verdict.severity = finding.severity
        _put_into_words(verdict, finding)
    return verdict


def _put_into_words(verdict, finding):
    verdict.lines = finding.lines()
    verdict.message, verdict.feedback = "\n".join(verdict.lines), finding.feedback()


class Searches:
    """What the searches for slips have taken in this process."""

    seconds = 0.0


def not_run(earlier: str, status: str) -> Finding:
    """Return the finding for a check that was skipped because `earlier` has this status."""
    return Finding(f"not run: `{earlier}` comes first and does not pass", status, kind="not run")


def add_diagnosis(
    workers: Workers | InProcess,
    stem: str,
    function: str,
    checked: Sequence[checks.Checked],
    verdicts: Sequence[Verdict],
    slips: bool = True,
) -> None:
    """Add the likely causes of the failures to the verdicts, once all checks have run.

    A failure that another function's fault explains gets none. With `slips`, up to some seconds go
    into finding the line at fault where nothing else is known.
    """
    pairs = list(zip(checked, verdicts, strict=True))
    if not any(check.finding and not verdict.explained for check, verdict in pairs):
        return
    from .. import diagnosis, misconceptions
    from . import repairs

    try:
        with overtime.limited(DIAGNOSIS_SECONDS):
            causes = diagnosis.diagnose(misconceptions.for_function(stem, function), checked)
            causes |= _changing(
                workers, stem, [each for each in checked if each.name not in causes]
            )
            if slips and Searches.seconds < SEARCH_SECONDS and not _is_excused(verdicts):
                begin = time.perf_counter()
                repairs.add_slip(causes, workers, stem, function, checked)
                Searches.seconds += time.perf_counter() - begin
    except (overtime.Overtime, MemoryError):
        causes = {}
    except Exception as error:
        note = f"the diagnosis broke ({type(error).__name__}: {error}): please report it"
        for check in checked:
            if check.finding:
                check.finding.add_details(note=note)
        causes = {}
    for check, verdict in pairs:
        if check.finding and not verdict.explained:
            if likely := causes.get(check.name):
                check.finding.add_details(
                    your_line=likely.place, likely=likely.happened, next=likely.question
                )
                verdict.misconception = likely.name
            _put_into_words(verdict, check.finding)


def _is_excused(verdicts):
    return any(verdict.explained for verdict in verdicts)


def _changing(workers, stem, unexplained):
    """`{check: Diagnosis}` for wrong answers that change when the call is repeated."""
    from .. import diagnosis

    wrong = [each for each in unexplained if each.finding and each.finding.kind in NUMBERS]
    return {
        check.name: diagnosis.ANOTHER_ANSWER
        for check in wrong[:MOST_REPEATED]
        if check.finding.call and evidence.changes(workers, stem, check.finding.call)
    }


def note_explained(
    function: FunctionResult, checked: Sequence[checks.Checked], again: Sequence[checks.Checked]
) -> None:
    """Mark the failures that are gone now that others' faults are; they ask for no repair here."""
    passed = {check.name for check in again if check.finding is None}
    for verdict, check in zip(function.checks, checked, strict=True):
        if check.finding and check.name in passed:
            verdict.explained = True
            check.finding.details.pop("next", None)
            _put_into_words(verdict, check.finding)


def note_share(
    function: FunctionResult, checked: Sequence[checks.Checked], name: str, share: float
) -> None:
    """Say in the verdicts on slow calls which other function takes the time."""
    for verdict, check in zip(function.checks, checked, strict=True):
        if check.finding and check.finding.kind in SLOW:
            check.finding.add_details(note=f"`{name}` takes {100 * share:.0f}% of the time")
            _put_into_words(verdict, check.finding)


def grade_function(
    workers: Workers | InProcess,
    stem: str,
    name: str,
    *,
    seed: int = 0,
    dataset: Dataset | None = None,
    on_check: Callable[[str], object] | None = None,
) -> FunctionResult:
    """Grade one function without regard to others that it uses.

    `on_check` is called with the name of each check before it runs.
    """
    function, checked = grade_and_keep(
        workers, stem, name, seed=seed, dataset=dataset, on_check=on_check
    )
    add_diagnosis(workers, stem, name, checked, function.checks)
    return function


def grade_and_keep(
    workers: Workers | InProcess,
    stem: str,
    name: str,
    *,
    seed: int = 0,
    dataset: Dataset | None = None,
    on_check: Callable[[str], object] | None = None,
    report_bugs: bool = False,
) -> tuple[FunctionResult, list[checks.Checked]]:
    """Do the same without a diagnosis, and also return the outcomes of the checks.

    `Blame.assign` and then `add_diagnosis` need them, in this order: what another function's fault
    explains is not diagnosed. A bug in a check is raised, or with `report_bugs` becomes the check's
    finding.
    """
    ran = {
        check.name: check
        for check in checks.run_function(
            workers,
            stem,
            name,
            seed=seed,
            dataset=dataset,
            on_check=on_check,
            report_bugs=report_bugs,
        )
    }
    checked: list[checks.Checked] = []
    verdicts: list[Verdict] = []
    for check in checks.for_function(stem, name):
        if check.after and check.name not in ran:
            earlier = next(verdict for verdict in verdicts if verdict.name == check.after)
            ran[check.name] = checks.Checked(check.name, not_run(check.after, earlier.status))
        checked.append(ran[check.name])
        verdicts.append(for_check(check, checked[-1]))
    return FunctionResult.from_verdicts(name, verdicts), checked
