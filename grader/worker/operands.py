"""Describes the values in the expression that raised: what was None, which shape met which."""

from __future__ import annotations

import ast
import dis
import functools
import linecache
import operator
import traceback
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType, TracebackType
from typing import Any

import numpy as np

MOST = 6  # operands that are described
LONGEST = 60  # characters of an operand, or of its description
LONGEST_EXPRESSION = 200
OF_ARRAYS = ("T", "shape", "ndim", "size")
NUMBERS = (bool, int, float)
LARGEST_INDEX = 2**31
ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}

Operand = list[str]  # its text, its value in a few words, and "argument" or ""


def describe(tb: TracebackType) -> tuple[str, list[Operand]]:
    """Return the expression that raised in the frame of `tb`, and its operands.

    Nothing of the learner's is run for this: only variables, items of lists and attributes of
    arrays are looked up. An argument counts as one if the function assigns nothing else to it.
    """
    frame = tb.tb_frame
    text = _expression(tb)
    if len(text) > LONGEST_EXPRESSION:
        return "", []
    variables = {**frame.f_globals, **frame.f_locals}
    given = _arguments(frame.f_code)
    found: dict[str, Operand] = {}
    for node, words in _operands(_parsed(text), variables):
        name = ast.unparse(node)[:LONGEST]
        found[name] = [name, words[:LONGEST], "argument" if name in given else ""]
    return text, list(found.values())[:MOST]


def _expression(tb):
    summary = traceback.extract_tb(tb, limit=1)[0]
    first, last = summary.lineno or 0, summary.end_lineno or summary.lineno or 0
    lines = [linecache.getline(summary.filename, number) for number in range(first, last + 1)]
    if not lines or summary.colno is None or summary.end_colno is None:
        return "".join(lines).strip()
    encoded = [line.encode() for line in lines]
    encoded[-1] = encoded[-1][: summary.end_colno]
    encoded[0] = encoded[0][summary.colno :]
    return b"".join(encoded).decode("utf-8", "replace").strip()


def _parsed(text):
    """The syntax tree; the header of an `if` or a loop gets a body, which it needs."""
    for source in (f"({text})", text, f"{text} pass"):
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def _operands(tree: ast.AST, variables: Mapping[str, Any]) -> Iterator[tuple[ast.expr, str]]:
    """Yield the largest expressions whose values are known without running anything, in words."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            try:
                value = _value(node, variables)
                words = None if _is_code(value) else in_words(value)
            except Exception:  # unknown, or too long to be written
                words = None
            if words:
                yield node, words
                continue
        waiting.extend(ast.iter_child_nodes(node))


def _is_code(value):
    return issubclass(type(value), (ModuleType, FunctionType)) or callable(value)


def _value(node, variables):
    if isinstance(node, ast.Name):
        return variables[node.id]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, variables)
        if type(owner) is np.ndarray and node.attr in OF_ARRAYS:
            return getattr(owner, node.attr)
        return vars(owner)[node.attr]
    if isinstance(node, ast.Subscript):
        owner = _value(node.value, variables)
        if type(owner) in (list, tuple):
            return owner[_index(node.slice, variables)]
    raise LookupError


def _index(node, variables):
    """Return the value of an index, which may be a sum or a product of small integers."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_index(node.operand, variables)
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        sides = [_index(side, variables) for side in (node.left, node.right)]
        return ARITHMETIC[type(node.op)](*sides)
    value = _value(node, variables)
    if type(value) is int and abs(value) < LARGEST_INDEX:
        return value
    raise LookupError


@functools.lru_cache(maxsize=200)  # to disassemble a function takes long, and it raises often
def _arguments(code: CodeType) -> set[str]:
    """The function's parameters, without those to which it assigns."""
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    stored = {i.argval for i in dis.get_instructions(code) if i.opname.startswith("STORE")}
    return set(names) - stored


def in_words(value: Any) -> str:
    """Describe a value as the verb of a sentence: `has shape (5, 3)`, `is None`."""
    if value is None or type(value) in NUMBERS:
        return f"is {value!r}"
    if type(value) is np.ndarray:
        of = {"i": " of integers", "u": " of integers", "b": " of bools", "O": " of objects"}
        return f"has shape {value.shape}{of.get(value.dtype.kind, '')}"
    if issubclass(type(value), np.generic):  # `isinstance` would ask the object
        return f"is {value.item()!r}"
    if type(value) in (list, tuple) and all(type(item) in NUMBERS for item in value[:LONGEST]):
        return f"is {value!r}" if len(value) <= MOST else f"holds {len(value)} numbers"
    if type(value) in (list, tuple, dict):
        return f"is a {type(value).__name__} of {len(value)}"
    if type(value) is str:
        return f"is the text {value[:LONGEST]!r}"
    return f"is of type {type(value).__name__}"
