"""Attacks on what there is little of: memory, disk, processes, threads, cores, time."""

from .entries import attack

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
