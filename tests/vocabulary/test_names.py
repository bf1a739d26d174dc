"""Which name is meant: the course's and NumPy's before those that are only similar."""

import pytest

from grader.vocabulary import names


def raised(message, bases=("NameError",), line="", similar=""):
    lines = [("ch2_1_loss_functions.py", 3, "f", line)] if line else []
    return {"message": message, "bases": list(bases), "lines": lines, "did_you_mean": similar}


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("sigmoid", "A = sigmoid(Z)", "import `sigmoid` from chapter 1.3"),
        ("relu", "A = relu(Z)", "import `relu` from chapter 3.2"),
        ("math", "return math.exp(Z)", "write `import math`"),
        ("np", "return np.exp(Z)", "write `import numpy as np`"),
        ("numpy", "return numpy.exp(Z)", "write `import numpy as np`"),
        ("scipy", "return scipy.special.expit(Z)", "write `import scipy`"),
        ("exp", "return exp(-Z)", "did you mean `np.exp`?"),
        ("mse_loss", "return mse_loss(A, y)", "belongs to this chapter"),
        ("gradient_descent", "gradient_descent(X)", "from chapter 2.3"),
        ("diff", "return diff ** 2", None),
        ("time", "return time + 1", None),
    ],
)
def test_an_undefined_name_is_explained_by_what_has_that_name(name, line, expected):
    stem = "ch4_2_convolution" if name != "mse_loss" else "ch2_1_loss_functions"
    found = names.meant(raised(f"name '{name}' is not defined", line=line), stem)
    assert (found is None) if expected is None else expected in found


def test_an_import_of_an_earlier_chapters_missing_helper_is_told_as_such():
    message = "cannot import name 'im2col' from 'exercises.ch4_2_convolution' (/x/y.py)"
    error = raised(message, ("ImportError",))
    assert names.missing_from_chapter(error) == ("im2col", "ch4_2_convolution")
    assert "`ch4_2_convolution.py` has no `im2col`" in names.meant(error, "ch4_3_pooling_cnn")


@pytest.mark.parametrize(
    ("line", "since"),
    [
        ('print(f"{X["a"]}")', "3.12"),
        ("type Vector = list[float]", "3.12"),
        ("def first[T](items: list[T]) -> T:", "3.12"),
        ("except ValueError, TypeError:", "3.14"),
        ('print(f"{X} and {y}")', None),
        ("print('a' f'{b}')", None),
        ("if x = 3:", None),
    ],
)
def test_syntax_of_a_newer_python_is_recognized(line, since):
    assert names.newer_syntax(line, (3, 11)) == since
    assert names.newer_syntax(line, (3, 15)) is None


@pytest.mark.parametrize(
    ("asked", "defined", "expected"),
    [
        ("matrix_multiply", "def matrix_multiplication(X, W):", "matrix_multiplication"),
        ("softmax", "def softMax(Z):", "softMax"),
        ("NeuralNetwork", "class Neural_Network:", "Neural_Network"),
        ("max_pool", "def avg_pool(X, size):", None),  # another function of the course
        ("relu", "def helper(Z):", None),
    ],
)
def test_a_function_under_a_similar_name_is_found(asked, defined, expected):
    assert names.similar(asked, f"import numpy as np\n\n\n{defined}\n    pass\n") == expected
