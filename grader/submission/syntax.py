"""Parses a submission's program text where that takes little time and memory."""

import ast
import re
import warnings

MOST = 500_000  # characters; the tree takes a thousand times as many bytes
LONG = 2000  # characters of a string; Python reads an f-string in quadratic time

# Strings over several lines, strings in one, and comments; a string that does not end goes on to
# the end of the text or of its line.
SILENT = re.compile(
    r"""\"{3}(?:[^\\"]|\\[\s\S]|"(?!""))*+(?:\"{3}|\Z)|'{3}(?:[^\\']|\\[\s\S]|'(?!''))*+(?:'{3}|\Z)"""
    r"""|"(?:[^\\"\n]|\\[\s\S])*+"?|'(?:[^\\'\n]|\\[\s\S])*+'?|#[^\n]*"""
)


def tree(text: str) -> ast.Module | None:
    """Return the syntax tree without long strings, or None if the text is not Python or too long.

    Lines keep their numbers; columns after a long string do not.
    """
    short = SILENT.sub(_shortened, text)
    if len(short) - short.count("\n") > MOST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the student's own text
            return ast.parse(short)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_python(text: str) -> bool:
    """Return True if a text is Python, and not too long."""
    return tree(text) is not None


def _shortened(found):
    if len(found[0]) <= LONG:
        return found[0]
    if found[0].startswith("#"):
        return ""
    return "'''" + "\n" * found[0].count("\n") + "'''"
