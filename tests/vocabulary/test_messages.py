"""Every word of the vocabulary: what it lets pass, and the whole text of what it says otherwise."""

import ast
import inspect
import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from grader.boundary.workers import Workers
from grader.course import registry
from grader.vocabulary import expect, gates
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student

SOURCE = """
import numpy as np


def good(X, rng=None):
    return X + 1.0


def changes(X):
    X += 1
    return X


def warns(X):
    return np.log(X * 0.0)


def draws(X, rng):
    return X + np.random.normal()


def refuses(X):
    raise ValueError("no")


def same(X):
    return X


def widens(X):
    return X.astype(np.float64) + 1


def keeps_integers(X):
    return X + 1
"""

A = np.array([1.0, 2.0])
LABELS = np.arange(70) % 10
DIGITS = SimpleNamespace(name="digits", X_test=np.zeros((297, 784)))


def draw(dtype=float):
    """A function that gives other arguments at each call."""
    numbers = itertools.count()
    return lambda: (A.astype(dtype) + next(numbers),)


def cube(params):
    return float(np.sum(params[0] ** 3))


def slow(**_):
    loop = ("ch3_4_x.py", 7, "mlp_loss", "for i in range(n):")
    return SimpleNamespace(reply=SimpleNamespace(seconds=60.0, loop=loop, value=None))


# word: (passes, fails, the whole message); `s` is the student.
WORDS = {
    "that": (
        lambda s: expect.that(True, "the fact"),
        lambda s: expect.that(False, "the fact", expected="1", got="2"),
    ),
    "fail": (
        None,
        lambda s: expect.fail("the fact", where="here", note="a word more"),
    ),
    "close": (
        lambda s: expect.close(A + 1e-10, A),
        lambda s: expect.close(np.array([1.0, 2.5]), A),
    ),
    "close_list": (
        lambda s: expect.close_list((A, A), [A, A], ("dW", "db")),
        lambda s: expect.close_list([A, A * 2], [A, A], ("dW", "db")),
    ),
    "parts": (
        lambda s: expect.parts([1, 2], "loss", "grads"),
        lambda s: expect.parts([1, 2, 3], "loss", "grads"),
    ),
    "array": (
        lambda s: expect.array(A, (2,)),
        lambda s: expect.array(A, (3,)),
    ),
    "arrays": (
        lambda s: expect.arrays([A], [(2,)], ["b"]),
        lambda s: expect.arrays([A * np.inf], [(2,)], ["b"]),
    ),
    "number": (
        lambda s: expect.number(np.float64(1)),
        lambda s: expect.number(A),
    ),
    "losses": (
        lambda s: expect.losses([0.5, 0.25], 2),
        lambda s: expect.losses([0.5, 0.25], 3),
    ),
    "gradient": (
        lambda s: expect.gradient([3 * A**2], cube, [A], ["dW"]),
        lambda s: expect.gradient([A**2], cube, [A], ["dW"]),
    ),
    "right": (
        lambda s: expect.right(A.astype(np.float32), A),
        lambda s: expect.right(A + 1, A),
    ),
    "depends_on_arguments": (
        lambda s: expect.depends_on_arguments(s.good, draw()),
        lambda s: expect.depends_on_arguments(s.same, draw()),
    ),
    "keeps_dtype": (
        lambda s: expect.keeps_dtype(s.good, draw()),
        lambda s: expect.keeps_dtype(s.widens, draw()),
    ),
    "takes_integers": (
        lambda s: expect.takes_integers(s.good, draw(int)),
        lambda s: expect.takes_integers(s.keeps_integers, draw(int)),
    ),
    "leaves_arguments_alone": (
        lambda s: expect.leaves_arguments_alone(s.good, draw()),
        lambda s: expect.leaves_arguments_alone(s.changes, draw()),
    ),
    "unchanged": (
        lambda s: expect.unchanged(s.good, A),
        lambda s: expect.unchanged(s.changes, A),
    ),
    "silent": (
        lambda s: expect.silent(s.good, A),
        lambda s: expect.silent(s.warns, A),
    ),
    "reproducible": (
        lambda s: expect.reproducible(s.good, A, expect.Seeded(3)),
        lambda s: expect.reproducible(s.draws, A, expect.Seeded(3)),
    ),
    "raises": (
        lambda s: expect.raises(ValueError, s.refuses, A, why="it has 2 entries"),
        lambda s: expect.raises(ValueError, s.good, A, why="it has 2 entries"),
    ),
    "refuses": (
        lambda s: expect.refuses(s.refuses, A, why="it has 2 entries"),
        lambda s: expect.refuses(s.good, A, why="it has 2 entries"),
    ),
    "at_least": (
        lambda s: expect.at_least(90.0, 90, what="accuracy", unit="%"),
        lambda s: expect.at_least(89.99, 90, what="accuracy", unit="%"),
    ),
    "at_most": (
        lambda s: expect.at_most(2.0, 2, what="the ratio"),
        lambda s: expect.at_most(3.0, 2, what="the ratio", note="a word more"),
    ),
    "starts_near_chance": (
        lambda s: gates.starts_near_chance([2.5]),
        lambda s: gates.starts_near_chance([7.0]),
    ),
    "falls_to": (
        lambda s: gates.falls_to(np.full(9, 0.01), 0.1, 9),
        lambda s: gates.falls_to(np.full(9, 2.3), 0.1, 9),
    ),
    "falls": (
        lambda s: gates.falls(np.array([2.0, 1.0]), None),
        lambda s: gates.falls(np.array([1.0, 2.0]), None),
    ),
    "probabilities": (
        lambda s: gates.probabilities(np.full((2, 10), 0.1), 2),
        lambda s: gates.probabilities(np.full((2, 10), -0.1), 2),
    ),
    "is_no_decision": (
        lambda s: gates.is_no_decision(np.full((2, 10), 0.1)),
        lambda s: gates.is_no_decision(np.eye(10)),
    ),
    "better_than_guessing": (
        lambda s: gates.better_than_guessing(np.eye(10), np.arange(10)),
        lambda s: gates.better_than_guessing(np.eye(10), np.zeros(10, int)),
    ),
    "judges_each_independently": (
        lambda s: gates.judges_each_independently(lambda X: np.eye(10)[X], LABELS, LABELS),
        lambda s: gates.judges_each_independently(lambda X: np.eye(10)[X - X[0]], LABELS, LABELS),
    ),
    "reaches": (
        lambda s: gates.reaches(0.9, "train_mlp", DIGITS),
        lambda s: gates.reaches(0.5, "train_mlp", DIGITS),
    ),
    "reaches_after": (
        lambda s: gates.reaches_after(5, lambda epochs: 0.9, "train_mlp", DIGITS),
        lambda s: gates.reaches_after(5, lambda epochs: 0.5, "train_mlp", DIGITS),
    ),
    "vectorized": (
        lambda s: gates.vectorized(lambda: (slow, str), lambda: None, 1000, "training"),
        lambda s: gates.vectorized(lambda: (slow, str), lambda: None, 10, "training"),
    ),
}
MESSAGES = {
    "that": ("the fact\n  expected  1\n  got       2"),
    "fail": ("the fact\n  where     here\n  note      a word more"),
    "close": (
        "the answer has wrong values\n"
        "  expected  float64 (2,) [1., 2.]\n"
        "  got       float64 (2,) [1. , 2.5]\n"
        "  where     [1]: expected 2, got 2.5\n"
        "  off by    0.5, allowed 2e-09 (1e-09 of the largest entry, float64); 1 of 2 "
        "entries differ"
    ),
    "close_list": (
        "`db` has wrong values\n"
        "  expected  float64 (2,) [1., 2.]\n"
        "  got       float64 (2,) [2., 4.]\n"
        "  where     [0]: expected 1, got 2\n"
        "  off by    2, allowed 2e-09 (1e-09 of the largest entry, float64); 2 of 2 entries differ"
    ),
    "parts": (
        "the answer should have 2 parts, (loss, grads), but has 3\n"
        "  expected  (loss, grads)\n"
        "  got       [1, 2, 3]"
    ),
    "array": (
        "the answer should have shape (3,) but has (2,)\n"
        "  expected  an array of shape (3,)\n"
        "  got       float64 (2,) [1., 2.]"
    ),
    "arrays": (
        "`b` holds inf\n"
        "  expected  an array of shape (2,)\n"
        "  got       float64 (2,) [inf, inf]\n"
        "  where     [0]: got inf"
    ),
    "number": (
        "the answer should be one number\n  expected  a number\n  got       float64 (2,) [1., 2.]"
    ),
    "losses": ("`losses` should have length 3 but has length 2\n  got       [0.5, 0.25]"),
    "gradient": (
        "`dW` has wrong values\n"
        "  expected  float64 (2,) [3., 12.]\n"
        "  got       float64 (2,) [1., 4.]\n"
        "  where     [0]: expected 3, got 1\n"
        "  off by    8, allowed 2.4e-05 (2e-06 of the largest entry, float64); 2 of 2 "
        "entries differ"
    ),
    "right": (
        "the answer has wrong values\n"
        "  expected  float64 (2,) [1., 2.]\n"
        "  got       float64 (2,) [2., 3.]\n"
        "  where     [0]: expected 1, got 2\n"
        "  off by    1, allowed 2e-09 (1e-09 of the largest entry, float64); "
        "2 of 2 entries differ"
    ),
    "depends_on_arguments": (
        "the answer is one of the arguments: return what you compute\n"
        "  call      same(np.array([1., 2.]))\n"
        "  got       float64 (2,) [1., 2.]"
    ),
    "keeps_dtype": (
        "the answer should have dtype float32 but has float64\n"
        "  call      widens(np.array([1., 2.], dtype=np.float32))\n"
        "  expected  float32 (2,) [2., 3.]\n"
        "  got       float64 (2,) [2., 3.]"
    ),
    "takes_integers": (
        "the answer should have dtype float64 but has int64\n"
        "  call      keeps_integers(np.array([1, 2]))\n"
        "  expected  float64 (2,) [2., 3.]\n"
        "  got       int64 (2,) [2, 3]"
    ),
    "leaves_arguments_alone": (
        "`changes` changes its argument 1: work on a copy\n"
        "  call      changes(np.array([1., 2.]))\n"
        "  expected  float64 (2,) [1., 2.]\n"
        "  got       float64 (2,) [2., 3.]"
    ),
    "unchanged": (
        "`changes` changes its argument 1: work on a copy\n"
        "  call      changes(np.array([1., 2.]))\n"
        "  expected  float64 (2,) [1., 2.]\n"
        "  got       float64 (2,) [2., 3.]"
    ),
    "silent": (
        "`warns` makes NumPy warn: divide by zero encountered in log\n"
        "  call      warns(np.array([1., 2.]))\n"
        "  got       RuntimeWarning: divide by zero encountered in log\n"
        "  your line ch1_1_numpy_arrays.py:15"
    ),
    "reproducible": (
        "`draws` uses the global random state: draw every random number from `rng`\n"
        "  call      draws(np.array([1., 2.]), np.random.default_rng(3))"
    ),
    "raises": (
        "`good` should raise ValueError: it has 2 entries\n"
        "  call      good(np.array([1., 2.]))\n"
        "  expected  ValueError: it has 2 entries\n"
        "  got       float64 (2,) [2., 3.]"
    ),
    "refuses": (
        "`good` should raise ValueError: it has 2 entries\n"
        "  call      good(np.array([1., 2.]))\n"
        "  expected  ValueError: it has 2 entries\n"
        "  got       float64 (2,) [2., 3.]"
    ),
    "at_least": (
        "accuracy should be at least 90% but is 89.99%\n"
        "  expected  at least 90%\n"
        "  got       89.99%"
    ),
    "at_most": (
        "the ratio should be at most 2 but is 3.0\n"
        "  expected  at most 2\n"
        "  got       3\n"
        "  note      a word more"
    ),
    "starts_near_chance": (
        "training should start near a loss of ln 10 = 2.303 (guessing) but starts at 7.0\n"
        "  expected  2.303 +/- 1\n"
        "  got       7\n"
        "  next      Do the weights start too large, or is the loss a sum where it should be\n"
        "            a mean?"
    ),
    "falls_to": (
        "the network should be able to memorize a few images, but the loss ends at 2.3\n"
        "  expected  a loss below 0.1\n"
        "  got       2.3 at first, 2.3 at the end\n"
        "  next      Are the gradients right, and does the update subtract them?"
    ),
    "falls": (
        "the losses should fall, but go from 1.0 to 2.0\n"
        "  expected  a lower mean in the last fifth than in the first\n"
        "  got       1 in the first fifth of 2 losses, 2 in the last"
    ),
    "probabilities": ("probabilities should not be below 0"),
    "is_no_decision": ("all 100 probabilities are exactly 0 or 1: return them before you decide"),
    "better_than_guessing": (
        "accuracy of the predictions should be at least 30% but is 10.0%\n"
        "  expected  at least 30%\n"
        "  got       10%"
    ),
    "judges_each_independently": (
        "the prediction for an image depends on the batch it is in: compute nothing, such as a "
        "mean, a standard deviation or a maximum, from all images of `X`\n"
        "  expected  float64 (1, 10) [[0., 0., 0., 0., 0., 0., 0., 1., 0., 0.]]\n"
        "  got       float64 (1, 10) [[1., 0., 0., 0., 0., 0., 0., 0., 0., 0.]]"
    ),
    "reaches": (
        "test accuracy on 297 digits images should be at least 86% but is 50.0%\n"
        "  expected  at least 86%\n"
        "  got       50%"
    ),
    "reaches_after": (
        "test accuracy on 297 digits images should be at least 86% but is 50.0%\n"
        "  expected  at least 86%\n"
        "  got       50%"
    ),
    "vectorized": (
        "training takes 120 times as long as its matrix products alone: let NumPy do the loops\n"
        "  expected  at most 10 times 500 ms, just measured on this machine\n"
        "  got       60 s\n"
        "  where     ch3_4_x.py:7, in mlp_loss: for i in range(n):"
    ),
}


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submission")
    (folder / "ch1_1_numpy_arrays.py").write_text(SOURCE)
    workers = Workers(folder)
    yield workers
    workers.close()


@pytest.fixture
def student(workers, monkeypatch):
    clock = itertools.count(step=0.5)
    monkeypatch.setattr(gates, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    student = Student(workers, "ch1_1_numpy_arrays")
    token = expect.calls.set(student.calls)
    yield student
    expect.calls.reset(token)


@pytest.mark.parametrize("word", [word for word in WORDS if WORDS[word][0]])
def test_a_word_lets_the_right_thing_pass(word, student):
    WORDS[word][0](student)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_says_this_and_nothing_else(word, student):
    with pytest.raises(Finding) as caught:
        WORDS[word][1](student)
    assert str(caught.value) == MESSAGES[word]


NO_WORDS = {
    *(
        "central_differences",
        "thresholds",
        "long_run",
        "one_hot",
        "images",
        "calibrate_dense",
        "train_plainly",
    ),
    *("outcome", "fifths", "some_right", "is_reached"),
}


def test_no_word_is_left_out():
    public = {
        name
        for module in (expect, gates)
        for name, thing in vars(module).items()
        if inspect.isroutine(thing) and thing.__module__.startswith(module.__name__)
        if not name.startswith("_")
    }
    assert public - NO_WORDS == set(WORDS)


def test_no_check_has_a_bare_assert():
    for chapter in registry.chapters():
        tree = ast.parse(chapter.checks_file.read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree))
