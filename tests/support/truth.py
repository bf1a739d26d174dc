"""Counts how often the causes that a report tells are the true ones.

    python -m tests.support.truth CHAPTER [KIND ...]

    2.1                     all kinds of answers of a chapter
    2.1 strangers           only those of `strangers/`, written before the bank had their names
    all bank composed       kinds of the whole course

Kinds: `bank` holds the wrong versions of the misconception bank, `composed` every second one of
them with a second fault, and `strangers` answers by others. What is true is noted beside each
answer: the name of the bank's version, the words of a fault, or the words in `strangers/`.

An answer is `true` if every cause that is told is, `false` if none is, `partly` if some are, and
`silent` if none is told.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench import arguments, processes
from grader import threads
from grader.course import registry

from . import grade_versions

STRANGERS = Path(__file__).with_name("strangers")
HEAD = re.compile(r"^## (\w+): (.+)\n", re.M)
KINDS = ("bank", "composed", "strangers")
OUTCOMES = ("true", "partly", "false", "silent")
SECOND_FAULTS = {  # a change of every array or number in the answer, and the words of its cause
    "-value": "sign|uphill|against|grows|minus|opposite",
    "3.7 * value": "factor|times|scaled|too large|larger|longer",
    "value + 0.5": "offset|same amount|added|left out|not 0",
    "value[::-1] if np.ndim(value) else value": "order|reverse|places|end of",
    "np.asarray(value).astype(np.float32)": "float32|dtype|digits",
    "np.round(value)": "integer|decimals|round|still 0|the same number",
    "value[None] if np.ndim(value) else value": "axis|shape",
    "None": "None|return",
}
ALSO_TRUE = {  # of a version with a second fault: words for the same cause in general terms
    "activation_instead_of_its_slope": "on its way back through the weights and the activation",
    "always_float64": "float32 but the answer is float64",
    "always_three_layers": "not enough values to unpack",
    "candidate_and_loss": "list or tuple|several parts",
    "callers_arrays_shuffled": "belongs to its caller",
    "costs_not_averaged": "an array instead of one number",
    "cut_off_above": "cut off at",
    "every_row_gets_all_labels": "the same numbers in every row",
    "factor_two": "exactly twice the expected",
    "gradients_before_loss": "in another order",
    "half_missing_in_tanh": "0 or 1 and nothing in between",
    "input_in_the_list": "Which part does the docstring not list",
    "ints_instead_of_floats": "holds integers",
    "labels_counted_from_1": "in the wrong places|past the end",
    "integers_stay_integers": "holds integers",
    "labels_broadcast": "accepts arguments that its docstring rules out",
    "largest_score_not_subtracted": "overflows",
    "last_windows_missing": "one too many or too few",
    "leak_written_into_z": "belongs to its caller",
    "list_instead_of_array": "list or tuple of numbers",
    "one_error_per_entry": "an array instead of one number",
    "one_loss_per_column": "an array instead of one number",
    "one_loss_per_example": "an array instead of one number",
    "one_norm_of_all_layers": "a single number",
    "one_penalty_per_column": "an array instead of one number",
    "one_row_for_all_labels": "over another axis",
    "one_step_too_many": "one too many",
    "penalty_itself": "a single number",
    "position_instead_of_candidate": "a single number",
    "maximum_of_the_whole_array": "divided by zero",
    "none_for_any_candidates": "a single number",
    "quotient_overflows": "overflows",
    "epsilon_lost_in_float32": "logarithm is minus infinity",
    "ragged_edge_averaged": "one too many or too few",
    "minus_in_the_denominator": "overflows|divided by zero",
    "multiplied_by_std": "in other calls it is another number",
    "nan_for_large_z": "overflows",
    "losses_not_averaged": "an array instead of one number",
    "rows_and_columns_swapped": "axes are swapped|in the wrong places",
    "shapes_not_compared": "accepts arguments that its docstring rules out",
    "shifted_in_place": "belongs to its caller",
    "same_for_plus_and_minus_z": "wrong where it is negative",
    "sigmoid_slope_for_relu": "on its way back through the weights and the activation",
    "sign_of_negatives_lost": "lost its signs",
    "sign_of_the_loss": "sign",
    "slopes_written_into_z": "belongs to its caller",
    "softmax_overflows": "overflows",
    "squeezed_by_a_sigmoid": "is the sigmoid of",
    "start_weights_changed": "belongs to its caller",
    "worked_in_place": "belongs to its caller|keeps an array's dtype",
    "zeros_and_ones_swapped": "1 minus the expected value",
}
SPOILED = """
_before_the_change = {function}

def _changed(value):
    if isinstance(value, (list, tuple)):
        return type(value)(map(_changed, value))
    return {change}

def {function}(*args, **kwargs):
    return _changed(_before_the_change(*args, **kwargs))
"""


@dataclass(frozen=True)
class Answer:
    """A wrong answer to one function, and what is true of it."""

    kind: str
    function: str
    name: str
    text: str
    names: tuple = ()  # of the bank's versions in it
    words: str = ""  # a pattern of the words that tell the cause

    def is_true(self, diagnosis):
        """True if a cause that is told is the true one, or one of several."""
        told = " ".join((diagnosis.name, diagnosis.happened, diagnosis.question, diagnosis.place))
        named = any(name in self.names for name in diagnosis.name.split(" + "))
        return named or bool(self.words and re.search(self.words, told))

    def outcome(self, diagnoses):
        """One of `OUTCOMES`."""
        if not diagnoses:
            return "silent"
        truths = {self.is_true(diagnosis) for diagnosis in diagnoses}
        return "partly" if len(truths) > 1 else "true" if truths == {True} else "false"


def answers(stem, kinds=KINDS):
    """Every answer of a chapter, of these kinds."""
    make = {"bank": _bank, "composed": _composed, "strangers": _strangers}
    return [answer for kind in kinds for answer in make[kind](stem)]


def _bank(stem):
    for function, version in grade_versions.versions(stem, "wrong"):
        source, name = grade_versions.source_of(version, function), version.__name__
        yield Answer("bank", function, name, source, (name,))


def _composed(stem):
    """Every second version, in turn with another change of its answer."""
    faults = list(SECOND_FAULTS.items())
    functions = [answer for answer in _bank(stem) if not answer.function[0].isupper()]
    for i, answer in enumerate(functions[::2]):
        change, words = faults[i % len(faults)]
        text = answer.text + SPOILED.format(function=answer.function, change=change)
        name = f"{answer.name}, then {change}"
        words = "|".join(filter(None, (words, ALSO_TRUE.get(answer.name))))
        yield Answer("composed", answer.function, name, text, answer.names, words)


def _strangers(stem):
    path = STRANGERS / f"{registry.by_stem(stem).id}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    _, *parts = HEAD.split(text)
    for i in range(0, len(parts), 3):
        function, words, code = parts[i : i + 3]
        yield Answer("strangers", function, f"{function} {i // 3 + 1}: {words}", code, (), words)


def judged(stem, kinds=KINDS):
    """Yield `(answer, Graded, outcome)` for the answers of a chapter that are caught."""
    import data

    threads.limit_blas_threads()
    dataset, every = data.load("digits"), answers(stem, kinds)
    texts = [grade_versions.chapter_with(stem, answer.text) for answer in every]
    with grade_versions.submission(stem, texts) as (workers, files):
        for answer, file in zip(every, files, strict=True):
            slips = answer.kind != "composed"  # no single change undoes two faults
            graded = grade_versions.grade(
                workers, stem, answer.function, file=file, dataset=dataset, slips=slips
            )
            told = list(graded.diagnoses.values())
            yield answer, graded, answer.outcome(told) if graded.failures else "missed"


def main():
    parser = arguments.parser("tests.support.truth", __doc__)
    parser.add_argument("chapter", help="as in `grade run`")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    options = parser.parse_args()
    if unknown := set(options.kinds) - {*KINDS}:
        parser.error(f"there is no kind `{min(unknown)}`: name one of {', '.join(KINDS)}")
    kinds, total = options.kinds, Counter()
    for one in arguments.chapters(parser, [options.chapter]):
        counts = {kind: Counter() for kind in KINDS}
        for answer, graded, outcome in judged(one.stem, kinds or KINDS):
            counts[answer.kind][outcome] += 1
            if outcome != "true" and (outcome, answer.kind) != ("silent", "composed"):
                show(answer, graded, outcome)
        for kind, count in counts.items():
            total += count
            if count:
                print(f"{one.id} {kind}: {_in_words(count)}", flush=True)
    print(f"in all: {_in_words(total)}")
    return 0


def show(answer, graded, outcome):
    """What was told of an answer, a line for each cause."""
    print(f"!! {outcome}: {answer.kind} {answer.function} ({answer.name})")
    for diagnosis in dict.fromkeys(graded.diagnoses.values()):
        mark = " " if answer.is_true(diagnosis) else "x"
        checks = sum(each == diagnosis for each in graded.diagnoses.values())
        print(f"   {mark} {checks}: {diagnosis.name}: {diagnosis.happened} {diagnosis.question}")


def _in_words(count):
    return ", ".join(f"{count[outcome]} {outcome}" for outcome in (*OUTCOMES, "missed"))


if __name__ == "__main__":
    processes.run(main)
