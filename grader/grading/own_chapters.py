"""Looks through an instructor's own chapters before anything is graded with them.

Whatever is wrong there is one line that names the file and the line, and never costs a student
points. The files are the instructor's, so they are imported here, as the kit's are.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import tomllib
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click

from .. import misconceptions
from ..course import places, registry, stubs

STEM = re.compile(r"ch\d+_\d+_\w+")
FIXTURES = {"student", "rng", "dataset"}  # what a check may take
STEPS = ("question", "formula", "nearly")  # of the hints
AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")  # in the messages of `tomllib`


class Faulty(click.UsageError):
    """A file of an own chapter is at fault."""

    def __init__(self, file: Path, line: int | None, problem: str) -> None:
        shown = _shown(file)
        place = f"`{shown}`, line {line}" if line else f"`{shown}`"
        super().__init__(f"{place}: {' '.join(problem.split())}")


def _shown(path):
    """The path from the current folder, for what is in it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def check(folder: Path) -> None:
    """Raise a `click.UsageError` if the folder that `places.own` names cannot be used."""
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder `{folder}`: name one with --course")
    files = _python_files(folder / "checks")
    if not files:
        raise click.UsageError(
            f"`{_shown(folder)}` has no chapter: write its checks into "
            f"`{_shown(folder / 'checks' / 'ch6_1_topic.py')}`"
        )
    for room in places.OWN:
        for path in _python_files(folder / room):
            _check_name(path, files)
            _read(path)
    for file in files:
        _check_graded(file)
    for chapter in registry.chapters():
        if chapter.checks_file in files:
            _check_stub(chapter)
            _check_hints(folder, chapter)
    for room in ("solutions", "misconceptions", "checks"):
        for path in _python_files(folder / room):
            _import(folder, path, f"{places.OWN[room].replace('/', '.')}.{path.stem}")
    for path in _python_files(folder / "misconceptions"):
        _check_bank(path)


def _python_files(folder):
    return sorted(folder.glob("[!_]*.py"))


def _check_name(path, files):
    if not STEM.fullmatch(path.stem):
        raise Faulty(path, None, "name it after its chapter, such as `ch6_1_topic.py`")
    for other in (*places.CHAPTERS.glob("ch*.py"), *files):
        if other.stem != path.stem and _number_of(other) == _number_of(path):
            raise Faulty(path, None, f"`{other.name}` has the same number: choose another one")
    if path.stem not in {file.stem for file in files}:
        raise Faulty(path, None, f"there is no `checks/{path.name}`: write it or remove this file")


def _number_of(path):
    return path.stem.split("_")[:2]


def _read(path):
    """Parse a file, and find what it uses without defining or importing it."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise Faulty(path, error.lineno, f"{error.msg}: correct this line") from None
    except (OSError, ValueError) as error:
        raise Faulty(path, None, f"it cannot be read ({error})") from None
    for name, line in _undefined(tree):
        raise Faulty(path, line, f"`{name}` is not defined: import or define it")


def _undefined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield `(name, line)` for each name that nothing in the file gives a value."""
    nodes = list(ast.walk(tree))
    known = {*dir(builtins), "__file__"}
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                known.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                known.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                known.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                known.add(name)
            case ast.alias(name="*"):
                return
            case ast.alias(name=name, asname=local):
                known.add(local or name.partition(".")[0])
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in known:
            yield node.id, node.lineno


def _check_graded(path):
    """Check the title, and that the checks are written as `registry` and pytest read them."""
    text = path.read_text(encoding="utf-8")
    if not registry.TITLE.match(text):
        raise Faulty(path, 1, "begin the file with a docstring, the chapter's title")
    seen = set()
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        marks = [ast.get_source_segment(text, mark) or "" for mark in node.decorator_list]
        graded = any(registry.GRADES.match(f"@{mark}") for mark in marks)
        is_check = node.name.startswith("test_")
        if graded and not is_check:
            raise Faulty(path, node.lineno, f"`{node.name}` is graded: call it `test_{node.name}`")
        if is_check and not graded:
            line = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            problem = f'`{node.name}` has no `@grades("function", points=1)`: add it above'
            raise Faulty(path, line, problem)
        if node.name in seen:
            raise Faulty(path, node.lineno, f"there are two `{node.name}`: rename one")
        if is_check and (unknown := {arg.arg for arg in node.args.args} - FIXTURES):
            problem = f"no check is given `{min(unknown)}`: take `student`, `rng` or `dataset`"
            raise Faulty(path, node.lineno, problem)
        seen.add(node.name)
    if not any(name.startswith("test_") for name in seen):
        raise Faulty(path, 1, "the file has no check: write a function `test_...`")


def _check_hints(folder, chapter):
    file = folder / "hints" / f"{chapter.stem}.toml"
    wanted = f"`{'`, `'.join(STEPS)}`"
    try:
        hints = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        name, line = next(iter(chapter.functions)), _line_of(chapter, "@grades")
        raise Faulty(
            chapter.checks_file,
            line,
            f"`{name}` has no hints: write `{_shown(file)}` with {wanted} under `[{name}]`",
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = AT_LINE.search(str(error))
        problem = AT_LINE.sub("", str(error))
        line = int(found[1]) if found else len(file.read_text(encoding="utf-8").splitlines())
        raise Faulty(file, line, f"it is not valid TOML ({problem})") from None
    except (OSError, ValueError) as error:
        raise Faulty(file, None, f"it cannot be read ({error})") from None
    for name in chapter.functions:
        given = hints.get(name)
        given = given if isinstance(given, dict) else {}
        missing = [step for step in STEPS if not isinstance(given.get(step), str)]
        if missing:
            line = _line_with(file, re.compile(rf"\[{name}\]")) or 1
            raise Faulty(file, line, f"`[{name}]` has no `{missing[0]}`: write it as text")


def _check_stub(chapter):
    if not stubs.exists(chapter.stem):
        raise Faulty(
            chapter.checks_file,
            1,
            f"the chapter has no solution: write `solutions/{chapter.stem}.py`",
        )
    defined = {
        node.name
        for node in ast.parse(stubs.read(chapter.stem)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for name in chapter.functions:
        if name not in defined:
            line = _line_of(chapter, f'"{name}"')
            problem = f"`{name}` is graded, but `solutions/{chapter.stem}.py` does not define it"
            raise Faulty(chapter.checks_file, line, problem)


def _import(folder, path, name):
    """Import a file as the kit does; what goes wrong is told by the last line of it that ran."""
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if folder.resolve() in Path(frame.filename).parents]
        file, line = (Path(own[-1].filename), own[-1].lineno) if own else (path, None)
        reason = str(error) or type(error).__name__
        raise Faulty(file, line, f"it cannot be imported ({reason}): correct this line") from None
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of = getattr(module, node.value.id, None)
            if isinstance(of, ModuleType) and not hasattr(of, node.attr):
                problem = f"`{of.__name__}` has no `{node.attr}`: correct this line"
                raise Faulty(path, node.lineno, problem)


def _check_bank(path):
    """Check that the wrong versions are those of graded functions."""
    graded = registry.by_stem(path.stem).functions
    module = f"{misconceptions.__name__}.{path.stem}"
    for name in [function for where, function in misconceptions.BANK if where == module]:
        if name not in graded:
            line = _line_with(path, re.compile(rf"\b{name}\b"))
            raise Faulty(path, line, f"no check grades `{name}`: correct the name")


def _line_of(chapter, text):
    return _line_with(chapter.checks_file, re.compile(re.escape(text))) or 1


def _line_with(file, pattern):
    """Return the number of the first line with this pattern, or None."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if pattern.search(line)), None)
