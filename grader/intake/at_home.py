"""Opens what `--submission` names as a class run takes it, so that both give the same points."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from ..course import registry
from ..files import temporary
from ..files.reading import LARGEST_FILE, listing, python_files
from ..submission import encoding, program, staging, submission
from ..submission.splitting import Source
from ..submission.submission import Submission
from . import names

DOCSTRING = re.compile(rb'\s*(?:"""[^"\\]*""")?\s*')
DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)", re.MULTILINE)
TODO = "NotImplementedError"  # of what is still to be written


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
        readable = all(program.read(data)[0].encode() == data for data in files.values())
    except (OSError, encoding.Undecodable):
        return False
    package = files.pop("__init__.py", b"")
    held = {name.removesuffix(".py") for name in files}
    known = {*files, "__init__.py", "__pycache__"}
    chapters = registry.chapters()
    return (
        readable
        and all(name in known for name, _ in entries)
        and held.issubset(names.stems())
        and any(chapter.stem in held for chapter in chapters)
        and DOCSTRING.fullmatch(package) is not None
        and sum(map(len, files.values())) < LARGEST_FILE
        and not _may_complete(files)
    )


def _may_complete(files):
    """True if a function that a chapter's file lacks is in another file."""
    texts = {name: data.decode() for name, data in files.items()}
    lacking = {
        function
        for chapter in registry.chapters()
        for function in _lacking(chapter, texts.get(f"{chapter.stem}.py", ""))
    }
    return any(
        place.is_function and place.is_written
        for text in texts.values()
        if (mentioned := [function for function in lacking if function in text])
        for source in [Source(text)]
        for function in mentioned
        for place in source.places.get(function, ())
    )


def _lacking(chapter, text):
    """The functions that a chapter's file neither holds nor imports; rarely any."""
    functions = set(chapter.functions)
    if TODO not in text and functions.issubset(DEFINED.findall(text)):
        return set()
    source = Source(text)
    imported = functions if "*" in source.imports else source.imports
    return functions.difference(source.functions_of(chapter), imported)


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
