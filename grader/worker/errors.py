"""Describes an exception of the learner's code as plain data for the examiner."""

from __future__ import annotations

import builtins
import contextlib
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:  # see `session.py`
    from grader.worker import operands, refusals
    from grader.worker.places import Places
else:
    import operands
    import refusals
    from places import Places

MAX_LINES = 5
MAX_TEXT = 2000  # characters of a message that is passed on
SURE = 0.8  # similarity of two names that differ only by a slip


def describe(error: BaseException, places: Places, confined: bool) -> dict[str, Any]:
    """Describe an exception; `confined` says that the sandbox may have caused it."""
    expression, values = _operands(error, places)
    return {
        "type": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__],
        "message": text(error.msg if isinstance(error, SyntaxError) else error),
        "lines": _own_lines(error, places),
        "did_you_mean": _did_you_mean(error, places),
        "refused": _refused(error) if confined else "",
        "expression": expression,
        "operands": values,
    }


def _operands(error, places):
    """Return the expression of the learner's that raised, and what its operands were."""
    with contextlib.suppress(BaseException):  # the learner's objects answer here
        tb, last = error.__traceback__, None
        while tb is not None:
            last = tb if places.is_own(tb.tb_frame.f_code.co_filename) else last
            tb = tb.tb_next
        if last is not None:
            return operands.describe(last)
    return "", []


def _did_you_mean(error, places):
    """Return the name most similar to the wrong one, or ""; skip private attributes.

    A builtin function is only meant if the spelling nearly agrees.
    """
    if isinstance(error, UnboundLocalError) or not isinstance(error, (NameError, AttributeError)):
        return ""
    with contextlib.suppress(BaseException):  # the learner's objects answer here
        import difflib

        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        frame = [frame for frame in frames if places.is_own(frame.f_code.co_filename)][-1]
        variables, before = {**frame.f_globals, **frame.f_locals}, ""
        names = set(variables)
        if isinstance(error, AttributeError):
            names = {name for name in dir(error.obj) if not name.startswith("_")}
            before = next(f"{name}." for name, value in variables.items() if value is error.obj)
        by_lower = {name.lower(): name for name in sorted(names)}
        wrong = (error.name or "").lower()
        similar = difflib.get_close_matches(wrong, by_lower, 5)
        if not similar and isinstance(error, NameError):
            return difflib.get_close_matches(wrong, dir(builtins), 1, SURE)[0]
        # A name with two letters swapped comes first.
        return before + by_lower[min(similar, key=lambda name: sorted(name) != sorted(wrong))]
    return ""


def _own_lines(error, places):
    """Return the learner's lines that led to the error, outermost first, without the kit's."""
    frames = traceback.extract_tb(error.__traceback__)
    codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    named = [
        (frame, _name(code))
        for frame, code in zip(frames, codes, strict=True)
        if places.is_own(frame.filename)
    ]
    own = [
        [*places.shown(frame.filename, frame.lineno), name, (frame.line or "")[:200]]
        for frame, name in named[-MAX_LINES:]
    ]
    if isinstance(error, SyntaxError) and places.is_own(error.filename or ""):
        source = (error.text or "").strip()
        own.append([*places.shown(error.filename, error.lineno), "", source[:200]])
    return own[-MAX_LINES:]


def _name(code):
    """Return a function's name, with its class for a method."""
    return code.co_name if "<locals>" in code.co_qualname else code.co_qualname


def text(value: object) -> str:
    """Return a message of the learner's as text, cut if it is long."""
    try:
        return str(value)[:MAX_TEXT]
    except BaseException:  # the learner may have defined a broken exception class
        return ""


def _refused(error):
    try:
        return refusals.kind_of(error)
    except BaseException:  # as above
        return ""
