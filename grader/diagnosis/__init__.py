"""Names the misconception behind a function's wrong answers.

`replay` calls the bank's wrong versions with the same arguments and compares the answers;
`patterns` looks for a rule between the wrong numbers and the expected ones; `by_kind` uses the kind
of failure alone. The most specific explanation that fits is reported; if none fits, there is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from . import by_kind, changes, patterns, replay
from .texts import GENERAL

if TYPE_CHECKING:
    from ..misconceptions import Misconception
    from .replay import Checked


ANOTHER_DEFAULT = "another_default"  # how the names of a wrong default begin
SEPARATE = ("raised", "not refused", "changed", "warned", "dtype", "timeout", "slow")
VAGUE = {  # names that leave open which line is wrong
    *("factor_of_each_call", "offset_of_each_call", "constant_factor", "constant_offset"),
    *("one_factor_per_line", "one_offset_per_line", "argument_added", "right_for_one_sign"),
    *("another_order", "all_rows_alike", "scaled_by_a_size", "divided_by_the_wrong_size"),
    *("only_the_first_layer_wrong", "only_the_last_layer_wrong"),
    *("only_the_biases_wrong", "only_the_weights_wrong", "zero_divided_by_zero"),
    *("never_filled", "only_the_first_right", "only_the_last_right", "only_the_first_filled"),
    *("first_one_wrong", "last_one_wrong", "all_zero"),
    *("off_by_one", "one_too_many", "one_too_few", "wrong_axis", "axes_exchanged", "axis_kept"),
    *("shapes_do_not_fit", "inner_sizes_differ", "index_out_of_range", "too_few_axes"),
    *("too_many_indices", "many_numbers_for_one_place", "refuses_legal_arguments"),
}
FINISHING = 4  # the severity of a finding that leaves the numbers right


@dataclass(frozen=True)
class Diagnosis:
    """The likely cause of a failed check: a name, what happened, and where to look next."""

    name: str
    happened: str
    question: str
    place: str = ""  # in the submission, for causes that lie in one line


ANOTHER_ANSWER = Diagnosis("another_answer_each_time", *GENERAL["another_answer_each_time"])


def diagnose(
    misconceptions: Sequence[Misconception], checked: Sequence[Checked]
) -> dict[str, Diagnosis]:
    """`{check name: Diagnosis}` for the failed checks of one function that can be explained.

    Args:
        misconceptions: the bank's wrong versions of the function.
        checked: the outcome of each check of the function, in order.
    """
    failed = [check for check in checked if check.finding and check.finding.status != "todo"]
    runs = replay.Runs()
    replayed = replay.best_of(misconceptions, checked, failed, runs)
    unexplained = [check for check in failed if check.name not in replayed]
    rules = _agreed_rules(misconceptions, unexplained, runs)
    value_replayed = any(not check.finish for check in failed if check.name in replayed)
    if rules and not value_replayed:  # a bank's name for a finish is a coincidence beside a rule
        replayed = {} if any(rules.values()) else replayed
    diagnoses = {
        check.name: _filled_in(replayed[check.name], check.finding)
        for check in failed
        if check.name in replayed
    }
    exceptions = {
        check.name for check in failed if check.finding and check.finding.kind == "raised"
    }
    for check in unexplained:
        rule = rules.get(check.name)
        if rule and value_replayed and _is_weak(rule[0]):
            continue
        alone = not replayed or (check.name in exceptions and exceptions.isdisjoint(replayed))
        if explanation := rule or (alone and _without_the_bank(check.finding, unexplained)):
            diagnoses[check.name] = Diagnosis(*explanation)
    return _without_side_issues(failed, diagnoses)


def is_definite(diagnosis: Diagnosis) -> bool:
    """Return False if a diagnosis only says in which way the numbers are wrong, or where."""
    return not VAGUE.issuperset(diagnosis.name.split(" + "))


def slip(kind: str, place: str, seen: Diagnosis | None = None) -> Diagnosis:
    """Return the diagnosis of a slip in one place; `seen` is what the numbers alone have shown."""
    happened, question = GENERAL[kind]
    return Diagnosis(kind, f"{seen.happened} {happened}" if seen else happened, question, place)


def _is_weak(name):
    """True for a rule that only describes the numbers, and says nothing beside a known cause."""
    vague = changes.NAMES.union(patterns.OF_EACH_CALL.values())
    return "constant_" in name or bool(vague.intersection(name.split(" + ")))


def _without_side_issues(failed, diagnoses):
    """The diagnoses, but those of finishing touches only if nothing else is left unexplained.

    Otherwise a name for the dtype would be all that is said of an answer with wrong values, and one
    for a default all that is said of a number that is wrong wherever it comes from. What NumPy
    warns of is also why an answer is not finite.
    """
    unnamed = [check.finding for check in failed if check.name not in diagnoses]
    no_value_named = all(check.finish for check in failed if check.name in diagnoses)
    wrong_values = no_value_named and any(
        not check.finish and check.finding.kind == "values" for check in failed
    )

    def is_side_issue(check):
        finding = check.finding
        if finding.kind == "global random":  # `rng` decides nothing, so that is always true
            return False
        if unnamed and diagnoses[check.name].name.startswith(ANOTHER_DEFAULT):
            return True
        if wrong_values and finding.kind not in SEPARATE:
            return True
        if finding.kind == "unrepeatable":  # no number that depends on the seed can be right
            return False
        others = [u for u in unnamed if (finding.kind, u.kind) != ("warned", "not finite")]
        return finding.severity == FINISHING > min((u.severity for u in others), default=FINISHING)

    return {
        check.name: diagnoses[check.name]
        for check in failed
        if check.name in diagnoses and not is_side_issue(check)
    }


def _agreed_rules(misconceptions, checks, runs):
    """`{check name: (name, what happened, question)}` by the rules between the numbers.

    One mistake follows one rule: a rule that fits only few of the wrong answers is a coincidence,
    and another one is looked for in its place.
    """
    checks = [check for check in checks if check.finding.kind == "values"]
    answers = [replay.wrong_answers(misconceptions, check.finding, runs) for check in checks]
    excluded: set[str] = set()
    while True:
        explanations = {
            check.name: patterns.explain(check.finding, misconceptions, answer, excluded)
            for check, answer in zip(checks, answers, strict=True)
        }
        found = list(filter(None, explanations.values()))
        chance = _rare(found, len(checks)) | _outdone(found) | _contradicted(checks, explanations)
        if chance <= excluded:
            return _without_chance_factors(checks, explanations)
        excluded |= chance


def _outdone(explanations):
    """The names of rules that hold by chance where another one holds everywhere.

    A factor that depends on the sizes may be 2 for some, and a wrong order may be the reverse.
    """
    names = {name for name, *_ in explanations}
    outdone = {"reversed_order"} if "another_order" in names else set()
    counts = Counter(name for name, *_ in explanations)
    if 0 < counts["never_filled"] >= counts["only_the_first_filled"]:
        outdone |= {"only_the_first_filled", "wrapped_around"}
    if names & patterns.BY_A_SIZE:
        outdone |= patterns.CONSTANTS | {name for name in names if name.count(" + ") > 1}
    return names & outdone


def _without_chance_factors(checks, explanations):
    """Drop the rules for a factor that depends on the sizes if it is the same for all sizes."""
    names = {explanation[0] for explanation in explanations.values() if explanation}
    ratios = {patterns.numbers(check.finding).get("ratio") for check in checks}
    if len(ratios) > 1 or len(names) < 2:
        return explanations
    return {
        check: explanation
        for check, explanation in explanations.items()
        if explanation and explanation[0] not in patterns.BY_A_SIZE
    }


def _contradicted(checks, explanations):
    """The names that a failure of the same parts speaks against.

    Gradients that are wrong in one place in one call and in others in the next have another cause,
    and so has a number that is half the right one only where something happens to be 4.
    """
    names = {check.name: (explanations[check.name] or ("",))[0] for check in checks}
    wrong = {check.name: patterns.wrong_parts(check.finding) for check in checks}
    return {
        names[one]
        for one, other in permutations(names, 2)
        if wrong[one] & wrong[other]
        and not patterns.EVERYWHERE.intersection(names[one].split(" + ")).issubset(
            names[other].split(" + ")
        )
    }


def _rare(explanations, total):
    """The names that occur too seldom, or stand for a constant that is not always the same.

    A constant that leads from some of the right answers to the wrong ones leads from all of them,
    and a function of each number from most.
    """
    counts = Counter(name for name, *_ in explanations)
    rare = {
        name
        for name, count in counts.items()
        if 3 * count < total
        or (count == 1 and total > 2)
        or (count < total and "constant_factor" in name)
        or (name in patterns.OF_EACH and (2 * count < total or count == 1 < total))
    }
    constants = {  # of a factor or an offset
        (name, happened) for name, happened, _ in explanations if "constant_" in name
    }
    return rare | ({name for name, _ in constants} if len(constants) > 1 else set())


def _without_the_bank(finding, failed):
    """The explanation of a failure other than wrong values, or None.

    If the bank explains one of the function's failures, the others probably have the same cause, so
    this is used only if it explains none. An exception speaks for itself, unless the bank explains
    another one.
    """
    if finding.kind == "values":
        return None
    same_kind = [check.finding for check in failed if check.finding.kind == finding.kind]
    return patterns.swapped(finding) or by_kind.explain(finding, same_kind)


def _filled_in(misconception, finding):
    numbers = patterns.numbers(finding)
    texts = (misconception.happened, misconception.question)
    return Diagnosis(misconception.name, *(patterns.fill(text, numbers) for text in texts))
