"""What both sandboxes have in common: the files, the limits and the user of a worker inside."""

import contextlib
import os
import secrets
import shutil
import sys
import sysconfig
from functools import cache
from pathlib import Path

from .. import threads
from .launch import libraries, stage
from .unconfined import kill_group

SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/nix/store")  # shared libraries
DEVICES = ("/dev/null", "/dev/urandom")
LOADER_CACHE = "/etc/ld.so.cache"
MEMORY = 4 * 2**30  # bytes of address space
SCRATCH = 64 * 2**20  # bytes in the one folder where a worker may write, if it may
COMPUTING = 3600  # seconds, of all threads together; the wall clock runs on the examiner's side
THREADS = 64
USERS = range(50_000, 60_000)  # of no person and no service


class Sandbox:
    """A worker's process that reads its own files, computes, and answers; nothing else."""

    level = "sandbox"

    def missing(self):
        """What this machine lacks for it, or None."""
        return None if sys.platform.startswith("linux") else "it needs Linux"

    def prepare(self, folder, home):
        stage(Path(folder) if folder is not None else None, Path(home))

    def end(self, process, home):
        """End the worker; nothing that it started can outlive it."""
        kill_group(process)
        shutil.rmtree(home, ignore_errors=True)


def environment(home):
    return threads.environment() | {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"}


def limits(user, *, files):
    """What the worker may use up; `files`: bytes that it may write into one file."""
    return {
        "AS": MEMORY,
        "CPU": COMPUTING,
        "CORE": 0,
        "FSIZE": files,
        "NOFILE": 128,
        # It counts all processes and threads of one user.
        "NPROC": THREADS + (0 if user else _processes_of(os.geteuid())),
    }


def spare_user():
    """The number of a user that nobody is, for root to become; None for everybody else."""
    if os.geteuid():
        return None
    while _processes_of(user := secrets.choice(USERS)):
        pass
    return user


def _processes_of(user):
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == user:
                count += len(os.listdir(process / "task"))
    return count


@cache
def python():
    """The interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(sys.executable)


@cache
def readable():
    """`(granted, hidden, libraries)`: what a worker needs, parts of it that it does not, and more.

    Hidden is where packages lie, for this kit may be one of them; what a submission may import
    is granted by name.
    """
    prefix = Path(sys.base_prefix)
    own = [prefix / "lib", prefix / "lib64", Path(sysconfig.get_path("stdlib"))]
    granted = [str(path) for path in own if path.exists()]
    granted += [path for path in SYSTEM if os.path.exists(path)]
    hidden = [
        str(packages)
        for folder in granted
        for pattern in ("*-packages", "python3*/*-packages")
        for packages in Path(folder).glob(pattern)
        if packages.name in ("site-packages", "dist-packages")
    ]
    return (*granted, python(), LOADER_CACHE), tuple(dict.fromkeys(hidden)), libraries()
