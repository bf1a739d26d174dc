"""Names the misconception behind a function's wrong answers.

`replay` compares them with the bank's wrong versions, called with the same arguments; `patterns`
looks for a rule between the numbers that came and those expected; `faults` knows what the sort of
failure alone tells. The first that fits is told, the most particular first, and when nothing fits
nothing is claimed.
"""

from collections import Counter
from dataclasses import dataclass

from . import by_kind, patterns, replay


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
    finding_of = {check.name: check.finding for check in failed}
    named = replay.best_of(versions, checked, failed, runs)
    unlisted = [check for check in failed if check.name not in named]
    rules = _agreed_rules(versions, unlisted, runs)
    found = {name: _told(known, finding_of[name]) for name, known in named.items()}
    for check in unlisted:
        if told := rules.get(check.name) or (not named and _by_sort(check.finding, unlisted)):
            found[check.name] = Diagnosis(*told)
    return found


def _agreed_rules(versions, checks, runs):
    """`{name of a check: (name, what happened, question)}` of the rules between its numbers.

    One mistake follows one rule: what fits few of the wrong answers is a coincidence, and another
    rule is looked for there.
    """
    checks = [check for check in checks if check.finding.kind == "values"]
    answers = [replay.wrong_answers(versions, check.finding, runs) for check in checks]
    shunned = set()
    while True:
        told = {
            check.name: patterns.explain(check.finding, versions, answer, shunned)
            for check, answer in zip(checks, answers, strict=True)
        }
        rare = _rare([one for one in told.values() if one], len(checks)) - shunned
        if not rare:
            return told
        shunned |= rare


def _rare(told, total):
    """The names that are told too seldom, or of a constant that is not always the same."""
    counts = Counter(name for name, *_ in told)
    rare = {
        name for name, count in counts.items() if 3 * count < total or (count == 1 and total > 2)
    }
    constants = {(name, happened) for name, happened, _ in told if "constant_factor" in name}
    return rare | ({name for name, _ in constants} if len(constants) > 1 else set())


def _by_sort(finding, others):
    """What can be said without the bank; where that has found a cause, no more than the numbers
    show, for the other failures are likely to come of the same cause.
    """
    if finding.kind == "values":
        return None
    alike = [other.finding for other in others if other.finding.kind == finding.kind]
    return patterns.swapped(finding) or by_kind.explain(finding, alike)


def _told(known, finding):
    numbers = patterns.numbers(finding)
    happened, question = (patterns.fill(text, numbers) for text in (known.happened, known.question))
    return Diagnosis(known.name, happened, question)
