"""Reads marimo's notebooks, which are Python files with a function for each cell.

    @app.cell
    def _(np):  # names from other cells
        def relu(Z):
            return np.maximum(0, Z)
        return (relu,)  # names for other cells

`@app.function` and `@app.class_definition` mark a cell that is one definition, and
`with app.setup:` is the first cell.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from . import syntax

APP = re.compile(r"^app = marimo\.App\(", re.M)
ONE_DEFINITION = {"function", "class_definition"}


@dataclass(frozen=True)
class Cell:
    """A cell's text, and the names that it takes from other cells and gives to them."""

    text: str
    takes: list[str] = field(default_factory=list)
    gives: list[str] = field(default_factory=list)


def cells(text: str) -> list[str]:
    """Return the text of each cell, in an order in which they can run; none of another file."""
    tree = syntax.tree(text) if APP.search(text) else None
    lines = text.split("\n")
    found = [cell for node in (tree.body if tree else ()) if (cell := _cell(node, lines))]
    givers = {name: number for number, cell in enumerate(found) for name in cell.gives}
    order = {
        number: [givers[name] for name in cell.takes if givers.get(name, number) != number]
        for number, cell in enumerate(found)
    }
    try:
        return [found[number].text for number in TopologicalSorter(order).static_order()]
    except CycleError:
        return [cell.text for cell in found]


def _cell(node, lines):
    """Return the cell that a statement is, or None."""
    if isinstance(node, ast.With):
        is_setup = _attribute(node.items[0].context_expr) == "setup"
        return Cell(_block(node.body, lines)) if is_setup else None
    kinds = {_attribute(decorator) for decorator in getattr(node, "decorator_list", ())}
    if kinds & ONE_DEFINITION:
        return Cell("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    if "cell" not in kinds:
        return None
    *body, last = node.body
    if not isinstance(last, ast.Return):
        body.append(last)
    names = ast.walk(last) if isinstance(last, ast.Return) else ()
    gives = [name.id for name in names if isinstance(name, ast.Name)]
    return Cell(_block(body, lines), [argument.arg for argument in node.args.args], gives)


def _attribute(expression):
    """Return `cell` of `app.cell` and of `app.cell(hide_code=True)`."""
    if isinstance(expression, ast.Call):
        expression = expression.func
    return getattr(expression, "attr", "")


def _block(body, lines):
    """Return statements as they are indented, for they may hold strings over several lines."""
    if not body:
        return ""
    first = min([body[0].lineno, *(d.lineno for d in getattr(body[0], "decorator_list", ()))])
    return "\n".join(["if True:", *lines[first - 1 : body[-1].end_lineno]])
