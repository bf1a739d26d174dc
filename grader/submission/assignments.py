"""Finds the names that may be functions after an assignment: `softmax = partial(mine, axis=1)`."""

import ast
from collections.abc import Iterator

from . import syntax

MAY_BE_FUNCTIONS = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Lambda),
    *(ast.IfExp, ast.BoolOp, ast.NamedExpr),
)
SEVERAL = (ast.Tuple, ast.List)


def functions(statement: str) -> list[str]:
    """Return the names that may be functions after a statement; none if it is not Python."""
    tree = syntax.tree(statement.strip())
    found: list[str] = []
    for node in tree.body if tree else ():
        if isinstance(node, ast.Assign):
            found += [name for target in node.targets for name in _given(target, node.value)]
        elif isinstance(node, ast.AnnAssign) and node.value:
            found += _given(node.target, node.value)
    return found


def _given(target: ast.expr, value: ast.expr) -> Iterator[str]:
    if isinstance(target, SEVERAL):
        values = [getattr(value, "elt", value)] * len(target.elts)  # `a, b = map(f, ...)`
        if isinstance(value, SEVERAL) and len(value.elts) == len(target.elts):
            values = value.elts
        for one, its in zip(target.elts, values, strict=True):
            yield from _given(one, its)
    elif isinstance(target, ast.Name) and isinstance(value, MAY_BE_FUNCTIONS):
        yield target.id
