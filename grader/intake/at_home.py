"""Opens what `--submission` names as a class run takes it, so that both give the same points."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from ..course import registry
from ..files import temporary
from ..files.reading import LARGEST_FILE, listing, python_files
from ..submission import encoding, staging, submission
from ..submission.splitting import Source
from ..submission.submission import Submission
from . import names

DOCSTRING = re.compile(rb'\s*(?:"""[^"\\]*""")?\s*')
WORD = re.compile(r"\w+")


@contextlib.contextmanager
def opened(path: Path, course: Path | None = None) -> Iterator[Submission]:
    """Open a folder, a zip or a file.

    What already is as it would be graded in a class is left where it is, so that it has a board
    and its reports name its own files.
    """
    with contextlib.ExitStack() as stack:
        whole_book = path.suffix == ".ipynb" and not submission.writes_files(path)
        if whole_book or (path.is_dir() and _is_plain(path)):
            yield stack.enter_context(submission.opened(path, course))
            return
        from . import intake  # its import takes a tenth of a short `grade run`

        hand_in = intake.read_one(path)
        if path.is_dir():
            plain = stack.enter_context(submission.opened(path, course))
            if _is_as_it_stands(plain, hand_in):
                yield plain
                return
        folder = stack.enter_context(temporary.folder()) / "exercises"
        with temporary.room():
            folder.mkdir()
            staging.write(hand_in.files, folder)
        held = tuple(c for c in registry.chapters() if _has_functions(hand_in.files, c))
        books = {stem: _where(path, origin) for stem, origin in hand_in.origins.items()}
        yield Submission(path, folder, folder, books, held, hand_in.notes)


def _is_plain(folder):
    """True if it holds chapters under their own names only, which are graded as they stand.

    Intake comes to the same, but takes longer. It would take a function that a chapter's file lacks
    from other files: so none of those may be defined anywhere.
    """
    try:
        entries, files = listing(folder), python_files(folder)
        readable = all(encoding.to_utf8(data)[0] == data for data in files.values())
    except (OSError, encoding.Undecodable):
        return False
    package = files.pop("__init__.py", b"")
    held = {name.removesuffix(".py") for name in files}
    known = {*files, "__init__.py", "__pycache__"}
    chapters = registry.chapters()
    absent = {
        name
        for c in chapters
        for name in set(c.functions).difference(_words(files.get(f"{c.stem}.py", b"")))
    }
    return (
        readable
        and all(name in known for name, _ in entries)
        and held.issubset(names.stems())
        and any(chapter.stem in held for chapter in chapters)
        and DOCSTRING.fullmatch(package) is not None
        and sum(map(len, files.values())) < LARGEST_FILE
        and not any(_defines(data, absent) for data in files.values())
    )


def _words(data):
    return WORD.findall(data.decode(errors="replace"))


def _defines(data, names):
    """True if a file gives a meaning to one of these names."""
    mentioned = names.intersection(_words(data))  # quick, and rarely any
    return bool(mentioned) and not mentioned.isdisjoint(Source(data.decode()).places)


def _has_functions(files, chapter):
    source = Source(files.get(f"{chapter.stem}.py", b"").decode())
    return "*" in source.imports or bool(set(chapter.functions) & source.places.keys())


def _where(path, origin):
    return path if path.name == origin else path / origin


def _is_as_it_stands(plain, hand_in):
    """True if the folder itself holds what would be graded, perhaps in notebooks."""
    there = python_files(plain.folder, deep=True)
    chapters = {f"{chapter.stem}.py" for chapter in registry.chapters()}
    return bool(there.keys() & chapters) and all(
        not data or there.get(name, b"").removeprefix(submission.HEAD) == data
        for name, data in hand_in.files.items()
        if name.endswith(".py")
    )
