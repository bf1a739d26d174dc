"""One part of an answer, and the rules that turn the expected numbers into the wrong ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from ..vocabulary import oracles
from ..vocabulary.call import Call
from ..vocabulary.finding import Evidence
from ..vocabulary.values import figure, show
from . import changes
from .changes import TOLERANCE, Rule, close_entries

BASES = {2: math.log(2), 10: math.log(10)}
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

Activations = dict[str, Callable[[Any], Any]]
ONCE_MORE: Activations = {  # the learner applies them to the right numbers
    "sigmoid_once_more": oracles.sigmoid,
    "tanh_once_more": np.tanh,
    "softmax_once_more": oracles.softmax,
}
LEFT_OUT: Activations = {  # they turn the learner's numbers into the right ones
    "sigmoid_missing": oracles.sigmoid,
    "softmax_missing": oracles.softmax,
}


class Part:
    """One part of an answer, and the rules that turn the expected numbers into the wrong ones."""

    def __init__(self, evidence: Evidence, call: Call | None = None):
        self.name, self.call = evidence.name, call
        self.got, self.want = floats(evidence.got), floats(evidence.want)
        self.comparable = self.got is not None and self.want is not None
        self.same_shape = self.comparable and self.got.shape == self.want.shape
        self.right = self.same_shape and near(self.got, self.want)

    def rules(self) -> list[Rule] | None:
        """The rule, or several that act together; None if nothing fits."""
        fields = {"part": self.name} | first_difference(self.got, self.want)
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
            if equal(got, floats(_quietly(rule, want))):
                return [(name, {})]
        return (
            self._activation()
            or self._beginning()
            or self._rearranged()
            or self._offset()
            or self._edge()
            or changes.rules(got, want, self.call)
        )

    def _activation(self):
        """The rule for an activation that was applied twice, or not at all."""
        got, want = self.got, self.want
        if not _differ(want) or (want.ndim and want.shape[-1] == 1 and want.size < 4):
            return None
        found = [name for name, f in ONCE_MORE.items() if near(got, f(want))]
        found += [name for name, f in LEFT_OUT.items() if near(f(got), want)]
        return [(found[0], {})] if found else None

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
            if is_array and equal(self.got, floats(argument)):
                return label
        return None

    def _chosen(self):
        """True if one item of an argument was chosen where another was right."""
        for _, argument in self.call.labeled_arguments() if self.call else ():
            items = list(map(floats, argument)) if isinstance(argument, (list, tuple)) else []
            if all(any(equal(side, item) for item in items) for side in (self.got, self.want)):
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
        several = np.unique(want).size > 2  # zeros and ones often match by chance
        for axes in _subsets(range(want.ndim)) if several else ():
            if near(got, np.flip(want, axes)) and not self._reversed_argument():
                return [("reversed_order", {})]
        if near(np.sort(got, axis=None), np.sort(want, axis=None)):
            return [("another_order", {})]
        return None

    def _reversed_argument(self):
        """True if one argument is another one reversed: a reversed answer proves nothing."""
        arguments = [value for _, value in self.call.labeled_arguments()] if self.call else []
        arrays = [array for array in _arrays(arguments) if len(array) > 1]
        return any(equal(a, b[::-1]) for a, b in combinations(arrays, 2))

    def _offset(self):
        if not _differ(self.want):
            return None
        offset = (self.got - self.want).flat[0]
        if not near(self.got, self.want + offset):
            return None
        return [("constant_offset", {"offset": figure(offset)})]

    def _edge(self):
        """The rule for an answer that is wrong only in the whole first or last row, column, ..."""
        off = ~close_entries(self.got, self.want)
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

    n = examples(call) or 1
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
    counts = {n, *_whole_sizes(call)} if averages else set()
    for size in sizes(call):
        with_n = [ratio for count in counts for ratio in (size / count, count / size)]
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


def near(got: np.ndarray, want: np.ndarray) -> bool:
    """True if equal up to rounding, relative to the largest entry."""
    return got.shape == want.shape and bool(close_entries(got, want).all())


def _differ(numbers):
    """True for at least three numbers that are not all equal: else any change of them is a rule."""
    return numbers.size > 2 and np.ptp(numbers) > 0


def equal(got: Any, want: Any) -> bool:
    """True if both are known and `near`."""
    return got is not None and want is not None and near(got, want)


def floats(value: Any) -> Any:
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


def first_difference(got: np.ndarray, want: np.ndarray) -> dict[str, str]:
    """The first two numbers that differ, and their ratio, as text."""
    if got.shape != want.shape:
        return {}
    off = ~close_entries(got, want)
    if not off.any():
        return {}
    a, b = got[off][0], want[off][0]
    digits = next((d for d in (4, 6, 9) if figure(a, d) != figure(b, d)), 17)
    pair = {"got": figure(a, digits), "expected": figure(b, digits)}
    with np.errstate(over="ignore"):
        return pair | ({"ratio": figure(a / b)} if b else {})


def examples(call: Call | None) -> int | None:
    """The number of examples: the length of the first array among the arguments, or None."""
    for _, argument in call.labeled_arguments() if call else ():
        if isinstance(argument, np.ndarray) and argument.ndim:
            return len(argument)
    return None


def sizes(call: Call | None) -> list[int]:
    """The sizes of all axes of the arguments, and of the whole arrays."""
    arrays = _arrays([value for _, value in call.labeled_arguments()]) if call else []
    return sorted({1, *(size for array in arrays for size in (*array.shape, array.size))})


def _whole_sizes(call):
    """The numbers of entries of the array arguments, which a mean may be taken over."""
    arguments = call.labeled_arguments() if call else []
    return [array.size for array in _arrays([value for _, value in arguments])]


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
