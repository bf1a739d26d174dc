"""Finds rules between wrong numbers and the expected ones: a factor, a sign, a transpose, ..."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..vocabulary.call import Call
from ..vocabulary.finding import Evidence, Finding
from ..vocabulary.values import figure, show
from . import changes
from .general import GENERAL

if TYPE_CHECKING:
    from ..misconceptions import Misconception

Explanation = tuple[str, str, str]  # name, what happened, question
Rule = tuple[str, dict[str, Any]]  # name, fields of its texts

TOLERANCE = 1e-5  # numerical gradients are good to 1e-6, float32 to a few times that
BASES = {2: math.log(2), 10: math.log(10)}
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
ELEMENTWISE = {  # name: function that turns the right numbers into the learner's
    "root_not_taken": np.square,
    "square_not_taken": np.sqrt,
    "absolute_value": np.abs,
    "one_minus": lambda want: 1 - want,
    "reciprocal": lambda want: 1 / want,
    "exponential_missing": np.log,
    "logarithm_missing": np.exp,
    "rounded_to_integers": np.trunc,
}
OF_EACH = ELEMENTWISE.keys() | changes.WEAK  # rules that explain most wrong answers, or none

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
    if (n := _examples(finding.call)) is not None:
        fields["n"] = n
    for evidence in finding.evidence if finding.kind == "values" else ():
        got, want = _floats(evidence.got), _floats(evidence.want)
        if got is not None and want is not None and (pair := _pair(got, want)):
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


class Part:
    """One part of an answer, and the rules that turn the expected numbers into the wrong ones."""

    def __init__(self, evidence: Evidence, call: Call | None = None):
        self.name, self.call = evidence.name, call
        self.got, self.want = _floats(evidence.got), _floats(evidence.want)
        self.comparable = self.got is not None and self.want is not None
        self.same_shape = self.comparable and self.got.shape == self.want.shape
        self.right = self.same_shape and near(self.got, self.want)

    def rules(self) -> list[Rule] | None:
        """The rule, or several that act together; None if nothing fits."""
        fields = {"part": self.name} | _pair(self.got, self.want)
        rules = self._rules() if self.same_shape else self._transposed()
        return rules and [(name, fields | more) for name, more in rules]

    def _transposed(self):
        got, want = self.got, self.want
        if got.ndim == 2 and got.shape == want.T.shape and near(got, want.T):
            return [("transposed", {})]
        return None

    def _rules(self):
        got, want = self.got, self.want
        if near(got, np.zeros_like(want)):
            return [("all_zero", {})] if want.size > 1 else None
        if argument := self._argument():
            return [("argument_returned", {"argument": argument})]
        if self._chosen():
            return None
        if rules := factor(got, want, self.call):
            return rules
        for name, rule in ELEMENTWISE.items():
            if _equal(got, _floats(_quietly(rule, want))):
                return [(name, {})]
        return (
            self._beginning()
            or self._rearranged()
            or self._offset()
            or self._edge()
            or changes.rules(got, want, self.call)
        )

    def _beginning(self):
        """The rule for an answer of zeros but for its first entry, or its first row."""
        got, want = self.got.ravel(), self.want.ravel()
        row = {want.size // len(self.want)} if self.want.ndim and len(self.want) > 2 else set()
        for filled in {1} | row if self.want.ndim else ():
            right = near(got[:filled], want[:filled]) and got[:filled].any()
            if right and not got[filled:].any() and np.count_nonzero(want[filled:]) > 1:
                return [("only_the_first_filled", {})]
        return None

    def _argument(self):
        for label, argument in self.call.labeled_arguments() if self.call else ():
            is_array = isinstance(argument, np.ndarray) and argument.ndim
            if is_array and _equal(self.got, _floats(argument)):
                return label
        return None

    def _chosen(self):
        """True if one item of an argument was chosen where another was right."""
        for _, argument in self.call.labeled_arguments() if self.call else ():
            items = list(map(_floats, argument)) if isinstance(argument, (list, tuple)) else []
            if all(any(_equal(side, item) for item in items) for side in (self.got, self.want)):
                return True
        return False

    def _rearranged(self):
        got, want = self.got, self.want
        if want.size < 3:
            return None
        if want.ndim == 2 and got.shape == want.T.shape:
            if rules := factor(got, want.T, self.call):
                return [("transposed", {}), *rules]
            if near(got, want.T):
                return [("transposed", {})]
        for axes in _subsets(range(want.ndim)):
            if near(got, np.flip(want, axes)) and not self._reversed_argument():
                return [("reversed_order", {})]
        if near(np.sort(got, axis=None), np.sort(want, axis=None)):
            return [("another_order", {})]
        return None

    def _reversed_argument(self):
        """True if one argument is another one reversed: a reversed answer proves nothing."""
        arguments = [value for _, value in self.call.labeled_arguments()] if self.call else []
        arrays = [array for array in _arrays(arguments) if len(array) > 1]
        return any(_equal(a, b[::-1]) for a, b in combinations(arrays, 2))

    def _offset(self):
        if not _differ(self.want):
            return None
        offset = (self.got - self.want).flat[0]
        if not near(self.got, self.want + offset):
            return None
        return [("constant_offset", {"offset": figure(offset)})]

    def _edge(self):
        """The rule for an answer that is wrong only in the whole first or last row, column, ..."""
        off = ~_close_entries(self.got, self.want)
        for axis, size in enumerate(self.want.shape):
            where = np.unique(np.nonzero(off)[axis])
            whole = off.sum() == off.size // size > 1 and self.want[~off].any()
            if size >= 3 and whole and len(where) == 1 and where[0] in (0, size - 1):
                return [("first_one_wrong" if where[0] == 0 else "last_one_wrong", {})]
        return None


def factor(got: np.ndarray, want: np.ndarray, call: Call | None) -> list[Rule]:
    """The rules behind `got` = r `want` for one r, [] if there is no such r or it is 1."""
    r = _ratio(got, want)
    if r is None or math.isclose(r, 1, rel_tol=TOLERANCE):
        return []
    sign: list[Rule] = [("sign_flipped", {})] if r < 0 else []
    if math.isclose(r, -1, rel_tol=TOLERANCE):
        return sign
    fields = {"ratio": figure(abs(r))}
    share = bool(np.all((want >= 0) & (want <= 1)))
    if names := _named_factor(abs(r), call, fields, share):
        return sign + [(name, fields) for name in names]
    if want.size > 1 and math.isclose(abs(r) * float(np.linalg.norm(want)), 1, rel_tol=TOLERANCE):
        return [*sign, ("scaled_to_length_1", fields)]
    return [*sign, ("constant_factor", fields)] if _differ(want[want != 0]) else []


def _named_factor(r, call, fields, share):
    """The names that explain a positive factor; adds the fields of their texts to `fields`.

    `share` says that all the right numbers lie between 0 and 1.
    """

    def equals(value):
        return value and math.isclose(r, value, rel_tol=TOLERANCE)

    n = _examples(call) or 1
    averages = n > 2 and (call is None or call.takes_a_mean)
    fields["n"] = n
    if averages:
        for value, name in {n: "mean_not_taken", 1 / n: "mean_taken_twice"}.items():
            if equals(value):
                return [name]
    if equals(2) or equals(0.5):
        return ["factor_2_too_many" if r > 1 else "factor_2_missing"]
    if equals(100) and share and not averages:
        return ["in_percent"]
    for base, value in BASES.items():
        if equals(1 / value):
            fields["base"] = base
            return ["logarithm_of_another_base"]
    for argument, value in _scalars(call):
        if (
            equals(abs(value))
            or equals(1 / abs(value))
            or equals(1 / (1 - value) if value != 1 else 0)
        ):
            fields |= {"argument": argument, "value": show(value)}
            return ["scaled_by_an_argument"]
    if averages:
        for value, two in {2: "factor_2_too_many", 0.5: "factor_2_missing"}.items():
            if equals(n * value):
                return ["mean_not_taken", two]
            if equals(value / n):
                return ["mean_taken_twice", two]
    for size in sizes(call):
        with_n = (size / n, n / size) if averages else ()
        if any(map(equals, (size, 1 / size, *with_n))):
            divided = "" if equals(size) else "1 divided by "
            fields["size"] = f"{divided}the size of an argument or of one of its axes"
            return ["divided_by_the_wrong_size" if averages else "scaled_by_a_size"]
    for size in sizes(call):
        for value, name in changes.factors_of(size):
            if equals(value):
                fields["size"] = size
                return [name]
    return None


def _swapped(parts, wrong):
    """The rule for two or three parts that have changed places."""
    for count in (2, 3):
        for some in permutations(wrong, count):
            pairs = zip(some, (*some[1:], some[0]), strict=True)
            if all(_equal(part.got, other.want) for part, other in pairs):
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
        name: {part.name for part in wrong if _equal(_part_of(answer, finding, part), part.got)}
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
        return _floats(answer[names.index(part.name)])
    return None


def _bank_times_rule(finding, answers):
    """A wrong version of the bank whose answer also has a wrong sign or factor."""
    if len(finding.evidence) != 1:
        return None
    got = _floats(finding.evidence[0].got)
    for name, answer in answers.items():
        answer = _floats(answer)
        if got is None or answer is None or got.shape != answer.shape or got.size < 3:
            continue
        rules = factor(got, answer, finding.call)
        if rules and {rule for rule, _ in rules} <= COMPOSED:
            fields = {"part": "It"} | _pair(got, answer)
            return [(name, {}), *((rule, fields | more) for rule, more in rules)]
    return None


def near(got: np.ndarray, want: np.ndarray) -> bool:
    """True if equal up to rounding, relative to the largest entry."""
    return got.shape == want.shape and bool(_close_entries(got, want).all())


def _close_entries(got, want):
    with np.errstate(invalid="ignore"):
        return np.abs(got - want) <= TOLERANCE * np.abs(want).max(initial=0.0)


def _differ(numbers):
    """True for at least three numbers that are not all equal: else any change of them is a rule."""
    return numbers.size > 2 and np.ptp(numbers) > 0


def _equal(got, want):
    return got is not None and want is not None and near(got, want)


def _floats(value):
    """The value as a float64 array of finite numbers, or None."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return array if array.size and np.isfinite(array).all() else None


def _ratio(got, want):
    """The one r with `got` = r `want`, or None."""
    square = float(np.sum(want * want))
    r = float(np.sum(got * want)) / square if square else 0.0
    return r if r and near(got, r * want) else None


def _quietly(rule, want):
    with np.errstate(all="ignore"):
        return rule(want)


def _pair(got, want):
    """The first two numbers that differ, and their ratio, as text."""
    if got.shape != want.shape:
        return {}
    off = ~_close_entries(got, want)
    if not off.any():
        return {}
    a, b = got[off][0], want[off][0]
    digits = next((d for d in (4, 6, 9) if figure(a, d) != figure(b, d)), 17)
    pair = {"got": figure(a, digits), "expected": figure(b, digits)}
    with np.errstate(over="ignore"):
        return pair | ({"ratio": figure(a / b)} if b else {})


def _examples(call):
    """The number of examples: the length of the first array among the arguments, or None."""
    for _, argument in call.labeled_arguments() if call else ():
        if isinstance(argument, np.ndarray) and argument.ndim:
            return len(argument)
    return None


def sizes(call: Call | None) -> list[int]:
    """The sizes of all axes of the arguments, and of the whole arrays."""
    arrays = _arrays([value for _, value in call.labeled_arguments()]) if call else []
    return sorted({1, *(size for array in arrays for size in (*array.shape, array.size))})


def _arrays(value):
    if isinstance(value, np.ndarray):
        return [value]
    return [a for item in value for a in _arrays(item)] if isinstance(value, (list, tuple)) else []


def _scalars(call):
    """`(name, value)` of the arguments that are single numbers."""
    arguments = call.labeled_arguments() if call else []
    return [(name, v) for name, v in arguments if isinstance(v, (int, float)) and v not in (0, 1)]


def _subsets(items):
    items = list(items)
    return [axes for count in range(1, len(items) + 1) for axes in combinations(items, count)]


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
