"""Builds the zip for a Gradescope autograder: the grader, its settings, and two scripts.

It does not contain the reference solutions, so that nobody can read them there.
"""

from __future__ import annotations

import importlib.metadata
import json
import secrets
import zipfile
from pathlib import Path
from typing import Any

from ..classroom.course import COURSE_SEED_BITS
from ..classroom.grader_version import PACKAGE
from ..course import merged, places
from ..files.writing import write_whole
from ..files.zipped import zipped
from . import Refused

SETTINGS = "autograder.json"
SCRIPTS = ("setup.sh", "run_autograder")
CONTAINER = Path(__file__).parent / "container"
PACKAGES = ("data", "grader")
LEFT_OUT = ("__pycache__", "cache", "container", places.BUNDLED.name)
SECRET, EXECUTABLE = 0o100600, 0o100755


def write(out: Path, settings: dict[str, Any]) -> None:
    """Write the zip to `out`; without a seed in `settings`, keep that of the zip it replaces."""
    if settings.get("seed") is None:
        settings = settings | {"seed": _earlier_seed(out)}
    files: dict[str, bytes] = {name: (CONTAINER / name).read_bytes() for name in SCRIPTS}
    files[SETTINGS] = json.dumps(settings, indent=1).encode()
    files["requirements.txt"] = "\n".join([*_requirements(), ""]).encode()
    for package in PACKAGES:
        files |= {name: path.read_bytes() for name, path in _sources(package)}
    files |= merged.own_without_solutions()
    modes = {SETTINGS: SECRET} | dict.fromkeys(SCRIPTS, EXECUTABLE)
    write_whole(zipped(files, modes), out)


def _earlier_seed(out):
    try:
        with zipfile.ZipFile(out) as archive:
            return int(json.loads(archive.read(SETTINGS))["seed"])
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
        return secrets.randbits(COURSE_SEED_BITS)


def _requirements():
    """The packages that the grader needs, without the extras."""
    try:
        lines = importlib.metadata.requires(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        raise Refused("the kit is not installed here: `pip install -e .` first") from None
    return [line for line in lines if "extra ==" not in line]


def _sources(package):
    """Yield `(name in the zip, path)` for every file of the package."""
    folder = places.package(package)
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in LEFT_OUT for part in parts)
        if path.is_file() and not hidden and path.suffix != ".pyc":
            yield "/".join((package, *parts)), path
