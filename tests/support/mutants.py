"""Mutation testing of the reference: each small change of its code must cost points.

    python -m tests.support.mutants [CHAPTER ...]     prints the mutants that no check notices

One operator, constant, comparison, keyword or statement is changed at a time, in every function and
method of `solutions/`. A changed function, and every graded one that uses it, is checked as a
learner's would be. What survives is listed in `equivalent_mutants.toml` with the reason why it is
right as well.
"""

import ast
import copy
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench import arguments, processes
from grader import threads
from grader.course import registry
from grader.grading import checks
from grader.submission.uses import Uses

from . import grade_versions

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")

SYMMETRIC = {"multiply", "result_type", "swapaxes", "vdot"}  # their two arguments may change places
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NAMES = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "sum": "mean",
    "mean": "sum",
    "std": "var",
    "argmax": "argmin",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "exp": "log",
    "log": "exp",
    "sqrt": "square",
    "normal": "uniform",
    "permutation": "arange",
    "reversed": "list",
    "relu": "tanh",
    "sigmoid": "tanh",
}


@dataclass(frozen=True)
class Mutant:
    """`function` with its line `before` changed to `after`: in a chapter's tree, a statement."""

    stem: str
    function: str
    before: str
    after: str
    tree: ast.Module
    statement: ast.stmt
    changed: ast.stmt

    @property
    def key(self):
        return self.stem, self.function, self.before, self.after

    @property
    def text(self):
        """The whole chapter with the changed line; made when it is wanted, for it takes time."""
        memo = {id(self.statement): self.changed}
        return ast.unparse(ast.fix_missing_locations(copy.deepcopy(self.tree, memo)))


@cache
def mutants(stem):
    """Every mutant of a chapter of the reference."""
    source = (grade_versions.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    tree = ast.parse(source.partition("\ndef demo():")[0])
    found = {}
    for name, node in _functions(tree):
        for statement in _statements(node):
            for changed in _changes(statement):
                mutant = _mutant(tree, stem, name, statement, changed)
                if mutant.after != mutant.before:
                    found[mutant.key] = mutant
    return list(found.values())


def _functions(tree):
    """`(name, function)`; methods under their class's name, for that is what is graded."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            methods = (item for item in node.body if isinstance(item, ast.FunctionDef))
            yield from ((node.name, method) for method in methods)


def _mutant(tree, stem, function, statement, changed):
    after = ast.unparse(changed) if changed else "(deleted)"
    before = ast.unparse(statement)
    if isinstance(statement, (ast.For, ast.If, ast.With)):  # its head alone tells the line
        before, after = before.partition("\n")[0], after.partition("\n")[0]
    return Mutant(stem, function, before, after, tree, statement, changed)


def _statements(function):
    """The statements of a function, without the docstring; what is raised is no one's business."""
    first = 1 if ast.get_docstring(function) else 0
    waiting = function.body[first:]
    while waiting:
        statement = waiting.pop(0)
        if not isinstance(statement, (ast.Raise, ast.Import, ast.ImportFrom, ast.Pass)):
            yield statement
        for field in ("body", "orelse"):
            waiting += getattr(statement, field, [])


def _changes(statement):
    """Copies of the statement, each changed in one place of its own (not of the nested ones)."""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr)):
        yield ast.Pass()
    if isinstance(statement, ast.If):
        yield _with(statement, statement.test, ast.Constant(False))
        yield _with(statement, statement.test, ast.Constant(True))
    for node in _own_nodes(statement):
        for other in _others(node):
            yield _with(statement, node, other)


def _own_nodes(statement):
    waiting = [statement]
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            continue  # -1 is the last axis or the free one, not a number
        if isinstance(node, ast.Call) and _called(node) == "result_type":
            continue  # any float among its arguments, in any order, says the same
        for name, value in ast.iter_fields(node):
            if node is statement and name in ("body", "orelse"):
                continue
            items = value if isinstance(value, list) else [value]
            waiting += [item for item in items if isinstance(item, ast.AST)]


def _with(statement, node, other):
    """A copy of the statement with one node replaced."""
    memo = {id(node): other}
    return copy.deepcopy(statement, memo)


def _others(node):
    """What may stand in place of a node."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in OPERATORS:
            yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        if isinstance(node.op, ast.MatMult):
            yield ast.BinOp(node.right, ast.MatMult(), node.left)
    elif isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        other = COMPARISONS.get(type(node.ops[0]))
        if other:
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        if not isinstance(node.operand, ast.Constant):
            yield node.operand
    elif isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other_constants(node.value))
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Name) and node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Name(NAMES[node.id], node.ctx)
    elif isinstance(node, ast.Call):
        for i, keyword in enumerate(node.keywords):
            if keyword.arg == "strict":  # of zip: a guard against lists of different lengths
                continue
            yield ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
        starred = any(isinstance(arg, ast.Starred) for arg in node.args)
        if len(node.args) == 2 and not starred and _called(node) not in SYMMETRIC:
            yield ast.Call(node.func, node.args[::-1], node.keywords)
    elif isinstance(node, ast.Slice):
        for part in ("lower", "upper", "step"):
            if getattr(node, part) is not None:
                yield ast.Slice(**(dict(ast.iter_fields(node)) | {part: None}))
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield ast.Tuple(node.elts[::-1], node.ctx)


def _called(call):
    """The last part of the function's name."""
    return getattr(call.func, "attr", getattr(call.func, "id", None))


def _other_constants(value):
    if isinstance(value, bool):
        return []  # keepdims=True and its like go with their keyword
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [2 * value, -value] if value else [1.0]
    return []


def users():
    """`{(stem, any function): [(stem, graded function)]}`: whose checks may notice a change."""
    uses = Uses(grade_versions.SOLUTIONS)
    found = {}
    for chapter in registry.chapters():
        names = [name for name in uses.blocks[chapter.stem] if name]
        for name in names:
            graded = [g for g in chapter.functions if name == g or name in _used(uses, chapter, g)]
            found[chapter.stem, name] = graded
    return found


def _used(uses, chapter, function):
    """The functions of the same file that one uses, itself or through others."""
    found, waiting = set(), [function]
    while waiting:
        direct = {name for stem, name in uses.direct(chapter.stem, waiting.pop())}
        waiting += [n for n in direct - found if n in uses.blocks[chapter.stem]]
        found |= direct
    return found


def survivors(every, graded):
    """Those of the mutants of one function that pass all checks of these graded functions."""
    threads.limit_blas_threads()
    import data

    dataset, stem, left = data.load("digits"), every[0].stem, []
    with grade_versions.submission(stem, [mutant.text for mutant in every]) as (workers, files):
        for mutant, file in zip(every, files, strict=True):
            noticed = any(
                check.finding
                for function in graded
                for check in checks.run_function(
                    workers, stem, function, file=file, dataset=dataset, stop=True
                )
            )
            if not noticed:
                left.append(mutant)
    return left


def equivalent():
    """`{key: reason}` of the mutants that are right as well."""
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    return {
        (mutant["file"], mutant["function"], mutant["before"], after): mutant["reason"]
        for mutant in listed
        for after in mutant["after"]
    }


def main():
    """Print what survives and is not listed; the exit code is 1 if there is any."""
    parser = arguments.parser("tests.support.mutants", __doc__)
    parser.add_argument("chapters", nargs="*", help="as in `grade run` (default: all)")
    chapters = arguments.chapters(parser, parser.parse_args().chapters)
    known, whose = equivalent(), users()
    by_function = {}
    for chapter in chapters:
        for mutant in mutants(chapter.stem):
            by_function.setdefault((chapter.stem, mutant.function), []).append(mutant)
    left = []
    with processes.pool() as pool:
        runs = [pool.submit(survivors, some, whose[key]) for key, some in by_function.items()]
        for run in runs:
            left += run.result()
            for mutant in [one for one in run.result() if one.key not in known]:
                print(f"{mutant.stem}, {mutant.function}\n  - {mutant.before}")
                print(f"  + {mutant.after}", flush=True)
    new = sum(mutant.key not in known for mutant in left)
    count = sum(map(len, by_function.values()))
    print(f"{count} mutants, {count - len(left)} noticed, {len(left) - new} listed, {new} neither")
    return 1 if new else 0


if __name__ == "__main__":
    processes.run(main)
