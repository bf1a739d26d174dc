"""`exercises/` and `solutions/` differ in the bodies of the functions and in nothing else."""

import ast
import shutil
import subprocess
import sys

import pytest
from support.running import ROOT, SOLUTIONS

from grader.course import registry
from grader.course.stubs import KEPT, WHOLE, add_whole, differences, write

EXERCISES = ROOT / "exercises"  # itself, where every other test has a copy
CHAPTER_FILES = [f"{chapter.stem}.py" for chapter in registry.chapters()]


def test_exercises_are_the_stubs_of_the_solutions():
    assert list(differences(SOLUTIONS, EXERCISES)) == []


@pytest.mark.parametrize("name", CHAPTER_FILES)
def test_a_stub_keeps_imports_signatures_and_docstrings(name):
    def outline(folder):
        tree = ast.parse((folder / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name != "demo":
                node.body = node.body[:1]  # the docstring
        return ast.dump(tree)

    assert outline(EXERCISES) == outline(SOLUTIONS)


def functions(name):
    """Name -> docstring of the functions of a chapter's file that a stub leaves to write."""
    tree = ast.parse((SOLUTIONS / name).read_text(encoding="utf-8"))
    nodes = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_docstring(node) for node in nodes if node.name not in KEPT}


@pytest.mark.parametrize("name", CHAPTER_FILES)
def test_a_function_that_is_not_graded_is_marked_as_optional(name):
    graded = next(c.functions for c in registry.chapters() if f"{c.stem}.py" == name)
    for function, docstring in functions(name).items():
        first = docstring.splitlines()[0]
        assert first.endswith("(optional helper).") == (function not in graded), function


@pytest.mark.parametrize("name", CHAPTER_FILES)
def test_a_chapter_imports_from_others_only_what_these_must_define(name):
    """So a learner may leave out every optional helper."""
    offered = {chapter.stem: set(chapter.functions) for chapter in registry.chapters()}
    for node in ast.walk(ast.parse((SOLUTIONS / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in offered:
            assert {alias.name for alias in node.names} <= offered[node.module]


def test_the_gift_is_complete_in_the_exercises_and_needs_no_chapter():
    for name in WHOLE:
        text = (SOLUTIONS / name).read_text(encoding="utf-8")
        assert (EXERCISES / name).read_text(encoding="utf-8") == text
        imports = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)]
        assert not any(node.level for node in imports)


def test_the_gift_is_added_where_it_was_not_handed_in(tmp_path):
    add_whole(tmp_path)
    for name in WHOLE:
        assert (tmp_path / name).read_bytes() == (SOLUTIONS / name).read_bytes()
        (tmp_path / name).write_text("# my own")
    add_whole(tmp_path)
    assert all((tmp_path / name).read_text() == "# my own" for name in WHOLE)


def test_no_chapter_of_the_solutions_has_more_than_200_lines():
    for path in SOLUTIONS.glob("*.py"):
        most = 400 if path.name in WHOLE else 200  # nobody has to write those
        assert len(path.read_text(encoding="utf-8").splitlines()) <= most, path.name


@pytest.mark.parametrize("name", CHAPTER_FILES)
def test_a_chapter_defines_what_its_checks_grade(name):
    chapter = next(c for c in registry.chapters() if f"{c.stem}.py" == name)
    tree = ast.parse((SOLUTIONS / name).read_text(encoding="utf-8"))
    exported = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    assert list(exported) == list(chapter.functions)
    assert ast.get_docstring(tree).splitlines()[0].rstrip(".") == chapter.title


def test_a_file_that_somebody_worked_in_is_kept_as_a_backup(tmp_path):
    exercises, stubs = tmp_path / "exercises", tmp_path / "stubs"
    assert write(SOLUTIONS, exercises, stubs) == []
    assert write(SOLUTIONS, exercises, stubs) == []
    (exercises / CHAPTER_FILES[0]).write_text("def normalize(X):\n    return 1\n")
    (exercises / CHAPTER_FILES[1]).write_text("def broken(:\n")
    backups = write(SOLUTIONS, exercises, stubs)
    assert sorted(path.read_text() for path in backups) == [
        "def broken(:\n",
        "def normalize(X):\n    return 1\n",
    ]
    assert list(differences(SOLUTIONS, exercises, stubs)) == []


@pytest.mark.parametrize("added", ["LIMIT = 3\n", "# a thought\n"])
def test_what_is_added_to_a_stub_is_kept_too(tmp_path, added):
    exercises, stubs = tmp_path / "exercises", tmp_path / "stubs"
    write(SOLUTIONS, exercises, stubs)
    with (exercises / CHAPTER_FILES[0]).open("a", encoding="utf-8") as file:
        file.write(added)
    (backup,) = write(SOLUTIONS, exercises, stubs)
    assert backup.read_text(encoding="utf-8").endswith(added)


def test_an_old_stub_that_nobody_has_touched_is_replaced_without_a_backup(tmp_path):
    exercises, stubs, solutions = (tmp_path / name for name in ("exercises", "stubs", "solutions"))
    shutil.copytree(SOLUTIONS, solutions, ignore=shutil.ignore_patterns("__pycache__"))
    write(solutions, exercises, stubs)
    with (solutions / CHAPTER_FILES[0]).open("a", encoding="utf-8") as file:
        file.write("\nNEW = 1\n")
    assert write(solutions, exercises, stubs) == []
    for folder in (exercises, stubs):
        assert (folder / CHAPTER_FILES[0]).read_text(encoding="utf-8").endswith("\nNEW = 1\n")


@pytest.mark.parametrize("folder", ["exercises", "stubs"])
def test_differences_are_named(tmp_path, folder):
    exercises, stubs = tmp_path / "exercises", tmp_path / "stubs"
    write(SOLUTIONS, exercises, stubs)
    (tmp_path / folder / CHAPTER_FILES[0]).unlink()
    (tmp_path / folder / CHAPTER_FILES[1]).write_bytes(b"\xff")
    (tmp_path / folder / "stray.py").write_text("")
    found = list(differences(SOLUTIONS, exercises, stubs))
    assert len(found) == 3
    for name in (CHAPTER_FILES[0], CHAPTER_FILES[1], "stray.py"):
        (line,) = [line for line in found if name in line]
        assert folder in line


@pytest.mark.parametrize("name", CHAPTER_FILES)
def test_the_demo_of_a_stub_says_what_is_to_be_written(name):
    done = subprocess.run(
        [sys.executable, "-m", f"exercises.{name.removesuffix('.py')}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "write `" in line
    assert "Traceback" not in done.stderr


def some_slow(names):
    """Those that train a network on images are marked slow."""
    slow = ("ch3_3", "ch3_4", "ch4", "ch5_4")
    return [pytest.param(name, marks=[pytest.mark.slow] * name.startswith(slow)) for name in names]


@pytest.mark.parametrize("name", some_slow(CHAPTER_FILES))
def test_the_demo_of_a_solution_runs(name):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"solutions.{name.removesuffix('.py')}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert done.stdout.strip()


def test_an_unknown_option_writes_no_stubs():
    command = [sys.executable, "-m", "grader.course.stubs", "--frobnicate"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "unrecognized arguments: --frobnicate" in done.stderr
