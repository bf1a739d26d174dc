"""What a check found: the one form in which every failure is told."""

import re
import textwrap
from dataclasses import dataclass

WRAPPED = ("likely", "next")  # prose, told in lines of this width
WIDTH = 72
COLUMN = 12  # where the text of a detail begins, behind its label
# What a hidden check's inputs and answers look like: not sizes such as (64, 784), but values.
VALUE = re.compile(r"-?(\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d)|\d{5,})([eE][-+]?\d+)?|-?\b(nan|inf)\b")
PLACE = re.compile(r"^ch\d+_\d+_[a-z_]+\.py:\d{1,4}(?=[,:])", re.M)
QUOTING = ("raised", "not plain")  # what is likely behind these quotes the submission's own text

LABELS = (
    "call",
    "expected",
    "got",
    "where",
    "off by",
    "your line",
    "printed",
    "note",
    "likely",
    "next",
)


@dataclass(frozen=True)
class Evidence:
    """One part of an answer beside what it should have been, both as arrays."""

    name: str
    got: object
    want: object


class Finding(Exception):
    """A check that did not pass.

    `status` is one of the result file's; `headline` states the fact in one line, and `details`
    maps some of `LABELS` to text; `unquoted` is the headline without text that the submission
    made, where it quotes some. The rest is for the diagnosis: `kind` is the sort of fault,
    `evidence` what is wrong beside what is right, `fault` the call that gave it, and `elsewhere`
    is true of what is wrong with something else than the call's answer.
    """

    def __init__(
        self,
        headline,
        status="failed",
        *,
        kind=None,
        evidence=(),
        fault=None,
        elsewhere=False,
        unquoted=None,
        **details,
    ):
        super().__init__(headline)
        self.headline = headline
        self.unquoted = unquoted or headline
        self.status = status
        self.kind, self.evidence = kind, list(evidence)
        self.parts = self.evidence  # the right parts of the answer as well, where it has several
        self.fault, self.elsewhere = fault, elsewhere
        self.details = {}
        self.tell(**details)

    def tell(self, **details):
        """Add details; those that are empty are left out."""
        given = self.details | {
            label: str(details[key])
            for label in LABELS
            if details.get(key := label.replace(" ", "_"))
        }
        self.details = {label: given[label] for label in LABELS if label in given}

    def lines(self):
        """The headline, then one line for each detail, the labels in a column."""
        prose = {label: textwrap.fill(self.details.get(label, ""), WIDTH) for label in WRAPPED}
        body = [
            f"  {label:<9} {text}".replace("\n", "\n" + " " * COLUMN)
            for label, text in (self.details | {k: v for k, v in prose.items() if v}).items()
        ]
        return [self.headline, *body]

    def feedback(self):
        """What whoever must not learn the check's inputs may read of it: no value, no text that
        the submission made, only where it happened, what is likely, and the question.
        """
        labels = WRAPPED[1:] if self.kind in QUOTING else WRAPPED
        told = {label: self.details[label] for label in labels if label in self.details}
        if places := PLACE.findall(self.details.get("your line", "")):
            told = {"your line": ", ".join(places)} | told
        lines = [self.unquoted, *(f"{label}: {text}" for label, text in told.items())]
        return "\n".join(VALUE.sub("...", line) for line in lines)

    def __str__(self):
        return "\n".join(self.lines())
