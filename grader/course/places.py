"""The folders of the kit that more than one module needs.

A clone has `data`, `lessons`, `solutions` and `exercises` next to `grader`. An installed package
is `grader` alone, with everything else inside, in `grader/bundled/`: see `hatch_build.py`.

An instructor's own chapters are in one more folder, which `--course DIR` names. It lasts for the
whole process and is kept in the environment, so that the processes started from here have it too.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

KIT = Path(__file__).resolve().parents[1]  # `grader/`
BUNDLED = KIT / "bundled"
IS_INSTALLED = BUNDLED.is_dir()  # as a package, without a clone around it
ROOT = BUNDLED if IS_INSTALLED else KIT.parent
CHAPTERS = KIT / "chapters"
HINTS = KIT / "hints"
STUBS = KIT / "stubs"
REFERENCE = ROOT / "solutions"  # may be absent: the learners' edition comes without it
EXERCISES = "exercises"
VARIABLE = "LEARN_DL_COURSE"  # names the folder of an instructor's own chapters
OWN = {  # its folders, and where the kit has the same files
    "checks": "grader/chapters",
    "hints": "grader/hints",
    "misconceptions": "grader/misconceptions",
    "stubs": "grader/stubs",
    "solutions": "solutions",
    "lessons": "lessons",  # may lack any
}


def package(name: str) -> Path:
    """Return the folder of one of the kit's packages: `data`, `grader` or `solutions`."""
    return KIT if name == KIT.name else ROOT / name


def own() -> Path | None:
    """Return the folder of the instructor's own chapters, or None if there is none."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


@contextlib.contextmanager
def using(folder: Path) -> Iterator[None]:
    """Take the own chapters from this folder, here and in processes that are started from here."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before


def find(room: str, name: str) -> Path:
    """Return the file in a folder of `OWN`: the own one if it exists, else the kit's, if any."""
    if (folder := own()) and (file := folder / room / name).is_file():
        return file
    first, *rest = OWN[room].split("/")
    return package(first).joinpath(*rest, name)


def own_files(*rooms: str) -> Iterator[tuple[str, Path]]:
    """Yield `(name that it would have in a clone, path)` for each of the own files."""
    if folder := own():
        for room in rooms or OWN:
            for path in sorted((folder / room).glob("ch*")):
                if path.is_file():
                    yield f"{OWN[room]}/{path.name}", path


def own_module(name: str) -> Path | None:
    """Return the own file that is imported under this name, such as `solutions.ch6_1_topic`."""
    package_name, _, stem = name.rpartition(".")
    for room, folder in OWN.items():
        if folder.replace("/", ".") == package_name and (course := own()):
            file = course / room / f"{stem}.py"
            return file if file.is_file() else None
    return None


def course() -> Path | None:
    """Return the folder `exercises` here or in a folder above, or None."""
    for above in (Path(), *Path.cwd().parents):
        if (above / EXERCISES).is_dir():
            return above / EXERCISES
    return None
