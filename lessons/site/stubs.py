"""Finds what an exercise shows: the stub as it is in the reader's file, and its hints."""

import ast
import tomllib
from functools import cache

from . import places

STEPS = ("question", "formula", "nearly")


def stub(stem, name):
    """Return signature and docstring of a function or class as Python code, or None.

    The reader's own file comes first; where that cannot be parsed, the original stub.
    """
    for folder in (places.EXERCISES, places.STUBS):
        try:
            source = (folder / f"{stem}.py").read_text(encoding="utf-8")
            tree = ast.parse(source)
        except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                return _without_body(source, node)
    return None


def hints(stem, name):
    """Return the hints for a function in the order in which they are given, as texts."""
    steps = _hints_of(stem).get(name, {})
    return [steps[step].strip("\n") for step in STEPS if step in steps]


def prerequisites(stem):
    """Return the stems of the chapters that a reference file imports at its top, in order."""
    tree = ast.parse((places.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8"))
    modules = [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.level]
    known = [chapter.stem for chapter in places.chapters()]
    return [other for other in known if other in modules]


@cache
def _hints_of(stem):
    file = places.HINTS / f"{stem}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _without_body(source, node):
    """Return the lines of a definition, with `...` for what stands after each docstring."""
    lines = source.splitlines()
    functions = [node] if isinstance(node, ast.FunctionDef) else _methods(node)
    for function in reversed(functions):
        first = function.body[0]
        has_docstring = ast.get_docstring(function) is not None
        start = first.end_lineno if has_docstring else first.lineno - 1
        lines[start : function.end_lineno] = [" " * first.col_offset + "..."]
    removed = len(source.splitlines()) - len(lines)
    return "\n".join(lines[node.lineno - 1 : node.end_lineno - removed])


def _methods(node):
    return [item for item in node.body if isinstance(item, ast.FunctionDef)]
