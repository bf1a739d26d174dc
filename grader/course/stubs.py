"""`exercises/` is `solutions/` with the bodies of the functions taken out.

`fast_layers.py` is a gift to read and use: it is copied whole.

`python -m grader.course.stubs` writes it; a file that somebody has edited is kept as a backup.
The same stubs lie in `grader/stubs/`, where nobody works in them and `grade reset` finds them.
"""

import ast
import shutil
import sys
from functools import cache
from pathlib import Path

from ..files.backup import backup
from .places import REFERENCE, ROOT, STUBS

WHOLE = {"fast_layers.py"}  # complete in `exercises/` too: nothing in it is to be written
KEPT = {"demo"}  # shows the chapter's functions at work, answers nothing


def stub(source):
    """The text of a solution file with every function's body replaced by NotImplementedError."""
    lines = source.splitlines(keepends=True)
    for function in reversed(list(_functions(ast.parse(source)))):
        first = function.body[0]
        start = first.end_lineno if ast.get_docstring(function) else first.lineno - 1
        pad = " " * first.col_offset
        lines[start : function.end_lineno] = [
            f'{pad}raise NotImplementedError("write `{function.name}`")\n'
        ]
    return "".join(lines)


def derive(solutions):
    """File name -> text of everything that `exercises/` holds."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(Path(solutions).glob("*.py"))}
    return {name: text if name in WHOLE else stub(text) for name, text in texts.items()}


def add_whole(folder):
    """Put the files that no learner has to hand in where the chapters can import them."""
    for name in WHOLE:
        if not (folder / name).exists():
            shutil.copyfile(STUBS / name, folder / name)


def is_stub(path):
    """Whether it is the original stub, whatever ends its lines: editors and git change that."""
    try:
        return _lines(path) == _lines(STUBS / path.name)
    except OSError:
        return False


@cache
def parameters(stem):
    """Function -> the names of its parameters, as the chapter's stub has them."""
    try:
        tree = ast.parse((STUBS / f"{stem}.py").read_text(encoding="utf-8"))
    except OSError:
        return {}
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {function.name: [arg.arg for arg in function.args.args] for function in functions}


def _lines(path):
    return path.read_bytes().replace(b"\r\n", b"\n")


def differences(solutions, exercises, stubs=STUBS):
    """One line for each file that is not what `solutions/` say."""
    wanted = derive(solutions)
    yield from _unlike(wanted, exercises, "exercises")
    yield from _unlike(wanted, stubs, "grader/stubs")


def _unlike(wanted, folder, shown):
    found = _texts(folder)
    for name in sorted(wanted | found):
        if name not in wanted:
            yield f"`{name}` is in `{shown}` and not in `solutions`: remove it"
        elif name not in found:
            yield f"`{name}` is missing in `{shown}`: run `python -m grader.course.stubs`"
        elif wanted[name] != found[name]:
            yield f"`{shown}/{name}` differs from its solution: run `python -m grader.course.stubs`"


def write(solutions, exercises, stubs=STUBS):
    """Write the stubs; returns the backups made of files that held more than a stub."""
    before, backups = _texts(stubs), []
    for folder in (Path(exercises), Path(stubs)):
        folder.mkdir(exist_ok=True)
        found = _texts(folder)
        for name, text in derive(solutions).items():
            if found.get(name) == text:
                continue
            if name in found and found[name] != before.get(name):
                backups.append(backup(folder / name))
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return backups


def _texts(folder):
    return {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in Path(folder).glob("*.py")
    }


def _functions(tree):
    """The functions that are exercises, methods of classes among them, in the file's order."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in KEPT:
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, ast.FunctionDef))


def main():
    if not REFERENCE.is_dir():
        sys.exit("there is no `solutions` folder to derive `exercises` from")
    for kept in write(REFERENCE, ROOT / "exercises"):
        print(f"kept what was there as {kept.name}")


if __name__ == "__main__":
    main()
