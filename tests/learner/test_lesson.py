"""`grade lesson`: the text in the terminal, or the page that is built or configured."""

import pytest
from support.running import call_grade

from grader.course import places, registry
from grader.learner import lesson

CHAPTER = registry.by_stem("ch3_4_backpropagation")


@pytest.mark.parametrize("chapter", registry.chapters(), ids=lambda chapter: chapter.id)
def test_every_lesson_is_readable_in_a_terminal(chapter):
    done = call_grade("lesson", chapter.id, "--text", COLUMNS="80")
    assert done.returncode == 0
    assert chapter.id in done.stdout.splitlines()[1]
    assert not [mark for mark in ("{num}", ":::", "```", "$$", "\\frac") if mark in done.stdout]


def test_a_function_stands_for_its_chapter():
    done = call_grade("lesson", "backward_mlp", "--text")
    assert done.stdout == call_grade("lesson", "3.4", "--text").stdout


def test_an_unknown_chapter_is_one_line():
    done = call_grade("lesson", "9.9")
    assert done.returncode == 2
    assert done.stderr.startswith("grade: there is no chapter `9.9`")


def test_the_page_is_that_of_the_built_or_the_published_site(tmp_path, monkeypatch):
    monkeypatch.setenv(lesson.VARIABLE, str(tmp_path))
    assert lesson.page(CHAPTER) is None
    (tmp_path / f"{CHAPTER.stem}.html").write_text("built")
    assert lesson.page(CHAPTER) == (tmp_path / f"{CHAPTER.stem}.html").as_uri()
    monkeypatch.setenv(lesson.VARIABLE, "https://example.org/course/")
    assert lesson.page(CHAPTER) == f"https://example.org/course/{CHAPTER.stem}.html"


def test_the_board_and_a_failing_chapter_name_the_lesson():
    assert "Its lesson: `grade lesson 1.1`" in call_grade(cwd=places.ROOT).stdout
    assert "`grade lesson 1.1` explains it" in " ".join(call_grade("run", "1.1").stdout.split())
