"""Holds the table of who may import whom: the rooms of the kit form floors, and imports go down.

A room is a folder of `grader/`, or one of the few files directly in it, or `data/`. `MAY_IMPORT`
lists for each room the others that its files may import; imports inside functions count, imports
under `TYPE_CHECKING` count too.

How to read a failure: `grader/boundary/process.py:18 imports grader.vocabulary.finding, but the
room boundary may only import isolation, worker` means that this line reaches up, or sideways. Move
what both files need into a room that both may import (usually the lower one of the two), or pass it
in as an argument. Add the pair to the table only if the lower room keeps working without the upper
one, and say why in the commit. `python tests/house/test_rooms.py` prints who imports whom today.
"""

import ast
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GRADER = ROOT / "grader"

MAY_IMPORT = {
    "files": set(),
    "threads": set(),
    "data": set(),
    "worker": set(),
    "isolation": {"worker", "threads", "files"},
    "course": {"files", "data"},
    "boundary": {"isolation", "worker", "files"},
    "submission": {"course", "files"},
    "vocabulary": {"boundary", "submission", "course", "files"},
    "misconceptions": {"course"},
    "diagnosis": {"vocabulary", "misconceptions", "boundary", "worker"},
    "intake": {"submission", "course", "files"},
    "console": {"vocabulary", "intake", "submission", "course"},
    "chapters": {"vocabulary", "data"},
    "draw": {"vocabulary", "boundary", "worker", "console", "course", "files", "data"},
}
BELOW_GRADING = set(MAY_IMPORT) - {"intake", "chapters", "draw"}
MAY_IMPORT["grading"] = BELOW_GRADING
BELOW_DOORS = BELOW_GRADING | {"grading"}
MAY_IMPORT["pictures"] = BELOW_DOORS
MAY_IMPORT["notebook"] = BELOW_DOORS | {"pictures"}
MAY_IMPORT["learner"] = BELOW_DOORS | {"pictures", "notebook"}
MAY_IMPORT["classroom"] = BELOW_DOORS | {"intake"}
MAY_IMPORT["export"] = BELOW_DOORS | {"intake", "classroom"}
MAY_IMPORT["handout"] = {"learner", "misconceptions", "console", "course", "files"}
MAY_IMPORT["doors"] = set(MAY_IMPORT)  # cli.py, __main__.py, __init__.py and demo.py

NOT_ROOMS = {"hints", "stubs"}  # data: texts and generated exercises, which import nothing
MOST_FILES = 6  # directly in `grader/`


def test_imports_go_only_where_the_table_allows():
    wrong = [
        f"{place} imports {name}, but the room {room} may only import "
        f"{', '.join(sorted(MAY_IMPORT[room])) or 'nothing of the kit'}"
        for (room, other), imports in arrows().items()
        if other not in MAY_IMPORT[room]
        for place, name in imports
    ]
    assert not wrong, "\n".join(wrong)


def test_the_table_lists_every_room():
    folders = {path.name for path in GRADER.iterdir() if (path / "__init__.py").is_file()}
    assert folders - NOT_ROOMS == MAY_IMPORT.keys() - {"data", "threads", "doors"}


def test_rooms_form_no_circle():
    assert circle(MAY_IMPORT) is None
    real = defaultdict(set)
    for room, other in arrows():
        real[room].add(other)
    assert circle(real) is None


def test_the_class_run_and_the_learner_never_import_each_other():
    assert not {("classroom", "learner"), ("learner", "classroom")} & arrows().keys()


def test_few_files_lie_directly_in_the_grader():
    files = sorted(path.name for path in GRADER.glob("*.py"))
    assert len(files) <= MOST_FILES, files


def test_every_room_says_what_it_holds():
    silent = [
        path.parent.name
        for path in GRADER.glob("*/__init__.py")
        if path.parent.name not in NOT_ROOMS and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


def test_grades_and_all_it_imports_do_without_pytest():
    """The browser runs the checks without pytest."""
    waiting, seen = ["grader.vocabulary.grades"], set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        for _, name in imports(file_of(module)):
            assert name.partition(".")[0] != "pytest", f"`{module}` imports pytest"
            # The name is a module or something in it; the packages around it are imported too.
            parts = name.split(".")
            names = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
            waiting += [n for n in names if n not in seen and n not in waiting and file_of(n)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import grader.learner.watch\n", {"grader.learner.watch"}),
        ("from ..worker import wire\n", {"grader.worker.wire"}),
        ("from . import process\n", {"grader.boundary.process"}),
        (
            "def f():\n    from ..course.registry import chapters\n",
            {"grader.course.registry.chapters"},
        ),
        ("import_module('grader.learner')\n", {"grader.learner"}),
    ],
)
def test_imports_are_found_wherever_they_are(tmp_path, source, expected):
    folder = tmp_path / "grader" / "boundary"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text(source)
    assert {name for _, name in imports(folder / "one.py", tmp_path)} == expected


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) is None


@cache
def arrows():
    """Map `(room, other room)` to `[(file:line, imported name)]`."""
    found = defaultdict(list)
    for path in sorted([*GRADER.rglob("*.py"), *(ROOT / "data").rglob("*.py")]):
        room = room_of(path.relative_to(ROOT).with_suffix("").parts)
        for line, name in imports(path):
            other = room_of(tuple(name.split(".")))
            if room and other and other != room:
                found[room, other].append((f"{path.relative_to(ROOT)}:{line}", name))
    return found


def room_of(parts):
    """Return the room of a module's dotted parts, or None if it is not of the kit."""
    if parts[0] == "data":
        return "data"
    if parts[0] != "grader" or (len(parts) > 1 and parts[1] in NOT_ROOMS):
        return None
    if len(parts) > 1 and (GRADER / parts[1]).is_dir():
        return parts[1]
    return "threads" if parts[1:2] == ("threads",) else "doors"


def imports(path, root=ROOT):
    """Yield `(line, dotted name)` for each import of a file, wherever in the file it is.

    Names of the kit's modules in strings, as for `importlib.import_module`, count as well.
    """
    package = path.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Constant) and is_module_name(node.value):
            yield node.lineno, node.value


def is_module_name(value):
    if not isinstance(value, str) or not value.startswith("grader."):
        return False
    return all(part.isidentifier() for part in value.split("."))


def file_of(module):
    """Return the file of a module of the kit, or None."""
    path = ROOT.joinpath(*module.split("."))
    files = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def circle(graph):
    """Return the rooms of a circle, the first one again at the end, or None if there is none."""
    done = set()

    def walk(room, way):
        if room in way:
            return [*way[way.index(room) :], room]
        if room in done:
            return None
        for other in sorted(graph.get(room, ())):
            if other != room and (ring := walk(other, [*way, room])):
                return ring
        done.add(room)
        return None

    return next((ring for room in sorted(graph) if (ring := walk(room, []))), None)


if __name__ == "__main__":
    for pair, places in sorted(arrows().items()):
        sys.stdout.write(f"{pair[0]} -> {pair[1]}: {len(places)}\n")
