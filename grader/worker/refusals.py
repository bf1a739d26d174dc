"""Eases honest code in the sandbox: says what was refused, and lets libraries do without it.

The examiner makes the sentences from the kinds that `kind_of` returns.
"""

import errno
import importlib.machinery
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any

REFUSED = (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS, errno.ENOENT)
NO_FOLDER = "No usable temporary directory"  # from `tempfile`
NO_THREAD = "can't start new thread"
# Modules of the standard library, by what they were about to do.
MODULES = {
    "call": r"asyncio",
    "process": r"subprocess|multiprocessing|concurrent.futures.process|pty|_posixsubprocess",
    "network": r"socket|ssl|http|urllib|ftplib|smtplib",
    "file": r"tempfile",
}
# Functions of `os` and others, which fail without a frame of their own.
FUNCTIONS = {
    "process": r"v?fork\w*|posix_spawn\w*|exec[vl]\w*|popen|system|spawn\w*|wait\w*|pidfd\w*",
    "signal": r"kill\w*|pthread_kill|raise_signal",
    "network": r"socket|socketpair|connect|bind",
    "priority": r"nice|setpriority|sched_\w+",
}


def kind_of(error: BaseException) -> str:
    """Return what the sandbox refused: a kind, or "" if it has no part in this error."""
    if isinstance(error, ModuleNotFoundError):
        return "module"
    if isinstance(error, RuntimeError) and NO_THREAD in str(error):
        return "thread"
    for cause in _causes(error):
        if NO_FOLDER in str(cause):
            return "file"
        if cause.errno in REFUSED or type(cause).__name__ == "gaierror":
            return _by_frames(cause) or ("file" if cause.filename is not None else "call")
    return ""


def _causes(error: BaseException | None) -> Iterator[OSError]:
    """Yield the error and those that it came from, as long as they are the system's."""
    for _ in range(5):
        if not isinstance(error, OSError):
            return
        yield error
        error = error.__cause__ or error.__context__


def _by_frames(error):
    names = [
        str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    for kind, modules in MODULES.items():
        if any(re.match(rf"({modules})(\.|$)", name) for name in names):
            return kind
    frames = traceback.extract_tb(error.__traceback__)
    if error.filename is None and frames:
        last = frames[-1]
        call = (last.line or "")[: None if last.lineno != last.end_lineno else last.end_colno]
        for kind, functions in FUNCTIONS.items():
            if re.search(rf"\b({functions})\(", call):
                return kind
    return ""


class WithoutHome(importlib.machinery.SourceFileLoader):
    """Loads Matplotlib, which insists on a folder to write to, where there is none."""

    def __init__(self, fullname: str, path: str, empty: str) -> None:
        super().__init__(fullname, path)
        self.empty = empty

    def exec_module(self, module: ModuleType) -> None:
        # With settings of its own at hand it does not ask for the folder as it is imported.
        own = os.path.join(os.path.dirname(self.path), "mpl-data", "matplotlibrc")
        os.environ.setdefault("MATPLOTLIBRC", own)
        super().exec_module(module)
        matplotlib: Any = module
        matplotlib.get_configdir = matplotlib.get_cachedir = lambda: self.empty
        # It would say that it cannot keep its list of fonts.
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def find(fullname: str, empty: str) -> importlib.machinery.ModuleSpec | None:
    """Find a top-level module outside the submission, as if what may not be read did not exist."""
    if fullname in sys.builtin_module_names:  # the next finder's, whatever the path holds
        return None
    spec = importlib.machinery.PathFinder.find_spec(fullname)
    if spec is None or spec.origin is None:
        return spec
    try:
        with open(spec.origin, "rb"):
            pass
    except PermissionError:  # other packages, under Landlock
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname) from None
    if fullname == "matplotlib":
        spec.loader = WithoutHome(fullname, spec.origin, empty)
    return spec
