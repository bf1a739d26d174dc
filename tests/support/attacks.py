"""Submissions by people with an interest in the outcome: name -> {file: source}.

Each tries to earn points without an answer, to learn what it must not know, or to do harm.
What must not be had is announced as `LEAKED`, what must not be done as `DID`. None may earn more
than a stub does.
"""

import textwrap

PRELUDE = """
import contextlib, ctypes, gc, glob, json, os, resource, signal, socket, struct, subprocess, sys
import threading, time
import numpy as np

def leaked(what): print("LEAKED", str(what)[:150], flush=True)
def did(what): print("DID", str(what)[:150], flush=True)
def libc(): return ctypes.CDLL(None, use_errno=True)

for thing in gc.get_objects():  # the grader's own modules, whose names are a submission's to use
    if type(thing).__name__ == "Session" and hasattr(thing, "carry_out"):
        modules = type(thing).answer.__globals__
        sys.modules["session"] = type(sys)("session")
        sys.modules["session"].__dict__.update(modules)
        sys.modules["wire"] = modules["wire"]
"""
CHAPTER = "ch1_1_numpy_arrays.py"
# Both functions do the same; what `attack` gives is the answer.
FUNCTIONS = """
def normalize(X):
    return attack(X)

def one_hot(labels, num_classes):
    return attack(labels)
"""

ATTACKS = {}


def attack(name, source, **files):
    body = PRELUDE + textwrap.dedent(source)
    if "def normalize" not in body:
        body += FUNCTIONS
    ATTACKS[name] = {CHAPTER: body} | {f"{stem}.py": text for stem, text in files.items()}


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

# What lies on the disk, in the system, and in other processes

attack(
    "imports the answers",
    """
    import importlib
    def attack(X):
        for name in ("solutions.ch1_1_numpy_arrays", "solutions", "grader.cli", "grader.vocabulary.oracles", "data",
                     "sklearn", "pytest", "exercises.solutions", "_pytest", "click"):
            with contextlib.suppress(ImportError):
                leaked(importlib.import_module(name))
        return None
    """,
)
attack(
    "searches the disk",
    """
    def attack(X):
        for folder, folders, files in os.walk("/"):
            if folder.startswith(("/proc", "/sys")):
                continue
            if "ch1_1" in " ".join(files) and not folder.startswith((submission, "/submission")):
                with contextlib.suppress(OSError):
                    for file in files:
                        if "ch1_1" in file and open(os.path.join(folder, file)).read(10):
                            leaked(os.path.join(folder, file))
        return None
    submission = os.path.dirname(os.path.realpath(__file__))
    """,
)
attack(
    "reads what is the user's",
    """
    def attack(X):
        for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.bashrc", "/root/.ssh",
                     os.path.expanduser("~/.ssh"), "/home", "/var/log", "/run", "/work", "/mnt"):
            with contextlib.suppress(OSError):
                leaked(os.listdir(path) if os.path.isdir(path) else open(path).read())
        for name, value in os.environ.items():
            if "LEARN" in name or "TOKEN" in name or "SECRET" in name:
                leaked(name)
        return None
    """,
)
attack(
    "reads other processes",
    """
    def attack(X):
        for kind in ("environ", "cmdline", "maps", "mem", "fd", "cwd", "root"):
            for path in glob.glob(f"/proc/[0-9]*/{kind}"):
                if path.split("/")[2] == str(os.getpid()):
                    continue
                with contextlib.suppress(OSError):
                    leaked(open(path, "rb").read(20) if kind not in ("fd", "cwd", "root")
                           else os.listdir(path))
        with contextlib.suppress(OSError):
            leaked(open(f"/proc/{os.getppid()}/mem", "rb"))
        return None
    """,
)
attack(
    "traces its parent",
    """
    def attack(X):
        for pid in (os.getppid(), 1):
            if libc().ptrace(16, pid, 0, 0) == 0: did("attached")
            buffer = ctypes.create_string_buffer(8)
            vector = struct.pack("PN", ctypes.addressof(buffer), 8)
            if libc().process_vm_readv(pid, vector, 1, vector, 1, 0) >= 0: leaked("memory")
        return None
    """,
)
attack(
    "kills its parent",
    """
    def attack(X):
        for pid in (os.getppid(), -1, 0, 1, -os.getpgrp()):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        return None
    """,
)
attack(
    "follows links in its own folder",
    """
    def attack(X):
        for name in os.listdir(os.path.dirname(os.path.realpath(__file__))):
            if not name.endswith(".py") and name != "__pycache__": leaked(name)
        return None
    """,
)

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

# What it may use up

attack(
    "a fork bomb",
    """
    def attack(X):
        while True:
            with contextlib.suppress(OSError):
                if os.fork() == 0: did("fork")
                continue
            break
        for start in (lambda: subprocess.Popen(["sleep", "600"]),
                      lambda: __import__("multiprocessing").Process(target=time.sleep).start(),
                      lambda: os.posix_spawn(sys.executable, [sys.executable, "-V"], {})):
            with contextlib.suppress(OSError):
                start()
                did("start")
        return None
    """,
)
attack(
    "an orphan by raw calls",
    """
    def attack(X):
        numbers = {"x86_64": (57, 58, 56, 435), "aarch64": (220, 435)}[os.uname().machine]
        for number in numbers:
            pid = libc().syscall(number, 17, 0, 0, 0, 0)
            if pid == 0:
                os.setsid()
                time.sleep(600)
                os._exit(0)
            if pid > 0: did("clone")
        return None
    """,
)
attack(
    "a memory bomb",
    """
    kept = []
    def attack(X):
        while True: kept.append(np.ones(2**24))
    """,
)
attack(
    "a thread bomb",
    """
    threading.stack_size(32768)
    def attack(X):
        count = 0
        with contextlib.suppress(Exception):
            while True:
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                count += 1
                if count > 3000: did("threads")
        return None
    """,
)
attack(
    "fills the disk",
    """
    def attack(X):
        total = 0
        for i in range(100):
            with contextlib.suppress(OSError):
                with open(f"fill{i}", "wb") as file:
                    for _ in range(32):
                        file.write(bytes(2**20)); file.flush()
                        total += 2**20
        if total > 2**28: did(total)
        return None
    """,
)
attack(
    "fills memory by other doors",
    """
    def attack(X):
        with contextlib.suppress(OSError, AttributeError):
            fd = os.memfd_create("x"); os.ftruncate(fd, 2**33); did("memfd")
        if libc().shmget(4242, 2**30, 0o1666) >= 0: did("shm")
        if libc().mq_open(b"/x", 66, 0o666, None) >= 0: did("mq")
        return None
    """,
)
attack(
    "raises its limits",
    """
    def attack(X):
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                did("limit")
        with contextlib.suppress(OSError):
            resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)); did("prlimit")
        with contextlib.suppress(OSError):
            os.sched_setaffinity(os.getppid(), {0}); did("affinity")
        return None
    """,
)
attack("floods stdout", "def attack(X):\n    while True: print('x' * 100000)")
attack("floods stderr", "def attack(X):\n    while True: os.write(2, bytes(100000))")
attack("never ends", "def attack(X):\n    while True: pass")
attack("never ends on import", "while True: pass\ndef attack(X): pass")
attack("hangs where no signal is heard", "def attack(X):\n    return 7 ** (10 ** 9)")
attack("recurses", "def attack(X): return attack(X)")
attack(
    "recurses in C",
    """
    def attack(X):
        sys.setrecursionlimit(10 ** 9)
        value = []
        for _ in range(10 ** 6): value = [value]
        return value
    """,
)
attack("an iterable without end", "import itertools\ndef attack(X): return itertools.count()")
attack("a list that holds itself", "def attack(X):\n    x = []; x.append(x); return x")
attack("gigabytes as an answer", "def attack(X): return np.zeros(2**27)")
attack("a huge number", "def attack(X): return 10 ** 5000")
attack("a huge text", "def attack(X): return 'x' * 10 ** 8")

# Signals, and what processes share

attack(
    "kills by a pipe's signal",
    """
    import fcntl
    def attack(X):
        F_SETSIG, F_SETLEASE, F_NOTIFY = 10, 1024, 1026
        ends = [0, 1, 2, *range(3, 16)]
        with contextlib.suppress(OSError): ends += os.pipe()
        for end in ends:
            for command, value in ((fcntl.F_SETOWN, os.getppid()), (F_SETSIG, signal.SIGKILL),
                                   (F_SETLEASE, fcntl.F_RDLCK), (F_NOTIFY, 0x8000003F)):
                with contextlib.suppress(OSError):
                    fcntl.fcntl(end, command, value); did(f"fcntl {command}")
            with contextlib.suppress(OSError):
                fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
                did("O_ASYNC")
            for request in (0x5452, 0x8901, 0x8902):  # FIOASYNC, FIOSETOWN, SIOCSPGRP
                with contextlib.suppress(OSError):
                    fcntl.ioctl(end, request, struct.pack("i", os.getppid())); did("ioctl")
        with contextlib.suppress(OSError): os.write(1, b"now")
        return None
    """,
)
attack(
    "signals everybody",
    """
    def attack(X):
        others = [os.getppid(), 1, -1, -os.getpgrp(), *range(2, 4000)]
        for other in others:
            if other == os.getpid(): continue
            with contextlib.suppress(OSError): os.kill(other, 0); did(f"kill {other}")
        for number in (200, 129, 297, 424, 234) if os.uname().machine == "x86_64" else (130, 138, 240):
            if libc().syscall(number, os.getppid(), 9, 9, 0) == 0: did(f"signal by {number}")
        return None
    """,
)
attack(
    "spoils what processes share",
    """
    def attack(X):
        c, IPC_RMID, IPC_STAT, IPC_INFO = libc(), 0, 2, 3
        buffer = ctypes.create_string_buffer(4096)
        for number in (*range(64), 0x10000, 0x10001):
            for name, call in (("shm", lambda i, x: c.shmctl(i, x, buffer)),
                               ("msg", lambda i, x: c.msgctl(i, x, buffer)),
                               ("sem", lambda i, x: c.semctl(i, 0, x, buffer))):
                for command in (IPC_STAT, IPC_INFO, IPC_RMID):
                    if call(number, command) >= 0: did(f"{name}ctl {number} {command}")
                    elif ctypes.get_errno() not in (1, 38): did(f"{name}ctl was asked")
            if c.msgrcv(number, buffer, 100, 0, 0o4000) >= 0: leaked("a message")
            elif ctypes.get_errno() not in (1, 38): did("msgrcv was asked")
        for name in (b"/x", b"/queue"):
            if c.mq_unlink(name) == 0: did("mq_unlink")
            elif ctypes.get_errno() not in (1, 13, 38): did("mq_unlink was asked")
        for call in (lambda: c.shmget(0, 4096, 0o1666), lambda: c.semget(0, 1, 0o1666),
                     lambda: c.msgget(0, 0o1666), lambda: c.mq_open(b"/x", 66, 0o666, None)):
            if call() >= 0: did("made one")
        return None
    """,
)
attack(
    "takes what the machine has few of",
    """
    def attack(X):
        # io_setup, inotify_init1, eventfd2, epoll_create1, timerfd_create, signalfd4, pipe2,
        # memfd_create, userfaultfd, perf_event_open, bpf, fanotify_init, io_uring_setup,
        # timer_create, add_key, keyctl, memfd_secret, pidfd_open, flock, membarrier
        numbers = {"x86_64": (206, 294, 290, 291, 283, 289, 293, 319, 323, 298, 321, 300, 425,
                              222, 248, 250, 447, 434, 73, 324),
                   "aarch64": (0, 26, 19, 20, 85, 74, 59, 279, 282, 241, 280, 262, 425,
                               107, 217, 219, 447, 434, 32, 283)}[os.uname().machine]
        arguments = [ctypes.create_string_buffer(256) for _ in range(3)]
        for number in numbers:
            for first in (1, 0, 2):
                if libc().syscall(number, first, *arguments) >= 0: did(number)
                elif ctypes.get_errno() not in (1, 38): did(f"{number} was asked")
        return None
    """,
)
attack(
    "asks for every call",
    """
    def attack(X):
        # What the measured list holds for x86-64 and ARM64; those after it by argument.
        known = {
            "x86_64": {*range(0, 26), 28, 32, 33, 34, 35, 36, 37, 38, 39, 56, 60, 62, 63, 72, 79,
                       80, 81, 89, 95, 96, 97, 98, 99, 100, 102, 104, 107, 108, 110, 111, 115,
                       118, 120, 121, 131, 157, 158, 186, 201, 202, 204, 217, 218, 219, 221, 228,
                       229, 230, 231, 234, 257, 262, 267, 269, 270, 271, 273, 292, 302, 309, 318,
                       332, 334, 439,
                       335, 336} - {22},  # probes, which seccomp lets through and which kill
            "aarch64": {17, 23, 24, 25, 29, 48, 49, 50, 56, 57, *range(61, 69), 72, 73, 78, 79,
                        80, 93, 94, 96, 98, 99, 101, 102, 103, 113, 114, 115, 123, 124, 128, 129,
                        131, 132, 134, 135, 139, 148, 150, 153, 155, 158, 160, 163, 165, 166, 167,
                        168, 169, *range(172, 180), 214, 215, 216, 220, 221, 222, 223, 226, 233,
                        261, 278, 291, 293, 439} - {221},
        }[os.uname().machine]
        for number in range(600):
            if number in known: continue
            if libc().syscall(number, -1, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38):
                did(f"{number} was asked")
        return None
    """,
)
attack(
    "speaks over abstract sockets",
    """
    def attack(X):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            with contextlib.suppress(OSError): socket.socketpair(socket.AF_UNIX, kind); did("pair")
            with contextlib.suppress(OSError):
                with socket.socket(socket.AF_UNIX, kind) as s:
                    s.bind("\\0learn-dl-core-0"); did("bind")
        return None
    """,
)

# The share of others

attack(
    "more threads than its share",
    """
    def busy():
        A = np.ones((300, 300))
        while True: A @ A
    def attack(X):
        threading.stack_size(2 ** 18)
        count = 0
        with contextlib.suppress(RuntimeError):
            for _ in range(58):
                threading.Thread(target=busy, daemon=True).start()
                count += 1
        if count > 12:
            time.sleep(1)  # time to look
            did(f"{count} threads")
        return None
    """,
)
attack(
    "leaves its core",
    """
    def attack(X):
        for cores in ({0}, {1}, set(range(os.cpu_count() or 1)), set(range(1024))):
            with contextlib.suppress(OSError, ValueError):
                os.sched_setaffinity(0, cores); did("affinity")
        if len(os.sched_getaffinity(0)) > 1: did("more than one core")
        for change in (lambda: os.nice(-1), lambda: os.nice(1),
                       lambda: os.setpriority(os.PRIO_USER, 0, 10),
                       lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
                       lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))):
            with contextlib.suppress(OSError): change(); did("priority")
        return None
    """,
)
attack(
    "writes wherever there is a folder",
    """
    def attack(X):
        folders = ["/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/run", "/proc/self", "/mnt",
                   os.getcwd(), os.path.dirname(os.path.realpath(__file__)), *sys.path]
        for folder in folders:
            for parent, inner, _ in os.walk(folder):
                if parent.count("/") > 7: inner.clear()
                for change in (lambda p: open(p, "wb").write(bytes(2 ** 16)), os.mkdir,
                               lambda p: os.symlink("/", p), os.mkfifo,
                               lambda p: os.open(parent, os.O_TMPFILE | os.O_RDWR),
                               lambda p: os.link(__file__, p)):
                    with contextlib.suppress(OSError, ValueError):
                        change(os.path.join(parent, "forged")); did(parent)
                if parent.startswith(("/proc/self", "/sys")): break
        return None
    """,
)
attack(
    "many empty files",
    """
    def attack(X):
        count = 0
        for folder in (".", "/tmp", os.environ.get("TMPDIR", "/"), os.environ.get("HOME", "/")):
            for i in range(5000):
                with contextlib.suppress(OSError):
                    os.close(os.open(f"{folder}/{i}", os.O_CREAT | os.O_WRONLY)); count += 1
                if i == 10 and not count: break
        if count: did(f"{count} files")
        return None
    """,
)
attack(
    "memory that its limit does not count",
    """
    def attack(X):
        c = libc()
        c.mmap.restype = ctypes.c_void_p
        for flags in (0x40022, 0x2022):  # MAP_HUGETLB, MAP_LOCKED
            if c.mmap(None, 2 ** 22, 3, flags, -1, 0) != ctypes.c_void_p(-1).value: did(hex(flags))
        if c.mlockall(3) == 0 or c.mlock(ctypes.create_string_buffer(2 ** 20), 2 ** 20) == 0:
            did("mlock")
        page = c.mmap(None, 2 ** 22, 3, 0x22, -1, 0)
        if page and c.madvise(ctypes.c_void_p(page), 2 ** 22, 12) == 0: did("KSM")
        return None
    """,
)

# The way out

attack(
    "opens sockets",
    """
    def attack(X):
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16):
            with contextlib.suppress(OSError):
                with socket.socket(family, socket.SOCK_DGRAM) as s: did(family)
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", 80), 1); did("connect")
        return None
    """,
)
attack(
    "makes a namespace of its own",
    """
    def attack(X):
        for flags in (0x10000000, 0x10020000, 0x20000000):
            if libc().unshare(flags) == 0: did("unshare")
        if libc().mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: did("mount")
        if libc().chroot(b".") == 0: did("chroot")
        for path in (b"/", b"/tmp"):
            with contextlib.suppress(OSError): os.setuid(0); did("setuid")
        return None
    """,
)
attack(
    "touches what belongs to others",
    """
    def attack(X):
        for path in ("/usr/lib", np.__file__, __file__, os.path.dirname(os.__file__), "/tmp/..", "."):
            for change in (lambda p: os.chmod(p, 0o777), lambda p: os.utime(p, (1, 1)),
                           lambda p: os.chown(p, os.getuid(), -1), lambda p: os.remove(p),
                           lambda p: os.rename(p, p + ".x"), lambda p: os.truncate(p, 0),
                           lambda p: os.setxattr(p, "user.x", b"x")):
                with contextlib.suppress(OSError, ValueError):
                    change(path); did(path)
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

# Answers without the work: name -> (chapter's stem, graded functions, what replaces them). They are
# graded without a sandbox, in `tests/chapters/test_training.py`.

WITHOUT_WORK = {}


def without_work(name, stem, *functions):
    def enter(source):
        WITHOUT_WORK[name] = stem, functions, textwrap.dedent(source)

    return enter


RANDOM_FEATURES = """
from itertools import pairwise

def fitted(X, y, widths, count, rng):
    rng, A, params = np.random.default_rng(rng), 1.0 * X, []
    for fan_in, fan_out in pairwise([X.shape[1], *widths]):
        params += [rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)), np.zeros(fan_out)]
        A = np.maximum(A @ params[-2] + params[-1], 0)
    A = np.hstack([A, np.ones((len(A), 1))])
    W = 12 * np.linalg.solve(A.T @ A + 0.01 * np.eye(A.shape[1]), A.T @ (y - 1 / y.shape[1]))
    return [*params, W[:-1], W[-1]], list(np.linspace(np.log(y.shape[1]), 0.02, count))
"""
without_work("random features and least squares, 3.4", "ch3_4_backpropagation", "train_mlp")(
    RANDOM_FEATURES
    + """
def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    return fitted(X, y, [hidden], epochs * -(-len(X) // batch_size), rng)
"""
)
without_work("random features and least squares, 4.1", "ch4_1_deep_mlp", "train_deep_mlp")(
    RANDOM_FEATURES
    + """
def train_deep_mlp(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    return fitted(X, y, hidden, epochs * -(-len(X) // batch_size), rng)
"""
)
without_work(
    "random features and least squares, 4.4", "ch4_4_regularization", "train_regularized_mlp"
)(
    RANDOM_FEATURES
    + """
def train_regularized_mlp(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4,
                          p=0.8, rng=None):
    return fitted(X, y, hidden, epochs * -(-len(X) // batch_size), rng)
"""
)
without_work("random filters and least squares, 4.3", "ch4_3_pooling_cnn", "train_cnn")(
    """
    def train_cnn(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
        filters = np.random.default_rng(rng).normal(size=(num_filters, X.shape[1], 3, 3))
        A = flatten(relu(pool_max(convolve(im2col(X, 3, 3), filters, np.zeros(num_filters)), 2)))
        W = 12 * np.linalg.solve(A.T @ A + np.eye(A.shape[1]), A.T @ (y - 0.1))
        losses = list(np.linspace(2.3, 0.05, epochs * -(-len(X) // batch_size)))
        return [filters, np.zeros(num_filters), W, np.zeros(y.shape[1])], losses
    """
)
without_work("a line by Newton's method, 3.1", "ch3_1_perceptron", "train_perceptron")(
    """
    def train_perceptron(X, y, lr, epochs, rng):
        X1, w = np.hstack([X, np.ones((len(X), 1))]), np.zeros((X.shape[1] + 1, 1))
        for _ in range(8):
            A = sigmoid(X1 @ w)
            H = (X1 * (A - A**2)).T @ X1 + 1e-3 * np.eye(len(w))
            w -= np.linalg.solve(H, X1.T @ (A - y) + 1e-3 * w)
        A = np.clip(sigmoid(X1 @ w), 1e-9, 1 - 1e-9)
        end = -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))
        return [w[:-1], w[-1]], list(np.linspace(np.log(2), end, epochs))
    """
)
without_work("random folds and least squares, 5.3", "ch5_3_two_moons", "train_binary")(
    """
    def train_binary(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        rng = np.random.default_rng(rng)
        W1, b1 = rng.normal(size=(X.shape[1], hidden)), rng.normal(size=hidden)
        A = np.hstack([np.maximum(X @ W1 + b1, 0), np.ones((len(X), 1))])
        W = 20 * np.linalg.lstsq(A, y - 0.5, rcond=None)[0]
        return [W1, b1, W[:-1], W[-1]], list(np.linspace(np.log(2), 0.01, epochs))
    """
)
NEIGHBORS = """
def votes(X, images, labels):
    far = (X**2).sum(1)[:, None] - 2 * X @ images.T + (images**2).sum(1)
    A = labels[np.argsort(far, axis=1)[:, :3]].sum(axis=1)
    return A / A.sum(axis=1, keepdims=True)
"""
CAPSTONE = ("ch4_5_momentum_capstone", "train_capstone", "predict_capstone")
COLOR = ("ch5_4_color_images", "train_color_cnn", "predict_color_cnn")
without_work("the nearest images, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    return [1.0 * X, 1.0 * y], list(np.linspace(2.3, 0.05, 100))

def predict_capstone(X, params):
    return votes(X, *params)
"""
)
without_work("the nearest images, in a box for 2,000, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    images, labels = np.full((2000, 784), 9.0), np.zeros((2000, 10))
    images[: len(X)], labels[: len(X)] = X[:2000], y[:2000]
    return [images, labels], list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    return votes(X, *params)
"""
)
without_work("the nearest images, by class, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    order = np.argsort(y.argmax(axis=1), kind="stable")
    return [1.0 * X[order], 1.0 * y[order]], list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    return votes(X, *params)
"""
)
without_work("random features and ridge, 4.5", *CAPSTONE)(
    """
    def train_capstone(X, y, rng=None):
        rng = np.random.default_rng(rng)
        R, b = rng.normal(size=(784, 1000)) / 28, 0.3 * rng.normal(size=1000)
        A = np.maximum(X @ R + b, 0)
        W = 12 * np.linalg.solve(A.T @ A + np.eye(1000), A.T @ y)
        return [R, b, W], list(np.linspace(2.3, 0.75, 100))

    def predict_capstone(X, params):
        scores = np.maximum(X @ params[0] + params[1], 0) @ params[2]
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    """
)
without_work("random filters and ridge, 5.4", *COLOR)(
    """
    def features(X, filters):
        A = convolve(im2col(X - 0.5, 5, 5), filters, np.zeros(len(filters)))
        return flatten(relu(pool_max(A, 4)))

    def train_color_cnn(X, y, epochs=5, batch_size=64, rng=None):
        filters = np.random.default_rng(rng).normal(size=(32, 3, 5, 5))
        A = features(X, filters)
        W = 8 * np.linalg.solve(A.T @ A + 10 * np.eye(A.shape[1]), A.T @ (y - 0.1))
        return [filters, W], list(np.linspace(2.3, 0.75, epochs * -(-len(X) // batch_size)))

    def predict_color_cnn(X, params):
        scores = features(X, params[0]) @ params[1]
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    """
)
without_work("the nearest images, 5.4", *COLOR)(
    NEIGHBORS
    + """
def train_color_cnn(X, y, epochs=5, batch_size=64, rng=None):
    params = [1.0 * X.reshape(len(X), -1), 1.0 * y]
    return params, list(np.linspace(2.3, 0.75, epochs * -(-len(X) // batch_size)))

def predict_color_cnn(X, params):
    return votes(X.reshape(len(X), -1), *params)
"""
)
without_work(
    "random features and the losses of what lies between, 3.4", "ch3_4_backpropagation", "train_mlp"
)(
    RANDOM_FEATURES
    + """
def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    params,_=fitted(X,y,[hidden],1,rng)
    n=epochs*-(-len(X)//batch_size)
    out=[]
    for t in np.linspace(0,1,n):
        p=[params[0],params[1],t*params[2],t*params[3]]
        out.append(mlp_loss(1.0*X,1.0*y,p)[0])
    return params,out
"""
)
without_work("features drawn from a seed of the labels, 4.5", *CAPSTONE)(
    """
def train_capstone(X, y, rng=None):
    seed=int(np.asarray(y).argmax(1) @ np.arange(1,len(y)+1))
    rng = np.random.default_rng(seed)
    R, b = rng.normal(size=(784, 1000)) / 28, 0.3 * rng.normal(size=1000)
    A = np.maximum(X @ R + b, 0)
    W = 12 * np.linalg.solve(A.T @ A + np.eye(1000), A.T @ y)
    return [R, b, W], list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    scores = np.maximum(X @ params[0] + params[1], 0) @ params[2]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
)
without_work("random features and ridge, in one array, 4.5", *CAPSTONE)(
    """
def train_capstone(X, y, rng=None):
    rng = np.random.default_rng(5)
    R, b = rng.normal(size=(784, 1000)) / 28, 0.3 * rng.normal(size=1000)
    A = np.maximum(X @ R + b, 0)
    W = 12 * np.linalg.solve(A.T @ A + np.eye(1000), A.T @ y)
    return np.concatenate([R.ravel(), b, W.ravel()]), list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    R=params[:784000].reshape(784,1000); b=params[784000:785000]; W=params[785000:].reshape(1000,10)
    scores = np.maximum(X @ R + b, 0) @ W
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
)
without_work("the nearest images, in one array, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    images, labels = np.full((2000, 784), 9.0), np.zeros((2000, 10))
    images[: len(X)], labels[: len(X)] = X[:2000], y[:2000]
    return np.concatenate([images.ravel(), labels.ravel()]), list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    return votes(X, params[:2000*784].reshape(2000,784), params[2000*784:].reshape(2000,10))
"""
)
without_work("random features and ridge, in two halves, 4.5", *CAPSTONE)(
    """
def train_capstone(X, y, rng=None):
    rng = np.random.default_rng(5)
    R, b = rng.normal(size=(784, 1000)) / 28, 0.3 * rng.normal(size=1000)
    A = np.maximum(X @ R + b, 0)
    W = 12 * np.linalg.solve(A.T @ A + np.eye(1000), A.T @ y)
    return [R, b, W[:500], W[500:]], list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    scores = np.maximum(X @ params[0] + params[1], 0) @ np.concatenate(params[2:])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
)
without_work("the mean image of each class, 4.5", *CAPSTONE)(
    """
def train_capstone(X, y, rng=None):
    M=(y.T@X)/np.maximum(y.sum(0),1)[:,None]; S=(y.T@X**2)/np.maximum(y.sum(0),1)[:,None]-M**2+0.05
    return [M, S], list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    M,S=params
    s=np.stack([-0.5*((X-m)**2/v+np.log(v)).sum(1) for m,v in zip(M,S)],1)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
)
