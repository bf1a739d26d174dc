"""Slips that no misconception describes: the report names the line, found by trying out changes."""

import ast

import pytest
from support import grade_versions

from grader.course import registry
from grader.grading import edits

# chapter, a function with a slip, the slip's name, and the line's text
SLIPS = [
    (
        "1.2",
        "def linear(X, W, b):\n    b = b.mean()\n    return (1.0 * X) @ W + b\n",
        "part_too_many",
        "b = b.mean()",
    ),
    (
        "2.2",
        "def grid_search(loss, candidates):\n    best = candidates[1 % len(candidates)]\n"
        "    for each in candidates[1:]:\n        if loss(each) < loss(best):\n"
        "            best = each\n    return best\n",
        "part_too_many",
        "for each in candidates[1:]:",
    ),
    (
        "3.2",
        "def softmax(Z):\n    return _shares(np.exp(Z / Z.max(axis=1, keepdims=True)))\n\n\n"
        "def _shares(powers):\n    return powers / powers.sum(axis=1, keepdims=True)\n",
        "wrong_operator",
        "return _shares(np.exp(Z / Z.max(axis=1, keepdims=True)))",
    ),
]


def graded(chapter, source):
    """The diagnoses of a chapter's function that stands there as in `source`."""
    stem = registry.select([chapter])[0].stem
    text = grade_versions.chapter_with(stem, source)
    with grade_versions.submission(stem, [text]) as (workers, files):
        name = ast.parse(source).body[0].name
        return grade_versions.grade(workers, stem, name, file=files[0]).diagnoses.values()


@pytest.mark.parametrize(("chapter", "source", "name", "line"), SLIPS)
def test_a_slip_in_one_place_is_named_with_its_line(chapter, source, name, line):
    slips = [each for each in graded(chapter, source) if each.place]
    assert {each.name for each in slips} == {name}
    assert all(line in each.place for each in slips)


def test_a_misconception_is_named_by_itself():
    source = "def linear(X, W, b):\n    return (1.0 * X) @ W - b\n"
    assert {(each.name, each.place) for each in graded("1.2", source)} == {("bias_subtracted", "")}


def test_each_edit_is_a_program_of_its_own_and_leaves_refusals_alone():
    source = (
        "import numpy as np\n\n\ndef f(X, y):\n    if len(X) != len(y):\n        raise ValueError\n"
        "    total = 0\n    for x in X:\n        total += x.sum(axis=0)\n    return total / 2\n"
    )
    found = edits.edits(source, "f", frozenset())
    texts = [edit.text for edit in found]
    assert len(set(texts)) == len(texts) > 40
    assert all(ast.parse(text) for text in texts)
    assert all("if len(X) != len(y):" in text for text in texts)
    assert {edit.line for edit in found} == {7, 8, 9, 10}


@pytest.mark.parametrize(
    "text",
    ["", "def f(:", "def g():\n    pass\n", "f = 1", "def f(x):\n    while x:\n        x -= 1\n"],
)
def test_no_such_function_or_one_that_may_never_end_has_no_edits(text):
    assert edits.edits(text, "f", frozenset()) == []
