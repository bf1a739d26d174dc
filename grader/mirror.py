"""`exercises/` is `solutions/` with the bodies of the functions taken out.

`python -m grader.mirror` writes it anew; a file that somebody has worked in is kept as a backup.
"""

import ast
import shutil
import sys
import time
from pathlib import Path

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
    return {
        path.name: stub(path.read_text(encoding="utf-8"))
        for path in sorted(Path(solutions).glob("*.py"))
    }


def differences(solutions, exercises):
    """One line for each file of `exercises/` that is not what `solutions/` say."""
    wanted = derive(solutions)
    found = {path.name: path.read_text(encoding="utf-8") for path in Path(exercises).glob("*.py")}
    for name in sorted(wanted | found):
        if name not in wanted:
            yield f"`{name}` is in `exercises` and not in `solutions`: remove it"
        elif name not in found:
            yield f"`{name}` is missing in `exercises`: run `python -m grader.mirror`"
        elif wanted[name] != found[name]:
            yield f"`exercises/{name}` is no stub of its solution: run `python -m grader.mirror`"


def write(solutions, exercises):
    """Write the stubs; returns the backups made of files that held more than a stub."""
    folder = Path(exercises)
    folder.mkdir(exist_ok=True)
    backups = []
    for name, text in derive(solutions).items():
        path = folder / name
        if path.exists() and _worked_in(path):
            backups.append(path.with_name(f"{name}.{time.strftime('%Y%m%d-%H%M%S')}.backup"))
            shutil.copy2(path, backups[-1])
        path.write_text(text, encoding="utf-8", newline="\n")
    return backups


def _worked_in(path):
    """Whether the file is anything but stubs, also when it does not even parse."""
    try:
        text = path.read_text(encoding="utf-8")
        return stub(text) != text
    except (SyntaxError, ValueError):
        return True


def _functions(tree):
    """The functions that are exercises, methods of classes among them, in the file's order."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in KEPT:
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, ast.FunctionDef))


def main():
    root = Path(__file__).resolve().parent.parent
    if not (root / "solutions").is_dir():
        sys.exit("there is no `solutions` folder to derive `exercises` from")
    for backup in write(root / "solutions", root / "exercises"):
        print(f"kept what was there as {backup.name}")


if __name__ == "__main__":
    main()
