"""What a test needs from the machine, asked for with `@pytest.mark.needs("chromium")`.

Where it is missing, the test is skipped and the end of the run names it. With `LEARN_DL_NEED=all`
it fails instead; `LEARN_DL_NEED="all but torch mnist"` lets these two be missing.
"""

import os
import shutil
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from .running import ROOT

VARIABLE = "LEARN_DL_NEED"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@cache
def missing(need):
    """What to do so that this machine has it, or None if it has it already."""
    return NEEDS[need]()


def required(need):
    """Whether a test that asks for it fails, and is not skipped, where it is missing."""
    every, *exceptions = os.environ.get(VARIABLE, "").replace(",", " ").split() or ["none"]
    return every == "all" and need not in exceptions


def chromium():
    """The path of a browser that can be run without a screen, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def mnist():
    """The folder with the real MNIST, or None."""
    folders = (os.environ.get("LEARN_DL_DATA"), ROOT.parent / "shared" / "mnist")
    paths = (Path(folder) for folder in folders if folder)
    return next((path for path in paths if (path / "mnist.npz").is_file()), None)


def _program(name):
    return lambda: None if shutil.which(name) else f"install {name}"


def _package(name, extra):
    return lambda: None if find_spec(name) else f"pip install -e '.[{extra}]'"


def _unless(present, remedy):
    return lambda: None if present() else remedy


def _sandbox(*kinds):
    """One of these must work, as it does for a submission: a worker is started in it."""
    from grader import isolation
    from grader.isolation.bubblewrap import Bubblewrap
    from grader.isolation.landlock import Landlock

    faults = []
    for sandbox in (Bubblewrap(), Landlock()):
        if sandbox.mechanism in kinds:
            fault = isolation.fault(sandbox)
            if fault is None:
                return None
            faults.append(f"{sandbox.mechanism}: {fault}")
    return f"install bubblewrap ({'; '.join(faults)})"


def _landlock():
    """In the kernel; the tests see to a Python that the sandbox's user may run."""
    from grader.isolation.landlock import Landlock

    return Landlock().missing()


NEEDS = {
    "linux": _unless(lambda: sys.platform.startswith("linux"), "run the tests on Linux"),
    "posix": _unless(lambda: os.name == "posix", "run the tests on Linux or macOS"),
    "python-3.12": _unless(lambda: sys.version_info >= (3, 12), "run the tests with Python 3.12"),
    "ps": _unless(lambda: shutil.which("ps"), "install procps"),
    "git": _program("git"),
    "node": _program("node"),
    "npm": _program("npm"),
    "tmux": _program("tmux"),
    "chromium": _unless(chromium, "install chromium"),
    "sandbox": lambda: _sandbox("bubblewrap", "landlock"),
    "bubblewrap": lambda: _sandbox("bubblewrap"),
    "landlock": _landlock,
    "long-double": _unless(
        lambda: np.dtype(np.longdouble).itemsize > 8, "run the tests on x86-64 or Linux on ARM"
    ),
    "mnist": _unless(mnist, "set LEARN_DL_DATA to a folder with mnist.npz"),
    "dask": _package("distributed", "dask"),
    "torch": _package("torch", "bench"),
    "jax": _package("jax", "bench"),
    "hatchling": _package("hatchling", "dev"),
}
