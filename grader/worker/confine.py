"""Drops this process's privileges for good before any submission code runs.

Three fences of the Linux kernel, as ordered by the examiner: a user id of its own, the files that
it may read (Landlock), and the system calls that it may make (seccomp). Arithmetic needs none of
the forbidden calls: no other process, no socket, no signal.
"""

import contextlib
import ctypes
import errno
import os
import struct
from collections.abc import Iterable

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SIGKILL = 9


class NotConfined(Exception):
    """The kernel refused one of the fences; the message says which."""


def confine(
    user: int | None = None,
    readable: Iterable[str] | None = None,
    listable: Iterable[str] = (),
) -> None:
    """Switch to `user`, and forbid all system calls that arithmetic does not need.

    If `readable` is given, only files below these paths can be read; below `listable`, only the
    names of files.
    """
    fence = None if readable is None else _files_fence(readable, listable)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _control(PR_SET_NO_NEW_PRIVS, 1)
    _control(PR_SET_PDEATHSIG, SIGKILL)  # a killed examiner cannot end the worker itself
    if fence is not None:
        _system(LANDLOCK_RESTRICT_SELF, fence, 0, what="Landlock")
        os.close(fence)
    _forbid_calls()


def _control(option, value, *more):
    if _libc().prctl(option, value, *(more or (0, 0, 0))):
        raise NotConfined(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _system(number, *args, what):
    result = _libc().syscall(number, *args)
    if result < 0:
        raise NotConfined(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def _libc():
    return ctypes.CDLL(None, use_errno=True)


# Landlock: https://docs.kernel.org/userspace-api/landlock.html

LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # kinds of access that each version knows; 5 and later: 16
EXECUTE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
TRUNCATES_TOO = 3  # the first version that also guards a file's length


def landlock_version() -> int:
    """Return the version of the kernel's Landlock, 0 if it has none."""
    return max(0, _libc().syscall(LANDLOCK_CREATE_RULESET, None, 0, 1))


def _files_fence(readable, listable):
    """Return a rule set that grants reading below these paths and nothing else."""
    version = landlock_version()
    if not version:
        raise NotConfined("Landlock: the kernel does not have it")
    handled = struct.pack("Q", (1 << RIGHTS.get(version, 16)) - 1)
    fence = _system(LANDLOCK_CREATE_RULESET, handled, len(handled), 0, what="Landlock")
    for path in readable:
        with contextlib.suppress(FileNotFoundError):
            _grant(fence, path, READ_FILE | EXECUTE | (READ_FOLDER if os.path.isdir(path) else 0))
    for path in listable:
        _grant(fence, path, READ_FOLDER)
    return fence


def _grant(fence, path, rights):
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _system(LANDLOCK_ADD_RULE, fence, 1, struct.pack("=Qi", rights, opened), 0, what="Landlock")
    finally:
        os.close(opened)


# seccomp: https://docs.kernel.org/userspace-api/seccomp_filter.html

# Numbers of the forbidden calls, on x86-64 and on ARM64.

FORBIDDEN = {
    # other processes and their resources
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # other systems, and anything that outlives a process
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    # properties of files, which their owner could change
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "utime": (132, None),
    "utimes": (235, None),
    "utimensat": (280, 88),
    "futimesat": (261, None),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # the system itself
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}
CLONE, CLONE3 = (56, 220), (435, 435)
KILL, TGKILL = (62, 129), (234, 131)
PRLIMIT, PRCTL = (302, 261), (157, 167)
LATEST = 451  # calls added to the kernel later are unknown here, so they are refused
X32 = 0x40000000  # on x86-64: the same calls under other numbers
CLONE_THREAD = 0x00010000
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

LOAD, EQUAL, AT_LEAST, HAS_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in `struct seccomp_data`
ALLOW, KILL_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def _forbid_calls():
    try:
        column, architecture = ARCHITECTURES[os.uname().machine]
    except KeyError:
        raise NotConfined(f"seccomp: no list of calls for {os.uname().machine}") from None
    code = b"".join(
        struct.pack("HBBI", *step) for step in _filter(column, architecture, os.getpid())
    )
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    _control(PR_SET_SECCOMP, 2, program, 0, 0)


def _filter(column, architecture, process):
    """Yield the filter's steps `(code, jump if true, jump if false, operand)`."""
    denied = (RETURN, 0, 0, REFUSE | errno.EPERM)
    unknown = (RETURN, 0, 0, REFUSE | errno.ENOSYS)
    yield from ((LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture))
    yield (RETURN, 0, 0, KILL_PROCESS)
    yield (LOAD, 0, 0, NUMBER)
    if column == 0:
        yield from ((AT_LEAST, 0, 1, X32), denied)
    yield from ((AT_LEAST, 0, 1, LATEST + 1), unknown)
    yield from ((EQUAL, 0, 1, CLONE3[column]), unknown)  # glibc then uses `clone`
    for numbers in FORBIDDEN.values():
        if numbers[column] is not None:
            yield from ((EQUAL, 0, 1, numbers[column]), denied)
    # The process may start threads of its own, end itself, and read its own limits.
    for numbers, test in (
        (CLONE, (HAS_BIT, 1, 0, CLONE_THREAD)),
        (KILL, (EQUAL, 1, 0, process)),
        (TGKILL, (EQUAL, 1, 0, process)),
        (PRLIMIT, (EQUAL, 1, 0, 0)),
    ):
        yield (EQUAL, 0, 4, numbers[column])
        yield from ((LOAD, 0, 0, FIRST_ARGUMENT), test, denied, (RETURN, 0, 0, ALLOW))
    yield from ((EQUAL, 0, 3, PRCTL[column]), (LOAD, 0, 0, FIRST_ARGUMENT))
    yield from ((EQUAL, 0, 1, PR_SET_PDEATHSIG), denied)
    yield (RETURN, 0, 0, ALLOW)
