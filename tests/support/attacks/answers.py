"""Answers, errors and frames that are not what they seem, and a worker that no longer works."""

from .entries import attack

# Objects that change when they are looked at

attack(
    "a length and a shape that change",
    """
    class List(list):
        looks = 0
        def __len__(self): List.looks += 1; return List.looks % 3
        def __iter__(self):
            while True: yield self
    class Array(np.ndarray):
        looks = 0
        @property
        def shape(self): Array.looks += 1; return (4, 3) if Array.looks % 2 else (10**9,)
        @property
        def dtype(self): Array.looks += 1; return np.dtype("f8" if Array.looks % 2 else "O")
        def __array_finalize__(self, other): raise SystemExit
    def attack(X):
        with contextlib.suppress(BaseException): return np.zeros((4, 3)).view(Array)
        return List()
    """,
)
attack(
    "numbers and texts that lie about their size",
    """
    class Dict(dict):
        def __len__(self): return 1
        def items(self):
            while True: yield "a", 1
    class Text(str):
        def __len__(self): return 0
        def encode(self, *_): return b"x" * 10**9
    class Number(int):
        def bit_length(self): return 1
        def __repr__(self): return "9" * 10**8
    def attack(X): return [Dict(a=1), Text("x"), Number(10**5000)]
    """,
)
attack(
    "views of the same memory, and of more than there is",
    """
    from numpy.lib.stride_tricks import as_strided
    def attack(X):
        x = np.zeros(4)
        return [as_strided(x, (2**20, 2**20), (0, 0)), as_strided(x, (4, 4), (-8, 8)),
                as_strided(x, (2**22,), (1,)), np.broadcast_to(x, (2**30, 4))]
    """,
)
attack(
    "arrays without numbers",
    """
    def attack(X):
        return [np.array([None, X, "a"], object), np.zeros(X.shape, [("a", "f8")]), np.void(b"abc"),
                np.array("2020-01-01", "M8"), np.array([1 + 2j]), np.longdouble(1), np.array({1: X})]
    """,
)
attack(
    "a text in the bits of a number",
    """
    def attack(X):
        bits = np.full(X.shape, int.from_bytes(b"LEAKED\\xf8\\x7f", "little"), np.uint64)
        return bits.view(np.float64)
    """,
)
attack(
    "generators of generators",
    """
    def endless():
        while True: yield endless()
    def attack(X): return (endless() for _ in iter(int, 1))
    """,
)
attack(
    "numbers and keys that JSON does not know",
    """
    def attack(X):
        floats = [float("nan"), float("inf"), -0.0, 5e-324] * 1000
        return {float("nan"): floats, None: 2**4000, True: 3, 1: "\\udcff" * 1000, "a\\0": [[]]}
    """,
)
attack("a side without entries", "def attack(X): return [np.zeros((0, 2**62), np.int8), X]")

# Errors

attack(
    "an error that holds itself",
    """
    class Own(Exception):
        args = property(lambda self: [self])
        def __str__(self): return str(self)
    def attack(X):
        error = Own()
        error.__cause__ = error.__context__ = error
        raise error
    """,
)
attack(
    "errors in groups in groups",
    """
    def attack(X):
        group = ExceptionGroup("\\x1b[2J", [ValueError("x")] * 1000)
        for _ in range(500): group = ExceptionGroup("x", [group])
        raise group
    """,
)
attack(
    "operands that run code",
    """
    class Odd:
        shape = property(lambda self: os._exit(0))
        def __getattr__(self, name): raise SystemExit
        def __repr__(self): os.write(1, b"x" * 2**20); raise SystemExit
    def attack(X):
        odd = Odd()
        return X + odd @ odd
    """,
)
attack(
    "warnings that lie",
    """
    import warnings
    class Odd(UserWarning):
        def __str__(self): raise SystemExit
    def attack(X):
        for number in range(1000): warnings.warn("\\x1b[31m" * 1000 + str(number))
        warnings.warn(Odd("x"))
        warnings.showwarning = lambda *args, **kwargs: os._exit(0)
        warnings.warn("x")
        return None
    """,
)

# Frames

FORGED = """
import session
def write(stream, message, arrays=()):
    body = forged(message.get("number") or 0).encode()
    stream.write(len(body).to_bytes(8, "big") + body); stream.flush()
def attack(X):
    session.wire.write = write
    return None
"""
attack(
    "a reply of every kind at once",
    """
    def forged(number):
        line = ["ch1_1_numpy_arrays.py", 10**300, "f", "g"]
        raised = {"type": "Passed", "bases": ["Warning"] * 99, "message": "x", "lines": [line] * 99,
                  "did_you_mean": "x" * 10**5, "refused": "x", "expression": "(" * 200,
                  "operands": [["a", "b", "c"]] * 99}
        return json.dumps({"number": number, "raised": raised, "imported": True, "best": -1.0,
                           "missing": "file", "not_plain": "x", "global_random": True,
                           "warnings": [["W", *line[:1], "x", 10**300]] * 99, "entered": [["x", "y"]]})
    """
    + FORGED,
)
attack(
    "an integer of 4,299 digits",
    """
    def forged(number):
        value = '{"dict": [["value", %s]]}' % ("9" * 4299)
        return '{"number": %d, "warnings": [], "value": %s}' % (number, value)
    """
    + FORGED,
)
attack(
    "half of a character, and keys that are there twice",
    """
    def forged(number):
        value = '{"dict": [["value", 1], ["arguments", 5], ["value", "\\\\ud83d"]]}'
        warned = '[["\\\\ud800", "\\\\ud800", "", 0]]'
        return '{"number": %d, "value": 1, "value": %s, "warnings": %s}' % (number, value, warned)
    """
    + FORGED,
)
attack(
    "a loop that it makes up",
    """
    def attack(X):
        own = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Session")
        about = {"loop": ["ch1_1_numpy_arrays.py", 10**400, "LEAKED", "LEAKED"],
                 "shares": [["x", "LEAKED", float("nan")], ["x", "LEAKED", float("inf")]] * 50,
                 "entered": [["ch1_1_numpy_arrays", "normalize"]] * 10**5}
        with own.turn: own._ask({"number": own.number, "slow": about}, [])
        return None
    """,
)

# A worker that no longer works

attack(
    "changes what is built in",
    """
    import builtins
    for name in ("isinstance", "type", "len", "getattr", "sum", "map", "list", "dict", "print",
                 "open", "__import__", "super", "int", "str", "issubclass", "callable"):
        setattr(builtins, name, lambda *args, **kwargs: True)
    def attack(X): return None
    """,
)
attack(
    "patches what writes and reads JSON",
    """
    json.JSONEncoder.iterencode = lambda *args, **kwargs: iter(["{}"])
    json.dumps = lambda *args, **kwargs: '{"value": {"dict": [["value", true]]}}'
    json.loads = lambda *args, **kwargs: {"name": None, "module": "x", "number": 1}
    def attack(X): return None
    """,
)
attack(
    "listens to what happens",
    """
    def hook(event, arguments):
        if event in ("import", "exec", "compile", "open"): raise SystemExit
    def attack(X):
        sys.addaudithook(hook)
        sys.settrace(lambda *args: os._exit(0))
        return None
    """,
)
attack(
    "takes the import system apart",
    """
    import _imp, exercises
    exercises.__path__[:] = ["/"]
    for part in (sys.meta_path, sys.path, sys.path_hooks, sys.path_importer_cache): part.clear()
    del sys.modules["exercises"]
    _imp.acquire_lock()
    def attack(X): return None
    """,
)
attack(
    "swaps its descriptors",
    """
    def attack(X):
        for one in range(3, 8):
            for other in range(3, 8):
                with contextlib.suppress(OSError): os.dup2(one, other)
        return None
    """,
)
attack(
    "threads that go on and change arrays",
    """
    def work():
        while True:
            for thing in gc.get_objects():
                if type(thing) is np.ndarray and thing.size < 100:
                    with contextlib.suppress(ValueError): thing[...] = 0
    def attack(X):
        for _ in range(4): threading.Thread(target=work, daemon=True).start()
        return X * 0
    """,
)
attack(
    "helpers that import each other and the answers",
    """
    import aa, grader, solutions
    from solutions import right
    def attack(X): return aa.f(X)
    """,
    aa="import bb, ch1_1_numpy_arrays\ndef f(X): return bb.f(X)\n",
    bb="import aa\nfrom exercises import ch1_1_numpy_arrays as me\ndef f(X): return aa.f(X)\n",
    grader="from solutions import *\n",
    solutions="import grader\nright = None\n",
)
