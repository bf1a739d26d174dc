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
        "line_too_many",
        "b = b.mean()",
    ),
    (
        "2.2",
        "def grid_search(loss, candidates):\n    best = candidates[1 % len(candidates)]\n"
        "    for each in candidates[1:]:\n        if loss(each) < loss(best):\n"
        "            best = each\n    return best\n",
        "wrong_number",
        "best = candidates[1 % len(candidates)]",
    ),
    (
        "3.2",
        "def softmax(Z):\n    return _shares(np.exp(Z / Z.max(axis=1, keepdims=True)))\n\n\n"
        "def _shares(powers):\n    return powers / powers.sum(axis=1, keepdims=True)\n",
        "wrong_operator",
        "return _shares(np.exp(Z / Z.max(axis=1, keepdims=True)))",
    ),
    (
        "4.2",
        "def conv2d(image, filter, stride=1):\n    from scipy import signal\n"
        "    (H, W), (kh, kw) = image.shape, filter.shape\n    if kh > H or kw > W:\n"
        "        raise ValueError\n    full = signal.correlate2d(1.0 * image, 1.0 * filter)\n"
        "    return full[kh - 1 : H : stride, kh - 1 : W : stride]\n",
        "wrong_variable",
        "return full[kh - 1 : H : stride, kh - 1 : W : stride]",
    ),
    (
        "4.5",
        "def accuracy(y_pred, y):\n    n = y.size\n    if len(y_pred) != len(y):\n"
        "        raise ValueError\n"
        "    if y_pred.ndim == 2:\n        y_pred = y_pred.argmax(axis=1)\n"
        "    if y.ndim == 2:\n        y = y.argmax(axis=1)\n"
        "    return float((y_pred == y).sum() / n)\n",
        "line_in_the_wrong_place",
        "n = y.size",
    ),
    (
        "4.5",
        "def confusion_matrix(y_pred, y, num_classes):\n    if len(y_pred) != len(y):\n"
        "        raise ValueError\n    matrix = np.zeros((num_classes, num_classes), int)\n"
        "    def add(i):\n        matrix[y[i], y_pred[i + 1]] += 1\n"
        "    for i in range(len(y)):\n        add(i)\n    return matrix\n",
        "wrong_operator",
        "matrix[y[i], y_pred[i + 1]] += 1",
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


@pytest.mark.parametrize(
    ("line", "harmless"),
    [
        ("from scipy import signal", True),
        ("from .ch1_3_activation_basics import sigmoid", True),
        ("import numpy.linalg, math", True),
        ("import os", False),
        ("from numpy import save", False),
        ("from pathlib import Path as p", False),
    ],
)
def test_an_import_inside_a_function_must_be_of_what_only_computes(line, harmless):
    text = f"def f(x):\n    {line}\n    return x + 1\n"
    assert bool(edits.edits(text, "f", frozenset())) == harmless
