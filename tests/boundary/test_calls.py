"""What a call across the process boundary gives: values, exceptions, output, callbacks."""

import time

import numpy as np
import pytest

from grader.boundary import process
from grader.boundary.arguments import Seeded

POSIX = pytest.mark.needs("posix")
LINUX = pytest.mark.needs("linux")


# Values


@pytest.mark.parametrize(
    "value",
    [None, True, 2**4000, -0.5, float("inf"), "\ud800 \0 é", [], (), [1, (2.0, [None])], {"a": 1}],
)
def test_plain_values_go_there_and_back(call, value):
    got = call("same", value).value
    assert got == value
    assert type(got) is type(value)


def test_arrays_go_there_and_back(call):
    arrays = [
        np.arange(6.0).reshape(2, 3).T,
        np.zeros((0, 3), np.float32),
        np.array(np.nan),
        np.array([True, False]),
        np.arange(4, dtype=">u2"),
        np.float16(2),
    ]
    for sent, got in zip(arrays, call("same", arrays).value, strict=True):
        assert type(got) is type(sent)
        assert got.dtype == sent.dtype.newbyteorder("=")
        np.testing.assert_array_equal(got, sent)


def test_iterators_come_as_lists(call):
    assert call("squares", 4).value == [0, 1, 4, 9]
    assert call("answer", "set").value == [1]
    assert call("answer", "views").value == [[1], [2], [1], [(1, 2)], [0, 1, 2]]
    assert call("answer", "fine").value == [1, 2]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("matrix", "a `matrix`"),
        ("masked", "a `MaskedArray`"),
        ("lying class", "a `Liar`"),
        ("function", "a `function`"),
        ("module", "a `module`"),
    ],
)
def test_what_is_not_plain_data(call, what, said):
    assert call("answer", what).not_plain == said


def test_an_endless_generator_is_not_plain_data(call):
    assert "100,000" in call("endless").not_plain


def test_an_endless_slow_generator_is_a_timeout(call):
    assert call("slow", seconds=0.3).died[0] == "timeout"


def test_an_object_that_refuses_to_be_looked_at(call):
    assert call("answer", "iter").raised["message"] == "no iteration"
    assert call("answer", "iter exits").raised["type"] == "SystemExit"


def test_none_is_an_answer(call):
    reply = call("answer", "none")
    assert reply.value is None
    assert not any((reply.died, reply.raised, reply.missing, reply.not_plain))


def test_arguments_as_the_call_left_them(call):
    X = np.zeros(2)
    reply = call("change", X, [1], rng=Seeded(0), want_arguments=True)
    args, kwargs = reply.arguments
    assert args[0].tolist() == [1.0, 1.0]
    assert args[1] == [1, 3]
    assert kwargs == {"rng": None}
    assert X.tolist() == [0.0, 0.0]


def test_a_seeded_generator_is_made_afresh(call):
    first, second = (call("draw", Seeded(3)).value for _ in range(2))
    assert first.tolist() == second.tolist() == np.random.default_rng(3).normal(size=3).tolist()


def test_global_random_state(call):
    assert call("seed_global").global_random
    assert not call("draw", Seeded(0)).global_random


@pytest.mark.parametrize("name", ["global_normal", "global_gauss"])
def test_each_single_normal_number_from_a_global_generator_shows(call, name):
    assert [call(name).global_random for _ in range(3)] == [True, True, True]


def test_own_functions_in_the_place_of_global_ones_are_no_global_state(call):
    assert not call("replace_random").global_random


def test_warnings_are_told(call):
    warned = call("warn").warnings
    assert len(warned) == 5
    assert warned[0][:3] == ("UserWarning", "number 0", "ch1_1_x.py")


def test_a_missing_function_and_a_missing_file(call, workers):
    assert call("nothing").missing == "function"
    assert workers.call("ch9_9_x", "f", (), {}, 1).missing == "file"


# Exceptions


@pytest.mark.parametrize(
    ("what", "kind", "message"),
    [
        ("broken", "BrokenText", ""),
        ("exit", "SystemExit", "3"),
        ("interrupt", "KeyboardInterrupt", ""),
        ("deep", "RecursionError", "maximum recursion"),
        ("memory", "MemoryError", "Unable to allocate"),
        ("input", "EOFError", "EOF"),
        ("long", "ValueError", "x" * 2000),
        ("bad source", "SyntaxError", "invalid syntax"),
        ("generated", "ZeroDivisionError", ""),
    ],
)
def test_exceptions_are_told(call, what, kind, message):
    raised = call("fail", what).raised
    assert raised["type"] == kind
    assert raised["message"].startswith(message)
    assert len(raised["message"]) <= 2000
    assert 1 <= len(raised["lines"]) <= 5
    assert all(file == "ch1_1_x.py" for file, *_ in raised["lines"])


def test_an_exception_class_that_lies_about_its_name(call):
    reply = call("fail", "lying")
    assert reply.raised or reply.died


# Printing


def test_a_flood_is_a_crash(call):
    assert call("shout", 1).value is None
    begin = time.perf_counter()
    assert call("shout", 3000).died == ("crashed", process.FLOODED)
    assert time.perf_counter() - begin < 8


@POSIX
@pytest.mark.parametrize(
    ("what", "printed"),
    [
        ("bytes", "\ufffd\ufffd\0"),
        ("ansi", "\x1b[31mred\x1b[0m\\ud800\n"),
        ("both", "out err"),
        ("child", "from a child\n"),
        ("die", "last words"),
        ("hang", "before the loop\n"),
        ("quiet", ""),
    ],
)
def test_what_is_printed_is_kept(call, what, printed):
    assert call("mutter", what, seconds=0.5).printed == printed


def test_only_the_beginning_of_what_is_printed_is_kept(call):
    printed = call("shout", 1).printed
    assert len(printed) < 5000
    assert printed.endswith(" bytes in total)")


def test_what_is_printed_belongs_to_its_call(call):
    for i in range(30):
        assert call("mutter", "both" if i % 2 else "quiet").printed == ("out err" if i % 2 else "")


# Callbacks


def test_callbacks_in_order(call):
    seen = []

    def examiner(a, b):
        seen.append((a, b))
        return {"n": len(seen), "X": np.ones(2)}

    got = call("twice", examiner, 1, (2.0, None)).value
    assert seen == [(1, (2.0, None))] * 2
    assert [item["n"] for item in got] == [1, 2]
    assert call("by_name", lambda a, b: [a, b]).value == [1, 2]
    assert call("same", 1, examiner, examiner).value == 1


def test_what_the_callback_refuses_is_a_value_error_over_there(call):
    def examiner(a):
        raise KeyError("no")

    assert call("catching", examiner).value == "'no'"
    assert call("twice", examiner, 1).raised["type"] == "ValueError"
    assert call("twice", lambda: 1, 1).raised["type"] == "ValueError"
    assert call("catching", lambda a: object()).value == "a `object`"


def test_a_callback_argument_that_is_not_plain(call):
    raised = call("odd_argument", lambda value: 1).raised
    assert raised["type"] == "TypeError"
    assert "was given a `object`, which is not plain data" in raised["message"]


def test_a_callback_after_the_call_is_over(call):
    assert call("keep", lambda a: a).value == 1
    assert call("call_kept").raised["type"] == "RuntimeError"
    assert call("same", 1, lambda a: a).value == 1


def test_callbacks_from_threads(call):
    assert call("from_threads", lambda i: i * i, 8).value == [i * i for i in range(8)]


@LINUX
def test_a_callback_from_another_process_is_refused(call):
    reply = call("in_a_child", lambda a: a, seconds=5)
    assert reply.raised


def test_endless_callbacks_are_a_timeout(call, workers):
    call("same", 1)
    limit = 0.3 * workers.worker.patience
    reply = call("call_for_ever", lambda a: a, seconds=0.3)
    assert reply.died[0] == "timeout"
    assert reply.seconds < limit + 2
