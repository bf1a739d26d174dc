"""Formats values for messages; small ones can be pasted into a Python session."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..boundary.arguments import Seeded

SMALL = 24  # entries of an array that are shown in full
WIDTH = 300  # characters
LINE = 60  # characters of one line of an array: fits a terminal of 80 with its label
ITEMS = 8  # shown of a list or a dictionary
DEPTH = 3  # of nested lists
BRACKETS: dict[type, tuple[str, str]] = {list: ("[", "]"), tuple: ("(", ")")}
OBVIOUS = (np.float64, np.int64, bool)  # dtypes that can be seen from the entries


def show(value: Any, depth: int = DEPTH) -> str:
    """Format an answer or an expected value: its form, and its entries if they are few."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        number = repr(value.item())
        return number if value.dtype in OBVIOUS else f"{value.dtype} {number}"
    if isinstance(value, str):
        return cut(printable(repr(value[:WIDTH])))
    if isinstance(value, (list, tuple, dict)):
        return cut(_nested(value, depth))
    return cut(printable(repr(value)))


def _nested(value, depth):
    opening, closing = BRACKETS.get(type(value), ("{", "}"))
    if depth == 0:
        return f"{opening}...{closing}"
    if isinstance(value, dict):
        first = itertools.islice(value.items(), ITEMS)
        shown = [f"{show(key)}: {show(item, depth - 1)}" for key, item in first]
    else:
        shown = [show(item, depth - 1) for item in value[:ITEMS]]
    if len(value) > ITEMS:
        shown.append(f"... {len(value)} in all")
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return f"{opening}{', '.join(shown)}{comma}{closing}"


def show_call(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], width: int = WIDTH) -> str:
    """Format a call: `softmax(np.array([[1000.0, 0.0]]))`, with large arguments by their form."""
    for small in (SMALL, 6, 1):
        parts = [_argument(arg, small) for arg in args]
        parts += [f"{key}={_argument(value, small)}" for key, value in kwargs.items()]
        text = f"{name}({', '.join(parts)})"
        if len(text) <= width:
            break
    return cut(re.sub(r" +,", ",", text))  # NumPy pads numbers on the right


def figure(value: float, digits: int = 4) -> str:
    """Format a number that a message gives in a sentence: `3.0`, `0.1235`, `1.2e+10`.

    Its decimal point tells it from a size, so that feedback on hidden checks can leave it out.
    """
    text = f"{value:.{digits}g}"
    return text if re.search("[.en]", text) else f"{text}.0"


def printable(text: str) -> str:
    """The text in ASCII, without control characters, so that every console can print it."""
    shown = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
    return shown.encode("ascii", "backslashreplace").decode()


def _argument(value, small):
    if isinstance(value, Seeded):
        return f"np.random.default_rng({value.seed})"
    if callable(value):
        named = getattr(value, "__name__", "function")
        return getattr(value, "shown", named)  # which the submission does not see
    if isinstance(value, np.ndarray):
        if value.size > small:
            return f"<{value.dtype} {value.shape}>"
        dtype = "" if value.dtype in OBVIOUS else f", dtype=np.{value.dtype}"
        return f"np.array({_entries(value)}{dtype})"
    if isinstance(value, (list, tuple)):
        shown = [_argument(item, small) for item in value[:ITEMS]]
        more = [f"... {len(value)} in all"] if len(value) > ITEMS else []
        return f"[{', '.join(shown + more)}]"
    return show(value) if isinstance(value, (str, dict)) else cut(printable(repr(value)))


def _array(value):
    form = f"{value.dtype} {value.shape}"
    if value.size > SMALL:
        return f"{form}, from {_number(value.min())} to {_number(value.max())}"
    line = f"{form} {_entries(value)}"
    return line if len(line) <= LINE else cut(f"{form}\n{_text(value, 5, LINE)}", 2 * WIDTH)


def _entries(value):
    return " ".join(_text(value, 6, 10_000).split()).replace("[ ", "[")


def _text(value, precision, width):
    return np.array2string(
        value, separator=", ", precision=precision, threshold=SMALL + 1, max_line_width=width
    )


def _number(value):
    return f"{value:.6g}" if value.dtype.kind == "f" else str(value)


def cut(text: str, width: int = WIDTH) -> str:
    """The text, shortened to `width` characters."""
    return text if len(text) <= width else text[: width - 4] + " ..."
