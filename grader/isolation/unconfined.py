"""No isolation: the worker has the rights of the user who started the grader."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import threads
from ..files import temporary
from ..files.reading import opened_files
from ..files.writing import write_files
from .launch import WORKER, Launch, library_folders

MEMORY_LIMIT = 8 * 2**30  # bytes of address space, if the system can limit it
WINDOWS = os.name == "nt"
MARK = "LEARN_DL_WORKER"  # in the environment of a worker and of what it starts


class Unconfined:
    """Runs workers as ordinary processes."""

    level = "none"
    mechanism: str | None = None

    def launch(self, folder: Path | None, home: str) -> Launch:
        """Prepare a worker for a submission's folder.

        It starts in its home, with a copy of the data files: what it writes there is deleted.
        """
        if folder is not None and (data := opened_files(folder)):
            with temporary.room():
                write_files(data, Path(home))
        settings = {
            "folder": str(Path(folder or home).resolve()),
            "path": library_folders(),
            "limits": {"AS": MEMORY_LIMIT, "CORE": 0},
            "fences": None,
        }
        command = [sys.executable, "-I", "-S", str(WORKER)]
        return Launch(command, home, _environment() | {MARK: home}, settings)

    def refresh(self, folder: Path, home: str) -> None:
        """Do nothing: the worker reads the folder itself."""

    def meter(self, process: subprocess.Popen) -> None:
        """Return None: on the user's own machine only the wall clock counts."""

    def end(self, process: subprocess.Popen, home: str) -> None:
        """End the worker and everything that it started."""
        kill_group(process)
        _kill_escaped(home)
        shutil.rmtree(home, ignore_errors=True)


def _environment():
    """Return the examiner's environment without settings for Python, pytest and the kit."""
    private = ("PYTHON", "PYTEST", "LEARN_DL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(private)}
    return kept | threads.environment()


def own_group() -> dict[str, Any]:
    """Return options for `Popen` that let `kill_group` reach the process and its children."""
    if WINDOWS:
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True}


def kill_group(process: subprocess.Popen) -> None:
    """Kill a process and the children in its group."""
    if WINDOWS:
        with contextlib.suppress(OSError):
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)


def _kill_escaped(home):
    """On Linux, also end children that have left the worker's group, found by their environment."""
    mark = f"{MARK}={home}\0".encode()
    clean = 0
    for _ in range(20):  # they may start others meanwhile, and end before they are seen
        clean = 0 if [pid for pid in _marked(mark) if _kill(pid)] else clean + 1
        if clean == 2:
            return


def _marked(mark: bytes) -> Iterator[int]:
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in file.read_bytes():
                yield int(file.parent.name)


def _kill(pid):
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False
