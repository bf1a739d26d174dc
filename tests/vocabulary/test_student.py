"""`student.f(...)`: the files of a submission, and what is said when there is no answer."""

import re
import sys
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from support.running import write_submission

from grader.boundary import process
from grader.boundary import workers as workers_module
from grader.boundary.workers import NotStarted, Workers
from grader.isolation import unconfined
from grader.vocabulary import expect
from grader.vocabulary import values as shown
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student
from grader.vocabulary.values import printable, show, show_call

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


# The files


@pytest.fixture
def imported(submission):
    """What `f()` gives in each of these files, or the headline of the Finding in its place."""

    def imported(sources, **others):
        chapters = {f"ch2_{number}_x": source for number, source in enumerate(sources)}
        workers = Workers(submission(chapters | others))
        try:
            return [answer(workers, chapter) for chapter in chapters]
        finally:
            workers.close()

    return imported


def answer(workers, chapter):
    try:
        return Student(workers, chapter).f()
    except Finding as finding:
        return finding.headline


SIGMOID = "def sigmoid(): return 'mine'\n"


def test_ways_to_import_an_earlier_chapter(imported):
    ways = [
        "from .ch1_3_a import sigmoid",
        "from exercises.ch1_3_a import sigmoid",
        "from ch1_3_a import sigmoid",
        "import exercises.ch1_3_a; sigmoid = exercises.ch1_3_a.sigmoid",
        "from . import ch1_3_a; sigmoid = ch1_3_a.sigmoid",
        "from helper import sigmoid",
        "from .neural_network import sigmoid",
        "from data import sigmoid",
    ]
    files = dict.fromkeys(("ch1_3_a", "helper", "data"), SIGMOID)
    files["neural_network"] = "from .ch1_3_a import *\n"
    sources = [f"{line}\ndef f(): return sigmoid()\n" for line in ways]
    assert imported(sources, **files) == ["mine"] * len(ways)


def test_circular_imports(imported):
    whole = "from . import ch1_3_a\ndef f(): return ch1_3_a.g()\ndef h(): return 3\n"
    single = "from .ch1_4_a import g\ndef h(): pass\n"
    got = imported(
        [whole, single],
        ch1_3_a="from . import ch2_0_x\ndef g(): return ch2_0_x.h()\n",
        ch1_4_a="from .ch2_1_x import h\ndef g(): pass\n",
    )
    assert got[0] == 3
    assert "circular import" in got[1]


def test_the_kits_other_rooms_are_not_for_submissions(imported):
    rooms = ["solutions", "data", "grader.worker.wire"]
    got = imported([f"import {room}\ndef f(): return 1\n" for room in rooms])
    for room, headline in zip(rooms, got, strict=True):
        assert f"No module named '{room.partition('.')[0]}'" in headline


def test_files_that_shadow_libraries_do_not(imported):
    shadows = dict.fromkeys(("numpy", "json", "wire", "session", "warnings", "typing"), "1 / 0")
    source = """
        import sys
        sys.path.insert(0, "nowhere")
        import numpy as np, json, warnings
        def f(): return [np.ones(1).tolist(), json.loads("1")]
        """
    assert imported([source], **shadows) == [[[1.0], 1]]


def test_encodings(imported):
    *good, latin, null, empty = imported(
        [
            b"\xef\xbb\xbfdef f(): return 1\n",
            b"def f():\r\n    return 1\r\n",
            b"def f(): return 1",
            b"# -*- coding: latin-1 -*-\ndef f(): return len('\xe9')\n",
            b"def f(): return '\xe9'\n",
            b"def f(): return 1\n\0",
            b"",
        ]
    )
    assert good == [1, 1, 1, 1]
    assert "cannot be imported: SyntaxError" in latin
    assert "cannot be imported: " in null
    assert "has no `f`" in empty


def test_the_submission_is_left_as_it_is(imported, submission):
    assert imported(["from ch1_3_a import sigmoid\ndef f(): return 1\n"], ch1_3_a=SIGMOID) == [1]
    assert {path.name for path in submission({}).iterdir()} == {"ch1_3_a.py", "ch2_0_x.py"}


@POSIX
def test_links_and_folders_in_place_of_a_file(imported, submission, tmp_path):
    folder = submission({})
    (folder / "ch1_1_y.py").symlink_to(tmp_path / "elsewhere.py")
    (folder / "ch1_2_y.py").mkdir()
    (folder / "ch1_3_y.py").symlink_to("ch1_3_y.py")
    workers = Workers(folder)
    for chapter in ("ch1_1_y", "ch1_2_y", "ch1_3_y"):
        with pytest.raises(Finding, match="is not in the submission"):
            Student(workers, chapter).f()
    (tmp_path / "elsewhere.py").write_text("def f(): return 1 / 0")
    with pytest.raises(Finding) as caught:
        Student(workers, "ch1_1_y").f()
    assert "your line" not in caught.value.details  # no text of a file that is elsewhere
    workers.close()


# How values are shown


def nested(depth):
    value = ["x" * 100] * 20
    for _ in range(depth):
        value = [value] * 20
    return value


@pytest.mark.parametrize(
    "value",
    [
        2**4000,
        "x" * 10**6,
        "\x1b[2J\ud800\r\n",
        nested(2),
        {str(i): nested(1) for i in range(100)},
        {},
        [],
        (),
        (1,),
        None,
        float("nan"),
        np.float32(np.nan),
        np.float16(1),
        np.bool_(True),
        np.array([]),
        np.zeros((0, 3)),
        np.zeros((3,) * 10),
        np.zeros((1,) * 16),
        np.full(100, np.nan),
        np.array([np.nan, np.inf] * 50, np.float16),
        np.zeros(100, bool),
        np.zeros(3, bool),
        np.array(3),
        np.full(24, 2**63 - 1),
        np.full(24, -1.234567890123e-300),
    ],
    ids=lambda value: printable(str(type(value))),
)
def test_every_value_is_shown_in_bounded_ascii(value):
    for text in (show(value), show_call("f", (value,), {"key": value})):
        assert text.isascii()
        assert "\x1b" not in text
        assert 0 < len(text) < 1500
    assert "\n" not in show_call("f", (value,), {"key": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        ([1, (2, "a")], "[1, (2, 'a')]"),
        ((1,), "(1,)"),
        ({"a": [1]}, "{'a': [1]}"),
        (list(range(10)), "[0, 1, 2, 3, 4, 5, 6, 7, ... 10 in all]"),
        ([[[[1]]]], "[[[[...]]]]"),
        (np.float32(0.5), "float32 0.5"),
        (np.array([1.0, np.nan]), "float64 (2,) [1., nan]"),
        (np.array([True, False]), "bool (2,) [True, False]"),
        (np.zeros((0, 3)), "float64 (0, 3) []"),
        (np.arange(100), "int64 (100,), from 0 to 99"),
        (np.full(100, np.nan), "float64 (100,), from nan to nan"),
    ],
)
def test_show(value, text):
    assert show(value) == text


def test_a_long_text_is_cut():
    assert len(shown.cut("x" * 1000)) == shown.WIDTH


# What a submission may use up


def test_a_submission_that_has_used_up_its_time(submission):
    folder = submission({"ch1_1_x": "import time\ndef f(): time.sleep(60)\ndef g(): return 1\n"})
    workers = Workers(folder, until=time.perf_counter() + 1)
    try:
        student = Student(workers, "ch1_1_x")
        for name in ("f", "g"):
            with pytest.raises(Finding) as caught:
                getattr(student, name)()
            assert caught.value.status == "timeout"
    finally:
        workers.close()
    assert caught.value.headline == "not graded: the time for the whole submission was up"


def test_answers_that_are_too_large(submission, monkeypatch):
    monkeypatch.setattr(process, "MOST_TRAFFIC", 2**20)
    monkeypatch.setattr(workers_module, "MOST_RECEIVED", 3 * 2**20)
    source = """
        import numpy as np
        def give(count): return np.zeros(count, np.uint8)
        def same(X): return np.concatenate([X] * 7)
        def ask(f):
            while True: f(np.zeros(1000))
    """
    workers = Workers(submission({"ch1_1_x": source}))
    call = partial(workers.call, "ch1_1_x", kwargs={}, seconds=10)
    try:
        assert call(name="give", args=(2**19,)).value.size == 2**19
        reply = call(name="give", args=(2**20 + 1,))
        assert reply.died == ("crashed", "it sent more than 1 MB")
        assert call(name="same", args=(np.zeros(2**21, np.uint8),)).value.size == 7 * 2**21
        assert call(name="same", args=(1,)).died == (
            "crashed",
            "it sent more than 3 MB in total",
        )
        reply = call(name="ask", args=(lambda X: None,))
        assert reply.died == ("crashed", "it sent more than 1 MB")
    finally:
        workers.close()


def test_where_no_process_can_be_started_nothing_is_graded(submission):
    class Broken(unconfined.Unconfined):
        def launch(self, folder, home):
            started = super().launch(folder, home)
            return replace(started, command=[sys.executable, "-c", "raise SystemExit('no fence')"])

    workers = Workers(submission({"ch1_1_x": "def f(): return 1"}), Broken())
    try:
        with pytest.raises(NotStarted, match="no fence"):
            workers.call("ch1_1_x", "f", (), {}, 10)
        assert "no fence" in workers.broke
    finally:
        workers.close()


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


def test_a_misnamed_function_is_named(tmp_path):
    write_submission(tmp_path, {"ch1_1_good": "def normalise(X):\n    return X\n"})
    workers = Workers(tmp_path)
    try:
        with pytest.raises(Finding, match="it defines `normalise`"):
            Student(workers, "ch1_1_good").normalize(np.zeros(2))
    finally:
        workers.close()
