"""Opens what a command grades: a folder of chapter files, or notebooks in their place."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import click

from ..course import registry, stubs
from ..course.registry import Chapter
from ..files import temporary
from ..files.reading import python_files, read_bytes, submission_files
from . import notebooks, splitting, staging
from .encoding import Undecodable

HEAD = b"# made from a notebook\n"  # tells the worker to name cells: see worker/places.py
LARGEST = 2**24  # bytes of a Python file


@dataclass(frozen=True)
class Submission:
    """A learner's chapters, resolved once and passed on.

    path: what the user named
    home: the folder of chapter files around it
    folder: what the worker runs; a copy of `home` if notebooks replace chapter files
    books: the notebooks that replace chapter files, by the chapter's stem
    held: the chapters of a single file that is not a notebook, such as a zip
    notes: what was left out, repaired or chosen, one line each
    """

    path: Path
    home: Path
    folder: Path
    books: dict[str, Path] = field(default_factory=dict)
    held: tuple[Chapter, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_one_file(self) -> bool:
        """True if the user named a single file, such as a notebook or a zip, and not a folder."""
        return self.path.is_file()

    @property
    def has_board(self) -> bool:
        """False for a notebook outside the course's folder, which the board does not cover."""
        folder = self.path.parent if self.is_one_file else self.path
        return folder.samefile(self.home)

    def file(self, chapter: Chapter) -> Path:
        """Return the chapter's file, or the notebook that replaces it."""
        return self.books.get(chapter.stem, self.home / f"{chapter.stem}.py")

    def chapters(self) -> list[Chapter]:
        """Return the chapters that the file contains."""
        if self.held is not None:
            return list(self.held)
        return [registry.by_stem(stem) for stem in _stems(self.path, _source(self.path))]

    def has_chapter_files(self) -> bool:
        """Return True if the folder has at least one chapter file."""
        if self.held is not None:
            return bool(self.held)
        return any((self.folder / f"{c.stem}.py").exists() for c in registry.chapters())


@contextlib.contextmanager
def opened(path: Path, course: Path | None = None) -> Iterator[Submission]:
    """Open a folder or a notebook; `course` is the folder that a lone notebook belongs to."""
    path = Path(path)
    home = _home(path, course)
    books = _books(path, home)
    if not books and not _lacks_what_it_imports(home):
        yield Submission(path, home, home)
        return
    with temporary.folder() as home_of_copy:
        files = python_files(path.parent, largest=LARGEST) if path.is_file() else {}
        files |= submission_files(home, LARGEST)
        files |= {f"{stem}.py": source(book, stem) for stem, book in books.items()}
        with temporary.room():
            folder = home_of_copy / "exercises"
            folder.mkdir()
            staging.write(files, folder)
        yield Submission(path, home, folder, books)


def source(book: Path, stem: str) -> bytes:
    """Return the part of a notebook that belongs to a chapter, as the bytes of a Python file."""
    whole = _source(book)
    stems = _stems(book, whole)
    text = whole.text if book.stem == stem else splitting.part(whole, stem, stems)
    return HEAD + text.encode()


def writes_files(book: Path) -> bool:
    """Return True if cells of a notebook write files, which `opened` does not look for."""
    with contextlib.suppress(OSError, Undecodable):
        return bool(notebooks.written(read_bytes(book, notebooks.LARGEST)))
    return False


def _lacks_what_it_imports(folder):
    """True where chapters import a file that no learner has to hand in and that is not there."""
    missing = [Path(name).stem.encode() for name in stubs.WHOLE if not (folder / name).exists()]
    files = python_files(folder).values() if missing else ()
    return any(module in data for data in files for module in missing)


def _home(path, course):
    if path.is_dir():
        return path
    others = chain(*(path.parent.glob(f"{chapter.stem}.*") for chapter in registry.chapters()))
    alone = not any(found != path and found.suffix in (".py", ".ipynb") for found in others)
    return course if alone and course else path.parent


def _books(path, home):
    """Map stems to notebooks: the named one for its chapters, and those named after a chapter.

    A notebook named after a chapter counts only if the chapter's file is missing or a stub.
    """
    books = {
        chapter.stem: book
        for chapter in registry.chapters()
        if (book := home / f"{chapter.stem}.ipynb").is_file()
        and not book.is_symlink()
        and not _begun(home / f"{chapter.stem}.py")
    }
    if path.is_file():
        books |= dict.fromkeys(_stems(path, _source(path)), path)
    return books


def _begun(file):
    return file.exists() and not stubs.is_stub(file)


def _stems(path, source):
    """Return the stems of the chapters in a notebook, judged by its name or its functions."""
    if path.stem in [chapter.stem for chapter in registry.chapters()]:
        return [path.stem]
    stems = splitting.chapters(source, path.name)
    if not stems:
        raise click.UsageError(
            f"`{path}` contains no graded function: name it after a chapter, such as "
            f"`{registry.chapters()[0].stem}.ipynb`"
        )
    return stems


def _source(path):
    try:
        if path.stat().st_size > notebooks.LARGEST:
            raise Undecodable("is too large for a notebook: clear the outputs of its cells")
        data = notebooks.source(notebooks.cells(read_bytes(path, notebooks.LARGEST)))
        return splitting.Source(data.decode())
    except OSError as error:
        raise click.UsageError(f"`{path}` cannot be read ({error.strerror})") from None
    except Undecodable as error:
        raise click.UsageError(f"`{path}` {error}") from None
