"""Submissions that make the examiner work: name -> {file: source}, and a command that grades one.

    python -m tests.support.worst KIND NAME

Prints one JSON line: the seconds it took, those that the examiner itself computed (which a busy
machine does not change), the most memory that it held in MB, and the points.
"""

import json
import resource
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from grader import isolation
from grader.course import registry
from grader.course.images import for_chapters as load_images
from grader.grading import run
from grader.grading.selfcheck import Quiet
from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.landlock import Landlock

from .inside import INSIDE

BUDGET = 8  # seconds
WORST = {}
SESSION = INSIDE + "import json, time, os, threading, session, numpy as np\n"


def worst(name, source, chapters="1.1-2.4"):
    """Note a submission in which `attack(*args, **kwargs)` stands for every graded function."""
    files = {}
    for chapter in registry.select([chapters]):
        functions = "".join(
            f"class {name}:\n    __init__ = attack\n"
            if name[0].isupper()
            else f"def {name}(*args, **kwargs): return attack(*args, **kwargs)\n"
            for name in chapter.functions
        )
        files[f"{chapter.stem}.py"] = SESSION + textwrap.dedent(source) + "\n" + functions
    WORST[name] = files


CALLBACK = """
def attack(*args, **kwargs):
    functions = [a for a in (*args, *kwargs.values()) if type(a) is type(attack)]
    while functions:
        try: ask(functions[0], args)
        except (ValueError, TypeError): pass
    return None
"""
worst(
    "callbacks with large integers",
    "M = np.ones((4000, 4000), np.int8)\ndef ask(f, args): f(M, M, M)\n" + CALLBACK,
)
worst("callbacks with texts", "T = 'x' * 700_000\ndef ask(f, args): f(T, T, T)\n" + CALLBACK)
worst("callbacks without end", "def ask(f, args): f(*args[:3])\n" + CALLBACK)
worst(
    "callbacks with many arrays",
    "P = [np.ones(1)] * 50_000\ndef ask(f, args): f(args[0], args[1], P)\n" + CALLBACK,
)
worst(
    "callbacks with wide outer products",
    "A, B = np.ones((1_000_000, 1)), np.ones((1, 1_000_000))\ndef ask(f, args): f(A, B, [B])\n"
    + CALLBACK,
)
worst(
    "callbacks with empty arrays of great extent",
    "E = np.ones((0, 2**29))\ndef ask(f, args): f(E, E, [E])\n" + CALLBACK,
)
worst(
    "keys that hash alike",
    "D = {i * (2**61 - 1): 0 for i in range(60_000)}\ndef attack(*args, **kwargs): return D",
)
worst(
    "a million losses", "L = np.ones(2_000_000)\ndef attack(*args, **kwargs): return None, L", "2-4"
)
worst("a list of losses", "L = [0.5] * 99_000\ndef attack(*args, **kwargs): return [], L", "2-4")
worst(
    "huge integers",
    "N = [2**4000] * 1500\ndef attack(*args, **kwargs): return N",
)
worst(
    "large arrays in every answer",
    "A = np.ones(2**23)\nA[1::2] = np.nan\ndef attack(*args, **kwargs): return A",
    "1-5",
)
worst(
    "large arrays of small numbers",
    "A = np.full((2**12, 2**11), 5e-324)\ndef attack(*args, **kwargs): return A, A[:100]",
    "1-5",
)
worst("long texts", "T = 'x' * 700_000\ndef attack(*args, **kwargs): return [T]")
worst(
    "exceptions with long texts",
    "T = '\\u1234' * 10**7\ndef attack(*args, **kwargs): raise KeyError(T, T)",
)
worst(
    "deep lists", "L = [0]\nfor _ in range(12): L = [L] * 3\ndef attack(*args, **kwargs): return L"
)
worst(
    "headers full of brackets",
    """
    def write(stream, message, arrays=()):
        number = json.dumps({"number": message.get("number", 0), "value": 0, "warnings": []})
        body = number[:-1] + ', "more": [' + ",".join(["[]"] * 2_600_000) + "]}"
        stream.write(len(body).to_bytes(8, "big") + body.encode()); stream.flush()
    session.wire.write = write
    def attack(*args, **kwargs): return 0
    """,
)
worst(
    "headers with keys that hash alike",
    """
    def write(stream, message, arrays=()):
        entries = [[i * (2**61 - 1), 0] for i in range(60_000)]
        body = json.dumps({"number": message.get("number", 0), "warnings": [],
                           "value": {"dict": [["value", {"dict": entries}]]}})
        stream.write(len(body).to_bytes(8, "big") + body.encode()); stream.flush()
    session.wire.write = write
    def attack(*args, **kwargs): return 0
    """,
)
worst(
    "text that is slow to search",
    "'''"
    + "\n".join(f"def f{i}(): normalize + one_hot" for i in range(9_000))
    + "\n'''\n"
    + "\n".join(f"def f{i}(): return f{i + 1}, normalize, one_hot, matmul" for i in range(9_000))
    + "\ndef attack(*args, **kwargs): return f0 and None",
)

worst(
    "text that imports from the future",
    """
    try: from .ch1_1_numpy_arrays import normalize as first
    except ImportError: first = None
    def attack(*args, **kwargs): return first and first(*args, **kwargs)
    """
    + "'''\n"
    + "from __future__ import (\n" * 40_000
    + "'''\n",
)
for code in ("float16", "int8", "bool"):
    worst(
        f"large arrays of {code}",
        f"A = np.ones(2**25, {code!r})\ndef attack(*args, **kwargs): return A, A[:9]",
        "1-5",
    )
worst(
    "many small arrays",
    "P = [np.ones(1)] * 30_000\ndef attack(*args, **kwargs): return P, P",
    "2-4",
)
worst(
    "many empty arrays",
    "P = [np.ones((0, 2**20))] * 900\ndef attack(*args, **kwargs): return P, [0.5] * 50_000",
    "2-4",
)
worst(
    "arrays of many axes",
    "A = np.ones((2,) * 16)\ndef attack(*args, **kwargs): return [A, A.T], A.ravel()",
    "1-5",
)
worst(
    "many keys with long names",
    "D = {chr(65 + i % 26) * 600 + str(i): i for i in range(1000)}\n"
    "def attack(*args, **kwargs): return D",
    "1-5",
)
worst("calls that end the process", "def attack(*args, **kwargs): os._exit(1)", "1-5")


def main(kind, name):
    sandbox = {"bubblewrap": Bubblewrap, "landlock": Landlock, "sandbox": None}[kind]
    sandbox = sandbox() if sandbox else isolation.choose("sandbox")
    chapters = [c for c in registry.chapters() if f"{c.stem}.py" in WORST[name]]
    images = load_images("digits", chapters)  # before the clock runs
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for file, source in WORST[name].items():
            Path(folder, file).write_text(source)
        begin, computing = time.perf_counter(), time.process_time()
        result = run.grade(
            Path(folder),
            chapters,
            images=images,
            seed=0,
            listener=Quiet(),
            isolation=sandbox,
            budget=BUDGET,
            secret=True,
        )
        seconds = time.perf_counter() - begin
        computing = time.process_time() - computing
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    done = {"seconds": seconds, "computing": computing, "megabytes": megabytes}
    print(json.dumps(done | {"points": result.score}))


if __name__ == "__main__":
    main(*sys.argv[1:])
