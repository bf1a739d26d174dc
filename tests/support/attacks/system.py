"""Attacks on the system: its files, other processes, what they share, and the way out."""

from .entries import attack

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

attack(
    "reads what was left open",
    """
    def attack(X):
        for end in range(3, 128):
            with contextlib.suppress(OSError):
                kind = os.fstat(end).st_mode & 0o170000
                if kind != 0o010000: leaked((end, oct(kind)))  # anything but a pipe
        return None
    """,
)
attack(
    "calls with arguments of its own",
    """
    def attack(X):
        if os.uname().machine != "x86_64": return None
        buffer, parent = ctypes.create_string_buffer(4096), os.getppid()
        calls = {  # that are allowed with other arguments, if at all
            "clone": ((56, 0x10010900, 0), (56, 0x4011, 0)),
            "prctl": ((157, 1, 0), (157, 4, 0), (157, 28, 0), (157, 29, 10**9), (157, 36, 1)),
            "fcntl": ((72, 3, 1031, 2**20), (72, 3, 5, buffer), (72, 3, 6, buffer), (72, 3, 37, buffer)),
            "ioctl": ((16, 0, 0x5412, b"x"), (16, 3, 0x5421, buffer)),
            "madvise": ((28, 0, 4096, 100), (28, 0, 4096, 12)),
            "futex": ((202, buffer, 6, 1, 0),),
            "limits": ((302, parent, 7, 0, buffer), (160, 7, buffer)),
            "memory": ((440, 0, 0, 0, 0, 0), (27, 0, 4096, buffer), (310, parent, 0, 0, 0, 0, 0)),
            "pipes": ((278, 3, buffer, 1, 0), (275, 3, 0, 4, 0, 1, 0), (276, 3, 4, 1, 0)),
            "files": ((303, -100, b"/", buffer, buffer, 0), (304, 0, buffer, 0), (326, 3, 0, 4, 0, 1, 0)),
            "system": ((103, 3, buffer, 4096), (162,), (179, 0, 0, 0, 0), (457, 0, 0, 0), (135, 0x40000)),
        }
        for name, forms in calls.items():
            for form in forms:
                if libc().syscall(*form) >= 0: did(f"{name} {form[:3]}")
        return None
    """,
)

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
attack(
    "queues signals, of which its user has few",
    """
    def attack(X):
        waiting = signal.SIGRTMIN + 6
        signal.pthread_sigmask(signal.SIG_BLOCK, {waiting})
        for _ in range(5000): signal.pthread_kill(threading.get_ident(), waiting)
        if resource.getrlimit(resource.RLIMIT_SIGPENDING)[1] > 1000: did("signals")
        return None
    """,
)
attack("stops itself", "def attack(X): os.kill(os.getpid(), signal.SIGSTOP)")
attack(
    "asks by the numbers of another interface",
    """
    def attack(X):
        X32 = 0x40000000
        for number in (39, 41, 56, 57, 62, 101, 310, 512, 520, 521):
            if libc().syscall(X32 | number, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38):
                did(f"x32 {number}")
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

attack(
    "keeps a state in its data files",
    """
    import fcntl, mmap
    def attack(X):
        for name in ("state.txt", "new.txt", "../new.txt", "../empty/new.txt"):
            for mode in ("w", "a", "r+", "x"):
                with contextlib.suppress(OSError): did(open(name, mode))
            for change in (os.mkdir, os.unlink, os.mkfifo, os.mknod, os.utime,
                           lambda path: os.truncate(path, 0), lambda path: os.chmod(path, 0o777),
                           lambda path: os.rename(path, "moved.txt"),
                           lambda path: os.link(path, "other.txt"),
                           lambda path: os.symlink(path, "link.txt"),
                           lambda path: os.chown(path, -1, -1),
                           lambda path: os.setxattr(path, "user.state", b"1")):
                with contextlib.suppress(OSError): did((change(name), change))
        file = open("state.txt", "rb")
        for hold in (lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB),
                     lambda: fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB),
                     lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK),
                     lambda: fcntl.fcntl(file, fcntl.F_NOTIFY, 1),
                     lambda: mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_WRITE)):
            with contextlib.suppress(OSError, ValueError): did((hold(), hold))
        return None
    """,
    data={"state.txt": "0"},
)
attack(
    "answers from a data file in place of its channels",
    """
    def attack(X):
        file = os.open("frame.txt", os.O_RDONLY)
        for number in range(3, 64):
            with contextlib.suppress(OSError): os.dup2(file, number)
        return None
    """,
    data={"frame.txt": "0" * 7 + "2{}" * 1000},
)
