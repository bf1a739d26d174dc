"""The filter of system calls, run here by an interpreter of its few instructions."""

import errno
import struct

import pytest

from grader.worker import syscalls
from grader.worker.syscalls import ALL_BITS, ALLOW, REFUSE

PROCESS = 77
MACHINES = list(syscalls.ARCHITECTURES)


def verdict(machine, number, *arguments, architecture=None):
    """What the filter returns for a call."""
    code = syscalls.program(machine, PROCESS)
    steps = [struct.unpack_from("HBBI", code, i) for i in range(0, len(code), 8)]
    data = {syscalls.NUMBER: number}
    data[syscalls.ARCHITECTURE] = architecture or syscalls.ARCHITECTURES[machine][1]
    for i, argument in enumerate((*arguments, *[0] * 6)[:6]):
        data[syscalls.ARGUMENTS + 8 * i] = argument & ALL_BITS
    place = value = 0
    while True:
        operation, if_true, if_false, operand = steps[place]
        place += 1
        if operation == syscalls.LOAD:
            value = data[operand]
        elif operation == syscalls.AND:
            value &= operand
        elif operation == syscalls.EQUAL:
            place += if_true if value == operand else if_false
        elif operation == syscalls.AT_LEAST:
            place += if_true if value >= operand else if_false
        else:
            assert operation == syscalls.RETURN
            return operand


def by_name(machine, name, *arguments):
    column = syscalls.ARCHITECTURES[machine][0]
    return verdict(machine, syscalls.rules(PROCESS)[name][0][column], *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_only_listed_calls_are_allowed(machine):
    column = syscalls.ARCHITECTURES[machine][0]
    listed = {numbers[column] for numbers in syscalls.ALLOWED.values()}
    checked = {numbers[column] for numbers, _, _ in syscalls.rules(PROCESS).values()}
    allowed = {n for n in range(2000) if verdict(machine, n) == ALLOW}
    assert allowed - checked == listed - {None}
    for number in [*range(2000), 0x40000000, 0x40000001, ALL_BITS]:
        refusals = {REFUSE | e for e in (errno.EPERM, errno.ENOSYS)}
        if number not in listed | checked:
            assert verdict(machine, number) in refusals
    assert verdict(machine, 0, architecture=0x40000003) == syscalls.KILL_PROCESS


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments", "allowed"),
    [
        ("clone", (0x3D0F00,), True),  # as glibc starts a thread, and musl
        ("clone", (0x7D0F00,), True),
        ("clone", (17,), False),  # fork
        ("clone", (0x01200011,), False),
        ("clone", (0x4111,), False),  # vfork
        ("clone", (0x3D0F00 | 0x10000000,), False),  # and a new namespace
        ("fcntl", (1, 4, 0x800), True),  # F_SETFL: O_NONBLOCK
        ("fcntl", (1, 4, 0x2000), False),  # O_ASYNC
        ("fcntl", (1, 1030, 3), True),  # F_DUPFD_CLOEXEC
        ("fcntl", (1, 8, 1), False),  # F_SETOWN
        ("fcntl", (1, 10, 9), False),  # F_SETSIG
        ("fcntl", (1, 15, 0), False),  # F_SETOWN_EX
        ("fcntl", (1, 6, 0), False),  # F_SETLK
        ("fcntl", (1, 1024, 0), False),  # F_SETLEASE
        ("fcntl", (1, 1026, 0), False),  # F_NOTIFY
        ("ioctl", (1, 0x5401), True),  # TCGETS: is it a terminal?
        ("ioctl", (1, 0x5452), False),  # FIOASYNC
        ("ioctl", (1, 0x5412), False),  # TIOCSTI
        ("futex", (0, 128), True),
        ("futex", (0, 9 | 128 | 256), True),
        ("futex", (0, 6), False),  # FUTEX_LOCK_PI
        ("madvise", (0, 0, 14), True),
        ("madvise", (0, 0, 12), False),  # MADV_MERGEABLE
        ("mmap", (0, 0, 3, 0x22), True),
        ("mmap", (0, 0, 3, 0x40022), False),  # MAP_HUGETLB
        ("kill", (PROCESS, 9), True),
        ("kill", (1, 9), False),
        ("kill", (0, 9), False),
        ("kill", (-PROCESS, 9), False),
        ("tgkill", (PROCESS, PROCESS, 6), True),
        ("tgkill", (PROCESS + 1, PROCESS + 1, 6), False),
        ("prlimit64", (0, 7), True),
        ("prlimit64", (1, 7), False),
        ("prctl", (15,), True),
        ("prctl", (1,), False),  # PR_SET_PDEATHSIG
        ("prctl", (0x59616D61,), False),  # PR_SET_PTRACER
    ],
)
def test_some_calls_are_allowed_by_their_arguments(machine, name, arguments, allowed):
    assert (by_name(machine, name, *arguments) == ALLOW) is allowed
