"""The files of a submission as `student` sees them, and what a submission may use up."""

import sys
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from grader.boundary import process
from grader.boundary import workers as workers_module
from grader.boundary.workers import NotStarted, Workers
from grader.isolation import unconfined
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student

POSIX = pytest.mark.needs("posix")


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
