"""`grade export summary`: Markdown for the page of a CI run."""

from support.made_results import (
    HOSTILE,
    SECRET,
    chapter,
    check,
    function,
    grade,
    result,
    written,
)


def summary(folder, *results):
    out = folder / "summary.md"
    assert grade("export", "summary", written(folder, *results), "--out", out) == (0, "", "")
    return out.read_text(encoding="utf-8")


def test_it_has_the_points_of_each_chapter_and_what_is_wrong(tmp_path):
    lines = summary(tmp_path, result("ada")).splitlines()
    assert lines[0] == "## ada: 7 of 11 points"
    assert "| 1.1 Chapter 1.1 | 6 of 6 | done |" in lines
    assert "| 3.2 Chapter 3.2 | 1 of 5 | failing |" in lines
    assert lines[-1] == "- `softmax` (3.2), 0 of 3: wrong values"


def test_a_chapter_that_was_not_begun_is_todo_and_says_no_more(tmp_path):
    todo = chapter("1.2", function("linear", check("linear_is_right", "todo", "to do")))
    lines = summary(tmp_path, result("ada", todo)).splitlines()
    assert lines[-2:] == ["| 1.2 Chapter 1.2 | 0 of 2 | todo |", ""]


def test_it_has_no_text_for_instructors_and_no_markup_of_a_stranger(tmp_path):
    fault = function("f", check("f_is_right", "failed", HOSTILE))
    text = summary(tmp_path, result("<b>a|b</b>", chapter("1.1", fault)))
    assert SECRET not in text
    assert "<script" not in text.replace("\\<", "")
    assert "<b>" not in text.replace("\\<", "")


def test_points_set_by_hand_are_marked_and_comments_are_shown(tmp_path):
    mark = {"points": 2, "instead_of": 0, "who": "ta", "why": SECRET, "when": "2026-11-21"}
    by_hand = function("f", check("f_is_right")) | {"override": mark}
    by_hand["comments"] = [{"text": "Well done."}]
    text = summary(tmp_path, result("ada", chapter("1.1", by_hand)))
    assert "- `f` (1.1), 2 of 2: points set by hand: 2 instead of 0" in text
    assert "- `f` (1.1): Well done." in text
    assert SECRET not in text
