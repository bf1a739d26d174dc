"""A submission whose functions do to a worker whatever a test of the boundary asks for."""

from .inside import INSIDE

LEARNER = (
    INSIDE
    + """
import ctypes, gc, os, random, signal, subprocess, sys, threading, time, warnings
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

def global_normal():
    np.random.normal()

def global_gauss():
    random.gauss(0.0, 1.0)

def replace_random():
    np.random.random = random.random = lambda: 0.5

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
