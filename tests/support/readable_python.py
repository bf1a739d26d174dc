"""A Python that every user may run, for sandboxes in which root becomes somebody else."""

import contextlib
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from .running import ROOT


@contextlib.contextmanager
def open_to_all():
    """A temporary folder that every user may enter; pytest's own are for one user."""
    with tempfile.TemporaryDirectory(prefix="world-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def readable_python(folder):
    """`(command, environment)`: this Python, and for root a copy of it in this folder.

    Root's own may lie in /root, where nobody else may read.
    """
    if os.geteuid():
        return (sys.executable,), {}
    site = Path(sysconfig.get_path("purelib"))
    leave_out = shutil.ignore_patterns("test", "site-packages")
    shutil.copytree(
        sys.base_prefix, folder / "python", copy_function=_link, symlinks=True, ignore=leave_out
    )
    shutil.copytree(site, folder / "site", copy_function=_link)
    interpreter = folder / "python" / "bin" / Path(os.path.realpath(sys.executable)).name
    return (str(interpreter),), {"PYTHONPATH": f"{folder / 'site'}{os.pathsep}{ROOT}"}


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
