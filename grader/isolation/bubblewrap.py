"""The preferred sandbox: a worker in namespaces of its own, made by bubblewrap.

It sees the system's libraries, Python, NumPy, SciPy and Matplotlib, and the submission, all
read-only; no network, no other process, no `/proc`, no home, nothing of this kit but the worker's
own files.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import cores, sandbox
from .launch import Launch, library_folders
from .meter import MOST_THREADS

# All but the user namespace: root does not need one, and without it can become another user.
NAMESPACES = ("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts")
EMPTY = "/empty"  # the worker's folder
HIDDEN_SIZE = 2**20  # bytes of a folder in which there are mounts and nothing else
COUNTS_APART = (5, 14)  # the kernel from which each user namespace counts its own threads
REAPER = 1  # bubblewrap's process inside
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
            "limits": sandbox.limits(_most_threads(user)),
            "fences": {"user": user},
        }
        command = [
            shutil.which("bwrap") or "bwrap",
            *((*NAMESPACES, *MAY_CHANGE_USER) if user else ("--unshare-all",)),
            *("--die-with-parent", "--new-session", "--clearenv"),
            *_settings(sandbox.environment(EMPTY)),
            *_mounts(Path(home)),
            *("--chdir", EMPTY, "--remount-ro", "/"),
            *(sandbox.python(), "-I", "-S", "/worker"),
        ]
        core = None if folder is None else cores.own()
        return Launch(command, home, {"PATH": os.defpath}, settings, core)


def _most_threads(user: int | None) -> int:
    """Return the limit for a worker, whose user namespace counts its own threads alone."""
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    counted_apart = release is not None and tuple(map(int, release.groups())) >= COUNTS_APART
    if user is None and counted_apart:
        return MOST_THREADS + REAPER
    return sandbox.most_threads(user)


def _settings(environment):
    return [word for item in environment.items() for word in ("--setenv", *item)]


def _mounts(home: Path) -> Iterator[str]:
    granted, hidden, libraries = sandbox.readable()
    for path in (*_parents((*granted, *libraries, sandbox.NULL), granted), EMPTY):
        listed = path == EMPTY or path in library_folders()  # the others are only passed through
        yield from ("--perms", "0755" if listed else "0111", "--dir", path)
    for path in granted:
        yield from _mount(path)
    for path in hidden:
        yield from ("--size", str(HIDDEN_SIZE), "--tmpfs", path)
    for path in libraries:
        yield from ("--ro-bind", path, path)
    for path in hidden:  # only now: what lies on them needed a place there
        yield from ("--remount-ro", path)
    for name in ("worker", "submission"):
        yield from ("--ro-bind", str(home / name), f"/{name}")
    for path in (sandbox.NULL, sandbox.RANDOM):
        yield from ("--dev-bind", path, path)


def _parents(paths, mounted):
    """Return the folders above these, outermost first: bubblewrap would let only root read them."""
    above = {str(parent) for path in paths for parent in Path(path).parents}
    return sorted(p for p in above if not any(Path(p).is_relative_to(m) for m in mounted))


def _mount(path):
    if os.path.islink(path):  # /lib is a link into /usr on many systems
        return ("--symlink", os.readlink(path), path)
    return ("--ro-bind-try", path, path)
