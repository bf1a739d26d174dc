"""Finds code in a lesson that gives away the body of a function that the reader is to write.

Both sides are brought into one form first: names do not matter, steps are put into the expression
that uses them, `matrix_multiply(a, b)` and `np.matmul(a, b)` are `a @ b`, and `len(X)` is
`X.shape[0]`. A body is given away where the lesson's code has the same statements, or everything
that the function returns, or its main loop.
"""

import ast
import builtins
import copy
from dataclasses import dataclass
from functools import cache

from . import places

KNOWN = {"np", "math", "scipy", "signal", "special", *dir(builtins)}
OPERATIONS = (ast.BinOp, ast.Call, ast.Compare, ast.UnaryOp, ast.Subscript, ast.IfExp)
PRODUCTS = {"matrix_multiply", "matmul", "dot"}
CONVERSIONS = {"asarray", "array", "astype", "float", "default_rng", "copy", "result_type"}
KINDS = ("shown", "loops", "whole", "windows")
LARGEST = 400  # nodes of an expression that steps are put into
LOOP = 4  # operations of a loop, and
ANYWHERE = 5  # of a returned expression, from which they count in every lesson
OWN = 2  # the same in the function's own lesson


@dataclass(frozen=True)
class Body:
    """What gives a function away: all its `returned` expressions, a loop, or its statements."""

    stem: str
    name: str
    returned: tuple
    loops: tuple
    statements: tuple  # `(text, number of operations)` of all of them together
    length: int  # how many there are


def found_in(lesson, extra=()):
    """Return one line for each function whose body the lesson's code shows.

    extra: more `Body`s to look for, such as other right answers.
    """
    stem = lesson.name.removesuffix(".md")
    blocks = lesson.of("python", "check", "torch", "text")
    bodies = (*references(), *extra)
    lengths = {body.length for body in bodies}
    lines_of = {}  # a form -> the line of the block that shows it, by kind of form
    steps = {}
    for block in blocks:
        code = _Code(block.text, steps, lengths)
        steps = code.steps
        for kind in KINDS:
            for form in getattr(code, kind):
                lines_of.setdefault((kind, form), block.line)
    lines = []
    for body in bodies:
        if at := _given_away(body, stem, lines_of):
            lines.append(f"{lesson.name}:{at}: gives away the body of `{body.name}` ({body.stem})")
    return list(dict.fromkeys(lines))


@cache
def references():
    """Return the bodies of the graded functions, as the reference has them."""
    return tuple(body for chapter in places.chapters() for body in _of_chapter(chapter))


def body_of(stem, name, function):
    """Return what gives this `ast.FunctionDef` away."""
    code = _Code("", {})
    returned = code.of_function(function)
    statements = _core(function.body)
    form = _form([_plain(node) for node in statements])
    return Body(stem, name, tuple(returned), tuple(code.loops), form, len(statements))


def _of_chapter(chapter):
    tree = ast.parse((places.SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8"))
    graded = set(chapter.functions)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in graded:
            graded |= {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in graded:
            yield body_of(chapter.stem, node.name, node)


def _given_away(body, stem, lines_of):
    """Return the line of the lesson that completes a body, or None."""
    own = body.stem == stem
    least = OWN if own else ANYWHERE
    found = []
    if body.statements[1] >= least:
        found.append(lines_of.get(("windows", body.statements)))
    found += [lines_of.get(("loops", loop)) for loop in body.loops if loop[1] >= LOOP]
    if own and len(body.returned) == 1:
        found.append(lines_of.get(("whole", body.returned[0])))
    counted = [lines_of.get(("shown", form)) for form in body.returned if form[1] >= least]
    if counted and all(counted):
        found.append(max(counted))
    return next(filter(None, found), None)


class _Code:
    """The expressions and loops of some code, in the form in which they are compared.

    Each is `(text, number of operations)`. `whole` holds what functions return that return one
    thing, `windows` each run of statements that has one of the `lengths`.
    """

    def __init__(self, source, steps, lengths=()):
        self.shown, self.loops, self.whole, self.windows = set(), set(), set(), set()
        self.lengths = lengths
        self.steps = dict(steps)
        try:
            tree = ast.parse(source)
        except SyntaxError:
            return  # such as a `text` block
        for node in ast.walk(tree):
            self._read_windows(getattr(node, "body", None))
            if isinstance(node, ast.FunctionDef):
                self._read_function(node)
            elif isinstance(node, ast.Lambda):
                self.whole.add(_form(_plain(node.body)))
        self._read(tree.body)

    def of_function(self, function):
        """Read a function's body; return the forms of what it returns."""
        before, self.steps = self.steps, {}
        returned = self._read(_core(function.body))
        self.steps = before
        return returned

    def _read_windows(self, body):
        """Note the runs of statements in a body; a lambda's body is not a list."""
        body = [_plain(node) for node in _core(body)] if isinstance(body, list) else []
        for length in self.lengths:
            for start in range(len(body) - length + 1):
                self.windows.add(_form(body[start : start + length]))

    def _read_function(self, function):
        returned = self.of_function(function)
        if len(returned) == 1:
            self.whole.add(returned[0])

    def _read(self, body):
        """Read statements in order; return the forms of what they return."""
        returned = []
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            if isinstance(node, ast.For | ast.While):
                self.loops.add(_loop_form(node))
            for inner in ("body", "orelse"):
                returned += self._read(getattr(node, inner, None) or [])
            returned += self._read_statement(node)
        return returned

    def _read_statement(self, node):
        if isinstance(node, ast.Return) and node.value is not None:
            parts = self._parts(node.value)
            return [self._note(part) for part in parts]
        if isinstance(node, ast.Assign):
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.AugAssign):
            load = copy.deepcopy(node.target)
            load.ctx = ast.Load()
            self._assign(node.target, ast.BinOp(load, node.op, node.value))
        elif isinstance(node, ast.Expr | ast.Assert | ast.If):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    self._note(self._filled(part))
        return []

    def _parts(self, value):
        """Return the expressions of a returned value, with steps put in."""
        value = self._filled(value)
        while isinstance(value, ast.Call) and _called(value) in {"list", "tuple", "float"}:
            if len(value.args) != 1:
                break
            value = value.args[0]
        return list(value.elts) if isinstance(value, ast.Tuple | ast.List) else [value]

    def _assign(self, target, value):
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=False):
                self._assign(one, part)
            return
        value = self._filled(value)
        self._note(value)
        if isinstance(target, ast.Name):
            if _is_step(value):
                self.steps[target.id] = value
            else:
                self.steps.pop(target.id, None)

    def _filled(self, value):
        """Return an expression in plain form, with the steps before it put in."""
        steps = self.steps

        class Fill(ast.NodeTransformer):
            def visit_Name(self, node):
                return copy.deepcopy(steps[node.id]) if node.id in steps else node

        # Once more in plain form: the order of a sum's sides depends on what was put in.
        filled = _Plain().visit(Fill().visit(_plain(value)))
        return filled if sum(1 for _ in ast.walk(filled)) <= LARGEST else _plain(value)

    def _note(self, value):
        """Note an expression and all inside it; return the whole one's form."""
        for node in ast.walk(value):
            if isinstance(node, OPERATIONS) and not hasattr(node, "used"):
                self.shown.add(_form(node))
        return _form(value)


def _core(body):
    """Return statements without docstring, guards, and mere conversions such as `X = 1.0 * X`."""
    return [node for node in body if not (_is_docstring(node) or _is_guard(node) or _is_idle(node))]


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_guard(node):
    """Tell whether a statement only refuses arguments."""
    return isinstance(node, ast.If) and all(isinstance(inner, ast.Raise) for inner in node.body)


def _is_idle(node):
    """Tell whether a statement gives a variable its own value, in another dtype."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
        return False
    value = _plain(node.value)
    return isinstance(value, ast.Name) and value.id == node.targets[0].id


def _is_step(value):
    """Tell whether a value is worked out from variables, rather than given or drawn."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} - KNOWN
    return bool(names) and not any("rng" in name for name in names)


def _plain(value):
    """Return a copy of an expression in which equal ways of writing are the same."""
    return _Plain().visit(copy.deepcopy(value))


class _Plain(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        name = _called(node)
        method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
        if method:  # x.sum(axis=0) is np.sum(x, axis=0)
            node.args = [node.func.value, *node.args]
        if name in CONVERSIONS and node.args:
            return node.args[0]
        if name in PRODUCTS and len(node.args) == 2:
            return _used(ast.BinOp(node.args[0], ast.MatMult(), node.args[1]))
        if name == "linear" and len(node.args) == 3:
            product = _used(ast.BinOp(node.args[0], ast.MatMult(), node.args[1]))
            return _used(ast.BinOp(product, ast.Add(), node.args[2]))
        if name == "len":
            shape = ast.Attribute(node.args[0], "shape", ast.Load())
            return ast.Subscript(shape, ast.Constant(0.0), ast.Load())
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "dtype"]
        if name and (method or isinstance(node.func, ast.Attribute)):
            node.func = ast.Name(name, ast.Load())
        if name in {"maximum", "minimum"}:  # the order of their arguments is free
            node.args = sorted(node.args, key=lambda part: not isinstance(part, ast.Constant))
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult) and _is_one(node.left):
            return node.right
        if isinstance(node.op, ast.Mult) and _is_one(node.right):
            return node.left
        if isinstance(node.op, ast.Add | ast.Mult) and _order(node.right) < _order(node.left):
            node.left, node.right = node.right, node.left
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            node.value = float(node.value)
        return node


def _used(node):
    """Mark what stands for a call of the reader's own function, which shows nothing of it."""
    node.used = True
    return node


def _order(node):
    """Return a key by which the sides of a sum or product are ordered, whatever their names."""
    return _form(node)[0]


def _is_one(node):
    return isinstance(node, ast.Constant) and node.value == 1


def _called(node):
    """Return the name of what a call calls, without module or object."""
    function = node.func
    return getattr(function, "attr", getattr(function, "id", None))


def _is_module(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in {"np", "math", "scipy", "signal", "special"}


def _form(value):
    """Return `(text, number of operations)` with variables named by their order."""
    names = {}
    parts = []
    operations = _write(value, names, parts)
    return "".join(parts), operations


def _write(node, names, parts):
    """Append a node's text to `parts`; return how many operations it has."""
    if isinstance(node, ast.Name):
        parts.append(node.id if node.id in KNOWN else names.setdefault(node.id, f"v{len(names)}"))
        return 0
    if isinstance(node, list):
        return sum(_write(item, names, parts) for item in node)
    if not isinstance(node, ast.AST):
        parts.append(repr(node))
        return 0
    operations = int(isinstance(node, OPERATIONS))
    parts.append(f"{type(node).__name__}(")
    for field, value in ast.iter_fields(node):
        if field == "func" and isinstance(value, ast.Name):
            parts.append(value.id)  # what is called keeps its name
        elif field not in {"ctx", "type_comment", "kind"}:
            operations += _write(value, names, parts)
        parts.append(",")
    parts.append(")")
    return operations


def _loop_form(node):
    return _form(_plain(node))
