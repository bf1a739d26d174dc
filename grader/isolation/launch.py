"""How a worker is started: what every isolation says of it."""

import importlib.util
import shutil
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORKER = Path(__file__).parent.parent / "worker"
# What a submission may import, and what that needs in turn.
LIBRARIES = (
    *("numpy", "scipy", "matplotlib"),
    *("contourpy", "cycler", "dateutil", "fontTools", "kiwisolver", "mpl_toolkits"),
    *("packaging", "PIL", "pyparsing", "six", "tzdata"),
)
MOST_COPIED_FILES = 1000  # of a submission, and what each may hold
LARGEST_COPIED_FILE = 2**20


@dataclass(frozen=True)
class Launch:
    """A worker about to start: `settings` is the first line that it reads."""

    command: list
    folder: str
    environment: dict
    settings: dict


@cache
def libraries():
    """Where those lie: packages, single modules, and the folders of shared libraries beside."""
    found = []
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        places = list((spec and spec.submodule_search_locations) or [])
        if spec and not places:
            places = [spec.origin]
        for place in map(Path, places):
            beside = [place.with_name(f"{other}.libs") for other in (name, name.lower(), "pillow")]
            found += [str(path) for path in (place, *beside) if path.exists()]
    return tuple(dict.fromkeys(found))


def library_folders():
    """The folders on the worker's path."""
    return list(dict.fromkeys(str(Path(path).parent) for path in libraries()))


def stage(folder, home):
    """Copies that every user may read, of the worker's files and of the submission's.

    Only regular Python files of a submission are taken, no links, and none that is very large.
    """
    shutil.copytree(WORKER, home / "worker", ignore=shutil.ignore_patterns("__pycache__"))
    target = home / "submission"
    target.mkdir()
    if folder is not None:
        for path in _modules(folder):
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (home / "empty").mkdir()
    home.chmod(0o755)
    for path in home.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _modules(folder):
    """Its modules, and those of its packages; hidden folders are none."""
    count = 0
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") for part in parts) or count == MOST_COPIED_FILES:
            continue
        status = path.lstat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_COPIED_FILE:
            count += 1
            yield path
