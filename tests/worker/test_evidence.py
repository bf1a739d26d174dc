"""What the worker tells about a call: which functions it entered, and where its time went."""

import time

import pytest
from support.running import write_submission

from grader.boundary.workers import Workers

STEM, OTHER = "ch1_2_matrix_operations", "ch1_1_numpy_arrays"
FILES = {
    OTHER: """
        import numpy as np
        import time

        def helper(x):
            return x + 1

        def other(x):
            return helper(x)

        _one = lambda x: helper(x)
        many = np.vectorize(_one)

        def unused(x):
            return x

        def slow(x):
            time.sleep(0.05)
            return x
        """,
    STEM: """
        import threading
        from .ch1_1_numpy_arrays import helper, many, other, slow, unused

        class Thing:
            def double(self, x):
                return 2 * helper(x)

        def one(x):
            return other(x)

        def by_another_name(x):
            return many(x)

        def by_a_method(x):
            return Thing().double(x)

        def inside(x):
            def unused(x):
                return x
            return unused(x)

        def in_a_thread(x):
            thread = threading.Thread(target=other, args=(x,))
            thread.start()
            thread.join()
            return x

        class Odd:
            __slots__ = ()
            def __getattr__(self, name):
                raise SystemExit

        class Nowhere(type(threading)):
            __file__ = property(lambda self: 1 / 0)

        def leaves_odd_modules(x):
            import sys
            sys.modules |= {"odd": Odd(), "none": None, "nowhere": Nowhere("nowhere")}
            globals()[7] = one
            return other(x)

        def fails(x):
            return other(x) + None

        def count(x):
            total = 0
            while total >= 0:
                total = helper(total) - 1
            return total

        def wait(x):
            for _ in range(10 ** 6):
                x = slow(x)

        def hangs_below(x):
            return count(x)
        """,
}


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    workers = Workers(write_submission(tmp_path_factory.mktemp("submission"), FILES))
    yield workers
    workers.close()


@pytest.mark.parametrize(
    ("name", "entered"),
    [
        ("one", {(OTHER, "other"), (OTHER, "helper")}),
        ("by_another_name", {(OTHER, "many"), (OTHER, "_one"), (OTHER, "helper")}),
        ("by_a_method", {(STEM, "Thing"), (OTHER, "helper")}),
        ("inside", set()),
        ("in_a_thread", {(OTHER, "other"), (OTHER, "helper")}),
        ("fails", {(OTHER, "other"), (OTHER, "helper")}),
        ("leaves_odd_modules", {(OTHER, "other"), (OTHER, "helper")}),
    ],
)
def test_a_traced_call_tells_what_it_entered(workers, name, entered):
    reply = workers.call(STEM, name, (1,), {}, 10.0, trace=True)
    assert set(reply.entered) == entered | {(STEM, name)}
    assert not workers.call(STEM, name, (1,), {}, 10.0).entered  # nobody asked


@pytest.mark.parametrize(
    ("name", "function", "loop"),
    [("count", "count", "while total >= 0:"), ("hangs_below", "count", "while total >= 0:"),
     ("wait", "wait", "for _ in range(10 ** 6):")],
)  # fmt: skip
def test_a_call_that_does_not_end_tells_its_loop(tmp_path, name, function, loop):
    workers = Workers(write_submission(tmp_path / "submission", FILES))
    reply = workers.call(STEM, name, (1,), {}, 2.0, trace=name == "hangs_below")
    workers.close()
    text = (tmp_path / "submission" / f"{STEM}.py").read_text().splitlines()
    assert reply.died[0] == "timeout"
    assert reply.loop == (f"{STEM}.py", text.index(f"    {loop}") + 1, function, loop)
    assert reply.shares[0][2] == 1.0
    if name == "wait":
        assert (f"{OTHER}.py", "slow") in {share[:2] for share in reply.shares if share[2] > 0.5}
    if name == "hangs_below":
        assert (STEM, "count") in reply.entered


def test_an_import_that_does_not_end_tells_its_loop(tmp_path):
    text = "x = 1\nwhile True:\n    x = 1\n"
    workers = Workers(write_submission(tmp_path / "submission", {STEM: text}))
    workers.hung.add((STEM, None))  # so that it gets a tenth of its time
    reply = workers.call(STEM, "one", (1,), {}, 2.0)
    workers.close()
    assert reply.importing
    assert reply.loop == (f"{STEM}.py", 2, "<module>", "while True:")


def test_a_time_that_is_up_is_not_the_calls_fault(tmp_path):
    folder = write_submission(tmp_path / "submission", FILES)
    workers = Workers(folder, until=time.perf_counter() + 1.5)
    cut = workers.call(STEM, "count", (1,), {}, 10.0)
    late = workers.call(STEM, "one", (1,), {}, 10.0)
    workers.close()
    assert cut.died[0] == late.died[0] == "timeout"
    assert cut.time_up
    assert late.time_up
