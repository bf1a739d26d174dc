"""What met in the expression that raised, and what the words for it never run."""

import sys

import numpy as np
import pytest

from grader.worker import operands


def raised_in(tmp_path, body, *args, parameters="X, n=None"):
    """`(expression, operands)` for a function with this body, written to a file and called."""
    path = tmp_path / "ch9_9_some.py"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    path.write_text(f"def f({parameters}):\n{lines}\n", encoding="utf-8")
    scope = {"np": np}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
    try:
        scope["f"](*args)
    except Exception:
        tb = sys.exc_info()[2]
        while tb.tb_next and tb.tb_next.tb_frame.f_code.co_filename == str(path):
            tb = tb.tb_next
        return operands.describe(tb)
    raise AssertionError("nothing was raised")


X = np.ones((5, 3))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "return len(X) // n",
            [["X", "has shape (5, 3)", "argument"], ["n", "is None", "argument"]],
        ),
        (
            "W = np.ones((4, 2))\nreturn X @ W",
            [["X", "has shape (5, 3)", "argument"], ["W", "has shape (4, 2)", ""]],
        ),
        ("return X.T @ X.T", [["X.T", "has shape (3, 5)", ""]]),
        ("k = X.shape\nreturn k[2]", [["k", "is (5, 3)", ""]]),
        ("n = None\nreturn n + 1", [["n", "is None", ""]]),
        ("params = [X, None]\nreturn params[1].T", [["params[1]", "is None", ""]]),
        ("raise ValueError('no')", []),
        ("k = 10 ** 5000\nreturn X @ (1, k)", [["X", "has shape (5, 3)", "argument"]]),
    ],
)
def test_the_operands_of_the_failing_expression_are_described(tmp_path, body, expected):
    _, found = raised_in(tmp_path, body, X)
    assert sorted(found) == sorted(expected)


def test_nothing_of_the_learners_is_run(tmp_path):
    body = """class Trap:
    @property
    def shape(self):
        raise SystemExit
    def __repr__(self):
        raise SystemExit
    def __getitem__(self, i):
        raise SystemExit
t = Trap()
return t.shape + t[0] + n @ t"""
    with pytest.raises(SystemExit):
        raised_in(tmp_path, body, X)
    text, found = raised_in(tmp_path, body.replace("t.shape + t[0] + n @ t", "n @ t"), X)
    assert text == "n @ t"
    assert ["t", "is of type Trap", ""] in found


def test_long_texts_and_many_operands_are_cut(tmp_path):
    many = "\n".join(f"v{i} = {i}" for i in range(20))
    names = " + ".join(f"v{i}" for i in range(20))
    _, found = raised_in(tmp_path, f"{many}\nreturn ({names}) + X['a' * 3]", X)
    assert len(found) <= operands.MOST
    _, found = raised_in(tmp_path, "t = 'x' * 5000\nreturn t + n", X)
    assert all(len(text) <= operands.LONGEST for operand in found for text in operand)
