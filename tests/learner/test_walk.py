"""The whole course, walked as a learner does: `grade watch` on, one stub after another, each first
wrong and then right. Minutes, so it is marked exhaustive.
"""

import ast
import re
import shutil
import zlib

import pytest
from support import grade_versions
from support.running import EXERCISES, SOLUTIONS, call_grade
from support.watching import Watching

from grader import misconceptions
from grader.course import registry

LOCATED = re.compile(r"^ +(likely|where|your line|expected|off by) ", re.M)


def pieces(text):
    """Name -> (first, last line) of each function and class of a file at the left margin."""
    return {
        node.name: (node.lineno, node.end_lineno)
        for node in ast.parse(text).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


def filled_in(text, solution, name):
    """The file with the stub of one function replaced by the solution's."""
    first, last = pieces(solution)[name]
    body = solution.splitlines(keepends=True)[first - 1 : last]
    first, last = pieces(text)[name]
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: first - 1], *body, *lines[last:]])


def wrong(stem, name):
    """One of the bank's wrong versions of a function, another one for each function."""
    known = misconceptions.for_function(stem, name)
    one = known[zlib.crc32(name.encode()) % len(known)]
    return one.name, grade_versions.source_of(one.version, name)


@pytest.mark.exhaustive
def test_the_whole_course_with_a_wrong_version_before_each_right_one(tmp_path):
    folder = tmp_path / "exercises"
    shutil.copytree(EXERCISES, folder, ignore=shutil.ignore_patterns("__pycache__", "*.backup"))
    for shared in grade_versions.SHARED:
        shutil.copy(shared, folder)
    diagnosed, located, lost = [], [], []
    with Watching(tmp_path, "1.1") as watching:
        for chapter in registry.chapters():
            watching.said(f"{chapter.id}  {chapter.title}")
            watching.until_foot()
            path = watching.path(chapter.stem)
            solution = (SOLUTIONS / path.name).read_text(encoding="utf-8")
            text = path.read_text(encoding="utf-8")
            for helper in pieces(solution).keys() - set(chapter.functions):
                text = filled_in(text, solution, helper)
            for name in chapter.functions:
                mistake, source = wrong(chapter.stem, name)
                path.write_text(f"{text}\n\n{source}\n", encoding="utf-8")
                assert watching.verdict(name, timeout=180) not in ("ok", "todo"), (name, mistake)
                shown = watching.until_foot(timeout=300)
                (located, diagnosed)["likely" in shown].append(name)
                if not LOCATED.search(shown):
                    lost.append((name, mistake, shown))
                text = filled_in(text, solution, name)
                path.write_text(text, encoding="utf-8")
                # Others where it uses one that comes after it, as `train_capstone` does
                assert watching.verdict(name, timeout=180) in ("ok", "todo", "given"), name
                shown = watching.until_foot(timeout=300)
            assert f"Chapter {chapter.id} is done" in shown, shown
            watching.press("n")
        watching.said("All chapters are done")
        assert watching.end()[0] == 0
    print(f"{len(diagnosed)} diagnosed, {len(located)} located: {located}")
    assert not lost
    done = call_grade(cwd=tmp_path)
    assert done.returncode == 0
    assert "100%" in done.stdout
    assert "All chapters are done." in done.stdout
