"""Names the misconception behind a function's wrong answers.

`replay` compares them with the bank's wrong versions, called with the same arguments; `patterns`
looks for a rule between the numbers that came and those expected; `faults` knows what the sort of
failure alone tells. The first that fits is told, the most particular first, and when nothing fits
nothing is claimed.
"""

from dataclasses import dataclass

from . import faults, patterns, replay


@dataclass(frozen=True)
class Diagnosis:
    """What is likely behind a failed check: a name, what happened, and where to look next."""

    name: str
    happened: str
    question: str


def diagnose(versions, checked):
    """`{check name: Diagnosis}` for those failed checks of one function that can be explained.

    versions: the bank's `Misconception`s of the function
    checked: a `Checked` for each check of the function, in order
    """
    failed = [check for check in checked if check.finding and check.finding.status != "todo"]
    runs = replay.Runs()
    named = replay.best_of(versions, checked, failed, runs)
    found = {}
    for check in failed:
        if known := named.get(check.name):
            found[check.name] = _told(known, check.finding)
        elif told := _unlisted(versions, check.finding, runs, known_cause=bool(named)):
            found[check.name] = told
    return found


def _unlisted(versions, finding, runs, known_cause):
    """What can be said without the bank; where that has found a cause, no more than the numbers
    show, for the other failures are likely to come of the same cause.
    """
    told = None
    if finding.kind == "values":
        answers = replay.wrong_answers(versions, finding, runs)
        told = patterns.explain(finding, versions, answers)
    elif not known_cause:
        told = patterns.swapped(finding) or faults.explain(finding)
    return told and Diagnosis(*told)


def _told(known, finding):
    numbers = patterns.numbers(finding)
    return Diagnosis(
        known.name, known.happened.format_map(numbers), known.question.format_map(numbers)
    )
