"""Rules between the numbers that came and those expected: a factor, the sign, a transpose, ..."""

import math
from itertools import combinations

import numpy as np

from ..vocabulary.values import show
from .general import GENERAL

TOLERANCE = 1e-5  # numerical gradients are good to 1e-6, float32 to a few times that
BASES = {2: math.log(2), 10: math.log(10)}
COMPOSED = {  # with a misconception of the bank
    "sign_flipped",
    "mean_not_taken",
    "mean_taken_twice",
    "factor_2_too_many",
    "factor_2_missing",
}
ELEMENTWISE = {  # name: what the learner's numbers are of the right ones
    "root_not_taken": np.square,
    "square_not_taken": np.sqrt,
    "absolute_value": np.abs,
    "one_minus": lambda want: 1 - want,
    "reciprocal": lambda want: 1 / want,
    "exponential_missing": np.log,
    "logarithm_missing": np.exp,
    "rounded_to_integers": np.trunc,
}


WORDS = {"got": "another number", "expected": "the right one", "ratio": "several", "n": "n"}


class Numbers(dict):
    """Fields of a message; one that is not known is left to words."""

    def __missing__(self, key):
        return WORDS[key]


def fill(text, fields):
    """The text with its fields; what stands for a number that is not known is no code."""
    for name, word in WORDS.items():
        if name not in fields:
            text = text.replace(f"`{{{name}}}`", word)
    return text.format_map(fields)


def numbers(finding):
    """What a message may speak of: the first numbers that differ, their ratio, and n."""
    found = Numbers()
    if (n := _examples(finding.fault)) is not None:
        found["n"] = n
    for evidence in finding.evidence if finding.kind == "values" else ():
        got, want = _floats(evidence.got), _floats(evidence.want)
        if got is not None and want is not None and (pair := _pair(got, want)):
            found.update(pair)
            break
    return found


def explain(finding, versions, answers, shunned=()):
    """`(name, what happened, question)` of the rule behind a finding of wrong values, or None.

    versions: the bank's wrong versions of the function
    answers: what they give in the same call, by their names
    shunned: names of rules that are not to be told
    """
    parts, wrong = _parts(finding)
    if not wrong:
        return None
    texts = {known.name: (known.happened, known.question) for known in versions}
    for find in (_swapped, _common, _each, _place):
        rules = find(parts, wrong)
        if rules and _name(rules) not in shunned and not (finding.elsewhere and _is_zero(rules)):
            return _say(rules, texts, numbers(finding))
    rules = _two_of_the_bank(finding, wrong, answers) or _bank_times_rule(finding, answers)
    told = rules and _name(rules) not in shunned
    return _say(rules, texts, numbers(finding)) if told else None


def swapped(finding):
    """What is said of an answer whose parts have changed places, or None."""
    rules = _swapped(*_parts(finding))
    return rules and _say(rules, {}, {})


def _parts(finding):
    """`(all parts of the answer, the wrong ones)`, as far as they hold numbers."""
    parts = [Part(evidence, finding.fault) for evidence in finding.parts]
    parts = [part for part in parts if part.comparable]
    return parts, [part for part in parts if not part.right]


def _is_zero(rules):
    """Zero in place of a step, say, is not what the function gave."""
    return rules[0][0] == "all_zero"


def _say(rules, texts, fields):
    told = [
        [fill(text, Numbers(fields | more)) for text in (GENERAL | texts)[name]]
        for name, more in rules
    ]
    happened, question = (" ".join(sentences) for sentences in zip(*told, strict=True))
    return _name(rules), happened, question


def _name(rules):
    return " + ".join(name for name, _ in rules)


class Part:
    """One part of an answer, and the rules that lead from the right numbers to those that came."""

    def __init__(self, evidence, call=None):
        self.name, self.call = evidence.name, call
        self.got, self.want = _floats(evidence.got), _floats(evidence.want)
        self.comparable = self.got is not None and self.want is not None
        self.same_shape = self.comparable and self.got.shape == self.want.shape
        self.right = self.same_shape and near(self.got, self.want)

    def rules(self):
        """`[(name, fields)]`; several when they act together, None when nothing fits."""
        fields = {"part": self.name} | _pair(self.got, self.want)
        found = self._shapely() if not self.same_shape else self._rules()
        return found and [(name, fields | more) for name, more in found]

    def _shapely(self):
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
        if found := factor(got, want, self.call):
            return found
        for name, rule in ELEMENTWISE.items():
            if _alike(got, _floats(_quietly(rule, want))):
                return [(name, {})]
        return self._rearranged() or self._offset() or self._edge()

    def _argument(self):
        for label, argument in self.call.given() if self.call else ():
            whole = isinstance(argument, np.ndarray) and argument.ndim
            if whole and _alike(self.got, _floats(argument)):
                return label
        return None

    def _rearranged(self):
        got, want = self.got, self.want
        if want.size < 3:
            return None
        if want.ndim == 2 and got.shape == want.T.shape:
            if found := factor(got, want.T, self.call):
                return [("transposed", {}), *found]
            if near(got, want.T):
                return [("transposed", {})]
        for axes in _subsets(range(want.ndim)):
            if near(got, np.flip(want, axes)) and not self._reversed_argument():
                return [("reversed_order", {})]
        if near(np.sort(got, axis=None), np.sort(want, axis=None)):
            return [("another_order", {})]
        return None

    def _reversed_argument(self):
        """Of two arguments one is the other from its end: their answers may be mistaken."""
        arrays = [array for array in _arrays([v for _, v in self.call.given()]) if len(array) > 1]
        return any(_alike(a, b[::-1]) for a, b in combinations(arrays, 2))

    def _offset(self):
        if self.want.size < 3:
            return None
        offset = (self.got - self.want).flat[0]
        if not near(self.got, self.want + offset):
            return None
        return [("constant_offset", {"offset": f"{offset:.4g}"})]

    def _edge(self):
        """Just the last row, column, ... is wrong, all of it; or just the first."""
        off = ~_close_entries(self.got, self.want)
        for axis, size in enumerate(self.want.shape):
            where = np.unique(np.nonzero(off)[axis])
            whole = off.sum() == off.size // size > 1
            if size >= 3 and whole and len(where) == 1 and where[0] in (0, size - 1):
                return [("first_one_wrong" if where[0] == 0 else "last_one_wrong", {})]
        return None


def factor(got, want, call):
    """The rules behind `got` = r `want` for one r, [] if there is no such r or none that tells."""
    r = _ratio(got, want)
    if r is None or math.isclose(r, 1, rel_tol=TOLERANCE):
        return []
    sign = [("sign_flipped", {})] if r < 0 else []
    if math.isclose(r, -1, rel_tol=TOLERANCE):
        return sign
    fields = {"ratio": f"{abs(r):.4g}"}
    if name := _named_factor(abs(r), call, fields):
        return sign + [(part, fields) for part in name]
    return [*sign, ("constant_factor", fields)] if np.count_nonzero(want) > 2 else []


def _named_factor(r, call, fields):
    """The names that explain a positive factor, filling in the fields of their texts."""

    def equals(value):
        return value and math.isclose(r, value, rel_tol=TOLERANCE)

    n = _examples(call) or 1
    fields["n"] = n
    if n > 2:
        for value, name in {n: ["mean_not_taken"], 1 / n: ["mean_taken_twice"]}.items():
            if equals(value):
                return name
    if equals(2) or equals(0.5):
        return ["factor_2_too_many" if r > 1 else "factor_2_missing"]
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
    if n > 2:
        for value, two in {2: "factor_2_too_many", 0.5: "factor_2_missing"}.items():
            if equals(n * value):
                return ["mean_not_taken", two]
            if equals(value / n):
                return ["mean_taken_twice", two]
    for size in sizes(call):
        if any(map(equals, (size, 1 / size, size / n, n / size))):
            return ["divided_by_the_wrong_size"]
    return None


def _swapped(parts, wrong):
    """Two parts have changed places."""
    for one, other in combinations(wrong, 2):
        if _alike(one.got, other.want) and _alike(other.got, one.want):
            return [("parts_swapped", {"part": one.name, "other": other.name})]
    return None


def _common(parts, wrong):
    """One and the same rule for every part."""
    rules = [part.rules() for part in wrong]
    if len(wrong) < len(parts) or None in rules:
        return None
    names = {tuple(name for name, _ in found) for found in rules}
    if len(names) > 1:
        return None
    everything = "Each part of the answer" if len(parts) > 1 else parts[0].name
    return [(name, fields | {"part": _sentence(everything)}) for name, fields in rules[0]]


def _each(parts, wrong):
    """A rule for each wrong part, two in all at the most."""
    found = {}
    for part in wrong:
        rules = part.rules()
        if rules is None:
            return None
        for name, fields in rules:
            found.setdefault(name, []).append((part.name, fields))
    if len(found) > 2:
        return None
    return [
        (name, told[0][1] | {"part": _sentence(" and ".join(part for part, _ in told))})
        for name, told in found.items()
    ]


def _place(parts, wrong):
    """No rule, but where the wrong parts are says something: biases, weights, the first layer."""
    if len(parts) < 2 or len(parts) % 2 or not all(part.name.startswith("`d") for part in parts):
        return None
    at = [parts.index(part) for part in wrong]
    names = " and ".join(part.name for part in wrong)
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
    """Two wrong versions that together explain every wrong part of a list of gradients."""
    explained = {
        name: {part.name for part in wrong if _alike(_part_of(answer, finding, part), part.got)}
        for name, answer in answers.items()
    }
    every = {part.name for part in wrong}
    for one, other in combinations(explained, 2):
        if explained[one] | explained[other] == every and every not in (
            explained[one],
            explained[other],
        ):
            return [(one, {}), (other, {})]
    return None


def _part_of(answer, finding, part):
    """What stands in a wrong version's answer where the part stands in the learner's."""
    names = [evidence.name for evidence in finding.parts]
    if isinstance(answer, tuple) and answer and isinstance(answer[-1], (list, tuple)):
        answer = answer[-1]  # of (loss, grads)
    if isinstance(answer, (list, tuple)) and len(answer) == len(names):
        return _floats(answer[names.index(part.name)])
    return None


def _bank_times_rule(finding, answers):
    """A wrong version's answer, with the sign or a factor wrong besides."""
    if len(finding.evidence) != 1:
        return None
    got = _floats(finding.evidence[0].got)
    for name, answer in answers.items():
        answer = _floats(answer)
        if got is None or answer is None or got.shape != answer.shape or got.size < 3:
            continue
        rules = factor(got, answer, finding.fault)
        if rules and {rule for rule, _ in rules} <= COMPOSED:
            fields = {"part": "It"} | _pair(got, answer)
            return [(name, {}), *((rule, fields | more) for rule, more in rules)]
    return None


def near(got, want):
    """Equal but for rounding, relative to the largest entry."""
    return got.shape == want.shape and bool(_close_entries(got, want).all())


def _close_entries(got, want):
    with np.errstate(invalid="ignore"):
        return np.abs(got - want) <= TOLERANCE * np.abs(want).max(initial=0.0)


def _alike(got, want):
    return got is not None and want is not None and near(got, want)


def _floats(value):
    """As a float64 array of finite numbers, else None."""
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
    pair = {"got": f"{a:.4g}", "expected": f"{b:.4g}"}
    with np.errstate(over="ignore"):
        return pair | ({"ratio": f"{a / b:.4g}"} if b else {})


def _examples(call):
    """How many there are: the length of the first array among the arguments."""
    for _, argument in call.given() if call else ():
        if isinstance(argument, np.ndarray) and argument.ndim:
            return len(argument)
    return None


def sizes(call):
    """The sizes of all axes of the arguments, and of the whole arrays."""
    arrays = _arrays([value for _, value in call.given()]) if call else []
    found = {size for array in arrays for size in (*array.shape, array.size)}
    return sorted(found | {1})


def _arrays(value):
    if isinstance(value, np.ndarray):
        return [value]
    return [a for item in value for a in _arrays(item)] if isinstance(value, (list, tuple)) else []


def _scalars(call):
    """`(name, value)` of the arguments that are single numbers."""
    given = call.given() if call else []
    return [(name, v) for name, v in given if isinstance(v, (int, float)) and v not in (0, 1)]


def _subsets(items):
    items = list(items)
    return [axes for count in range(1, len(items) + 1) for axes in combinations(items, count)]


def _sentence(text):
    return text[0].upper() + text[1:]
