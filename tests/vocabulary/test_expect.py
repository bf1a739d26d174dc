"""The vocabulary: what each word lets pass, and the exact message where it does not."""

import numpy as np
import pytest

from grader.boundary.workers import Workers
from grader.vocabulary import expect
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student
from grader.vocabulary.values import show_call

A = np.array([[1.0, 2.0], [3.0, 4.0]])


def message(word, *args, **options):
    """The whole text that a word fails with."""
    with pytest.raises(Finding) as caught:
        word(*args, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (A.copy(), A),
        (A + 1e-10, A),
        (A.astype(np.float32) * np.float32(1 + 1e-6), A.astype(np.float32)),
        (np.array([1, 2], np.int32), np.array([1, 2])),
        (0.5, 0.5),
        (np.float64(0.5), 0.5),
        (np.array(0.5), 0.5),
        (1, 1.0),
        (np.float32(0.5), np.float32(0.5)),
        (0.5, np.float32(0.5)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_close_lets_a_right_answer_pass(got, want):
    value = expect.close(got, want)
    assert np.allclose(value, want)


def test_close_tells_what_came_what_should_have_where_and_how_far_off():
    assert message(expect.close, A + np.array([[0, 0.5], [0, 0]]), A) == (
        "the answer has wrong values\n"
        "  expected  float64 (2, 2) [[1., 2.], [3., 4.]]\n"
        "  got       float64 (2, 2) [[1. , 2.5], [3. , 4. ]]\n"
        "  where     [0, 1]: expected 2, got 2.5\n"
        "  off by    0.5, allowed 4e-09 (1e-09 of the largest entry, float64); "
        "1 of 4 entries differ"
    )


def test_close_tells_a_wrong_number():
    assert message(expect.close, 1.5, 1.0, what="`loss`") == (
        "`loss` is wrong\n  expected  1.0\n  got       1.5\n"
        "  off by    0.5, allowed 1e-09 (1e-09 of the number, float64)"
    )


@pytest.mark.parametrize(
    ("got", "want", "headline"),
    [
        (None, A, "the answer should be a NumPy array"),
        ([[1.0, 2.0], [3.0, 4.0]], A, "the answer should be a NumPy array"),
        ("text", A, "the answer should be a NumPy array"),
        (A[0], A, "the answer should have shape (2, 2) but has (2,)"),
        (A.astype(np.float32), A, "the answer should have dtype float64 but has float32"),
        (A, A.astype(np.float32), "the answer should have dtype float32 but has float64"),
        (A.astype(int), A, "the answer should have dtype float64 but has int64"),
        (A, A.astype(int), "the answer should have dtype int64 but has float64"),
        (A * np.nan, A, "the answer holds nan"),
        (A * np.inf, A, "the answer holds inf"),
        (None, 1.0, "the answer should be one number"),
        (True, 1.0, "the answer should be one number"),
        ("1.0", 1.0, "the answer should be one number"),
        (np.ones(1), 1.0, "the answer should be one number"),
        (1 + 0j, 1.0, "the answer should be one number"),
        (np.float32(1), 1.0, "the answer should have dtype float64 but has float32"),
        (float("nan"), 1.0, "the answer is nan"),
        (float("-inf"), 1.0, "the answer is inf"),
        (10**400, 1.0, "the answer is inf"),
    ],
)
def test_close_says_what_form_is_wrong(got, want, headline):
    assert message(expect.close, got, want).splitlines()[0] == headline


def test_close_list_takes_lists_and_tuples_and_names_the_part():
    expect.close_list([A, A], (A, A), ("dW", "db"))
    expect.close_list((A, A), (A, A), ("dW", "db"))
    text = message(expect.close_list, [A, A + 1], (A, A), ("dW", "db"))
    assert text.splitlines()[0] == "`db` has wrong values"


def test_close_list_can_look_at_some_parts_alone_and_keeps_all_for_the_diagnosis():
    expect.close_list([A, A + 1], (A, A), ("dW", "db"), only=["dW"])
    with pytest.raises(Finding) as caught:
        expect.close_list([A, A + 1], (A, A), ("dW", "db"), only=["db"])
    assert [evidence.name for evidence in caught.value.parts] == ["`dW`", "`db`"]


RNG = np.random.default_rng(0)


def numbers():
    return (RNG.normal(size=(2, 3)),)


@pytest.mark.parametrize(
    "nothing",
    [
        lambda X: None,
        lambda X: 1.0,
        np.zeros_like,
        np.ones_like,
        lambda X: X,
        lambda X: 1 * X,
        lambda X: -0.0 * X,
        lambda X: (X, np.zeros(2)),
        lambda X: [0.0, [X, X]],
        lambda X: [X, float("nan"), np.full(3, np.nan), None, "text"],
    ],
)
def test_depends_on_arguments_rejects_constants_and_arguments_handed_back(nothing):
    text = message(expect.depends_on_arguments, nothing, numbers)
    assert "compute it from them" in text or "return what you compute" in text


@pytest.mark.parametrize(
    "answer",
    [
        np.tanh,
        np.sum,
        lambda X: (X, X.sum()),
        lambda X: [np.zeros(2), [2 * X]],
        lambda X: np.maximum(X, 0) * (X[0, 0] > 0),  # a dead unit gives zeros now and then
        lambda X: {"W": [2 * X]},
    ],
)
def test_depends_on_arguments_takes_any_answer_that_does_right_or_wrong(answer):
    rng = np.random.default_rng(0)  # its own: other tests draw more or less
    args, got = expect.depends_on_arguments(answer, lambda: (rng.normal(size=(2, 3)),))
    assert str(got) == str(answer(*args))


@pytest.mark.parametrize(
    ("function", "headline"),
    [
        (lambda X: 2 * X, None),
        (lambda X: 2.0 * X.astype(float), "the answer should have dtype float32 but has float64"),
        (lambda X: np.float32(2 * X), "the answer should have dtype float64 but has float32"),
        (lambda X: X * X.itemsize, "the answer has wrong values"),
    ],
)
def test_keeps_dtype_compares_a_function_with_itself(function, headline):
    if headline:
        assert message(expect.keeps_dtype, function, numbers).splitlines()[0] == headline
    else:
        expect.keeps_dtype(function, numbers)


def test_takes_integers_wants_float64_and_the_values_of_floats():
    def whole():
        return (np.round(10 * numbers()[0]).astype(np.int8),)

    expect.takes_integers(lambda X: 0.5 * X.astype(float), whole)
    text = message(expect.takes_integers, lambda X: 2 * X, whole)
    assert text.splitlines()[0] == "the answer should have dtype float64 but has int8"
    text = message(expect.takes_integers, lambda X: X**9 / 1.0, whole)
    assert text.splitlines()[0] == "the answer has wrong values"


def test_parts_wants_as_many_as_there_are_names():
    assert expect.parts((1, 2), "loss", "grads") == (1, 2)
    assert message(expect.parts, None, "loss", "grads") == (
        "the answer should be (loss, grads)\n  expected  (loss, grads)\n  got       None"
    )
    text = message(expect.parts, [1], "loss", "grads")
    assert text.splitlines()[0] == "the answer should have 2 parts, (loss, grads), but has 1"


def test_array_and_arrays_validate_for_the_examiner():
    assert expect.array(A, (2, 2)) is A
    assert expect.array(A.astype(int), (2, 2), dtype="int").dtype == int
    text = message(expect.array, A, (2, 2), dtype="int")
    assert text.splitlines()[0] == "the answer should hold ints but holds float64"
    (got,) = expect.arrays([A.astype(np.float32)], [(2, 2)], ["W"])
    assert got.dtype == np.float64
    text = message(expect.arrays, [A], [(3, 2)], ["W"])
    assert text.splitlines()[0] == "`W` should have shape (3, 2) but has (2, 2)"


def test_losses_takes_any_sequence_of_finite_numbers():
    mixed = (np.float64(0.5), np.array(0.25))
    for got in ([0.5, 0.25], mixed, np.array([0.5, 0.25])):
        assert expect.losses(got, count=2).tolist() == [0.5, 0.25]
    assert message(expect.losses, None).splitlines()[0] == (
        "`losses` should be a sequence of numbers"
    )
    assert message(expect.losses, []).splitlines()[0] == (
        "`losses` should have length 1 or more but has length 0"
    )
    assert message(expect.losses, [1.0], count=3).splitlines()[0] == (
        "`losses` should have length 3 but has length 1"
    )
    assert message(expect.losses, [1.0, float("nan")]).splitlines()[0] == "`losses`[1] is nan"


def test_gradient_finds_the_one_wrong_coordinate():
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(3, 2)), rng.normal(size=2)

    def loss(params):
        return float(np.sum(np.sin(params[0])) + np.sum(params[1] ** 3))

    right = [np.cos(W), 3 * b**2]
    expect.gradient(right, loss, [W, b], ("dW", "db"))
    wrong = [right[0].copy(), right[1]]
    wrong[0][2, 1] *= 1.001
    text = message(expect.gradient, wrong, loss, [W, b], ("dW", "db"))
    assert text.splitlines()[0] == "`dW` has wrong values"
    assert "where     [2, 1]" in text
    assert "1 of 6 entries differ" in text


def test_thresholds_say_what_was_measured():
    expect.at_least(90.0, 90, what="accuracy", unit="%")
    expect.at_most(1.0, 2, what="the ratio")
    assert message(expect.at_least, 89.99, 90, what="accuracy", unit="%").splitlines()[0] == (
        "accuracy should be at least 90% but is 89.99%"
    )
    assert message(expect.at_most, 3.0, 2, what="the ratio").splitlines()[0] == (
        "the ratio should be at most 2 but is 3.0"
    )
    for word in (expect.at_least, expect.at_most):
        assert "is nan" in message(word, float("nan"), 1, what="it")


def test_that_is_the_plain_word():
    expect.that(True, "never seen")
    assert message(expect.that, False, "the fact", expected="1", got="2") == (
        "the fact\n  expected  1\n  got       2"
    )


SOURCE = """
import random
import warnings

import numpy as np

count = 0


def good(X, rng=None):
    return X + 1.0 if rng is None else X + rng.normal(size=X.shape)


def changes(X):
    X += 1
    return X


def changes_list(params):
    params.append(1)
    return 0.5


def warns(X):
    return np.log(X * 0.0)


def touches(X, rng):
    return X + np.random.normal()


def touches_python(X, rng):
    return X + random.random()


def counts(X, rng):
    global count
    count += 1
    return X + count


def refuses(X):
    if X.shape != (2, 2):
        raise ValueError("no")
    return X


def refuses_otherwise(X):
    raise KeyError("no")


def stub(X):
    raise NotImplementedError
"""


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submission")
    (folder / "ch1_1_numpy_arrays.py").write_text(SOURCE)
    workers = Workers(folder)
    yield workers
    workers.close()


@pytest.fixture
def student(workers):
    student = Student(workers, "ch1_1_numpy_arrays")
    token = expect.calls.set(student.calls)
    yield student
    expect.calls.reset(token)


def test_every_message_shows_the_call_that_gave_the_answer(student):
    got = student.good(A)
    student.good(np.zeros(3))
    text = message(expect.close, got, A)
    assert "  call      good(np.array([[1., 2.], [3., 4.]]))\n" in text


def test_unchanged_tells_which_argument_changed(student):
    assert (expect.unchanged(student.good, A) == A + 1).all()
    text = message(expect.unchanged, student.changes, A)
    assert text.splitlines()[0] == "`changes` changes its argument 1: work on a copy"
    text = message(expect.unchanged, student.changes_list, [1.0])
    assert text.splitlines()[0] == "`changes_list` changes its argument 1: work on a copy"


def test_silent_tells_the_warning_and_its_line(student):
    assert (expect.silent(student.good, A) == A + 1).all()
    text = message(expect.silent, student.warns, A)
    assert text.splitlines()[0] == "`warns` makes NumPy warn: divide by zero encountered in log"
    assert "  your line ch1_1_numpy_arrays.py:25" in text


def test_reproducible_wants_rng_and_nothing_else(student):
    seeded = expect.Seeded(3)
    want = A + np.random.default_rng(3).normal(size=A.shape)
    assert (expect.reproducible(student.good, A, seeded) == want).all()
    for function in (student.touches, student.touches_python):
        text = message(expect.reproducible, function, A, seeded)
        advice = "uses the global random state: draw every random number from `rng`"
        assert advice in text.splitlines()[0]
    text = message(expect.reproducible, student.counts, A, seeded)
    assert "returns different answers for the same `rng` seed" in text.splitlines()[0]


def test_raises_wants_this_kind_of_exception(student):
    expect.raises(ValueError, student.refuses, A[0], why="it is 1-d")
    assert message(expect.raises, ValueError, student.good, A, why="it is 2-d") == (
        "`good` should raise ValueError: it is 2-d\n"
        "  call      good(np.array([[1., 2.], [3., 4.]]))\n"
        "  expected  ValueError: it is 2-d\n"
        "  got       float64 (2, 2) [[2., 3.], [4., 5.]]"
    )
    text = message(expect.raises, ValueError, student.refuses_otherwise, A, why="it is 2-d")
    assert "  got       KeyError: 'no'" in text
    with pytest.raises(Finding) as caught:
        expect.raises(ValueError, student.stub, A, why="it is 2-d")
    assert caught.value.status == "todo"


def test_a_warning_of_numpys_is_shown_beside_a_wrong_answer(student):
    text = message(expect.close, student.warns(A), A)
    assert "  note      NumPy warned: divide by zero encountered in log" in text


def test_a_call_shows_a_function_by_its_name_or_by_what_it_says_to_show():
    def loss(candidate):
        return candidate

    assert show_call("grid_search", (loss, [1]), {}) == "grid_search(loss, [1])"
    loss.shown = "{1: 2.0}.get"
    assert show_call("grid_search", (loss, [1]), {}) == "grid_search({1: 2.0}.get, [1])"
