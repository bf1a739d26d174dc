"""The system calls that a submission may make, and the seccomp filter that refuses all others.

The list was measured: it is what Python, NumPy, SciPy and Matplotlib call once the worker is
confined, in the whole course and in the ordinary code of `tests/support/honest.py`. A refused call
gives an error, so honest code gets an exception.

Reference: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import errno
import struct
from collections.abc import Iterator

# Name -> numbers on x86-64 and on ARM64, where some older calls do not exist.
ALLOWED = {
    # memory
    "brk": (12, 214),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    # files: Landlock or bubblewrap decides which ones
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "open": (2, None),
    "openat": (257, 56),
    "close": (3, 57),
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "umask": (95, 166),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "fadvise64": (221, 223),
    # waiting, and the time
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "pause": (34, None),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "alarm": (37, None),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    # its own threads and signal handlers
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "gettid": (186, 178),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    # who and where it is
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getpgrp": (111, None),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "getrandom": (318, 278),
}

# Calls that libraries try first, and do without where the kernel does not have them.
ABSENT = {
    "clone3": (435, 435),  # its flags cannot be checked; the C library then uses `clone`
    "openat2": (437, 437),
    "mbind": (237, 235),
    "get_mempolicy": (239, 236),
    "set_mempolicy": (238, 237),
    "membarrier": (324, 283),
}

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
LATEST = 451  # calls added to the kernel later are absent, too
ALL_BITS = 0xFFFFFFFF

CLONE_THREAD = 0x00010000
# New namespaces, tracing, and what the C library never asks for with a thread.
NOT_WITH_CLONE = 0x7E020000 | 0x80000000 | 0x00806000 | 0x00001000
F_SETFL, O_ASYNC = 4, 0x2000
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 1030
TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX = 0x5401, 0x5413, 0x541B, 0x5450, 0x5451
MAP_LOCKED, MAP_HUGETLB = 0x2000, 0x40000
# NORMAL to DONTNEED, FREE, (NO)HUGEPAGE, (DO|DONT)DUMP, COLD, COLLAPSE, GUARD_(INSTALL|REMOVE)
ADVICE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 20, 25, 102, 103)
# WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET: all but those for priorities
FUTEX, FUTEX_FLAGS = (0, 1, 3, 4, 5, 9, 10), 128 | 256
PR_SET_NAME, PR_GET_NAME, PR_SET_VMA = 15, 16, 0x53564D41
XCOMP = (0x1021, 0x1022, 0x1023)  # whether matrix units may be used

Condition = tuple[int, int, tuple[int, ...]]
Rule = tuple[tuple[int | None, int | None], int, tuple[tuple[Condition, ...], ...]]


def rules(process: int) -> dict[str, Rule]:
    """Return the calls allowed for some arguments only: `(numbers, error, alternatives)`.

    One alternative must hold as a whole. It consists of conditions `(index, mask, values)`: the
    argument of this index, under the mask, is one of the values.
    """
    return {
        "futex": ((202, 98), errno.ENOSYS, (((1, ALL_BITS ^ FUTEX_FLAGS, FUTEX),),)),
        "mmap": ((9, 222), errno.ENOMEM, (((3, MAP_LOCKED | MAP_HUGETLB, (0,)),),)),
        "ioctl": (
            (16, 29),
            errno.ENOTTY,
            (((1, ALL_BITS, (TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX)),),),
        ),
        "madvise": ((28, 233), errno.EINVAL, (((2, ALL_BITS, ADVICE),),)),
        "fcntl": (
            (72, 25),
            errno.EPERM,
            (
                ((1, ALL_BITS, (F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC)),),
                ((1, ALL_BITS, (F_SETFL,)), (2, O_ASYNC, (0,))),
            ),
        ),
        "clone": (
            (56, 220),
            errno.EPERM,
            (((0, CLONE_THREAD | NOT_WITH_CLONE, (CLONE_THREAD,)),),),
        ),
        "kill": ((62, 129), errno.EPERM, (((0, ALL_BITS, (process,)),),)),
        "tgkill": ((234, 131), errno.EPERM, (((0, ALL_BITS, (process,)),),)),
        "getpgid": ((121, 155), errno.EPERM, (((0, ALL_BITS, (0, process)),),)),
        "prlimit64": ((302, 261), errno.EPERM, (((0, ALL_BITS, (0, process)),),)),
        "prctl": (
            (157, 167),
            errno.EPERM,
            (((0, ALL_BITS, (PR_SET_NAME, PR_GET_NAME, PR_SET_VMA)),),),
        ),
        "arch_prctl": ((158, None), errno.EPERM, (((0, ALL_BITS, XCOMP),),)),
    }


# Instructions, offsets in `struct seccomp_data`, and what a filter may return.
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
ALLOW, KILL_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000

Step = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def program(machine: str, process: int) -> bytes:
    """Return the filter for this machine, as the kernel wants it.

    Raises:
        KeyError: when the machine's numbers are not known.
    """
    column, architecture = ARCHITECTURES[machine]
    return b"".join(struct.pack("HBBI", *step) for step in _steps(column, architecture, process))


def _steps(column: int, architecture: int, process: int) -> Iterator[Step]:
    yield from ((LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture))
    yield (RETURN, 0, 0, KILL_PROCESS)
    yield (LOAD, 0, 0, NUMBER)
    for numbers, error, alternatives in rules(process).values():
        if (number := numbers[column]) is not None:
            body = [step for conditions in alternatives for step in _alternative(conditions)]
            yield (EQUAL, 0, len(body) + 1, number)
            yield from body
            yield (RETURN, 0, 0, REFUSE | error)
    for allowed in (pair[column] for pair in ALLOWED.values()):
        if allowed is None:
            continue
        yield from ((EQUAL, 0, 1, allowed), (RETURN, 0, 0, ALLOW))
    for absent in (pair[column] for pair in ABSENT.values()):
        yield from ((EQUAL, 0, 1, absent), (RETURN, 0, 0, REFUSE | errno.ENOSYS))
    yield from ((AT_LEAST, 0, 1, LATEST + 1), (RETURN, 0, 0, REFUSE | errno.ENOSYS))
    yield (RETURN, 0, 0, REFUSE | errno.EPERM)


def _alternative(conditions):
    """Return steps that allow the call if all conditions hold, and else go on behind them."""
    steps = [(RETURN, 0, 0, ALLOW)]
    for index, mask, values in reversed(conditions):
        equal = [
            (EQUAL, len(values) - i - 1, 0 if i < len(values) - 1 else len(steps), value)
            for i, value in enumerate(values)
        ]
        steps = [(LOAD, 0, 0, ARGUMENTS + 8 * index), (AND, 0, 0, mask), *equal, *steps]
    return steps
