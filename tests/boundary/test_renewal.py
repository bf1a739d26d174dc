"""A worker goes on with other files of its submission, as a new one would begin."""

import textwrap

import pytest

from grader.boundary.process import Worker
from grader.boundary.workers import RENEWAL_SECONDS, Calls, Workers
from grader.files.writing import clear, write_files
from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.unconfined import Unconfined

CHAPTER = "ch1_1_x"
BEFORE = {
    CHAPTER: """
        import numpy as np
        from helper import number
        from tools.more import half
        from . import ch1_2_y

        seen = []
        np.seterr(all="raise")

        def f():
            seen.append(number)
            return [len(seen), number, half(number), ch1_2_y.g()]
        """,
    "ch1_2_y": "def g(): return 'old'",
    "helper": "number = 2",
    "tools/more": "def half(x): return x / 2",
}
AFTER = {
    CHAPTER: """
        import numpy as np
        from helper import number
        from tools.more import half
        from exercises.lent_y import g

        seen = []

        def f():
            seen.append(number)
            return [len(seen), number, half(number), g(), float(np.divide(1.0, np.zeros(1))[0])]
        """,
    "lent_y": "def g(): return 'new'",
    "helper": "number = 4",
    "tools/more": "def half(x): return x // 2",
}


@pytest.fixture(
    params=[Unconfined, pytest.param(Bubblewrap, marks=pytest.mark.needs("bubblewrap"))]
)
def isolation(request):
    return request.param()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submission"
    folder.mkdir()
    return folder


def rewrite(folder, files):
    clear(folder)
    write_files(
        {f"{name}.py": textwrap.dedent(text).encode() for name, text in files.items()}, folder
    )


def test_later_calls_run_the_new_files(folder, isolation):
    rewrite(folder, BEFORE)
    first = Worker(folder, isolation)
    try:
        assert [first.call(CHAPTER, "f", (), {}).value for _ in range(2)] == [
            [1, 2, 1.0, "old"],
            [2, 2, 1.0, "old"],
        ]
        rewrite(folder, AFTER)
        assert first.renew(folder)
        assert first.call(CHAPTER, "f", (), {}).value == [1, 4, 2, "new", float("inf")]
        assert first.call("ch1_2_y", "g", (), {}).missing == "file"
    finally:
        first.kill()


BUSY = """
    import threading
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    def f(): return 1
    """

WRAPPED = """
    import io, sys
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    def f(): return 1
    """


@pytest.mark.parametrize("source", [BUSY, WRAPPED, "import os\ndef f(): os._exit(3)"])
def test_what_still_runs_or_has_ended_cannot_go_on(folder, isolation, source):
    rewrite(folder, {CHAPTER: source})
    first = Worker(folder, isolation)
    try:
        first.call(CHAPTER, "f", (), {})
        assert not first.renew(folder)
    finally:
        first.kill()


def test_workers_hand_their_process_over(folder, isolation):
    rewrite(folder, {CHAPTER: "def f(): return 1"})
    first = Workers(folder, isolation)
    assert first.call(CHAPTER, "f", (), {}, 10.0).value == 1
    rewrite(folder, {CHAPTER: "def f(): return 2"})
    second = Workers(folder, isolation, worker=first.hand_over())
    try:
        assert second.worker is first.worker
        assert second.call(CHAPTER, "f", (), {}, 10.0).value == 2
    finally:
        second.close()


ELSEWHERE = """
    import os
    before = os.getcwd()
    os.chdir(os.path.join(os.path.dirname(__file__), "tools"))
    def f(): return before
    """


def test_a_file_that_changes_the_working_directory_begins_in_the_first_one(folder, isolation):
    files = {CHAPTER: ELSEWHERE, "tools/more": ""}
    rewrite(folder, files)
    worker = Worker(folder, isolation)
    try:
        before = worker.call(CHAPTER, "f", (), {}).value
        rewrite(folder, files)
        assert worker.renew(folder)
        assert worker.call(CHAPTER, "f", (), {}).value == before
    finally:
        worker.kill()


ONCE = """
    import sys
    assert not hasattr(sys, "registered")
    sys.registered = True
    def f(): return 1
    """


def test_a_file_that_can_be_imported_only_once_gets_a_new_process(folder, isolation):
    rewrite(folder, {CHAPTER: ONCE})
    first = Workers(folder, isolation)
    first.call(CHAPTER, "f", (), {}, 10.0)
    second = Workers(folder, isolation, worker=first.hand_over())
    try:
        assert second.call(CHAPTER, "f", (), {}, 10.0).value == 1
        assert second.worker is not first.worker
    finally:
        second.close()


NEVER = """
    import sys, time, types
    class Module(types.ModuleType):
        def __getattr__(self, name): time.sleep(1000)
    sys.modules["never"] = Module("never")
    def f(): return 1
    """


def test_a_process_that_does_not_forget_is_given_up_soon(folder, isolation):
    rewrite(folder, {CHAPTER: NEVER})
    workers = Workers(folder, isolation)
    try:
        workers.call(CHAPTER, "f", (), {}, 10.0)
        before = Calls.seconds
        assert workers.hand_over() is None
        assert Calls.seconds - before >= RENEWAL_SECONDS  # else it would be given back as delay
    finally:
        workers.close()
