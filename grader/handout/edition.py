"""Collects the files of the learner's edition, for the chapters that are released.

It is made from the kit's own files and the pristine stubs, never from `exercises/`: nothing that
somebody has written, graded or downloaded gets into it. What explains mistakes needs right versions
of the functions to compare with. They are packed, so that nobody comes across them while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..course import merged, places, registry, stubs
from ..course.registry import Chapter
from ..files.zipped import zipped
from ..learner import start
from ..misconceptions import PACKED

TEMPLATE = Path(__file__).parent / "template"
TEMPLATES = {
    "github.yml": ".github/workflows/grade.yml",
    "gitlab.yml": ".gitlab-ci.yml",
    "gitignore": ".gitignore",
}
WHOLE = ("LICENSE", "hatch_build.py", "docs/learners.md", *start.SETTINGS)
TABLES = ("build-system", "project", "tool.hatch.build.targets.wheel")  # of pyproject.toml
LESSONS = (  # shown in the terminal and in notebooks; the site is built from the solutions
    *("__init__.py", "ch*.md", "sources.md", "site/__init__.py"),
    *(f"site/{name}.py" for name in ("latex", "markdown", "parsing", "places", "terminal")),
)
REFERENCE = "`grade diff"  # a command that this edition cannot serve
DRAWING, NETWORKS = "`grade draw", ("3.4", "4.3", "4.5")  # and one that needs one of these chapters
BANK = "grader/misconceptions/"
STUBS = places.OWN["stubs"]
CHAPTER = re.compile(r"ch\d+_\d+_\w+")
IMPORT = re.compile(r"^from \.(ch\d+_\d+_\w+) import .*\n", re.M)  # in `neural_network.py`
TABLE = re.compile(r"^\[([\w.-]+)\]\n", re.M)
LEFT_OUT = re.compile(r"\.|__pycache__")
TEXTS = (".css", ".html", ".ini", ".js", ".json", ".md", ".py", ".sh", ".toml", ".yml", "")


def with_needed(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters and those that their files import from, in the order of the course."""
    needed = {chapter.stem for chapter in chapters}
    for chapter in reversed(registry.chapters()):  # imports go back in the course
        if chapter.stem in needed:
            needed |= set(IMPORT.findall(stubs.read(chapter.stem).decode()))
    return [chapter for chapter in registry.chapters() if chapter.stem in needed]


def files(chapters: Iterable[Chapter]) -> dict[str, bytes]:
    """Map the names of the edition's files to their contents, for these chapters alone."""
    stems = {chapter.stem for chapter in chapters}
    every = {name: path.read_bytes() for name, path in _of_the_kit()}
    every |= merged.own_without_solutions()
    found = {name: data for name, data in every.items() if _is_released(name, stems)}
    found[f"{STUBS}/neural_network.py"] = _library(found[f"{STUBS}/neural_network.py"], stems)
    for name in [name for name in found if name.startswith(f"{STUBS}/")]:
        found[f"{places.EXERCISES}/{Path(name).name}"] = found[name]
    found = _packed(found)
    found |= {place: (TEMPLATE / name).read_bytes() for name, place in TEMPLATES.items()}
    found["README.md"] = _readme([c for c in registry.chapters() if c.stem in stems])
    found["pyproject.toml"] = _project()
    return dict(sorted(found.items()))


def _of_the_kit() -> Iterator[tuple[str, Path]]:
    yield from _below("grader", places.KIT.rglob("*"))
    yield from _below("data", places.package("data").glob("*.py"))
    lessons = places.package("lessons")
    yield from _below("lessons", (path for pattern in LESSONS for path in lessons.glob(pattern)))
    for name in WHOLE:
        if (places.ROOT / name).is_file():
            yield name, places.ROOT / name


def _below(package, paths):
    folder = places.package(package)
    for path in paths:
        parts = path.relative_to(folder).parts
        left_out = parts[0] == places.BUNDLED.name or any(map(LEFT_OUT.match, parts))
        wanted = path.suffix in TEXTS or path.name == PACKED.name
        if wanted and not left_out and path.is_file():
            yield "/".join((package, *parts)), path


def _is_released(name, stems):
    chapter = next(filter(CHAPTER.fullmatch, map(_stem, name.split("/"))), None)
    return chapter is None or chapter in stems


def _stem(part):
    return part.partition(".")[0]


def _library(text, stems):
    """Leave out the chapters that are not released."""
    return IMPORT.sub(lambda line: line[0] if line[1] in stems else "", text.decode()).encode()


def _packed(files):
    """Put the bank of misconceptions into a zip, from which Python imports as from a folder."""
    inside = {
        name.removeprefix(BANK): data
        for name, data in files.items()
        if name.startswith(BANK) and name != f"{BANK}__init__.py"
    }
    if PACKED.name not in inside:
        files = {n: data for n, data in files.items() if n.removeprefix(BANK) not in inside}
        files[f"{BANK}{PACKED.name}"] = zipped(inside)
    return files


def _readme(chapters):
    """The README of `grade start`, with how to install and what happens after a push.

    Its examples are of chapters that are released.
    """
    first, last = chapters[0], chapters[-1]
    ids, stems = {chapter.id for chapter in chapters}, {chapter.stem for chapter in chapters}
    title, rest = start.README.read_text(encoding="utf-8").split("\n\n", 1)
    install = (TEMPLATE / "install.md").read_text(encoding="utf-8")
    absent = [REFERENCE] + [DRAWING] * ids.isdisjoint(NETWORKS)
    lines = rest.splitlines(keepends=True)
    rest = "".join(line for line in lines if not any(word in line for word in absent))
    if "3.2" not in ids:
        rest = rest.replace("3.2", last.id).replace("softmax", next(iter(last.functions)))
    rest = rest.replace("1.1", "1.1" if "1.1" in ids else first.id)
    rest = CHAPTER.sub(lambda stem: stem[0] if stem[0] in stems else last.stem, rest)
    return f"{title}\n\n{install}\n## Work\n\n{rest}".encode()


def _project():
    """The kit's `pyproject.toml` without what only its own tests need."""
    text = (places.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    starts = [match.start() for match in TABLE.finditer(text)]
    tables = [text[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    kept = [t for t in tables if t[1:].split("]")[0].startswith(TABLES)]
    return "".join(kept).encode()
