"""The preferred sandbox: a worker in namespaces of its own, made by bubblewrap.

It sees the system's libraries, Python, NumPy, SciPy and Matplotlib, the submission, and an empty
scratch folder; no network, no other process, no `/proc`, no home, nothing of this kit but the
worker's own files.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import sandbox
from .launch import Launch, library_folders

# All but the user namespace: root does not need one, and without it can become another user.
NAMESPACES = ("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts")
MAY_CHANGE_USER = ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")


class Bubblewrap(sandbox.Sandbox):
    """Runs workers under `bwrap`."""

    mechanism = "bubblewrap"

    def missing(self) -> str | None:
        if reason := super().missing():
            return reason
        return None if shutil.which("bwrap") else "`bwrap` is not installed"

    def launch(self, folder: Path | None, home: str) -> Launch:
        self.prepare(folder, home)
        user = sandbox.spare_user()
        settings = {
            "folder": "/submission",
            "path": library_folders(),
            "limits": sandbox.limits(user, files=sandbox.SCRATCH),
            "fences": {"user": user},
        }
        command = [
            shutil.which("bwrap") or "bwrap",
            *((*NAMESPACES, *MAY_CHANGE_USER) if user else ("--unshare-all",)),
            *("--die-with-parent", "--new-session", "--clearenv"),
            *_settings(sandbox.environment("/tmp")),
            *_mounts(Path(home)),
            *("--chdir", "/tmp", "--remount-ro", "/"),
            *(sandbox.python(), "-I", "-S", "/worker"),
        ]
        return Launch(command, home, {"PATH": os.defpath}, settings)


def _settings(environment):
    return [word for item in environment.items() for word in ("--setenv", *item)]


def _mounts(home: Path) -> Iterator[str]:
    granted, hidden, libraries = sandbox.readable()
    yield from ("--perms", "1777", "--size", str(sandbox.SCRATCH), "--tmpfs", "/tmp")
    for path in _parents((*granted, *libraries), granted):
        yield from ("--perms", "0755", "--dir", path)
    for path in granted:
        yield from _mount(path)
    for path in hidden:
        yield from ("--tmpfs", path)
    for path in libraries:
        yield from ("--ro-bind", path, path)
    for name in ("worker", "submission"):
        yield from ("--ro-bind", str(home / name), f"/{name}")
    for path in sandbox.DEVICES:
        yield from ("--dev-bind", path, path)


def _parents(paths, mounted):
    """Return the folders above these, outermost first: bubblewrap would let only root read them."""
    above = {str(parent) for path in paths for parent in Path(path).parents}
    return sorted(p for p in above if not any(Path(p).is_relative_to(m) for m in mounted))


def _mount(path):
    if os.path.islink(path):  # /lib is a link into /usr on many systems
        return ("--symlink", os.readlink(path), path)
    return ("--ro-bind-try", path, path)
