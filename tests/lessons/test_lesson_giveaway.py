"""No lesson shows the body of a function that its reader is to write."""

import ast
import textwrap

import pytest

from lessons.site import giveaway, parsing, places


class Renamed(ast.NodeTransformer):
    """Gives every variable of a function another name."""

    def __init__(self, tree):
        self.known = giveaway.KNOWN | {"self"}
        self.called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}

    def visit_Name(self, node):
        if node.id not in self.known and id(node) not in self.called:
            node.id = f"my_{node.id}"
        return node

    def visit_arg(self, node):
        node.arg = node.arg if node.arg in self.known else f"my_{node.arg}"
        return node


def graded():
    """`(stem, name, source)` of every function that is graded, methods too."""
    for chapter in places.chapters():
        source = (places.SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and node.name in chapter.functions:
                for method in (n for n in node.body if isinstance(n, ast.FunctionDef)):
                    yield chapter.stem, method.name, method
            if isinstance(node, ast.FunctionDef) and node.name in chapter.functions:
                yield chapter.stem, node.name, node


def lesson(code, stem):
    return parsing.parse(f"# Title\n\n```python\n{code}\n```\n", f"{stem}.md")


@pytest.mark.parametrize(
    ("stem", "name", "function"),
    list(graded()),
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_renamed_copy_of_the_reference_is_found(stem, name, function):
    tree = ast.parse(ast.unparse(function))
    copied = ast.unparse(Renamed(tree).visit(tree))
    found = giveaway.found_in(lesson(copied, stem))
    assert any(f"`{name}`" in line for line in found), copied


@pytest.mark.parametrize(
    ("stem", "name", "code"),
    [
        ("ch1_2_matrix_operations", "linear", "answer = inputs @ weights + bias"),
        ("ch3_2_activation_functions", "relu", "cut = lambda s: np.maximum(s, 0)"),
        ("ch3_2_activation_functions", "tanh_derivative", "print(1 - np.tanh(x) ** 2)"),
        (
            "ch3_4_backpropagation",
            "backward_mlp",
            """
            m = X.shape[0]
            error = (out - y) / m
            g2 = hidden.T @ error
            c2 = np.sum(error, axis=0)
            back = error @ V2.T * relu_derivative(hidden)
            g1 = X.T @ back
            c1 = back.sum(axis=0)
            """,
        ),
    ],
)
def test_the_same_steps_written_otherwise_are_found(stem, name, code):
    found = giveaway.found_in(lesson(textwrap.dedent(code), stem))
    assert any(f"`{name}`" in line for line in found)


@pytest.mark.parametrize(
    ("stem", "code"),
    [
        ("ch1_2_matrix_operations", "from exercises.ch1_2 import linear\nprint(linear(X, W, b))"),
        ("ch3_2_activation_functions", "for z in scores:\n    print(math.exp(z) / total)"),
        ("ch3_4_backpropagation", "dW = X.T @ (A - y)"),
    ],
)
def test_neighboring_code_is_allowed(stem, code):
    assert giveaway.found_in(lesson(code, stem)) == []


@pytest.mark.parametrize("path", places.lesson_files(), ids=lambda path: path.stem)
def test_no_lesson_gives_a_body_away(path):
    assert giveaway.found_in(parsing.read(path)) == []
