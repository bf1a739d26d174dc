"""An optional chapter: shown as one, and nothing is the worse for leaving it out."""

import json
import shutil

import pytest
from support.made_results import check, result
from support.running import EXERCISES, SOLUTIONS, call_grade, grade_json

from grader.course import registry
from grader.course.results import Result
from grader.export import gradescope, junit
from grader.learner import progress

(CHAPTER,) = [chapter for chapter in registry.chapters() if chapter.optional]
FIRST = registry.chapters()[0]


@pytest.fixture
def course(tmp_path):
    """A learner's folder of stubs."""
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    return tmp_path


def known(chapter, status="passed"):
    score = chapter.points if status == "passed" else 0
    return {"status": status, "score": score, "changed": False, "functions": {}}


def test_it_is_the_last_chapter_and_its_title_says_so():
    assert CHAPTER.id == "5.4"
    assert CHAPTER.title.endswith(" (optional)")
    assert registry.optional() == {"5.4"}


def test_it_is_the_next_step_only_when_all_else_is_done():
    every = registry.chapters()
    state = {chapter.id: known(chapter) for chapter in every if not chapter.optional}
    assert progress.next_unfinished(every, state) == CHAPTER
    state[FIRST.id]["changed"] = True
    assert progress.next_unfinished((CHAPTER, *every), state) == FIRST
    assert progress.next_unfinished(every, state | {CHAPTER.id: known(CHAPTER)}) == FIRST


@pytest.mark.parametrize(
    ("names", "alone"),
    [(["5.4"], {"5.4"}), ([f"{CHAPTER.stem}.py"], {"5.4"}), (["5"], set()), (["all"], set()),
     (["5.1-5.4"], set()), (["5", "5.4"], {"5.4"}), ([], set())],
)  # fmt: skip
def test_it_counts_as_asked_for_when_it_is_named_by_itself(names, alone):
    assert registry.named_individually(names) & registry.optional() == alone


def graded(status, score=0.0):
    function = {"name": "train_color_cnn", "status": status, "score": score, "max_score": 10.0}
    function |= {"checks": [check("x", status)]}
    chapter = {"id": "5.4", "title": "x", "score": score, "max_score": 10.0}
    return chapter | {"functions": [function]}


@pytest.mark.parametrize(
    ("chapter", "left_out"),
    [
        (graded("todo"), True),
        (graded("todo", 1.0), False),
        (graded("failed"), False),
        (graded("todo") | {"id": "5.3"}, False),
    ],
    ids=["not begun", "half done", "failing", "another chapter"],
)
def test_only_an_optional_chapter_that_is_not_begun_is_left_out(chapter, left_out):
    whole = Result.from_json(result("a", chapter))
    assert whole.chapters[0].is_skipped_optional == left_out
    assert whole.all_done() == left_out
    assert not whole.all_done(named={chapter["id"]})


@pytest.mark.slow
def test_the_command_ends_with_1_for_it_only_when_it_is_named(course, tmp_path):
    for chapter in registry.chapters():
        if not chapter.optional:
            shutil.copy(SOLUTIONS / f"{chapter.stem}.py", course / "exercises")
    code, found = grade_json("5.4", cwd=course, tmp_path=tmp_path)
    assert code == 1
    assert found["max_score"] == 10
    file = course / ".learn-dl-progress.json"
    state = {c.id: known(c) for c in registry.chapters() if not c.optional}
    for chapter in registry.chapters():
        if not chapter.optional:
            state[chapter.id]["file"] = progress.digest(course / "exercises", chapter.id)
    whole = {"schema": 2, "submissions": {"exercises": {"chapters": state}}}
    file.write_text(json.dumps(whole))
    shown = call_grade(cwd=course)
    assert shown.returncode == 0
    assert "The course is complete. The remaining chapters are optional." in shown.stdout
    assert "Next: `grade run 5.4`" in shown.stdout
    done = call_grade("run", cwd=course)  # the next unfinished one
    assert "5.4  Color images and a deeper CNN (optional)" in done.stdout
    assert done.returncode == 0


@pytest.mark.slow
def test_a_failing_one_is_a_failure(course, tmp_path):
    file = course / "exercises" / f"{CHAPTER.stem}.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("raise NotImplementedError(", "return str("), encoding="utf-8")
    code, found = grade_json("5.4", "1.1", cwd=course, tmp_path=tmp_path)
    assert code == 1
    assert Result.from_json(found).chapters[1].status == "failed"


def test_gradescope_lists_no_failure_for_it():
    results = [Result.from_json(result("a", graded(status))) for status in ("todo", "failed")]
    assert [len(gradescope.document(each)["tests"]) for each in results] == [0, 1]


def test_junit_has_it_as_skipped(tmp_path):
    junit.write([Result.from_json(result("a", graded("todo")))], tmp_path / "junit.xml")
    text = (tmp_path / "junit.xml").read_text(encoding="utf-8")
    assert 'failures="0" errors="0" skipped="1"' in text
    assert '<skipped message="optional, and not started"' in text
