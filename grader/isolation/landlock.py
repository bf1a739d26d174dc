"""The sandbox for where namespaces are not to be had, as in a container: the kernel's Landlock.

The worker fences itself in before a line of the submission runs: it can read what it needs and
write nowhere, start no process and open no socket. Root lets it become a user of its own first.
"""

import os
from pathlib import Path

from ..worker import confine
from . import sandbox
from .launch import Launch, library_folders


class Landlock(sandbox.Sandbox):
    mechanism = "landlock"

    def missing(self):
        if reason := super().missing():
            return reason
        if os.uname().machine not in confine.ARCHITECTURES:
            return f"it does not know `{os.uname().machine}`"
        # The files of the same user could be cut off where the kernel does not guard that.
        needed = confine.TRUNCATES_TOO if os.geteuid() else 1
        version = confine.landlock_version()
        return None if version >= needed else f"the kernel's version is {version}, not {needed}"

    def launch(self, folder, home):
        self.prepare(folder, home)
        home = Path(home)
        user = sandbox.spare_user()
        granted, hidden, libraries = sandbox.readable()
        own = [str(home / name) for name in ("worker", "submission", "empty")]
        settings = {
            "folder": str(home / "submission"),
            "path": library_folders(),
            "limits": sandbox.limits(user, files=0),
            "fences": {
                "user": user,
                "readable": [
                    *(part for path in granted for part in _without(path, hidden)),
                    *(*libraries, *sandbox.DEVICES, *own),
                ],
                # The names of what lies there, which Python's import goes by.
                "listable": [*library_folders(), *(str(Path(path).parent) for path in hidden)],
            },
        }
        command = [sandbox.python(), "-I", "-S", str(home / "worker")]
        empty = str(home / "empty")
        return Launch(command, empty, sandbox.environment(empty), settings)


def _without(path, hidden):
    """The path, or where something below it is hidden, all that lies beside that."""
    below = [other for other in hidden if Path(other).is_relative_to(path)]
    if not below:
        return [path]
    if path in below:
        return []
    return [part for child in os.scandir(path) for part in _without(child.path, below)]
