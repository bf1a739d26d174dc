"""Derives `exercises/` from `solutions/`: the same files without the bodies of the functions.

`python -m grader.course.stubs` writes them; an edited file is kept as a backup. A second copy goes
to `grader/stubs/`, where nobody edits the files and `grade reset` finds them. `fast_layers.py` and
`two_cores.py` are gifts to read and use: they are copied whole.
"""

import argparse
import ast
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..files.backup import backup
from ..files.reading import python_files, read_bytes
from . import places
from .places import EXERCISES, IS_INSTALLED, REFERENCE, ROOT, STUBS

WHOLE = {"fast_layers.py", "two_cores.py"}  # complete in `exercises/` too: nothing left to write
NO_CHAPTERS = {"neural_network", *(Path(name).stem for name in WHOLE)}  # the other modules there
KEPT = {"demo"}  # shows the chapter's functions at work, and gives no answer away


def stub(source: str) -> str:
    """Return a solution's text with every function body replaced by NotImplementedError."""
    lines = source.splitlines(keepends=True)
    for function in reversed(list(_functions(ast.parse(source)))):
        first = function.body[0]
        start = (first.end_lineno or 0) if ast.get_docstring(function) else first.lineno - 1
        pad = " " * first.col_offset
        lines[start : function.end_lineno] = [
            f'{pad}raise NotImplementedError("write `{function.name}`")\n'
        ]
    return "".join(lines)


def derive(solutions: Path | str) -> dict[str, str]:
    """Map file names to texts: everything that `exercises/` should hold."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(Path(solutions).glob("*.py"))}
    return {name: text if name in WHOLE else stub(text) for name, text in texts.items()}


def add_whole(folder: Path) -> None:
    """Add the files that no learner has to hand in, where they are missing."""
    for name in WHOLE:
        if not (folder / name).exists():
            shutil.copyfile(STUBS / name, folder / name)


def copy_all(folder: Path) -> None:
    """Copy every stub, and the files that come whole, into an empty folder."""
    for path in STUBS.glob("*.py"):
        shutil.copyfile(path, folder / path.name)
    for name, data in own().items():
        (folder / name).write_bytes(data)


def own() -> dict[str, bytes]:
    """Map the names of the stubs of an instructor's own chapters to their contents."""
    files = sorted({Path(name).name for name, _ in places.own_files("stubs", "solutions")})
    return {name: read(Path(name).stem) for name in files if name.endswith(".py")}


def read(stem: str) -> bytes:
    """Return a pristine stub; an instructor's chapter without a stub file gets a derived one.

    Raises:
        OSError: when there is neither.
    """
    file, solution = (places.find(room, f"{stem}.py") for room in ("stubs", "solutions"))
    if not file.is_file() and solution == places.own_module(f"solutions.{stem}"):
        return stub(solution.read_text(encoding="utf-8")).encode()
    return file.read_bytes()


def text(stem: str) -> str:
    """Return a pristine stub's text, or "" if there is none."""
    try:
        return read(stem).decode("utf-8")
    except OSError:
        return ""


def exists(stem: str) -> bool:
    """Return True if there is a stub, or one could be derived."""
    return any(places.find(room, f"{stem}.py").is_file() for room in ("stubs", "solutions"))


def is_stub(path: Path) -> bool:
    """Return True for an untouched stub; editors and git may have changed its line endings."""
    try:
        return _lines(read_bytes(path)) == _lines(read(path.stem))
    except OSError:
        return False


@cache
def parameters(stem: str) -> dict[str, list[str]]:
    """Map the functions of a chapter to the names of their parameters, taken from its stub."""
    functions = (node for node in _tree(stem).body if isinstance(node, ast.FunctionDef))
    return {function.name: [arg.arg for arg in function.args.args] for function in functions}


@cache
def docstrings(stem: str) -> dict[str, str]:
    """Map the functions and classes of a chapter to their docstrings, methods' included.

    Each is on one line, without the examples.
    """
    made = (ast.FunctionDef, ast.ClassDef)
    texts = {
        top.name: [
            ast.get_docstring(node) or "" for node in ast.walk(top) if isinstance(node, made)
        ]
        for top in _tree(stem).body
        if isinstance(top, made)
    }
    return {
        name: " ".join(" ".join(text.partition(">>>")[0] for text in all_of).split())
        for name, all_of in texts.items()
    }


def _tree(stem):
    return ast.parse(text(stem))


def _lines(data):
    return data.replace(b"\r\n", b"\n")


def differences(
    solutions: Path | str, exercises: Path | str, stubs: Path | str = STUBS
) -> Iterator[str]:
    """Yield one line for each file that does not match its solution."""
    expected = derive(solutions)
    yield from _mismatches(expected, exercises, "exercises")
    yield from _mismatches(expected, stubs, "grader/stubs")


def _mismatches(expected, folder, shown):
    actual = _texts(folder)
    for name in sorted(expected | actual):
        if name not in expected:
            yield f"`{name}` is in `{shown}` but not in `solutions`: remove it"
        elif name not in actual:
            yield f"`{name}` is missing from `{shown}`: run `python -m grader.course.stubs`"
        elif expected[name] != actual[name]:
            yield f"`{shown}/{name}` differs from its solution: run `python -m grader.course.stubs`"


def write(solutions: Path | str, exercises: Path | str, stubs: Path | str = STUBS) -> list[Path]:
    """Write the stubs; return the backups made of edited files."""
    before, backups = _texts(stubs), []
    for folder in (Path(exercises), Path(stubs)):
        folder.mkdir(exist_ok=True)
        actual = _texts(folder)
        for name, text in derive(solutions).items():
            if actual.get(name) == text:
                continue
            if name in actual and actual[name] != before.get(name):
                backups.append(backup(folder / name))
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return backups


def _texts(folder):
    return {
        name: data.decode("utf-8", "replace").replace("\r\n", "\n")
        for name, data in python_files(folder).items()
    }


def _functions(tree):
    """Yield the functions to be written, including methods, in file order."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in KEPT:
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, ast.FunctionDef))


def main() -> None:
    """Write the stubs of this checkout."""
    argparse.ArgumentParser(
        prog="python -m grader.course.stubs", description=main.__doc__
    ).parse_args()
    if IS_INSTALLED or not REFERENCE.is_dir():
        sys.exit("only a clone has the folders `solutions` and `exercises`: run this in one")
    for copy in write(REFERENCE, ROOT / EXERCISES):
        print(f"the previous version was kept as {copy.name}")


if __name__ == "__main__":
    main()
