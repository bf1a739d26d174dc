"""The folders of the kit that more than one module needs.

A clone has `data`, `lessons`, `solutions` and `exercises` next to `grader`. An installed package
is `grader` alone, with everything else inside, in `grader/bundled/`: see `hatch_build.py`.
"""

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


def package(name: str) -> Path:
    """Return the folder of one of the kit's packages: `data`, `grader` or `solutions`."""
    return KIT if name == KIT.name else ROOT / name


def course() -> Path | None:
    """Return the folder `exercises` here or in a folder above, or None."""
    for above in (Path(), *Path.cwd().parents):
        if (above / EXERCISES).is_dir():
            return above / EXERCISES
    return None
