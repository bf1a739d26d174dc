"""Grades one submission in an examiner's process: bytes in, result out, nothing else.

Examiners live as long as the run, so that NumPy, the checks and the data set load once.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from functools import cache
from pathlib import Path

from .. import threads
from ..course import images, registry, stubs
from . import grader_version

ONE_AT_A_TIME = threading.Lock()  # pytest runs in this process; a Dask worker may have threads
LOOK_SECONDS = 0.5
MEMORY = 8 * 2**30  # bytes of address space of an examiner, whatever an answer makes it compute
STRETCH = 3.0  # times its budget that a submission may take next to others that hold it up
GRACE = 120.0  # seconds beyond all that, after which an examiner is taken to hang


class Watch:
    """What the thread that can end this process goes by."""

    parent = None
    until = None


def examine(files, options):
    """`{"result": ...}` of one submission, or `{"broke": why}` where the kit itself failed.

    files: name -> bytes
    options: what `run.options` gives; plain data, for it may go to another machine
    """
    threads.limit_blas_threads()  # before numpy is imported here
    with ONE_AT_A_TIME:
        _settle(options["parent"], options["work"])
        Watch.until = time.monotonic() + (1 + STRETCH) * options["budget"] + GRACE
        try:
            if grader_version.current() != options["grader"]:
                return {"broke": f"this worker has grader {grader_version.current()}"}
            listener = Stopwatch()
            result = grade(files, options, listener)
            result.overhead = round(listener.overhead(), 3)
            return {"result": result.to_json()}
        except Exception as error:
            said = str(error).strip().partition("\n")[0]
            return {"broke": f"{type(error).__name__}: {said}"}
        finally:
            Watch.until = None


def grade(files, options, listener):
    """The result of one stranger's submission; `options` as above, `listener` as in `grading`."""
    from .. import isolation
    from ..grading import run

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
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _staged(files):
    folder = Path(tempfile.mkdtemp(prefix="learn-dl-"))
    folder.chmod(0o755)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    stubs.add_whole(folder)
    return folder


class Stopwatch:
    """Follows a grading only to say how much of its time went into other things than checks."""

    def __init__(self):
        self.begin = time.perf_counter()
        self.first = self.last = None

    def check_begins(self, *args):
        self.first = self.first or time.perf_counter()

    def function_ends(self, *args):
        self.last = time.perf_counter()

    def chapter_begins(self, *args):
        pass

    check_ends = chapter_ends = chapter_begins

    def overhead(self):
        """Seconds before the first check and after the last."""
        if self.last is None:
            return 0.0
        return time.perf_counter() - self.last + self.first - self.begin


@cache
def _settle(parent, work):
    """Once in each examiner; a Dask worker, which has no parent here, has its own keeper."""
    if parent is not None:
        follow(parent)
        tempfile.tempdir = work
        _limit_memory()


def _limit_memory():
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has it
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


@cache
def follow(parent):
    """End with this process, the main one; Ctrl-C is for it alone.

    Called as an examiner starts, for where the main process is killed in just that moment no task
    will ever come.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Watch.parent = parent
    threading.Thread(target=_watch, daemon=True).start()


def _watch():
    while not _is_over():
        time.sleep(LOOK_SECONDS)
    os._exit(1)  # workers end by themselves when we do


def _is_over():
    hangs = Watch.until is not None and time.monotonic() > Watch.until
    return hangs or (os.name != "nt" and os.getppid() != Watch.parent)


def is_ready(options):
    """None if this process can grade, else one line that says why not."""
    if grader_version.current() != options["grader"]:
        return f"it has grader {grader_version.current()}, not {options['grader']}"
    from .. import isolation

    try:
        isolation.choose(options["isolation"])
        images.for_chapters(options["dataset"], registry.select(options["chapters"]))
    except Exception as error:
        return str(error).strip().partition("\n")[0]
    return None
