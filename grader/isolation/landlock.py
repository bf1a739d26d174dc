"""The sandbox where namespaces are unavailable, as in most containers: the kernel's Landlock.

The worker confines itself before any submission code runs: it can read what it needs, but write
nowhere, start no process and open no socket. If started as root, it first switches to an unused
user id.
"""

import os
import stat
from pathlib import Path

from ..worker import confine, syscalls
from . import cores, sandbox
from .launch import Launch, library_folders


class Landlock(sandbox.Sandbox):
    """Runs workers that confine themselves; see `worker/confine.py`."""

    mechanism = "landlock"

    def missing(self) -> str | None:
        if reason := super().missing():
            return reason
        if os.uname().machine not in syscalls.ARCHITECTURES:
            return f"it does not support `{os.uname().machine}`"
        # Older kernels would let a worker truncate files of its own user.
        needed = confine.TRUNCATES_TOO if os.geteuid() else 1
        version = confine.landlock_version()
        return None if version >= needed else f"the kernel's version is {version}, not {needed}"

    def closed_to_it(self, launch: Launch) -> str | None:
        fences = launch.settings["fences"]
        if fences["user"] is None:
            return None
        ways = [Path(path).resolve() for path in fences["readable"]]
        folders = (folder for way in ways for folder in reversed(way.parents))
        closed = next((f for f in folders if not f.stat().st_mode & stat.S_IXOTH), None)
        if closed is None:
            return None
        return f"`{closed}` is closed to other users, but what the worker needs lies in it"

    def launch(self, folder: Path | None, home: str) -> Launch:
        self.prepare(folder, home)
        user = sandbox.spare_user()
        granted, hidden, libraries = sandbox.readable()
        own = [str(Path(home, name)) for name in ("worker", "submission", "empty")]
        settings = {
            "folder": str(Path(home, "submission")),
            "path": library_folders(),
            "limits": sandbox.limits(sandbox.most_threads(user)),
            "fences": {
                "user": user,
                "readable": [
                    *(part for path in granted for part in _without(path, hidden)),
                    *(*libraries, sandbox.RANDOM, *own),
                ],
                "writable": [sandbox.NULL],
                # Python's import needs the names of the files there.
                "listable": [*library_folders(), *(str(Path(path).parent) for path in hidden)],
            },
        }
        command = [sandbox.python(), "-I", "-S", str(Path(home, "worker"))]
        empty = str(Path(home, "empty"))
        core = None if folder is None else cores.own()
        return Launch(command, empty, sandbox.environment(empty), settings, core)


def _without(path, hidden):
    """Return the path, or its contents without the hidden parts if there are any."""
    below = [other for other in hidden if Path(other).is_relative_to(path)]
    if not below:
        return [path]
    if path in below:
        return []
    return [part for child in os.scandir(path) for part in _without(child.path, below)]
