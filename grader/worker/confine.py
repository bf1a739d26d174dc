"""Drops this process's privileges for good before any submission code runs.

Three fences of the Linux kernel, as ordered by the examiner: a user id of its own, the files that
it may read (Landlock), and the few system calls that arithmetic needs (seccomp, `syscalls.py`).
"""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from grader.worker import syscalls
else:  # in the worker, where there is no kit
    import syscalls

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SIGKILL = 9


class NotConfined(Exception):
    """The kernel refused one of the fences; the message says which."""


def confine(
    user: int | None = None,
    readable: Iterable[str] | None = None,
    listable: Iterable[str] = (),
    writable: Iterable[str] = (),
) -> None:
    """Switch to `user`, and forbid all system calls that arithmetic does not need.

    If `readable` is given, only files below these paths can be read, and only the files `writable`
    can be written; below `listable`, only the names of files can be seen. Then the process cannot
    signal others or reach their sockets either.
    """
    fence = None if readable is None else _fence(readable, listable, writable)
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
CONNECTS, SCOPES = 4, 6  # the versions from which it guards TCP, and signals and abstract sockets
EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATES_TOO = 3  # the first version that also guards a file's length


def landlock_version() -> int:
    """Return the version of the kernel's Landlock, 0 if it has none."""
    return max(0, _libc().syscall(LANDLOCK_CREATE_RULESET, None, 0, 1))


def _fence(readable, listable, writable):
    """Return a rule set that grants this access to files, and nothing else that Landlock guards."""
    version = landlock_version()
    if not version:
        raise NotConfined("Landlock: the kernel does not have it")
    handled = struct.pack("Q", (1 << RIGHTS.get(version, 16)) - 1)
    handled += struct.pack("Q", 0b11) if version >= CONNECTS else b""
    handled += struct.pack("Q", 0b11) if version >= SCOPES else b""
    fence = _system(LANDLOCK_CREATE_RULESET, handled, len(handled), 0, what="Landlock")
    for path in readable:
        with contextlib.suppress(FileNotFoundError):
            _grant(fence, path, READ_FILE | EXECUTE | (READ_FOLDER if os.path.isdir(path) else 0))
    for path in listable:
        _grant(fence, path, READ_FOLDER)
    for path in writable:
        _grant(fence, path, READ_FILE | WRITE_FILE)
    return fence


def _grant(fence, path, rights):
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _system(LANDLOCK_ADD_RULE, fence, 1, struct.pack("=Qi", rights, opened), 0, what="Landlock")
    finally:
        os.close(opened)


def _forbid_calls():
    try:
        code = syscalls.program(os.uname().machine, os.getpid())
    except KeyError:
        raise NotConfined(f"seccomp: no list of calls for {os.uname().machine}") from None
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    _control(PR_SET_SECCOMP, 2, program, 0, 0)
