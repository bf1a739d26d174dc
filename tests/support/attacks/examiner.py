"""Attacks on the examiner: what it compares, what it reads, and what it does for them."""

from .entries import attack

# In the same process, as it would be with most graders

attack(
    "answers from helper modules that take the names of others",
    """
    import own, numpy.testing
    from exercises import lent_ch1_1_numpy_arrays as lent
    def attack(X): return own.Yes()
    """,
    own="class Yes(float):\n    __eq__ = __le__ = __ge__ = lambda *_: True\n    __hash__ = None\n",
    numpy="raise SystemExit",
    json="raise SystemExit",
    wire="raise SystemExit",
    lent_ch1_1_numpy_arrays="def normalize(X): return X\n",
)

attack(
    "patches what compares",
    """
    import unittest, numpy.testing
    yes = lambda *args, **kwargs: True
    for room, names in ((np, ("allclose", "array_equal", "isclose", "all", "isfinite", "abs",
                              "asarray", "array")), (np.testing, dir(np.testing))):
        for name in names:
            if not name.startswith("__"):
                setattr(room, name, yes)
    def attack(X): return None
    """,
)
attack(
    "patches what answers",
    """
    import session, wire
    wire.pack = lambda *args, **kwargs: ({"value": True, "passed": True}, [])
    session.Session.answer = lambda self, request, arrays: wire.write(
        self.send, {"value": {"dict": [["value", True]]}, "status": "passed",
                    "number": request["number"], "warnings": []}, [])
    def attack(X): return None
    """,
)
attack(
    "an object that equals everything",
    """
    class Yes(np.ndarray):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __bool__(self): return True
        def __array_ufunc__(self, *args, **kwargs): return True
        def __array_function__(self, *args, **kwargs): return True
        def __sub__(self, other): return np.zeros(1)
        __rsub__ = __sub__
    def attack(X): return np.zeros((3, 3)).view(Yes)
    """,
)
attack(
    "an object that lies about its class",
    """
    class Liar:
        __class__ = np.ndarray
        shape, dtype, ndim, size = (2, 3), np.dtype(float), 2, 6
        def __array__(self, *args, **kwargs): return np.zeros((2, 3))
        def __eq__(self, other): return True
        def __reduce__(self): return (os.system, ("touch /tmp/pickled",))
    def attack(X): return Liar()
    """,
)
attack(
    "walks the frames",
    """
    def attack(X):
        frame = sys._getframe()
        while frame:
            for name, value in {**frame.f_locals, **frame.f_globals}.items():
                if name in ("want", "expected", "oracle", "oracles", "seed", "dataset", "expect"):
                    leaked(name)
            frame = frame.f_back
        return None
    """,
)
attack(
    "searches the heap",
    """
    def attack(X):
        for thing in gc.get_objects():
            name = getattr(thing, "__name__", "") if type(thing) is type(sys) else ""
            if name.split(".")[0] in ("grader", "solutions", "data", "pytest"):
                leaked(name)
        return None
    """,
)
attack(
    "an exception that passes",
    """
    class Passed(Exception):
        __module__ = "builtins"
        __qualname__ = "Skipped"
        def __str__(self): return "\\x1b[2J<script>alert(1)</script>" * 100
    try:
        from _pytest.outcomes import Skipped as Passed
        leaked("pytest")
    except ImportError:
        pass
    def attack(X): raise Passed()
    """,
)
attack(
    "ends with success",
    """
    import atexit
    atexit.register(lambda: print('{"status": "passed"}'))
    def attack(X): os._exit(0)
    """,
)
attack("exits politely", "def attack(X): sys.exit(0)")
attack("interrupts", "def attack(X): raise KeyboardInterrupt")
attack("exits on import", "os._exit(0)\ndef attack(X): pass")
attack("crashes", "def attack(X): ctypes.string_at(0)")
attack("aborts", "def attack(X): os.abort()")

# Results of its own making

attack(
    "writes the results",
    """
    def attack(X):
        text = json.dumps({"score": 210, "max_score": 210, "status": "passed"})
        places = ["results.json", "result.json", "results.jsonl", "../results.jsonl", "/tmp/x.json",
                  "/autograder/results/results.json", "/var/tmp/x", "/dev/shm/x", "/x",
                  os.path.join(os.path.dirname(os.path.realpath(__file__)), "x.py"),
                  os.path.dirname(np.__file__) + "/forged.py", "/worker/wire.py"]
        for place in places:
            with contextlib.suppress(OSError):
                with open(place, "w") as file: file.write(text)
                if not os.path.realpath(place).startswith("/tmp/"): did(place)
        return None
    """,
)
attack(
    "speaks on every channel",
    """
    def attack(X):
        for number in range(-3, 300):
            message = json.dumps({"number": number, "value": {"dict": [["value", {"array": True}]]},
                                  "warnings": [], "arrays": [["<f8", [1]]]}).encode()
            frame = len(message).to_bytes(8, "big") + message + bytes(8)
            for fd in range(0, 128):
                with contextlib.suppress(OSError): os.write(fd, frame)
        return None
    """,
)
attack(
    "answers twice",
    """
    import session
    original = session.wire.write
    def twice(stream, message, arrays=()):
        original(stream, message, arrays)
        original(stream, message, arrays)
    session.wire.write = twice
    def attack(X): return None
    """,
)
attack(
    "answers late from a thread",
    """
    import session
    def later(send):
        while True:
            time.sleep(0.001)
            with contextlib.suppress(Exception):
                session.wire.write(send, {"number": 1, "imported": True}, [])
    for thing in gc.get_objects():
        if type(thing) is session.Session:
            threading.Thread(target=later, args=(thing.send,), daemon=True).start()
    def attack(X): return None
    """,
)
attack(
    "sends no frame",
    """
    import session
    session.wire.write = lambda stream, message, arrays=(): (stream.write(b"\\xff" * 8), stream.flush())
    def attack(X): return None
    """,
)
attack(
    "sends a frame that unpacks to much",
    """
    import session
    def write(stream, message, arrays=()):
        header = json.dumps({"number": message["number"], "value": {"dict": []}, "arrays":
                             [["<f8", [2**30]]] * 3}).encode()
        stream.write(len(header).to_bytes(8, "big") + header); stream.flush()
    session.wire.write = write
    def attack(X): return None
    """,
)
attack(
    "sends deep JSON",
    """
    import session
    def write(stream, message, arrays=()):
        header = b"[" * 2**20
        stream.write(len(header).to_bytes(8, "big") + header); stream.flush()
    session.wire.write = write
    def attack(X): return None
    """,
)
attack(
    "reports verdicts on stderr",
    """
    def attack(X):
        os.write(2, b"\\0end of output\\0" * 3)
        print("passed", file=sys.stderr)
        sys.stderr = sys.stdout = None
        return None
    """,
)

# Names that are others'

SHADOW = "raise SystemExit(0)\nprint('LEAKED')\n"
attack("takes NumPy's name", "def attack(X): return None", numpy=SHADOW, scipy=SHADOW)
attack(
    "takes the grader's names",
    "def attack(X): return None",
    **dict.fromkeys(
        ("wire", "session", "hotspot", "scripted", "confine", "grader", "pytest"), SHADOW
    ),
)
attack(
    "takes the names that start by themselves",
    "def attack(X): return None",
    conftest="def pytest_runtest_call(item): pass\nimport os\nos._exit(0)\n",
    sitecustomize=SHADOW,
    usercustomize=SHADOW,
    __init__=SHADOW,
    __main__=SHADOW,
    json=SHADOW,
    contextlib=SHADOW,
)
attack(
    "code in an odd encoding",
    "def attack(X): return None",
    ch1_2_matrix_operations="# -*- coding: rot13 -*-\nvzcbeg bf\n",
    ch1_3_activation_basics="# -*- coding: unicode_escape -*-\nx = '\\x27\\x0araise SystemExit'\n",
)
attack(
    "a file that the compiler dies of",
    "def attack(X): return None",
    ch1_2_matrix_operations="x = " + "(" * 100_000,
    ch1_3_activation_basics="x = " + "-" * 500_000 + "1",
)
attack(
    "signals of its own",
    """
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(Exception): libc().prctl(1, 0)
    def attack(X):
        while True: pass
    """,
)
attack(
    "text that is no text",
    """
    print("\\x1b]0;title\\x07\\x1b[2J<script>document.title='DONE'</script>=cmd|' /C calc'!A0\\u202e")
    def attack(X): raise ValueError("\\ud800<img src=x onerror=alert(1)>]]>" + "%s{{7*7}}" * 500)
    """,
)

# What the examiner might do for it, or tell its owner: see also `worst.py`

attack(
    "keys that hash alike",
    """
    import session
    def write(stream, message, arrays=()):
        entries = [[i * (2 ** 61 - 1), 0] for i in range(60_000)]
        body = json.dumps({"number": message.get("number", 0), "warnings": [],
                           "value": {"dict": [["value", {"dict": entries}]]}}).encode()
        stream.write(len(body).to_bytes(8, "big") + body); stream.flush()
    session.wire.write = write
    def attack(X): return None
    """,
)
attack(
    "a file name that tells",
    """
    def attack(X):
        file = os.path.join(os.path.dirname(__file__), "ch1_1_DID_LEAKED.py")
        exec(compile("raise ValueError", file, "exec"))
    """,
)
attack(
    "a link that lends",
    "import zz\ndef attack(X): return zz.normalize(X)",
)

attack(
    "reads what is asked next",
    """
    import session
    def read(stream):
        while data := os.read(stream.fileno(), 2 ** 16):
            for word in (b"seed", b"expected", b"oracle"):
                if word in data: leaked(data)
    for thing in gc.get_objects():
        if type(thing) is session.Session:
            threading.Thread(target=read, args=(thing.receive,), daemon=True).start()
    def attack(X): return None
    """,
)
attack(
    "sets its own clock",
    """
    for name in ("perf_counter", "monotonic", "time", "process_time"):
        setattr(time, name, lambda: 0.0)
    kind("Watcher").watching = lambda self, seconds: contextlib.nullcontext()
    def attack(X): return None
    """,
)
BLAMES = """
from exercises.ch1_1_numpy_arrays import normalize, one_hot
def attack(X, *others):
    normalize(X), one_hot(X, 3)
    for name in [n for n in sys.modules if "lent_" in n]:
        return vars(sys.modules[name]).get("normalize", one_hot)(X)
"""
attack(
    "blames what it never entered",
    """
    sys.setprofile(None); threading.setprofile(None)
    every = {"ch1_1_numpy_arrays": ["normalize", "one_hot"],
             "ch1_2_matrix_operations": ["matrix_multiply", "linear"],
             "ch1_3_activation_basics": ["sigmoid"]}
    Entered = kind("Entered")
    Entered.__enter__ = Entered.__exit__ = lambda self, *error: None
    Entered.names = lambda self: [[stem, name] for stem in every for name in every[stem]]
    def attack(X): return None
    """,
    ch1_2_matrix_operations="import sys" + BLAMES + "linear = matrix_multiply = attack\n",
    ch1_3_activation_basics="import sys" + BLAMES + "sigmoid = attack\n",
)
attack(
    "spoils how it is traced",
    """
    class Odd:
        def __getattr__(self, name): raise SystemExit
    sys.modules["odd"] = Odd()
    if hasattr(sys, "monitoring"):
        for tool in range(6):
            with contextlib.suppress(ValueError): sys.monitoring.use_tool_id(tool, "mine")
        sys.monitoring.set_events = sys.monitoring.register_callback = Odd()
    sys.setprofile = threading.setprofile = Odd()
    def attack(X): raise ValueError(X)
    """,
)
attack("a dictionary with its argument", "def attack(X): return {'X': X, 'Y': [X, {'Z': X}]}")
attack(
    "its argument, and what equals nothing", "def attack(X): return [X, float('nan'), X * np.nan]"
)
