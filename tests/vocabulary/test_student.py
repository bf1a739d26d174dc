"""`student.f(...)`: what is said when there is no answer, and what a student may read of it."""

import re

import numpy as np
import pytest
from support.running import write_submission

from grader.boundary.workers import Workers
from grader.vocabulary import expect
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student

POSIX = pytest.mark.needs("posix")
FILES = {
    "ch1_1_good": """
        import numpy as np
        from .ch1_3_stub import double

        def normalize(X):
            return X - X.mean()

        def quadruple(X):
            return double(double(X))

        def stub(X):
            raise NotImplementedError("write `stub`")

        def deep(X):
            return inner(X)

        def inner(X):
            return X @ np.ones(99)

        def nasty(X):
            raise ValueError("\\x1b[2J\\r\\n\\ud800 \\u202e " + "x" * 10**5)

        def hang():
            print("here")
            while True: pass

        def die():
            import os
            os._exit(7)

        def shout():
            while True: print("x" * 10**6)

        def odd():
            return {1: object()}

        class Escape(Exception):
            pass
        Escape.__name__ = "\\x1b[31mEscape" + "y" * 10**5

        def named():
            raise Escape("\\n\\n")

        normalise = 3
        """,
    "ch1_3_stub": """
        def double(X):
            raise NotImplementedError("write `double`")
        """,
    "ch2_1_broken": "def f(:\n    pass\n",
    "ch2_2_raises": "import numpy as np\nX = np.ones(3) @ np.ones(2)\n",
    "ch2_3_stub_at_import": "from .ch1_3_stub import double\ndouble(3)\n",
    "ch2_4_hangs": "while True: pass\n",
    "ch3_1_dies": "import os\nos._exit(7)\n",
    "ch3_2_no_such": "from .ch1_1_good import nothing\n",
    "ch3_3_no_file": "from .ch9_9_nothing import nothing\n",
    "ch3_4_exits": "raise SystemExit\n",
}


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    workers = Workers(write_submission(tmp_path_factory.mktemp("learner") / "s", FILES))
    yield workers
    workers.close()


@pytest.fixture
def found(workers):
    """What a call is found to be: the status and the headline."""

    def found(chapter, name, *args, seconds=10):
        student = Student(workers, chapter)
        with pytest.raises(Finding) as caught:
            getattr(student, name).within(seconds)(*args)
        finding = caught.value
        text = str(finding)
        assert text.isascii()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
        assert "\n" not in finding.headline
        assert len(text) < 4000
        return finding

    return found


MESSAGES = [
    (
        "ch8_8_absent",
        "f",
        "todo",
        "`ch8_8_absent.py` is not in the submission: put the file there"
        ", or get its stub with `grade reset 8.8`",
    ),
    ("ch1_1_good", "absent", "todo", "`ch1_1_good.py` has no `absent`: write the function"),
    ("ch1_1_good", "stub", "todo", "`stub` is still to be written"),
    (
        "ch1_1_good",
        "quadruple",
        "todo",
        "`quadruple` uses `double` in `ch1_3_stub.py`, line 3, which is still to be written",
    ),
    (
        "ch2_3_stub_at_import",
        "f",
        "todo",
        "`ch2_3_stub_at_import.py` uses `double` in `ch1_3_stub.py`, line 3, "
        "which is still to be written",
    ),
    ("ch2_1_broken", "f", "error", "`ch2_1_broken.py` cannot be imported: SyntaxError: "),
    ("ch2_2_raises", "f", "error", "`ch2_2_raises.py` cannot be imported: ValueError: matmul"),
    (
        "ch3_2_no_such",
        "f",
        "error",
        "`ch3_2_no_such.py` cannot be imported: ImportError: cannot import name 'nothing'",
    ),
    (
        "ch3_3_no_file",
        "f",
        "error",
        "`ch3_3_no_file.py` cannot be imported: ModuleNotFoundError: No module named "
        "'exercises.ch9_9_nothing'",
    ),
    ("ch3_4_exits", "f", "error", "`ch3_4_exits.py` cannot be imported: SystemExit"),
    ("ch1_1_good", "nasty", "error", r"`nasty` raises ValueError: \x1b[2J \ud800 \u202e xxx"),
    ("ch1_1_good", "named", "error", r"`named` raises \x1b[31mEscapeyyy"),
    ("ch1_1_good", "deep", "error", "`deep` raises ValueError: matmul: "),
    ("ch1_1_good", "normalise", "error", "`normalise` raises TypeError: 'int' object is not calla"),
    (
        "ch1_1_good",
        "odd",
        "failed",
        "`odd` returns a `object`, which the grader cannot read: return ",
    ),
    ("ch1_1_good", "die", "crashed", "`die` was called, and its process ended (exit code 7)"),
    ("ch1_1_good", "shout", "crashed", "`shout` was called, and it printed more than 20 MB"),
    (
        "ch3_1_dies",
        "f",
        "crashed",
        "`ch3_1_dies.py` was imported, and its process ended (exit code 7)",
    ),
]


@pytest.mark.parametrize(("chapter", "name", "status", "headline"), MESSAGES)
def test_one_line_says_it(found, chapter, name, status, headline):
    takes = name in ("stub", "quadruple", "deep", "nasty", "normalise")
    finding = found(chapter, name, *([np.ones(3)] if takes else []))
    assert finding.status == status
    assert finding.headline.startswith(headline)


def test_a_hang_says_how_long_and_what_was_printed(found):
    finding = found("ch1_1_good", "hang", seconds=1)
    assert finding.status == "timeout"
    assert re.fullmatch(
        r"`hang` was called, and it was still running after \d+ s and was stopped",
        finding.headline,
    )
    assert finding.details["printed"] == "here"


def test_a_hang_at_import(found, workers):
    workers.hung.add(("ch2_4_hangs", None))  # so that it is not waited for as long as the first
    finding = found("ch2_4_hangs", "f")
    assert finding.status == "timeout"
    assert finding.headline.startswith("`ch2_4_hangs.py` was imported, and it was still running")


def test_the_learners_own_lines_are_told(found):
    lines = found("ch1_1_good", "deep", np.ones(3)).details["your line"].splitlines()
    assert lines == [
        "ch1_1_good.py:15, in deep: return inner(X)",
        "ch1_1_good.py:18, in inner: return X @ np.ones(99)",
    ]
    assert found("ch2_1_broken", "f").details["your line"] == "ch2_1_broken.py:1: def f(:"


def test_an_answer_is_an_answer(workers):
    student = Student(workers, "ch1_1_good")
    assert student.normalize(np.array([1.0, 3.0])).tolist() == [-1.0, 1.0]
    assert [str(call) for call in student.calls] == ["normalize(np.array([1., 3.]))"]


# What a student may read of a hidden check


HIDDEN = """
    import numpy as np, warnings
    def wrong(X): return X + 1
    def tells(X): raise ValueError(f"the input was {X.tolist()}")
    def warns(X): warnings.warn(f"the input was {X.tolist()}"); return X
    def odd(X): return type(f"input_{X[0]}", (), {})()
    def shows(X): print(X); return X + 1
    class Input(Exception): pass
    def own(X):
        Input.__name__ = f"Input{X[0]}"
        raise Input
    def forges(X):
        exec(compile(f"def g(): raise OSError\\ng()", f"{__file__[:-5]}{X[0]}.py", "exec"))
"""


@pytest.mark.parametrize("name", ["wrong", "tells", "warns", "odd", "shows", "own", "forges"])
def test_feedback_gives_no_input_away(submission, name):
    workers = Workers(submission({"ch1_1_x": HIDDEN}))
    student = Student(workers, "ch1_1_x")
    token = expect.calls.set(student.calls)
    X = np.array([0.12345, 6.789e-7, 31415926])
    try:
        with pytest.raises(Finding) as caught:
            expect.close(expect.silent(getattr(student, name), X), X)
    finally:
        expect.calls.reset(token)
        workers.close()
    if name != "forges":  # a made-up file name is quoted to nobody
        assert any(digits in str(caught.value) for digits in ("12345", "input"))
    feedback = caught.value.feedback()
    assert name in feedback or "answer" in feedback
    assert not re.search(r"12345|6\.789|31415926|input", feedback)


def test_feedback_says_where_and_what_to_ask():
    finding = Finding("the answer has wrong values", call="f(0.25)", got="0.125")
    finding.add_details(
        likely="It is 0.5 times the right one, 1e-05 for nan.", next="Where does n=64 go?"
    )
    finding.add_details(your_line="ch1_1_numpy_arrays.py:12, in f: return X / 2.5")
    assert finding.feedback().splitlines() == [
        "the answer has wrong values",
        "your line: ch1_1_numpy_arrays.py:12",
        "likely: It is ... times the right one, ... for ....",
        "next: Where does n=64 go?",
    ]


def test_feedback_keeps_chapters_and_whole_numbers_at_the_end_of_a_sentence():
    finding = Finding("`f.py` is missing: get its stub with `grade reset 1.1`", printed="1.1")
    finding.add_details(
        likely="It starts again at 0 after 255. It is [1. 2.5].", next="How did chapter 3.3 get 10?"
    )
    assert finding.feedback().splitlines() == [
        "`f.py` is missing: get its stub with `grade reset 1.1`",
        "likely: It starts again at 0 after 255. It is [... ...].",
        "next: How did chapter 3.3 get 10?",
    ]


def test_a_misnamed_function_is_named(tmp_path):
    write_submission(tmp_path, {"ch1_1_good": "def normalise(X):\n    return X\n"})
    workers = Workers(tmp_path)
    try:
        with pytest.raises(Finding, match="it defines `normalise`"):
            Student(workers, "ch1_1_good").normalize(np.zeros(2))
    finally:
        workers.close()
