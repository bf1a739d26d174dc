"""Grades one submission in an examiner's process, which gets bytes and returns a result.

Examiners live as long as the run, so that NumPy, the checks and the data set load only once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import threads
from ..course import images, registry
from ..files import temporary
from ..submission import staging
from . import grader_version, imports

if TYPE_CHECKING:
    from ..course.results import Result
    from ..grading.run import Listener

ONE_AT_A_TIME = threading.Lock()  # the limits hold for the process, and a Dask worker has threads
LOOK_SECONDS = 0.5
MEMORY = 8 * 2**30  # bytes of address space of an examiner, however large an answer is
M_MMAP_THRESHOLD, LARGE_ARRAY = -3, 2**18  # glibc's number for the setting, and bytes
STRETCH = 3.0  # times its budget that a submission may take if other processes hold it up
GRACE = 10.0  # seconds after a submission's time is up, when an examiner counts as hanging


class Watchdog:
    """State shared with the thread that can end this process."""

    parent: int | None = None
    clock: Any = None  # its `until` is when the time of the submission being graded is up


def examine(files: dict[str, bytes], options: dict[str, Any]) -> dict[str, Any]:
    """Return `{"result": ..., "imports": ...}`, or `{"broke": reason}` if the kit failed.

    If temporary files cannot be written, it returns `{"no_room": reason}`.

    files: maps names to bytes
    options: from `run.options`; plain data, because they may go to another machine
    """
    threads.limit_blas_threads()  # before numpy is imported here
    with ONE_AT_A_TIME:
        _settle(options["parent"], options["work"], options["isolation"])
        from ..boundary.workers import Calls

        Calls.until = time.perf_counter() + options["budget"]
        Watchdog.clock = Calls
        try:
            if grader_version.current() != options["grader"]:
                return {"broke": f"this worker has grader {grader_version.current()}"}
            listener = OverheadTimer()
            result = grade(files, options, listener)
            result.overhead = round(listener.overhead(), 3)
            return {"result": result.to_json(), "imports": imports.of_chapters(files)}
        except temporary.NoRoom as error:
            return {"no_room": str(error)}
        except Exception as error:
            message = str(error).strip().partition("\n")[0]
            return {"broke": f"{type(error).__name__}: {message}"}
        finally:
            Watchdog.clock = None


def grade(files: dict[str, bytes], options: dict[str, Any], listener: Listener) -> Result:
    """Grade one untrusted submission; `options` as in `examine`, `listener` as in `grading.run`."""
    from .. import isolation
    from ..grading import run
    from ..isolation import sandbox

    if memory_mb := options.get("memory_mb"):
        sandbox.Memory.limit = memory_mb * 2**20
    chapters = registry.select(options["chapters"])
    folder = _staged(files)
    try:
        return run.grade(
            folder,
            chapters,
            images=images.for_chapters(options["dataset"], chapters),
            seed=options["seed"],
            listener=listener,
            isolation=isolation.choose(options["isolation"]),
            budget=options["budget"],
            stretch=options.get("stretch", STRETCH),
            secret=True,
            hidden=options.get("hide", ()),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _staged(files):
    with temporary.room():
        folder = Path(tempfile.mkdtemp(prefix="learn-dl-"))
        folder.chmod(0o755)
        staging.write(files, folder)
    return folder


class OverheadTimer:
    """A listener that measures how much time a grading spends outside of checks."""

    def __init__(self) -> None:
        self.begin = time.perf_counter()
        self.first: float | None = None
        self.last: float | None = None

    def check_begins(self, *args: object) -> None:
        self.first = self.first or time.perf_counter()

    def function_ends(self, *args: object) -> None:
        self.last = time.perf_counter()

    def chapter_begins(self, *args: object) -> None:
        pass

    checks_end = chapter_ends = chapter_begins

    def overhead(self) -> float:
        """Return the seconds before the first check and after the last."""
        if self.first is None or self.last is None:
            return 0.0
        return time.perf_counter() - self.last + self.first - self.begin


@cache
def _settle(parent, work, isolation):
    """Set up an examiner once; a Dask worker has no parent here, and is left as it is."""
    if parent is not None:
        follow(parent)
        tempfile.tempdir = work
        _limit_memory()
        _return_large_arrays()
        if isolation == "sandbox":
            from ..isolation import cores

            cores.stay()


def _limit_memory():
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has it
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


def _return_large_arrays():
    """Let the C library give freed arrays back to the system: else they add up in an examiner."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only glibc has this setting
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_ARRAY)


@cache
def follow(parent: int) -> None:
    """End when the main process `parent` ends, and leave Ctrl-C to it.

    Called when an examiner starts, not with its first task, which never comes if the main process
    is killed at that moment.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Watchdog.parent = parent
    threading.Thread(target=_watch, daemon=True).start()


def _watch():
    while not _is_over():
        time.sleep(LOOK_SECONDS)
    os._exit(1)  # workers end when this process does


def _is_over():
    clock = Watchdog.clock
    hangs = clock is not None and time.perf_counter() > clock.until + GRACE
    return hangs or (os.name != "nt" and os.getppid() != Watchdog.parent)


def is_ready(options: dict[str, Any]) -> str | None:
    """Return None if this process can grade, else one line that says why not."""
    if grader_version.current() != options["grader"]:
        return f"it has grader {grader_version.current()}, not {options['grader']}"
    from .. import isolation

    try:
        isolation.choose(options["isolation"])
        images.for_chapters(options["dataset"], registry.select(options["chapters"]))
    except Exception as error:
        return str(error).strip().partition("\n")[0]
    return None
