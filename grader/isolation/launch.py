"""Describes how a worker is started, and copies the files that it needs."""

from __future__ import annotations

import importlib.util
import marshal
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..files import temporary
from ..files.reading import python_files, submission_files
from ..files.writing import clear, write_files
from ..worker.third_party import LIBRARIES

if TYPE_CHECKING:
    from .meter import Meter

WORKER = Path(__file__).parent.parent / "worker"


@dataclass(frozen=True)
class Launch:
    """A worker about to start; `settings` is the first line that it reads."""

    command: list[str]
    folder: str
    environment: dict[str, str]
    settings: dict[str, Any]
    core: int | None = None  # the only one that the worker may use


class Isolation(Protocol):
    """A way to start and end workers; `mechanism` is the kind of sandbox, if it is one."""

    level: str
    mechanism: str | None

    def launch(self, folder: Path | None, home: str) -> Launch:
        """Prepare a worker for a submission's folder; `home` is an empty folder for its files."""

    def refresh(self, folder: Path, home: str) -> None:
        """Show a worker the files that its submission's folder holds now."""

    def meter(self, process: subprocess.Popen) -> Meter | None:
        """Return what measures a worker that has started; None if it is trusted."""

    def end(self, process: subprocess.Popen, home: str) -> None:
        """End a worker with everything that it started, and delete its `home`."""


@cache
def libraries() -> tuple[str, ...]:
    """Return the paths of `LIBRARIES`: packages, modules, and their shared libraries."""
    paths: list[str] = []
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        locations = list((spec and spec.submodule_search_locations) or [])
        if spec and spec.origin and not locations:
            locations = [spec.origin]
        for location in map(Path, locations):
            shared = [location.with_name(f"{x}.libs") for x in (name, name.lower(), "pillow")]
            paths += [str(path) for path in (location, *shared) if path.exists()]
    return tuple(dict.fromkeys(paths))


def library_folders() -> list[str]:
    """Return the folders on the worker's path."""
    return list(dict.fromkeys(str(Path(path).parent) for path in libraries()))


@cache
def _worker_files() -> dict[str, bytes]:
    """Return the worker's files and their bytecode, so that no worker has to compile them.

    Nobody can change them after this, so the bytecode needs no check (PEP 552).
    """
    files = python_files(WORKER)
    for name, text in list(files.items()):
        code = marshal.dumps(compile(text, f"worker/{name}", "exec", dont_inherit=True))
        unchecked = (1).to_bytes(4, "little") + importlib.util.source_hash(text)
        cached = importlib.util.cache_from_source(name, optimization="")
        files[cached] = importlib.util.MAGIC_NUMBER + unchecked + code
    return files


def stage(folder: Path | None, home: Path) -> None:
    """Copy the worker's and the submission's files to `home`, readable for every user.

    Of a submission, only what `submission_files` reads is copied.
    """
    with temporary.room():
        for name in ("worker", "submission", "empty"):
            (home / name).mkdir()
        write_files(_worker_files(), home / "worker")
        if folder is not None:
            write_files(submission_files(folder), home / "submission")
        _let_everybody_read(home)


def restage(folder: Path, home: Path) -> None:
    """Replace the submission's files; the folder in which a worker sees them stays."""
    with temporary.room():
        clear(home / "submission")
        write_files(submission_files(folder), home / "submission")
        _let_everybody_read(home / "submission")


def _let_everybody_read(folder):
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
