"""Changes a function's text in one place at a time, as a beginner's slip would be undone.

An `Edit` is the function with another operator, number, axis, variable or order of lines. One that
makes the function right shows where its slip is; `repairs` tries that out.
"""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice, zip_longest
from typing import Any

from ..submission import syntax
from . import alternatives

MOST = 400  # edits of one function
MOST_OF_METHODS = 600  # of those of a class
FARTHEST = 3  # lines that a line is moved
LOOPS = (ast.For, ast.comprehension)
MOVABLE = (ast.Assign, ast.AugAssign, ast.Expr)
MOST_CHARACTERS = 4000  # of it; a longer one has too many places
OUTSIDE = {  # what reaches beyond the function's numbers
    *("open", "os", "sys", "shutil", "subprocess", "pathlib", "Path", "tofile", "dump", "memmap"),
    *("exec", "eval", "compile", "getattr", "setattr", "globals", "plt", "pickle", "input"),
}
HARMLESS = ("numpy", "scipy", "math", "itertools", "functools")  # to import inside a function
# The frequent slips come first, and what has many alternatives last: `MOST` may cut them off.
ONE_SIGN = (
    *(alternatives.calls, alternatives.operators, alternatives.comparisons),
    *(alternatives.updates, alternatives.numbers),
)
WHOLE_PARTS = (alternatives.brackets, alternatives.parts, alternatives.orders)


@dataclass(frozen=True)
class Edit:
    """`text`, a file in which `function`, perhaps a method, differs in one place.

    kind: the name of what is said about it, in `diagnosis.texts`
    part: the text at that place, before the change
    line: its number in the submission's file
    """

    kind: str
    function: str
    part: str
    line: int
    text: str


def edits(text: str, function: str, graded: frozenset[str]) -> list[Edit]:
    """Return the edits of a function or class in a file's text, and of its helpers there.

    graded: the graded functions, which are no helpers
    """
    tree = syntax.tree(text)
    lines, found = text.split("\n"), list[Edit]()
    with contextlib.suppress(RecursionError, MemoryError):
        for nodes in _with_helpers(tree, function, graded) if tree else []:
            most = MOST if len(nodes) == 1 else MOST_OF_METHODS
            found += islice(_of_group(nodes, lines), max(0, most - len(found)))
    return found


def _of_group(nodes, lines):
    """Yield one edit of each function at a time, so that none of them uses up the number allowed.

    What is least likely comes last for all of them.
    """
    safe = [node for node in nodes if _is_safe(node, lines)]
    seen = [{ast.unparse(node)} for node in safe]
    attributes = sorted(set().union(*map(_attributes, nodes)))
    for likely in (True, False):
        ways = [
            _edits_of(node, lines, _changes(node, attributes, likely), known)
            for node, known in zip(safe, seen, strict=True)
        ]
        for turn in zip_longest(*ways):
            yield from filter(None, turn)


def _with_helpers(tree, function, graded):
    """The functions to edit, in groups: the methods of a class, or one function, then each helper.

    Helpers are functions that it names; of two definitions the last one counts.
    """
    kinds = (ast.FunctionDef, ast.ClassDef)
    defined = {node.name: node for node in tree.body if isinstance(node, kinds)}
    if function not in defined:
        return []
    names = {node.id for node in ast.walk(defined[function]) if isinstance(node, ast.Name)}
    helpers = sorted((names & defined.keys()) - graded - {function})
    return [_functions(defined[name]) for name in (function, *helpers)]


def _functions(node):
    inside = node.body if isinstance(node, ast.ClassDef) else [node]
    return [each for each in inside if isinstance(each, ast.FunctionDef)]


def _attributes(method):
    """The attributes that a method stores, as in `self.W1 = ...`."""
    nodes = [node for node in ast.walk(method) if isinstance(node, ast.Attribute)]
    return {n.attr for n in nodes if isinstance(n.ctx, ast.Store) and alternatives.is_self(n.value)}


def _is_safe(function, lines):
    short = sum(map(len, lines[function.lineno - 1 : function.end_lineno])) < MOST_CHARACTERS
    return short and not _may_never_end(function) and not _does_more(function)


def _may_never_end(function):
    """True for a function whose edits could run forever."""
    return any(isinstance(node, ast.While) for node in ast.walk(function))


def _does_more(function):
    """True for a function that may write or start something: an edit could do harm with it."""
    nodes = list(ast.walk(function))
    words = {node.id for node in nodes if isinstance(node, ast.Name)}
    words |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    words |= {part for each in imports for item in each.names for part in item.name.split(".")}
    if not all(map(_is_harmless, imports)):
        return True
    return bool(words & OUTSIDE) or any(word.startswith("save") for word in words)


def _is_harmless(node):
    """True for an import from the course's chapters, or of what only computes."""
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").partition(".")[0] in HARMLESS
    return all(item.name.partition(".")[0] in HARMLESS for item in node.names)


def _edits_of(function, lines, changes, seen):
    """Yield the edits whose text is not among `seen`, and add it there."""
    for kind, at, change in changes:
        undo = change()
        try:
            body = ast.unparse(function)
        finally:
            undo()
        if body not in seen:
            seen.add(body)
            before, after = lines[: function.lineno - 1], lines[function.end_lineno :]
            part = "" if isinstance(at, ast.stmt) else ast.unparse(at)
            body = textwrap.indent(body, " " * function.col_offset)
            changed = "\n".join([*before, body, *after])
            yield Edit(kind, function.name, part, at.lineno, changed)


def _changes(function, attributes, likely):
    """Yield `(kind, node, change)`; `change()` edits the tree and returns how to undo that."""
    slots = list(_slots(function))
    names = sorted({node.id for _, node in slots if _is_variable(node)} | _arguments(function))
    if not likely:
        yield from _replacing(
            slots, alternatives.missing, lambda node: alternatives.variables(node, names)
        )
        return
    counters = _counters(function)
    yield from chain(
        _replacing(
            slots,
            *ONE_SIGN,
            lambda node: alternatives.indices(node, counters),
            lambda node: alternatives.attributes(node, attributes),
        ),
        _moves(function),
        _replacing(slots, *WHOLE_PARTS),
        _exchanges(function),
        _replacing(slots, lambda node: alternatives.lookalikes(node, names)),
    )


def _counters(function):
    """The variables of the loops."""
    loops = [node.target for node in ast.walk(function) if isinstance(node, LOOPS)]
    names = [node for each in loops for node in ast.walk(each) if isinstance(node, ast.Name)]
    return sorted({node.id for node in names})


def _exchanges(function):
    for statement in ast.walk(function):
        if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Return)):
            for one, other, nodes in _exchanged_names(statement):
                yield "wrong_order_of_two", statement, _renaming(nodes, {one: other, other: one})


def _renaming(nodes, new):
    def change():
        for node in nodes:
            node.id = new[node.id]
        return change

    return change


def _replacing(slots, *ways):
    for way in ways:
        for (owner, field, index), node in slots:
            for kind, other in way(node):
                yield kind, node, _setting(owner, field, index, node, other)


def _setting(owner, field, index, old, new):
    def put(node):
        if index is None:
            setattr(owner, field, node)
        else:
            getattr(owner, field)[index] = node

    def change():
        put(new)
        return lambda: put(old)

    return change


def _slots(
    function: ast.FunctionDef,
) -> Iterator[tuple[tuple[ast.AST, str, int | None], Any]]:
    """Yield every expression of a function's body with its place; refusals are left as they are."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        owner = waiting.pop(0)
        if isinstance(owner, (ast.Raise, ast.Assert)) or _refuses(owner):
            continue
        if isinstance(owner, ast.FunctionDef):  # one inside the function
            waiting += owner.body
            continue
        for field, value in ast.iter_fields(owner):
            children = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for index, node in children:
                if alternatives.is_self(node):
                    continue
                if isinstance(node, (ast.expr, ast.AugAssign, ast.Assign)):
                    yield (owner, field, index), node
                if isinstance(node, ast.AST):
                    waiting.append(node)


def _refuses(node):
    return isinstance(node, ast.If) and all(isinstance(item, ast.Raise) for item in node.body)


def _is_variable(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _arguments(function):
    """The arguments of a function, and of those inside it."""
    return {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}


def _exchanged_names(statement):
    """The line with two variables exchanged wherever they stand in it."""
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    nodes = [n for n in names if isinstance(n.ctx, ast.Load) and not alternatives.is_library(n)]
    for one, other in combinations(sorted({node.id for node in nodes}), 2):
        yield one, other, [node for node in nodes if node.id in (one, other)]


def _moves(function):
    """Leave out a line, or take one elsewhere: up, down, into a loop or out of it."""
    for body in _bodies(function):
        for i, line in enumerate(body):
            if isinstance(line, MOVABLE) or _leaves(line):
                rest = body[:i] + body[i + 1 :]
                yield "line_too_many", line, _putting(body, rest or [ast.Pass()])
    for body in _bodies(function):
        for i, line in enumerate(body):
            if isinstance(line, (*MOVABLE, ast.If)) and not _refuses(line):
                yield from _elsewhere(body, i, line)
            if isinstance(line, ast.For):
                yield from _through(body, i, line)


def _elsewhere(body, i, line):
    """Take a line a few lines up or down."""
    others = body[:i] + body[i + 1 :]
    for to in range(max(0, i - FARTHEST), min(len(others), i + FARTHEST) + 1):
        order = [*others[:to], line, *others[to:]]
        yield "line_in_the_wrong_place", line, _putting(body, order)


def _leaves(line):
    """True for an `if` that only ends a loop or a function early."""
    return isinstance(line, ast.If) and isinstance(line.body[-1], (ast.Break, ast.Continue))


def _through(body, i, loop):
    """Take the first or last line of a loop out of it, or that before or after it inside."""
    last, first = loop.body[-1], loop.body[0]
    place = "line_in_the_wrong_place"
    if len(loop.body) > 1:
        yield place, last, _both(body, loop, [*body[: i + 1], last, *body[i + 1 :]], loop.body[:-1])
        yield place, first, _both(body, loop, [*body[:i], first, *body[i:]], loop.body[1:])
    if i + 1 < len(body):
        after = body[i + 1]
        inside = [*loop.body, after]
        yield place, after, _both(body, loop, body[: i + 1] + body[i + 2 :], inside)
    if i > 0:
        before = body[i - 1]
        yield place, before, _both(body, loop, body[: i - 1] + body[i:], [before, *loop.body])


def _bodies(function):
    for node in ast.walk(function):
        for field in ("body", "orelse"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


def _putting(body, other):
    def change():
        before = list(body)
        body[:] = other
        return lambda: body.__setitem__(slice(None), before)

    return change


def _both(body, loop, outside, inside):
    outer, inner = _putting(body, outside), _putting(loop.body, inside)

    def change():
        undo = outer(), inner()
        return lambda: [each() for each in undo]

    return change
