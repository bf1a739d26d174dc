"""`Finding`: the result of a check that did not pass, printed in one form everywhere."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .call import Call

WRAPPED = ("likely", "next")  # prose, wrapped to lines of this width
WIDTH = 72
COLUMN = 12  # where the text of a detail begins, after its label
# A hidden check's inputs and answers look like this: not sizes such as (64, 784), but values. A
# chapter's id and an integer that ends a sentence are none.
VALUE = re.compile(
    r"(?P<id>\b(?:chapter|grade \w+) \d\.\d\b(?!\.\d))|"
    r"-?(\d+\.\d+|\d+\.(?!$| +[A-Z`])|\.\d+|\d+(?=[eE][-+]?\d)|(?<=` = )\d+|\d{5,})"
    r"([eE][-+]?\d+)?|-?\b(nan|inf)\b",
    re.M,
)
PLACE = re.compile(r"^ch\d+_\d+_[a-z_]+\.py:\d{1,4}(?=[,:])", re.M)
FORMS = ("shape", "type", "parts", "length")  # kinds: the answer has another form
REST = (  # kinds that leave the numbers right
    *("dtype", "warned", "changed", "global random", "unrepeatable", "not refused"),
    *("wrong exception", "slow", "not run"),
)
QUOTING = ("raised", "not plain")  # kinds whose likely cause quotes the submission's own text

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
    """One part of an answer and what it should have been, both as arrays where possible."""

    name: str
    got: Any
    want: Any


class Finding(Exception):
    """A check that did not pass.

    Attributes:
        status: one of the statuses of a result file.
        headline: the fact in one line.
        unquoted: the headline without the text it quotes from the submission.
        details: text for some of `LABELS`.
        kind: the kind of failure, for the diagnosis.
        evidence: the wrong parts of the answer.
        parts: all parts of the answer, where it has several.
        call: the call that failed.
        outside_answer: true if the fault is not in the call's return value.

    `severity` orders failures: missing, does not run, wrong values, wrong form, the rest.
    """

    def __init__(
        self,
        headline: str,
        status: str = "failed",
        *,
        kind: str | None = None,
        evidence: Iterable[Evidence] = (),
        call: Call | None = None,
        show_call: bool = True,
        outside_answer: bool = False,
        unquoted: str | None = None,
        **details: Any,
    ):
        super().__init__(headline)
        self.headline = headline
        self.unquoted = unquoted or headline
        self.status = status
        self.kind, self.evidence = kind, list(evidence)
        self.parts = self.evidence
        self.call, self.outside_answer = call, outside_answer
        self.details: dict[str, str] = {}
        self.add_details(**details, call=call if show_call else None)

    @property
    def severity(self) -> int:
        """How much comes after this failure: 0 for a missing function, 4 for a finishing touch."""
        if self.status == "todo":
            return 0
        if self.status in ("error", "timeout", "crashed") or self.kind == "not plain":
            return 1
        return 3 if self.kind in FORMS else 4 if self.kind in REST else 2

    def add_details(self, **details: Any) -> None:
        """Add the details that are not empty."""
        merged = self.details | {
            label: str(details[key])
            for label in LABELS
            if details.get(key := label.replace(" ", "_"))
        }
        self.details = {label: merged[label] for label in LABELS if label in merged}

    def lines(self) -> list[str]:
        """The headline, then one entry per detail, with the labels in a column."""
        prose = {label: _filled(self.details.get(label, "")) for label in WRAPPED}
        body = [
            f"  {label:<9} {text}".replace("\n", "\n" + " " * COLUMN)
            for label, text in (self.details | {k: v for k, v in prose.items() if v}).items()
        ]
        return [self.headline, *body]

    def feedback(self) -> str:
        """The message for readers who must not see the check's inputs.

        It holds no values and no text from the submission, only where it happened, the likely
        cause and the question.
        """
        labels = WRAPPED[1:] if self.kind in QUOTING else WRAPPED
        shown = {label: self.details[label] for label in labels if label in self.details}
        if places := PLACE.findall(self.details.get("your line", "")):
            shown = {"your line": ", ".join(places)} | shown
        lines = [self.unquoted, *(f"{label}: {text}" for label, text in shown.items())]
        return VALUE.sub(lambda value: value["id"] or "...", "\n".join(lines))

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _filled(prose):
    """Wrap prose, but not at hyphens, which would leave `one- hot` when lines are joined again."""
    return textwrap.fill(prose, WIDTH, break_on_hyphens=False)
