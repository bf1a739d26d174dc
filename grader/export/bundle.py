"""Builds the zip for a Gradescope autograder: the grader, its settings, and two scripts.

It does not contain the reference solutions, so that nobody can read them there.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import secrets
import zipfile
from pathlib import Path
from typing import Any

from ..classroom.course import COURSE_SEED_BITS
from ..classroom.grader_version import PACKAGE
from ..course import merged, places
from ..files.writing import write_whole
from . import Refused

SETTINGS = "autograder.json"
SCRIPTS = ("setup.sh", "run_autograder")
CONTAINER = Path(__file__).parent / "container"
PACKAGES = ("data", "grader")
LEFT_OUT = ("__pycache__", "cache", "container", places.BUNDLED.name)
PLAIN, SECRET, EXECUTABLE = 0o100644, 0o100600, 0o100755


def write(out: Path, settings: dict[str, Any]) -> None:
    """Write the zip to `out`; without a seed in `settings`, keep that of the zip it replaces."""
    if settings.get("seed") is None:
        settings = settings | {"seed": _earlier_seed(out)}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SCRIPTS:
            _add(archive, name, (CONTAINER / name).read_bytes(), EXECUTABLE)
        _add(archive, SETTINGS, json.dumps(settings, indent=1).encode(), SECRET)
        _add(archive, "requirements.txt", "\n".join([*_requirements(), ""]).encode(), PLAIN)
        for package in PACKAGES:
            for name, path in _sources(package):
                _add(archive, name, path.read_bytes(), PLAIN)
        for name, data in merged.own_without_solutions().items():
            _add(archive, name, data, PLAIN)
    write_whole(stream.getvalue(), out)


def _earlier_seed(out):
    try:
        with zipfile.ZipFile(out) as archive:
            return int(json.loads(archive.read(SETTINGS))["seed"])
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
        return secrets.randbits(COURSE_SEED_BITS)


def _add(archive, name, data, mode):
    info = zipfile.ZipInfo(name)  # dated 1980, so that the same sources give the same zip
    info.create_system = 3  # Unix, for the mode
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


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
