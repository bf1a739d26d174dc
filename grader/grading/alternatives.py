"""What else may stand in the place of an expression, where a beginner's slip is one of the two."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Div),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.Mult, ast.Sub),
    ast.MatMult: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
IN_ORDER = (ast.Sub, ast.Div, ast.Pow, ast.MatMult)  # operators whose two sides differ in meaning
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
FUNCTIONS = (  # one of a group is easily taken for another
    ("sum", "mean", "max", "min", "cumsum"),
    ("std", "var"),
    ("argmax", "argmin", "argsort"),
    ("argmax", "max"),
    ("maximum", "minimum"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("exp", "log", "expm1"),
    ("log", "log2", "log10", "log1p"),
    ("sqrt", "square", "abs"),
    ("normal", "uniform"),
    ("permutation", "arange"),
    ("convolve2d", "correlate2d"),
    ("max_pool", "avg_pool"),
    ("relu", "relu_derivative"),
    ("tanh", "tanh_derivative"),
    ("he_init", "xavier_init"),
)
OVER_AN_AXIS = {"sum", "mean", "max", "min", "argmax", "argmin", "std", "var"}

Others = Iterator[tuple[str, ast.AST]]  # the name of the slip, and what stands there without it


def operators(node: ast.AST) -> Others:
    """Another operator between the same sides, or no minus."""
    if isinstance(node, ast.BinOp):
        for other in OPERATORS.get(type(node.op), ()):
            yield "wrong_operator", ast.BinOp(node.left, other(), node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "wrong_operator", node.operand


def comparisons(node: ast.AST) -> Others:
    """Another comparison of the same sides."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS if isinstance(node.ops[0], COMPARISONS) else ():
            yield "wrong_comparison", ast.Compare(node.left, [other()], node.comparators)


def numbers(node: ast.AST) -> Others:
    """Another number: the next ones, the usual ones, twice or half as much."""
    value = node.value if isinstance(node, ast.Constant) else None
    others: list[float] = []
    if type(value) is int:
        others = [value - 1, value + 1, 2, 1, 0]
    elif type(value) is float and value != 1.0:  # which mostly turns integers into floats
        others = [2 * value, value / 2, -value, 1 - value, 1.0, 0.0]
    yield from (("wrong_number", ast.Constant(other)) for other in others)


def indices(node: ast.AST, counters: Sequence[str]) -> Others:
    """The counter of a loop in place of a fixed index."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        for name in counters:
            yield "wrong_number", ast.Subscript(node.value, ast.Name(name), node.ctx)


def calls(node: ast.AST) -> Others:
    """Another function, or another axis for the same one."""
    if not isinstance(node, ast.Call):
        return
    yield from (("wrong_function", call) for call in _renamed(node))
    if _called(node) not in OVER_AN_AXIS:
        return
    is_method = isinstance(node.func, ast.Attribute) and not is_library(node.func.value)
    args = node.args[: 0 if is_method else 1]
    others = [keyword for keyword in node.keywords if keyword.arg not in ("axis", "keepdims")]
    yield "another_axis", ast.Call(node.func, args, others)
    for axis in (0, 1, -1):
        given = [*others, ast.keyword("axis", ast.Constant(axis))]
        yield "another_axis", ast.Call(node.func, args, given)
        keep = ast.keyword("keepdims", ast.Constant(True))
        yield "another_axis", ast.Call(node.func, args, [*given, keep])


def is_library(node: ast.AST) -> bool:
    """Return True for the name of NumPy."""
    return isinstance(node, ast.Name) and node.id in ("np", "numpy")


def _is_root(node):
    return is_library(node) or is_self(node)


def is_self(node: ast.AST) -> bool:
    """Return True for the object of a method."""
    return isinstance(node, ast.Name) and node.id == "self"


def _renamed(node):
    name = _called(node)
    for group in FUNCTIONS:
        for other in group if name in group else ():
            func = copy.copy(node.func)
            setattr(func, "attr" if isinstance(func, ast.Attribute) else "id", other)
            yield ast.Call(func, node.args, node.keywords)


def _called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def orders(node: ast.AST) -> Others:
    """The two sides, arguments or items in the other order."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, IN_ORDER):
        yield "wrong_order_of_two", ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.Call) and len(node.args) > 1 and not node.keywords:
        for args in _exchanged(node.args):
            yield "wrong_order_of_two", ast.Call(node.func, args, [])
    if isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        for items in _exchanged(node.elts):
            yield "wrong_order_of_two", type(node)(items, node.ctx)


def brackets(node: ast.AST) -> Others:
    """The operations of `a * b - c` in another order."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp):
        (a, b), c = (node.left.left, node.left.right), node.right
        yield "brackets_elsewhere", ast.BinOp(a, node.left.op, ast.BinOp(b, node.op, c))
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.BinOp):
        a, (b, c) = node.left, (node.right.left, node.right.right)
        yield "brackets_elsewhere", ast.BinOp(ast.BinOp(a, node.op, b), node.right.op, c)
        if isinstance(a, ast.BinOp):  # `a + 1 - b * c` for `a + (1 - b) * c`
            inner = ast.BinOp(ast.BinOp(a.right, node.op, b), node.right.op, c)
            yield "brackets_elsewhere", ast.BinOp(a.left, a.op, inner)


def _exchanged(items):
    """The list with two of its items exchanged."""
    for i in range(len(items)):
        for j in range(i):
            swapped = list(items)
            swapped[i], swapped[j] = items[j], items[i]
            yield swapped


def parts(node: ast.AST) -> Others:
    """What is left without some of the expression."""
    if isinstance(node, ast.BinOp):
        rest = list(_operands(node))
    elif isinstance(node, ast.Call):
        rest = list(node.args)
        if isinstance(node.func, ast.Attribute) and not is_library(node.func.value):
            rest.append(node.func.value)
    elif isinstance(node, (ast.Attribute, ast.Subscript)):
        is_read = isinstance(node.ctx, ast.Load) and not _is_root(node.value)
        rest = [node.value] if is_read else []
    elif isinstance(node, ast.Slice):
        rest = [ast.Slice(None, node.upper, node.step), ast.Slice(node.lower, None, node.step)]
        rest += [operand for end in (node.lower, node.upper) if end for operand in _operands(end)]
    else:
        rest = []
    yield from (("part_too_many", part) for part in rest)


def _operands(node):
    """What an expression adds up, multiplies, ..., at every depth; another kind of node itself."""
    if isinstance(node, ast.BinOp):
        for side in (node.left, node.right):
            yield side
            if isinstance(side, ast.BinOp):
                yield from _operands(side)
    else:
        yield node


def updates(node: ast.AST) -> Others:
    """`+=` where there is `=`, and the other way round; another sign of it."""
    targets = (ast.Name, ast.Subscript, ast.Attribute)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], targets):
        yield "step_missing", ast.AugAssign(node.targets[0], ast.Add(), node.value, lineno=0)
    if isinstance(node, ast.AugAssign):
        yield "step_missing", ast.Assign([node.target], node.value, lineno=0)
        for other in OPERATORS.get(type(node.op), ()):
            yield "wrong_operator", ast.AugAssign(node.target, other(), node.value, lineno=0)


def missing(node: ast.AST) -> Others:
    """What has one more step around the expression."""
    if not isinstance(node, (ast.BinOp, ast.Name, ast.Call, ast.Attribute, ast.Subscript)):
        return
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or is_library(node):
        return
    for name in ("abs", "sqrt", "square", "exp", "log"):
        function = ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())
        yield "step_missing", ast.Call(function, [node], [])
    yield "step_missing", ast.UnaryOp(ast.USub(), node)
    yield "step_missing", ast.BinOp(ast.Constant(2), ast.Mult(), node)
    yield "step_missing", ast.BinOp(ast.Constant(1), ast.Sub(), node)
    yield "step_missing", ast.Compare(node, [ast.Gt()], [ast.Constant(0)])
    yield "step_missing", ast.Attribute(node, "T", ast.Load())
    yield "step_missing", ast.Call(ast.Name("len", ast.Load()), [node], [])


def attributes(node: ast.AST, names: Sequence[str]) -> Others:
    """Another attribute of the method's object."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and is_self(node.value):
        for name in names if node.attr in names else ():
            yield "wrong_variable", ast.Attribute(node.value, name, ast.Load())


def lookalikes(node: ast.AST, names: Sequence[str]) -> Others:
    """Another of the function's variables that is easily taken for this one, as `dW` for `db`."""
    if isinstance(node, ast.Name):
        alike = [each for each in names if each[0] == node.id[0] or len(each) == len(node.id) == 1]
        yield from variables(node, alike if node.id in names else [])


def variables(node: ast.AST, names: Sequence[str]) -> Others:
    """Another of the function's variables, also as the first argument of a call."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for name in names:
            yield "wrong_variable", ast.Name(name, ast.Load())
    elif isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Name):
        for name in names:
            args = [ast.Name(name, ast.Load()), *node.args[1:]]
            yield "wrong_variable", ast.Call(node.func, args, node.keywords)
