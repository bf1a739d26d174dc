"""Finds rules between wrong numbers and the expected ones: a factor, a sign, a transpose, ..."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

from ..vocabulary.finding import Finding
from . import changes
from .parts import ELEMENTWISE, Part, equal, examples, factor, first_difference, floats
from .texts import GENERAL

if TYPE_CHECKING:
    from ..misconceptions import Misconception

Explanation = tuple[str, str, str]  # name, what happened, question
COMPOSED = {  # rules that are reported together with a misconception of the bank
    "sign_flipped",
    "mean_not_taken",
    "mean_taken_twice",
    "factor_2_too_many",
    "factor_2_missing",
}
BY_A_SIZE = {  # rules for a factor that changes with the arguments
    "mean_not_taken",
    "mean_taken_twice",
    "divided_by_the_wrong_size",
    "scaled_by_a_size",
    "scaled_by_the_root_of_a_size",
    "divided_by_one_less",
    "scaled_by_an_argument",
}
CONSTANTS = {"factor_2_too_many", "factor_2_missing", "logarithm_of_another_base", "in_percent"}
EVERYWHERE = {  # rules that hold for every call if they hold for one
    "sign_flipped",
    *CONSTANTS,
    "scaled_by_an_argument",
    "only_the_biases_wrong",
    "only_the_weights_wrong",
    "only_the_first_layer_wrong",
    "only_the_last_layer_wrong",
}
OF_EACH_CALL = {  # what holds where the constant is not the same in all calls
    "constant_factor": "factor_of_each_call",
    "constant_offset": "offset_of_each_call",
}
# Rules that explain most wrong answers, or none.
OF_EACH = {*ELEMENTWISE, *changes.WEAK, *OF_EACH_CALL.values()}
WORDS = {"got": "another number", "expected": "the right one", "ratio": "several", "n": "n"}


class Numbers(dict):
    """Fields of a message; `WORDS` stand for unknown ones."""

    def __missing__(self, key: str) -> str:
        return WORDS[key]


def fill(text: str, fields: Mapping[str, Any]) -> str:
    """Fill in the fields of the text; the words for unknown numbers lose their backticks."""
    for name, word in WORDS.items():
        if name not in fields:
            text = text.replace(f"`{{{name}}}`", word)
    return text.format_map(fields)


def numbers(finding: Finding) -> Numbers:
    """The fields for a message: the first numbers that differ, their ratio, and n."""
    fields = Numbers()
    if (n := examples(finding.call)) is not None:
        fields["n"] = n
    for evidence in finding.evidence if finding.kind == "values" else ():
        got, want = floats(evidence.got), floats(evidence.want)
        if got is not None and want is not None and (pair := first_difference(got, want)):
            fields.update(pair)
            break
    return fields


def explain(
    finding: Finding,
    misconceptions: Sequence[Misconception],
    answers: Mapping[str, Any],
    excluded: Collection[str] = (),
) -> Explanation | None:
    """`(name, what happened, question)` of the rule behind a finding of wrong values, or None.

    Args:
        misconceptions: the bank's wrong versions of the function.
        answers: their answers to the same call, by name.
        excluded: names of rules that must not be reported.
    """
    parts, wrong = _parts(finding)
    if not wrong:
        return None
    texts = {
        misconception.name: (misconception.happened, misconception.question)
        for misconception in misconceptions
    }
    for find in (_swapped, _common, _each, _wrong_places):
        rules = find(parts, wrong)
        unsuitable = finding.outside_answer and rules and _is_zero(rules)
        if rules and _name(rules) in excluded:
            rules = [(OF_EACH_CALL.get(name, name), fields) for name, fields in rules]
        if rules and _name(rules) not in excluded and not unsuitable:
            return _explanation(rules, texts, numbers(finding))
    rules = _two_of_the_bank(finding, wrong, answers) or _bank_times_rule(finding, answers)
    if rules and _name(rules) not in excluded:
        return _explanation(rules, texts, numbers(finding))
    return None


def swapped(finding: Finding) -> Explanation | None:
    """The explanation of an answer with two parts interchanged, or None."""
    rules = _swapped(*_parts(finding))
    return rules and _explanation(rules, {}, {})


def wrong_parts(finding: Finding) -> set[str]:
    """The names of the wrong parts of the answer."""
    return {part.name for part in _parts(finding)[1]}


def _parts(finding):
    """`(all parts, wrong parts)` of the answer, without those that hold no numbers."""
    parts = [Part(evidence, finding.call) for evidence in finding.parts]
    parts = [part for part in parts if part.comparable]
    return parts, [part for part in parts if not part.right]


def _is_zero(rules):
    """True for "all zero", which is misleading about values computed from the answer."""
    return rules[0][0] == "all_zero"


def _explanation(rules, texts, fields):
    filled = [
        [fill(text, Numbers(fields | more)) for text in (GENERAL | texts)[name]]
        for name, more in rules
    ]
    happened, question = (" ".join(sentences) for sentences in zip(*filled, strict=True))
    return _name(rules), happened, question


def _name(rules):
    return " + ".join(name for name, _ in rules)


def _swapped(parts, wrong):
    """The rule for two or three parts that have changed places."""
    for count in (2, 3):
        for some in permutations(wrong, count):
            pairs = zip(some, (*some[1:], some[0]), strict=True)
            if all(equal(part.got, other.want) for part, other in pairs):
                return [("parts_swapped", {"part": some[0].name, "other": some[1].name})]
    return None


def _common(parts, wrong):
    """The rules, if they are the same for every part."""
    rules = [part.rules() for part in wrong]
    if len(wrong) < len(parts) or None in rules:
        return None
    names = {tuple(name for name, _ in of_part) for of_part in rules}
    if len(names) > 1:
        return None
    everything = "Each part of the answer" if len(parts) > 1 else parts[0].name
    return [(name, fields | {"part": sentence(everything)}) for name, fields in rules[0]]


def _each(parts, wrong):
    """The rules of each wrong part, at most two different ones."""
    by_name: dict[str, list] = {}
    for part in wrong:
        rules = part.rules()
        if rules is None:
            return None
        for name, fields in rules:
            by_name.setdefault(name, []).append((part.name, fields))
    if len(by_name) > 2:
        return None
    return [
        (name, matches[0][1] | {"part": _each_of([part for part, _ in matches])})
        for name, matches in by_name.items()
    ]


def _wrong_places(parts, wrong):
    """The explanation by the places of the wrong gradients: biases, weights, the first layer."""
    if len(parts) < 2 or len(parts) % 2 or not all(part.name.startswith("`d") for part in parts):
        return None
    at = [parts.index(part) for part in wrong]
    names = _listed([part.name for part in wrong])
    half = len(parts) - 2
    if all(i % 2 for i in at):
        place = "only_the_biases_wrong"
    elif not any(i % 2 for i in at):
        place = "only_the_weights_wrong"
    elif half and max(at) < half:
        place = "only_the_first_layer_wrong"
    elif half and min(at) >= half:
        place = "only_the_last_layer_wrong"
    else:
        return None
    return [(place, {"part": names})]


def _two_of_the_bank(finding, wrong, answers):
    """Two wrong versions of the bank that together explain every wrong part."""
    explained = {
        name: {part.name for part in wrong if equal(_part_of(answer, finding, part), part.got)}
        for name, answer in answers.items()
    }
    every = {part.name for part in wrong}
    for first, second in combinations(explained, 2):
        pair = explained[first], explained[second]
        if pair[0] | pair[1] == every and every not in pair:
            return [(first, {}), (second, {})]
    return None


def _part_of(answer, finding, part):
    """The same part of a wrong version's answer, or None."""
    names = [evidence.name for evidence in finding.parts]
    if isinstance(answer, tuple) and answer and isinstance(answer[-1], (list, tuple)):
        answer = answer[-1]  # the gradients of (loss, grads)
    if isinstance(answer, (list, tuple)) and len(answer) == len(names):
        return floats(answer[names.index(part.name)])
    return None


def _bank_times_rule(finding, answers):
    """A wrong version of the bank whose answer also has a wrong sign or factor."""
    if len(finding.evidence) != 1:
        return None
    got = floats(finding.evidence[0].got)
    for name, answer in answers.items():
        answer = floats(answer)
        if got is None or answer is None or got.shape != answer.shape or got.size < 3:
            continue
        rules = factor(got, answer, finding.call)
        if rules and {rule for rule, _ in rules} <= COMPOSED:
            fields = {"part": "It"} | first_difference(got, answer)
            return [(name, {}), *((rule, fields | more) for rule, more in rules)]
    return None


def _each_of(names):
    """The subject of a sentence about these parts."""
    return sentence(names[0]) if len(names) == 1 else f"Each of {_listed(names)}"


def _listed(names):
    """The names as in a sentence: `a`, `b` and `c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def sentence(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[0].upper() + text[1:]
