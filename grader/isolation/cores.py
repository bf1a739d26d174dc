"""Gives each examiner, and so the submission that it is grading, a processor core of its own.

A core is taken by binding a socket to a name that says which one. The kernel knows such a name in
all processes of all users, and frees it when the process ends, however it ends.
"""

import contextlib
import os
import random
import socket
from collections.abc import Iterator
from functools import cache

NAME = "\0learn-dl-core-{}"  # without a file: such sockets are Linux's own


@cache
def own() -> int:
    """Return a core for this process's submissions; if all are taken, one to share."""
    core = _taken()
    return random.choice(list(os.sched_getaffinity(0))) if core is None else core


def stay() -> None:
    """Keep this process on the core of its submissions, if no other process shares it.

    It waits while they compute and they wait while it does, so they lose nothing, and no call has
    to wake another core.
    """
    if (core := _taken()) is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})


@cache
def _taken():
    # Two containers do not see each other's names: a random order makes the same choice unlikely.
    cores = list(os.sched_getaffinity(0))
    random.shuffle(cores)
    for core in cores:
        with contextlib.suppress(OSError):
            name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                name.bind(NAME.format(core))
            except OSError:
                name.close()
                raise
            name.detach()  # open until this process ends
            return core
    return None


@contextlib.contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Let a process that starts meanwhile run on this core alone; None leaves it free."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)  # of this thread
    try:
        with contextlib.suppress(OSError):  # the core may have gone
            os.sched_setaffinity(0, {core})
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, before)
