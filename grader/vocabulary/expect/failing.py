"""How a check fails: with a `Finding` that shows the call whose answer is wrong."""

from __future__ import annotations

import contextvars
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from ..call import Call, find_call
from ..finding import Evidence, Finding
from ..values import printable

# The calls of the running check, oldest first.
calls: contextvars.ContextVar[Sequence[Call]] = contextvars.ContextVar("calls", default=())

LATEST = object()  # stands for the answer of the latest call


def fail(
    headline: str,
    *,
    about: Any = LATEST,
    kind: str | None = None,
    evidence: Iterable[Evidence] = (),
    **details: Any,
) -> NoReturn:
    """Raise a `Finding` that shows the call whose answer is or holds `about`, else the latest.

    The diagnosis uses `kind` and `evidence`.
    """
    call = find_call(list(calls.get()), about)
    if call is not None:
        warned = call.reply.warnings
        if warned and "note" not in details:
            _, text, file, line = warned[0]
            place = f" ({file}:{line})" if file else ""
            details["note"] = printable(f"NumPy warned: {text}{place}")
        if text := printable(call.reply.printed.strip()[:200]):
            details.setdefault("printed", text)
    outside = about is not LATEST and not (call and call.holds(about))
    raise Finding(
        headline, kind=kind, evidence=evidence, call=call, outside_answer=outside, **details
    )


def that(
    ok: object, headline: str, *, about: Any = LATEST, kind: str | None = None, **details: Any
) -> None:
    """Fail with the headline unless `ok`."""
    if not ok:
        fail(headline, about=about, kind=kind, **details)
