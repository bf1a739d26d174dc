"""Whole submissions, right, half-done and wrong, graded as `grade run` does."""

import pytest
from support.running import (
    EXERCISES,
    SOLUTIONS,
    call_grade,
    functions,
    grade_json,
    solved_up_to,
    wrapped,
)

from grader.course import registry, stubs

CHAPTERS = registry.chapters()

NONE = "def wrap(function):\n    return lambda *args, **kwargs: None\n"
IDENTITY = "def wrap(function):\n    return lambda *args, **kwargs: args[0]\n"
TRANSPOSED = """
def turned(value):
    if isinstance(value, np.ndarray):
        return value.T
    if hasattr(value, "__next__"):
        return list(map(turned, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(turned, value))
    return value


def wrap(function):
    return lambda *args, **kwargs: turned(function(*args, **kwargs))
"""
WRONG_DTYPE = """
def cast(value):
    if isinstance(value, (np.ndarray, np.generic, float)):
        return np.asarray(value).astype(np.float16)
    if hasattr(value, "__next__"):
        return list(map(cast, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(cast, value))
    return value


def wrap(function):
    return lambda *args, **kwargs: cast(function(*args, **kwargs))
"""
# A number, a vector or a sequence of numbers is its own transpose.
ITS_OWN_TRANSPOSE = {
    "mse_loss",
    "binary_cross_entropy",
    "grid_search",
    "cross_entropy",
    "gradient_norms",
    "l2_regularization",
    "accuracy",
    "relative_error",
}
# The contract leaves the dtype of trained parameters free.
TRAINED = {name for chapter in CHAPTERS for name in chapter.functions if name.startswith("train_")}
ANY_DTYPE = {*TRAINED, "gradient_norms"}  # their docstrings promise none


def statuses(result):
    return {key: function["status"] for key, function in functions(result).items()}


TRAINING = [pytest.param(count, marks=pytest.mark.slow) for count in range(11, len(CHAPTERS) + 1)]


@pytest.mark.parametrize("count", [*range(1, 11), *TRAINING])
def test_the_solved_chapters_pass_and_the_next_is_to_do(tmp_path, count):
    folder = solved_up_to(count, tmp_path / "submission")
    chosen = CHAPTERS[count - 1 : count + 1]
    _, result = grade_json(*(c.id for c in chosen), "--submission", folder, tmp_path=tmp_path)
    assert set(statuses(result).values()) <= {"passed", "todo"}
    passed = {key for key, status in statuses(result).items() if status == "passed"}
    assert passed == {(chosen[0].id, name) for name in chosen[0].functions}


@pytest.mark.parametrize("name", sorted(stubs.WHOLE))
def test_a_file_that_comes_complete_need_not_be_handed_in(tmp_path, name):
    chapter = "ch1_1_numpy_arrays.py"
    text = (SOLUTIONS / chapter).read_text() + f"\n\nfrom . import {name.removesuffix('.py')}\n"
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / chapter).write_text(text)
    code, _ = grade_json("1.1", "--submission", tmp_path / "submission", tmp_path=tmp_path)
    assert code == 0


@pytest.mark.slow
@pytest.mark.parametrize("count", [4, 13])  # every border is tested above
def test_exactly_the_solved_chapters_pass(tmp_path, count):
    folder = solved_up_to(count, tmp_path / "submission")
    code, result = grade_json("all", "--submission", folder, tmp_path=tmp_path)
    passed = [c["id"] for c in result["chapters"] if c["score"] == c["max_score"]]
    assert code == 1
    assert passed == [chapter.id for chapter in CHAPTERS[:count]]
    assert all(c["score"] == 0 for c in result["chapters"][count:])


# The chapters whose checks train next to nothing, and the others.
PARTS = [
    pytest.param(
        ["1", "2.1-2.2", "2.4", "3.2-3.3", "4.2", "5.1"], id="some", marks=pytest.mark.slow
    ),
    pytest.param(
        ["2.3", "3.1", "3.4", "4.1", "4.3-4.5", "5.2-5.4"], id="rest", marks=pytest.mark.exhaustive
    ),
]


@pytest.mark.parametrize("chapters", PARTS)
@pytest.mark.parametrize("wrapper", [NONE, IDENTITY])
def test_functions_that_do_nothing_earn_nothing(tmp_path, wrapper, chapters):
    folder = wrapped(tmp_path / "submission", wrapper)
    code, result = grade_json(*chapters, "--submission", folder, tmp_path=tmp_path)
    assert code == 1
    earned = {key: function["score"] for key, function in functions(result).items()}
    assert {key: score for key, score in earned.items() if score} == {}
    assert set(statuses(result).values()) == {"failed"}


@pytest.mark.parametrize("chapters", PARTS)
@pytest.mark.parametrize(
    ("wrapper", "right"), [(TRANSPOSED, ITS_OWN_TRANSPOSE), (WRONG_DTYPE, ANY_DTYPE)]
)
def test_a_right_answer_in_the_wrong_form_gets_no_full_marks(tmp_path, wrapper, right, chapters):
    folder = wrapped(tmp_path / "submission", wrapper)
    _, result = grade_json(*chapters, "--submission", folder, tmp_path=tmp_path)
    full = {name for (_, name), status in statuses(result).items() if status == "passed"}
    assert full <= right


@pytest.mark.slow
def test_a_wrapper_that_does_nothing_wrong_passes(tmp_path):
    # Otherwise the tests above would prove nothing.
    folder = wrapped(tmp_path / "submission", "def wrap(function):\n    return function\n")
    code, _ = grade_json("1", "2", "3.1-3.3", "--submission", folder, tmp_path=tmp_path)
    assert code == 0


FAULTS = {
    "a syntax error": ("def sigmoid(Z)\n    return Z\n", "error", "SyntaxError"),
    "an exit at import": ("import os\nos._exit(0)\n", "crashed", "its process ended"),
    "a polite exit at import": ("exit(0)\n", "error", "cannot be imported"),
    "an endless loop": ("def sigmoid(Z):\n    while True: pass\n", "timeout", "still running"),
    "an endless import": ("while True: pass\n", "timeout", "still running"),
    "100 MB of output": (
        "def sigmoid(Z):\n    print('x' * 100_000_000)\n    return Z\n",
        "crashed",
        "printed more than",
    ),
    "100 MB at import": ("print('x' * 100_000_000)\n", "crashed", "printed more than"),
    "a missing function": ("x = 1\n", "todo", "has no `sigmoid`"),
    "a missing file": (None, "todo", "`ch1_3_activation_basics.py` is not in the submission"),
    "a stub": ("def sigmoid(Z):\n    raise NotImplementedError\n", "todo", "still to be written"),
}


SLOW = {
    "an endless loop",
    "an endless import",
    "100 MB at import",
}  # what they show is near what others show


@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in FAULTS]
)
def test_a_fault_is_told_in_one_line_and_stays_where_it_is(tmp_path, fault):
    source, status, words = FAULTS[fault]
    folder = solved_up_to(3, tmp_path / "submission")
    file = folder / "ch1_3_activation_basics.py"
    file.unlink()
    if source is not None:
        file.write_text(source)
    code, result = grade_json("1", "--submission", folder, tmp_path=tmp_path)
    found = functions(result)
    assert code == 1
    assert found["1.3", "sigmoid"]["status"] == status
    assert words in found["1.3", "sigmoid"]["checks"][0]["message"].splitlines()[0]
    others = [function for (_, name), function in found.items() if name != "sigmoid"]
    assert {function["status"] for function in others} == {"passed"}


def test_a_half_done_chapter_grades_what_is_there(tmp_path):
    folder = solved_up_to(1, tmp_path / "submission")
    file = folder / "ch1_1_numpy_arrays.py"
    stub = (EXERCISES / file.name).read_text().partition("def one_hot")[2].partition("\ndef ")[0]
    body = file.read_text().partition("def one_hot")[2].partition("\ndef ")[0]
    file.write_text(file.read_text().replace(body, stub))
    done = call_grade("run", "1.1", "--submission", folder)
    assert done.returncode == 1
    assert "ok    normalize" in done.stdout
    assert "todo  one_hot" in done.stdout
