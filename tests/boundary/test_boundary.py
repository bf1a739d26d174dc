"""The process boundary, attacked from the learner's side with isolation `none`.

Whatever a submission does costs the call that did it, in about its time, and nothing else: the
next call is answered, and afterwards no process, thread, file descriptor or folder is left.
"""

import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.inside import INSIDE
from support.running import write_submission

from grader.boundary import process
from grader.boundary.arguments import Seeded
from grader.boundary.process import Worker
from grader.boundary.workers import Workers
from grader.isolation import unconfined

POSIX = pytest.mark.needs("posix")
LINUX = pytest.mark.needs("linux")

LEARNER = (
    INSIDE
    + """
import ctypes, gc, os, signal, subprocess, sys, threading, time, warnings
import numpy as np

def same(value, *others):
    return value

def sleep(seconds):
    time.sleep(seconds)

# What comes back

def endless():
    while True:
        yield 1

def slow():
    while True:
        time.sleep(0.01)
        yield 1

def squares(n):
    return (i * i for i in range(n))

class Odd:
    def __init__(self, what):
        self.what = what
    def __iter__(self):
        if self.what == "iter": raise OSError("no iteration")
        if self.what == "iter exits": sys.exit(3)
        return iter([1, 2])
    def __len__(self): raise OSError("no length")
    def __repr__(self): raise OSError("no form")
    __str__ = __repr__
    def __getattr__(self, name): raise OSError("no attribute")

class Liar:
    __class__ = np.ndarray

def answer(what):
    table = {
        "matrix": lambda: np.matrix([[1.0]]),
        "masked": lambda: np.ma.masked_array([1.0], [True]),
        "lying class": Liar,
        "function": lambda: same,
        "module": lambda: np,
        "set": lambda: {1},
        "views": lambda: [{1: 2}.keys(), {1: 2}.values(), map(abs, [-1]), zip([1], [2]), range(3)],
        "big endian": lambda: np.arange(3, dtype=">i4"),
        "none": lambda: None,
    }
    return table[what]() if what in table else Odd(what)

# Exceptions

class BrokenText(Exception):
    def __str__(self): raise SystemExit("not even this")

class Multiline(Exception):
    __name__ = "x"

class Meta(type):
    @property
    def __name__(cls): return 3
    @property
    def __mro__(cls): return ()

class LyingType(Exception, metaclass=Meta):
    pass

def recurse(n=0):
    return recurse(n + 1)

def fail(what):
    if what == "broken": raise BrokenText
    if what == "lying": raise LyingType("hm")
    if what == "long": raise ValueError("x" * 10**6)
    if what == "escape": raise ValueError("\\x1b[2J\\ud800\\r\\n")
    if what == "exit": sys.exit(3)
    if what == "interrupt": raise KeyboardInterrupt
    if what == "deep": recurse()
    if what == "memory": np.ones(2**40)
    if what == "bomb":
        hoard = []
        while True: hoard.append(np.empty(2**25))
    if what == "input": input("your name? ")
    if what == "generated": exec(compile("1/0", __file__, "exec").replace(co_firstlineno=99999))
    if what == "bad source": exec("1 +")

# The end of the process

def end(what):
    if what == "exit": os._exit(0)
    if what == "abort": os.abort()
    if what == "segfault": ctypes.string_at(0)
    if what == "kill": os.kill(os.getpid(), 9)
    if what == "stop": os.kill(os.getpid(), signal.SIGSTOP)
    if what == "close":
        os.closerange(0, 256)
        time.sleep(60)
    if what == "loop":
        while True: pass
    if what == "c call": ctypes.PyDLL(None).sleep(60)  # with the GIL
    if what == "catch":
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass

# The channel

def session():
    return next(o for o in gc.get_objects() if type(o).__name__ == "Session")

def write(data, times=1):
    for fd in map(int, os.listdir("/proc/self/fd")):
        try:
            os.set_blocking(fd, False)
            for _ in range(times):
                os.write(fd, data)
        except OSError:
            pass

def write_bytes(numbers):
    write(bytes(numbers))

def frame(**message):
    import wire, io
    stream = io.BytesIO()
    wire.write(stream, {"number": session().number} | message)
    return stream.getvalue()

def forge(message):
    s = session()
    s.send.write(frame(**message))
    s.send.flush()
    time.sleep(60)

def forge_twice():
    s = session()
    s.send.write(frame(value={"dict": [["value", "forged"]]}) * 2)
    s.send.flush()
    return "real"

def half_a_frame():
    s = session()
    s.send.write(frame(value=1)[:-1])
    s.send.flush()
    time.sleep(60)

def keep_writing():
    s, data = session(), frame(value={"dict": [["value", "forged"]]})
    def work():
        while True:
            s.send.write(data)
            s.send.flush()
    threading.Thread(target=work, daemon=True).start()
    return 1

def write_later(seconds):
    s, data = session(), frame(value={"dict": [["value", "forged"]]})
    def work():
        time.sleep(seconds)
        s.send.write(data)
        s.send.flush()
    threading.Thread(target=work).start()
    return "real"

def sabotage():
    import builtins, json, wire
    for module in (np, json, wire):
        for name in list(vars(module)):
            if not name.startswith("__"):
                setattr(module, name, None)
    sys.modules.clear()
    builtins.len = None
    return 1

def muffle():
    sys.stdout = sys.stderr = None
    warnings.showwarning = None
    return 1

def close_output():
    sys.stdout.close()
    return 1

# Printing

def shout(megabytes):
    for _ in range(megabytes):
        print("x" * 2**20)

def mutter(what):
    if what == "bytes": os.write(1, b"\\xff\\xfe\\x00")
    if what == "ansi": print("\\x1b[31mred\\x1b[0m\\ud800")
    if what == "both":
        print("out", end="")
        print(" err", file=sys.stderr, end="")
    if what == "child": subprocess.run(["echo", "from a child"])
    if what == "die":
        print("last words", end="")
        sys.stdout.flush()
        os._exit(1)
    if what == "hang":
        print("before the loop")
        time.sleep(60)
    return 1

# What is left behind

def spawn(how):
    code = "import time; time.sleep(300)"
    if how == "fork in its session":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
    elif how == "plain fork":
        return os.fork()
    elif how == "bomb":
        for _ in range(4):
            os.fork()
        os.setpgid(0, 0) if os.getpid() != session().process else None
        time.sleep(300)
    else:
        options = {"start_new_session": True} if how == "in its session" else {}
        subprocess.Popen([sys.executable, "-c", code], **options)
    return 1

def leave_thread():
    threading.Thread(target=time.sleep, args=(300,)).start()
    return 1

def leave_file():
    open("left behind", "w").write("x")
    os.mkdir("locked")
    return os.getcwd()

def pool():
    import multiprocessing
    with multiprocessing.get_context("fork").Pool(2) as workers:
        return workers.map(abs, [-1, -2])

# Callbacks

def twice(f, *args):
    return [f(*args), f(*args)]

def by_name(f):
    return f(b=2, a=1)

def catching(f):
    try:
        return f(1)
    except ValueError as error:
        return str(error)

def odd_argument(f):
    return f(object())

def keep(f):
    global kept
    kept = f
    return f(1)

def call_kept():
    return kept(2)

def call_for_ever(f):
    while True:
        f(1)

def from_threads(f, n):
    got = [None] * n
    def work(i):
        got[i] = f(i)
    threads = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    for t in threads: t.start()
    for t in threads: t.join()
    return got

def in_a_child(f):
    import multiprocessing
    with multiprocessing.get_context("fork").Pool(1) as workers:
        return workers.apply(f, (1,))

# Arguments

def change(X, items, rng):
    X += 1
    items.append(3)

def draw(rng):
    return rng.normal(size=3)

def seed_global():
    np.random.seed(0)

def warn():
    for i in range(100):
        warnings.warn(f"number {i}", UserWarning)
    return np.log(np.zeros(1))

def environment():
    return sorted(os.environ)

def flags():
    return sys.path, sys.dont_write_bytecode
"""
)


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    folder = write_submission(tmp_path_factory.mktemp("learner") / "s", {"ch1_1_x": LEARNER})
    workers = Workers(folder)
    yield workers
    workers.close()


@pytest.fixture
def call(workers):
    def call(name, *args, seconds=10.0, want_arguments=False, **kwargs):
        return workers.call("ch1_1_x", name, args, kwargs, seconds, want_arguments=want_arguments)

    yield call
    workers.hung.clear()
    assert call("same", "still there").value == "still there"


def gone(pid):
    """Whether the process has ended; a zombie that waits for init has."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def wait_until(condition, seconds=5):
    end = time.perf_counter() + seconds
    while not condition() and time.perf_counter() < end:
        time.sleep(0.02)
    return condition()


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


@LINUX
def test_a_memory_bomb_is_stopped_by_the_limit(submission, monkeypatch):
    monkeypatch.setattr(unconfined, "MEMORY_LIMIT", 2**31)
    worker = Worker(submission({"ch1_1_x": LEARNER}))
    reply = worker.call("ch1_1_x", "fail", ("bomb",), {})
    assert reply.raised["type"] == "MemoryError"
    assert worker.call("ch1_1_x", "same", (1,), {}).value == 1
    worker.kill()


# The end of the process and of patience


@POSIX
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("exit", "its process ended (exit code 0)"),
        ("abort", "its process ended (SIGABRT)"),
        ("segfault", "its process ended (SIGSEGV)"),
        ("kill", "its process ended (SIGKILL)"),
        ("close", "its process closed the connection"),
    ],
)
def test_a_process_that_ends_is_a_crash(call, what, said):
    assert call("end", what).died == ("crashed", said)


@POSIX
@pytest.mark.parametrize("what", ["stop", "loop", "c call", "catch"])
def test_a_hang_is_a_timeout(call, workers, what):
    call("same", 1)  # a new worker's start is not part of the measurement
    limit = 0.3 * workers.worker.patience
    begin = time.perf_counter()
    assert call("end", what, seconds=0.3).died[0] == "timeout"
    assert time.perf_counter() - begin < limit + 3


def test_a_worker_that_does_not_read_its_argument(submission):
    worker = Worker(submission({"m": "import time\ntime.sleep(0.1)\ndef f(X): pass"}))
    worker.call("m", "g", (), {})
    if os.name != "nt":
        os.kill(worker.process.pid, signal.SIGSTOP)
    reply = worker.call("m", "f", (np.zeros(25_000_000),), {}, seconds=0.3)
    assert reply.died[0] == "timeout"
    assert not any(thread.is_alive() for thread in worker.threads)


# Forgery


FORGED = [
    {},
    {"ready": True},
    {"value": []},
    {"value": 3},
    {"value": None},
    {"value": {"array": True}},
    {"value": {"dict": []}},
    {"value": {"dict": [["value", 1], ["arguments", 3]]}},
    {"value": {"generator": 3}},
    {"raised": None},
    {"raised": {"type": 3, "bases": [], "message": "", "lines": []}},
    {"raised": {"type": "E", "bases": [3], "message": "", "lines": []}},
    {"raised": {"type": "E", "bases": [], "message": "", "lines": [["a", "b", "c", "d"]]}},
    {"raised": {"type": "E", "bases": [], "message": "", "lines": [3]}},
    {"not_plain": 3},
    {"value": {"dict": [["value", 1]]}, "warnings": 3},
    {"value": {"dict": [["value", 1]]}, "warnings": [[1, 2, 3, 4]]},
    {"number": 1, "value": {"dict": [["value", 1]]}},
    {"number": {}, "value": {"dict": [["value", 1]]}},
    {"callback": 0, "value": {"list": [{"list": []}, {"dict": []}]}},
    {"callback": -1, "value": {"list": [{"list": []}, {"dict": []}]}},
    {"callback": "0"},
    {"arrays": [["|O", [1]]]},
]


def test_forged_replies_are_a_crash(tmp_path):
    """The same parsing as in `test_wire`, here to the end of the worker; two of them suffice."""
    folder = write_submission(tmp_path / "s", {"ch1_1_x": LEARNER})
    for message in (FORGED[0], FORGED[-2]):
        worker = Worker(folder)
        reply = worker.call("ch1_1_x", "forge", (message,), {})
        assert reply.died == ("crashed", process.UNREADABLE)
        assert worker.killed


@pytest.mark.parametrize("message", FORGED, ids=str)
def test_forged_messages_are_refused(message):
    """`_await_reply` without a process: every wrong type in every field ends the call."""
    worker = Worker.__new__(Worker)
    frame = ({"number": 7} | message, [])
    worker._next_frame = lambda deadline: frame
    worker._send = None
    with pytest.raises(process.WorkerDied) as caught:
        worker._await_reply(7, [], 0)
    assert caught.value.status == "crashed"


@LINUX
@pytest.mark.parametrize(
    "data", [b"\0" * 64, b"\xff" * 64, b"\0" * 6 + b"\1\0" + b"[" * 256], ids=["0", "ff", "nested"]
)
def test_garbage_on_every_descriptor(call, data):
    reply = call("write_bytes", list(data), seconds=2)
    assert reply.died or reply.raised
    assert reply.value is None


@LINUX
def test_half_a_frame_is_no_answer(call):
    # The worker's own word on where the call is may follow it, and cannot be read then.
    assert call("half_a_frame", seconds=0.3).died[0] in ("timeout", "crashed")


@LINUX
def test_a_second_reply_is_no_answer_to_the_next_call(call):
    call("forge_twice")
    for i in range(5):
        reply = call("same", i)
        assert reply.value == i or reply.died == ("crashed", process.UNREADABLE)


@LINUX
def test_a_late_reply_is_no_answer_to_the_next_call(call):
    assert call("write_later", 0.2).value == "real"
    time.sleep(0.4)
    assert call("same", 1).value == 1  # by a new worker: the surplus was seen in time
    assert call("write_later", 0.2).value == "real"
    assert call("sleep", 0.6).died == ("crashed", process.UNREADABLE)


@LINUX
def test_a_thread_that_keeps_writing(call):
    call("keep_writing")
    for i in range(4):
        assert call("same", i).value in (i, None)


def test_sabotage_inside_the_worker_costs_the_submission_only(call):
    call("sabotage", seconds=1)
    call("same", 1, seconds=1)


def test_output_streams_that_are_gone(call):
    assert call("muffle").value == 1
    assert call("warn").value.tolist() == [-np.inf]
    call("end", "exit")
    assert call("close_output").value == 1
    assert call("same", 1).value == 1
    call("end", "exit")


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


# What is left behind


@LINUX
@pytest.mark.parametrize("how", ["plainly", "in its session", "fork in its session", "bomb"])
def test_children_end_with_their_worker(submission, how):
    worker = Worker(submission({"ch1_1_x": LEARNER}))
    worker.call("ch1_1_x", "spawn", (how,), {}, seconds=0.5)
    mark = f"{unconfined.MARK}={worker.home}\0".encode()
    worker.kill()
    assert wait_until(lambda: all(map(gone, unconfined._marked(mark))))
    assert not any(thread.is_alive() for thread in worker.threads)


@LINUX
def test_the_child_of_a_fork_gives_no_second_reply(call):
    child = call("spawn", "plain fork").value
    assert child > 0
    assert [call("same", i).value for i in range(3)] == [0, 1, 2]
    assert wait_until(lambda: gone(child))


@LINUX
def test_multiprocessing_works(call):
    assert call("pool").value == [1, 2]


@LINUX
def test_nothing_is_left_of_many_workers(submission):
    folder = submission({"ch1_1_x": LEARNER})
    Worker(folder).kill()
    gc.collect()

    def resources():
        return len(os.listdir("/proc/self/fd")), threading.active_count()

    before = resources()
    homes = []
    for i in range(20):
        workers = Workers(folder)
        homes.append(Path(workers.worker.home))
        if i % 10 == 0:
            assert workers.call("ch1_1_x", "leave_file", (), {}, 5).value == str(homes[-1])
            assert workers.call("ch1_1_x", "leave_thread", (), {}, 5).value == 1
            assert workers.call("ch1_1_x", "end", ("exit",), {}, 5).died
        workers.close()
        workers.close()
    assert resources() == before
    assert not any(home.exists() for home in homes)


@LINUX
def test_the_worker_ends_with_a_killed_examiner(submission, tmp_path):
    source = "import os, subprocess\ndef f():\n    subprocess.Popen(['sleep', '300'])\n"
    source += f"    open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n    while 1: pass"
    folder = submission({"m": source})
    code = "from grader.boundary.process import Worker; "
    code += f"Worker({str(folder)!r}).call('m', 'f', (), {{}})"
    env = os.environ | {"TMPDIR": str(tmp_path)}
    root = Path(process.__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, env=env) as examiner:
        pid = tmp_path / "pid"
        assert wait_until(lambda: pid.exists() and pid.read_text(), 20)
        examiner.kill()
    group = int(pid.read_text())

    def group_is_gone():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, 0)
            members = [p for p in Path("/proc").glob("[0-9]*") if in_group(p, group)]
            return all(gone(p.name) for p in members)
        return True

    assert wait_until(group_is_gone, 6)


def in_group(process, group):
    with contextlib.suppress(OSError):
        return (process / "stat").read_text().rpartition(")")[2].split()[2] == str(group)


def test_the_environment_of_a_worker(call, monkeypatch):
    names = call("environment").value
    assert not [name for name in names if name.startswith(("PYTHON", "PYTEST"))]
    assert unconfined.MARK in names


# Windows and macOS


def test_starting_and_ending_a_group_on_windows(monkeypatch):
    ran = []
    fake = SimpleNamespace(
        CREATE_NEW_PROCESS_GROUP=512,
        TimeoutExpired=subprocess.TimeoutExpired,
        run=lambda command, **_: ran.append(command),
    )
    monkeypatch.setattr(unconfined, "WINDOWS", True)
    monkeypatch.setattr(unconfined, "subprocess", fake)
    done = []
    process = SimpleNamespace(
        pid=42, kill=lambda: done.append("kill"), wait=lambda timeout: done.append("wait")
    )
    assert unconfined.own_group() == {"creationflags": 512}
    unconfined.kill_group(process)
    assert ran == [["taskkill", "/T", "/F", "/PID", "42"]]
    assert done == ["kill", "wait"]


def test_a_worker_without_posix(monkeypatch):
    from grader.worker import __main__ as main

    monkeypatch.setitem(sys.modules, "resource", None)
    main._limit({"AS": 1})
    monkeypatch.setattr(main, "os", SimpleNamespace(name="nt"))
    main._follow_parent()


def test_a_system_that_refuses_limits(monkeypatch):
    from grader.worker import __main__ as main

    refused = []

    def setrlimit(kind, limits):
        refused.append(limits)
        raise ValueError("not here")

    fake = SimpleNamespace(
        RLIM_INFINITY=-1,
        RLIMIT_AS=0,
        RLIMIT_CORE=1,
        getrlimit=lambda kind: (5, 5),
        setrlimit=setrlimit,
    )
    monkeypatch.setitem(sys.modules, "resource", fake)
    main._limit({"AS": 10, "CORE": 0})
    assert refused == [(5, 5), (0, 0)]


# The folders


def test_the_worker_needs_nothing_else_of_the_kit():
    folder = Path(process.__file__).parents[1] / "worker"
    with tempfile.TemporaryDirectory() as elsewhere:
        for file in folder.glob("*.py"):
            (Path(elsewhere) / file.name).write_bytes(file.read_bytes())
            assert "from ." not in file.read_text()
        settings = unconfined.Unconfined().launch(elsewhere, elsewhere).settings
        ran = subprocess.run(
            [sys.executable, "-I", "-S", elsewhere],
            input=json.dumps(settings).encode() + b"\n",
            capture_output=True,
        )
        assert b"ready" in ran.stdout
        assert ran.stderr == b""
        assert ran.returncode == 0


def test_the_boundary_imports_nothing_slow():
    code = """
    import sys, grader.boundary.process
    print({"pytest", "sklearn", "scipy", "matplotlib", "solutions"} & set(sys.modules))
    """
    root = Path(process.__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, cwd=root
    )
    assert ran.stdout == "set()\n", ran.stderr
