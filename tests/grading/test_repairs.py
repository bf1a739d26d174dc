"""Slips that no misconception describes: the report names the line, found by trying out changes."""

import ast

import pytest
from support import grade_versions

import data
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

NETWORK = """class NeuralNetwork:
    def __init__(self, input_size, hidden_size, output_size, rng):
        self.W1, self.b1 = he_init(input_size, hidden_size, rng)
        self.W2, self.b2 = he_init(hidden_size, output_size, rng)

    def forward(self, X):
        self.Z1 = X @ self.W1 + self.b1
        self.A1 = np.maximum(self.Z1, 0)
        _, self.A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
        return self.A2

    def backward(self, X, y, lr):
        delta2 = (self.A2 - y) / len(X)
        dW2 = self.A1.T @ delta2
        db2 = delta2.sum(axis=0)
        delta1 = delta2 @ self.W2.T * (self.Z1 > 0)
        self.W1 = self.W1 - lr * X.T @ delta1
        self.b1 = self.b1 - lr * delta1.sum(axis=0)
        self.W2 = self.W2 - lr * dW2
        self.b2 = self.b2 - lr * db2

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            losses.append(cross_entropy(self.forward(X), y))
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        self.forward(X)
        return np.argmax(self.A2, axis=1)
"""
SLIPS += [
    ("5.2", NETWORK.replace(right, wrong), name, line)
    for right, wrong, name, line in [
        ("argmax(self.A2", "argmax(self.A1", "wrong_variable", "np.argmax(self.A1, axis=1)"),
        ("delta1.sum", "delta1.mean", "wrong_function", "lr * delta1.mean(axis=0)"),
    ]
] + [
    (
        "5.1",
        "def adam_update(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):\n"
        "    if not m.shape == v.shape == grad.shape:\n        raise ValueError\n"
        "    m = beta1 * m + 1 - beta1 * grad\n"
        "    v = beta2 * v + (1 - beta2) * grad**2\n"
        "    root = np.sqrt(v / (1 - beta2**t))\n"
        "    return m, v, -lr * m / (1 - beta1**t) / (root + eps)\n",
        "brackets_elsewhere",
        "m = beta1 * m + 1 - beta1 * grad",
    ),
]


def graded(chapter, source):
    """The diagnoses of a chapter's function that stands there as in `source`."""
    stem = registry.select([chapter])[0].stem
    text = grade_versions.chapter_with(stem, source)
    with grade_versions.submission(stem, [text]) as (workers, files):
        name = ast.parse(source).body[0].name
        images = data.load("digits")
        seen = grade_versions.grade(workers, stem, name, file=files[0], dataset=images)
    return seen.diagnoses.values()


@pytest.mark.parametrize(("chapter", "source", "name", "line"), SLIPS)
def test_a_slip_in_one_place_is_named_with_its_line(chapter, source, name, line):
    slips = [each for each in graded(chapter, source) if each.place]
    assert {each.name for each in slips} == {name}
    assert all(line in each.place for each in slips)


def test_a_change_that_satisfies_only_the_check_that_failed_is_not_a_slip():
    source = """def train_color_cnn(X, y, epochs=5, batch_size=64, rng=None):
    rng = np.random.default_rng(rng)
    W, b, losses = rng.normal(0, 0.01, (3 * 32 * 32, y.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, rng):
            A = softmax(flatten(X_batch) @ W + b)
            losses.append(cross_entropy(A, y_batch))
            delta = (A - y_batch) / len(X_batch)
            W = W - 0.05 * flatten(X_batch).T @ delta
            b = b - 0.05 * delta.sum(axis=0)
    return [W, b], losses


def predict_color_cnn(X, params):
    return softmax(flatten(X) @ params[0] + params[1])
"""
    assert not [each for each in graded("5.4", source) if each.place]


def test_each_method_of_a_class_has_edits_in_its_own_indentation():
    found = edits.edits(NETWORK, "NeuralNetwork", frozenset())
    assert {edit.function for edit in found} >= {"__init__", "forward", "backward", "predict"}
    for edit in found:
        (defined,) = ast.parse(edit.text).body
        assert [node.name for node in defined.body][:3] == ["__init__", "forward", "backward"]


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
