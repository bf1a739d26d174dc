"""Runs a chapter's file in the sandbox: a statement that is refused keeps no other from running.

So a picture that is saved, or a package that is installed, between the functions of a file costs
none of their points, as it would cost none on the learner's machine.
"""

from __future__ import annotations

import ast
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:  # see `session.py`
    from grader.worker import cells, refusals
else:
    import cells
    import refusals

# What later lines build on: if one of these is refused, the file cannot be used.
NEEDED = (
    *(ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)


def run(module: ModuleType, data: bytes, path: str) -> None:
    """Run a file in a module; step over statements at its top level that the sandbox refuses."""
    code, rest = compile(data, path, "exec", dont_inherit=True), None
    while True:
        try:
            exec(code, module.__dict__)
            return
        except OSError as error:
            rest = rest or ast.parse(data, path).body
            at = _refused(error, code, rest)
            if at is None or isinstance(rest[at], NEEDED):
                raise
            rest = rest[at + 1 :]
            future = code.co_flags & cells.FUTURE
            code = compile(ast.Module(rest, []), path, "exec", future, dont_inherit=True)


def _refused(error: OSError, code: CodeType, statements: list[ast.stmt]) -> int | None:
    """Return which statement of a module was refused; None if the sandbox refused nothing."""
    tb = error.__traceback__
    while tb is not None and tb.tb_frame.f_code is not code:
        tb = tb.tb_next
    if tb is None or not refusals.kind_of(error):
        return None
    return max(i for i, each in enumerate(statements) if each.lineno <= tb.tb_lineno)
