"""Extracts the source of one function from a chapter's file, which is read and never run."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..files.reading import read_bytes
from .conflicts import CONFLICT_MESSAGE, conflict_line

WHY = "Why this form:"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BLOCKS = (ast.If, ast.Try, ast.With)


class Unreadable(Exception):
    """The file is not Python; the message is one line that says where."""


@dataclass
class Excerpt:
    """The lines of a function without docstrings, then the lines of what it uses.

    `start` is the function's line in its file, `notes` are the paragraphs `Why this form: ...`.
    """

    own: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    start: int | None = None
    notes: list[str] = field(default_factory=list)


class File:
    """A chapter's file; a missing one counts as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = _read(path)
        self.lines = [line.expandtabs(8).rstrip() for line in text.split("\n")]
        self.tree = _parse(path, text)

    def excerpt(self, name: str, others: Iterable[str] = ()) -> Excerpt:
        """Return the function and what it uses in the file, except imports and the `others`."""
        if name not in self.bindings:
            return Excerpt()
        first, *rest = self._used_from(name, set(others))
        own, notes = self._without_docstrings(first)
        excerpt = Excerpt(own, [], _first_line(first), notes)
        for node in rest:
            lines, notes = self._without_docstrings(node)
            excerpt.used += ["", *lines]
            excerpt.notes += notes
        return excerpt

    @cached_property
    def bindings(self) -> dict[str, ast.stmt]:
        """Map names to the last module-level statement that defines them."""
        return {name: node for node in _statements(self.tree.body) for name in _bound(node)}

    def _used_from(self, name, others):
        seen, waiting = [], [name]
        while waiting:
            node = self.bindings[waiting.pop(0)]
            if node not in seen:
                seen.append(node)
                waiting += [
                    word
                    for word in _words(node)
                    if word in self.bindings
                    and word not in others
                    and not isinstance(self.bindings[word], (ast.Import, ast.ImportFrom))
                ]
        return seen

    def _without_docstrings(self, node):
        """Return `(lines, notes)`; a note directly follows a docstring and is removed with it."""
        removed: set[int] = set()
        notes: list[str] = []
        for inner in ast.walk(node):
            if isinstance(inner, DEFINITIONS) and (docstring := self._docstring(inner)):
                removed.update(range(docstring.lineno, docstring.end_lineno + 1))
                note, end = self._note(docstring.end_lineno + 1)
                owner = f" of `{inner.name}`:" if isinstance(node, ast.ClassDef) else ":"
                notes += [text.replace(":", owner, 1) for text in note]
                removed.update(range(docstring.end_lineno + 1, end))
        first = _first_line(node)
        lines = [
            self.lines[number - 1]
            for number in range(first, node.end_lineno + 1)
            if number not in removed
        ]
        pad = len(lines[0]) - len(lines[0].lstrip())  # of a definition within an `if`
        return [line[min(pad, len(line) - len(line.lstrip())) :] for line in lines], notes

    def _docstring(self, node):
        """Return the docstring's statement, or None if it shares its lines with other code."""
        if ast.get_docstring(node, clean=False) is None:
            return None
        first = node.body[0]
        before = self.lines[first.lineno - 1].lstrip()[:3].lower()
        alone = before.startswith(('"', "'", "r'", 'r"', "u'", 'u"'))
        later = len(node.body) < 2 or node.body[1].lineno > first.end_lineno
        return first if alone and later else None

    def _note(self, number):
        """Return `([paragraph], the line after it)` for a comment beginning with `WHY`, if any."""
        begin = number
        while number <= len(self.lines) and not self.lines[number - 1]:
            number += 1  # without the docstring, the gap after it serves no purpose
        words = []
        while number <= len(self.lines) and self.lines[number - 1].lstrip().startswith("#"):
            words.append(self.lines[number - 1].lstrip().lstrip("#").strip())
            number += 1
        if words and words[0].startswith(WHY):
            return [" ".join(words)], number
        return [], max(begin, number - len(words))


def _read(path):
    try:
        data = read_bytes(path)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unreadable(f"`{path}` cannot be read ({error.strerror}): check the file") from None
    except (SyntaxError, ValueError) as error:
        raise Unreadable(f"`{path}` is not text ({error}): save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def _parse(path, text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = _reason(error)
    if number := conflict_line(text):
        raise Unreadable(f"`{path}` {CONFLICT_MESSAGE.format(number)}")
    raise Unreadable(f"`{path}` is not valid Python ({reason}): fix it, then try again")


def _reason(error):
    if isinstance(error, SyntaxError) and error.lineno:
        return f"line {error.lineno}: {error.msg}"
    return str(error) or type(error).__name__


def _statements(body):
    """Yield the statements of a file and of its blocks, except code that only runs as a script."""
    for node in body:
        if isinstance(node, BLOCKS) and "__name__" not in ast.dump(getattr(node, "test", node)):
            yield from _statements(node.body)
            yield from _statements(getattr(node, "orelse", []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)
        else:
            yield node


def _bound(node):
    if isinstance(node, DEFINITIONS):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stored(n)]
    return []


def _words(node):
    """Return the names that a statement uses but does not define, in text order."""
    names = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    own = {name.id for name in names if _stored(name)}
    own |= {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    names.sort(key=lambda name: (name.lineno, name.col_offset))
    return [name.id for name in names if name.id not in own]


def _stored(name):
    return isinstance(name.ctx, ast.Store)


def _first_line(node):
    return min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
