"""The source of one function out of a chapter's file, read as text: nothing of it is run."""

import ast
import io
import tokenize
import warnings
from dataclasses import dataclass, field
from functools import cached_property

WHY = "Why this form:"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BLOCKS = (ast.If, ast.Try, ast.With)


class Unreadable(Exception):
    """The file is no Python; the message is one line that says where."""


@dataclass
class Excerpt:
    """Source without docstrings: `own` lines of the function, then those of what it uses.

    `start` is the function's line in its file, `notes` are paragraphs.
    """

    own: list = field(default_factory=list)
    used: list = field(default_factory=list)
    start: int | None = None
    notes: list = field(default_factory=list)


class File:
    """A chapter's file; one that is not there counts as empty."""

    def __init__(self, path):
        self.path = path
        text = _read(path)
        self.lines = [line.expandtabs(8).rstrip() for line in text.split("\n")]
        self.tree = _parse(path, text)

    def excerpt(self, name, others=()):
        """The function, then what of the file it uses, but for imports and the `others`."""
        if name not in self.bindings:
            return Excerpt()
        first, *others = self._used_from(name, set(others))
        own, notes = self._without_docstrings(first)
        found = Excerpt(own, [], _first_line(first), notes)
        for node in others:
            lines, notes = self._without_docstrings(node)
            found.used += ["", *lines]
            found.notes += notes
        return found

    @cached_property
    def bindings(self):
        """Name -> the last statement at the file's level that gives it a meaning."""
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
        """`(lines, notes)`; a note stands right after a docstring and goes with it."""
        gone, notes = set(), []
        for inner in filter(lambda inner: isinstance(inner, DEFINITIONS), ast.walk(node)):
            if docstring := self._docstring(inner):
                gone.update(range(docstring.lineno, docstring.end_lineno + 1))
                note, end = self._note(docstring.end_lineno + 1)
                whose = f" of `{inner.name}`:" if isinstance(node, ast.ClassDef) else ":"
                notes += [text.replace(":", whose, 1) for text in note]
                gone.update(range(docstring.end_lineno + 1, end))
        first = _first_line(node)
        lines = [
            self.lines[number - 1]
            for number in range(first, node.end_lineno + 1)
            if number not in gone
        ]
        pad = len(lines[0]) - len(lines[0].lstrip())  # of a definition within an `if`
        return [line[min(pad, len(line) - len(line.lstrip())) :] for line in lines], notes

    def _docstring(self, node):
        """The docstring's statement, where nothing else is on its lines."""
        if ast.get_docstring(node, clean=False) is None:
            return None
        first = node.body[0]
        before = self.lines[first.lineno - 1].lstrip()[:3].lower()
        alone = before.startswith(('"', "'", "r'", 'r"', "u'", 'u"'))
        later = len(node.body) < 2 or node.body[1].lineno > first.end_lineno
        return first if alone and later else None

    def _note(self, number):
        """`([paragraph], the line after it)`: the comment that begins with `WHY`, if any."""
        begin = number
        while number <= len(self.lines) and not self.lines[number - 1]:
            number += 1  # a gap after the docstring is of no use without it
        words = []
        while number <= len(self.lines) and self.lines[number - 1].lstrip().startswith("#"):
            words.append(self.lines[number - 1].lstrip().lstrip("#").strip())
            number += 1
        if words and words[0].startswith(WHY):
            return [" ".join(words)], number
        return [], max(begin, number - len(words))


def _read(path):
    try:
        if path.is_fifo():  # reading it would wait for ever
            raise OSError(0, "it is a pipe")
        with path.open("rb") as file:
            data = file.read()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unreadable(f"`{path}` cannot be read ({error.strerror}): see what it is") from None
    except (SyntaxError, ValueError) as error:
        raise Unreadable(f"`{path}` is no text ({error}): save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def _parse(path, text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = _reason(error)
    from .conflicts import CONFLICT_MESSAGE, conflict_line

    if number := conflict_line(text):
        raise Unreadable(f"`{path}` {CONFLICT_MESSAGE.format(number)}")
    raise Unreadable(f"`{path}` is not Python ({reason}): mend it, then ask again")


def _reason(error):
    if isinstance(error, SyntaxError) and error.lineno:
        return f"line {error.lineno}: {error.msg}"
    return str(error) or type(error).__name__


def _statements(body):
    """The statements of a file, those of its blocks among them, but for what runs as a script."""
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
    """The names that a statement uses and does not define itself, in the order of the text."""
    names = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    own = {name.id for name in names if _stored(name)}
    own |= {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    names.sort(key=lambda name: (name.lineno, name.col_offset))
    return [name.id for name in names if name.id not in own]


def _stored(name):
    return isinstance(name.ctx, ast.Store)


def _first_line(node):
    return min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
