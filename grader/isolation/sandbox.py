"""Shared by both sandboxes: the files, the limits and the user of the worker inside."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from .. import threads
from .launch import Launch, libraries, restage, stage
from .meter import MOST_THREADS, Meter
from .unconfined import kill_group

SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/nix/store")  # shared libraries
NULL, RANDOM = "/dev/null", "/dev/urandom"
LOADER_CACHE = "/etc/ld.so.cache"
COMPUTING = 3600  # CPU seconds of all threads together; the examiner watches the wall clock
SIGNALS = 64  # that wait; the kernel counts those of all processes of a user
SLACK = 64  # processes that a user may start while a worker runs
USERS = range(50_000, 60_000)  # ids that belong to no person or service


class Memory:
    """The limit of a worker in a sandbox, which a course may set."""

    limit = 4 * 2**30  # bytes of address space


class Sandbox:
    """Runs workers that may read their own files, compute and answer, but nothing else."""

    level = "sandbox"
    mechanism: str | None

    def missing(self) -> str | None:
        """Return what this machine lacks for this sandbox, or None."""
        return None if sys.platform.startswith("linux") else "it needs Linux"

    def closed_to_it(self, launch: Launch) -> str | None:
        """Return which folder keeps the user of a worker that did not start from its files."""
        return None

    def launch(self, folder: Path | None, home: str) -> Launch:
        """Prepare a worker for a submission's folder."""
        raise NotImplementedError

    def prepare(self, folder: Path | None, home: str) -> None:
        """Copy the files that a worker needs into its home."""
        stage(Path(folder) if folder is not None else None, Path(home))

    def refresh(self, folder: Path, home: str) -> None:
        """Replace the submission's files that a worker sees."""
        restage(folder, Path(home))

    def meter(self, process: subprocess.Popen) -> Meter:
        """Return what measures a worker that has started."""
        return Meter(process.pid)

    def end(self, process: subprocess.Popen, home: str) -> None:
        """End the worker; nothing that it started can outlive it."""
        kill_group(process)
        shutil.rmtree(home, ignore_errors=True)


def environment(home: str) -> dict[str, str]:
    """Return the environment variables of a worker inside."""
    return threads.environment() | {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"}


def limits(threads: int) -> dict[str, int]:
    """Return the worker's resource limits; `threads` counts what else its user runs, too."""
    return {
        "AS": Memory.limit,
        "CPU": COMPUTING,
        "CORE": 0,
        "FSIZE": 0,
        "MEMLOCK": 0,
        "MSGQUEUE": 0,
        "NOFILE": 128,
        "NPROC": threads,
        "SIGPENDING": SIGNALS,
    }


def most_threads(user: int | None) -> int:
    """Return the limit for a worker with its user's number to itself, or with everybody's.

    The kernel counts all threads of one user. With a shared number the limit is loose, and what
    counts is the examiner's look at the worker: see `Worker`.
    """
    return MOST_THREADS + (0 if user else SLACK + _processes_of(os.geteuid()))


def spare_user() -> int | None:
    """Return an unused user id for root to switch to; None if this process is not root."""
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
def python() -> str:
    """Return the interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(sys.executable)


@cache
def readable() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the paths `(granted, hidden, libraries)` for a worker.

    `granted` may be read, except for the parts in `hidden`: the folders of installed packages,
    because this kit may be one of them. The packages that a submission may import are granted by
    name, in `libraries`.
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
