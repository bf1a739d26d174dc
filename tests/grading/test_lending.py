"""A mistake costs points once, at home as in a class."""

import shutil
from functools import cache

import pytest
from support.faults import (
    WRONG_SOFTMAX,
    at_home,
    blamed,
    course,
    in_class,
    likely,
    lost,
    stem,
    with_wrong_values,
)
from support.running import EXERCISES, SOLUTIONS

from grader.course import registry
from grader.submission.uses import Uses


def graded(folder, chapters):
    """The result at home, which is the same in a class."""
    home, group = at_home(folder, chapters), in_class(folder, chapters)
    assert lost(home) == lost(group)
    assert blamed(home) == blamed(group)
    return home


def edited(folder, id, old, new):
    file = folder / f"{stem(id)}.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


SLOW = pytest.mark.slow
FREE = ("train_capstone",)  # an architecture of its own may predict the same with larger parameters
CHEAP = ("linear", "mse_gradient")
EVERY = [(chapter.stem, name) for chapter in registry.chapters() for name in chapter.functions]


@pytest.mark.slow
def test_one_wrong_value_costs_only_its_own_function_in_early_chapters(tmp_path):
    for pair in EVERY:
        if pair[1] in CHEAP:
            folder = with_wrong_values(tmp_path / pair[1], *pair)
            costs_only_its_own(graded(folder, "1.1-2.2"), *pair)


@cache
def uses():
    return Uses(SOLUTIONS)


def touched(stem, name):
    """The chapters in which the reference uses this function, its own among them."""
    using = {other for other, function in EVERY if (stem, name) in uses().closure(other, function)}
    return ",".join(registry.by_stem(each).id for each in sorted({stem, *using}))


@pytest.mark.exhaustive
@pytest.mark.parametrize(("stem", "name"), EVERY)
def test_one_wrong_value_costs_only_its_own_function(tmp_path, stem, name):
    folder = with_wrong_values(tmp_path / name, stem, name)
    costs_only_its_own(in_class(folder, touched(stem, name)), stem, name)


def costs_only_its_own(result, stem, name):
    own = registry.by_stem(stem)
    if name not in FREE:
        assert lost(result)
    assert lost(result).keys() <= {f"{own.id} {name}"}
    assert sum(lost(result).values()) <= own.functions[name]


MISTAKES = {
    "an axis": ("3.2-3.3", {"3.2 softmax"}, {"ch3_2": WRONG_SOFTMAX}),
}
LONG_MISTAKES = {
    "a sign": (
        "1.3-2.3,3.1",
        {"1.3 sigmoid"},
        {"ch1_3": "def sigmoid(Z):\n    return 1 / (1 + np.exp(np.asarray(Z, float)))\n"},
    ),
    "a refusal in the same chapter": (
        "4.3",
        {"4.3 max_pool"},
        {
            "ch4_3": "right_max_pool = max_pool\n\ndef max_pool(X, size, stride=None):\n"
            "    if X.shape[2] % size:\n        raise ValueError('ragged')\n"
            "    return right_max_pool(X, size, *([stride] if stride else []))\n"
        },
    ),
    "a mean in the same chapter": (
        "3.4",
        {"3.4 backward_mlp"},
        {
            "ch3_4": "right_backward = backward_mlp\n\ndef backward_mlp(X, *rest):\n"
            "    return tuple(len(X) * grad for grad in right_backward(X, *rest))\n"
        },
    ),
    "what another function of the check returned": (
        "4.5",
        {"4.5 momentum_update"},
        {"ch4_5": "def momentum_update(v, grad, mu, lr):\n    return mu * v + lr * grad\n"},
    ),
    "a prediction that the checks of training call": (
        "4.5",
        {"4.5 predict_capstone"},
        {
            "ch4_5": "right_predict = predict_capstone\n\n"
            "def predict_capstone(X, params):\n    return right_predict(X, params)[:, ::-1]\n"
        },
    ),
    "through an ungraded helper": (
        "3.2,4.5",
        {"3.2 softmax"},
        {
            "ch3_2": WRONG_SOFTMAX,
            "ch4_5": "right_forward = forward_deep_mlp\n\n"
            "def forward_deep_mlp(*args):\n    return right_forward(*args)\n",
        },
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_costs_once(tmp_path, kind):
    chapters, expected, texts = MISTAKES[kind]
    assert lost(graded(course(tmp_path / "course", **texts), chapters)).keys() == expected


@pytest.mark.slow
@pytest.mark.parametrize("kind", LONG_MISTAKES)
def test_a_mistake_costs_once_in_longer_runs(tmp_path, kind):
    chapters, expected, texts = LONG_MISTAKES[kind]
    assert lost(graded(course(tmp_path / "course", **texts), chapters)).keys() == expected


@pytest.mark.slow
def test_a_function_that_uses_a_wrong_one_has_no_likely_cause_of_its_own(tmp_path):
    home = graded(course(tmp_path / "course", ch3_2=WRONG_SOFTMAX), "3.2-3.4")
    assert likely(home).keys() == {"3.2 softmax"}
    assert blamed(home)["3.4 train_mlp"] == ["3.2 softmax"]


BROKEN = {
    "an indent": lambda folder: edited(folder, "1.2", "def linear", "  x = 1\ndef linear"),
    "a bracket": lambda folder: edited(folder, "1.2", "def linear", "x = (\ndef linear"),
    "an exit at the end": lambda folder: append(folder, "1.2", "import sys\nsys.exit()\n"),
    "a dead process": lambda folder: append(folder, "1.2", "import os\nos._exit(3)\n"),
    "not handed in": lambda folder: (folder / f"{stem('1.2')}.py").unlink(),
    "an unwritten chapter": lambda folder: shutil.copy(EXERCISES / f"{stem('1.2')}.py", folder),
}


def append(folder, id, text):
    file = folder / f"{stem(id)}.py"
    file.write_text(f"{file.read_text()}\n\n{text}")


EVERYDAY = ("an indent", "not handed in")


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", [kind if kind in EVERYDAY else pytest.param(kind, marks=SLOW) for kind in BROKEN]
)
def test_a_file_that_cannot_be_used_costs_its_own_points(tmp_path, kind):
    folder = course(tmp_path / "course")
    BROKEN[kind](folder)
    result = graded(folder, "1.2,2.2-2.3")
    assert lost(result) == {"1.2 matrix_multiply": 5.0, "1.2 linear": 5.0}
    assert blamed(result)["2.2 mse_gradient"] == ["1.2 matrix_multiply"]


def test_the_report_of_a_later_chapter_names_the_file_and_the_line_at_fault(tmp_path):
    folder = course(tmp_path / "course")
    BROKEN["an indent"](folder)
    text = (folder / f"{stem('1.2')}.py").read_text()
    line = text[: text.index("  x = 1")].count("\n") + 1
    (_, first), *_ = at_home(folder, "2.2").functions
    assert f"{stem('1.2')}.py:{line}" in first.failing[0].message
    assert first.is_done


@pytest.mark.slow
def test_a_misnamed_function_costs_its_own_points(tmp_path):
    folder = course(tmp_path / "course")
    edited(folder, "1.2", "def matrix_multiply", "def matmul")
    assert lost(graded(folder, "1.2,2.2-2.3")) == {"1.2 matrix_multiply": 5.0}


@pytest.mark.slow
@pytest.mark.parametrize("module", ["sklearn.metrics", "pandas", "pytest"])  # there or not
def test_an_import_that_is_not_used_costs_nothing(tmp_path, module):
    folder = course(tmp_path / "course")
    edited(folder, "2.1", "import numpy as np", f"import numpy as np\nfrom {module} import main")
    assert not lost(graded(folder, "2.1"))


@pytest.mark.slow
def test_an_import_that_is_used_costs_the_function_that_uses_it(tmp_path):
    text = "import pytest\n\ndef mse_loss(y_pred, y):\n    return pytest.approx(1.0).expected\n"
    result = graded(course(tmp_path / "course", ch2_1=text), "2.1")
    assert lost(result).keys() == {"2.1 mse_loss"}
    assert "No module named 'pytest'" in result.functions[0][1].failing[0].message


NOT_TO_BLAME = {
    "what it does not call": (
        "3.2",
        {"ch3_2": "def tanh(Z):\n    return np.tanh(Z)\n\n"
         "def tanh_derivative(Z):\n    return 1 - np.tanh(Z)\n"},
    ),
    "what fails in another way": (
        "1.2",
        {"ch1_2": "def matrix_multiply(A, B):\n    return A @ B\n\n"
         "def linear(X, W, b):\n    Z = matrix_multiply(X, W)\n    Z + b\n    return Z\n"},
    ),
    "what is not reached": (
        "2.3",
        {"ch2_3": "right_minibatches = minibatches\n\ndef minibatches(X, y, batch_size, rng):\n"
         "    for batch in right_minibatches(X, y, batch_size, rng):\n"
         "        yield tuple(part.astype(float) for part in batch)\n\n"
         "right_descent = gradient_descent\n\n"
         "def gradient_descent(X, y, params, lr, loss, batch_size=32, epochs=1, rng=None):\n"
         "    if batch_size is None:\n        batch_size // 2\n"
         "    return right_descent(X, y, params, lr, loss, batch_size, epochs, rng)\n"},
    ),
    "what works": (
        "1.3,3.1",
        {"ch3_1": "def forward_perceptron(X, w, b):\n    return sigmoid(linear(X, w, b) + 0.5)\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NOT_TO_BLAME)
def test_nothing_is_blamed_that_has_no_part_in_it(tmp_path, kind):
    chapters, texts = NOT_TO_BLAME[kind]
    result = at_home(course(tmp_path / "course", **texts), chapters)
    assert lost(result)
    assert not blamed(result)


@pytest.mark.slow
def test_a_slow_part_is_named_with_its_share(tmp_path):
    slow = "import time\n\nright_linear = linear\n\ndef linear(X, W, b):\n"
    slow += "    time.sleep(0.02)\n    return right_linear(X, W, b)\n"
    result = at_home(course(tmp_path / "course", ch1_2=slow), "1.2,3.1")
    assert not lost(result)
    assert blamed(result) == {"3.1 train_perceptron": ["1.2 linear"]}
    assert not likely(result)
    (train,) = [function for _, function in result.functions if function.failing]
    assert "`linear` takes 100% of the time" in train.failing[0].message
    assert train.because_of[0].slow


@pytest.mark.slow
def test_what_was_not_run_is_not_judged(tmp_path):
    hang = "def normalize(X):\n    while True:\n        pass\n"
    result = in_class(course(tmp_path / "course", ch1_1=hang), "1.1-1.3", budget=3.0)
    assert not blamed(result)
    for _, function in result.functions[1:]:
        for check in function.failing:
            assert check.message == "not graded: the time for the whole submission was up"
    assert not likely(result)


SELECTING = """
from .ch3_3_forward_mlp import forward_mlp
from .ch3_4_backpropagation import train_mlp

def accuracy(y_pred, y):  # the share that is wrong
    labels = [np.argmax(a, axis=1) if np.ndim(a) == 2 else np.asarray(a) for a in (y_pred, y)]
    return 1.0 - float(np.mean(labels[0] == labels[1]))

def train_capstone(X, y, rng=None):
    if len(X) < 300:
        return train_mlp(X, y, hidden=64, epochs=25, batch_size=16, rng=rng)
    trained = [train_mlp(X, y, hidden=64, lr=lr, epochs=15, rng=rng) for lr in (1e-5, 0.2)]
    return max(trained, key=lambda each: accuracy(predict_capstone(X, each[0]), y))

def predict_capstone(X, params):
    return forward_mlp(np.asarray(X, dtype=float), *params)[1]
"""


@pytest.mark.slow
def test_a_function_that_only_much_data_makes_use_of_is_lent(tmp_path):
    folder = course(tmp_path / "course", ch4_5=SELECTING)
    assert blamed(at_home(folder, "4.5")) == {
        "4.5 train_capstone": ["4.5 accuracy"],
        "4.5 predict_capstone": ["4.5 accuracy"],
    }
