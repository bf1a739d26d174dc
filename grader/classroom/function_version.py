"""The version of each function's grading: a digest of the code that its points depend on.

A definition is followed by name from module to module: a function's checks, the words of the
vocabulary that they use, and the functions that the reference builds on. What runs the checks
counts as a whole, for every function. Texts, comments, docstrings and annotations do not count, so
that a new message or hint changes no version.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from ..course import places, registry

MACHINERY = ("boundary", "grading", "isolation", "submission", "worker")  # rooms of `grader`
DATA_FILE = re.compile(r"\w+\.json")  # next to the module that names it
WORDS = re.compile(r"[A-Za-z]{2,}[^\w\s]*\s+[^\w\s]*[A-Za-z]")
DIGITS = 12


class Part(NamedTuple):
    """A name defined in a module of the kit; an empty name is the module as a whole."""

    module: str
    name: str


# The fixture of every check. The data sets are not followed: checksums pin them.
STUDENT = Part("grader.vocabulary.student", "")


@cache
def current(stem: str, function: str) -> str:
    """Return the version of this function's grading in the kit as it is."""
    digest = hashlib.sha256()
    for part in sorted(_parts(stem, function)):
        digest.update(f"{part}\n{_code(part)}\n".encode())
    digest.update(_machinery())
    return digest.hexdigest()[:DIGITS]


def _parts(stem, function):
    """Everything that the function's points depend on, apart from `MACHINERY`."""
    checks, reference = f"grader.chapters.{stem}", f"solutions.{stem}"
    own = Part(reference, function)
    roots = {STUDENT} | {Part(checks, name) for name in _module(checks).graded(function)}
    if _file(reference):
        roots |= _uses(own)  # lent to a submission; the function itself never is
    return _closure(roots) - {own}


def _closure(waiting):
    seen = set()
    while waiting:
        part = waiting.pop()
        if part not in seen:
            seen.add(part)
            waiting |= _uses(part) - seen
    return seen


@cache
def _uses(part):
    return frozenset(_module(part.module).uses(part.name))


@cache
def _code(part):
    module = _module(part.module)
    definitions = module.definitions(part.name)
    named = set().union(*(definition.data for definition in definitions))
    files = [module.folder / name for name in sorted(named)]
    data = [file.read_text(encoding="utf-8") for file in files if file.is_file()]
    return "\n".join([*(definition.code for definition in definitions), *data])


@cache
def _machinery():
    """The digest of `MACHINERY`."""
    digest = hashlib.sha256()
    for room in MACHINERY:
        for path in sorted((places.KIT / room).rglob("*.py")):
            digest.update(f"{path.relative_to(places.KIT).as_posix()}\n".encode())
            digest.update(code_of(ast.parse(path.read_bytes())).encode())
    return digest.digest()


def code_of(node: ast.AST) -> str:
    """Return a definition's syntax tree as text, without messages, docstrings and annotations."""
    words: list[str] = []
    _write(node, words.append, _is_text)
    return " ".join(words)


def _write(value, write, is_hidden):
    """Write a node, or what a node's field holds; texts for which `is_hidden` count as empty."""
    if isinstance(value, list):
        write("[")
        for item in value:
            if not _is_docstring(item):
                _write(item, write, is_hidden)
        write("]")
    elif isinstance(value, ast.AST):
        write(type(value).__name__)
        if isinstance(value, ast.Raise):
            is_hidden = _is_string
        fields = COUNTED.get(type(value), _fields)
        for field in fields(value):
            _write(field, write, is_hidden)
    else:
        write("''" if is_hidden(value) else repr(value))


def _fields(node):
    return [getattr(node, name) for name in node._fields if name not in UNCOUNTED]


def _counted_of_call(node):
    if isinstance(node.func, ast.Name) and node.func.id == "grades":
        return node.func, node.args[:1], node.keywords  # the other ones are promises, in words
    return node.func, node.args, node.keywords


UNCOUNTED = {"returns", "ctx", "kind", "type_comment"}
COUNTED: dict[type[ast.AST], Callable[[Any], Sequence[Any]]] = {
    ast.Call: _counted_of_call,
    ast.JoinedStr: lambda node: [[part for part in node.values if not _is_prose(part)]],
    ast.FormattedValue: lambda node: [node.value],
    ast.arg: lambda node: [node.arg],
}


def _is_docstring(node):
    return isinstance(node, ast.Expr) and _is_string(getattr(node.value, "value", None))


def _is_string(value):
    return isinstance(value, str)


def _is_prose(part):
    """True for a text in a formatted string; a single word with a space is one."""
    value = getattr(part, "value", None)
    return isinstance(value, str) and bool(re.search(r"[A-Za-z]{2,}", value) and " " in value)


def _is_text(value):
    """True for a text to read: more than one word."""
    return isinstance(value, str) and bool(WORDS.search(value)) and not _is_source(value)


def _is_source(text):
    """True for Python source in a string, such as a script for the worker."""
    if not re.search(r"[=(]", text):
        return False
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


@cache
def _file(module: str) -> Path | None:
    """The file of a module of the kit; None for other modules and for names that are not one."""
    package, *rest = module.split(".")
    if package not in ("data", "grader", "solutions"):
        return None
    if own := places.own_module(module):
        return own
    path = places.package(package).joinpath(*rest)
    files = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


@cache
def _module(name):
    return _Module(name)


class _Module:
    """The names that a module defines and imports."""

    def __init__(self, name: str) -> None:
        path = _file(name)
        assert path is not None
        self.name, self.folder = name, path.parent
        tree = ast.parse(path.read_bytes())
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        self.imports = dict(_imports(tree, package))
        self.defined: dict[str, list[_Definition]] = {}
        for node in tree.body:
            for defined in _defined_by(node):
                self.defined.setdefault(defined, []).append(_Definition(node))

    def graded(self, function: str) -> Iterator[str]:
        """Yield the names of the checks of this function."""
        for name, definitions in self.defined.items():
            if any(definition.graded == function for definition in definitions):
                yield name

    def definitions(self, name):
        """The statements that define a name, or all of the module."""
        if name:
            return self.defined.get(name, [])
        return [one for definitions in self.defined.values() for one in definitions]

    def uses(self, name):
        """Yield the parts of the kit that these statements use."""
        for definition in self.definitions(name):
            for used, attribute in definition.names:
                yield from self._resolved(used, attribute)

    def _resolved(self, name, attribute):
        if name in self.defined:
            yield Part(self.name, name)
        elif name in self.imports:
            module, imported = self.imports[name]
            if _file(f"{module}.{imported}"):
                module, imported = f"{module}.{imported}", attribute
                if not attribute:
                    return  # the attributes of the module are met by themselves
            if _file(module):
                yield from _defining(module, imported)


class _Definition:
    """What counts of a statement; its syntax tree would take much more memory."""

    def __init__(self, node: ast.stmt) -> None:
        self.code = code_of(node)
        self.graded = _graded_function(node)
        self.names: set[tuple[str, str]] = set()  # with the attribute that is asked for, or ""
        self.data: set[str] = set()  # names of data files
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                self.names.add((part.value.id, part.attr))
            elif isinstance(part, ast.Name):
                self.names.add((part.id, ""))
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.data |= {part.value} if DATA_FILE.fullmatch(part.value) else set()


def _defining(module, name, seen=frozenset()):
    """Yield the part that defines a name which may be imported there from elsewhere."""
    found = _module(module)
    if name in found.defined or not name:
        yield Part(module, name)
    elif name in found.imports and (module, name) not in seen:
        source, original = found.imports[name]
        if _file(source):
            yield from _defining(source, original, seen | {(module, name)})


def _defined_by(node):
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return [n.id for target in targets if target for n in ast.walk(target) if _is_name(n)]


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _imports(tree, package):
    """Yield `(name, (module, imported name))` for each name that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, tuple(alias.name.rpartition(".")[::2])
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = above if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, (module, alias.name)


def _graded_function(node):
    """The first argument of a check's `@grades`, or None."""
    for decorator in getattr(node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "grades":
            return ast.literal_eval(decorator.args[0])
    return None


def of_chapter(chapter: registry.Chapter) -> dict[str, str]:
    """Return the version of each function of a chapter."""
    return {name: current(chapter.stem, name) for name in chapter.functions}
